//! The database's file and folder.

use std::fs;
use std::io;
use std::path::Path;
use touchline_domain::ports::{Retry, StoreError};

/// Creates the file and its folder, for the owner alone, where they do not exist. SQLite gives the log beside
/// the file the same mode.
pub(crate) fn create_private(path: &Path) -> Result<(), StoreError> {
    create(path).map_err(|error| StoreError::Unavailable {
        message: format!("cannot create the database {}: {error}", path.display()),
        retry: Retry::Never,
    })
}

fn create(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    let mut file = fs::OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
        folder.mode(0o700);
        file.mode(0o600);
    }
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty() && !p.exists()) {
        folder.create(parent)?;
    }
    match file.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
