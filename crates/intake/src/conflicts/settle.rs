//! Deciding about conflicts: one transaction for all of them.

use super::{ConflictError, ConflictFilter, ConflictName, ConflictState, ConflictStore, Disputed};
use crate::identity::SourceOrder;
use serde::Serialize;
use std::collections::BTreeMap;
use touchline_domain::ports::{MatchFacts, SilverChange};
use touchline_domain::{
    ANY_SOURCE, ClaimField, Clock, Correction, CorrectionVerdict, Match, MatchClaim, MatchId, MatchStatus,
    Said, statistics_of,
};

/// What is decided about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The claim becomes the held value.
    Accept,
    /// What is held stays.
    Keep,
}

/// What was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Settled {
    /// Conflicts that were decided now.
    pub settled: Vec<String>,
    /// Names about which it was decided before.
    pub already: u64,
    /// Matches that are not what they were.
    pub changed_matches: u64,
}

/// Decides about conflicts by name, or about all open ones that pass a filter where no name is given. `by` is who decides.
/// The older value is kept with its time: a result that is accepted counts as known from now on.
///
/// # Errors
/// A name is of no conflict or of several, a claim cannot become a value, or the store failed; then nothing is decided.
pub async fn settle<S: ConflictStore + ?Sized>(
    store: &S,
    names: &[ConflictName],
    filter: &ConflictFilter,
    decision: Decision,
    (order, by, clock): (&SourceOrder, &str, &dyn Clock),
) -> Result<Settled, ConflictError> {
    let disputed = Disputed::load(store, filter).await?;
    let mut settled = Settled::default();
    let mut wanted: Vec<MatchClaim> = Vec::new();
    if names.is_empty() {
        let open = ConflictFilter { decided: false, ..filter.clone() };
        for (conflict, _) in disputed.conflicts(&open, order) {
            let claims = disputed.claims.get(&(conflict.match_id, conflict.field)).into_iter().flatten();
            wanted.extend(claims.filter(|claim| claim.source == conflict.source).cloned());
        }
    }
    for name in names {
        let claims = disputed.named(name)?;
        settled.already += u64::from(claims.is_empty());
        for claim in claims {
            let m = &disputed.matches[&claim.match_id];
            let state = disputed.state(m, claim, disputed.held(m, claim.field).as_deref(), order);
            if decision == Decision::Keep && state == ConflictState::Kept {
                settled.already += 1;
            } else if !wanted.contains(claim) {
                wanted.push(claim.clone());
            }
        }
    }
    if wanted.is_empty() {
        return Ok(settled);
    }
    let said = Said { at: clock.now(), document: None };
    let mut change =
        Change { disputed: &disputed, by, said, matches: BTreeMap::new(), silver: SilverChange::default() };
    // A status first: it says whether there is a score.
    wanted.sort_by_key(|claim| (claim.match_id, claim.field != ClaimField::Status, claim.field));
    for claim in &wanted {
        match decision {
            Decision::Accept => change.accept(claim)?,
            Decision::Keep => change.keep(claim),
        }
        settled.settled.push(format!("{}:{}:{}", claim.match_id, claim.field.name(), claim.source));
    }
    let Change { matches, silver: mut change, .. } = change;
    change.changed = matches.into_values().filter(|m| disputed.matches.get(&m.id) != Some(m)).collect();
    let mut claims: BTreeMap<_, MatchClaim> = BTreeMap::new();
    for claim in std::mem::take(&mut change.claims) {
        claims.insert((claim.match_id, claim.field, claim.source.clone()), claim);
    }
    change.claims = claims.into_values().collect();
    settled.changed_matches = store.apply(&change).await?.changed;
    Ok(settled)
}

struct Change<'a> {
    disputed: &'a Disputed,
    by: &'a str,
    said: Said,
    matches: BTreeMap<MatchId, Match>,
    silver: SilverChange,
}

impl Change<'_> {
    fn keep(&mut self, claim: &MatchClaim) {
        let held = self.disputed.held(&self.disputed.matches[&claim.match_id], claim.field);
        self.person_says(claim, held.clone());
        let kept = self.correction(claim, claim.field, held, Some(claim.value.clone()));
        self.silver.corrections.push(Correction { verdict: CorrectionVerdict::Kept, ..kept });
    }

    fn accept(&mut self, claim: &MatchClaim) -> Result<(), ConflictError> {
        let not_usable = |reason: String| ConflictError::NotUsable {
            id: format!("{}:{}:{}", claim.match_id, claim.field.name(), claim.source),
            reason,
        };
        let stored = &self.disputed.matches[&claim.match_id];
        let mut m = self.matches.get(&claim.match_id).unwrap_or(stored).clone();
        if claim.field == ClaimField::Statistics {
            let stats = statistics_of(&claim.value).map_err(not_usable)?;
            let facts = MatchFacts { stats: Some(stats), ..MatchFacts::default() };
            self.silver.facts.push((claim.match_id, facts));
            let held = self.disputed.held(stored, claim.field);
            self.took(claim, claim.field, held, Some(claim.value.clone()));
            return Ok(());
        }
        let before = m.details.clone();
        claim.field.put(&mut m.details, Some(&claim.value)).map_err(not_usable)?;
        match claim.field {
            ClaimField::Score => self.complete_result(claim, &mut m).map_err(not_usable)?,
            ClaimField::Status if !is_over(m.status) => (m.details.score, m.details.half_time) = (None, None),
            ClaimField::Status if m.score.is_none() => {
                return Err(not_usable(format!(
                    "a match that is {} has a score; accept the score",
                    m.status.name()
                )));
            }
            _ => {}
        }
        if let (Some(half), Some(full)) = (m.half_time, m.score)
            && (half.home > full.home || half.away > full.away)
        {
            if claim.field == ClaimField::HalfTime {
                return Err(not_usable(format!("half time {half} does not fit the score {full}")));
            }
            m.details.half_time = None;
        }
        if matches!(claim.field, ClaimField::AfterExtraTime | ClaimField::Shootout) {
            m.details.setting.check(m.details.score).map_err(not_usable)?;
        }
        m.details.setting.fit_to(m.details.score);
        for field in ClaimField::ALL {
            let (old, new) = (field.text_of(&before), field.text_of(&m));
            if old != new {
                self.took(claim, field, old, new);
            }
        }
        self.matches.insert(m.id, m);
        Ok(())
    }

    /// Status and half-time score that the source says with a score.
    fn complete_result(&self, claim: &MatchClaim, m: &mut Match) -> Result<(), String> {
        let said = |field| {
            let claims = self.disputed.claims.get(&(claim.match_id, field)).into_iter().flatten();
            claims.into_iter().find(|other| other.source == claim.source).map(|other| other.value.clone())
        };
        if let Some(half) = said(ClaimField::HalfTime) {
            ClaimField::HalfTime.put(&mut m.details, Some(&half))?;
        }
        let status =
            said(ClaimField::Status).and_then(|status| status.parse().ok()).filter(|status| is_over(*status));
        if let Some(status) = status {
            m.details.status = status;
        } else if !is_over(m.status) {
            m.details.status = MatchStatus::Finished;
        }
        Ok(())
    }

    /// Notes that a value is replaced; where the match is not the source's, or a person decided otherwise before, a
    /// person's word holds it against the order of sources.
    fn took(&mut self, claim: &MatchClaim, field: ClaimField, old: Option<String>, new: Option<String>) {
        let correction = self.correction(claim, field, old, new.clone());
        self.silver.corrections.push(correction);
        let claims = self.disputed.claims.get(&(claim.match_id, field)).into_iter().flatten();
        let decided = claims.into_iter().any(|claim| claim.source == ANY_SOURCE);
        if decided || self.disputed.matches[&claim.match_id].source != claim.source {
            self.person_says(&MatchClaim { field, ..claim.clone() }, new);
        }
    }

    fn person_says(&mut self, claim: &MatchClaim, value: Option<String>) {
        let source = ANY_SOURCE.to_owned();
        let said = |value| MatchClaim { source, value, said: self.said, ..claim.clone() };
        self.silver.claims.extend(value.map(said));
    }

    fn correction(
        &self,
        claim: &MatchClaim,
        field: ClaimField,
        old: Option<String>,
        new: Option<String>,
    ) -> Correction {
        Correction {
            match_id: claim.match_id,
            field,
            source: claim.source.clone(),
            old,
            new,
            said: claim.said,
            known_at: self.said.at,
            verdict: CorrectionVerdict::Taken,
            by: self.by.to_owned(),
        }
    }
}

fn is_over(status: MatchStatus) -> bool {
    matches!(status, MatchStatus::Finished | MatchStatus::Awarded)
}
