//! Long work ends soon after it is asked to stop, leaves nothing half done, and leaves the executor to others meanwhile.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use chrono::NaiveDate;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::sync::Notify;
use touchline_collect::sources::simulated::{self, Simulated};
use touchline_domain::ports::ModelReader;
use touchline_domain::{Progress, Silent, SystemClock};
use touchline_features::FilterKind;
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::import_documents;
use touchline_intake::ingest::Incoming;
use touchline_learning::evaluate::{EvaluationError, EvaluationPeriod, EvaluationRequest, evaluate};
use touchline_learning::filters::{FilterFitError, FilterRequest, fit_stored};
use touchline_learning::model::Recipe;
use touchline_learning::registry::champion;
use touchline_learning::train::{TrainError, Training, train};
use touchline_learning::tune::{TuneError, tune_stored};
use touchline_store_sqlite::SqliteStore;

/// Seasons of a simulated league in a store, and a data folder.
struct Place {
    store: SqliteStore,
    folder: TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(&folder.path().join("touchline.db"), Arc::new(SystemClock)).await;
        let store = store.unwrap();
        let today = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
        let documents = simulated::files(5, today).into_iter().map(|(name, bytes)| Incoming { name, bytes });
        let documents: Vec<Incoming> = documents.collect();
        import_documents(&store, &Simulated, documents, &SourceOrder::default(), &SystemClock, &Silent)
            .await
            .unwrap();
        Self { store, folder }
    }

    fn training(&self) -> Training<'_> {
        let data_dir = self.folder.path();
        Training { data_dir, until: None, recipe: recipe(), artifacts: None, activate: true }
    }

    /// Files below a folder of the data folder.
    fn files(&self, name: &str) -> Vec<PathBuf> {
        let (mut files, mut folders) = (Vec::new(), vec![self.folder.path().join(name)]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }
}

fn recipe() -> Recipe {
    let mut recipe = Recipe { seeds: 1, ..Recipe::default() };
    (recipe.trees.rounds, recipe.trees.threads) = (4, 1);
    recipe
}

/// Asks to stop once a step of a name has begun so many times and has done so many units.
struct StopAt {
    step: &'static str,
    left: Mutex<(usize, u64)>,
    within: AtomicBool,
    stopped: AtomicBool,
}

impl StopAt {
    fn new(step: &'static str, times: usize, units: u64) -> Arc<Self> {
        let (within, stopped) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { step, left: Mutex::new((times, units)), within, stopped })
    }
}

impl Progress for StopAt {
    fn begin(&self, step: &str, _: u64) {
        let named = step.starts_with(self.step);
        let mut left = self.left.lock().unwrap();
        left.0 -= usize::from(named && left.0 > 0);
        self.within.store(named && left.0 == 0, Ordering::SeqCst);
    }
    fn done(&self, units: u64) {
        if self.within.load(Ordering::SeqCst) && units >= self.left.lock().unwrap().1 {
            assert!(!self.stopped.swap(true, Ordering::SeqCst), "nothing goes on after it was asked to stop");
        }
    }
    fn end(&self) {
        self.within.store(false, Ordering::SeqCst);
    }
    fn stop_requested(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn a_stopped_training_leaves_no_bundle_and_registers_nothing() {
    let place = Place::new().await;
    // Within each kind of trees of the first horizon, and within the last trees of the second one.
    for (step, times, units) in [
        ("trees for calibration", 1, 1),
        ("trees for calibration", 1, 4),
        ("trees on goals", 1, 2),
        ("trees on goals", 2, 4),
    ] {
        let progress = StopAt::new(step, times, units);
        let ended = train(&place.store, &place.training(), &SystemClock, progress.clone()).await;
        assert!(matches!(ended, Err(TrainError::Stopped(_))), "{step}, {times}: {:?}", ended.err());
        assert!(progress.stop_requested());
        assert_eq!(place.files("models"), [] as [PathBuf; 0]);
        assert!(place.store.versions().await.unwrap().is_empty());
        assert!(champion(&place.store).await.is_err());
    }
    let model = train(&place.store, &place.training(), &SystemClock, Arc::new(Silent)).await.unwrap();
    assert_eq!(champion(&place.store).await.unwrap().version, model.manifest.version);
}

/// Waits in its first boosting round until it is asked to stop.
struct Waiting {
    begun: Notify,
    stop: Mutex<Option<std::sync::mpsc::Receiver<()>>>,
    stopped: AtomicBool,
}

impl Progress for Waiting {
    fn begin(&self, _: &str, _: u64) {}
    fn done(&self, _: u64) {
        if let Some(stop) = self.stop.lock().unwrap().take() {
            self.begun.notify_one();
            let asked = stop.recv_timeout(std::time::Duration::from_mins(1)).is_ok();
            self.stopped.store(asked, Ordering::SeqCst);
        }
    }
    fn end(&self) {}
    fn stop_requested(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "current_thread")]
async fn others_are_answered_while_a_model_is_trained() {
    let place = Place::new().await;
    let (ask, asked) = std::sync::mpsc::channel();
    let (begun, stop) = (Notify::new(), Mutex::new(Some(asked)));
    let progress = Arc::new(Waiting { begun, stop, stopped: AtomicBool::new(false) });
    let training = place.training();
    // On one thread: were the model trained here, nobody would ever ask.
    let (ended, ()) = tokio::join!(train(&place.store, &training, &SystemClock, progress.clone()), async {
        progress.begun.notified().await;
        assert!(champion(&place.store).await.is_err());
        ask.send(()).unwrap();
    });
    assert!(matches!(ended, Err(TrainError::Stopped(_))), "{:?}", ended.err());
}

#[tokio::test]
async fn a_stopped_tuning_goes_on_where_it_stopped() {
    let place = Place::new().await;
    let training = place.training();
    let progress = StopAt::new("trees", 3, 2);
    let ended = tune_stored(&place.store, &training, 2, &SystemClock, progress).await;
    assert!(matches!(ended, Err(TuneError::Stopped(_))), "{ended:?}");
    let journal = || {
        let files = place.files("tuning");
        assert!(files.len() <= 2, "{files:?}");
        let journal = files.into_iter().find(|f| f.extension().is_some_and(|e| e == "jsonl"));
        std::fs::read_to_string(journal.unwrap()).unwrap()
    };
    let begun = journal();
    assert!(!begun.is_empty() && begun.ends_with('\n'), "whole periods alone: {begun}");
    let resumed = tune_stored(&place.store, &training, 2, &SystemClock, Arc::new(Silent)).await.unwrap();
    assert!(journal().starts_with(&begun));
    // Elsewhere, without an interruption.
    let other = TempDir::new().unwrap();
    let afresh = Training { data_dir: other.path(), ..training };
    let whole = tune_stored(&place.store, &afresh, 2, &SystemClock, Arc::new(Silent)).await.unwrap();
    assert_eq!((resumed.trials, resumed.recipe), (whole.trials, whole.recipe));
}

#[tokio::test]
async fn evaluations_and_fits_of_filters_end_when_asked() {
    let place = Place::new().await;
    let request = EvaluationRequest {
        data_dir: place.folder.path().to_owned(),
        recipe: recipe(),
        recipe_files: Vec::new(),
        goal_models: Vec::new(),
        without_families: false,
        period: EvaluationPeriod::Recent { days: 60 },
        market: false,
        threads: 1,
    };
    // Within a fit, and between two forecasters: the last trees of the first one are boosted to their end.
    for units in [1, 4] {
        let progress = StopAt::new("trees on goals", 1, units);
        let ended = evaluate(&place.store, request.clone(), progress).await;
        assert!(matches!(ended, Err(EvaluationError::Stopped(_))), "{:?}", ended.err());
    }
    let reports = evaluate(&place.store, request, Arc::new(Silent)).await.unwrap();
    assert!(reports.len() == 1 && reports[0].matches > 0);

    let request = FilterRequest {
        data_dir: place.folder.path().to_owned(),
        kind: FilterKind::Goals,
        from: None,
        until: None,
        steps: 1,
        threads: 1,
    };
    let progress = StopAt::new("walks", 1, 3);
    let ended = fit_stored(&place.store, request.clone(), &SystemClock, progress).await;
    assert!(matches!(ended, Err(FilterFitError::Stopped(_))), "{:?}", ended.err());
    assert_eq!(place.files("filters"), [] as [PathBuf; 0]);
    // The record of a fit that was finished stays.
    let progress = StopAt::new("walks", 2, 3);
    let ended = fit_stored(&place.store, request.clone(), &SystemClock, progress).await;
    assert!(matches!(ended, Err(FilterFitError::Stopped(_))), "{:?}", ended.err());
    assert_eq!(place.files("filters").len(), 1);
    let fits = fit_stored(&place.store, request, &SystemClock, Arc::new(Silent)).await.unwrap();
    assert!(fits.len() == 2 && fits.iter().all(|fit| fit.file.exists()));
}
