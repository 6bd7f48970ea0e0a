-- Competitions that are not leagues, and what their matches have beyond those of a league.

ALTER TABLE leagues ADD COLUMN kind TEXT NOT NULL DEFAULT 'league' CONSTRAINT ck_leagues_kind CHECK (
    kind IN ('league', 'cup', 'qualifiers', 'friendlies', 'tournament'));

-- Whether the match is on neither side's ground.
ALTER TABLE matches ADD COLUMN neutral_ground INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_matches_neutral_ground CHECK (
    neutral_ground IN (0, 1));
ALTER TABLE matches ADD COLUMN stage TEXT;
ALTER TABLE matches ADD COLUMN round TEXT;
ALTER TABLE matches ADD COLUMN group_name TEXT;
-- Which match of a tie of several it is.
ALTER TABLE matches ADD COLUMN tie_leg INTEGER CONSTRAINT ck_matches_tie_leg CHECK (tie_leg BETWEEN 1 AND 20);
-- The score after extra time, with the goals of the 90 minutes.
ALTER TABLE matches ADD COLUMN home_et_score INTEGER CONSTRAINT ck_matches_home_et_score_range CHECK (
    home_et_score IS NULL OR (home_score IS NOT NULL AND home_et_score BETWEEN home_score AND 99));
ALTER TABLE matches ADD COLUMN away_et_score INTEGER CONSTRAINT ck_matches_away_et_score_range CHECK (
    (away_et_score IS NULL) = (home_et_score IS NULL)
    AND (away_et_score IS NULL OR (away_score IS NOT NULL AND away_et_score BETWEEN away_score AND 99)));
-- Penalties scored in a shoot-out.
ALTER TABLE matches ADD COLUMN home_shootout INTEGER CONSTRAINT ck_matches_home_shootout_range CHECK (
    home_shootout IS NULL OR (home_score IS NOT NULL AND home_shootout BETWEEN 0 AND 99));
ALTER TABLE matches ADD COLUMN away_shootout INTEGER CONSTRAINT ck_matches_away_shootout_range CHECK (
    (away_shootout IS NULL) = (home_shootout IS NULL)
    AND (away_shootout IS NULL OR (away_shootout BETWEEN 0 AND 99 AND away_shootout <> home_shootout)));

-- Merges remember whole rows; those of before have the new columns too.
DROP VIEW match_images;
CREATE VIEW match_images AS
SELECT id, json_object(
        'id', id, 'league_id', league_id, 'season', season, 'home_team_id', home_team_id,
        'away_team_id', away_team_id, 'leg', leg, 'match_time', match_time, 'time_precision', time_precision,
        'match_status', match_status, 'home_score', home_score, 'away_score', away_score,
        'home_ht_score', home_ht_score, 'away_ht_score', away_ht_score, 'referee', referee, 'attendance', attendance,
        'source', source, 'external_id', external_id, 'minute', minute, 'venue', venue, 'weather', weather,
        'neutral_ground', neutral_ground, 'stage', stage, 'round', round, 'group_name', group_name,
        'tie_leg', tie_leg, 'home_et_score', home_et_score, 'away_et_score', away_et_score,
        'home_shootout', home_shootout, 'away_shootout', away_shootout) AS image
FROM matches;

UPDATE identity_merge_rows SET
    before = json_insert(before, '$.neutral_ground', 0, '$.stage', NULL, '$.round', NULL, '$.group_name', NULL,
        '$.tie_leg', NULL, '$.home_et_score', NULL, '$.away_et_score', NULL, '$.home_shootout', NULL,
        '$.away_shootout', NULL),
    after = json_insert(after, '$.neutral_ground', 0, '$.stage', NULL, '$.round', NULL, '$.group_name', NULL,
        '$.tie_leg', NULL, '$.home_et_score', NULL, '$.away_et_score', NULL, '$.home_shootout', NULL,
        '$.away_shootout', NULL)
WHERE table_name = 'matches';
UPDATE identity_merge_rows SET before = json_insert(before, '$.kind', 'league') WHERE table_name = 'leagues';

-- More fields that sources may disagree about.
CREATE TABLE match_claims_new (
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_claims_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_claims_field CHECK (field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage',
                        'round', 'group', 'tie_leg', 'after_extra_time', 'shootout')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_claims_source CHECK (source <> ''),
    value       TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (match_id, field, source)
) STRICT, WITHOUT ROWID;
INSERT INTO match_claims_new SELECT match_id, field, source, value, recorded_at FROM match_claims;
DROP TABLE match_claims;
ALTER TABLE match_claims_new RENAME TO match_claims;
