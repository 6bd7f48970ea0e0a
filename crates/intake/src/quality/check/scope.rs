//! What a check looks at: everything, or what changed since the last one.

use super::{CheckError, Checked};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use touchline_domain::ports::{KeptCheck, MatchFilter, MatchReader, StoreError, StoredQuote};
use touchline_domain::{ChangeKind, ChangeScope, LeagueId, Match, MatchId, Season};

/// Changes above which everything is looked at instead.
const MANY: usize = 20_000;
/// Matches of a season above which all of its prices are read at once.
const SOME: usize = 150;
/// Matches before and after a changed one whose prices are read with it: a feed that stands still is seen beside them.
const BESIDE: usize = 5;
/// Days around a check whose matches are read for drift: results as far back as the window and its baseline reach, prices
/// as far as they are quoted ahead.
const RESULTS: i64 = 40;
const PRICES: i64 = 10;
const AHEAD: i64 = 14;

/// How much of a season is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// These matches, beside the others of the season.
    Matches(BTreeSet<MatchId>),
}

/// Seasons to look at.
pub(super) type Scope = BTreeMap<(LeagueId, Season), Extent>;

/// All seasons.
pub(super) async fn everything<S: MatchReader + ?Sized>(store: &S) -> Result<Scope, StoreError> {
    Ok(store.results().await?.iter().map(|row| ((row.league, row.season), Extent::Whole)).collect())
}

/// What changed since a check; none where everything has to be looked at.
pub(super) async fn changed_since<S: Checked + ?Sized>(
    store: &S,
    last: &KeptCheck,
) -> Result<Option<Scope>, StoreError> {
    let page = store.after(last.position, MANY as u32).await?;
    if page.has_gap || page.changes.len() >= MANY {
        return Ok(None);
    }
    let (mut scope, mut matches) = (Scope::new(), BTreeSet::new());
    for change in page.changes {
        // Forecasts are made from data and are none.
        if matches!(change.kind, ChangeKind::ForecastSealed | ChangeKind::ForecastVerified) {
            continue;
        }
        match change.scope {
            ChangeScope::Match(id) => drop(matches.insert(id)),
            ChangeScope::Season(league, season) => drop(scope.insert((league, season), Extent::Whole)),
            ChangeScope::Subject(_) => {}
        }
    }
    for id in matches {
        if let Some(m) = store.get_match(id).await?
            && let Extent::Matches(ids) =
                scope.entry((m.league, m.season)).or_insert_with(|| Extent::Matches(BTreeSet::new()))
        {
            ids.insert(id);
        }
    }
    Ok(Some(scope))
}

/// The quotes of a season that are looked at; `own` holds its matches in order of kick-off.
pub(super) async fn quotes_of<S: MatchReader + ?Sized>(
    store: &S,
    of: (LeagueId, Season),
    extent: &Extent,
    own: &[&Match],
) -> Result<Vec<StoredQuote>, StoreError> {
    let Extent::Matches(changed) = extent else { return store.odds_of(&[of]).await };
    let mut near = BTreeSet::new();
    for (place, _) in own.iter().enumerate().filter(|(_, m)| changed.contains(&m.id)) {
        near.extend(place.saturating_sub(BESIDE)..=(place + BESIDE).min(own.len() - 1));
    }
    if near.len() > SOME {
        return store.odds_of(&[of]).await;
    }
    let mut quotes = Vec::new();
    for place in near {
        quotes.extend(quotes_of_match(store, own[place].id).await?);
    }
    Ok(quotes)
}

async fn quotes_of_match<S: MatchReader + ?Sized>(
    store: &S,
    match_id: MatchId,
) -> Result<impl Iterator<Item = StoredQuote>, StoreError> {
    let quotes = store.odds_of_match(match_id).await?;
    Ok(quotes.into_iter().map(move |quote| StoredQuote { match_id, quote }))
}

/// Matches of the last weeks, and the quotes of the last days: what drift is looked for in.
pub(super) async fn recent<S: MatchReader + ?Sized>(
    store: &S,
    now: DateTime<Utc>,
) -> Result<(Vec<Match>, Vec<StoredQuote>), CheckError> {
    let (from, to) = (Some(now - Duration::days(RESULTS)), Some(now + Duration::days(AHEAD)));
    let filter = MatchFilter { from, to, ..MatchFilter::default() };
    let (mut matches, mut quotes, mut after) = (Vec::new(), Vec::new(), None);
    loop {
        let page = store.page(&filter, after, 500).await?;
        for m in &page.matches {
            if m.kickoff.at >= now - Duration::days(PRICES) {
                quotes.extend(quotes_of_match(store, m.id).await?);
            }
        }
        matches.extend(page.matches);
        after = page.next;
        if after.is_none() {
            return Ok((matches, quotes));
        }
    }
}
