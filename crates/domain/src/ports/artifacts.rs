//! Where the files of trained models are kept, so that every machine can get them.

use super::StoreError;
use async_trait::async_trait;
use thiserror::Error;

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// File name within the bundle: no folder, at most 200 bytes, see [`check_name`].
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why files of a model cannot be kept or fetched.
#[derive(Debug, Error)]
pub enum ArtifactError {
    /// The database that keeps them failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The storage does not answer; try again later.
    #[error("the storage of model files is not available: {0}")]
    Unavailable(String),
    /// What is kept is not what was put there: register the model again from a machine that has it.
    #[error("files of model {model} are damaged where they are kept: {reason}")]
    Damaged {
        /// Name and version of the model.
        model: String,
        /// What is wrong.
        reason: String,
    },
    /// Another bundle of this name and version is kept already; a version never changes.
    #[error("other files of model {0} are kept already; train again for a new version")]
    Conflict(String),
}

/// Keeps bundles of models by name and version. A bundle is there as a whole or not at all, and never changes.
#[async_trait]
pub trait ArtifactStore: Send + Sync {
    /// Keeps a bundle; the same bundle again changes nothing.
    ///
    /// # Errors
    /// Another bundle is kept under this name and version, or the storage is not available.
    async fn keep_bundle(&self, model: &str, version: &str, files: &[Artifact]) -> Result<(), ArtifactError>;

    /// The files of a bundle by name; none where it is not kept.
    ///
    /// # Errors
    /// The storage is not available, or what it holds is damaged.
    async fn fetch_bundle(&self, model: &str, version: &str) -> Result<Option<Vec<Artifact>>, ArtifactError>;
}

/// Checks a file name of a bundle, or the name or version of a model that becomes a folder: letters, digits, `-`, `_`
/// and `.`, not beginning with a dot, at most 200 bytes.
///
/// # Errors
/// What is wrong with it.
pub fn check_name(name: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if name.is_empty() || name.len() > 200 || name.starts_with('.') || !name.bytes().all(allowed) {
        return Err(format!(
            "{name:?} cannot be part of a path; use up to 200 letters, digits, -, _ and ., not beginning with a dot"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names_that_would_leave_the_folder_are_refused() {
        for good in ["manifest.json", "fresh-0.txt", "20261128T101500000Z", "a_b"] {
            assert_eq!(check_name(good), Ok(()));
        }
        let long = "x".repeat(201);
        for bad in ["", ".", "..", "../up", "a/b", "a\\b", ".hidden", "a b", "ä", &long] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
