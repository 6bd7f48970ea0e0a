//! Recent values beside those before them, judged by how rare such a shift has been.

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, MarketType, Match, MatchId, OVER_THE_MARKET};
use touchline_quality::baseline::{ColumnDrift, Past, Profile, column_drift, judge};
use touchline_quality::rules::{DRIFT, RuleFinding};

/// Names of all baselines.
pub const BASELINES: [&str; 5] =
    ["matches.home_score", "matches.away_score", "odds.home_odds", "odds.draw_odds", "odds.away_odds"];
/// Years of history that a baseline is made from.
const YEARS: i64 = 10;

/// Drift of a table's recent values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TableDrift {
    /// The table.
    pub table: &'static str,
    /// End of the window.
    pub until: DateTime<Utc>,
    /// Days of the window.
    pub window_days: i64,
    /// Days before it that it is compared with.
    pub baseline_days: i64,
    /// Its columns.
    pub columns: Vec<ColumnDrift>,
}

impl TableDrift {
    /// One finding for all columns that have shifted; none where none has.
    pub fn finding(&self) -> Option<RuleFinding> {
        let worst = self.columns.iter().max_by_key(|column| column.severity)?;
        let shifted: Vec<&ColumnDrift> =
            self.columns.iter().filter(|c| c.severity > DRIFT.severity).collect();
        let names: Vec<&str> = shifted.iter().map(|column| column.column.as_str()).collect();
        let rarity = worst.rarity.map_or_else(String::new, |rarity| format!(", as {rarity:.4} of its past"));
        let message = format!(
            "{} of the {} days before {} differ from the {} days before those: distance {:.2}{rarity}, drift score {:.2}",
            names.join(", "),
            self.window_days,
            self.until.date_naive(),
            self.baseline_days,
            worst.effect,
            worst.score
        );
        // Windows that overlap are one cause: a week has one.
        let day = self.until.date_naive();
        let period = if self.window_days > 1 { day.format("%G-W%V") } else { day.format("%Y-%m-%d") };
        let cause = format!("{} {period}", self.table);
        (!shifted.is_empty()).then(|| RuleFinding::drift(self.table, cause, message, worst.severity))
    }
}

/// Values of a table's columns with their times, a row per match.
#[derive(Debug, Clone)]
pub struct Series {
    table: &'static str,
    columns: &'static [&'static str],
    window_days: i64,
    baseline_days: i64,
    rows: Vec<(i64, [f64; 3])>,
}

impl Series {
    /// Goals of matches by kick-off: a week beside the month before it.
    pub fn matches() -> Self {
        let columns = &["home_score", "away_score"];
        Self { table: "matches", columns, window_days: 7, baseline_days: 30, rows: Vec::new() }
    }

    /// Prices of results by the time of the latest: a day beside the week before it.
    pub fn odds() -> Self {
        let columns = &["home_odds", "draw_odds", "away_odds"];
        Self { table: "odds", columns, window_days: 1, baseline_days: 7, rows: Vec::new() }
    }

    /// Adds the goals of finished matches.
    pub fn add_goals(&mut self, matches: &[&Match]) {
        self.rows.extend(matches.iter().filter_map(|m| {
            let score = m.score?;
            Some((m.kickoff.at.timestamp(), [f64::from(score.home), f64::from(score.away), f64::NAN]))
        }));
    }

    /// Adds the median price of each match over its bookmakers: many quotes of a match are one observation.
    pub fn add_prices(&mut self, quotes: &[StoredQuote]) {
        let mut of_match: BTreeMap<MatchId, (i64, [Vec<f64>; 3])> = BTreeMap::new();
        for StoredQuote { match_id, quote } in quotes {
            let counts = quote.market == MarketType::OneXTwo && !OVER_THE_MARKET.contains(&&*quote.bookmaker);
            if counts && !quote.is_suspicious() {
                let (at, prices) = of_match.entry(*match_id).or_default();
                *at = (*at).max(quote.known_at.timestamp());
                for (held, price) in prices.iter_mut().zip(quote.prices) {
                    held.extend(price.map(DecimalOdds::value));
                }
            }
        }
        let median = |mut values: Vec<f64>| {
            values.sort_unstable_by(f64::total_cmp);
            values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
        };
        self.rows.extend(of_match.into_values().map(|(at, prices)| (at, prices.map(median))));
    }

    /// Puts the rows in order of time.
    pub fn sort(&mut self) {
        self.rows.sort_unstable_by_key(|(at, _)| *at);
    }

    /// The statistics of the window that ends at a time, without severities; rows are in order of time.
    pub fn columns_at(&self, until: DateTime<Utc>) -> Vec<ColumnDrift> {
        let place = |at: DateTime<Utc>| self.rows.partition_point(|(time, _)| *time < at.timestamp());
        let from = until - Duration::days(self.window_days);
        let (start, middle, end) =
            (place(from - Duration::days(self.baseline_days)), place(from), place(until));
        let column = |(i, name): (usize, &&str)| {
            let values = |rows: &[(i64, [f64; 3])]| rows.iter().map(|(_, row)| row[i]).collect::<Vec<_>>();
            column_drift(name, &values(&self.rows[start..middle]), &values(&self.rows[middle..end]))
        };
        self.columns.iter().enumerate().filter_map(column).collect()
    }

    /// What each column's statistic has been, day by day, in the years before a time.
    pub fn pasts(&self, until: DateTime<Utc>) -> Vec<(String, Past)> {
        let mut sorted = self.clone();
        sorted.sort();
        let mut values: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        let Some((first, _)) = sorted.rows.first() else { return Vec::new() };
        let from = (until - Duration::days(365 * YEARS)).timestamp().max(*first);
        let mut day = DateTime::from_timestamp(from, 0).unwrap_or(until);
        while day < until {
            for column in sorted.columns_at(day) {
                values.entry(sorted.name(&column.column)).or_default().push(column.statistic);
            }
            day += Duration::days(1);
        }
        values.into_iter().map(|(name, values)| (name, Past::of(&values))).collect()
    }

    fn name(&self, column: &str) -> String {
        format!("{}.{column}", self.table)
    }

    /// The drift of the window that ends at a time; none where it holds too little.
    pub fn drift(
        &self,
        until: DateTime<Utc>,
        pasts: &BTreeMap<String, Past>,
        profile: Profile,
    ) -> Option<TableDrift> {
        let mut sorted = self.clone();
        sorted.sort();
        let mut columns = sorted.columns_at(until);
        let of: Vec<Option<&Past>> = columns.iter().map(|c| pasts.get(&sorted.name(&c.column))).collect();
        judge(&mut columns, &of, profile);
        let Self { table, window_days, baseline_days, .. } = sorted;
        (!columns.is_empty()).then_some(TableDrift { table, until, window_days, baseline_days, columns })
    }
}
