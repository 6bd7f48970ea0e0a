//! Charts as inline SVG: no script, no outside file, colours from the page's style sheet.

use crate::text::{plus_minus, signed};
use askama::Template;
use std::fmt;
use touchline_learning::backtest::EquityPoint;
use touchline_learning::evaluate::Reliability;
use touchline_models::metrics::ReliabilityBin;

const WIDTH: f64 = 720.0;
const ROW: f64 = 30.0;
const TOP: f64 = 26.0;
/// Standard errors that a whisker reaches to either side.
const WHISKER: f64 = 2.0;

/// A number with its standard error, to be drawn as a dot with a whisker.
pub struct Estimate {
    /// What it is about.
    pub label: String,
    /// What it rests on, such as the number of matches.
    pub note: String,
    /// The number.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Estimate {
    fn reach(&self) -> f64 {
        if self.standard_error.is_finite() { WHISKER * self.standard_error } else { 0.0 }
    }

    /// How the dot looks: hollow where the number may well be 0, else by its sign.
    fn class(&self) -> &'static str {
        if !self.standard_error.is_finite() || self.value.abs() <= self.reach() {
            "open"
        } else if self.value < 0.0 {
            "good"
        } else {
            "bad"
        }
    }
}

/// A scale from numbers to the width of a drawing.
struct Scale {
    low: f64,
    high: f64,
    left: f64,
    right: f64,
}

impl Scale {
    /// Covers the numbers with some room.
    fn over(values: impl Iterator<Item = f64>, left: f64, right: f64) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let room = ((high - low) * 0.06).max(1e-6);
        Self { low: low - room, high: high + room, left, right }
    }

    fn x(&self, value: f64) -> f64 {
        self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)
    }

    /// Round numbers within the scale, about five.
    fn ticks(&self) -> Vec<f64> {
        let rough = (self.high - self.low) / 5.0;
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * magnitude).into_iter().find(|s| *s >= rough);
        let step = step.unwrap_or(rough);
        let (first, last) = ((self.low / step).ceil() as i64, (self.high / step).floor() as i64);
        (first..=last).map(|n| n as f64 * step).collect()
    }

    fn digits(&self) -> usize {
        (2.0 - (self.high - self.low).log10()).floor().clamp(0.0, 6.0) as usize
    }
}

/// A length in the drawing: a tenth of a pixel is enough.
struct Px(f64);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", self.0)
    }
}

/// Differences below one another, each a dot with a whisker of two standard errors; the dot says whether the number is
/// clearly below zero, clearly above it, or neither.
#[derive(Template)]
#[template(path = "estimates.svg", escape = "html")]
pub struct EstimateChart {
    description: String,
    axis: String,
    width: f64,
    height: f64,
    top: Px,
    bottom: Px,
    zero: Px,
    zero_top: Px,
    middle: Px,
    tick_y: Px,
    axis_y: Px,
    label_x: Px,
    note_x: Px,
    ticks: Vec<ScaleTick>,
    rows: Vec<EstimateRow>,
}

struct ScaleTick {
    x: Px,
    label: String,
}

struct EstimateRow {
    class: &'static str,
    label: String,
    note: String,
    value: String,
    error: String,
    from: Px,
    to: Px,
    x: Px,
    y: Px,
    text_y: Px,
}

impl EstimateChart {
    /// Draws the rows from top to bottom.
    pub fn new(rows: Vec<Estimate>, axis: String, description: String) -> Self {
        let ends = rows.iter().flat_map(|r| [r.value - r.reach(), r.value + r.reach()]);
        let scale = Scale::over(ends.chain([0.0]), 190.0, WIDTH - 130.0);
        let bottom = TOP + ROW * rows.len() as f64;
        let digits = scale.digits();
        let tick = |value: f64| ScaleTick { x: Px(scale.x(value)), label: signed(value, digits) };
        let row = |(n, row): (usize, Estimate)| {
            let y = TOP + ROW * (n as f64 + 0.5);
            EstimateRow {
                class: row.class(),
                value: signed(row.value, digits + 1),
                error: plus_minus(row.standard_error, digits + 1),
                from: Px(scale.x(row.value - row.reach())),
                to: Px(scale.x(row.value + row.reach())),
                x: Px(scale.x(row.value)),
                y: Px(y),
                text_y: Px(y + 4.0),
                label: row.label,
                note: row.note,
            }
        };
        Self {
            description,
            axis,
            width: WIDTH,
            height: bottom + 46.0,
            top: Px(TOP),
            bottom: Px(bottom),
            zero: Px(scale.x(0.0)),
            zero_top: Px(TOP - 6.0),
            middle: Px(f64::midpoint(scale.left, scale.right)),
            tick_y: Px(bottom + 16.0),
            axis_y: Px(bottom + 38.0),
            label_x: Px(182.0),
            note_x: Px(WIDTH - 120.0),
            ticks: scale.ticks().into_iter().map(tick).collect(),
            rows: rows.into_iter().enumerate().map(row).collect(),
        }
    }
}

/// Forecast probability against observed share: a dot per bin (its area grows with the number of forecasts) with a
/// whisker of two standard errors, and the recalibration that would fit best.
#[derive(Template)]
#[template(path = "reliability.svg", escape = "html")]
pub struct ReliabilityChart {
    title: &'static str,
    width: f64,
    height: f64,
    left: Px,
    right: Px,
    top: Px,
    bottom: Px,
    middle: Px,
    below: Px,
    beside: Px,
    axis_y: Px,
    ticks: Vec<PercentTick>,
    points: String,
    dots: Vec<BinDot>,
}

struct PercentTick {
    x: Px,
    y: Px,
    text_y: Px,
    percent: f64,
}

struct BinDot {
    title: String,
    x: Px,
    y: Px,
    from: Px,
    to: Px,
    radius: Px,
}

impl ReliabilityChart {
    /// Draws one outcome's curve.
    pub fn new(curve: &Reliability, title: &'static str) -> Self {
        const SIDE: f64 = 240.0;
        const LEFT: f64 = 42.0;
        let (x, y) = (|p: f64| LEFT + p * SIDE, |p: f64| TOP + (1.0 - p.clamp(0.0, 1.0)) * SIDE);
        let tick =
            |p: f64| PercentTick { x: Px(x(p)), y: Px(y(p)), text_y: Px(y(p) + 4.0), percent: p * 100.0 };
        let points = curve.recalibrated.iter().map(|(p, q)| format!("{},{}", Px(x(*p)), Px(y(*q))));
        let most = curve.bins.iter().map(|b| b.count).max().unwrap_or(1) as f64;
        let dot = |bin: &ReliabilityBin| {
            let reach = WHISKER * bin.standard_error;
            let title = format!(
                "forecast {:.1}%, happened {:.1}% ± {:.1}, {} forecasts",
                bin.forecast * 100.0,
                bin.observed * 100.0,
                bin.standard_error * 100.0,
                bin.count
            );
            BinDot {
                title,
                x: Px(x(bin.forecast)),
                y: Px(y(bin.observed)),
                from: Px(y(bin.observed - reach)),
                to: Px(y(bin.observed + reach)),
                radius: Px(2.5 + 3.0 * (bin.count as f64 / most).sqrt()),
            }
        };
        Self {
            title,
            width: LEFT + SIDE + 14.0,
            height: TOP + SIDE + 44.0,
            left: Px(x(0.0)),
            right: Px(x(1.0)),
            top: Px(y(1.0)),
            bottom: Px(y(0.0)),
            middle: Px(x(0.5)),
            below: Px(y(0.0) + 15.0),
            beside: Px(x(0.0) - 6.0),
            axis_y: Px(y(0.0) + 34.0),
            ticks: [0.0, 0.25, 0.5, 0.75, 1.0].map(tick).into(),
            points: points.collect::<Vec<_>>().join(" "),
            dots: curve.bins.iter().map(dot).collect(),
        }
    }
}

/// The bankroll over match days, within the band of the same days drawn at random.
#[derive(Template)]
#[template(path = "equity.svg", escape = "html")]
pub struct EquityChart {
    width: f64,
    height: f64,
    left: Px,
    right: Px,
    beside: Px,
    middle: Px,
    axis_y: Px,
    start: Px,
    band: String,
    path: String,
    ticks: Vec<MoneyTick>,
}

struct MoneyTick {
    y: Px,
    text_y: Px,
    label: String,
}

impl EquityChart {
    /// Draws the bankroll from its start.
    pub fn new(start: f64, points: &[EquityPoint]) -> Self {
        const HEIGHT: f64 = 220.0;
        let money = points.iter().flat_map(|p| [p.bankroll, p.drawn[0], p.drawn[2]]);
        let scale = Scale::over(money.chain([start]), TOP + HEIGHT, TOP);
        let (left, right) = (64.0, WIDTH - 20.0);
        let last = points.last().map_or(1, |p| p.days).max(1) as f64;
        let x = |days: usize| left + days as f64 / last * (right - left);
        let at = |days: usize, money: f64| format!("{},{}", Px(x(days)), Px(scale.x(money)));
        let line = |money: &dyn Fn(&EquityPoint) -> f64| {
            let rest = points.iter().map(|p| at(p.days, money(p)));
            std::iter::once(at(0, start)).chain(rest).collect::<Vec<_>>()
        };
        let below: Vec<String> = line(&|p| p.drawn[0]).into_iter().rev().collect();
        let tick = |value: f64| MoneyTick {
            y: Px(scale.x(value)),
            text_y: Px(scale.x(value) + 4.0),
            label: format!("{value:.0}"),
        };
        Self {
            width: WIDTH,
            height: TOP + HEIGHT + 34.0,
            left: Px(left),
            right: Px(right),
            beside: Px(left - 6.0),
            middle: Px(f64::midpoint(left, right)),
            axis_y: Px(TOP + HEIGHT + 24.0),
            start: Px(scale.x(start)),
            band: [line(&|p| p.drawn[2]), below].concat().join(" "),
            path: line(&|p| p.bankroll).join(" "),
            ticks: scale.ticks().into_iter().map(tick).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, standard_error: f64) -> Estimate {
        Estimate { label: "a <b>".into(), note: "9 matches".into(), value, standard_error }
    }

    #[test]
    fn dots_say_whether_a_difference_is_clear() {
        assert_eq!(row(-0.3, 0.1).class(), "good");
        assert_eq!(row(0.3, 0.1).class(), "bad");
        assert_eq!(row(-0.3, 0.2).class(), "open");
        assert_eq!(row(-0.3, f64::INFINITY).class(), "open");
    }

    #[test]
    fn everything_drawn_lies_within_the_picture_and_is_finite() {
        let rows = vec![row(-0.002, 0.001), row(0.5, f64::INFINITY), row(0.0, 0.0)];
        let svg = EstimateChart::new(rows, "RPS".into(), "test".into()).render().unwrap();
        assert!(!svg.contains("NaN") && !svg.contains(r#"="inf"#), "{svg}");
        assert!(svg.contains("a &#60;b&#62;") && !svg.contains("a <b>"));
        for x in svg.split("x1=\"").skip(1).map(|s| s.split('"').next().unwrap()) {
            assert!((0.0..=WIDTH).contains(&x.parse::<f64>().unwrap()), "{x}");
        }
    }

    #[test]
    fn ticks_are_few_and_round() {
        for (low, high) in [(-0.02, 0.001), (0.2, 0.23), (-3e-5, 8e-5), (1.6, 1.7), (0.0, 0.0)] {
            let scale = Scale::over([low, high].into_iter(), 0.0, 100.0);
            let ticks = scale.ticks();
            assert!((2..=7).contains(&ticks.len()), "{low} to {high}: {ticks:?}");
            assert!(ticks.iter().all(|t| (0.0..=100.0).contains(&scale.x(*t))));
        }
    }
}
