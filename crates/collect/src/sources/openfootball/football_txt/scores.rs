//! Scores of Football.TXT: `2-1 (1-0)`; after extra time `3-2 a.e.t. (2-2, 1-0)`; with a shoot-out
//! `4-3 pen. 2-2 a.e.t. (1-1, 1-0)` or `2-2 a.e.t. (1-1, 1-0), 4-3 pen.`; without extra time `4-3 pen. 1-1 (0-1)`.

use crate::RejectionKind;
use crate::values::Fault;
use touchline_domain::Score;

/// The scores of a match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Scores {
    /// After 90 minutes.
    pub(super) full: Option<Score>,
    pub(super) half: Option<Score>,
    pub(super) after_extra_time: Option<Score>,
    pub(super) shootout: Option<Score>,
}

/// What a score is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Play,
    ExtraTime,
    Shootout,
}

/// Goals with a dash between them at the start of a word, and what stands behind them in it.
fn leading_goals(word: &str) -> Option<((i64, i64), &str)> {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let home = number(word);
    let rest = word.get(home..)?.strip_prefix('-')?;
    let away = number(rest);
    if !(1..=3).contains(&home) || !(1..=3).contains(&away) {
        return None;
    }
    Some(((word[..home].parse().ok()?, rest[..away].parse().ok()?), &rest[away..]))
}

/// The goals that a word is.
pub(super) fn goals(word: &str) -> Option<(i64, i64)> {
    leading_goals(word)
        .filter(|(_, behind)| behind.is_empty() || tag(behind).is_some())
        .map(|(goals, _)| goals)
}

fn tag(word: &str) -> Option<Of> {
    let lower = word.to_lowercase();
    if lower == "p" || lower == "p." || lower.starts_with("pen") {
        Some(Of::Shootout)
    } else if lower.starts_with("a.e.t") || lower.starts_with("aet") {
        Some(Of::ExtraTime)
    } else {
        None
    }
}

fn checked((home, away): (i64, i64)) -> Result<Score, Fault> {
    Score::new(home, away).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
}

/// The scores that a text holds. In brackets stand the scores before: at half time, of a longer match first that of 90
/// minutes.
///
/// # Errors
/// The match went beyond 90 minutes, and nothing tells the score at their end; or goals that no match has.
pub(super) fn read(text: &str) -> Result<Scores, Fault> {
    let mut told: Vec<((i64, i64), Of)> = Vec::new();
    let mut in_brackets = Vec::new();
    let mut is_inside = false;
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')')) {
        let plain = word.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'));
        if let Some((goals, behind)) = leading_goals(plain) {
            if is_inside {
                in_brackets.push(goals);
            } else {
                told.push((goals, tag(behind).unwrap_or(Of::Play)));
            }
        } else if let (false, Some(of), Some(last)) = (is_inside, tag(plain), told.last_mut()) {
            last.1 = of;
        }
        is_inside = if word.ends_with('(') { true } else { is_inside && !word.ends_with(')') };
    }
    let first = |wanted: Of| told.iter().find(|(_, of)| *of == wanted).map(|(goals, _)| *goals);
    let (play, extra, shootout) = (first(Of::Play), first(Of::ExtraTime), first(Of::Shootout));
    // Two scores in brackets before a shoot-out: the one before them is that after extra time.
    let extra = extra.or(play.filter(|_| shootout.is_some() && in_brackets.len() > 1));
    let (full, half) = match (extra.is_some(), in_brackets.as_slice()) {
        (false, before) if play.is_some() => (play, before.first()),
        (_, [full, before @ ..]) => (Some(*full), before.first()),
        (false, []) if shootout.is_none() => (None, None),
        _ => {
            let message =
                "the match went beyond 90 minutes, and its score after 90 minutes is not told".to_owned();
            return Err((RejectionKind::MalformedScore, message));
        }
    };
    Ok(Scores {
        full: full.map(checked).transpose()?,
        half: half.and_then(|half| checked(*half).ok()),
        after_extra_time: extra.map(checked).transpose()?,
        shootout: shootout.map(checked).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match read(text) {
            Ok(scores) => [scores.full, scores.half, scores.after_extra_time, scores.shootout]
                .map(|score| score.map_or("-".to_owned(), |score| format!("{}:{}", score.home, score.away)))
                .join(" "),
            Err((kind, _)) => kind.name().to_owned(),
        }
    }

    #[test]
    fn scores_are_those_of_90_minutes_whatever_came_after() {
        for (text, scores) in [
            ("", "- - - -"),
            ("2-1", "2:1 - - -"),
            ("2-1 (1-0)", "2:1 1:0 - -"),
            ("2-3 a.e.t. (1-1, 0-1)", "1:1 0:1 2:3 -"),
            ("4-3 pen. 2-2 a.e.t. (1-1, 1-0)", "1:1 1:0 2:2 4:3"),
            ("2-2 a.e.t. (1-1, 1-0), 4-3 pen.", "1:1 1:0 2:2 4:3"),
            ("4-3p 2-2aet (1-1,1-0)", "1:1 1:0 2:2 4:3"),
            ("4-3 pen. 1-1 (0-1)", "1:1 0:1 - 4:3"),
            ("4-3 pen. 1-1 (1-1, 0-1)", "1:1 0:1 1:1 4:3"),
            ("3-2 pen. 1-1 a.e.t.", "malformed_score"),
            ("4-3 pen.", "malformed_score"),
            ("120-1", "score_out_of_range"),
        ] {
            assert_eq!(told(text), scores, "{text}");
        }
        assert_eq!(
            (goals("2-1"), goals("4-3pen."), goals("2-1x"), goals("1860-1")),
            (Some((2, 1)), Some((4, 3)), None, None)
        );
    }
}
