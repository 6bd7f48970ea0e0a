//! A goal model of `touchline_models`, fitted on the results of a history.

use super::{MatchBatch, MatchForecast, ModelLabel, Prediction, Predictions, Predictor};
use crate::matrices::Horizon;
use crate::model_error::ModelError;
use chrono::DateTime;
use std::collections::HashMap;
use touchline_domain::{LeagueId, Score, TeamId};
use touchline_features::{Fixture, History, Seconds, Settings};
use touchline_models::goals::{
    FitConfig, FixtureTeam, GoalFixture, GoalForecaster, GoalLevel, GoalMatches, GoalModelKind,
    GoalObservation, TimeDecay,
};

const DAY: f64 = 86_400.0;
/// Age at which a match counts half: about the optimum of Dixon & Coles 1997.
const HALF_LIFE_DAYS: f64 = 390.0;
/// Matches that count less are left out: older than six years or so.
const LEAST_WEIGHT: f64 = 0.02;

/// Attack and defence of every team and a level of goals per league, by weighted maximum likelihood with team strengths
/// shrunk to the mean of their league.
pub struct FittedGoalModel {
    label: ModelLabel,
    model: Box<dyn GoalForecaster>,
    teams: HashMap<TeamId, usize>,
    leagues: HashMap<LeagueId, usize>,
    matches: usize,
}

impl FittedGoalModel {
    /// Fits a family to the results that were known at a time.
    ///
    /// # Errors
    /// No result was known, or the likelihood has no optimum.
    pub fn fit(kind: GoalModelKind, history: &History, known_until: Seconds) -> Result<Self, ModelError> {
        // As it was held then: a later correction was not known.
        let held =
            |p: usize| history.played_at(p, known_until).filter(|_| history.known_at(p) <= known_until);
        let known = |p: &usize| held(*p).is_some();
        let decay = TimeDecay::half_life_days(HALF_LIFE_DAYS)?;
        let mut observed = GoalMatches::new(history.teams().len())
            .with_groups(groups(history, known))
            .with_leagues(history.leagues().len());
        for position in (0..history.len()).filter(known) {
            let Some(played) = held(position) else { continue };
            let Fixture { home: home_team, away: away_team, league, neutral, .. } = played.fixture;
            let [home, away] = played.goals;
            let age = (known_until - history.kickoffs()[position]) as f64 / DAY;
            let score = Score { home, away };
            let observation = GoalObservation::new(home_team as usize, away_team as usize, score);
            let weight = decay.weight(age);
            observed.push(GoalObservation { league: league as usize, weight, neutral, ..observation });
        }
        observed.forget_below(LEAST_WEIGHT);
        let config = FitConfig { goal_level: GoalLevel::PerLeague, ..FitConfig::default() };
        let model = kind.fit(&observed, &config)?;
        let until = DateTime::from_timestamp(known_until, 0).unwrap_or_default();
        Ok(Self {
            label: ModelLabel::new(kind.name(), until.format("%Y-%m-%dT%H:%M:%SZ").to_string()),
            model,
            teams: history.teams().iter().enumerate().map(|(index, id)| (*id, index)).collect(),
            leagues: history.leagues().iter().enumerate().map(|(index, id)| (*id, index)).collect(),
            matches: observed.len(),
        })
    }

    /// Matches that it was fitted on.
    pub fn matches(&self) -> usize {
        self.matches
    }

    /// A side of a match: the team by its identifier, and the mean of the league for a team never seen.
    fn side(&self, team: TeamId, league: usize) -> FixtureTeam {
        match self.teams.get(&team) {
            Some(index) => FixtureTeam::Known(*index),
            None => FixtureTeam::Newcomer { group: league },
        }
    }
}

/// The league of each team: that of its latest known match, else that of the first that it is down for.
fn groups(history: &History, known: impl Fn(&usize) -> bool) -> Vec<usize> {
    let mut groups = vec![None; history.teams().len()];
    for position in 0..history.len() {
        let Fixture { home, away, league, .. } = history.fixtures()[position];
        for team in [home, away] {
            let group = &mut groups[team as usize];
            if group.is_none() || known(&position) {
                *group = Some(league as usize);
            }
        }
    }
    groups.into_iter().map(Option::unwrap_or_default).collect()
}

impl Predictor for FittedGoalModel {
    fn label(&self) -> ModelLabel {
        self.label.clone()
    }

    fn features(&self, _: Horizon) -> Result<Option<Settings>, ModelError> {
        Ok(None)
    }

    fn predict(&self, batch: &MatchBatch<'_>) -> Result<Predictions, ModelError> {
        let history = batch.history;
        let of = |position: &u32| {
            let Fixture { home, away, league, neutral, .. } = history.fixtures()[*position as usize];
            let league = *self.leagues.get(&history.leagues()[league as usize])?;
            let [home, away] = [home, away].map(|side| self.side(history.teams()[side as usize], league));
            let fixture = GoalFixture { home, away, league, neutral, covariates: &[] };
            Some(Prediction::Scores(MatchForecast::of_grid(self.model.grid_for(&fixture))))
        };
        Ok(batch.positions.iter().map(of).collect())
    }
}
