//! Leagues.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::State;
use serde::Serialize;
use touchline_domain::ports::LeagueSummary;
use touchline_domain::{League, LeagueId};
use utoipa::ToSchema;

/// A league with what is stored of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeagueItem {
    /// Identifier.
    pub id: i64,
    /// The code by which its source names it; what `?league=` takes.
    #[schema(example = "E0")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Tier within the country, 1 the highest.
    pub level: u8,
    /// `league`, `cup`, `qualifiers`, `friendlies` or `tournament`.
    #[schema(example = "league")]
    pub kind: &'static str,
    /// Its matches.
    pub matches: u64,
    /// Teams that have a match in it.
    pub teams: u64,
}

impl From<LeagueSummary> for LeagueItem {
    fn from(summary: LeagueSummary) -> Self {
        let LeagueSummary { league, teams, matches, .. } = summary;
        let (LeagueId(id), details) = (league.id, league.details);
        Self {
            id,
            code: details.code,
            name: details.name,
            country: details.country,
            level: details.level,
            kind: details.kind.name(),
            matches,
            teams,
        }
    }
}

/// A league as other answers name it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeagueRef {
    /// Identifier.
    pub id: i64,
    /// The code by which its source names it.
    #[schema(example = "E0")]
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
}

impl From<&League> for LeagueRef {
    fn from(league: &League) -> Self {
        Self {
            id: league.id.0,
            code: league.code.clone(),
            name: league.name.clone(),
            country: league.country.clone(),
        }
    }
}

/// All leagues.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeagueList {
    /// By code.
    pub items: Vec<LeagueItem>,
    /// Always null: there is one page.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// All leagues, with the number of their matches and teams.
#[utoipa::path(
    get, operation_id = "list_leagues", path = "/api/v1/leagues", tag = "matches",
    responses(
        (status = 200, description = "All leagues", body = Envelope<LeagueList>),
        (status = 503, description = "The store does not answer", body = Failure),
    )
)]
pub(crate) async fn list(State(state): State<ApiState>) -> Result<Data<LeagueList>, ApiError> {
    let revision = state.revision().await?;
    let read = async {
        let items = state.store().league_summaries().await?.into_iter().map(LeagueItem::from).collect();
        Ok(LeagueList { items, next_cursor: None })
    };
    state.kept(revision.as_ref(), "/api/v1/leagues", read).await
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use serde_json::json;

    #[tokio::test]
    async fn leagues_are_counted() {
        let service = Service::with_matches().await;
        let answer = service.get("/api/v1/leagues").await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.data()["next_cursor"], json!(null));
        let items = answer.data()["items"].as_array().unwrap();
        assert_eq!(items.len(), 2);
        let first = json!({
            "id": items[0]["id"], "code": "MER1", "name": "Meridian Premier", "country": "Meridia", "level": 1,
            "kind": "league", "matches": 33, "teams": 4,
        });
        assert_eq!(items[0], first);
    }

    #[tokio::test]
    async fn an_empty_store_has_an_empty_list() {
        let service = Service::empty().await;
        assert_eq!(service.get("/api/v1/leagues").await.data(), &json!({"items": [], "next_cursor": null}));
    }
}
