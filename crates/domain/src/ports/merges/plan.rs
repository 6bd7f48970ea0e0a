//! Which matches of both sides are one, and how the matches look afterwards. Pure: every store carries out the same plan.

use super::{
    JoinedMatch, MergeKind, MergePreference, MergeRefusal, MergeReport, MergeSide, MergeSubject,
    ScoreDisagreement,
};
use crate::{KickoffPrecision, LeagueId, Match, MatchId, MatchStatus, NewMatch, Season, TeamId};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Two results of one leg that lie further apart than this are two matches.
const DAYS_APART: i64 = 7;

/// What becomes of the matches of two leagues or teams.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MergePlan {
    /// Matches that both have, by the kept one's identifier.
    pub joined: Vec<JoinedMatch>,
    /// Matches that stay and look different afterwards, by identifier.
    pub changed: Vec<Match>,
    /// Matches of the merged one that the kept one did not have.
    pub moved: u64,
    /// Matches whose leg changes.
    pub renumbered: u64,
    /// Joined matches with two final scores.
    pub disagreements: Vec<ScoreDisagreement>,
    /// Matches on one date against opponents that may be one team stored twice.
    pub opponents_held_twice: Vec<JoinedMatch>,
    /// Why it cannot be done.
    pub refusals: Vec<MergeRefusal>,
}

/// Plans a merge.
///
/// `matches` are all those of both leagues or teams. Two matches of a pairing (league, season, home, away) are one if
/// their dates (UTC) are equal or next to each other; else if they are the same leg and one of them is not played, or
/// both lie within a week. Of two final scores the preferred one counts; without a preference the plan takes the kept
/// one's and names a refusal.
pub fn plan(subject: MergeSubject, prefer: Option<MergePreference>, matches: &[Match]) -> MergePlan {
    let mut plan = MergePlan::default();
    let itself: Vec<_> = matches.iter().filter(|m| plays_itself(subject, m)).map(|m| m.id).collect();
    if !itself.is_empty() {
        plan.refusals.push(MergeRefusal::PlayEachOther(itself));
        return plan;
    }
    let mut pairings: BTreeMap<Pairing, Sides<'_>> = BTreeMap::new();
    for m in matches {
        let sides = pairings.entry(pairing(subject, m)).or_default();
        if is_merged(subject, m) { sides.merged.push(m) } else { sides.kept.push(m) }
    }
    for (pairing, sides) in pairings {
        plan.join(pairing, &sides, prefer);
    }
    plan.joined.sort_by_key(|pair| pair.kept);
    plan.changed.sort_by_key(|m| m.id);
    plan.disagreements.sort_by_key(|d| d.matches.kept);
    if prefer.is_none() && !plan.disagreements.is_empty() {
        plan.refusals.push(MergeRefusal::Scores(plan.disagreements.iter().map(|d| d.matches).collect()));
    }
    if let MergeSubject::Teams { kept, merged } = subject {
        plan.same_dates(kept, merged, matches);
    }
    plan
}

/// League, season, home and away after the merge.
type Pairing = (LeagueId, Season, TeamId, TeamId);

/// Matches of one pairing.
#[derive(Default)]
struct Sides<'a> {
    kept: Vec<&'a Match>,
    merged: Vec<&'a Match>,
}

fn plays_itself(subject: MergeSubject, m: &NewMatch) -> bool {
    matches!(subject, MergeSubject::Teams { kept, merged }
        if (m.home, m.away) == (kept, merged) || (m.home, m.away) == (merged, kept))
}

fn is_merged(subject: MergeSubject, m: &NewMatch) -> bool {
    match subject {
        MergeSubject::Leagues { merged, .. } => m.league == merged,
        MergeSubject::Teams { merged, .. } => m.home == merged || m.away == merged,
    }
}

fn pairing(subject: MergeSubject, m: &NewMatch) -> Pairing {
    match subject {
        MergeSubject::Leagues { kept, .. } => (kept, m.season, m.home, m.away),
        MergeSubject::Teams { kept, merged } => {
            let side = |team| if team == merged { kept } else { team };
            (m.league, m.season, side(m.home), side(m.away))
        }
    }
}

fn date(m: &NewMatch) -> NaiveDate {
    m.kickoff.at.date_naive()
}

fn days_between(a: &NewMatch, b: &NewMatch) -> i64 {
    (date(a) - date(b)).num_days().abs()
}

/// Whether the score is final.
fn is_settled(m: &NewMatch) -> bool {
    matches!(m.status, MatchStatus::Finished | MatchStatus::Awarded) && m.score.is_some()
}

fn contradict(a: &NewMatch, b: &NewMatch) -> bool {
    is_settled(a) && is_settled(b) && a.score != b.score
}

/// Rules by which two matches of a pairing are one, the surest first.
const RULES: [fn(&NewMatch, &NewMatch) -> bool; 3] = [
    |a, b| days_between(a, b) == 0,
    // A date of the place, and one of UTC.
    |a, b| days_between(a, b) == 1,
    |a, b| a.leg == b.leg && (!is_settled(a) || !is_settled(b) || days_between(a, b) <= DAYS_APART),
];

/// Indices of matches that are one; each is used once.
fn same(sides: &Sides<'_>) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for rule in RULES {
        for (j, merged) in sides.merged.iter().enumerate() {
            if found.iter().any(|(_, taken)| *taken == j) {
                continue;
            }
            let free = |i: &usize| found.iter().all(|(taken, _)| taken != i);
            let nearest = (0..sides.kept.len())
                .filter(free)
                .filter(|i| rule(sides.kept[*i], merged))
                .min_by_key(|i| (days_between(sides.kept[*i], merged), sides.kept[*i].id));
            found.extend(nearest.map(|i| (i, j)));
        }
    }
    found
}

/// The kept match with everything that the merged one knows and it does not.
fn united(kept: &NewMatch, merged: &NewMatch, prefer: Option<MergePreference>) -> NewMatch {
    let (first, second) = match prefer {
        Some(MergePreference::Merged) => (merged, kept),
        _ => (kept, merged),
    };
    let takes_second = is_settled(second) && !is_settled(first)
        || !is_settled(second) && !is_settled(first) && first.score.is_none() && second.score.is_some();
    let (result, other) = if takes_second { (second, first) } else { (first, second) };
    let more_exact = result.kickoff.precision == KickoffPrecision::Day
        && other.kickoff.precision == KickoffPrecision::Minute
        && days_between(result, other) <= 1;
    let half_time = result.half_time.or(other.half_time.filter(|_| result.score == other.score));
    let mut setting = first.setting.clone();
    setting.complete(&second.setting);
    setting.fit_to(result.score);
    NewMatch {
        kickoff: if more_exact { other.kickoff } else { result.kickoff },
        status: result.status,
        score: result.score,
        half_time,
        referee: first.referee.clone().or_else(|| second.referee.clone()),
        attendance: first.attendance.or(second.attendance),
        setting,
        ..kept.clone()
    }
}

impl MergePlan {
    /// Every match that is changed, or becomes part of the one beside it; for stores.
    pub fn touched(&self) -> Vec<(MatchId, Option<MatchId>)> {
        let joined = self.joined.iter().map(|pair| (pair.merged, Some(pair.kept)));
        joined.chain(self.changed.iter().map(|m| (m.id, None))).collect()
    }

    /// The plan as it is shown, without rows; for stores. `archived` are the matches with quotes in the lake.
    pub fn report(
        &self,
        kind: MergeKind,
        kept: MergeSide,
        merged: MergeSide,
        archived: &HashSet<MatchId>,
    ) -> MergeReport {
        let mut refusals = self.refusals.clone();
        let gone = self.joined.iter().map(|pair| pair.merged);
        let archived: Vec<_> = gone.filter(|id| archived.contains(id)).collect();
        if !archived.is_empty() {
            refusals.push(MergeRefusal::Archived(archived));
        }
        MergeReport {
            kind,
            kept,
            merged,
            moved: self.moved,
            joined: self.joined.clone(),
            renumbered: self.renumbered,
            disagreements: self.disagreements.clone(),
            opponents_held_twice: self.opponents_held_twice.clone(),
            refusals,
            rows: Vec::new(),
        }
    }

    /// Joins the matches of one pairing.
    fn join(&mut self, pairing: Pairing, sides: &Sides<'_>, prefer: Option<MergePreference>) {
        if sides.merged.is_empty() {
            return;
        }
        let same = same(sides);
        let mut after: Vec<(&Match, NewMatch)> = Vec::new();
        for (i, kept) in sides.kept.iter().enumerate() {
            let merged = same.iter().find(|(k, _)| *k == i).map(|(_, j)| sides.merged[*j]);
            let Some(merged) = merged else {
                after.push((kept, kept.details.clone()));
                continue;
            };
            let matches = JoinedMatch { kept: kept.id, merged: merged.id };
            if let (true, Some(kept_score), Some(merged_score)) =
                (contradict(kept, merged), kept.score, merged.score)
            {
                self.disagreements.push(ScoreDisagreement { matches, kept_score, merged_score });
            }
            after.push((kept, united(kept, merged, prefer)));
            self.joined.push(matches);
        }
        let alone = (0..sides.merged.len()).filter(|j| same.iter().all(|(_, taken)| taken != j));
        let (league, season, home, away) = pairing;
        let alone: Vec<_> = alone
            .map(|j| sides.merged[j])
            .map(|m| (m, NewMatch { league, season, home, away, ..m.details.clone() }))
            .collect();
        self.moved += alone.len() as u64;
        // Legs stay as they are unless the pairing has more matches than before.
        let renumber = !alone.is_empty() && !after.is_empty();
        after.extend(alone);
        if renumber {
            self.renumber(&mut after);
        }
        let changed = after.into_iter().filter(|(before, after)| before.details != *after);
        self.changed.extend(changed.map(|(before, details)| Match { id: before.id, details }));
    }

    /// Legs by date.
    fn renumber(&mut self, matches: &mut [(&Match, NewMatch)]) {
        matches.sort_by_key(|(before, after)| (after.kickoff.at, before.id));
        if matches.len() > usize::from(u8::MAX) {
            let ids = matches.iter().map(|(before, _)| before.id).collect();
            self.refusals.push(MergeRefusal::TooManyLegs(ids));
            return;
        }
        for (leg, (before, after)) in (1..).zip(matches) {
            after.leg = leg;
            self.renumbered += u64::from(before.leg != leg);
        }
    }

    /// Looks for dates on which both teams play, in matches that are not one.
    fn same_dates(&mut self, kept: TeamId, merged: TeamId, matches: &[Match]) {
        let joined: HashSet<MatchId> = self.joined.iter().flat_map(|pair| [pair.kept, pair.merged]).collect();
        let played = |m: &&Match| {
            !matches!(m.status, MatchStatus::Postponed | MatchStatus::Cancelled) && !joined.contains(&m.id)
        };
        let mut of_kept: HashMap<NaiveDate, Vec<&Match>> = HashMap::new();
        for m in matches.iter().filter(played).filter(|m| m.home == kept || m.away == kept) {
            of_kept.entry(date(m)).or_default().push(m);
        }
        let mut refused = Vec::new();
        for b in matches.iter().filter(played).filter(|m| m.home == merged || m.away == merged) {
            for a in of_kept.get(&date(b)).into_iter().flatten() {
                let pair = JoinedMatch { kept: a.id, merged: b.id };
                let same_side = (a.home == kept) == (b.home == merged);
                if same_side && !contradict(a, b) {
                    self.opponents_held_twice.push(pair);
                } else {
                    refused.push(pair);
                }
            }
        }
        self.opponents_held_twice.sort_by_key(|pair| pair.kept);
        if !refused.is_empty() {
            refused.sort_by_key(|pair| pair.kept);
            self.refusals.push(MergeRefusal::SameDate(refused));
        }
    }
}

#[cfg(test)]
mod tests;
