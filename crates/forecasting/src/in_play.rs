//! A running match: all markets from its forecast before kick-off, the score, the clock and red cards.
//!
//! The forecast before kick-off is the last one that was sealed, where it kept its score grid; else the model's, made from what
//! was known at kick-off.

use crate::predict::forecast_positions;
use crate::to_come::known_until;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{PredictionReader, SealedForecast, StoreError, TeamReader};
use touchline_domain::{Clock, Forecast, Match, MatchId, ScoreGrid, Side, TeamId};
use touchline_features::View;
use touchline_learning::dataset::{FactReader, Facts};
use touchline_learning::model::ModelError;
use touchline_learning::predictor::{ModelLabel, Predictor};
use touchline_models::inplay::{InPlay, InPlayConfig, InPlayError, MatchClock, MatchState};
use touchline_models::markets::{Markets, Overview};

/// What a running match asks of a store.
pub trait InPlayStore: FactReader + PredictionReader + TeamReader {}

impl<T: FactReader + PredictionReader + TeamReader + ?Sized> InPlayStore for T {}

/// Why a running match has no forecast.
#[derive(Debug, Error)]
pub enum InPlayFailure {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The model could not be applied.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The clock, score or cards cannot be.
    #[error(transparent)]
    State(#[from] InPlayError),
    /// There is no such match.
    #[error("there is no match {0}")]
    Unknown(MatchId),
    /// The computation broke off; what went wrong is in the log.
    #[error("the forecast could not be computed; the log says what went wrong")]
    Failed,
}

/// Who made the forecast before kick-off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Before {
    /// Whether it was sealed before kick-off, or is made now from what was known then.
    pub sealed: bool,
    /// Name of the model.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// Facts up to this time were used.
    pub as_of: DateTime<Utc>,
    /// Home win, draw, away win.
    pub forecast: Forecast,
    /// Distribution of scores.
    #[serde(skip)]
    pub grid: ScoreGrid,
}

/// Who scores next.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NextGoal {
    /// Probability that the home side does.
    pub home: f64,
    /// Probability that nobody does.
    pub none: f64,
    /// Probability that the away side does.
    pub away: f64,
}

/// A running match.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InPlayReport {
    /// The match.
    pub match_id: MatchId,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Where it stands.
    pub state: MatchState,
    /// The forecast before kick-off.
    pub before: Before,
    /// Who scores next.
    pub next_goal: NextGoal,
    /// Expected goals of the home and the away side in the time left.
    pub remaining_goals: [f64; 2],
    /// All markets of the final score.
    pub markets: Overview,
}

/// Reads a clock as scoreboards write it: `63`, `45+2` (added time of the first half), `90+4`, `HT`, `FT`.
///
/// # Errors
/// Anything else, in words that say what to write.
pub fn read_clock(text: &str) -> Result<MatchClock, String> {
    let help = || format!("{text:?} is not a minute of a match; write 63, 45+2, 90+4, HT or FT");
    let text = text.trim();
    match text.to_ascii_lowercase().as_str() {
        "ht" => return Ok(MatchClock::HalfTime),
        "ft" => return Ok(MatchClock::FullTime),
        _ => {}
    }
    let number = |t: &str| t.trim().parse::<u8>().ok().map(f64::from).ok_or_else(help);
    match text.split_once('+') {
        Some((minute, added)) => match (number(minute)?, number(added)?) {
            (45.0, added) if added <= 30.0 => Ok(MatchClock::FirstHalf { minute: 45.0 + added }),
            (90.0, added) if added <= 30.0 => Ok(MatchClock::SecondHalf { minute: 90.0 + added }),
            _ => Err(help()),
        },
        None => match number(text)? {
            minute if minute <= 45.0 => Ok(MatchClock::FirstHalf { minute }),
            minute if minute <= 90.0 => Ok(MatchClock::SecondHalf { minute }),
            _ => Err(help()),
        },
    }
}

/// All markets of a match in a state, from the forecast before its kick-off.
///
/// # Errors
/// There is no such match, the state cannot be, or nobody can forecast the match.
pub async fn in_play<S: InPlayStore + ?Sized>(
    store: &S,
    model: Arc<dyn Predictor + Send + Sync>,
    view: View,
    id: MatchId,
    state: MatchState,
    clock: &dyn Clock,
) -> Result<InPlayReport, InPlayFailure> {
    let of = store.get_match(id).await?.ok_or(InPlayFailure::Unknown(id))?;
    let before = match last_sealed(&store.sealed(id).await?, &of) {
        Some(before) => before,
        None => forecast(store, model, view, &of, clock.now()).await?,
    };
    let names = store.teams().await?;
    let name = |id: TeamId| names.iter().find(|t| t.id == id).map(|t| t.name.clone()).unwrap_or_default();
    let (home, away) = (name(of.home), name(of.away));
    Ok(report(id, [home, away], before, state)?)
}

fn report(
    match_id: MatchId,
    [home, away]: [String; 2],
    before: Before,
    state: MatchState,
) -> Result<InPlayReport, InPlayError> {
    let running = InPlay::from_grid(&before.grid, InPlayConfig::default())?;
    let next = running.next_goal(&state)?;
    Ok(InPlayReport {
        match_id,
        home,
        away,
        state,
        next_goal: NextGoal { home: next.home, none: next.none, away: next.away },
        remaining_goals: running.remaining_goals(&state)?,
        markets: Markets::of(&running.final_score(&state)?).overview(),
        before,
    })
}

/// The last forecast that was sealed before the match's kick-off and kept its grid.
fn last_sealed(sealed: &[SealedForecast], of: &Match) -> Option<Before> {
    let last = sealed.iter().rfind(|f| f.sealed_at < of.kickoff.latest() && f.details.is_some())?;
    Some(Before {
        sealed: true,
        model_name: last.model_name.clone(),
        model_version: last.model_version.clone(),
        as_of: last.as_of,
        forecast: last.forecast,
        grid: last.details.as_ref()?.grid.clone(),
    })
}

async fn forecast<S: InPlayStore + ?Sized>(
    store: &S,
    model: Arc<dyn Predictor + Send + Sync>,
    view: View,
    of: &Match,
    now: DateTime<Utc>,
) -> Result<Before, InPlayFailure> {
    let as_of = known_until(of.kickoff, now.min(of.kickoff.at));
    let facts = Facts::load_to_forecast(store, view, &HashSet::from([of.id])).await?;
    let id = of.id;
    let work = move || {
        let history = facts.history(&[]);
        let position = history.ids().iter().position(|held| *held == id).ok_or(InPlayFailure::Unknown(id))?;
        let forecasts = forecast_positions(model.as_ref(), &history, &[position as u32], as_of, 1)?;
        let (_, made) = forecasts.into_iter().next().ok_or(InPlayFailure::Failed)?;
        let ModelLabel { name, version } = model.label();
        Ok(Before {
            sealed: false,
            model_name: name,
            model_version: version,
            as_of,
            forecast: made.forecast,
            grid: made.grid,
        })
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| InPlayFailure::Failed)?
}

/// Red cards of a state, by side.
pub fn with_red_cards(mut state: MatchState, cards: &[Side]) -> MatchState {
    for side in cards {
        match side {
            Side::Home => state.home_red_cards = state.home_red_cards.saturating_add(1),
            Side::Away => state.away_red_cards = state.away_red_cards.saturating_add(1),
        }
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_read_as_scoreboards_write_them() {
        for (text, clock) in [
            ("0", MatchClock::FirstHalf { minute: 0.0 }),
            ("45", MatchClock::FirstHalf { minute: 45.0 }),
            ("45+2", MatchClock::FirstHalf { minute: 47.0 }),
            ("ht", MatchClock::HalfTime),
            ("46", MatchClock::SecondHalf { minute: 46.0 }),
            ("90 + 4", MatchClock::SecondHalf { minute: 94.0 }),
            ("FT", MatchClock::FullTime),
        ] {
            assert_eq!(read_clock(text), Ok(clock), "{text}");
        }
        for wrong in ["", "-1", "91", "60+2", "45+40", "x", "45+"] {
            assert!(read_clock(wrong).is_err(), "{wrong}");
        }
    }
}
