use super::{SilverCounts, Store, StoreError};
use crate::Progress;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a backup is, and so what it can be restored into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BackupKind {
    /// A whole database, which needs no other backup.
    #[default]
    Full,
    /// The files of a whole server, from which any second after it can be recovered.
    Base,
    /// What is different since the backup that it builds on.
    Incremental,
}

/// What a dump holds, by which a restored store is compared with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Rows of silver.
    pub counts: SilverCounts,
    /// See [`content_hash`](super::SilverReader::content_hash).
    pub content_hash: String,
    /// By the server's clock; every second until then can be recovered. None where only the whole can.
    pub recoverable_until: Option<DateTime<Utc>>,
}

/// Copying a store away and back. A chain is the folders of dumps, each with what the one before it lacks: the first is
/// whole, the others are changes.
#[async_trait]
pub trait Backup: Send + Sync {
    /// The backups of a whole server, where the store is on one. [Changes](Backup::dump_changes) then start from a
    /// [base](ServerBackup::dump_base), else from a [dump](Backup::dump).
    fn server(&self) -> Option<&dyn ServerBackup> {
        None
    }

    /// Writes everything, as of one moment, into an empty folder, while others go on reading and writing. Returns what
    /// was written.
    ///
    /// # Errors
    /// The store is not available, the folder cannot be written, a program that is needed is not installed, or `progress`
    /// asks to stop: then nothing writes into the folder any more.
    async fn dump(&self, folder: &Path, progress: &dyn Progress) -> Result<Contents, StoreError>;

    /// Writes what is different since the last dump of the chain into an empty folder.
    ///
    /// # Errors
    /// As for [`dump`](Backup::dump); or the chain is not of this store, or the server has discarded what is needed.
    async fn dump_changes(
        &self,
        chain: &[PathBuf],
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Contents, StoreError>;

    /// Loads a chain that starts with a [`dump`](Backup::dump) into a scratch database beside this store, which stays as
    /// it is, and opens it. One that is there from before is replaced.
    ///
    /// # Errors
    /// The store is not available, the chain is not whole, or `progress` asks to stop.
    async fn load_scratch(
        &self,
        chain: &[PathBuf],
        progress: &dyn Progress,
    ) -> Result<Arc<dyn Store>, StoreError>;

    /// Removes the scratch database, which must be closed.
    ///
    /// # Errors
    /// The store is not available.
    async fn drop_scratch(&self) -> Result<(), StoreError>;

    /// Puts the scratch database, which must be closed, in the place of this one and closes this handle. What was here
    /// before is kept; the answer says where.
    ///
    /// # Errors
    /// The store is not available.
    async fn swap_scratch(&self) -> Result<String, StoreError>;

    /// Closes all connections; every later call fails.
    async fn close(&self);
}

/// Copying a whole server away, and back as it was at any second since.
#[async_trait]
pub trait ServerBackup: Send + Sync {
    /// Writes the files of the whole server into an empty folder, and keeps the server from discarding what the
    /// changes after it will need.
    ///
    /// # Errors
    /// As for [`dump`](Backup::dump).
    async fn dump_base(&self, folder: &Path, progress: &dyn Progress) -> Result<Contents, StoreError>;

    /// The base dump in this folder has a successor, and all its changes are written: the server need no longer keep
    /// anything for it.
    ///
    /// # Errors
    /// The store is not available.
    async fn release(&self, base: &Path) -> Result<(), StoreError>;

    /// Recovers a chain that starts with a [base](ServerBackup::dump_base) into a new data folder of a server, up to a time
    /// (what was committed later is not there) or, without one, to the end of the chain. Returns what it holds; no
    /// server is left running on it. A recovery that fails leaves nothing.
    ///
    /// # Errors
    /// The folder is not empty, the server's programs are not installed, or the chain is not whole or does not reach
    /// that time.
    async fn recover(
        &self,
        chain: &[PathBuf],
        until: Option<DateTime<Utc>>,
        into: &Path,
    ) -> Result<Contents, StoreError>;
}
