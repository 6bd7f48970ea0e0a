//! A database of an earlier program is brought up to date in place.

mod support;

use support::{execute, fresh, one_match};
use touchline_domain::ports::EventReader;

/// Players of line-ups and absences that were stored before there was a table of players are in it afterwards.
#[tokio::test]
async fn players_of_stored_line_ups_are_known_after_an_upgrade() {
    let store = fresh().await;
    one_match(&store).await;
    let mut raw = store.database.connection().await;
    for sql in [
        "INSERT INTO lineups (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, collected_at) \
         VALUES (1, 1, 'home', 's', 'confirmed', '2024-01-01', false, '2024-01-01'), (2, 1, 'away', 's', 'confirmed', '2024-01-01', false, '2024-01-01')",
        "INSERT INTO lineup_players (lineup_id, place, player_id, player_name) \
         VALUES (1, 1, '7', 'B. Name'), (1, 2, '8', 'C.'), (2, 1, '7', 'A. Name')",
        "INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, known_at, \
         known_at_imputed, collected_at) VALUES (1, 'home', 't', '7', 'D.', 'missing', '2024-01-01', false, '2024-01-01'), \
         (1, 'home', 's', '9', 'E.', 'missing', '2024-01-01', false, '2024-01-01')",
        // The database as it was before.
        "DROP TABLE match_events",
        "DROP TABLE in_play_odds",
        "DROP TABLE players",
        "DELETE FROM _sqlx_migrations WHERE version = 16",
    ] {
        execute(&mut raw, sql).await.unwrap();
    }
    let upgraded = store.again().await.unwrap();
    let mut players = Vec::new();
    for source in ["s", "t"] {
        let found = upgraded.players(source).await.unwrap();
        players.extend(found.iter().map(|p| format!("{source} {} {}", p.id(), p.name())));
    }
    assert_eq!(players, ["s 7 A. Name", "s 8 C.", "s 9 E.", "t 7 D."]);
    assert_eq!(upgraded.all_events().await.unwrap(), []);
}
