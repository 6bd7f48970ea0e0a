//! Which matches of a season are played, which are still to come, and which pairings no source has told yet.

use super::{SimulateError, SimulationRequest};
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use touchline_domain::ports::ResultRow;
use touchline_domain::{Kickoff, League, MatchId, MatchStatus, RulesInForce, Score, Season, TeamId};
use touchline_learning::dataset::Facts;

/// The matches of one season of a league, as known at one time.
pub(super) struct Calendar {
    pub season: Season,
    /// In the order of their identifiers; everything else counts teams by their place here.
    pub teams: Vec<TeamId>,
    pub played: Vec<(ResultRow, Score)>,
    pub to_come: Vec<ResultRow>,
    /// Pairings of the double round robin that the store does not hold, with identifiers below zero.
    pub assumed: Vec<ResultRow>,
    /// Matches of the play-offs, with the result where it is known. They are in no table.
    pub play_offs: Vec<(ResultRow, Option<Score>)>,
    /// Matches that will not be played.
    pub cancelled: u32,
    /// What holds beside matches.
    pub rules: Option<RulesInForce>,
}

impl Calendar {
    pub fn of(
        league: &League,
        facts: &Facts,
        rules: &[RulesInForce],
        request: &SimulationRequest,
    ) -> Result<Self, SimulateError> {
        let held = facts.rows_held_at(request.as_of);
        let of_league: Vec<&ResultRow> = held.iter().filter(|r| r.league == league.id).collect();
        let latest = of_league.iter().map(|r| r.season).max();
        let unknown = || SimulateError::Season {
            league: league.name.clone(),
            season: request.season.map_or("any season".to_owned(), |s| s.to_string()),
            latest,
        };
        let season = request.season.or(latest).ok_or_else(unknown)?;
        let rules = rules.iter().find(|r| r.league == league.id && r.season == season).cloned();
        let from = rules.as_ref().and_then(|r| r.play_offs_from);
        let counts = |row: &ResultRow| from.is_none_or(|from| row.kickoff.date_naive() < from);
        let of_season = of_league.iter().filter(|r| r.season == season).map(|r| **r);
        let (rows, play_offs): (Vec<ResultRow>, Vec<ResultRow>) = of_season.partition(counts);
        if rows.is_empty() {
            return Err(unknown());
        }
        let teams: BTreeSet<TeamId> = rows.iter().flat_map(|r| [r.home, r.away]).collect();
        let mut calendar = Self {
            season,
            teams: teams.into_iter().collect(),
            played: Vec::new(),
            to_come: Vec::new(),
            assumed: Vec::new(),
            play_offs: play_offs.into_iter().map(|row| (row, result_of(&row, request.as_of))).collect(),
            cancelled: 0,
            rules,
        };
        for row in &rows {
            calendar.sort_in(row, request.as_of);
        }
        let before = of_league.iter().filter(|r| Some(r.season) == season.before()).copied();
        if request.complete || is_double_round_robin(before) || is_double_round_robin(rows.iter()) {
            calendar.complete(&rows, &of_league, request.as_of);
        }
        Ok(calendar)
    }

    /// Where a team stands in [`Self::teams`].
    pub fn place(&self, team: TeamId) -> usize {
        self.teams.binary_search(&team).expect("teams are those of the season's matches")
    }

    /// Places of both sides of each match played.
    pub fn played_sides(&self) -> impl Iterator<Item = [usize; 2]> {
        self.played.iter().map(|(row, _)| [row.home, row.away].map(|team| self.place(team)))
    }

    /// Points taken from teams by a time, by the teams' places.
    pub fn deductions(&self, as_of: DateTime<Utc>) -> impl Iterator<Item = (usize, i32)> {
        let all = self.rules.iter().flat_map(|rules| &rules.deductions);
        let in_force = all.filter(move |(_, _, from)| *from <= as_of.date_naive());
        in_force
            .filter_map(|(team, points, _)| Some((self.teams.binary_search(team).ok()?, i32::from(*points))))
    }

    fn sort_in(&mut self, row: &ResultRow, as_of: DateTime<Utc>) {
        match result_of(row, as_of) {
            Some(score) => self.played.push((*row, score)),
            None if row.status == MatchStatus::Cancelled => self.cancelled += 1,
            None => self.to_come.push(*row),
        }
    }

    /// Adds the pairings that a double round robin still lacks; nothing where a pairing is stored twice, for then it is
    /// none.
    fn complete(&mut self, rows: &[ResultRow], of_league: &[&ResultRow], as_of: DateTime<Utc>) {
        let held: BTreeSet<(TeamId, TeamId)> = rows.iter().map(|r| (r.home, r.away)).collect();
        if held.len() < rows.len() {
            return;
        }
        let end = season_end(self.season, rows, of_league).max(as_of + Duration::days(1));
        // Halfway to the end: when exactly, nobody has said.
        let Kickoff { at, precision } = Kickoff::on((as_of + (end - as_of) / 2).date_naive());
        let mut next = 0;
        for home in &self.teams {
            for away in self.teams.iter().filter(|away| *away != home) {
                if held.contains(&(*home, *away)) {
                    continue;
                }
                next -= 1;
                self.assumed.push(ResultRow {
                    id: MatchId(next),
                    league: rows[0].league,
                    season: self.season,
                    home: *home,
                    away: *away,
                    kickoff: at,
                    precision,
                    status: MatchStatus::Scheduled,
                    score: None,
                    neutral_ground: false,
                });
            }
        }
    }
}

/// The result of a match, where it counts and is known by a time.
fn result_of(row: &ResultRow, as_of: DateTime<Utc>) -> Option<Score> {
    let known = Kickoff { at: row.kickoff, precision: row.precision }.result_known_at() <= as_of;
    let counts = matches!(row.status, MatchStatus::Finished | MatchStatus::Awarded);
    row.score.filter(|_| known && counts)
}

/// Whether every ordered pair of the teams meets exactly once.
fn is_double_round_robin<'a>(rows: impl Iterator<Item = &'a ResultRow>) -> bool {
    let mut meetings: BTreeMap<(TeamId, TeamId), u32> = BTreeMap::new();
    for row in rows {
        *meetings.entry((row.home, row.away)).or_default() += 1;
    }
    let teams: BTreeSet<TeamId> = meetings.keys().flat_map(|(home, away)| [*home, *away]).collect();
    teams.len() >= 4
        && meetings.len() == teams.len() * (teams.len() - 1)
        && meetings.values().all(|n| *n == 1)
}

/// When the season ends: as late in its year as the one before, or as its own last stored match.
fn season_end(season: Season, rows: &[ResultRow], of_league: &[&ResultRow]) -> DateTime<Utc> {
    let own = rows.iter().map(|r| r.kickoff).max();
    let before = of_league.iter().filter(|r| Some(r.season) == season.before()).map(|r| r.kickoff).max();
    own.max(before.map(|end| end + Duration::days(365))).unwrap_or(DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{KickoffPrecision, LeagueId};

    fn row(home: i64, away: i64) -> ResultRow {
        ResultRow {
            id: MatchId(home * 100 + away),
            league: LeagueId(1),
            season: Season::cross_year(2023).unwrap(),
            home: TeamId(home),
            away: TeamId(away),
            kickoff: "2023-10-01T15:00:00Z".parse().unwrap(),
            precision: KickoffPrecision::Minute,
            status: MatchStatus::Scheduled,
            score: None,
            neutral_ground: false,
        }
    }

    #[test]
    fn only_a_whole_double_round_robin_is_one() {
        let pairs = || (1..5).flat_map(|h| (1..5).filter(move |a| *a != h).map(move |a| row(h, a)));
        let all: Vec<ResultRow> = pairs().collect();
        assert!(is_double_round_robin(all.iter()));
        assert!(!is_double_round_robin(all[1..].iter()), "one pairing is missing");
        assert!(!is_double_round_robin(all.iter().chain([&row(1, 2)])), "one pairing meets twice");
        let single: Vec<ResultRow> = pairs().filter(|r| r.home < r.away).collect();
        assert!(!is_double_round_robin(single.iter()));
    }
}
