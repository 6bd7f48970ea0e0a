//! What became of the data in a week, as one page.

use crate::text::{count, signed};
use askama::Template;
use touchline_quality::weekly::{Share, WeekReport};

/// Width and height of the drawing of scores.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;

/// The page of a week.
pub fn render_quality(report: &WeekReport) -> String {
    let overall = report.scores.iter().find(|score| score.table == "overall");
    let rows = report.scores.iter().map(|score| ScoreRow {
        table: &score.table,
        last: format!("{:.1}", score.last),
        lowest: format!("{:.1}", score.lowest),
        mean: format!("{:.1}", score.mean),
        change: score.mean_before.map_or_else(|| "-".to_owned(), |before| signed(score.mean - before, 1)),
    });
    let page = QualityPage {
        report,
        overall: overall.map_or_else(|| "-".to_owned(), |score| format!("{:.1}", score.last)),
        found: count(report.findings.iter().map(|kind| kind.count as usize).sum()),
        waiting: count(report.waiting as usize),
        missing: report.missing_matches.map_or_else(|| "-".to_owned(), |n| count(n as usize)),
        scores: rows.collect(),
        trend: (report.trend.len() > 1).then(|| TrendChart::new(report)),
        false_alarms: share(&report.false_alarms),
        false_alarms_long: share(&report.false_alarms_of_90_days),
        version: env!("CARGO_PKG_VERSION"),
    };
    page.render().expect("writing into a string does not fail, and neither does showing a number or a text")
}

/// A share with its sample, in words.
fn share(share: &Share) -> String {
    match (share.value(), share.interval) {
        (Some(value), Some([low, high])) => format!(
            "{} of {} ({:.0}%; the true share lies between {:.0}% and {:.0}% with a probability of 95%)",
            count(share.count as usize),
            count(share.of as usize),
            100.0 * value,
            100.0 * low,
            100.0 * high
        ),
        _ => "nobody decided about any, so that no rate can be given".to_owned(),
    }
}

#[derive(Template)]
#[template(path = "quality.html")]
struct QualityPage<'a> {
    report: &'a WeekReport,
    overall: String,
    found: String,
    waiting: String,
    missing: String,
    scores: Vec<ScoreRow<'a>>,
    trend: Option<TrendChart>,
    false_alarms: String,
    false_alarms_long: String,
    version: &'static str,
}

struct ScoreRow<'a> {
    table: &'a str,
    last: String,
    lowest: String,
    mean: String,
    change: String,
}

/// The mean score of each day.
#[derive(Template)]
#[template(path = "trend.svg")]
struct TrendChart {
    width: f64,
    height: f64,
    path: String,
    dots: Vec<TrendDot>,
    ticks: Vec<TrendTick>,
}

struct TrendDot {
    x: String,
    y: String,
    day: String,
    score: String,
}

struct TrendTick {
    y: String,
    label: String,
}

impl TrendChart {
    fn new(report: &WeekReport) -> Self {
        let (left, right, top, bottom) = (48.0, WIDTH - 24.0, 16.0, HEIGHT - 34.0);
        let low = report.trend.iter().map(|day| day.score).fold(100.0, f64::min).min(99.0).floor();
        let y_of = |score: f64| bottom - (score - low) / (100.0 - low) * (bottom - top);
        let last = (report.trend.len() - 1).max(1) as f64;
        let dots: Vec<TrendDot> = (0..)
            .zip(&report.trend)
            .map(|(n, day)| TrendDot {
                x: format!("{:.1}", left + f64::from(n) / last * (right - left)),
                y: format!("{:.1}", y_of(day.score)),
                day: day.day.format("%a %d").to_string(),
                score: format!("{:.1}", day.score),
            })
            .collect();
        let path = dots.iter().map(|dot| format!("{},{}", dot.x, dot.y)).collect::<Vec<_>>().join(" ");
        let tick = |score: f64| TrendTick { y: format!("{:.1}", y_of(score)), label: format!("{score:.0}") };
        Self { width: WIDTH, height: HEIGHT, path, dots, ticks: vec![tick(low), tick(100.0)] }
    }
}
