//! Matches while they run: a score comes in, the probabilities of the result follow from the forecast before kick-off, and
//! whoever listens is told. In memory alone; what happened is stored by the caller.

mod feed;

pub use feed::{Backlog, Listener, LiveFeed, LivePosition, LiveUpdate, Topics};

use crate::serving::{Answer, ForecastService, ServingError};
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;
use touchline_domain::{MatchId, MatchStatus, ScoreGrid};
use touchline_models::inplay::{InPlay, InPlayConfig, InPlayError, MatchClock, MatchState, NextGoal};

/// Matches whose forecast before kick-off is held in memory; the next one empties that.
const HELD: usize = 2_000;

/// What a source says of a running match.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveScore {
    /// The match.
    pub match_id: MatchId,
    /// Where it stands.
    pub status: MatchStatus,
    /// Clock, score and cards.
    pub state: MatchState,
    /// When that was so. What is older than what is known already is not taken.
    pub said_at: DateTime<Utc>,
}

/// Why a score was not taken.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The match is not known, or its forecast cannot be had at present.
    #[error(transparent)]
    Forecast(#[from] ServingError),
    /// The clock, score or cards cannot be.
    #[error(transparent)]
    State(#[from] InPlayError),
}

/// What follows from a score.
#[derive(Debug, Clone)]
pub struct LiveChances {
    /// Distribution of the final score.
    pub last: ScoreGrid,
    /// Who scores next.
    pub next: NextGoal,
    /// Mean goals of the home and the away side in the time left.
    pub remaining_goals: [f64; 2],
    /// The forecast before kick-off.
    pub before: Arc<Before>,
}

/// The forecast before kick-off, ready to be asked.
#[derive(Debug)]
pub struct Before {
    /// Who made it, and of what.
    pub answer: Answer,
    running: InPlay,
}

/// A running match after a score.
#[derive(Debug, Clone)]
pub struct LivePicture {
    /// What was said.
    pub score: LiveScore,
    /// What follows; none where no forecast of before kick-off is known, or the match is not played to its end.
    pub chances: Option<LiveChances>,
}

/// What became of a score.
#[derive(Debug)]
pub enum Taken {
    /// Whoever listens was told.
    Told(Arc<LiveUpdate>),
    /// Something newer was known: nothing changed.
    Older(Arc<LiveUpdate>),
}

/// Running matches.
pub struct LiveMatches {
    forecasts: ForecastService,
    feed: LiveFeed,
    before: Mutex<HashMap<MatchId, Arc<Before>>>,
    /// When the latest of each match was said.
    said: Mutex<HashMap<MatchId, DateTime<Utc>>>,
}

impl fmt::Debug for LiveMatches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveMatches").field("position", &self.feed.position()).finish_non_exhaustive()
    }
}

impl LiveMatches {
    /// Nothing runs; `run` differs from that of every other start.
    pub fn new(forecasts: ForecastService, run: u64) -> Self {
        Self { forecasts, feed: LiveFeed::new(run), before: Mutex::default(), said: Mutex::default() }
    }

    /// Where updates go.
    pub fn feed(&self) -> &LiveFeed {
        &self.feed
    }

    /// Takes a score and tells whoever listens. `write` makes the text of the update.
    ///
    /// # Errors
    /// The match is not known, the state cannot be, or the forecast cannot be had at present.
    pub async fn take(
        &self,
        score: LiveScore,
        write: impl FnOnce(&LivePicture, LivePosition) -> Arc<str>,
    ) -> Result<Taken, LiveError> {
        let before = self.before(&score).await?;
        let chances = before.map(|before| chances(before, &score)).transpose()?;
        let id = score.match_id;
        // Held until all are told: of two scores at the same time the newer is told last.
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(latest) = self.feed.latest(id)
            && said.get(&id).is_some_and(|said| *said > score.said_at)
        {
            return Ok(Taken::Older(latest));
        }
        if said.len() >= HELD {
            said.retain(|id, _| self.feed.latest(*id).is_some());
        }
        said.insert(id, score.said_at);
        let picture = LivePicture { score, chances };
        Ok(Taken::Told(self.feed.publish(id, |position| write(&picture, position))))
    }

    /// The forecast before kick-off; none where none was made, or the match ends without a result.
    async fn before(&self, score: &LiveScore) -> Result<Option<Arc<Before>>, LiveError> {
        let id = score.match_id;
        let held = self.before.lock().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if held.is_some() {
            return Ok(held.filter(|_| is_played(score.status)));
        }
        let answer = match self.forecasts.forecast(id).await {
            Ok(answer) => answer,
            // It has begun: what was forecast before, where no more has been computed since.
            Err(ServingError::NotToCome { .. }) => match self.forecasts.status().snapshot {
                Some(snapshot) => match snapshot.answer(id) {
                    Some(answer) => answer,
                    None => return Ok(None),
                },
                None => return Ok(None),
            },
            Err(error) => return Err(error.into()),
        };
        let Some(grid) = &answer.grid else { return Ok(None) };
        let running = InPlay::from_grid(grid, InPlayConfig::default())?;
        let before = Arc::new(Before { answer, running });
        if has_begun(&score.state) {
            let mut all = self.before.lock().unwrap_or_else(PoisonError::into_inner);
            if all.len() >= HELD {
                all.clear();
            }
            all.insert(id, Arc::clone(&before));
        }
        Ok(Some(before).filter(|_| is_played(score.status)))
    }
}

/// Before the match begins its forecast may still be another.
fn has_begun(state: &MatchState) -> bool {
    !matches!(state.clock, MatchClock::FirstHalf { minute } if minute <= 0.0)
}

fn is_played(status: MatchStatus) -> bool {
    matches!(status, MatchStatus::Scheduled | MatchStatus::Live | MatchStatus::Finished)
}

fn chances(before: Arc<Before>, score: &LiveScore) -> Result<LiveChances, InPlayError> {
    let state = &score.state;
    Ok(LiveChances {
        last: before.running.final_score(state)?,
        next: before.running.next_goal(state)?,
        remaining_goals: before.running.remaining_goals(state)?,
        before,
    })
}
