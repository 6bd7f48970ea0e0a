//! Versions of the data: a name for what silver holds now, and the same dataset built anew from the documents and decisions of then,
//! compared by its hash.
//!
//! A version is a name, a hash and the last document. To build it anew, the documents that were there are copied into an empty
//! store with what people had decided by then, and read by the program that runs: the same hash says that nothing that came or was
//! decided since has changed what the version means, and that the readers of today say what those of then said.

use crate::identity::{ReviewError, ReviewTarget, SourceOrder, accept_league, accept_name, reject_name};
use crate::reprocess::{Reprocess, ReprocessError, reprocess};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use touchline_domain::ports::{
    After, DataVersion, DocumentInfo, HeldFilter, IntakeStore, NameChange, Store, StoreError, TeamAlias,
};
use touchline_domain::{
    ANY_SOURCE, Clock, DocumentId, LineCorrection, NameReview, NewDocument, NewLineCorrection,
    NewRowDecision, Progress, RowDecision, RowVerdict, Stopped, Team, Verdict,
};

/// Documents that are listed at once.
const PAGE: u32 = 1_000;

/// Why there is no such version, or it could not be built.
#[derive(Debug, Error)]
pub enum VersionError {
    /// Not a name.
    #[error(
        "{0:?} is not a name of a version; write at most 60 letters, digits, dots, dashes and underscores"
    )]
    BadName(String),
    /// The name is taken.
    #[error("there is a version {0:?} already, and it keeps its meaning; choose another name")]
    Taken(String),
    /// No such version.
    #[error("there is no version {0:?}; touchline data list shows those that there are")]
    Unknown(String),
    /// Something was written meanwhile.
    #[error("the data changed while they were read; name the version when no import runs")]
    Moving,
    /// The store that it was to be built in holds something.
    #[error("a version is built in an empty store, and this one holds documents")]
    NotEmpty,
    /// A decision about a name could not be repeated.
    #[error("a decision about a name could not be repeated: {0}")]
    Name(#[from] ReviewError),
    /// Documents could not be read again.
    #[error(transparent)]
    Reprocess(#[from] ReprocessError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// Names what silver holds now.
///
/// # Errors
/// The name is taken, an import runs, or the store is not available.
pub async fn name_version(
    store: &dyn IntakeStore,
    name: &str,
    program: &str,
    clock: &dyn Clock,
) -> Result<DataVersion, VersionError> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || name.len() > 60 || name.starts_with('.') || !name.chars().all(is_part) {
        return Err(VersionError::BadName(name.to_owned()));
    }
    let before = (store.latest().await?, documents(store).await?);
    let content_hash = store.content_hash().await?;
    let after = (store.latest().await?, documents(store).await?);
    if before.0 != after.0 || before.1.len() != after.1.len() {
        return Err(VersionError::Moving);
    }
    let version = DataVersion {
        name: name.to_owned(),
        content_hash,
        last_document: after.1.iter().map(|info| info.id).max(),
        documents: after.1.len() as u64,
        program: program.to_owned(),
        made_at: clock.now(),
    };
    if store.keep_data_version(&version).await? {
        return Ok(version);
    }
    // The same again is no other meaning.
    let held = store.data_versions().await?.into_iter().find(|held| held.name == name);
    let same = held.filter(|held| held.content_hash == version.content_hash);
    same.ok_or_else(|| VersionError::Taken(name.to_owned()))
}

async fn documents(store: &dyn IntakeStore) -> Result<Vec<DocumentInfo>, StoreError> {
    let mut all: Vec<DocumentInfo> = Vec::new();
    loop {
        let after = all.last().map(|info| After { time: info.collected_at, id: info.id.0 });
        let page = store.documents(after, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// What building a version anew came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rebuilt {
    /// The version.
    pub version: DataVersion,
    /// BLAKE3 of what was built.
    pub content_hash: String,
    /// Whether it is that of the version.
    pub same: bool,
    /// Documents that were read.
    pub documents: u64,
    /// Decisions that were repeated: about lines, rows and names.
    pub decisions: u64,
    /// Decisions that cannot be repeated from what is kept: about conflicts, joined leagues and teams, and what was taken back and
    /// has left matches. Where there are some, another hash is no surprise.
    pub not_repeated: u64,
    /// Documents of sources that this program does not read.
    pub skipped: u64,
}

/// Builds a version anew in an empty store.
///
/// # Errors
/// [`VersionError`]. What was built until then stays in `scratch`.
pub async fn rebuild(
    store: &dyn Store,
    scratch: &dyn IntakeStore,
    name: &str,
    order: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<Rebuilt, VersionError> {
    let held = store.data_versions().await?.into_iter().find(|held| held.name == name);
    let version = held.ok_or_else(|| VersionError::Unknown(name.to_owned()))?;
    if !scratch.documents(None, 1).await?.is_empty() {
        return Err(VersionError::NotEmpty);
    }
    let building = Building { store, scratch, at: version.made_at, order, clock };
    let copies = building.documents(&version, progress).await?;
    let mut decisions = building.lines(&copies).await? + building.rows().await?;
    let read = reprocess(scratch, Reprocess::default(), order, clock, progress).await?;
    decisions += building.names().await?;
    building.rules_and_grounds().await?;
    let content_hash = scratch.content_hash().await?;
    Ok(Rebuilt {
        same: content_hash == version.content_hash,
        documents: copies.len() as u64,
        skipped: read.skipped.values().sum(),
        not_repeated: building.not_repeated(&copies).await?,
        version,
        content_hash,
        decisions,
    })
}

/// A version that is being built.
struct Building<'a> {
    store: &'a dyn Store,
    scratch: &'a dyn IntakeStore,
    /// When the version was named: what was decided later does not count.
    at: DateTime<Utc>,
    order: &'a SourceOrder,
    clock: &'a dyn Clock,
}

impl Building<'_> {
    /// Copies the documents of the version; their numbers in the copy.
    async fn documents(
        &self,
        version: &DataVersion,
        progress: &dyn Progress,
    ) -> Result<BTreeMap<DocumentId, DocumentId>, VersionError> {
        let all = documents(self.store).await?;
        let of_version: Vec<DocumentId> =
            all.into_iter().map(|info| info.id).filter(|id| Some(*id) <= version.last_document).collect();
        let mut copies = BTreeMap::new();
        progress.begin("copying documents", of_version.len() as u64);
        for (done, id) in (1..).zip(of_version) {
            progress.check()?;
            let Some(raw) = self.store.document(id).await? else { continue };
            let records = self.store.records(id).await?;
            let new = NewDocument {
                source: &raw.source,
                name: &raw.name,
                bytes: &raw.bytes,
                hash: &raw.hash,
                collected_at: raw.collected_at,
                records: &records,
            };
            let copy = self.scratch.store_document(&new).await?.id;
            if let Some(reading) = self.store.reading(id).await? {
                self.scratch.keep_reading(copy, &reading).await?;
            }
            copies.insert(id, copy);
            progress.done(done);
        }
        progress.end();
        Ok(copies)
    }

    /// Whether something that was decided at a time, and perhaps undone, was in force.
    fn in_force(&self, decided: DateTime<Utc>, undone: Option<&(String, DateTime<Utc>)>) -> bool {
        decided <= self.at && undone.is_none_or(|(_, at)| *at > self.at)
    }

    /// Repeats decisions about lines.
    async fn lines(&self, copies: &BTreeMap<DocumentId, DocumentId>) -> Result<u64, StoreError> {
        let mut repeated = 0;
        for (id, copy) in copies {
            for decided in self.store.line_corrections(*id).await? {
                if self.in_force(decided.at, decided.undone.as_ref()) {
                    let correction = NewLineCorrection {
                        document: *copy,
                        line: decided.line,
                        text: decided.text,
                        reason: decided.reason,
                        by: decided.by,
                    };
                    self.scratch.correct_line(&correction, decided.at).await?;
                    repeated += 1;
                }
            }
        }
        Ok(repeated)
    }

    /// What was decided about rows, also what was taken back.
    async fn decisions(&self) -> Result<Vec<RowDecision>, StoreError> {
        let held = self.store.held_rows(&HeldFilter::default(), u32::MAX).await?;
        let fingerprints: BTreeSet<String> = held.into_iter().map(|held| held.row.fingerprint).collect();
        self.store.row_decisions(&Vec::from_iter(fingerprints)).await
    }

    /// Repeats decisions about rows that rules held back.
    async fn rows(&self) -> Result<u64, StoreError> {
        let mut repeated = 0;
        for decided in self.decisions().await? {
            if self.in_force(decided.at, decided.undone.as_ref()) {
                let decision = NewRowDecision {
                    fingerprint: decided.fingerprint,
                    verdict: decided.verdict,
                    reason: decided.reason,
                    by: decided.by,
                };
                self.scratch.decide_row(&decision, decided.at).await?;
                repeated += 1;
            }
        }
        Ok(repeated)
    }

    /// Gives names to teams as people did, and answers names that wait as they were answered.
    async fn names(&self) -> Result<u64, VersionError> {
        let teams: BTreeMap<_, Team> =
            self.store.teams().await?.into_iter().map(|team| (team.id, team)).collect();
        let copies = self.scratch.teams().await?;
        let mut repeated = 0;
        for alias in self.store.aliases().await?.into_iter().filter(|alias| alias.source == ANY_SOURCE) {
            let Some(team) = teams.get(&alias.team) else { continue };
            if let Some(copy) = copy_of(team, &copies) {
                let alias = TeamAlias { team: copy.id, ..alias };
                let change = NameChange { team_aliases: vec![alias], ..NameChange::default() };
                self.scratch.change_names(&change).await?;
            }
        }
        let answers = self.store.reviews(false).await?;
        let leagues = self.store.leagues().await?;
        for waiting in self.scratch.reviews(true).await? {
            let same = |review: &&NameReview| {
                (review.kind, &review.source, &review.country, &review.name)
                    == (waiting.kind, &waiting.source, &waiting.country, &waiting.name)
            };
            let Some(answer) = answers.iter().find(same).and_then(|review| review.decision.as_ref()) else {
                continue;
            };
            if answer.at > self.at {
                continue;
            }
            let (scratch, by) = (self.scratch, answer.by.as_str());
            match answer.verdict {
                Verdict::Rejected => {
                    reject_name(scratch, waiting.id, by, self.order, self.clock).await?;
                }
                Verdict::Team(id) => {
                    let Some(team) = teams.get(&id) else { continue };
                    // Answers before may have added teams.
                    let copies = scratch.teams().await?;
                    let target =
                        copy_of(team, &copies).map_or(ReviewTarget::New, |copy| ReviewTarget::Team(copy.id));
                    accept_name(scratch, waiting.id, target, by, self.order, self.clock).await?;
                }
                Verdict::League(id) => {
                    let Some(league) = leagues.iter().find(|league| league.id == id) else { continue };
                    accept_league(scratch, waiting.id, &league.code, by, self.order, self.clock).await?;
                }
            }
            repeated += 1;
        }
        Ok(repeated)
    }

    /// What holds for seasons and where clubs play comes from no document.
    async fn rules_and_grounds(&self) -> Result<(), StoreError> {
        self.scratch.put_season_rules(&self.store.season_rules().await?).await?;
        let grounds: Vec<_> = self.store.grounds().await?.into_iter().map(|(ground, _)| ground).collect();
        self.scratch.put_grounds(&grounds).await?;
        Ok(())
    }

    /// Decisions that are kept as their outcome alone.
    async fn not_repeated(&self, copies: &BTreeMap<DocumentId, DocumentId>) -> Result<u64, StoreError> {
        let in_force = |done: DateTime<Utc>, undone: Option<DateTime<Utc>>| {
            done <= self.at && undone.is_none_or(|undone| undone > self.at)
        };
        let merges = self.store.merges().await?;
        let merges = merges.iter().filter(|merge| in_force(merge.done_at, merge.undone_at)).count();
        let corrections = self.store.all_corrections(None).await?;
        // A person's decision stands on no document.
        let settled =
            corrections.iter().filter(|c| c.said.document.is_none() && c.known_at <= self.at).count();
        // What was released or corrected and taken back has left its matches in silver.
        let taken_back = |decided: DateTime<Utc>, undone: Option<&(String, DateTime<Utc>)>| {
            decided <= self.at && undone.is_some_and(|(_, at)| *at <= self.at)
        };
        let rows = self.decisions().await?;
        let is_trace =
            |d: &&RowDecision| d.verdict == RowVerdict::Release && taken_back(d.at, d.undone.as_ref());
        let rows = rows.iter().filter(is_trace).count();
        let mut lines = 0;
        for id in copies.keys() {
            let decided = self.store.line_corrections(*id).await?;
            let is_trace = |d: &&LineCorrection| d.text.is_some() && taken_back(d.at, d.undone.as_ref());
            lines += decided.iter().filter(is_trace).count();
        }
        Ok((merges + settled + rows + lines) as u64)
    }
}

/// A team of the store among those of the copy.
fn copy_of<'t>(team: &Team, copies: &'t [Team]) -> Option<&'t Team> {
    copies.iter().find(|copy| (&copy.name, &copy.country) == (&team.name, &team.country))
}
