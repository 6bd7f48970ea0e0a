//! The latest prices of a match side by side.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::routes::matches::stored;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::MatchId;
use touchline_forecasting::prices::{BestPrice, MarketPrices, Middle, MiddleLeg, board};
use touchline_models::odds::DeVig;
use utoipa::ToSchema;

/// How the bookmakers' margin is taken out.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MethodName {
    Multiplicative,
    Additive,
    Power,
    Shin,
    OddsRatio,
    JensenShannon,
}

impl From<MethodName> for DeVig {
    fn from(name: MethodName) -> Self {
        match name {
            MethodName::Multiplicative => Self::Multiplicative,
            MethodName::Additive => Self::Additive,
            MethodName::Power => Self::Power,
            MethodName::Shin => Self::Shin,
            MethodName::OddsRatio => Self::OddsRatio,
            MethodName::JensenShannon => Self::JensenShannon,
        }
    }
}

/// How to read the prices.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PricesQuery {
    /// How the margin is taken out; Shin's method where none is given.
    #[param(inline)]
    method: Option<MethodName>,
}

/// The best price of an outcome.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BestPriceItem {
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub outcome: &'static str,
    /// Decimal odds.
    #[schema(example = 2.1)]
    pub odds: f64,
    /// Who offers it.
    #[schema(example = "B365")]
    pub bookmaker: String,
    /// Since when it was known.
    pub known_at: DateTime<Utc>,
    /// Mean fair probability over the bookmakers whose book is whole.
    #[schema(required = true)]
    pub fair_probability: Option<f64>,
}

impl From<BestPrice> for BestPriceItem {
    fn from(best: BestPrice) -> Self {
        Self {
            outcome: best.outcome,
            odds: best.odds,
            bookmaker: best.bookmaker.to_string(),
            known_at: best.known_at,
            fair_probability: best.fair_probability,
        }
    }
}

/// One market and line.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarketPricesItem {
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Bookmakers whose book is whole.
    pub books: usize,
    /// Mean margin of their books.
    #[schema(required = true)]
    pub mean_overround: Option<f64>,
    /// Margin over the best prices; below zero they are an arbitrage.
    #[schema(required = true)]
    pub best_overround: Option<f64>,
    /// The best price of each outcome.
    pub best: Vec<BestPriceItem>,
    /// Certain profit per unit staked over the best prices; null where there is none.
    #[schema(required = true)]
    pub arbitrage_profit: Option<f64>,
}

impl From<MarketPrices> for MarketPricesItem {
    fn from(of: MarketPrices) -> Self {
        Self {
            market: of.market.name(),
            line: of.line,
            books: of.books,
            mean_overround: of.mean_overround,
            best_overround: of.best_overround,
            best: of.best.into_iter().map(BestPriceItem::from).collect(),
            arbitrage_profit: of.arbitrage.map(|sure| sure.profit),
        }
    }
}

/// One bet of a middle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MiddleLegItem {
    /// The line, goals.
    pub line: f64,
    /// Decimal odds.
    pub odds: f64,
    /// Who offers it.
    pub bookmaker: String,
}

impl From<MiddleLeg> for MiddleLegItem {
    fn from(MiddleLeg { line, odds, bookmaker }: MiddleLeg) -> Self {
        Self { line, odds, bookmaker: bookmaker.to_string() }
    }
}

/// Two bets of which both win in between, and one at least otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MiddleItem {
    /// `over_under` or `asian_handicap`.
    #[schema(example = "over_under")]
    pub market: &'static str,
    /// Over a line, or the home side with a handicap.
    pub first: MiddleLegItem,
    /// Under a line, or the away side; the line is the home side's.
    pub second: MiddleLegItem,
    /// Profit per unit staked where both win.
    pub both_win: f64,
    /// Loss per unit staked where one wins.
    pub one_wins: f64,
    /// How likely both must be to win for the pair to break even.
    pub break_even: f64,
}

impl From<Middle> for MiddleItem {
    fn from(middle: Middle) -> Self {
        Self {
            market: middle.market.name(),
            first: middle.first.into(),
            second: middle.second.into(),
            both_win: middle.both_win,
            one_wins: middle.one_wins,
            break_even: middle.break_even,
        }
    }
}

/// The latest prices of a match side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceBoardItem {
    /// The match.
    pub match_id: i64,
    /// By market, then line.
    pub markets: Vec<MarketPricesItem>,
    /// Pairs of lines that leave a middle, the cheapest first.
    pub middles: Vec<MiddleItem>,
}

/// The best prices of a match, what the market's mean makes of them, arbitrages and middles. Suspicious prices, and those
/// over several bookmakers, are left out.
#[utoipa::path(
    get, operation_id = "get_prices", path = "/api/v1/matches/{id}/prices", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), PricesQuery),
    responses(
        (status = 200, description = "Its prices; none where none are stored", body = Envelope<PriceBoardItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<PricesQuery>,
) -> Result<Data<PriceBoardItem>, ApiError> {
    stored(&state, id).await?;
    let latest = state.store().latest_odds(MatchId(id), state.clock().now()).await?;
    let prices = board(&latest, query.method.map_or(DeVig::Shin, DeVig::from));
    Ok(Data::of(PriceBoardItem {
        match_id: id,
        markets: prices.markets.into_iter().map(MarketPricesItem::from).collect(),
        middles: prices.middles.into_iter().map(MiddleItem::from).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    #[tokio::test]
    async fn prices_stand_side_by_side() {
        let service = Service::with_matches().await;
        let id = service.first("finished").await;
        let answer = service.get(&format!("/api/v1/matches/{id}/prices?method=power")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let markets = answer.data()["markets"].as_array().unwrap();
        let total = markets.iter().find(|m| m["market"] == "over_under").unwrap();
        assert_eq!((&total["line"], total["best"].as_array().unwrap().len()), (&serde_json::json!(2.5), 2));
        let bad = service.get(&format!("/api/v1/matches/{id}/prices?method=guess")).await;
        assert_eq!((bad.status, bad.error_code()), (400, "invalid_query"));
        assert_eq!(service.get("/api/v1/matches/999999/prices").await.status, 404);
    }
}
