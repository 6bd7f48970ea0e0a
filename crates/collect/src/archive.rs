//! Zip archives: their files, one after the other, within limits that hold whatever the archive claims of itself.

use crate::DocumentError;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most entries of an archive.
const MOST_ENTRIES: usize = 5_000;
/// The most bytes of an entry, and of all entries, unpacked.
const MOST_OF_ENTRY: u64 = 256 << 20;
const MOST_OF_ALL: u64 = 512 << 20;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its path in the archive, with `/` between folders.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Whether bytes are an archive of files, and not a workbook, which is an archive of its parts.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
        && ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| !is_office(&archive))
}

fn is_office(archive: &ZipArchive<Cursor<&[u8]>>) -> bool {
    archive.file_names().flatten().any(|name| matches!(&*name, "[Content_Types].xml" | "mimetype"))
}

/// Reads the files of an archive that `wanted` takes by their names, in the order of their names.
///
/// # Errors
/// It is damaged, encrypted or too large, or a name leads out of it.
pub fn entries(bytes: &[u8], wanted: impl Fn(&str) -> bool) -> Result<Vec<Entry>, DocumentError> {
    let mut found = Vec::new();
    walk(bytes, |name, reader| {
        if !wanted(name) {
            return Ok(0);
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(damaged)?;
        let length = bytes.len() as u64;
        found.push(Entry { name: name.to_owned(), bytes });
        Ok(length)
    })?;
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Unpacks everything without keeping it: an archive that passes can be unpacked by others.
///
/// # Errors
/// See [`entries`].
pub(crate) fn check(bytes: &[u8]) -> Result<(), DocumentError> {
    walk(bytes, |_, reader| std::io::copy(reader, &mut std::io::sink()).map_err(damaged))
}

fn damaged(error: impl std::fmt::Display) -> DocumentError {
    DocumentError::Workbook(format!("{error:.200}"))
}

fn walk(
    bytes: &[u8],
    mut each: impl FnMut(&str, &mut dyn Read) -> Result<u64, DocumentError>,
) -> Result<(), DocumentError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_ENTRIES {
        return Err(DocumentError::Workbook(format!(
            "it has more than {MOST_ENTRIES} files; unpack what you need"
        )));
    }
    let mut left = MOST_OF_ALL;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(damaged)?;
        if file.is_dir() {
            continue;
        }
        let name = file.enclosed_name().map(|path| path.to_string_lossy().replace('\\', "/"));
        let Some(name) = name.filter(|name| name.len() <= 300 && !name.chars().any(char::is_control)) else {
            return Err(DocumentError::Workbook("a name in it leads out of it, or is no name".to_owned()));
        };
        // What it claims to hold is not what it holds: the reader stops one byte behind the limit.
        let limit = MOST_OF_ENTRY.min(left) + 1;
        let length = each(&name, &mut file.take(limit))?;
        if length >= limit {
            return Err(DocumentError::TooLarge { limit: MOST_OF_ENTRY >> 20 });
        }
        left -= length;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn wanted_files_come_in_the_order_of_their_names() {
        let archive = zipped(&[("b/E1.csv", b"2"), ("readme.txt", b"x"), ("a/E0.csv", b"1")]);
        assert!(is_archive(&archive));
        let found = entries(&archive, |name| name != "readme.txt").unwrap();
        let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!((names, found[0].bytes.as_slice()), (vec!["a/E0.csv", "b/E1.csv"], &b"1"[..]));
        assert!(!is_archive(&zipped(&[("[Content_Types].xml", b"<x/>")])), "a workbook");
        assert!(!is_archive(b"PK\x03\x04") && !is_archive(b""));
    }

    #[test]
    fn an_archive_that_unpacks_without_end_is_refused() {
        let bomb = zipped(&[("zeros.csv", &vec![0; (MOST_OF_ENTRY + 1) as usize])]);
        assert!(bomb.len() < 1 << 20);
        assert_eq!(entries(&bomb, |_| true), Err(DocumentError::TooLarge { limit: 256 }));
        assert_eq!(check(&bomb), Err(DocumentError::TooLarge { limit: 256 }));
    }

    #[test]
    fn names_that_lead_out_and_damaged_archives_are_refused() {
        let out = zipped(&[("../../etc/passwd", b"x")]);
        assert!(matches!(entries(&out, |_| true), Err(DocumentError::Workbook(_))));
        let mut damaged = zipped(&[("a.csv", b"some text that is packed")]);
        let length = damaged.len();
        damaged.truncate(length - 10);
        assert!(entries(&damaged, |_| true).is_err());
    }
}
