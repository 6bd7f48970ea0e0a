//! How often pairings meet: the same score on two days beside each other is one match with two dates, a club with two
//! matches on a day is two clubs or one date too few, and a season in which all but a few met is not complete.

use super::clubs::Finding;
use super::meetings::{BESIDE, Meetings};
use crate::RejectionKind;
use chrono::{Days, NaiveDate};

/// A season without a match for so many days is over.
const OVER_DAYS: u64 = 30;
/// Of a hundred pairings so many may lack before it is no season of everybody against everybody.
const LACKING_PERCENT: usize = 3;

/// One finding about all matches that stand in a document under two days, from how many there are and two lines of the
/// first, season by season.
pub(super) fn repeated(found: &[(u64, [u32; 2])]) -> Option<Finding> {
    let (_, [line, other]) = found.iter().min_by_key(|(_, [line, _])| *line)?;
    let count: u64 = found.iter().map(|(count, _)| count).sum();
    let message = format!(
        "{count} matches stand here twice with one score and dates up to {BESIDE} days apart (this line and line {other}): \
         one of the dates is wrong; correct or remove one of the rows"
    );
    Some((*line, RejectionKind::RepeatedMatch, message))
}

/// Clubs of a season, which messages name by `of`, that play twice on a day.
pub(super) fn same_day(meetings: &Meetings<'_>, of: &str) -> Option<Finding> {
    meetings.same_day.map(|(count, [line, other])| {
        let message = format!(
            "in {count} matches of {of} a club plays that has another match on the same day (this line and line {other}): \
             a date is wrong, or one name stands for two clubs, or a club has two names"
        );
        (line, RejectionKind::TwoMatchesADay, message)
    })
}

/// One finding about all seasons that lack pairings.
pub(super) fn incomplete(lacking: &[String]) -> Option<Finding> {
    let shown = lacking.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
    let more =
        if lacking.len() > 3 { format!("; and {} more seasons", lacking.len() - 3) } else { String::new() };
    let message = format!(
        "seasons that are over lack pairings: {shown}{more}; if they were played, the file is not complete: fetch it again"
    );
    (!lacking.is_empty()).then_some((0, RejectionKind::LackingMatches, message))
}

/// Pairings that lack in a season that is over and in which nearly everybody met everybody at home, in words.
pub(super) fn lacking(meetings: &Meetings<'_>, of: &str, today: NaiveDate) -> Option<String> {
    let size = meetings.clubs.len();
    let all = size * size.saturating_sub(1);
    let lacking = all - meetings.met.len();
    let is_over = meetings.last < today - Days::new(OVER_DAYS);
    if lacking == 0 || !is_over || lacking * 100 > all * LACKING_PERCENT {
        return None;
    }
    let mut order: Vec<u32> = (0..size as u32).collect();
    order.sort_unstable_by_key(|club| meetings.clubs[*club as usize].name);
    let pairs = order.iter().flat_map(|home| order.iter().map(move |away| (*home, *away)));
    let unmet = pairs.filter(|(home, away)| home != away && !meetings.met.contains_key(&(*home, *away)));
    let name = |club: u32| meetings.clubs[club as usize].name;
    let named: Vec<String> =
        unmet.take(2).map(|(home, away)| format!("{} against {}", name(home), name(away))).collect();
    let more = if lacking > named.len() { ", ..." } else { "" };
    Some(format!("{of} {lacking} of {all} ({}{more})", named.join(", ")))
}
