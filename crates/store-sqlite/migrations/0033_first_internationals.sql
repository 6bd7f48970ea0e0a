-- Matches from 1872 on, the year of the first international, and not of the first league. The table keeps its rows and all that
-- refers to it: only the text of its rule changes, to one that allows more.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(
    replace(sql, '-2587680000', '-3092601600'), '1888-01-01, the year of the first league', '1872-01-01, the year of the first international')
WHERE type = 'table' AND name = 'matches';
PRAGMA writable_schema = RESET;
