//! What models learn from: all matches of the store, in memory.

use std::collections::{BTreeSet, HashSet};
use touchline_domain::ports::{ResultRow, Store, StoreError, StoredQuote};
use touchline_domain::{League, LeagueId, MatchId, MatchStats, Season};
use touchline_features::{History, MarketView};

/// Source name of simulated matches.
pub const SIMULATED: &str = "simulated";

/// All matches of the store.
#[derive(Debug)]
pub struct Facts {
    rows: Vec<ResultRow>,
    stats: Vec<(MatchId, MatchStats)>,
    quotes: Vec<StoredQuote>,
    /// All leagues.
    pub leagues: Vec<League>,
}

impl Facts {
    /// Reads everything that features are computed from, except bookmakers' prices.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let leagues = store.leagues().await?;
        let (rows, stats) = (store.results().await?, store.all_stats().await?);
        Ok(Self { rows, stats, quotes: Vec::new(), leagues })
    }

    /// The same with the prices of all matches, where `market` sees any.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load_priced(store: &dyn Store, market: MarketView) -> Result<Self, StoreError> {
        let mut facts = Self::load(store).await?;
        if market != MarketView::None {
            let seasons: BTreeSet<(LeagueId, Season)> =
                facts.rows.iter().map(|r| (r.league, r.season)).collect();
            facts.quotes = store.odds_of(&Vec::from_iter(seasons)).await?;
        }
        Ok(facts)
    }

    /// The same with the prices that features of some matches see, where `market` sees any.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load_to_forecast(
        store: &dyn Store,
        market: MarketView,
        matches: &HashSet<MatchId>,
    ) -> Result<Self, StoreError> {
        let mut facts = Self::load(store).await?;
        if market != MarketView::None {
            facts.quotes = store.odds_of(&facts.seasons_of(matches)).await?;
        }
        Ok(facts)
    }

    /// The history for the chronological pass, with further fixtures that the store does not hold.
    pub fn history(&self, further: &[ResultRow]) -> History {
        if further.is_empty() {
            return History::new(&self.rows, &self.leagues, &self.stats).with_quotes(&self.quotes);
        }
        let rows: Vec<ResultRow> = self.rows.iter().chain(further).copied().collect();
        History::new(&rows, &self.leagues, &self.stats).with_quotes(&self.quotes)
    }

    /// The seasons of leagues in which some matches are played.
    pub fn seasons_of(&self, matches: &HashSet<MatchId>) -> Vec<(LeagueId, Season)> {
        let rows = self.rows.iter().filter(|r| matches.contains(&r.id));
        let seasons: BTreeSet<(LeagueId, Season)> = rows.map(|r| (r.league, r.season)).collect();
        seasons.into_iter().collect()
    }

    /// Number of matches.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no match.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether any league was simulated.
    pub fn simulated(&self) -> bool {
        self.leagues.iter().any(|l| l.source == SIMULATED)
    }
}
