//! A backtest on the terminal.

use crate::output::{self, count};
use touchline_learning::backtest::{BacktestReport, PartOfBets, StrategyReport, StrategyResult};
use touchline_models::metrics::Interval;

/// More strategies than this are shown by their best only.
const MOST_ROWS: usize = 40;

/// Prints what was bet on, every strategy in a line, the verdicts, and for a single strategy where its profit came from.
pub fn print(report: &BacktestReport) {
    let simulated = if report.simulated { " - SIMULATED matches" } else { "" };
    output::line(format!(
        "{} to {}: {} matches, {} with prices, of {}{simulated}",
        report.from,
        report.to,
        count(report.matches as u64),
        count(report.priced as u64),
        report.leagues.join(", ")
    ));
    output::line(format!(
        "forecasts: {}, fitted anew every {} days, from what was known {} before kick-off",
        report.forecaster,
        report.refit_days,
        lead(report.forecast_lead_minutes)
    ));
    let mut ran: Vec<&StrategyReport> = report.strategies.iter().filter_map(StrategyResult::report).collect();
    let hidden = ran.len().saturating_sub(MOST_ROWS);
    if hidden > 0 {
        let level = |s: &StrategyReport| s.yield_on_stakes.map_or(f64::NEG_INFINITY, |i| i.estimate);
        ran.sort_by(|a, b| level(b).total_cmp(&level(a)));
        ran.truncate(MOST_ROWS);
    }
    strategies(&ran);
    if hidden > 0 {
        output::line(format!("... and {hidden} more with lower yields; --json prints all"));
    }
    output::line("");
    for strategy in &ran {
        output::line(format!("{}: {}", strategy.name, strategy.verdict.words));
        notes(strategy);
    }
    for result in &report.strategies {
        if let StrategyResult::Refused { name, reason } = result {
            output::line(format!("{name}: REFUSED: {reason}"));
        }
    }
    luck(report);
    if let [only] = ran.as_slice() {
        parts(only);
    }
    output::line("");
    output::line(
        "The past is no promise; stake nothing that is needed elsewhere. If betting stops being a game, stop.",
    );
}

fn lead(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "a minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (1, 0) => "an hour".to_owned(),
        (hours, 0) => format!("{hours} hours"),
        (hours, minutes) => format!("{hours} hours {minutes} minutes"),
    }
}

fn percent(x: f64) -> String {
    format!("{:+.1}%", 100.0 * x)
}

fn interval(interval: Option<&Interval>) -> String {
    interval.map_or_else(String::new, |i| {
        format!("{} ({} to {})", percent(i.estimate), percent(i.low), percent(i.high))
    })
}

fn share(x: Option<f64>) -> String {
    x.map_or_else(String::new, |x| format!("{:.1}%", 100.0 * x))
}

fn strategies(ran: &[&StrategyReport]) {
    let row = |s: &&StrategyReport| {
        vec![
            s.name.clone(),
            count(s.bets as u64),
            format!("{:.0}", s.staked),
            format!("{:+.0}", s.profit),
            interval(s.yield_on_stakes.as_ref()),
            interval(s.closing_line_value.as_ref()),
            share(s.expected_yield),
            share(Some(s.max_drawdown)),
            share(s.ruin),
        ]
    };
    let rows: Vec<Vec<String>> = ran.iter().map(row).collect();
    output::table(
        &[
            "strategy",
            "bets",
            "staked",
            "profit",
            "yield (95%)",
            "closing-line value (95%)",
            "expected",
            "drawdown",
            "ruin",
        ],
        &rows,
    );
}

/// What a reader must know beside the figures.
fn notes(strategy: &StrategyReport) {
    let mut notes = Vec::new();
    if let Some(imputed) = strategy.imputed.filter(|share| *share > 0.0) {
        notes.push(format!("{:.0}% of the bets rest on imputed times of prices", 100.0 * imputed));
    }
    if let Some([median, late]) = strategy.price_age_hours {
        notes.push(format!("prices were {median:.0} h old (median; 90% below {late:.0} h)"));
    }
    let refused = strategy.refusals.bets();
    if refused > 0 {
        notes.push(format!("{} bets were wanted and not placed", count(refused)));
    }
    if let Some(confidence) = strategy.confidence {
        notes.push(format!("confidence of the edge {:.0}%", 100.0 * confidence));
    }
    if strategy.stopped_at.is_some() {
        notes.push("a stop rule ended it".to_owned());
    }
    if !notes.is_empty() {
        output::line(format!("  {}", notes.join("; ")));
    }
}

fn luck(report: &BacktestReport) {
    let Some(luck) = report.luck.as_ref().filter(|luck| luck.tried > 1) else { return };
    output::line("");
    output::line(format!(
        "{} variants were tried; the best by yield is {}",
        count(luck.tried as u64),
        luck.best
    ));
    if let Some(check) = &luck.reality_check {
        output::line(format!(
            "  if none had merit, the best would look as good with probability {:.3} (reality check; SPA {:.3})",
            check.p_value, check.spa_p_value
        ));
    }
    output::line(format!(
        "  Sharpe ratio per match day {:+.3}; luck alone gives the best of so many {:+.3}; deflated {:.3}",
        luck.deflated.ratio, luck.deflated.expected_best, luck.deflated.probability
    ));
}

fn parts(strategy: &StrategyReport) {
    for attribution in &strategy.attribution {
        let row = |p: &PartOfBets| {
            vec![
                p.part.clone(),
                count(p.bets as u64),
                format!("{:.0}", p.staked),
                format!("{:+.0}", p.profit),
                format!("{} +- {:.1}%", percent(p.yield_on_stakes), 100.0 * p.standard_error),
                p.closing_line_value.map_or_else(String::new, percent),
            ]
        };
        let rows: Vec<Vec<String>> = attribution.parts.iter().map(row).collect();
        output::line("");
        output::table(
            &[attribution.by.as_str(), "bets", "staked", "profit", "yield", "closing-line value"],
            &rows,
        );
    }
}
