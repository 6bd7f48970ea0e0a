INSERT INTO match_events
    (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, collected_at, player_id,
    related_player_id)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    (SELECT id FROM players WHERE source = ? AND external_id = ?),
    (SELECT id FROM players WHERE source = ? AND external_id = ?)) /*rows*/
