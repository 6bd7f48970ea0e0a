//! FBref: the table "Scores & Fixtures" of a season as a saved page. Cells are found by their `data-stat`, of which some
//! were renamed over the years (`squad_a` became `home_team`). The time of kick-off is the page's own instant, never the
//! reader's local time. CSV exports of the same table are read by the preset `fbref` of tables.

use crate::document::{self, Context, Draft, Hints, Layout, Unplayed, settle_seasons};
use crate::names::fold;
use crate::sources::football_data;
use crate::tables::{joined_score, well_known_league};
use crate::text::{Limits, unpack_page};
use crate::values::{self, Fault};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceMatch, seasons};
use chrono::{DateTime, NaiveDate, Utc};
use html5gum::{Token, Tokenizer};
use std::collections::BTreeMap;
use touchline_domain::{Kickoff, MatchSetting, MatchStats, MatchStatus, NewLeague, Score};

const NAME: &str = "fbref";
/// A page of a season has some 2 MiB.
const PAGE: Limits = Limits { bytes: 32 << 20, line: usize::MAX };
/// The most rows of a page, and bytes of a cell.
const MOST_ROWS: u32 = 20_000;
const LONGEST_CELL: usize = 400;

/// Words that make another league of the one whose name they precede.
const OTHERS: [&str; 9] =
    ["russian", "ukrainian", "welsh", "canadian", "scottish", "northern", "usl", "frauen", "women"];

/// How the site's addresses end in names of leagues, and their codes.
const LEAGUES: [(&str, &str); 20] = [
    ("austrian bundesliga", "AUT"),
    ("2 bundesliga", "D2"),
    ("bundesliga", "D1"),
    ("scottish premiership", "SC0"),
    ("premier league", "E0"),
    ("championship", "E1"),
    ("league one", "E2"),
    ("league two", "E3"),
    ("national league", "EC"),
    ("la liga", "SP1"),
    ("segunda division", "SP2"),
    ("serie a", "I1"),
    ("serie b", "I2"),
    ("ligue 1", "F1"),
    ("ligue 2", "F2"),
    ("eredivisie", "N1"),
    ("primeira liga", "P1"),
    ("belgian pro league", "B1"),
    ("super lig", "T1"),
    ("major league soccer", "USA"),
];

/// Reads saved pages of FBref. A match's line is the number of its row among the rows with two sides, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct Fbref;

impl Source for Fbref {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack_page(document.bytes, PAGE)?;
        let rows = rows(&bytes)?;
        if rows.is_empty() {
            return Err(DocumentError::Html);
        }
        let hints = Hints::of(document.name);
        let league = league(hints, &rows)?;
        let today = collected_at.date_naive();
        let mut parsed =
            Parsed { rows: rows.len() as u64, layout: layout(&league.code), ..Parsed::default() };
        let mut drafts = Vec::new();
        for (line, row) in (1..).zip(&rows) {
            let shown = || row.texts.values().map(String::as_str).collect::<Vec<_>>().join(",");
            match read(line, row, &league.code, today) {
                Ok((draft, faults)) => {
                    drafts.push(draft);
                    let faults = faults
                        .into_iter()
                        .map(|(kind, message)| Rejection::new(line, kind, message, &shown()));
                    parsed.rejections.extend(faults);
                }
                Err((kind, message)) => parsed.rejections.push(Rejection::new(line, kind, message, &shown())),
            }
        }
        parsed.leagues = vec![league];
        let mut named: Vec<_> = hints.season.into_iter().collect();
        named.extend(seasons::hints(hints.name));
        named.extend(rows.iter().find_map(|row| seasons::hints(&row.links).first().copied()));
        parsed.layout.season = settle_seasons(drafts, &named, &mut parsed)?;
        let context = Context {
            today,
            unplayed: Unplayed::Silent { goals: "score", are_there: true, suspects: Vec::new() },
            leagues: true,
            most_clubs: football_data::most_clubs,
        };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

fn layout(code: &str) -> Layout {
    let used = [
        "date",
        "start_time",
        "home_team",
        "score",
        "away_team",
        "home_xg",
        "away_xg",
        "attendance",
        "referee",
        "notes",
    ];
    Layout {
        used: used.map(str::to_owned).to_vec(),
        dates: "year first".to_owned(),
        league: format!("the name or the page: {code}"),
        ..Layout::default()
    }
}

/// A row of the table: the texts of its cells, the instant of kick-off, and where its links lead.
#[derive(Debug, Default)]
struct Cells {
    texts: BTreeMap<String, String>,
    epoch: Option<i64>,
    links: String,
}

impl Cells {
    /// The text of the first of some cells that is there.
    fn any(&self, names: &[&str]) -> &str {
        names.iter().find_map(|name| self.texts.get(*name)).map_or("", |text| text.trim())
    }
}

fn rows(bytes: &[u8]) -> Result<Vec<Cells>, DocumentError> {
    let mut rows = Vec::new();
    let mut row: Option<Cells> = None;
    let mut cell: Option<(String, String)> = None;
    for token in Tokenizer::new(bytes) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &str| {
                    tag.attributes
                        .get(name.as_bytes())
                        .map(|value| String::from_utf8_lossy(value).into_owned())
                };
                match &**tag.name {
                    b"tr" => row = Some(Cells::default()),
                    b"td" | b"th" => cell = attribute("data-stat").map(|name| (name, String::new())),
                    b"a" => {
                        if let (Some(row), Some(link)) = (&mut row, attribute("href"))
                            && row.links.len() < 4 * LONGEST_CELL
                        {
                            row.links.push(' ');
                            row.links.extend(link.chars().take(LONGEST_CELL));
                        }
                    }
                    b"span" => {
                        if let (Some(row), Some(epoch)) = (&mut row, attribute("data-venue-epoch")) {
                            row.epoch = epoch.parse().ok();
                        }
                        // What follows is the time in the zone of whoever saved the page.
                        if attribute("class").is_some_and(|class| class == "localtime") {
                            close(&mut row, &mut cell);
                        }
                    }
                    _ => {}
                }
            }
            Token::String(text) => {
                if let Some((_, held)) = &mut cell {
                    let room = LONGEST_CELL.saturating_sub(held.len());
                    held.extend(
                        String::from_utf8_lossy(&text).chars().take(room).filter(|c| !c.is_control()),
                    );
                }
            }
            Token::EndTag(tag) => match &**tag.name {
                b"td" | b"th" => close(&mut row, &mut cell),
                b"tr" => {
                    close(&mut row, &mut cell);
                    if let Some(row) = row.take()
                        && !(row.any(&["home_team", "squad_a"]).is_empty()
                            && row.any(&["away_team", "squad_b"]).is_empty())
                        && row.any(&["home_team", "squad_a"]) != "Home"
                    {
                        if rows.len() as u32 >= MOST_ROWS {
                            return Err(DocumentError::TooManyLines { limit: MOST_ROWS });
                        }
                        rows.push(row);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    Ok(rows)
}

fn close(row: &mut Option<Cells>, cell: &mut Option<(String, String)>) {
    if let (Some(row), Some((name, text))) = (row.as_mut(), cell.take()) {
        row.texts.entry(name).or_insert(text);
    }
}

fn league(hints: Hints<'_>, rows: &[Cells]) -> Result<NewLeague, DocumentError> {
    let in_text = |text: &str| {
        let text = format!(" {} ", fold(text));
        let found = |(word, code): &(&str, &'static str)| {
            Some((text.split_once(&format!(" {word} "))?.0.to_owned(), *code))
        };
        let (before, code) = LEAGUES.iter().find_map(found)?;
        let last = before.rsplit(' ').next().unwrap_or_default();
        (!OTHERS.contains(&last)).then_some(code)
    };
    let of_links =
        || rows.iter().find(|row| row.links.contains("/matches/")).and_then(|row| in_text(&row.links));
    let found = hints
        .league
        .or_else(|| in_text(without_ending(hints.name)))
        .or_else(of_links)
        .and_then(well_known_league);
    let found = found.map(|league| NewLeague { source: NAME.to_owned(), ..league });
    found.ok_or_else(|| DocumentError::NoLeague(hints.name.to_owned()))
}

/// A name without its ending, which would join the last word.
fn without_ending(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

type Faults = Vec<Fault>;

fn read(line: u32, row: &Cells, code: &str, today: NaiveDate) -> Result<(Draft, Faults), Fault> {
    let instant = row.epoch.and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    let text = row.any(&["date"]);
    let date = match instant {
        _ if !text.is_empty() => values::date(text)?,
        Some(at) if (1888..=2199).contains(&chrono::Datelike::year(&at)) => at.date_naive(),
        _ => return Err((RejectionKind::MalformedDate, "the row has no date".to_owned())),
    };
    // The instant is the day's own kick-off, at most a zone away.
    let instant = instant.filter(|at| (at.date_naive() - date).num_days().abs() <= 1);
    let (home, away) = values::teams(row.any(&["home_team", "squad_a"]), row.any(&["away_team", "squad_b"]))?;
    let notes = row.any(&["notes"]).to_lowercase();
    let stated = [
        ("postponed", MatchStatus::Postponed),
        ("cancelled", MatchStatus::Cancelled),
        ("canceled", MatchStatus::Cancelled),
        ("awarded", MatchStatus::Awarded),
        ("abandoned", MatchStatus::Abandoned),
        ("suspended", MatchStatus::Abandoned),
    ];
    let stated = stated.iter().find(|(word, _)| notes.contains(word)).map(|(_, status)| *status);
    let score = score(row, &notes, stated)?;
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let mut faults = Vec::new();
    let stats = stats(row, &mut faults);
    let crowd: String = row.any(&["attendance"]).chars().filter(char::is_ascii_digit).collect();
    let text = |names: &[&str]| Some(row.any(names)).filter(|text| !text.is_empty()).map(str::to_owned);
    let season = football_data::calendar_season(code, date);
    let found = SourceMatch {
        line,
        league: 0,
        season: season.unwrap_or_else(|| seasons::of_date(date)),
        home,
        away,
        kickoff: instant.map_or_else(|| Kickoff::on(date), Kickoff::at),
        status: stated.unwrap_or(if score.is_some() {
            MatchStatus::Finished
        } else {
            MatchStatus::Scheduled
        }),
        score,
        half_time: None,
        referee: text(&["referee"]),
        attendance: crowd.parse().ok().filter(|n| *n > 0),
        external_id: match_id(&row.links),
        stats,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    };
    Ok((Draft { found, date, settled: season.is_some() }, faults))
}

/// The score of 90 minutes; that of a match with extra time includes it.
fn score(row: &Cells, notes: &str, stated: Option<MatchStatus>) -> Result<Option<Score>, Fault> {
    let text = row.any(&["score"]);
    if text.is_empty() || !matches!(stated, None | Some(MatchStatus::Awarded)) {
        return Ok(None);
    }
    if notes.contains("extra time") || text.contains('(') {
        let message = "the score includes extra time, and that after 90 minutes is not told".to_owned();
        return Err((RejectionKind::MalformedScore, message));
    }
    joined_score(text).map(Some)
}

fn stats(row: &Cells, faults: &mut Faults) -> Option<MatchStats> {
    let mut expected = |names: &[&str]| {
        let text = row.any(names);
        let number = text.parse::<f64>().ok().filter(|n| (0.0..=99.0).contains(n));
        if number.is_none() && !text.is_empty() {
            faults.push((
                RejectionKind::MalformedStatistic,
                format!("{text:.20?} is not a number of expected goals"),
            ));
        }
        number
    };
    let mut stats = MatchStats::default();
    stats.home.expected_goals = expected(&["home_xg", "xg_a"]);
    stats.away.expected_goals = expected(&["away_xg", "xg_b"]);
    Some(stats).filter(|stats| !stats.is_empty())
}

/// The site's identifier, of the address of the match's report. Matches to come link to the history of the pairing.
fn match_id(links: &str) -> Option<String> {
    links.split("/matches/").skip(1).find_map(|rest| {
        let id = rest.get(..8)?;
        let is_id = id.bytes().all(|b| b.is_ascii_hexdigit()) && rest.as_bytes().get(8) == Some(&b'/');
        is_id.then(|| id.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(home: &str, score: &str, notes: &str) -> String {
        format!(
            r#"<tr><th data-stat="gameweek">1</th><td data-stat="date"><a href="/en/matches/2022-08-06">2022-08-06</a></td>
            <td data-stat="start_time"><span class="venuetime" data-venue-epoch="1659794400">15:00</span> <span class="localtime">(21:45)</span></td>
            <td data-stat="home_team"><a href="/en/squads/1/Aau">{home}</a></td><td data-stat="home_xg">1.4</td>
            <td data-stat="score"><a href="/en/matches/0a1b2c3d/Aau-Bau-August-6-2022-Premier-League">{score}</a></td>
            <td data-stat="away_xg">0.8</td><td data-stat="away_team">B&auml;u</td><td data-stat="attendance">41,234</td>
            <td data-stat="referee">P Fiff</td><td data-stat="notes">{notes}</td></tr>"#
        )
    }

    fn parse(name: &str, body: &str) -> Result<Parsed, DocumentError> {
        let text = format!(
            "<html><table id=\"sched_1\"><tbody>{body}<tr class=\"spacer\"><td></td></tr></tbody></table>"
        );
        let now = "2023-03-01T12:00:00Z".parse().unwrap();
        Fbref.parse(&Document { name, bytes: text.as_bytes() }, now)
    }

    #[test]
    fn a_league_of_another_country_is_not_the_known_one_of_its_name() {
        let other = row("Aau", "2-1", "").replace("-Premier-League", "-Russian-Premier-League");
        assert!(matches!(parse("page.html", &other), Err(DocumentError::NoLeague(_))));
        assert!(matches!(parse("usl-championship.html", &other), Err(DocumentError::NoLeague(_))));
    }

    #[test]
    fn rows_of_the_schedule_become_matches() {
        let parsed =
            parse("page.html", &[row("Aau", "2&ndash;1", ""), row("Cau", "", "Match Postponed")].concat())
                .unwrap();
        assert_eq!((parsed.rows, parsed.leagues[0].code.as_str()), (2, "E0"));
        let found = &parsed.matches[0];
        assert_eq!((found.away.as_str(), found.score.unwrap().to_string()), ("Bäu", "2-1".to_owned()));
        assert_eq!(found.kickoff.at.to_rfc3339(), "2022-08-06T14:00:00+00:00");
        assert_eq!((found.attendance, found.external_id.as_deref()), (Some(41_234), Some("0a1b2c3d")));
        assert_eq!(
            (found.stats.unwrap().home.expected_goals, found.season.to_string()),
            (Some(1.4), "2022-23".to_owned())
        );
        assert_eq!((parsed.matches[1].status, parsed.matches[1].score), (MatchStatus::Postponed, None));
    }

    #[test]
    fn scores_with_extra_time_and_pages_without_the_table_are_refused() {
        let parsed = parse("Serie-A.html", &row("Aau", "(4) 1–1 (2)", "Bau won on penalty kicks")).unwrap();
        assert_eq!(
            (parsed.rejections[0].kind, parsed.leagues[0].code.as_str()),
            (RejectionKind::MalformedScore, "I1")
        );
        assert_eq!(parse("x.html", "<title>Just a moment...</title>"), Err(DocumentError::Html));
    }
}
