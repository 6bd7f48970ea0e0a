//! What stands on the page: an evaluation's figures as the texts, tables and charts of the templates.

use crate::charts::{Estimate, EstimateChart, ReliabilityChart};
use crate::tables::{self, Table};
use crate::text::{matches, plus_minus, signed};
use askama::Template;
use chrono::NaiveDate;
use touchline_learning::evaluate::{EvaluationReport, ForecasterReport, GroupReport};

/// Groups with fewer matches are left to the table: their whiskers would hide everybody else's.
const FEWEST_DRAWN: usize = 30;
/// Most groups in one chart.
const MOST_DRAWN: usize = 24;
pub(crate) const OUTCOMES: [&str; 3] = ["Home win", "Draw", "Away win"];

/// The page of some evaluations, made on a day. A report without forecasters, which no evaluation gives, is left out.
pub fn render(reports: &[EvaluationReport], made: NaiveDate) -> String {
    let page = Page {
        simulated: reports.iter().any(|r| r.simulated),
        sections: reports.iter().filter_map(section).collect(),
        version: env!("CARGO_PKG_VERSION"),
        made,
    };
    page.render().expect("writing into a string does not fail, and neither does showing a number or a text")
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    simulated: bool,
    sections: Vec<Section<'a>>,
    version: &'static str,
    made: NaiveDate,
}

/// One evaluation.
struct Section<'a> {
    name: &'a str,
    /// The forecaster under test.
    first: &'a str,
    matches: String,
    from: NaiveDate,
    to: NaiveDate,
    alarms: Vec<Alarm<'a>>,
    cards: Vec<Card>,
    scores: Table,
    differences: Option<EstimateChart>,
    off_by: String,
    panels: Vec<ReliabilityChart>,
    calibration: Table,
    parts: Option<Parts<'a>>,
    goals: Option<Table>,
    market: Option<Market>,
}

struct Alarm<'a> {
    forecaster: &'a str,
    book: &'a str,
}

/// A figure that is read first.
struct Card {
    title: &'static str,
    value: String,
    note: String,
}

/// The forecaster under test against its closest rival, in parts of the matches.
struct Parts<'a> {
    rival: &'a str,
    kinds: Vec<Part>,
}

struct Part {
    what: &'static str,
    chart: Option<EstimateChart>,
    left_out: usize,
    most_drawn: usize,
    table: Table,
}

struct Market {
    chart: EstimateChart,
    tested: Table,
    others: Option<Table>,
}

fn section(report: &EvaluationReport) -> Option<Section<'_>> {
    let first = report.forecasters.first()?;
    let alarms = report.leakage_alarms();
    Some(Section {
        name: &report.name,
        first: &first.name,
        matches: matches(report.matches),
        from: report.from,
        to: report.to,
        alarms: alarms.map(|(book, forecaster)| Alarm { forecaster, book: book.book }).collect(),
        cards: cards(report, first),
        scores: tables::scores(report),
        differences: differences(report, &first.name),
        off_by: format!("{:.1}", first.calibration_error * 100.0),
        panels: first.reliability.iter().zip(OUTCOMES).map(|(c, t)| ReliabilityChart::new(c, t)).collect(),
        calibration: tables::calibration(report),
        parts: parts(report, &first.name),
        goals: report.forecasters.iter().any(|f| f.goals.is_some()).then(|| tables::goals(report)),
        market: (!report.market.is_empty()).then(|| market(report, &first.name)),
    })
}

/// The forecaster that comes nearest to the first.
fn closest_rival(report: &EvaluationReport) -> Option<(usize, &ForecasterReport)> {
    let rivals = report.forecasters.iter().enumerate().skip(1);
    rivals.min_by(|(_, a), (_, b)| a.scores.rps.value.total_cmp(&b.scores.rps.value))
}

fn cards(report: &EvaluationReport, first: &ForecasterReport) -> Vec<Card> {
    let s = &first.scores;
    let card = |title, value, note| Card { title, value, note };
    let mut cards = vec![
        card(
            "RPS, smaller is better",
            format!("{:.4}", s.rps.value),
            format!("{}{}", first.name, plus_minus(s.rps.standard_error, 4)),
        ),
        card(
            "Log loss, smaller is better",
            format!("{:.4}", s.log_loss.value),
            plus_minus(s.log_loss.standard_error, 4),
        ),
        card(
            "Likeliest outcome happened",
            format!("{:.1}%", s.accuracy.value * 100.0),
            plus_minus(s.accuracy.standard_error * 100.0, 1),
        ),
    ];
    if let Some((_, rival)) = closest_rival(report)
        && let Some(versus) = &rival.first_minus_this
    {
        cards.push(card(
            "RPS against the closest rival",
            signed(versus.rps.difference, 5),
            format!("{}{}", rival.name, plus_minus(versus.rps.standard_error, 5)),
        ));
    }
    if let Some(goals) = &first.goals {
        cards.push(card(
            "Error of score forecasts (RMSE)",
            format!("{:.3}", goals.errors.rmse.value),
            format!("goals{}", plus_minus(goals.errors.rmse.standard_error, 3)),
        ));
    }
    cards
}

/// A chart, unless there is nothing to draw.
fn chart(rows: Vec<Estimate>, axis: String, description: String) -> Option<EstimateChart> {
    (!rows.is_empty()).then(|| EstimateChart::new(rows, axis, description))
}

fn differences(report: &EvaluationReport, first: &str) -> Option<EstimateChart> {
    let row = |f: &ForecasterReport| {
        let d = f.first_minus_this.as_ref()?.rps;
        let (value, standard_error) = (d.difference, d.standard_error);
        Some(Estimate { label: f.name.clone(), note: matches(d.matches), value, standard_error })
    };
    let axis = format!("RPS of {first} minus RPS of this forecaster");
    chart(report.forecasters.iter().filter_map(row).collect(), axis, "Paired differences in RPS".to_owned())
}

fn parts<'a>(report: &'a EvaluationReport, first: &str) -> Option<Parts<'a>> {
    let (index, rival) = closest_rival(report)?;
    let axis = format!("RPS of {first} minus RPS of {}", rival.name);
    let kinds = [("period", &report.folds), ("year", &report.years), ("league", &report.leagues)];
    // Folds that are the years say nothing twice.
    let told = |(what, groups): &(&str, &Vec<GroupReport>)| {
        groups.len() >= 2 && (*what != "year" || names(&report.years) != names(&report.folds))
    };
    let part = |(what, groups): (&'static str, &Vec<GroupReport>)| {
        let large = groups.iter().filter(|g| g.matches >= FEWEST_DRAWN).take(MOST_DRAWN);
        let row = |g: &GroupReport| {
            let d = g.forecasters[index].first_minus_this;
            let (value, standard_error) = (d.difference, d.standard_error);
            Estimate { label: g.name.clone(), note: matches(g.matches), value, standard_error }
        };
        let rows: Vec<Estimate> = large.map(row).collect();
        Part {
            what,
            left_out: groups.len() - rows.len(),
            most_drawn: MOST_DRAWN,
            chart: chart(rows, axis.clone(), format!("Paired differences by {what}")),
            table: tables::groups(what, groups, report),
        }
    };
    Some(Parts { rival: &rival.name, kinds: kinds.into_iter().filter(told).map(part).collect() })
}

fn names(groups: &[GroupReport]) -> Vec<&str> {
    groups.iter().map(|g| g.name.as_str()).collect()
}

fn market(report: &EvaluationReport, first: &str) -> Market {
    let books = report.market.iter().filter_map(|book| {
        let d = book.forecasters.first()?.minus_book;
        let (value, standard_error) = (d.difference, d.standard_error);
        Some(Estimate { label: book.book.to_owned(), note: matches(book.matches), value, standard_error })
    });
    let axis = format!("RPS of {first} minus RPS of the prices");
    Market {
        chart: EstimateChart::new(books.collect(), axis, "Paired differences to the market".to_owned()),
        tested: tables::market(report, false),
        others: (report.forecasters.len() > 1).then(|| tables::market(report, true)),
    }
}
