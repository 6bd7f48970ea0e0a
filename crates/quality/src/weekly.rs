//! What became of the data in a week, for people: data alone; use cases fill it, and a page shows it.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc, Weekday};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A week of ISO 8601, from Monday to Sunday in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Week(NaiveDate);

impl Week {
    /// The last week that was over at a time.
    pub fn before(now: DateTime<Utc>) -> Self {
        let today = now.date_naive();
        let monday = today - Days::new(today.weekday().num_days_from_monday().into());
        Self(monday - Days::new(7))
    }

    /// When it begins.
    pub fn from(self) -> DateTime<Utc> {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// When the next one begins.
    pub fn until(self) -> DateTime<Utc> {
        self.from() + Days::new(7)
    }

    /// The one before.
    #[must_use]
    pub fn previous(self) -> Self {
        Self(self.0 - Days::new(7))
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.0.iso_week();
        write!(f, "{}-W{:02}", week.year(), week.week())
    }
}

impl FromStr for Week {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a week; write it as 2026-W48");
        let (year, week) = text.split_once("-W").ok_or_else(wrong)?;
        let (year, week) = (year.parse().map_err(|_| wrong())?, week.parse().map_err(|_| wrong())?);
        NaiveDate::from_isoywd_opt(year, week, Weekday::Mon).map(Self).ok_or_else(wrong)
    }
}

/// A share, with how many it rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Share {
    /// How many there were.
    pub of: u64,
    /// How many of them are meant.
    pub count: u64,
    /// The interval that holds the true share with a probability of 95 % (Wilson 1927); none of nothing.
    pub interval: Option<[f64; 2]>,
}

impl Share {
    /// So many of so many.
    pub fn new(count: u64, of: u64) -> Self {
        let interval = (of > 0).then(|| {
            let (n, p, z) = (of as f64, count as f64 / of as f64, 1.959_964);
            let (centre, spread) =
                (p + z * z / (2.0 * n), z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt());
            let scale = 1.0 + z * z / n;
            [((centre - spread) / scale).max(0.0), ((centre + spread) / scale).min(1.0)]
        });
        Self { of, count, interval }
    }

    /// The share itself; none of nothing.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| self.count as f64 / self.of as f64)
    }
}

/// How the score of a table went.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreOfWeek {
    /// The table, or `overall`.
    pub table: String,
    /// By the last check, 0 to 100.
    pub last: f64,
    /// The lowest.
    pub lowest: f64,
    /// The mean over the checks.
    pub mean: f64,
    /// The mean of the week before, where there were checks.
    pub mean_before: Option<f64>,
}

/// The mean score of a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DayScore {
    /// The day.
    pub day: NaiveDate,
    /// The mean overall score.
    pub score: f64,
    /// How many checks were made.
    pub checks: usize,
}

/// How old the latest of a table was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgeOfWeek {
    /// The table.
    pub table: String,
    /// By the last check, hours.
    pub last_hours: f64,
    /// The most, hours.
    pub most_hours: f64,
}

/// Findings of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingsOfKind {
    /// The table.
    pub table: String,
    /// The kind.
    pub kind: String,
    /// How bad.
    pub severity: String,
    /// Recorded in the week.
    pub count: u64,
    /// Of these, those that nobody has decided about.
    pub open: u64,
}

/// A finding, by its cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CauseOfWeek {
    /// Its number.
    pub id: i64,
    /// The kind.
    pub kind: String,
    /// How bad.
    pub severity: String,
    /// What was found, and what seems to be behind it.
    pub message: String,
    /// What became of it.
    pub status: String,
    /// The document, where one brought it, with the line.
    pub document: Option<String>,
}

/// What was put right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Repaired {
    /// Findings that were resolved.
    pub findings: u64,
    /// Lines of documents that were corrected or left out.
    pub lines: u64,
    /// Sources that were collected again since their data had become old.
    pub recollected: u64,
}

/// What became of the data in a week.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WeekReport {
    /// The week, such as `2026-W48`.
    pub week: String,
    /// When it began.
    pub from: DateTime<Utc>,
    /// When it was over.
    pub until: DateTime<Utc>,
    /// When this was written.
    pub made_at: DateTime<Utc>,
    /// Checks that were made.
    pub checks: usize,
    /// Scores by table.
    pub scores: Vec<ScoreOfWeek>,
    /// The score by day.
    pub trend: Vec<DayScore>,
    /// Ages by table.
    pub freshness: Vec<AgeOfWeek>,
    /// Matches without a result more than a day after they were due, by the last check.
    pub missing_matches: Option<u64>,
    /// The most of them.
    pub most_missing_matches: Option<u64>,
    /// Findings by table and kind, the worst and most first.
    pub findings: Vec<FindingsOfKind>,
    /// The worst findings by cause.
    pub causes: Vec<CauseOfWeek>,
    /// What was put right.
    pub repaired: Repaired,
    /// Findings of medium severity and above that people decided about in the week, and how many of them were none.
    pub false_alarms: Share,
    /// The same over all decisions of the last 90 days, since one week is few.
    pub false_alarms_of_90_days: Share,
    /// Findings that wait for a decision.
    pub waiting: u64,
}

/// Means of the checks of a week: scores by table, by day, and ages. `reports` are what checks said, the first one first.
pub fn summarise(
    report: &mut WeekReport,
    checks: &[(DateTime<Utc>, &serde_json::Value)],
    before: &BTreeMap<String, f64>,
) {
    let mut scores: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut days: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
    let mut ages: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut missing = Vec::new();
    for (at, check) in checks {
        for (table, score) in check["scores"].as_object().into_iter().flatten() {
            let Some(score) = score.as_f64() else { continue };
            scores.entry(table.clone()).or_default().push(score);
            if table == "overall" {
                days.entry(at.date_naive()).or_default().push(score);
            }
        }
        for age in check["freshness"].as_array().into_iter().flatten() {
            if let (Some(table), Some(hours)) = (age["table"].as_str(), age["hours"].as_f64()) {
                ages.entry(table.to_owned()).or_default().push(hours);
            }
        }
        missing.extend(check["missing_matches"].as_u64());
    }
    report.checks = checks.len();
    let of_scores = |(table, all): (String, Vec<f64>)| ScoreOfWeek {
        last: all.last().copied().unwrap_or_default(),
        lowest: all.iter().copied().fold(f64::INFINITY, f64::min),
        mean: mean(&all),
        mean_before: before.get(&table).copied(),
        table,
    };
    report.scores = scores.into_iter().map(of_scores).collect();
    report.trend =
        days.into_iter().map(|(day, all)| DayScore { day, score: mean(&all), checks: all.len() }).collect();
    let of_ages = |(table, all): (String, Vec<f64>)| AgeOfWeek {
        last_hours: all.last().copied().unwrap_or_default(),
        most_hours: all.iter().copied().fold(0.0, f64::max),
        table,
    };
    report.freshness = ages.into_iter().map(of_ages).collect();
    report.missing_matches = missing.last().copied();
    report.most_missing_matches = missing.iter().copied().max();
}

/// The mean; 0 of nothing.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_are_those_of_the_calendar() {
        let week: Week = "2026-W48".parse().unwrap();
        assert_eq!(
            (week.from().to_rfc3339(), week.to_string()),
            ("2026-11-23T00:00:00+00:00".into(), "2026-W48".into())
        );
        assert_eq!(week.previous().to_string(), "2026-W47");
        // The last days of 2026 belong to the last week of it, those of 2024 to the first of 2025.
        assert_eq!(Week::before("2027-01-04T00:00:00Z".parse().unwrap()).to_string(), "2026-W53");
        assert_eq!(Week::before("2025-01-06T12:00:00Z".parse().unwrap()).to_string(), "2025-W01");
        for wrong in ["", "2026", "2026-W54", "2025-W53", "48", "2026-48"] {
            assert!(wrong.parse::<Week>().unwrap_err().contains("2026-W48"), "{wrong}");
        }
    }

    #[test]
    fn a_share_of_few_is_uncertain() {
        let share = Share::new(1, 10);
        let [low, high] = share.interval.unwrap();
        // Wilson's interval of 1 in 10, as statsmodels gives it.
        assert!((low - 0.017_876).abs() < 1e-5 && (high - 0.404_150).abs() < 1e-5, "{low} {high}");
        assert_eq!((Share::new(0, 0).value(), Share::new(0, 0).interval), (None, None));
        let [low, high] = Share::new(0, 5).interval.unwrap();
        assert!(low.abs() < 1e-12 && high > 0.4);
    }
}
