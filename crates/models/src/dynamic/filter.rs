//! Extended Kalman filter of attack and defence with reversion to the team's own long-run level (EKF-L).

use super::FilterConfig;
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

/// Longer breaks count as this many days: a team that comes back after years is not infinitely uncertain.
const LONGEST_BREAK_DAYS: f64 = 400.0;
/// Variance of a league's mean log goals and of its home advantage before its first match.
const LEAGUE_START_VARIANCE: f64 = 0.05;
/// Weight of the newest state in a league's mean strength.
const LEAGUE_MEAN_WEIGHT: f64 = 0.02;
/// Log means are kept within this distance of 0, so that no sequence of results overflows.
const LARGEST_ETA: f64 = 6.0;

/// The two teams of a match and their league, each an index counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pairing {
    /// The home side.
    pub home: usize,
    /// The away side.
    pub away: usize,
    /// The league.
    pub league: usize,
}

/// When and in what setting a match is played.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Occasion {
    /// Time in days since any fixed origin.
    pub day: f64,
    /// The season, as any number that changes from one season to the next; 0 for a match that belongs to no season of a
    /// league, such as one of a cup, which leaves teams in the season and league that they are in.
    pub season: u32,
    /// Tier of the league, 1 the highest.
    pub tier: u8,
    /// Whether it is on neither side's ground: no home advantage is expected, and none is learned from it.
    pub neutral: bool,
}

impl Occasion {
    /// How much of the home advantage counts: all of it, or nothing on neutral ground.
    fn home_share(&self) -> f64 {
        if self.neutral { 0.0 } else { 1.0 }
    }
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

/// One team's state.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct TeamState {
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
    league: usize,
}

/// One league's state.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct LeagueState {
    level: f64,
    advantage: f64,
    var_level: f64,
    var_advantage: f64,
    mean_attack: f64,
    mean_defence: f64,
}

/// The filter: parameters and the state of all teams and leagues met so far.
///
/// Goals of the home side are counts with mean `exp(eta_home)`, and likewise for the away side:
///
/// ```text
/// eta_home = mu + (H + h_i)/2 + A_i - D_j
/// eta_away = mu - (H + h_i)/2 + A_j - D_i
/// ```
///
/// without the terms of `H` and `h` on neutral ground, and with attack `A` and defence `D` of home side `i` and away side `j`, the league's mean log goals `mu` and
/// home advantage `H`, and the team's own home effect `h`. Between matches the states diffuse (variance grows
/// with time) and revert to the team's long-run means; a match corrects them by one Kalman step per side,
/// linearised at the current mean, with the observation variance `phi * lambda` of an over-dispersed count.
/// Each team carries the covariance of its attack and defence; covariances between teams are left out, which
/// makes an update O(1).
///
/// Fahrmeir, L. & Tutz, G. (1994). Dynamic stochastic models for time-dependent ordered paired comparison
/// systems. *JASA* 89; Koopman, S. J. & Lit, R. (2015). A dynamic bivariate Poisson model for analysing and
/// forecasting match results in the English Premier League. *JRSS A* 178.
///
/// ```
/// use touchline_models::dynamic::{Pairing, FilterConfig, GoalFilter, Occasion};
///
/// let mut filter = GoalFilter::new(FilterConfig::FRESH);
/// let pairing = Pairing { home: 0, away: 1, league: 0 };
/// for week in 0..20 {
///     let occasion = Occasion { day: 7.0 * f64::from(week), season: 2024, tier: 1, neutral: false };
///     filter.update(pairing, occasion, [3.0, 0.0]);
/// }
/// let next = filter.expect(pairing, Occasion { day: 140.0, season: 2024, tier: 1, neutral: false });
/// let (home, away) = next.goals();
/// assert!(home > 2.0 * away);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoalFilter {
    config: FilterConfig,
    teams: Vec<Option<TeamState>>,
    leagues: Vec<Option<LeagueState>>,
}

impl GoalFilter {
    /// An empty filter.
    pub fn new(config: FilterConfig) -> Self {
        Self { config, teams: Vec::new(), leagues: Vec::new() }
    }

    /// Its parameters.
    pub fn config(&self) -> &FilterConfig {
        &self.config
    }

    /// What is expected of a match on an occasion, from all updates so far. Changes nothing.
    pub fn expect(&self, pairing: Pairing, occasion: Occasion) -> Expectation {
        let league = self.league(pairing.league, occasion.tier);
        let home = self.advanced(pairing.home, pairing.league, &league, occasion);
        let away = self.advanced(pairing.away, pairing.league, &league, occasion);
        let at_home = occasion.home_share();
        let shared = league.var_level + at_home * (home.var_home + league.var_advantage) / 4.0;
        Expectation {
            eta_home: eta(&league, &home, at_home, home.attack, away.defence),
            eta_away: eta(&league, &home, -at_home, away.attack, home.defence),
            variance_home: home.var_attack + away.var_defence + shared,
            variance_away: away.var_attack + home.var_defence + shared,
        }
    }

    /// Takes in a result: counts of the home and the away side. A count that is not finite is skipped.
    pub fn update(&mut self, pairing: Pairing, occasion: Occasion, counts: [f64; 2]) {
        self.update_dispersed(pairing, occasion, counts, self.config.dispersion);
    }

    /// The same for counts of another dispersion (variance over mean) than the configured one: the smaller, the more
    /// the counts are trusted.
    pub fn update_dispersed(
        &mut self,
        pairing: Pairing,
        occasion: Occasion,
        counts: [f64; 2],
        dispersion: f64,
    ) {
        let mut league = self.league(pairing.league, occasion.tier);
        let mut home = self.advanced(pairing.home, pairing.league, &league, occasion);
        let mut away = self.advanced(pairing.away, pairing.league, &league, occasion);
        league.var_level += self.config.level_drift;
        league.var_advantage += self.config.advantage_drift;
        let sides = [(Side::Home, counts[0]), (Side::Away, counts[1])];
        let learn = |order: [(Side, f64); 2], mut state: (LeagueState, TeamState, TeamState)| {
            // One side after the other: what the first count taught about both sides is used for the second one.
            for (side, count) in order.into_iter().filter(|(_, count)| count.is_finite()) {
                let seen =
                    Seen { count: count.min(self.config.cap), dispersion, at_home: occasion.home_share() };
                correct(side, seen, &mut state.0, &mut state.1, &mut state.2);
            }
            state
        };
        let forward = learn(sides, (league, home, away));
        (league, home, away) = if occasion.neutral {
            // Neither side comes first.
            between(&forward, &learn([sides[1], sides[0]], (league, home, away)))
        } else {
            forward
        };
        for team in [&mut home, &mut away] {
            team.matches += 1;
            let weight = self.config.memory.max(1.0 / f64::from(team.matches));
            team.long_attack += weight * (team.attack - team.long_attack);
            team.long_defence += weight * (team.defence - team.long_defence);
            league.mean_attack += LEAGUE_MEAN_WEIGHT * (team.attack - league.mean_attack);
            league.mean_defence += LEAGUE_MEAN_WEIGHT * (team.defence - league.mean_defence);
        }
        put(&mut self.leagues, pairing.league, league);
        put(&mut self.teams, pairing.home, home);
        put(&mut self.teams, pairing.away, away);
    }

    /// Attack and defence of a team after its last match, in log goals; NaN for a team never seen.
    pub fn strengths(&self, team: usize) -> (f64, f64) {
        get(&self.teams, team).map_or((f64::NAN, f64::NAN), |c| (c.attack, c.defence))
    }

    /// Number of matches taken in for a team.
    pub fn matches(&self, team: usize) -> u32 {
        get(&self.teams, team).map_or(0, |c| c.matches)
    }

    /// One draw of every team and league from what is known of them: attack and defence jointly normal with
    /// their covariance, home effects, league levels and home advantages each normal. The draw's own variances
    /// are 0 until time passes or a result comes in, so that its [`GoalFilter::expect`] is one possible truth:
    /// simulate a season from many draws to carry this uncertainty into its table.
    #[must_use]
    pub fn draw<R: Rng + ?Sized>(&self, rng: &mut R) -> Self {
        let mut drawn = self.clone();
        for team in drawn.teams.iter_mut().flatten() {
            let (first, second): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
            // Cholesky factor of the 2 x 2 covariance.
            let spread = team.var_attack.sqrt();
            let shared = if spread > 0.0 { team.cov / spread } else { 0.0 };
            team.attack += spread * first;
            team.defence += shared * first + (team.var_defence - shared * shared).max(0.0).sqrt() * second;
            let home: f64 = StandardNormal.sample(rng);
            team.home += team.var_home.sqrt() * home;
            (team.var_attack, team.var_defence, team.cov, team.var_home) = (0.0, 0.0, 0.0, 0.0);
        }
        for league in drawn.leagues.iter_mut().flatten() {
            let (level, advantage): (f64, f64) = (StandardNormal.sample(rng), StandardNormal.sample(rng));
            league.level += league.var_level.sqrt() * level;
            league.advantage += league.var_advantage.sqrt() * advantage;
            (league.var_level, league.var_advantage) = (0.0, 0.0);
        }
        drawn
    }

    fn league(&self, league: usize, tier: u8) -> LeagueState {
        get(&self.leagues, league).unwrap_or_else(|| {
            let mean = self.config.tier_step * (f64::from(tier) - 1.0);
            LeagueState {
                level: self.config.start_level,
                advantage: self.config.start_advantage,
                var_level: LEAGUE_START_VARIANCE,
                var_advantage: LEAGUE_START_VARIANCE,
                mean_attack: mean,
                mean_defence: mean,
            }
        })
    }

    /// A team's state carried forward to an occasion, or that of a newcomer to the league.
    fn advanced(&self, team: usize, league_id: usize, league: &LeagueState, occasion: Occasion) -> TeamState {
        let c = &self.config;
        let Some(mut team) = get(&self.teams, team) else {
            return TeamState {
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
        let days = (occasion.day - team.last_day).clamp(0.0, LONGEST_BREAK_DAYS);
        let mut growth = c.drift * days;
        let pull = -(-c.daily_pull * days).exp_m1();
        team.attack += pull * (team.long_attack - team.attack);
        team.defence += pull * (team.long_defence - team.defence);
        let in_league = occasion.season != 0;
        if in_league && team.season != occasion.season && team.season != 0 {
            growth += c.season_drift;
            team.attack += c.season_pull_league * (league.mean_attack - team.attack)
                + c.season_pull_club * (team.long_attack - team.attack);
            team.defence += c.season_pull_league * (league.mean_defence - team.defence)
                + c.season_pull_club * (team.long_defence - team.defence);
        }
        if in_league && team.league != league_id {
            growth += c.league_drift;
        }
        team.var_attack += growth;
        team.var_defence += growth;
        team.cov += c.correlation * growth;
        team.var_home += c.home_drift * days;
        team.last_day = team.last_day.max(occasion.day);
        if in_league {
            team.season = occasion.season;
            team.league = league_id;
        }
        team
    }
}

/// Whose count is taken in.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Home,
    Away,
}

/// A count that is taken in.
#[derive(Clone, Copy)]
struct Seen {
    count: f64,
    /// Variance over mean of such counts.
    dispersion: f64,
    /// How much of the home advantage counted.
    at_home: f64,
}

/// The mean of what two orders of counts taught.
fn between(
    first: &(LeagueState, TeamState, TeamState),
    second: &(LeagueState, TeamState, TeamState),
) -> (LeagueState, TeamState, TeamState) {
    let team = |a: &TeamState, b: &TeamState| TeamState {
        attack: f64::midpoint(a.attack, b.attack),
        defence: f64::midpoint(a.defence, b.defence),
        var_attack: f64::midpoint(a.var_attack, b.var_attack),
        var_defence: f64::midpoint(a.var_defence, b.var_defence),
        cov: f64::midpoint(a.cov, b.cov),
        ..*a
    };
    let league = LeagueState {
        level: f64::midpoint(first.0.level, second.0.level),
        var_level: f64::midpoint(first.0.var_level, second.0.var_level),
        ..first.0
    };
    (league, team(&first.1, &second.1), team(&first.2, &second.2))
}

/// One Kalman step for one side's count.
fn correct(
    side: Side,
    Seen { count, dispersion, at_home }: Seen,
    league: &mut LeagueState,
    home: &mut TeamState,
    away: &mut TeamState,
) {
    let (sign, eta) = match side {
        Side::Home => (at_home, eta(league, home, at_home, home.attack, away.defence)),
        Side::Away => (-at_home, eta(league, home, -at_home, away.attack, home.defence)),
    };
    let (scorer, conceder) = match side {
        Side::Home => (&mut *home, &mut *away),
        Side::Away => (&mut *away, &mut *home),
    };
    let variance =
        scorer.var_attack + conceder.var_defence + league.var_level + at_home * league.var_advantage / 4.0;
    let lambda = eta.exp();
    let total = |var_home: f64| dispersion + lambda * (variance + at_home * var_home / 4.0);
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
    home.var_home -= at_home * home.var_home * home.var_home * gain / 4.0;
    league.level += league.var_level * residual;
    league.var_level -= league.var_level * league.var_level * gain;
    league.advantage += sign * league.var_advantage * residual / 2.0;
    league.var_advantage -= at_home * league.var_advantage * league.var_advantage * gain / 4.0;
}

/// Linear predictor of one side's log mean count; `sign` is 1 for the home side, -1 for the away side, and 0 on neutral
/// ground.
fn eta(league: &LeagueState, home: &TeamState, sign: f64, attack: f64, defence: f64) -> f64 {
    let eta = league.level + sign * (league.advantage + home.home) / 2.0 + attack - defence;
    eta.clamp(-LARGEST_ETA, LARGEST_ETA)
}

fn get<T: Copy>(items: &[Option<T>], index: usize) -> Option<T> {
    items.get(index).copied().flatten()
}

fn put<T>(items: &mut Vec<Option<T>>, index: usize, item: T) {
    if index >= items.len() {
        items.resize_with(index + 1, || None);
    }
    items[index] = Some(item);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PAIRING: Pairing = Pairing { home: 0, away: 1, league: 0 };

    fn on(day: f64) -> Occasion {
        Occasion { day, season: 1, tier: 1, neutral: false }
    }

    #[test]
    fn a_win_raises_the_winner_and_lowers_the_loser() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        let before = filter.expect(PAIRING, on(0.0));
        filter.update(PAIRING, on(0.0), [4.0, 0.0]);
        let after = filter.expect(PAIRING, on(1.0));
        assert!(after.eta_home > before.eta_home);
        assert!(after.eta_away < before.eta_away);
        assert!(after.variance_home < before.variance_home, "a result lowers the uncertainty");
    }

    #[test]
    fn a_lower_tier_starts_weaker() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        filter.update(Pairing { home: 0, away: 1, league: 0 }, on(0.0), [1.0, 1.0]);
        filter.update(Pairing { home: 2, away: 3, league: 1 }, Occasion { tier: 2, ..on(0.0) }, [1.0, 1.0]);
        let cup = filter.expect(Pairing { home: 0, away: 3, league: 0 }, on(7.0));
        let reverse = filter.expect(Pairing { home: 3, away: 0, league: 0 }, on(7.0));
        assert!(cup.eta_home > reverse.eta_home);
    }

    #[test]
    fn a_cup_between_league_matches_starts_no_season() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        for day in 0..10 {
            filter.update(PAIRING, on(f64::from(day) * 7.0), [2.0, 1.0]);
        }
        let before = filter.expect(PAIRING, on(70.0));
        let cup = Occasion { season: 0, ..on(70.0) };
        // A match without counts teaches nothing, and only its date and league could matter.
        filter.update(Pairing { league: 1, ..PAIRING }, cup, [f64::NAN, f64::NAN]);
        let after = filter.expect(PAIRING, on(70.0));
        assert!((after.variance_home - before.variance_home).abs() < 1e-12);
        assert!((after.eta_home - before.eta_home).abs() < 1e-3, "only the long-run level learned once more");
    }

    #[test]
    fn draws_spread_as_the_filter_says() {
        use rand::SeedableRng;
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        for day in 0..10 {
            filter.update(PAIRING, on(f64::from(day) * 7.0), [2.0, 1.0]);
        }
        let known = filter.expect(PAIRING, on(63.0));
        let mut rng = rand::rngs::StdRng::seed_from_u64(1);
        let etas: Vec<f64> =
            (0..20_000).map(|_| filter.draw(&mut rng).expect(PAIRING, on(63.0)).eta_home).collect();
        let mean = etas.iter().sum::<f64>() / etas.len() as f64;
        let variance = etas.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / etas.len() as f64;
        assert!((mean - known.eta_home).abs() < 0.005, "{mean} {}", known.eta_home);
        assert!((variance / known.variance_home - 1.0).abs() < 0.05, "{variance} {}", known.variance_home);
    }

    #[test]
    fn expecting_changes_nothing() {
        let mut filter = GoalFilter::new(FilterConfig::FRESH);
        filter.update(PAIRING, on(0.0), [2.0, 1.0]);
        let copy = filter.clone();
        filter.expect(PAIRING, on(500.0));
        assert_eq!(filter, copy);
    }

    proptest! {
        /// Whoever is named first on neutral ground: the expectation, and what a result teaches, is the same for both.
        #[test]
        fn neutral_ground_has_no_home_side(
            before in prop::collection::vec((0_u8..7, 0_u8..7, 0_usize..3, 0_usize..3, any::<bool>()), 0..40),
            (first, second) in (0_u8..9, 0_u8..9),
        ) {
            let mut filter = GoalFilter::new(FilterConfig::FRESH);
            for (n, (a, b, home, away, neutral)) in before.into_iter().enumerate() {
                if home != away {
                    let occasion = Occasion { neutral, ..on(n as f64) };
                    filter.update(Pairing { home, away, league: 0 }, occasion, [a, b].map(f64::from));
                }
            }
            let occasion = Occasion { neutral: true, ..on(50.0) };
            let swapped = Pairing { home: 1, away: 0, league: 0 };
            let (one, other) = (filter.expect(PAIRING, occasion), filter.expect(swapped, occasion));
            prop_assert_eq!(one.eta_home.to_bits(), other.eta_away.to_bits());
            prop_assert_eq!(one.eta_away.to_bits(), other.eta_home.to_bits());
            prop_assert_eq!(one.variance_home.to_bits(), other.variance_away.to_bits());
            let mut exchanged = filter.clone();
            filter.update(PAIRING, occasion, [f64::from(first), f64::from(second)]);
            exchanged.update(swapped, occasion, [f64::from(second), f64::from(first)]);
            for day in [51.0, 60.0] {
                let (a, b) = (filter.expect(PAIRING, on(day)), exchanged.expect(PAIRING, on(day)));
                prop_assert!((a.eta_home - b.eta_home).abs() < 1e-12 && (a.eta_away - b.eta_away).abs() < 1e-12);
                prop_assert!((a.variance_home - b.variance_home).abs() < 1e-12);
            }
        }

        #[test]
        fn states_stay_finite_and_variances_positive(
            goals in prop::collection::vec((0_u8..60, 0_u8..60, 0_usize..4, 0_usize..4, 0.0_f64..40.0), 1..200),
        ) {
            let mut filter = GoalFilter::new(FilterConfig::FRESH);
            let mut day = 0.0;
            for (home_goals, away_goals, home, away, gap) in goals {
                day += gap;
                let pairing = Pairing { home, away: if home == away { away + 4 } else { away }, league: 0 };
                filter.update(pairing, Occasion { day, season: (day / 365.0) as u32, tier: 1, neutral: false },
                    [f64::from(home_goals), f64::from(away_goals)]);
                let e = filter.expect(pairing, on(day));
                prop_assert!(e.eta_home.is_finite() && e.eta_away.is_finite());
                prop_assert!(e.variance_home > 0.0 && e.variance_away > 0.0);
            }
        }
    }
}
