//! How the prices of a match moved.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, as_of};
use crate::routes::matches::missing;
use crate::routes::recent_stats::AsOfQuery;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::{MarketOutcome, MarketTrend, MatchId, OddsTrend, OutcomeTrend, over_bookmakers};
use touchline_forecasting::prices::outcome_names;
use utoipa::ToSchema;

/// The price of one outcome at one bookmaker over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OutcomeTrendItem {
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub outcome: &'static str,
    /// The first price.
    #[schema(example = 2.1)]
    pub opening: f64,
    /// The latest price.
    #[schema(example = 1.95)]
    pub latest: f64,
    /// Mean over the quotes.
    pub average: f64,
    /// The lowest price.
    pub lowest: f64,
    /// The highest price.
    pub highest: f64,
    /// The highest less the lowest.
    pub spread: f64,
    /// 1 by the latest price: the probability that it implies, margin included.
    pub implied_probability: f64,
    /// What the implied probability gained from the first price to the latest.
    pub movement: f64,
}

impl OutcomeTrendItem {
    fn of(outcome: &'static str, trend: &OutcomeTrend) -> Self {
        Self {
            outcome,
            opening: trend.opening.value(),
            latest: trend.latest.value(),
            average: trend.average,
            lowest: trend.lowest.value(),
            highest: trend.highest.value(),
            spread: trend.spread(),
            implied_probability: trend.implied(),
            movement: trend.movement(),
        }
    }
}

/// One market at one bookmaker over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OddsTrendItem {
    /// The bookmaker's code; `Max` and `Avg` are over the market.
    #[schema(example = "B365")]
    pub bookmaker: String,
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Number of quotes.
    pub quotes: u32,
    /// When the first was known.
    pub first_at: DateTime<Utc>,
    /// When the latest was known.
    pub latest_at: DateTime<Utc>,
    /// Outcomes that have a price.
    pub outcomes: Vec<OutcomeTrendItem>,
    /// Sum of the implied probabilities of the latest prices, where every outcome has one.
    #[schema(required = true)]
    pub implied_sum: Option<f64>,
}

impl From<&OddsTrend> for OddsTrendItem {
    fn from(trend: &OddsTrend) -> Self {
        let named = outcome_names(trend.market).into_iter().zip(&trend.outcomes);
        Self {
            bookmaker: trend.bookmaker.to_string(),
            market: trend.market.name(),
            line: line(trend.line_quarters),
            quotes: trend.quotes,
            first_at: trend.first_at,
            latest_at: trend.latest_at,
            outcomes: named.filter_map(|(name, o)| Some(OutcomeTrendItem::of(name?, o.as_ref()?))).collect(),
            implied_sum: trend.implied_sum(),
        }
    }
}

/// One outcome over all bookmakers, by their latest prices.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketOutcomeItem {
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub outcome: &'static str,
    /// Bookmakers that have a price.
    pub bookmakers: u32,
    /// Mean price.
    pub average: f64,
    /// The lowest price.
    pub lowest: f64,
    /// The highest price.
    pub highest: f64,
    /// The highest less the lowest: how far bookmakers differ.
    pub spread: f64,
    /// Mean of the implied probabilities, margin taken out in proportion; null where nobody prices every outcome.
    #[schema(required = true)]
    pub probability: Option<f64>,
    /// Mean gain of the implied probabilities from the first price to the latest.
    pub movement: f64,
}

impl MarketOutcomeItem {
    fn of(outcome: &'static str, market: &MarketOutcome) -> Self {
        Self {
            outcome,
            bookmakers: market.bookmakers,
            average: market.average,
            lowest: market.lowest.value(),
            highest: market.highest.value(),
            spread: market.spread(),
            probability: market.probability,
            movement: market.movement,
        }
    }
}

/// One market over all bookmakers; `Max`, `Avg` and their like are left out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketTrendItem {
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Bookmakers with a quote.
    pub bookmakers: u32,
    /// Their quotes.
    pub quotes: u32,
    /// Outcomes that have a price.
    pub outcomes: Vec<MarketOutcomeItem>,
}

impl From<&MarketTrend> for MarketTrendItem {
    fn from(trend: &MarketTrend) -> Self {
        let named = outcome_names(trend.market).into_iter().zip(&trend.outcomes);
        Self {
            market: trend.market.name(),
            line: line(trend.line_quarters),
            bookmakers: trend.bookmakers,
            quotes: trend.quotes,
            outcomes: named.filter_map(|(name, o)| Some(MarketOutcomeItem::of(name?, o.as_ref()?))).collect(),
        }
    }
}

/// How the prices of a match moved before kick-off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OddsTrendList {
    /// The match.
    pub match_id: i64,
    /// Quotes known by then count, if they were known before kick-off and are not suspicious.
    pub as_of: DateTime<Utc>,
    /// `live`: computed for this answer. `view`: computed ahead, at `as_of`.
    #[schema(example = "live")]
    pub source: &'static str,
    /// By market, line and bookmaker.
    pub items: Vec<OddsTrendItem>,
    /// By market and line, over bookmakers.
    pub markets: Vec<MarketTrendItem>,
}

fn line(quarters: Option<i16>) -> Option<f64> {
    quarters.map(|quarters| f64::from(quarters) / 4.0)
}

/// Prices from the first to the latest before kick-off: means, spread, implied probabilities, movement.
#[utoipa::path(
    get, operation_id = "list_odds_trends", path = "/api/v1/matches/{id}/odds/trends", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), AsOfQuery),
    responses(
        (status = 200, description = "Trends; none where no price was known", body = Envelope<OddsTrendList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<AsOfQuery>,
) -> Result<Data<OddsTrendList>, ApiError> {
    let as_of = as_of(query.as_of.as_deref())?;
    let found = state.store().odds_trends(MatchId(id), as_of).await?.ok_or_else(|| missing(id))?;
    let trends = &found.value.trends;
    Ok(Data::of(OddsTrendList {
        match_id: id,
        as_of: found.value.as_of,
        source: found.origin.name(),
        items: trends.iter().map(OddsTrendItem::from).collect(),
        markets: over_bookmakers(trends).iter().map(MarketTrendItem::from).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use serde_json::json;

    #[tokio::test]
    async fn outcomes_are_named_and_markets_summed_up() {
        let service = Service::with_matches().await;
        let id = service.first("finished").await;
        let answer = service.get(&format!("/api/v1/matches/{id}/odds/trends")).await;
        let data = answer.data();
        assert_eq!((&data["match_id"], &data["source"]), (&json!(id), &json!("live")));
        let items = data["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{data}");
        assert_eq!(
            (&items[0]["market"], &items[0]["line"], &items[0]["quotes"]),
            (&json!("1x2"), &json!(null), &json!(1))
        );
        let names: Vec<_> = items[0]["outcomes"].as_array().unwrap().iter().map(|o| &o["outcome"]).collect();
        assert_eq!(names, ["home", "away"], "the draw has no price");
        assert_eq!(items[0]["implied_sum"], json!(null));
        assert_eq!(items[1]["outcomes"][1]["outcome"], "under");
        let over = &data["markets"][1]["outcomes"][0];
        assert_eq!(
            (&over["average"], &over["probability"], &over["spread"]),
            (&json!(1.9), &json!(0.5), &json!(0.0))
        );
        let early = service.get(&format!("/api/v1/matches/{id}/odds/trends?as_of=2020-01-01")).await;
        assert_eq!((&early.data()["items"], &early.data()["markets"]), (&json!([]), &json!([])));
    }

    #[tokio::test]
    async fn a_match_that_is_not_there_has_no_trends() {
        let service = Service::with_matches().await;
        let none = service.get("/api/v1/matches/999999/odds/trends").await;
        assert_eq!((none.status, none.error_code()), (404, "no_match"));
        let bad = service.get("/api/v1/matches/1/odds/trends?as_of=noon").await;
        assert_eq!((bad.status, bad.error_code()), (400, "invalid_query"));
    }
}
