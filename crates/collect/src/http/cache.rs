//! Answers kept on disk: what is fresh is not asked for again, what is older is asked for conditionally, and what came is
//! there after a crash, so that no credit is paid twice. An entry is one file, replaced as a whole, whose body is compared
//! with its hash when it is read: a damaged one is none.

use chrono::{DateTime, TimeDelta, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A first line longer than this is no entry's.
const LONGEST_HEAD: u64 = 64 << 10;
/// No kept body has more bytes.
const LARGEST_BODY: u64 = 512 << 20;

/// What is known of a kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What was asked, without keys.
    pub url: String,
    /// When the body came.
    pub collected_at: DateTime<Utc>,
    /// When the source last said that it holds.
    pub checked_at: DateTime<Utc>,
    /// Validators of a conditional request.
    pub etag: Option<String>,
    /// The other one.
    pub last_modified: Option<String>,
    /// BLAKE3 of the body.
    pub hash: String,
}

impl Entry {
    /// Whether the source need not be asked.
    pub fn is_fresh(&self, max_age: Duration, now: DateTime<Utc>) -> bool {
        let max_age = TimeDelta::from_std(max_age).unwrap_or(TimeDelta::MAX);
        // An entry of the future is one of a clock that was set back.
        self.checked_at <= now && now - self.checked_at < max_age
    }
}

/// A folder of answers.
#[derive(Debug, Clone)]
pub struct ResponseCache {
    folder: PathBuf,
}

impl ResponseCache {
    /// In a folder, which is made when the first answer comes.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    fn path(&self, url: &str) -> PathBuf {
        let hash = blake3::hash(url.as_bytes()).to_hex();
        self.folder.join(&hash[..2]).join(&hash[2..])
    }

    /// The answer to a request, if one is kept whole.
    pub fn get(&self, url: &str) -> Option<(Entry, Vec<u8>)> {
        let read = read(&self.path(url));
        let (entry, body) = match read {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(url, %error, "a kept answer cannot be read; it is asked for anew");
                return None;
            }
        };
        (entry.url == url && blake3::hash(&body).to_hex().as_str() == entry.hash).then_some((entry, body))
    }

    /// Keeps an answer in the place of the one before.
    ///
    /// # Errors
    /// The disk is full, or the folder may not be written to.
    pub fn put(&self, entry: &Entry, body: &[u8]) -> io::Result<()> {
        let path = self.path(&entry.url);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        serde_json::to_writer(&mut file, entry)?;
        file.write_all(b"\n")?;
        let mut packed = GzEncoder::new(&mut file, Compression::fast());
        packed.write_all(body)?;
        packed.finish()?;
        file.as_file().sync_data()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Removes answers that were last checked before a time. Returns how many.
    ///
    /// # Errors
    /// The folder cannot be read or written.
    pub fn prune(&self, before: DateTime<Utc>) -> io::Result<u64> {
        let mut removed = 0;
        for folder in folders(&self.folder)? {
            for file in fs::read_dir(folder)? {
                let path = file?.path();
                // What cannot be read is of no use either; of a file that is being written the name is another one.
                let is_old = head(&mut BufReader::new(fs::File::open(&path)?))
                    .map_or(path.extension().is_none(), |entry| entry.checked_at < before);
                if is_old {
                    fs::remove_file(path)?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }
}

fn folders(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => {
            entries.map(|entry| Ok(entry?.path())).filter(|p| !matches!(p, Ok(p) if !p.is_dir())).collect()
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn head(file: &mut BufReader<fs::File>) -> io::Result<Entry> {
    let mut line = String::new();
    file.by_ref().take(LONGEST_HEAD).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

fn read(path: &Path) -> io::Result<(Entry, Vec<u8>)> {
    let mut file = BufReader::new(fs::File::open(path)?);
    let entry = head(&mut file)?;
    let mut body = Vec::new();
    GzDecoder::new(file).take(LARGEST_BODY).read_to_end(&mut body)?;
    Ok((entry, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(url: &str, body: &[u8], checked: i64) -> Entry {
        let at = DateTime::from_timestamp(1_760_000_000 + checked, 0).unwrap();
        Entry {
            url: url.to_owned(),
            collected_at: at,
            checked_at: at,
            etag: Some("\"v1\"".to_owned()),
            last_modified: None,
            hash: blake3::hash(body).to_hex().to_string(),
        }
    }

    fn only_file(folder: &Path) -> PathBuf {
        let inner = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        fs::read_dir(inner).unwrap().next().unwrap().unwrap().path()
    }

    #[test]
    fn an_answer_comes_back_whole_and_a_damaged_one_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ResponseCache::new(folder.path().join("answers"));
        assert!(cache.get("https://a/b?c=1").is_none());
        let body = b"Div,Date\nE0,17/08/2024\n".repeat(100);
        let kept = entry("https://a/b?c=1", &body, 0);
        cache.put(&kept, &body).unwrap();
        assert_eq!(cache.get("https://a/b?c=1"), Some((kept.clone(), body.clone())));
        assert!(cache.get("https://a/b?c=2").is_none());

        let path = only_file(&folder.path().join("answers"));
        let whole = fs::read(&path).unwrap();
        for cut in [0, 10, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).unwrap();
            assert!(cache.get("https://a/b?c=1").is_none(), "cut at {cut}");
        }
        let other = Entry { hash: blake3::hash(b"other").to_hex().to_string(), ..kept };
        cache.put(&other, &body).unwrap();
        assert!(cache.get("https://a/b?c=1").is_none());
    }

    #[test]
    fn old_answers_are_removed_and_fresh_ones_stay() {
        let folder = tempfile::tempdir().unwrap();
        let cache = ResponseCache::new(folder.path());
        assert_eq!(
            ResponseCache::new(folder.path().join("none")).prune(DateTime::<Utc>::MAX_UTC).unwrap(),
            0
        );
        cache.put(&entry("old", b"x", 0), b"x").unwrap();
        cache.put(&entry("new", b"x", 100), b"x").unwrap();
        assert_eq!(cache.prune(entry("", b"", 50).checked_at).unwrap(), 1);
        assert!(cache.get("old").is_none() && cache.get("new").is_some());
    }

    #[test]
    fn freshness_ends_and_a_time_to_come_is_not_fresh() {
        let kept = entry("a", b"", 0);
        let after =
            |seconds| kept.is_fresh(Duration::from_mins(1), kept.checked_at + TimeDelta::seconds(seconds));
        assert_eq!([0, 59, 60, -1].map(after), [true, true, false, false]);
        assert!(!kept.is_fresh(Duration::ZERO, kept.checked_at));
    }
}
