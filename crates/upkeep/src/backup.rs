//! Backups: a folder each, with a manifest that says what is in it and which backup it builds on. A restore is loaded beside
//! the store, or recovered into a folder of its own, and compared with the manifest before it counts.

mod chain;
mod files;
mod restore;
mod retention;

pub use restore::{Recovered, Restore, recover, recover_for_test, restore};
pub use retention::{Retention, retain};
pub use touchline_domain::ports::BackupKind;

use chain::{Link, chain};
use chrono::{DateTime, Utc};
use files::{StoredFile, make_private, make_private_folder};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_domain::ports::{Backup, ServerBackup, StoreError, UpkeepStore};
use touchline_domain::{Clock, Progress, Stopped};

const MANIFEST: &str = "manifest.json";
const DATA: &str = "data";
/// Held while a backup is written.
const LOCK: &str = ".lock";
const UNFINISHED: &str = ".unfinished";

/// Why a backup or a restore did not happen.
#[derive(Debug, Error)]
pub enum BackupError {
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// The store's own reason.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A file or folder cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The backup is not what its manifest says: take another one.
    #[error("the backup {path} is damaged: {what}")]
    Damaged {
        /// The backup's folder.
        path: PathBuf,
        /// What differs.
        what: String,
    },
    /// The store holds matches that the restore would replace.
    #[error("the store holds {0} matches; --force replaces them, and keeps them under another name")]
    NotEmpty(u64),
    /// Another backup is being written into the same folder: wait for it.
    #[error("another backup is being written into {0}; try again when it is done")]
    Busy(PathBuf),
    /// There is nothing that changes could be written since.
    #[error("{root} holds no backup to build on; take one first: touchline db backup --{}", match .kind {
        BackupKind::Base => "base",
        _ => "full",
    })]
    NothingToBuildOn {
        /// The folder of the backups.
        root: PathBuf,
        /// What increments of this store start from.
        kind: BackupKind,
    },
    /// A store in a file has no server whose files could be copied.
    #[error("{0} is for PostgreSQL; a file is copied whole: touchline db backup --full")]
    NotServed(&'static str),
    /// A base backup and its increments are files of a server, not a database.
    #[error(
        "{0} holds files of a server: name a new folder for them with --into DIR, and with --to-time the second to \
         recover"
    )]
    NeedsFolder(PathBuf),
    /// Only base backups and their increments know times.
    #[error(
        "{0} is a dump, as of one moment; --to-time and --into are for base backups and their increments"
    )]
    NoTimes(PathBuf),
    /// The backup was finished later.
    #[error("{path} reaches back to {from}, not to {asked}; name an earlier base backup")]
    TooEarly {
        /// The base backup.
        path: PathBuf,
        /// The earliest second that it can be recovered to.
        from: DateTime<Utc>,
        /// What was asked for.
        asked: DateTime<Utc>,
    },
    /// What was written since is in no increment yet.
    #[error(
        "the increments of {path} reach to {until}, not to {asked}; where the server still runs, touchline db backup \
         --incremental adds the rest"
    )]
    TooLate {
        /// The base backup.
        path: PathBuf,
        /// The last second that can be recovered.
        until: DateTime<Utc>,
        /// What was asked for.
        asked: DateTime<Utc>,
    },
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// What it is.
    #[serde(default)]
    pub kind: BackupKind,
    /// The backup that it holds the changes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub builds_on: Option<Link>,
    /// Every second until then can be recovered, by the server's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recoverable_until: Option<DateTime<Utc>>,
    /// The store that it is of, as its health check describes it.
    pub database: String,
    /// Its matches.
    pub matches: u64,
    /// Its quotes.
    pub odds: u64,
    /// Its content hash.
    pub content_hash: String,
    files: Vec<StoredFile>,
}

impl BackupManifest {
    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(StoredFile::size).sum()
    }
}

/// A backup on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredBackup {
    /// Its folder.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: BackupManifest,
}

impl StoredBackup {
    fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }
}

/// Backs a store up into a new folder below `root`; one that fails or is stopped leaves nothing behind. A base backup also completes
/// the increments of the one before it, so that no second between the two is lost.
///
/// # Errors
/// The store's, the folder cannot be written, there is nothing that an incremental backup could build on, or
/// [`BackupError::Stopped`].
pub async fn back_up(
    store: &dyn UpkeepStore,
    root: &Path,
    kind: BackupKind,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<StoredBackup, BackupError> {
    make_private_folder(root)?;
    let _alone = lock(root)?;
    remove_unfinished(root)?;
    if kind == BackupKind::Incremental {
        let grows_from = if store.server().is_some() { BackupKind::Base } else { BackupKind::Full };
        let last = list(root)?
            .into_iter()
            .find(|b| [grows_from, BackupKind::Incremental].contains(&b.manifest.kind));
        let last =
            last.ok_or_else(|| BackupError::NothingToBuildOn { root: root.to_owned(), kind: grows_from })?;
        // What is written now is the difference to these files.
        files::check(&last)?;
        return write(store, root, kind, Some(&last), clock, progress).await;
    }
    let former =
        list(root)?.into_iter().find(|b| kind == BackupKind::Base && b.manifest.kind != BackupKind::Full);
    let made = write(store, root, kind, None, clock, progress).await?;
    if let Some(former) = former
        && let Err(error) = complete(store, root, &former, clock, progress).await
    {
        tracing::warn!(%error, "the increments of the former base backup end before this one begins");
    }
    Ok(made)
}

/// Writes the last increment of a base backup that has a successor.
async fn complete(
    store: &dyn UpkeepStore,
    root: &Path,
    last: &StoredBackup,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<(), BackupError> {
    let written = write(store, root, BackupKind::Incremental, Some(last), clock, progress).await;
    // Whether or not: increments will build on the new one, and nobody would fetch what the server keeps for the old.
    if let Some(base) = chain(last)?.first() {
        server_of(store, "a base backup")?.release(&base.data()).await?;
    }
    written.map(|_| ())
}

fn server_of<'s>(store: &'s dyn Backup, what: &'static str) -> Result<&'s dyn ServerBackup, BackupError> {
    store.server().ok_or(BackupError::NotServed(what))
}

async fn write(
    store: &dyn UpkeepStore,
    root: &Path,
    kind: BackupKind,
    last: Option<&StoredBackup>,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<StoredBackup, BackupError> {
    let created_at = clock.now();
    let path = root.join(created_at.format("%Y%m%dT%H%M%S%3fZ").to_string());
    let unfinished = root.join(format!(".{}{UNFINISHED}", created_at.timestamp_millis()));
    let written = write_into(store, &unfinished, kind, last, created_at, progress).await;
    let finished = written.and_then(|manifest| {
        progress.check()?;
        fs::rename(&unfinished, &path).map_err(|error| failed(&path, error))?;
        files::sync_folder(root)?;
        Ok(manifest)
    });
    match finished {
        Ok(manifest) => Ok(StoredBackup { path, manifest }),
        Err(error) => {
            let _ = fs::remove_dir_all(&unfinished);
            // What failed may have failed because it was stopped.
            progress.check()?;
            Err(error)
        }
    }
}

async fn write_into(
    store: &dyn UpkeepStore,
    folder: &Path,
    kind: BackupKind,
    last: Option<&StoredBackup>,
    created_at: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<BackupManifest, BackupError> {
    let data = folder.join(DATA);
    make_private_folder(folder)?;
    make_private_folder(&data)?;
    let contents = match (kind, last) {
        (BackupKind::Full, _) => store.dump(&data, progress).await?,
        (BackupKind::Base, _) => server_of(store, "a base backup")?.dump_base(&data, progress).await?,
        (BackupKind::Incremental, last) => {
            let chain = last.map(chain).transpose()?.unwrap_or_default();
            let chain: Vec<_> = chain.iter().map(StoredBackup::data).collect();
            store.dump_changes(&chain, &data, progress).await?
        }
    };
    let manifest = BackupManifest {
        created_at,
        kind,
        builds_on: last.map(Link::to).transpose()?,
        recoverable_until: contents.recoverable_until,
        database: store.check().await?,
        matches: contents.counts.matches,
        odds: contents.counts.odds,
        content_hash: contents.content_hash,
        files: files::all(&data)?,
    };
    let path = folder.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(&path, error.into()))?;
    fs::write(&path, text).map_err(|error| failed(&path, error))?;
    make_private(&path)?;
    files::sync_folder(folder)?;
    Ok(manifest)
}

/// Two backups at a time could build on the same one, and retention could remove what the other builds on.
fn lock(root: &Path) -> Result<fs::File, BackupError> {
    let path = root.join(LOCK);
    let file =
        fs::File::options().create(true).append(true).open(&path).map_err(|error| failed(&path, error))?;
    make_private(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(BackupError::Busy(root.to_owned())),
        Err(fs::TryLockError::Error(error)) => Err(failed(&path, error)),
    }
}

/// What a program that was killed has left.
fn remove_unfinished(root: &Path) -> Result<(), BackupError> {
    for entry in fs::read_dir(root).map_err(|error| failed(root, error))? {
        let path = entry.map_err(|error| failed(root, error))?.path();
        if is_hidden(&path) && path.to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_dir_all(&path).map_err(|error| failed(&path, error))?;
        }
    }
    Ok(())
}

/// All backups below `root`, the latest first.
///
/// # Errors
/// The folder cannot be read, or a manifest is damaged.
pub fn list(root: &Path) -> Result<Vec<StoredBackup>, BackupError> {
    let mut backups = Vec::new();
    if !root.exists() {
        return Ok(backups);
    }
    for entry in fs::read_dir(root).map_err(|error| failed(root, error))? {
        let path = entry.map_err(|error| failed(root, error))?.path();
        if path.join(MANIFEST).exists() && !is_hidden(&path) {
            backups.push(open(&path)?);
        }
    }
    backups.sort_by_key(|backup| std::cmp::Reverse(backup.manifest.created_at));
    Ok(backups)
}

/// Reads the manifest of one backup.
///
/// # Errors
/// There is none, or it is damaged.
pub fn open(path: &Path) -> Result<StoredBackup, BackupError> {
    let file = path.join(MANIFEST);
    let text = fs::read(&file).map_err(|error| failed(&file, error))?;
    let manifest = serde_json::from_slice(&text).map_err(|error| damaged(path, error.to_string()))?;
    Ok(StoredBackup { path: path.to_owned(), manifest })
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn failed(path: &Path, error: io::Error) -> BackupError {
    BackupError::File { path: path.to_owned(), error }
}

fn damaged(path: &Path, what: String) -> BackupError {
    BackupError::Damaged { path: path.to_owned(), what }
}
