//! How often pairings meet: the same score on two days beside each other is one match with two dates.

use super::note;
use crate::{Parsed, RejectionKind};
use std::collections::HashMap;

/// Days within which two meetings with one score are taken for one match.
const BESIDE: i64 = 3;

pub(super) fn check(parsed: &mut Parsed) {
    let mut last = HashMap::with_capacity(parsed.matches.len());
    let (mut repeated, mut first) = (0_u64, None);
    for (at, m) in parsed.matches.iter().enumerate() {
        let pairing = (m.league, m.home.as_str(), m.away.as_str());
        let Some(before) = last.insert(pairing, at) else { continue };
        let other = &parsed.matches[before];
        let apart = (m.kickoff.at.date_naive() - other.kickoff.at.date_naive()).num_days().abs();
        if (1..=BESIDE).contains(&apart) && m.score.is_some() && m.score == other.score {
            repeated += 1;
            first.get_or_insert((m.line, other.line));
        }
    }
    if let Some((line, other)) = first {
        let message = format!(
            "{repeated} matches stand here twice with one score and dates up to {BESIDE} days apart (this line and line \
             {other}): one of the dates is wrong; correct or remove one of the rows"
        );
        note(parsed, line, RejectionKind::RepeatedMatch, message);
    }
}
