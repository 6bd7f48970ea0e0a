-- By which identifiers sources know leagues and matches, beside the aliases of teams.

CREATE TABLE league_aliases (
    source      TEXT    NOT NULL,
    -- The code or identifier by which the source names the league.
    alias       TEXT    NOT NULL CONSTRAINT ck_league_aliases_alias CHECK (alias <> ''),
    league_id   INTEGER NOT NULL CONSTRAINT fk_league_aliases_league REFERENCES leagues (id),
    -- How the source labels this league's seasons; null: by what it writes.
    season_form TEXT    CONSTRAINT ck_league_aliases_season_form CHECK (season_form IN ('two_years', 'calendar_year')),
    PRIMARY KEY (source, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_league_aliases_league ON league_aliases (league_id);
INSERT INTO league_aliases (source, alias, league_id) SELECT source, code, id FROM leagues;

-- A source's identifier names one match; a match may have one or more of each source.
CREATE TABLE match_identifiers (
    source      TEXT    NOT NULL,
    external_id TEXT    NOT NULL CONSTRAINT ck_match_identifiers_external_id CHECK (external_id <> ''),
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_identifiers_match REFERENCES matches (id),
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_identifiers_match ON match_identifiers (match_id);
-- Where two matches carry one identifier, the first that was stored has it.
INSERT OR IGNORE INTO match_identifiers (source, external_id, match_id)
SELECT source, external_id, id FROM matches WHERE external_id <> '' ORDER BY id;
