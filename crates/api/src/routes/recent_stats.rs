//! How a team did of late.

use crate::answers::TEAM;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, as_of};
use crate::routes::teams::{TeamRef, held};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::ports::AsOf;
use touchline_domain::{RecentPerformance, Tally};
use utoipa::ToSchema;

/// As of when to answer.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AsOfQuery {
    /// Only what was known by this time counts: a date, meaning its start in UTC, or RFC 3339. Left out: the latest that is
    /// at hand.
    #[param(example = "2024-05-04T10:00:00Z")]
    pub as_of: Option<String>,
}

/// Results summed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TallyItem {
    /// Matches played.
    pub played: u32,
    /// Matches won.
    pub won: u32,
    /// Matches drawn.
    pub drawn: u32,
    /// Matches lost.
    pub lost: u32,
    /// Goals scored.
    pub goals_for: u32,
    /// Goals conceded.
    pub goals_against: u32,
    /// Three for a win, one for a draw.
    pub points: u32,
}

impl From<Tally> for TallyItem {
    fn from(tally: Tally) -> Self {
        Self {
            played: tally.played,
            won: tally.won,
            drawn: tally.drawn,
            lost: tally.lost,
            goals_for: tally.goals_for,
            goals_against: tally.goals_against,
            points: tally.points(),
        }
    }
}

/// A team's results of the thirty days before a time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RecentStats {
    /// The team.
    pub team: TeamRef,
    /// Days before `as_of` within which a match kicked off.
    #[schema(example = 30)]
    pub days: i64,
    /// Only results known by then count.
    pub as_of: DateTime<Utc>,
    /// `live`: computed for this answer. `view`: computed ahead at `as_of`; results stored later are not in it.
    #[schema(example = "live")]
    pub source: &'static str,
    /// Matches at home.
    pub home: TallyItem,
    /// Matches away.
    pub away: TallyItem,
    /// Both.
    pub total: TallyItem,
}

/// Played, won, drawn and lost of the last thirty days, at home and away.
#[utoipa::path(
    get, operation_id = "get_recent_stats", path = "/api/v1/teams/{id}/recent_stats", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the team", minimum = 1), AsOfQuery),
    responses(
        (status = 200, description = "Finished matches whose result was known", body = Envelope<RecentStats>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such team", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<AsOfQuery>,
) -> Result<Data<RecentStats>, ApiError> {
    let as_of = as_of(query.as_of.as_deref())?;
    let AsOf::At(at) = as_of else { return read(&state, id, as_of).await.map(Data::of) };
    // What was known by a time depends on what is stored alone.
    let revision = state.revision().await?;
    let asked = format!("teams/{id}/recent_stats {at}");
    let read = async { Ok((Some(read(&state, id, as_of).await?), true)) };
    let kept = state.kept_for_all(revision.as_ref(), &asked, TEAM, read).await?;
    kept.map(Data::Written).ok_or_else(ApiError::internal)
}

async fn read(state: &ApiState, id: i64, as_of: AsOf) -> Result<RecentStats, ApiError> {
    let team = held(state, id).await?;
    let found = state.store().recent_performance(team.id, as_of).await?;
    let total = found.value.total();
    Ok(RecentStats {
        team: (&team).into(),
        days: RecentPerformance::DAYS,
        as_of: found.value.as_of,
        source: found.origin.name(),
        home: found.value.home.into(),
        away: found.value.away.into(),
        total: total.into(),
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, Service, at};
    use serde_json::json;
    use touchline_domain::ports::MatchFilter;
    use touchline_domain::ports::MatchReader;

    #[tokio::test]
    async fn a_month_is_summed_by_venue_as_of_the_time_asked_for() {
        let service = Service::with_matches().await;
        let id = service.get("/api/v1/teams").await.data()["items"][0]["id"].as_i64().unwrap();
        let now = service.get(&format!("/api/v1/teams/{id}/recent_stats")).await;
        assert_eq!(at(now.data()["as_of"].as_str().unwrap()), at(NOW));
        assert_eq!((&now.data()["source"], &now.data()["days"]), (&json!("live"), &json!(30)));

        // The same sums, from the matches themselves.
        let filter = MatchFilter { from: Some(at("2024-04-04T10:00:00Z")), ..MatchFilter::default() };
        let matches = service.store.page(&filter, None, 200).await.unwrap().matches;
        let mine = matches.iter().filter(|m| m.score.is_some() && m.kickoff.result_known_at() <= at(NOW));
        let (mut played, mut goals) = ([0, 0], [0, 0]);
        for m in mine {
            let score = m.score.unwrap();
            if m.home.0 == id {
                (played[0], goals[0]) = (played[0] + 1, goals[0] + u64::from(score.home));
            } else if m.away.0 == id {
                (played[1], goals[1]) = (played[1] + 1, goals[1] + u64::from(score.away));
            }
        }
        assert!(played[0] + played[1] > 0, "the team played");
        let data = now.data();
        assert_eq!(
            (&data["home"]["played"], &data["away"]["played"]),
            (&json!(played[0]), &json!(played[1]))
        );
        assert_eq!(
            (&data["home"]["goals_for"], &data["away"]["goals_for"]),
            (&json!(goals[0]), &json!(goals[1]))
        );
        assert_eq!(data["total"]["played"], json!(played[0] + played[1]));

        let before = service.get(&format!("/api/v1/teams/{id}/recent_stats?as_of=2021-08-01")).await;
        assert_eq!(before.data()["total"]["played"], json!(0));
        assert_eq!(before.data()["as_of"], "2021-08-01T00:00:00Z");
    }

    #[tokio::test]
    async fn bad_input_and_unknown_clubs_are_told_apart() {
        let service = Service::with_matches().await;
        let code = async |path: &str| {
            let answer = service.get(path).await;
            (answer.status, answer.error_code().to_owned())
        };
        assert_eq!(code("/api/v1/teams/999999/recent_stats").await, (404, "no_team".to_owned()));
        assert_eq!(code("/api/v1/teams/x/recent_stats").await, (400, "invalid_id".to_owned()));
        for query in ["as_of=yesterday", "as_of=", "days=3", "as_of=2024-01-01&as_of=2024-01-02"] {
            let path = format!("/api/v1/teams/1/recent_stats?{query}");
            assert_eq!(code(&path).await, (400, "invalid_query".to_owned()), "{query}");
        }
    }
}
