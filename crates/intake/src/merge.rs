//! Joining two leagues or two teams that were stored twice, by the names that a person knows them by.

use std::fmt;
use thiserror::Error;
use touchline_domain::ports::{
    IdentityMerges, LeagueReader, MergePreference, MergeReport, MergeSubject, StoreError, TeamReader,
};
use touchline_domain::{League, LeagueId, MergeId, Team, TeamId};

/// Two leagues or two teams, as a person names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedPair {
    /// Two leagues, by code or identifier.
    Leagues {
        /// Stays.
        kept: String,
        /// Goes.
        merged: String,
    },
    /// Two teams, by `Country/Name` or identifier.
    Teams {
        /// Stays.
        kept: String,
        /// Goes.
        merged: String,
    },
}

/// Why no merge was made.
#[derive(Debug, Error)]
pub enum MergeError {
    /// Nothing has this name; correct it.
    #[error("{0}")]
    Unknown(String),
    /// The name is a code and an identifier too; say which is meant.
    #[error(
        "{text:?} is the code of league {by_code} and the identifier of another one; write id:{text} or code:{text}"
    )]
    Ambiguous {
        /// What was given.
        text: String,
        /// The league with that code.
        by_code: LeagueId,
    },
    /// The store refused, or is not available.
    #[error("{0}")]
    Store(#[from] StoreError),
}

/// The identifiers of a named pair.
///
/// # Errors
/// The store is not available, or a name is unknown or ambiguous.
pub async fn resolve<S>(store: &S, pair: &NamedPair) -> Result<MergeSubject, MergeError>
where
    S: LeagueReader + TeamReader + ?Sized,
{
    Ok(match pair {
        NamedPair::Leagues { kept, merged } => {
            let leagues = store.leagues().await?;
            MergeSubject::Leagues { kept: league(&leagues, kept)?, merged: league(&leagues, merged)? }
        }
        NamedPair::Teams { kept, merged } => {
            let teams = store.teams().await?;
            MergeSubject::Teams { kept: team(&teams, kept)?, merged: team(&teams, merged)? }
        }
    })
}

/// What [`merge`] would do; changes nothing.
///
/// # Errors
/// As for [`resolve`].
pub async fn plan<S>(
    store: &S,
    pair: &NamedPair,
    prefer: Option<MergePreference>,
) -> Result<MergeReport, MergeError>
where
    S: LeagueReader + TeamReader + IdentityMerges + ?Sized,
{
    let subject = resolve(store, pair).await?;
    Ok(store.plan_merge(subject, prefer).await?)
}

/// Joins the two; `by` is who asked for it.
///
/// # Errors
/// As for [`resolve`], or something speaks against the merge.
pub async fn merge<S>(
    store: &S,
    pair: &NamedPair,
    prefer: Option<MergePreference>,
    by: &str,
) -> Result<(MergeId, MergeReport), MergeError>
where
    S: LeagueReader + TeamReader + IdentityMerges + ?Sized,
{
    let subject = resolve(store, pair).await?;
    let (id, report) = store.merge(subject, prefer, by).await?;
    tracing::info!(merge = id.0, kept = report.kept.name, merged = report.merged.name, "merged");
    Ok((id, report))
}

/// A league by code, else by identifier; `code:` and `id:` in front say which is meant.
fn league(leagues: &[League], text: &str) -> Result<LeagueId, MergeError> {
    let by_code = |code: &str| leagues.iter().find(|l| l.details.code == code).map(|l| l.id);
    let by_id = |id: &str| {
        let id = LeagueId(id.parse().ok()?);
        leagues.iter().any(|l| l.id == id).then_some(id)
    };
    let found = match (text.strip_prefix("code:"), text.strip_prefix("id:")) {
        (Some(code), _) => by_code(code),
        (_, Some(id)) => by_id(id),
        _ => match (by_code(text), by_id(text)) {
            (Some(by_code), Some(id)) if by_code != id => {
                return Err(MergeError::Ambiguous { text: text.to_owned(), by_code });
            }
            (by_code, by_id) => by_code.or(by_id),
        },
    };
    found.ok_or_else(|| unknown("league", text, "give its code or identifier"))
}

/// A team by `Country/Name`, else by identifier.
fn team(teams: &[Team], text: &str) -> Result<TeamId, MergeError> {
    let by_name = text.split_once('/').and_then(|(country, name)| {
        teams.iter().find(|t| t.country == country && t.name == name).map(|t| t.id)
    });
    let by_id = || {
        let id = TeamId(text.strip_prefix("id:").unwrap_or(text).parse().ok()?);
        teams.iter().any(|t| t.id == id).then_some(id)
    };
    by_name
        .or_else(by_id)
        .ok_or_else(|| unknown("team", text, "write England/Arsenal, or give its identifier"))
}

fn unknown(what: &str, text: impl fmt::Debug, advice: &str) -> MergeError {
    MergeError::Unknown(format!("{what} {text:?} is not stored; {advice}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{CompetitionKind, NewLeague};

    fn leagues() -> Vec<League> {
        let of = |(id, code): (i64, &str)| League {
            id: LeagueId(id),
            details: NewLeague {
                code: code.to_owned(),
                name: code.to_owned(),
                country: "England".to_owned(),
                level: 1,
                source: "test".to_owned(),
                kind: CompetitionKind::League,
            },
        };
        [(1, "E0"), (2, "39"), (39, "x")].map(of).to_vec()
    }

    #[test]
    fn a_league_is_found_by_code_and_by_identifier() {
        let leagues = leagues();
        assert_eq!(league(&leagues, "E0").unwrap(), LeagueId(1));
        assert_eq!(league(&leagues, "2").unwrap(), LeagueId(2));
        assert_eq!(league(&leagues, "code:39").unwrap(), LeagueId(2));
        assert_eq!(league(&leagues, "id:39").unwrap(), LeagueId(39));
    }

    #[test]
    fn a_code_that_is_an_identifier_too_is_asked_about() {
        let error = league(&leagues(), "39").unwrap_err().to_string();
        assert!(error.contains("write id:39 or code:39"), "{error}");
        let error = league(&leagues(), "E9").unwrap_err().to_string();
        assert_eq!(error, "league \"E9\" is not stored; give its code or identifier");
    }

    #[test]
    fn a_team_is_found_within_its_country() {
        let of = |(id, country): (i64, &str)| Team {
            id: TeamId(id),
            name: "Everton".to_owned(),
            country: country.to_owned(),
        };
        let teams = [(1, "England"), (2, "Chile")].map(of);
        assert_eq!(team(&teams, "Chile/Everton").unwrap(), TeamId(2));
        assert_eq!(team(&teams, "1").unwrap(), TeamId(1));
        assert!(team(&teams, "Everton").is_err());
    }
}
