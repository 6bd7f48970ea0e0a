//! Random grids and lines against the laws that every market obeys. The tests run 200,000, the benches ten
//! million.

use super::{Line, Markets, Settlement};
use rand::{Rng, RngExt};
use touchline_outcomes::{ScoreGrid, Side};

const TOLERANCE: f64 = 1e-9;

/// Draws `count` grids with lines; gives how many held, or a description of the first that did not.
///
/// # Errors
/// The first violation.
pub fn self_check<R: Rng + ?Sized>(count: u64, rng: &mut R) -> Result<u64, String> {
    for i in 0..count {
        let grid = random_grid(rng);
        let line = Line::from_quarters(rng.random_range(-70..70));
        if let Some(law) = broken_law(&grid, line) {
            return Err(format!("grid {i}, line {line}: {law}; {grid:?}"));
        }
    }
    Ok(count)
}

/// From 1x1 to 16x16; smooth, spiky, sparse or of very different magnitudes.
fn random_grid<R: Rng + ?Sized>(rng: &mut R) -> ScoreGrid {
    let max_goals = rng.random_range(0..16_usize);
    let kind = rng.random_range(0..4_u8);
    let mut cells: Vec<f64> = (0..(max_goals + 1) * (max_goals + 1))
        .map(|_| {
            let u: f64 = rng.random();
            match kind {
                0 => u,
                1 => u.powi(20),
                2 => (u - 0.9).max(0.0),
                _ => 10_f64.powf(600.0 * (u - 0.5)),
            }
        })
        .collect();
    cells[0] += f64::MIN_POSITIVE;
    ScoreGrid::from_weights(max_goals, cells).unwrap_or_else(|_| fallback())
}

/// Stands in where the sum of the weights is not finite.
fn fallback() -> ScoreGrid {
    ScoreGrid::from_weights(0, vec![1.0]).unwrap_or_else(|_| unreachable!("one cell of mass 1"))
}

fn broken_law(grid: &ScoreGrid, line: Line) -> Option<&'static str> {
    let m = Markets::of(grid);
    let swapped = Markets::of(&grid.swapped());
    let near = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
    let valid = |s: &Settlement| {
        s.as_array().iter().all(|p| (0.0..=1.0 + TOLERANCE).contains(p))
            && near(s.as_array().iter().sum::<f64>(), 1.0)
    };
    let same =
        |a: &Settlement, b: &Settlement| a.as_array().iter().zip(b.as_array()).all(|(x, y)| near(*x, y));
    let bets = [
        (m.over(line), m.under(line)),
        (m.team_over(Side::Home, line), m.team_under(Side::Home, line)),
        (
            m.asian_handicap(Side::Home, line),
            m.asian_handicap(Side::Away, Line::from_quarters(-line.quarters())),
        ),
    ];
    for (bet, against) in &bets {
        if !valid(bet) || !valid(against) {
            return Some("the five ways to settle sum to 1");
        }
        if !same(bet, &against.opposite()) {
            return Some("a bet and its opposite mirror each other");
        }
        let decided = bet.won() + bet.lost();
        if decided > TOLERANCE && !near(bet.two_way_probability() + against.two_way_probability(), 1.0) {
            return Some("two-way probabilities of a bet and its opposite sum to 1");
        }
        if bet.fair_odds().is_some_and(|o| o.is_nan() || o < 1.0) {
            return Some("fair odds are 1 or more");
        }
    }
    if let Some((low, high)) = line.halves() {
        let (bet, a, b) = (m.over(line), m.over(low), m.over(high));
        if !near(bet.won(), f64::midpoint(a.won(), b.won()))
            || !near(bet.lost(), f64::midpoint(a.lost(), b.lost()))
        {
            return Some("a quarter line is half a stake on each neighbour");
        }
    }
    let symmetric = near(m.one_x_two().home(), swapped.one_x_two().away())
        && near(m.both_teams_to_score(), swapped.both_teams_to_score())
        && near(m.clean_sheet(Side::Home), swapped.clean_sheet(Side::Away))
        && near(m.win_to_nil(Side::Home), swapped.win_to_nil(Side::Away))
        && same(&m.over(line), &swapped.over(line))
        && same(&m.asian_handicap(Side::Home, line), &swapped.asian_handicap(Side::Away, line))
        && same(&m.team_over(Side::Home, line), &swapped.team_over(Side::Away, line));
    if !symmetric {
        return Some("swapping the sides swaps the markets");
    }
    let neither = 1.0 - m.both_teams_to_score();
    let either = m.clean_sheet(Side::Home) + m.clean_sheet(Side::Away) - m.nil_nil();
    if !near(neither, either) || !near(m.odd_total() + m.even_total(), 1.0) {
        return Some("both to score, clean sheets, odd and even complement each other");
    }
    None
}
