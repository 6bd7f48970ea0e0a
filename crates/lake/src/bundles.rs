//! Files of trained models on the same storage, under `models/{name}/{version}/`. The list of files with their hashes
//! comes last, under a name that must be free: a bundle without it is not there, and one with it never changes.

use crate::ParquetLake;
use crate::objects::scratch;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::io::{Read, Seek, Write};
use touchline_domain::ports::{Artifact, ArtifactError, ArtifactStore, LakeError, check_name};

/// The list of a bundle's files.
const LIST: &str = ".bundle.json";
/// No list is larger than this.
const LARGEST_LIST: u64 = 1 << 20;
/// No file of a model is larger than this.
const LARGEST_FILE: u64 = 256 << 20;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    name: String,
    /// BLAKE3, lower-case hex.
    hash: String,
    bytes: u64,
}

impl From<LakeError> for Failure {
    fn from(error: LakeError) -> Self {
        Self(ArtifactError::Unavailable(error.to_string()))
    }
}

/// What both calls may end with, so that `?` takes errors of the storage.
struct Failure(ArtifactError);

impl From<ArtifactError> for Failure {
    fn from(error: ArtifactError) -> Self {
        Self(error)
    }
}

#[async_trait]
impl ArtifactStore for ParquetLake {
    async fn keep_bundle(&self, model: &str, version: &str, files: &[Artifact]) -> Result<(), ArtifactError> {
        self.keep(model, version, files).await.map_err(|Failure(error)| error)
    }

    async fn fetch_bundle(&self, model: &str, version: &str) -> Result<Option<Vec<Artifact>>, ArtifactError> {
        self.fetch(model, version).await.map_err(|Failure(error)| error)
    }
}

impl ParquetLake {
    async fn keep(&self, model: &str, version: &str, files: &[Artifact]) -> Result<(), Failure> {
        let folder = folder(model, version)?;
        let mut list = Vec::with_capacity(files.len());
        for file in files {
            check_name(&file.name).map_err(ArtifactError::Unavailable)?;
            let hash = blake3::hash(&file.bytes).to_hex().to_string();
            list.push(Entry { name: file.name.clone(), hash, bytes: file.bytes.len() as u64 });
        }
        list.sort_by(|a, b| a.name.cmp(&b.name));
        if let Some(held) = self.list_of(&folder, model, version).await? {
            return same(&held, &list, model, version);
        }
        for file in files {
            let mut whole = scratch()?;
            let written = whole.write_all(&file.bytes).and_then(|()| whole.rewind());
            written.map_err(|error| ArtifactError::Unavailable(error.to_string()))?;
            self.objects.put(&format!("{folder}/{}", file.name), whole, file.bytes.len() as u64).await?;
        }
        let text = serde_json::to_vec_pretty(&list)
            .map_err(|error| ArtifactError::Unavailable(error.to_string()))?;
        if self.objects.create(&format!("{folder}/{LIST}"), text).await? {
            return Ok(());
        }
        // Somebody else kept the bundle meanwhile.
        let held = self.list_of(&folder, model, version).await?.unwrap_or_default();
        same(&held, &list, model, version)
    }

    async fn fetch(&self, model: &str, version: &str) -> Result<Option<Vec<Artifact>>, Failure> {
        let folder = folder(model, version)?;
        let Some(list) = self.list_of(&folder, model, version).await? else { return Ok(None) };
        let damaged = |reason: String| ArtifactError::Damaged { model: format!("{model} {version}"), reason };
        let mut files = Vec::with_capacity(list.len());
        for entry in list {
            check_name(&entry.name).map_err(damaged)?;
            if entry.bytes > LARGEST_FILE {
                return Err(damaged(format!("{} would have {} bytes", entry.name, entry.bytes)).into());
            }
            let file = self.objects.fetch(&format!("{folder}/{}", entry.name)).await?;
            let mut bytes = Vec::with_capacity(entry.bytes as usize);
            let read = file.take(entry.bytes + 1).read_to_end(&mut bytes);
            read.map_err(|error| ArtifactError::Unavailable(error.to_string()))?;
            if blake3::hash(&bytes).to_hex().as_str() != entry.hash {
                return Err(damaged(format!("the bytes of {} do not match their hash", entry.name)).into());
            }
            files.push(Artifact { name: entry.name, bytes });
        }
        Ok(Some(files))
    }

    async fn list_of(&self, folder: &str, model: &str, version: &str) -> Result<Option<Vec<Entry>>, Failure> {
        let Some(text) = self.objects.read(&format!("{folder}/{LIST}"), LARGEST_LIST).await? else {
            return Ok(None);
        };
        let list = serde_json::from_slice(&text).map_err(|error| ArtifactError::Damaged {
            model: format!("{model} {version}"),
            reason: format!("the list of its files cannot be read: {error}"),
        })?;
        Ok(Some(list))
    }
}

fn folder(model: &str, version: &str) -> Result<String, ArtifactError> {
    check_name(model).and_then(|()| check_name(version)).map_err(ArtifactError::Unavailable)?;
    Ok(format!("models/{model}/{version}"))
}

fn same(held: &[Entry], given: &[Entry], model: &str, version: &str) -> Result<(), Failure> {
    if held == given { Ok(()) } else { Err(ArtifactError::Conflict(format!("{model} {version}")).into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use touchline_domain::SystemClock;

    fn file(name: &str, bytes: &[u8]) -> Artifact {
        Artifact { name: name.to_owned(), bytes: bytes.to_vec() }
    }

    #[tokio::test]
    async fn a_bundle_is_kept_once_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let lake = ParquetLake::open(&path, [], Arc::new(SystemClock)).unwrap();
        for lake in [lake, ParquetLake::in_memory(Arc::new(SystemClock))] {
            let files = [file("a.json", b"{}"), file("b.txt", &[9; 10].repeat(7_000))];
            assert_eq!(lake.fetch_bundle("m", "1").await.unwrap(), None);
            for _ in 0..2 {
                lake.keep_bundle("m", "1", &files).await.unwrap();
            }
            assert_eq!(lake.fetch_bundle("m", "1").await.unwrap().unwrap(), files);
            let other = lake.keep_bundle("m", "1", &files[..1]).await;
            assert!(matches!(other, Err(ArtifactError::Conflict(_))));
            assert!(lake.keep_bundle("../m", "1", &files).await.is_err());
            assert!(lake.keep_bundle("m", "2", &[file("../x", b"")]).await.is_err());
        }
    }

    #[tokio::test]
    async fn a_changed_file_is_noticed_and_an_unfinished_bundle_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().display().to_string();
        let lake = ParquetLake::open(&path, [], Arc::new(SystemClock)).unwrap();
        lake.keep_bundle("m", "1", &[file("a.txt", b"abc")]).await.unwrap();
        let stored = folder.path().join("models/m/1/a.txt");
        std::fs::write(&stored, b"abd").unwrap();
        let damaged = lake.fetch_bundle("m", "1").await;
        assert!(matches!(damaged, Err(ArtifactError::Damaged { .. })), "{damaged:?}");
        std::fs::remove_file(folder.path().join("models/m/1").join(LIST)).unwrap();
        assert_eq!(lake.fetch_bundle("m", "1").await.unwrap(), None);
    }
}
