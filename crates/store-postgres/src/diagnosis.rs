//! The database's look at itself.

use crate::error::Mapped;
use crate::maintenance::first_of_month;
use crate::row::Read;
use crate::summaries::FRESH;
use crate::{Connection, PostgresStore, migrations};
use async_trait::async_trait;
use chrono::Months;
use touchline_domain::ports::{BronzeReader, Finding, SelfDiagnosis, StoreError};

/// Bytes of the log that a slot may keep before it looks forgotten.
const KEPT_LOG: u64 = 4 << 30;

#[async_trait]
impl SelfDiagnosis for PostgresStore {
    async fn diagnose(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = vec![Finding::good("schema", format!("version {}", migrations::VERSION))];
        let mut connection = self.read().await?;
        let connection = &mut *connection;
        let this_month = first_of_month(self.now());
        let query = sqlx::query_scalar(include_str!("../queries/diagnosis/missing_partitions.sql"))
            .bind(this_month)
            .bind(this_month.checked_add_months(Months::new(1)));
        let missing: Vec<String> = query.fetch_all(&mut *connection).await.mapped()?;
        findings.push(finding(
            "partitions",
            &missing,
            "those of this month and the next are there",
            "missing",
            "touchline db maintain",
        ));
        let invalid = texts(connection, include_str!("../queries/diagnosis/invalid.sql")).await?;
        let advice = "ALTER TABLE ... VALIDATE CONSTRAINT, or REINDEX INDEX";
        findings.push(finding(
            "integrity",
            &invalid,
            "every constraint and index is valid",
            "not valid",
            advice,
        ));
        let row =
            sqlx::query(include_str!("../queries/diagnosis/strays.sql")).fetch_one(&mut *connection).await;
        findings.push(match row.mapped()?.number::<u64>(0)? {
            0 => Finding::good(
                "orphans",
                "every match has its key, every quote lies within its match's span".to_owned(),
            ),
            n => Finding::bad(
                "orphans",
                format!("{n} matches without key, or quotes outside the span of their match, are not read"),
                "they were written into a partition: insert them into matches or odds instead",
            ),
        });
        let row =
            sqlx::query(include_str!("../queries/diagnosis/totals.sql")).fetch_one(&mut *connection).await;
        findings.push(match row.mapped()?.number::<u64>(0)? {
            0 => Finding::good("totals", "every total agrees with the matches".to_owned()),
            n => Finding::bad(
                "totals",
                format!("{n} totals of seasons or teams differ from what the matches give"),
                "matches were written into a partition or with triggers off: write them to the table matches",
            ),
        });
        let bloated = texts(connection, include_str!("../queries/diagnosis/bloat.sql")).await?;
        findings.push(finding("bloat", &bloated, "few dead rows", "many dead rows", "VACUUM (ANALYZE)"));
        let query = sqlx::query_scalar(include_str!("../queries/diagnosis/stale_views.sql"));
        let stale: Vec<String> = query.bind(self.now() - FRESH).fetch_all(&mut *connection).await.mapped()?;
        findings.push(finding(
            "views",
            &stale,
            "each was computed within a day",
            "answers come from the tables, more slowly, instead of",
            "touchline db maintain",
        ));
        let row = sqlx::query(include_str!("../queries/diagnosis/space.sql")).fetch_one(connection).await;
        let row = row.mapped()?;
        let mebibytes = |column: usize| row.number::<i64>(column).map(|bytes| bytes >> 20);
        let partitions: i64 = row.number(1)?;
        let details =
            format!("{} MiB, {partitions} partitions, {} MiB detached", mebibytes(0)?, mebibytes(2)?);
        findings.push(Finding::good("space", details));
        findings.extend(self.kept_log().await?);
        findings.extend(self.replica_finding().await);
        findings.push(match self.unprocessed_records().await? {
            0 => Finding::good("bronze", "every record has reached silver".to_owned()),
            n => Finding::bad(
                "bronze",
                format!("{n} records have not reached silver"),
                "an import was interrupted: run the same ingest command again",
            ),
        });
        Ok(findings)
    }
}

impl PostgresStore {
    /// What the server keeps of its log for base backups. A slot whose backup was broken off or removed fills the disk.
    async fn kept_log(&self) -> Result<Option<Finding>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/diagnosis/slots.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let slots = rows.iter().map(|row| Ok((row.value(0)?, row.number(1)?)));
        let slots = slots.collect::<Result<Vec<(String, u64)>, StoreError>>()?;
        if slots.is_empty() {
            return Ok(None);
        }
        let each: Vec<_> = slots.iter().map(|(name, bytes)| format!("{name}: {} MiB", bytes >> 20)).collect();
        let details = format!("the server keeps its log for {}", each.join(", "));
        if slots.len() == 1 && slots[0].1 < KEPT_LOG {
            return Ok(Some(Finding::good("backups", details)));
        }
        let advice = "touchline db backup --incremental; where no backup needs a slot any more, SELECT \
                      pg_drop_replication_slot('NAME')";
        Ok(Some(Finding::bad("backups", details, advice)))
    }

    async fn replica_finding(&self) -> Option<Finding> {
        let standings = self.replicas.standings().await;
        let unfit = standings.iter().filter_map(|replica| Some((&replica.name, replica.fit.as_ref().err()?)));
        let unfit: Vec<_> = unfit.map(|(name, why)| format!("{name}: {why}")).collect();
        if standings.is_empty() {
            return None;
        }
        let good = format!("{} are read from", standings.len());
        Some(finding(
            "replicas",
            &unfit,
            &good,
            "left out",
            "start it, or take it out of storage.replica_urls",
        ))
    }
}

async fn texts(connection: &mut Connection, sql: &'static str) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar(sql).fetch_all(connection).await.mapped()
}

fn finding(check: &'static str, found: &[String], good: &str, bad: &str, advice: &str) -> Finding {
    if found.is_empty() {
        Finding::good(check, good.to_owned())
    } else {
        Finding::bad(check, format!("{bad}: {}", found.join(", ")), advice)
    }
}
