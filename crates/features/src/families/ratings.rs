//! Ratings: Elo, pi and Berrar, side by side.

use crate::columns::{PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described, Exchange};
use touchline_domain::Score;
use touchline_models::ratings::{Berrar, BerrarConfig, Elo, EloConfig, PiConfig, PiRating, PiRule, Rating};

/// Elo of a first tier before its first match, and what each tier below lacks.
const LEAGUE_ELO: f64 = 1500.0;
const TIER_STEP: f64 = 120.0;
/// How far below its league's mean a team never seen starts.
const NEWCOMER_GAP: f64 = 60.0;
/// Damping of pi-rating errors, fitted on 2008-2016 of the 2023 Soccer Prediction Challenge's data.
const PI_SCALE: f64 = 3.70;
/// Weight of the newest match in a league's mean.
const LEAGUE_MEAN_WEIGHT: f64 = 0.02;

/// All ratings.
#[derive(Clone)]
pub struct Ratings {
    elo: Elo,
    pi: PiRating,
    berrar: Berrar,
    /// Season of the team's last match; 0 for a team never seen.
    season: PerIndex<u32>,
    league_mean: PerIndex<Option<f64>>,
}

const COLUMNS: [Described; 1] = [Described::new(
    "elo",
    "Elo with goal difference (k 5.17, power 1.23, home 87.5), pulled to its league's mean each season",
    "points",
)
.missing("never: a newcomer starts 60 below its league's mean")];

const OF_MATCH: [Described; 6] = [
    Described::new(
        "elo_expected_share",
        "share of points that the home side is expected to take by Elo",
        "share",
    )
    .missing("never")
    .exchanged(Exchange::Complement),
    Described::new("home_pi", "pi-rating of the home side at home", "goals").missing("never"),
    Described::new("away_pi", "pi-rating of the away side away", "goals").missing("never"),
    Described::new("pi_goal_difference", "goal difference expected by the pi-ratings", "goals")
        .missing("never")
        .exchanged(Exchange::Negated),
    Described::new("berrar_home_goals", "goals of the home side expected by the Berrar ratings", "goals")
        .missing("never"),
    Described::new("berrar_away_goals", "goals of the away side expected by the Berrar ratings", "goals")
        .missing("never"),
];

impl Ratings {
    pub fn new() -> Self {
        let valid = "the parameters are constants within their ranges";
        Self {
            elo: Elo::new(EloConfig::default()).expect(valid),
            pi: PiRating::new(PiConfig {
                rule: PiRule::Logarithmic { scale: PI_SCALE },
                ..PiConfig::default()
            })
            .expect(valid),
            berrar: Berrar::new(BerrarConfig::default()).expect(valid),
            season: PerIndex::default(),
            league_mean: PerIndex::default(),
        }
    }

    fn mean(&self, fixture: &Fixture) -> f64 {
        let start = LEAGUE_ELO - TIER_STEP * (f64::from(fixture.tier) - 1.0);
        self.league_mean.get(fixture.league).unwrap_or(start)
    }

    /// Pi-ratings of both sides, their goal difference, and goals of both by Berrar, on the first one's ground.
    fn at_home(&self, home: usize, away: usize) -> [f64; 5] {
        let goals = self.berrar.expected_goals(home, away);
        let difference = self.pi.expected_goal_difference(home, away);
        [self.pi.home_rating(home), self.pi.away_rating(away), difference, goals.0, goals.1]
    }

    /// The same where neither is at home.
    fn on_neutral_ground(&self, first: usize, second: usize) -> [f64; 5] {
        let goals = self.berrar.expected_goals_neutral(first, second);
        let difference = self.pi.expected_goal_difference_neutral(first, second);
        [self.pi.strength(first), self.pi.strength(second), difference, goals.0, goals.1]
    }

    /// Points of a team in a fixture's league and season.
    fn elo(&self, team: u32, fixture: &Fixture) -> f64 {
        match *self.season.get(team) {
            0 => self.mean(fixture) - NEWCOMER_GAP,
            season => {
                let points = self.elo.strength(team as usize);
                let same = season == fixture.season || !fixture.in_table;
                let pull = if same { 0.0 } else { self.elo.config().season_pull };
                points + pull * (self.mean(fixture) - points)
            }
        }
    }
}

impl Family for Ratings {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut definitions = Definitions::of("ratings", 1, list);
        definitions.of_sides(&COLUMNS);
        for column in OF_MATCH {
            definitions.of_match(column);
        }
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        let (home, away) = (self.elo(fixture.home, fixture), self.elo(fixture.away, fixture));
        let (elo, rest) = out.split_at_mut(3 * COLUMNS.len());
        sides(elo, &[home], &[away]);
        let (h, a) = (fixture.home as usize, fixture.away as usize);
        let values = if fixture.neutral { self.on_neutral_ground(h, a) } else { self.at_home(h, a) };
        let advantage = if fixture.neutral { 0.0 } else { self.elo.config().home_advantage };
        let [home_pi, away_pi, pi_difference, home_goals, away_goals] = values;
        let values = [
            1.0 / (1.0 + 10_f64.powf((away - home - advantage) / 400.0)),
            home_pi,
            away_pi,
            pi_difference,
            home_goals,
            away_goals,
        ];
        for (out, value) in rest.iter_mut().zip(values) {
            *out = value as f32;
        }
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        let (home, away) = (f.home as usize, f.away as usize);
        for team in [f.home, f.away] {
            let points = self.elo(team, f);
            self.elo.set(team as usize, points);
            let season = self.season.get_mut(team);
            if f.in_table || *season == 0 {
                *season = f.season;
            }
        }
        let score = Score { home: played.goals[0], away: played.goals[1] };
        if f.neutral {
            self.elo.update_neutral(home, away, score);
            self.pi.update_neutral(home, away, score);
            self.berrar.update_neutral(home, away, score);
        } else {
            self.elo.update(home, away, score);
            self.pi.update(home, away, score);
            self.berrar.update(home, away, score);
        }
        let mut mean = self.mean(f);
        for team in [home, away] {
            mean += LEAGUE_MEAN_WEIGHT * (self.elo.strength(team) - mean);
        }
        *self.league_mean.get_mut(f.league) = Some(mean);
    }
}
