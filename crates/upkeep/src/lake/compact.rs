//! Many files of a partition become one; and every file is read and compared.

use super::{LakeWorkError, fingerprint};
use std::collections::HashSet;
use touchline_domain::Progress;
use touchline_domain::lake::LakeRow;
use touchline_domain::ports::{Commit, Committed, Lake, LakeError, PartitionState};

/// What a compaction did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CompactReport {
    /// Partitions that are one file now.
    pub partitions: u64,
    /// Files that they were.
    pub files: u64,
    /// Their rows.
    pub rows: u64,
    /// Quotes that stood in several files, and stand once now.
    pub repeated: u64,
    /// Bytes before and after.
    pub bytes: (u64, u64),
}

/// Merges the files of each partition that has more than one, and reads the merged file back. The files that it replaces
/// stay until a cleanup.
///
/// # Errors
/// The lake is not available, a file is damaged, or somebody else changed a partition meanwhile.
pub async fn compact(lake: &dyn Lake, progress: &dyn Progress) -> Result<CompactReport, LakeWorkError> {
    let states: Vec<PartitionState> =
        lake.partitions().await?.into_iter().filter(|state| state.files.len() > 1).collect();
    progress.begin("compacting", states.iter().map(PartitionState::rows).sum());
    let mut report = CompactReport::default();
    let mut done = Ok(());
    for state in &states {
        done = merge(lake, state, &mut report, progress).await;
        if done.is_err() {
            break;
        }
    }
    progress.end();
    done.map(|()| report)
}

async fn merge(
    lake: &dyn Lake,
    state: &PartitionState,
    report: &mut CompactReport,
    progress: &dyn Progress,
) -> Result<(), LakeWorkError> {
    let mut seen: HashSet<[u8; 16]> = HashSet::new();
    let (mut reader, mut writer) = (lake.read(state).await?, lake.write(state.partition).await?);
    let (mut read, mut kept) = (0, 0);
    while let Some(mut rows) = reader.next().await? {
        progress.check()?;
        read += rows.len() as u64;
        rows.retain(|row| match row {
            LakeRow::Quote(row) => seen.insert(fingerprint(&row.of, &row.quote)),
            _ => true,
        });
        kept += rows.len() as u64;
        writer.write(rows).await?;
        progress.done(report.rows + read);
    }
    let Committed::Written(file) = writer.commit(Commit::Swap { generation: state.generation }).await? else {
        return Err(LakeError::Raced(state.partition).into());
    };
    let bytes = file.bytes;
    let merged = PartitionState { files: vec![file], ..state.clone() };
    if read_through(lake, &merged).await? != kept {
        return Err(LakeWorkError::NotReadBack(state.partition.to_string()));
    }
    report.partitions += 1;
    report.files += state.files.len() as u64;
    report.rows += read;
    report.repeated += read - kept;
    report.bytes = (report.bytes.0 + state.bytes(), report.bytes.1 + bytes);
    Ok(())
}

/// Reads every file of some partitions and compares it with its manifest; returns how many rows there are.
///
/// # Errors
/// The lake is not available, or a file is damaged: the first one is named.
pub async fn verify(
    lake: &dyn Lake,
    states: &[PartitionState],
    progress: &dyn Progress,
) -> Result<u64, LakeWorkError> {
    progress.begin("reading the lake", states.iter().map(PartitionState::rows).sum());
    let (mut rows, mut done) = (0, Ok(()));
    for state in states {
        let read = match progress.check() {
            Ok(()) => read_through(lake, state).await,
            Err(stopped) => Err(stopped.into()),
        };
        match read {
            Ok(read) => rows += read,
            Err(error) => {
                done = Err(error);
                break;
            }
        }
        progress.done(rows);
    }
    progress.end();
    done.map(|()| rows)
}

async fn read_through(lake: &dyn Lake, state: &PartitionState) -> Result<u64, LakeWorkError> {
    let (mut rows, mut reader) = (0, lake.read(state).await?);
    while let Some(batch) = reader.next().await? {
        rows += batch.len() as u64;
    }
    Ok(rows)
}
