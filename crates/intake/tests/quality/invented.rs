//! Four invented seasons of an invented league of twenty clubs with the prices of six invented books, in the shape of
//! football-data.co.uk, and a store that holds them.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use touchline_collect::sources::by_name;
use touchline_domain::{FixedClock, Silent};
use touchline_intake::identity::SourceOrder;
use touchline_intake::ingest::{Incoming, IngestReport, ingest};
use touchline_intake::quality::check::{CheckOptions, CheckReport, check};
use touchline_store_sqlite::SqliteStore;

const CLUBS: [&str; 20] = [
    "Ashmoor", "Brindle", "Calder", "Dunholm", "Eastry", "Fenby", "Garside", "Hexton", "Ivel", "Jarrold",
    "Kelby", "Lorne", "Marwick", "Norby", "Oakham", "Penrose", "Quarley", "Rusholt", "Selwick", "Thornby",
];
/// Books of results with their margins.
const BOOKS: [(&str, f64); 6] =
    [("B365", 0.05), ("BW", 0.06), ("IW", 0.07), ("PS", 0.025), ("WH", 0.055), ("VC", 0.05)];
/// Books of totals.
const TOTALS: [(&str, f64); 4] = [("B365", 0.05), ("P", 0.025), ("BW", 0.06), ("WH", 0.06)];
/// Days after the Friday of a round, and the kick-offs, of its ten matches.
const SLOTS: [(u64, &str); 10] = [
    (0, "20:00"),
    (1, "12:30"),
    (1, "15:00"),
    (1, "15:00"),
    (1, "15:00"),
    (1, "15:00"),
    (1, "17:30"),
    (2, "14:00"),
    (2, "14:00"),
    (2, "16:30"),
];
/// The last season, of which [`OLD`] rounds are held at first.
pub const SEASON: u16 = 2023;
pub const OLD: usize = 30;

/// Numbers that look drawn (SplitMix64).
pub struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn poisson(&mut self, mean: f64) -> u32 {
        let (limit, mut product, mut count) = ((-mean).exp(), self.next(), 0);
        while product > limit {
            product *= self.next();
            count += 1;
        }
        count
    }

    /// Roughly normal with mean 0 and deviation 1.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

/// A table with headings.
#[derive(Debug, Clone)]
pub struct Sheet {
    pub headings: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    pub fn place(&self, heading: &str) -> usize {
        self.headings.iter().position(|own| own == heading).unwrap()
    }

    pub fn cell(&mut self, row: usize, heading: &str) -> &mut String {
        let place = self.place(heading);
        &mut self.rows[row][place]
    }

    pub fn swap(&mut self, row: usize, a: &str, b: &str) {
        let (a, b) = (self.place(a), self.place(b));
        self.rows[row].swap(a, b);
    }

    pub fn text(&self) -> String {
        let lines = std::iter::once(&self.headings).chain(&self.rows).map(|row| row.join(","));
        lines.collect::<Vec<_>>().join("\r\n") + "\r\n"
    }

    /// The first rows.
    pub fn until(&self, rows: usize) -> Self {
        Self { headings: self.headings.clone(), rows: self.rows[..rows].to_vec() }
    }
}

/// The Friday of a round of a season.
pub fn friday(season: u16, round: usize) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(season.into(), 8, 4).unwrap();
    let from_monday = u64::from(chrono::Datelike::weekday(&first).num_days_from_monday());
    first + Days::new((11 - from_monday) % 7) + Days::new(7 * round as u64)
}

pub fn written(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// Pairings of a round by the circle method.
fn pairings(round: usize) -> Vec<(usize, usize)> {
    let turn = |place: usize| if place == 0 { 19 } else { (place + round) % 19 };
    (0..10)
        .map(|i| {
            let (a, b) = (turn(i), turn(19 - i));
            if (round < 19) == (round % 19 + i).is_multiple_of(2) { (a, b) } else { (b, a) }
        })
        .collect()
}

fn chance(mean: f64, goals: i32) -> f64 {
    (1..=goals).fold((-mean).exp(), |chance, k| chance * mean / f64::from(k))
}

/// A whole season.
pub fn season(start: u16) -> Sheet {
    let mut headings: Vec<String> =
        "Div,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR".split(',').map(str::to_owned).collect();
    for (book, _) in BOOKS {
        headings.extend(["H", "D", "A"].map(|side| format!("{book}{side}")));
    }
    for (book, _) in TOTALS {
        headings.extend([">2.5", "<2.5"].map(|side| format!("{book}{side}")));
    }
    let mut draws = Draws(u64::from(start));
    let strength: Vec<f64> = (0..20_u32).map(|i| (f64::from(i * 7 % 20) - 9.5) / 20.0).collect();
    let mut rows = Vec::new();
    for round in 0..38 {
        for ((home, away), (day, time)) in pairings(round).into_iter().zip(SLOTS) {
            let by = 0.6 * (strength[home] - strength[away]);
            let means = [1.5 * by.exp(), 1.15 * (-by).exp()];
            let mut row =
                vec!["E0".to_owned(), written(friday(start, round) + Days::new(day)), time.to_owned()];
            row.extend([CLUBS[home], CLUBS[away]].map(str::to_owned));
            row.extend(result(&mut draws, means));
            row.extend(prices(&mut draws, means));
            rows.push(row);
        }
    }
    Sheet { headings, rows }
}

/// Goals and results, at the end and at half-time.
fn result(draws: &mut Draws, means: [f64; 2]) -> [String; 6] {
    let halves = [0.45, 0.55].map(|part| means.map(|mean| draws.poisson(part * mean)));
    let (half, all) = (halves[0], [0, 1].map(|side| halves[0][side] + halves[1][side]));
    let letter = |[home, away]: [u32; 2]| match home.cmp(&away) {
        std::cmp::Ordering::Greater => "H",
        std::cmp::Ordering::Equal => "D",
        std::cmp::Ordering::Less => "A",
    };
    [
        all[0].to_string(),
        all[1].to_string(),
        letter(all).into(),
        half[0].to_string(),
        half[1].to_string(),
        letter(half).into(),
    ]
}

/// Prices of all books: the fair chances with a margin, and each book's own opinion.
fn prices(draws: &mut Draws, means: [f64; 2]) -> Vec<String> {
    let mut fair = [0.0; 3];
    let mut over = 0.0;
    for home in 0..12 {
        for away in 0..12 {
            let cell = chance(means[0], home) * chance(means[1], away);
            fair[match home.cmp(&away) {
                std::cmp::Ordering::Greater => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 2,
            }] += cell;
            over += if home + away > 2 { cell } else { 0.0 };
        }
    }
    let mut price = |chance: f64, margin: f64| {
        let price = (0.02 * draws.normal()).exp() / (chance * (1.0 + margin));
        format!("{:.2}", price.max(1.01))
    };
    let mut cells = Vec::new();
    for (_, margin) in BOOKS {
        cells.extend(fair.map(|chance| price(chance, margin)));
    }
    for (_, margin) in TOTALS {
        cells.extend([over, 1.0 - over].map(|chance| price(chance, margin)));
    }
    cells
}

/// Monday noon after so many rounds of the last season.
pub fn after(rounds: usize) -> DateTime<Utc> {
    (friday(SEASON, rounds - 1) + Days::new(3)).and_hms_opt(12, 0, 0).unwrap().and_utc()
}

/// A store in a file, at a time.
pub struct World {
    pub store: SqliteStore,
    pub clock: FixedClock,
}

impl World {
    pub async fn open(path: &Path, now: DateTime<Utc>) -> Self {
        let clock = FixedClock(now);
        Self { store: SqliteStore::open(path, Arc::new(clock)).await.unwrap(), clock }
    }

    pub async fn ingest(&self, name: &str, text: &str) -> IngestReport {
        let document = Incoming { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
        let source = by_name("football-data").unwrap();
        let (order, mut report) = (SourceOrder::default(), IngestReport::default());
        ingest(&self.store, source, &document, &order, &self.clock, &mut report).await.unwrap();
        report
    }

    pub async fn check(&self, full: bool) -> CheckReport {
        let options = CheckOptions { full, ..CheckOptions::default() };
        check(&self.store, &options, &self.clock, &Silent).await.unwrap()
    }
}

/// A folder with the database of a store that holds three seasons and thirty rounds of a fourth, checked as a whole six hours
/// before `after(OLD)`.
pub async fn held() -> TempDir {
    let folder = TempDir::new().unwrap();
    let world = World::open(&folder.path().join("held.db"), after(OLD) - TimeDelta::hours(6)).await;
    for start in SEASON - 3..SEASON {
        world.ingest(&name(start), &season(start).text()).await;
    }
    world.ingest(&name(SEASON), &season(SEASON).until(10 * OLD).text()).await;
    world.check(true).await;
    world.store.close().await;
    folder
}

/// The name of a season's document.
pub fn name(start: u16) -> String {
    format!("{:02}{:02}/E0.csv", start % 100, (start + 1) % 100)
}
