//! Documents on their way in, part by part: each upload is a file beside a note of what it will be, in a folder of the data
//! folder. A part is taken where the last one ended and nowhere else, so that an upload that broke off goes on from what has
//! arrived; a whole one gets its name by renaming.

use crate::imports::ImportOrder;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use thiserror::Error;

/// Folder of uploads.
const FOLDER: &str = "uploads";
const PART: &str = "part";
const WHOLE: &str = "whole";
const NOTE: &str = "json";

/// What an upload will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Upload {
    pub id: String,
    pub user_id: i64,
    pub order: ImportOrder,
    pub size: u64,
    /// BLAKE3 of the document, lower-case hex, where it was given.
    pub hash: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Why a part was not taken.
#[derive(Debug, Error)]
pub(crate) enum UploadError {
    /// There is no such upload.
    #[error("no upload has this name")]
    Unknown,
    /// It is not at this place.
    #[error("{0} bytes have arrived: send what follows them")]
    Offset(u64),
    /// More than was announced.
    #[error("the document was announced with fewer bytes than these make")]
    TooMuch,
    /// Not all of it is there.
    #[error("{0} bytes have arrived, and more were announced: send what follows them")]
    Incomplete(u64),
    /// It is not what was announced.
    #[error("the bytes do not have the hash that was announced; begin anew")]
    Hash,
    /// Another part of it is being written.
    #[error("another part of this upload is being written; ask again")]
    Busy,
    /// The disk failed.
    #[error("the upload cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

/// Uploads in a folder.
#[derive(Debug, Clone)]
pub(crate) struct Uploads {
    folder: PathBuf,
    /// Those that somebody writes to.
    busy: Arc<Mutex<HashSet<String>>>,
}

/// While somebody writes to an upload.
struct Turn<'a>(&'a Uploads, &'a str);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(self.1);
    }
}

impl Uploads {
    pub fn new(data_dir: &Path) -> Self {
        Self { folder: data_dir.join(FOLDER), busy: Arc::default() }
    }

    fn path(&self, id: &str, ending: &str) -> PathBuf {
        self.folder.join(id).with_extension(ending)
    }

    fn turn<'a>(&'a self, id: &'a str) -> Result<Turn<'a>, UploadError> {
        let is_free = self.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
        if is_free { Ok(Turn(self, id)) } else { Err(UploadError::Busy) }
    }

    /// Begins an upload: an empty file, and the note that makes it one.
    pub fn begin(&self, upload: &Upload) -> Result<(), UploadError> {
        fs::create_dir_all(&self.folder)?;
        File::create_new(self.path(&upload.id, PART))?;
        let note = serde_json::to_vec(upload).map_err(io::Error::other)?;
        let draft = self.path(&upload.id, "draft");
        fs::write(&draft, note)?;
        fs::rename(draft, self.path(&upload.id, NOTE))?;
        Ok(())
    }

    /// An upload, and how many of its bytes have arrived; none where there is none.
    pub fn get(&self, id: &str) -> Result<Option<(Upload, u64)>, UploadError> {
        let note = match fs::read(self.path(id, NOTE)) {
            Ok(note) => note,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let upload: Upload = serde_json::from_slice(&note).map_err(io::Error::other)?;
        let arrived = match fs::metadata(self.path(id, PART)) {
            Ok(part) => part.len(),
            // It has its name already.
            Err(_) => upload.size,
        };
        Ok(Some((upload, arrived)))
    }

    /// Uploads that are under way, in any order.
    pub fn all(&self) -> Result<Vec<(Upload, u64)>, UploadError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let id = path.file_stem().and_then(|stem| stem.to_str());
            if path.extension().is_some_and(|ending| ending == NOTE)
                && let Some(held) = id.map(|id| self.get(id)).transpose()?.flatten()
            {
                all.push(held);
            }
        }
        Ok(all)
    }

    /// Adds a part that begins where the last one ended. Returns how many bytes have arrived then.
    pub fn append(&self, id: &str, offset: u64, part: &[u8]) -> Result<u64, UploadError> {
        let _turn = self.turn(id)?;
        let (upload, arrived) = self.get(id)?.ok_or(UploadError::Unknown)?;
        if offset != arrived {
            return Err(UploadError::Offset(arrived));
        }
        let end = arrived + part.len() as u64;
        if end > upload.size {
            return Err(UploadError::TooMuch);
        }
        if part.is_empty() {
            return Ok(arrived);
        }
        let mut file = OpenOptions::new().append(true).open(self.path(id, PART))?;
        let written = file.write_all(part).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // Half a part is not kept: what is said to have arrived has.
            file.set_len(arrived)?;
            return Err(error.into());
        }
        Ok(end)
    }

    /// Gives a whole upload its name, and its bytes. Doing it again gives them again.
    pub fn finish(&self, id: &str) -> Result<(Upload, Vec<u8>), UploadError> {
        let _turn = self.turn(id)?;
        let (upload, arrived) = self.get(id)?.ok_or(UploadError::Unknown)?;
        if arrived < upload.size {
            return Err(UploadError::Incomplete(arrived));
        }
        let (part, whole) = (self.path(id, PART), self.path(id, WHOLE));
        let mut bytes = Vec::with_capacity(upload.size as usize);
        let held = if whole.exists() { &whole } else { &part };
        File::open(held)?.take(upload.size + 1).read_to_end(&mut bytes)?;
        let is_right = upload.hash.as_ref().is_none_or(|hash| blake3::hash(&bytes).to_hex().as_str() == hash);
        if bytes.len() as u64 != upload.size || !is_right {
            return Err(UploadError::Hash);
        }
        if held == &part {
            fs::rename(&part, &whole)?;
        }
        Ok((upload, bytes))
    }

    /// Removes an upload; whether there was one.
    pub fn remove(&self, id: &str) -> Result<bool, UploadError> {
        let _turn = self.turn(id)?;
        let remove = |ending| match fs::remove_file(self.path(id, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            removed => Ok(removed.is_ok()),
        };
        // The note last: until then it can be removed again.
        remove(PART)?;
        remove(WHOLE)?;
        Ok(remove(NOTE)?)
    }

    /// Removes what nobody has finished in time.
    pub fn prune(&self, now: DateTime<Utc>) -> Result<(), UploadError> {
        for (upload, _) in self.all()?.into_iter().filter(|(upload, _)| upload.expires_at <= now) {
            match self.remove(&upload.id) {
                Ok(_) | Err(UploadError::Busy) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upload(bytes: &[u8]) -> Upload {
        Upload {
            id: "a".repeat(32),
            user_id: 1,
            order: ImportOrder {
                source: "football-data".to_owned(),
                name: "2223/E0.csv".to_owned(),
                league: None,
                season: None,
                map: None,
            },
            size: bytes.len() as u64,
            hash: Some(blake3::hash(bytes).to_hex().to_string()),
            created_at: DateTime::UNIX_EPOCH,
            expires_at: DateTime::from_timestamp(60, 0).unwrap(),
        }
    }

    #[test]
    fn an_upload_goes_on_where_it_broke_off_and_is_whole_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = b"Div,Date\nE0,1/8/22\n";
        let upload = upload(bytes);
        let id = upload.id.as_str();
        let uploads = Uploads::new(folder.path());
        assert!(matches!(uploads.append(id, 0, b"x"), Err(UploadError::Unknown)));
        assert_eq!(uploads.all().unwrap().len(), 0);
        uploads.begin(&upload).unwrap();
        assert_eq!(uploads.append(id, 0, &bytes[..5]).unwrap(), 5);
        // Another process goes on.
        let uploads = Uploads::new(folder.path());
        assert_eq!(uploads.get(id).unwrap(), Some((upload.clone(), 5)));
        for offset in [0, 4, 6] {
            assert!(matches!(uploads.append(id, offset, b"x"), Err(UploadError::Offset(5))));
        }
        assert!(matches!(uploads.finish(id), Err(UploadError::Incomplete(5))));
        assert!(matches!(uploads.append(id, 5, &[b'x'; 100]), Err(UploadError::TooMuch)));
        assert_eq!(uploads.append(id, 5, &bytes[5..]).unwrap(), bytes.len() as u64);
        for _ in 0..2 {
            assert_eq!(uploads.finish(id).unwrap(), (upload.clone(), bytes.to_vec()), "again and again");
            assert_eq!(uploads.get(id).unwrap(), Some((upload.clone(), bytes.len() as u64)));
        }
        assert!(uploads.remove(id).unwrap());
        assert!(!uploads.remove(id).unwrap());
        assert_eq!(fs::read_dir(folder.path().join(FOLDER)).unwrap().count(), 0, "nothing is left");
    }

    #[test]
    fn what_is_not_what_was_announced_is_refused_and_what_is_old_goes() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(folder.path());
        let announced = upload(b"abc");
        uploads.begin(&announced).unwrap();
        assert!(uploads.begin(&announced).is_err(), "the same name twice");
        uploads.append(&announced.id, 0, b"abd").unwrap();
        assert!(matches!(uploads.finish(&announced.id), Err(UploadError::Hash)));
        let turn = uploads.turn(&announced.id).unwrap();
        assert!(matches!(uploads.append(&announced.id, 3, b""), Err(UploadError::Busy)));
        drop(turn);
        uploads.prune(DateTime::from_timestamp(59, 0).unwrap()).unwrap();
        assert!(uploads.get(&announced.id).unwrap().is_some());
        uploads.prune(DateTime::from_timestamp(60, 0).unwrap()).unwrap();
        assert!(uploads.get(&announced.id).unwrap().is_none());
    }
}
