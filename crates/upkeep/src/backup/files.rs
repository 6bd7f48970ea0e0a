//! Files of a backup: their owner's alone, on disk, and known by their hashes.

use super::{BackupError, StoredBackup, damaged, failed};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::Path;

/// A file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredFile {
    name: String,
    size: u64,
    /// BLAKE3, lower-case hex.
    hash: String,
}

impl StoredFile {
    pub fn size(&self) -> u64 {
        self.size
    }
}

/// All files below a folder by name, which become their owner's alone and reach the disk.
pub(super) fn all(folder: &Path) -> Result<Vec<StoredFile>, BackupError> {
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
            let (size, hash) = hash_synced(&path).map_err(|error| failed(&path, error))?;
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            found.push(StoredFile { name, size, hash });
        }
        make_private_folder(&next)?;
        sync_folder(&next)?;
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Whether the files of a backup are those of its manifest.
pub(super) fn check(backup: &StoredBackup) -> Result<(), BackupError> {
    let found = all(&backup.data())?;
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

fn hash_synced(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let mut file = fs::File::open(path)?;
    let size = io::copy(&mut file, &mut hasher)?;
    file.sync_all()?;
    Ok((size, hasher.finalize().to_hex().to_string()))
}

/// The names in a folder reach the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    #[cfg(unix)]
    fs::File::open(folder).and_then(|opened| opened.sync_all()).map_err(|error| failed(folder, error))?;
    Ok(())
}

/// Makes a folder, with those above it, that is its owner's alone; one that is there becomes so.
pub(super) fn make_private_folder(folder: &Path) -> Result<(), BackupError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|error| failed(folder, error))?;
    set_mode(folder, 0o700)
}

pub(super) fn make_private(file: &Path) -> Result<(), BackupError> {
    set_mode(file, 0o600)
}

fn set_mode(path: &Path, mode: u32) -> Result<(), BackupError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).map_err(|error| failed(path, error))?;
    }
    Ok(())
}
