//! Results of invented teams in the challenge's format.

use chrono::{Days, NaiveDate};
use std::fmt::Write;

pub const HEADINGS: &str = "Sea,Lge,Date,HT,AT,HS,AS,GD,WDL\n";

const FIRST: [&str; 12] =
    ["Nor", "Sued", "Ost", "Wes", "Alt", "Neu", "Ober", "Unter", "Mittel", "Hoch", "Tief", "Gross"];
const SECOND: [&str; 5] = ["heim", "vale", "quist", "moor", "zand"];

/// The name of a team by its number.
pub fn club(n: usize) -> String {
    format!("{}{}", FIRST[n % FIRST.len()], SECOND[n / FIRST.len() % SECOND.len()])
}

/// One match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub season: String,
    pub league: String,
    pub date: NaiveDate,
    pub home: String,
    pub away: String,
    pub goals: (u32, u32),
}

impl Line {
    pub fn text(&self) -> String {
        let (h, a) = self.goals;
        let result = ["L", "D", "W"][usize::from(h > a) + usize::from(h >= a)];
        let difference = i64::from(h) - i64::from(a);
        let date = self.date.format("%d/%m/%Y");
        format!(
            "{},{},{date},{},{},{h},{a},{difference},{result}\n",
            self.season, self.league, self.home, self.away
        )
    }
}

pub fn text(lines: &[Line]) -> String {
    lines.iter().fold(HEADINGS.to_owned(), |mut text, line| {
        let _ = write!(text, "{}", line.text());
        text
    })
}

/// Everyone against everyone, twice, a matchday each week from mid-August; `clubs` are numbers, the lower the
/// stronger.
pub fn season(league: &str, start: i32, clubs: &[usize]) -> Vec<Line> {
    let n = clubs.len();
    assert!(n.is_multiple_of(2), "the circle method pairs an even number");
    let opening = NaiveDate::from_ymd_opt(start, 8, 14).expect("a date");
    let mut lines = Vec::with_capacity(n * (n - 1));
    for round in 0..2 * (n - 1) {
        let turn = round % (n - 1);
        for pair in 0..n / 2 {
            // The last team stays, the others go round.
            let x = (turn + pair) % (n - 1);
            let y = if pair == 0 { n - 1 } else { (turn + n - 1 - pair) % (n - 1) };
            let swap = (round < n - 1) == (pair + turn).is_multiple_of(2);
            let (home, away) = if swap { (clubs[y], clubs[x]) } else { (clubs[x], clubs[y]) };
            lines.push(Line {
                season: format!("{:02}-{:02}", start % 100, (start + 1) % 100),
                league: league.to_owned(),
                date: opening + Days::new(7 * round as u64),
                home: club(home),
                away: club(away),
                goals: score(league, start, home, away),
            });
        }
    }
    lines
}

/// Goals that depend on nothing but the match: more for the stronger side and at home.
fn score(league: &str, start: i32, home: usize, away: usize) -> (u32, u32) {
    let mut x = league.bytes().fold(start as u64, |x, b| x.wrapping_mul(31) + u64::from(b));
    x = (x ^ (home * 977 + away) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^= x >> 32;
    let edge = away as f64 - home as f64;
    let goals = |mean: f64, luck: u64| {
        let (mut p, mut left, mut goals) = ((-mean).exp(), (luck % 10_000) as f64 / 10_000.0, 0);
        while left > p && goals < 9 {
            left -= p;
            goals += 1;
            p *= mean / f64::from(goals);
        }
        goals
    };
    (goals((0.35 + 0.04 * edge).exp(), x), goals((0.1 - 0.04 * edge).exp(), x >> 24))
}
