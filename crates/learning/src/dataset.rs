//! What models learn from: all matches of the store, in memory.

use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use touchline_domain::ports::{
    CorrectionReader, LeagueReader, MatchReader, ResultRow, SquadReader, StoreError, StoredQuote,
};
use touchline_domain::{
    ClaimField, Correction, CorrectionVerdict, Injury, League, LeagueId, Lineup, MatchId, MatchStats,
    RulesInForce, Season, TeamId, score_of,
};
use touchline_features::{History, LineupView, MarketView, REVISED, View};

/// Source name of simulated matches.
pub const SIMULATED: &str = "simulated";

/// What features are computed from: leagues, matches with their facts and corrections, who plays.
pub trait FactReader: LeagueReader + MatchReader + CorrectionReader + SquadReader {}

impl<T: LeagueReader + MatchReader + CorrectionReader + SquadReader + ?Sized> FactReader for T {}

/// All matches of the store.
#[derive(Debug)]
pub struct Facts {
    rows: Vec<ResultRow>,
    stats: Vec<(MatchId, MatchStats)>,
    corrections: Vec<Correction>,
    quotes: Arc<Vec<StoredQuote>>,
    lineups: Vec<(MatchId, Lineup)>,
    injuries: Vec<(MatchId, Injury)>,
    rules: Vec<RulesInForce>,
    /// All leagues.
    pub leagues: Vec<League>,
}

impl Facts {
    /// Reads everything that features are computed from, except what only some views see.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load<S: FactReader + ?Sized>(store: &S) -> Result<Self, StoreError> {
        let (leagues, rules) = (store.leagues().await?, store.rules_in_force().await?);
        let (rows, stats) = (store.results().await?, store.all_stats().await?);
        let corrections = store.all_corrections(Some(&REVISED)).await?;
        let (quotes, lineups, injuries) = (Arc::default(), Vec::new(), Vec::new());
        Ok(Self { rows, stats, corrections, quotes, lineups, injuries, rules, leagues })
    }

    /// The same with the line-ups and absences of all matches, where these are seen: those of earlier matches tell who
    /// usually plays.
    async fn load_with_squads<S: FactReader + ?Sized>(
        store: &S,
        lineups: LineupView,
    ) -> Result<Self, StoreError> {
        let mut facts = Self::load(store).await?;
        if lineups != LineupView::None {
            facts.lineups = store.all_lineups().await?;
            facts.injuries = store.all_injuries().await?;
        }
        Ok(facts)
    }

    /// The same with what a view sees of all matches: prices, line-ups, absences.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load_seen<S: FactReader + ?Sized>(
        store: &S,
        View { market, lineups }: View,
    ) -> Result<Self, StoreError> {
        let mut facts = Self::load_with_squads(store, lineups).await?;
        if market != MarketView::None {
            let seasons: BTreeSet<(LeagueId, Season)> =
                facts.rows.iter().map(|r| (r.league, r.season)).collect();
            facts.quotes = Arc::new(store.odds_of(&Vec::from_iter(seasons)).await?);
        }
        Ok(facts)
    }

    /// The same with what features of some matches see.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load_to_forecast<S: FactReader + ?Sized>(
        store: &S,
        view: View,
        matches: &HashSet<MatchId>,
    ) -> Result<Self, StoreError> {
        let View { market, lineups } = view;
        if market.sees_earlier() {
            return Self::load_seen(store, view).await;
        }
        let mut facts = Self::load_with_squads(store, lineups).await?;
        if market != MarketView::None {
            facts.quotes = Arc::new(store.odds_of(&facts.seasons_of(matches)).await?);
        }
        Ok(facts)
    }

    /// The same with prices that were read before, of which those of some seasons, and of the seasons of some matches, are read again.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn load_repriced<S: FactReader + ?Sized>(
        store: &S,
        view: View,
        mut quotes: Arc<Vec<StoredQuote>>,
        matches: &HashSet<MatchId>,
        mut seasons: BTreeSet<(LeagueId, Season)>,
    ) -> Result<Self, StoreError> {
        let mut facts = Self::load_with_squads(store, view.lineups).await?;
        seasons.extend(facts.seasons_of(matches));
        if !seasons.is_empty() {
            let again = facts.rows.iter().filter(|r| seasons.contains(&(r.league, r.season)));
            let again: HashSet<MatchId> = again.map(|row| row.id).chain(matches.iter().copied()).collect();
            let all = Arc::make_mut(&mut quotes);
            all.retain(|quote| !again.contains(&quote.match_id));
            all.extend(store.odds_of(&Vec::from_iter(seasons)).await?);
        }
        facts.quotes = quotes;
        Ok(facts)
    }

    /// The prices that were read.
    pub fn quotes(&self) -> Arc<Vec<StoredQuote>> {
        Arc::clone(&self.quotes)
    }

    /// The history for the chronological pass, with further fixtures that the store does not hold.
    pub fn history(&self, further: &[ResultRow]) -> History {
        let extended: Vec<ResultRow>;
        let rows = if further.is_empty() {
            &self.rows
        } else {
            extended = self.rows.iter().chain(further).copied().collect();
            &extended
        };
        History::new(rows, &self.leagues, &self.stats)
            .with_corrections(&self.corrections, rows, &self.stats)
            .with_quotes(&self.quotes)
            .with_squads(&self.lineups, &self.injuries)
            .with_rules(&self.rules)
    }

    /// The seasons of leagues in which some matches are played.
    pub fn seasons_of(&self, matches: &HashSet<MatchId>) -> Vec<(LeagueId, Season)> {
        let rows = self.rows.iter().filter(|r| matches.contains(&r.id));
        let seasons: BTreeSet<(LeagueId, Season)> = rows.map(|r| (r.league, r.season)).collect();
        seasons.into_iter().collect()
    }

    /// The teams of the latest two seasons of a league.
    pub fn roster(&self, league: LeagueId) -> BTreeSet<TeamId> {
        let rows = || self.rows.iter().filter(|r| r.league == league);
        let seasons: BTreeSet<Season> = rows().map(|r| r.season).collect();
        let latest: Vec<Season> = seasons.into_iter().rev().take(2).collect();
        rows().filter(|r| latest.contains(&r.season)).flat_map(|r| [r.home, r.away]).collect()
    }

    /// All matches, by kick-off.
    pub fn rows(&self) -> &[ResultRow] {
        &self.rows
    }

    /// All matches with the scores and statuses that were held at a time: what was corrected later stands as it was.
    pub fn rows_held_at(&self, time: DateTime<Utc>) -> Vec<ResultRow> {
        let mut rows = self.rows.clone();
        let taken = |c: &&Correction| c.verdict == CorrectionVerdict::Taken && c.known_at > time;
        let mut later: Vec<&Correction> = self.corrections.iter().filter(taken).collect();
        if later.is_empty() {
            return rows;
        }
        later.sort_by_key(|c| c.known_at);
        let places: HashMap<MatchId, usize> = rows.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
        for correction in later.into_iter().rev() {
            let Some(row) = places.get(&correction.match_id).map(|at| &mut rows[*at]) else { continue };
            let old = correction.old.as_deref();
            match correction.field {
                ClaimField::Score => row.score = old.and_then(|old| score_of(old).ok()),
                ClaimField::Status => row.status = old.and_then(|old| old.parse().ok()).unwrap_or(row.status),
                _ => {}
            }
        }
        rows
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
