//! Leagues and teams that were stored twice, joined and parted again.
//!
//! Which matches are one is planned by the domain; here the plan is carried out in sets. `join.sql`, `finish.sql` and
//! `undo.sql` are scripts of several statements, each of which takes the merge as its one parameter.

use crate::outbox;
use crate::row::Read;
use crate::rows::matches::a_match;
use crate::rows::names::{merge as a_merge, moved_rows};
use crate::statements::Statements;
use crate::store::{Lock, SqlStore, Write};
use crate::values;
use serde_json::json;
use std::collections::HashSet;
use touchline_domain::ports::{
    IdentityMerge, MergeKind, MergePlan, MergePreference, MergeRefusal, MergeReport, MergeSide, MergeSubject,
    MovedRows, StoreError, plan_of_merge, texts, undo_allowed, undo_refused,
};
use touchline_domain::{ChangeKind, Match, MatchId, MergeId};

/// No import, sealing or new name comes in between.
const LOCKS: [Lock; 3] = [Lock::Roster, Lock::Silver, Lock::Forecasts];

pub async fn plan_merge<S: SqlStore>(
    store: &S,
    subject: MergeSubject,
    prefer: Option<MergePreference>,
) -> Result<MergeReport, StoreError> {
    let mut write = store.write(&LOCKS).await?;
    let (plan, mut report) = prepare(&mut write, subject, prefer).await?;
    if report.refusals.iter().all(|refusal| matches!(refusal, MergeRefusal::Scores(_))) {
        // The same as the merge, and nothing of it stays.
        let id = carry_out(&mut write, subject, &plan, &report, "a dry run").await?;
        report.rows = rows(&mut write, id).await?;
    }
    write.rollback().await?;
    Ok(report)
}

pub async fn merge<S: SqlStore>(
    store: &S,
    subject: MergeSubject,
    prefer: Option<MergePreference>,
    by: &str,
) -> Result<(MergeId, MergeReport), StoreError> {
    texts::merger(by)?;
    let mut write = store.write(&LOCKS).await?;
    let (plan, mut report) = prepare(&mut write, subject, prefer).await?;
    report.check()?;
    let id = carry_out(&mut write, subject, &plan, &report, by).await?;
    report.rows = rows(&mut write, id).await?;
    note(&mut write, id, false).await?;
    write.commit().await?;
    Ok((id, report))
}

pub async fn undo_merge<S: SqlStore>(store: &S, id: MergeId) -> Result<(), StoreError> {
    let mut write = store.write(&LOCKS).await?;
    check_undo(&mut write, id).await?;
    analyze(&mut write).await?;
    run(&mut write, S::TEXTS.merges.undo, id).await?;
    let now = write.now();
    write.run(S::TEXTS.merges.undone, &values![id, now]).await?;
    note(&mut write, id, true).await?;
    write.commit().await
}

pub async fn merges<S: SqlStore>(store: &S) -> Result<Vec<IdentityMerge>, StoreError> {
    store.read().await?.all(S::TEXTS.merges.all, &values![], a_merge).await
}

/// Runs every statement of a script.
async fn run<S: SqlStore>(write: &mut Write<S>, script: &'static str, id: MergeId) -> Result<(), StoreError> {
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        write.run(statement, &values![id]).await?;
    }
    Ok(())
}

async fn analyze<S: SqlStore>(write: &mut Write<S>) -> Result<(), StoreError> {
    if let Some(statement) = S::ANALYZE_MERGE {
        write.run(statement, &values![]).await?;
    }
    Ok(())
}

/// Tells those who follow the feed.
async fn note<S: SqlStore>(write: &mut Write<S>, id: MergeId, undone: bool) -> Result<(), StoreError> {
    let details = json!({ "undone": undone });
    outbox::names(write, ChangeKind::NamesMerged, format!("merge {}", id.0), details).await
}

/// What is to be done, and what speaks against it.
async fn prepare<S: SqlStore>(
    write: &mut Write<S>,
    subject: MergeSubject,
    prefer: Option<MergePreference>,
) -> Result<(MergePlan, MergeReport), StoreError> {
    let kind = subject.kind();
    let (kept_id, merged_id) = subject.ids();
    if kept_id == merged_id {
        return Err(StoreError::Constraint(format!(
            "{} {kept_id} cannot be merged into itself; name two different ones",
            kind.name()
        )));
    }
    let kept = side(write, kind, kept_id).await?;
    let merged = side(write, kind, merged_id).await?;
    let plan = plan_of_merge(subject, prefer, &matches(write, subject).await?);
    let archived = write.all(S::TEXTS.merges.archived, &values![], |row| row.value(0).map(MatchId)).await?;
    let archived: HashSet<MatchId> = archived.into_iter().collect();
    let report = plan.report(kind, kept, merged, &archived);
    Ok((plan, report))
}

async fn side<S: SqlStore>(write: &mut Write<S>, kind: MergeKind, id: i64) -> Result<MergeSide, StoreError> {
    let sql = match kind {
        MergeKind::League => S::TEXTS.merges.league,
        MergeKind::Team => S::TEXTS.merges.team,
    };
    if let Some(name) = write.first(sql, &values![id], |row| row.value(0)).await? {
        return Ok(MergeSide { id, name });
    }
    let values = values![kind.name(), id];
    let before =
        write.first(S::TEXTS.merges.of_merged, &values, |row| Ok((MergeId(row.value(0)?), row.value(1)?)));
    Err(kind.missing(id, before.await?))
}

async fn matches<S: SqlStore>(write: &mut Write<S>, subject: MergeSubject) -> Result<Vec<Match>, StoreError> {
    let sql = match subject {
        MergeSubject::Leagues { .. } => S::TEXTS.merges.of_leagues,
        MergeSubject::Teams { .. } => S::TEXTS.merges.of_teams,
    };
    let (kept, merged) = subject.ids();
    write.all(sql, &values![kept, merged], a_match).await
}

/// Does it all, up to the end of the transaction.
async fn carry_out<S: SqlStore>(
    write: &mut Write<S>,
    subject: MergeSubject,
    plan: &MergePlan,
    report: &MergeReport,
    by: &str,
) -> Result<MergeId, StoreError> {
    let (kept, merged, now) = (&report.kept, &report.merged, write.now());
    let values = values![subject.kind().name(), kept.id, &kept.name, merged.id, &merged.name, by, now];
    let id = write.one(S::TEXTS.merges.begin, &values, |row| row.value(0).map(MergeId)).await?;
    let touched = plan.touched();
    write.run_all(S::TEXTS.merges.insert_matches, &touched, |(of, into)| values![id, *of, *into]).await?;
    analyze(write).await?;
    run(write, S::TEXTS.merges.join, id).await?;
    S::update_matches(write, &plan.changed).await?;
    run(write, S::TEXTS.merges.finish, id).await?;
    Ok(id)
}

/// Rows that followed, by table.
async fn rows<S: SqlStore>(write: &mut Write<S>, id: MergeId) -> Result<Vec<MovedRows>, StoreError> {
    write.all(S::TEXTS.merges.rows, &values![id], moved_rows).await
}

/// Whether a merge can be undone without losing a fact.
async fn check_undo<S: SqlStore>(write: &mut Write<S>, id: MergeId) -> Result<(), StoreError> {
    let undone = write.first(S::TEXTS.merges.get, &values![id], |row| row.value(0)).await?;
    let later = write.first(S::TEXTS.merges.later, &values![id], |row| row.value(0).map(MergeId)).await?;
    undo_allowed(id, undone, later)?;
    let values = values![id];
    let faults = write.all(S::TEXTS.merges.faults, &values, |row| Ok((row.value(0)?, row.value(1)?))).await?;
    if faults.is_empty() { Ok(()) } else { Err(undo_refused(id, &faults)) }
}
