//! A model on disk: a folder with `manifest.json` and one text file per ensemble of trees, in LightGBM's own
//! format. The folder appears as a whole or not at all, and every file is checked against its hash when read.

use super::start::Start;
use super::{FileHash, ForecastModel, Manifest, ModelError, Variant};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_boosting::{ParseError, TreeEnsemble};
use touchline_domain::ports::ModelVersion;

/// Layout of the bundle that this program reads and writes.
pub const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
/// A manifest is never larger than this.
const LARGEST_FILE: u64 = 256 << 20;

/// Why a bundle cannot be written or read.
#[derive(Debug, Error)]
pub enum BundleError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the bundle is not what was saved.
    #[error("{path} is damaged ({reason}); run `touchline train` again or go back to another version")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The trees cannot be read.
    #[error("{path}: {source}")]
    Trees {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ParseError,
    },
    /// The trees do not fit the manifest.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Writes a model into the folder `folder`, which must not exist, and completes the hashes in its manifest.
/// Returns the BLAKE3 of the manifest.
///
/// # Errors
/// A file cannot be written.
pub fn save(model: &mut ForecastModel, folder: &Path) -> Result<String, BundleError> {
    let temporary = folder.with_extension("partial");
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Io { path, source }
    };
    if temporary.exists() {
        // Left by a training that was interrupted while it wrote.
        fs::remove_dir_all(&temporary).map_err(io(&temporary))?;
    }
    fs::create_dir_all(&temporary).map_err(io(&temporary))?;
    for (variant, known) in model.variants.iter().zip(&mut model.manifest.variants) {
        known.files.clear();
        for (n, trees) in variant.trees.iter().enumerate() {
            let name = format!("{}-{n}.txt", known.horizon.name());
            write(&temporary.join(&name), trees.to_text().as_bytes())?;
            let blake3 = blake3::hash(trees.to_text().as_bytes()).to_hex().to_string();
            known.files.push(FileHash { name, blake3 });
        }
    }
    let manifest = serde_json::to_vec_pretty(&model.manifest)
        .map_err(|e| BundleError::Io { path: temporary.join(MANIFEST), source: e.into() })?;
    write(&temporary.join(MANIFEST), &manifest)?;
    fs::rename(&temporary, folder).map_err(io(folder))?;
    Ok(blake3::hash(&manifest).to_hex().to_string())
}

/// Reads the model in a folder.
///
/// # Errors
/// A file is missing, damaged, or written by another version of this program.
pub fn load(folder: &Path) -> Result<ForecastModel, BundleError> {
    let path = folder.join(MANIFEST);
    let damaged = |path: &Path, reason: String| BundleError::Damaged { path: path.to_owned(), reason };
    let manifest: Manifest =
        serde_json::from_slice(&read(&path)?).map_err(|e| damaged(&path, e.to_string()))?;
    if manifest.format != FORMAT {
        return Err(damaged(&path, format!("format {} instead of {FORMAT}", manifest.format)));
    }
    let mut variants = Vec::with_capacity(manifest.variants.len());
    for known in &manifest.variants {
        let mut trees = Vec::with_capacity(known.files.len());
        for file in &known.files {
            let path = folder.join(Path::new(&file.name).file_name().unwrap_or_default());
            let bytes = read(&path)?;
            if blake3::hash(&bytes).to_hex().as_str() != file.blake3 {
                return Err(damaged(&path, "content does not match its hash".into()));
            }
            let text = String::from_utf8(bytes).map_err(|_| damaged(&path, "not text".into()))?;
            let ensemble = TreeEnsemble::from_text(&text)
                .map_err(|source| BundleError::Trees { path: path.clone(), source })?;
            if ensemble.feature_names().len() != known.features.len() || ensemble.outputs() != 3 {
                return Err(damaged(&path, "columns or classes differ from the manifest".into()));
            }
            trees.push(ensemble);
        }
        let names: Vec<String> = known.features.iter().map(|d| d.name.clone()).collect();
        let start = Start::new(&names, known.pool.clone())?;
        variants.push(Variant::new(trees, known.temperature, start, &names)?);
    }
    let variants: [Variant; 2] =
        variants.try_into().map_err(|_| damaged(&path, "two horizons expected".into()))?;
    Ok(ForecastModel { manifest, variants })
}

/// Reads the model of a registered version, which must be the one that was registered.
///
/// # Errors
/// As [`load`], and a manifest that differs from the registered one.
pub fn load_registered(data_dir: &Path, version: &ModelVersion) -> Result<ForecastModel, BundleError> {
    let folder = data_dir.join(&version.path);
    let path = folder.join(MANIFEST);
    if blake3::hash(&read(&path)?).to_hex().as_str() != version.manifest_hash {
        return Err(BundleError::Damaged { path, reason: "not the one that was registered".into() });
    }
    load(&folder)
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    let io = |source| BundleError::Io { path: path.to_owned(), source };
    if fs::metadata(path).map_err(io)?.len() > LARGEST_FILE {
        return Err(BundleError::Damaged { path: path.to_owned(), reason: "impossibly large".into() });
    }
    fs::read(path).map_err(io)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    let io = |source| BundleError::Io { path: path.to_owned(), source };
    let mut file = fs::File::create(path).map_err(io)?;
    file.write_all(bytes).map_err(io)?;
    file.sync_all().map_err(io)
}
