//! What results say about whether a name and a team are the same.

use super::League;
use chrono::NaiveDate;
use std::collections::HashMap;
use touchline_collect::SourceMatch;
use touchline_domain::{LeagueId, Match, Score, Season, TeamId};

/// A result of one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SideResult {
    pub league: LeagueId,
    pub season: Season,
    pub date: NaiveDate,
    pub at_home: bool,
    pub score: Score,
}

/// Results from which on disagreement counts.
const ENOUGH: u32 = 3;

/// How far the results under a name agree with those of a team.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Agreement {
    /// Results under the name that the team could share.
    pub compared: u32,
    /// Those that it does share: same league, season, side and score, and the same day or the next.
    pub agreeing: u32,
}

impl Agreement {
    pub fn of(named: &[SideResult], held: &[SideResult]) -> Self {
        let mut agreement = Self::default();
        for result in named {
            let of_season = || held.iter().filter(|h| (h.league, h.season) == (result.league, result.season));
            let first = of_season().map(|h| h.date).min();
            let last = of_season().map(|h| h.date).max();
            // Before the first and after the last result that is held there is nothing to compare with.
            if !first.zip(last).is_some_and(|(first, last)| (first..=last).contains(&result.date)) {
                continue;
            }
            agreement.compared += 1;
            let same = |h: &SideResult| {
                (h.at_home, h.score) == (result.at_home, result.score)
                    && (h.date - result.date).num_days().abs() <= 1
            };
            agreement.agreeing += u32::from(of_season().any(same));
        }
        agreement
    }

    /// Whether most of what could agree does not. One or two results say nothing: a source may have them wrong.
    pub fn contradicts(self) -> bool {
        self.compared >= ENOUGH && 2 * self.agreeing < self.compared
    }

    /// The share that agrees; none where nothing could be compared.
    pub fn share(self) -> Option<f64> {
        (self.compared > 0).then(|| f64::from(self.agreeing) / f64::from(self.compared))
    }
}

/// The results of a document in leagues that are asked for, by league and name.
pub(crate) fn by_name<'a>(
    rows: &'a [SourceMatch],
    leagues: &[League],
    wanted: impl Fn(&SourceMatch) -> bool,
) -> HashMap<(LeagueId, &'a str), Vec<SideResult>> {
    let mut results: HashMap<(LeagueId, &str), Vec<SideResult>> = HashMap::new();
    for row in rows.iter().filter(|row| wanted(row)) {
        let Some(score) = row.score else { continue };
        let (league, season, date) = (leagues[row.league].id, row.season, row.kickoff.at.date_naive());
        for (at_home, side) in [(true, &row.home), (false, &row.away)] {
            let result = SideResult { league, season, date, at_home, score };
            results.entry((league, side.as_str())).or_default().push(result);
        }
    }
    results
}

/// The results of a team among held matches.
pub(crate) fn of_team<'a>(matches: impl Iterator<Item = &'a Match>, team: TeamId) -> Vec<SideResult> {
    let result = |m: &Match| {
        let at_home = m.home == team;
        let date = m.kickoff.at.date_naive();
        (at_home || m.away == team).then_some(m.score).flatten().map(|score| SideResult {
            league: m.league,
            season: m.season,
            date,
            at_home,
            score,
        })
    };
    matches.filter_map(result).collect()
}
