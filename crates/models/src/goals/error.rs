//! Why a goal model could not be fitted.

use thiserror::Error;

/// Why a fit failed, and what the caller can do about it.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum FitError {
    /// No match, or every weight is 0.
    #[error("no match carries weight: give at least one match with a weight above 0")]
    NoWeight,
    /// A number in the training matches or in the configuration that no fit can use.
    #[error("{what} is {value}; it must be {allowed}")]
    Invalid {
        /// Which number, with the match or team it belongs to.
        what: String,
        /// The value found.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A team, league or group index outside the declared counts.
    #[error("match {position}: {what} {index} is not below {count}; declare it in `GoalMatches::new`")]
    UnknownIndex {
        /// Position of the match in the training set.
        position: usize,
        /// `team`, `league` or `group`.
        what: &'static str,
        /// The index found.
        index: usize,
        /// How many were declared.
        count: usize,
    },
    /// A team listed against itself.
    #[error("match {position}: team {team} plays itself")]
    SameTeam {
        /// Position of the match in the training set.
        position: usize,
        /// The team.
        team: usize,
    },
    /// Without shrinkage, a team that never scored or never conceded has no finite strength.
    #[error(
        "team {team} has {what} in the weighted matches, so its {parameter} has no finite estimate: \
         turn shrinkage on or drop the team"
    )]
    Unbounded {
        /// The team.
        team: usize,
        /// `no goals for` or `no goals against`.
        what: &'static str,
        /// `attack` or `defence`.
        parameter: &'static str,
    },
    /// Without shrinkage, groups of teams that never meet cannot be compared.
    #[error(
        "the teams form {components} groups that never meet (a team without a weighted match is a group \
         of its own): turn shrinkage on, link them by matches, or fit them apart"
    )]
    Disconnected {
        /// Number of groups.
        components: usize,
    },
    /// The matches do not determine all parameters.
    #[error("the matches do not determine all parameters (too few, or all of one kind): turn shrinkage on")]
    NotIdentified,
    /// The search ended without a maximum.
    #[error("no maximum after {iterations} iterations: turn shrinkage on or raise `max_iterations`")]
    NotConverged {
        /// Iterations done.
        iterations: usize,
    },
    /// A score that the family cannot represent.
    #[error(
        "match {position}: {goals} goals exceed the {limit} that {family} supports: drop the match or use another family"
    )]
    TooManyGoals {
        /// Position of the match in the training set.
        position: usize,
        /// Goals found.
        goals: u8,
        /// Highest supported.
        limit: u8,
        /// Name of the family.
        family: &'static str,
    },
}
