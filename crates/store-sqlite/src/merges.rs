//! Leagues and teams that were stored twice, joined and parted again.
//!
//! Which matches are one is planned by the domain; here the plan is carried out in sets. `join.sql`, `finish.sql` and
//! `undo.sql` are scripts of several statements, each of which takes the merge as its one parameter.

use crate::error::Mapped;
use crate::row::Read;
use crate::rows::matches::a_match;
use crate::rows::names::{self, moved_rows};
use crate::silver::update_matches;
use crate::{Connection, SqliteStore, bulk, outbox};
use async_trait::async_trait;
use serde_json::json;
use std::collections::HashSet;
use touchline_domain::ports::{
    IdentityMerge, IdentityMerges, MergeKind, MergePlan, MergePreference, MergeRefusal, MergeReport,
    MergeSide, MergeSubject, MovedRows, StoreError, plan_of_merge, texts, undo_allowed, undo_refused,
};
use touchline_domain::{ChangeKind, Match, MatchId, MergeId};

const INSERT_MATCHES: &str = include_str!("../queries/merges/insert_matches.sql");
const JOIN: &str = include_str!("../queries/merges/join.sql");
const FINISH: &str = include_str!("../queries/merges/finish.sql");
const UNDO: &str = include_str!("../queries/merges/undo.sql");

#[async_trait]
impl IdentityMerges for SqliteStore {
    async fn plan_merge(
        &self,
        subject: MergeSubject,
        prefer: Option<MergePreference>,
    ) -> Result<MergeReport, StoreError> {
        let mut transaction = self.write().await?;
        let (plan, mut report) = prepare(&mut transaction, subject, prefer).await?;
        if report.refusals.iter().all(|refusal| matches!(refusal, MergeRefusal::Scores(_))) {
            // The same as the merge, and nothing of it stays.
            let id = carry_out(&mut transaction, subject, &plan, &report, "a dry run", self.now()).await?;
            report.rows = rows(&mut transaction, id).await?;
        }
        transaction.rollback().await.mapped()?;
        Ok(report)
    }

    async fn merge(
        &self,
        subject: MergeSubject,
        prefer: Option<MergePreference>,
        by: &str,
    ) -> Result<(MergeId, MergeReport), StoreError> {
        texts::merger(by)?;
        let mut transaction = self.write().await?;
        let (plan, mut report) = prepare(&mut transaction, subject, prefer).await?;
        report.check()?;
        let id = carry_out(&mut transaction, subject, &plan, &report, by, self.now()).await?;
        report.rows = rows(&mut transaction, id).await?;
        noted(&mut transaction, id, false, self.now()).await?;
        transaction.commit().await.mapped()?;
        Ok((id, report))
    }

    async fn undo_merge(&self, id: MergeId) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        check_undo(&mut transaction, id).await?;
        run(&mut transaction, UNDO, id).await?;
        sqlx::query(include_str!("../queries/merges/undone.sql"))
            .bind(id.0)
            .bind(self.now())
            .execute(&mut *transaction)
            .await
            .mapped()?;
        noted(&mut transaction, id, true, self.now()).await?;
        transaction.commit().await.mapped()
    }

    async fn merges(&self) -> Result<Vec<IdentityMerge>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/merges/all.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(names::merge).collect()
    }
}

/// Runs every statement of a script.
async fn run(connection: &mut Connection, script: &'static str, id: MergeId) -> Result<(), StoreError> {
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        sqlx::query(statement).bind(id.0).execute(&mut *connection).await.mapped()?;
    }
    Ok(())
}

/// Tells those who follow the feed.
async fn noted(connection: &mut Connection, id: MergeId, undone: bool, now: i64) -> Result<(), StoreError> {
    let details = json!({ "undone": undone });
    outbox::names(connection, ChangeKind::NamesMerged, format!("merge {}", id.0), details, now).await
}

/// What is to be done, and what speaks against it.
async fn prepare(
    connection: &mut Connection,
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
    let kept = side(connection, kind, kept_id).await?;
    let merged = side(connection, kind, merged_id).await?;
    let plan = plan_of_merge(subject, prefer, &matches(connection, subject).await?);
    let archived: Vec<i64> = sqlx::query_scalar(include_str!("../queries/merges/archived.sql"))
        .fetch_all(connection)
        .await
        .mapped()?;
    let archived: HashSet<MatchId> = archived.into_iter().map(MatchId).collect();
    let report = plan.report(kind, kept, merged, &archived);
    Ok((plan, report))
}

async fn side(connection: &mut Connection, kind: MergeKind, id: i64) -> Result<MergeSide, StoreError> {
    let query = match kind {
        MergeKind::League => sqlx::query_scalar(include_str!("../queries/merges/league.sql")),
        MergeKind::Team => sqlx::query_scalar(include_str!("../queries/merges/team.sql")),
    };
    if let Some(name) = query.bind(id).fetch_optional(&mut *connection).await.mapped()? {
        return Ok(MergeSide { id, name });
    }
    let before = sqlx::query(include_str!("../queries/merges/of_merged.sql"))
        .bind(kind.name())
        .bind(id)
        .fetch_optional(connection)
        .await
        .mapped()?;
    let merged = match before {
        Some(row) => Some((MergeId(row.value(0)?), row.value(1)?)),
        None => None,
    };
    Err(kind.missing(id, merged))
}

async fn matches(connection: &mut Connection, subject: MergeSubject) -> Result<Vec<Match>, StoreError> {
    let query = match subject {
        MergeSubject::Leagues { .. } => sqlx::query(include_str!("../queries/merges/of_leagues.sql")),
        MergeSubject::Teams { .. } => sqlx::query(include_str!("../queries/merges/of_teams.sql")),
    };
    let (kept, merged) = subject.ids();
    let rows = query.bind(kept).bind(merged).fetch_all(connection).await.mapped()?;
    rows.iter().map(a_match).collect()
}

/// Does it all, up to the end of the transaction.
async fn carry_out(
    connection: &mut Connection,
    subject: MergeSubject,
    plan: &MergePlan,
    report: &MergeReport,
    by: &str,
    now: i64,
) -> Result<MergeId, StoreError> {
    let id: i64 = sqlx::query_scalar(include_str!("../queries/merges/begin.sql"))
        .bind(subject.kind().name())
        .bind(report.kept.id)
        .bind(&report.kept.name)
        .bind(report.merged.id)
        .bind(&report.merged.name)
        .bind(by)
        .bind(now)
        .fetch_one(&mut *connection)
        .await
        .mapped()?;
    bulk::run(connection, INSERT_MATCHES, &plan.touched(), |row, (of, joined_to)| {
        row.put(id).put(of.0).put(joined_to.map(|id| id.0));
    })
    .await?;
    let id = MergeId(id);
    run(connection, JOIN, id).await?;
    update_matches(connection, &plan.changed).await?;
    run(connection, FINISH, id).await?;
    Ok(id)
}

/// Rows that followed, by table.
async fn rows(connection: &mut Connection, id: MergeId) -> Result<Vec<MovedRows>, StoreError> {
    let rows = sqlx::query(include_str!("../queries/merges/rows.sql"))
        .bind(id.0)
        .fetch_all(connection)
        .await
        .mapped()?;
    rows.iter().map(moved_rows).collect()
}

/// Whether a merge can be undone without losing a fact.
async fn check_undo(connection: &mut Connection, id: MergeId) -> Result<(), StoreError> {
    let undone: Option<bool> = sqlx::query_scalar(include_str!("../queries/merges/get.sql"))
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await
        .mapped()?;
    let later: Option<i64> = sqlx::query_scalar(include_str!("../queries/merges/later.sql"))
        .bind(id.0)
        .fetch_optional(&mut *connection)
        .await
        .mapped()?;
    undo_allowed(id, undone, later.map(MergeId))?;
    let rows = sqlx::query(include_str!("../queries/merges/faults.sql"))
        .bind(id.0)
        .fetch_all(connection)
        .await
        .mapped()?;
    let faults =
        rows.iter().map(|row| Ok((row.value(0)?, row.value(1)?))).collect::<Result<Vec<_>, StoreError>>()?;
    if faults.is_empty() { Ok(()) } else { Err(undo_refused(id, &faults)) }
}
