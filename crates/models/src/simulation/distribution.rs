//! What a simulation gives: counts of final positions.

use super::season::SimulationError;
use std::ops::RangeInclusive;

/// How often each team ended in each position over all simulated seasons.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeasonTable {
    pub(crate) teams: usize,
    pub(crate) runs: u64,
    /// Seasons in which team `t` ended at position `p` (from 0), at `t * teams + p`.
    pub(crate) positions: Vec<u64>,
    /// Sum of final points and of their squares per team.
    pub(crate) points: Vec<i64>,
    pub(crate) squares: Vec<i64>,
    /// Play-offs won per team.
    pub(crate) play_offs: Vec<u64>,
}

impl SeasonTable {
    pub(crate) fn empty(teams: usize) -> Self {
        Self {
            teams,
            runs: 0,
            positions: vec![0; teams * teams],
            points: vec![0; teams],
            squares: vec![0; teams],
            play_offs: vec![0; teams],
        }
    }

    /// Adds the counts of another simulation of the same competition, such as one from another posterior draw.
    ///
    /// # Errors
    /// [`SimulationError::Merge`] when the numbers of teams differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), SimulationError> {
        if self.teams != other.teams {
            return Err(SimulationError::Merge(self.teams, other.teams));
        }
        self.runs += other.runs;
        let counts = self.positions.iter_mut().chain(&mut self.play_offs);
        counts.zip(other.positions.iter().chain(&other.play_offs)).for_each(|(a, b)| *a += b);
        let sums = self.points.iter_mut().chain(&mut self.squares);
        sums.zip(other.points.iter().chain(&other.squares)).for_each(|(a, b)| *a += b);
        Ok(())
    }

    /// Number of teams.
    pub fn teams(&self) -> usize {
        self.teams
    }

    /// Number of simulated seasons.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    fn share(&self, count: u64) -> f64 {
        if self.runs == 0 { 0.0 } else { count as f64 / self.runs as f64 }
    }

    /// Probability that a team ends at a position (1 is first); 0 for an unknown team or position.
    pub fn probability(&self, team: usize, position: usize) -> f64 {
        let (team, n) = (team, self.teams);
        let known = team < n && (1..=n).contains(&position);
        if known { self.share(self.positions[team * n + position - 1]) } else { 0.0 }
    }

    /// Probabilities of all positions of a team, first to last; they sum to 1.
    pub fn positions(&self, team: usize) -> Vec<f64> {
        (1..=self.teams).map(|p| self.probability(team, p)).collect()
    }

    /// Probability that a team ends within a range of positions: `1..=4` for the Champions League, say.
    pub fn within(&self, team: usize, positions: RangeInclusive<usize>) -> f64 {
        positions.map(|p| self.probability(team, p)).sum()
    }

    /// Probability of the title.
    pub fn title(&self, team: usize) -> f64 {
        self.probability(team, 1)
    }

    /// Probability to end within the last places.
    pub fn relegation(&self, team: usize, places: usize) -> f64 {
        self.within(team, self.teams.saturating_sub(places) + 1..=self.teams)
    }

    /// Probability of promotion by one of the first places or by the play-off.
    pub fn promotion(&self, team: usize, direct_places: usize) -> f64 {
        self.within(team, 1..=direct_places) + self.play_off(team)
    }

    /// Probability to win the play-off.
    pub fn play_off(&self, team: usize) -> f64 {
        self.play_offs.get(team).map_or(0.0, |count| self.share(*count))
    }

    /// Mean final points.
    pub fn expected_points(&self, team: usize) -> f64 {
        let sum = self.points.get(team).copied().unwrap_or(0);
        if self.runs == 0 { 0.0 } else { sum as f64 / self.runs as f64 }
    }

    /// Standard deviation of final points.
    pub fn points_deviation(&self, team: usize) -> f64 {
        let Some(squares) = self.squares.get(team).filter(|_| self.runs > 0) else { return 0.0 };
        let mean = self.expected_points(team);
        (*squares as f64 / self.runs as f64 - mean * mean).max(0.0).sqrt()
    }

    /// Monte Carlo standard error of a probability of this table.
    pub fn standard_error(&self, probability: f64) -> f64 {
        if self.runs == 0 {
            f64::INFINITY
        } else {
            (probability * (1.0 - probability) / self.runs as f64).sqrt()
        }
    }
}
