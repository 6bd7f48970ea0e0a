//! The tables of the page.

use super::OUTCOMES;
use super::text::{escape, plus_minus, signed};
use crate::output::count;
use std::fmt::Write;
use touchline_learning::evaluate::{EvaluationReport, GroupReport};
use touchline_models::metrics::{Comparison, Summary};

/// A table from headings and rows of cells that are markup already; the first row is the forecaster under test
/// where `first` says so.
fn table(headings: &[String], rows: &[Vec<String>], first: bool) -> String {
    let mut out = String::from("<div class=\"scroll\"><table><thead><tr>");
    for heading in headings {
        let _ = write!(out, "<th>{heading}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for (n, row) in rows.iter().enumerate() {
        out.push_str(if first && n == 0 { "<tr class=\"first\">" } else { "<tr>" });
        for cell in row {
            let _ = write!(out, "<td>{cell}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}

fn headings(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn error(standard_error: f64, digits: usize) -> String {
    format!("<small>{}</small>", plus_minus(standard_error, digits))
}

fn level(s: &Summary, digits: usize) -> String {
    format!("{:.digits$}{}", s.value, error(s.standard_error, digits))
}

fn share(s: &Summary) -> String {
    format!("{:.1}%{}", s.value * 100.0, error(s.standard_error * 100.0, 1))
}

fn difference(c: &Comparison, digits: usize) -> String {
    format!("{}{}", signed(c.difference, digits), error(c.standard_error, digits))
}

fn probability(p: f64) -> String {
    if p < 0.001 { "&lt; 0.001".to_owned() } else { format!("{p:.3}") }
}

/// Pooled scores of every forecaster.
pub fn scores(report: &EvaluationReport) -> String {
    let rows: Vec<Vec<String>> = report
        .forecasters
        .iter()
        .map(|f| {
            let versus = f.first_minus_this.as_ref();
            let test = versus.and_then(|v| v.diebold_mariano);
            vec![
                escape(&f.name),
                count(f.scores.rps.matches as u64),
                level(&f.scores.rps, 5),
                level(&f.scores.log_loss, 4),
                level(&f.scores.brier, 4),
                share(&f.scores.accuracy),
                versus.map_or_else(String::new, |v| difference(&v.rps, 5)),
                versus.map_or_else(String::new, |v| difference(&v.log_loss, 4)),
                test.map_or_else(String::new, |t| probability(t.p_value)),
            ]
        })
        .collect();
    let names = [
        "forecaster",
        "matches",
        "RPS",
        "log loss",
        "Brier",
        "accuracy",
        "RPS, first minus this",
        "log loss, first minus this",
        "p",
    ];
    table(&headings(&names), &rows, true)
}

/// Calibration of every forecaster and outcome.
pub fn calibration(report: &EvaluationReport) -> String {
    let rows: Vec<Vec<String>> = report
        .forecasters
        .iter()
        .flat_map(|f| {
            f.reliability.iter().zip(OUTCOMES).map(|(r, outcome)| {
                vec![
                    escape(&f.name),
                    outcome.to_owned(),
                    count(r.bins.iter().map(|b| b.count as u64).sum()),
                    format!("{:.4}", r.calibration_error),
                    format!("{:.5}", r.score),
                    format!("{:.5}", r.miscalibration),
                    format!("{:.5}", r.discrimination),
                    format!("{:.5}", r.uncertainty),
                ]
            })
        })
        .collect();
    let names = [
        "forecaster",
        "outcome",
        "matches",
        "calibration error",
        "Brier score",
        "= miscalibration",
        "&minus; discrimination",
        "+ uncertainty",
    ];
    table(&headings(&names), &rows, false)
}

/// Scores by parts of the matches.
pub fn groups(what: &str, groups: &[GroupReport], report: &EvaluationReport) -> String {
    let learned = groups.iter().any(|g| g.learned_from.is_some());
    let mut names = vec![what.to_owned(), "matches".to_owned()];
    if learned {
        names.push("trained on".to_owned());
    }
    for (n, f) in report.forecasters.iter().enumerate() {
        let name = escape(&f.name);
        names.extend([format!("{name}: RPS"), format!("{name}: log loss"), format!("{name}: accuracy")]);
        if n > 0 {
            names.push(format!("RPS, first minus {name}"));
        }
    }
    let rows: Vec<Vec<String>> = groups
        .iter()
        .map(|g| {
            let mut row = vec![escape(&g.name), count(g.matches as u64)];
            if learned {
                row.push(g.learned_from.map_or_else(String::new, |n| count(n as u64)));
            }
            for (n, f) in g.forecasters.iter().enumerate() {
                row.extend([level(&f.rps, 4), level(&f.log_loss, 3), share(&f.accuracy)]);
                if n > 0 {
                    row.push(difference(&f.first_minus_this, 4));
                }
            }
            row
        })
        .collect();
    table(&names, &rows, false)
}

/// Errors of score forecasts.
pub fn goals(report: &EvaluationReport) -> String {
    let rows: Vec<Vec<String>> = report
        .forecasters
        .iter()
        .filter_map(|f| {
            let g = f.goals.as_ref()?;
            let against = |c: &Comparison| difference(c, 4);
            Some(vec![
                escape(&f.name),
                count(g.errors.rmse.matches as u64),
                level(&g.errors.rmse, 4),
                format!(
                    "{}{}",
                    signed(g.errors.home_bias.value, 3),
                    error(g.errors.home_bias.standard_error, 3)
                ),
                format!(
                    "{}{}",
                    signed(g.errors.away_bias.value, 3),
                    error(g.errors.away_bias.standard_error, 3)
                ),
                g.first_minus_this.as_ref().map_or_else(String::new, against),
            ])
        })
        .collect();
    let names = [
        "forecaster",
        "matches",
        "RMSE",
        "bias, home goals",
        "bias, away goals",
        "squared error, first minus this",
    ];
    table(&headings(&names), &rows, true)
}

/// Every book against the forecaster under test, or against the others.
pub fn market(report: &EvaluationReport, others: bool) -> String {
    let rows: Vec<Vec<String>> = report
        .market
        .iter()
        .flat_map(|book| {
            let wanted = book.forecasters.iter().enumerate().filter(|(n, _)| (*n > 0) == others);
            wanted.map(|(_, f)| {
                vec![
                    book.book.to_owned(),
                    escape(&f.name),
                    count(book.matches as u64),
                    level(&book.scores.rps, 5),
                    level(&f.scores.rps, 5),
                    difference(&f.minus_book, 5),
                    format!("{}%", signed(f.percent_above, 2)),
                    share(&book.scores.accuracy),
                    share(&f.scores.accuracy),
                ]
            })
        })
        .collect();
    let names = [
        "prices",
        "forecaster",
        "matches",
        "RPS of prices",
        "RPS of forecaster",
        "forecaster minus prices",
        "above",
        "accuracy of prices",
        "accuracy of forecaster",
    ];
    table(&headings(&names), &rows, false)
}
