//! Backups: a folder each, with a manifest that says what is in it. A restore is loaded beside the store and compared with
//! the manifest before it takes the store's place.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_domain::Clock;
use touchline_domain::ports::{Store, StoreError};

const MANIFEST: &str = "manifest.json";
const DATA: &str = "data";
/// Days of which one backup each is kept.
const DAYS: usize = 7;

/// Why a backup or a restore did not happen.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The store's own reason.
    #[error(transparent)]
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
}

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct File {
    name: String,
    size: u64,
    /// BLAKE3, lower-case hex.
    hash: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// The store that it is of, as its health check describes it.
    pub database: String,
    /// Its matches.
    pub matches: u64,
    /// Its quotes.
    pub odds: u64,
    /// Its content hash.
    pub content_hash: String,
    files: Vec<File>,
}

impl Manifest {
    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

/// A backup on disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredBackup {
    /// Its folder.
    pub path: PathBuf,
    /// What it holds.
    pub manifest: Manifest,
}

/// How far a restore goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restore {
    /// Sizes and hashes of the files are checked.
    Validate,
    /// It is also loaded beside the store and compared with the manifest.
    TestOnly,
    /// It also takes the place of a store that holds no match.
    IntoEmpty,
    /// It takes the place of the store, whatever that holds.
    Force,
}

/// Backs a store up into a new folder below `root`; one that fails leaves nothing behind.
///
/// # Errors
/// The store's, or the folder cannot be written.
pub async fn back_up(store: &dyn Store, root: &Path, clock: &dyn Clock) -> Result<StoredBackup, BackupError> {
    let created_at = clock.now();
    make_private_folder(root)?;
    let path = root.join(created_at.format("%Y%m%dT%H%M%S%3fZ").to_string());
    let unfinished = root.join(format!(".{}.unfinished", created_at.timestamp_millis()));
    let written = write(store, &unfinished, created_at).await;
    let manifest = match written {
        Ok(manifest) => manifest,
        Err(error) => {
            let _ = fs::remove_dir_all(&unfinished);
            return Err(error);
        }
    };
    fs::rename(&unfinished, &path).map_err(|error| failed(&path, error))?;
    Ok(StoredBackup { path, manifest })
}

async fn write(store: &dyn Store, folder: &Path, created_at: DateTime<Utc>) -> Result<Manifest, BackupError> {
    let data = folder.join(DATA);
    make_private_folder(folder)?;
    make_private_folder(&data)?;
    let contents = store.dump(&data).await?;
    let manifest = Manifest {
        created_at,
        database: store.check().await?,
        matches: contents.counts.matches,
        odds: contents.counts.odds,
        content_hash: contents.content_hash,
        files: files(&data)?,
    };
    let path = folder.join(MANIFEST);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(&path, error.into()))?;
    fs::write(&path, text).map_err(|error| failed(&path, error))?;
    make_private(&path)?;
    Ok(manifest)
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

/// Removes all but the latest backup of each of the last seven days that have one; returns what was removed.
///
/// # Errors
/// A folder cannot be read or removed.
pub fn retain(root: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut days: BTreeSet<NaiveDate> = BTreeSet::new();
    let mut removed = Vec::new();
    for backup in list(root)? {
        let is_latest_of_its_day = days.insert(backup.manifest.created_at.date_naive());
        if is_latest_of_its_day && days.len() <= DAYS {
            continue;
        }
        fs::remove_dir_all(&backup.path).map_err(|error| failed(&backup.path, error))?;
        removed.push(backup.path);
    }
    Ok(removed)
}

/// Checks a backup, and where `how` says so loads it and puts it in the store's place. Returns where the former contents
/// are kept, if they were replaced; the store's handle is closed then.
///
/// # Errors
/// The backup is damaged, the store holds matches and `how` does not force, or the store's own. The store is as it was.
pub async fn restore(
    store: &dyn Store,
    backup: &StoredBackup,
    how: Restore,
) -> Result<Option<String>, BackupError> {
    check_files(backup)?;
    if how == Restore::Validate {
        return Ok(None);
    }
    let held = store.counts().await?.matches;
    if how == Restore::IntoEmpty && held > 0 {
        return Err(BackupError::NotEmpty(held));
    }
    let compared = match store.load_scratch(&backup.path.join(DATA)).await {
        Ok(scratch) => {
            let compared = compare(scratch.as_ref(), backup).await;
            scratch.close().await;
            compared
        }
        Err(error) => Err(error.into()),
    };
    if compared.is_err() || how == Restore::TestOnly {
        store.drop_scratch().await?;
        return compared.map(|()| None);
    }
    Ok(Some(store.swap_scratch().await?))
}

async fn compare(scratch: &dyn Store, backup: &StoredBackup) -> Result<(), BackupError> {
    let (counts, content_hash) = (scratch.counts().await?, scratch.content_hash().await?);
    let found = (counts.matches, counts.odds, content_hash.as_str());
    let wanted = &backup.manifest;
    if found == (wanted.matches, wanted.odds, wanted.content_hash.as_str()) {
        return Ok(());
    }
    Err(damaged(&backup.path, format!("it holds {found:?} instead of what its manifest says")))
}

fn check_files(backup: &StoredBackup) -> Result<(), BackupError> {
    let found = files(&backup.path.join(DATA))?;
    if found == backup.manifest.files {
        return Ok(());
    }
    let differs = backup.manifest.files.iter().find(|file| !found.contains(file));
    let what = differs.map_or_else(
        || "it holds files that its manifest does not know".to_owned(),
        |file| format!("{} is missing or changed", file.name),
    );
    Err(damaged(&backup.path, what))
}

/// All files below a folder by name, which become their owner's alone.
fn files(folder: &Path) -> Result<Vec<File>, BackupError> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).map_err(|error| failed(&next, error))? {
            let path = entry.map_err(|error| failed(&next, error))?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            make_private(&path)?;
            let mut hasher = blake3::Hasher::new();
            let mut file = fs::File::open(&path).map_err(|error| failed(&path, error))?;
            let size = io::copy(&mut file, &mut hasher).map_err(|error| failed(&path, error))?;
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            found.push(File { name, size, hash: hasher.finalize().to_hex().to_string() });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn make_private_folder(folder: &Path) -> Result<(), BackupError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed(folder, error))
}

fn make_private(file: &Path) -> Result<(), BackupError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).map_err(|error| failed(file, error))?;
    }
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> BackupError {
    BackupError::File { path: path.to_owned(), error }
}

fn damaged(path: &Path, what: String) -> BackupError {
    BackupError::Damaged { path: path.to_owned(), what }
}
