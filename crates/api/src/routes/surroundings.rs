//! What surrounds matches: weather at the ground, ratings of teams by others, and news.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, invalid, limit, time};
use crate::routes::matches::stored;
use crate::routes::recent_stats::AsOfQuery;
use crate::routes::teams::{TeamRef, held};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{MatchId, NewsFilter, NewsItem, NewsKind, TeamRating, Weather};
use utoipa::ToSchema;

/// The weather at the ground, as a source knew it at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WeatherItem {
    /// The source.
    #[schema(example = "open-meteo")]
    pub source: String,
    /// `forecast`, or `measured`.
    #[schema(example = "forecast")]
    pub kind: &'static str,
    /// The time that it is for: the kick-off, as it was known then.
    pub at: DateTime<Utc>,
    /// Temperature of the air in degrees Celsius.
    pub temperature: f64,
    /// Wind in metres per second, ten metres above the ground.
    pub wind: f64,
    /// Rain and melted snow in millimetres within two hours.
    pub rain: f64,
    /// Since when it is known.
    pub known_at: DateTime<Utc>,
}

impl From<&Weather> for WeatherItem {
    fn from(weather: &Weather) -> Self {
        Self {
            source: weather.source.to_string(),
            kind: weather.kind.name(),
            at: weather.at,
            temperature: weather.temperature,
            wind: weather.wind,
            rain: weather.rain,
            known_at: weather.known_at,
        }
    }
}

/// The weather of a match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WeatherList {
    /// The match.
    pub match_id: i64,
    /// By time known, the latest last; none where no source was asked, or the ground is not known.
    pub items: Vec<WeatherItem>,
}

/// The weather at the ground of a match around its kick-off.
#[utoipa::path(
    get, operation_id = "list_weather", path = "/api/v1/matches/{id}/weather", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), AsOfQuery),
    responses(
        (status = 200, description = "What was known of it", body = Envelope<WeatherList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn weather(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<AsOfQuery>,
) -> Result<Data<WeatherList>, ApiError> {
    let as_of = time("as_of", query.as_of.as_deref())?;
    stored(&state, id).await?;
    let known = state.store().weather_of(&[MatchId(id)]).await?;
    let known = known.iter().filter(|(_, weather)| as_of.is_none_or(|as_of| weather.known_at <= as_of));
    Ok(Data::of(WeatherList { match_id: id, items: known.map(|(_, weather)| weather.into()).collect() }))
}

/// How many items.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RatingQuery {
    /// Most ratings, the latest day first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A team's rating by a source, on some days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingItem {
    /// The source.
    #[schema(example = "clubelo")]
    pub source: String,
    /// The team, as the source writes it.
    pub team: String,
    /// The rating on the source's scale: Elo points.
    #[schema(example = 1905.2)]
    pub rating: f64,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Since when it is known.
    pub known_at: DateTime<Utc>,
}

impl From<&TeamRating> for RatingItem {
    fn from(rating: &TeamRating) -> Self {
        Self {
            source: rating.source.to_string(),
            team: rating.team.clone(),
            rating: rating.rating,
            from: rating.from,
            to: rating.to,
            known_at: rating.known_at,
        }
    }
}

/// Ratings of a team.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatingList {
    /// The team.
    pub team: TeamRef,
    /// The latest day first; none where no source rates a team of its names.
    pub items: Vec<RatingItem>,
}

/// What other sources rate a team.
#[utoipa::path(
    get, operation_id = "list_ratings", path = "/api/v1/teams/{id}/ratings", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the team", minimum = 1), RatingQuery),
    responses(
        (status = 200, description = "Its ratings", body = Envelope<RatingList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such team", body = Failure),
    )
)]
pub(crate) async fn ratings(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<RatingQuery>,
) -> Result<Data<RatingList>, ApiError> {
    let limit = limit(query.limit, 50, 1..=200)?;
    let team = held(&state, id).await?;
    let known = state.store().ratings_of(team.id, limit).await?;
    Ok(Data::of(RatingList { team: (&team).into(), items: known.iter().map(Into::into).collect() }))
}

/// Which news.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct NewsQuery {
    /// Only about this: `player_injuries`, `lineup_changes`, `coaching_changes` or `transfers`.
    #[param(
        example = "player_injuries",
        pattern = "^(player_injuries|lineup_changes|coaching_changes|transfers)$"
    )]
    topic: Option<String>,
    /// Only of at least this importance, 0 to 1.
    #[param(example = 0.7, minimum = 0.0, maximum = 1.0)]
    importance: Option<f64>,
    /// Only what was known by this time: a date, meaning its start in UTC, or RFC 3339.
    #[param(example = "2024-05-04T10:00:00Z")]
    as_of: Option<String>,
    /// Most items, the latest known first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// An item of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewsEntry {
    /// The source.
    pub source: String,
    /// `player_injuries`, `lineup_changes`, `coaching_changes` or `transfers`.
    #[schema(example = "player_injuries")]
    pub topic: &'static str,
    /// Its heading.
    pub title: String,
    /// Where it can be read.
    #[schema(required = true)]
    pub link: Option<String>,
    /// The team that the heading names, where it names one team that is held.
    #[schema(required = true)]
    pub team: Option<String>,
    /// How much it may matter to the next match, 0 to 1.
    pub importance: f64,
    /// How good it is for the team, -1 to 1.
    pub sentiment_score: f64,
    /// When the feed says that it was published.
    #[schema(required = true)]
    pub published_at: Option<DateTime<Utc>>,
    /// Since when it is known.
    pub known_at: DateTime<Utc>,
}

impl From<NewsItem> for NewsEntry {
    fn from(item: NewsItem) -> Self {
        Self {
            source: item.source.to_string(),
            topic: item.kind.name(),
            title: item.title,
            link: item.link,
            team: item.team,
            importance: item.importance,
            sentiment_score: item.sentiment,
            published_at: item.published_at,
            known_at: item.known_at,
        }
    }
}

/// News.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewsList {
    /// The latest known first.
    pub items: Vec<NewsEntry>,
}

/// News of teams from the feeds that are watched.
#[utoipa::path(
    get, operation_id = "list_news", path = "/api/v1/news", tag = "matches", params(NewsQuery),
    responses(
        (status = 200, description = "The items that pass", body = Envelope<NewsList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn news(
    State(state): State<ApiState>,
    Params(query): Params<NewsQuery>,
) -> Result<Data<NewsList>, ApiError> {
    let kind: Option<NewsKind> = query.topic.as_deref().map(str::parse).transpose().map_err(invalid)?;
    if query.importance.is_some_and(|importance| !(0.0..=1.0).contains(&importance)) {
        return Err(invalid("importance: a number from 0 to 1 is wanted"));
    }
    let as_of = time("as_of", query.as_of.as_deref())?;
    let filter = NewsFilter { kind, importance: query.importance, as_of };
    let found = state.store().news(&filter, limit(query.limit, 50, 1..=200)?).await?;
    Ok(Data::of(NewsList { items: found.into_iter().map(Into::into).collect() }))
}

#[cfg(test)]
mod tests {
    use crate::testing::{NOW, Service, at};
    use chrono::Duration;
    use serde_json::json;
    use touchline_domain::ports::{MatchFacts, SilverChange, SilverWriter, SurroundingsWriter};
    use touchline_domain::{MatchId, NewsItem, NewsKind, TeamRating, Weather, WeatherKind};

    #[tokio::test]
    async fn weather_is_told_as_it_was_known() {
        let service = Service::with_matches().await;
        let id = service.find("status=scheduled&from=2024-05-05").await;
        let known = |hours: i64, rain: f64| Weather {
            source: "open-meteo".into(),
            kind: WeatherKind::Forecast,
            at: at("2024-05-05T14:00:00Z"),
            temperature: 11.5,
            wind: 6.0,
            rain,
            known_at: at("2024-05-05T14:00:00Z") - Duration::hours(hours),
        };
        let weather = vec![known(6, 0.0), known(3, 4.5)];
        let facts = vec![(MatchId(id), MatchFacts { weather, ..MatchFacts::default() })];
        service.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();
        let path = format!("/api/v1/matches/{id}/weather");
        let all = service.get(&path).await;
        let rain: Vec<_> =
            all.data()["items"].as_array().unwrap().iter().map(|w| w["rain"].clone()).collect();
        assert_eq!((all.status, rain), (200, vec![json!(0.0), json!(4.5)]));
        let early = service.get(&format!("{path}?as_of=2024-05-05T09:00:00Z")).await;
        assert_eq!(early.data()["items"].as_array().unwrap().len(), 1);
        assert_eq!(early.data()["items"][0]["temperature"], json!(11.5));
        assert_eq!(service.get("/api/v1/matches/999999/weather").await.error_code(), "no_match");
        assert_eq!(service.get(&format!("{path}?as_of=soon")).await.error_code(), "invalid_query");
    }

    #[tokio::test]
    async fn ratings_and_news_are_listed_the_latest_first() {
        let service = Service::with_matches().await;
        let rating = |day: &str, rating: f64| TeamRating {
            source: "clubelo".into(),
            country: "Meridia".to_owned(),
            team: "Alderwick".to_owned(),
            level: 1,
            rating,
            from: day.parse().unwrap(),
            to: day.parse().unwrap(),
            known_at: at(NOW),
        };
        let ratings = [rating("2024-04-01", 1510.0), rating("2024-05-01", 1530.5)];
        service.store.add_ratings(&ratings).await.unwrap();
        let team = service.get("/api/v1/teams?q=Alderwick").await.data()["items"][0]["id"].clone();
        let rated = service.get(&format!("/api/v1/teams/{team}/ratings")).await;
        assert_eq!(rated.data()["team"]["name"], "Alderwick");
        assert_eq!(rated.data()["items"][0]["rating"], json!(1530.5), "{}", rated.body);
        let one = service.get(&format!("/api/v1/teams/{team}/ratings?limit=1")).await;
        assert_eq!(one.data()["items"].as_array().unwrap().len(), 1);
        assert_eq!(service.get("/api/v1/teams/999999/ratings").await.error_code(), "no_team");

        let item = |id: &str, importance: f64, minutes: i64| NewsItem {
            source: "feed".into(),
            id: id.to_owned(),
            kind: NewsKind::PlayerInjuries,
            title: format!("Alderwick: {id}"),
            link: None,
            country: Some("Meridia".to_owned()),
            team: Some("Alderwick".to_owned()),
            importance,
            sentiment: -0.5,
            published_at: None,
            known_at: at(NOW) - Duration::minutes(minutes),
        };
        service.store.add_news(&[item("keeper out", 0.9, 10), item("knock", 0.3, 5)]).await.unwrap();
        let all = service.get("/api/v1/news").await;
        assert_eq!(all.data()["items"][0]["title"], "Alderwick: knock");
        let important = service.get("/api/v1/news?importance=0.7&topic=player_injuries").await;
        let items = important.data()["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["sentiment_score"]), (1, &json!(-0.5)));
        assert_eq!(service.get("/api/v1/news?topic=transfers").await.data()["items"], json!([]));
        for bad in ["topic=gossip", "importance=2", "importance=NaN", "limit=0", "as_of=never"] {
            assert_eq!(
                service.get(&format!("/api/v1/news?{bad}")).await.error_code(),
                "invalid_query",
                "{bad}"
            );
        }
    }
}
