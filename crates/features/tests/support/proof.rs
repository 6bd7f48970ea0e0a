//! What it means that features see no future, stated so that it can be asked of any way to compute them.

use super::world::World;
use std::collections::BTreeMap;
use touchline_domain::MatchId;
use touchline_features::{
    Absence, Eleven, Engine, Family, FeatureMatrix, History, Knowledge, MatchContext, Played, Quote,
    Residual, Seconds, Settings, compute,
};

/// The bits of every feature of every match.
pub type Rows = BTreeMap<MatchId, Vec<u32>>;

pub fn rows(matrix: &FeatureMatrix) -> Rows {
    let bits = |row| matrix.row(row).iter().map(|x| x.to_bits()).collect();
    matrix.ids().iter().enumerate().map(|(row, id)| (*id, bits(row))).collect()
}

/// The product's own pass over all matches.
pub fn pass(world: &World, knowledge: Knowledge, settings: &Settings) -> Rows {
    let history = world.history();
    let all: Vec<u32> = (0..history.len() as u32).collect();
    rows(&compute(&history, &all, knowledge, settings, 2))
}

/// Up to which time a match that kicks off then sees results; stated here once more, so that the pass is not
/// measured by itself.
pub fn horizon(knowledge: Knowledge, kickoff: Seconds) -> Seconds {
    knowledge.as_of.unwrap_or(Seconds::MAX).min(kickoff - knowledge.lag)
}

/// The horizon of every match.
pub fn horizons(world: &World, knowledge: Knowledge) -> BTreeMap<MatchId, Seconds> {
    world.rows.iter().map(|row| (row.id, horizon(knowledge, row.kickoff.timestamp()))).collect()
}

/// The matches among `wanted` whose features differ, with the first column that does.
pub fn differing(before: &Rows, after: &Rows, wanted: impl Fn(MatchId) -> bool) -> Vec<(MatchId, usize)> {
    before
        .iter()
        .filter(|(id, _)| wanted(**id))
        .filter_map(|(id, a)| {
            let b = after.get(id)?;
            assert_eq!(a.len(), b.len(), "match {id} has other columns");
            a.iter().zip(b).position(|(a, b)| a != b).map(|column| (*id, column))
        })
        .collect()
}

/// A way to compute features.
pub type Features<'a> = &'a dyn Fn(&World, Knowledge) -> Rows;

/// Matches whose features change when everything known at `t` or later comes out differently although they see
/// only what was known before `t`: none, unless a feature looks ahead.
pub fn leaks(
    features: Features<'_>,
    world: &World,
    knowledge: Knowledge,
    t: Seconds,
) -> Vec<(MatchId, usize)> {
    let horizons = horizons(world, knowledge);
    let before = features(world, knowledge);
    let mut found = Vec::new();
    for seed in [1, 2] {
        let after = features(&world.scrambled(t, seed), knowledge);
        assert_eq!(before.len(), after.len());
        found.extend(differing(&before, &after, |id| horizons[&id] < t));
    }
    found
}

/// Which results a [`plain_pass`] tells its families before a match: those of positions for which this holds.
pub type Told<'a> = &'a dyn Fn(&History, usize, Seconds) -> bool;

/// Results known at the horizon: the law.
pub fn known(history: &History, result: usize, horizon: Seconds) -> bool {
    history.known_at(result) <= horizon
}

/// The pass as one would write it to be read: for every match a new engine is told all results that may be known,
/// one by one in the order in which they became known; no groups, no threads, nothing kept. `further` makes a
/// family that is asked beside the engine's own.
pub fn plain_pass(
    world: &World,
    knowledge: Knowledge,
    settings: &Settings,
    told: Told<'_>,
    further: &dyn Fn(&History) -> Box<dyn Family>,
) -> Rows {
    let history = world.history();
    let mut results: Vec<usize> = (0..history.len()).filter(|p| history.goals(*p).is_some()).collect();
    results.sort_by_key(|p| history.known_at(*p));
    let features = |position: usize| {
        let horizon = horizon(knowledge, history.kickoffs()[position]);
        let mut engine = Engine::new(settings);
        let mut family = further(&history);
        for result in results.iter().filter(|r| told(&history, **r, horizon)) {
            let played = history.played(*result).expect("a result is a finished match");
            engine.observe(&played);
            family.observe(&played, &Residual { goal_difference: 0.0, points: [0.0; 2] });
        }
        let all = history.context(position, Seconds::MAX);
        let quotes: Vec<Quote> = all.quotes.iter().filter(|q| q.known_at <= horizon).copied().collect();
        let elevens: Vec<Eleven> = all.elevens.iter().filter(|e| e.known_at <= horizon).copied().collect();
        let absences: Vec<Absence> = all.absences.iter().filter(|a| a.known_at <= horizon).copied().collect();
        let context = MatchContext {
            quotes: &quotes,
            elevens: &elevens,
            absences: &absences,
            ..MatchContext::default()
        };
        let mut definitions = Vec::new();
        family.define(&mut definitions);
        let mut out = vec![f32::NAN; engine.width() + definitions.len()];
        let (columns, rest) = out.split_at_mut(engine.width());
        engine.snapshot(&history.fixtures()[position], &context, columns);
        family.snapshot(&history.fixtures()[position], &context, rest);
        (history.ids()[position], out.iter().map(|x| x.to_bits()).collect())
    };
    (0..history.len()).map(features).collect()
}

/// A family without columns.
#[derive(Clone)]
pub struct Nothing;

impl Family for Nothing {
    fn define(&self, _: &mut Vec<touchline_features::Definition>) {}
    fn snapshot(&self, _: &touchline_features::Fixture, _: &MatchContext<'_>, _: &mut [f32]) {}
    fn observe(&mut self, _: &Played<'_>, _: &Residual) {}
}
