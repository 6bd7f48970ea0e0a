//! Words and small values as tables write them: what means "no value", where a match stands, scores in one field.

use crate::RejectionKind;
use crate::names::fold;
use crate::values::Fault;
use touchline_domain::{MatchStatus, Score};

/// Words for a missing value where a map names none of its own; compared in lower case.
pub(super) const MISSING: [&str; 14] =
    ["", "-", "–", "?", "na", "n/a", "nan", "null", "none", "nil", "#n/a", "\\n", "<na>", "tbd"];

/// Words for where a match stands, where a map names none of its own; folded.
const STATUSES: [(MatchStatus, &[&str]); 7] = [
    (
        MatchStatus::Finished,
        &[
            "finished",
            "ft",
            "full time",
            "fulltime",
            "complete",
            "completed",
            "played",
            "match finished",
            "final",
            "ended",
            "aet",
            "pen",
            "result",
            "closed",
            "true",
            "1",
        ],
    ),
    (
        MatchStatus::Scheduled,
        &[
            "scheduled",
            "ns",
            "timed",
            "not started",
            "upcoming",
            "fixture",
            "pre match",
            "to be played",
            "incomplete",
            "tbd",
            "tba",
            "future",
            "false",
            "0",
        ],
    ),
    (
        MatchStatus::Live,
        &["live", "in play", "inplay", "1h", "2h", "ht", "half time", "in progress", "paused"],
    ),
    (MatchStatus::Postponed, &["postponed", "pst", "pp", "ppd", "delayed", "match postponed"]),
    (
        MatchStatus::Cancelled,
        &["cancelled", "canceled", "canc", "annulled", "void", "match cancelled", "deleted"],
    ),
    (
        MatchStatus::Abandoned,
        &["abandoned", "abd", "suspended", "susp", "interrupted", "int", "match abandoned"],
    ),
    (MatchStatus::Awarded, &["awarded", "awd", "awrd", "walkover", "wo", "w o"]),
];

/// Where a match stands, by a word that is known.
pub(super) fn status(word: &str) -> Option<MatchStatus> {
    let folded = fold(word);
    STATUSES.iter().find(|(_, words)| words.contains(&folded.as_str())).map(|(status, _)| *status)
}

/// Whether a text is a name of a map or a source: lower-case letters, digits, dots, dashes and underscores.
pub(crate) fn is_identifier(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.');
    (1..=60).contains(&text.len()) && text.bytes().all(plain) && text.as_bytes()[0].is_ascii_alphanumeric()
}

/// A line in quarter goals, where it is a multiple of 0.25 that a match can have.
pub(super) fn quarters(line: f64) -> Option<i16> {
    let quarters = line * 4.0;
    #[expect(clippy::float_cmp, reason = "quarters of multiples of 0.25 are exact")]
    let whole = quarters.trunc() == quarters && quarters.abs() <= 400.0;
    whole.then_some(quarters as i16)
}

/// The same as [`joined_score`], refused where the match went beyond 90 minutes.
pub(super) fn score_of_90_minutes(text: &str) -> Result<Score, Fault> {
    let lower = text.to_lowercase();
    if text.trim_start().starts_with('(') || ["a.e.t", "aet", "pen"].iter().any(|word| lower.contains(word)) {
        let message =
            "the match went beyond 90 minutes, and its score after 90 minutes is not told".to_owned();
        return Err((RejectionKind::MalformedScore, message));
    }
    joined_score(text)
}

/// A score in one field, such as `2-1`, `2 – 1` or `2:1`. Goals of a shoot-out in brackets, `(4) 1–1 (2)`, and words
/// behind the score, `1-1 (a.e.t.)`, are no part of it.
pub(crate) fn joined_score(text: &str) -> Result<Score, Fault> {
    let wrong = || {
        let message = format!("{text:.40?} is not a score; write it like 2-1");
        (RejectionKind::MalformedScore, message)
    };
    let mut plain = String::with_capacity(text.len());
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let (home, away) = plain.trim().split_once(['-', '–', '—', '−', ':']).ok_or_else(wrong)?;
    let goals = |text: &str| {
        let text = text.trim();
        text.strip_suffix(".0").unwrap_or(text).parse::<i64>().ok()
    };
    match (goals(home), goals(away)) {
        (Some(home), Some(away)) => {
            Score::new(home, away).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_in_one_field_are_read_without_their_shoot_outs() {
        for text in ["2-1", " 2 – 1 ", "2:1", "(4) 2–1 (2)", "2-1 (a.e.t.)", "2.0-1.0"] {
            assert_eq!(joined_score(text).unwrap(), Score { home: 2, away: 1 }, "{text}");
        }
        for text in ["", "2", "a-b", "-1", "2-", "2-1-3", "(2-1)"] {
            assert_eq!(joined_score(text).unwrap_err().0, RejectionKind::MalformedScore, "{text}");
        }
        assert_eq!(joined_score("120-0").unwrap_err().0, RejectionKind::ScoreOutOfRange);
    }

    #[test]
    fn words_of_a_status_are_known_in_any_case() {
        assert_eq!(status("FT"), Some(MatchStatus::Finished));
        assert_eq!(status("Not Started"), Some(MatchStatus::Scheduled));
        assert_eq!(status("canceled"), Some(MatchStatus::Cancelled));
        assert_eq!(status("who knows"), None);
        let all: Vec<&str> = STATUSES.iter().flat_map(|(_, words)| *words).copied().collect();
        assert!(all.iter().all(|word| fold(word) == *word), "compared folded");
        assert!((1..all.len()).all(|i| !all[i..].contains(&all[i - 1])), "one word means one thing");
    }

    #[test]
    fn identifiers_are_plain() {
        assert!(
            is_identifier("my-table_2.csv")
                && !is_identifier("")
                && !is_identifier("A")
                && !is_identifier("-a")
        );
        assert_eq!(
            (quarters(-0.75), quarters(2.5), quarters(0.3), quarters(f64::NAN)),
            (Some(-3), Some(10), None, None)
        );
    }
}
