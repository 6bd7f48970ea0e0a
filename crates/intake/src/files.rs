//! Files to import: which there are below some paths, in which order they are read, and reading them.

use crate::ingest::Incoming;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_collect::document::Hints;
use touchline_collect::sources::api_football::ApiFootball;
use touchline_collect::sources::challenge::Challenge;
use touchline_collect::sources::fbref::Fbref;
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::sources::football_data_org::FootballDataOrg;
use touchline_collect::sources::odds_import::OddsImport;
use touchline_collect::sources::openfootball::OpenFootball;
use touchline_collect::sources::understat::Understat;
use touchline_collect::{DocumentError, Source, archive};
use touchline_domain::Season;

/// Files larger than this are not match data.
const LARGEST_FILE: u64 = 512 << 20;
/// The beginning of a file that says what it is.
const HEAD: u64 = 4 << 10;

/// Why a file cannot be imported.
#[derive(Debug, Error)]
pub enum FileError {
    /// A path that does not exist.
    #[error("there is no file or folder {}", .0.display())]
    Missing(PathBuf),
    /// No file has one of the endings.
    #[error("there is no {} file below the paths given", .0.join(" or "))]
    NoFiles(&'static [&'static str]),
    /// A file or folder cannot be read.
    #[error("cannot read {}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// An archive that cannot be read.
    #[error("{name}: {source}")]
    Archive {
        /// The archive.
        name: String,
        /// What is wrong with it.
        source: DocumentError,
    },
    /// A file that is larger than any file of match data.
    #[error("{} has {mebibytes} MiB, which is more than any file of match data; split it", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        mebibytes: u64,
    },
}

/// A provider whose files can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileProvider {
    /// CSV files of football-data.co.uk.
    FootballData,
    /// Results of the Soccer Prediction Challenge, also compressed.
    Challenge,
    /// JSON files and Football.TXT of openfootball.
    OpenFootball,
    /// Recorded answers of API-Football, also compressed.
    ApiFootball,
    /// Recorded answers of football-data.org.
    FootballDataOrg,
    /// JSON and saved pages of Understat.
    Understat,
    /// Saved pages of FBref.
    Fbref,
    /// Prices by rows, as JSON or CSV.
    OddsImport,
}

impl FileProvider {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 8] = [
        Self::FootballData,
        Self::Challenge,
        Self::OpenFootball,
        Self::ApiFootball,
        Self::FootballDataOrg,
        Self::Understat,
        Self::Fbref,
        Self::OddsImport,
    ];

    /// What reads its files.
    pub fn source(self) -> &'static dyn Source {
        match self {
            Self::FootballData => &FootballData,
            Self::Challenge => &Challenge,
            Self::OpenFootball => &OpenFootball,
            Self::ApiFootball => &ApiFootball,
            Self::FootballDataOrg => &FootballDataOrg,
            Self::Understat => &Understat,
            Self::Fbref => &Fbref,
            Self::OddsImport => &OddsImport,
        }
    }

    /// Endings of its files.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::FootballData => &["csv"],
            Self::Challenge => &["csv", "gz"],
            Self::OpenFootball => &["json", "txt"],
            Self::ApiFootball | Self::FootballDataOrg => &["json", "gz"],
            Self::Understat => &["json", "html", "gz"],
            Self::Fbref => &["html", "htm", "gz"],
            Self::OddsImport => &["json", "csv", "gz"],
        }
    }

    /// All its files below some paths, in the order in which they are imported: by path, but files that list matches
    /// before those that add facts to them. A file that is named outright is taken whatever its ending.
    ///
    /// # Errors
    /// A path does not exist or cannot be read, or there is no file.
    pub fn files(self, paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
        let mut files = below(paths, self.endings())?;
        if self == Self::ApiFootball {
            files.sort_by_cached_key(|path| !lists_matches(path));
        }
        Ok(files)
    }
}

/// Endings of tables, alone or in an archive.
const TABLES: [&str; 6] = ["csv", "tsv", "txt", "gz", "xlsx", "xlsm"];
/// Endings that are searched for in folders.
const TABLES_AND_ARCHIVES: [&str; 7] = ["csv", "tsv", "txt", "gz", "xlsx", "xlsm", "zip"];

/// The tables and archives below some paths, by path. A file that is named outright is taken whatever its ending.
///
/// # Errors
/// A path does not exist or cannot be read, or there is no file.
pub fn table_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, FileError> {
    below(paths, &TABLES_AND_ARCHIVES)
}

/// The document itself, or the tables of an archive, each named by the archive and its path there.
///
/// # Errors
/// The archive cannot be read.
pub fn tables_of(document: Incoming) -> Result<Vec<Incoming>, FileError> {
    if !archive::is_archive(&document.bytes) {
        return Ok(vec![document]);
    }
    let is_table = |name: &str| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        TABLES.iter().any(|known| known.eq_ignore_ascii_case(ending))
    };
    let entries = archive::entries(&document.bytes, is_table)
        .map_err(|source| FileError::Archive { name: document.name.clone(), source })?;
    if entries.is_empty() {
        return Err(FileError::NoFiles(&TABLES));
    }
    let named = |entry: archive::Entry| Incoming {
        name: format!("{}/{}", document.name, entry.name),
        bytes: entry.bytes,
    };
    Ok(entries.into_iter().map(named).collect())
}

/// What a person says of files that they do not say themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The code of their league.
    pub league: Option<String>,
    /// Their season.
    pub season: Option<Season>,
}

impl Said {
    /// The document with what is said of it in its name, so that reading it again understands it in the same way.
    pub fn of(&self, document: Incoming) -> Incoming {
        let hints = Hints { name: &document.name, league: self.league.as_deref(), season: self.season };
        Incoming { name: hints.written(), ..document }
    }
}

/// Whether the beginning of a file of API-Football says that it lists matches, to which other files add facts. One that
/// cannot be read fails when its turn comes.
fn lists_matches(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    read.is_ok() && ApiFootball::lists_matches(&head)
}

fn below(paths: &[PathBuf], endings: &'static [&'static str]) -> Result<Vec<PathBuf>, FileError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            search(path, endings, &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            // Before anything is read, so that a mistyped path does not end a long import half-way.
            return Err(FileError::Missing(path.clone()));
        }
    }
    if files.is_empty() {
        return Err(FileError::NoFiles(endings));
    }
    files.sort();
    files.dedup();
    Ok(files)
}

fn search(folder: &Path, endings: &[&str], files: &mut Vec<PathBuf>) -> Result<(), FileError> {
    let unreadable = |source| FileError::Unreadable { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        // Links are not followed, so that a folder that contains itself does not trap the search.
        if entry.file_type().map_err(unreadable)?.is_dir() {
            search(&path, endings, files)?;
        } else if path.extension().is_some_and(|e| endings.iter().any(|x| e.eq_ignore_ascii_case(x))) {
            files.push(path);
        }
    }
    Ok(())
}

/// Reads a file into memory. Its name holds the parent folder, which often names the season.
///
/// # Errors
/// It cannot be read, or is larger than any file of match data.
pub fn read_file(path: &Path) -> Result<Incoming, FileError> {
    let unreadable = |source| FileError::Unreadable { path: path.to_owned(), source };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(FileError::TooLarge { path: path.to_owned(), mebibytes: size >> 20 });
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let parent = path.parent().and_then(Path::file_name).map(|p| p.to_string_lossy().into_owned());
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let name = parent.map_or_else(|| file.to_string(), |parent| format!("{parent}/{file}"));
    Ok(Incoming { name, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(files: &[PathBuf]) -> Vec<&str> {
        files.iter().map(|f| f.file_name().unwrap().to_str().unwrap()).collect()
    }

    #[test]
    fn files_are_found_below_folders_once_and_sorted_and_a_named_one_whatever_its_ending() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        for name in ["b.csv", "a/c.CSV", "a/d.txt", "e.gz"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let paths = [folder.path().to_owned(), folder.path().join("b.csv"), folder.path().join("a/d.txt")];
        let found = |provider: FileProvider| provider.files(&paths).unwrap();
        assert_eq!(names(&found(FileProvider::FootballData)), ["c.CSV", "d.txt", "b.csv"]);
        assert_eq!(names(&found(FileProvider::Challenge)), ["c.CSV", "d.txt", "b.csv", "e.gz"]);
        let missing = [folder.path().to_owned(), folder.path().join("gone")];
        assert!(matches!(FileProvider::FootballData.files(&missing), Err(FileError::Missing(_))));
        assert_eq!(names(&FileProvider::OpenFootball.files(&[folder.path().to_owned()]).unwrap()), ["d.txt"]);
        let empty = tempfile::tempdir().unwrap();
        let none = FileProvider::OpenFootball.files(&[empty.path().to_owned()]).unwrap_err();
        assert_eq!(none.to_string(), "there is no json or txt file below the paths given");
    }

    #[test]
    fn answers_that_list_matches_come_before_those_that_add_facts() {
        let folder = tempfile::tempdir().unwrap();
        for (name, get) in [("a.json", "fixtures/lineups"), ("b.json", "fixtures"), ("c.json", "injuries")] {
            fs::write(folder.path().join(name), format!(r#"{{"get":"{get}","response":[]}}"#)).unwrap();
        }
        let files = FileProvider::ApiFootball.files(&[folder.path().to_owned()]).unwrap();
        assert_eq!(names(&files), ["b.json", "a.json", "c.json"]);
    }

    #[test]
    fn a_file_is_named_with_its_folder_and_one_that_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let season = folder.path().join("2023-24");
        fs::create_dir(&season).unwrap();
        fs::write(season.join("en.csv"), "text").unwrap();
        let read = read_file(&season.join("en.csv")).unwrap();
        assert_eq!((read.name.as_str(), read.bytes.as_slice()), ("2023-24/en.csv", &b"text"[..]));
        // A hole: it takes no room on the disk.
        fs::File::create(season.join("big.csv")).unwrap().set_len(LARGEST_FILE + 1).unwrap();
        assert!(matches!(
            read_file(&season.join("big.csv")),
            Err(FileError::TooLarge { mebibytes: 512, .. })
        ));
        assert!(matches!(read_file(&season), Err(FileError::Unreadable { .. })));
    }
}
