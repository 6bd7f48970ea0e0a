//! What a strategy would bet of matches to come.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Params, invalid, text};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::KickoffPrecision;
use touchline_forecasting::value_bets::{ValueBet, ValueBetError, ValueBetRequest, value_bets};
use touchline_learning::backtest::StrategyRefused;
use utoipa::ToSchema;

/// Which bets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ValueBetsQuery {
    /// Name of a strategy, as `/api/v1/strategies` lists them; `value-flat` where none is given.
    #[param(example = "value-1x2", max_length = 100)]
    strategy: Option<String>,
    /// Only of the league with this code.
    #[param(example = "E0")]
    league: Option<String>,
    /// Matches of the next so many days: 1 to 14, 7 where none is given.
    #[param(minimum = 1, maximum = 14)]
    days: Option<u16>,
}

/// A bet that the strategy wants now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueBetItem {
    /// The match.
    pub match_id: i64,
    /// Code of its league.
    #[schema(example = "E0")]
    pub league: String,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// `minute`, or `day` where only the date is known.
    #[schema(example = "minute")]
    pub kickoff_precision: &'static str,
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub selection: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// Who offers the price.
    #[schema(example = "B365")]
    pub bookmaker: String,
    /// Decimal odds.
    #[schema(example = 2.3)]
    pub odds: f64,
    /// Since when the price was known.
    pub price_known_at: DateTime<Utc>,
    /// How long ago that is, seconds.
    pub price_age_seconds: i64,
    /// Whether that time follows from habit.
    pub price_imputed: bool,
    /// `fresh`, `ageing` or `stale`: how far the price can be trusted to stand.
    #[schema(example = "fresh")]
    pub staleness: &'static str,
    /// Name and version of the model that forecast the match.
    pub model: String,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
    /// The price at which the bet would be fair by the forecast.
    pub fair_odds: f64,
    /// Probability by the bookmaker's own prices without margin; null where it prices only some outcomes.
    #[schema(required = true)]
    pub market_probability: Option<f64>,
    /// Expected profit per unit staked by the forecast, after commission.
    pub edge: f64,
    /// What the strategy stakes of the bankroll that it starts with.
    pub stake: f64,
    /// Why it is wanted, in a sentence.
    pub reason: String,
}

impl From<ValueBet> for ValueBetItem {
    fn from(bet: ValueBet) -> Self {
        Self {
            match_id: bet.match_id.0,
            league: bet.league,
            home: bet.home,
            away: bet.away,
            kickoff: bet.kickoff.at,
            kickoff_precision: match bet.kickoff.precision {
                KickoffPrecision::Minute => "minute",
                KickoffPrecision::Day => "day",
            },
            market: bet.market.name(),
            selection: bet.selection,
            line: bet.line,
            bookmaker: bet.bookmaker.to_string(),
            odds: bet.odds,
            price_known_at: bet.price_known_at,
            price_age_seconds: bet.price_age_seconds,
            price_imputed: bet.price_imputed,
            staleness: bet.staleness.name(),
            model: bet.model,
            probability: bet.probability,
            fair_odds: bet.fair_odds,
            market_probability: bet.market_probability,
            edge: bet.edge,
            stake: bet.stake,
            reason: bet.reason,
        }
    }
}

/// The bets of a strategy now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ValueBetsItem {
    /// Prices known up to this time count.
    pub as_of: DateTime<Utc>,
    /// Name of the strategy.
    pub strategy: String,
    /// What it does.
    pub about: String,
    /// Names and versions of the models that forecast these matches.
    pub models: Vec<String>,
    /// `real`, or `fallback` where a simpler model stands in.
    #[schema(example = "real")]
    pub mode: &'static str,
    /// Why the trained model did not forecast; null where it did.
    #[schema(required = true)]
    pub mode_reason: Option<String>,
    /// The forecasts use facts up to this time.
    pub forecast_as_of: DateTime<Utc>,
    /// Matches of the next so many days.
    pub days: u16,
    /// How many such matches there are.
    pub matches: usize,
    /// Those with a stored price.
    pub priced: usize,
    /// The bets, by kick-off.
    pub bets: Vec<ValueBetItem>,
    /// What to know before staking anything.
    pub notice: &'static str,
}

/// What a strategy would bet of matches to come, from stored prices and the forecasts that are served. Nothing is placed.
#[utoipa::path(
    get, operation_id = "list_value_bets", path = "/api/v1/value-bets", tag = "bets", params(ValueBetsQuery),
    responses(
        (status = 200, description = "Its bets; none where it wants none", body = Envelope<ValueBetsItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such strategy or league", body = Failure),
        (status = 409, description = "The strategy cannot bet now, or there are no forecasts to bet on", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<ValueBetsQuery>,
) -> Result<Data<ValueBetsItem>, ApiError> {
    let name = text("strategy", query.strategy, 100)?.unwrap_or_else(|| "value-flat".to_owned());
    let offered = state.strategies();
    let strategy = offered.find(&name).map(|found| found.strategy.clone()).ok_or_else(|| {
        let message = format!("no strategy is called so; there are {}", offered.names().join(", "));
        ApiError::not_found("no_strategy", message)
    })?;
    let days = query.days.unwrap_or(7);
    if !(1..=14).contains(&days) {
        return Err(invalid("days: write a number from 1 to 14"));
    }
    let league = text("league", query.league, 100)?;
    if let Some(code) = &league {
        state.league(code).await?;
    }
    let request =
        ValueBetRequest { strategy, money: None, open: 0.0, days, leagues: league.into_iter().collect() };
    let clock = state.clock();
    let found = value_bets(state.store(), state.forecasts(), &request, clock.as_ref()).await?;
    Ok(Data::of(ValueBetsItem {
        as_of: found.as_of,
        strategy: found.strategy,
        about: found.about,
        models: found.models.into_iter().collect(),
        mode: found.mode,
        mode_reason: found.mode_reason,
        forecast_as_of: found.forecast_as_of,
        days: found.days,
        matches: found.matches,
        priced: found.priced,
        bets: found.bets.into_iter().map(ValueBetItem::from).collect(),
        notice: found.notice,
    }))
}

impl From<ValueBetError> for ApiError {
    fn from(error: ValueBetError) -> Self {
        match error {
            ValueBetError::Store(error) => error.into(),
            ValueBetError::Forecasts(error) => error.into(),
            ValueBetError::Mock(_) => Self::conflict("no_forecasts", error.to_string()),
            ValueBetError::Strategy(StrategyRefused::NoPrices(_)) => {
                Self::conflict("no_prices", error.to_string())
            }
            ValueBetError::Strategy(_) => Self::conflict("strategy_refused", error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    #[tokio::test]
    async fn bets_of_now_come_with_words_of_warning() {
        let service = Service::with_matches().await;
        let answer = service.get("/api/v1/value-bets?strategy=value-1x2&days=14").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let data = answer.data();
        assert_eq!((&data["strategy"], &data["days"]), (&"value-1x2".into(), &14.into()));
        assert!(data["bets"].is_array() && data["notice"].as_str().unwrap().contains("lose"));
        let unknown = service.get("/api/v1/value-bets?strategy=sure-thing").await;
        assert_eq!((unknown.status, unknown.error_code()), (404, "no_strategy"));
        let unknown = service.get("/api/v1/value-bets?league=none").await;
        assert_eq!((unknown.status, unknown.error_code()), (404, "no_league"));
        for wrong in ["days=0", "days=15", "days=x", "bankroll=5"] {
            let answer = service.get(&format!("/api/v1/value-bets?{wrong}")).await;
            assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
        }
    }
}
