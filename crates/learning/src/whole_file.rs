//! Files that are replaced as a whole: a reader sees the old content or the new one, also after a crash.

use std::fs::Permissions;
use std::io::{self, Write};
use std::path::Path;
use tempfile::{NamedTempFile, TempDir};

/// Replaces a file, or makes it; its folder must exist.
///
/// # Errors
/// It cannot be written; the old content stays.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".partial");
    if let Some(permissions) = usual(0o666) {
        builder.permissions(permissions);
    }
    let mut file: NamedTempFile = builder.tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

/// A folder beside `path`, which [`put_folder`] moves there and which is removed unless it does.
pub(crate) fn folder_beside(path: &Path) -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".").suffix(".partial");
    if let Some(permissions) = usual(0o777) {
        builder.permissions(permissions);
    }
    builder.tempdir_in(folder_of(path))
}

/// Moves a folder to its place, which must be free.
pub(crate) fn put_folder(folder: TempDir, path: &Path) -> io::Result<()> {
    std::fs::rename(folder.path(), path)?;
    // It is no longer where it was made: there is nothing to remove.
    let _ = folder.keep();
    Ok(())
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What a file or folder made by any other way may be read by: temporary ones are private otherwise.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere there is none")]
fn usual(mode: u32) -> Option<Permissions> {
    Some(std::os::unix::fs::PermissionsExt::from_mode(mode))
}

#[cfg(not(unix))]
fn usual(_: u32) -> Option<Permissions> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("best.json");
        replace_file(&path, b"old").unwrap();
        replace_file(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        // A folder in its place is not replaced, and what was written is gone.
        let other = folder.path().join("other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("inside"), "").unwrap();
        assert!(replace_file(&other, b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert!(replace_file(&folder.path().join("no/such/folder"), b"").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn others_may_read_what_they_may_read_of_any_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |name: &str| folder.path().join(name).metadata().unwrap().permissions().mode() & 0o777;
        fs::write(folder.path().join("plain"), "").unwrap();
        replace_file(&folder.path().join("whole"), b"").unwrap();
        assert_eq!(mode("whole"), mode("plain"));
        fs::create_dir(folder.path().join("folder")).unwrap();
        let made = folder_beside(&folder.path().join("made")).unwrap();
        put_folder(made, &folder.path().join("made")).unwrap();
        assert_eq!(mode("made"), mode("folder"));
    }

    #[test]
    fn a_folder_that_is_not_put_in_its_place_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("place");
        drop(folder_beside(&place).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let made = folder_beside(&place).unwrap();
        fs::write(made.path().join("inside"), "x").unwrap();
        put_folder(made, &place).unwrap();
        let taken = folder_beside(&place).unwrap();
        fs::write(taken.path().join("other"), "y").unwrap();
        assert!(put_folder(taken, &place).is_err(), "what is there is not replaced");
        assert_eq!(fs::read(place.join("inside")).unwrap(), b"x");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
