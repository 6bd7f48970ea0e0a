-- By which identifiers sources know leagues and matches, beside the aliases of teams.

CREATE TABLE league_aliases (
    source      text    COLLATE "C" NOT NULL,
    -- The code or identifier by which the source names the league.
    alias       text    COLLATE "C" NOT NULL CONSTRAINT ck_league_aliases_alias CHECK (alias <> ''),
    league_id   bigint  NOT NULL CONSTRAINT fk_league_aliases_league REFERENCES leagues (id),
    -- How the source labels this league's seasons; null: by what it writes.
    season_form text    COLLATE "C" CONSTRAINT ck_league_aliases_season_form CHECK (
                            season_form IN ('two_years', 'calendar_year')),
    CONSTRAINT pk_league_aliases PRIMARY KEY (source, alias)
);

CREATE INDEX idx_league_aliases_league ON league_aliases (league_id);
INSERT INTO league_aliases (source, alias, league_id) SELECT source, code, id FROM leagues;

-- A source's identifier names one match; a match may have one or more of each source.
CREATE TABLE match_identifiers (
    source      text    COLLATE "C" NOT NULL,
    external_id text    COLLATE "C" NOT NULL CONSTRAINT ck_match_identifiers_external_id CHECK (external_id <> ''),
    match_id    bigint  NOT NULL CONSTRAINT fk_match_identifiers_match REFERENCES match_keys (id),
    CONSTRAINT pk_match_identifiers PRIMARY KEY (source, external_id)
);

CREATE INDEX idx_match_identifiers_match ON match_identifiers (match_id);
-- Where two matches carry one identifier, the first that was stored has it.
INSERT INTO match_identifiers (source, external_id, match_id)
SELECT source, external_id, id FROM matches WHERE external_id <> '' ORDER BY id
ON CONFLICT DO NOTHING;

CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON league_aliases
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER UPDATE OR DELETE OR TRUNCATE ON match_identifiers
FOR EACH STATEMENT EXECUTE FUNCTION audit();
