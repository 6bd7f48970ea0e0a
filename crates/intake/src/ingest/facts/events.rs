//! Events of matches that are held: all that a document holds of one match are one list.
//!
//! A list that came before its match's result can have been known is known since it came. A first list that came later is
//! dated by when results count as known, and marked so. A list that says something else than the one in force at the time
//! is known since it came.

use super::super::plan::Conflict;
use super::{FactPlanner, Refusal};
use std::collections::BTreeMap;
use touchline_collect::SourceEvent;
use touchline_domain::{EventList, Match, MatchEvent, MatchStatus, Side};

/// The events of a match that were read so far.
#[derive(Debug)]
pub(super) struct Draft {
    found: Match,
    line: u32,
    events: Vec<MatchEvent>,
}

impl FactPlanner<'_> {
    pub(super) fn event(
        &mut self,
        found: &Match,
        line: u32,
        side: Side,
        event: SourceEvent,
    ) -> Result<(), Refusal> {
        if self.collected_at < found.kickoff.at
            || matches!(found.status, MatchStatus::Postponed | MatchStatus::Cancelled)
        {
            let message = format!(
                "the match is {} and kicks off at {}: it has no events yet",
                found.status.name(),
                found.kickoff.at
            );
            return Err(("match_not_begun", message));
        }
        let SourceEvent { minute, stoppage, kind, player, related } = event;
        let draft = self.lists.entry(found.id).or_insert_with(|| Draft {
            found: found.clone(),
            line,
            events: Vec::new(),
        });
        draft.events.push(MatchEvent { minute, stoppage, side, kind, player, related });
        Ok(())
    }

    /// Takes the lists, which are complete now.
    pub(super) fn close_lists(&mut self) -> Vec<Conflict> {
        let lists: BTreeMap<_, Draft> = std::mem::take(&mut self.lists);
        let mut conflicts = Vec::new();
        for draft in lists.into_values() {
            let (id, line, events) = (draft.found.id, draft.line, draft.events.len() as u64);
            match self.list(draft) {
                Ok(true) => {
                    self.lines.push((id, line));
                    self.counts.new_facts += events;
                }
                Ok(false) => self.counts.unchanged_facts += events,
                Err((kind, message)) => conflicts.push(Conflict { line, kind, message }),
            }
        }
        conflicts
    }

    fn list(&mut self, Draft { found, events, .. }: Draft) -> Result<bool, Refusal> {
        let came = self.collected_at;
        let mut list =
            EventList { source: self.source.into(), events, known_at: came, known_at_imputed: false };
        list.check().map_err(|error| ("malformed_events", error.to_string()))?;
        let of_match = self.held.events.iter().filter(|(id, l)| *id == found.id && l.source == list.source);
        let held: Vec<&EventList> = of_match.map(|(_, list)| list).collect();
        let in_force = held.iter().filter(|l| l.known_at <= came).max_by_key(|l| l.known_at);
        if in_force.is_some_and(|held| held.says_the_same(&list)) {
            return Ok(false);
        }
        let result_known_at = found.kickoff.result_known_at();
        if held.is_empty() && came >= result_known_at {
            (list.known_at, list.known_at_imputed) = (result_known_at, true);
        }
        if held.iter().any(|l| l.known_at.timestamp() == list.known_at.timestamp()) {
            let message = format!("another list of events is known since {}", list.known_at);
            return Err(("repeated_events", message));
        }
        self.held.events.push((found.id, list.clone()));
        self.new.entry(found.id).or_default().events.push(list);
        Ok(true)
    }
}
