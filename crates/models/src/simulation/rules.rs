//! How competitions order teams with equal points.

/// A criterion that separates teams with equal points, more being better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TieBreak {
    /// Goal difference in all matches.
    GoalDifference,
    /// Goals scored in all matches.
    GoalsFor,
    /// Matches won.
    Wins,
    /// Goals scored away in all matches.
    AwayGoals,
    /// Points in the matches among the level teams.
    HeadToHeadPoints,
    /// Goal difference in those matches.
    HeadToHeadGoalDifference,
    /// Goals scored in those matches.
    HeadToHeadGoalsFor,
    /// Goals scored away in those matches.
    HeadToHeadAwayGoals,
}

impl TieBreak {
    pub(crate) fn is_head_to_head(self) -> bool {
        matches!(
            self,
            Self::HeadToHeadPoints
                | Self::HeadToHeadGoalDifference
                | Self::HeadToHeadGoalsFor
                | Self::HeadToHeadAwayGoals
        )
    }
}

/// Points and tie-breaks of a competition. Teams that stay level are ordered by lot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RuleSet {
    /// Points for a win.
    pub win: u8,
    /// Points for a draw.
    pub draw: u8,
    /// Criteria after points, in order.
    pub tie_breaks: Vec<TieBreak>,
    /// Whether teams that all head-to-head criteria leave level, others having been separated, are compared again
    /// by their own meetings alone (UEFA's way) before the next criterion.
    pub head_to_head_restarts: bool,
    /// Positions `p` (1 is first) for which teams `p` and `p + 1`, if level on points, meet in one more match on
    /// neutral ground, as Serie A's first two do.
    pub decider_after: Vec<usize>,
}

impl RuleSet {
    fn three_points(tie_breaks: &[TieBreak]) -> Self {
        Self {
            win: 3,
            draw: 1,
            tie_breaks: tie_breaks.to_vec(),
            head_to_head_restarts: false,
            decider_after: Vec::new(),
        }
    }

    /// Goal difference, goals scored: the commonest rule.
    pub fn goal_difference() -> Self {
        Self::three_points(&[TieBreak::GoalDifference, TieBreak::GoalsFor])
    }

    /// England since 2019-20: goal difference, goals scored, head-to-head points, head-to-head away goals.
    pub fn premier_league() -> Self {
        Self::three_points(&[
            TieBreak::GoalDifference,
            TieBreak::GoalsFor,
            TieBreak::HeadToHeadPoints,
            TieBreak::HeadToHeadAwayGoals,
        ])
    }

    /// Spain: points and goal difference among the level teams, then goal difference and goals in all matches.
    pub fn la_liga() -> Self {
        Self::three_points(&[
            TieBreak::HeadToHeadPoints,
            TieBreak::HeadToHeadGoalDifference,
            TieBreak::GoalDifference,
            TieBreak::GoalsFor,
        ])
    }

    /// Italy since 2022-23: as in Spain, but two teams level at the top, or on the edge of the given number of
    /// relegation places, meet in a decider. `teams` is the size of the league.
    pub fn serie_a(teams: usize, relegated: usize) -> Self {
        let edge = teams.saturating_sub(relegated);
        let decider_after = if edge > 1 && relegated > 0 { vec![1, edge] } else { vec![1] };
        Self { decider_after, ..Self::la_liga() }
    }

    /// Germany: goal difference, goals scored, head-to-head points and away goals, away goals in all matches.
    pub fn bundesliga() -> Self {
        Self::three_points(&[
            TieBreak::GoalDifference,
            TieBreak::GoalsFor,
            TieBreak::HeadToHeadPoints,
            TieBreak::HeadToHeadAwayGoals,
            TieBreak::AwayGoals,
        ])
    }

    /// UEFA group stages up to 2023-24: head-to-head points, difference and goals, restarted for teams still
    /// level, then all matches.
    pub fn uefa_group() -> Self {
        let tie_breaks = [
            TieBreak::HeadToHeadPoints,
            TieBreak::HeadToHeadGoalDifference,
            TieBreak::HeadToHeadGoalsFor,
            TieBreak::GoalDifference,
            TieBreak::GoalsFor,
            TieBreak::AwayGoals,
            TieBreak::Wins,
        ];
        Self { head_to_head_restarts: true, ..Self::three_points(&tie_breaks) }
    }
}
