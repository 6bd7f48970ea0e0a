-- Matches from 1872 on, the year of the first international, and not of the first league.
ALTER TABLE matches DROP CONSTRAINT ck_matches_match_time_range;
ALTER TABLE matches ADD CONSTRAINT ck_matches_match_time_range CHECK (
    match_time >= '1872-01-01 00:00:00+00' AND match_time < '2202-01-01 00:00:00+00');
