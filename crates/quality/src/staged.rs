//! Rows of one document in columns, and the rules that hold a row back before it is published.
//!
//! These rules look at the document alone, so that a document is judged alike whenever it is read and whatever is stored beside
//! it. They are stricter than those of [`rules`](crate::rules), which look at what is stored and only say what they find: what
//! they hold back cannot have happened, or hardly. A club that plays twice in a day is left to those: one of two dates is wrong, and both
//! results may be right (46 rows of the Soccer Prediction Challenge). A test of the intake holds that real files pass (`clean_files`).

use crate::rules::{GoalRates, season_span, tails_of};
use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use touchline_domain::{Score, Season};

/// Chance of a score, or of one as unlikely, below which a row is held.
const ABSURD: f64 = 1e-8;
/// Goals of a side from which on the chance of a score is computed; below, none is absurd.
const MANY: u8 = 8;
/// Results of a day that make it a copy of another day.
const COPIED: usize = 4;
/// Days between the first and the last match of a round, at most.
const ROUND_DAYS: i64 = 3;

/// A rule that holds rows back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HoldingRule {
    /// Its name.
    pub name: &'static str,
    /// Its version; it rises with every change of what the rule holds.
    pub version: u32,
    /// What it holds, and what usually is behind it.
    pub what: &'static str,
}

const HALF_TIME: HoldingRule = HoldingRule {
    name: "half_time_above_full_time",
    version: 1,
    what: "a side has more goals at half-time than at the end: columns exchanged",
};
const SCORE: HoldingRule = HoldingRule {
    name: "improbable_score",
    version: 1,
    what: "a league score with a chance below 1 in 100 million: a digit too many",
};
const COPY: HoldingRule = HoldingRule {
    name: "duplicated_round",
    version: 1,
    what: "all results of a day are those of an earlier round of the season: a round that was delivered twice",
};
const SEASON: HoldingRule = HoldingRule {
    name: "outside_season",
    version: 1,
    what: "a league match outside the time of its season: a wrong year, or a season with a wrong label",
};

/// All rules that hold rows back.
pub const HOLDING: &[HoldingRule] = &[HALF_TIME, SCORE, COPY, SEASON];

/// The matches of a document in columns, all of one length but the first two.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StagedRows {
    /// Code of each league, and whether each of its clubs meets every other one (a league, not a cup).
    pub leagues: Vec<(String, bool)>,
    /// Name of each club.
    pub clubs: Vec<String>,
    /// Place of the league in `leagues`.
    pub league: Vec<u32>,
    /// The season.
    pub season: Vec<Season>,
    /// The day of the kick-off, in UTC.
    pub day: Vec<NaiveDate>,
    /// Place of the home side in `clubs`.
    pub home: Vec<u32>,
    /// Place of the away side in `clubs`.
    pub away: Vec<u32>,
    /// The result; none where the match is not finished.
    pub score: Vec<Option<Score>>,
    /// The score at half-time.
    pub half_time: Vec<Option<Score>>,
}

/// A row that a rule holds back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its place in the columns.
    pub row: usize,
    /// The rule.
    pub rule: HoldingRule,
    /// What is wrong and what seems to be behind it.
    pub reason: String,
}

impl StagedRows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.league.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.league.is_empty()
    }

    fn is_league(&self, row: usize) -> bool {
        self.leagues.get(self.league[row] as usize).is_some_and(|(_, is_league)| *is_league)
    }

    fn club(&self, place: u32) -> &str {
        self.clubs.get(place as usize).map_or("?", String::as_str)
    }

    fn label(&self, row: usize) -> String {
        format!("{} - {} on {}", self.club(self.home[row]), self.club(self.away[row]), self.day[row])
    }
}

/// Runs all rules over the columns; failures by row.
pub fn audit(rows: &StagedRows) -> Vec<Failure> {
    let mut failures = Vec::new();
    half_time(rows, &mut failures);
    improbable_scores(rows, &mut failures);
    copied_days(rows, &mut failures);
    outside_season(rows, &mut failures);
    failures.sort_by_key(|failure| failure.row);
    failures
}

fn half_time(rows: &StagedRows, failures: &mut Vec<Failure>) {
    for (row, (score, half)) in rows.score.iter().zip(&rows.half_time).enumerate() {
        if let (Some(score), Some(half)) = (score, half)
            && (half.home > score.home || half.away > score.away)
        {
            let reason = format!("{}: {half} at half-time and {score} at the end", rows.label(row));
            failures.push(Failure { row, rule: HALF_TIME, reason });
        }
    }
}

fn improbable_scores(rows: &StagedRows, failures: &mut Vec<Failure>) {
    let many = |score: &Score| score.home.max(score.away) >= MANY;
    let suspects: Vec<(usize, Score)> = (0..rows.len())
        .filter_map(|row| rows.score[row].filter(many).map(|score| (row, score)))
        .filter(|(row, _)| rows.is_league(*row))
        .collect();
    if suspects.is_empty() {
        return;
    }
    let results = rows.league.iter().zip(&rows.score).filter_map(|(l, score)| score.map(|score| (*l, score)));
    let rates = GoalRates::of_scores(results);
    let mut tails: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (row, score) in suspects {
        let Some(rates) = rates.get(&rows.league[row]) else { continue };
        let tails = tails.entry(rows.league[row]).or_insert_with(|| tails_of(*rates));
        let chance = GoalRates::chance_in(tails, score);
        if chance < ABSURD {
            let shown = if chance > 0.0 { format!("{chance:.0e}") } else { "next to none".to_owned() };
            let reason =
                format!("{}: {score} has a chance of {shown}; look for a digit too many", rows.label(row));
            failures.push(Failure { row, rule: SCORE, reason });
        }
    }
}

/// Days of which every result is that of one earlier day of the season.
fn copied_days(rows: &StagedRows, failures: &mut Vec<Failure>) {
    type Day = (u32, Season, NaiveDate);
    let mut days: BTreeMap<Day, Vec<usize>> = BTreeMap::new();
    let mut first: HashMap<(u32, Season, u32, u32), Vec<usize>> = HashMap::new();
    for row in (0..rows.len()).filter(|row| rows.score[*row].is_some() && rows.is_league(*row)) {
        let (league, season) = (rows.league[row], rows.season[row]);
        days.entry((league, season, rows.day[row])).or_default().push(row);
        first.entry((league, season, rows.home[row], rows.away[row])).or_default().push(row);
    }
    for ((league, season, day), own) in days.iter().filter(|(_, own)| own.len() >= COPIED) {
        let copied_from = |row: usize| {
            let same = first.get(&(*league, *season, rows.home[row], rows.away[row]));
            // A day beside it is one match that is listed twice.
            same.into_iter().flatten().copied().filter(move |other| {
                rows.score[*other] == rows.score[row] && (*day - rows.day[*other]).num_days() > 1
            })
        };
        let sources: Vec<NaiveDate> = copied_from(own[0]).map(|other| rows.day[other]).collect();
        // A round is played on some days in a row.
        let is_copy = |source: &&NaiveDate| {
            let is_near = |other: usize| (rows.day[other] - **source).num_days().abs() <= ROUND_DAYS;
            own.iter().all(|row| copied_from(*row).any(is_near))
        };
        let Some(source) = sources.iter().find(is_copy) else { continue };
        for row in own {
            let reason = format!(
                "{}: all {} results of this day are those of the round of {source}; the round was delivered twice",
                rows.label(*row),
                own.len()
            );
            failures.push(Failure { row: *row, rule: COPY, reason });
        }
    }
}

fn outside_season(rows: &StagedRows, failures: &mut Vec<Failure>) {
    for row in 0..rows.len() {
        // Some sources label a season of a calendar year by two years: their whole years count.
        let (from, to) = season_span(rows.season[row]);
        let (from, to) = (
            from.with_ordinal(1).unwrap_or(from),
            to.with_month(12).and_then(|day| day.with_day(31)).unwrap_or(to),
        );
        if !(from..=to).contains(&rows.day[row]) && rows.is_league(row) {
            let reason = format!(
                "{}: the season {} is played from {from} to {to}; look for a wrong year or a wrong season",
                rows.label(row),
                rows.season[row]
            );
            failures.push(Failure { row, rule: SEASON, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;

    /// A double round robin of ten clubs from August on, a round a week.
    fn rows() -> StagedRows {
        let mut rows = StagedRows {
            leagues: vec![("E0".to_owned(), true), ("CUP".to_owned(), false)],
            clubs: (0..10).map(|n| format!("Club {n}")).collect(),
            ..StagedRows::default()
        };
        let start = NaiveDate::from_ymd_opt(2020, 8, 8).unwrap();
        for round in 0..18_u32 {
            for i in 0..5_u32 {
                let turn = |place: u32| if place == 0 { 9 } else { (place + round) % 9 };
                let (a, b) = (turn(i), turn(9 - i));
                let (home, away) = if (round < 9) == (i % 2 == 0) { (a, b) } else { (b, a) };
                push(&mut rows, (home, away), start + Days::new(7 * u64::from(round)), (round + i) as u8 % 4);
            }
        }
        rows
    }

    fn push(rows: &mut StagedRows, (home, away): (u32, u32), day: NaiveDate, goals: u8) {
        rows.league.push(0);
        rows.season.push(Season::cross_year(2020).unwrap());
        rows.day.push(day);
        rows.home.push(home);
        rows.away.push(away);
        rows.score.push(Some(Score { home: goals, away: 1 }));
        rows.half_time.push(Some(Score { home: goals / 2, away: 0 }));
    }

    /// The same result again, so many days later.
    fn repeat(rows: &mut StagedRows, row: usize, days: u64) {
        let (sides, day) = ((rows.home[row], rows.away[row]), rows.day[row] + Days::new(days));
        push(rows, sides, day, 0);
        let last = rows.score.len() - 1;
        (rows.score[last], rows.half_time[last]) = (rows.score[row], rows.half_time[row]);
    }

    fn held(change: impl Fn(&mut StagedRows)) -> Vec<(usize, &'static str)> {
        let mut rows = rows();
        change(&mut rows);
        audit(&rows).into_iter().map(|failure| (failure.row, failure.rule.name)).collect()
    }

    #[test]
    fn a_clean_season_passes_and_each_fault_holds_its_rows_alone() {
        assert_eq!(held(|_| ()), []);
        let half = |r: &mut StagedRows| r.half_time[3] = Some(Score { home: 9, away: 0 });
        assert_eq!(held(half), [(3, "half_time_above_full_time")]);
        let digit = |r: &mut StagedRows| r.score[7] = Some(Score { home: 31, away: 0 });
        assert_eq!(held(digit), [(7, "improbable_score")]);
        let year = |r: &mut StagedRows| r.day[11] = NaiveDate::from_ymd_opt(2012, 8, 8).unwrap();
        assert_eq!(held(year), [(11, "outside_season")]);
    }

    #[test]
    fn a_club_that_plays_twice_in_a_day_is_let_through() {
        // The first match of the second round on the day of the first: one date is wrong, and both results may be right. It is
        // found among what is stored.
        assert_eq!(held(|r| r.day[5] = r.day[0]), []);
        // The same match listed twice is for the reader of rows.
        assert_eq!(held(|r| repeat(r, 0, 0)), []);
    }

    #[test]
    fn a_round_under_a_second_date_is_held_and_the_first_one_is_not() {
        let copied = held(|r| {
            for i in 0..5 {
                repeat(r, i, 200);
            }
        });
        assert_eq!(copied, (90..95).map(|row| (row, "duplicated_round")).collect::<Vec<_>>());
        let one_differs = held(|r| {
            for i in 0..5 {
                repeat(r, i, 200);
            }
            r.score[94] = Some(Score { home: 7, away: 7 });
        });
        assert_eq!(one_differs, []);
    }

    #[test]
    fn of_cups_scores_dates_and_days_are_not_judged() {
        let cup = held(|r| {
            r.league.fill(1);
            r.score[0] = Some(Score { home: 31, away: 0 });
            r.day[1] = NaiveDate::from_ymd_opt(2012, 8, 8).unwrap();
            r.day[5] = r.day[0];
        });
        assert_eq!(cup, []);
    }

    #[test]
    fn scores_that_have_happened_pass() {
        // Such as Mönchengladbach - Dortmund 12-0 in 1978 and Southampton - Leicester 0-9 in 2019.
        for score in [(12, 0), (0, 9), (9, 0), (8, 7), (1, 11)] {
            let passed = held(|r| {
                r.score[4] = Some(Score { home: score.0, away: score.1 });
                r.half_time[4] = None;
            });
            assert_eq!(passed, [], "{score:?}");
        }
    }
}
