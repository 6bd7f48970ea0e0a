//! The rest of a season, as it was simulated and kept.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Params, invalid, limit, text};
use crate::routes::predictions::ModelRef;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::Season;
use touchline_domain::ports::SimulatedSeason;
use touchline_forecasting::simulate::{Chance, SimulationReport, TeamChances, kept};
use utoipa::ToSchema;

/// Which season; unless both are given, the seasons of which simulations are kept are told, those of the league or of the name.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SimulationQuery {
    /// Code of the league.
    #[param(example = "E0")]
    league: Option<String>,
    /// The season, such as `2023-24`.
    #[param(example = "2023-24", pattern = "^[0-9]{4}(-[0-9]{2})?$")]
    season: Option<String>,
}

/// Which season, and which place.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HistoryQuery {
    /// Code of the league.
    #[param(example = "E0", required = true)]
    league: Option<String>,
    /// The season, such as `2023-24`.
    #[param(example = "2023-24", required = true, pattern = "^[0-9]{4}(-[0-9]{2})?$")]
    season: Option<String>,
    /// A place such as `title` or `relegation`; the title where none is given.
    #[param(example = "title", max_length = 40)]
    place: Option<String>,
    /// Most simulations, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

fn season_of(league: Option<String>, season: Option<String>) -> Result<(String, Season), ApiError> {
    let league = text("league", league, 100)?.ok_or_else(|| invalid("league: name one by its code"))?;
    let season = season.ok_or_else(|| invalid("season: name one, such as 2023-24"))?;
    Ok((league, named(&season)?))
}

fn named(season: &str) -> Result<Season, ApiError> {
    season.parse().map_err(|error| invalid(format!("season: {error}")))
}

/// The chances of one team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TeamChancesItem {
    /// The team.
    pub team_id: i64,
    /// Its name.
    pub team: String,
    /// Matches played.
    pub played: u32,
    /// Points so far, deductions taken off.
    pub points: i32,
    /// Mean final points.
    pub expected_points: f64,
    /// Standard deviation of the final points.
    pub points_deviation: f64,
    /// Probability of each final position, first to last.
    pub positions: Vec<f64>,
    /// Probability of each of the places, in their order.
    pub places: Vec<f64>,
    /// Probability to win each of the play-offs, in their order.
    pub play_offs: Vec<f64>,
}

impl From<TeamChances> for TeamChancesItem {
    fn from(team: TeamChances) -> Self {
        Self {
            team_id: team.team_id.0,
            team: team.team,
            played: team.played,
            points: team.points,
            expected_points: team.expected_points,
            points_deviation: team.points_deviation,
            positions: team.positions,
            places: team.places,
            play_offs: team.play_offs,
        }
    }
}

/// A range of final positions with a name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceItem {
    /// Its name.
    #[schema(example = "relegation")]
    pub name: String,
    /// The best position; below zero counted from the bottom.
    pub from: i16,
    /// The worst position.
    pub to: i16,
}

/// A simulated rest of a season.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimulationItem {
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: String,
    /// Results known later were not used.
    pub as_of: DateTime<Utc>,
    /// The model behind the forecasts.
    pub model: ModelRef,
    /// Simulated seasons.
    pub runs: u64,
    /// Draws of the strengths under which they were played.
    pub draws: u32,
    /// Matches played.
    pub played: u32,
    /// Matches to come that are stored.
    pub to_come: u32,
    /// Pairings that no source has told of.
    pub assumed: u32,
    /// Whether tie-breaks and places of the competition are known.
    pub rules_known: bool,
    /// Largest standard error of a probability, from seasons and draws.
    pub standard_error: f64,
    /// Places with a meaning.
    pub places: Vec<PlaceItem>,
    /// Names of the play-offs that were played after the table.
    pub play_offs: Vec<String>,
    /// Teams, by expected points.
    pub teams: Vec<TeamChancesItem>,
}

impl From<SimulationReport> for SimulationItem {
    fn from(report: SimulationReport) -> Self {
        let place = |place: touchline_forecasting::simulate::Place| PlaceItem {
            name: place.name,
            from: place.from,
            to: place.to,
        };
        Self {
            league: report.league,
            season: report.season,
            as_of: report.as_of,
            model: ModelRef::named(report.model_name, report.model_version),
            runs: report.runs,
            draws: report.draws,
            played: report.played,
            to_come: report.to_come,
            assumed: report.assumed,
            rules_known: report.rules_known,
            standard_error: report.standard_error,
            places: report.places.into_iter().map(place).collect(),
            play_offs: report.play_offs.into_iter().map(|play_off| play_off.name).collect(),
            teams: report.teams.into_iter().map(TeamChancesItem::from).collect(),
        }
    }
}

/// A season of a league of which simulations are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SimulatedSeasonItem {
    /// Code of the league.
    #[schema(example = "E0")]
    pub league: String,
    /// The season.
    #[schema(example = "2023-24")]
    pub season: String,
    /// How many are kept.
    pub simulations: u32,
    /// The latest time of which there is one.
    pub latest: DateTime<Utc>,
}

impl From<SimulatedSeason> for SimulatedSeasonItem {
    fn from(s: SimulatedSeason) -> Self {
        let SimulatedSeason { league, season, simulations, latest } = s;
        Self { league, season: season.to_string(), simulations, latest }
    }
}

/// The latest simulation of a season; where no season was asked for, the seasons of which simulations are kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LatestSimulation {
    /// The latest simulation; null where none is kept, or no season was asked for.
    #[schema(required = true)]
    pub simulation: Option<SimulationItem>,
    /// The seasons of which simulations are kept, at most 500; empty where a season was asked for.
    pub seasons: Vec<SimulatedSeasonItem>,
}

/// Seasons in an answer.
const MOST_SEASONS: u32 = 500;

/// The latest simulation of the rest of a season, as `touchline simulate` kept it; or, without league or season, of which seasons
/// there are simulations.
#[utoipa::path(
    get, operation_id = "get_simulation", path = "/api/v1/simulations", tag = "forecasts",
    params(SimulationQuery),
    responses(
        (status = 200, description = "It; null where none is kept", body = Envelope<LatestSimulation>),
        (status = 400, description = "A parameter is missing or cannot be used", body = Failure),
    )
)]
pub(crate) async fn latest(
    State(state): State<ApiState>,
    Params(query): Params<SimulationQuery>,
) -> Result<Data<LatestSimulation>, ApiError> {
    let league = text("league", query.league, 100)?;
    let season = query.season.map(|season| named(&season)).transpose()?;
    let (Some(league), Some(season)) = (&league, season) else {
        let seasons = state.store().simulated_seasons(MOST_SEASONS).await?;
        let wanted = |of: &SimulatedSeason| {
            league.as_ref().is_none_or(|league| *league == of.league)
                && season.is_none_or(|season| season == of.season)
        };
        let seasons = seasons.into_iter().filter(wanted).map(SimulatedSeasonItem::from).collect();
        return Ok(Data::of(LatestSimulation { simulation: None, seasons }));
    };
    let simulation = kept(state.store(), league, season, 1).await?.pop().map(SimulationItem::from);
    Ok(Data::of(LatestSimulation { simulation, seasons: Vec::new() }))
}

/// The chance of one team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChanceItem {
    /// The team.
    pub team_id: i64,
    /// Its name.
    pub team: String,
    /// The chance.
    pub probability: f64,
    /// Mean final points.
    pub expected_points: f64,
}

impl From<Chance> for ChanceItem {
    fn from(chance: Chance) -> Self {
        let Chance { team_id, team, probability, expected_points } = chance;
        Self { team_id: team_id.0, team, probability, expected_points }
    }
}

/// The chances of a place at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChancesItem {
    /// As of when.
    pub as_of: DateTime<Utc>,
    /// The model behind the forecasts.
    pub model: ModelRef,
    /// By expected points.
    pub teams: Vec<ChanceItem>,
}

/// The chances of a place through a season.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChancesHistory {
    /// Code of the league.
    pub league: String,
    /// The season.
    pub season: String,
    /// The place.
    pub place: String,
    /// The latest first.
    pub items: Vec<ChancesItem>,
}

/// The chances of a place through a season, as they were simulated.
#[utoipa::path(
    get, operation_id = "list_chances", path = "/api/v1/simulations/history", tag = "forecasts",
    params(HistoryQuery),
    responses(
        (status = 200, description = "Them; none where none are kept", body = Envelope<ChancesHistory>),
        (status = 400, description = "A parameter is missing or cannot be used", body = Failure),
    )
)]
pub(crate) async fn history(
    State(state): State<ApiState>,
    Params(query): Params<HistoryQuery>,
) -> Result<Data<ChancesHistory>, ApiError> {
    let (league, season) = season_of(query.league, query.season)?;
    let place = text("place", query.place, 40)?.unwrap_or_else(|| "title".to_owned());
    let most = limit(query.limit, 50, 1..=200)?;
    let items = kept(state.store(), &league, season, most).await?.into_iter().filter_map(|report| {
        let teams = report.chances_of(&place)?.into_iter().map(ChanceItem::from).collect();
        let model = ModelRef::named(report.model_name, report.model_version);
        Some(ChancesItem { as_of: report.as_of, model, teams })
    });
    let items = items.collect();
    Ok(Data::of(ChancesHistory { league, season: season.to_string(), place, items }))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Service, at};
    use touchline_domain::TeamId;
    use touchline_forecasting::simulate::{SimulationReport, TeamChances, keep};

    fn report(as_of: &str, title: f64) -> SimulationReport {
        SimulationReport {
            league: "A".to_owned(),
            league_name: "Alpha".to_owned(),
            season: "2023-24".to_owned(),
            as_of: at(as_of),
            model_name: "touchline".to_owned(),
            model_version: "1".to_owned(),
            runs: 1_000,
            draws: 10,
            seed: 1,
            played: 20,
            to_come: 10,
            assumed: 0,
            cancelled: 0,
            rules_known: false,
            standard_error: 0.01,
            places: vec!["title=1".parse().unwrap()],
            play_offs: vec![],
            teams: vec![TeamChances {
                team_id: TeamId(7),
                team: "Nordheim".to_owned(),
                played: 10,
                points: 20,
                expected_points: 50.5,
                points_deviation: 5.0,
                positions: vec![title, 1.0 - title],
                places: vec![title],
                play_offs: vec![],
            }],
            points_needed: Vec::new(),
            impacts: Vec::new(),
        }
    }

    #[tokio::test]
    async fn chances_are_followed_through_a_season() {
        let service = Service::with_matches().await;
        let asked = "league=A&season=2023-24";
        let none = service.get(&format!("/api/v1/simulations?{asked}")).await;
        assert_eq!((none.status, none.data()["simulation"].is_null()), (200, true));
        for (as_of, title) in [("2024-02-01T00:00:00Z", 0.4), ("2024-03-01T00:00:00Z", 0.7)] {
            keep(&service.store, &report(as_of, title), at("2024-05-04T10:00:00Z")).await.unwrap();
        }
        let latest = service.get(&format!("/api/v1/simulations?{asked}")).await;
        let latest = &latest.data()["simulation"];
        assert_eq!(
            (&latest["as_of"], &latest["teams"][0]["places"][0]),
            (&"2024-03-01T00:00:00Z".into(), &0.7.into())
        );
        let seasons = service.get("/api/v1/simulations").await;
        assert_eq!(
            seasons.data()["seasons"],
            serde_json::json!([{"league": "A", "season": "2023-24", "simulations": 2, "latest": "2024-03-01T00:00:00Z"}])
        );
        let history = service.get(&format!("/api/v1/simulations/history?{asked}&place=title")).await;
        let items = history.data()["items"].as_array().unwrap();
        let chances: Vec<_> = items.iter().map(|i| i["teams"][0]["probability"].as_f64().unwrap()).collect();
        assert_eq!(chances, [0.7, 0.4]);
        let other = service.get(&format!("/api/v1/simulations/history?{asked}&place=relegation")).await;
        assert_eq!(other.data()["items"].as_array().unwrap().len(), 0, "nobody looked at that place");
        for (only, count) in [("league=A", 1), ("season=2023-24", 1), ("league=B", 0), ("season=2022-23", 0)]
        {
            let seasons = service.get(&format!("/api/v1/simulations?{only}")).await;
            assert_eq!(seasons.data()["seasons"].as_array().unwrap().len(), count, "{only}");
        }
        for wrong in ["place=title", "season=now", "league=A&season=now", "league=A&season=2023-24&place="] {
            let path = if wrong.contains("place") { "simulations/history" } else { "simulations" };
            let answer = service.get(&format!("/api/v1/{path}?{wrong}")).await;
            assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
        }
    }
}
