//! Who met whom, league by league and season by season. A match that stands twice with one day counts once.

use crate::{Parsed, SourceMatch};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap};
use touchline_domain::Season;

/// Days within which two meetings with one score are taken for one match.
pub(super) const BESIDE: i64 = 3;
/// Meetings of one pairing that are compared with a further one.
const MOST_MEETINGS: usize = 16;

/// A club of a season.
pub(super) struct Club<'a> {
    pub(super) name: &'a str,
    pub(super) matches: usize,
    pub(super) results: usize,
    /// The first line that names it.
    pub(super) line: u32,
}

/// The clubs of a league's season, named by their places in `clubs`, and their meetings.
#[derive(Default)]
pub(super) struct Meetings<'a> {
    pub(super) clubs: Vec<Club<'a>>,
    index: HashMap<&'a str, u32>,
    /// Home and away side, and the latest match of both (its place in the document).
    pub(super) met: HashMap<(u32, u32), usize>,
    /// The match of the same sides before a match, where there is one.
    pub(super) before: HashMap<usize, usize>,
    /// Matches of one score that stand under days beside each other: how many, and two lines of the first.
    pub(super) repeated: Option<(u64, [u32; 2])>,
    /// Whom a club met on a day (days since the first year): sides and line.
    days: HashMap<(u32, i32), (u32, u32, u32)>,
    /// Matches of clubs that play another one on the same day, and two lines of the first.
    pub(super) same_day: Option<(usize, [u32; 2])>,
    pub(super) last: NaiveDate,
}

impl<'a> Meetings<'a> {
    fn club(&mut self, name: &'a str, line: u32) -> u32 {
        let next = self.clubs.len() as u32;
        let at = *self.index.entry(name).or_insert(next);
        if at == next {
            self.clubs.push(Club { name, matches: 0, results: 0, line });
        }
        at
    }

    fn add(&mut self, at: usize, matches: &'a [SourceMatch]) {
        let m = &matches[at];
        let (home, away) = (self.club(&m.home, m.line), self.club(&m.away, m.line));
        let date = m.kickoff.at.date_naive();
        let day = date.num_days_from_ce();
        if let Some(before) = self.met.insert((home, away), at) {
            self.before.insert(at, before);
            self.compare(at, matches);
        }
        self.last = self.last.max(date);
        let before = self.days.insert((home, day), (home, away, m.line));
        if before.is_some_and(|(h, a, _)| (h, a) == (home, away)) {
            return;
        }
        let other = before.or(self.days.insert((away, day), (home, away, m.line)));
        if let Some((_, _, line)) = other {
            let (count, lines) = self.same_day.unwrap_or((0, [m.line, line]));
            self.same_day = Some((count + 1, lines));
        }
        for side in [home, away] {
            let club = &mut self.clubs[side as usize];
            club.matches += 1;
            club.results += usize::from(m.score.is_some());
        }
    }

    /// Compares a match with those of the same sides before it.
    fn compare(&mut self, at: usize, matches: &[SourceMatch]) {
        let m = &matches[at];
        let earlier = std::iter::successors(self.before.get(&at), |earlier| self.before.get(*earlier));
        let is_same = |other: &&SourceMatch| {
            let apart = (m.kickoff.at.date_naive() - other.kickoff.at.date_naive()).num_days().abs();
            (1..=BESIDE).contains(&apart) && m.score.is_some() && m.score == other.score
        };
        let same = earlier.take(MOST_MEETINGS).map(|earlier| &matches[*earlier]).find(is_same);
        if let Some(other) = same {
            let (count, lines) = self.repeated.unwrap_or((0, [m.line, other.line]));
            self.repeated = Some((count + 1, lines));
        }
    }

    /// The matches of a club in the middle of the table.
    pub(super) fn usual_matches(&self) -> usize {
        middle(self.clubs.iter().map(|club| club.matches).collect())
    }

    /// The same of matches that are over.
    pub(super) fn usual_results(&self) -> usize {
        middle(self.clubs.iter().map(|club| club.results).collect())
    }

    /// Whether two clubs met, wherever.
    pub(super) fn have_met(&self, a: u32, b: u32) -> bool {
        self.met.contains_key(&(a, b)) || self.met.contains_key(&(b, a))
    }
}

fn middle(mut counts: Vec<usize>) -> usize {
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

/// The meetings of a document, by league (its place among the document's) and season.
pub(super) fn of(parsed: &Parsed) -> BTreeMap<(usize, Season), Meetings<'_>> {
    let mut all: BTreeMap<(usize, Season), Meetings<'_>> = BTreeMap::new();
    // Rows of one season mostly stand together.
    let mut current: Option<((usize, Season), Meetings<'_>)> = None;
    for (at, m) in parsed.matches.iter().enumerate() {
        let key = (m.league, m.season);
        if current.as_ref().is_none_or(|(held, _)| *held != key) {
            all.extend(current.take());
            current = Some((key, all.remove(&key).unwrap_or_default()));
        }
        if let Some((_, meetings)) = &mut current {
            meetings.add(at, &parsed.matches);
        }
    }
    all.extend(current);
    all
}
