//! Scores that are hardly possible.

use super::RuleFinding;
use std::collections::BTreeMap;
use touchline_domain::{LeagueId, Match, MatchId, MatchStatus, Score, ScoreGrid, Severity};

/// Goals of a side up to which scores are weighed.
const MOST: usize = 30;
/// The shape of the gamma mixture over sides of different strength.
const SHAPE: f64 = 8.0;
/// Chance of a score, or one as unlikely, below which it deserves a look.
const UNLIKELY: f64 = 3e-5;
/// Chance below which nobody has to hesitate.
const ABSURD: f64 = 1e-8;
/// Matches that the rates of a league are drawn towards.
const PRIOR: (f64, f64, f64) = (50.0, 1.5, 1.15);

/// Mean goals of the home and the away side in a league.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoalRates {
    /// Home goals per match.
    pub home: f64,
    /// Away goals per match.
    pub away: f64,
}

impl GoalRates {
    /// Rates of all leagues, drawn towards usual ones where few matches are known.
    pub fn of(matches: &[Match]) -> BTreeMap<LeagueId, Self> {
        Self::of_scores(matches.iter().filter_map(|m| Some((m.league, m.score?))))
    }

    /// The same of scores, by whatever tells leagues apart.
    pub(crate) fn of_scores<L: Ord>(scores: impl Iterator<Item = (L, Score)>) -> BTreeMap<L, Self> {
        let mut sums: BTreeMap<L, (f64, f64, f64)> = BTreeMap::new();
        for (league, score) in scores {
            let sum = sums.entry(league).or_default();
            // A wrong score must not raise the rates that it is judged by.
            let goals = |goals: u8| f64::from(goals.min(7));
            *sum = (sum.0 + 1.0, sum.1 + goals(score.home), sum.2 + goals(score.away));
        }
        let (weight, home, away) = PRIOR;
        let rates = |(n, h, a): (f64, f64, f64)| Self {
            home: (weight * home + h) / (weight + n),
            away: (weight * away + a) / (weight + n),
        };
        sums.into_iter().map(|(league, sum)| (league, rates(sum))).collect()
    }

    /// The chance of a score and of all that are at most as likely, read from [`tails_of`] these rates.
    pub(crate) fn chance_in(tails: &[f64], score: Score) -> f64 {
        let (home, away) = (usize::from(score.home), usize::from(score.away));
        if home.max(away) > MOST { 0.0 } else { tails[home * (MOST + 1) + away] }
    }

    /// Chances of all scores: goals of each side are Poisson with a gamma-distributed rate (negative binomial), as sides differ.
    fn cells(self) -> Vec<f64> {
        let marginal = |rate: f64| {
            let ratio = rate / (rate + SHAPE);
            let mut chance = (1.0 - ratio).powf(SHAPE);
            let mut chances = Vec::with_capacity(MOST + 1);
            for goals in 0..=MOST {
                chances.push(chance);
                chance *= ratio * (SHAPE + goals as f64) / (goals + 1) as f64;
            }
            chances
        };
        let (home, away) = (marginal(self.home), marginal(self.away));
        home.iter().flat_map(|h| away.iter().map(move |a| h * a)).collect()
    }
}

/// For each cell the chance of all cells that are at most as likely.
fn tails(cells: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_unstable_by(|a, b| cells[*a].total_cmp(&cells[*b]));
    let mut tails = vec![0.0; cells.len()];
    let mut sum = 0.0;
    for place in order {
        sum += cells[place];
        tails[place] = sum;
    }
    tails
}

/// For each score up to [`MOST`] goals a side the chance of all that are at most as likely.
pub(crate) fn tails_of(rates: GoalRates) -> Vec<f64> {
    tails(&rates.cells())
}

/// Scores that their forecast grid, or without one the goal rates of their league, hardly allow; and scores at half-time above
/// those at the end. `grids` holds forecasts made before kick-off, `label` names a match.
pub fn scores(
    matches: &[Match],
    rates: &BTreeMap<LeagueId, GoalRates>,
    grids: &BTreeMap<MatchId, ScoreGrid>,
    label: &dyn Fn(&Match) -> String,
) -> Vec<RuleFinding> {
    let by_league: BTreeMap<LeagueId, Vec<f64>> =
        rates.iter().map(|(league, rates)| (*league, tails_of(*rates))).collect();
    let mut found = Vec::new();
    for m in matches.iter().filter(|m| m.status == MatchStatus::Finished) {
        let Some(score) = m.score else { continue };
        if let Some(half) = m.half_time.filter(|half| half.home > score.home || half.away > score.away) {
            let message = format!("{}: {half} at half-time and {score} at the end", label(m));
            found.push(RuleFinding::new(
                "half_time_above_full_time",
                format!("match {}", m.id),
                message,
                vec![m.id],
            ));
        }
        let (home, away) = (usize::from(score.home), usize::from(score.away));
        let by_rates = || by_league.get(&m.league).map(|tails| GoalRates::chance_in(tails, score));
        // The grid of a model ends somewhere, and its corners are not what it was fitted for: the milder of both decides.
        let by_grid = |grid: &ScoreGrid| {
            let side = grid.max_goals() + 1;
            if home.max(away) >= side { 0.0 } else { tails(grid.cells())[home * side + away] }
        };
        let Some(by_rates) = by_rates() else { continue };
        let chance = if by_rates < UNLIKELY * 10.0 {
            grids.get(&m.id).map_or(by_rates, |grid| by_grid(grid).max(by_rates))
        } else {
            continue;
        };
        if chance < UNLIKELY {
            let message =
                format!("{}: {score} has a chance of {chance:.0e}; look for a digit too many", label(m));
            let finding =
                RuleFinding::new("improbable_score", format!("match {} {score}", m.id), message, vec![m.id]);
            found.push(if chance < ABSURD { finding.at(Severity::High) } else { finding });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_of_a_league_sum_to_one() {
        let cells = GoalRates { home: 1.5, away: 1.2 }.cells();
        assert!((cells.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        let tails = tails(&cells);
        let at = |home: usize, away: usize| tails[home * (MOST + 1) + away];
        assert!((tails.iter().copied().fold(0.0, f64::max) - 1.0).abs() < 1e-9);
        // What has happened is allowed; eleven for one is not.
        assert!(at(9, 0) > UNLIKELY && at(0, 8) > UNLIKELY, "{} {}", at(9, 0), at(0, 8));
        assert!(at(1, 11) < UNLIKELY && at(20, 10) < ABSURD);
    }
}
