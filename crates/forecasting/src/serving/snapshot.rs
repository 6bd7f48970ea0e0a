//! The forecasts of all matches to come, computed together and then unchanging.

use super::answer::{MEAN_GOALS, rho};
use super::{Answer, BASE_RATES, Mode, ModelLabel, Reason, STRENGTH_FILTER, ServingSettings};
use crate::predict::forecast_from;
use crate::to_come::known_until;
use chrono::{DateTime, Duration, Utc};
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use touchline_domain::ports::ModelVersion;
use touchline_domain::telemetry::{LOAD_DURATION, PREDICTION_DURATION};
use touchline_domain::{Change, ChangeKind, ChangeScope, Kickoff, Match, MatchId};
use touchline_features::{
    Checkpoint, FeatureMatrix, History, Knowledge, LineupView, MarketView, Settings, View, compute, resume,
};
use touchline_learning::dataset::Facts;
use touchline_learning::matrices::Horizon;
use touchline_learning::model::{self, ForecastModel, MatchForecast, ModelError};
use touchline_models::dynamic::score_grid;

/// The active model, or why there is none to answer.
pub(super) type Active = Result<Arc<ForecastModel>, Reason>;

/// What a snapshot is computed from.
pub(super) struct Sources {
    pub model: Active,
    /// Of an earlier snapshot.
    pub checkpoints: Vec<Checkpoint>,
    pub facts: Facts,
    pub fixtures: Vec<Match>,
    pub active: Option<ModelVersion>,
    pub as_of: DateTime<Utc>,
    pub settings: ServingSettings,
}

/// A model in memory, with the registered version that it is.
pub(super) type Loaded = (ModelVersion, Arc<ForecastModel>);

/// Forecasts of all matches to come at one time.
#[derive(Debug)]
pub struct Snapshot {
    as_of: DateTime<Utc>,
    mode: Mode,
    reason: Option<Reason>,
    label: ModelLabel,
    model: Option<Arc<ForecastModel>>,
    forecasts: HashMap<MatchId, (Kickoff, MatchForecast)>,
    checkpoints: Vec<Checkpoint>,
    active: Option<ModelVersion>,
}

/// What was computed by whichever model could.
struct Computed {
    mode: Mode,
    label: ModelLabel,
    forecasts: Vec<(MatchId, MatchForecast)>,
}

impl Snapshot {
    /// Computes all forecasts.
    pub(super) fn build(mut sources: Sources) -> Self {
        let (model, mut reason) = match &sources.model {
            Ok(model) => (Some(Arc::clone(model)), None),
            Err(reason) => (None, Some(reason.clone())),
        };
        let started = Instant::now();
        let Computed { mode, label, forecasts } = computed(&mut sources, model.as_deref(), &mut reason);
        let seconds = started.elapsed().as_secs_f64();
        metrics::histogram!(PREDICTION_DURATION.name, &label.labels()).record(seconds);
        let kickoffs: HashMap<MatchId, Kickoff> =
            sources.fixtures.iter().map(|m| (m.id, m.kickoff)).collect();
        let forecasts =
            forecasts.into_iter().filter_map(|(id, f)| kickoffs.get(&id).map(|k| (id, (*k, f)))).collect();
        let Sources { as_of, checkpoints, active, .. } = sources;
        Self { as_of, mode, reason, label, model, forecasts, checkpoints, active }
    }

    /// Facts known up to this time were used.
    pub fn as_of(&self) -> DateTime<Utc> {
        self.as_of
    }

    /// What gave the forecasts.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Why the trained model did not give them.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }

    /// The model that gave them.
    pub fn label(&self) -> &ModelLabel {
        &self.label
    }

    /// The active trained model, where there is one and it can be read.
    pub fn model(&self) -> Option<&Arc<ForecastModel>> {
        self.model.as_ref()
    }

    /// Number of forecasts.
    pub fn len(&self) -> usize {
        self.forecasts.len()
    }

    /// Whether no match is to come.
    pub fn is_empty(&self) -> bool {
        self.forecasts.is_empty()
    }

    /// The forecast of a match, where one was computed.
    pub fn forecast(&self, id: MatchId) -> Option<&MatchForecast> {
        self.forecasts.get(&id).map(|(_, forecast)| forecast)
    }

    /// The forecast of a match with everything that is to be said of it.
    pub fn answer(&self, m: &Match) -> Option<Answer> {
        let (kickoff, forecast) = self.forecasts.get(&m.id)?;
        let as_of = known_until(*kickoff, self.as_of);
        Some(Answer {
            match_id: m.id,
            forecast: forecast.forecast,
            expected_goals: forecast.expected_goals,
            grid: Some(forecast.grid.clone()),
            model: self.label.clone(),
            mode: self.mode,
            reason: self.reason.as_ref().map(ToString::to_string),
            as_of,
            sealed_at: None,
        })
    }

    /// The model, for the next snapshot.
    pub(super) fn loaded(&self) -> Option<Loaded> {
        Some((self.active.clone()?, Arc::clone(self.model.as_ref()?)))
    }

    /// Where the features of the next snapshot go on from.
    pub(super) fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// Whether the model could not be read, which may be mended without a change in the store.
    pub(super) fn is_to_be_retried(&self) -> bool {
        matches!(self.reason, Some(Reason::Unreadable(_)))
    }

    /// Whether a change in the store can alter an answer.
    pub(super) fn is_altered_by(&self, change: &Change) -> bool {
        let View { market, lineups } = self.model.as_ref().map_or(View::default(), |model| model.view());
        match change.kind {
            ChangeKind::Odds => match change.scope {
                ChangeScope::Match(id) => {
                    market.sees_earlier() || (market != MarketView::None && self.forecasts.contains_key(&id))
                }
                _ => market != MarketView::None,
            },
            // Who played in earlier matches counts too.
            ChangeKind::Lineup | ChangeKind::Injury => lineups != LineupView::None,
            ChangeKind::ForecastSealed
            | ChangeKind::ModelRegistered
            | ChangeKind::AliasConfirmed
            | ChangeKind::Events
            | ChangeKind::InPlayOdds => false,
            ChangeKind::MatchAdded
            | ChangeKind::MatchChanged
            | ChangeKind::Result
            | ChangeKind::Statistics
            | ChangeKind::ModelActivated
            | ChangeKind::NamesMerged
            | ChangeKind::Corrected => true,
        }
    }
}

fn label_of(version: &ModelVersion) -> ModelLabel {
    ModelLabel { name: version.name.clone(), version: version.version.clone() }
}

/// The active model: `loaded`, that of an earlier snapshot, where it is the same, else from disk, where it must have
/// the manifest that was registered.
pub(super) fn load(data_dir: &Path, active: Option<&ModelVersion>, loaded: Option<Loaded>) -> Active {
    let active = active.ok_or(Reason::NoModel)?;
    if let Some((version, model)) = loaded
        && version == *active
    {
        return Ok(model);
    }
    let started = Instant::now();
    let model = model::load_registered(data_dir, active);
    metrics::histogram!(LOAD_DURATION.name, &label_of(active).labels())
        .record(started.elapsed().as_secs_f64());
    model.map(Arc::new).map_err(|cause| {
        tracing::error!(name = active.name, version = active.version, %cause, "model unreadable");
        Reason::Unreadable(label_of(active))
    })
}

/// Forecasts by the best model that can give them; `reason` becomes why the trained one did not.
fn computed(sources: &mut Sources, model: Option<&ForecastModel>, reason: &mut Option<Reason>) -> Computed {
    if sources.settings.mock {
        *reason = Some(Reason::Configured);
        return mock(&sources.fixtures);
    }
    let history = sources.facts.history(&[]);
    let wanted: HashSet<MatchId> = sources.fixtures.iter().map(|m| m.id).collect();
    let positions: Vec<u32> =
        (0..history.len() as u32).filter(|p| wanted.contains(&history.ids()[*p as usize])).collect();
    if let Some(model) = model {
        let label = ModelLabel { name: model.manifest.name.clone(), version: model.manifest.version.clone() };
        let (as_of, threads) = (sources.as_of, sources.settings.threads);
        let mut features = resuming(&history, as_of, &mut sources.checkpoints);
        match forecast_from(model, &history, &positions, as_of, threads, &mut features) {
            Ok(forecasts) => {
                let of = |(p, forecast)| (history.ids()[p as usize], forecast);
                let forecasts = forecasts.into_iter().map(of).collect();
                return Computed { mode: Mode::Real, label, forecasts };
            }
            Err(error) => {
                tracing::error!(%error, "the active model cannot be applied");
                *reason = Some(match error {
                    ModelError::Features(_) => Reason::OtherFeatures(label),
                    _ => Reason::ModelFailed(label),
                });
            }
        }
    }
    let as_of = sources.as_of.timestamp();
    if !(0..history.len()).any(|p| history.goals(p).is_some() && history.known_at(p) <= as_of) {
        *reason = Some(Reason::NoResults);
        return mock(&sources.fixtures);
    }
    fallback(&history, &positions, as_of, sources.settings.threads).unwrap_or_else(|| {
        *reason = Some(Reason::FilterFailed);
        mock(&sources.fixtures)
    })
}

/// Features that go on from the checkpoint of the same settings, and leave it a day behind: a match of which only the
/// date is known sees nothing of its day.
fn resuming(
    history: &History,
    as_of: DateTime<Utc>,
    checkpoints: &mut Vec<Checkpoint>,
) -> impl FnMut(&[u32], Knowledge, &Settings) -> FeatureMatrix {
    let until = (as_of - Duration::days(1)).timestamp();
    move |positions, knowledge, settings| {
        let same = checkpoints.iter().position(|c| c.settings() == settings);
        let checkpoint = same.map(|at| checkpoints.swap_remove(at));
        let (matrix, checkpoint) = resume(checkpoint, history, positions, knowledge, settings, until);
        checkpoints.push(checkpoint);
        matrix
    }
}

/// Forecasts by the strength filter alone: its goal means and the Dixon-Coles grid over them.
fn fallback(history: &History, positions: &[u32], as_of: i64, threads: usize) -> Option<Computed> {
    let knowledge = Knowledge { lag: 0, as_of: Some(as_of) };
    let matrix = compute(history, positions, knowledge, &Horizon::Fresh.settings(), threads);
    let goals = ["home_expected_goals", "away_expected_goals"].map(|name| matrix.column_named(name));
    let [home, away] = [goals[0]?, goals[1]?];
    let version = matrix.definitions()[home].version.to_string();
    let mut forecasts = Vec::with_capacity(positions.len());
    for (row, id) in matrix.ids().iter().enumerate() {
        let means = (f64::from(matrix.column(home)[row]), f64::from(matrix.column(away)[row]));
        if !(means.0.is_finite() && means.1.is_finite()) {
            return None;
        }
        forecasts.push((*id, by_means(means)));
    }
    let label = ModelLabel { name: STRENGTH_FILTER.to_owned(), version };
    Some(Computed { mode: Mode::Fallback, label, forecasts })
}

/// The same base rates for every match.
fn mock(fixtures: &[Match]) -> Computed {
    let forecast = by_means(MEAN_GOALS);
    let label = ModelLabel { name: BASE_RATES.to_owned(), version: "1".to_owned() };
    let forecasts = fixtures.iter().map(|m| (m.id, forecast.clone())).collect();
    Computed { mode: Mode::Mock, label, forecasts }
}

fn by_means(means: (f64, f64)) -> MatchForecast {
    let grid = score_grid(means, rho());
    MatchForecast { forecast: grid.forecast(), expected_goals: grid.expected_goals(), grid }
}
