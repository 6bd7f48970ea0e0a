//! Which backups build on which. A link names its predecessor and holds the hash of its manifest, which holds the hashes of
//! its files: nothing behind a backup can change unseen.

use super::{BackupError, BackupKind, MANIFEST, StoredBackup, damaged, failed, list, open};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The backup that another one builds on; both lie in the same folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The name of its folder.
    pub(super) name: String,
    /// BLAKE3 of its manifest, lower-case hex.
    manifest: String,
}

impl Link {
    pub(super) fn to(backup: &StoredBackup) -> Result<Self, BackupError> {
        Ok(Self { name: name(&backup.path), manifest: manifest_hash(&backup.path)? })
    }
}

pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn manifest_hash(path: &Path) -> Result<String, BackupError> {
    let file = path.join(MANIFEST);
    let text = fs::read(&file).map_err(|error| failed(&file, error))?;
    Ok(blake3::hash(&text).to_hex().to_string())
}

/// A backup with all that it builds on, which comes first.
///
/// # Errors
/// One is missing, or is not the one that was built on.
pub(super) fn chain(backup: &StoredBackup) -> Result<Vec<StoredBackup>, BackupError> {
    let mut chain = vec![backup.clone()];
    // Hashes of manifests cannot form a circle.
    while let Some(last) = chain.last().filter(|last| last.manifest.builds_on.is_some()) {
        let next = predecessor(last)?;
        chain.push(next);
    }
    chain.reverse();
    if chain[0].manifest.kind == BackupKind::Incremental {
        return Err(damaged(&chain[0].path, "it does not say what it builds on".to_owned()));
    }
    Ok(chain)
}

fn predecessor(backup: &StoredBackup) -> Result<StoredBackup, BackupError> {
    let broken = |what: String| damaged(&backup.path, what);
    let Some(link) = &backup.manifest.builds_on else {
        return Err(broken("it builds on nothing".to_owned()));
    };
    // A name, not a way to somewhere else.
    if Path::new(&link.name).file_name().is_none_or(|name| *name != *link.name) {
        return Err(broken(format!("{:?} is not a name of a backup", link.name)));
    }
    let path = backup.path.with_file_name(&link.name);
    if !path.join(MANIFEST).exists() {
        return Err(broken(format!("it builds on {}, which is missing", link.name)));
    }
    if manifest_hash(&path)? != link.manifest {
        return Err(broken(format!("it builds on another {} than the one that is there", link.name)));
    }
    open(&path)
}

/// The chain of a base backup, through the one that is given and on through what builds on it, as far as a time needs it.
///
/// # Errors
/// The chain is broken, or does not reach that time.
pub(super) fn chain_reaching(
    backup: &StoredBackup,
    time: DateTime<Utc>,
) -> Result<Vec<StoredBackup>, BackupError> {
    let mut chain = chain(backup)?;
    let base = chain[0].clone();
    let (BackupKind::Base, Some(from)) = (base.manifest.kind, base.manifest.recoverable_until) else {
        return Err(BackupError::NoTimes(base.path));
    };
    if time < from {
        return Err(BackupError::TooEarly { path: base.path, from, asked: time });
    }
    let mut others = list(backup.path.parent().unwrap_or_else(|| Path::new(".")))?;
    loop {
        let reaches = |b: &StoredBackup| b.manifest.recoverable_until.is_some_and(|until| until >= time);
        if let Some(enough) = chain.iter().position(reaches) {
            chain.truncate(enough + 1);
            return Ok(chain);
        }
        let last = Link::to(&chain[chain.len() - 1])?;
        let Some(next) = others.iter().position(|b| b.manifest.builds_on.as_ref() == Some(&last)) else {
            let until = chain[chain.len() - 1].manifest.recoverable_until.unwrap_or(from);
            return Err(BackupError::TooLate { path: base.path, until, asked: time });
        };
        chain.push(others.swap_remove(next));
    }
}
