//! Partitions that a write is about to need.

use crate::PostgresStore;
use crate::error::Mapped;
use crate::row::Read;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeSet;
use touchline_domain::Season;
use touchline_domain::ports::StoreError;

/// A table with a partition per month.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Monthly {
    Odds,
    RawOdds,
    Predictions,
}

impl Monthly {
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Odds => "odds",
            Self::RawOdds => "raw_odds_data",
            Self::Predictions => "predictions",
        }
    }
}

/// The first days of the months of some times.
pub(crate) fn months(times: impl Iterator<Item = DateTime<Utc>>) -> BTreeSet<NaiveDate> {
    times.filter_map(|time| NaiveDate::from_ymd_opt(time.year(), time.month(), 1)).collect()
}

impl PostgresStore {
    /// Makes what is missing, in a transaction of its own: a partition that stays empty does no harm, and nobody waits
    /// for the end of a long import to use a new one. Returns how many were missing.
    pub(crate) async fn ensure_seasons(&self, seasons: BTreeSet<Season>) -> Result<u64, StoreError> {
        if seasons.is_empty() {
            return Ok(0);
        }
        let seasons: Vec<_> = seasons.iter().map(Season::to_string).collect();
        let row = sqlx::query(include_str!("../queries/partitions/ensure_seasons.sql"))
            .bind(seasons)
            .fetch_one(&self.pool)
            .await
            .mapped()?;
        row.number(0)
    }

    /// The same for some months.
    pub(crate) async fn ensure_months(
        &self,
        table: Monthly,
        months: BTreeSet<NaiveDate>,
    ) -> Result<u64, StoreError> {
        if months.is_empty() {
            return Ok(0);
        }
        let months: Vec<_> = months.iter().map(|day| day.and_time(NaiveTime::MIN).and_utc()).collect();
        let row = sqlx::query(include_str!("../queries/partitions/ensure_months.sql"))
            .bind(table.table())
            .bind(months)
            .fetch_one(&self.pool)
            .await
            .mapped()?;
        row.number(0)
    }
}
