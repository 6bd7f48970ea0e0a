//! The audit of staged rows: between reading and silver, the rules of [`touchline_quality::staged`] run over a document's rows in
//! columns. Rows that pass go on; the others are held with rule and reason, unless it was decided about them.
//!
//! The rules see the document alone and decisions are about what a row says, so that a document ends alike whenever it is read.

use crate::identity::Teams;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_collect::SourceMatch;
use touchline_domain::ports::{HeldFilter, IntakeStore, StoreError};
use touchline_domain::{
    CompetitionKind, DocumentId, HeldRow, HeldState, LeagueId, MatchStatus, NewHeldRow, NewLeague,
    NewRowDecision, RowDecision, RowVerdict, TeamId,
};
use touchline_quality::staged::{Failure, StagedRows, audit};

/// Who decides where two sources say the same.
pub(crate) const TWO_SOURCES: &str = "rule:two_sources_agree";
/// Held rows that say the same and are looked at.
const ALIKE: u32 = 100;

/// What an audit says of a document's rows.
#[derive(Debug, Default)]
pub(super) struct Audited {
    /// Rows that go to silver.
    pub passed: Vec<SourceMatch>,
    /// Rows that a rule holds or held back, with their state.
    pub held: Vec<(DocumentId, NewHeldRow)>,
    /// Whether the state of a held row is not the one that is kept.
    pub changed: bool,
}

/// A document whose rows are judged.
pub(super) struct Staging<'a> {
    pub store: &'a dyn IntakeStore,
    pub source: &'a str,
    pub document: DocumentId,
    /// Whether it came for the first time.
    pub is_new: bool,
    /// Its leagues as it names them, and as the store knows them.
    pub leagues: &'a [NewLeague],
    pub ids: &'a [LeagueId],
    pub teams: &'a Teams,
    pub now: DateTime<Utc>,
}

impl Staging<'_> {
    /// Judges rows of which both sides are known.
    pub async fn audit(&self, rows: Vec<SourceMatch>) -> Result<Audited, StoreError> {
        let failing = self.failing(&rows);
        let kept = if self.is_new {
            Vec::new()
        } else {
            let of_document = HeldFilter { document: Some(self.document), ..HeldFilter::default() };
            self.store.held_rows(&of_document, u32::MAX).await?
        };
        if failing.is_empty() && kept.is_empty() {
            return Ok(Audited { passed: rows, ..Audited::default() });
        }
        let mut held: BTreeMap<usize, NewHeldRow> = BTreeMap::new();
        for (row, failures) in failing {
            held.insert(row, self.held(&rows[row], &failures));
        }
        self.decide(&mut held).await?;
        let left = self.left(&kept, &held).await?;
        let is_kept = |new: &NewHeldRow| kept.iter().any(|old| old.row == *new);
        let changed = !held.values().chain(&left).all(is_kept);
        let stays = |row: usize| held.get(&row).is_none_or(|held| held.state == HeldState::Released);
        let passed =
            rows.into_iter().enumerate().filter(|(row, _)| stays(*row)).map(|(_, row)| row).collect();
        let held = held.into_values().chain(left).map(|row| (self.document, row)).collect();
        Ok(Audited { passed, held, changed })
    }

    /// Failures by row.
    fn failing(&self, rows: &[SourceMatch]) -> BTreeMap<usize, Vec<Failure>> {
        let mut failing: BTreeMap<usize, Vec<Failure>> = BTreeMap::new();
        for failure in audit(&self.columns(rows)) {
            failing.entry(failure.row).or_default().push(failure);
        }
        failing
    }

    fn columns(&self, rows: &[SourceMatch]) -> StagedRows {
        let league = |league: &NewLeague| (league.code.clone(), league.kind == CompetitionKind::League);
        let mut staged =
            StagedRows { leagues: self.leagues.iter().map(league).collect(), ..StagedRows::default() };
        let mut clubs: HashMap<TeamId, u32> = HashMap::new();
        for row in rows {
            let mut club = |name: &str| {
                let Some(id) = self.teams.id(row.league, name) else { return u32::MAX };
                *clubs.entry(id).or_insert_with(|| {
                    staged.clubs.push(name.to_owned());
                    staged.clubs.len() as u32 - 1
                })
            };
            let (home, away) = (club(&row.home), club(&row.away));
            staged.home.push(home);
            staged.away.push(away);
            staged.league.push(row.league as u32);
            staged.season.push(row.season);
            staged.day.push(row.kickoff.at.date_naive());
            staged.score.push(row.score.filter(|_| row.status == MatchStatus::Finished));
            staged.half_time.push(row.half_time);
        }
        staged
    }

    /// A failing row as it is kept: the first rule names it, and all reasons are given.
    fn held(&self, row: &SourceMatch, failures: &[Failure]) -> NewHeldRow {
        let reasons: Vec<&str> = failures.iter().map(|failure| failure.reason.as_str()).collect();
        let team = |name: &str| self.teams.id(row.league, name).map_or(0, |id| id.0);
        let (home, away) = (team(&row.home), team(&row.away));
        let score = row.score.map_or_else(String::new, |score| score.to_string());
        let day = row.kickoff.at.date_naive();
        NewHeldRow {
            line: row.line,
            rule: failures[0].rule.name.to_owned(),
            rule_version: failures[0].rule.version,
            reason: reasons.join("; "),
            fingerprint: self.fingerprint(row),
            says: format!("{} {} {home} {away} {day} {score}", self.ids[row.league], row.season),
            state: HeldState::Held,
        }
    }

    /// What the source says in the row: its names, not the store's, so that nothing that is decided about names changes it.
    fn fingerprint(&self, row: &SourceMatch) -> String {
        let mut hasher = blake3::Hasher::new();
        let score =
            |score: Option<touchline_domain::Score>| score.map_or_else(String::new, |s| s.to_string());
        let says = [
            self.source.to_owned(),
            self.leagues[row.league].code.clone(),
            row.season.to_string(),
            row.home.clone(),
            row.away.clone(),
            row.kickoff.at.date_naive().to_string(),
            row.status.name().to_owned(),
            score(row.score),
            score(row.half_time),
        ];
        for part in says {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Gives held rows the state that was decided about them. A row about which nobody decided is released by rule where
    /// another source says the same.
    async fn decide(&self, held: &mut BTreeMap<usize, NewHeldRow>) -> Result<(), StoreError> {
        let fingerprints: BTreeSet<&String> = held.values().map(|row| &row.fingerprint).collect();
        let fingerprints: Vec<String> = fingerprints.into_iter().cloned().collect();
        if fingerprints.is_empty() {
            return Ok(());
        }
        let decisions = self.store.row_decisions(&fingerprints).await?;
        for row in held.values_mut() {
            let of_row: Vec<&RowDecision> =
                decisions.iter().filter(|decision| decision.fingerprint == row.fingerprint).collect();
            if let Some(decision) = of_row.iter().find(|decision| decision.undone.is_none()) {
                row.state = decision.verdict.state();
            } else if of_row.is_empty() && self.another_source_agrees(row).await? {
                row.state = HeldState::Released;
            }
        }
        Ok(())
    }

    /// Whether another source said the same in a row that is held; then both are released.
    async fn another_source_agrees(&self, row: &NewHeldRow) -> Result<bool, StoreError> {
        let alike = HeldFilter { says: Some(row.says.clone()), ..HeldFilter::default() };
        let alike = self.store.held_rows(&alike, ALIKE).await?;
        let counts = |other: &&HeldRow| {
            other.source != self.source && matches!(other.row.state, HeldState::Held | HeldState::Released)
        };
        let others: Vec<&HeldRow> = alike.iter().filter(counts).collect();
        let Some(first) = others.first() else { return Ok(false) };
        let reason = format!("{} and {} say the same", first.source, self.source);
        let mut fingerprints: Vec<String> =
            others.iter().map(|other| other.row.fingerprint.clone()).collect();
        let decided = self.store.row_decisions(&fingerprints).await?;
        // What somebody decided about stays, also when it was undone.
        fingerprints
            .retain(|fingerprint| decided.iter().all(|decision| decision.fingerprint != *fingerprint));
        fingerprints.push(row.fingerprint.clone());
        for fingerprint in fingerprints.into_iter().collect::<BTreeSet<_>>() {
            let decision = NewRowDecision {
                fingerprint,
                verdict: RowVerdict::Release,
                reason: reason.clone(),
                by: TWO_SOURCES.to_owned(),
            };
            self.store.decide_row(&decision, self.now).await?;
        }
        Ok(true)
    }

    /// Rows of the document that were held when it was read before, and no rule holds now.
    async fn left(
        &self,
        kept: &[HeldRow],
        held: &BTreeMap<usize, NewHeldRow>,
    ) -> Result<Vec<NewHeldRow>, StoreError> {
        let places: BTreeSet<(u32, &str)> =
            held.values().map(|row| (row.line, row.fingerprint.as_str())).collect();
        let left: Vec<&NewHeldRow> = kept
            .iter()
            .map(|old| &old.row)
            .filter(|old| !places.contains(&(old.line, old.fingerprint.as_str())))
            .collect();
        if left.is_empty() {
            return Ok(Vec::new());
        }
        let corrections = self.store.line_corrections(self.document).await?;
        let corrected: BTreeSet<u32> =
            corrections.iter().filter(|c| c.undone.is_none()).map(|c| c.line).collect();
        let state = |line| if corrected.contains(&line) { HeldState::Corrected } else { HeldState::Passed };
        Ok(left.into_iter().map(|old| NewHeldRow { state: state(old.line), ..old.clone() }).collect())
    }
}
