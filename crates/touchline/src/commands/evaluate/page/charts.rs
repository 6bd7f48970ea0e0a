//! Charts as inline SVG: no script, no outside file, colours from the page's style sheet.

use super::text::{escape, plus_minus, signed};
use std::fmt::Write;
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

/// Numbers below one another, each a dot with a whisker of two standard errors. With `differences` zero is drawn
/// too, and dots say whether the number is clearly below it, clearly above it, or neither.
pub fn estimates(rows: &[Estimate], differences: bool, axis: &str, description: &str) -> String {
    let ends = rows.iter().flat_map(|r| [r.value - r.reach(), r.value + r.reach()]);
    let zero = differences.then_some(0.0);
    let scale = Scale::over(ends.chain(zero), 190.0, WIDTH - 130.0);
    let bottom = TOP + ROW * rows.len() as f64;
    let mut out = open(WIDTH, bottom + 46.0, description);
    for tick in scale.ticks() {
        let (x, digits) = (scale.x(tick), scale.digits());
        let label = if differences { signed(tick, digits) } else { format!("{tick:.digits$}") };
        let _ = write!(
            out,
            r#"<line class="grid" x1="{x:.1}" x2="{x:.1}" y1="{TOP}" y2="{bottom}"/><text class="tick" x="{x:.1}" y="{:.1}" text-anchor="middle">{label}</text>"#,
            bottom + 16.0
        );
    }
    if differences {
        let x = scale.x(0.0);
        let _ = write!(
            out,
            r#"<line class="zero" x1="{x:.1}" x2="{x:.1}" y1="{:.1}" y2="{bottom}"/>"#,
            TOP - 6.0
        );
    }
    for (n, row) in rows.iter().enumerate() {
        estimate(&mut out, row, &scale, TOP + ROW * (n as f64 + 0.5), differences);
    }
    let _ = write!(
        out,
        r#"<text class="axis" x="{:.1}" y="{:.1}" text-anchor="middle">{}</text></svg>"#,
        f64::midpoint(scale.left, scale.right),
        bottom + 38.0,
        escape(axis)
    );
    out
}

fn estimate(out: &mut String, row: &Estimate, scale: &Scale, y: f64, difference: bool) {
    let class = if difference { row.class() } else { "level" };
    let (from, to) = (scale.x(row.value - row.reach()), scale.x(row.value + row.reach()));
    let digits = scale.digits() + 1;
    let value = if difference { signed(row.value, digits) } else { format!("{:.digits$}", row.value) };
    let _ = write!(
        out,
        r#"<g class="{class}"><title>{label}: {value}{se}, {note}</title><text class="label" x="182" y="{text:.1}" text-anchor="end">{label}</text><line class="whisker" x1="{from:.1}" x2="{to:.1}" y1="{y:.1}" y2="{y:.1}"/><circle cx="{x:.1}" cy="{y:.1}" r="5"/><text class="note" x="{right:.1}" y="{text:.1}">{note}</text></g>"#,
        label = escape(&row.label),
        note = escape(&row.note),
        se = plus_minus(row.standard_error, digits),
        text = y + 4.0,
        x = scale.x(row.value),
        right = WIDTH - 120.0,
    );
}

/// Forecast probability against observed share: a dot per bin (its area grows with the number of forecasts) with a
/// whisker of two standard errors, and the recalibration that would fit best.
pub fn reliability(curve: &Reliability, title: &str) -> String {
    const SIDE: f64 = 240.0;
    const LEFT: f64 = 42.0;
    let (x, y) = (|p: f64| LEFT + p * SIDE, |p: f64| TOP + (1.0 - p) * SIDE);
    let mut out = open(LEFT + SIDE + 14.0, TOP + SIDE + 44.0, title);
    let _ = write!(
        out,
        r#"<text class="panel" x="{:.1}" y="15" text-anchor="middle">{}</text>"#,
        x(0.5),
        escape(title)
    );
    for tick in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let percent = tick * 100.0;
        let _ = write!(
            out,
            r#"<line class="grid" x1="{a:.1}" x2="{a:.1}" y1="{top:.1}" y2="{bottom:.1}"/><line class="grid" x1="{left:.1}" x2="{right:.1}" y1="{b:.1}" y2="{b:.1}"/><text class="tick" x="{a:.1}" y="{below:.1}" text-anchor="middle">{percent}%</text><text class="tick" x="{beside:.1}" y="{text:.1}" text-anchor="end">{percent}%</text>"#,
            a = x(tick),
            b = y(tick),
            top = y(1.0),
            bottom = y(0.0),
            left = x(0.0),
            right = x(1.0),
            below = y(0.0) + 15.0,
            beside = x(0.0) - 6.0,
            text = y(tick) + 4.0
        );
    }
    let _ = write!(
        out,
        r#"<line class="ideal" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    );
    let points: Vec<String> =
        curve.recalibrated.iter().map(|(p, q)| format!("{:.1},{:.1}", x(*p), y(*q))).collect();
    let _ = write!(out, r#"<polyline class="recalibrated" points="{}"/>"#, points.join(" "));
    let most = curve.bins.iter().map(|b| b.count).max().unwrap_or(1) as f64;
    for bin in &curve.bins {
        let radius = 2.5 + 3.0 * (bin.count as f64 / most).sqrt();
        dot(&mut out, bin, x(bin.forecast), &y, radius);
    }
    let _ = write!(
        out,
        r#"<text class="axis" x="{:.1}" y="{:.1}" text-anchor="middle">forecast probability</text></svg>"#,
        x(0.5),
        y(0.0) + 34.0
    );
    out
}

fn dot(out: &mut String, bin: &ReliabilityBin, x: f64, y: &dyn Fn(f64) -> f64, radius: f64) {
    let within = |p: f64| y(p.clamp(0.0, 1.0));
    let reach = WHISKER * bin.standard_error;
    let _ = write!(
        out,
        r#"<g class="level"><title>forecast {:.1}%, happened {:.1}% ± {:.1}, {} forecasts</title><line class="whisker" x1="{x:.1}" x2="{x:.1}" y1="{:.1}" y2="{:.1}"/><circle cx="{x:.1}" cy="{:.1}" r="{radius:.1}"/></g>"#,
        bin.forecast * 100.0,
        bin.observed * 100.0,
        bin.standard_error * 100.0,
        bin.count,
        within(bin.observed - reach),
        within(bin.observed + reach),
        within(bin.observed)
    );
}

fn open(width: f64, height: f64, description: &str) -> String {
    format!(r#"<svg viewBox="0 0 {width:.0} {height:.0}" role="img" aria-label="{}">"#, escape(description))
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
        let rows = [row(-0.002, 0.001), row(0.5, f64::INFINITY), row(0.0, 0.0)];
        for differences in [true, false] {
            let svg = estimates(&rows, differences, "RPS", "test");
            assert!(!svg.contains("NaN") && !svg.contains(r#"="inf"#), "{svg}");
            assert!(svg.contains("a &lt;b&gt;") && !svg.contains("a <b>"));
            for x in svg.split("x1=\"").skip(1).map(|s| s.split('"').next().unwrap()) {
                assert!((0.0..=WIDTH).contains(&x.parse::<f64>().unwrap()), "{x}");
            }
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
