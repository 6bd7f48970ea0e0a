//! Training matches of a goal model.

use super::FitError;
use touchline_outcomes::Score;

/// One finished match as a goal model sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GoalObservation {
    /// Index of the home team, below [`GoalMatches::teams`].
    pub home: usize,
    /// Index of the away team.
    pub away: usize,
    /// Goals of both sides.
    pub score: Score,
    /// How much the match counts, at least 0; 1 is one full match. See [`TimeDecay`](super::TimeDecay).
    pub weight: f64,
    /// Index of the competition, below [`GoalMatches::leagues`]; only read when the goal level or the home
    /// advantage is per league.
    pub league: usize,
    /// Played on neutral ground: no home advantage.
    pub neutral: bool,
}

impl GoalObservation {
    /// A full-weight match of league 0, not on neutral ground.
    pub fn new(home: usize, away: usize, score: Score) -> Self {
        Self { home, away, score, weight: 1.0, league: 0, neutral: false }
    }

    /// The same match with another weight.
    #[must_use]
    pub fn weighted(self, weight: f64) -> Self {
        Self { weight, ..self }
    }
}

/// A covariate of both sides of one match, such as days of rest or minutes played with a man less.
/// The side's expected goals are multiplied by `exp(coefficient * value)`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SideValues {
    /// Value that acts on the home side's goals.
    pub home: f64,
    /// Value that acts on the away side's goals.
    pub away: f64,
}

/// Most covariates of one fit.
pub const MAX_COVARIATES: usize = 8;

/// The training set: how many teams, groups and leagues there are, and the matches.
///
/// Teams may be declared without any match: with shrinkage on they get the prior of their group, which is
/// how a promoted or never-seen team is forecast.
///
/// ```
/// use touchline_models::goals::{GoalMatches, GoalObservation};
/// use touchline_outcomes::Score;
/// let mut matches = GoalMatches::new(3);
/// matches.push(GoalObservation::new(0, 1, Score { home: 2, away: 1 }));
/// assert_eq!((matches.teams(), matches.len()), (3, 1));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct GoalMatches {
    groups: Vec<usize>,
    group_count: usize,
    leagues: usize,
    covariate_names: Vec<String>,
    observations: Vec<GoalObservation>,
    covariates: Vec<SideValues>,
}

impl GoalMatches {
    /// An empty set over that many teams, in one group and one league.
    pub fn new(teams: usize) -> Self {
        Self {
            groups: vec![0; teams],
            group_count: 1,
            leagues: 1,
            covariate_names: Vec::new(),
            observations: Vec::new(),
            covariates: Vec::new(),
        }
    }

    /// One league of teams from observations; the number of teams is the highest index plus 1.
    pub fn from_observations(observations: Vec<GoalObservation>) -> Self {
        let teams = observations.iter().map(|m| m.home.max(m.away) + 1).max().unwrap_or(0);
        Self { observations, ..Self::new(teams) }
    }

    /// Assigns every team to a group whose mean strength the shrinkage estimates, such as its division, or
    /// "promoted this season" apart from "established". One entry per team.
    #[must_use]
    pub fn with_groups(mut self, groups: Vec<usize>) -> Self {
        self.group_count = groups.iter().max().map_or(1, |g| *g + 1);
        self.groups = groups;
        self
    }

    /// Declares the number of leagues that [`GoalObservation::league`] refers to.
    #[must_use]
    pub fn with_leagues(mut self, leagues: usize) -> Self {
        self.leagues = leagues.max(1);
        self
    }

    /// Declares covariates by name; matches are then added by [`Self::push_with`]. At most
    /// [`MAX_COVARIATES`].
    #[must_use]
    pub fn with_covariates(mut self, names: &[&str]) -> Self {
        self.covariate_names = names.iter().map(|n| (*n).to_owned()).collect();
        self
    }

    /// Adds a match whose covariates are all 0.
    pub fn push(&mut self, observation: GoalObservation) {
        self.observations.push(observation);
        self.covariates.extend(std::iter::repeat_n(SideValues::default(), self.covariate_names.len()));
    }

    /// Adds a match with the values of the declared covariates; missing ones are 0, further ones ignored.
    pub fn push_with(&mut self, observation: GoalObservation, values: &[SideValues]) {
        self.observations.push(observation);
        let names = self.covariate_names.len();
        self.covariates.extend((0..names).map(|k| values.get(k).copied().unwrap_or_default()));
    }

    /// Adds a team of that group and returns its index: how a team enters during a walk-forward run.
    pub fn add_team(&mut self, group: usize) -> usize {
        self.groups.push(group);
        self.group_count = self.group_count.max(group + 1);
        self.groups.len() - 1
    }

    /// Multiplies every weight: ages the whole set at once under exponential forgetting.
    pub fn scale_weights(&mut self, factor: f64) {
        for m in &mut self.observations {
            m.weight *= factor;
        }
    }

    /// Recomputes every weight from the match and its position.
    pub fn set_weights(&mut self, weight: impl Fn(usize, &GoalObservation) -> f64) {
        for (position, m) in self.observations.iter_mut().enumerate() {
            m.weight = weight(position, m);
        }
    }

    /// Drops the matches that weigh less than `least`, keeping the order of the rest.
    pub fn forget_below(&mut self, least: f64) {
        let names = self.covariate_names.len();
        if names > 0 {
            let mut kept = Vec::with_capacity(self.covariates.len());
            for (m, values) in self.observations.iter().zip(self.covariates.chunks(names)) {
                if m.weight >= least {
                    kept.extend_from_slice(values);
                }
            }
            self.covariates = kept;
        }
        self.observations.retain(|m| m.weight >= least);
    }

    /// Number of teams declared.
    pub fn teams(&self) -> usize {
        self.groups.len()
    }

    /// Group of every team.
    pub fn groups(&self) -> &[usize] {
        &self.groups
    }

    /// Number of groups.
    pub fn group_count(&self) -> usize {
        self.group_count
    }

    /// Number of leagues declared.
    pub fn leagues(&self) -> usize {
        self.leagues
    }

    /// Names of the covariates.
    pub fn covariate_names(&self) -> &[String] {
        &self.covariate_names
    }

    /// The matches.
    pub fn observations(&self) -> &[GoalObservation] {
        &self.observations
    }

    /// Covariates of the match at a position, one entry per declared name.
    pub fn covariates(&self, position: usize) -> &[SideValues] {
        let names = self.covariate_names.len();
        &self.covariates[position * names..(position + 1) * names]
    }

    /// Number of matches.
    pub fn len(&self) -> usize {
        self.observations.len()
    }

    /// Whether there is no match.
    pub fn is_empty(&self) -> bool {
        self.observations.is_empty()
    }

    /// Checks indices, weights and covariates.
    ///
    /// # Errors
    /// [`FitError::UnknownIndex`], [`FitError::SameTeam`], [`FitError::Invalid`] or [`FitError::NoWeight`].
    pub fn check(&self) -> Result<(), FitError> {
        if self.covariate_names.len() > MAX_COVARIATES {
            let value = self.covariate_names.len() as f64;
            return Err(FitError::Invalid {
                what: "number of covariates".into(),
                value,
                allowed: "at most 8",
            });
        }
        for (position, m) in self.observations.iter().enumerate() {
            let known = [
                ("team", m.home, self.teams()),
                ("team", m.away, self.teams()),
                ("league", m.league, self.leagues),
            ];
            for (what, index, count) in known {
                if index >= count {
                    return Err(FitError::UnknownIndex { position, what, index, count });
                }
            }
            if m.home == m.away {
                return Err(FitError::SameTeam { position, team: m.home });
            }
            if !(m.weight >= 0.0 && m.weight <= 1e6) {
                let what = format!("weight of match {position}");
                return Err(FitError::Invalid { what, value: m.weight, allowed: "between 0 and 1e6" });
            }
        }
        if let Some(at) = self.covariates.iter().position(|v| !(v.home.abs() <= 1e3 && v.away.abs() <= 1e3)) {
            let v = self.covariates[at];
            let what = format!("covariate of match {}", at / self.covariate_names.len());
            let value = if v.home.abs() <= 1e3 { v.away } else { v.home };
            return Err(FitError::Invalid { what, value, allowed: "finite and at most 1,000 in size" });
        }
        // Weights below a millionth of a match cannot inform anything and only spoil the conditioning.
        if self.observations.iter().map(|m| m.weight).sum::<f64>() > 1e-6 {
            Ok(())
        } else {
            Err(FitError::NoWeight)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(home: usize, away: usize) -> GoalObservation {
        GoalObservation::new(home, away, Score { home: 1, away: 0 })
    }

    #[test]
    fn each_bad_match_is_named() {
        let mut matches = GoalMatches::new(2);
        assert_eq!(matches.check(), Err(FitError::NoWeight));
        matches.push(one(0, 1).weighted(f64::NAN));
        assert!(matches!(matches.check(), Err(FitError::Invalid { .. })));
        matches.set_weights(|_, _| 0.0);
        assert_eq!(matches.check(), Err(FitError::NoWeight));
        matches.push(one(0, 5));
        assert!(matches!(matches.check(), Err(FitError::UnknownIndex { position: 1, index: 5, .. })));
        let twin = GoalMatches::from_observations(vec![one(1, 1)]);
        assert_eq!(twin.check(), Err(FitError::SameTeam { position: 0, team: 1 }));
    }

    #[test]
    fn forgetting_keeps_covariates_with_their_match() {
        let mut matches = GoalMatches::new(2).with_covariates(&["rest"]);
        for (k, weight) in [0.1, 0.9, 0.5].into_iter().enumerate() {
            matches.push_with(one(0, 1).weighted(weight), &[SideValues { home: k as f64, away: 0.0 }]);
        }
        matches.forget_below(0.4);
        assert_eq!(matches.len(), 2);
        assert!((matches.covariates(0)[0].home - 1.0).abs() < 1e-12);
        assert!((matches.covariates(1)[0].home - 2.0).abs() < 1e-12);
    }
}
