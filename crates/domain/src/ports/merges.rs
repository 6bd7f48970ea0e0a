//! Joining two leagues, or two teams, that are one and were stored twice; and undoing it.

mod plan;

pub use plan::{MergePlan, plan};

use super::StoreError;
use crate::{LeagueId, MatchId, MergeId, Score, TeamId};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::fmt::Write as _;
use std::str::FromStr;
use thiserror::Error;

/// What is joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeKind {
    /// Two leagues.
    League,
    /// Two teams.
    Team,
}

impl MergeKind {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::League => "league",
            Self::Team => "team",
        }
    }

    /// That a league or team is not stored, with the merge that took it away where there was one; for stores.
    pub fn missing(self, id: i64, merged: Option<(MergeId, String)>) -> StoreError {
        let name = self.name();
        StoreError::Constraint(match merged {
            Some((merge, kept)) => format!("{name} {id} was merged into {kept} before, by merge {merge}"),
            None => format!("{name} {id} is not stored"),
        })
    }
}

impl FromStr for MergeKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "league" => Ok(Self::League),
            "team" => Ok(Self::Team),
            _ => Err(format!("{name:?} is not a kind of merge; it is league or team")),
        }
    }
}

/// The two that are joined: the kept one stays, the merged one goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MergeSubject {
    /// Two leagues.
    Leagues {
        /// Stays.
        kept: LeagueId,
        /// Goes.
        merged: LeagueId,
    },
    /// Two teams.
    Teams {
        /// Stays.
        kept: TeamId,
        /// Goes.
        merged: TeamId,
    },
}

impl MergeSubject {
    /// What is joined.
    pub fn kind(self) -> MergeKind {
        match self {
            Self::Leagues { .. } => MergeKind::League,
            Self::Teams { .. } => MergeKind::Team,
        }
    }

    /// Identifiers of the kept one and of the merged one.
    pub fn ids(self) -> (i64, i64) {
        match self {
            Self::Leagues { kept, merged } => (kept.0, merged.0),
            Self::Teams { kept, merged } => (kept.0, merged.0),
        }
    }
}

/// Whose score counts where the same match is stored with two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MergePreference {
    /// The kept one's.
    Kept,
    /// The merged one's.
    Merged,
}

/// One of the two, as a person knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeSide {
    /// Identifier of the league or team.
    pub id: i64,
    /// Code and name of a league, country and name of a team.
    pub name: String,
}

/// Two stored matches that are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct JoinedMatch {
    /// Keeps its identifier.
    pub kept: MatchId,
    /// Its facts go to the kept one.
    pub merged: MatchId,
}

/// Two stored matches that are one, with two final scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScoreDisagreement {
    /// The matches.
    #[serde(flatten)]
    pub matches: JoinedMatch,
    /// The kept one's score.
    pub kept_score: Score,
    /// The merged one's.
    pub merged_score: Score,
}

/// Why two cannot be joined.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeRefusal {
    /// A team cannot play itself.
    #[error("the two teams play each other in {}", numbers("match", .0))]
    PlayEachOther(Vec<MatchId>),
    /// A team plays once a day.
    #[error("both teams play on the same date, against different teams: {}", pairs(.0))]
    SameDate(Vec<JoinedMatch>),
    /// Nobody said which score counts.
    #[error("the scores of {} differ; say which side counts", pairs(.0))]
    Scores(Vec<JoinedMatch>),
    /// The lake knows the quotes by the match that would go.
    #[error("quotes of {} were moved to the lake; bring them back first (touchline lake restore)", numbers("match", .0))]
    Archived(Vec<MatchId>),
    /// A pairing has at most 255 legs in a season.
    #[error("a pairing would have more than 255 legs in one season: {}", numbers("match", .0))]
    TooManyLegs(Vec<MatchId>),
}

impl Serialize for MergeRefusal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How many matches a message names.
const NAMED: usize = 10;

fn numbers(what: &str, ids: &[MatchId]) -> String {
    let mut text = String::from(what);
    for (i, id) in ids.iter().take(NAMED).enumerate() {
        let _ = write!(text, "{} {id}", if i == 0 { "" } else { "," });
    }
    more(text, ids.len())
}

fn pairs(matches: &[JoinedMatch]) -> String {
    let mut text = String::from("matches");
    for (i, pair) in matches.iter().take(NAMED).enumerate() {
        let _ = write!(text, "{} {} and {}", if i == 0 { "" } else { "," }, pair.kept, pair.merged);
    }
    more(text, matches.len())
}

fn more(mut text: String, all: usize) -> String {
    if all > NAMED {
        let _ = write!(text, " and {} more", all - NAMED);
    }
    text
}

/// Rows of one table that followed their match or their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedRows {
    /// The table.
    pub table: String,
    /// Rows that belong to the kept one now.
    pub moved: u64,
    /// Rows that the kept one had already; put aside for the undo.
    pub held: u64,
}

/// What a merge does, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MergeReport {
    /// What is joined.
    pub kind: MergeKind,
    /// Stays.
    pub kept: MergeSide,
    /// Goes.
    pub merged: MergeSide,
    /// Matches of the merged one that the kept one did not have.
    pub moved: u64,
    /// Matches that both had, in the order of the kept ones.
    pub joined: Vec<JoinedMatch>,
    /// Matches whose leg changes, because the pairing has more matches now.
    pub renumbered: u64,
    /// Joined matches with two final scores.
    pub disagreements: Vec<ScoreDisagreement>,
    /// Matches on one date whose opponents differ but may be one team stored twice: merge these too.
    pub opponents_held_twice: Vec<JoinedMatch>,
    /// Why it cannot be done; nothing is done where there is a reason.
    pub refusals: Vec<MergeRefusal>,
    /// What follows, by table; empty where the merge is refused for more than scores.
    pub rows: Vec<MovedRows>,
}

impl MergeReport {
    /// Everything that speaks against the merge, as one sentence.
    ///
    /// # Errors
    /// Something does.
    pub fn check(&self) -> Result<(), StoreError> {
        if self.refusals.is_empty() {
            return Ok(());
        }
        let reasons: Vec<_> = self.refusals.iter().map(ToString::to_string).collect();
        Err(StoreError::Constraint(format!(
            "{} {} cannot be merged into {}: {}",
            self.kind.name(),
            self.merged.name,
            self.kept.name,
            reasons.join("; ")
        )))
    }
}

/// A merge that was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityMerge {
    /// Identifier.
    pub id: MergeId,
    /// What was joined.
    pub kind: MergeKind,
    /// What stayed.
    pub kept: MergeSide,
    /// What went.
    pub merged: MergeSide,
    /// By whom.
    pub done_by: String,
    /// When.
    pub done_at: DateTime<Utc>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
}

/// Whether a merge may be undone; for stores. `undone` is none where it is not known, `later` a merge that builds on it.
///
/// # Errors
/// It may not.
pub fn undo_allowed(id: MergeId, undone: Option<bool>, later: Option<MergeId>) -> Result<(), StoreError> {
    let reason = match (undone, later) {
        (None, _) => format!("merge {id} is not stored; `touchline names merges` lists all"),
        (Some(true), _) => format!("merge {id} was undone before"),
        (Some(false), Some(later)) => format!("merge {later} builds on merge {id}: undo merge {later} first"),
        (Some(false), None) => return Ok(()),
    };
    Err(StoreError::Constraint(reason))
}

/// Why a merge that was carried out cannot be undone; for stores.
///
/// `faults` are tables with identifiers of matches (or names) whose rows are not as the merge left them.
pub fn undo_refused(id: MergeId, faults: &[(String, String)]) -> StoreError {
    let mut text = format!("merge {id} cannot be undone, facts would be lost that came after it:");
    for (i, (table, row)) in faults.iter().take(NAMED).enumerate() {
        let _ = write!(text, "{} {table} of {row} changed", if i == 0 { "" } else { "," });
    }
    StoreError::Constraint(more(text, faults.len()))
}

/// Joining leagues or teams that were stored twice.
#[async_trait]
pub trait IdentityMerges: Send + Sync {
    /// What [`merge`](IdentityMerges::merge) would do; changes nothing. Where scores differ and no preference is given,
    /// rows are counted as if the kept one's counted.
    ///
    /// # Errors
    /// The store is not available, or one of the two is not stored.
    async fn plan_merge(
        &self,
        subject: MergeSubject,
        prefer: Option<MergePreference>,
    ) -> Result<MergeReport, StoreError>;

    /// Joins two leagues or teams in one transaction: matches that both have become one and keep all facts, the others
    /// move, sealed forecasts follow their match unchanged, and the merged one's aliases, code and name lead to the
    /// kept one from then on.
    ///
    /// # Errors
    /// The store is not available, one of the two is not stored, or something speaks against it
    /// ([`MergeReport::refusals`]).
    async fn merge(
        &self,
        subject: MergeSubject,
        prefer: Option<MergePreference>,
        by: &str,
    ) -> Result<(MergeId, MergeReport), StoreError>;

    /// Puts everything back where it was, in one transaction. What came after the merge stays with the kept one.
    ///
    /// # Errors
    /// The store is not available, the merge is unknown or undone already, a later merge builds on it, or a row that
    /// would be put back was changed since, so that a fact would be lost; the error names the rows.
    async fn undo_merge(&self, id: MergeId) -> Result<(), StoreError>;

    /// All merges, the latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn merges(&self) -> Result<Vec<IdentityMerge>, StoreError>;
}
