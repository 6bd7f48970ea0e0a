//! Whatever text is read as a model, the answer is a model that runs or an error: never a panic, never a hang.

mod common;

use std::sync::LazyLock;

use common::{COLUMNS, Matches, OUTCOME, fit, quick};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use touchline_boosting::{LightGbmConfig, ParseError, TreeEnsemble};

/// Two rounds of three small trees, without the parameters that follow.
static SOUND: LazyLock<String> = LazyLock::new(|| {
    let data = Matches::simulate(600, 40);
    let config = LightGbmConfig { rounds: 2, leaves: 5, ..quick(OUTCOME) };
    let text = fit(config, &data.dataset(OUTCOME)).to_text().to_owned();
    let end = text.find("end of trees").expect("a whole model") + "end of trees\n".len();
    text[..end].to_owned()
});

/// Uses a model that was accepted in every way.
fn exercise(text: &str) {
    let Ok(ensemble) = TreeEnsemble::from_text(text) else { return };
    let columns = ensemble.feature_names().len();
    let mut out = vec![0.0; ensemble.outputs()];
    for value in [0.0, f32::NAN, -1e30, f32::INFINITY] {
        let row = vec![value; columns];
        ensemble.predict(&row, &mut out).expect("its own columns");
        let explained = ensemble.explain(&row).expect("its own columns");
        assert_eq!(explained.len(), ensemble.outputs());
    }
    assert_eq!(ensemble.importances().len(), columns);
    assert_eq!(ensemble.to_text(), text);
}

#[test]
fn every_truncation_is_an_error() {
    let text = SOUND.as_str();
    assert!(TreeEnsemble::from_text(text).is_ok());
    let body = text.trim_end();
    for end in 0..body.len() {
        assert!(TreeEnsemble::from_text(&body[..end]).is_err(), "cut after {end} bytes");
    }
}

#[test]
fn each_line_is_needed_or_harmless() {
    let lines: Vec<&str> = SOUND.lines().collect();
    let mut needed = 0;
    for gone in 0..lines.len() {
        let text: Vec<&str> =
            lines.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, line)| *line).collect();
        let text = text.join("\n");
        exercise(&text);
        needed += usize::from(TreeEnsemble::from_text(&text).is_err());
    }
    assert!(needed > 60, "{needed} of {} lines are needed", lines.len());
}

/// 200,000 small mutations: bytes changed, ranges deleted, doubled or moved, numbers replaced by awkward ones.
#[test]
fn two_hundred_thousand_mutations_never_panic() {
    const AWKWARD: [&str; 14] = [
        "0",
        "-1",
        "1",
        "2147483647",
        "-2147483648",
        "4294967296",
        "1e400",
        "nan",
        "-inf",
        "16384",
        "65536",
        "",
        "Tree=1",
        "\n",
    ];
    let mut rng = StdRng::seed_from_u64(7);
    let sound = SOUND.as_bytes();
    let mut accepted = 0;
    for _ in 0..200_000 {
        let mut bytes = sound.to_vec();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            let end = (at + rng.random_range(1..40)).min(bytes.len());
            match rng.random_range(0..5) {
                0 => bytes[at] = rng.random_range(b' '..=b'z'),
                1 => drop(bytes.drain(at..end)),
                2 => {
                    let copy = bytes[at..end].to_vec();
                    bytes.splice(at..at, copy);
                }
                3 => bytes[at..end].rotate_left(1),
                _ => {
                    let from =
                        bytes[..at].iter().rposition(|byte| b" =\n".contains(byte)).map_or(0, |at| at + 1);
                    let to = bytes[from..]
                        .iter()
                        .position(|byte| b" =\n".contains(byte))
                        .map_or(from, |to| from + to);
                    bytes.splice(from..to, AWKWARD[rng.random_range(0..AWKWARD.len())].bytes());
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        exercise(&text);
        accepted += usize::from(TreeEnsemble::from_text(&text).is_ok());
    }
    assert!(accepted > 10_000, "{accepted} mutations are still models: the harness reaches past the parser");
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(tree\n)?(\\PC|\n){0,200}") {
        exercise(&text);
    }

    #[test]
    fn any_numbers_in_the_links_are_read_without_panic(links in proptest::collection::vec(-6..6_i32, 8)) {
        let row = |values: &[i32]| values.iter().map(i32::to_string).collect::<Vec<_>>().join(" ");
        let text: Vec<String> = SOUND
            .lines()
            .map(|line| match line.split_once('=') {
                Some(("left_child", _)) => format!("left_child={}", row(&links[..4])),
                Some(("right_child", _)) => format!("right_child={}", row(&links[4..])),
                _ => line.to_owned(),
            })
            .collect();
        exercise(&(text.join("\n") + "\n"));
    }
}

#[test]
fn errors_say_what_and_where() {
    let replaced = |from: &str, to: &str| {
        assert!(SOUND.contains(from), "{from}");
        TreeEnsemble::from_text(&SOUND.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(TreeEnsemble::from_text("<!DOCTYPE html>").unwrap_err(), ParseError::NotAModel);
    assert_eq!(TreeEnsemble::from_text("").unwrap_err(), ParseError::NotAModel);
    assert_eq!(replaced("end of trees\n", "").to_string(), ParseError::Truncated.to_string());
    assert!(matches!(replaced("Tree=3\n", "Tree=4\n"), ParseError::Line { .. }));
    assert!(matches!(replaced("num_leaves=", "leaves="), ParseError::MissingKey { key: "num_leaves", .. }));
    assert!(matches!(replaced("num_cat=0", "num_cat=1"), ParseError::Unsupported { .. }));
    assert!(matches!(replaced("is_linear=0", "is_linear=1"), ParseError::Unsupported { .. }));
    assert!(matches!(replaced("num_class:3", "num_class:4"), ParseError::Unsupported { .. }));
    let columns = format!("max_feature_idx={}", COLUMNS - 1);
    assert!(matches!(
        replaced(&columns, "max_feature_idx=7"),
        ParseError::Value { key: "feature_names", .. }
    ));
    assert!(matches!(replaced(&columns, "max_feature_idx=99999999"), ParseError::Value { .. }));
    assert!(matches!(replaced("left_child=1 ", "left_child=0 "), ParseError::Tree { tree: 0, .. }));
    assert!(matches!(replaced("left_child=1 ", "left_child=9 "), ParseError::Tree { tree: 0, .. }));
}
