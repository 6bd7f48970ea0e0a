//! Feature matrices on disk: computed once per state of the data, reused until it changes.

use crate::dataset::{FactReader, Facts};
use crate::off_executor::off_executor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::StoreError;
use touchline_domain::{Progress, Stopped};
use touchline_features::{
    FeatureMatrix, History, Knowledge, LineupView, MarketView, MatrixError, Settings, View, compute,
};

/// How far ahead a model forecasts: each has its own features and its own trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Horizon {
    /// Results up to kick-off are known.
    Fresh,
    /// The latest results are some ten weeks old.
    Stale,
}

/// Days between the last known result and kick-off in the training of [`Horizon::Stale`].
pub const STALE_LAG_DAYS: i64 = 70;
const DAY: i64 = 86_400;

impl Horizon {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Fresh, Self::Stale];

    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Stale => "stale",
        }
    }

    /// Parameters of the features, without what only some views see.
    pub fn settings(self) -> Settings {
        match self {
            Self::Fresh => Settings::FRESH,
            Self::Stale => Settings::STALE,
        }
    }

    /// What a training row sees.
    pub fn knowledge(self) -> Knowledge {
        match self {
            Self::Fresh => Knowledge::AT_KICKOFF,
            Self::Stale => Knowledge { lag: STALE_LAG_DAYS * DAY, as_of: None },
        }
    }
}

/// Features of every match of a history, a row per position.
pub fn build(history: &History, horizon: Horizon, view: impl Into<View>, threads: usize) -> FeatureMatrix {
    let all: Vec<u32> = (0..history.len() as u32).collect();
    compute(history, &all, horizon.knowledge(), &horizon.settings().with_view(view.into()), threads)
}

/// What the values of a matrix come from, beside the definitions: facts and the parameters of the filters.
fn origin(history: &History, settings: &Settings) -> String {
    let parameters = serde_json::to_vec(settings).expect("numbers and names are JSON");
    blake3::hash(&[history.hash().as_bytes(), parameters.as_slice()].concat()).to_hex().to_string()
}

/// Where a matrix lies.
pub fn path(data_dir: &Path, horizon: Horizon, view: impl Into<View>) -> PathBuf {
    let View { market, lineups } = view.into();
    let mut name = horizon.name().to_owned();
    if market != MarketView::None {
        name = format!("{name}-{}", market.prefix());
    }
    if lineups != LineupView::None {
        name.push_str("-lineups");
    }
    data_dir.join("features").join(format!("{name}.matrix"))
}

/// The matrix of a history: from disk where it was computed from the same facts by the same definitions and parameters,
/// else computed and kept.
///
/// # Errors
/// The folder cannot be written.
pub fn load_or_build(
    data_dir: &Path,
    history: &History,
    horizon: Horizon,
    view: impl Into<View>,
    threads: usize,
    progress: &dyn Progress,
) -> Result<FeatureMatrix, MatrixError> {
    let view = view.into();
    let path = path(data_dir, horizon, view);
    let settings = horizon.settings().with_view(view);
    let origin = origin(history, &settings);
    if let Ok((matrix, hash)) = FeatureMatrix::open(&path)
        && hash == origin
        && matrix.definitions() == touchline_features::definitions(&settings)
    {
        return Ok(matrix);
    }
    progress.begin(&format!("features ({})", horizon.name()), 0);
    let matrix = build(history, horizon, view, threads);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| MatrixError::Io { path: folder.display().to_string(), source })?;
    }
    matrix.save(&path, &origin)?;
    progress.end();
    Ok(matrix)
}

/// Why there are no features of a store's matches.
#[derive(Debug, Error)]
pub enum FeatureBuildError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There is nothing to compute features of.
    #[error(
        "the store holds no match; ingest some first, for example with `touchline ingest football-data PATH`"
    )]
    NoMatches,
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// Features of all matches of a store, and where they come from.
#[derive(Debug)]
pub struct StoredFeatures {
    /// A row per match.
    pub matrix: FeatureMatrix,
    /// Where they lie.
    pub file: PathBuf,
    /// Hash of the facts that they were computed from.
    pub data_hash: String,
}

/// The features of all matches of a store at kick-off, without prices and line-ups, as [`load_or_build`] keeps them.
///
/// # Errors
/// [`FeatureBuildError`].
pub async fn features_of_stored<S: FactReader + ?Sized>(
    store: &S,
    data_dir: &Path,
    threads: usize,
    progress: Arc<dyn Progress>,
) -> Result<StoredFeatures, FeatureBuildError> {
    progress.begin("reading matches", 0);
    let facts = Facts::load(store).await;
    progress.end();
    let (facts, data_dir) = (facts?, data_dir.to_owned());
    if facts.is_empty() {
        return Err(FeatureBuildError::NoMatches);
    }
    off_executor(move || {
        progress.check()?;
        let history = facts.history(&[]);
        let (horizon, view) = (Horizon::Fresh, MarketView::None);
        let matrix = load_or_build(&data_dir, &history, horizon, view, threads, &progress)?;
        Ok(StoredFeatures { matrix, file: path(&data_dir, horizon, view), data_hash: history.hash() })
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::invented::history;
    use touchline_domain::Silent;

    #[test]
    fn a_matrix_is_used_again_for_the_same_facts_and_parameters_only() {
        let history = history();
        let folder = tempfile::tempdir().unwrap();
        let load =
            || load_or_build(folder.path(), &history, Horizon::Fresh, MarketView::None, 2, &Silent).unwrap();
        let path = path(folder.path(), Horizon::Fresh, MarketView::None);
        let built = load();
        // Another matrix in its place, with its name, facts and columns, is taken for it: it is not computed again.
        let other = build(&history, Horizon::Stale, MarketView::None, 2);
        let settings = Horizon::Fresh.settings();
        other.save(&path, &origin(&history, &settings)).unwrap();
        let goals = |matrix: &FeatureMatrix| {
            matrix.column(matrix.column_named("home_expected_goals").unwrap()).to_vec()
        };
        assert_ne!(goals(&other), goals(&built));
        assert_eq!(goals(&load()), goals(&other));
        // One by other parameters is not.
        let mut parameters = settings;
        parameters.filter.drift *= 2.0;
        other.save(&path, &origin(&history, &parameters)).unwrap();
        assert_eq!(goals(&load()), goals(&built));
    }
}
