//! Going on from where the last pass ended: the families' state after all results known up to a time.
//!
//! A pass from the first match costs as much as there are matches. A service that renews its forecasts keeps a
//! [`Checkpoint`] instead and lets [`resume`] take in what is new. What comes out is what [`compute`](crate::compute)
//! gives, bit for bit: results are taken in in the same order, and a checkpoint that does not fit the history any more
//! (a result of its time was corrected, removed or came late) is given up for a new one.

use crate::context::{Deduction, MatchContext};
use crate::engine::Engine;
use crate::history::{Fixture, History};
use crate::matrix::FeatureMatrix;
use crate::pass::{Knowledge, compute};
use crate::settings::Settings;
use crate::time::Seconds;
use rustc_hash::FxHashMap;
use std::hash::Hash;
use touchline_domain::{LeagueId, TeamId};

/// The state of all families after all results known at a time.
#[derive(Clone)]
pub struct Checkpoint {
    settings: Settings,
    engine: Engine,
    teams: Index<TeamId>,
    leagues: Index<LeagueId>,
    until: Seconds,
    results: usize,
    /// Of the results taken in, in order.
    hasher: blake3::Hasher,
}

impl Checkpoint {
    /// Before the first result.
    pub fn new(settings: &Settings) -> Self {
        Self {
            settings: *settings,
            engine: Engine::new(settings),
            teams: Index::default(),
            leagues: Index::default(),
            until: Seconds::MIN,
            results: 0,
            hasher: blake3::Hasher::new(),
        }
    }

    /// Parameters of its families.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Results known at this time are in, later ones are not.
    pub fn until(&self) -> Seconds {
        self.until
    }

    /// Number of results that are in.
    pub fn results(&self) -> usize {
        self.results
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.engine.width()
    }

    /// Takes in the result at a position of a history.
    ///
    /// # Panics
    /// The match is not finished.
    pub fn observe(&mut self, history: &History, position: usize) {
        let mut played = history.played(position).expect("only a finished match has a result");
        let (home, away, league) = ids(history, &played.fixture);
        played.fixture.home = self.teams.of(home);
        played.fixture.away = self.teams.of(away);
        played.fixture.league = self.leagues.of(league);
        self.engine.observe(&played);
        let mut line = Vec::with_capacity(128);
        encode(history, position, &self.settings, &mut line);
        self.hasher.update(&line);
        self.results += 1;
        self.until = self.until.max(history.known_at(position));
    }

    /// Writes the features of the match at a position of a history, with the context of it known at a time.
    ///
    /// # Panics
    /// `out` has not exactly [`Checkpoint::width`] places.
    pub fn snapshot(&self, history: &History, position: usize, time: Seconds, out: &mut [f32]) {
        let fixture = &history.fixtures()[position];
        let (home, away, league) = ids(history, fixture);
        // Teams never seen get places behind all others, each its own.
        let home = self.teams.find(home).unwrap_or(self.teams.next());
        let away = self.teams.find(away).unwrap_or(self.teams.next() + 1);
        let league = self.leagues.find(league).unwrap_or(self.leagues.next());
        let context = history.context(position, time);
        let own = |deduction: &Deduction| {
            let team = self.teams.find(history.teams()[deduction.team as usize])?;
            Some(Deduction { team, ..*deduction })
        };
        let deductions: Vec<Deduction> = context.deductions.iter().filter_map(own).collect();
        let context = MatchContext { deductions: &deductions, ..context };
        self.engine.snapshot(&Fixture { home, away, league, ..*fixture }, &context, out);
    }

    /// Whether the first of a history's results, in the order in which they became known, are those that are in, and
    /// no other was known by then.
    fn fits(&self, history: &History, results: &[u32], settings: &Settings) -> bool {
        let Some((mine, later)) = results.split_at_checked(self.results) else { return false };
        if self.settings != *settings
            || later.first().is_some_and(|p| history.known_at(*p as usize) <= self.until)
        {
            return false;
        }
        let mut hasher = blake3::Hasher::new();
        let mut line = Vec::with_capacity(128);
        for position in mine {
            line.clear();
            encode(history, *position as usize, settings, &mut line);
            hasher.update(&line);
        }
        hasher.finalize() == self.hasher.finalize()
    }
}

/// Appends everything that families take in of the result at a position.
fn encode(history: &History, position: usize, settings: &Settings, out: &mut Vec<u8>) {
    history.encode_result(position, out);
    if settings.market.sees_earlier() {
        let played = history.played(position).expect("only a finished match has a result");
        played.quotes.iter().for_each(|quote| quote.encode(out));
    }
}

impl std::fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Checkpoint")
            .field("until", &self.until)
            .field("results", &self.results)
            .finish_non_exhaustive()
    }
}

/// What [`compute`](crate::compute) gives for the matches at `positions` of a history, going on from a checkpoint, and
/// that checkpoint moved on to `until`, but not beyond what every one of these matches sees.
///
/// A checkpoint that is of other settings, does not fit the history, or knows more than one of the matches may see is
/// left aside; then everything is taken in from the first match.
pub fn resume(
    checkpoint: Option<Checkpoint>,
    history: &History,
    positions: &[u32],
    knowledge: Knowledge,
    settings: &Settings,
    until: Seconds,
) -> (FeatureMatrix, Checkpoint) {
    let results = history.results(0..history.len() as u32);
    let horizon = |position: u32| knowledge.horizon(history.kickoffs()[position as usize]);
    let earliest = positions.iter().map(|p| horizon(*p)).min();
    if let (Some(last), Some(earliest)) = (history.revisions().last(), earliest)
        && last > earliest
    {
        // Not all corrections are in force for all matches: their state is none to go on from.
        return (compute(history, positions, knowledge, settings, 1), Checkpoint::new(settings));
    }
    let until = positions.iter().map(|p| horizon(*p)).fold(until, Seconds::min);
    let mut checkpoint = checkpoint
        .filter(|c| c.until <= until && c.fits(history, &results, settings))
        .unwrap_or_else(|| Checkpoint::new(settings));
    let mut later = results[checkpoint.results..].iter().peekable();
    while let Some(position) = later.next_if(|p| history.known_at(**p as usize) <= until) {
        checkpoint.observe(history, *position as usize);
    }
    checkpoint.until = until;

    let mut order: Vec<u32> = (0..positions.len() as u32).collect();
    order.sort_by_key(|row| horizon(positions[*row as usize]));
    let mut state = checkpoint.clone();
    let width = state.width();
    let mut values = vec![0.0; positions.len() * width];
    for (row, out) in order.iter().zip(values.chunks_exact_mut(width)) {
        let position = positions[*row as usize];
        let horizon = horizon(position);
        while let Some(result) = later.next_if(|p| history.known_at(**p as usize) <= horizon) {
            state.observe(history, *result as usize);
        }
        state.snapshot(history, position as usize, horizon, out);
    }
    let ids = positions.iter().map(|p| history.ids()[*p as usize]).collect();
    let blocks = std::iter::once((order.as_slice(), values.as_slice()));
    (FeatureMatrix::assemble(state.engine.definitions(), ids, blocks, 1), checkpoint)
}

fn ids(history: &History, fixture: &Fixture) -> (TeamId, TeamId, LeagueId) {
    let team = |index: u32| history.teams()[index as usize];
    (team(fixture.home), team(fixture.away), history.leagues()[fixture.league as usize])
}

/// Dense indices in the order of first use. A history's own indices shift when matches are added.
#[derive(Debug, Clone)]
struct Index<T>(FxHashMap<T, u32>);

impl<T> Default for Index<T> {
    fn default() -> Self {
        Self(FxHashMap::default())
    }
}

impl<T: Copy + Eq + Hash> Index<T> {
    fn next(&self) -> u32 {
        self.0.len() as u32
    }

    fn find(&self, id: T) -> Option<u32> {
        self.0.get(&id).copied()
    }

    fn of(&mut self, id: T) -> u32 {
        let next = self.next();
        *self.0.entry(id).or_insert(next)
    }
}
