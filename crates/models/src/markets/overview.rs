//! The markets that a page or an answer shows, in one call.

use super::{DoubleChance, Line, Markets, Settlement};
use touchline_outcomes::{Forecast, Side};

/// A score and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScoreProbability {
    /// Home goals.
    pub home: usize,
    /// Away goals.
    pub away: usize,
    /// Probability of exactly this score.
    pub probability: f64,
}

/// Over and under a half line, where no stake is returned.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TotalPrice {
    /// The line, goals.
    pub line: Line,
    /// Probability of more goals.
    pub over: f64,
    /// Probability of fewer.
    pub under: f64,
}

/// An Asian handicap of the home side.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HandicapPrice {
    /// Goals added to the home side.
    pub line: Line,
    /// How a bet on the home side settles; the away side's is its opposite.
    pub home: Settlement,
}

/// The usual markets of one match.
///
/// ```
/// use touchline_models::markets::Markets;
/// use touchline_outcomes::ScoreGrid;
/// let grid = ScoreGrid::from_weights(1, vec![0.3, 0.2, 0.4, 0.1])?;
/// let overview = Markets::of(&grid).overview();
/// assert!((overview.one_x_two.home() - 0.4).abs() < 1e-12);
/// assert!((overview.totals[0].over - 0.7).abs() < 1e-12); // over 0.5
/// assert_eq!((overview.top_scores[0].home, overview.top_scores[0].away), (1, 0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Overview {
    /// Home win, draw, away win.
    pub one_x_two: Forecast,
    /// Two outcomes together.
    pub double_chance: DoubleChance,
    /// Home win where a draw returns the stake: share of decided matches.
    pub draw_no_bet_home: f64,
    /// Over and under 0.5, 1.5, 2.5, 3.5, 4.5 and 5.5 goals.
    pub totals: [TotalPrice; 6],
    /// Asian handicaps of the home side from -2 to +2 by quarters.
    pub handicaps: [HandicapPrice; 17],
    /// Probability that both sides score.
    pub both_teams_to_score: f64,
    /// Probabilities that the home and the away side concede nothing.
    pub clean_sheets: [f64; 2],
    /// The ten likeliest scores, or all of a smaller grid.
    pub top_scores: Vec<ScoreProbability>,
    /// Mean goals of the home and of the away side.
    pub expected_goals: [f64; 2],
}

impl Markets {
    /// The usual markets.
    pub fn overview(&self) -> Overview {
        let total = |i: usize| {
            let line = Line::from_quarters(2 + 4 * i as i16);
            let bet = self.over(line);
            TotalPrice { line, over: bet.win, under: bet.loss }
        };
        let handicap = |i: usize| {
            let line = Line::from_quarters(i as i16 - 8);
            HandicapPrice { line, home: self.asian_handicap(Side::Home, line) }
        };
        Overview {
            one_x_two: self.one_x_two(),
            double_chance: self.double_chance(),
            draw_no_bet_home: self.draw_no_bet(Side::Home).two_way_probability(),
            totals: std::array::from_fn(total),
            handicaps: std::array::from_fn(handicap),
            both_teams_to_score: self.both_teams_to_score(),
            clean_sheets: [self.clean_sheet(Side::Home), self.clean_sheet(Side::Away)],
            top_scores: self.top_scores(10),
            expected_goals: [self.expected_goals(Side::Home), self.expected_goals(Side::Away)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::poisson_grid;
    use super::*;

    #[test]
    fn the_overview_repeats_the_single_markets() {
        let m = Markets::of(&poisson_grid(1.8, 0.9, 14));
        let o = m.overview();
        assert_eq!(o.totals[2].line.to_string(), "2.5");
        assert!((o.totals[2].over - m.over(Line::from_quarters(10)).win).abs() < 1e-15);
        assert_eq!(o.handicaps[0].line.quarters(), -8);
        assert_eq!(o.handicaps[16].line.quarters(), 8);
        assert!(o.handicaps.windows(2).all(|w| w[0].home.won() <= w[1].home.won()));
        assert_eq!(o.top_scores.len(), 10);
        let back: Overview = serde_json::from_str(&serde_json::to_string(&o).unwrap()).unwrap();
        assert!(
            back.totals
                .iter()
                .zip(&o.totals)
                .all(|(a, b)| a.line == b.line && (a.over - b.over).abs() < 1e-15)
        );
    }
}
