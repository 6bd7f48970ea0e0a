//! Status and score of matches that are held. A score is taken where the match has none; another score than the one held
//! is a conflict, and what is held stays.

use super::{FactPlanner, Refusal};
use touchline_domain::{Match, MatchStatus, Score};

impl FactPlanner<'_> {
    /// Takes a status and a score; whether they are new.
    pub(super) fn result(
        &mut self,
        mut found: Match,
        status: MatchStatus,
        score: Option<Score>,
        half_time: Option<Score>,
    ) -> Result<bool, Refusal> {
        if let Some(given) = score
            && self.collected_at < found.kickoff.at
        {
            let message = format!(
                "the score {given} came before the kick-off at {}, which is kept; correct the wrong one",
                found.kickoff.at
            );
            return Err(("future_result", message));
        }
        if let (Some(held), Some(given)) = (found.score, score)
            && held != given
        {
            let message = format!(
                "the match of {} has {given} here and {held} in match {}, which is kept; correct the wrong one",
                found.kickoff.at.date_naive(),
                found.id,
            );
            return Err(("conflicting_score", message));
        }
        if score.is_none() && status == MatchStatus::Finished {
            return Err(("finished_without_score", "a finished match needs a score".to_owned()));
        }
        let before = found.details.clone();
        let details = &mut found.details;
        if details.score.is_none() {
            details.status = status;
            // What was played of a match that runs or was broken off is not a score after 90 minutes.
            details.score = score.filter(|_| matches!(status, MatchStatus::Finished | MatchStatus::Awarded));
        }
        if let Some(full) = details.score {
            let fits = |half: &Score| half.home <= full.home && half.away <= full.away;
            details.half_time = details.half_time.or(half_time.filter(fits));
        }
        if found.details == before {
            return Ok(false);
        }
        if let Some(held) = self.held.matches.iter_mut().find(|m| m.id == found.id) {
            *held = found.clone();
        }
        self.changed.insert(found.id, found);
        Ok(true)
    }
}
