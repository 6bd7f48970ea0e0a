//! Understat: results and expected goals of six leagues, as JSON (`getLeagueData`, `datesData`, `match_info`) or in the
//! pages that held it as `JSON.parse('...')`. Times are UTC. The matches of a season do not name their league: the file's
//! name tells it (`EPL_2020.json`, `La_liga`), or a person. Shots one by one, rosters and chances have no place in the
//! store and are left out.

use crate::document::{self, Context, Draft, Hints, Layout, Unplayed, settle_seasons};
use crate::names::fold;
use crate::sources::football_data;
use crate::tables::well_known_league;
use crate::text::{JSON, unpack_page};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceMatch, seasons};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use serde_json::Value;
use std::collections::HashSet;
use touchline_domain::{Kickoff, MatchSetting, MatchStats, MatchStatus, NewLeague, Season};

const NAME: &str = "understat";

/// The site's names of its leagues, folded, and their codes.
const LEAGUES: [(&str, &str); 6] = [
    ("epl", "E0"),
    ("la liga", "SP1"),
    ("bundesliga", "D1"),
    ("serie a", "I1"),
    ("ligue 1", "F1"),
    ("rfpl", "RUS"),
];

/// Reads what Understat serves. A match's line is its number, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Understat;

impl Source for Understat {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack_page(document.bytes, JSON)?;
        let text = String::from_utf8_lossy(&bytes);
        let root = if text.trim_start().starts_with('<') {
            of_page(&text).ok_or(DocumentError::Html)?
        } else {
            serde_json::from_str(&text).map_err(|e| DocumentError::Json(e.to_string()))?
        };
        let one;
        let rows = match (&root, &root["dates"]) {
            (Value::Array(rows), _) | (_, Value::Array(rows)) => rows,
            (Value::Object(info), _) if info.contains_key("team_h") => {
                one = vec![root.clone()];
                &one
            }
            _ => {
                let message = "it holds no matches (dates, datesData or match_info); shots, rosters and teams are not read";
                return Err(DocumentError::Json(message.to_owned()));
            }
        };
        let today = collected_at.date_naive();
        let hints = Hints::of(document.name);
        let league = league(hints, rows)?;
        let code = league.code.clone();
        let mut parsed = Parsed {
            leagues: vec![league],
            rows: rows.len() as u64,
            layout: layout(&code),
            ..Parsed::default()
        };
        let mut met = HashSet::new();
        let mut drafts = Vec::new();
        for (line, row) in (1..).zip(rows) {
            let read = read(line, row, &code, hints.season, today).and_then(|draft| {
                if draft.found.external_id.as_ref().is_some_and(|id| !met.insert(id.clone())) {
                    return Err((
                        RejectionKind::MalformedId,
                        "a match with this id stands before it".to_owned(),
                    ));
                }
                Ok(draft)
            });
            match read {
                Ok(draft) => drafts.push(draft),
                Err((kind, message)) => {
                    parsed.rejections.push(Rejection::new(line, kind, message, &row.to_string()));
                }
            }
        }
        parsed.layout.season = settle_seasons(drafts, &seasons::hints(hints.name), &mut parsed)?;
        let context =
            Context { today, unplayed: Unplayed::Said, leagues: true, most_clubs: football_data::most_clubs };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

fn layout(code: &str) -> Layout {
    Layout {
        used: ["datetime", "isResult", "h.title", "a.title", "goals", "xG"].map(str::to_owned).to_vec(),
        ignored: ["forecast", "teams", "players"].map(str::to_owned).to_vec(),
        dates: "UTC".to_owned(),
        league: format!("the name: {code}"),
        ..Layout::default()
    }
}

fn league(hints: Hints<'_>, rows: &[Value]) -> Result<NewLeague, DocumentError> {
    let by_word = |word: &str| LEAGUES.iter().find(|(name, _)| *name == fold(word)).map(|(_, code)| *code);
    let in_name = || {
        let stem = hints.name.rsplit_once('.').map_or(hints.name, |(stem, _)| stem);
        let name = format!(" {} ", fold(stem));
        LEAGUES.iter().find(|(word, _)| name.contains(&format!(" {word} "))).map(|(_, code)| *code)
    };
    let stated = rows.first().and_then(|row| row["league"].as_str()).and_then(by_word);
    let said = hints.league.map(|word| by_word(word).unwrap_or(word));
    let found = said.or(stated).or_else(in_name).and_then(well_known_league);
    let found = found.map(|league| NewLeague { source: NAME.to_owned(), ..league });
    found.ok_or_else(|| DocumentError::NoLeague(hints.name.to_owned()))
}

fn read(line: u32, row: &Value, code: &str, said: Option<Season>, today: NaiveDate) -> Result<Draft, Fault> {
    let is_info = row["team_h"].is_string();
    let text = |value: &Value| match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let at = text(if is_info { &row["date"] } else { &row["datetime"] });
    let at = NaiveDateTime::parse_from_str(&at, "%Y-%m-%d %H:%M:%S")
        .ok()
        .filter(|at| (1888..=2199).contains(&at.year()));
    let at = at.ok_or_else(|| {
        (RejectionKind::MalformedDate, "the match has no datetime like 2022-08-06 14:00:00".to_owned())
    })?;
    let kickoff = Kickoff::at(at.and_utc());
    let (home, away) = if is_info {
        values::teams(&text(&row["team_h"]), &text(&row["team_a"]))?
    } else {
        values::teams(&text(&row["h"]["title"]), &text(&row["a"]["title"]))?
    };
    let goals =
        if is_info { (&row["h_goals"], &row["a_goals"]) } else { (&row["goals"]["h"], &row["goals"]["a"]) };
    let is_over = is_info || row["isResult"].as_bool().unwrap_or(false);
    let score = if is_over { values::score(&text(goals.0), &text(goals.1))? } else { None };
    if is_over && score.is_none() {
        return Err((RejectionKind::MalformedScore, "the match is over and has no score".to_owned()));
    }
    if score.is_some() {
        values::not_future(at.date(), today)?;
    }
    let id = text(&row["id"]);
    if id.is_empty() || id.len() > 40 {
        return Err((RejectionKind::MalformedId, "the match has no id".to_owned()));
    }
    let season = said.or_else(|| {
        let start = row["season"].as_str().and_then(|year| year.parse().ok());
        start.and_then(|start| Season::cross_year(start).ok())
    });
    let season = season.or_else(|| football_data::calendar_season(code, at.date()));
    let found = SourceMatch {
        line,
        league: 0,
        season: season.unwrap_or_else(|| seasons::of_date(at.date())),
        home,
        away,
        kickoff,
        status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
        score,
        half_time: None,
        referee: None,
        attendance: None,
        external_id: Some(id),
        stats: score.and_then(|_| stats(row, is_info)),
        odds: Vec::new(),
        setting: MatchSetting::default(),
    };
    Ok(Draft { found, date: at.date(), settled: season.is_some() })
}

fn stats(row: &Value, is_info: bool) -> Option<MatchStats> {
    let number = |value: &Value, most: f64| {
        let number = value.as_f64().or_else(|| value.as_str()?.parse::<f64>().ok())?;
        (0.0..=most).contains(&number).then_some(number)
    };
    let count = |value: &Value| number(value, 999.0).map(|n| n as u16);
    let mut stats = MatchStats::default();
    if is_info {
        for (side, letter) in [(&mut stats.home, 'h'), (&mut stats.away, 'a')] {
            side.expected_goals = number(&row[format!("{letter}_xg")], 99.0);
            side.shots = count(&row[format!("{letter}_shot")]);
            side.shots_on_target = count(&row[format!("{letter}_shotOnTarget")]);
        }
    } else {
        stats.home.expected_goals = number(&row["xG"]["h"], 99.0);
        stats.away.expected_goals = number(&row["xG"]["a"], 99.0);
    }
    Some(stats).filter(|stats| !stats.is_empty())
}

/// The JSON of an old page, of which letters other than digits and letters are written as `\x22`.
fn of_page(page: &str) -> Option<Value> {
    ["datesData", "match_info"].iter().find_map(|name| {
        let (_, behind) = page.split_once(&format!("{name} "))?;
        let (before, text) = behind.split_once("JSON.parse('")?;
        if before.trim() != "=" && before.trim() != "" {
            return None;
        }
        let (text, _) = text.split_once("')")?;
        serde_json::from_slice(&unescaped(text)).ok()
    })
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind.get(1..3).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = code
            .filter(|_| *first == b'\\' && behind[0] == b'x')
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let Some(code) = code {
            bytes.push(code);
            rest = &behind[3..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATES: &str = r#"[{"id": "7", "isResult": true, "h": {"title": "Aau"}, "a": {"title": "Bau"}, "goals": {"h": "2", "a": "1"},
        "xG": {"h": "1.25", "a": "0.5"}, "datetime": "2022-08-06 14:00:00", "forecast": {"w": "0.5"}},
        {"id": "8", "isResult": false, "h": {"title": "Bau"}, "a": {"title": "Aau"}, "goals": {"h": null, "a": null},
        "xG": {"h": null, "a": null}, "datetime": "2023-05-06 14:00:00"}]"#;

    fn parse(name: &str, text: &str) -> Result<Parsed, DocumentError> {
        let now = "2023-03-01T12:00:00Z".parse().unwrap();
        Understat.parse(&Document { name, bytes: text.as_bytes() }, now)
    }

    #[test]
    fn matches_come_with_expected_goals() {
        for text in [DATES.to_owned(), format!("{{\"teams\": {{}}, \"dates\": {DATES}}}")] {
            let parsed = parse("understat/EPL_2022.json", &text).unwrap();
            assert_eq!((parsed.leagues[0].code.as_str(), parsed.matches.len()), ("E0", 2));
            let first = &parsed.matches[0];
            assert_eq!(
                (first.score.unwrap().to_string(), first.stats.unwrap().home.expected_goals),
                ("2-1".to_owned(), Some(1.25))
            );
            assert_eq!(
                (first.season.to_string(), parsed.matches[1].status),
                ("2022-23".to_owned(), MatchStatus::Scheduled)
            );
        }
        assert!(matches!(parse("x.json", DATES), Err(DocumentError::NoLeague(_))));
        assert_eq!(parse("x.json [league=La_liga]", DATES).unwrap().leagues[0].code, "SP1");
        assert!(matches!(parse("EPL.json", "{\"h\": []}"), Err(DocumentError::Json(_))));
    }

    #[test]
    fn seasons_are_those_of_the_matches_together() {
        let dates = DATES.replace("2022-08-06", "2020-07-20").replace("2023-05-06", "2020-08-02");
        let parsed = parse("understat/Serie_A.json", &dates).unwrap();
        let seasons: Vec<String> = parsed.matches.iter().map(|m| m.season.to_string()).collect();
        assert_eq!(seasons, ["2019-20", "2019-20"], "no break lies between them");
    }

    #[test]
    fn old_pages_hold_the_same_in_other_letters() {
        let info = r#"{"id": "9", "date": "2022-08-06 14:00:00", "season": "2022", "h_goals": "0", "a_goals": "3",
            "team_h": "Aau", "team_a": "B\u00e4u", "h_xg": "0.4", "a_xg": "2.5", "league": "Serie A", "h_shot": "8"}"#;
        let escaped: String = info
            .bytes()
            .map(
                |b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("\\x{b:02X}") },
            )
            .collect();
        let page = format!(
            "<html><script>var shotsData = JSON.parse('x'), match_info = JSON.parse('{escaped}');</script>"
        );
        let parsed = parse("match.html", &page).unwrap();
        let found = &parsed.matches[0];
        assert_eq!(
            (found.away.as_str(), found.score.unwrap().to_string(), parsed.leagues[0].code.as_str()),
            ("Bäu", "0-3".to_owned(), "I1")
        );
        assert_eq!(found.stats.unwrap().home.shots, Some(8));
        assert_eq!(parse("match.html", "<html>Just a moment"), Err(DocumentError::Html));
    }
}
