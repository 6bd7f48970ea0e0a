//! Glicko-2: a rating that knows how sure it is of itself.

use super::{Rating, RatingError, grow_all, of, pull_entry, require};
use std::f64::consts::PI;
use touchline_outcomes::{Outcome, Score};

/// Points per unit of the inner scale.
const SCALE: f64 = 173.7178;

/// Parameters of [`Glicko2`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Glicko2Config {
    /// How quickly volatility changes, above 0 up to 2; the paper suggests 0.3 to 1.2.
    pub tau: f64,
    /// Points added to the home side.
    pub home_advantage: f64,
    /// Rating of a newcomer, points.
    pub newcomer: f64,
    /// Deviation of a newcomer and the largest there is, points.
    pub newcomer_deviation: f64,
    /// Volatility of a newcomer, inner scale.
    pub newcomer_volatility: f64,
}

impl Default for Glicko2Config {
    fn default() -> Self {
        Self {
            tau: 0.5,
            home_advantage: 65.0,
            newcomer: 1500.0,
            newcomer_deviation: 350.0,
            newcomer_volatility: 0.06,
        }
    }
}

/// One result of a rating period, from the rated team's side.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PeriodResult {
    /// The opponent's rating before the period, points.
    pub rating: f64,
    /// The opponent's deviation before the period, points.
    pub deviation: f64,
    /// Points won: 1 for a win, 1/2 for a draw, 0 for a defeat.
    pub share: f64,
    /// Points of home advantage: positive at home, negative away.
    pub advantage: f64,
}

/// Rating, deviation and volatility per team.
///
/// Each team has a rating `r`, a deviation `RD` (its standard error, points) and a volatility `sigma` (how
/// erratic its strength is). On the inner scale `mu = (r - 1500)/173.7178`, `phi = RD/173.7178`, the expected
/// share against opponent `j` is `E = 1/(1 + exp(-g(phi_j)(mu - mu_j)))` with
/// `g(phi) = 1/sqrt(1 + 3 phi^2/pi^2)`. The new volatility solves one equation by the Illinois variant of regula
/// falsi; then `phi* = sqrt(phi^2 + sigma'^2)`, `phi' = 1/sqrt(1/phi*^2 + 1/v)`,
/// `mu' = mu + phi'^2 sum g (s - E)`, with `v` the variance of the estimate from the results alone.
///
/// [`Rating::update`] treats each match as a period of its own, from both sides' values before it;
/// [`Glicko2::update_period`] rates a longer period at once as the paper does.
///
/// Reference: Glickman, "Example of the Glicko-2 system" (2012, revised 2022).
///
/// ```
/// use touchline_models::ratings::{Glicko2, Glicko2Config, PeriodResult, Rating};
/// let mut g = Glicko2::new(Glicko2Config { tau: 0.5, ..Glicko2Config::default() })?;
/// g.set(0, 1500.0, 200.0, 0.06);
/// let results = [(1400.0, 30.0, 1.0), (1550.0, 100.0, 0.0), (1700.0, 300.0, 0.0)]
///     .map(|(rating, deviation, share)| PeriodResult { rating, deviation, share, advantage: 0.0 });
/// g.update_period(0, &results)?;
/// assert!((g.strength(0) - 1464.06).abs() < 0.01); // the paper's example
/// assert!((g.deviation(0) - 151.52).abs() < 0.01);
/// # Ok::<(), touchline_models::ratings::RatingError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Glicko2 {
    config: Glicko2Config,
    mu: Vec<f64>,
    phi: Vec<f64>,
    sigma: Vec<f64>,
}

impl Glicko2 {
    /// Checks the parameters and starts with no teams.
    ///
    /// # Errors
    /// A parameter outside the range that [`Glicko2Config`] documents.
    pub fn new(config: Glicko2Config) -> Result<Self, RatingError> {
        let c = &config;
        require("tau", c.tau, c.tau >= 0.01 && c.tau <= 2.0, "it lies within 0.01 to 2")?;
        require("home_advantage", c.home_advantage, c.home_advantage.abs() <= 1000.0, "it lies within 1000")?;
        require("newcomer", c.newcomer, c.newcomer.abs() <= 1e5, "it lies within 100,000")?;
        let d = c.newcomer_deviation;
        require("newcomer_deviation", d, (1.0..=1000.0).contains(&d), "it lies within 1 to 1000")?;
        let v = c.newcomer_volatility;
        require("newcomer_volatility", v, (1e-4..=1.0).contains(&v), "it lies within 0.0001 to 1")?;
        Ok(Self { config, mu: Vec::new(), phi: Vec::new(), sigma: Vec::new() })
    }

    /// The parameters.
    pub fn config(&self) -> &Glicko2Config {
        &self.config
    }

    /// Standard error of a team's rating, points.
    pub fn deviation(&self, team: usize) -> f64 {
        SCALE * self.inner_phi(team)
    }

    /// How erratic a team's strength is, inner scale.
    pub fn volatility(&self, team: usize) -> f64 {
        of(&self.sigma, team, self.config.newcomer_volatility)
    }

    /// Sets a team's values; values that are not finite or not positive are ignored.
    pub fn set(&mut self, team: usize, points: f64, deviation: f64, volatility: f64) {
        if points.is_finite()
            && deviation > 0.0
            && deviation <= 1000.0
            && volatility > 0.0
            && volatility <= 1.0
        {
            self.grow(team + 1);
            self.mu[team] = (points - 1500.0) / SCALE;
            self.phi[team] = deviation / SCALE;
            self.sigma[team] = volatility;
        }
    }

    /// Share of the points that the home side is expected to take, less sure where ratings are.
    pub fn expected_share(&self, home: usize, away: usize) -> f64 {
        let both = (self.inner_phi(home).powi(2) + self.inner_phi(away).powi(2)).sqrt();
        logistic(g(both) * self.advantage(home, away) / SCALE)
    }

    /// A period without matches: the rating stays, its deviation grows by the volatility.
    pub fn idle(&mut self, team: usize) {
        self.grow(team + 1);
        let phi = (self.phi[team].powi(2) + self.sigma[team].powi(2)).sqrt();
        self.phi[team] = phi.min(self.config.newcomer_deviation / SCALE);
    }

    /// Rates one team over a period; opponents' values are those before it.
    ///
    /// # Errors
    /// A result whose numbers are not finite, whose deviation is not positive or whose share is outside 0 to 1;
    /// nothing is learnt then.
    pub fn update_period(&mut self, team: usize, results: &[PeriodResult]) -> Result<(), RatingError> {
        for r in results {
            require("rating", r.rating, r.rating.abs() <= 1e6, "it is finite")?;
            require("deviation", r.deviation, r.deviation > 0.0, "it is above 0")?;
            require("share", r.share, (0.0..=1.0).contains(&r.share), "it lies within 0 to 1")?;
            require("advantage", r.advantage, r.advantage.abs() <= 1e4, "it is finite")?;
        }
        if results.is_empty() {
            self.idle(team);
            return Ok(());
        }
        self.grow(team + 1);
        let (mut information, mut surprise) = (0.0, 0.0);
        for r in results {
            let (i, s) = self.evidence(
                team,
                (r.rating - 1500.0) / SCALE,
                r.deviation / SCALE,
                r.share,
                r.advantage / SCALE,
            );
            information += i;
            surprise += s;
        }
        self.learn(team, information, surprise);
        Ok(())
    }

    fn inner_phi(&self, team: usize) -> f64 {
        of(&self.phi, team, self.config.newcomer_deviation / SCALE)
    }

    fn inner_mu(&self, team: usize) -> f64 {
        of(&self.mu, team, (self.config.newcomer - 1500.0) / SCALE)
    }

    /// Information and surprise that one result carries about a team.
    fn evidence(&self, team: usize, mu: f64, phi: f64, share: f64, advantage: f64) -> (f64, f64) {
        let weight = g(phi);
        let expected = logistic(weight * (self.inner_mu(team) + advantage - mu));
        // A certain result carries no information; the floor keeps the variance finite.
        let spread = (expected * (1.0 - expected)).max(1e-9);
        (weight * weight * spread, weight * (share - expected))
    }

    fn learn(&mut self, team: usize, information: f64, surprise: f64) {
        let v = 1.0 / information;
        let (phi, sigma) = (self.phi[team], self.sigma[team]);
        let new_sigma = volatility(phi, sigma, v, v * surprise, self.config.tau);
        let widened = phi * phi + new_sigma * new_sigma;
        let new_phi = 1.0 / (1.0 / widened + information).sqrt();
        self.sigma[team] = new_sigma;
        self.phi[team] = new_phi;
        self.mu[team] += new_phi * new_phi * surprise;
    }
}

fn g(phi: f64) -> f64 {
    1.0 / (1.0 + 3.0 * phi * phi / (PI * PI)).sqrt()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// The volatility that maximises the posterior of step 5 of the paper.
fn volatility(phi: f64, sigma: f64, v: f64, delta: f64, tau: f64) -> f64 {
    let a = (sigma * sigma).ln();
    let f = |x: f64| {
        let e = x.exp();
        let total = phi * phi + v + e;
        e * (delta * delta - total) / (2.0 * total * total) - (x - a) / (tau * tau)
    };
    let mut low = a;
    let mut high = if delta * delta > phi * phi + v {
        (delta * delta - phi * phi - v).ln()
    } else {
        let mut k = 1.0;
        while f(a - k * tau) < 0.0 && k < 100.0 {
            k += 1.0;
        }
        a - k * tau
    };
    let (mut f_low, mut f_high) = (f(low), f(high));
    for _ in 0..100 {
        if (high - low).abs() <= 1e-9 {
            break;
        }
        let mid = low + (low - high) * f_low / (f_high - f_low);
        let f_mid = f(mid);
        if f_mid * f_high <= 0.0 {
            (low, f_low) = (high, f_high);
        } else {
            f_low /= 2.0;
        }
        (high, f_high) = (mid, f_mid);
    }
    let found = (low / 2.0).exp();
    if found.is_finite() { found.clamp(1e-5, 1.0) } else { sigma }
}

impl Rating for Glicko2 {
    fn teams(&self) -> usize {
        self.mu.len()
    }

    fn grow(&mut self, teams: usize) {
        let c = &self.config;
        let newcomer = [(c.newcomer - 1500.0) / SCALE, c.newcomer_deviation / SCALE, c.newcomer_volatility];
        grow_all([&mut self.mu, &mut self.phi, &mut self.sigma], teams, newcomer);
    }

    fn advantage(&self, home: usize, away: usize) -> f64 {
        self.strength(home) + self.config.home_advantage - self.strength(away)
    }

    fn strength(&self, team: usize) -> f64 {
        1500.0 + SCALE * self.inner_mu(team)
    }

    fn update(&mut self, home: usize, away: usize, score: Score) {
        if home == away {
            return;
        }
        self.grow(home.max(away) + 1);
        let share = match Outcome::of(score) {
            Outcome::HomeWin => 1.0,
            Outcome::Draw => 0.5,
            Outcome::AwayWin => 0.0,
        };
        let h = self.config.home_advantage / SCALE;
        let of_home = self.evidence(home, self.mu[away], self.phi[away], share, h);
        let of_away = self.evidence(away, self.mu[home], self.phi[home], 1.0 - share, -h);
        self.learn(home, of_home.0, of_home.1);
        self.learn(away, of_away.0, of_away.1);
    }

    /// Moves rating, deviation and volatility.
    fn pull(&mut self, team: usize, target: Option<usize>, fraction: f64) {
        self.grow(team + 1);
        pull_entry(&mut self.mu, team, target, fraction, (self.config.newcomer - 1500.0) / SCALE);
        pull_entry(&mut self.phi, team, target, fraction, self.config.newcomer_deviation / SCALE);
        pull_entry(&mut self.sigma, team, target, fraction, self.config.newcomer_volatility);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_example_gives_its_volatility() {
        let mut g = Glicko2::new(Glicko2Config::default()).unwrap();
        g.set(0, 1500.0, 200.0, 0.06);
        let result = |rating, deviation, share| PeriodResult { rating, deviation, share, advantage: 0.0 };
        let period = [result(1400.0, 30.0, 1.0), result(1550.0, 100.0, 0.0), result(1700.0, 300.0, 0.0)];
        g.update_period(0, &period).unwrap();
        assert!((g.volatility(0) - 0.059_99).abs() < 1e-5, "{}", g.volatility(0));
    }

    #[test]
    fn playing_sharpens_and_resting_blurs() {
        let mut g = Glicko2::new(Glicko2Config::default()).unwrap();
        g.update(0, 1, Score::new(1, 0).unwrap());
        assert!(g.strength(0) > 1500.0 && g.strength(1) < 1500.0);
        let sharp = g.deviation(0);
        assert!(sharp < 350.0);
        g.idle(0);
        assert!(g.deviation(0) > sharp);
        for _ in 0..100_000 {
            g.idle(0);
        }
        assert!(g.deviation(0) <= 350.0 + 1e-9);
    }

    #[test]
    fn long_one_sided_series_stay_finite() {
        let mut g = Glicko2::new(Glicko2Config { tau: 2.0, ..Glicko2Config::default() }).unwrap();
        for i in 0..20_000 {
            g.update(0, 1, Score::new(9, 0).unwrap());
            if i % 1000 == 0 {
                g.update(1, 0, Score::new(9, 0).unwrap());
            }
        }
        let finite = [g.strength(0), g.strength(1), g.deviation(0), g.volatility(0), g.expected_share(0, 1)];
        assert!(finite.iter().all(|x| x.is_finite()), "{finite:?}");
    }

    #[test]
    fn hostile_periods_are_errors() {
        let mut g = Glicko2::new(Glicko2Config::default()).unwrap();
        let bad = PeriodResult { rating: f64::NAN, deviation: 50.0, share: 1.0, advantage: 0.0 };
        assert!(g.update_period(0, &[bad]).is_err());
        assert!(g.update_period(0, &[PeriodResult { rating: 1500.0, share: 2.0, ..bad }]).is_err());
        assert_eq!(g.teams(), 0);
    }
}
