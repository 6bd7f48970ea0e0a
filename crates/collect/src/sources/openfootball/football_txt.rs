//! Football.TXT, the text of which openfootball makes its JSON: headings with `=`, rounds and groups with `»` or `▪`, lines
//! of dates, lines of matches. Goals in brackets and comments are left out. After extra time or a shoot-out the score of 90
//! minutes stands first in the brackets behind it, `2-3 a.e.t. (1-0, 1-0)`; a match that does not tell it is left out.

mod scores;

use super::cups::{self, Place};
use super::{NAME, catalogue, is_domestic, may_be_of};
use crate::document::{self, Context, Hints, Layout, Unplayed};
use crate::names::fold;
use crate::values::{self, Fault};
use crate::{DocumentError, Parsed, Rejection, RejectionKind, SourceMatch, seasons};
use chrono::{Datelike, Days, Month, NaiveDate};
use scores::{Scores, goals};
use touchline_domain::{CompetitionKind, Kickoff, MatchStatus, NewLeague, Season};

/// The longest line, and the most lines.
const LONGEST_LINE: usize = 1_000;
const MOST_LINES: usize = 100_000;

/// Titles of leagues, folded, where the name of the file has no code.
const TITLES: [(&str, &str); 14] = [
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
    let mut reading = Reading { season, today, day: None, round: None, group: None };
    for (line, text) in (1_u32..).zip(text.lines()) {
        if line as usize > MOST_LINES {
            return Err(DocumentError::TooManyLines { limit: MOST_LINES as u32 });
        }
        let plain = text.split('#').next().unwrap_or_default().trim();
        reading.line(line, plain, &mut parsed);
    }
    if parsed.rows == 0 {
        return Err(DocumentError::Json("the Football.TXT holds no match".to_owned()));
    }
    let context = Context {
        today,
        unplayed: Unplayed::Silent { goals: "the line of the match", are_there: true, suspects: Vec::new() },
        leagues: is_domestic(&parsed.leagues[0]),
        most_clubs: document::of_any_size,
    };
    document::judge(&mut parsed, &context)?;
    Ok(parsed)
}

/// What lines above tell of a line of a match.
struct Reading<'t> {
    season: Season,
    today: NaiveDate,
    day: Option<NaiveDate>,
    round: Option<&'t str>,
    group: Option<&'t str>,
}

impl<'t> Reading<'t> {
    fn line(&mut self, line: u32, plain: &'t str, parsed: &mut Parsed) {
        let plain = without_number(plain);
        let is_cup = parsed.leagues[0].kind != CompetitionKind::League;
        if let Some(heading) = heading(plain, is_cup) {
            self.heading(heading);
            return;
        }
        if plain.is_empty()
            || plain.starts_with(['=', '|', '(', '•', '[']) && date_line(plain, self.season).is_none()
        {
            return;
        }
        if plain.len() > LONGEST_LINE {
            return;
        }
        if let Some(read) = date_line(plain, self.season) {
            self.day = Some(read);
            return;
        }
        let (day, of_match) = inline_date(plain, self.season);
        let Some(sides) = sides(of_match) else {
            if plain.split_whitespace().any(|word| goals(word).is_some()) {
                parsed.rows += 1;
                let message = "the line has a score, and its sides cannot be told apart; put two blanks around the score";
                let (kind, message) = (RejectionKind::MalformedRow, message.to_owned());
                parsed.rejections.push(Rejection::new(line, kind, message, plain));
            } else if names_a_month(plain) {
                // A day that cannot be read is not the day above it.
                self.day = None;
            }
            return;
        };
        self.day = day.or(self.day);
        parsed.rows += 1;
        match self.read(line, &sides, &parsed.leagues[0]) {
            Ok((found, faults)) => {
                let reject = |(kind, text)| Rejection::new(line, kind, text, plain);
                parsed.rejections.extend(faults.into_iter().map(reject));
                parsed.matches.push(found);
            }
            Err((kind, message)) => parsed.rejections.push(Rejection::new(line, kind, message, plain)),
        }
    }

    /// A group has matchdays; a round ends it.
    fn heading(&mut self, heading: &'t str) {
        if heading.starts_with("Group ") {
            (self.group, self.round) = (Some(heading), None);
        } else {
            if !heading.starts_with("Matchday") {
                self.group = None;
            }
            self.round = Some(heading);
        }
    }

    fn read(
        &self,
        line: u32,
        sides: &Sides<'_>,
        league: &NewLeague,
    ) -> Result<(SourceMatch, Vec<Fault>), Fault> {
        let Some(date) = self.day else {
            return Err((RejectionKind::MalformedDate, "no line above the match tells its day".to_owned()));
        };
        let (home, away) = values::teams(sides.home, sides.away)?;
        let stated = mark(sides.score);
        let told = match stated {
            None | Some(MatchStatus::Awarded) => scores::read(sides.score)?,
            Some(_) => Scores::default(),
        };
        let score = told.full;
        if score.is_some() {
            values::not_future(date, self.today)?;
        }
        may_be_of(date, self.season, league)?;
        if date > self.today + Days::new(1_000) {
            return Err((RejectionKind::DateOutsideSeason, format!("{date} lies years ahead")));
        }
        let (half_time, fault) = score.map_or((None, None), |score| values::half_time(told.half, score));
        let mut faults: Vec<Fault> =
            fault.map(|text| (RejectionKind::MalformedHalfTime, text)).into_iter().collect();
        let mut setting = Place { round: self.round, group: self.group }.setting(league, self.season, &home);
        if league.kind != CompetitionKind::League {
            let fault = cups::beyond_90_minutes(&mut setting, score, told.after_extra_time, told.shootout);
            faults.extend(fault.map(|text| (RejectionKind::MalformedSetting, text)));
        }
        let played = if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled };
        let found = SourceMatch {
            line,
            league: 0,
            season: self.season,
            home,
            away,
            kickoff: Kickoff::on(date),
            status: stated.unwrap_or(played),
            score,
            half_time,
            referee: None,
            attendance: None,
            external_id: None,
            stats: None,
            odds: Vec::new(),
            setting,
        };
        Ok((found, faults))
    }
}

/// A line without the number of the match before it, such as `(49)`.
fn without_number(line: &str) -> &str {
    let numbered = line.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    match numbered {
        Some((number, rest)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => {
            rest.trim_start()
        }
        _ => line,
    }
}

/// Rounds that cups name on lines of their own, without a mark.
const ROUNDS: [&str; 8] =
    ["Group ", "Round ", "Preliminary", "Quarter", "Semi", "Third", "Match for third", "Final"];

/// The round or group that a line opens: behind a mark, or in a cup by its first word. `Group A | Aau Bau` lists the teams
/// of a group, and opens nothing.
fn heading(line: &str, is_cup: bool) -> Option<&str> {
    let marked = line.starts_with(['»', '▪']);
    let text = line.trim_start_matches(['»', '▪']).trim().trim_end_matches(':').trim();
    let text = text.split([',', '|']).next().unwrap_or_default().trim();
    let is_round = || {
        ROUNDS.iter().any(|start| line.starts_with(start))
            && !line.contains(['|', '(', '@', '/'])
            && !line.contains(" v ")
            && line.split_whitespace().count() <= 5
            && line.split_whitespace().all(|word| goals(word).is_none())
    };
    ((marked || is_cup && is_round()) && !text.is_empty()).then_some(text)
}

/// A day at the start of a line of a match, `Thu Jun/12 17:00   Aau  3-1  Bau`, and the rest of the line.
fn inline_date(line: &str, season: Season) -> (Option<NaiveDate>, &str) {
    let mut found = (None, line);
    let mut at = 0;
    for word in line.split_inclusive(char::is_whitespace).take(4) {
        at += word.len();
        // A number behind the day may start a club's name, such as 1860.
        let start = i32::from(season.start());
        if let Some(day) = date_line(line[..at].trim_end(), season)
            && (start - 4..=start + 1).contains(&day.year())
        {
            found = (Some(day), line[at..].trim_start());
        }
    }
    found
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
    let of_title = || of_title().or_else(|| cups::of_words(title));
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
    let is_named = |name: &str| {
        name.chars().any(char::is_alphabetic) && name.split_whitespace().all(|word| goals(word).is_none())
    };
    (is_named(home) && is_named(away)).then(|| Sides { home, away, score: behind[..end].trim() })
}

/// A line without the time of day before it, and the zone behind that, as in `18:00 UTC+3`.
fn without_time(line: &str) -> &str {
    let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let is_time = first.split_once(['.', ':']).is_some_and(|(hour, minute)| {
        let digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits(hour) && digits(minute)
    });
    let rest = rest.trim_start();
    let zoned = rest.trim_start_matches('(').starts_with("UTC").then(|| rest.split_once(char::is_whitespace));
    match (is_time, zoned.flatten()) {
        (false, _) => line,
        (true, None) => rest,
        (true, Some((_, behind))) => behind.trim_start(),
    }
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
        assert_eq!(parsed.matches[0].half_time, touchline_domain::Score::new(1, 0).ok());
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
        let cup = TEXT.replace("English Premier League", "Some Pokal");
        assert!(matches!(parse_at("x.txt", &cup), Err(DocumentError::Cup(_))));
        let unknown = TEXT.replace("English Premier League", "Oberliga");
        assert!(matches!(parse_at("x.txt", &unknown), Err(DocumentError::UnknownLeague(_))));
        let endless = TEXT.replace("2022/23", "");
        assert!(matches!(parse_at("x.txt", &endless), Err(DocumentError::UnknownSeason(_))));
    }

    const CUP: &str = "= World Cup 2014\n\nGroup A | Brazil Cau\n\nMatchday 1 | Thu Jun/12\n\nGroup A:\n\n(1) Thu Jun/12 17:00   Brazil  3-1 (1-1)  Cau   @ Somewhere (UTC-3)\n      [Someone 29', 71' (pen.)]\n(2) Fri Jun/13   Dau  1-0 (1-0)  Eau\n\nRound of 16\n\n(49) Sat Jun/28 13:00   Brazil  3-2 pen. 1-1 a.e.t. (1-1, 1-1)  Dau\n\n▪ Quarter-finals\nFri Jul 4\n  18:00 UTC+3   Fau   2-1 a.e.t. (1-1, 0-0)  Gau  @ Elsewhere\n  20:00   Hau   3-2 pen. 1-1 a.e.t.   Iau\n";

    #[test]
    fn tournaments_are_read_with_groups_rounds_and_what_came_after_90_minutes() {
        let parsed = parse("2014/cup.txt", CUP, "2015-03-01".parse().unwrap()).unwrap();
        let told: Vec<String> = parsed
            .matches
            .iter()
            .map(|m| {
                let s = &m.setting;
                let show =
                    |score: Option<touchline_domain::Score>| score.map_or("-".to_owned(), |s| s.to_string());
                format!(
                    "{} {} {} {} {:?} {:?} {} {} {}",
                    m.kickoff.at.format("%m-%d"),
                    m.home,
                    show(m.score),
                    m.away,
                    s.group.as_deref().unwrap_or("-"),
                    s.round.as_deref().unwrap_or("-"),
                    show(s.after_extra_time),
                    show(s.shootout),
                    if s.neutral_ground { "neutral" } else { "at home" }
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "06-12 Brazil 3-1 Cau \"Group A\" \"-\" - - at home",
                "06-13 Dau 1-0 Eau \"Group A\" \"-\" - - neutral",
                "06-28 Brazil 1-1 Dau \"-\" \"Round of 16\" 1-1 3-2 at home",
                "07-04 Fau 1-1 Gau \"-\" \"Quarter-finals\" 2-1 - neutral",
            ]
        );
        let faults: Vec<_> = parsed.rejections.iter().map(|r| r.kind).collect();
        assert_eq!(faults, [RejectionKind::MalformedScore], "90 minutes are not told");
        let league = &parsed.leagues[0];
        assert_eq!((league.code.as_str(), league.kind), ("worldcup", CompetitionKind::Tournament));
        assert_eq!(league.country, touchline_domain::NATIONAL_TEAMS);
    }
}
