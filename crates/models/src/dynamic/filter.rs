//! Extended Kalman filter of attack and defence with reversion to the club's own long-run level (EKF-L).
//!
//! Goals of the home side are counts with mean `exp(eta_home)`, and likewise for the away side:
//!
//! ```text
//! eta_home = mu + (H + h_i)/2 + A_i - D_j
//! eta_away = mu - (H + h_i)/2 + A_j - D_i
//! ```
//!
//! with attack `A` and defence `D` of home side `i` and away side `j`, the league's mean log goals `mu` and
//! home advantage `H`, and the club's own home effect `h`. Between matches the states diffuse (variance grows
//! with time) and revert to the club's long-run means; a match corrects them by one Kalman step per side,
//! linearised at the current mean, with the observation variance `phi * lambda` of an over-dispersed count.
//! Each club carries the covariance of its attack and defence; covariances between clubs are left out, which
//! makes an update O(1).
//!
//! Fahrmeir, L. & Tutz, G. (1994). Dynamic stochastic models for time-dependent ordered paired comparison
//! systems. *JASA* 89; Koopman, S. J. & Lit, R. (2015). A dynamic bivariate Poisson model for analysing and
//! forecasting match results in the English Premier League. *JRSS A* 178.

use super::FilterConfig;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::{Deserialize, Serialize};

/// Longer breaks count as this many days: a club that comes back after years is not infinitely uncertain.
const LONGEST_BREAK_DAYS: f64 = 400.0;
/// Variance of a league's mean log goals and of its home advantage before its first match.
const LEAGUE_START_VARIANCE: f64 = 0.05;
/// Weight of the newest state in a league's mean strength.
const LEAGUE_MEAN_WEIGHT: f64 = 0.02;
/// Log means are kept within this distance of 0, so that no sequence of results overflows.
const LARGEST_ETA: f64 = 6.0;

/// Who plays where: indices from 0, dense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clubs {
    /// The home side.
    pub home: u32,
    /// The away side.
    pub away: u32,
    /// The league.
    pub league: u32,
}

/// When and in what setting a match is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occasion {
    /// Time in days since any fixed origin.
    pub day: f64,
    /// The season, as any number that changes from one season to the next.
    pub season: u32,
    /// Tier of the league, 1 the highest.
    pub tier: u8,
}

/// What a filter expects of a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expectation {
    /// Log of the home side's mean count.
    pub eta_home: f64,
    /// Log of the away side's mean count.
    pub eta_away: f64,
    /// Variance of `eta_home`.
    pub variance_home: f64,
    /// Variance of `eta_away`.
    pub variance_away: f64,
}

impl Expectation {
    /// Mean counts of the home and the away side.
    pub fn goals(&self) -> (f64, f64) {
        (self.eta_home.exp(), self.eta_away.exp())
    }
}

/// One club's state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Club {
    attack: f64,
    defence: f64,
    var_attack: f64,
    var_defence: f64,
    cov: f64,
    home: f64,
    var_home: f64,
    long_attack: f64,
    long_defence: f64,
    matches: u32,
    last_day: f64,
    season: u32,
    league: u32,
}

/// One league's state.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct League {
    level: f64,
    advantage: f64,
    var_level: f64,
    var_advantage: f64,
    mean_attack: f64,
    mean_defence: f64,
}

/// The filter: parameters and the state of all clubs and leagues met so far.
///
/// ```
/// use touchline_models::dynamic::{Clubs, FilterConfig, GoalFilter, Occasion};
///
/// let mut filter = GoalFilter::new(FilterConfig::FRESH);
/// let clubs = Clubs { home: 0, away: 1, league: 0 };
/// for week in 0..20 {
///     let occasion = Occasion { day: 7.0 * f64::from(week), season: 2024, tier: 1 };
///     filter.update(clubs, occasion, [3.0, 0.0]);
/// }
/// let next = filter.expect(clubs, Occasion { day: 140.0, season: 2024, tier: 1 });
/// let (home, away) = next.goals();
/// assert!(home > 2.0 * away);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoalFilter {
    config: FilterConfig,
    clubs: Vec<Option<Club>>,
    leagues: Vec<Option<League>>,
}

impl GoalFilter {
    /// An empty filter.
    pub fn new(config: FilterConfig) -> Self {
        Self { config, clubs: Vec::new(), leagues: Vec::new() }
    }

    /// Its parameters.
    pub fn config(&self) -> &FilterConfig {
        &self.config
    }

    /// What is expected of a match on an occasion, from all updates so far. Changes nothing.
    pub fn expect(&self, clubs: Clubs, occasion: Occasion) -> Expectation {
        let league = self.league(clubs.league, occasion.tier);
        let home = self.advanced(clubs.home, clubs.league, &league, occasion);
        let away = self.advanced(clubs.away, clubs.league, &league, occasion);
        let shared = league.var_level + (home.var_home + league.var_advantage) / 4.0;
        Expectation {
            eta_home: eta(&league, &home, 1.0, home.attack, away.defence),
            eta_away: eta(&league, &home, -1.0, away.attack, home.defence),
            variance_home: home.var_attack + away.var_defence + shared,
            variance_away: away.var_attack + home.var_defence + shared,
        }
    }

    /// Takes in a result: counts of the home and the away side. A count that is not finite is skipped.
    pub fn update(&mut self, clubs: Clubs, occasion: Occasion, counts: [f64; 2]) {
        self.update_dispersed(clubs, occasion, counts, self.config.dispersion);
    }

    /// The same for counts of another dispersion (variance over mean) than the configured one: the smaller, the more
    /// the counts are trusted.
    pub fn update_dispersed(&mut self, clubs: Clubs, occasion: Occasion, counts: [f64; 2], dispersion: f64) {
        let mut league = self.league(clubs.league, occasion.tier);
        let mut home = self.advanced(clubs.home, clubs.league, &league, occasion);
        let mut away = self.advanced(clubs.away, clubs.league, &league, occasion);
        league.var_level += self.config.level_drift;
        league.var_advantage += self.config.advantage_drift;
        // One side after the other: what the home count taught about both sides is used for the away count.
        for (side, count) in [(Side::Home, counts[0]), (Side::Away, counts[1])] {
            if count.is_finite() {
                let count = count.min(self.config.cap);
                correct(side, (count, dispersion), &mut league, &mut home, &mut away);
            }
        }
        for club in [&mut home, &mut away] {
            club.matches += 1;
            let weight = self.config.memory.max(1.0 / f64::from(club.matches));
            club.long_attack += weight * (club.attack - club.long_attack);
            club.long_defence += weight * (club.defence - club.long_defence);
            league.mean_attack += LEAGUE_MEAN_WEIGHT * (club.attack - league.mean_attack);
            league.mean_defence += LEAGUE_MEAN_WEIGHT * (club.defence - league.mean_defence);
        }
        put(&mut self.leagues, clubs.league, league);
        put(&mut self.clubs, clubs.home, home);
        put(&mut self.clubs, clubs.away, away);
    }

    /// Attack and defence of a club after its last match, in log goals; NaN for a club never seen.
    pub fn strengths(&self, club: u32) -> (f64, f64) {
        get(&self.clubs, club).map_or((f64::NAN, f64::NAN), |c| (c.attack, c.defence))
    }

    /// Number of matches taken in for a club.
    pub fn matches(&self, club: u32) -> u32 {
        get(&self.clubs, club).map_or(0, |c| c.matches)
    }

    /// One draw of every club and league from what is known of them: attack and defence jointly normal with
    /// their covariance, home effects, league levels and home advantages each normal. The draw's own variances
    /// are 0 until time passes or a result comes in, so that its [`GoalFilter::expect`] is one possible truth:
    /// simulate a season from many draws to carry this uncertainty into its table.
    #[must_use]
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Self {
        let mut drawn = self.clone();
        for club in drawn.clubs.iter_mut().flatten() {
            let (first, second): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
            // Cholesky factor of the 2 x 2 covariance.
            let spread = club.var_attack.sqrt();
            let shared = if spread > 0.0 { club.cov / spread } else { 0.0 };
            club.attack += spread * first;
            club.defence += shared * first + (club.var_defence - shared * shared).max(0.0).sqrt() * second;
            let home: f64 = StandardNormal.sample(rng);
            club.home += club.var_home.sqrt() * home;
            (club.var_attack, club.var_defence, club.cov, club.var_home) = (0.0, 0.0, 0.0, 0.0);
        }
        for league in drawn.leagues.iter_mut().flatten() {
            let (level, advantage): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
            league.level += league.var_level.sqrt() * level;
            league.advantage += league.var_advantage.sqrt() * advantage;
            (league.var_level, league.var_advantage) = (0.0, 0.0);
        }
        drawn
    }

    fn league(&self, league: u32, tier: u8) -> League {
        get(&self.leagues, league).unwrap_or_else(|| {
            let mean = self.config.tier_step * (f64::from(tier) - 1.0);
            League {
                level: self.config.start_level,
                advantage: self.config.start_advantage,
                var_level: LEAGUE_START_VARIANCE,
                var_advantage: LEAGUE_START_VARIANCE,
                mean_attack: mean,
                mean_defence: mean,
            }
        })
    }

    /// A club's state carried forward to an occasion, or that of a newcomer to the league.
    fn advanced(&self, club: u32, league_id: u32, league: &League, occasion: Occasion) -> Club {
        let c = &self.config;
        let Some(mut club) = get(&self.clubs, club) else {
            return Club {
                attack: league.mean_attack - c.newcomer_offset,
                defence: league.mean_defence - c.newcomer_offset,
                var_attack: c.newcomer_variance,
                var_defence: c.newcomer_variance,
                cov: c.correlation * c.newcomer_variance,
                home: 0.0,
                var_home: c.home_variance,
                long_attack: league.mean_attack - c.newcomer_offset,
                long_defence: league.mean_defence - c.newcomer_offset,
                matches: 0,
                last_day: occasion.day,
                season: occasion.season,
                league: league_id,
            };
        };
        let days = (occasion.day - club.last_day).clamp(0.0, LONGEST_BREAK_DAYS);
        let mut growth = c.drift * days;
        let pull = -(-c.daily_pull * days).exp_m1();
        club.attack += pull * (club.long_attack - club.attack);
        club.defence += pull * (club.long_defence - club.defence);
        if club.season != occasion.season {
            growth += c.season_drift;
            club.attack += c.season_pull_league * (league.mean_attack - club.attack)
                + c.season_pull_club * (club.long_attack - club.attack);
            club.defence += c.season_pull_league * (league.mean_defence - club.defence)
                + c.season_pull_club * (club.long_defence - club.defence);
        }
        if club.league != league_id {
            growth += c.league_drift;
        }
        club.var_attack += growth;
        club.var_defence += growth;
        club.cov += c.correlation * growth;
        club.var_home += c.home_drift * days;
        club.last_day = club.last_day.max(occasion.day);
        club.season = occasion.season;
        club.league = league_id;
        club
    }
}

/// Whose count is taken in.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Home,
    Away,
}

/// One Kalman step for one side's count of some dispersion.
fn correct(
    side: Side,
    (count, dispersion): (f64, f64),
    league: &mut League,
    home: &mut Club,
    away: &mut Club,
) {
    let (sign, eta) = match side {
        Side::Home => (1.0, eta(league, home, 1.0, home.attack, away.defence)),
        Side::Away => (-1.0, eta(league, home, -1.0, away.attack, home.defence)),
    };
    let (scorer, conceder) = match side {
        Side::Home => (&mut *home, &mut *away),
        Side::Away => (&mut *away, &mut *home),
    };
    let variance = scorer.var_attack + conceder.var_defence + league.var_level + league.var_advantage / 4.0;
    let lambda = eta.exp();
    let total = |var_home: f64| dispersion + lambda * (variance + var_home / 4.0);
    let denominator = total(if side == Side::Home { scorer.var_home } else { conceder.var_home });
    let residual = (count - lambda) / denominator;
    let gain = lambda / denominator;

    scorer.attack += scorer.var_attack * residual;
    scorer.defence += scorer.cov * residual;
    scorer.var_defence -= scorer.cov * scorer.cov * gain;
    scorer.cov -= scorer.var_attack * scorer.cov * gain;
    scorer.var_attack -= scorer.var_attack * scorer.var_attack * gain;

    conceder.defence -= conceder.var_defence * residual;
    conceder.attack -= conceder.cov * residual;
    conceder.var_attack -= conceder.cov * conceder.cov * gain;
    conceder.cov -= conceder.var_defence * conceder.cov * gain;
    conceder.var_defence -= conceder.var_defence * conceder.var_defence * gain;

    home.home += sign * home.var_home * residual / 2.0;
    home.var_home -= home.var_home * home.var_home * gain / 4.0;
    league.level += league.var_level * residual;
    league.var_level -= league.var_level * league.var_level * gain;
    league.advantage += sign * league.var_advantage * residual / 2.0;
    league.var_advantage -= league.var_advantage * league.var_advantage * gain / 4.0;
}

/// Linear predictor of one side's log mean count; `sign` is 1 for the home side and -1 for the away side.
fn eta(league: &League, home: &Club, sign: f64, attack: f64, defence: f64) -> f64 {
    let eta = league.level + sign * (league.advantage + home.home) / 2.0 + attack - defence;
    eta.clamp(-LARGEST_ETA, LARGEST_ETA)
}

fn get<T: Copy>(items: &[Option<T>], index: u32) -> Option<T> {
    items.get(index as usize).copied().flatten()
}

fn put<T>(items: &mut Vec<Option<T>>, index: u32, item: T) {
    let index = index as usize;
    if index >= items.len() {
        items.resize_with(index + 1, || None);
    }
    items[index] = Some(item);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLUBS: Clubs = Clubs { home: 0, away: 1, league: 0 };

    fn on(day: f64) -> Occasion {
        Occasion { day, season: 1, tier: 1 }
    }

    #[test]
    fn a_win_raises_the_winner_and_lowers_the_loser() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        let before = filter.expect(CLUBS, on(0.0));
        filter.update(CLUBS, on(0.0), [4.0, 0.0]);
        let after = filter.expect(CLUBS, on(1.0));
        assert!(after.eta_home > before.eta_home);
        assert!(after.eta_away < before.eta_away);
        assert!(after.variance_home < before.variance_home, "a result lowers the uncertainty");
    }

    #[test]
    fn a_lower_tier_starts_weaker() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        filter.update(Clubs { home: 0, away: 1, league: 0 }, on(0.0), [1.0, 1.0]);
        filter.update(Clubs { home: 2, away: 3, league: 1 }, Occasion { tier: 2, ..on(0.0) }, [1.0, 1.0]);
        let cup = filter.expect(Clubs { home: 0, away: 3, league: 0 }, on(7.0));
        let reverse = filter.expect(Clubs { home: 3, away: 0, league: 0 }, on(7.0));
        assert!(cup.eta_home > reverse.eta_home);
    }

    #[test]
    fn draws_spread_as_the_filter_says() {
        use rand::SeedableRng;
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        for day in 0..10 {
            filter.update(CLUBS, on(f64::from(day) * 7.0), [2.0, 1.0]);
        }
        let known = filter.expect(CLUBS, on(63.0));
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let etas: Vec<f64> =
            (0..20_000).map(|_| filter.draw(&mut rng).expect(CLUBS, on(63.0)).eta_home).collect();
        let mean = etas.iter().sum::<f64>() / etas.len() as f64;
        let variance = etas.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / etas.len() as f64;
        assert!((mean - known.eta_home).abs() < 0.005, "{mean} {}", known.eta_home);
        assert!((variance / known.variance_home - 1.0).abs() < 0.05, "{variance} {}", known.variance_home);
    }

    #[test]
    fn expecting_changes_nothing() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        filter.update(CLUBS, on(0.0), [2.0, 1.0]);
        let copy = filter.clone();
        filter.expect(CLUBS, on(500.0));
        assert_eq!(filter, copy);
    }

    proptest! {
        #[test]
        fn states_stay_finite_and_variances_positive(
            goals in prop::collection::vec((0_u8..60, 0_u8..60, 0_u32..4, 0_u32..4, 0.0_f64..40.0), 1..200),
        ) {
            let mut filter = GoalFilter::new(FilterConfig::FRESH);
            let mut day = 0.0;
            for (home_goals, away_goals, home, away, gap) in goals {
                day += gap;
                let clubs = Clubs { home, away: if home == away { away + 4 } else { away }, league: 0 };
                filter.update(clubs, Occasion { day, season: (day / 365.0) as u32, tier: 1 },
                    [f64::from(home_goals), f64::from(away_goals)]);
                let e = filter.expect(clubs, on(day));
                prop_assert!(e.eta_home.is_finite() && e.eta_away.is_finite());
                prop_assert!(e.variance_home > 0.0 && e.variance_away > 0.0);
            }
        }
    }
}
