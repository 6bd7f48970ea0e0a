//! What models learn from: all matches of the store, in memory.

use std::collections::{BTreeSet, HashSet};
use touchline_domain::ports::{ResultRow, Store, StoreError};
use touchline_domain::{League, LeagueId, MatchId, MatchStats, Season};
use touchline_features::History;

/// Source name of simulated matches.
pub const SIMULATED: &str = "simulated";

/// All matches of the store.
#[derive(Debug)]
pub struct Facts {
    rows: Vec<ResultRow>,
    stats: Vec<(MatchId, MatchStats)>,
    /// All leagues.
    pub leagues: Vec<League>,
}

impl Facts {
    /// Reads everything that features are computed from.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load(store: &dyn Store) -> Result<Self, StoreError> {
        let leagues = store.leagues().await?;
        Ok(Self { rows: store.results().await?, stats: store.all_stats().await?, leagues })
    }

    /// The history for the chronological pass, with further fixtures that the store does not hold.
    pub fn history(&self, further: &[ResultRow]) -> History {
        if further.is_empty() {
            return History::new(&self.rows, &self.leagues, &self.stats);
        }
        let rows: Vec<ResultRow> = self.rows.iter().chain(further).copied().collect();
        History::new(&rows, &self.leagues, &self.stats)
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
