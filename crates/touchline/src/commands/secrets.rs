//! The keys that sign tokens: from the configuration, or a file of this machine.

use crate::wiring::{Session, random};
use anyhow::{Context, Result, bail};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;
use touchline_accounts::KeyRing;

/// The file in the data folder; a key a line, the one that signs first.
const FILE: &str = "secret.key";
/// More than any number of keys takes.
const MOST_BYTES: u64 = 64 * 1024;

/// The keys of a server at an address of this kind.
///
/// # Errors
/// No key is configured and others can reach the address, or a key is weak, or the file cannot be read or is not this
/// user's alone.
pub fn key_ring(session: &Session, is_loopback: bool) -> Result<KeyRing> {
    let auth = &session.config.auth;
    if let Some(current) = auth.secret_key.secret() {
        let previous = auth.previous_keys.iter().filter_map(|key| key.secret());
        let ring = KeyRing::new(std::iter::once(current).chain(previous));
        return ring.context("auth.secret_key (SECRET_KEY) or auth.previous_keys cannot be used");
    }
    if !is_loopback {
        bail!(
            "others can reach this address, and no key to sign tokens with is set: set SECRET_KEY to at least 32 random bytes \
             (`openssl rand -hex 32`), the same for all servers of one database, or listen on 127.0.0.1"
        );
    }
    let path = session.data_dir().join(FILE);
    let keys = match read(&path)? {
        Some(keys) => keys,
        None => make(&path)?,
    };
    let ring = KeyRing::new(keys.lines().map(str::trim).filter(|line| !line.is_empty()));
    ring.with_context(|| {
        format!("{} holds no key that can be used; remove it to have another made", path.display())
    })
}

/// What the file says, if there is one.
fn read(path: &Path) -> Result<Option<String>> {
    let cannot = || format!("cannot read {}", path.display());
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(cannot),
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().with_context(cannot)?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!(
                "others may read {}, so its keys are no secret: chmod 600 it, or remove it",
                path.display()
            );
        }
    }
    let mut text = String::new();
    file.take(MOST_BYTES).read_to_string(&mut text).with_context(cannot)?;
    Ok(Some(text))
}

/// Makes the file, for this user alone. Where another process was faster, its keys count.
fn make(path: &Path) -> Result<String> {
    let cannot = || format!("cannot write {}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(cannot)?;
    }
    let mut key = [0; 32];
    random(&mut key);
    let text: String = key.iter().map(|byte| format!("{byte:02x}")).chain(["\n".to_owned()]).collect();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).with_context(cannot)?;
            Ok(text)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(read(path)?.unwrap_or_default()),
        Err(error) => Err(error).with_context(cannot),
    }
}
