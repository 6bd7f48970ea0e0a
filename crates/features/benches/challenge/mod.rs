//! The Soccer Prediction Challenge data as a history.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use touchline_collect::sources::challenge::Challenge;
use touchline_collect::{Document, Source};
use touchline_domain::ports::ResultRow;
use touchline_domain::{League, LeagueId, MatchId, TeamId};
use touchline_features::History;

/// Where the data lie, which are not part of the repository.
pub fn file() -> PathBuf {
    std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("soccer-prediction-challenge-2023/train.csv.gz")
}

/// All matches of the file.
pub fn history(path: &Path) -> History {
    let bytes = std::fs::read(path).expect("the file can be read");
    let collected_at = "2026-01-01T12:00:00Z".parse().expect("a time");
    let parsed = Challenge
        .parse(&Document { name: "train.csv.gz", bytes: &bytes }, collected_at)
        .expect("it is whole");
    let leagues: Vec<League> = parsed
        .leagues
        .into_iter()
        .enumerate()
        .map(|(id, details)| League { id: LeagueId(id as i64), details })
        .collect();
    let mut teams: HashMap<(String, String), TeamId> = HashMap::new();
    let mut rows = Vec::with_capacity(parsed.matches.len());
    for (id, m) in parsed.matches.into_iter().enumerate() {
        let mut team = |name: String| {
            let next = TeamId(teams.len() as i64);
            *teams.entry((leagues[m.league].country.clone(), name)).or_insert(next)
        };
        rows.push(ResultRow {
            id: MatchId(id as i64),
            league: leagues[m.league].id,
            season: m.season,
            home: team(m.home),
            away: team(m.away),
            kickoff: m.kickoff.at,
            precision: m.kickoff.precision,
            status: m.status,
            score: m.score,
            neutral_ground: false,
        });
    }
    History::new(&rows, &leagues, &[])
}
