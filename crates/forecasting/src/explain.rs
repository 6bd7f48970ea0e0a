//! What a forecast is made of, in words: which features moved it, by how many percentage points, and what it would be without
//! each.

use touchline_domain::{Forecast, Outcome};
pub use touchline_features::Definition;
use touchline_learning::model::Explanation;

/// Percentage points that home win, draw and away win gain; their sum is 0.
pub type Points = [f64; 3];

/// Features of one family together.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The family.
    pub family: String,
    /// What it is about.
    pub title: String,
    /// What its features added.
    pub points: Points,
    /// The same in words.
    pub text: String,
}

/// One feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// What it is.
    pub definition: Definition,
    /// Its value; none where it is not known.
    pub value: Option<f32>,
    /// What it added.
    pub points: Points,
    /// The forecast without it.
    pub without: Forecast,
    /// In words.
    pub text: String,
}

/// An explanation to read: `start`, `calibration`, the points of all reasons and `others` together are the forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// What the forecast started from.
    pub start: Forecast,
    /// What calibration, and what the trees say of every match, added.
    pub calibration: Points,
    /// All families, those that moved it most first.
    pub groups: Vec<Group>,
    /// The features that moved it most.
    pub reasons: Vec<Reason>,
    /// How many other features moved it, and by how much together.
    pub others: (usize, Points),
    /// The forecast.
    pub forecast: Forecast,
}

impl Explained {
    /// Puts an explanation into words, with at most so many reasons.
    ///
    /// # Panics
    /// The definitions are not those of the explained row.
    pub fn of(explanation: &Explanation, definitions: &[Definition], most: usize) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for factor in &explanation.factors {
            let family = &definitions[factor.column].family;
            let points = factor.added.map(|added| 100.0 * added);
            match groups.iter_mut().find(|group| group.family == *family) {
                Some(group) => add(&mut group.points, points),
                None => groups.push(Group {
                    family: family.clone(),
                    title: title(family),
                    points,
                    text: String::new(),
                }),
            }
        }
        for group in &mut groups {
            group.text = format!("{}: {}", group.title, moved(group.points));
        }
        groups.sort_by(|a, b| largest(b.points).1.abs().total_cmp(&largest(a.points).1.abs()));
        let reasons = explanation.factors.iter().take(most).map(|factor| {
            let definition = definitions[factor.column].clone();
            let points = factor.added.map(|added| 100.0 * added);
            let value = (!factor.value.is_nan()).then_some(factor.value);
            let text = format!("{}: {}", said(&definition, value), moved(points));
            Reason { definition, value, points, without: factor.without, text }
        });
        let mut others = (explanation.factors.len().saturating_sub(most), [0.0; 3]);
        for factor in explanation.factors.iter().skip(most) {
            add(&mut others.1, factor.added.map(|added| 100.0 * added));
        }
        Self {
            start: explanation.start,
            calibration: explanation.constant.map(|added| 100.0 * added),
            groups,
            reasons: reasons.collect(),
            others,
            forecast: explanation.forecast,
        }
    }
}

fn add(sum: &mut Points, more: Points) {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
}

/// The outcome that moved most.
fn largest(points: Points) -> (Outcome, f64) {
    let of = Outcome::ALL.into_iter().zip(points);
    of.max_by(|a, b| a.1.abs().total_cmp(&b.1.abs())).expect("there are three outcomes")
}

/// "home win +6.2 points".
fn moved(points: Points) -> String {
    let (outcome, points) = largest(points);
    let outcome = match outcome {
        Outcome::HomeWin => "home win",
        Outcome::Draw => "draw",
        Outcome::AwayWin => "away win",
    };
    format!("{outcome} {points:+.1} points")
}

/// What a family is about.
fn title(family: &str) -> String {
    match family {
        "strength" => "strengths of both sides",
        "ratings" => "ratings",
        "form" => "recent form",
        "momentum" => "momentum",
        "venue" => "form at home and away",
        "season" => "the season so far",
        "averages" => "goals and points on average",
        "counts" => "shots, corners and cards",
        "meetings" => "earlier meetings",
        "schedule" => "rest and schedule",
        "lineups" => "line-ups and absences",
        "league" => "habits of the league",
        "earlier" => "prices of earlier matches",
        "market" | "closing" => "bookmakers' prices",
        other => other,
    }
    .to_owned()
}

/// "home recent 5 points (points) is 12", or that it is not known.
fn said(definition: &Definition, value: Option<f32>) -> String {
    let name = definition.name.replace('_', " ");
    match value {
        Some(value) => format!("{name} is {} ({})", number(value), definition.unit),
        None => format!("{name} is not known ({})", definition.null_meaning),
    }
}

/// With at most two decimals.
fn number(value: f32) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_learning::matrices::Horizon;
    use touchline_learning::model::Factor;

    #[test]
    fn words_say_what_numbers_do() {
        let definitions = touchline_features::definitions(&Horizon::Fresh.settings());
        let of = |family: &str, nth: usize| {
            let columns = definitions.iter().enumerate().filter(|(_, d)| d.family == family);
            columns.map(|(column, _)| column).nth(nth).unwrap()
        };
        let factor = |column: usize, value: f32, home: f64| Factor {
            column,
            value,
            added: [home, -0.25 * home, -0.75 * home],
            without: Forecast::new(0.4, 0.3, 0.3).unwrap(),
        };
        let explanation = Explanation {
            start: Forecast::new(0.4, 0.3, 0.3).unwrap(),
            constant: [0.0, 0.001, -0.001],
            factors: vec![
                factor(of("form", 0), 12.0, 0.042),
                factor(of("schedule", 0), f32::NAN, -0.031),
                factor(of("form", 1), 0.333_33, 0.02),
            ],
            forecast: Forecast::new(0.431, 0.29, 0.279).unwrap(),
        };
        let explained = Explained::of(&explanation, &definitions, 2);
        assert_eq!(explained.groups[0].text, "recent form: home win +6.2 points");
        assert_eq!(explained.groups[1].text, "rest and schedule: home win -3.1 points");
        assert!(explained.reasons[0].text.contains(" is 12 ("), "{}", explained.reasons[0].text);
        assert!(explained.reasons[0].text.ends_with("home win +4.2 points"));
        assert!(explained.reasons[1].text.contains("is not known ("), "{}", explained.reasons[1].text);
        assert_eq!((explained.others.0, explained.reasons.len()), (1, 2));
        let whole: f64 = explained.start.home() * 100.0
            + explained.calibration[0]
            + explained.reasons.iter().map(|reason| reason.points[0]).sum::<f64>()
            + explained.others.1[0];
        assert!((whole - 43.1).abs() < 1e-9, "{whole}");
    }

    #[test]
    fn every_family_has_words() {
        for definition in touchline_features::definitions(&Horizon::Fresh.settings()) {
            let title = title(&definition.family);
            let is_word = ["ratings", "momentum"].contains(&title.as_str());
            assert!(title != definition.family || is_word, "{title}");
        }
    }
}
