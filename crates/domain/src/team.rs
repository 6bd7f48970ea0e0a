//! Clubs.

use crate::TeamId;
use serde::{Deserialize, Serialize};

/// A club: a name within a country (Everton exists in England and in Chile).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Identifier in the store.
    pub id: TeamId,
    /// Its canonical name.
    pub name: String,
    /// Its country.
    pub country: String,
}

/// A club of a source's own roster, before the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NewTeam {
    /// The name as the source writes it.
    pub name: String,
    /// Its country.
    pub country: String,
}
