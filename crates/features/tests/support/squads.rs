//! Invented line-ups and absences.

use super::world::noise;
use chrono::Duration;
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    Injury, InjuryKind, Lineup, LineupKind, Listed, MatchId, Player, STARTERS, Side, Squad, TeamId,
};

/// Players of a team.
const PLAYERS: u64 = 16;

fn player(club: TeamId, n: u64) -> Player {
    Player::new(format!("{club}-{n}"), "Name").unwrap()
}

/// The sides of a match with a number that depends on the seed, the match and the side.
fn sides(row: &ResultRow, seed: u64) -> [(Side, TeamId, u64); 2] {
    let x = noise(seed ^ 0x7113, row.id);
    [(Side::Home, row.home, x), (Side::Away, row.away, x.rotate_left(23))]
}

fn squad(club: TeamId, x: u64) -> Squad {
    let mut players: Vec<u64> = (0..PLAYERS).collect();
    // The first ones play more often.
    players.sort_by_key(|n| noise(x, MatchId(*n as i64)) % 100 + 4 * n);
    let mut listed =
        players.into_iter().map(|n| Listed { player: player(club, n), position: None, shirt: None });
    let starters = listed.by_ref().take(STARTERS - usize::from(x.is_multiple_of(7))).collect();
    Squad::new(starters, listed.collect()).unwrap()
}

/// Line-ups of a match: expected two days before it, handed in an hour before, and some changed later, a few of them
/// after kick-off or after the result. Of some matches there are none.
pub fn lineups(row: &ResultRow, seed: u64) -> Vec<(MatchId, Lineup)> {
    let times = [
        (LineupKind::Predicted, Duration::days(-2), 1),
        (LineupKind::Confirmed, Duration::hours(-1), 2),
        (LineupKind::Confirmed, Duration::minutes(-5), 3),
        (LineupKind::Confirmed, Duration::minutes(30), 4),
        (LineupKind::Confirmed, Duration::days(2), 5),
    ];
    let mut all = Vec::new();
    for (side, club, x) in sides(row, seed) {
        if x.is_multiple_of(5) {
            continue;
        }
        for (n, (kind, after, every)) in (0_u64..).zip(times) {
            if (x >> (8 + n)).is_multiple_of(every) {
                let lineup = Lineup {
                    side,
                    kind,
                    source: "invented".into(),
                    formation: None,
                    squad: squad(club, x.wrapping_add(n)),
                    known_at: row.kickoff + after,
                    known_at_imputed: false,
                };
                all.push((row.id, lineup));
            }
        }
    }
    all
}

/// Absences from a match, said at several times, some of them too late. Of some matches there are none.
pub fn injuries(row: &ResultRow, seed: u64) -> Vec<(MatchId, Injury)> {
    let times = [Duration::days(-5), Duration::hours(-3), Duration::minutes(10)];
    let mut all = Vec::new();
    for (side, club, x) in sides(row, seed ^ 0x1b) {
        for (n, after) in (0_u64..).zip(times) {
            for p in (0..PLAYERS).filter(|p| noise(x, MatchId((n * PLAYERS + p) as i64)).is_multiple_of(9)) {
                let injury = Injury {
                    side,
                    player: player(club, p),
                    source: "invented".into(),
                    kind: if (x >> p).is_multiple_of(3) {
                        InjuryKind::Questionable
                    } else {
                        InjuryKind::Missing
                    },
                    reason: None,
                    known_at: row.kickoff + after,
                    known_at_imputed: false,
                };
                all.push((row.id, injury));
            }
        }
    }
    all
}
