//! Which source a field of a match comes from, where several speak of it.
//!
//! Nothing is kept of a match of one source. Where another source gives a field that the match's own source does not
//! have, or says something else, what it says is kept as a claim; so is the word of a source that was overruled. The
//! value of a field is that of the first source in the order that has one, whichever came first.

use super::{Conflict, Row};
use crate::identity::SourceOrder;
use chrono::{Days, Timelike};
use std::collections::{BTreeMap, HashMap};
use touchline_domain::{
    ClaimField, Kickoff, KickoffPrecision, Match, MatchClaim, MatchId, MatchStatus, NewMatch,
};

/// What sources say of fields of one match.
pub(in crate::ingest) type Claims = BTreeMap<(ClaimField, String), String>;

pub(super) fn by_match(claims: Vec<MatchClaim>) -> HashMap<MatchId, Claims> {
    let mut all: HashMap<MatchId, Claims> = HashMap::new();
    for claim in claims {
        all.entry(claim.match_id).or_default().insert((claim.field, claim.source), claim.value);
    }
    all
}

/// Before this hour UTC, a match may be of the day before where it is played.
const NIGHT: u32 = 8;

/// What a row of one source brings to a match of several.
pub(super) struct Merged {
    /// New claims.
    pub claims: Vec<MatchClaim>,
    /// What sources disagree about.
    pub note: Option<Conflict>,
    /// The source's own earlier score, where it now says another.
    pub own_conflict: bool,
}

/// Completes a match by a row of another source, or by a row of its own source where other sources speak of it too.
pub(super) fn merge(held: &mut Match, row: &Row, order: &SourceOrder, known: Option<&Claims>) -> Merged {
    let given = &row.details;
    let first = if order.precedes(&given.source, &held.source) { &given.source } else { &held.source };
    let mut weighing = Weighing {
        order,
        known: known.cloned().unwrap_or_default(),
        given: given.source.clone(),
        before: held.source.clone(),
        first: first.clone(),
        played: held.score.is_some(),
        new: Vec::new(),
        disagreements: Vec::new(),
    };
    if weighing.contradicts_itself(held, given) {
        return Merged { claims: Vec::new(), note: None, own_conflict: true };
    }
    let details = &mut held.details;
    weighing.kickoff(details, given);
    weighing.result(details, given);
    let text = |score: touchline_domain::Score| score.to_string();
    if weighing.takes(ClaimField::HalfTime, details.half_time.map(text), given.half_time.map(text)) {
        details.half_time = given.half_time;
    }
    if weighing.takes(ClaimField::Referee, details.referee.clone(), given.referee.clone()) {
        details.referee.clone_from(&given.referee);
    }
    let number = |n: u32| n.to_string();
    if weighing.takes(ClaimField::Attendance, details.attendance.map(number), given.attendance.map(number)) {
        details.attendance = given.attendance;
    }
    weighing.setting(details, given);
    // A half-time score of one source above the score of another says nothing.
    if let (Some(half), Some(score)) = (details.half_time, details.score)
        && (half.home > score.home || half.away > score.away)
    {
        details.half_time = None;
    }
    details.setting.fit_to(details.score);
    if weighing.first == given.source && given.source != weighing.before {
        details.source.clone_from(&given.source);
        details.external_id.clone_from(&given.external_id);
    } else if given.source == weighing.before && details.external_id.is_none() {
        details.external_id.clone_from(&given.external_id);
    }
    let id = held.id;
    let claim = |(field, source, value): (ClaimField, String, String)| MatchClaim {
        match_id: id,
        source,
        field,
        value,
    };
    let note = (!weighing.disagreements.is_empty()).then(|| Conflict {
        line: row.line,
        kind: "sources_disagree",
        message: format!(
            "sources disagree about match {id}: {}; the first of them in identity.source_order counts",
            weighing.disagreements.join("; ")
        ),
    });
    Merged { claims: weighing.new.into_iter().map(claim).collect(), note, own_conflict: false }
}

struct Weighing<'a> {
    order: &'a SourceOrder,
    /// Claims, with those that are new.
    known: Claims,
    /// The source of the row.
    given: String,
    /// The match's own source so far.
    before: String,
    /// Its own source from now on.
    first: String,
    played: bool,
    new: Vec<(ClaimField, String, String)>,
    disagreements: Vec<String>,
}

impl Weighing<'_> {
    /// The source that a field's present value comes from.
    fn winner(&self, field: ClaimField, value: &str) -> String {
        let same = self.known.iter().filter(|((of, _), claimed)| *of == field && *claimed == value);
        let best =
            same.map(|((_, source), _)| source).min_by(|a, b| self.order.rank(a).cmp(&self.order.rank(b)));
        best.unwrap_or(&self.before).clone()
    }

    fn claim(&mut self, field: ClaimField, source: &str, value: &str) {
        let key = (field, source.to_owned());
        if self.known.get(&key).is_none_or(|held| held != value) {
            self.known.insert(key, value.to_owned());
            self.new.push((field, source.to_owned(), value.to_owned()));
        }
    }

    /// Whether a field takes the row's value.
    fn takes(&mut self, field: ClaimField, held: Option<String>, given: Option<String>) -> bool {
        let source = self.given.clone();
        let (held, given) = match (held, given) {
            (None, None) => return false,
            (Some(held), None) => {
                // The value is not from the new own source.
                let winner = self.winner(field, &held);
                if self.first != self.before && winner == self.before {
                    self.claim(field, &winner, &held);
                }
                return false;
            }
            (None, Some(given)) => {
                if source != self.first {
                    self.claim(field, &source, &given);
                }
                return true;
            }
            (Some(held), Some(given)) => (held, given),
        };
        let winner = self.winner(field, &held);
        if held == given {
            let is_marked = self.known.contains_key(&(field, winner.clone()));
            if is_marked && self.order.precedes(&source, &winner) {
                self.claim(field, &source, &given);
            }
            return false;
        }
        if source == winner {
            // Of a match still to come the latest word of a source counts.
            if !self.played && source != self.first {
                self.claim(field, &source, &given);
            }
            return !self.played;
        }
        self.disagreements.push(format!("{winner} says {} {held}, {source} says {given}", field.name()));
        if self.order.precedes(&source, &winner) {
            self.claim(field, &winner, &held);
            if source != self.first {
                self.claim(field, &source, &given);
            }
            return true;
        }
        self.claim(field, &source, &given);
        false
    }

    fn contradicts_itself(&self, held: &NewMatch, given: &NewMatch) -> bool {
        let (Some(held), Some(score)) = (held.score, given.score) else { return false };
        held != score && self.winner(ClaimField::Score, &held.to_string()) == given.source
    }

    fn kickoff(&mut self, held: &mut NewMatch, given: &NewMatch) {
        use KickoffPrecision::{Day, Minute};
        let finer = match (held.kickoff.precision, given.kickoff.precision) {
            (Day, Minute) => covers(held.kickoff, given.kickoff),
            (Minute, Day) => covers(given.kickoff, held.kickoff),
            _ => false,
        };
        // A date beside a time of the same day says nothing.
        let (had, has) = match (finer, given.kickoff.precision) {
            (true, Minute) => (None, Some(text(given.kickoff))),
            (true, Day) => (Some(text(held.kickoff)), None),
            (false, _) => (Some(text(held.kickoff)), Some(text(given.kickoff))),
        };
        if self.takes(ClaimField::Kickoff, had, has) {
            held.kickoff = given.kickoff;
        }
    }

    /// What the match has beyond one of a league. A source that says nothing of neutral ground does not deny it.
    fn setting(&mut self, held: &mut NewMatch, given: &NewMatch) {
        let (held, given) = (&mut held.setting, &given.setting);
        let word = |flag: bool| flag.then(|| flag.to_string());
        if self.takes(ClaimField::NeutralGround, word(held.neutral_ground), word(given.neutral_ground)) {
            held.neutral_ground = given.neutral_ground;
        }
        let texts = [
            (ClaimField::Stage, &mut held.stage, &given.stage),
            (ClaimField::Round, &mut held.round, &given.round),
            (ClaimField::Group, &mut held.group, &given.group),
        ];
        for (field, held, given) in texts {
            if self.takes(field, held.clone(), given.clone()) {
                held.clone_from(given);
            }
        }
        let number = |n: u8| n.to_string();
        if self.takes(ClaimField::TieLeg, held.tie_leg.map(number), given.tie_leg.map(number)) {
            held.tie_leg = given.tie_leg;
        }
        let scores = [
            (ClaimField::AfterExtraTime, &mut held.after_extra_time, given.after_extra_time),
            (ClaimField::Shootout, &mut held.shootout, given.shootout),
        ];
        let text = |score: touchline_domain::Score| score.to_string();
        for (field, held, given) in scores {
            if self.takes(field, held.map(text), given.map(text)) {
                *held = given;
            }
        }
    }

    fn result(&mut self, held: &mut NewMatch, given: &NewMatch) {
        let text = |m: &NewMatch| m.score.map(|score| score.to_string());
        let same = held.score == given.score;
        if self.takes(ClaimField::Score, text(held), text(given)) {
            (held.score, held.status) = (given.score, given.status);
            return;
        }
        let says = |m: &NewMatch| (m.status != MatchStatus::Scheduled).then(|| m.status.name().to_owned());
        if same && held.status != given.status && self.takes(ClaimField::Status, says(held), says(given)) {
            held.status = given.status;
        }
    }
}

/// Whether a time is of the day that a date says.
fn covers(day: Kickoff, time: Kickoff) -> bool {
    let (date, of_time) = (day.at.date_naive(), time.at.date_naive());
    date == of_time || (time.at.hour() < NIGHT && date.checked_add_days(Days::new(1)) == Some(of_time))
}

fn text(kickoff: Kickoff) -> String {
    match kickoff.precision {
        KickoffPrecision::Day => kickoff.at.date_naive().to_string(),
        KickoffPrecision::Minute => kickoff.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}
