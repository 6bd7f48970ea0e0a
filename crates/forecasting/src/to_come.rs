//! The one rule of which matches are to come: served, listed and sealed by the same.

use chrono::{DateTime, Duration, Utc};
use touchline_domain::ports::{MatchFilter, MatchReader, StoreError};
use touchline_domain::{Kickoff, KickoffPrecision, Match, MatchStatus};

/// Matches read at a time.
const PAGE: u32 = 1000;

/// Whether a match can still be forecast: scheduled, and not started as far as is known.
///
/// Where only the date is known, that is until the date is over. Such a forecast uses only what was known at the start of
/// its date (see [`known_until`]), so it is one of before the kick-off whenever it is made.
pub fn is_to_come(m: &Match, now: DateTime<Utc>) -> bool {
    m.status == MatchStatus::Scheduled && now < m.kickoff.latest()
}

/// Up to when facts are used in a forecast made at `as_of`: nothing that became known on the date of a match whose time
/// is not known.
pub fn known_until(kickoff: Kickoff, as_of: DateTime<Utc>) -> DateTime<Utc> {
    match kickoff.precision {
        KickoffPrecision::Minute => as_of,
        KickoffPrecision::Day => as_of.min(kickoff.at),
    }
}

/// All matches of the store that are to come, by kick-off.
///
/// # Errors
/// The store is not available.
pub async fn matches_to_come<S: MatchReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<Vec<Match>, StoreError> {
    let filter = MatchFilter {
        status: Some(MatchStatus::Scheduled),
        // Where only the date is known, the kick-off is its start.
        from: Some(now - Duration::days(1)),
        ..MatchFilter::default()
    };
    let (mut matches, mut after) = (Vec::new(), None);
    loop {
        let page = store.page(&filter, after, PAGE).await?;
        matches.extend(page.matches.into_iter().filter(|m| is_to_come(m, now)));
        after = page.next;
        if after.is_none() {
            return Ok(matches);
        }
    }
}
