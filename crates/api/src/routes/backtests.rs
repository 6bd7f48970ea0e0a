//! Reports of backtests, as `touchline backtest` kept them.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, limit, text};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::BacktestId;
use touchline_learning::backtest::kept::{self, BacktestSummary, BestStrategy, ListedBacktest};
use touchline_learning::backtest::{
    Attribution, BacktestReport, EquityPoint, Luck, StrategyReport, StrategyResult, VerdictKind,
};
use touchline_models::metrics::Interval;
use utoipa::ToSchema;

/// Words that stand wherever profits do.
const NOTICE: &str = "The past is no promise: most strategies lose, and bookmakers limit those that do not. Stake only what you \
                      can do without.";

/// Which reports.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BacktestsQuery {
    /// Only reports before this one.
    before: Option<i64>,
    /// Most reports, the latest first: 1 to 200, 20 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// What of a report.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BacktestQuery {
    /// Name of the strategy whose bankroll and parts are told; the best by yield where none is given.
    #[param(example = "value-flat", max_length = 200)]
    strategy: Option<String>,
}

/// An estimate with an interval by match days.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IntervalItem {
    /// Of all match days.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Share of the resamples inside.
    pub level: f64,
}

impl From<Interval> for IntervalItem {
    fn from(i: Interval) -> Self {
        Self { estimate: i.estimate, low: i.low, high: i.high, level: i.level }
    }
}

/// The best strategy of a report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BestItem {
    /// Its name.
    pub name: String,
    /// Its bets.
    pub bets: usize,
    /// Profit over the stakes.
    #[schema(required = true)]
    pub yield_on_stakes: Option<IntervalItem>,
    /// Closing-line value; null where no closing line is held.
    #[schema(required = true)]
    pub closing_line_value: Option<IntervalItem>,
    /// Probability that the best of so many without merit looks as good (White's reality check); null for a single strategy.
    #[schema(required = true)]
    pub reality_check: Option<f64>,
    /// What it is worth: `no_evidence`, `loss`, `profit`, `best_of_many` and others.
    #[schema(example = "no_evidence")]
    pub verdict: VerdictName,
    /// The same in words.
    pub words: String,
}

impl From<BestStrategy> for BestItem {
    fn from(best: BestStrategy) -> Self {
        Self {
            name: best.name,
            bets: best.bets,
            yield_on_stakes: best.yield_on_stakes.map(IntervalItem::from),
            closing_line_value: best.closing_line_value.map(IntervalItem::from),
            reality_check: best.reality_check,
            verdict: best.verdict.into(),
            words: best.words,
        }
    }
}

/// What a strategy is evidence of.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum VerdictName {
    /// It made no bet.
    NoBets,
    /// It made too few to tell.
    TooFew,
    /// The interval of the yield lies above 0, and nothing speaks against it.
    Profit,
    /// It lies above 0, but the prices were no better than closing ones.
    ProfitWithoutClosingValue,
    /// It lies above 0, but most bets rest on prices that nobody knows to have stood.
    ProfitAtDoubtfulPrices,
    /// It lies above 0, but the best of as many without merit would look as good.
    BestOfMany,
    /// The yield may be luck, but the prices were better than closing ones.
    ClosingValueOnly,
    /// The yield may well be 0.
    NoEvidence,
    /// The interval of the yield lies below 0.
    Loss,
}

impl From<VerdictKind> for VerdictName {
    fn from(kind: VerdictKind) -> Self {
        match kind {
            VerdictKind::NoBets => Self::NoBets,
            VerdictKind::TooFew => Self::TooFew,
            VerdictKind::Profit => Self::Profit,
            VerdictKind::ProfitWithoutClosingValue => Self::ProfitWithoutClosingValue,
            VerdictKind::ProfitAtDoubtfulPrices => Self::ProfitAtDoubtfulPrices,
            VerdictKind::BestOfMany => Self::BestOfMany,
            VerdictKind::ClosingValueOnly => Self::ClosingValueOnly,
            VerdictKind::NoEvidence => Self::NoEvidence,
            VerdictKind::Loss => Self::Loss,
        }
    }
}

/// A report in a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestEntryItem {
    /// Its identifier.
    pub id: i64,
    /// When it was made first.
    pub made_at: DateTime<Utc>,
    /// First day of the matches.
    pub from: NaiveDate,
    /// Last day of the matches.
    pub to: NaiveDate,
    /// Codes of the leagues.
    pub leagues: Vec<String>,
    /// Matches that were forecast.
    pub matches: usize,
    /// Who forecast.
    pub forecaster: String,
    /// Whether matches are simulated.
    pub simulated: bool,
    /// Strategies and variants that ran.
    pub strategies: usize,
    /// Strategies that were refused.
    pub refused: usize,
    /// Variants that were tried in all.
    pub tried: usize,
    /// The best by yield; null where no strategy made a bet.
    #[schema(required = true)]
    pub best: Option<BestItem>,
}

impl From<ListedBacktest> for BacktestEntryItem {
    fn from(ListedBacktest { id, made_at, summary }: ListedBacktest) -> Self {
        Self::of(id, made_at, summary)
    }
}

impl BacktestEntryItem {
    fn of(id: BacktestId, made_at: DateTime<Utc>, s: BacktestSummary) -> Self {
        Self {
            id: id.0,
            made_at,
            from: s.from,
            to: s.to,
            leagues: s.leagues,
            matches: s.matches,
            forecaster: s.forecaster,
            simulated: s.simulated,
            strategies: s.strategies,
            refused: s.refused,
            tried: s.tried,
            best: s.best.map(BestItem::from),
        }
    }
}

/// Reports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestList {
    /// The latest first.
    pub items: Vec<BacktestEntryItem>,
    /// What `before` asks for the next page; null where there is none.
    #[schema(required = true)]
    pub next_before: Option<i64>,
    /// What to know before believing a profit.
    pub notice: &'static str,
}

/// The scorecard of a strategy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScorecardItem {
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Its bets.
    pub bets: usize,
    /// Match days with bets.
    pub days: usize,
    /// Money staked.
    pub staked: f64,
    /// Money won or lost.
    pub profit: f64,
    /// Profit over the stakes.
    #[schema(required = true)]
    pub yield_on_stakes: Option<IntervalItem>,
    /// Closing-line value; null where no closing line is held.
    #[schema(required = true)]
    pub closing_line_value: Option<IntervalItem>,
    /// Yield that the forecasts expected.
    #[schema(required = true)]
    pub expected_yield: Option<f64>,
    /// Mean probability that a bet had an edge at all.
    #[schema(required = true)]
    pub confidence: Option<f64>,
    /// Mean price.
    #[schema(required = true)]
    pub mean_odds: Option<f64>,
    /// Share of the bets whose price has an imputed time.
    #[schema(required = true)]
    pub imputed: Option<f64>,
    /// Money at the start.
    pub start: f64,
    /// Money at the end.
    pub end: f64,
    /// Largest fall from a high, as a share of it.
    pub max_drawdown: f64,
    /// Probability of falling to a tenth of the start on the same days drawn at random.
    #[schema(required = true)]
    pub ruin: Option<f64>,
    /// Bets that were wanted and not placed.
    pub not_placed: u64,
    /// What it is worth.
    pub verdict: VerdictName,
    /// The same in words.
    pub words: String,
}

impl From<&StrategyReport> for ScorecardItem {
    fn from(s: &StrategyReport) -> Self {
        Self {
            name: s.name.clone(),
            about: s.about.clone(),
            bets: s.bets,
            days: s.days,
            staked: s.staked,
            profit: s.profit,
            yield_on_stakes: s.yield_on_stakes.map(IntervalItem::from),
            closing_line_value: s.closing_line_value.map(IntervalItem::from),
            expected_yield: s.expected_yield,
            confidence: s.confidence,
            mean_odds: s.mean_odds,
            imputed: s.imputed,
            start: s.start,
            end: s.end,
            max_drawdown: s.max_drawdown,
            ruin: s.ruin,
            not_placed: s.refusals.bets(),
            verdict: s.verdict.kind.into(),
            words: s.verdict.words.clone(),
        }
    }
}

/// A strategy that did not run.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RefusedItem {
    /// Its name.
    pub name: String,
    /// Why, and what to do.
    pub reason: String,
}

/// How good the best would look by luck.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LuckItem {
    /// How many variants were tried, those before this run too.
    pub tried: usize,
    /// The strategy with the highest yield, of which all of this speaks.
    pub best: String,
    /// Probability that the best of so many without merit looks as good (White); null for a single strategy.
    #[schema(required = true)]
    pub reality_check: Option<f64>,
    /// The same by Hansen's test of superior predictive ability.
    #[schema(required = true)]
    pub superior_predictive_ability: Option<f64>,
    /// Sharpe ratio of the best per match day.
    pub sharpe_ratio: f64,
    /// The ratio that luck alone gives the best of so many.
    pub expected_best: f64,
    /// Probability that the true ratio exceeds it.
    pub deflated: f64,
}

impl From<&Luck> for LuckItem {
    fn from(luck: &Luck) -> Self {
        Self {
            tried: luck.tried,
            best: luck.best.clone(),
            reality_check: luck.reality_check.map(|check| check.p_value),
            superior_predictive_ability: luck.reality_check.map(|check| check.spa_p_value),
            sharpe_ratio: luck.deflated.ratio,
            expected_best: luck.deflated.expected_best,
            deflated: luck.deflated.probability,
        }
    }
}

/// The bankroll after a match day.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EquityItem {
    /// The day.
    pub day: NaiveDate,
    /// Money after its bets.
    pub bankroll: f64,
    /// What the same days drawn at random would have given: 5th percentile.
    pub drawn_low: f64,
    /// The middle one.
    pub drawn_median: f64,
    /// 95th percentile.
    pub drawn_high: f64,
}

impl From<&EquityPoint> for EquityItem {
    fn from(point: &EquityPoint) -> Self {
        let [drawn_low, drawn_median, drawn_high] = point.drawn;
        let day = DateTime::from_timestamp(point.day * 86_400, 0).unwrap_or_default().date_naive();
        Self { day, bankroll: point.bankroll, drawn_low, drawn_median, drawn_high }
    }
}

/// Some of the bets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartItem {
    /// Their name.
    pub part: String,
    /// How many.
    pub bets: usize,
    /// Money staked.
    pub staked: f64,
    /// Money won or lost.
    pub profit: f64,
    /// Profit over the stakes.
    pub yield_on_stakes: f64,
    /// Its standard error by match days; null for bets of a single day.
    #[schema(required = true)]
    pub standard_error: Option<f64>,
    /// Mean closing-line value.
    #[schema(required = true)]
    pub closing_line_value: Option<f64>,
}

/// The bets of a strategy in parts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartsItem {
    /// What the parts differ in: `market`, `league`, `bookmaker`, `price` or `age of price`.
    #[schema(example = "league")]
    pub by: String,
    /// The parts, which together are all bets.
    pub parts: Vec<PartItem>,
}

impl From<&Attribution> for PartsItem {
    fn from(of: &Attribution) -> Self {
        let part = |p: &touchline_learning::backtest::PartOfBets| PartItem {
            part: p.part.clone(),
            bets: p.bets,
            staked: p.staked,
            profit: p.profit,
            yield_on_stakes: p.yield_on_stakes,
            standard_error: p.standard_error.is_finite().then_some(p.standard_error),
            closing_line_value: p.closing_line_value,
        };
        Self { by: of.by.clone(), parts: of.parts.iter().map(part).collect() }
    }
}

/// One strategy in detail.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetailItem {
    /// Its name.
    pub strategy: String,
    /// The bankroll over its match days.
    pub equity: Vec<EquityItem>,
    /// Where the profit came from.
    pub parts: Vec<PartsItem>,
}

/// A report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BacktestItem {
    /// What a list says of it.
    #[serde(flatten)]
    pub entry: BacktestEntryItem,
    /// Matches with prices of a bookmaker that takes bets.
    pub priced: usize,
    /// Days after which the forecaster was fitted anew.
    pub refit_days: u16,
    /// Forecasts know nothing that happened later than so many minutes before kick-off.
    pub forecast_lead_minutes: i64,
    /// Every strategy that ran, in the order in which they were given.
    pub scorecards: Vec<ScorecardItem>,
    /// Strategies that did not run.
    pub refusals: Vec<RefusedItem>,
    /// How good the best would look by luck; null where no strategy made a bet.
    #[schema(required = true)]
    pub luck: Option<LuckItem>,
    /// One strategy in detail; null where none ran.
    #[schema(required = true)]
    pub detail: Option<DetailItem>,
    /// What to know before believing a profit.
    pub notice: &'static str,
}

/// Reports of backtests that are kept, the latest first.
#[utoipa::path(
    get, operation_id = "list_backtests", path = "/api/v1/backtests", tag = "bets", params(BacktestsQuery),
    responses(
        (status = 200, description = "Them; none where none is kept", body = Envelope<BacktestList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<BacktestsQuery>,
) -> Result<Data<BacktestList>, ApiError> {
    let most = limit(query.limit, 20, 1..=200)?;
    let (items, next) = kept::list(state.store(), query.before.map(BacktestId), most).await?;
    let items: Vec<BacktestEntryItem> = items.into_iter().map(BacktestEntryItem::from).collect();
    Ok(Data::of(BacktestList { items, next_before: next.map(|id| id.0), notice: NOTICE }))
}

/// One report of a backtest: the scorecards of all its strategies, and one strategy in detail.
#[utoipa::path(
    get, operation_id = "get_backtest", path = "/api/v1/backtests/{id}", tag = "bets",
    params(("id" = i64, Path, description = "Identifier of the report", minimum = 1), BacktestQuery),
    responses(
        (status = 200, description = "It", body = Envelope<BacktestItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such report, or no such strategy in it", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<BacktestQuery>,
) -> Result<Data<BacktestItem>, ApiError> {
    let name = text("strategy", query.strategy, 200)?;
    let id = BacktestId(id);
    let found = kept::one(state.store(), id).await?;
    let (made_at, report) = found
        .ok_or_else(|| ApiError::not_found("no_backtest", "no report of a backtest has this identifier"))?;
    let summary = BacktestSummary::of(&report);
    let detail = detail(&report, name.as_deref(), summary.best.as_ref())?;
    let refused = |result: &StrategyResult| match result {
        StrategyResult::Refused { name, reason } => {
            Some(RefusedItem { name: name.clone(), reason: reason.clone() })
        }
        StrategyResult::Ran(_) => None,
    };
    Ok(Data::of(BacktestItem {
        priced: report.priced,
        refit_days: report.refit_days,
        forecast_lead_minutes: report.forecast_lead_minutes,
        scorecards: report.strategies.iter().filter_map(|s| Some(s.report()?.into())).collect(),
        refusals: report.strategies.iter().filter_map(refused).collect(),
        luck: report.luck.as_ref().map(LuckItem::from),
        detail,
        notice: NOTICE,
        entry: BacktestEntryItem::of(id, made_at, summary),
    }))
}

fn detail(
    report: &BacktestReport,
    name: Option<&str>,
    best: Option<&BestStrategy>,
) -> Result<Option<DetailItem>, ApiError> {
    let ran = || report.strategies.iter().filter_map(StrategyResult::report);
    let wanted = match name {
        Some(name) => Some(ran().find(|s| s.name == name).ok_or_else(|| {
            ApiError::not_found("no_strategy", "no strategy of this report that ran is called so")
        })?),
        None => best.and_then(|best| ran().find(|s| s.name == best.name)),
    };
    Ok(wanted.map(|s| DetailItem {
        strategy: s.name.clone(),
        equity: s.equity.iter().map(EquityItem::from).collect(),
        parts: s.attribution.iter().map(PartsItem::from).collect(),
    }))
}

#[cfg(test)]
pub(crate) mod tests;
