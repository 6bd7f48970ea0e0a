//! Competitions that are not leagues, and what their matches have beyond those of a league.

use crate::Score;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What kind of competition it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompetitionKind {
    /// Everybody meets everybody, and a table decides.
    #[default]
    League,
    /// Rounds of knock-out matches, with or without groups before them.
    Cup,
    /// Matches for a place in another competition.
    Qualifiers,
    /// Matches for nothing.
    Friendlies,
    /// A finals tournament at one place within weeks, such as a World Cup.
    Tournament,
}

impl CompetitionKind {
    /// All kinds with their names, in the order of their declaration.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::League, "league"),
        (Self::Cup, "cup"),
        (Self::Qualifiers, "qualifiers"),
        (Self::Friendlies, "friendlies"),
        (Self::Tournament, "tournament"),
    ];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

impl FromStr for CompetitionKind {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(_, n)| *n == name).map(|(kind, _)| *kind);
        found.ok_or_else(|| {
            format!("{name:?} is not a kind of competition; write league, cup, qualifiers, friendlies or tournament")
        })
    }
}

/// What a match of a cup or a tournament has beyond a match of a league: where in its competition it stands, whose
/// ground it is played on, and how it was decided after 90 minutes. The default is a league match on the home side's
/// ground.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct MatchSetting {
    /// Whether it is played on neither side's ground. Home and away are then the order in which the sides are named.
    pub neutral_ground: bool,
    /// The part of the competition, as the source writes it, such as `Group stage`.
    pub stage: Option<String>,
    /// The round or matchday within it, as the source writes it, such as `Quarter-finals`.
    pub round: Option<String>,
    /// The group, as the source writes it, such as `Group A`.
    pub group: Option<String>,
    /// Which match of a tie it is, from 1, where a tie has several.
    pub tie_leg: Option<u8>,
    /// The score after extra time, with the goals of the 90 minutes, where extra time was played.
    pub after_extra_time: Option<Score>,
    /// Penalties scored in the shoot-out, where there was one.
    pub shootout: Option<Score>,
}

/// The most matches of one tie: two legs, and replays of old cups.
pub const MAX_TIE_LEG: u8 = 20;

impl MatchSetting {
    /// Whether it is that of a league match.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it can belong to a match with this score after 90 minutes.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, score: Option<Score>) -> Result<(), String> {
        if self.tie_leg.is_some_and(|leg| !(1..=MAX_TIE_LEG).contains(&leg)) {
            return Err(format!("the match of a tie is a number from 1 to {MAX_TIE_LEG}"));
        }
        if let Some(after) = self.after_extra_time {
            let Some(score) = score else {
                return Err(format!("extra time ended {after}, and the score after 90 minutes is missing"));
            };
            if after.home < score.home || after.away < score.away {
                return Err(format!("{after} after extra time is less than {score} after 90 minutes"));
            }
        }
        match self.shootout {
            Some(shootout) if shootout.home == shootout.away => {
                Err(format!("the shoot-out {shootout} has no winner"))
            }
            Some(_) if score.is_none() => Err("there is a shoot-out, and no score before it".to_owned()),
            _ => Ok(()),
        }
    }

    /// Takes what another setting of the same match says beyond this one; what this one says stays.
    pub fn complete(&mut self, other: &Self) {
        fn take<T: Clone>(held: &mut Option<T>, given: Option<&T>) {
            if held.is_none() {
                *held = given.cloned();
            }
        }
        self.neutral_ground |= other.neutral_ground;
        take(&mut self.stage, other.stage.as_ref());
        take(&mut self.round, other.round.as_ref());
        take(&mut self.group, other.group.as_ref());
        take(&mut self.tie_leg, other.tie_leg.as_ref());
        take(&mut self.after_extra_time, other.after_extra_time.as_ref());
        take(&mut self.shootout, other.shootout.as_ref());
    }

    /// Drops an extra time and a shoot-out that cannot belong to this score after 90 minutes: of two sources that
    /// disagree about the score, the one that is overruled brought them.
    pub fn fit_to(&mut self, score: Option<Score>) {
        let fits = |after: &Score| score.is_some_and(|s| after.home >= s.home && after.away >= s.away);
        self.after_extra_time = self.after_extra_time.filter(fits);
        self.shootout = self.shootout.filter(|_| score.is_some());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(home: u8, away: u8) -> Score {
        Score { home, away }
    }

    #[test]
    fn kinds_are_found_by_their_names() {
        for (kind, name) in CompetitionKind::ALL {
            assert_eq!((kind.name(), name.parse()), (name, Ok(kind)));
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
        }
        assert!("League".parse::<CompetitionKind>().is_err());
    }

    #[test]
    fn extra_time_never_takes_goals_away() {
        let setting = MatchSetting { after_extra_time: Some(score(2, 1)), ..MatchSetting::default() };
        assert_eq!(setting.check(Some(score(1, 1))), Ok(()));
        assert!(setting.check(Some(score(1, 2))).is_err());
        assert!(setting.check(None).is_err());
        let mut fitted = setting.clone();
        fitted.fit_to(Some(score(1, 2)));
        assert!(fitted.is_default());
    }

    #[test]
    fn a_shootout_has_a_winner() {
        let setting = |shootout| MatchSetting { shootout: Some(shootout), ..MatchSetting::default() };
        // The second match of a tie may be won by the side that lost the first one.
        assert_eq!(setting(score(4, 3)).check(Some(score(2, 1))), Ok(()));
        assert!(setting(score(4, 4)).check(Some(score(1, 1))).is_err());
        assert!(setting(score(4, 3)).check(None).is_err());
    }

    #[test]
    fn what_is_known_stays() {
        let mut held = MatchSetting { round: Some("Final".to_owned()), ..MatchSetting::default() };
        let other = MatchSetting {
            neutral_ground: true,
            round: Some("Last match".to_owned()),
            tie_leg: Some(1),
            ..MatchSetting::default()
        };
        held.complete(&other);
        assert_eq!(
            (held.neutral_ground, held.round.as_deref(), held.tie_leg),
            (true, Some("Final"), Some(1))
        );
    }
}
