//! Feature matrices on disk: computed once per state of the data, reused until it changes.

use crate::Progress;
use std::path::{Path, PathBuf};
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

/// The matrix of a history: from disk where it was computed from the same facts by the same definitions, else
/// computed and kept.
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
    let facts = history.hash();
    if let Ok((matrix, hash)) = FeatureMatrix::open(&path)
        && hash == facts
        && matrix.definitions() == touchline_features::definitions(&horizon.settings().with_view(view))
    {
        return Ok(matrix);
    }
    progress.begin(&format!("features ({})", horizon.name()), 0);
    let matrix = build(history, horizon, view, threads);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|source| MatrixError::Io { path: folder.display().to_string(), source })?;
    }
    matrix.save(&path, &facts)?;
    progress.end();
    Ok(matrix)
}
