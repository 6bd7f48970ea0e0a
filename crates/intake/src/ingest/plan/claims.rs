//! What a row changes of a stored match: which source a field comes from, where several speak of it, and what becomes of
//! a source's newer word.
//!
//! Nothing is kept of a match of one source that says everything once. Where another source gives a field that the match's
//! own source does not have, or says something else, what it says is kept as a claim; so is the word of a source that was
//! overruled, and a newer word that was not taken. The value of a field is that of the first source in the order that has
//! one, whichever came first; within one source [`CorrectionRules`](crate::identity::CorrectionRules) decide, for a match
//! that was played. What they replace is kept as a correction.

mod weighing;

use super::{Conflict, merge};
use crate::identity::SourceOrder;
use chrono::{Days, Timelike};
use std::collections::{BTreeMap, HashMap};
use touchline_domain::{
    ClaimField, Correction, CorrectionVerdict, Kickoff, KickoffPrecision, Match, MatchClaim, MatchId,
    MatchSetting, MatchStats, MatchStatus, NewMatch, Said, kickoff_text, statistics_text,
};
use weighing::Weighing;

/// What sources say of fields of one match, and when.
pub(in crate::ingest) type Claims = BTreeMap<(ClaimField, String), (String, Said)>;

/// What is known of the words of sources about one match.
#[derive(Debug, Clone, Default)]
pub(in crate::ingest) struct Words {
    claims: Claims,
    /// When a source said the value that its word replaced last.
    taken: BTreeMap<(ClaimField, String), Said>,
}

/// The words about each match.
pub(in crate::ingest) fn by_match(
    claims: Vec<MatchClaim>,
    corrections: Vec<Correction>,
) -> HashMap<MatchId, Words> {
    let mut all: HashMap<MatchId, Words> = HashMap::new();
    for claim in claims {
        let words = all.entry(claim.match_id).or_default();
        words.claims.insert((claim.field, claim.source), (claim.value, claim.said));
    }
    for correction in corrections.into_iter().filter(|c| c.verdict == CorrectionVerdict::Taken) {
        let words = all.entry(correction.match_id).or_default();
        let last = words.taken.entry((correction.field, correction.source)).or_insert(correction.said);
        *last = correction.said.max(*last);
    }
    all
}

/// Fields that are weighed one by one. A source that says nothing of neutral ground does not deny it.
const FURTHER: [ClaimField; 10] = [
    ClaimField::HalfTime,
    ClaimField::Referee,
    ClaimField::Attendance,
    ClaimField::NeutralGround,
    ClaimField::Stage,
    ClaimField::Round,
    ClaimField::Group,
    ClaimField::TieLeg,
    ClaimField::AfterExtraTime,
    ClaimField::Shootout,
];

/// Fields whose values the score may make impossible.
const BOUND_TO_SCORE: [ClaimField; 3] =
    [ClaimField::HalfTime, ClaimField::AfterExtraTime, ClaimField::Shootout];

/// Before this hour UTC, a match may be of the day before where it is played.
const NIGHT: u32 = 8;

/// A row about a stored match, or facts about it.
pub(in crate::ingest) struct Given<'a> {
    /// Its place in the document.
    pub line: u32,
    /// What it says; values that it does not speak of are none, or those of the match.
    pub details: &'a NewMatch,
    /// What was counted.
    pub stats: Option<MatchStats>,
    /// When its document came.
    pub said: Said,
}

/// What a row brings to a match.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Merged {
    /// Statistics to store: those given that are taken.
    pub stats: Option<MatchStats>,
    /// New claims.
    pub claims: Vec<MatchClaim>,
    /// Values that were replaced.
    pub corrections: Vec<Correction>,
    /// What is worth a finding about which nobody has to decide.
    pub notes: Vec<Conflict>,
    /// The source's newer word that waits for a decision.
    pub conflict: Option<Conflict>,
}

/// Completes and corrects a match by what a source says of it. `held_stats` are the statistics that are stored.
pub(in crate::ingest) fn merge(
    held: &mut Match,
    held_stats: MatchStats,
    given: &Given<'_>,
    order: &SourceOrder,
    known: Option<&Words>,
) -> Merged {
    if known.is_none() && repeats(held, held_stats, given) {
        return Merged::default();
    }
    let mut weighing = Weighing::new(held, given, order, known);
    let row = given.details;
    let details = &mut held.details;
    let before = BOUND_TO_SCORE.map(|field| field.text_of(details));
    kickoff(&mut weighing, details, row);
    result(&mut weighing, details, row);
    for field in FURTHER {
        let text = field.text_of(row);
        if weighing.takes(field, field.text_of(details), text.clone()) {
            field.put(details, text.as_deref()).expect("the text of a value is one of its field");
        }
    }
    // A half-time score of one source above the score of another says nothing.
    if let (Some(half), Some(score)) = (details.half_time, details.score)
        && (half.home > score.home || half.away > score.away)
    {
        details.half_time = None;
    }
    details.setting.fit_to(details.score);
    for (field, before) in BOUND_TO_SCORE.into_iter().zip(before) {
        if field.text_of(details).is_none() {
            weighing.drops(field, before);
        }
    }
    let stats = given.stats.filter(|stats| !stats.is_empty());
    let stats = stats.and_then(|stats| statistics(&mut weighing, held_stats, stats));
    weighing.take_source(details, row);
    weighing.finish(held.id, stats)
}

/// The same of facts that say nothing but what was counted.
pub(in crate::ingest) fn merge_statistics(
    held: &Match,
    held_stats: MatchStats,
    given: &Given<'_>,
    order: &SourceOrder,
    known: Option<&Words>,
) -> Merged {
    let mut weighing = Weighing::new(held, given, order, known);
    let stats = given.stats.filter(|stats| !stats.is_empty());
    let stats = stats.and_then(|stats| statistics(&mut weighing, held_stats, stats));
    weighing.finish(held.id, stats)
}

/// Whether a row of the match's own source says what is held and nothing else: most rows of a document that is read again.
fn repeats(held: &Match, held_stats: MatchStats, given: &Given<'_>) -> bool {
    let row = given.details;
    let counted = |stats| {
        (merge::stats(held_stats, stats), merge::stats(stats, held_stats)) == (held_stats, held_stats)
    };
    row.source == held.source
        && (row.kickoff, row.status, row.score) == (held.kickoff, held.status, held.score)
        && (row.half_time.is_none() || row.half_time == held.half_time)
        && (row.referee.is_none() || row.referee == held.referee)
        && (row.attendance.is_none() || row.attendance == held.attendance)
        && (row.setting == held.setting || row.setting == MatchSetting::default())
        && (row.external_id.is_none() || held.external_id.is_some())
        && given.stats.is_none_or(counted)
}

fn kickoff(weighing: &mut Weighing<'_>, held: &mut NewMatch, given: &NewMatch) {
    use KickoffPrecision::{Day, Minute};
    let finer = match (held.kickoff.precision, given.kickoff.precision) {
        (Day, Minute) => covers(held.kickoff, given.kickoff),
        (Minute, Day) => covers(given.kickoff, held.kickoff),
        _ => false,
    };
    let (had, has) = (Some(kickoff_text(held.kickoff)), Some(kickoff_text(given.kickoff)));
    // A date beside a time of the same day says nothing.
    let (had, has) = match (finer, given.kickoff.precision) {
        (true, Minute) => (None, has),
        (true, Day) => (had, None),
        (false, _) => (had, has),
    };
    if weighing.takes(ClaimField::Kickoff, had, has) {
        held.kickoff = given.kickoff;
    }
}

fn result(weighing: &mut Weighing<'_>, held: &mut NewMatch, given: &NewMatch) {
    let name = |m: &NewMatch| m.status.name().to_owned();
    let text = |m: &NewMatch| ClaimField::Score.text_of(m);
    if weighing.takes(ClaimField::Score, text(held), text(given)) {
        let is_another = weighing.was_played() || weighing.was_corrected(ClaimField::Status);
        if is_another && held.status != given.status {
            weighing.follows(ClaimField::Status, Some(name(held)), Some(name(given)));
        }
        (held.score, held.status) = (given.score, given.status);
    } else if held.score.is_some() && given.score.is_none() {
        if withdraws(held, given) && weighing.withdraws(name(held), name(given)) {
            for field in [ClaimField::Score, ClaimField::HalfTime] {
                if let Some(old) = field.text_of(held) {
                    weighing.follows(field, Some(old), None);
                }
            }
            (held.status, held.score, held.half_time) = (given.status, None, None);
        }
    } else if held.score == given.score && held.status != given.status {
        let says = |m: &NewMatch| (m.status != MatchStatus::Scheduled).then(|| name(m));
        let back_on = held.status == MatchStatus::Postponed && given.status == MatchStatus::Scheduled;
        if back_on && weighing.is_of_source(ClaimField::Status, &name(held))
            || weighing.takes(ClaimField::Status, says(held), says(given))
        {
            held.status = given.status;
        }
    }
}

/// Whether a row without a score takes back the result that is held: the match was annulled or broken off, or is put off
/// to a later day. A fixture list that knows no result yet does not.
fn withdraws(held: &NewMatch, given: &NewMatch) -> bool {
    match given.status {
        MatchStatus::Cancelled | MatchStatus::Abandoned => true,
        MatchStatus::Postponed => given.kickoff.at > held.kickoff.at,
        _ => false,
    }
}

/// The statistics to store: those given where there are none, and those that are corrected.
fn statistics(weighing: &mut Weighing<'_>, held: MatchStats, given: MatchStats) -> Option<MatchStats> {
    let (filled, corrected) = (merge::stats(held, given), merge::stats(given, held));
    if filled != corrected {
        let (old, new) = (statistics_text(&held), statistics_text(&corrected));
        if weighing.takes_statistics(old, new) {
            return Some(corrected);
        }
    }
    (filled != held).then_some(filled)
}

/// Whether a time is of the day that a date says.
pub(crate) fn covers(day: Kickoff, time: Kickoff) -> bool {
    let (date, of_time) = (day.at.date_naive(), time.at.date_naive());
    date == of_time || (time.at.hour() < NIGHT && date.checked_add_days(Days::new(1)) == Some(of_time))
}
