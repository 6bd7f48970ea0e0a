//! Files by path, in a folder or on object storage: put whole or not at all, and on disk when a call returns.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, WriteMultipart};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;
use touchline_domain::ports::LakeError;

/// Larger files go in parts of this size.
const PART: usize = 8 << 20;
/// Parts under way at once.
const PARTS: usize = 2;

/// A file that is there.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// Below the lake.
    pub path: String,
    pub bytes: u64,
    pub modified: DateTime<Utc>,
}

/// The files of a lake.
#[derive(Debug, Clone)]
pub(crate) struct Objects {
    pub store: Arc<dyn ObjectStore>,
    pub prefix: Path,
    /// The folder, where it is one.
    pub folder: Option<PathBuf>,
}

impl Objects {
    /// The path in the storage.
    pub fn path(&self, path: &str) -> Path {
        path.split('/').fold(self.prefix.clone(), Path::join)
    }

    /// Puts a file that nobody else puts. It appears as a whole.
    pub async fn put(&self, path: &str, file: File, bytes: u64) -> Result<(), LakeError> {
        let location = self.path(path);
        let mut chunks = Chunks { file: Some(file) };
        if bytes <= PART as u64 {
            let whole = chunks.next().await?.unwrap_or_default();
            self.store.put(&location, whole.into()).await.map_err(failed)?;
        } else {
            let upload = self.store.put_multipart(&location).await.map_err(failed)?;
            let mut upload = WriteMultipart::new_with_chunk_size(upload, PART);
            while let Some(chunk) = chunks.next().await? {
                if let Err(error) = upload.wait_for_capacity(PARTS).await {
                    let _ = upload.abort().await;
                    return Err(failed(error));
                }
                upload.put(chunk);
            }
            upload.finish().await.map_err(failed)?;
        }
        self.settle(path).await
    }

    /// Puts a file under a name that must be free; whether it was.
    pub async fn create(&self, path: &str, bytes: Vec<u8>) -> Result<bool, LakeError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&self.path(path), PutPayload::from(bytes), options).await {
            Ok(_) => self.settle(path).await.map(|()| true),
            Err(object_store::Error::AlreadyExists { .. } | object_store::Error::Precondition { .. }) => {
                Ok(false)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// In a folder, a file and its name are on disk, and its owner's alone, before anybody relies on it.
    async fn settle(&self, path: &str) -> Result<(), LakeError> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let file = folder.join(path);
        blocking(move || {
            let unsettled = |error: std::io::Error| unavailable(format!("{}: {error}", file.display()));
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).map_err(unsettled)?;
            }
            File::open(&file).and_then(|f| f.sync_all()).map_err(unsettled)?;
            #[cfg(unix)]
            if let Some(parent) = file.parent() {
                File::open(parent).and_then(|f| f.sync_all()).map_err(unsettled)?;
            }
            Ok(())
        })
        .await
    }

    /// A small file's bytes; none where there is no file.
    pub async fn read(&self, path: &str, limit: u64) -> Result<Option<Bytes>, LakeError> {
        let got = match self.store.get(&self.path(path)).await {
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            got => got.map_err(failed)?,
        };
        if got.meta.size > limit {
            let what = format!("it has {} bytes, and no such file has more than {limit}", got.meta.size);
            return Err(LakeError::Damaged { path: path.to_owned(), what });
        }
        got.bytes().await.map(Some).map_err(failed)
    }

    /// A file to read from its beginning; one from object storage is a copy without a name.
    pub async fn fetch(&self, path: &str) -> Result<File, LakeError> {
        if let Some(folder) = &self.folder {
            let file = folder.join(path);
            return blocking(move || {
                File::open(&file).map_err(|error| unavailable(format!("{}: {error}", file.display())))
            })
            .await;
        }
        let mut stream = self.store.get(&self.path(path)).await.map_err(failed)?.into_stream();
        let mut copy = scratch()?;
        while let Some(chunk) = stream.try_next().await.map_err(failed)? {
            copy = blocking(move || copy.write_all(&chunk).map(|()| copy).map_err(no_room)).await?;
        }
        blocking(move || copy.seek(SeekFrom::Start(0)).map(|_| copy).map_err(no_room)).await
    }

    /// All files below a path of the lake.
    pub async fn list(&self, below: &str) -> Result<Vec<Listed>, LakeError> {
        let prefix = if below.is_empty() { self.prefix.clone() } else { self.path(below) };
        let mut listed: Vec<Listed> = Vec::new();
        let mut found = self.store.list(Some(&prefix));
        while let Some(meta) = found.next().await {
            let meta = meta.map_err(failed)?;
            let Some(parts) = meta.location.prefix_match(&self.prefix) else { continue };
            let path = parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/");
            listed.push(Listed { path, bytes: meta.size, modified: meta.last_modified });
        }
        listed.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listed)
    }

    /// Removes a file; one that is gone already is no error.
    pub async fn delete(&self, path: &str) -> Result<(), LakeError> {
        match self.store.delete(&self.path(path)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(error)),
        }
    }
}

/// The bytes of a file, a part at a time.
struct Chunks {
    file: Option<File>,
}

impl Chunks {
    async fn next(&mut self) -> Result<Option<Bytes>, LakeError> {
        let Some(mut file) = self.file.take() else { return Ok(None) };
        let (file, chunk) = blocking(move || {
            let mut chunk = Vec::new();
            (&mut file).take(PART as u64).read_to_end(&mut chunk).map_err(no_room)?;
            Ok((file, chunk))
        })
        .await?;
        self.file = Some(file);
        Ok((!chunk.is_empty()).then(|| chunk.into()))
    }
}

/// A temporary file without a name.
pub(crate) fn scratch() -> Result<File, LakeError> {
    tempfile::tempfile().map_err(no_room)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn no_room(error: std::io::Error) -> LakeError {
    let folder = std::env::temp_dir();
    unavailable(format!("a temporary file in {}: {error}; TMPDIR names another folder", folder.display()))
}

pub(crate) fn unavailable(message: String) -> LakeError {
    LakeError::Unavailable(message)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn failed(error: object_store::Error) -> LakeError {
    unavailable(error.to_string())
}

/// Runs what would keep others waiting.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, LakeError> + Send + 'static,
) -> Result<T, LakeError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| unavailable(error.to_string()))?
}
