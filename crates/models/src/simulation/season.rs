//! What a simulation starts from.

use super::knockout::PlayOff;
use super::ranking::Meeting;
use super::rules::RuleSet;
use super::sampler::ScoreSampler;
use thiserror::Error;
use touchline_outcomes::{Score, ScoreGrid};

/// Why a season cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SimulationError {
    /// Fewer than two or more than 1,000 teams.
    #[error("a season has 2 to 1,000 teams, not {0}")]
    Teams(usize),
    /// A match between teams that are not in the season, or of a team with itself.
    #[error("match {position}: teams {home} and {away} must be different and below {teams}")]
    Match {
        /// Position in the order of adding, played matches first.
        position: usize,
        /// Home team.
        home: usize,
        /// Away team.
        away: usize,
        /// Number of teams.
        teams: usize,
    },
    /// No simulations asked for, or more than four thousand million.
    #[error("ask for 1 to 4,000,000,000 simulations, not {0}")]
    Runs(u64),
    /// A split that does not divide the table.
    #[error("the split's groups must each have 2 or more teams and {teams} together")]
    Split {
        /// Number of teams.
        teams: usize,
    },
    /// A play-off that cannot be played.
    #[error("play-off: {0}")]
    PlayOff(&'static str),
    /// A rule set that this number of teams cannot follow.
    #[error("a decider after position {position} needs a position below {teams}")]
    Decider {
        /// Position named by the rules.
        position: usize,
        /// Number of teams.
        teams: usize,
    },
    /// Tables of different competitions.
    #[error("tables with {0} and {1} teams, or with different play-offs, cannot be merged")]
    Merge(usize, usize),
}

/// Grids of all possible pairings, for matches that are not known in advance.
#[derive(Debug, Clone)]
pub struct PairGrids {
    pub(crate) samplers: Vec<ScoreSampler>,
    pub(crate) teams: usize,
}

impl PairGrids {
    /// Asks for the grid of every ordered pair of teams.
    pub fn new(teams: usize, grid: impl Fn(usize, usize) -> ScoreGrid) -> Self {
        let pairs = (0..teams).flat_map(|h| (0..teams).map(move |a| (h, a)));
        Self { samplers: pairs.map(|(h, a)| ScoreSampler::new(&grid(h, a))).collect(), teams }
    }
}

/// A league that divides after its matches and plays on in groups of neighbours (Scotland, Belgium, Austria).
///
/// Each group then plays one round, the better-placed side of each pairing at home when the sum of both
/// positions is odd, else the other. Positions stay within the group. Head-to-head
/// criteria look at the matches before the split.
#[derive(Debug, Clone)]
pub struct Split {
    /// Sizes of the groups from the top.
    pub groups: Vec<usize>,
    /// Rounds that each group plays; with two, every pairing is played at both grounds.
    pub rounds: usize,
    /// Whether points are halved at the split, halves rounded up.
    pub halve_points: bool,
    /// Grids of all pairings.
    pub grids: PairGrids,
}

/// A season to be played out.
#[derive(Debug, Clone)]
pub struct SeasonSimulation {
    pub(crate) teams: usize,
    pub(crate) rules: RuleSet,
    pub(crate) played: Vec<(Meeting, u16)>,
    pub(crate) fixtures: Vec<Meeting>,
    pub(crate) samplers: Vec<ScoreSampler>,
    pub(crate) adjustments: Vec<i64>,
    pub(crate) split: Option<Split>,
    pub(crate) play_offs: Vec<PlayOff>,
    /// Probability that the first team beats the second in a decider.
    pub(crate) decider: Option<Vec<f64>>,
}

impl SeasonSimulation {
    /// A season of that many teams without matches.
    pub fn new(teams: usize, rules: RuleSet) -> Self {
        Self {
            teams,
            rules,
            played: Vec::new(),
            fixtures: Vec::new(),
            samplers: Vec::new(),
            adjustments: vec![0; teams],
            split: None,
            play_offs: Vec::new(),
            decider: None,
        }
    }

    /// Adds a finished match.
    pub fn result(&mut self, home: usize, away: usize, score: Score) -> &mut Self {
        let score = (u16::from(score.home) << 8) | u16::from(score.away);
        self.played.push((Meeting { home, away }, score));
        self
    }

    /// Adds a match to come.
    pub fn fixture(&mut self, home: usize, away: usize, grid: &ScoreGrid) -> &mut Self {
        self.fixtures.push(Meeting { home, away });
        self.samplers.push(ScoreSampler::new(grid));
        self
    }

    /// Takes points from a team; a negative number gives points. An unknown team is ignored.
    pub fn deduct(&mut self, team: usize, points: i32) -> &mut Self {
        if let Some(adjustment) = self.adjustments.get_mut(team) {
            *adjustment -= i64::from(points);
        }
        self
    }

    /// Lets the league divide after its matches.
    pub fn split(&mut self, split: Split) -> &mut Self {
        self.split = Some(split);
        self
    }

    /// Adds a play-off after the season; several are played in the order of adding.
    pub fn play_off(&mut self, play_off: PlayOff) -> &mut Self {
        self.play_offs.push(play_off);
        self
    }

    /// Gives the probability that team `i` wins a decider on neutral ground against `j`; without it deciders
    /// are even.
    pub fn deciders(&mut self, win: impl Fn(usize, usize) -> f64) -> &mut Self {
        let n = self.teams;
        let pairs = (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
        self.decider = Some(pairs.map(|(i, j)| win(i, j).clamp(0.0, 1.0)).collect());
        self
    }

    /// Number of teams.
    pub fn teams(&self) -> usize {
        self.teams
    }

    /// Checks teams, matches, split, play-off and rules.
    ///
    /// # Errors
    /// [`SimulationError`] naming what is wrong.
    pub fn check(&self) -> Result<(), SimulationError> {
        let teams = self.teams;
        if !(2..=1000).contains(&teams) {
            return Err(SimulationError::Teams(teams));
        }
        let all = self.played.iter().map(|p| &p.0).chain(&self.fixtures);
        for (position, p) in all.enumerate() {
            if p.home == p.away || p.home >= teams || p.away >= teams {
                return Err(SimulationError::Match { position, home: p.home, away: p.away, teams });
            }
        }
        if let Some(split) = &self.split {
            let fits = split.groups.iter().sum::<usize>() == teams && split.groups.iter().all(|g| *g >= 2);
            if !fits || split.grids.teams != teams {
                return Err(SimulationError::Split { teams });
            }
        }
        if let Some(position) = self.rules.decider_after.iter().find(|p| **p == 0 || **p >= teams) {
            return Err(SimulationError::Decider { position: *position, teams });
        }
        self.play_offs.iter().try_for_each(|p| p.check(teams))
    }
}
