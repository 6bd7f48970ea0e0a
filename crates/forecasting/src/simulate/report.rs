//! What a simulation says.

use super::places::{Competition, Place};
use super::play::{Supposed, ToCome, Work};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{MatchId, Outcome, PlayOffRules, TeamId};
use touchline_models::simulation::SeasonTable;

/// The chances of one team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TeamChances {
    /// The team.
    pub team_id: TeamId,
    /// Its name.
    pub team: String,
    /// Matches played.
    pub played: u32,
    /// Points so far, deductions taken off.
    pub points: i32,
    /// Mean final points.
    pub expected_points: f64,
    /// Standard deviation of the final points.
    pub points_deviation: f64,
    /// Probability of each final position, first to last.
    pub positions: Vec<f64>,
    /// Probability of each of the report's places, in their order.
    pub places: Vec<f64>,
    /// Probability to win each of the report's play-offs, in their order.
    #[serde(default)]
    pub play_offs: Vec<f64>,
}

/// With how many points seasons were decided at a place.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PointsNeeded {
    /// The final position.
    pub position: usize,
    /// So many points were enough for it in one simulated season of ten.
    pub low: i32,
    /// In half of them.
    pub median: i32,
    /// In nine of ten.
    pub high: i32,
}

/// What an outcome of a match would make of the chances.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeImpact {
    /// The outcome.
    pub outcome: Outcome,
    /// Chances of the home side for each of the report's places.
    pub home: Vec<f64>,
    /// Chances of the away side.
    pub away: Vec<f64>,
}

/// What a match to come would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MatchImpact {
    /// The match.
    pub match_id: MatchId,
    /// Its kick-off.
    pub kickoff: DateTime<Utc>,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Home win, draw, away win.
    pub outcomes: Vec<OutcomeImpact>,
}

/// The rest of a season, simulated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SimulationReport {
    /// Code of the league.
    pub league: String,
    /// Its name.
    pub league_name: String,
    /// The season.
    pub season: String,
    /// Results known later were not used.
    pub as_of: DateTime<Utc>,
    /// Name of the model behind the forecasts.
    pub model_name: String,
    /// Its version.
    pub model_version: String,
    /// Simulated seasons.
    pub runs: u64,
    /// Draws of the strengths under which they were played; 0: the strengths were taken for certain.
    pub draws: u32,
    /// Seed of everything random.
    pub seed: u64,
    /// Matches played.
    pub played: u32,
    /// Matches to come that the store holds.
    pub to_come: u32,
    /// Pairings that no source has told of, added because the league plays a double round robin.
    pub assumed: u32,
    /// Matches that will not be played.
    pub cancelled: u32,
    /// Whether tie-breaks and places of the competition are known, rather than the commonest ones.
    pub rules_known: bool,
    /// Largest standard error of any probability here, from seasons and draws; what the model does not know comes on top.
    pub standard_error: f64,
    /// Places with a meaning.
    pub places: Vec<Place>,
    /// Play-offs that were played after the table.
    #[serde(default)]
    pub play_offs: Vec<PlayOffRules>,
    /// Teams, likeliest champion first.
    pub teams: Vec<TeamChances>,
    /// Points with which each position was reached.
    pub points_needed: Vec<PointsNeeded>,
    /// What the next matches would change, as far as that was asked for.
    pub impacts: Vec<MatchImpact>,
}

pub(super) fn write(
    work: &Work,
    competition: &Competition,
    matches: &[ToCome],
    (table, standard_error): (&SeasonTable, f64),
    impacts: &[Supposed<'_>],
) -> SimulationReport {
    let calendar = &work.calendar;
    let label = work.model.label();
    let assumed = matches.iter().filter(|m| m.is_assumed()).count();
    let count = calendar.teams.len();
    let mut teams: Vec<TeamChances> =
        (0..count).map(|team| chances(work, competition, table, team)).collect();
    teams.sort_by(|a, b| b.expected_points.total_cmp(&a.expected_points).then(a.team.cmp(&b.team)));
    let points_needed = (1..=count).filter_map(|position| {
        let points = |share| table.points_at(position, share);
        Some(PointsNeeded { position, low: points(0.1)?, median: points(0.5)?, high: points(0.9)? })
    });
    SimulationReport {
        league: work.league.code.clone(),
        league_name: work.league.name.clone(),
        season: calendar.season.to_string(),
        as_of: work.request.as_of,
        model_name: label.name,
        model_version: label.version,
        runs: table.runs(),
        draws: work.draws(),
        seed: work.request.seed,
        played: calendar.played.len() as u32,
        to_come: (matches.len() - assumed) as u32,
        assumed: assumed as u32,
        cancelled: calendar.cancelled,
        rules_known: competition.known,
        standard_error,
        places: competition.places.clone(),
        play_offs: calendar.rules.as_ref().map(|rules| rules.play_offs.clone()).unwrap_or_default(),
        points_needed: points_needed.collect(),
        teams,
        impacts: impacts.iter().map(|supposed| impact(work, competition, supposed)).collect(),
    }
}

/// Every probability that a report names: positions and places of every team.
pub(super) fn probabilities(competition: &Competition, table: &SeasonTable) -> impl Iterator<Item = f64> {
    (0..table.teams()).flat_map(|team| {
        [table.positions(team), places(competition, table, team), play_offs(table, team)].concat()
    })
}

fn play_offs(table: &SeasonTable, team: usize) -> Vec<f64> {
    (0..table.play_offs()).map(|play_off| table.play_off(play_off, team)).collect()
}

fn chances(work: &Work, competition: &Competition, table: &SeasonTable, team: usize) -> TeamChances {
    let calendar = &work.calendar;
    let (win, draw) = (i32::from(competition.rules.win), i32::from(competition.rules.draw));
    let (mut played, mut points) = (0, 0);
    for ((_, score), [home, away]) in calendar.played.iter().zip(calendar.played_sides()) {
        let lead = match team {
            t if t == home => score.difference(),
            t if t == away => -score.difference(),
            _ => continue,
        };
        played += 1;
        points += if lead > 0 { win } else { i32::from(lead == 0) * draw };
    }
    let taken = calendar.deductions(work.request.as_of).filter(|(t, _)| *t == team).map(|(_, points)| points);
    TeamChances {
        team_id: calendar.teams[team],
        team: work.names[team].clone(),
        played,
        points: points - taken.sum::<i32>(),
        expected_points: table.expected_points(team),
        points_deviation: table.points_deviation(team),
        positions: table.positions(team),
        places: places(competition, table, team),
        play_offs: play_offs(table, team),
    }
}

fn places(competition: &Competition, table: &SeasonTable, team: usize) -> Vec<f64> {
    let within = |place: &Place| {
        place.positions(table.teams()).map_or(0.0, |(from, to)| table.within(team, from..=to))
    };
    competition.places.iter().map(within).collect()
}

fn impact(work: &Work, competition: &Competition, (m, tables): &Supposed<'_>) -> MatchImpact {
    let [home, away] = m.sides;
    let outcomes = [Outcome::HomeWin, Outcome::Draw, Outcome::AwayWin].into_iter().zip(tables);
    let outcomes = outcomes.map(|(outcome, table)| OutcomeImpact {
        outcome,
        home: places(competition, table, home),
        away: places(competition, table, away),
    });
    MatchImpact {
        match_id: m.row.id,
        kickoff: m.row.kickoff,
        home: work.names[home].clone(),
        away: work.names[away].clone(),
        outcomes: outcomes.collect(),
    }
}
