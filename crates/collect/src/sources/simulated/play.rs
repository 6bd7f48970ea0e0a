//! One match: goals by a Poisson process for each side, statistics that agree with them, and prices of a
//! bookmaker who knows the strengths nearly exactly and takes a margin.

use super::pyramid::Club;
use super::random::Random;

/// Logarithms of the goals that average sides of the same tier score at home and away.
const HOME_GOALS: f64 = 0.40;
const AWAY_GOALS: f64 = 0.10;
/// Share of the goals that fall before half-time.
const FIRST_HALF: f64 = 0.45;
/// The bookmaker's error on the logarithm of expected goals, and the margin.
const PRICE_ERROR: f64 = 0.05;
const MARGIN: f64 = 1.05;
/// Prices lie in this range.
const PRICES: (f64, f64) = (1.02, 67.0);
/// Goals of one side up to which the bookmaker sums.
const MOST_GOALS: usize = 15;

/// One side's part of a match.
#[derive(Debug, Clone, Copy)]
struct Side {
    goals: u8,
    first_half: u8,
    shots: u8,
    on_target: u8,
    corners: u8,
    fouls: u8,
    yellow: u8,
    red: u8,
}

impl Side {
    fn simulate(expected: f64, random: &mut Random) -> Self {
        let goals = random.poisson(expected);
        let on_target = goals + random.poisson(0.9 + 1.6 * expected);
        Self {
            goals,
            first_half: random.binomial(goals, FIRST_HALF),
            on_target,
            shots: on_target + random.poisson(4.0 + 3.0 * expected),
            corners: random.poisson(1.5 + 2.5 * expected),
            fouls: random.poisson(11.0),
            yellow: random.poisson(1.8),
            red: random.poisson(0.07),
        }
    }
}

/// All that is ever known of a match.
#[derive(Debug)]
pub(super) struct Played {
    home: Side,
    away: Side,
    prices: [f64; 5],
}

impl Played {
    /// Plays a match.
    pub(super) fn simulate(home: &Club, away: &Club, random: &mut Random) -> Self {
        let expected =
            [HOME_GOALS + home.attack() - away.defence(), AWAY_GOALS + away.attack() - home.defence()];
        let believed = expected.map(|log| (log + random.normal(PRICE_ERROR)).exp());
        let [home, away] = expected.map(|log| Side::simulate(log.exp(), random));
        Self { home, away, prices: prices(believed) }
    }

    /// Goals of both sides.
    pub(super) fn goals(&self) -> (u8, u8) {
        (self.home.goals, self.away.goals)
    }

    /// `FTHG,FTAG,FTR,HTHG,HTAG,HTR`.
    pub(super) fn result(&self) -> String {
        let (home, away) = (&self.home, &self.away);
        let letter = |h: u8, a: u8| match h.cmp(&a) {
            std::cmp::Ordering::Greater => 'H',
            std::cmp::Ordering::Equal => 'D',
            std::cmp::Ordering::Less => 'A',
        };
        format!(
            "{},{},{},{},{},{}",
            home.goals,
            away.goals,
            letter(home.goals, away.goals),
            home.first_half,
            away.first_half,
            letter(home.first_half, away.first_half)
        )
    }

    /// `HS,AS,HST,AST,HC,AC,HF,AF,HY,AY,HR,AR`.
    pub(super) fn counts(&self) -> String {
        let pairs = [
            |s: &Side| s.shots,
            |s: &Side| s.on_target,
            |s: &Side| s.corners,
            |s: &Side| s.fouls,
            |s: &Side| s.yellow,
            |s: &Side| s.red,
        ];
        let written: Vec<String> =
            pairs.iter().map(|count| format!("{},{}", count(&self.home), count(&self.away))).collect();
        written.join(",")
    }

    /// `SIMH,SIMD,SIMA,SIM>2.5,SIM<2.5`.
    pub(super) fn prices(&self) -> String {
        self.prices.map(|price| format!("{price:.2}")).join(",")
    }
}

/// Prices of home, draw, away, over and under 2.5, from the goals expected of both sides.
fn prices(expected: [f64; 2]) -> [f64; 5] {
    let [home, away] = expected.map(distribution);
    let mut probabilities = [0.0; 5];
    for (h, p) in home.iter().enumerate() {
        for (a, q) in away.iter().enumerate() {
            let outcome = match h.cmp(&a) {
                std::cmp::Ordering::Greater => 0,
                std::cmp::Ordering::Equal => 1,
                std::cmp::Ordering::Less => 2,
            };
            probabilities[outcome] += p * q;
            probabilities[if h + a > 2 { 3 } else { 4 }] += p * q;
        }
    }
    probabilities.map(|p| (1.0 / (p * MARGIN)).clamp(PRICES.0, PRICES.1))
}

fn distribution(mean: f64) -> [f64; MOST_GOALS + 1] {
    let mut probabilities = [(-mean).exp(); MOST_GOALS + 1];
    for goals in 1..=MOST_GOALS {
        probabilities[goals] = probabilities[goals - 1] * mean / goals as f64;
    }
    probabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_hold_the_margin() {
        let book = |prices: &[f64]| prices.iter().map(|p| 1.0 / p).sum::<f64>();
        let prices = prices([1.5, 1.1]);
        // The mass beyond 15 goals of a side is below 1e-9.
        assert!((book(&prices[..3]) - MARGIN).abs() < 1e-8);
        assert!((book(&prices[3..]) - MARGIN).abs() < 1e-8);
        assert!(prices[0] < prices[2], "the side that scores more is the favourite");
    }
}
