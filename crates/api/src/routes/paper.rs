//! The ledger of paper bets.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Params, limit, text};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_forecasting::paper::{HeldBet, PaperBook, StrategyTotal, money};
use touchline_forecasting::prices::outcome_names;
use touchline_forecasting::value_bets::RESPONSIBLE;
use utoipa::ToSchema;

/// Which bets.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PaperQuery {
    /// Only of the strategy with this name.
    #[param(example = "value-1x2", max_length = 200)]
    strategy: Option<String>,
    /// Most bets, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A bet that was written down before kick-off.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperBetItem {
    /// Its number in the ledger.
    pub sequence: u64,
    /// When it was written down.
    pub placed_at: DateTime<Utc>,
    /// The match.
    pub match_id: i64,
    /// Code of the league, as it was then.
    pub league: String,
    /// The home side, as it was called then.
    pub home: String,
    /// The away side.
    pub away: String,
    /// The kick-off as it was known.
    pub kickoff: DateTime<Utc>,
    /// Name of the strategy.
    pub strategy: String,
    /// `1x2`, `over_under`, `asian_handicap` or `both_teams_score`.
    #[schema(example = "1x2")]
    pub market: &'static str,
    /// `home`, `draw` and `away`; `over` and `under`; or `yes` and `no`.
    #[schema(example = "home")]
    pub selection: &'static str,
    /// Goals: the total, or the handicap of the home side.
    #[schema(required = true)]
    pub line: Option<f64>,
    /// The bookmaker.
    pub bookmaker: String,
    /// Decimal odds.
    pub odds: f64,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
    /// What is staked.
    pub stake: f64,
    /// When it was settled; null while it is open.
    #[schema(required = true)]
    pub settled_at: Option<DateTime<Utc>>,
    /// Money won or lost; null while it is open.
    #[schema(required = true)]
    pub profit: Option<f64>,
    /// Whether the stake came back since the match is not played.
    pub returned: bool,
    /// Expected profit per unit staked if the closing line is right; null where there is none.
    #[schema(required = true)]
    pub closing_line_value: Option<f64>,
}

impl From<&HeldBet> for PaperBetItem {
    fn from(held: &HeldBet) -> Self {
        let bet = &held.bet;
        let selection = outcome_names(bet.market).get(usize::from(bet.outcome)).copied().flatten();
        let settlement = held.settlement.as_ref();
        Self {
            sequence: held.sequence,
            placed_at: held.placed_at,
            match_id: held.match_id.0,
            league: bet.league.clone(),
            home: bet.home.clone(),
            away: bet.away.clone(),
            kickoff: bet.kickoff.at,
            strategy: bet.strategy.clone(),
            market: bet.market.name(),
            selection: selection.unwrap_or_default(),
            line: bet.line_quarters.map(|quarters| f64::from(quarters) / 4.0),
            bookmaker: bet.bookmaker.clone(),
            odds: bet.odds,
            probability: bet.probability,
            stake: money(bet.stake),
            settled_at: held.settled_at,
            profit: settlement.map(|s| money(s.profit)),
            returned: settlement.is_some_and(|s| s.score.is_none()),
            closing_line_value: settlement.and_then(|s| s.closing_line_value),
        }
    }
}

/// What came of a strategy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperTotalItem {
    /// Its name.
    pub strategy: String,
    /// Bets.
    pub bets: u64,
    /// Of these, open ones.
    pub open: u64,
    /// Staked on settled ones.
    pub staked: f64,
    /// Won or lost.
    pub profit: f64,
    /// Profit over the stakes; null before the first settled bet.
    #[schema(required = true)]
    pub yield_on_stakes: Option<f64>,
    /// Mean closing-line value; null where there is none.
    #[schema(required = true)]
    pub closing_line_value: Option<f64>,
}

impl From<&StrategyTotal> for PaperTotalItem {
    fn from(total: &StrategyTotal) -> Self {
        Self {
            strategy: total.strategy.clone(),
            bets: total.bets,
            open: total.open,
            staked: money(total.staked),
            profit: money(total.profit),
            yield_on_stakes: total.yield_on_stakes(),
            closing_line_value: total.closing_line_value(),
        }
    }
}

/// Paper bets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperItem {
    /// The latest bets first.
    pub bets: Vec<PaperBetItem>,
    /// What came of each strategy, over all of its bets.
    pub strategies: Vec<PaperTotalItem>,
    /// What to know before staking anything.
    pub notice: &'static str,
}

/// Bets that were written down before kick-off, and what came of them.
#[utoipa::path(
    get, operation_id = "list_paper_bets", path = "/api/v1/paper", tag = "bets", params(PaperQuery),
    responses(
        (status = 200, description = "The ledger of paper bets", body = Envelope<PaperItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<PaperQuery>,
) -> Result<Data<PaperItem>, ApiError> {
    let strategy = text("strategy", query.strategy, 200)?;
    let most = limit(query.limit, 50, 1..=200)?;
    let asked = format!("paper?strategy={strategy:?}&limit={most}");
    let revision = state.revision().await?;
    let read = async {
        let book = PaperBook::read(state.store()).await?;
        let wanted = |name: &str| strategy.as_ref().is_none_or(|strategy| strategy == name);
        let bets = book.bets.iter().rev().filter(|held| wanted(&held.bet.strategy));
        let totals = book.totals();
        Ok(PaperItem {
            bets: bets.take(most as usize).map(PaperBetItem::from).collect(),
            strategies: totals.iter().filter(|t| wanted(&t.strategy)).map(PaperTotalItem::from).collect(),
            notice: RESPONSIBLE,
        })
    };
    state.kept(revision.as_ref(), &asked, read).await
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;
    use touchline_domain::ports::{MatchReader, NewPaperEntry, PaperWriter};
    use touchline_domain::{MarketType, MatchId, PaperBet, PaperContent, PaperSettlement, Score};

    #[tokio::test]
    async fn paper_bets_are_answered_with_what_came_of_them() {
        let service = Service::with_matches().await;
        let empty = service.get("/api/v1/paper").await;
        assert_eq!((empty.status, empty.data()["bets"].as_array().unwrap().len()), (200, 0));
        let id = MatchId(service.first("scheduled").await);
        let m = service.store.get_match(id).await.unwrap().unwrap();
        let written = m.kickoff.at - chrono::Duration::hours(1);
        let bet = PaperBet {
            league: "A".to_owned(),
            season: m.season,
            home: "Nordheim".to_owned(),
            away: "Sudheim".to_owned(),
            kickoff: m.kickoff,
            strategy: "plain".to_owned(),
            market: MarketType::OverUnder,
            line_quarters: Some(10),
            outcome: 2,
            bookmaker: "B365".to_owned(),
            odds: 2.1,
            price_known_at: written,
            price_imputed: false,
            commission: 0.0,
            probability: 0.5,
            expected_value: 0.05,
            model: "touchline 1".to_owned(),
            forecast_as_of: written,
            stake: 1_000,
        };
        let settlement = PaperSettlement {
            bet: 1,
            score: Some(Score { home: 1, away: 0 }),
            settled: 1.0,
            profit: 1_100,
            closing_bookmaker: None,
            closing_probability: Some(0.5),
            closing_line_value: Some(0.05),
        };
        let entries = [
            NewPaperEntry { match_id: Some(id), content: PaperContent::Bet(bet.clone()) },
            NewPaperEntry { match_id: None, content: PaperContent::Settlement(settlement) },
            NewPaperEntry {
                match_id: Some(id),
                content: PaperContent::Bet(PaperBet { strategy: "other".to_owned(), ..bet }),
            },
        ];
        service.store.add_to_paper(0, written, &entries).await.unwrap();
        let all = service.get("/api/v1/paper").await;
        let sequences: Vec<_> =
            all.data()["bets"].as_array().unwrap().iter().map(|b| b["sequence"].clone()).collect();
        assert_eq!(sequences, [3, 1], "the latest first");
        let plain = service.get("/api/v1/paper?strategy=plain&limit=1").await;
        let data = plain.data();
        let bet = &data["bets"][0];
        assert_eq!(
            (&bet["selection"], &bet["line"], &bet["profit"]),
            (&"under".into(), &2.5.into(), &11.0.into())
        );
        assert_eq!(data["strategies"][0]["yield_on_stakes"], 1.1);
        assert!(data["notice"].as_str().unwrap().contains("lose"));
        let wrong = service.get("/api/v1/paper?limit=0").await;
        assert_eq!((wrong.status, wrong.error_code()), (400, "invalid_query"));
    }
}
