//! Training the models that answer: facts are read, the model is fitted beside the executor, and what came of it is kept and
//! registered.

use crate::dataset::{FactReader, Facts};
use crate::matrices::{self, Horizon};
use crate::model::{self, BundleError, ForecastModel, Manifest, ModelError, Recipe, VariantManifest};
use crate::off_executor::off_executor;
use crate::registry::{RegistryError, bundle_path, open_model, publish};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{
    ArtifactStore, MatchReader, ModelAlias, ModelReader, ModelWriter, ResultRow, StoreError, StoredQuote,
};
use touchline_domain::{
    Clock, LeagueId, MarketType, MatchId, OddsPhase, OddsQuote, Progress, Season, Stopped,
};
use touchline_features::{MarketView, MatrixError};

/// Why training ended without a model.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The features could not be kept.
    #[error(transparent)]
    Matrix(#[from] MatrixError),
    /// The model could not be trained.
    #[error(transparent)]
    Model(ModelError),
    /// The model could not be kept.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The model could not be registered.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// It was asked to stop; no bundle was left and nothing was registered.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

impl From<ModelError> for TrainError {
    fn from(error: ModelError) -> Self {
        match error {
            ModelError::Stopped(stopped) => Self::Stopped(stopped),
            error => Self::Model(error),
        }
    }
}

/// What to train.
#[derive(Clone)]
pub struct Training<'a> {
    /// Folder of the product's files.
    pub data_dir: &'a Path,
    /// Results known after this time are left out; none: all that is known now.
    pub until: Option<DateTime<Utc>>,
    /// How to train.
    pub recipe: Recipe,
    /// Where bundles are kept beside the data folder.
    pub artifacts: Option<&'a dyn ArtifactStore>,
    /// Whether the model is made the champion; else it is only registered.
    pub activate: bool,
}

/// Fewest finished matches with prices that a model with a view of prices is trained on.
pub const FEWEST_PRICED: usize = 1_000;

/// The views of prices that the store's matches allow to train, the one that knows least first: that of no prices always, each
/// other where at least [`FEWEST_PRICED`] finished matches have complete prices of home win, draw and away win that are its own.
///
/// # Errors
/// The store is not available.
pub async fn trainable_views<S: MatchReader + ?Sized>(
    store: &S,
    until: Option<DateTime<Utc>>,
) -> Result<Vec<MarketView>, StoreError> {
    let rows = store.results().await?;
    let is_over = |row: &&ResultRow| row.score.is_some() && until.is_none_or(|until| row.kickoff < until);
    let finished: HashSet<MatchId> = rows.iter().filter(is_over).map(|row| row.id).collect();
    let seasons: BTreeSet<(LeagueId, Season)> = rows.iter().map(|row| (row.league, row.season)).collect();
    let quotes = store.odds_of(&Vec::from_iter(seasons)).await?;
    let is_complete = |quote: &OddsQuote| {
        quote.market == MarketType::OneXTwo
            && quote.prices.iter().all(Option::is_some)
            && !quote.is_suspicious()
    };
    let (mut early, mut closing) = (HashSet::new(), HashSet::new());
    for StoredQuote { match_id, quote } in &quotes {
        if finished.contains(match_id) && is_complete(quote) {
            let of_phase = if quote.phase == OddsPhase::Closing { &mut closing } else { &mut early };
            of_phase.insert(*match_id);
        }
    }
    let priced = |view: MarketView| match view {
        MarketView::None => usize::MAX,
        MarketView::Earlier => early.union(&closing).count(),
        MarketView::PreMatch => early.len(),
        MarketView::Closing => closing.len(),
    };
    Ok(MarketView::ALL.into_iter().rev().filter(|view| priced(*view) >= FEWEST_PRICED).collect())
}

/// Trains on the store's matches, keeps the bundle and registers it; makes it the champion where that is asked for.
///
/// # Errors
/// The store or the data folder is not available, there are too few matches, or `progress` asked it to stop.
pub async fn train<S: FactReader + ModelWriter + ?Sized>(
    store: &S,
    training: &Training<'_>,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<ForecastModel, TrainError> {
    let now = clock.now();
    let facts = Facts::load_seen(store, training.recipe.view()).await?;
    train_on(store, facts, training, now, progress).await
}

/// The champion of the recipe's view where it was trained on exactly the store's facts by today's features; else trains a new one as
/// [`train`] does.
///
/// # Errors
/// As [`train`]; a champion whose bundle cannot be read is replaced.
pub async fn train_unless_current<S: FactReader + ModelReader + ModelWriter + ?Sized>(
    store: &S,
    training: &Training<'_>,
    clock: &dyn Clock,
    progress: Arc<dyn Progress>,
) -> Result<ForecastModel, TrainError> {
    let now = clock.now();
    let facts = Facts::load_seen(store, training.recipe.view()).await?;
    if let Some(version) = store.aliased(model::name_of(training.recipe.market), ModelAlias::Champion).await?
        && let Ok(model) = open_model(training.artifacts, training.data_dir, &version).await
        && model.manifest.data_hash == facts.history(&[]).hash()
        && Horizon::ALL.into_iter().all(|h| model.check_features(h).is_ok())
    {
        return Ok(model);
    }
    train_on(store, facts, training, now, progress).await
}

async fn train_on<S: ModelWriter + ?Sized>(
    store: &S,
    facts: Facts,
    training: &Training<'_>,
    now: DateTime<Utc>,
    progress: Arc<dyn Progress>,
) -> Result<ForecastModel, TrainError> {
    let (data_dir, recipe) = (training.data_dir.to_owned(), training.recipe.clone());
    let until = training.until.unwrap_or(now);
    let (model, manifest_hash) = off_executor(move || {
        let mut model = fit_all(&facts, (&data_dir, &recipe), now, until, &progress)?;
        // The last moment to stop: from here on there are a bundle and its registration, or an error.
        progress.check()?;
        let folder = bundle_path(&data_dir, &model.manifest.name, &model.manifest.version);
        let manifest_hash = model::save(&mut model, &folder)?;
        Ok::<_, TrainError>((model, manifest_hash))
    })
    .await?;
    let published =
        publish(store, training.artifacts, training.data_dir, &model.manifest, manifest_hash).await?;
    if training.activate {
        store.promote(&published.name, &published.version).await?;
    }
    Ok(model)
}

fn fit_all(
    facts: &Facts,
    (data_dir, recipe): (&Path, &Recipe),
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    progress: &dyn Progress,
) -> Result<ForecastModel, TrainError> {
    progress.check()?;
    let history = facts.history(&[]);
    let rows = recipe.rows(&history, until.timestamp());
    let (mut variants, mut known) = (Vec::new(), Vec::new());
    for horizon in Horizon::ALL {
        progress.check()?;
        let threads = recipe.trees.threads;
        let view = recipe.view();
        let matrix = matrices::load_or_build(data_dir, &history, horizon, view, threads, progress)?;
        let fitted = model::fit(&history, &matrix, &rows, recipe, progress)?;
        known.push(VariantManifest {
            horizon,
            settings: horizon.settings().with_view(view),
            features: matrix.definitions().to_vec(),
            rows: fitted.rows,
            temperature: fitted.variant.temperature(),
            pool: fitted.variant.pool().cloned(),
            holdout: fitted.holdout,
            files: Vec::new(),
            goals: None,
        });
        variants.push(fitted.variant);
    }
    let manifest = Manifest {
        format: model::FORMAT,
        name: model::name_of(recipe.market).to_owned(),
        version: now.format("%Y%m%dT%H%M%S%3fZ").to_string(),
        trained_at: now,
        trained_until: until,
        simulated: facts.simulated(),
        data_hash: history.hash(),
        recipe: recipe.clone(),
        variants: known,
    };
    Ok(ForecastModel::new(manifest, variants))
}
