//! Teams.

use crate::cursor;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, limit, text};
use crate::state::ApiState;
use axum::extract::State;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use serde::{Deserialize, Serialize};
use touchline_domain::ports::Revision;
use touchline_domain::{Team, TeamId};
use utoipa::ToSchema;

/// Longest code of a league, characters.
pub(crate) const LONGEST_CODE: usize = 32;
const LONGEST_SEARCH: usize = 64;

/// Which teams to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TeamsQuery {
    /// Only teams that have a match in the league with this code, in any season.
    #[param(max_length = 32, example = "E0")]
    league: Option<String>,
    /// Only teams whose name contains this, whatever the case.
    #[param(min_length = 1, max_length = 64)]
    q: Option<String>,
    /// Teams of a page, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamItem {
    /// Identifier.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its country; `International` for national teams.
    pub country: String,
    /// `club` or `national`.
    #[schema(example = "club")]
    pub kind: &'static str,
}

impl From<Team> for TeamItem {
    fn from(team: Team) -> Self {
        Self { id: team.id.0, kind: team.kind().name(), name: team.name, country: team.country }
    }
}

/// A team as other answers name it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamRef {
    /// Identifier.
    pub id: i64,
    /// Its name.
    pub name: String,
}

impl From<&Team> for TeamRef {
    fn from(team: &Team) -> Self {
        Self { id: team.id.0, name: team.name.clone() }
    }
}

/// A page of teams.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamList {
    /// By name.
    pub items: Vec<TeamItem>,
    /// Where the next page starts; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Teams, by name.
#[utoipa::path(
    get, operation_id = "list_teams", path = "/api/v1/teams", tag = "matches", params(TeamsQuery),
    responses(
        (status = 200, description = "A page of teams", body = Envelope<TeamList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "No league has this code", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    uri: Uri,
    Params(query): Params<TeamsQuery>,
) -> Result<Data<TeamList>, ApiError> {
    let wanted = Wanted {
        league: text("league", query.league, LONGEST_CODE)?,
        name: text("q", query.q, LONGEST_SEARCH)?.map(|q| q.to_lowercase()),
        after: query.cursor.as_deref().map(cursor::to_team).transpose()?,
        limit: limit(query.limit, 50, 1..=200)?,
    };
    let revision = state.revision().await?;
    let read = async {
        let mut teams = wanted.read(&state, revision.as_ref()).await?;
        let more = teams.len() > wanted.limit as usize;
        teams.truncate(wanted.limit as usize);
        let items: Vec<TeamItem> = teams.into_iter().map(TeamItem::from).collect();
        let next_cursor = items.last().filter(|_| more).map(|last| cursor::of_team(TeamId(last.id)));
        Ok(TeamList { items, next_cursor })
    };
    let asked = uri.path_and_query().map_or(uri.path(), PathAndQuery::as_str);
    state.kept(revision.as_ref(), asked, read).await
}

/// A checked query.
struct Wanted {
    league: Option<String>,
    /// In lower case.
    name: Option<String>,
    after: Option<TeamId>,
    limit: u32,
}

impl Wanted {
    /// The teams of the page, and one more where there is a further page.
    async fn read(&self, state: &ApiState, revision: Option<&Revision>) -> Result<Vec<Team>, ApiError> {
        let after = match self.after {
            None => None,
            Some(id) => Some(state.store().team(id).await?.ok_or_else(cursor::malformed)?),
        };
        let more = self.limit + 1;
        let is_wanted = |folded: &str| self.name.as_deref().is_none_or(|name| folded.contains(name));
        if let Some(code) = &self.league {
            let teams = state.store().teams_of_league(state.league(code).await?.id).await?;
            let start = start(&teams, after.as_ref(), |team| team);
            let found = teams.into_iter().skip(start).filter(|t| is_wanted(&t.name.to_lowercase()));
            return Ok(found.take(more as usize).collect());
        }
        if self.name.is_none() {
            return Ok(state.store().teams_after(after.as_ref(), more).await?);
        }
        let teams = state.teams_by_name(revision).await?;
        let start = start(&teams, after.as_ref(), |named| &named.team);
        let found = teams[start..].iter().filter(|named| is_wanted(&named.folded));
        Ok(found.take(more as usize).map(|named| named.team.clone()).collect())
    }
}

/// Where the teams begin that come after one, in a list by name then identifier.
fn start<T>(teams: &[T], after: Option<&Team>, team: impl Fn(&T) -> &Team) -> usize {
    after.map_or(0, |after| teams.partition_point(|t| place(team(t)) <= place(after)))
}

/// What teams are ordered by.
fn place(team: &Team) -> (&str, TeamId) {
    (&team.name, team.id)
}

/// One team.
#[utoipa::path(
    get, operation_id = "get_team", path = "/api/v1/teams/{id}", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the team", minimum = 1)),
    responses(
        (status = 200, description = "The team", body = Envelope<TeamItem>),
        (status = 400, description = "Not an identifier", body = Failure),
        (status = 404, description = "There is no such team", body = Failure),
    )
)]
pub(crate) async fn one(State(state): State<ApiState>, Id(id): Id) -> Result<Data<TeamItem>, ApiError> {
    Ok(Data::of(held(&state, id).await?.into()))
}

/// A stored team, or 404.
pub(crate) async fn held(state: &ApiState, id: i64) -> Result<Team, ApiError> {
    let team = state.store().team(TeamId(id)).await?;
    team.ok_or_else(|| ApiError::not_found("no_team", format!("there is no team {id}")))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    fn names(answer: &crate::testing::Answer) -> Vec<String> {
        let items = answer.data()["items"].as_array().unwrap();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    }

    #[tokio::test]
    async fn clubs_are_paged_by_name_without_gaps() {
        let service = Service::with_matches().await;
        let all = names(&service.get("/api/v1/teams").await);
        assert_eq!(all, ["Alderwick", "Brackmoor", "Cinder Vale", "Dunmarsh", "Ferrow", "Élan Côtier"]);
        let (mut paged, mut path) = (Vec::new(), "/api/v1/teams?limit=4".to_owned());
        loop {
            let page = service.get(&path).await;
            paged.extend(names(&page));
            let Some(cursor) = page.data()["next_cursor"].as_str() else { break };
            path = format!("/api/v1/teams?limit=4&cursor={cursor}");
        }
        assert_eq!(paged, all);
    }

    #[tokio::test]
    async fn clubs_are_found_by_league_and_by_part_of_their_name() {
        let service = Service::with_matches().await;
        let second = service.get("/api/v1/teams?league=NOR1").await;
        assert_eq!(names(&second), ["Ferrow", "Élan Côtier"]);
        assert_eq!(names(&service.get("/api/v1/teams?q=C%C3%94T").await), ["Élan Côtier"]);
        assert_eq!(names(&service.get("/api/v1/teams?league=MER1&q=ferrow").await), [""; 0]);
        let unknown = service.get("/api/v1/teams?league=XX9").await;
        assert_eq!((unknown.status, unknown.error_code()), (404, "no_league"));
    }

    #[tokio::test]
    async fn sql_in_a_search_is_a_name_that_nobody_has() {
        let service = Service::with_matches().await;
        let hostile = service.get("/api/v1/teams?q=%27%3B%20DROP%20TABLE%20teams%3B--").await;
        assert_eq!(names(&hostile), [""; 0]);
        assert_eq!(names(&service.get("/api/v1/teams").await).len(), 6);
    }

    #[tokio::test]
    async fn bad_parameters_are_named() {
        let service = Service::with_matches().await;
        let long = "x".repeat(65);
        for (query, code) in [
            ("limit=0", "invalid_query"),
            ("limit=4294967296", "invalid_query"),
            ("limit=-1", "invalid_query"),
            ("limit=1&limit=2", "invalid_query"),
            ("name=x", "invalid_query"),
            ("q=", "invalid_query"),
            (&format!("q={long}"), "invalid_query"),
            ("cursor=02", "invalid_cursor"),
            ("cursor=027fffffffffffffff", "invalid_cursor"),
        ] {
            let answer = service.get(&format!("/api/v1/teams?{query}")).await;
            assert_eq!((answer.status, answer.error_code()), (400, code), "{query}");
        }
    }

    #[tokio::test]
    async fn one_club_is_found_by_its_identifier_alone() {
        let service = Service::with_matches().await;
        let list = service.get("/api/v1/teams").await;
        let first = &list.data()["items"][0];
        let one = service.get(&format!("/api/v1/teams/{}", first["id"])).await;
        assert_eq!(one.data(), first);
        assert_eq!(service.get("/api/v1/teams/999999").await.error_code(), "no_team");
        for id in ["0", "-1", "1.5", "x", "9223372036854775808", "1%20OR%201=1"] {
            let answer = service.get(&format!("/api/v1/teams/{id}")).await;
            assert_eq!((answer.status, answer.error_code()), (400, "invalid_id"), "{id}");
        }
    }
}
