//! The database's look at itself.

use crate::error::Mapped;
use crate::row::Read;
use crate::silver::totals;
use crate::{SqliteStore, migrations};
use async_trait::async_trait;
use touchline_domain::ports::{BronzeReader, Finding, SelfDiagnosis, StoreError};

/// Free pages of this part of the file, and at least so many bytes, are worth giving back.
const BLOATED: f64 = 0.25;
const MUCH: i64 = 64 << 20;

#[async_trait]
impl SelfDiagnosis for SqliteStore {
    async fn diagnose(&self) -> Result<Vec<Finding>, StoreError> {
        let mut findings = vec![Finding::good("schema", format!("version {}", migrations::VERSION))];
        let mut connection = self.read().await?;
        let faults: Vec<String> = sqlx::query_scalar(include_str!("../queries/diagnosis/integrity.sql"))
            .fetch_all(&mut *connection)
            .await
            .mapped()?;
        findings.push(match faults.as_slice() {
            [fine] if fine == "ok" => Finding::good("integrity", "every page and index is sound".to_owned()),
            faults => Finding::bad("integrity", faults.join("; "), "restore the database from a backup"),
        });
        let row = sqlx::query(include_str!("../queries/diagnosis/orphans.sql"))
            .fetch_one(&mut *connection)
            .await
            .mapped()?;
        findings.push(match row.number::<u64>(0)? {
            0 => Finding::good("orphans", "every row has what it refers to".to_owned()),
            n => Finding::bad(
                "orphans",
                format!("{n} rows refer to rows that are not there"),
                "something changed the file with foreign keys off: restore it from a backup",
            ),
        });
        findings.push(match totals::wrong(&mut connection).await? {
            0 => Finding::good("totals", "every total agrees with the matches".to_owned()),
            n => Finding::bad(
                "totals",
                format!("{n} totals of seasons or teams differ from what the matches give"),
                "something changed matches with triggers off: restore the database from a backup",
            ),
        });
        let row = sqlx::query(include_str!("../queries/diagnosis/space.sql"))
            .fetch_one(&mut *connection)
            .await
            .mapped()?;
        let (bytes, free): (i64, i64) = (row.value(0)?, row.value(1)?);
        let details = format!("{} MiB, {} MiB of them free", bytes >> 20, free >> 20);
        findings.push(if free > MUCH && free as f64 > BLOATED * bytes as f64 {
            Finding::bad("space", details, "with nothing else running: sqlite3 touchline.db VACUUM")
        } else {
            Finding::good("space", details)
        });
        drop(connection);
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
