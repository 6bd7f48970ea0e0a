//! Bookmakers' prices of a match.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::routes::matches::stored;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{DecimalOdds, MatchId, OddsQuote};
use touchline_forecasting::prices::outcome_names;
use utoipa::ToSchema;

/// The price of one outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceItem {
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub outcome: &'static str,
    /// Decimal odds: the pay-out per unit staked; null where the source leaves it blank.
    #[schema(required = true, example = 2.1)]
    pub odds: Option<f64>,
}

/// Prices of one market at one bookmaker, as known at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuoteItem {
    /// The bookmaker's code; `Max` and `Avg` are over the market.
    #[schema(example = "B365")]
    pub bookmaker: String,
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// A price per outcome.
    pub prices: Vec<PriceItem>,
    /// `pre_match` or `closing`.
    #[schema(example = "closing")]
    pub phase: &'static str,
    /// Since when it can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether that follows from the source's habits rather than from the record.
    pub known_at_imputed: bool,
    /// Sum of the implied probabilities, where every outcome has a price.
    #[schema(required = true)]
    pub implied_sum: Option<f64>,
    /// Whether models leave it out: implausible prices, or implied probabilities outside 0.95 to 1.20.
    pub suspicious: bool,
}

impl From<&OddsQuote> for QuoteItem {
    fn from(quote: &OddsQuote) -> Self {
        let price = |(outcome, odds): (Option<&'static str>, Option<DecimalOdds>)| {
            outcome.map(|outcome| PriceItem { outcome, odds: odds.map(DecimalOdds::value) })
        };
        Self {
            bookmaker: quote.bookmaker.to_string(),
            market: quote.market.name(),
            line: quote.line_quarters.map(|quarters| f64::from(quarters) / 4.0),
            prices: outcome_names(quote.market).into_iter().zip(quote.prices).filter_map(price).collect(),
            phase: quote.phase.name(),
            known_at: quote.known_at,
            known_at_imputed: quote.known_at_imputed,
            implied_sum: quote.implied_sum(),
            suspicious: quote.is_suspicious(),
        }
    }
}

/// Which prices to list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OddsQuery {
    /// Only the latest of each bookmaker, market and line.
    latest: Option<bool>,
}

/// Prices of a match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OddsList {
    /// The match.
    pub match_id: i64,
    /// By time known; the latest of each by market and bookmaker.
    pub items: Vec<QuoteItem>,
}

/// Bookmakers' prices of a match.
#[utoipa::path(
    get, operation_id = "list_odds", path = "/api/v1/matches/{id}/odds", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), OddsQuery),
    responses(
        (status = 200, description = "Its prices; none where none are stored", body = Envelope<OddsList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<OddsQuery>,
) -> Result<Data<OddsList>, ApiError> {
    stored(&state, id).await?;
    let quotes = if query.latest == Some(true) {
        state.store().latest_odds(MatchId(id), state.clock().now()).await?
    } else {
        state.store().odds_of_match(MatchId(id)).await?
    };
    Ok(Data::of(OddsList { match_id: id, items: quotes.iter().map(QuoteItem::from).collect() }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use serde_json::json;

    #[tokio::test]
    async fn prices_are_named_by_outcome_and_blank_ones_kept() {
        let service = Service::with_matches().await;
        let id = service.first("finished").await;
        let answer = service.get(&format!("/api/v1/matches/{id}/odds")).await;
        assert_eq!(answer.status, 200);
        let items = answer.data()["items"].as_array().unwrap();
        let one_x_two = items.iter().find(|q| q["market"] == "1x2").unwrap();
        let prices = json!([
            {"outcome": "home", "odds": 2.1}, {"outcome": "draw", "odds": null}, {"outcome": "away", "odds": 3.75},
        ]);
        assert_eq!(one_x_two["prices"], prices);
        assert_eq!((&one_x_two["implied_sum"], &one_x_two["line"]), (&json!(null), &json!(null)));
        let total = items.iter().find(|q| q["market"] == "over_under").unwrap();
        assert_eq!((&total["line"], &total["phase"]), (&json!(2.5), &json!("closing")));
        assert_eq!(total["prices"][1], json!({"outcome": "under", "odds": 1.9}));
        assert!((total["implied_sum"].as_f64().unwrap() - 2.0 / 1.9).abs() < 1e-12);
    }

    #[tokio::test]
    async fn the_latest_prices_are_listed_on_demand() {
        let service = Service::with_matches().await;
        let id = service.first("finished").await;
        let all = service.get(&format!("/api/v1/matches/{id}/odds?latest=false")).await;
        let latest = service.get(&format!("/api/v1/matches/{id}/odds?latest=true")).await;
        assert_eq!(all.data(), latest.data(), "each was quoted once");
        let bad = service.get(&format!("/api/v1/matches/{id}/odds?latest=maybe")).await;
        assert_eq!((bad.status, bad.error_code()), (400, "invalid_query"));
    }

    #[tokio::test]
    async fn a_match_without_prices_is_not_a_match_that_is_not_there() {
        let service = Service::with_matches().await;
        let id = service.first("scheduled").await;
        let empty = service.get(&format!("/api/v1/matches/{id}/odds")).await;
        assert_eq!((empty.status, &empty.data()["items"]), (200, &json!([])));
        let none = service.get("/api/v1/matches/999999/odds").await;
        assert_eq!((none.status, none.error_code()), (404, "no_match"));
        assert_eq!(service.get("/api/v1/matches/-5/odds").await.status, 400);
    }
}
