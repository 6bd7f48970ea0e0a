//! Recorded seasons, which are not part of the repository.

use super::world::World;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use touchline_collect::sources::football_data::FootballData;
use touchline_collect::{Document, Source};
use touchline_domain::ports::{ResultRow, StoredQuote};
use touchline_domain::{League, LeagueId, MatchId, TeamId};

fn folder() -> PathBuf {
    std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("football-data")
}

/// Seasons of leagues of football-data.co.uk, with invented line-ups and absences; none, with a message, where the files are absent.
pub fn seasons(seasons: &[&str], leagues: &[&str]) -> Option<World> {
    let folder = folder();
    if !folder.is_dir() {
        eprintln!("skipped: {} is absent", folder.display());
        return None;
    }
    let mut world = World::default();
    let mut teams: HashMap<(String, String), TeamId> = HashMap::new();
    for season in seasons {
        for league in leagues {
            add(&mut world, &mut teams, &folder.join(season).join(format!("{league}.csv")));
        }
    }
    Some(world.with_invented_squads())
}

fn add(world: &mut World, teams: &mut HashMap<(String, String), TeamId>, path: &Path) {
    let name = path.strip_prefix(folder()).unwrap().to_str().unwrap();
    let bytes = std::fs::read(path).unwrap();
    let collected_at = "2026-01-01T12:00:00Z".parse().unwrap();
    let parsed = FootballData.parse(&Document { name, bytes: &bytes }, collected_at).unwrap();
    let mut ids = Vec::new();
    for details in parsed.leagues {
        let known = world.leagues.iter().find(|l| l.code == details.code).map(|l| l.id);
        ids.push(known.unwrap_or_else(|| {
            let id = LeagueId(world.leagues.len() as i64);
            world.leagues.push(League { id, details });
            id
        }));
    }
    for m in parsed.matches {
        let league = ids[m.league];
        let country = &world.leagues[league.0 as usize].country;
        let mut team = |name: String| {
            let next = TeamId(teams.len() as i64);
            *teams.entry((country.clone(), name)).or_insert(next)
        };
        let id = MatchId(world.rows.len() as i64);
        world.rows.push(ResultRow {
            id,
            league,
            season: m.season,
            home: team(m.home),
            away: team(m.away),
            kickoff: m.kickoff.at,
            precision: m.kickoff.precision,
            status: m.status,
            score: m.score,
            neutral_ground: false,
        });
        world.stats.extend(m.stats.map(|stats| (id, stats)));
        world.quotes.extend(m.odds.into_iter().map(|quote| StoredQuote { match_id: id, quote }));
    }
}
