//! From a backup back to a store, or to a server's files.

use super::chain::{chain, chain_reaching};
use super::{BackupError, BackupKind, StoredBackup, damaged, files, server_of};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::fs;
use std::path::{Path, PathBuf};
use touchline_domain::Progress;
use touchline_domain::ports::{Backup, Contents, SilverCounts, UpkeepStore};

/// How far a restore goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restore {
    /// Sizes and hashes of the files are checked, and of all backups that it builds on.
    Validate,
    /// It is also loaded beside the store and compared with the manifest.
    TestOnly,
    /// It also takes the place of a store that holds no match.
    IntoEmpty,
    /// It takes the place of the store, whatever that holds.
    Force,
}

/// Checks a backup, and where `how` says so loads it and puts it in the store's place. Returns where the former contents
/// are kept, if they were replaced; the store's handle is closed then.
///
/// # Errors
/// The backup or one that it builds on is damaged or missing, the store holds matches and `how` does not force, or the
/// store's own, or [`BackupError::Stopped`]. The store is as it was.
pub async fn restore(
    store: &dyn UpkeepStore,
    backup: &StoredBackup,
    how: Restore,
    progress: &dyn Progress,
) -> Result<Option<String>, BackupError> {
    let chain = checked(chain(backup)?)?;
    if how == Restore::Validate {
        return Ok(None);
    }
    if chain[0].manifest.kind == BackupKind::Base {
        return Err(BackupError::NeedsFolder(backup.path.clone()));
    }
    let held = store.counts().await?.matches;
    if how == Restore::IntoEmpty && held > 0 {
        return Err(BackupError::NotEmpty(held));
    }
    let compared = match store.load_scratch(&data(&chain), progress).await {
        Ok(scratch) => {
            let compared = match (scratch.counts().await, scratch.content_hash().await) {
                (Ok(counts), Ok(hash)) => compare(counts, &hash, backup),
                (Err(error), _) | (_, Err(error)) => Err(error.into()),
            };
            scratch.close().await;
            compared
        }
        Err(error) => Err(error.into()),
    };
    let stopped = progress.check();
    if compared.is_err() || stopped.is_err() || how == Restore::TestOnly {
        store.drop_scratch().await?;
        stopped?;
        return compared.map(|()| None);
    }
    Ok(Some(store.swap_scratch().await?))
}

/// A server's files after recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// Where they are.
    pub folder: PathBuf,
    /// Matches in the store.
    pub matches: u64,
    /// Its quotes.
    pub odds: u64,
    /// Its content hash.
    pub content_hash: String,
}

/// Recovers a base backup with its increments into the new folder `into`: to the end of `backup` and compared with its
/// manifest, or to a second, for which later increments are taken along as far as they are needed.
///
/// # Errors
/// One of the backups is damaged or missing or they do not reach that time, the folder is not empty, or the store's own.
/// Nothing is left in the folder then.
pub async fn recover(
    store: &dyn Backup,
    backup: &StoredBackup,
    until: Option<DateTime<Utc>>,
    into: &Path,
) -> Result<Recovered, BackupError> {
    let chain = match until {
        Some(time) => chain_reaching(backup, time)?,
        None => chain(backup)?,
    };
    let chain = checked(chain)?;
    if chain[0].manifest.kind != BackupKind::Base {
        return Err(BackupError::NoTimes(backup.path.clone()));
    }
    let server = server_of(store, "recovery into a data folder")?;
    let Contents { counts, content_hash, .. } = server.recover(&data(&chain), until, into).await?;
    if until.is_none()
        && let Err(error) = compare(counts, &content_hash, backup)
    {
        let _ = empty(into);
        return Err(error);
    }
    Ok(Recovered { folder: into.to_owned(), matches: counts.matches, odds: counts.odds, content_hash })
}

/// The same, to see whether it works: nothing is left in the folder.
///
/// # Errors
/// As for [`recover`].
pub async fn recover_for_test(
    store: &dyn Backup,
    backup: &StoredBackup,
    until: Option<DateTime<Utc>>,
    into: &Path,
) -> Result<Recovered, BackupError> {
    let recovered = recover(store, backup, until, into).await?;
    empty(into).map_err(|error| super::failed(into, error))?;
    Ok(recovered)
}

/// The folder itself may be a mount, or of another owner.
fn empty(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { fs::remove_dir_all(path)? } else { fs::remove_file(path)? }
    }
    Ok(())
}

fn checked(chain: Vec<StoredBackup>) -> Result<Vec<StoredBackup>, BackupError> {
    chain.iter().try_for_each(files::check)?;
    Ok(chain)
}

fn data(chain: &[StoredBackup]) -> Vec<PathBuf> {
    chain.iter().map(StoredBackup::data).collect()
}

fn compare(counts: SilverCounts, content_hash: &str, backup: &StoredBackup) -> Result<(), BackupError> {
    let found = (counts.matches, counts.odds, content_hash);
    let wanted = &backup.manifest;
    if found == (wanted.matches, wanted.odds, wanted.content_hash.as_str()) {
        return Ok(());
    }
    Err(damaged(&backup.path, format!("it holds {found:?} instead of what its manifest says")))
}
