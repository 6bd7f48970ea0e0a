//! Leagues.

use crate::{CompetitionKind, LeagueId};
use serde::{Deserialize, Serialize};

/// A competition that is played season after season, most often of one country. Identified by its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct League {
    /// Identifier in the store.
    pub id: LeagueId,
    /// Everything that the source told.
    #[serde(flatten)]
    pub details: NewLeague,
}

/// A league before the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLeague {
    /// The code by which its source names it, such as `E0` or `GER1`; unique.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// The country whose clubs play in it; together with a name it identifies a team. Competitions of national teams
    /// have [`NATIONAL_TEAMS`](crate::NATIONAL_TEAMS) here.
    pub country: String,
    /// Tier within the country: 1 is the highest.
    pub level: u8,
    /// The source that brought it.
    pub source: String,
    /// What kind of competition it is.
    #[serde(default)]
    pub kind: CompetitionKind,
}

impl std::ops::Deref for League {
    type Target = NewLeague;
    fn deref(&self) -> &NewLeague {
        &self.details
    }
}
