//! Leagues and teams.

use crate::row::Read;
use touchline_domain::ports::{LeagueSummary, StoreError};
use touchline_domain::{League, LeagueId, NewLeague, Tally, Team, TeamId};

/// Identifier, code, name, country, level, source and kind.
pub fn league(row: &impl Read) -> Result<League, StoreError> {
    Ok(League {
        id: LeagueId(row.value(0)?),
        details: NewLeague {
            code: row.value(1)?,
            name: row.value(2)?,
            country: row.value(3)?,
            level: row.number(4)?,
            source: row.value(5)?,
            kind: row.parsed(6)?,
        },
    })
}

/// A league with the numbers of its teams, matches and finished matches.
pub fn league_summary(row: &impl Read) -> Result<LeagueSummary, StoreError> {
    Ok(LeagueSummary {
        league: league(row)?,
        teams: row.number(7)?,
        matches: row.number(8)?,
        finished: row.number(9)?,
    })
}

/// Identifier, name and country.
pub fn team(row: &impl Read) -> Result<Team, StoreError> {
    Ok(Team { id: TeamId(row.value(0)?), name: row.value(1)?, country: row.value(2)? })
}

/// Played, won, drawn, lost, goals for and against, from the column `first`.
pub fn tally(row: &impl Read, first: usize) -> Result<Tally, StoreError> {
    Ok(Tally {
        played: row.number(first)?,
        won: row.number(first + 1)?,
        drawn: row.number(first + 2)?,
        lost: row.number(first + 3)?,
        goals_for: row.number(first + 4)?,
        goals_against: row.number(first + 5)?,
    })
}
