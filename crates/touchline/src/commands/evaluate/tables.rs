//! An evaluation on the terminal: the essential in a screen, more on demand.

use crate::cli::Part;
use crate::output::{self, count};
use touchline_learning::evaluate::{EvaluationReport, ForecasterReport, GroupReport, MarketComparison};
use touchline_models::metrics::{Comparison, MeanScore};

/// Prints the scores of every forecaster, their score forecasts, the market where it was asked for, and the parts.
pub fn print(report: &EvaluationReport, parts: &[Part]) {
    let simulated = if report.simulated { " - SIMULATED matches" } else { "" };
    output::line(format!("{} ({} matches){simulated}", report.name, count(report.matches as u64)));
    scores(report);
    goals(report);
    market(&report.market);
    for part in parts {
        match part {
            Part::Fold => groups("fold", &report.folds, report),
            Part::Year => groups("year", &report.years, report),
            Part::League => groups("league", &report.leagues, report),
        }
    }
}

fn level(s: &MeanScore, digits: usize) -> String {
    format!("{:.digits$} +- {:.digits$}", s.value, s.standard_error)
}

fn difference(c: &Comparison, digits: usize) -> String {
    format!("{:+.digits$} +- {:.digits$}", c.difference, c.standard_error)
}

fn scores(report: &EvaluationReport) {
    let first = report.forecasters.first().map_or("", |f| &f.name);
    let row = |f: &ForecasterReport| {
        let s = &f.scores;
        let versus = f.first_minus_this.as_ref();
        let test = versus.and_then(|v| v.diebold_mariano);
        vec![
            f.name.clone(),
            level(&s.rps, 5),
            level(&s.log_loss, 4),
            level(&s.brier, 4),
            level(&s.accuracy, 3),
            format!("{:.4}", f.calibration_error),
            versus.map_or_else(String::new, |v| difference(&v.rps, 5)),
            test.map_or_else(String::new, |t| format!("{:.3}", t.p_value)),
        ]
    };
    output::table(
        &[
            "forecaster",
            "RPS",
            "log loss",
            "Brier",
            "accuracy",
            "calibration",
            &format!("RPS of {first} minus this"),
            "DM p",
        ],
        &report.forecasters.iter().map(row).collect::<Vec<_>>(),
    );
}

fn goals(report: &EvaluationReport) {
    let rows: Vec<Vec<String>> = report
        .forecasters
        .iter()
        .filter_map(|f| {
            let g = f.goals.as_ref()?;
            Some(vec![
                f.name.clone(),
                level(&g.errors.rmse, 4),
                level(&g.errors.home_bias, 3),
                level(&g.errors.away_bias, 3),
                g.first_minus_this.as_ref().map_or_else(String::new, |c| difference(c, 4)),
            ])
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["goals", "RMSE", "home bias", "away bias", "squared error, first minus this"], &rows);
    }
}

/// Prints how the first forecaster compares with each book.
fn market(comparisons: &[MarketComparison]) {
    if comparisons.is_empty() {
        return;
    }
    let row = |c: &MarketComparison| {
        let model = c.forecasters.first()?;
        Some(vec![
            c.book.to_owned(),
            count(c.matches as u64),
            format!("{:.5}", c.scores.rps.value),
            format!("{:.5}", model.scores.rps.value),
            difference(&model.minus_book, 5),
            format!("{:+.2}%", model.percent_above),
            format!("{:.3}", c.scores.accuracy.value),
            format!("{:.3}", model.scores.accuracy.value),
        ])
    };
    let name = comparisons[0].forecasters.first().map_or("", |f| &f.name);
    output::table(
        &[
            "market (Shin)",
            "matches",
            "its RPS",
            &format!("{name}'s RPS"),
            &format!("{name} minus market"),
            "above",
            "its acc.",
            &format!("{name}'s acc."),
        ],
        &comparisons.iter().filter_map(row).collect::<Vec<_>>(),
    );
    for c in comparisons {
        for f in c.forecasters.iter().filter(|f| f.leakage_alarm) {
            output::line(format!(
                "LEAKAGE ALARM: {}'s accuracy {} beats {} by more than two standard errors; look for facts that were not known before kick-off",
                f.name, f.scores.accuracy, c.book
            ));
        }
    }
}

fn groups(what: &str, groups: &[GroupReport], report: &EvaluationReport) {
    let yardsticks = report.forecasters.get(1..).unwrap_or_default();
    let mut heading = vec![what.to_owned(), "matches".to_owned()];
    let learned = groups.iter().any(|g| g.learned_from.is_some());
    if learned {
        heading.push("trained on".to_owned());
    }
    heading.extend(["RPS", "log loss", "accuracy"].map(str::to_owned));
    heading.extend(yardsticks.iter().map(|f| format!("minus {}", f.name)));
    let row = |g: &GroupReport| {
        let first = g.forecasters.first()?;
        let mut row = vec![g.name.clone(), count(g.matches as u64)];
        row.extend(g.learned_from.map(|n| count(n as u64)));
        row.extend([
            level(&first.rps, 4),
            format!("{:.4}", first.log_loss.value),
            format!("{:.3}", first.accuracy.value),
        ]);
        row.extend(g.forecasters[1..].iter().map(|f| difference(&f.first_minus_this, 4)));
        Some(row)
    };
    let heading: Vec<&str> = heading.iter().map(String::as_str).collect();
    output::table(&heading, &groups.iter().filter_map(row).collect::<Vec<_>>());
}
