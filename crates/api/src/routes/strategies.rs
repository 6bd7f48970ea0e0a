//! Strategies that can be asked for by name, with their rules.

use crate::envelope::{Data, Envelope};
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::State;
use serde::Serialize;
use touchline_learning::backtest::{Multiples, OfferedStrategy, Pick, Prices, Stakes, Strategy};
use utoipa::ToSchema;

/// Which bets a strategy wants.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BetRules {
    /// `value`, `draws`, `favourites`, `longshots` or `closing_line`.
    #[schema(example = "value")]
    pub pick: String,
    /// Least expected profit per unit staked; null where it asks for none.
    #[schema(required = true)]
    pub min_edge: Option<f64>,
    /// `1x2`, `over_under`, `asian_handicap`, `both_teams_score`.
    pub markets: Vec<&'static str>,
    /// Least price.
    pub min_odds: f64,
    /// Highest price.
    pub max_odds: f64,
    /// Most bets on one match.
    pub most_per_match: usize,
}

/// Whose prices it sees, and when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PriceRules {
    /// Codes of the bookmakers; the best of their prices is taken.
    pub bookmakers: Vec<String>,
    /// Minutes before kick-off at which it decides.
    pub lead_minutes: f64,
    /// Minutes until it hears of a price.
    pub delay_minutes: f64,
    /// Older prices are passed over, hours; null where none is.
    #[schema(required = true)]
    pub max_age_hours: Option<f64>,
}

/// How much it stakes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StakeRules {
    /// Money at the start.
    pub bankroll: f64,
    /// `flat`, `proportional`, `fixed_win`, `kelly`, `kelly_slip` or `drawdown_capped`.
    #[schema(example = "flat")]
    pub plan: &'static str,
    /// Money: of each bet (`flat`), or to be won (`fixed_win`); null for other plans, as what follows.
    #[schema(required = true)]
    pub amount: Option<f64>,
    /// Share of the bankroll.
    #[schema(required = true)]
    pub share: Option<f64>,
    /// Of Kelly's stake.
    #[schema(required = true)]
    pub fraction: Option<f64>,
    /// Largest fall from the highest bankroll.
    #[schema(required = true)]
    pub max_drawdown: Option<f64>,
}

/// Limits, as shares of the bankroll where nothing else is said.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LimitRules {
    /// Most at stake on one match.
    pub per_match: f64,
    /// On all matches of a league on one day.
    pub per_league: f64,
    /// On all matches of a day.
    pub per_day: f64,
    /// Share of the winnings that an exchange keeps.
    pub commission: f64,
    /// Smaller stakes are refused, money.
    pub least_stake: f64,
    /// Larger stakes are cut, money; null where there is no limit.
    #[schema(required = true)]
    pub most_stake: Option<f64>,
    /// It ends for good after such a fall from its highest bankroll; null where it does not.
    #[schema(required = true)]
    pub stop_drawdown: Option<f64>,
    /// It ends for the day after such a loss; null where it does not.
    #[schema(required = true)]
    pub stop_day_loss: Option<f64>,
}

/// Several selections in one bet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MultipleRules {
    /// Selections in a bet, each on another match.
    pub legs: usize,
    /// Sizes of the accumulators that share the stake.
    pub system: Vec<usize>,
    /// Bets on one day at most.
    pub most_per_day: usize,
}

/// A strategy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StrategyItem {
    /// Its name.
    #[schema(example = "value-1x2")]
    pub name: String,
    /// What it does.
    pub about: String,
    /// `ships` with the program, or `configured` for this installation.
    #[schema(example = "ships")]
    pub origin: &'static str,
    /// Which bets it wants.
    pub bets: BetRules,
    /// Whose prices it sees, and when.
    pub prices: PriceRules,
    /// How much it stakes.
    pub stakes: StakeRules,
    /// Its limits.
    pub limits: LimitRules,
    /// Several selections in one bet; null where each is a bet of its own.
    #[schema(required = true)]
    pub multiples: Option<MultipleRules>,
    /// The file that says all of this.
    pub toml: String,
}

impl From<&OfferedStrategy> for StrategyItem {
    fn from(offered: &OfferedStrategy) -> Self {
        let OfferedStrategy { strategy: s, text, ships } = offered;
        let min_edge = match s.pick {
            Pick::Value { min_edge } | Pick::ClosingLine { min_edge } => Some(min_edge),
            _ => None,
        };
        let (caps, costs) = (&s.caps, &s.costs);
        Self {
            name: s.name.clone(),
            about: s.about.clone(),
            origin: if *ships { "ships" } else { "configured" },
            bets: BetRules {
                pick: s.pick.name().to_owned(),
                min_edge,
                markets: s.markets.iter().map(|market| market.name()).collect(),
                min_odds: s.min_odds,
                max_odds: s.max_odds,
                most_per_match: s.most_per_match,
            },
            prices: PriceRules::from(&s.prices),
            stakes: StakeRules::from(s),
            limits: LimitRules {
                per_match: caps.per_match,
                per_league: caps.per_league,
                per_day: caps.per_day,
                commission: costs.commission,
                least_stake: costs.least_stake,
                most_stake: costs.most_stake.is_finite().then_some(costs.most_stake),
                stop_drawdown: s.stop.drawdown,
                stop_day_loss: s.stop.day_loss,
            },
            multiples: s.multiples.as_ref().map(MultipleRules::from),
            toml: text.clone(),
        }
    }
}

impl From<&Prices> for PriceRules {
    fn from(prices: &Prices) -> Self {
        Self {
            bookmakers: prices.bookmakers.clone(),
            lead_minutes: prices.lead as f64 / 60.0,
            delay_minutes: prices.delay as f64 / 60.0,
            max_age_hours: prices.max_age.map(|age| age as f64 / 3600.0),
        }
    }
}

impl From<&Strategy> for StakeRules {
    fn from(s: &Strategy) -> Self {
        let (mut amount_of, mut share_of, mut fraction_of, mut drawdown_of) = (None, None, None, None);
        match s.stakes {
            Stakes::Flat { amount } | Stakes::FixedWin { amount } => amount_of = Some(amount),
            Stakes::Proportional { share } => share_of = Some(share),
            Stakes::Kelly { fraction } | Stakes::KellySlip { fraction } => fraction_of = Some(fraction),
            Stakes::DrawdownCapped { fraction, max_drawdown } => {
                (fraction_of, drawdown_of) = (Some(fraction), Some(max_drawdown));
            }
        }
        Self {
            bankroll: s.bankroll,
            plan: s.stakes.name(),
            amount: amount_of,
            share: share_of,
            fraction: fraction_of,
            max_drawdown: drawdown_of,
        }
    }
}

impl From<&Multiples> for MultipleRules {
    fn from(rules: &Multiples) -> Self {
        Self { legs: rules.legs, system: rules.sizes.clone(), most_per_day: rules.most_per_day }
    }
}

/// All strategies.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StrategyList {
    /// Those that ship first.
    pub items: Vec<StrategyItem>,
}

/// The strategies that can be asked for by name, with their rules: those that ship, and those of the configuration.
#[utoipa::path(
    get, operation_id = "list_strategies", path = "/api/v1/strategies", tag = "bets",
    responses((status = 200, description = "Them", body = Envelope<StrategyList>))
)]
pub(crate) async fn list(State(state): State<ApiState>) -> Result<Data<StrategyList>, ApiError> {
    let items = state.strategies().all().iter().map(StrategyItem::from).collect();
    Ok(Data::of(StrategyList { items }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use touchline_learning::backtest::{Strategies, shipped};

    #[tokio::test]
    async fn strategies_say_what_they_would_do() {
        let service = Service::empty().await;
        let answer = service.get("/api/v1/strategies").await;
        let items = answer.data()["items"].as_array().unwrap();
        assert_eq!(items.len(), shipped().len());
        let flat = items.iter().find(|s| s["name"] == "value-flat").unwrap();
        assert_eq!((&flat["origin"], &flat["bets"]["pick"]), (&"ships".into(), &"value".into()));
        assert_eq!(flat["bets"]["min_edge"], 0.05);
        assert!(flat["multiples"].is_null() && flat["stakes"]["fraction"].is_null());
        assert!(flat["toml"].as_str().unwrap().contains("[prices]"));
        for item in items {
            assert!(item["prices"]["lead_minutes"].as_f64().unwrap() >= 0.0, "{item}");
        }
    }

    #[tokio::test]
    async fn strategies_of_an_installation_can_be_asked_for() {
        let mut strategies = Strategies::default();
        let mine = shipped().iter().find(|s| s.name == "value-one-bookmaker").unwrap().text;
        let mine = mine.replace("\"value-one-bookmaker\"", "\"mine\"") + "\n[multiples]\nlegs = 2\n";
        strategies.add(&mine).unwrap();
        let service = Service::with_strategies(strategies).await;
        let answer = service.get("/api/v1/strategies").await;
        let items = answer.data()["items"].as_array().unwrap();
        let last = items.last().unwrap();
        assert_eq!((&last["name"], &last["origin"]), (&"mine".into(), &"configured".into()));
        assert_eq!(last["multiples"]["system"], serde_json::json!([2]));
        let bets = service.get("/api/v1/value-bets?strategy=mine").await;
        assert_ne!(bets.status, 404, "{}", bets.body);
    }
}
