-- Only of line-ups that were added: one that is stored keeps its players.
INSERT INTO lineup_players (lineup_id, place, player_id, player_name, position, shirt_number)
SELECT n.* FROM unnest($1::bigint[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::smallint[])
    n (lineup_id, place, player_id, player_name, position, shirt_number)
JOIN lineups l ON l.id = n.lineup_id
