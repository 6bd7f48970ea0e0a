//! Copying the database file away and back.

use crate::error::Mapped;
use crate::{BUSY, SqliteStore, files};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use touchline_domain::ports::{Backup, Contents, Retry, SilverRepository, Store, StoreError};

/// The database in the folder of a dump.
const FILE: &str = "touchline.db";

#[async_trait]
impl Backup for SqliteStore {
    async fn dump(&self, folder: &Path) -> Result<Contents, StoreError> {
        let file = folder.join(FILE);
        files::create_private(&file)?;
        // Into the empty file: a copy as of one moment, without the free pages. The store's own connections may not
        // write anywhere, or are needed by who writes.
        let mut connection =
            SqliteConnectOptions::new().filename(self.file()?).busy_timeout(BUSY).connect().await.mapped()?;
        sqlx::query(include_str!("../queries/backup/copy.sql"))
            .bind(file.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await
            .mapped()?;
        connection.close().await.mapped()?;
        let copy = Self::open(&file, Arc::clone(&self.clock)).await?;
        let contents = Contents { counts: copy.counts().await?, content_hash: copy.content_hash().await? };
        copy.close().await;
        Ok(contents)
    }

    async fn load_scratch(&self, folder: &Path) -> Result<Arc<dyn Store>, StoreError> {
        let scratch = self.scratch()?;
        remove(&scratch)?;
        files::create_private(&scratch)?;
        std::fs::copy(folder.join(FILE), &scratch).map_err(|error| failed(&scratch, &error))?;
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

    fn scratch(&self) -> Result<PathBuf, StoreError> {
        Ok(beside(&self.file()?, "restoring"))
    }
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

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable { message: format!("{}: {error}", path.display()), retry: Retry::Never }
}
