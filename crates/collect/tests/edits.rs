//! A clean season as other people's programs save it. Whatever edit is made, alone or with another one: what is read is
//! what the clean season says, or the document is refused, or a finding names the edit. Never is it another season in
//! silence.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::{Document, Parsed, Source};

/// Runs that are made with every test; `EDIT_RUNS` asks for more, as `./dev bench` does.
const RUNS: u64 = 5_000;

/// A linear congruential generator is random enough to choose edits.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }
}

const HEADINGS: &str = "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR,Referee,HS,AS,HST,AST,QQH,QQD,QQA,QQ>2.5,QQ<2.5,AHh,QQAHH,QQAHA";
const CLUBS: [&str; 10] = [
    "Ashmoor",
    "Bäuligen",
    "Carrow Hill",
    "Dunmere",
    "Eastwick",
    "Fenby",
    "Garside",
    "Holtby",
    "Ingleford",
    "Kelby, Stadt",
];

/// Rows of a season.
const ROWS: usize = CLUBS.len() * (CLUBS.len() - 1);

/// A table on its way to a file.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether an edit was made")]
struct Sheet {
    name: &'static str,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    separator: char,
    quoted: bool,
    line_end: &'static str,
    start: Vec<u8>,
    title: String,
    /// Before these rows stands a heading line; the columns of the rows behind it are in this order.
    second_heading: Option<(usize, Vec<usize>)>,
    windows: bool,
    /// Bytes that are missing at the end.
    cut: usize,
    /// What has happened to dates and columns, which happens once.
    dates_written: bool,
    columns_moved: bool,
    /// The rows of another season that were added.
    second: Vec<Vec<String>>,
}

/// A season: everybody at home against everybody, one matchday a week.
fn season(start: i32, dice: &mut Dice) -> Vec<Vec<String>> {
    let first = NaiveDate::from_ymd_opt(start, 8, 6).unwrap();
    let clubs = CLUBS.len();
    let mut rows = Vec::new();
    for matchday in 0..2 * (clubs - 1) {
        let date = first + Days::new(14 * matchday as u64);
        for table in 0..clubs / 2 {
            // The circle method: the last club stays, the others move on.
            let turn = |at: usize| if at == 0 { clubs - 1 } else { (matchday + at) % (clubs - 1) };
            let (a, b) = (turn(table), turn(clubs - 1 - table));
            let swapped = (matchday >= clubs - 1) != (table == 0 && matchday % (clubs - 1) % 2 == 1);
            let (home, away) = if swapped { (b, a) } else { (a, b) };
            let (goals, conceded) = (dice.roll(5), dice.roll(4));
            let letter = match goals.cmp(&conceded) {
                std::cmp::Ordering::Greater => "H",
                std::cmp::Ordering::Equal => "D",
                std::cmp::Ordering::Less => "A",
            };
            let half = [goals.min(dice.roll(3)), conceded.min(dice.roll(2))];
            let half_letter = match half[0].cmp(&half[1]) {
                std::cmp::Ordering::Greater => "H",
                std::cmp::Ordering::Equal => "D",
                std::cmp::Ordering::Less => "A",
            };
            let price = |n: usize| format!("{:.2}", 1.5 + n as f64 / 50.0);
            let mut row: Vec<String> =
                ["E0".to_owned(), (date + Days::new(table as u64 % 2)).format("%d/%m/%Y").to_string()].into();
            row.extend([CLUBS[home], CLUBS[away]].map(str::to_owned));
            row.extend([goals, conceded].map(|n| n.to_string()));
            row.push(letter.to_owned());
            row.extend(half.map(|n| n.to_string()));
            row.extend([
                half_letter.to_owned(),
                if table == 1 { String::new() } else { "A Pfiff".to_owned() },
            ]);
            row.extend(
                [8 + dice.roll(12), 5 + dice.roll(9), 2 + dice.roll(6), 1 + dice.roll(5)]
                    .map(|n| n.to_string()),
            );
            row.extend([dice.roll(200), dice.roll(200), dice.roll(200), 20, 21].map(price));
            row.extend(["-0.25".to_owned(), price(20), price(22)]);
            rows.push(row);
        }
    }
    rows
}

impl Sheet {
    fn clean(dice: &mut Dice) -> Self {
        Self {
            name: "2122/E0.csv",
            headings: HEADINGS.split(',').map(str::to_owned).collect(),
            rows: season(2021, dice),
            separator: ',',
            quoted: false,
            line_end: "\n",
            start: Vec::new(),
            title: String::new(),
            second_heading: None,
            windows: false,
            cut: 0,
            dates_written: false,
            columns_moved: false,
            second: Vec::new(),
        }
    }

    fn line(&self, fields: &[String]) -> String {
        let written = fields.iter().map(|field| {
            if self.quoted || field.contains(self.separator) || field.contains('"') {
                format!("\"{}\"", field.replace('"', "\"\""))
            } else {
                field.clone()
            }
        });
        written.collect::<Vec<_>>().join(&self.separator.to_string())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut lines = Vec::new();
        if !self.title.is_empty() {
            lines.push(self.title.clone());
        }
        lines.push(self.line(&self.headings));
        let ordered = |row: &[String], order: &[usize]| {
            order.iter().filter_map(|at| row.get(*at).cloned()).collect::<Vec<_>>()
        };
        for (at, row) in self.rows.iter().enumerate() {
            match &self.second_heading {
                Some((from, order)) if at >= *from => {
                    if at == *from {
                        lines.push(self.line(&ordered(&self.headings, order)));
                    }
                    let width = order.len();
                    let mut fields = ordered(row, order);
                    fields.extend(row.iter().skip(width).cloned());
                    lines.push(self.line(&fields));
                }
                _ => lines.push(self.line(row)),
            }
        }
        let text = format!("{}{}", lines.join(self.line_end), self.line_end);
        let mut bytes = self.start.clone();
        if self.windows {
            bytes.extend(text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
        } else {
            bytes.extend(text.as_bytes());
        }
        bytes.truncate(bytes.len() - self.cut.min(bytes.len()));
        bytes
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.headings.iter().position(|heading| heading.eq_ignore_ascii_case(name))
    }

    fn write_dates(&mut self, write: impl Fn(NaiveDate) -> String) {
        let Some(column) = self.column("Date").filter(|_| !self.dates_written) else { return };
        self.dates_written = true;
        for row in &mut self.rows {
            if let Ok(date) = NaiveDate::parse_from_str(&row[column], "%d/%m/%Y") {
                row[column] = write(date);
            }
        }
    }

    fn permute(&mut self, order: &[usize]) {
        self.headings = order.iter().map(|at| self.headings[*at].clone()).collect();
        for row in &mut self.rows {
            let mut fields: Vec<String> = order.iter().map(|at| row[*at].clone()).collect();
            fields.extend(row.iter().skip(order.len()).cloned());
            *row = fields;
        }
    }
}

fn shuffled(length: usize, dice: &mut Dice) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    for at in (1..length).rev() {
        order.swap(at, dice.roll(at + 1));
    }
    order
}

/// An edit, and the findings that name it where it is not undone.
type Edit = (&'static str, fn(&mut Sheet, &mut Dice), &'static [&'static str]);

const EDITS: [Edit; 33] = [
    ("semicolons", |s, _| s.separator = ';', &[]),
    ("tabs", |s, _| s.separator = '\t', &[]),
    ("bars", |s, _| s.separator = '|', &[]),
    ("windows-1252", |s, _| s.windows = true, &[]),
    ("byte-order mark", |s, _| s.start = b"\xef\xbb\xbf".to_vec(), &[]),
    ("small headings", |s, _| s.headings.iter_mut().for_each(|h| *h = h.to_lowercase()), &[]),
    ("capital headings", |s, _| s.headings.iter_mut().for_each(|h| *h = h.to_uppercase()), &[]),
    ("year first", |s, _| s.write_dates(|d| d.format("%Y-%m-%d").to_string()), &[]),
    ("midnight behind the day", |s, _| s.write_dates(|d| d.format("%Y-%m-%d 00:00:00").to_string()), &[]),
    ("month first", |s, _| s.write_dates(|d| d.format("%m/%d/%Y").to_string()), &["month_first"]),
    ("month in letters", |s, _| s.write_dates(|d| d.format("%a %b %d %Y").to_string()), &[]),
    ("two-digit years", |s, _| s.write_dates(|d| d.format("%d/%m/%y").to_string()), &[]),
    ("misread by a spreadsheet", misread_dates, &["date_outside_season", "malformed_date"]),
    ("a second season", second_season, &["season_of_dates", "date_outside_season"]),
    (
        "shuffled columns",
        |s, dice| {
            if !s.columns_moved {
                let order = shuffled(s.headings.len(), dice);
                s.columns_moved = true;
                s.permute(&order);
            }
        },
        &[],
    ),
    ("a renamed column", renamed_column, &["ignored_columns"]),
    (
        "rows twice",
        |s, dice| {
            let from = dice.roll(s.rows.len());
            let again = s.rows[from..].to_vec();
            s.rows.extend(again);
        },
        &[],
    ),
    (
        "dates a day off",
        |s, dice| {
            if !s.dates_written {
                day_off(s, dice);
            }
        },
        &["repeated_match"],
    ),
    (
        "a club respelt",
        respelt_club,
        &["club_with_few_matches", "split_club", "two_matches_a_day", "same_team"],
    ),
    ("a second heading", |s, dice| second_heading(s, dice, false), &["second_heading"]),
    ("other columns in mid-file", |s, dice| second_heading(s, dice, true), &["second_heading"]),
    ("a title", |s, _| "Premier League 2021/22\n".clone_into(&mut s.title), &[]),
    (
        "empty fields behind",
        |s, dice| {
            for row in &mut s.rows {
                for _ in 0..dice.roll(4) {
                    row.push(String::new());
                }
            }
        },
        &[],
    ),
    ("values beyond the headings", values_beyond, &["shifted_values"]),
    ("words for nothing", |s, dice| words_for_nothing(s, dice), &[]),
    ("labels in other words", labels, &[]),
    (
        "no column of leagues",
        |s, _| {
            if !s.columns_moved {
                drop_column(s, "Div");
            }
        },
        &[],
    ),
    ("quoted fields", |s, _| s.quoted = true, &[]),
    ("line ends of Windows", |s, _| s.line_end = "\r\n", &[]),
    (
        "a cut end",
        |s, dice| s.cut = 1 + dice.roll(240),
        &[
            "truncated_row",
            "shifted_values",
            "open_end",
            "malformed_date",
            "malformed_row",
            "missing_team",
            "malformed_score",
            "unknown_league",
            "lacking_matches",
        ],
    ),
    ("goals as decimals", |s, _| decimals(s), &[]),
    (
        "decimal commas",
        |s, _| {
            s.separator = ';';
            for row in &mut s.rows {
                for field in row {
                    if field.contains('.') && field.parse::<f64>().is_ok() {
                        *field = field.replace('.', ",");
                    }
                }
            }
        },
        &[],
    ),
    ("swapped goals", |s, _| swap_goals(s), &["contradictory_result", "malformed_half_time"]),
];

fn misread_dates(s: &mut Sheet, dice: &mut Dice) {
    let share = 2 + dice.roll(3);
    let Some(column) = s.column("Date").filter(|_| !s.dates_written) else { return };
    s.dates_written = true;
    for (at, row) in s.rows.iter_mut().enumerate() {
        if at % share == 0
            && let Ok(date) = NaiveDate::parse_from_str(&row[column], "%d/%m/%Y")
        {
            // 28/07/01 taken for year, month, day.
            row[column] = format!("20{:02}-{}-{}", date.day(), date.month(), date.year() % 100);
        }
    }
}

fn second_season(s: &mut Sheet, dice: &mut Dice) {
    if s.columns_moved
        || s.dates_written
        || s.headings.len() != s.rows[0].len()
        || s.headings[0].to_uppercase() != "DIV"
    {
        return;
    }
    let second = season(2020, dice);
    s.rows.extend(second.clone());
    s.second.extend(second);
}

fn renamed_column(s: &mut Sheet, dice: &mut Dice) {
    let columns = ["HTHG", "HTAG", "HS", "AST", "FTHG", "FTAG", "QQD", "Referee", "HomeTeam", "Date"];
    if let Some(column) = s.column(dice.pick(&columns)) {
        s.headings[column] = format!("Spalte {column}");
    }
}

/// Two editions of a file in one: some rows stand there again with another date.
fn day_off(s: &mut Sheet, dice: &mut Dice) {
    let Some(column) = s.column("Date") else { return };
    let n = 1 + dice.roll(s.rows.len());
    let mut again = s.rows[..n].to_vec();
    for row in &mut again {
        if let Ok(date) = NaiveDate::parse_from_str(&row[column], "%d/%m/%Y") {
            row[column] = (date + Days::new(1)).format("%d/%m/%Y").to_string();
        }
    }
    s.rows.extend(again);
}

fn respelt_club(s: &mut Sheet, dice: &mut Dice) {
    let (Some(home), Some(away)) = (s.column("HomeTeam"), s.column("AwayTeam")) else { return };
    let name = dice.pick(&CLUBS);
    let other = dice.pick(&["Zzyx Rovers", "FC"]);
    let spelt = if other == "FC" { format!("{name} FC") } else { other.to_owned() };
    // Of one season: a club that another one replaces from a season to the next is promoted.
    let season = if s.second.is_empty() { s.rows.len() } else { ROWS };
    let places: Vec<(usize, usize)> = (0..season)
        .flat_map(|row| [(row, home), (row, away)])
        .filter(|(row, column)| s.rows[*row][*column] == name)
        .collect();
    if places.len() < 2 {
        return;
    }
    // Not all of them: that would be another name of a club that is known by no other.
    let n = 1 + dice.roll(places.len() - 1);
    for (row, column) in &places[..n] {
        s.rows[*row][*column].clone_from(&spelt);
    }
}

fn second_heading(s: &mut Sheet, dice: &mut Dice, moved: bool) {
    if s.second_heading.is_some() || s.rows.iter().any(|row| row.len() != s.headings.len()) {
        return;
    }
    let width = s.headings.len();
    let order = if moved { shuffled(width, dice) } else { (0..width).collect() };
    s.second_heading = Some((1 + dice.roll(s.rows.len() - 1), order));
}

fn values_beyond(s: &mut Sheet, dice: &mut Dice) {
    let (Some(after), width) = (s.column("FTR"), s.headings.len()) else { return };
    if s.columns_moved || s.second_heading.is_some() {
        return;
    }
    let from = dice.roll(s.rows.len());
    for row in &mut s.rows[from..] {
        if row.len() == width {
            row.insert(after + 1 + dice.roll(8), "1.83".to_owned());
        }
    }
}

fn words_for_nothing(s: &mut Sheet, dice: &mut Dice) {
    let word = dice.pick(&["NaN", "NA", "null", "-", "None", "#N/A"]);
    for field in s.rows.iter_mut().flatten().filter(|field| field.is_empty()) {
        word.clone_into(field);
    }
}

fn labels(s: &mut Sheet, dice: &mut Dice) {
    let words = dice.pick(&[
        ["h", "d", "a"],
        ["1", "X", "2"],
        ["Home", "Draw", "Away"],
        ["2", "1", "0"],
        ["W", "D", "L"],
    ]);
    let Some(column) = s.column("FTR") else { return };
    for row in &mut s.rows {
        let at = match row[column].as_str() {
            "H" => 0,
            "D" => 1,
            "A" => 2,
            _ => continue,
        };
        words[at].clone_into(&mut row[column]);
    }
}

fn drop_column(s: &mut Sheet, name: &str) {
    if let Some(column) = s.column(name).filter(|_| s.second_heading.is_none()) {
        s.headings.remove(column);
        s.rows.iter_mut().for_each(|row| drop(row.remove(column)));
    }
}

fn decimals(s: &mut Sheet) {
    for name in ["FTHG", "FTAG", "HTHG", "HTAG", "HS", "AS"] {
        let Some(column) = s.column(name) else { continue };
        for row in &mut s.rows {
            if row[column].parse::<u8>().is_ok() {
                row[column].push_str(".0");
            }
        }
    }
}

fn swap_goals(s: &mut Sheet) {
    if let (Some(home), Some(away)) = (s.column("FTHG"), s.column("FTAG")) {
        s.headings.swap(home, away);
    }
}

fn today() -> DateTime<Utc> {
    "2022-11-30T12:00:00Z".parse().unwrap()
}

/// What a document says, whatever its lines: each match once.
fn said(parsed: &Parsed) -> BTreeSet<String> {
    let show = |m: &touchline_collect::SourceMatch| {
        let mut shown = m.clone();
        (shown.line, shown.league) = (0, 0);
        shown.odds.sort_by(|a, b| (&a.bookmaker, a.market.name()).cmp(&(&b.bookmaker, b.market.name())));
        format!("{} {shown:?}", parsed.leagues[m.league].code)
    };
    parsed.matches.iter().map(show).collect()
}

fn read(sheet: &Sheet) -> Result<Parsed, String> {
    let bytes = sheet.bytes();
    let document = Document { name: sheet.name, bytes: &bytes };
    FootballData.parse(&document, today()).map_err(|error| error.name().to_owned())
}

#[derive(Default)]
struct Tally {
    equal: u64,
    refused: BTreeMap<String, u64>,
    found: u64,
}

/// Makes edits and says whether the outcome is one of the three that are allowed.
fn run(edits: &[&Edit], seed: u64, tally: &mut Tally) -> Result<(), String> {
    let mut dice = Dice(seed);
    let clean = Sheet::clean(&mut dice);
    let mut wanted = said(&read(&clean).unwrap());
    let mut edited = clean.clone();
    for (_, edit, _) in edits {
        edit(&mut edited, &mut dice);
    }
    if !edited.second.is_empty() {
        let rows = std::mem::take(&mut edited.second);
        wanted.extend(said(&read(&Sheet { rows, name: "2021/E0.csv", ..clean.clone() }).unwrap()));
    }
    let names: Vec<&str> = edits.iter().map(|(name, ..)| *name).collect();
    match read(&edited) {
        Err(refusal) => *tally.refused.entry(refusal).or_default() += 1,
        Ok(parsed) if said(&parsed) == wanted => tally.equal += 1,
        Ok(parsed) => {
            let kinds: BTreeSet<&str> = parsed.rejections.iter().map(|r| r.kind.name()).collect();
            let named = edits.iter().flat_map(|(.., kinds)| kinds.iter()).any(|kind| kinds.contains(kind));
            let got = said(&parsed);
            if !named {
                let lacking = wanted.difference(&got).next();
                let instead = got.difference(&wanted).next();
                return Err(format!(
                    "seed {seed}, {names:?}: another season in silence; findings {kinds:?}\n  lacking {lacking:?}\n  instead {instead:?}"
                ));
            }
            tally.found += 1;
        }
    }
    Ok(())
}

#[test]
fn every_edit_alone_is_undone_refused_or_named() {
    for edit in &EDITS {
        let mut tally = Tally::default();
        for seed in 0..8 {
            run(&[edit], seed, &mut tally).unwrap_or_else(|fault| panic!("{fault}"));
        }
        println!("{}: {} equal, {} named, refused {:?}", edit.0, tally.equal, tally.found, tally.refused);
        // What changes no meaning is read as if nothing had happened.
        if edit.2.is_empty() {
            assert_eq!(tally.equal, 8, "{}: {} named, refused {:?}", edit.0, tally.found, tally.refused);
        }
    }
}

#[test]
fn edits_in_pairs_are_undone_refused_or_named() {
    let runs = std::env::var("EDIT_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(RUNS);
    let mut dice = Dice(4);
    let (mut tally, mut faults) = (Tally::default(), BTreeMap::new());
    for seed in 0..runs {
        let pair = [&EDITS[dice.roll(EDITS.len())], &EDITS[dice.roll(EDITS.len())]];
        if let Err(fault) = run(&pair, seed, &mut tally) {
            faults.entry([pair[0].0, pair[1].0]).or_insert(fault);
        }
    }
    println!("{runs} runs: {} equal, {} named, refused {:?}", tally.equal, tally.found, tally.refused);
    let faults: Vec<&str> = faults.values().map(String::as_str).collect();
    assert!(faults.is_empty(), "{} kinds of pairs:\n{}", faults.len(), faults.join("\n"));
    assert!(tally.equal * 4 > runs, "most edits change nothing");
}

/// Two clubs of which a third name has taken parts: no name has hardly a match, and nobody meets nobody.
#[test]
fn a_name_that_has_taken_parts_of_two_clubs_is_named() {
    let respelt: Vec<&Edit> = EDITS.iter().filter(|(name, ..)| *name == "a club respelt").collect();
    let mut tally = Tally::default();
    run(&[respelt[0], respelt[0]], 74_933, &mut tally).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(tally.found, 1);
}
