//! From a calendar and a model to played-out seasons.

use super::calendar::Calendar;
use super::places::Competition;
use super::report::{self, SimulationReport};
use super::strengths::StrengthDraws;
use super::{MOST_IMPACT, SimulateError, SimulationRequest, play_offs};
use crate::predict::forecast_positions;
use rand::SeedableRng;
use std::collections::HashMap;
use std::sync::Arc;
use touchline_domain::ScoreGrid;
use touchline_domain::ports::ResultRow;
use touchline_domain::{League, MatchId, Outcome, Progress, RulesInForce, Score, TeamId};
use touchline_features::{Fixture, History};
use touchline_learning::dataset::Facts;
use touchline_learning::predictor::Predictor;
use touchline_models::simulation::{
    PairGrids, PlayOff, SeasonSimulation, SeasonTable, SimulationError, SimulationRng, Split,
};

/// Everything that a simulation is computed from.
pub(super) struct Work {
    pub league: League,
    pub facts: Facts,
    pub calendar: Calendar,
    /// Names of the calendar's teams.
    pub names: Vec<String>,
    pub request: SimulationRequest,
    pub model: Arc<dyn Predictor + Send + Sync>,
}

/// A match to come, as it is played.
pub(super) struct ToCome {
    pub row: ResultRow,
    /// Places of both sides in the calendar.
    pub sides: [usize; 2],
    /// Its forecast under each draw of the strengths.
    grids: Vec<ScoreGrid>,
}

impl ToCome {
    /// Whether no source has told of it.
    pub fn is_assumed(&self) -> bool {
        self.row.id.0 < 0
    }
}

/// What one match would change: the table for each of its outcomes.
pub(super) type Supposed<'a> = (&'a ToCome, [SeasonTable; 3]);

impl Work {
    pub fn run(self, progress: &dyn Progress) -> Result<SimulationReport, SimulateError> {
        let (teams, places) = (self.calendar.teams.len(), &self.request.places);
        let competition = Competition::of(&self.league, self.calendar.season, teams, places);
        let history = self.facts.history(&self.calendar.assumed);
        progress.begin("forecasts", (self.calendar.to_come.len() + self.calendar.assumed.len()) as u64);
        let (as_of, seed) = (self.request.as_of.timestamp(), self.request.seed);
        let strengths = StrengthDraws::new(&history, as_of, self.draws(), seed);
        let matches = self.forecast(&history, &strengths)?;
        progress.end();
        for (id, _) in &self.request.suppose {
            if !matches.iter().any(|m| m.row.id == *id) {
                return Err(SimulateError::NotToCome(*id));
            }
        }
        let after = self.after(&history, &strengths, &matches);
        let play = |suppose: &[(MatchId, Outcome)]| self.play(&competition, &matches, &after, suppose);
        let asked: Vec<&ToCome> =
            matches.iter().filter(|m| !m.is_assumed()).take(self.request.impact.min(MOST_IMPACT)).collect();
        progress.check()?;
        progress.begin("seasons", 1 + asked.len() as u64);
        let (table, standard_error) = play(&self.request.suppose)?;
        progress.done(1);
        let mut impacts = Vec::new();
        for m in asked {
            progress.check()?;
            let supposing = |outcome| {
                let others = self.request.suppose.iter().filter(|(id, _)| *id != m.row.id).copied();
                play(&others.chain([(m.row.id, outcome)]).collect::<Vec<_>>()).map(|(table, _)| table)
            };
            impacts.push((
                m,
                [supposing(Outcome::HomeWin)?, supposing(Outcome::Draw)?, supposing(Outcome::AwayWin)?],
            ));
            progress.done(1);
        }
        progress.end();
        Ok(report::write(&self, &competition, &matches, (&table, standard_error), &impacts))
    }

    /// Forecasts of all matches to come, under each draw of the strengths, by kick-off.
    fn forecast(&self, history: &History, draws: &StrengthDraws) -> Result<Vec<ToCome>, SimulateError> {
        let rows = self.calendar.to_come.iter().chain(&self.calendar.assumed);
        let row_of: HashMap<MatchId, &ResultRow> = rows.map(|row| (row.id, row)).collect();
        let (positions, rows): (Vec<u32>, Vec<&ResultRow>) = (0..history.len() as u32)
            .filter_map(|p| Some((p, *row_of.get(&history.ids()[p as usize])?)))
            .unzip();
        let (as_of, threads) = (self.request.as_of, self.request.threads);
        let forecasts = forecast_positions(self.model.as_ref(), history, &positions, as_of, threads)?;
        let matches = rows.into_iter().zip(forecasts).map(|(row, (position, forecast))| ToCome {
            row: *row,
            sides: [row.home, row.away].map(|team| self.calendar.place(team)),
            grids: draws.grids(&forecast.grid, &history.fixtures()[position as usize]),
        });
        Ok(matches.collect())
    }

    /// Draws of the strengths: never more than there are seasons to play.
    pub fn draws(&self) -> u32 {
        u32::try_from(self.request.runs).unwrap_or(u32::MAX).min(self.request.draws)
    }

    /// What the season's rules name after the matches that are stored.
    fn after(&self, history: &History, strengths: &StrengthDraws, matches: &[ToCome]) -> After {
        let row = matches.last().map(|m| m.row.id).or(self.calendar.played.last().map(|(row, _)| row.id));
        let like = row.and_then(|row| history.ids().iter().position(|id| *id == row));
        let index = |id: &TeamId| history.teams().iter().position(|held| held == id);
        let indices: Option<Vec<usize>> = self.calendar.teams.iter().map(index).collect();
        let (Some(like), Some(indices)) = (like, indices) else { return After::default() };
        let like = history.fixtures()[like];
        let draws = self.draws() as usize;
        After {
            split: self.split(strengths, matches, &like, &indices),
            play_offs: play_offs::of(&self.calendar, strengths, &like, &indices, draws),
        }
    }

    /// The split that the season's rules name, where it is still to come.
    fn split(
        &self,
        strengths: &StrengthDraws,
        matches: &[ToCome],
        like: &Fixture,
        indices: &[usize],
    ) -> Option<Split> {
        let RulesInForce { split: Some(split), .. } = self.calendar.rules.as_ref()? else { return None };
        let teams = self.calendar.teams.len();
        // Once matches of the second part are stored, they are fixtures like any other.
        let mut count = vec![0_usize; teams];
        for side in matches.iter().flat_map(|m| m.sides).chain(self.calendar.played_sides().flatten()) {
            count[side] += 1;
        }
        if count.iter().any(|n| *n > usize::from(split.after)) {
            return None;
        }
        let grid = |home: usize, away: usize| strengths.expected(like, [indices[home], indices[away]]);
        Some(Split {
            groups: split.groups.iter().map(|n| usize::from(*n)).collect(),
            rounds: usize::from(split.rounds),
            halve_points: split.halve_points,
            grids: PairGrids::new(teams, grid),
        })
    }

    /// Plays the season under every draw of the strengths; also the largest standard error of a probability.
    fn play(
        &self,
        competition: &Competition,
        matches: &[ToCome],
        after: &After,
        suppose: &[(MatchId, Outcome)],
    ) -> Result<(SeasonTable, f64), SimulationError> {
        let draws = u64::from(self.draws().max(1));
        let mut spread = Spread::default();
        let mut rng = SimulationRng::seed_from_u64(self.request.seed);
        let mut total: Option<SeasonTable> = None;
        for draw in 0..draws {
            let season = self.season(competition, matches, after, suppose, draw as usize);
            let runs = self.request.runs / draws + u64::from(draw < self.request.runs % draws);
            let table = season.simulate(runs, self.request.threads, &mut rng)?;
            spread.add(report::probabilities(competition, &table));
            match &mut total {
                Some(total) => total.merge(&table)?,
                None => total = Some(table),
            }
        }
        let total = total.ok_or(SimulationError::Runs(0))?;
        let alone = || {
            report::probabilities(competition, &total).map(|p| total.standard_error(p)).fold(0.0, f64::max)
        };
        let error = spread.standard_error().unwrap_or_else(alone);
        Ok((total, error))
    }

    fn season(
        &self,
        competition: &Competition,
        matches: &[ToCome],
        after: &After,
        suppose: &[(MatchId, Outcome)],
        draw: usize,
    ) -> SeasonSimulation {
        let calendar = &self.calendar;
        let mut season = SeasonSimulation::new(calendar.teams.len(), competition.rules.clone());
        for ((_, score), [home, away]) in calendar.played.iter().zip(calendar.played_sides()) {
            season.result(home, away, *score);
        }
        for m in matches {
            let [home, away] = m.sides;
            let grid = &m.grids[draw.min(m.grids.len() - 1)];
            match suppose.iter().find(|(id, _)| *id == m.row.id) {
                Some((_, outcome)) => season.fixture(home, away, &given(grid, *outcome)),
                None => season.fixture(home, away, grid),
            };
        }
        for (team, points) in calendar.deductions(self.request.as_of) {
            season.deduct(team, points);
        }
        if let Some(split) = &after.split {
            season.split(split.clone());
        }
        for play_off in after.play_offs.get(draw).into_iter().flatten() {
            season.play_off(play_off.clone());
        }
        season
    }
}

/// What is played after the matches that are stored.
#[derive(Default)]
struct After {
    split: Option<Split>,
    /// By draw of the strengths.
    play_offs: Vec<Vec<PlayOff>>,
}

/// Probabilities draw by draw: seasons under one draw share its strengths, so that the draws, not the seasons, say how far a
/// mean may be off.
#[derive(Default)]
struct Spread {
    draws: f64,
    sums: Vec<[f64; 2]>,
}

impl Spread {
    fn add(&mut self, probabilities: impl Iterator<Item = f64>) {
        self.draws += 1.0;
        for (n, p) in probabilities.enumerate() {
            if n == self.sums.len() {
                self.sums.push([0.0; 2]);
            }
            self.sums[n][0] += p;
            self.sums[n][1] += p * p;
        }
    }

    /// The largest standard error of a mean over the draws; none of one draw.
    fn standard_error(&self) -> Option<f64> {
        let n = self.draws;
        let error =
            |[sum, squares]: &[f64; 2]| ((squares / n - (sum / n).powi(2)).max(0.0) / (n - 1.0)).sqrt();
        (n > 1.0).then(|| self.sums.iter().map(error).fold(0.0, f64::max))
    }
}

/// The scores of a grid, given their outcome.
fn given(grid: &ScoreGrid, outcome: Outcome) -> ScoreGrid {
    let side = grid.max_goals() + 1;
    let of = |cell: usize| Outcome::of(Score { home: (cell / side) as u8, away: (cell % side) as u8 });
    let cells = grid.cells().iter().enumerate();
    let cells = cells.map(|(cell, p)| if of(cell) == outcome { *p } else { 0.0 }).collect();
    ScoreGrid::from_weights(grid.max_goals(), cells).unwrap_or_else(|_| grid.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_models::goals::poisson_grid;

    #[test]
    fn draws_that_disagree_make_a_larger_error_than_their_seasons() {
        let mut spread = Spread::default();
        assert_eq!(spread.standard_error(), None);
        for p in [0.2, 0.6, 0.4, 0.4] {
            spread.add([p, 0.5].into_iter());
        }
        // Variance 0.02 over four draws, of which three are free.
        assert!((spread.standard_error().unwrap() - (0.02_f64 / 3.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_supposed_outcome_is_certain_and_keeps_its_scores_in_proportion() {
        let grid = poisson_grid([1.4, 1.1], 10);
        let home = given(&grid, Outcome::HomeWin);
        assert!((home.forecast().home() - 1.0).abs() < 1e-12);
        let ratio = grid.probability(2, 0) / grid.probability(1, 0);
        assert!((home.probability(2, 0) / home.probability(1, 0) - ratio).abs() < 1e-12);
    }
}
