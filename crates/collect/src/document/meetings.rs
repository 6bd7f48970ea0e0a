//! Who met whom, league by league and season by season. A match that stands twice with one day counts once.

use crate::Parsed;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, HashMap, HashSet};
use touchline_domain::Season;

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
    /// Home and away side.
    pub(super) met: HashSet<(u32, u32)>,
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

    fn add(&mut self, m: &'a crate::SourceMatch) {
        let (home, away) = (self.club(&m.home, m.line), self.club(&m.away, m.line));
        let date = m.kickoff.at.date_naive();
        let day = date.num_days_from_ce();
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
        self.met.insert((home, away));
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
        self.met.contains(&(a, b)) || self.met.contains(&(b, a))
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
    for m in &parsed.matches {
        let key = (m.league, m.season);
        if current.as_ref().is_none_or(|(held, _)| *held != key) {
            all.extend(current.take());
            current = Some((key, all.remove(&key).unwrap_or_default()));
        }
        if let Some((_, meetings)) = &mut current {
            meetings.add(m);
        }
    }
    all.extend(current);
    all
}
