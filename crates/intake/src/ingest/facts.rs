//! Facts that a source tells of its own matches by their identifiers: which stored match, which side, since when
//! known, and whether they are news. Pure, so that every rule can be tested.
//!
//! # Since when a fact was known
//! A document's facts are known since it came, whenever they are read from it. Line-ups and absences come without a
//! time of their own. What came before kick-off is known from then on. What came later is dated by habit, [`HABIT`] before kick-off, when line-ups are handed in, and marked so; unless another line-up
//! of the same side, or another word about the same player, was held before: then it came after that, nobody knows
//! when, and is dated by when it came. Prices bring their time; those of after kick-off go where no pre-match reader
//! looks ([`quotes`]). Events are dated like results ([`events`]).

mod events;
mod quotes;
mod results;

use super::plan::Conflict;
use super::plan::claims::{self, Given, Merged};
use super::plan::merge;
use crate::identity::SourceOrder;
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use touchline_collect::names::key;
use touchline_collect::{SourceFact, SourceFacts};
use touchline_domain::ports::{Applied, MatchFacts};
use touchline_domain::{
    ANY_SOURCE, Correction, EventList, InPlayQuote, Injury, InjuryKind, Kickoff, Lineup, Match, MatchClaim,
    MatchId, MatchStats, MatchStatus, NewMatch, OddsQuote, Player, Said, Side, SideStats, TeamId, Weather,
};

/// Before kick-off, when line-ups are handed in.
const HABIT: Duration = Duration::hours(1);

/// What became of facts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FactCounts {
    /// Not held before.
    pub new_facts: u64,
    /// Held already.
    pub unchanged_facts: u64,
}

impl FactCounts {
    /// Adds another document's.
    pub fn add(&mut self, other: &Self) {
        self.new_facts += other.new_facts;
        self.unchanged_facts += other.unchanged_facts;
    }

    /// The same after a write that found everything stored, because another import wrote it meanwhile.
    pub(super) fn as_written(self, written: Applied) -> Self {
        if written.changed > 0 || written.new > 0 {
            return self;
        }
        Self { new_facts: 0, unchanged_facts: self.unchanged_facts + self.new_facts }
    }
}

/// What the store holds of the matches that are told of.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub matches: Vec<Match>,
    /// The match of each identifier of the source.
    pub named: HashMap<String, MatchId>,
    /// All names of the teams, each with the source that writes it.
    pub names: HashMap<TeamId, Vec<(String, String)>>,
    pub stats: Vec<(MatchId, MatchStats)>,
    /// What sources said of the matches before.
    pub words: HashMap<MatchId, claims::Words>,
    pub lineups: Vec<(MatchId, Lineup)>,
    pub injuries: Vec<(MatchId, Injury)>,
    pub events: Vec<(MatchId, EventList)>,
    /// Of matches that the document prices.
    pub odds: Vec<(MatchId, OddsQuote)>,
    pub in_play: Vec<(MatchId, InPlayQuote)>,
    pub weather: Vec<(MatchId, Weather)>,
}

/// What has to change.
#[derive(Debug, Default)]
pub(super) struct FactPlan {
    pub facts: Vec<(MatchId, MatchFacts)>,
    /// Matches that have a status or score now.
    pub changed: Vec<Match>,
    pub counts: FactCounts,
    pub conflicts: Vec<Conflict>,
    /// What is worth a look and is decided: disagreements of sources, corrections.
    pub notes: Vec<Conflict>,
    pub claims: Vec<MatchClaim>,
    pub corrections: Vec<Correction>,
    /// Lines that brought something of a match.
    pub lines: Vec<(MatchId, u32)>,
}

/// Compares the facts of a document that came at a time with what is held.
pub(super) fn plan(
    source: &str,
    order: &SourceOrder,
    facts: Vec<SourceFacts>,
    held: Held,
    said: Said,
) -> FactPlan {
    let mut planner = FactPlanner {
        source,
        order,
        said,
        collected_at: said.at,
        held,
        new: BTreeMap::new(),
        changed: BTreeMap::new(),
        lists: BTreeMap::new(),
        counted: BTreeMap::new(),
        counts: FactCounts::default(),
        merged: Vec::new(),
        lines: Vec::new(),
    };
    let mut conflicts = Vec::new();
    for fact in facts {
        let line = fact.line;
        if let Err((kind, message)) = planner.take(fact) {
            conflicts.push(Conflict { line, kind, message });
        }
    }
    conflicts.extend(planner.close_lists());
    conflicts.extend(planner.close_counts());
    let FactPlanner { new, changed, counts, merged, lines, .. } = planner;
    let (facts, changed) = (new.into_iter().collect(), changed.into_values().collect());
    let mut plan = FactPlan { facts, changed, counts, conflicts, lines, ..FactPlan::default() };
    for merged in merged {
        plan.notes.extend(merged.notes);
        plan.claims.extend(merged.claims);
        plan.corrections.extend(merged.corrections);
    }
    plan
}

/// The kind of finding for facts of a match that is not held: they can be used when it is.
pub(super) const UNKNOWN_FIXTURE: &str = "unknown_fixture";
/// Whether a name, with the source that writes it, is the one that is looked for.
type NameRule<'a> = &'a dyn Fn(&(String, String)) -> bool;

/// Why a fact is not used.
type Refusal = (&'static str, String);

struct FactPlanner<'a> {
    source: &'a str,
    order: &'a SourceOrder,
    said: Said,
    collected_at: DateTime<Utc>,
    held: Held,
    new: BTreeMap<MatchId, MatchFacts>,
    changed: BTreeMap<MatchId, Match>,
    lists: BTreeMap<MatchId, events::Draft>,
    /// Counts of both sides so far, with the first line and the number of facts.
    counted: BTreeMap<MatchId, (u32, MatchStats, u64)>,
    counts: FactCounts,
    /// What was decided about results and statistics.
    merged: Vec<Merged>,
    lines: Vec<(MatchId, u32)>,
}

impl FactPlanner<'_> {
    fn take(&mut self, given: SourceFacts) -> Result<(), Refusal> {
        let line = given.line;
        let id = self.held.named.get(&given.external_id);
        let found = self.held.matches.iter().find(|m| Some(&m.id) == id).ok_or_else(|| {
            let message = format!(
                "the store holds no match {} of {}; ingest the answer to /fixtures that lists it first",
                given.external_id, self.source
            );
            (UNKNOWN_FIXTURE, message)
        })?;
        let side = || self.side(found, given.team.as_deref().unwrap_or_default());
        let (id, kickoff) = (found.id, found.kickoff);
        let is_new = match given.fact {
            SourceFact::Odds(quote) => {
                let found = found.clone();
                self.quote(&found, quote)
            }
            SourceFact::InPlay(quote) => self.in_play(id, quote),
            SourceFact::Result { status, score, half_time } => {
                let found = found.clone();
                self.result(found, line, status, score, half_time)?
            }
            SourceFact::Weather(weather) => self.weather(id, weather),
            SourceFact::Event(event) => {
                let (side, found) = (side()?, found.clone());
                self.event(&found, given.line, side, event)?;
                return Ok(());
            }
            SourceFact::Stats(stats) => {
                let (side, status) = (side()?, found.status);
                self.count(id, status, line, side, stats)?;
                return Ok(());
            }
            SourceFact::Lineup { kind, formation, squad } => {
                let side = side()?;
                let source = self.source.into();
                let known_at = self.collected_at;
                let known_at_imputed = false;
                let lineup = Lineup { side, kind, source, formation, squad, known_at, known_at_imputed };
                self.lineup(id, kickoff, lineup)?
            }
            SourceFact::Injury { player, kind, reason } => {
                let side = side()?;
                self.injury(id, kickoff, side, player, kind, reason)?
            }
        };
        if is_new {
            self.lines.push((id, line));
        }
        self.counts.new_facts += u64::from(is_new);
        self.counts.unchanged_facts += u64::from(!is_new);
        Ok(())
    }

    /// The side that has this name: as the source or a person writes it, else as anybody does, else with the same
    /// [`key`]; where both sides have it, neither.
    fn side(&self, found: &Match, team: &str) -> Result<Side, Refusal> {
        let of = |id| self.held.names.get(&id).map_or(&[][..], Vec::as_slice);
        let (home, away) = (of(found.home), of(found.away));
        let wanted = key(team);
        let own = |(source, name): &(String, String)| {
            name == team && (source == self.source || source == ANY_SOURCE)
        };
        let written = |(_, name): &(String, String)| name == team;
        let alike = |(_, name): &(String, String)| key(name) == wanted;
        let rules: [NameRule<'_>; 3] = [&own, &written, &alike];
        for rule in rules {
            match (home.iter().any(rule), away.iter().any(rule)) {
                (true, false) => return Ok(Side::Home),
                (false, true) => return Ok(Side::Away),
                (true, true) => break,
                (false, false) => {}
            }
        }
        let name =
            |names: &[(String, String)]| names.first().map_or_else(String::new, |(_, name)| name.clone());
        let message =
            format!("{team:?} is neither {:?} nor {:?}, who play this match", name(home), name(away));
        Err(("unknown_side", message))
    }

    /// Since when something not held before is known, and whether that follows from habit.
    fn known_at(&self, kickoff: Kickoff, told_before: bool) -> (DateTime<Utc>, bool) {
        let came = self.collected_at;
        if came < kickoff.latest() || told_before { (came, false) } else { (kickoff.at - HABIT, true) }
    }

    /// Keeps the counts of a side until those of the other one are there: a source's word is about both.
    fn count(
        &mut self,
        id: MatchId,
        status: MatchStatus,
        line: u32,
        side: Side,
        stats: SideStats,
    ) -> Result<(), Refusal> {
        if status != MatchStatus::Finished {
            let message = format!("the match is {}, and its counts are not the last ones", status.name());
            return Err(("match_not_over", message));
        }
        let both = match side {
            Side::Home => MatchStats { home: stats, away: SideStats::default() },
            Side::Away => MatchStats { home: SideStats::default(), away: stats },
        };
        let counted = self.counted.entry(id).or_insert((line, MatchStats::default(), 0));
        counted.1 = merge::stats(counted.1, both);
        counted.2 += 1;
        Ok(())
    }

    /// Weighs the counts of each match.
    fn close_counts(&mut self) -> Vec<Conflict> {
        let mut conflicts = Vec::new();
        for (id, (line, counts, sides)) in std::mem::take(&mut self.counted) {
            let Some(found) = self.held.matches.iter().find(|m| m.id == id).cloned() else { continue };
            match self.stats(found, line, counts) {
                Ok(true) => {
                    self.lines.push((id, line));
                    self.counts.new_facts += sides;
                }
                Ok(false) => self.counts.unchanged_facts += sides,
                Err((kind, message)) => conflicts.push(Conflict { line, kind, message }),
            }
        }
        conflicts
    }

    fn stats(&mut self, mut found: Match, line: u32, counts: MatchStats) -> Result<bool, Refusal> {
        let details = NewMatch { source: self.source.to_owned(), external_id: None, ..found.details.clone() };
        let id = found.id;
        let Some(stats) = self.merge(&mut found, line, &details, Some(counts))? else { return Ok(false) };
        self.new.entry(id).or_default().stats = Some(stats);
        Ok(true)
    }

    /// Completes and corrects a match by what the document says of it; the statistics to store.
    fn merge(
        &mut self,
        found: &mut Match,
        line: u32,
        details: &NewMatch,
        stats: Option<MatchStats>,
    ) -> Result<Option<MatchStats>, Refusal> {
        let id = found.id;
        let stored = self.held.stats.iter().find(|(of, _)| *of == id).map(|(_, stats)| *stats);
        let given = Given { line, details, stats, said: self.said };
        let words = self.held.words.get(&id);
        let own = (found.source.clone(), found.external_id.clone());
        let stored = stored.unwrap_or_default();
        let mut merged = if stats.is_some() {
            claims::merge_statistics(found, stored, &given, self.order, words)
        } else {
            claims::merge(found, stored, &given, self.order, words)
        };
        // Facts about a match do not make it their source's.
        (found.details.source, found.details.external_id) = own;
        let (conflict, stats) = (merged.conflict.take(), merged.stats);
        self.merged.push(merged);
        conflict.map_or(Ok(stats), |conflict| Err((conflict.kind, conflict.message)))
    }

    fn lineup(&mut self, id: MatchId, kickoff: Kickoff, mut lineup: Lineup) -> Result<bool, Refusal> {
        let same = |l: &Lineup| (l.side, l.kind, &l.source) == (lineup.side, lineup.kind, &lineup.source);
        let held: Vec<&Lineup> =
            self.held.lineups.iter().filter(|(of, l)| *of == id && same(l)).map(|(_, l)| l).collect();
        if held.iter().any(|l| l.says_the_same(&lineup)) {
            return Ok(false);
        }
        let told_before = !held.is_empty();
        (lineup.known_at, lineup.known_at_imputed) = self.known_at(kickoff, told_before);
        if held.iter().any(|l| l.known_at.timestamp() == lineup.known_at.timestamp()) {
            let message = format!(
                "another {} line-up of the {} side is known since then",
                lineup.kind.name(),
                lineup.side.name()
            );
            return Err(("repeated_lineup", message));
        }
        self.held.lineups.push((id, lineup.clone()));
        self.new.entry(id).or_default().lineups.push(lineup);
        Ok(true)
    }

    /// A word about the weather is news where the last one before it was another.
    fn weather(&mut self, id: MatchId, weather: Weather) -> bool {
        let about = |w: &Weather| (w.source.clone(), w.kind, w.at.timestamp());
        let same = self.held.weather.iter().filter(|(of, w)| *of == id && about(w) == about(&weather));
        let before = same.map(|(_, w)| w).filter(|w| w.known_at <= weather.known_at);
        let last = before.max_by_key(|w| w.known_at);
        if last.is_some_and(|w| w.known_at == weather.known_at || w.says_the_same(&weather)) {
            return false;
        }
        self.held.weather.push((id, weather.clone()));
        self.new.entry(id).or_default().weather.push(weather);
        true
    }

    fn injury(
        &mut self,
        id: MatchId,
        kickoff: Kickoff,
        side: Side,
        player: Player,
        kind: InjuryKind,
        reason: Option<String>,
    ) -> Result<bool, Refusal> {
        let reason = reason.map(Into::into);
        let same = |i: &Injury| i.side == side && &*i.source == self.source && i.player.id() == player.id();
        let held: Vec<&Injury> =
            self.held.injuries.iter().filter(|(of, i)| *of == id && same(i)).map(|(_, i)| i).collect();
        if held.iter().any(|i| (i.kind, &i.reason) == (kind, &reason)) {
            return Ok(false);
        }
        let (known_at, known_at_imputed) = self.known_at(kickoff, !held.is_empty());
        if held.iter().any(|i| i.kind == kind && i.known_at.timestamp() == known_at.timestamp()) {
            return Err((
                "repeated_absence",
                format!("player {} is absent for another reason since then", player.id()),
            ));
        }
        let source = self.source.into();
        let injury = Injury { side, player, source, kind, reason, known_at, known_at_imputed };
        self.held.injuries.push((id, injury.clone()));
        self.new.entry(id).or_default().injuries.push(injury);
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
