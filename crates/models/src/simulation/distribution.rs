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
    /// Play-offs won: play-off `n` by team `t` at `n * teams + t`.
    pub(crate) play_offs: Vec<u64>,
    /// Seasons in which position `p` (from 0) was reached with `n` points, at `p * SPAN + n - LEAST_POINTS`.
    pub(crate) points_of_positions: Vec<u64>,
}

/// Points that are told apart; fewer count as the least, more as the most.
const LEAST_POINTS: i64 = -64;
const SPAN: usize = 512;

impl SeasonTable {
    pub(crate) fn empty(teams: usize, play_offs: usize) -> Self {
        Self {
            teams,
            runs: 0,
            positions: vec![0; teams * teams],
            points: vec![0; teams],
            squares: vec![0; teams],
            play_offs: vec![0; teams * play_offs],
            points_of_positions: vec![0; teams * SPAN],
        }
    }

    /// Counts a season in which a team ended at a position (from 0).
    pub(crate) fn count(&mut self, team: usize, position: usize) {
        self.positions[team * self.teams + position] += 1;
    }

    /// Counts a season in which a team reached a position (from 0) of the table with so many points.
    pub(crate) fn count_points(&mut self, team: usize, position: usize, points: i64) {
        self.points[team] += points;
        self.squares[team] += points * points;
        let column = (points - LEAST_POINTS).clamp(0, SPAN as i64 - 1) as usize;
        self.points_of_positions[position * SPAN + column] += 1;
    }

    /// Adds the counts of another simulation of the same competition, such as one from another posterior draw.
    ///
    /// # Errors
    /// [`SimulationError::Merge`] when the numbers of teams or of play-offs differ.
    pub fn merge(&mut self, other: &Self) -> Result<(), SimulationError> {
        if self.teams != other.teams || self.play_offs.len() != other.play_offs.len() {
            return Err(SimulationError::Merge(self.teams, other.teams));
        }
        self.runs += other.runs;
        let counts = self.positions.iter_mut().chain(&mut self.play_offs);
        counts.zip(other.positions.iter().chain(&other.play_offs)).for_each(|(a, b)| *a += b);
        let sums = self.points.iter_mut().chain(&mut self.squares);
        sums.zip(other.points.iter().chain(&other.squares)).for_each(|(a, b)| *a += b);
        let points = self.points_of_positions.iter_mut().zip(&other.points_of_positions);
        points.for_each(|(a, b)| *a += b);
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

    /// Probability of promotion by one of the first places or by the first play-off.
    pub fn promotion(&self, team: usize, direct_places: usize) -> f64 {
        self.within(team, 1..=direct_places) + self.play_off(0, team)
    }

    /// Number of play-offs.
    pub fn play_offs(&self) -> usize {
        self.play_offs.len() / self.teams.max(1)
    }

    /// Probability to win a play-off, counted from 0 in the order of adding; 0 for an unknown play-off or team.
    pub fn play_off(&self, play_off: usize, team: usize) -> f64 {
        let count = self.play_offs.get(play_off * self.teams + team).filter(|_| team < self.teams);
        count.map_or(0.0, |count| self.share(*count))
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

    /// The points with which a position (1 is first) was reached: those that `share` of the simulated seasons did not
    /// exceed; 0.5 gives the median. None for an unknown position, or before any season was simulated. Points below -64 and
    /// above 447 count as these.
    pub fn points_at(&self, position: usize, share: f64) -> Option<i32> {
        let start = position.checked_sub(1).filter(|p| *p < self.teams)? * SPAN;
        let wanted = (share.clamp(0.0, 1.0) * self.runs as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        let column = self.points_of_positions[start..start + SPAN].iter().position(|n| {
            seen += n;
            seen >= wanted
        });
        column.map(|column| (column as i64 + LEAST_POINTS) as i32)
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
