//! Football.TXT, the text of which openfootball makes its JSON: headings with `=`, rounds with `»` or `▪`, lines of dates,
//! lines of matches. Goals in brackets and comments are left out. After extra time or a shoot-out the score of 90 minutes
//! stands first in the brackets behind it, `2-3 a.e.t. (1-0, 1-0)`; a match that does not tell it is left out.

use super::{NAME, catalogue};
use crate::document::{self, Context, Hints, Layout, Unplayed};
use crate::names::fold;
use crate::values::{self, Fault};
use crate::{DocumentError, Parsed, Rejection, RejectionKind, SourceMatch, seasons};
use chrono::{Datelike, Days, Month, NaiveDate};
use touchline_domain::{Kickoff, MatchSetting, MatchStatus, NewLeague, Score, Season};

/// The longest line, and the most lines.
const LONGEST_LINE: usize = 1_000;
const MOST_LINES: usize = 100_000;

/// Titles of leagues, folded, where the name of the file has no code.
const TITLES: [(&str, &str); 16] = [
    ("english premier league", "en.1"),
    ("english championship", "en.2"),
    ("english league one", "en.3"),
    ("english league two", "en.4"),
    ("english national league", "en.5"),
    ("deutsche bundesliga", "de.1"),
    ("2 bundesliga", "de.2"),
    ("3 liga", "de.3"),
    ("italian serie a", "it.1"),
    ("italian serie b", "it.2"),
    ("spanish primera division", "es.1"),
    ("spanish segunda division", "es.2"),
    ("french ligue 1", "fr.1"),
    ("french ligue 2", "fr.2"),
    ("uefa champions league", "uefa.cl"),
    ("copa libertadores", "copa.l"),
];

/// Whether a text is Football.TXT: its first line that is no comment is a heading.
pub(super) fn is_football_txt(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_some_and(|line| line.starts_with('=') && line.chars().any(char::is_alphanumeric))
}

/// Reads a document.
pub(super) fn parse(name: &str, text: &str, today: NaiveDate) -> Result<Parsed, DocumentError> {
    let hints = Hints::of(name);
    let title = text.lines().map(str::trim).find(|line| line.starts_with('=')).unwrap_or_default();
    let title = title.trim_matches('=').trim();
    let league = league(hints, title)?;
    let found = hints.season.or_else(|| {
        let of_title = seasons::hints(&title.replace('/', "-")).first().copied();
        of_title.or_else(|| seasons::hints(hints.name).first().copied())
    });
    let season = found.ok_or_else(|| DocumentError::UnknownSeason(name.to_owned()))?;
    let mut parsed =
        Parsed { layout: layout(&league.code, season), leagues: vec![league], ..Parsed::default() };
    let mut day = None;
    for (line, text) in (1_u32..).zip(text.lines()) {
        if line as usize > MOST_LINES {
            return Err(DocumentError::TooManyLines { limit: MOST_LINES as u32 });
        }
        let plain = text.split('#').next().unwrap_or_default().trim();
        let is_aside = plain.is_empty()
            || plain.starts_with(['=', '»', '▪', '|', '(', '•'])
            || plain.len() > LONGEST_LINE;
        if is_aside {
            continue;
        }
        if let Some(read) = date_line(plain, season) {
            day = Some(read);
            continue;
        }
        let Some(sides) = sides(plain) else {
            if plain.split_whitespace().any(|word| goals(word).is_some()) {
                parsed.rows += 1;
                let message = "the line has a score, and its sides cannot be told apart; put two blanks around the score";
                parsed.rejections.push(Rejection::new(
                    line,
                    RejectionKind::MalformedRow,
                    message.to_owned(),
                    plain,
                ));
            } else if names_a_month(plain) {
                // A day that cannot be read is not the day above it.
                day = None;
            }
            continue;
        };
        parsed.rows += 1;
        match read(line, &sides, day, season, today) {
            Ok((found, fault)) => {
                let reject = |text| Rejection::new(line, RejectionKind::MalformedHalfTime, text, plain);
                parsed.rejections.extend(fault.map(reject));
                parsed.matches.push(found);
            }
            Err((kind, message)) => parsed.rejections.push(Rejection::new(line, kind, message, plain)),
        }
    }
    if parsed.rows == 0 {
        return Err(DocumentError::Json("the Football.TXT holds no match".to_owned()));
    }
    let context = Context {
        today,
        unplayed: Unplayed::Silent { goals: "the line of the match", are_there: true, suspects: Vec::new() },
        leagues: catalogue::is_domestic(&parsed.leagues[0].code),
        most_clubs: document::of_any_size,
    };
    document::judge(&mut parsed, &context)?;
    Ok(parsed)
}

fn names_a_month(line: &str) -> bool {
    let is_between = |c: char| c.is_whitespace() || matches!(c, '/' | ',' | '.' | '[' | ']');
    line.contains(|c: char| c.is_ascii_digit())
        && line.split(is_between).any(|word| word.parse::<Month>().is_ok())
}

fn layout(code: &str, season: Season) -> Layout {
    Layout {
        dates: "lines of dates, the year by the season".to_owned(),
        league: format!("the name or the title: {code}"),
        season: format!("the title or the name: {season}"),
        ..Layout::default()
    }
}

fn league(hints: Hints<'_>, title: &str) -> Result<NewLeague, DocumentError> {
    let folded = fold(title);
    let of_title = || {
        let found =
            TITLES.iter().find(|(known, _)| folded == *known || folded.starts_with(&format!("{known} ")));
        found.and_then(|(_, code)| catalogue::describe(code))
    };
    let said = hints.league.and_then(crate::tables::well_known_league);
    if let Some(league) = said.or_else(|| catalogue::of_file(hints.name)).or_else(of_title) {
        return Ok(NewLeague { source: NAME.to_owned(), ..league });
    }
    if catalogue::is_cup(&title.replace('/', " ")) || catalogue::is_cup(hints.name) {
        return Err(DocumentError::Cup(title.chars().take(80).collect()));
    }
    Err(DocumentError::UnknownLeague(hints.name.to_owned()))
}

/// The day of a line such as `Tue Sep/17 2019`, `[Sat Aug 12]`, `Sat 12 Aug` or `Aug/12`. Where it has no year, that one
/// of the season's two in which the date lies within the season and on the weekday.
fn date_line(line: &str, season: Season) -> Option<NaiveDate> {
    let line = line.trim_matches(['[', ']']);
    let words: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | ',' | '.'))
        .filter(|w| !w.is_empty())
        .collect();
    if !(2..=4).contains(&words.len()) {
        return None;
    }
    let (mut weekday, mut month, mut day, mut year) = (None, None, None, None);
    for word in words {
        if let Ok(number) = word.parse::<i32>() {
            match number {
                1..=31 if day.is_none() => day = Some(number as u32),
                1888..=2199 if year.is_none() => year = Some(number),
                _ => return None,
            }
        } else if let Ok(found) = word.parse::<Month>()
            && month.is_none()
        {
            month = Some(found.number_from_month());
        } else if let Ok(found) = word.parse::<chrono::Weekday>()
            && weekday.is_none()
        {
            weekday = Some(found);
        } else {
            return None;
        }
    }
    let (month, day) = (month?, day?);
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let start = i32::from(season.start());
    let years = if season.is_calendar_year() { start..=start } else { start..=start + 1 };
    let mut dates = years.filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
    let fits = |date: &NaiveDate| {
        seasons::may_hold(season, *date) && weekday.is_none_or(|weekday| date.weekday() == weekday)
    };
    dates.find(fits)
}

/// A line of a match, taken apart.
struct Sides<'a> {
    home: &'a str,
    away: &'a str,
    /// What stands behind (or between) the sides.
    score: &'a str,
}

/// Takes a line of a match apart: `18.55  Home v Away  2-1 (1-0)`, or `Home  2-1 (1-0)  Away`.
fn sides(line: &str) -> Option<Sides<'_>> {
    let line = without_time(line);
    let line = line.split('@').next().unwrap_or_default().trim_end();
    if let Some((home, rest)) = line.split_once(" v ") {
        let rest = rest.trim();
        let end = score_start(rest).unwrap_or(rest.len());
        return Some(Sides { home: home.trim(), away: rest[..end].trim(), score: rest[end..].trim() });
    }
    // The older form has the score, or a dash, between the sides.
    let start = score_start(line).or_else(|| line.find("  - ").map(|at| at + 2))?;
    let behind = &line[start..];
    let end = behind.find("  ").or_else(|| behind.rfind(") ").map(|at| at + 1))?;
    let (home, away) = (line[..start].trim(), behind[end..].trim());
    let is_named = |name: &str| name.chars().any(char::is_alphabetic);
    (is_named(home) && is_named(away)).then(|| Sides { home, away, score: behind[..end].trim() })
}

fn without_time(line: &str) -> &str {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let is_time = first.split_once(['.', ':']).is_some_and(|(hour, minute)| {
        let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits(hour) && digits(minute)
    });
    if is_time { rest.trim_start() } else { line }
}

/// Where a score or a mark such as `[cancelled]` starts.
fn score_start(text: &str) -> Option<usize> {
    let mut at = 0;
    for part in text.split_inclusive(char::is_whitespace) {
        let word = part.trim();
        if goals(word).is_some() || word.starts_with('[') {
            return Some(at);
        }
        at += part.len();
    }
    None
}

fn goals(word: &str) -> Option<(i64, i64)> {
    let (home, away) = word.split_once('-')?;
    let digits = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if digits(home) && digits(away) { Some((home.parse().ok()?, away.parse().ok()?)) } else { None }
}

fn read(
    line: u32,
    sides: &Sides<'_>,
    day: Option<NaiveDate>,
    season: Season,
    today: NaiveDate,
) -> Result<(SourceMatch, Option<String>), Fault> {
    let Some(date) = day else {
        return Err((RejectionKind::MalformedDate, "no line above the match tells its day".to_owned()));
    };
    let (home, away) = values::teams(sides.home, sides.away)?;
    let stated = mark(sides.score);
    let (score, half) = match stated {
        None | Some(MatchStatus::Awarded) => scores(sides.score)?,
        Some(_) => (None, None),
    };
    if score.is_some() {
        values::not_future(date, today)?;
    }
    let (first, last) = (i32::from(season.start()), i32::from(season.start()) + 1);
    if !(first..=last).contains(&date.year()) || date > today + Days::new(1_000) {
        return Err((RejectionKind::DateOutsideSeason, format!("{date} lies outside the season {season}")));
    }
    let (half_time, fault) = score.map_or((None, None), |score| values::half_time(half, score));
    let found = SourceMatch {
        line,
        league: 0,
        season,
        home,
        away,
        kickoff: Kickoff::on(date),
        status: stated.unwrap_or(if score.is_some() {
            MatchStatus::Finished
        } else {
            MatchStatus::Scheduled
        }),
        score,
        half_time,
        referee: None,
        attendance: None,
        external_id: None,
        stats: None,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    };
    Ok((found, fault))
}

fn mark(text: &str) -> Option<MatchStatus> {
    let lower = text.to_lowercase();
    let marks = [
        ("cancel", MatchStatus::Cancelled),
        ("annulled", MatchStatus::Cancelled),
        ("postpone", MatchStatus::Postponed),
        ("abandon", MatchStatus::Abandoned),
        ("suspend", MatchStatus::Abandoned),
        ("award", MatchStatus::Awarded),
    ];
    marks.iter().find(|(word, _)| lower.contains(word)).map(|(_, status)| *status)
}

/// The score after 90 minutes and that at half time.
fn scores(text: &str) -> Result<(Option<Score>, Option<Score>), Fault> {
    let (before, behind) = text.split_once('(').unwrap_or((text, ""));
    let first = before.split_whitespace().find_map(goals);
    let inside = behind.split(')').next().unwrap_or_default();
    let in_brackets: Vec<(i64, i64)> =
        inside.split([',', ' ']).filter_map(|word| goals(word.trim())).collect();
    let score = |(home, away): (i64, i64)| {
        Score::new(home, away).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
    };
    let lower = before.to_lowercase();
    let is_longer = ["a.e.t", "aet", "pen"].iter().any(|word| lower.contains(word));
    let (full, half) = match (is_longer, in_brackets.as_slice()) {
        (false, halves) => (first, halves.first()),
        (true, [full, halves @ ..]) => (Some(*full), halves.first()),
        (true, []) => {
            let message =
                "the match went beyond 90 minutes, and its score after 90 minutes is not told".to_owned();
            return Err((RejectionKind::MalformedScore, message));
        }
    };
    Ok((full.map(score).transpose()?, half.and_then(|half| score(*half).ok())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "= English Premier League 2022/23\n\n# Teams 4\n\n» Matchday 1\n  Sat Aug/6 2022\n    15.00  Aau FC        v Bäu            2-1 (1-0)\n           Cau           v Dau            0-0\n  [Sun Aug 7]\n    Eau   3-1 (2-0)   Fau\n      (Someone 12', 44')\nMon Jan/2\n  17:30  Bäu v Aau FC   2-3 a.e.t. (1-1, 0-1)  @ Somewhere\n  Cau v Eau  4-3 pen. 2-2 a.e.t. (1-1, 1-0)\n  Dau v Eau  2-1 a.e.t.\n  Dau v Fau  [cancelled]\nSat May/27\n  Dau v Aau FC\n";

    fn parse_at(name: &str, text: &str) -> Result<Parsed, DocumentError> {
        parse(name, text, "2023-03-01".parse().unwrap())
    }

    #[test]
    fn matches_are_read_with_their_days_and_scores_of_90_minutes() {
        let parsed = parse_at("x.txt", TEXT).unwrap();
        let told: Vec<String> = parsed
            .matches
            .iter()
            .map(|m| {
                let score = m.score.map_or_else(|| m.status.name().to_owned(), |s| s.to_string());
                format!("{} {} {score} {}", m.kickoff.at.format("%F"), m.home, m.away)
            })
            .collect();
        assert_eq!(
            told,
            [
                "2022-08-06 Aau FC 2-1 Bäu",
                "2022-08-06 Cau 0-0 Dau",
                "2022-08-07 Eau 3-1 Fau",
                "2023-01-02 Bäu 1-1 Aau FC",
                "2023-01-02 Cau 1-1 Eau",
                "2023-01-02 Dau cancelled Fau",
                "2023-05-27 Dau scheduled Aau FC",
            ]
        );
        let faults: Vec<_> =
            parsed.rejections.iter().filter(|r| !r.kind.is_note()).map(|r| (r.line, r.kind)).collect();
        assert_eq!(faults, [(15, RejectionKind::MalformedScore)]);
        assert_eq!((parsed.rows, parsed.leagues[0].code.as_str()), (8, "en.1"));
        assert_eq!(parsed.matches[0].half_time, Some(Score { home: 1, away: 0 }));
    }

    #[test]
    fn what_cannot_be_read_is_told_and_takes_no_other_day() {
        let text = "= English Premier League 2022/23\nSat Aug/6 2022\n  Aau 2-1 Bau\n  Aau   2-1 (3-0)   Bau\nSun Aug/8 2022 late\n  Cau   1-1   Dau\n";
        let parsed = parse_at("x.txt", text).unwrap();
        let faults: Vec<_> =
            parsed.rejections.iter().filter(|r| !r.kind.is_note()).map(|r| (r.line, r.kind)).collect();
        assert_eq!(
            faults,
            [
                (3, RejectionKind::MalformedRow),
                (4, RejectionKind::MalformedHalfTime),
                (6, RejectionKind::MalformedDate)
            ]
        );
        assert_eq!((parsed.rows, parsed.matches.len()), (3, 1));
    }

    #[test]
    fn cups_and_texts_without_league_or_season_are_refused() {
        assert!(is_football_txt(TEXT) && !is_football_txt("Div,Date\n") && !is_football_txt("===\n"));
        let cup = TEXT.replace("English Premier League", "DFB Pokal");
        assert!(matches!(parse_at("x.txt", &cup), Err(DocumentError::Cup(_))));
        let unknown = TEXT.replace("English Premier League", "Oberliga");
        assert!(matches!(parse_at("x.txt", &unknown), Err(DocumentError::UnknownLeague(_))));
        let endless = TEXT.replace("2022/23", "");
        assert!(matches!(parse_at("x.txt", &endless), Err(DocumentError::UnknownSeason(_))));
    }
}
