SELECT match_id, e.source, known_at, known_at_imputed, minute, stoppage, side, kind, p.external_id, p.name, r.external_id, r.name
FROM match_events e LEFT JOIN players p ON p.id = e.player_id LEFT JOIN players r ON r.id = e.related_player_id
WHERE match_id = ANY ($1::bigint[])
ORDER BY match_id, known_at, e.source, ordinal
