//! A model on disk: a folder with `manifest.json` and one text file per ensemble of trees, in LightGBM's own
//! format. The folder appears as a whole or not at all, and every file is checked against its hash when read.

use super::goals::Goals;
use super::initial_score::InitialScore;
use super::{FileHash, ForecastModel, Manifest, ModelError, Variant};
use crate::whole_file::{folder_beside, put_folder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use thiserror::Error;
use touchline_boosting::{ParseError, TreeEnsemble};
use touchline_domain::ports::{Artifact, ModelVersion, check_name};
use touchline_features::Mirror;

/// Layout of the bundle that this program reads and writes.
pub const FORMAT: u32 = 4;
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
    #[error(
        "{path} is damaged ({reason}); run `touchline train --activate` again or go back with `touchline models rollback`"
    )]
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
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| BundleError::Io { path, source }
    };
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above).map_err(io(above))?;
    }
    let partial = folder_beside(folder).map_err(io(folder))?;
    let temporary = partial.path();
    for (variant, known) in model.variants.iter().zip(&mut model.manifest.variants) {
        known.files.clear();
        for (n, trees) in variant.trees.iter().enumerate() {
            let name = format!("{}-{n}.txt", known.horizon.name());
            known.files.push(write_trees(temporary, name, trees)?);
        }
        known.goals = None;
        if let Some(trees) = &variant.goals.trees {
            known.goals = Some(write_trees(temporary, format!("{}-goals.txt", known.horizon.name()), trees)?);
        }
    }
    let manifest = serde_json::to_vec_pretty(&model.manifest)
        .map_err(|e| BundleError::Io { path: temporary.join(MANIFEST), source: e.into() })?;
    write(&temporary.join(MANIFEST), &manifest)?;
    put_folder(partial, folder).map_err(io(folder))?;
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
        let read = |file: &FileHash, outputs| read_trees(folder, file, (known.features.len(), outputs));
        let trees = known.files.iter().map(|file| read(file, 3)).collect::<Result<_, _>>()?;
        let goals = known.goals.as_ref().map(|file| read(file, 1)).transpose()?;
        let names: Vec<String> = known.features.iter().map(|d| d.name.clone()).collect();
        let initial = InitialScore::new(&names, known.pool.clone())?;
        let goals = Goals::new(&names, goals)?;
        let mirror = manifest.recipe.mirrored.then(|| Mirror::of(&known.features));
        variants.push(Variant::new(trees, known.temperature, initial, goals, mirror));
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

/// Whether the bundle of a registered version lies in the data folder, by the hash of its manifest.
pub fn is_registered_bundle(data_dir: &Path, version: &ModelVersion) -> bool {
    read(&data_dir.join(&version.path).join(MANIFEST))
        .is_ok_and(|manifest| blake3::hash(&manifest).to_hex().as_str() == version.manifest_hash)
}

/// All files of a bundle, to be kept elsewhere.
///
/// # Errors
/// A file cannot be read.
pub fn read_files(folder: &Path) -> Result<Vec<Artifact>, BundleError> {
    let io = |source| BundleError::Io { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        files.push(Artifact { name, bytes: read(&entry.path())? });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// Writes files that came from elsewhere into the folder of their bundle, in place of what is there. The manifest must be
/// the one that was registered; it holds the hashes of all other files, which are compared whenever a model is loaded.
///
/// # Errors
/// The manifest is missing or another one, a name is not that of a file, or the folder cannot be written.
pub fn write_files(folder: &Path, files: &[Artifact], manifest_hash: &str) -> Result<(), BundleError> {
    let damaged = |reason: String| BundleError::Damaged { path: folder.to_owned(), reason };
    let manifest = files.iter().find(|file| file.name == MANIFEST);
    if manifest.is_none_or(|m| blake3::hash(&m.bytes).to_hex().as_str() != manifest_hash) {
        return Err(damaged("not the one that was registered".into()));
    }
    let io = |source| BundleError::Io { path: folder.to_owned(), source };
    let parent = folder.parent().unwrap_or(folder);
    fs::create_dir_all(parent).map_err(io)?;
    // Two processes that fetch at once write apart, and the first to rename wins.
    let temporary = tempfile::Builder::new().prefix(".fetched-").tempdir_in(parent).map_err(io)?;
    for file in files {
        check_name(&file.name).map_err(damaged)?;
        write(&temporary.path().join(&file.name), &file.bytes)?;
    }
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(io)?;
    }
    match fs::rename(temporary.path(), folder) {
        Err(_) if folder.join(MANIFEST).exists() => Ok(()),
        renamed => renamed.map_err(io),
    }
}

fn write_trees(folder: &Path, name: String, trees: &TreeEnsemble) -> Result<FileHash, BundleError> {
    let text = trees.to_text().as_bytes();
    write(&folder.join(&name), text)?;
    Ok(FileHash { name, blake3: blake3::hash(text).to_hex().to_string() })
}

/// Trees with the expected number of columns and outputs.
fn read_trees(folder: &Path, file: &FileHash, expected: (usize, usize)) -> Result<TreeEnsemble, BundleError> {
    let path = folder.join(Path::new(&file.name).file_name().unwrap_or_default());
    let damaged = |reason: &str| BundleError::Damaged { path: path.clone(), reason: reason.into() };
    let bytes = read(&path)?;
    if blake3::hash(&bytes).to_hex().as_str() != file.blake3 {
        return Err(damaged("content does not match its hash"));
    }
    let text = String::from_utf8(bytes).map_err(|_| damaged("not text"))?;
    let trees =
        TreeEnsemble::from_text(&text).map_err(|source| BundleError::Trees { path: path.clone(), source })?;
    if (trees.feature_names().len(), trees.outputs()) != expected {
        return Err(damaged("columns or outputs differ from the manifest"));
    }
    Ok(trees)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrices::Horizon;
    use crate::model::initial_score::tests::{features, history};
    use crate::model::{Recipe, VariantManifest, fit};
    use crate::predictor::{FeatureRows, MatchBatch, MatchForecast, Prediction, Predictor};
    use chrono::DateTime;
    use touchline_domain::Silent;
    use touchline_features::{FeatureMatrix, MarketView};
    use touchline_models::dynamic::score_grid;

    const ROWS: [usize; 3] = [2_000, 2_100, 2_399];

    /// A model of matches that only prices know, at a temperature that is not 1, and its features.
    fn model() -> (ForecastModel, FeatureMatrix) {
        let history = history();
        let matrix = features(&history, MarketView::PreMatch);
        let rows: Vec<usize> = (300..history.len()).collect();
        let mut recipe = Recipe { market: MarketView::PreMatch, ..Recipe::default() };
        (recipe.trees.rounds, recipe.trees.threads) = (5, 1);
        let mut variant = fit(&history, &matrix, &rows, &recipe, &Silent).unwrap().variant;
        variant.temperature = 1.7;
        let known = Horizon::ALL.map(|horizon| VariantManifest {
            horizon,
            settings: horizon.settings().with_view(recipe.view()),
            features: matrix.definitions().to_vec(),
            rows: rows.len(),
            temperature: variant.temperature,
            pool: variant.pool().cloned(),
            holdout: None,
            files: Vec::new(),
            goals: None,
        });
        let manifest = Manifest {
            format: FORMAT,
            name: "touchline".into(),
            version: "1".into(),
            trained_at: DateTime::UNIX_EPOCH,
            trained_until: DateTime::UNIX_EPOCH,
            simulated: false,
            data_hash: history.hash(),
            recipe,
            variants: known.to_vec(),
        };
        (ForecastModel::new(manifest, vec![variant.clone(), variant]), matrix)
    }

    fn answers(model: &ForecastModel, matrix: &FeatureMatrix) -> Vec<MatchForecast> {
        let predictions =
            model.variant(Horizon::Stale).predict(FeatureRows { matrix, rows: &ROWS }, 1).unwrap();
        predictions
            .into_iter()
            .filter_map(|prediction| prediction.and_then(Prediction::into_scores))
            .collect()
    }

    #[test]
    fn a_saved_model_answers_as_before_with_all_its_parts() {
        let (mut model, matrix) = model();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        save(&mut model, &path).unwrap();
        let before = answers(&model, &matrix);
        let mut loaded = load(&path).unwrap();
        assert_eq!(answers(&loaded, &matrix), before);

        loaded.variants[Horizon::Stale as usize].temperature = 1.0;
        assert_ne!(answers(&loaded, &matrix)[0].forecast, before[0].forecast, "the temperature counts");
        let mut loaded = load(&path).unwrap();
        loaded.variants[Horizon::Stale as usize].goals.trees = None;
        let without = answers(&loaded, &matrix);
        assert_eq!(without[0].forecast, before[0].forecast);
        assert_ne!(without[0].grid, before[0].grid, "the trees on goals count");
    }

    #[test]
    fn asked_as_a_predictor_it_says_what_its_trees_and_goals_say_bit_for_bit() {
        let (model, matrix) = model();
        let history = history();
        let positions = ROWS.map(|row| row as u32);
        let features = Some(FeatureRows { matrix: &matrix, rows: &ROWS });
        let horizon = Horizon::Stale;
        let batch = MatchBatch { history: &history, positions: &positions, horizon, features, threads: 1 };
        let said = model.predict(&batch).unwrap();
        let variant = model.variant(horizon);
        let forecasts = variant.forecasts(&matrix, &ROWS, 1).unwrap();
        for ((prediction, forecast), row) in said.iter().zip(&forecasts).zip(ROWS) {
            let goals = variant.goals.means(&matrix, row, variant.mirror.as_ref()).unwrap();
            let grid = score_grid(goals, Horizon::Fresh.settings().filter.rho).conditioned_on(forecast);
            let expected_goals = grid.expected_goals();
            let whole = Prediction::Scores(MatchForecast { forecast: *forecast, expected_goals, grid });
            assert_eq!(*prediction, Some(whole));
        }
        let outcomes: Vec<_> = forecasts.into_iter().map(Some).collect();
        assert_eq!(model.predict_outcomes(&batch).unwrap(), outcomes);
    }

    #[test]
    fn a_model_of_other_parameters_is_refused() {
        let (mut model, _) = model();
        model.check_features(Horizon::Fresh).unwrap();
        model.manifest.variants[Horizon::Fresh as usize].settings.filter.drift *= 2.0;
        assert!(matches!(model.check_features(Horizon::Fresh), Err(ModelError::Features(_))));
    }

    #[test]
    fn a_damaged_or_exchanged_file_is_refused() {
        let (mut model, _) = model();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        save(&mut model, &path).unwrap();
        let goals = path.join("stale-goals.txt");
        let good = fs::read(&goals).unwrap();
        let mut bad = good.clone();
        bad[good.len() / 2] ^= 1;
        fs::write(&goals, bad).unwrap();
        assert!(matches!(load(&path).unwrap_err(), BundleError::Damaged { .. }));
        fs::write(&goals, good).unwrap();
        load(&path).unwrap();
        fs::copy(path.join("stale-0.txt"), &goals).unwrap();
        assert!(matches!(load(&path).unwrap_err(), BundleError::Damaged { .. }));
    }
}
