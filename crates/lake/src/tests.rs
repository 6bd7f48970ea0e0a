//! The lake on a folder, in memory, and on storage that fails.

mod crashes;
mod damage;
mod races;
mod rows;
mod storage;
mod versions;

use crate::ParquetLake;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, LakeTable, Month};
use touchline_domain::ports::{Commit, Committed, Lake, LakeError, LakePartition, PartitionState};
use touchline_domain::{FixedClock, NewTeam};

const REPLACE: Commit = Commit::Replace { may_shrink: false, rewrite: false };
const TEAMS: LakePartition = LakePartition { table: LakeTable::Teams, month: None };

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn clock() -> Arc<FixedClock> {
    Arc::new(FixedClock(now()))
}

fn memory() -> ParquetLake {
    ParquetLake::in_memory(clock())
}

fn folder() -> (tempfile::TempDir, ParquetLake) {
    let folder = tempfile::TempDir::new().unwrap();
    let lake = open(&folder);
    (folder, lake)
}

fn open(folder: &tempfile::TempDir) -> ParquetLake {
    let path = folder.path().join("lake");
    ParquetLake::open(path.to_str().unwrap(), [], clock()).unwrap()
}

fn partition(table: LakeTable) -> LakePartition {
    let month = table.is_monthly().then(|| Month::new(2023, 5).unwrap());
    LakePartition { table, month }
}

fn teams(names: &[&str]) -> Vec<LakeRow> {
    let team =
        |name: &&str| LakeRow::Team(NewTeam { name: (*name).to_owned(), country: "England".to_owned() });
    names.iter().map(team).collect()
}

async fn put(
    lake: &ParquetLake,
    partition: LakePartition,
    rows: Vec<LakeRow>,
    how: Commit,
) -> Result<Committed, LakeError> {
    let mut writer = lake.write(partition).await?;
    writer.write(rows).await?;
    writer.commit(how).await
}

async fn read(lake: &ParquetLake, state: &PartitionState) -> Result<Vec<LakeRow>, LakeError> {
    let (mut all, mut reader) = (Vec::new(), lake.read(state).await?);
    while let Some(rows) = reader.next().await? {
        all.extend(rows);
    }
    Ok(all)
}

/// What a partition holds; nothing where it was never written.
async fn held(lake: &ParquetLake, partition: LakePartition) -> Vec<LakeRow> {
    match lake.partition(partition).await.unwrap() {
        Some(state) => read(lake, &state).await.unwrap(),
        None => Vec::new(),
    }
}
