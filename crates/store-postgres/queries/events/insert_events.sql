INSERT INTO match_events
    (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id, related_player_id,
    collected_at)
SELECT n.match_id, n.source, n.known_at, n.known_at_imputed, n.ordinal, n.minute, n.stoppage, n.side, n.kind, p.id, r.id, $12
FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::boolean[], $5::smallint[], $6::smallint[], $7::smallint[],
    $8::text[], $9::text[], $10::text[], $11::text[])
    n (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player, related)
LEFT JOIN players p ON p.source = n.source AND p.external_id = n.player
LEFT JOIN players r ON r.source = n.source AND r.external_id = n.related
