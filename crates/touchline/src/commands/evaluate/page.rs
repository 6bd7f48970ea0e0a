//! An evaluation as one HTML file that needs nothing beside it: no script, no font, no network. It is written for
//! somebody who has never heard of the program: every figure says what it means, how many matches it rests on and
//! how far luck alone could move it.

mod charts;
mod tables;
mod text;

use crate::output::count;
use charts::{Estimate, estimates, reliability};
use chrono::NaiveDate;
use std::fmt::Write;
use text::{escape, plus_minus, signed};
use touchline_learning::evaluate::{EvaluationReport, ForecasterReport, GroupReport};

const STYLE: &str = include_str!("page/style.css");
/// Groups with fewer matches are left to the table: their whiskers would hide everybody else's.
const FEWEST_DRAWN: usize = 30;
/// Most groups in one chart.
const MOST_DRAWN: usize = 24;
const OUTCOMES: [&str; 3] = ["Home win", "Draw", "Away win"];

/// The page of some evaluations, made on a day.
pub fn render(reports: &[EvaluationReport], made: NaiveDate) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>How good are the forecasts?</title><style>{STYLE}</style>\
         </head><body><header><h1>How good are the forecasts?</h1>\
         <p class=\"lead\">Football matches of the past, forecast from nothing but what was known before them, set \
         against what happened.</p>"
    );
    if reports.iter().any(|r| r.simulated) {
        out.push_str("<p class=\"notice\">Some of these matches are <strong>simulated</strong>: the figures say how the program works, not how well it forecasts football.</p>");
    }
    if reports.len() > 1 {
        let links =
            reports.iter().enumerate().map(|(n, r)| format!("<a href=\"#e{n}\">{}</a>", escape(&r.name)));
        let _ = write!(out, "<nav>{}</nav>", links.collect::<String>());
    }
    out.push_str("</header><main>");
    out.push_str(GLOSSARY);
    for (n, report) in reports.iter().enumerate() {
        let _ = write!(
            out,
            "<section id=\"e{n}\"><h2>{}</h2><p class=\"lead\">{}, {} to {}.</p>",
            escape(&report.name),
            matches(report.matches),
            report.from,
            report.to
        );
        alarms(&mut out, report);
        cards(&mut out, report);
        ranking(&mut out, report);
        calibration(&mut out, report);
        parts(&mut out, report);
        goals(&mut out, report);
        market(&mut out, report);
        out.push_str("</section>");
    }
    let _ = write!(
        out,
        "</main><footer>Made by touchline {} on {made}. The JSON file beside this page holds every figure in full \
         precision.</footer></body></html>",
        env!("CARGO_PKG_VERSION")
    );
    out.push('\n');
    out
}

const GLOSSARY: &str = "<details open><summary>How to read this page</summary><dl>\
<dt>Forecast</dt><dd>Three probabilities: home win, draw, away win. Every forecaster answers the same matches, and \
none has seen a result that was not known at the time.</dd>\
<dt>RPS</dt><dd>Ranked probability score: how far the probabilities were from what happened, 0 perfect, 1 worst. \
League averages score about 0.23, bookmakers about 0.20. Small differences matter: 0.001 is a good step.</dd>\
<dt>Log loss</dt><dd>Minus the logarithm of the probability given to what happened; smaller is better. Even chances score 1.099.</dd>\
<dt>Accuracy</dt><dd>How often the likeliest outcome happened.</dd>\
<dt>&plusmn; and whiskers</dt><dd>After &plusmn; stands one standard error: how far luck alone typically moves the figure. Whiskers reach two, \
which covers about 95%. A difference within its whisker may be luck.</dd>\
<dt>Paired difference</dt><dd>Two forecasters compared match by match. The luck of the results is common to both and \
cancels, so this is far more certain than comparing two levels.</dd>\
<dt>p (Diebold&ndash;Mariano)</dt><dd>How likely a difference at least this large is if both are equally good, allowing \
for matches of the same days sharing luck.</dd></dl></details>";

fn alarms(out: &mut String, report: &EvaluationReport) {
    for (book, forecaster) in report.leakage_alarms() {
        let _ = write!(
            out,
            "<p class=\"notice\"><strong>Leakage alarm.</strong> {} is right more often than {} by more than two standard \
             errors. No honest forecast does that: look for facts that were not known before kick-off.</p>",
            escape(forecaster),
            book.book
        );
    }
}

/// The forecaster that comes nearest to the first.
fn closest_rival(report: &EvaluationReport) -> Option<(usize, &ForecasterReport)> {
    let rivals = report.forecasters.iter().enumerate().skip(1);
    rivals.min_by(|(_, a), (_, b)| a.scores.rps.value.total_cmp(&b.scores.rps.value))
}

fn cards(out: &mut String, report: &EvaluationReport) {
    let Some(first) = report.forecasters.first() else { return };
    let s = &first.scores;
    out.push_str("<div class=\"cards\">");
    let mut card = |title: &str, value: String, note: String| {
        let _ =
            write!(out, "<div class=\"card\"><span>{title}</span><b>{value}</b><span>{note}</span></div>");
    };
    let name = escape(&first.name);
    card(
        "RPS, smaller is better",
        format!("{:.4}", s.rps.value),
        format!("{name}{}", plus_minus(s.rps.standard_error, 4)),
    );
    card(
        "Log loss, smaller is better",
        format!("{:.4}", s.log_loss.value),
        plus_minus(s.log_loss.standard_error, 4),
    );
    card(
        "Likeliest outcome happened",
        format!("{:.1}%", s.accuracy.value * 100.0),
        plus_minus(s.accuracy.standard_error * 100.0, 1),
    );
    if let Some((_, rival)) = closest_rival(report)
        && let Some(versus) = &rival.first_minus_this
    {
        card(
            "RPS against the closest rival",
            signed(versus.rps.difference, 5),
            format!("{}{}", escape(&rival.name), plus_minus(versus.rps.standard_error, 5)),
        );
    }
    if let Some(goals) = &first.goals {
        card(
            "Error of score forecasts (RMSE)",
            format!("{:.3}", goals.errors.rmse.value),
            format!("goals{}", plus_minus(goals.errors.rmse.standard_error, 3)),
        );
    }
    out.push_str("</div>");
}

fn figure(out: &mut String, svg: &str, caption: &str) {
    let _ = write!(out, "<figure>{svg}<figcaption>{caption}</figcaption></figure>");
}

fn matches(n: usize) -> String {
    if n == 1 { "1 match".to_owned() } else { format!("{} matches", count(n as u64)) }
}

fn ranking(out: &mut String, report: &EvaluationReport) {
    let Some(first) = report.forecasters.first() else { return };
    let name = escape(&first.name);
    let _ = write!(
        out,
        "<h3>Who forecasts best?</h3><p><strong>{name}</strong> is the forecaster under test; the others are \
         what it has to beat.</p>"
    );
    out.push_str(&tables::scores(report));
    let rows: Vec<Estimate> = report
        .forecasters
        .iter()
        .filter_map(|f| {
            let d = f.first_minus_this.as_ref()?.rps;
            Some(Estimate {
                label: f.name.clone(),
                note: matches(d.matches),
                value: d.difference,
                standard_error: d.standard_error,
            })
        })
        .collect();
    if !rows.is_empty() {
        let axis = format!("RPS of {} minus RPS of this forecaster", first.name);
        let caption = format!(
            "Left of the line: {name} is better. Whiskers reach two standard errors; a hollow dot may be luck."
        );
        figure(out, &estimates(&rows, true, &axis, "Paired differences in RPS"), &caption);
    }
}

fn calibration(out: &mut String, report: &EvaluationReport) {
    let Some(first) = report.forecasters.first() else { return };
    let _ = write!(
        out,
        "<h3>Do the probabilities mean what they say?</h3><p>When {} says 30%, it should happen in 30 of 100 cases: \
         dots on the dashed line. On average they are {:.1} percentage points off; with samples of this size some of \
         that is luck, as the whiskers show.</p><figure><div class=\"panels\">",
        escape(&first.name),
        first.calibration_error * 100.0
    );
    for (curve, title) in first.reliability.iter().zip(OUTCOMES) {
        out.push_str(&reliability(curve, title));
    }
    let _ = write!(
        out,
        "</div><figcaption>Share that happened against forecast probability, {} in ten bins of equal size; whiskers \
         of two standard errors. The thin line is the monotone recalibration that fits best (CORP).</figcaption></figure>",
        matches(report.matches)
    );
    let _ = write!(
        out,
        "<details><summary>Calibration of every forecaster</summary>{}</details>",
        tables::calibration(report)
    );
}

fn parts(out: &mut String, report: &EvaluationReport) {
    let Some((index, rival)) = closest_rival(report) else { return };
    let first = &report.forecasters[0].name;
    let _ = write!(
        out,
        "<h3>Where is it better, and where not?</h3><p>{} against its closest rival, {}, in parts of the matches. Small \
         parts scatter widely: read the whiskers before the dots.</p>",
        escape(first),
        escape(&rival.name)
    );
    for (what, groups) in [("period", &report.folds), ("year", &report.years), ("league", &report.leagues)] {
        // Folds that are the years say nothing twice.
        if groups.len() < 2 || (what == "year" && names(&report.years) == names(&report.folds)) {
            continue;
        }
        drawn(out, what, groups, index, &format!("RPS of {first} minus RPS of {}", rival.name));
        let _ = write!(
            out,
            "<details><summary>All figures by {what}</summary>{}</details>",
            tables::groups(what, groups, report)
        );
    }
}

fn names(groups: &[GroupReport]) -> Vec<&str> {
    groups.iter().map(|g| g.name.as_str()).collect()
}

fn drawn(out: &mut String, what: &str, groups: &[GroupReport], index: usize, axis: &str) {
    let large = groups.iter().filter(|g| g.matches >= FEWEST_DRAWN);
    let rows: Vec<Estimate> = large
        .take(MOST_DRAWN)
        .map(|g| {
            let d = g.forecasters[index].first_minus_this;
            Estimate {
                label: g.name.clone(),
                note: matches(g.matches),
                value: d.difference,
                standard_error: d.standard_error,
            }
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let left_out = groups.len() - rows.len();
    let more = if left_out > 0 {
        format!(" {left_out} more (the smallest, or beyond {MOST_DRAWN}) are in the table.")
    } else {
        String::new()
    };
    let caption = format!("By {what}; left of the line the forecaster under test is better.{more}");
    figure(out, &estimates(&rows, true, axis, &format!("Paired differences by {what}")), &caption);
}

fn goals(out: &mut String, report: &EvaluationReport) {
    if report.forecasters.iter().all(|f| f.goals.is_none()) {
        return;
    }
    out.push_str(
        "<h3>Score forecasts</h3><p>Expected goals of both sides against the goals scored. RMSE is the root of the mean over \
         matches of (home error)&sup2; + (away error)&sup2;, as in the 2023 Soccer Prediction Challenge. Goals are so much luck that \
         even exact means would leave an error of about 1.6.</p>",
    );
    out.push_str(&tables::goals(report));
}

fn market(out: &mut String, report: &EvaluationReport) {
    let Some(first) = report.forecasters.first().filter(|_| !report.market.is_empty()) else { return };
    let name = escape(&first.name);
    let _ = write!(
        out,
        "<h3>Against the market</h3><p>Bookmakers' prices, their margin taken out by Shin's method, are the hardest \
         yardstick there is. <em>Closing</em> prices stand at kick-off and know the line-ups; <em>pre-match</em> \
         prices were gathered days before.</p>"
    );
    let rows: Vec<Estimate> = report
        .market
        .iter()
        .filter_map(|book| {
            let d = book.forecasters.first()?.minus_book;
            Some(Estimate {
                label: book.book.to_owned(),
                note: matches(book.matches),
                value: d.difference,
                standard_error: d.standard_error,
            })
        })
        .collect();
    let axis = format!("RPS of {} minus RPS of the prices", first.name);
    let caption = format!(
        "Left of the line: {name} is better than the prices. Each book on the matches that it priced."
    );
    figure(out, &estimates(&rows, true, &axis, "Paired differences to the market"), &caption);
    out.push_str(&tables::market(report, false));
    if report.forecasters.len() > 1 {
        let others = tables::market(report, true);
        let _ = write!(
            out,
            "<details><summary>The other forecasters against the market</summary>{others}</details>"
        );
    }
    if report.leakage_alarms().next().is_none() {
        out.push_str("<p class=\"hint\">Leakage check: no forecaster is right more often than closing prices by two standard errors.</p>");
    }
}

#[cfg(test)]
mod tests;
