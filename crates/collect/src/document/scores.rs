//! Scores of days that are past: a match without one there is unplayed only where its source says so.

use super::{Context, Unplayed, note};
use crate::{DocumentError, Parsed, RejectionKind};
use chrono::Days;
use touchline_domain::MatchStatus;

/// A list of fixtures may be so many days old before it is taken for results whose goals were not found,
const STALE_DAYS: u64 = 60;
/// unless it reaches over no more days than these: the fixtures of a week or two, kept for long.
const LIST_DAYS: i64 = 21;

pub(super) fn check(parsed: &mut Parsed, context: &Context) -> Result<(), DocumentError> {
    let Unplayed::Silent { goals, are_there, suspects } = &context.unplayed else { return Ok(()) };
    let yesterday = context.today - Days::new(1);
    let (mut overdue, mut days, mut scored) = ((0_u64, 0), None, 0_u64);
    for m in &parsed.matches {
        let day = m.kickoff.at.date_naive();
        let (first, last) = days.unwrap_or((day, day));
        days = Some((day.min(first), day.max(last)));
        scored += u64::from(m.score.is_some());
        if day < yesterday && m.status == MatchStatus::Scheduled {
            overdue = (overdue.0 + 1, if overdue.0 == 0 { m.line } else { overdue.1 });
        }
    }
    let (count, line) = overdue;
    if count == 0 {
        return Ok(());
    }
    let all_past = count as usize == parsed.matches.len();
    let is_old = days.is_some_and(|(first, last)| {
        last < context.today - Days::new(STALE_DAYS) && (last - first).num_days() > LIST_DAYS
    });
    if all_past && (is_old || !suspects.is_empty()) {
        let headings = parsed.layout.ignored.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
        return Err(DocumentError::NoScores {
            rows: count,
            goals: (*goals).to_owned(),
            state: if *are_there { "empty" } else { "not there" },
            others: if headings.is_empty() { "none".to_owned() } else { headings },
        });
    }
    let message = if scored == 0 {
        format!(
            "{count} matches of past days have no score under {goals}; they are kept as not played and overdue"
        )
    } else {
        format!(
            "{count} matches of past days have no score under {goals} beside {scored} that have one (the first on this \
             line); they are kept as not played and overdue: complete them, or mark them as postponed"
        )
    };
    note(parsed, line, RejectionKind::MissingScore, message);
    Ok(())
}
