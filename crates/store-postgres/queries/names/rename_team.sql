-- A row where the team is there.
SELECT 1 FROM rename_team($1, $2) renamed WHERE renamed = 1
