//! The walk: every estimator is fitted for every fold, and what its predictor says is kept beside what happened.

use super::estimator::{Estimator, FittedPredictor, TrainingData};
use super::folds::{Cutoff, Fold};
use crate::matrices::Horizon;
use crate::model::ModelError;
use crate::predictor::{FeatureRows, MatchBatch, Prediction, Predictions, even_chances};
use chrono::{DateTime, Utc};
use touchline_domain::{Forecast, LeagueId, MatchId, Outcome, Progress};
use touchline_features::{FeatureMatrix, History, View, compute};

/// What forecasters learn from and are judged by.
pub struct Evidence<'a> {
    /// All matches.
    pub history: &'a History,
    /// Features of every match for a horizon, as they stand when forecasting that far ahead.
    pub matrix_of: &'a dyn Fn(Horizon) -> &'a FeatureMatrix,
    /// What these features see of a match itself.
    pub view: View,
    /// Threads to use.
    pub threads: usize,
}

/// A match that was forecast, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The match.
    pub id: MatchId,
    /// Its position in the history.
    pub position: u32,
    /// Its league.
    pub league: LeagueId,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// Goals of the home and the away side.
    pub goals: [u8; 2],
    /// Who won.
    pub outcome: Outcome,
    /// The fold that it belongs to, counted from 0.
    pub fold: usize,
}

/// What one forecaster said about every match of a [`Scoreboard`], in its order.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Its name.
    pub name: String,
    /// Home win, draw, away win.
    pub forecasts: Vec<Forecast>,
    /// Expected goals of home and away side, where it forecasts scores.
    pub goals: Option<Vec<[f64; 2]>>,
}

impl Answered {
    /// Adds predictions. A match that nothing is said of counts as an even chance: nobody gains by saying nothing.
    fn extend(&mut self, predictions: Predictions) {
        let goals = predictions.iter().map(|prediction| {
            let (home, away) = prediction.as_ref()?.scores()?.expected_goals;
            Some([home, away])
        });
        self.goals = self.goals.take().zip(goals.collect::<Option<Vec<_>>>()).map(|(mut all, goals)| {
            all.extend(goals);
            all
        });
        let forecast =
            |prediction: Option<Prediction>| prediction.map_or_else(even_chances, |p| p.forecast());
        self.forecasts.extend(predictions.into_iter().map(forecast));
    }
}

/// Every forecast of every forecaster, and what happened. The first forecaster is the one that others are
/// compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Scoreboard {
    /// The matches, fold by fold, each fold in order of kick-off.
    pub matches: Vec<Judged>,
    /// One per forecaster.
    pub answered: Vec<Answered>,
    /// Per fold its name and the number of matches that the first forecaster learned from.
    pub folds: Vec<(String, usize)>,
}

impl Scoreboard {
    /// Fits every estimator for every fold and asks its predictor. Features of a fold are computed once, and all see the
    /// same.
    ///
    /// # Errors
    /// A fold without enough matches to learn from, a failed training, or [`ModelError::Stopped`].
    pub fn fill(
        evidence: &Evidence<'_>,
        folds: &[Fold],
        estimators: &[Box<dyn Estimator>],
        progress: &dyn Progress,
    ) -> Result<Self, ModelError> {
        let blank =
            |name: &str| Answered { name: name.to_owned(), forecasts: Vec::new(), goals: Some(Vec::new()) };
        let answered = estimators.iter().map(|f| blank(f.name())).collect();
        let mut board = Self { matches: Vec::new(), answered, folds: Vec::with_capacity(folds.len()) };
        for fold in folds {
            board.add(evidence, fold, estimators, progress)?;
        }
        Ok(board)
    }

    fn add(
        &mut self,
        evidence: &Evidence<'_>,
        fold: &Fold,
        estimators: &[Box<dyn Estimator>],
        progress: &dyn Progress,
    ) -> Result<(), ModelError> {
        let history = evidence.history;
        progress.check()?;
        let horizon = fold.cutoff.horizon();
        let train = (evidence.matrix_of)(horizon);
        // Where a test match sees exactly what a training row sees, its features are those of the training matrix.
        let own;
        let (test, rows): (&FeatureMatrix, Vec<usize>) = if fold.cutoff == Cutoff::UpToKickoff {
            (train, fold.test.iter().map(|p| *p as usize).collect())
        } else {
            let settings = horizon.settings().with_view(evidence.view);
            own = compute(history, &fold.test, fold.cutoff.knowledge(), &settings, evidence.threads);
            (&own, (0..fold.test.len()).collect())
        };
        let data = TrainingData { history, known_until: fold.train_until, features: train, progress };
        let features = Some(FeatureRows { matrix: test, rows: &rows });
        let batch =
            MatchBatch { history, positions: &fold.test, horizon, features, threads: evidence.threads };
        let mut learned = None;
        for (answered, estimator) in self.answered.iter_mut().zip(estimators) {
            progress.check()?;
            let FittedPredictor { predictor, learned_from } = estimator.fit(&data)?;
            answered.extend(predictor.predict(&batch)?);
            learned.get_or_insert(learned_from);
        }
        let number = self.folds.len();
        self.matches.extend(fold.test.iter().filter_map(|p| judged(history, *p as usize, number)));
        self.folds.push((fold.name.clone(), learned.unwrap_or_default()));
        Ok(())
    }

    /// The outcomes, match by match.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.matches.iter().map(|m| m.outcome).collect()
    }
}

/// The match at a position, where it is finished.
fn judged(history: &History, position: usize, fold: usize) -> Option<Judged> {
    Some(Judged {
        id: history.ids()[position],
        position: position as u32,
        league: history.leagues()[history.fixtures()[position].league as usize],
        kickoff: DateTime::from_timestamp(history.kickoffs()[position], 0)?,
        goals: history.goals(position)?,
        outcome: history.outcome(position)?,
        fold,
    })
}
