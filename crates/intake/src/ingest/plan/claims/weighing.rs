//! One value against another: by the order of sources, or by the rules for corrections of one source.

use super::{Given, Merged, Words};
use crate::identity::{CorrectionRule, SourceOrder};
use crate::ingest::plan::Conflict;
use touchline_domain::{
    ANY_SOURCE, ClaimField, Correction, CorrectionVerdict, Match, MatchClaim, MatchId, MatchStats, NewMatch,
    Said,
};

/// A newer word of a source that was not taken.
struct Waiting {
    field: ClaimField,
    held: String,
    given: String,
    rule: CorrectionRule,
}

pub(super) struct Weighing<'a> {
    order: &'a SourceOrder,
    /// What was said before, with claims that are new.
    known: Words,
    line: u32,
    /// The source of the row.
    given: String,
    said: Said,
    /// The match's own source so far.
    before: String,
    /// Its own source from now on.
    first: String,
    played: bool,
    claims: Vec<(ClaimField, String, String)>,
    corrections: Vec<(ClaimField, Option<String>, Option<String>)>,
    waiting: Vec<Waiting>,
    disagreements: Vec<String>,
}

impl<'a> Weighing<'a> {
    pub fn new(held: &Match, given: &Given<'_>, order: &'a SourceOrder, known: Option<&Words>) -> Self {
        let source = &given.details.source;
        let first = if order.precedes(source, &held.source) { source } else { &held.source };
        Self {
            order,
            known: known.cloned().unwrap_or_default(),
            line: given.line,
            given: source.clone(),
            said: given.said,
            before: held.source.clone(),
            first: first.clone(),
            played: held.score.is_some(),
            claims: Vec::new(),
            corrections: Vec::new(),
            waiting: Vec::new(),
            disagreements: Vec::new(),
        }
    }

    /// Whether the match had a score before the row.
    pub fn was_played(&self) -> bool {
        self.played
    }

    /// The source that a field's present value comes from.
    fn winner(&self, field: ClaimField, value: &str) -> String {
        let same =
            self.known.claims.iter().filter(|((of, _), (claimed, _))| *of == field && claimed == value);
        let best =
            same.map(|((_, source), _)| source).min_by(|a, b| self.order.rank(a).cmp(&self.order.rank(b)));
        best.unwrap_or(&self.before).clone()
    }

    /// Whether a field's present value comes from the source of the row.
    pub fn is_of_source(&self, field: ClaimField, value: &str) -> bool {
        self.winner(field, value) == self.given
    }

    fn claim(&mut self, field: ClaimField, source: &str, value: &str) {
        let key = (field, source.to_owned());
        if self.known.claims.get(&key).is_none_or(|(held, _)| held != value) {
            self.known.claims.insert(key, (value.to_owned(), self.said));
            self.claims.push((field, source.to_owned(), value.to_owned()));
        }
    }

    /// Keeps that a value was a source's, unless a newer word of it is kept.
    fn claim_of_overruled(&mut self, field: ClaimField, source: &str, value: &str) {
        if !self.known.claims.contains_key(&(field, source.to_owned())) {
            self.claim(field, source, value);
        }
    }

    /// Whether the source said something newer about a field than the row does: a document that is read again.
    fn is_old(&self, field: ClaimField) -> bool {
        let key = (field, self.given.clone());
        let claimed = self.known.claims.get(&key).map(|(_, said)| *said);
        claimed.max(self.known.taken.get(&key).copied()).is_some_and(|newer| newer > self.said)
    }

    /// Whether a word of the source replaced another one about a field before: then what comes after it does too.
    pub fn was_corrected(&self, field: ClaimField) -> bool {
        self.known.taken.contains_key(&(field, self.given.clone()))
    }

    /// Whether a field takes the row's value.
    pub fn takes(&mut self, field: ClaimField, held: Option<String>, given: Option<String>) -> bool {
        let source = self.given.clone();
        let (held, given) = match (held, given) {
            (None, None) => return false,
            (Some(held), None) => {
                // The value is not from the new own source.
                let winner = self.winner(field, &held);
                if self.first != self.before && winner == self.before {
                    self.claim(field, &winner, &held);
                }
                return false;
            }
            (None, Some(given)) => {
                if self.is_old(field) {
                    return false;
                }
                if source != self.first {
                    self.claim(field, &source, &given);
                }
                if self.was_corrected(field) {
                    self.follows(field, None, Some(given));
                }
                return true;
            }
            (Some(held), Some(given)) => (held, given),
        };
        let winner = self.winner(field, &held);
        if held == given {
            self.agrees(field, &winner, &given);
            return false;
        }
        if source == winner {
            // Of a match still to come the latest word of a source counts.
            if self.played {
                return self.corrects(field, held, given);
            }
            if self.is_old(field) && self.was_corrected(field) {
                return false;
            }
            if source != self.first {
                self.claim(field, &source, &given);
            }
            if self.was_corrected(field) {
                self.follows(field, Some(held), Some(given));
            }
            return true;
        }
        let key = (field, source.clone());
        let is_repeated = self.known.claims.get(&key).is_some_and(|(claimed, _)| *claimed == given);
        if !is_repeated && self.is_old(field) {
            return false;
        }
        self.disagreements.push(format!("{winner} says {} {held}, {source} says {given}", field.name()));
        if self.order.precedes(&source, &winner) {
            self.claim_of_overruled(field, &winner, &held);
            if source != self.first {
                self.claim(field, &source, &given);
            }
            return true;
        }
        self.claim(field, &source, &given);
        false
    }

    /// The row says what is held.
    fn agrees(&mut self, field: ClaimField, winner: &str, given: &str) {
        let source = self.given.clone();
        let said_otherwise = self.known.claims.contains_key(&(field, source.clone())) && !self.is_old(field);
        let is_marked = self.known.claims.contains_key(&(field, winner.to_owned()));
        if said_otherwise || (is_marked && self.order.precedes(&source, winner)) {
            self.claim(field, &source, given);
        }
    }

    /// Whether a source's newer word about a match that was played replaces its older one.
    fn corrects(&mut self, field: ClaimField, held: String, given: String) -> bool {
        if self.is_old(field) {
            return false;
        }
        // What belongs to a result that waits waits with it.
        let result = self.waiting.iter().find(|w| w.field == ClaimField::Score).map(|w| w.rule);
        let rule = result.filter(|_| field == ClaimField::HalfTime);
        let rule = rule.unwrap_or_else(|| self.order.corrections().of(field));
        if rule == CorrectionRule::Newer {
            let source = self.given.clone();
            if self.known.claims.contains_key(&(field, source.clone())) {
                self.claim(field, &source, &given);
            }
            self.follows(field, Some(held), Some(given));
            return true;
        }
        let source = self.given.clone();
        self.claim(field, &source, &given);
        self.waiting.push(Waiting { field, held, given, rule });
        false
    }

    /// Notes that a value is replaced.
    pub fn follows(&mut self, field: ClaimField, old: Option<String>, new: Option<String>) {
        self.corrections.push((field, old, new));
    }

    /// Notes that a field has no value in the end, as none that is told can belong to the score: what was taken of the row
    /// is not noted as taken, and a value that was held before is gone.
    pub fn drops(&mut self, field: ClaimField, before: Option<String>) {
        self.corrections.retain(|(of, ..)| *of != field);
        if before.is_some() {
            self.follows(field, before, None);
        }
    }

    /// Whether a row takes back a result. Another source than that of the result cannot: it is only recorded.
    pub fn withdraws(&mut self, held: String, given: String) -> bool {
        let (field, source) = (ClaimField::Status, self.given.clone());
        if held == given || self.is_old(field) || self.is_old(ClaimField::Score) {
            return false;
        }
        if self.before == source && self.winner(field, &held) == source {
            return self.corrects(field, held, given);
        }
        self.disagreements.push(format!("{} says it was {held}, {source} says {given}", self.before));
        self.claim(field, &source, &given);
        false
    }

    /// Whether statistics that differ replace those that are held. Which source the held ones are from is not kept:
    /// those of the match's own source count.
    pub fn takes_statistics(&mut self, held: String, given: String) -> bool {
        let (field, source) = (ClaimField::Statistics, self.given.clone());
        if self.is_old(field) {
            return false;
        }
        let decided = self.known.claims.contains_key(&(field, ANY_SOURCE.to_owned()));
        if source == self.before && !decided {
            return self.corrects(field, held, given);
        }
        if self.known.claims.get(&(field, source.clone())).is_none_or(|(claimed, _)| *claimed != given) {
            self.disagreements.push(format!("{source} counted otherwise"));
        }
        self.claim(field, &source, &given);
        false
    }

    /// The match's source and identifier from now on.
    pub fn take_source(&self, held: &mut NewMatch, row: &NewMatch) {
        if self.first == self.given && self.given != self.before {
            held.source.clone_from(&row.source);
            held.external_id.clone_from(&row.external_id);
        } else if self.given == self.before && held.external_id.is_none() {
            held.external_id.clone_from(&row.external_id);
        }
    }

    pub fn finish(self, id: MatchId, stats: Option<MatchStats>) -> Merged {
        let mut merged = Merged { stats, ..Merged::default() };
        let line = self.line;
        if !self.disagreements.is_empty() {
            let message = format!(
                "sources disagree about match {id}: {}; the first of them in identity.source_order counts",
                self.disagreements.join("; ")
            );
            merged.notes.push(Conflict { line, kind: "sources_disagree", message });
        }
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        if !self.corrections.is_empty() {
            let texts = self.corrections.iter().map(|(field, old, new)| {
                format!("{} {} where {} was held", field.name(), shown(new), shown(old))
            });
            let message = format!(
                "{} corrects match {id}: {}; the newer word counts, and the older one is kept with its time",
                self.given,
                texts.collect::<Vec<_>>().join("; ")
            );
            merged.notes.push(Conflict { line, kind: CORRECTED, message });
        }
        self.add_waiting(id, &mut merged);
        let (source, said) = (self.given, self.said);
        let claim = |(field, source, value)| MatchClaim { match_id: id, source, field, value, said };
        merged.claims = self.claims.into_iter().map(claim).collect();
        let correction = |(field, old, new)| Correction {
            match_id: id,
            field,
            source: source.clone(),
            old,
            new,
            said,
            known_at: said.at,
            verdict: CorrectionVerdict::Taken,
            by: CorrectionRule::Newer.name().to_owned(),
        };
        merged.corrections = self.corrections.into_iter().map(correction).collect();
        merged
    }

    fn add_waiting(&self, id: MatchId, merged: &mut Merged) {
        let Some(worst) = self.waiting.iter().min_by_key(|w| (w.field != ClaimField::Score, w.field)) else {
            return;
        };
        let texts = self
            .waiting
            .iter()
            .map(|w| format!("{} {} here where {} is held", w.field.name(), w.given, w.held));
        let texts = texts.collect::<Vec<_>>().join("; ");
        if self.waiting.iter().any(|w| w.rule == CorrectionRule::Ask) {
            let kind = match worst.field {
                ClaimField::Score => "conflicting_score",
                ClaimField::Status => "conflicting_status",
                _ => "conflicting_value",
            };
            let message = format!(
                "{} changes its word about match {id}: {texts}; what is held stays until somebody decides: touchline conflicts accept {id}:{} or touchline conflicts keep {id}:{}",
                self.given,
                worst.field.name(),
                worst.field.name()
            );
            merged.conflict = Some(Conflict { line: self.line, kind, message });
        } else {
            let message =
                format!("{} changes its word about match {id}: {texts}; the first word counts", self.given);
            merged.notes.push(Conflict { line: self.line, kind: "later_word", message });
        }
    }
}

/// The kind of finding of a value that was replaced.
pub(super) const CORRECTED: &str = "corrected_value";
