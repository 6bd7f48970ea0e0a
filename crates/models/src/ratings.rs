//! Ratings of teams that update after each match.
//!
//! Every rating here stores flat arrays indexed by a small team number that the caller assigns (0, 1, 2, ...;
//! a higher number than seen before extends the arrays), updates in constant time without allocating, and can
//! be cloned and serialised, so that a chronological pass over hundreds of thousands of matches runs all of
//! them side by side and can stop and resume anywhere. Read a rating *before* updating it with the result:
//!
//! ```
//! use touchline_models::ratings::{Elo, EloConfig, OrderedLogit, Rating};
//! use touchline_outcomes::{Outcome, Score};
//!
//! let mut elo = Elo::new(EloConfig::default())?;
//! let (mut seen, mut outcomes) = (Vec::new(), Vec::new());
//! for (home, away, h, a) in [(0, 1, 2, 0), (1, 2, 1, 1), (2, 0, 0, 1), (0, 2, 3, 1), (1, 0, 2, 1)] {
//!     let score = Score::new(h, a)?;
//!     seen.push(elo.advantage(home, away)); // known before kick-off
//!     outcomes.push(Outcome::of(score));
//!     elo.update(home, away, score);
//! }
//! let link = OrderedLogit { slope: 0.0061, away_cut: -0.57, home_cut: 0.66 }; // or OrderedLogit::fit
//! let forecast = link.forecast(elo.advantage(0, 2))?;
//! assert!(forecast.home() > forecast.away());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | rating | read-out | learns from |
//! |---|---|---|
//! | [`Elo`] | points | result and margin |
//! | [`PiRating`] | goals, home and away apart | margin, with diminishing returns |
//! | [`Berrar`] | attack and defence, expected goals | both goal counts |
//! | [`Gap`] | attack and defence, home and away apart | any count: goals, shots, corners |
//! | [`Glicko2`] | points with deviation and volatility | result |
//! | [`Massey`], [`Colley`], [`PageRank`] | one fit of a set of matches | margin, result, margin |
//!
//! [`OrderedLogit`] and [`Davidson`] turn a read-out into the probabilities of the three outcomes.

mod berrar;
mod colley;
mod davidson;
mod elo;
mod gap;
mod glicko2;
mod massey;
mod ordered_logit;
mod page_rank;
mod pi;

pub use berrar::{Berrar, BerrarConfig};
pub use colley::{Colley, ColleyConfig};
pub use davidson::Davidson;
pub use elo::{Elo, EloConfig};
pub use gap::{Gap, GapConfig};
pub use glicko2::{Glicko2, Glicko2Config, PeriodResult};
pub use massey::Massey;
pub use ordered_logit::OrderedLogit;
pub use page_rank::{PageRank, PageRankConfig};
pub use pi::{PiConfig, PiRating, PiRule};

use thiserror::Error;
use touchline_outcomes::{ForecastError, Score};

/// A rating that learns match by match.
///
/// Teams are indices into flat arrays; one never seen has the newcomer's rating. A match of a team against
/// itself is ignored.
pub trait Rating {
    /// How many teams the arrays hold: one more than the highest index seen.
    fn teams(&self) -> usize;

    /// Extends the arrays to at least `teams` newcomers; never shrinks.
    fn grow(&mut self, teams: usize);

    /// How much better the home side is, its home advantage included, in the rating's own unit. Positive
    /// favours the home side; feed it to a link such as [`OrderedLogit`].
    fn advantage(&self, home: usize, away: usize) -> f64;

    /// Overall strength of a team; more is better.
    fn strength(&self, team: usize) -> f64;

    /// Learns a result, in constant time.
    fn update(&mut self, home: usize, away: usize, score: Score);

    /// Moves a team from its rating towards `target`'s by a fraction (0 leaves it, 1 replaces it): the pull of a
    /// new season towards the league's mean, a promoted side towards the newcomers. `None` is the newcomer.
    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64);
}

/// One finished match between two indexed teams, for ratings that fit a set of matches at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PlayedMatch {
    /// Index of the home side.
    pub home: usize,
    /// Index of the away side.
    pub away: usize,
    /// The result.
    pub score: Score,
}

/// Why a rating or a link cannot be built.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum RatingError {
    /// A parameter outside its range.
    #[error("{name} is {value}; {rule}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        rule: &'static str,
    },
    /// A match that names a team beyond the number of teams, or a team against itself.
    #[error(
        "match {index} is {home} against {away} among {teams} teams; number the teams from 0 and pass their count"
    )]
    Team {
        /// Position of the match.
        index: usize,
        /// Its home side.
        home: usize,
        /// Its away side.
        away: usize,
        /// Teams announced.
        teams: usize,
    },
    /// Nothing to learn from.
    #[error("no matches to fit; pass at least one, and one of every outcome for a link")]
    Empty,
    /// Read-outs and outcomes that do not run in parallel.
    #[error("{readouts} read-outs for {outcomes} outcomes; pass one of each per match")]
    Lengths {
        /// Number of read-outs.
        readouts: usize,
        /// Number of outcomes.
        outcomes: usize,
    },
    /// A read-out that is not finite.
    #[error("read-out {index} is not finite; leave the match out")]
    NotFinite {
        /// Position of the match.
        index: usize,
    },
    /// The fit has no optimum, as when the read-out separates the outcomes perfectly.
    #[error(
        "the fit did not converge; pass more matches, or matches whose outcomes the rating does not separate"
    )]
    NotConverged,
    /// A read-out that does not give a forecast.
    #[error(transparent)]
    Forecast(#[from] ForecastError),
}

/// Refuses a parameter that breaks its rule.
pub(crate) fn require(
    name: &'static str,
    value: f64,
    holds: bool,
    rule: &'static str,
) -> Result<(), RatingError> {
    if holds && value.is_finite() { Ok(()) } else { Err(RatingError::Parameter { name, value, rule }) }
}

pub(crate) fn check_matches(matches: &[PlayedMatch], teams: usize) -> Result<(), RatingError> {
    if matches.is_empty() {
        return Err(RatingError::Empty);
    }
    let bad = matches.iter().position(|m| m.home >= teams || m.away >= teams || m.home == m.away);
    match bad {
        Some(index) => {
            let m = matches[index];
            Err(RatingError::Team { index, home: m.home, away: m.away, teams })
        }
        None => Ok(()),
    }
}

pub(crate) fn check_link(
    readouts: &[f64],
    outcomes: &[touchline_outcomes::Outcome],
) -> Result<[f64; 3], RatingError> {
    if readouts.len() != outcomes.len() {
        return Err(RatingError::Lengths { readouts: readouts.len(), outcomes: outcomes.len() });
    }
    if let Some(index) = readouts.iter().position(|x| !x.is_finite()) {
        return Err(RatingError::NotFinite { index });
    }
    let mut counts = [0.0; 3];
    for o in outcomes {
        counts[o.index()] += 1.0;
    }
    if counts.iter().any(|c| *c < 1.0) {
        return Err(RatingError::Empty);
    }
    Ok(counts)
}

/// The value of a team, or the newcomer's where it was never seen.
pub(crate) fn of(values: &[f64], team: usize, newcomer: f64) -> f64 {
    values.get(team).copied().unwrap_or(newcomer)
}

/// Extends every array that is shorter than `teams` by its newcomer's value. Each is looked at by itself, so that
/// arrays of different length, which only a damaged file can hold, are evened out rather than overrun.
#[inline]
pub(crate) fn grow_all<const N: usize>(arrays: [&mut Vec<f64>; N], teams: usize, newcomer: [f64; N]) {
    for (array, value) in arrays.into_iter().zip(newcomer) {
        if teams > array.len() {
            array.resize(teams, value);
        }
    }
}

/// Moves one array's entry towards another's or the newcomer's.
pub(crate) fn pull_entry(
    values: &mut [f64],
    team: usize,
    target: Option<usize>,
    fraction: f64,
    newcomer: f64,
) {
    let towards = target.map_or(newcomer, |t| of(values, t, newcomer));
    let fraction = if fraction.is_finite() { fraction.clamp(0.0, 1.0) } else { 0.0 };
    if let Some(v) = values.get_mut(team) {
        *v += fraction * (towards - *v);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_state_is_evened_out_by_the_next_match() {
        let text = r#"{"config":{"learning_rate":0.04,"catch_up":0.8,"rule":{"Linear":{"damping":0.5}}},
            "home":[0.1,0.2,0.3],"away":[0.1]}"#;
        let mut pi: PiRating = serde_json::from_str(text).unwrap();
        pi.update(1, 2, Score::new(2, 0).unwrap());
        assert!(pi.home_rating(1) > 0.2 && pi.away_rating(2) < 0.0);
    }

    #[test]
    fn reading_never_changes_a_rating_and_newcomers_are_level() {
        let ratings: [Box<dyn Rating>; 5] = [
            Box::new(Elo::new(EloConfig::default()).unwrap()),
            Box::new(PiRating::new(PiConfig::default()).unwrap()),
            Box::new(Berrar::new(BerrarConfig::default()).unwrap()),
            Box::new(Gap::new(GapConfig::default()).unwrap()),
            Box::new(Glicko2::new(Glicko2Config::default()).unwrap()),
        ];
        for mut rating in ratings {
            let before = rating.advantage(7, 900);
            assert!((before - rating.advantage(900, 7)).abs() < 1e-12);
            assert_eq!(rating.teams(), 0);
            rating.update(3, 3, Score::new(5, 0).unwrap());
            assert_eq!(rating.teams(), 0, "a team against itself teaches nothing");
            rating.update(7, 4, Score::new(3, 0).unwrap());
            assert!(rating.teams() == 8 && rating.advantage(7, 4) > before);
            assert!(rating.strength(7) > rating.strength(4));
            rating.pull(7, Some(4), 1.0);
            assert!((rating.strength(7) - rating.strength(4)).abs() < 1e-12);
            rating.pull(7, None, f64::NAN);
            rating.pull(7, None, 1.0);
            assert!((rating.strength(7) - rating.strength(5)).abs() < 1e-12);
        }
    }
}
