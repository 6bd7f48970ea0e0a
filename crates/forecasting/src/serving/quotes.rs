//! Prices of all matches, kept between snapshots where models see those of earlier matches: reading millions of them anew for each
//! result would take longer than everything else.

use super::{CHANGES, ForecastService};
use std::collections::{BTreeSet, HashSet};
use std::sync::{Arc, PoisonError};
use touchline_domain::ports::{StoreError, StoredQuote};
use touchline_domain::{ChangeKind, ChangeScope, FeedPosition, LeagueId, MatchId, Season};
use touchline_features::View;
use touchline_learning::dataset::Facts;

/// After more changes everything is read anew.
const MOST_CHANGES: usize = 20_000;

/// What was read, and up to which change.
pub(super) struct HeldQuotes {
    position: FeedPosition,
    quotes: Arc<Vec<StoredQuote>>,
}

/// Whose prices changed.
#[derive(Default)]
struct Repriced {
    matches: HashSet<MatchId>,
    seasons: BTreeSet<(LeagueId, Season)>,
}

impl ForecastService {
    /// What forecasts of some matches see, with the prices of all others too where a model sees those of earlier matches: of these
    /// only the ones that changed since the last time are read again. `latest` was read before.
    pub(super) async fn facts(
        &self,
        view: View,
        matches: &HashSet<MatchId>,
        latest: FeedPosition,
    ) -> Result<Facts, StoreError> {
        let store = &*self.inner.store;
        let held = self.inner.quotes.lock().unwrap_or_else(PoisonError::into_inner).take();
        if !view.market.sees_earlier() {
            return Facts::load_to_forecast(store, view, matches).await;
        }
        let repriced = match &held {
            Some(held) => self.repriced(held.position, latest).await?,
            None => None,
        };
        let facts = match (held, repriced) {
            (Some(HeldQuotes { quotes, .. }), Some(Repriced { matches, seasons })) => {
                Facts::load_repriced(store, view, quotes, &matches, seasons).await?
            }
            _ => Facts::load_seen(store, view).await?,
        };
        let held = HeldQuotes { position: latest, quotes: facts.quotes() };
        *self.inner.quotes.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
        Ok(facts)
    }

    /// Whose prices changed between two places of the feed; none where that cannot be told.
    async fn repriced(
        &self,
        mut position: FeedPosition,
        latest: FeedPosition,
    ) -> Result<Option<Repriced>, StoreError> {
        let (mut repriced, mut read) = (Repriced::default(), 0);
        // The store was replaced by an older copy.
        if position > latest {
            return Ok(None);
        }
        while position < latest {
            let page = self.inner.store.after(position, CHANGES).await?;
            let Some(last) = page.changes.last() else { return Ok(None) };
            read += page.changes.len();
            if page.has_gap || read > MOST_CHANGES {
                return Ok(None);
            }
            position = last.position;
            for change in &page.changes {
                match (&change.kind, &change.scope) {
                    (ChangeKind::NamesMerged, _) | (ChangeKind::Odds, ChangeScope::Subject(_)) => {
                        return Ok(None);
                    }
                    (ChangeKind::Odds, ChangeScope::Match(id)) => drop(repriced.matches.insert(*id)),
                    (ChangeKind::Odds, ChangeScope::Season(league, season)) => {
                        repriced.seasons.insert((*league, *season));
                    }
                    _ => {}
                }
            }
        }
        Ok(Some(repriced))
    }
}
