-- A row where the league is there.
SELECT 1 FROM replace_league($1, $2, $3, $4::smallint, $5, $6) replaced WHERE replaced = 1
