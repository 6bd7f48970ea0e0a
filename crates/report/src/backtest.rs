//! A backtest as one page: verdicts first, then figures, bankrolls over time and where profits came from.

use crate::charts::EquityChart;
use crate::tables::{self, Table};
use crate::text::{count, matches};
use askama::Template;
use chrono::NaiveDate;
use touchline_learning::backtest::{BacktestReport, Luck, StrategyReport, StrategyResult};

/// Strategies beyond so many, by yield, stand in the table alone.
const MOST_SECTIONS: usize = 20;

/// The page of a backtest, made on a day.
pub fn render_backtest(report: &BacktestReport, made: NaiveDate) -> String {
    let mut ran: Vec<&StrategyReport> = report.strategies.iter().filter_map(StrategyResult::report).collect();
    let level = |s: &StrategyReport| s.yield_on_stakes.map_or(f64::NEG_INFINITY, |i| i.estimate);
    ran.sort_by(|a, b| level(b).total_cmp(&level(a)));
    let page = BacktestPage {
        from: report.from,
        to: report.to,
        matches: matches(report.matches),
        priced: count(report.priced),
        leagues: report.leagues.join(", "),
        forecaster: &report.forecaster,
        refit_days: report.refit_days,
        lead_minutes: report.forecast_lead_minutes,
        simulated: report.simulated,
        strategies: tables::strategies(&ran),
        luck: report.luck.as_ref().filter(|luck| luck.tried > 1).map(luck),
        refused: report.strategies.iter().filter_map(refused).collect(),
        sections: ran.iter().take(MOST_SECTIONS).map(|s| section(s)).collect(),
        version: env!("CARGO_PKG_VERSION"),
        made,
    };
    page.render().expect("writing into a string does not fail, and neither does showing a number or a text")
}

#[derive(Template)]
#[template(path = "backtest.html")]
struct BacktestPage<'a> {
    from: NaiveDate,
    to: NaiveDate,
    matches: String,
    priced: String,
    leagues: String,
    forecaster: &'a str,
    refit_days: u16,
    lead_minutes: i64,
    simulated: bool,
    strategies: Table,
    luck: Option<LuckWords<'a>>,
    refused: Vec<RefusedStrategy<'a>>,
    sections: Vec<StrategySection<'a>>,
    version: &'static str,
    made: NaiveDate,
}

struct LuckWords<'a> {
    tried: String,
    best: &'a str,
    check: Option<String>,
    deflated: String,
}

struct RefusedStrategy<'a> {
    name: &'a str,
    reason: &'a str,
}

struct StrategySection<'a> {
    name: &'a str,
    about: &'a str,
    verdict: &'a str,
    notes: Vec<String>,
    equity: Option<EquityChart>,
    parts: Vec<StrategyPart<'a>>,
}

struct StrategyPart<'a> {
    by: &'a str,
    table: Table,
}

fn luck(luck: &Luck) -> LuckWords<'_> {
    let check = luck.reality_check.as_ref().map(|check| {
        format!(
            "{:.3} (reality check) and {:.3} (superior predictive ability)",
            check.p_value, check.spa_p_value
        )
    });
    LuckWords {
        tried: count(luck.tried),
        best: &luck.best,
        check,
        deflated: format!("{:.3}", luck.deflated.probability),
    }
}

fn refused(result: &StrategyResult) -> Option<RefusedStrategy<'_>> {
    match result {
        StrategyResult::Refused { name, reason } => Some(RefusedStrategy { name, reason }),
        StrategyResult::Ran(_) => None,
    }
}

fn section(report: &StrategyReport) -> StrategySection<'_> {
    let percent = |x: f64| format!("{:.0}%", 100.0 * x);
    let mut notes = Vec::new();
    if let Some(imputed) = report.imputed.filter(|share| *share > 0.0) {
        notes.push(format!("{} of the bets rest on imputed times of prices", percent(imputed)));
    }
    if let Some([median, late]) = report.price_age_hours {
        notes
            .push(format!("prices were {median:.0} hours old at the decision (median; 90% below {late:.0})"));
    }
    if let Some(confidence) = report.confidence {
        notes.push(format!("confidence that a bet had an edge: {}", percent(confidence)));
    }
    if let (Some(ruin), Some(halving)) = (report.ruin, report.halving) {
        let (ruin, halving) = (percent(ruin), percent(halving));
        notes.push(format!(
            "on the same days drawn at random: ruin {ruin}, half of the bankroll lost {halving}"
        ));
    }
    let refused = report.refusals.bets();
    if refused > 0 {
        notes.push(format!("{} bets were wanted and not placed", count(refused as usize)));
    }
    StrategySection {
        name: &report.name,
        about: &report.about,
        verdict: &report.verdict.words,
        notes,
        equity: (report.equity.len() > 1).then(|| EquityChart::new(report.start, &report.equity)),
        parts: report
            .attribution
            .iter()
            .filter(|a| !a.parts.is_empty())
            .map(|a| StrategyPart { by: &a.by, table: tables::parts_of_bets(a) })
            .collect(),
    }
}
