//! Copying the database file away and back: whole, or the pages that changed.

mod pages;

use crate::error::from_code;
use crate::{BUSY, SqliteStore, files};
use async_trait::async_trait;
use pages::Pages;
use rusqlite::backup::StepResult;
use rusqlite::{Connection, OpenFlags};
use std::ffi::c_int;
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::Progress;
use touchline_domain::ports::{Backup, Contents, Retry, SilverReader, Store, StoreError};
use touchline_store_sql::stopping::{self, Stop};

/// The database in the folder of a dump.
const FILE: &str = "touchline.db";
/// The hashes of its pages.
const HASHES: &str = "pages.blake3";
/// In the folder of changes: pages with their numbers, compressed.
const CHANGES: &str = "pages.zst";
/// Pages that are copied between two looks at whether to stop.
const PAGES: c_int = 10_000;

#[async_trait]
impl Backup for SqliteStore {
    async fn dump(&self, folder: &Path, progress: &dyn Progress) -> Result<Contents, StoreError> {
        let (contents, pages) = self.copy_into(folder, progress).await?;
        pages.write(&folder.join(HASHES)).map_err(|error| failed(&folder.join(HASHES), &error))?;
        Ok(contents)
    }

    async fn dump_changes(
        &self,
        chain: &[PathBuf],
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<Contents, StoreError> {
        let before = chain.last().ok_or_else(|| StoreError::Corrupt("a chain without a start".to_owned()))?;
        let before = read_hashes(before)?.ok_or_else(|| StoreError::Unavailable {
            message: format!(
                "{} was written by an older version and cannot be built on; take a full backup first: touchline db \
                 backup --full",
                before.display()
            ),
            retry: Retry::Never,
        })?;
        let (contents, pages) = self.copy_into(folder, progress).await?;
        progress.check()?;
        let (copy, changes) = (folder.join(FILE), folder.join(CHANGES));
        blocking(&changes, move |changes| {
            pages.write_changes(&before, &copy, changes)?;
            pages.write(&changes.with_file_name(HASHES))
        })
        .await?;
        remove(&folder.join(FILE))?;
        Ok(contents)
    }

    async fn load_scratch(
        &self,
        chain: &[PathBuf],
        progress: &dyn Progress,
    ) -> Result<Arc<dyn Store>, StoreError> {
        let scratch = self.scratch()?;
        remove(&scratch)?;
        files::create_private(&scratch)?;
        let chain = chain.to_vec();
        blocking(&scratch, move |scratch| assemble(&chain, scratch)).await?;
        progress.check()?;
        Ok(Arc::new(Self::open(&scratch, Arc::clone(&self.clock)).await?))
    }

    async fn drop_scratch(&self) -> Result<(), StoreError> {
        remove(&self.scratch()?)
    }

    async fn swap_scratch(&self) -> Result<String, StoreError> {
        let (scratch, path) = (self.scratch()?, self.file()?);
        SqliteStore::close(self).await;
        let before = beside(&path, &format!("before-{}", self.clock.now().format("%Y%m%dT%H%M%SZ")));
        for suffix in ["", "-wal", "-shm"] {
            let (from, to) = (with_suffix(&path, suffix), with_suffix(&before, suffix));
            if from.exists() {
                std::fs::rename(&from, &to).map_err(|error| failed(&from, &error))?;
            }
        }
        std::fs::rename(&scratch, &path).map_err(|error| failed(&scratch, &error))?;
        Ok(before.display().to_string())
    }

    async fn close(&self) {
        SqliteStore::close(self).await;
    }
}

impl SqliteStore {
    fn file(&self) -> Result<PathBuf, StoreError> {
        self.path.clone().ok_or_else(|| StoreError::Unavailable {
            message: "a store in memory has no file".to_owned(),
            retry: Retry::Never,
        })
    }

    /// Copies the database, as of one moment, into a folder; returns what it holds and its pages.
    async fn copy_into(
        &self,
        folder: &Path,
        progress: &dyn Progress,
    ) -> Result<(Contents, Pages), StoreError> {
        let (file, copy) = (self.file()?, folder.join(FILE));
        files::create_private(&copy)?;
        let target = copy.clone();
        stopping::blocking(progress, move |stop| copy_online(&file, &target, stop)).await?;
        let store = Self::open(&copy, Arc::clone(&self.clock)).await?;
        let read = async {
            let (counts, content_hash) = (store.counts().await?, store.content_hash().await?);
            Ok(Contents { counts, content_hash, recoverable_until: None })
        };
        let contents = stopping::unless_stopped(progress, read).await;
        store.close().await;
        progress.check()?;
        Ok((contents?, blocking(&copy, Pages::of).await?))
    }

    fn scratch(&self) -> Result<PathBuf, StoreError> {
        Ok(beside(&self.file()?, "restoring"))
    }
}

/// SQLite's own online backup: page for page, so that an unchanged page is the same in two copies. One reading
/// transaction over all steps keeps to one state of the database, and neither readers nor the writer wait.
fn copy_online(from: &Path, to: &Path, stop: &Stop) -> Result<(), StoreError> {
    let sqlite = |error| match error {
        rusqlite::Error::SqliteFailure(error, message) => {
            from_code(error.extended_code, &message.unwrap_or_else(|| error.to_string()))
        }
        error => failed(to, &io::Error::other(error)),
    };
    // The log's shared memory has to be written to be read.
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    source.busy_timeout(BUSY).map_err(sqlite)?;
    source.execute_batch(include_str!("../queries/backup/begin_reading.sql")).map_err(sqlite)?;
    let mut copy = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(sqlite)?;
    let backup = rusqlite::backup::Backup::new(&source, &mut copy).map_err(sqlite)?;
    loop {
        stop.check()?;
        match backup.step(PAGES).map_err(sqlite)? {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => return Err(from_code(5, "the database is locked")),
        }
    }
}

/// Puts the last state of a chain together, and compares every page with what it should be.
fn assemble(chain: &[PathBuf], into: &Path) -> io::Result<()> {
    let Some((whole, changes)) = chain.split_first() else { return Err(ErrorKind::NotFound.into()) };
    std::fs::copy(whole.join(FILE), into)?;
    let mut file = File::options().read(true).write(true).open(into)?;
    for folder in changes {
        Pages::read(&folder.join(HASHES))?.apply_changes(&folder.join(CHANGES), &mut file)?;
    }
    file.sync_all()?;
    let Some(last) = changes.last() else { return Ok(()) };
    if Pages::of(into)? == Pages::read(&last.join(HASHES))? {
        return Ok(());
    }
    let what = format!("{}: its pages do not fit those it builds on", last.display());
    Err(io::Error::new(ErrorKind::InvalidData, what))
}

fn read_hashes(folder: &Path) -> Result<Option<Pages>, StoreError> {
    let path = folder.join(HASHES);
    if !path.exists() {
        return Ok(None);
    }
    Pages::read(&path).map(Some).map_err(|error| failed(&path, &error))
}

/// Work with files on a thread of its own; `path` is given to it and named in its errors.
async fn blocking<T: Send + 'static>(
    path: &Path,
    act: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    let given = path.to_owned();
    let done = tokio::task::spawn_blocking(move || act(&given)).await;
    done.unwrap_or_else(|stopped| Err(stopped.into())).map_err(|error| failed(path, &error))
}

/// `touchline.db` becomes `touchline.db.NAME`.
fn beside(path: &Path, name: &str) -> PathBuf {
    with_suffix(path, &format!(".{name}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn remove(path: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let file = with_suffix(path, suffix);
        if file.exists() {
            std::fs::remove_file(&file).map_err(|error| failed(&file, &error))?;
        }
    }
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> StoreError {
    let message = format!("{}: {error}", path.display());
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => StoreError::Corrupt(message),
        ErrorKind::StorageFull => StoreError::Unavailable {
            message: format!("disk full: {message}"),
            retry: Retry::After(Duration::from_mins(1)),
        },
        _ => StoreError::Unavailable { message, retry: Retry::Never },
    }
}
