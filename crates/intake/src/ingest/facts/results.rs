//! Status and score of matches that are held. A score is taken where the match has none; another one than the one held is a
//! correction or a conflict, as of a row.

use super::{FactPlanner, Refusal};
use touchline_domain::{Match, MatchStatus, NewMatch, Score};

impl FactPlanner<'_> {
    /// Takes a status and a score; whether they are new.
    pub(super) fn result(
        &mut self,
        mut found: Match,
        line: u32,
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
        if score.is_none() && status == MatchStatus::Finished {
            return Err(("finished_without_score", "a finished match needs a score".to_owned()));
        }
        let is_over = matches!(status, MatchStatus::Finished | MatchStatus::Awarded);
        // What was played of a match that runs or was broken off is not a score after 90 minutes.
        let score = score.filter(|_| is_over);
        let fits = |half: &Score| score.is_some_and(|full| half.home <= full.home && half.away <= full.away);
        let half_time = half_time.filter(fits);
        // A match that is over does not run again.
        let status = if found.score.is_some() && status == MatchStatus::Live { found.status } else { status };
        let details = NewMatch {
            status,
            score,
            half_time,
            referee: None,
            attendance: None,
            source: self.source.to_owned(),
            external_id: None,
            ..found.details.clone()
        };
        let before = found.details.clone();
        let id = found.id;
        self.merge(&mut found, line, &details, None)?;
        if found.details == before {
            return Ok(false);
        }
        if let Some(held) = self.held.matches.iter_mut().find(|m| m.id == id) {
            *held = found.clone();
        }
        self.changed.insert(id, found);
        Ok(true)
    }
}
