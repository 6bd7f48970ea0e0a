-- Competitions that are not leagues, and what their matches have beyond those of a league.

ALTER TABLE leagues ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT 'league' CONSTRAINT ck_leagues_kind CHECK (
    kind IN ('league', 'cup', 'qualifiers', 'friendlies', 'tournament'));

ALTER TABLE matches
    -- Whether the match is on neither side's ground.
    ADD COLUMN neutral_ground boolean NOT NULL DEFAULT false,
    ADD COLUMN stage text,
    ADD COLUMN round text,
    ADD COLUMN group_name text,
    -- Which match of a tie of several it is.
    ADD COLUMN tie_leg smallint CONSTRAINT ck_matches_tie_leg CHECK (tie_leg BETWEEN 1 AND 20),
    -- The score after extra time, with the goals of the 90 minutes.
    ADD COLUMN home_et_score smallint,
    ADD COLUMN away_et_score smallint,
    -- Penalties scored in a shoot-out.
    ADD COLUMN home_shootout smallint,
    ADD COLUMN away_shootout smallint,
    ADD CONSTRAINT ck_matches_home_et_score_range CHECK (
        home_et_score IS NULL OR (home_score IS NOT NULL AND home_et_score BETWEEN home_score AND 99)),
    ADD CONSTRAINT ck_matches_away_et_score_range CHECK (
        (away_et_score IS NULL) = (home_et_score IS NULL)
        AND (away_et_score IS NULL OR (away_score IS NOT NULL AND away_et_score BETWEEN away_score AND 99))),
    ADD CONSTRAINT ck_matches_home_shootout_range CHECK (
        home_shootout IS NULL OR (home_score IS NOT NULL AND home_shootout BETWEEN 0 AND 99)),
    ADD CONSTRAINT ck_matches_away_shootout_range CHECK (
        (away_shootout IS NULL) = (home_shootout IS NULL)
        AND (away_shootout IS NULL OR (away_shootout BETWEEN 0 AND 99 AND away_shootout <> home_shootout)));

-- Merges remember whole rows; those of before get what has no default.
UPDATE identity_merge_rows SET before = before || '{"neutral_ground": false}' WHERE table_name = 'matches';
UPDATE identity_merge_rows SET before = before || '{"kind": "league"}' WHERE table_name = 'leagues';

-- More fields that sources may disagree about.
ALTER TABLE match_claims
    DROP CONSTRAINT ck_match_claims_field,
    ADD CONSTRAINT ck_match_claims_field CHECK (field IN (
        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round', 'group',
        'tie_leg', 'after_extra_time', 'shootout'));

-- The kind follows the order of sources as the name does.
CREATE FUNCTION replace_league(bigint, text, text, smallint, text, text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    replaced bigint;
BEGIN
    UPDATE leagues SET code = $2, name = $3, level = $4, source = $5, kind = $6 WHERE id = $1;
    GET DIAGNOSTICS replaced = ROW_COUNT;
    RETURN replaced;
END
$$;
DROP FUNCTION replace_league(bigint, text, text, smallint, text);
REVOKE ALL ON FUNCTION replace_league(bigint, text, text, smallint, text, text) FROM PUBLIC;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER FUNCTION replace_league(bigint, text, text, smallint, text, text) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT EXECUTE ON FUNCTION replace_league(bigint, text, text, smallint, text, text) TO football_writer;
    END IF;
END
$$;
