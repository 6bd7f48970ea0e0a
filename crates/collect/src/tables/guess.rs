//! Guessing a map from headings and values, for a person to review. What headings do not say for certain is marked.

use super::columns::{distinct, plain};
use super::map::{FIELDS, Field, LONGEST_TEXT, Map};
use super::{TableSource, Told, dates, sheets, words};
use crate::table::{Headings, Row, Step, Table};
use crate::{Document, DocumentError, Parsed, Source};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write;

/// Rows that are looked at.
const LOOKED_AT: usize = 500;
/// Rows of a preview.
const SHOWN: usize = 8;

/// Headings of each field, likelier ones first, as they are compared.
const HEADINGS: [(Field, &[&str]); 18] = [
    (Field::Timestamp, &["timestamp", "unix", "epoch", "kickoff timestamp"]),
    (
        Field::Date,
        &[
            "date",
            "match date",
            "matchdate",
            "datetime",
            "date time",
            "kick off",
            "kickoff",
            "commence time",
            "utc date",
            "utcdate",
            "game date",
            "day",
            "datum",
            "fecha",
            "data",
        ],
    ),
    (Field::Time, &["time", "kick off time", "kickoff time", "matchtime", "match time", "hour", "ko"]),
    (
        Field::Home,
        &[
            "home",
            "hometeam",
            "home team",
            "home team name",
            "team 1",
            "team1",
            "home name",
            "home side",
            "host",
            "heim",
        ],
    ),
    (
        Field::Away,
        &[
            "away",
            "awayteam",
            "away team",
            "away team name",
            "team 2",
            "team2",
            "away name",
            "away side",
            "visitor",
            "guest",
            "gast",
        ],
    ),
    (
        Field::HomeGoals,
        &[
            "fthg",
            "hg",
            "home goals",
            "home score",
            "homegoals",
            "homescore",
            "goals home",
            "score home",
            "hgoal",
            "home team goals",
            "home team score",
            "home ft",
            "fthome",
            "score1",
            "goals1",
            "gh",
            "home team goal count",
        ],
    ),
    (
        Field::AwayGoals,
        &[
            "ftag",
            "ag",
            "away goals",
            "away score",
            "awaygoals",
            "awayscore",
            "goals away",
            "score away",
            "vgoal",
            "away team goals",
            "away team score",
            "away ft",
            "ftaway",
            "score2",
            "goals2",
            "ga",
            "away team goal count",
        ],
    ),
    (Field::Score, &["score", "ft", "result", "full time", "final score", "ergebnis", "marcador"]),
    (Field::Result, &["ftr", "res", "outcome", "winner", "result", "ftresult"]),
    (Field::HomeHalfTime, &["hthg", "home half time", "home ht", "hthome", "home half time goals"]),
    (Field::AwayHalfTime, &["htag", "away half time", "away ht", "htaway", "away half time goals"]),
    (Field::HalfTime, &["ht", "half time", "half time score"]),
    (Field::Status, &["status", "match status", "state"]),
    (
        Field::League,
        &["league", "div", "division", "competition", "tournament", "league name", "liga", "lge"],
    ),
    (Field::Country, &["country", "nation"]),
    (Field::Season, &["season", "season name", "year", "sea", "saison"]),
    (Field::Attendance, &["attendance", "spectators", "crowd"]),
    (Field::Referee, &["referee", "ref"]),
];

/// Formats that are tried, in pairs that differ by the order of day and month beside each other.
const FORMATS: [&str; 18] = [
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d-%m-%Y",
    "%d %b %Y",
    "%b %d %Y",
    "%a %b %d %Y",
    "%a %d %b %Y",
    "%Y%m%d",
];

/// A guessed map, and the first rows as it reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guess {
    /// The map's text, with what is uncertain in comments.
    pub map: String,
    /// The first rows as they would be read, one a line.
    pub preview: Vec<String>,
}

/// Guesses the map of a document.
///
/// # Errors
/// It is not a table, or no column of it looks like a day or like the names of two sides.
pub fn guess(document: &Document<'_>, told: &Told, now: DateTime<Utc>) -> Result<Guess, DocumentError> {
    let any = Map::parse("name = \"x\"\n[columns]\ndate = \"x\"\nhome = \"x\"\naway = \"x\"\n")
        .map_err(|e| DocumentError::WrongColumns { missing: e.to_string(), found: String::new() })?;
    let sheets = sheets::of(document.bytes, &any)?;
    let mut error = None;
    for sheet in &sheets {
        match of_sheet(&sheet.text, document.name) {
            Ok(map) => {
                let preview = preview(&map, document, told, now);
                return Ok(Guess { map, preview });
            }
            Err(found) => error = error.or(Some(found)),
        }
    }
    Err(error.unwrap_or(DocumentError::Empty))
}

/// Columns by their headings; a line with two of the most telling ones is the headings.
fn by_heading(headings: &Headings) -> BTreeMap<Field, usize> {
    let names: Vec<String> = distinct(headings).iter().map(|name| plain(name)).collect();
    let mut found = BTreeMap::new();
    let mut taken = HashSet::new();
    for (field, wanted) in HEADINGS {
        let column = wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted));
        if let Some(column) = column.filter(|column| !taken.contains(column)) {
            found.insert(field, column);
            taken.insert(column);
        }
    }
    found
}

fn of_sheet(text: &[u8], name: &str) -> Result<String, DocumentError> {
    let known = |headings: &Headings| {
        let found = by_heading(headings);
        let is_some = found.contains_key(&Field::Date) || found.contains_key(&Field::Timestamp);
        if is_some && headings.width() >= 3 { Ok(()) } else { Err(lacking(headings)) }
    };
    let wide = |headings: &Headings| if headings.width() >= 3 { Ok(()) } else { Err(lacking(headings)) };
    let plain_name = |name: &str| name.trim().to_owned();
    let (mut table, headings, ()) =
        Table::open(text, plain_name, known).or_else(|_| Table::open(text, plain_name, wide))?;
    let names = distinct(&headings);
    let mut values = vec![Vec::new(); names.len()];
    let mut row = Row::default();
    for _ in 0..LOOKED_AT {
        match table.read(&mut row)? {
            Step::End => break,
            Step::Row => {
                for (column, values) in values.iter_mut().enumerate() {
                    let text = row.field(column);
                    let missing = words::MISSING.iter().any(|word| word.eq_ignore_ascii_case(text));
                    values.push(if missing { String::new() } else { text.to_owned() });
                }
            }
            Step::Empty | Step::Rejected(_) => {}
        }
    }
    let guess = Guessing::new(names, values, by_heading(&headings));
    let has = |field| guess.found.contains_key(&field);
    if !has(Field::Home) || !has(Field::Away) || !(has(Field::Date) || has(Field::Timestamp)) {
        return Err(lacking(&headings));
    }
    Ok(guess.write(name, &headings))
}

fn lacking(headings: &Headings) -> DocumentError {
    let missing = "a column of days and two columns of sides that could be told".to_owned();
    DocumentError::WrongColumns { missing, found: headings.shown() }
}

/// A map being guessed.
struct Guessing {
    names: Vec<String>,
    values: Vec<Vec<String>>,
    found: BTreeMap<Field, usize>,
    /// Why a field is not certain.
    doubts: BTreeMap<Field, &'static str>,
    formats: Vec<&'static str>,
}

impl Guessing {
    fn new(names: Vec<String>, values: Vec<Vec<String>>, found: BTreeMap<Field, usize>) -> Self {
        let mut guessing = Self { names, values, found, doubts: BTreeMap::new(), formats: Vec::new() };
        guessing.check_scores();
        guessing.sides();
        guessing.dates();
        guessing
    }

    fn filled(&self, column: usize) -> impl Iterator<Item = &str> {
        self.values[column].iter().map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whether a column has a name that a map can hold, and values that all are as told.
    fn all(&self, column: usize, is: impl Fn(&str) -> bool) -> bool {
        let is_named = (1..=LONGEST_TEXT).contains(&self.names[column].len());
        is_named && self.filled(column).next().is_some() && self.filled(column).all(is)
    }

    /// A column called result may hold scores or letters, and one called score goals of one side.
    fn check_scores(&mut self) {
        let is_score = |text: &str| words::joined_score(text).is_ok();
        if let Some(column) = self.found.get(&Field::Score).copied()
            && !self.all(column, is_score)
        {
            self.found.remove(&Field::Score);
            self.found.entry(Field::Result).or_insert(column);
        }
        if let Some(column) = self.found.get(&Field::Result).copied()
            && self.all(column, is_score)
        {
            self.found.remove(&Field::Result);
            self.found.entry(Field::Score).or_insert(column);
        }
        let has_goals =
            self.found.contains_key(&Field::HomeGoals) && self.found.contains_key(&Field::AwayGoals);
        if !has_goals {
            self.found.remove(&Field::HomeGoals);
            self.found.remove(&Field::AwayGoals);
        }
        if !has_goals && !self.found.contains_key(&Field::Score) {
            let taken: HashSet<usize> = self.found.values().copied().collect();
            let column =
                (0..self.names.len()).find(|column| !taken.contains(column) && self.all(*column, is_score));
            if let Some(column) = column {
                self.found.insert(Field::Score, column);
                self.doubts.insert(Field::Score, "told by its values");
            }
        }
    }

    /// Two columns of texts with many values in common are the sides, the first the home side.
    fn sides(&mut self) {
        if self.found.contains_key(&Field::Home) && self.found.contains_key(&Field::Away) {
            return;
        }
        let taken: HashSet<usize> = self
            .found
            .iter()
            .filter(|(f, _)| !matches!(f, Field::Home | Field::Away))
            .map(|(_, c)| *c)
            .collect();
        let is_name = |text: &str| text.chars().any(char::is_alphabetic) && text.len() < 60;
        let texts: Vec<usize> =
            (0..self.names.len()).filter(|c| !taken.contains(c) && self.all(*c, is_name)).collect();
        for (i, first) in texts.iter().enumerate() {
            let names: HashSet<&str> = self.filled(*first).collect();
            for second in &texts[i + 1..] {
                let others: HashSet<&str> = self.filled(*second).collect();
                let common = names.intersection(&others).count();
                if names.len() >= 2 && common * 2 >= names.len() && common * 2 >= others.len() {
                    self.found.insert(Field::Home, *first);
                    self.found.insert(Field::Away, *second);
                    self.doubts.insert(
                        Field::Home,
                        "told by names that both columns hold; perhaps it is the away side",
                    );
                    self.doubts.insert(
                        Field::Away,
                        "told by names that both columns hold; perhaps it is the home side",
                    );
                    return;
                }
            }
        }
    }

    fn dates(&mut self) {
        let column = self.found.get(&Field::Date).copied().or_else(|| {
            let is_date = |text: &str| {
                dates::with_offset(text).is_some()
                    || FORMATS.iter().any(|format| dates::moment(text, &[(*format).to_owned()]).is_ok())
            };
            let taken: HashSet<usize> = self.found.values().copied().collect();
            (0..self.names.len()).find(|column| !taken.contains(column) && self.all(*column, is_date))
        });
        let Some(column) = column else { return };
        if self.found.insert(Field::Date, column).is_none() {
            self.doubts.insert(Field::Date, "told by its values");
        }
        if self.all(column, |text| dates::with_offset(text).is_some()) {
            return;
        }
        let fits =
            |format: &&&str| self.all(column, |text| dates::moment(text, &[(**format).to_owned()]).is_ok());
        let fitting: Vec<&'static str> = FORMATS.iter().filter(fits).copied().collect();
        if fitting.len() > 1 {
            self.doubts
                .insert(Field::Date, "its days and months can be read in both orders; see dates.formats");
        }
        self.formats = fitting;
    }

    fn write(&self, name: &str, headings: &Headings) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut map = String::new();
        let _ = writeln!(
            map,
            "# Guessed from the headings and the first rows. Review what is marked with \"?\"."
        );
        let _ = writeln!(map, "name = {}", quoted(&name_of(name)));
        let _ = writeln!(
            map,
            "\n[file]\nseparator = {}",
            match headings.separator {
                b'\t' => "\"tab\"".to_owned(),
                other => quoted(&char::from(other).to_string()),
            }
        );
        let _ = writeln!(map, "skip_lines = {}", headings.line.saturating_sub(1));
        let _ = writeln!(map, "\n[columns]");
        for (key, field, _) in FIELDS {
            if let Some(column) = self.found.get(&field) {
                let doubt = self.doubts.get(&field).map(|doubt| format!("  # ? {doubt}")).unwrap_or_default();
                let _ = writeln!(map, "{key} = {}{doubt}", quoted(&self.names[*column]));
            }
        }
        let used: HashSet<usize> = self.found.values().copied().collect();
        let rest: Vec<&str> = (0..self.names.len())
            .filter(|column| !used.contains(column) && !self.names[*column].is_empty())
            .map(|column| self.names[column].as_str())
            .take(60)
            .collect();
        if !rest.is_empty() {
            let rest = rest.join(", ").replace(|c: char| c.is_control(), " ");
            let _ = writeln!(map, "# not used: {rest}");
        }
        let _ = writeln!(map, "\n[dates]");
        match self.formats.as_slice() {
            [] => {}
            [format] => {
                let _ = writeln!(map, "formats = [{}]", quoted(format));
            }
            [format, others @ ..] => {
                let others: Vec<String> = others.iter().map(|other| quoted(other)).collect();
                let _ = writeln!(
                    map,
                    "formats = [{}]  # ? these fit as well: {}",
                    quoted(format),
                    others.join(", ")
                );
            }
        }
        let _ = writeln!(
            map,
            "# ? Times of day are left out until their zone is told:\n# timezone = \"Europe/London\""
        );
        if let Some(column) = self.found.get(&Field::Season)
            && self.all(*column, |text| text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
        {
            let _ = writeln!(
                map,
                "\n[seasons]\nyear = \"start\"  # ? or \"end\" or \"calendar\": which year the season is called by"
            );
        }
        if !self.found.contains_key(&Field::HomeGoals) && !self.found.contains_key(&Field::Score) {
            let _ =
                writeln!(map, "\n# ? No column of goals was found: all matches would be read as not played.");
        }
        if !self.found.contains_key(&Field::League) {
            let _ = writeln!(
                map,
                "\n# ? No column tells the league: tell it here, or with --league.\n# [constants]\n# league = \"E0\""
            );
        }
        map
    }
}

/// The name of a map, after that of its file.
fn name_of(file: &str) -> String {
    let stem = file.rsplit(['/', '\\']).next().unwrap_or_default().split('.').next().unwrap_or_default();
    let plain: String = stem
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    let plain = plain.trim_matches('-');
    if words::is_identifier(plain) { plain.to_owned() } else { "my-table".to_owned() }
}

/// The first rows as a map reads them.
fn preview(map: &str, document: &Document<'_>, told: &Told, now: DateTime<Utc>) -> Vec<String> {
    let read = Map::parse(map).map_err(|e| e.to_string()).and_then(|map| {
        let source = TableSource::new(map, told.clone()).map_err(|e| e.to_string())?;
        source.parse(document, now).map_err(|e| e.to_string())
    });
    match read {
        Ok(parsed) => shown(&parsed),
        Err(message) => vec![format!("not read: {message}")],
    }
}

/// The first rows of what was read, and the first that were not used.
fn shown(parsed: &Parsed) -> Vec<String> {
    let mut lines = Vec::new();
    for m in parsed.matches.iter().take(SHOWN) {
        let score = m.score.map_or_else(|| m.status.name().to_owned(), |score| score.to_string());
        let time = match m.kickoff.precision.name() {
            "minute" => m.kickoff.at.format("%Y-%m-%d %H:%M UTC"),
            _ => m.kickoff.at.format("%Y-%m-%d"),
        };
        let league = parsed.leagues.get(m.league).map_or("", |league| league.code.as_str());
        lines.push(format!("line {}: {league} {} {time}: {} {score} {}", m.line, m.season, m.home, m.away));
    }
    for rejection in parsed.rejections.iter().take(SHOWN) {
        lines.push(format!("line {}: {} ({})", rejection.line, rejection.message, rejection.kind));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(name: &str, text: &str) -> Guess {
        let told = Told { league: Some("E0".to_owned()), ..Told::default() };
        let now = "2023-06-30T12:00:00Z".parse().unwrap();
        guess(&Document { name, bytes: text.as_bytes() }, &told, now).unwrap()
    }

    #[test]
    fn a_map_is_guessed_from_headings_and_values_and_read_at_once() {
        let guess = guessed(
            "a/My Results.csv",
            "exported by hand\n\nKickoff;Heim;Gast;Ergebnis;Notes\n06.08.2022;Aau;Bau;2:1;x\n13.08.2022;Bau;Aau;0:0;\n",
        );
        for part in [
            "name = \"my-results\"",
            "separator = \";\"",
            "skip_lines = 2",
            "home = \"Heim\"",
            "score = \"Ergebnis\"",
            "%d.%m.%Y",
            "# not used: Notes",
        ] {
            assert!(guess.map.contains(part), "{}\nlacks {part}", guess.map);
        }
        assert_eq!(guess.preview[0], "line 4: E0 2022-23 2022-08-06: Aau 2-1 Bau");
    }

    #[test]
    fn what_is_uncertain_is_marked() {
        let guess = guessed("t.csv", "Date,X,Y,P\n01/02/2023,Aau,Bau,1-0\n02/03/2023,Bau,Aau,1-1\n");
        assert!(guess.map.contains("date = \"Date\"  # ? its days and months"), "{}", guess.map);
        assert!(guess.map.contains("home = \"X\"  # ? told by names"), "{}", guess.map);
        assert!(guess.map.contains("score = \"P\"  # ? told by its values"), "{}", guess.map);
        assert!(guess.map.contains("these fit as well: \"%m/%d/%Y\""), "{}", guess.map);
        let goalless = guessed("t.csv", "Date,Home,Away\n2023-02-01,Aau,Bau\n");
        assert!(goalless.map.contains("No column of goals"), "{}", goalless.map);
    }

    #[test]
    fn what_is_no_table_of_matches_is_refused() {
        let told = Told::default();
        for text in ["a,b,c\n1,2,3\n", "just words\n", ""] {
            let document = Document { name: "x.csv", bytes: text.as_bytes() };
            assert!(guess(&document, &told, DateTime::default()).is_err(), "{text}");
        }
    }
}
