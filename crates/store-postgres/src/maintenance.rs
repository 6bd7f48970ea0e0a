//! What has to be done now and then: partitions ahead of time, old months put away.

use crate::PostgresStore;
use crate::error::Mapped;
use crate::partitions::{Monthly, months};
use chrono::{DateTime, Datelike, Months, Utc};
use std::collections::BTreeSet;
use touchline_domain::Season;
use touchline_domain::ports::{StoreError, SummaryView, SummaryWriter};

/// What maintenance shall do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Maintenance {
    /// Months after the current one whose partitions are made.
    pub months_ahead: u32,
    /// Months before the current one whose odds stay; older ones are detached. None: all stay.
    pub keep_odds_months: Option<u32>,
}

/// What maintenance did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Maintained {
    /// Partitions made.
    pub created: u64,
    /// Tables that hold what was detached, in the schema `detached`.
    pub detached: Vec<String>,
    /// Views computed anew.
    pub refreshed: Vec<String>,
}

impl PostgresStore {
    /// Makes the partitions of the current and the next seasons and months, detaches old months of odds, and computes
    /// the views anew. Needs a user who owns the tables.
    ///
    /// # Errors
    /// The store is not available, or the user may not change the schema.
    pub async fn maintain(&self, maintenance: Maintenance) -> Result<Maintained, StoreError> {
        let now = self.now();
        let created = self.ensure_seasons(seasons_around(now)).await?;
        let mut done = Maintained { created, ..Maintained::default() };
        let ahead: BTreeSet<_> = months(
            (0..=maintenance.months_ahead)
                .filter_map(|n| first_of_month(now).checked_add_months(Months::new(n))),
        );
        for table in [Monthly::Odds, Monthly::RawOdds, Monthly::Predictions] {
            done.created += self.ensure_months(table, ahead.clone()).await?;
        }
        let cutoff = maintenance
            .keep_odds_months
            .and_then(|months| first_of_month(now).checked_sub_months(Months::new(months)));
        if let Some(cutoff) = cutoff {
            for table in [Monthly::Odds, Monthly::RawOdds] {
                let detached: Vec<String> =
                    sqlx::query_scalar(include_str!("../queries/partitions/detach_months.sql"))
                        .bind(table.table())
                        .bind(cutoff)
                        .fetch_all(&self.pool)
                        .await
                        .mapped()?;
                done.detached.extend(detached);
            }
        }
        done.refreshed = self.refresh(&SummaryView::ALL).await?;
        Ok(done)
    }
}

/// The seasons of both kinds that run now or start next.
fn seasons_around(now: DateTime<Utc>) -> BTreeSet<Season> {
    let Ok(year) = u16::try_from(now.year()) else { return BTreeSet::new() };
    let cross = (year - 1..=year + 1).map(Season::cross_year);
    cross.chain((year..=year + 1).map(Season::calendar_year)).flatten().collect()
}

pub(crate) fn first_of_month(now: DateTime<Utc>) -> DateTime<Utc> {
    months(std::iter::once(now)).first().map_or(now, |day| day.and_time(chrono::NaiveTime::MIN).and_utc())
}
