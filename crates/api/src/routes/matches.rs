//! Matches, with their forecasts on demand.

mod query;

use crate::answers::LIST;
use crate::cursor;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::names::Roster;
use crate::routes::leagues::LeagueRef;
use crate::routes::teams::TeamRef;
use crate::state::ApiState;
use axum::extract::State;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use chrono::{DateTime, Utc};
use query::{MatchQuery, MatchesQuery, Wanted};
use serde::Serialize;
use touchline_domain::ports::Revision;
use touchline_domain::{KickoffPrecision, Match, MatchId, Outcome, Score};
use touchline_forecasting::serving::{Mode, Snapshot};
use touchline_forecasting::to_come::is_to_come;
use touchline_learning::predictor::MatchForecast;
use utoipa::ToSchema;

/// Goals of both sides.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Goals {
    /// Of the home side.
    pub home: u8,
    /// Of the away side.
    pub away: u8,
}

impl From<Score> for Goals {
    fn from(score: Score) -> Self {
        Self { home: score.home, away: score.away }
    }
}

/// Mean goals of both sides.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct ExpectedGoals {
    /// Of the home side.
    #[schema(example = 1.62)]
    pub home: f64,
    /// Of the away side.
    #[schema(example = 0.94)]
    pub away: f64,
}

impl From<(f64, f64)> for ExpectedGoals {
    fn from((home, away): (f64, f64)) -> Self {
        Self { home, away }
    }
}

/// Who wins.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutcomeName {
    /// The home side.
    HomeWin,
    /// Neither.
    Draw,
    /// The away side.
    AwayWin,
}

impl From<Outcome> for OutcomeName {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::HomeWin => Self::HomeWin,
            Outcome::Draw => Self::Draw,
            Outcome::AwayWin => Self::AwayWin,
        }
    }
}

/// What gave a forecast.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModeName {
    /// The trained model.
    Real,
    /// A simpler model that stood in.
    Fallback,
    /// Base rates that know nothing of the match: no forecast.
    Mock,
}

impl From<Mode> for ModeName {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Real => Self::Real,
            Mode::Fallback => Self::Fallback,
            Mode::Mock => Self::Mock,
        }
    }
}

/// How exactly a kick-off is known.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Precision {
    /// To the minute.
    Minute,
    /// Only its date; the time is midnight UTC and means nothing.
    Day,
}

/// A forecast in short.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ForecastSummary {
    /// Probability of a home win.
    pub home_win_prob: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability of an away win.
    pub away_win_prob: f64,
    /// The likeliest outcome.
    pub predicted_outcome: OutcomeName,
    /// Mean goals.
    pub expected_goals: ExpectedGoals,
    /// What gave it.
    pub mode: ModeName,
}

impl ForecastSummary {
    fn of(forecast: &MatchForecast, mode: Mode) -> Self {
        Self {
            home_win_prob: forecast.forecast.home(),
            draw_prob: forecast.forecast.draw(),
            away_win_prob: forecast.forecast.away(),
            predicted_outcome: forecast.forecast.most_likely().into(),
            expected_goals: forecast.expected_goals.into(),
            mode: mode.into(),
        }
    }
}

/// A match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchItem {
    /// Identifier.
    pub id: i64,
    /// Its league.
    pub league: LeagueRef,
    /// Its season: `2023-24`, or `2023` for a league that plays by calendar year.
    #[schema(example = "2023-24")]
    pub season: String,
    /// Kick-off, UTC.
    pub kickoff: DateTime<Utc>,
    /// How exactly that is known.
    pub kickoff_precision: Precision,
    /// `scheduled`, `live`, `finished`, `postponed`, `cancelled`, `abandoned` or `awarded`.
    #[schema(example = "scheduled")]
    pub status: &'static str,
    /// The home side.
    pub home: TeamRef,
    /// The away side.
    pub away: TeamRef,
    /// Full-time score.
    #[schema(required = true)]
    pub score: Option<Goals>,
    /// Half-time score.
    #[schema(required = true)]
    pub half_time: Option<Goals>,
    /// Score after extra time, with the goals of the 90 minutes; null where none was played.
    #[schema(required = true)]
    pub after_extra_time: Option<Goals>,
    /// Penalties scored in the shoot-out; null where there was none.
    #[schema(required = true)]
    pub shootout: Option<Goals>,
    /// Whether it is on neither side's ground.
    pub neutral_ground: bool,
    /// The part of the competition, as its source writes it; null in a league.
    #[schema(required = true, example = "Group stage")]
    pub stage: Option<String>,
    /// The round within it, as its source writes it.
    #[schema(required = true, example = "Quarter-finals")]
    pub round: Option<String>,
    /// The group, as its source writes it.
    #[schema(required = true, example = "Group A")]
    pub group: Option<String>,
    /// Which match of a tie it is, from 1; null where the tie has one match.
    #[schema(required = true)]
    pub tie_leg: Option<u8>,
    /// The forecast, where it was asked for and the match is to come.
    #[schema(required = true)]
    pub prediction: Option<ForecastSummary>,
}

impl MatchItem {
    /// None where the store names a league or team that it does not hold.
    fn of(m: &Match, roster: &Roster, prediction: Option<ForecastSummary>) -> Option<Self> {
        Some(Self {
            id: m.id.0,
            league: roster.league(m.league)?.into(),
            season: m.season.to_string(),
            kickoff: m.kickoff.at,
            kickoff_precision: match m.kickoff.precision {
                KickoffPrecision::Minute => Precision::Minute,
                KickoffPrecision::Day => Precision::Day,
            },
            status: m.status.name(),
            home: roster.team(m.home)?.into(),
            away: roster.team(m.away)?.into(),
            score: m.score.map(Goals::from),
            half_time: m.half_time.map(Goals::from),
            after_extra_time: m.setting.after_extra_time.map(Goals::from),
            shootout: m.setting.shootout.map(Goals::from),
            neutral_ground: m.setting.neutral_ground,
            stage: m.setting.stage.clone(),
            round: m.setting.round.clone(),
            group: m.setting.group.clone(),
            tie_leg: m.setting.tie_leg,
            prediction,
        })
    }
}

/// A page of matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchList {
    /// By kick-off.
    pub items: Vec<MatchItem>,
    /// Where the next page starts; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Matches, by kick-off.
#[utoipa::path(
    get, operation_id = "list_matches", path = "/api/v1/matches", tag = "matches", params(MatchesQuery),
    responses(
        (status = 200, description = "A page of matches", body = Envelope<MatchList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "No league has this code", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    uri: Uri,
    Params(query): Params<MatchesQuery>,
) -> Result<Data<MatchList>, ApiError> {
    let Wanted { filter, after, limit, predictions } = query.check()?;
    let revision = state.revision().await?;
    let read = async {
        let page = state.store().page(&filter, after, limit).await?;
        if let (true, Some(code)) = (page.matches.is_empty(), &filter.league) {
            state.league(code).await?;
        }
        let items = items(&state, &page.matches, predictions, revision.as_ref()).await?;
        Ok::<_, ApiError>(MatchList { items, next_cursor: page.next.as_ref().map(cursor::of_match) })
    };
    if predictions {
        return read.await.map(Data::of);
    }
    let asked = uri.path_and_query().map_or(uri.path(), PathAndQuery::as_str);
    let read = async { Ok((Some(read.await?), true)) };
    let kept = state.kept_for_all(revision.as_ref(), asked, LIST, read).await?;
    kept.map(Data::Written).ok_or_else(ApiError::internal)
}

/// One match.
#[utoipa::path(
    get, operation_id = "get_match", path = "/api/v1/matches/{id}", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), MatchQuery),
    responses(
        (status = 200, description = "The match", body = Envelope<MatchItem>),
        (status = 400, description = "Not an identifier", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<MatchQuery>,
) -> Result<Data<MatchItem>, ApiError> {
    let predictions = query.check()?;
    let revision = state.revision().await?;
    let m = stored(&state, id).await?;
    let mut items = items(&state, std::slice::from_ref(&m), predictions, revision.as_ref()).await?;
    items.pop().map(Data::of).ok_or_else(ApiError::internal)
}

/// A stored match, or 404.
pub(crate) async fn stored(state: &ApiState, id: i64) -> Result<Match, ApiError> {
    let m = state.store().get_match(MatchId(id)).await?;
    m.ok_or_else(|| missing(id))
}

/// 404.
pub(crate) fn missing(id: i64) -> ApiError {
    ApiError::not_found("no_match", format!("there is no match {id}"))
}

/// Matches as they are listed, with their current forecasts where these are wanted.
pub(crate) async fn items(
    state: &ApiState,
    matches: &[Match],
    predictions: bool,
    revision: Option<&Revision>,
) -> Result<Vec<MatchItem>, ApiError> {
    let now = state.clock().now();
    // A list without forecasts is better than none; the health check tells what is wrong with them.
    let wanted = predictions && matches.iter().any(|m| is_to_come(m, now));
    let snapshot = if wanted { state.forecasts().current().await.ok() } else { None };
    let roster = state.roster(matches, revision).await?;
    let item = |m: &Match| {
        let summary = |snapshot: &Snapshot| {
            snapshot.forecast(m.id).map(|forecast| ForecastSummary::of(forecast, snapshot.mode_of(m.id)))
        };
        let prediction = snapshot.as_deref().filter(|_| is_to_come(m, now)).and_then(summary);
        let item = MatchItem::of(m, &roster, prediction);
        item.ok_or_else(|| {
            tracing::error!(id = m.id.0, "a match names a league or team that is not stored");
            ApiError::internal()
        })
    };
    matches.iter().map(item).collect()
}

#[cfg(test)]
mod tests;
