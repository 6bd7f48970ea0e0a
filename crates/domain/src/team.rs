//! Clubs and national teams.

use crate::TeamId;
use serde::{Deserialize, Serialize};

/// The country of national teams: it keeps their names apart from those of all clubs. Competitions of national teams
/// are of this country, so that their names are looked for among national teams alone.
pub const NATIONAL_TEAMS: &str = "International";

/// A club: a name within a country (Everton exists in England and in Chile). Or a national team: a name within
/// [`NATIONAL_TEAMS`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Identifier in the store.
    pub id: TeamId,
    /// Its canonical name.
    pub name: String,
    /// Its country.
    pub country: String,
}

impl Team {
    /// Whether it is a club or a national team.
    pub fn kind(&self) -> TeamKind {
        TeamKind::of(&self.country)
    }
}

/// What kind of team it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamKind {
    /// A club.
    Club,
    /// A national team.
    National,
}

impl TeamKind {
    /// The kind of the teams of a country.
    pub fn of(country: &str) -> Self {
        if country == NATIONAL_TEAMS { Self::National } else { Self::Club }
    }

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Club => "club",
            Self::National => "national",
        }
    }
}

/// A club or national team of a source's own roster, before the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NewTeam {
    /// The name as the source writes it.
    pub name: String,
    /// Its country.
    pub country: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_national_team_is_no_club_of_its_country() {
        let team = |country: &str| Team { id: TeamId(1), name: "Algeria".into(), country: country.into() };
        assert_eq!(team(NATIONAL_TEAMS).kind().name(), "national");
        assert_eq!(team("Algeria").kind().name(), "club");
    }
}
