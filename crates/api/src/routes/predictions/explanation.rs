//! Why a forecast says what it says.

use super::ModelRef;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, invalid, limit};
use crate::routes::matches::{Goals, ModeName};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{Forecast, Match, MatchId};
use touchline_forecasting::explain::{Explained, Group, Points, Reason};
use touchline_forecasting::serving::{ForecastService, Similar};
use utoipa::ToSchema;

/// How much to tell.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExplanationQuery {
    /// Most factors, those that moved the forecast most first: 1 to 200, 10 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Most similar matches, the nearest first: 0 to 50, 5 where none is given.
    #[param(minimum = 0, maximum = 50)]
    similar: Option<u32>,
}

/// Probabilities of the result.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are part of the contract")]
pub(crate) struct Chances {
    /// Of a home win.
    pub home_win_prob: f64,
    /// Of a draw.
    pub draw_prob: f64,
    /// Of an away win.
    pub away_win_prob: f64,
}

impl From<Forecast> for Chances {
    fn from(forecast: Forecast) -> Self {
        Self { home_win_prob: forecast.home(), draw_prob: forecast.draw(), away_win_prob: forecast.away() }
    }
}

/// Percentage points that each result gains; their sum is 0.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PointsItem {
    /// A home win.
    #[schema(example = 6.2)]
    pub home_win: f64,
    /// A draw.
    pub draw: f64,
    /// An away win.
    pub away_win: f64,
}

impl From<Points> for PointsItem {
    fn from([home_win, draw, away_win]: Points) -> Self {
        Self { home_win, draw, away_win }
    }
}

/// Features of one family together.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct GroupItem {
    /// The family.
    #[schema(example = "form")]
    pub family: String,
    /// What it is about.
    #[schema(example = "recent form")]
    pub title: String,
    /// What it added.
    pub points: PointsItem,
    /// In words.
    #[schema(example = "recent form: home win +6.2 points")]
    pub text: String,
}

impl From<Group> for GroupItem {
    fn from(group: Group) -> Self {
        Self { family: group.family, title: group.title, points: group.points.into(), text: group.text }
    }
}

/// One feature.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FactorItem {
    /// Its name.
    #[schema(example = "home_form_points")]
    pub feature: String,
    /// The family that it belongs to.
    #[schema(example = "form")]
    pub family: String,
    /// How it is computed.
    pub about: String,
    /// Its unit.
    pub unit: String,
    /// Its value; null where it is not known.
    #[schema(required = true)]
    pub value: Option<f32>,
    /// What it added.
    pub points: PointsItem,
    /// The forecast without it: what would change most stands first.
    pub without: Chances,
    /// In words.
    pub text: String,
}

impl From<Reason> for FactorItem {
    fn from(reason: Reason) -> Self {
        let definition = reason.definition;
        Self {
            feature: definition.name,
            family: definition.family,
            about: definition.formula,
            unit: definition.unit,
            value: reason.value,
            points: reason.points.into(),
            without: reason.without.into(),
            text: reason.text,
        }
    }
}

/// A match of the past that looked alike before its kick-off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimilarMatchItem {
    /// The match.
    pub match_id: i64,
    /// When it kicked off.
    pub kickoff: DateTime<Utc>,
    /// Code of its league.
    #[schema(example = "E0")]
    pub league: String,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// How it ended.
    pub score: Goals,
    /// How far it lies: 0 for the same numbers, 1 where one of them differs by its standard deviation over all matches.
    #[schema(example = 0.04)]
    pub distance: f64,
}

/// Matches of the past that looked alike before their kick-off: in the goals that the strength filter expected of both sides, in how
/// far the latest results were from their level, and in how unsure it was; each from what was known then.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimilarItem {
    /// The nearest first.
    pub matches: Vec<SimilarMatchItem>,
    /// Nearest matches whose results are counted: 100, or all that are known.
    #[schema(example = 100)]
    pub counted: usize,
    /// Of these, home wins.
    pub home_wins: usize,
    /// Draws.
    pub draws: usize,
    /// Away wins.
    pub away_wins: usize,
}

impl SimilarItem {
    /// With the names of sides and leagues.
    async fn of(similar: Similar, state: &ApiState) -> Result<Self, ApiError> {
        let [home_wins, draws, away_wins] = similar.outcomes;
        let revision = state.revision().await?;
        let mut held = Vec::with_capacity(similar.matches.len());
        for near in &similar.matches {
            // One that became part of another one meanwhile is left out.
            held.extend(state.store().get_match(near.id).await?.map(|m| (m, near)));
        }
        let all: Vec<Match> = held.iter().map(|(m, _)| m.clone()).collect();
        let roster = state.roster(&all, revision.as_ref()).await?;
        let name = |id| roster.team(id).map(|team| team.name.clone()).unwrap_or_default();
        let matches = held.into_iter().map(|(m, near)| SimilarMatchItem {
            match_id: m.id.0,
            kickoff: m.kickoff.at,
            league: roster.league(m.league).map(|league| league.code.clone()).unwrap_or_default(),
            home: name(m.home),
            away: name(m.away),
            score: near.score.into(),
            distance: near.distance,
        });
        let matches = matches.collect();
        Ok(Self { matches, counted: similar.outcomes.iter().sum(), home_wins, draws, away_wins })
    }
}

/// What the forecast of a match is made of: `start`, `calibration`, the points of all `factors` and of the `others` together are
/// `forecast`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationItem {
    /// The match.
    pub match_id: i64,
    /// What gave the forecast.
    pub model: ModelRef,
    /// How good a stand-in that is for the trained model.
    pub mode: ModeName,
    /// Facts known up to this time were used.
    pub as_of: DateTime<Utc>,
    /// The forecast.
    pub forecast: Chances,
    /// How uncertain it is, in bits: 0 where the result is sure, 1.585 where all three are as likely.
    #[schema(example = 1.48)]
    pub entropy: f64,
    /// What it started from: strengths of both sides, or prices where the model sees them.
    pub start: Chances,
    /// What calibration, and what the trees say of every match, added.
    pub calibration: PointsItem,
    /// All families of features, those that moved it most first; empty where no trained model answers.
    pub groups: Vec<GroupItem>,
    /// The features that moved it most.
    pub factors: Vec<FactorItem>,
    /// How many other features moved it.
    pub other_factors: usize,
    /// By how much together.
    pub others: PointsItem,
    /// Past matches that looked alike.
    pub similar: SimilarItem,
}

/// Why the forecast of a match to come says what it says: which features moved it, and by how much.
#[utoipa::path(
    get, operation_id = "get_explanation", path = "/api/v1/predictions/{match_id}/explanation", tag = "forecasts",
    params(
        ("match_id" = i64, Path, description = "Identifier of the match", minimum = 1), ExplanationQuery
    ),
    responses(
        (status = 200, description = "What the current forecast is made of", body = Envelope<ExplanationItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`not_to_come`: only current forecasts are explained", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<ExplanationQuery>,
) -> Result<Data<ExplanationItem>, ApiError> {
    let most = limit(query.limit, 10, 1..=200)? as usize;
    let alike = query.similar.unwrap_or(5);
    if alike > 50 {
        return Err(invalid(format!("similar: {alike} is not between 0 and 50")));
    }
    let id = MatchId(id);
    let is_over = state.forecasts().forecast(id).await?.sealed_at.is_some();
    // What answers and what is explained are of one snapshot, whatever is renewed meanwhile.
    let snapshot = state.forecasts().current().await?;
    let Some(answer) = snapshot.answer(id).filter(|_| !is_over) else {
        return Err(ApiError::conflict(
            "not_to_come",
            "the match is not to come; what was sealed is explained by its lineage, /api/v1/lineage/forecasts/{id}",
        ));
    };
    let explanation = snapshot.explain(id).map_err(|error| {
        tracing::error!(%error, "a forecast cannot be explained");
        ApiError::internal()
    })?;
    let explained = explanation.map(|(explanation, features)| Explained::of(&explanation, features, most));
    let similar = ForecastService::similar(&snapshot, id, alike as usize).await?;
    let similar = SimilarItem::of(similar.ok_or_else(ApiError::internal)?, &state).await?;
    // Without a trained model there is nothing but where it would start.
    let forecast = explained.as_ref().map_or(answer.forecast, |explained| explained.forecast);
    let start = explained.as_ref().map_or(answer.forecast, |explained| explained.start);
    let calibration = explained.as_ref().map_or([0.0; 3], |explained| explained.calibration);
    let (other_factors, others) = explained.as_ref().map_or((0, [0.0; 3]), |explained| explained.others);
    let (groups, factors) =
        explained.map_or_else(Default::default, |explained| (explained.groups, explained.reasons));
    let bits = |p: f64| if p > 0.0 { -p * p.log2() } else { 0.0 };
    Ok(Data::of(ExplanationItem {
        match_id: id.0,
        model: ModelRef::of(&answer),
        mode: answer.mode.into(),
        as_of: answer.as_of,
        forecast: forecast.into(),
        entropy: forecast.as_array().into_iter().map(bits).sum(),
        start: start.into(),
        calibration: calibration.into(),
        groups: groups.into_iter().map(Into::into).collect(),
        factors: factors.into_iter().map(Into::into).collect(),
        other_factors,
        others: others.into(),
        similar,
    }))
}
