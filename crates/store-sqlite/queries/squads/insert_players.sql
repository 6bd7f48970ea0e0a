-- Only of line-ups that were added: one that is stored keeps its players.
INSERT INTO lineup_players (lineup_id, place, player_id, player_name, position, shirt_number)
SELECT column1, column2, column3, column4, column5, column6
FROM (VALUES /*rows*/ (?, ?, ?, ?, ?, ?) /*rows*/)
WHERE EXISTS (SELECT 1 FROM lineups WHERE id = column1)
