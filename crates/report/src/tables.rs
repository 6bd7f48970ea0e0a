//! The tables of the page.

use crate::page::OUTCOMES;
use crate::text::{count, plus_minus, signed};
use askama::Template;
use touchline_learning::backtest::{Attribution, PartOfBets, StrategyReport};
use touchline_learning::evaluate::{EvaluationReport, GroupReport};
use touchline_models::metrics::{Comparison, Interval, MeanScore};

/// A table from headings and rows of cells.
#[derive(Template)]
#[template(path = "table.html")]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<Cell>>,
    /// The first row is the forecaster under test.
    first_is_tested: bool,
}

/// A figure or a name, and a standard error where it has one.
#[derive(Default)]
struct Cell {
    text: String,
    error: String,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, error: String::new() }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

fn table(headings: &[&str], rows: Vec<Vec<Cell>>, first_is_tested: bool) -> Table {
    Table { headings: headings.iter().map(|n| (*n).to_owned()).collect(), rows, first_is_tested }
}

fn number(n: usize) -> Cell {
    count(n).into()
}

fn level(s: &MeanScore, digits: usize) -> Cell {
    Cell { text: format!("{:.digits$}", s.value), error: plus_minus(s.standard_error, digits) }
}

fn signed_level(s: &MeanScore, digits: usize) -> Cell {
    Cell { text: signed(s.value, digits), error: plus_minus(s.standard_error, digits) }
}

fn share(s: &MeanScore) -> Cell {
    Cell { text: format!("{:.1}%", s.value * 100.0), error: plus_minus(s.standard_error * 100.0, 1) }
}

fn difference(c: &Comparison, digits: usize) -> Cell {
    Cell { text: signed(c.difference, digits), error: plus_minus(c.standard_error, digits) }
}

fn probability(p: f64) -> Cell {
    if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}").into() }
}

/// Pooled scores of every forecaster.
pub fn scores(report: &EvaluationReport) -> Table {
    let rows: Vec<Vec<Cell>> = report
        .forecasters
        .iter()
        .map(|f| {
            let versus = f.first_minus_this.as_ref();
            let test = versus.and_then(|v| v.diebold_mariano);
            vec![
                f.name.as_str().into(),
                number(f.scores.rps.matches),
                level(&f.scores.rps, 5),
                level(&f.scores.log_loss, 4),
                level(&f.scores.brier, 4),
                share(&f.scores.accuracy),
                versus.map_or_else(Cell::default, |v| difference(&v.rps, 5)),
                versus.map_or_else(Cell::default, |v| difference(&v.log_loss, 4)),
                test.map_or_else(Cell::default, |t| probability(t.p_value)),
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
    table(&names, rows, true)
}

/// Calibration of every forecaster and outcome.
pub fn calibration(report: &EvaluationReport) -> Table {
    let rows: Vec<Vec<Cell>> = report
        .forecasters
        .iter()
        .flat_map(|f| {
            f.reliability.iter().zip(OUTCOMES).map(|(r, outcome)| {
                vec![
                    f.name.as_str().into(),
                    outcome.into(),
                    number(r.bins.iter().map(|b| b.count).sum()),
                    format!("{:.4}", r.calibration_error).into(),
                    format!("{:.5}", r.score).into(),
                    format!("{:.5}", r.miscalibration).into(),
                    format!("{:.5}", r.discrimination).into(),
                    format!("{:.5}", r.uncertainty).into(),
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
        "− discrimination",
        "+ uncertainty",
    ];
    table(&names, rows, false)
}

/// Scores by parts of the matches.
pub fn groups(what: &str, groups: &[GroupReport], report: &EvaluationReport) -> Table {
    let learned = groups.iter().any(|g| g.learned_from.is_some());
    let mut names = vec![what.to_owned(), "matches".to_owned()];
    if learned {
        names.push("trained on".to_owned());
    }
    for (n, f) in report.forecasters.iter().enumerate() {
        let name = &f.name;
        names.extend([format!("{name}: RPS"), format!("{name}: log loss"), format!("{name}: accuracy")]);
        if n > 0 {
            names.push(format!("RPS, first minus {name}"));
        }
    }
    let rows: Vec<Vec<Cell>> = groups
        .iter()
        .map(|g| {
            let mut row: Vec<Cell> = vec![g.name.as_str().into(), number(g.matches)];
            if learned {
                row.push(g.learned_from.map_or_else(Cell::default, number));
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
    Table { headings: names, rows, first_is_tested: false }
}

/// Errors of score forecasts.
pub fn goals(report: &EvaluationReport) -> Table {
    let rows: Vec<Vec<Cell>> = report
        .forecasters
        .iter()
        .filter_map(|f| {
            let g = f.goals.as_ref()?;
            let against = |c: &Comparison| difference(c, 4);
            Some(vec![
                f.name.as_str().into(),
                number(g.errors.rmse.matches),
                level(&g.errors.rmse, 4),
                signed_level(&g.errors.home_bias, 3),
                signed_level(&g.errors.away_bias, 3),
                g.first_minus_this.as_ref().map_or_else(Cell::default, against),
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
    table(&names, rows, true)
}

/// Every book against the forecaster under test, or against the others.
pub fn market(report: &EvaluationReport, others: bool) -> Table {
    let rows: Vec<Vec<Cell>> = report
        .market
        .iter()
        .flat_map(|book| {
            let wanted = book.forecasters.iter().enumerate().filter(|(n, _)| (*n > 0) == others);
            wanted.map(|(_, f)| {
                vec![
                    book.book.into(),
                    f.name.as_str().into(),
                    number(book.matches),
                    level(&book.scores.rps, 5),
                    level(&f.scores.rps, 5),
                    difference(&f.minus_book, 5),
                    format!("{}%", signed(f.percent_above, 2)).into(),
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
    table(&names, rows, false)
}

fn percent(x: f64) -> String {
    format!("{}%", signed(100.0 * x, 1))
}

fn interval(interval: Option<&Interval>) -> Cell {
    interval.map_or_else(Cell::default, |i| Cell {
        text: percent(i.estimate),
        error: format!(" {} to {}", percent(i.low), percent(i.high)),
    })
}

/// Every strategy of a backtest in a line.
pub fn strategies(ran: &[&StrategyReport]) -> Table {
    let optional = |x: Option<f64>| x.map_or_else(Cell::default, |x| percent(x).into());
    let row = |s: &&StrategyReport| {
        vec![
            s.name.as_str().into(),
            number(s.bets),
            signed(s.profit, 0).into(),
            interval(s.yield_on_stakes.as_ref()),
            interval(s.closing_line_value.as_ref()),
            optional(s.expected_yield),
            format!("{:.1}%", 100.0 * s.max_drawdown).into(),
            s.ruin.map_or_else(Cell::default, |ruin| format!("{:.1}%", 100.0 * ruin).into()),
        ]
    };
    let names =
        ["strategy", "bets", "profit", "yield", "closing-line value", "expected", "largest drawdown", "ruin"];
    table(&names, ran.iter().map(row).collect(), false)
}

/// The bets of a strategy in parts.
pub fn parts_of_bets(attribution: &Attribution) -> Table {
    let row = |p: &PartOfBets| {
        vec![
            p.part.as_str().into(),
            number(p.bets),
            format!("{:.0}", p.staked).into(),
            signed(p.profit, 0).into(),
            Cell { text: percent(p.yield_on_stakes), error: plus_minus(100.0 * p.standard_error, 1) },
            p.closing_line_value.map_or_else(Cell::default, |value| percent(value).into()),
        ]
    };
    let names = [attribution.by.as_str(), "bets", "staked", "profit", "yield", "closing-line value"];
    table(&names, attribution.parts.iter().map(row).collect(), false)
}
