-- The schema of a new database, as all migrations together leave it. Written by a test; change it by a migration:
-- TOUCHLINE_WRITE_SCHEMA=1 cargo test -p touchline-store-sqlite a_new_database_is_what_the_migrations_make

CREATE TABLE raw_documents (
    id              INTEGER PRIMARY KEY,
    data_source     TEXT    NOT NULL CONSTRAINT ck_raw_documents_data_source CHECK (data_source <> ''),
    name            TEXT    NOT NULL,
    -- BLAKE3 of the bytes, lower-case hex.
    hash            TEXT    NOT NULL CONSTRAINT ck_raw_documents_hash
                            CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    -- Number of bytes before compression.
    size            INTEGER NOT NULL CONSTRAINT ck_raw_documents_size CHECK (size >= 0),
    -- The bytes, one zstd frame.
    content         BLOB    NOT NULL,
    collected_at    INTEGER NOT NULL,
    -- When all its records had reached silver.
    processed_at    INTEGER,
    CONSTRAINT uq_raw_documents_source_hash UNIQUE (data_source, hash)
) STRICT;

CREATE TABLE raw_match_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_match_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_match_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_match_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_odds_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_odds_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_odds_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_odds_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    bookmaker           TEXT,
    market_type         TEXT,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_scores_data (
    document_id         INTEGER NOT NULL CONSTRAINT fk_raw_scores_data_document REFERENCES raw_documents (id),
    locator             INTEGER NOT NULL CONSTRAINT ck_raw_scores_data_locator CHECK (locator >= 0),
    data_source         TEXT    NOT NULL,
    collected_at        INTEGER NOT NULL,
    processed           INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_raw_scores_data_processed CHECK (processed IN (0, 1)),
    external_match_id   TEXT,
    external_league_id  TEXT,
    match_time          INTEGER,
    raw_data            TEXT,
    match_status        TEXT,
    home_score          INTEGER,
    away_score          INTEGER,
    match_minute        INTEGER,
    PRIMARY KEY (document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE TABLE leagues (
    id                  INTEGER PRIMARY KEY,
    code                TEXT    NOT NULL CONSTRAINT ck_leagues_code CHECK (code <> ''),
    name                TEXT    NOT NULL CONSTRAINT ck_leagues_name CHECK (name <> ''),
    country             TEXT    NOT NULL CONSTRAINT ck_leagues_country CHECK (country <> ''),
    level               INTEGER NOT NULL CONSTRAINT ck_leagues_level CHECK (level BETWEEN 0 AND 255),
    source              TEXT    NOT NULL,
    season_start_month  INTEGER CONSTRAINT ck_leagues_season_start_month CHECK (season_start_month BETWEEN 1 AND 12),
    season_end_month    INTEGER CONSTRAINT ck_leagues_season_end_month CHECK (season_end_month BETWEEN 1 AND 12),
    is_active           INTEGER NOT NULL DEFAULT 1 CONSTRAINT ck_leagues_is_active CHECK (is_active IN (0, 1)), kind TEXT NOT NULL DEFAULT 'league' CONSTRAINT ck_leagues_kind CHECK (
    kind IN ('league', 'cup', 'qualifiers', 'friendlies', 'tournament')),
    CONSTRAINT uq_leagues_code UNIQUE (code)
) STRICT;

CREATE TABLE teams (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_teams_name CHECK (name <> ''),
    country         TEXT    NOT NULL CONSTRAINT ck_teams_country CHECK (country <> ''),
    code            TEXT,
    league_id       INTEGER CONSTRAINT fk_teams_league REFERENCES leagues (id),
    founded_year    INTEGER CONSTRAINT ck_teams_founded_year CHECK (founded_year BETWEEN 1800 AND 2200),
    stadium         TEXT,
    CONSTRAINT uq_teams_country_name UNIQUE (country, name)
) STRICT;

CREATE TABLE team_aliases (
    source      TEXT    NOT NULL,
    country     TEXT    NOT NULL,
    alias       TEXT    NOT NULL CONSTRAINT ck_team_aliases_alias CHECK (alias <> ''),
    team_id     INTEGER NOT NULL CONSTRAINT fk_team_aliases_team REFERENCES teams (id),
    PRIMARY KEY (source, country, alias)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_team_aliases_team ON team_aliases (team_id);

CREATE TABLE matches (
    id                  INTEGER PRIMARY KEY,
    league_id           INTEGER NOT NULL CONSTRAINT fk_matches_league REFERENCES leagues (id),
    -- 2022-23, or 2023 for a season of one calendar year.
    season              TEXT    NOT NULL CONSTRAINT ck_matches_season CHECK (
                            season GLOB '[12][0-9][0-9][0-9]-[0-9][0-9]' OR season GLOB '[12][0-9][0-9][0-9]'),
    home_team_id        INTEGER NOT NULL CONSTRAINT fk_matches_home_team REFERENCES teams (id),
    away_team_id        INTEGER NOT NULL CONSTRAINT fk_matches_away_team REFERENCES teams (id),
    -- Ordinal by date of this pairing in this season.
    leg                 INTEGER NOT NULL CONSTRAINT ck_matches_leg CHECK (leg BETWEEN 1 AND 255),
    -- From 1872-01-01, the year of the first international, to the end of 2201.
    match_time          INTEGER NOT NULL CONSTRAINT ck_matches_match_time_range CHECK (
                            match_time BETWEEN -3092601600 AND 7321190399),
    time_precision      TEXT    NOT NULL CONSTRAINT ck_matches_time_precision CHECK (time_precision IN ('minute', 'day')),
    match_status        TEXT    NOT NULL CONSTRAINT ck_matches_match_status CHECK (match_status IN (
                            'finished', 'scheduled', 'live', 'postponed', 'cancelled', 'abandoned', 'awarded')),
    home_score          INTEGER CONSTRAINT ck_matches_home_score_range CHECK (home_score BETWEEN 0 AND 99),
    away_score          INTEGER CONSTRAINT ck_matches_away_score_range CHECK (away_score BETWEEN 0 AND 99),
    home_ht_score       INTEGER CONSTRAINT ck_matches_home_ht_score_range CHECK (
                            home_ht_score BETWEEN 0 AND 99 AND (home_score IS NULL OR home_ht_score <= home_score)),
    away_ht_score       INTEGER CONSTRAINT ck_matches_away_ht_score_range CHECK (
                            away_ht_score BETWEEN 0 AND 99 AND (away_score IS NULL OR away_ht_score <= away_score)),
    referee             TEXT,
    attendance          INTEGER CONSTRAINT ck_matches_attendance CHECK (attendance >= 0),
    source              TEXT    NOT NULL,
    external_id         TEXT,
    minute              INTEGER,
    venue               TEXT,
    weather             TEXT, neutral_ground INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_matches_neutral_ground CHECK (
    neutral_ground IN (0, 1)), stage TEXT, round TEXT, group_name TEXT, tie_leg INTEGER CONSTRAINT ck_matches_tie_leg CHECK (tie_leg BETWEEN 1 AND 20), home_et_score INTEGER CONSTRAINT ck_matches_home_et_score_range CHECK (
    home_et_score IS NULL OR (home_score IS NOT NULL AND home_et_score BETWEEN home_score AND 99)), away_et_score INTEGER CONSTRAINT ck_matches_away_et_score_range CHECK (
    (away_et_score IS NULL) = (home_et_score IS NULL)
    AND (away_et_score IS NULL OR (away_score IS NOT NULL AND away_et_score BETWEEN away_score AND 99))), home_shootout INTEGER CONSTRAINT ck_matches_home_shootout_range CHECK (
    home_shootout IS NULL OR (home_score IS NOT NULL AND home_shootout BETWEEN 0 AND 99)), away_shootout INTEGER CONSTRAINT ck_matches_away_shootout_range CHECK (
    (away_shootout IS NULL) = (home_shootout IS NULL)
    AND (away_shootout IS NULL OR (away_shootout BETWEEN 0 AND 99 AND away_shootout <> home_shootout))),
    CONSTRAINT ck_matches_score_of_both CHECK ((home_score IS NULL) = (away_score IS NULL)),
    CONSTRAINT ck_matches_ht_score_of_both CHECK ((home_ht_score IS NULL) = (away_ht_score IS NULL)),
    CONSTRAINT ck_matches_finished_has_score CHECK (match_status <> 'finished' OR home_score IS NOT NULL),
    -- Serves idx_matches_league_season too: it begins with league and season.
    CONSTRAINT uq_matches_natural_key UNIQUE (league_id, season, home_team_id, away_team_id, leg)
) STRICT;

CREATE INDEX idx_matches_league_time ON matches (league_id, match_time);

CREATE INDEX idx_matches_home_team_time ON matches (home_team_id, match_time);

CREATE INDEX idx_matches_away_team_time ON matches (away_team_id, match_time);

CREATE TRIGGER tr_check_match_teams_consistency BEFORE INSERT ON matches
WHEN NEW.home_team_id = NEW.away_team_id
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.home_team_id)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.away_team_id)
    OR NOT EXISTS (SELECT 1 FROM leagues WHERE id = NEW.league_id)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_match_teams_consistency: a match needs an existing league and two different existing teams');
END;

CREATE TRIGGER tr_check_match_teams_consistency_update
BEFORE UPDATE OF league_id, home_team_id, away_team_id ON matches
WHEN NEW.home_team_id = NEW.away_team_id
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.home_team_id)
    OR NOT EXISTS (SELECT 1 FROM teams WHERE id = NEW.away_team_id)
    OR NOT EXISTS (SELECT 1 FROM leagues WHERE id = NEW.league_id)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_match_teams_consistency: a match needs an existing league and two different existing teams');
END;

CREATE TABLE odds (
    match_id            INTEGER NOT NULL CONSTRAINT fk_odds_match REFERENCES matches (id),
    market_type         TEXT    NOT NULL CONSTRAINT ck_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           TEXT    NOT NULL CONSTRAINT ck_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       INTEGER NOT NULL DEFAULT -32768 CONSTRAINT ck_odds_line_range CHECK (
                            line_quarters BETWEEN -32768 AND 32767),
    phase               TEXT    NOT NULL CONSTRAINT ck_odds_phase CHECK (phase IN ('pre_match', 'closing')),
    -- Since when the prices can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_odds_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    home_thousandths    INTEGER CONSTRAINT ck_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    INTEGER CONSTRAINT ck_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    INTEGER CONSTRAINT ck_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    INTEGER CONSTRAINT ck_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   INTEGER CONSTRAINT ck_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     INTEGER CONSTRAINT ck_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      INTEGER CONSTRAINT ck_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_odds_suspicious_odds CHECK (suspicious_odds IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    home_odds           ANY     GENERATED ALWAYS AS (home_thousandths / 1000.0) VIRTUAL,
    draw_odds           ANY     GENERATED ALWAYS AS (draw_thousandths / 1000.0) VIRTUAL,
    away_odds           ANY     GENERATED ALWAYS AS (away_thousandths / 1000.0) VIRTUAL,
    over_odds           ANY     GENERATED ALWAYS AS (over_thousandths / 1000.0) VIRTUAL,
    under_odds          ANY     GENERATED ALWAYS AS (under_thousandths / 1000.0) VIRTUAL,
    yes_odds            ANY     GENERATED ALWAYS AS (yes_thousandths / 1000.0) VIRTUAL,
    no_odds             ANY     GENERATED ALWAYS AS (no_thousandths / 1000.0) VIRTUAL,
    line_value          ANY     GENERATED ALWAYS AS (
                            CASE line_quarters WHEN -32768 THEN NULL ELSE line_quarters / 4.0 END) VIRTUAL,
    PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, phase, known_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_check_odds_consistency BEFORE INSERT ON odds
WHEN NOT EXISTS (SELECT 1 FROM matches WHERE id = NEW.match_id)
    OR CASE NEW.market_type
        WHEN '1x2' THEN
            coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths) IS NULL
            OR coalesce(NEW.over_thousandths, NEW.under_thousandths, NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters <> -32768
        WHEN 'over_under' THEN
            coalesce(NEW.over_thousandths, NEW.under_thousandths) IS NULL
            OR coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths,
                        NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters = -32768
        WHEN 'asian_handicap' THEN
            coalesce(NEW.home_thousandths, NEW.away_thousandths) IS NULL
            OR coalesce(NEW.draw_thousandths, NEW.over_thousandths, NEW.under_thousandths,
                        NEW.yes_thousandths, NEW.no_thousandths) IS NOT NULL
            OR NEW.line_quarters = -32768
        WHEN 'both_teams_score' THEN
            coalesce(NEW.yes_thousandths, NEW.no_thousandths) IS NULL
            OR coalesce(NEW.home_thousandths, NEW.draw_thousandths, NEW.away_thousandths,
                        NEW.over_thousandths, NEW.under_thousandths) IS NOT NULL
            OR NEW.line_quarters <> -32768
        ELSE 0
    END
BEGIN
    SELECT RAISE(ABORT, 'tr_check_odds_consistency: a quote needs an existing match and a price, and only the prices and the line of its market');
END;

CREATE TRIGGER tr_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, phase, known_at, known_at_imputed, home_thousandths,
    draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON odds
BEGIN
    SELECT RAISE(ABORT, 'tr_odds_never_rewritten: a stored quote is never changed; add one with its own known_at');
END;

CREATE TABLE match_stats (
    match_id                INTEGER PRIMARY KEY CONSTRAINT fk_match_stats_match REFERENCES matches (id),
    home_shots              INTEGER CONSTRAINT ck_match_stats_home_shots CHECK (home_shots BETWEEN 0 AND 65535),
    away_shots              INTEGER CONSTRAINT ck_match_stats_away_shots CHECK (away_shots BETWEEN 0 AND 65535),
    home_shots_on_target    INTEGER CONSTRAINT ck_match_stats_home_shots_on_target CHECK (home_shots_on_target BETWEEN 0 AND 65535),
    away_shots_on_target    INTEGER CONSTRAINT ck_match_stats_away_shots_on_target CHECK (away_shots_on_target BETWEEN 0 AND 65535),
    home_woodwork           INTEGER CONSTRAINT ck_match_stats_home_woodwork CHECK (home_woodwork BETWEEN 0 AND 65535),
    away_woodwork           INTEGER CONSTRAINT ck_match_stats_away_woodwork CHECK (away_woodwork BETWEEN 0 AND 65535),
    home_corners            INTEGER CONSTRAINT ck_match_stats_home_corners CHECK (home_corners BETWEEN 0 AND 65535),
    away_corners            INTEGER CONSTRAINT ck_match_stats_away_corners CHECK (away_corners BETWEEN 0 AND 65535),
    home_fouls              INTEGER CONSTRAINT ck_match_stats_home_fouls CHECK (home_fouls BETWEEN 0 AND 65535),
    away_fouls              INTEGER CONSTRAINT ck_match_stats_away_fouls CHECK (away_fouls BETWEEN 0 AND 65535),
    home_offsides           INTEGER CONSTRAINT ck_match_stats_home_offsides CHECK (home_offsides BETWEEN 0 AND 65535),
    away_offsides           INTEGER CONSTRAINT ck_match_stats_away_offsides CHECK (away_offsides BETWEEN 0 AND 65535),
    home_yellow_cards       INTEGER CONSTRAINT ck_match_stats_home_yellow_cards CHECK (home_yellow_cards BETWEEN 0 AND 65535),
    away_yellow_cards       INTEGER CONSTRAINT ck_match_stats_away_yellow_cards CHECK (away_yellow_cards BETWEEN 0 AND 65535),
    home_red_cards          INTEGER CONSTRAINT ck_match_stats_home_red_cards CHECK (home_red_cards BETWEEN 0 AND 65535),
    away_red_cards          INTEGER CONSTRAINT ck_match_stats_away_red_cards CHECK (away_red_cards BETWEEN 0 AND 65535),
    home_expected_goals     REAL    CONSTRAINT ck_match_stats_home_expected_goals CHECK (home_expected_goals BETWEEN 0 AND 99),
    away_expected_goals     REAL    CONSTRAINT ck_match_stats_away_expected_goals CHECK (away_expected_goals BETWEEN 0 AND 99),
    -- Percent.
    home_possession         REAL    CONSTRAINT ck_match_stats_home_possession CHECK (home_possession BETWEEN 0 AND 100),
    away_possession         REAL    CONSTRAINT ck_match_stats_away_possession CHECK (away_possession BETWEEN 0 AND 100)
) STRICT;

CREATE TABLE features (
    id                      INTEGER PRIMARY KEY,
    match_id                INTEGER NOT NULL CONSTRAINT fk_features_match REFERENCES matches (id),
    team_id                 INTEGER NOT NULL CONSTRAINT fk_features_team REFERENCES teams (id),
    -- Only facts known up to then were used.
    as_of                   INTEGER NOT NULL,
    created_at              INTEGER NOT NULL,
    -- Hash of the definitions that gave the values.
    definitions_hash        TEXT    NOT NULL,
    -- All values by name (recent_5_wins, h2h_draws, ...), a JSON object.
    feature_values          TEXT    NOT NULL CONSTRAINT ck_features_values CHECK (json_valid(feature_values)),
    CONSTRAINT uq_features_match_team UNIQUE (match_id, team_id, as_of, definitions_hash)
) STRICT;

CREATE INDEX idx_features_team_created ON features (team_id, created_at);

CREATE TABLE predictions (
    id                              INTEGER PRIMARY KEY,
    match_id                        INTEGER NOT NULL CONSTRAINT fk_predictions_match REFERENCES matches (id),
    model_name                      TEXT    NOT NULL CONSTRAINT ck_predictions_model_name CHECK (model_name <> ''),
    model_version                   TEXT    NOT NULL,
    home_win_probability            REAL    NOT NULL CONSTRAINT ck_predictions_home_win_probability CHECK (home_win_probability BETWEEN 0 AND 1),
    draw_probability                REAL    NOT NULL CONSTRAINT ck_predictions_draw_probability CHECK (draw_probability BETWEEN 0 AND 1),
    away_win_probability            REAL    NOT NULL CONSTRAINT ck_predictions_away_win_probability CHECK (away_win_probability BETWEEN 0 AND 1),
    predicted_result                TEXT    NOT NULL CONSTRAINT ck_predictions_predicted_result CHECK (
                                        predicted_result IN ('home_win', 'draw', 'away_win')),
    expected_home_goals             REAL    NOT NULL CONSTRAINT ck_predictions_expected_home_goals CHECK (expected_home_goals BETWEEN 0 AND 99),
    expected_away_goals             REAL    NOT NULL CONSTRAINT ck_predictions_expected_away_goals CHECK (expected_away_goals BETWEEN 0 AND 99),
    predicted_home_score            INTEGER,
    predicted_away_score            INTEGER,
    over_2_5_probability            REAL    CONSTRAINT ck_predictions_over_2_5_probability CHECK (over_2_5_probability BETWEEN 0 AND 1),
    both_teams_score_probability    REAL    CONSTRAINT ck_predictions_both_teams_score_probability CHECK (both_teams_score_probability BETWEEN 0 AND 1),
    confidence_score                REAL,
    feature_importance              TEXT,
    features_used                   TEXT,
    prediction_metadata             TEXT,
    as_of                           INTEGER NOT NULL,
    sealed_at                       INTEGER NOT NULL,
    actual_result                   TEXT    CONSTRAINT ck_predictions_actual_result CHECK (actual_result IN ('home_win', 'draw', 'away_win')),
    is_correct                      INTEGER CONSTRAINT ck_predictions_is_correct CHECK (is_correct IN (0, 1)),
    verified_at                     INTEGER, score_grid BLOB, match_time INTEGER, time_precision TEXT CONSTRAINT ck_predictions_time_precision CHECK (
    time_precision IN ('minute', 'day')), league_code TEXT, season TEXT, home_team TEXT, away_team TEXT, leg INTEGER, manifest_hash TEXT, data_hash TEXT, ledger_version INTEGER, previous_hash TEXT, entry_hash TEXT CONSTRAINT ck_predictions_entry_hash CHECK (length(entry_hash) = 64), ledger_sequence INTEGER CONSTRAINT ck_predictions_entry_whole CHECK (
    ledger_sequence IS NULL OR (ledger_sequence > 0 AND
    predicted_home_score IS NOT NULL AND predicted_away_score IS NOT NULL AND
    over_2_5_probability IS NOT NULL AND both_teams_score_probability IS NOT NULL AND
    confidence_score IS NOT NULL AND features_used IS NOT NULL AND score_grid IS NOT NULL AND
    match_time IS NOT NULL AND time_precision IS NOT NULL AND league_code IS NOT NULL AND
    season IS NOT NULL AND home_team IS NOT NULL AND away_team IS NOT NULL AND leg IS NOT NULL AND
    manifest_hash IS NOT NULL AND data_hash IS NOT NULL AND ledger_version IS NOT NULL AND
    previous_hash IS NOT NULL AND entry_hash IS NOT NULL)), actual_home_score INTEGER, actual_away_score INTEGER CONSTRAINT ck_predictions_actual_score CHECK (
    actual_home_score BETWEEN 0 AND 99 AND actual_away_score BETWEEN 0 AND 99), rps REAL, log_loss REAL, brier REAL, ignorance REAL, closing_bookmaker TEXT, closing_home_probability REAL, closing_draw_probability REAL, closing_away_probability REAL, closing_rps REAL, closing_log_loss REAL CONSTRAINT ck_predictions_verification_whole CHECK (
    (verified_at IS NULL AND actual_result IS NULL AND is_correct IS NULL AND actual_home_score IS NULL
        AND actual_away_score IS NULL AND rps IS NULL AND log_loss IS NULL AND brier IS NULL AND ignorance IS NULL
        AND closing_bookmaker IS NULL
    OR verified_at IS NOT NULL AND actual_result IS NOT NULL AND is_correct IS NOT NULL AND actual_home_score IS NOT NULL
        AND actual_away_score IS NOT NULL AND rps IS NOT NULL AND log_loss IS NOT NULL AND brier IS NOT NULL
        AND ignorance IS NOT NULL)
    AND (closing_bookmaker IS NULL AND closing_home_probability IS NULL AND closing_draw_probability IS NULL
        AND closing_away_probability IS NULL AND closing_rps IS NULL AND closing_log_loss IS NULL
    OR closing_bookmaker IS NOT NULL AND closing_home_probability IS NOT NULL AND closing_draw_probability IS NOT NULL
        AND closing_away_probability IS NOT NULL AND closing_rps IS NOT NULL AND closing_log_loss IS NOT NULL)),
    CONSTRAINT ck_predictions_probability_sum CHECK (
        abs(home_win_probability + draw_probability + away_win_probability - 1) <= 0.001)
) STRICT;

CREATE INDEX idx_predictions_match_sealed ON predictions (match_id, sealed_at);

CREATE INDEX idx_predictions_sealed ON predictions (sealed_at);

CREATE TRIGGER tr_predictions_never_removed BEFORE DELETE ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_never_rewritten: a sealed forecast is never removed');
END;

CREATE TABLE model_versions (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_model_versions_name CHECK (name <> ''),
    version         TEXT    NOT NULL CONSTRAINT ck_model_versions_version CHECK (version <> ''),
    -- Folder of the bundle, relative to the data folder.
    path            TEXT    NOT NULL,
    manifest_hash   TEXT    NOT NULL,
    trained_at      INTEGER NOT NULL,
    metrics         TEXT    NOT NULL CONSTRAINT ck_model_versions_metrics CHECK (json_valid(metrics)),
    CONSTRAINT uq_model_versions_name_version UNIQUE (name, version)
) STRICT;

CREATE TABLE data_collection_logs (
    id                  INTEGER PRIMARY KEY,
    data_source         TEXT    NOT NULL,
    collection_type     TEXT    NOT NULL,
    start_time          INTEGER NOT NULL,
    end_time            INTEGER CONSTRAINT ck_data_collection_logs_end_time CHECK (end_time >= start_time),
    records_collected   INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_records CHECK (records_collected >= 0),
    success_count       INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_success CHECK (success_count >= 0),
    error_count         INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_collection_logs_error CHECK (error_count >= 0),
    status              TEXT    NOT NULL CONSTRAINT ck_data_collection_logs_status CHECK (
                            status IN ('running', 'success', 'partial', 'failed')),
    error_message       TEXT
, new_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_new CHECK (new_count >= 0), changed_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_changed CHECK (changed_count >= 0), rejected_count INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_data_collection_logs_rejected CHECK (rejected_count >= 0), job_id INTEGER) STRICT;

CREATE INDEX idx_data_collection_logs_source_start ON data_collection_logs (data_source, start_time);

CREATE TABLE data_quality_logs (
    id                      INTEGER PRIMARY KEY,
    table_name              TEXT    NOT NULL,
    record_id               INTEGER,
    document_id             INTEGER CONSTRAINT fk_data_quality_logs_document REFERENCES raw_documents (id),
    -- Place in the document from 1; 0 is the document as a whole.
    locator                 INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_quality_logs_locator CHECK (locator >= 0),
    error_type              TEXT    NOT NULL CONSTRAINT ck_data_quality_logs_error_type CHECK (error_type <> ''),
    severity                TEXT    NOT NULL CONSTRAINT ck_data_quality_logs_severity CHECK (
                                severity IN ('low', 'medium', 'high', 'critical')),
    error_data              TEXT    NOT NULL,
    error_message           TEXT    NOT NULL,
    status                  TEXT    NOT NULL DEFAULT 'open' CONSTRAINT ck_data_quality_logs_status CHECK (
                                status IN ('open', 'resolved', 'ignored')),
    requires_manual_review  INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_data_quality_logs_review CHECK (
                                requires_manual_review IN (0, 1)),
    handled_by              TEXT,
    handled_at              INTEGER,
    resolution_notes        TEXT,
    detected_at             INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX uq_data_quality_logs_document ON data_quality_logs (document_id, locator, error_type)
WHERE document_id IS NOT NULL;

CREATE UNIQUE INDEX uq_data_quality_logs_no_document ON data_quality_logs (table_name, locator, error_type, error_data)
WHERE document_id IS NULL;

CREATE INDEX idx_data_quality_logs_detected ON data_quality_logs (detected_at);

CREATE TABLE error_logs (
    id              INTEGER PRIMARY KEY,
    task_name       TEXT    NOT NULL,
    task_id         TEXT,
    error_type      TEXT    NOT NULL,
    error_message   TEXT    NOT NULL,
    traceback       TEXT,
    retry_count     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_error_logs_retry_count CHECK (retry_count >= 0),
    context_data    TEXT,
    created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX idx_error_logs_created ON error_logs (created_at);

CREATE TABLE audit_logs (
    id          INTEGER PRIMARY KEY,
    actor       TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    details     TEXT,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE INDEX idx_audit_logs_created ON audit_logs (created_at);

CREATE TRIGGER tr_audit_logs_append_only_update BEFORE UPDATE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'tr_audit_logs_append_only: an audit record is never changed');
END;

CREATE TRIGGER tr_audit_logs_append_only_delete BEFORE DELETE ON audit_logs
BEGIN
    SELECT RAISE(ABORT, 'tr_audit_logs_append_only: an audit record is never removed');
END;

CREATE TABLE lineups (
    id                  INTEGER PRIMARY KEY,
    match_id            INTEGER NOT NULL CONSTRAINT fk_lineups_match REFERENCES matches (id),
    side                TEXT    NOT NULL CONSTRAINT ck_lineups_side CHECK (side IN ('home', 'away')),
    data_source         TEXT    NOT NULL CONSTRAINT ck_lineups_data_source CHECK (data_source <> ''),
    lineup_type         TEXT    NOT NULL CONSTRAINT ck_lineups_lineup_type CHECK (lineup_type IN ('predicted', 'confirmed')),
    -- Since when the line-up can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_lineups_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    formation           TEXT    CONSTRAINT ck_lineups_formation CHECK (
                            formation GLOB '[1-9]-[1-9]*' AND formation NOT GLOB '*[^1-9-]*'),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    CONSTRAINT uq_lineups_natural_key UNIQUE (match_id, side, data_source, lineup_type, known_at)
) STRICT;

CREATE TABLE lineup_players (
    lineup_id           INTEGER NOT NULL CONSTRAINT fk_lineup_players_lineup REFERENCES lineups (id) ON DELETE CASCADE,
    place               INTEGER NOT NULL CONSTRAINT ck_lineup_players_place CHECK (place BETWEEN 1 AND 60),
    lineup_role         TEXT    GENERATED ALWAYS AS (CASE WHEN place <= 11 THEN 'starter' ELSE 'substitute' END) VIRTUAL,
    -- The identifier of the line-up's source, and the name as it writes it.
    player_id           TEXT    NOT NULL CONSTRAINT ck_lineup_players_player_id CHECK (player_id <> ''),
    player_name         TEXT    NOT NULL CONSTRAINT ck_lineup_players_player_name CHECK (player_name <> ''),
    position            TEXT    CONSTRAINT ck_lineup_players_position CHECK (
                            position IN ('goalkeeper', 'defender', 'midfielder', 'forward')),
    shirt_number        INTEGER CONSTRAINT ck_lineup_players_shirt_number CHECK (shirt_number BETWEEN 0 AND 99),
    PRIMARY KEY (lineup_id, place),
    CONSTRAINT uq_lineup_players_player UNIQUE (lineup_id, player_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_lineup_players_never_rewritten BEFORE UPDATE ON lineup_players
BEGIN
    SELECT RAISE(ABORT, 'tr_lineup_players_never_rewritten: a stored line-up is never changed; add one with its own known_at');
END;

CREATE TABLE injuries (
    match_id            INTEGER NOT NULL CONSTRAINT fk_injuries_match REFERENCES matches (id),
    side                TEXT    NOT NULL CONSTRAINT ck_injuries_side CHECK (side IN ('home', 'away')),
    data_source         TEXT    NOT NULL CONSTRAINT ck_injuries_data_source CHECK (data_source <> ''),
    -- The identifier of the source, and the name as it writes it.
    player_id           TEXT    NOT NULL CONSTRAINT ck_injuries_player_id CHECK (player_id <> ''),
    player_name         TEXT    NOT NULL CONSTRAINT ck_injuries_player_name CHECK (player_name <> ''),
    injury_type         TEXT    NOT NULL CONSTRAINT ck_injuries_injury_type CHECK (injury_type IN ('missing', 'questionable')),
    reason              TEXT,
    -- Since when the absence can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_injuries_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, side, data_source, player_id, injury_type, known_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_injuries_never_rewritten
BEFORE UPDATE OF match_id, side, data_source, player_id, player_name, injury_type, reason, known_at, known_at_imputed
ON injuries
BEGIN
    SELECT RAISE(ABORT, 'tr_injuries_never_rewritten: what was said of an absence is never changed; add a row with its own known_at');
END;

CREATE INDEX idx_matches_external_id ON matches (external_id, source) WHERE external_id IS NOT NULL;

CREATE TABLE archived_odds (
    match_id        INTEGER PRIMARY KEY CONSTRAINT fk_archived_odds_match REFERENCES matches (id),
    -- Where the lake is.
    lake            TEXT    NOT NULL CONSTRAINT ck_archived_odds_lake CHECK (lake <> ''),
    quotes          INTEGER NOT NULL CONSTRAINT ck_archived_odds_quotes CHECK (quotes > 0),
    removed         INTEGER NOT NULL CONSTRAINT ck_archived_odds_removed CHECK (removed BETWEEN 1 AND quotes),
    -- BLAKE3 of the quotes, lower-case hex.
    digest          TEXT    NOT NULL CONSTRAINT ck_archived_odds_digest
                            CHECK (length(digest) = 64 AND digest NOT GLOB '*[^0-9a-f]*'),
    archived_at     INTEGER NOT NULL
) STRICT;

CREATE VIEW team_results AS
SELECT home_team_id AS team_id, 'home' AS venue, id AS match_id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN 10800 ELSE 86400 END AS known_at,
    home_score AS goals_for, away_score AS goals_against
FROM matches
WHERE match_status = 'finished'
UNION ALL
SELECT away_team_id, 'away', id, match_time,
    match_time + CASE time_precision WHEN 'minute' THEN 10800 ELSE 86400 END,
    away_score, home_score
FROM matches
WHERE match_status = 'finished';

CREATE VIEW mv_team_recent_performance AS
SELECT r.team_id, r.venue, n.as_of, count(*) AS played,
    count(*) FILTER (WHERE r.goals_for > r.goals_against) AS won,
    count(*) FILTER (WHERE r.goals_for = r.goals_against) AS drawn,
    count(*) FILTER (WHERE r.goals_for < r.goals_against) AS lost,
    sum(r.goals_for) AS goals_for, sum(r.goals_against) AS goals_against,
    3 * count(*) FILTER (WHERE r.goals_for > r.goals_against)
        + count(*) FILTER (WHERE r.goals_for = r.goals_against) AS points
FROM (SELECT unixepoch() AS as_of) n
JOIN team_results r ON r.match_time BETWEEN n.as_of - 2592000 AND n.as_of AND r.known_at <= n.as_of
GROUP BY r.team_id, r.venue;

CREATE VIEW mv_odds_trends AS
WITH quotes AS (
    SELECT o.match_id, m.match_time, o.market_type, o.bookmaker, o.line_quarters, o.known_at,
        -- Of two prices of one time the closing one is the later.
        2 * o.known_at + (o.phase = 'closing') AS place,
        coalesce(o.home_thousandths, o.over_thousandths, o.yes_thousandths) AS home, o.draw_thousandths AS draw,
        coalesce(o.away_thousandths, o.under_thousandths, o.no_thousandths) AS away
    FROM odds o
    JOIN matches m ON m.id = o.match_id
    WHERE o.known_at < m.match_time AND o.known_at <= unixepoch() AND NOT o.suspicious_odds
),
placed AS (
    SELECT match_id, match_time, market_type, bookmaker, line_quarters, known_at, home, draw, away,
        first_value(home) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY home IS NULL, place) AS home_opening,
        first_value(home) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY home IS NULL, place DESC) AS home_latest,
        first_value(draw) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY draw IS NULL, place) AS draw_opening,
        first_value(draw) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY draw IS NULL, place DESC) AS draw_latest,
        first_value(away) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY away IS NULL, place) AS away_opening,
        first_value(away) OVER (PARTITION BY match_id, market_type, bookmaker, line_quarters ORDER BY away IS NULL, place DESC) AS away_latest
    FROM quotes
)
SELECT match_id, match_time, market_type, bookmaker, line_quarters, count(*) AS quotes,
    min(known_at) AS first_at, max(known_at) AS latest_at,
    home_opening, home_latest, min(home) AS home_lowest, max(home) AS home_highest,
    1.0 * sum(home) / count(home) / 1000 AS home_average, (max(home) - min(home)) / 1000.0 AS home_spread,
    1000.0 / home_latest AS home_implied, 1000.0 / home_latest - 1000.0 / home_opening AS home_movement,
    draw_opening, draw_latest, min(draw) AS draw_lowest, max(draw) AS draw_highest,
    1.0 * sum(draw) / count(draw) / 1000 AS draw_average, (max(draw) - min(draw)) / 1000.0 AS draw_spread,
    1000.0 / draw_latest AS draw_implied, 1000.0 / draw_latest - 1000.0 / draw_opening AS draw_movement,
    away_opening, away_latest, min(away) AS away_lowest, max(away) AS away_highest,
    1.0 * sum(away) / count(away) / 1000 AS away_average, (max(away) - min(away)) / 1000.0 AS away_spread,
    1000.0 / away_latest AS away_implied, 1000.0 / away_latest - 1000.0 / away_opening AS away_movement
FROM placed
GROUP BY match_id, market_type, bookmaker, line_quarters;

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

CREATE TABLE match_identifiers (
    source      TEXT    NOT NULL,
    external_id TEXT    NOT NULL CONSTRAINT ck_match_identifiers_external_id CHECK (external_id <> ''),
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_identifiers_match REFERENCES matches (id),
    PRIMARY KEY (source, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_identifiers_match ON match_identifiers (match_id);

CREATE TABLE name_reviews (
    id          INTEGER PRIMARY KEY,
    kind        TEXT    NOT NULL CONSTRAINT ck_name_reviews_kind CHECK (kind IN ('league', 'team')),
    source      TEXT    NOT NULL CONSTRAINT ck_name_reviews_source CHECK (source <> ''),
    country     TEXT    NOT NULL,
    -- Where the name was first met; forgotten where that league is joined with another one.
    league_id   INTEGER CONSTRAINT fk_name_reviews_league REFERENCES leagues (id) ON DELETE SET NULL,
    season      TEXT,
    name        TEXT    NOT NULL CONSTRAINT ck_name_reviews_name CHECK (name <> ''),
    status      TEXT    NOT NULL DEFAULT 'open' CONSTRAINT ck_name_reviews_status CHECK (
                        status IN ('open', 'accepted', 'rejected')),
    -- The team or league that an accepted name leads to.
    resolved_id INTEGER,
    opened_at   INTEGER NOT NULL,
    decided_at  INTEGER,
    decided_by  TEXT,
    CONSTRAINT uq_name_reviews_name UNIQUE (kind, source, country, name),
    CONSTRAINT ck_name_reviews_decided CHECK (
        (status = 'open') = (decided_at IS NULL) AND (decided_at IS NULL) = (decided_by IS NULL)),
    CONSTRAINT ck_name_reviews_resolved CHECK ((status = 'accepted') = (resolved_id IS NOT NULL))
) STRICT;

CREATE INDEX idx_name_reviews_open ON name_reviews (id) WHERE status = 'open';

CREATE INDEX idx_name_reviews_league ON name_reviews (league_id);

CREATE TABLE name_review_documents (
    review_id   INTEGER NOT NULL CONSTRAINT fk_name_review_documents_review REFERENCES name_reviews (id),
    document_id INTEGER NOT NULL CONSTRAINT fk_name_review_documents_document REFERENCES raw_documents (id),
    PRIMARY KEY (review_id, document_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_name_review_documents_document ON name_review_documents (document_id);

CREATE TABLE identity_merges (
    id          INTEGER PRIMARY KEY CONSTRAINT ck_identity_merges_id CHECK (id > 0),
    kind        TEXT    NOT NULL CONSTRAINT ck_identity_merges_kind CHECK (kind IN ('league', 'team')),
    kept_id     INTEGER NOT NULL,
    kept_name   TEXT    NOT NULL,
    -- Its row is gone until the merge is undone; the identifier is not used again.
    merged_id   INTEGER NOT NULL,
    merged_name TEXT    NOT NULL,
    done_by     TEXT    NOT NULL CONSTRAINT ck_identity_merges_done_by CHECK (done_by <> ''),
    done_at     INTEGER NOT NULL,
    undone_at   INTEGER CONSTRAINT ck_identity_merges_undone_at CHECK (undone_at >= done_at),
    -- -1 within the transaction that moves matches, else null. It refers to a row that cannot be, so that no transaction
    -- ends with it.
    running     INTEGER CONSTRAINT fk_identity_merges_running REFERENCES identity_merges (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ck_identity_merges_two CHECK (kept_id <> merged_id)
) STRICT;

CREATE UNIQUE INDEX uq_identity_merges_running ON identity_merges (running) WHERE running IS NOT NULL;

CREATE TABLE identity_merge_matches (
    merge_id    INTEGER NOT NULL CONSTRAINT fk_identity_merge_matches_merge REFERENCES identity_merges (id),
    match_id    INTEGER NOT NULL,
    -- The match that it became part of; null: it stays.
    joined_to   INTEGER CONSTRAINT ck_identity_merge_matches_two CHECK (joined_to <> match_id),
    PRIMARY KEY (merge_id, match_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_identity_merge_matches_match ON identity_merge_matches (match_id);

CREATE INDEX idx_identity_merge_matches_joined ON identity_merge_matches (joined_to) WHERE joined_to IS NOT NULL;

CREATE TABLE identity_merge_rows (
    merge_id    INTEGER NOT NULL CONSTRAINT fk_identity_merge_rows_merge REFERENCES identity_merges (id),
    table_name  TEXT    NOT NULL,
    -- Of the row, where it has one; else of its match.
    row_id      INTEGER,
    -- moved: it belongs to the kept one now. held: the kept one had it. removed: it is gone. changed, added: in place.
    change      TEXT    NOT NULL CONSTRAINT ck_identity_merge_rows_change CHECK (
                    change IN ('moved', 'held', 'removed', 'changed', 'added')),
    before      TEXT    CONSTRAINT ck_identity_merge_rows_before CHECK (before IS NULL OR json_valid(before)),
    after       TEXT    CONSTRAINT ck_identity_merge_rows_after CHECK (after IS NULL OR json_valid(after))
) STRICT;

CREATE INDEX idx_identity_merge_rows_table ON identity_merge_rows (merge_id, table_name, row_id);

CREATE VIEW match_stats_images AS
SELECT match_id, json_object(
        'match_id', match_id, 'home_shots', home_shots, 'away_shots', away_shots,
        'home_shots_on_target', home_shots_on_target, 'away_shots_on_target', away_shots_on_target,
        'home_woodwork', home_woodwork, 'away_woodwork', away_woodwork, 'home_corners', home_corners,
        'away_corners', away_corners, 'home_fouls', home_fouls, 'away_fouls', away_fouls,
        'home_offsides', home_offsides, 'away_offsides', away_offsides, 'home_yellow_cards', home_yellow_cards,
        'away_yellow_cards', away_yellow_cards, 'home_red_cards', home_red_cards, 'away_red_cards', away_red_cards,
        'home_expected_goals', iif(home_expected_goals IS NULL, NULL, printf('%!.17g', home_expected_goals)),
        'away_expected_goals', iif(away_expected_goals IS NULL, NULL, printf('%!.17g', away_expected_goals)),
        'home_possession', iif(home_possession IS NULL, NULL, printf('%!.17g', home_possession)),
        'away_possession', iif(away_possession IS NULL, NULL, printf('%!.17g', away_possession))) AS image
FROM match_stats;

CREATE TRIGGER tr_predictions_never_rewritten
BEFORE UPDATE OF id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result,
    expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, confidence_score, feature_importance, features_used, prediction_metadata, as_of,
    sealed_at ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_never_rewritten: a sealed forecast is never changed');
END;

CREATE TRIGGER tr_predictions_match_kept BEFORE UPDATE OF match_id ON predictions
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_match_kept: a sealed forecast stays with its match; only a merge of two matches takes it along');
END;

CREATE TRIGGER tr_lineups_never_rewritten
BEFORE UPDATE OF id, side, data_source, lineup_type, known_at, known_at_imputed, formation ON lineups
BEGIN
    SELECT RAISE(ABORT, 'tr_lineups_never_rewritten: a stored line-up is never changed; add one with its own known_at');
END;

CREATE TRIGGER tr_lineups_match_kept BEFORE UPDATE OF match_id ON lineups
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_lineups_match_kept: a line-up stays with its match; only a merge of two matches takes it along');
END;

CREATE TABLE feature_sets (
    hash            TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_feature_sets_hash CHECK (length(hash) = 64),
    -- name@version, a JSON array in the order of the model's columns.
    feature_names   TEXT    NOT NULL CONSTRAINT ck_feature_sets_feature_names CHECK (json_valid(feature_names))
) STRICT;

CREATE TRIGGER tr_feature_sets_never_rewritten BEFORE UPDATE ON feature_sets
BEGIN
    SELECT RAISE(ABORT, 'tr_feature_sets_never_rewritten: features of sealed forecasts are never changed');
END;

CREATE TRIGGER tr_feature_sets_never_removed BEFORE DELETE ON feature_sets
BEGIN
    SELECT RAISE(ABORT, 'tr_feature_sets_never_removed: features of sealed forecasts are never removed');
END;

CREATE UNIQUE INDEX uq_predictions_ledger_sequence ON predictions (ledger_sequence) WHERE ledger_sequence IS NOT NULL;

CREATE INDEX idx_predictions_outside_ledger ON predictions (id) WHERE ledger_sequence IS NULL;

CREATE TABLE ledger_head (
    id              INTEGER PRIMARY KEY CONSTRAINT ck_ledger_head_id CHECK (id = 1),
    sequence        INTEGER NOT NULL,
    entry_hash      TEXT    NOT NULL,
    -- Forecasts sealed before the ledger began, and the highest identifier among them.
    outside         INTEGER NOT NULL,
    outside_last_id INTEGER NOT NULL
) STRICT;

CREATE TRIGGER tr_ledger_head_grows BEFORE UPDATE ON ledger_head
WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id OR NEW.outside <> OLD.outside
    OR NEW.outside_last_id <> OLD.outside_last_id
BEGIN
    SELECT RAISE(ABORT, 'tr_ledger_head_grows: the ledger only grows, by one entry at a time');
END;

CREATE TRIGGER tr_ledger_head_never_removed BEFORE DELETE ON ledger_head
BEGIN
    SELECT RAISE(ABORT, 'tr_ledger_head_never_removed: the ledger is never forgotten');
END;

CREATE TRIGGER tr_check_prediction_sealed_before_kickoff BEFORE INSERT ON predictions
WHEN NOT EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id
        AND match_time + CASE time_precision WHEN 'day' THEN 86400 ELSE 0 END > NEW.sealed_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_sealed_before_kickoff: a forecast needs an existing match and is sealed before its kick-off');
END;

CREATE TRIGGER tr_check_prediction_as_of BEFORE INSERT ON predictions
WHEN EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id AND time_precision = 'day' AND NEW.as_of > match_time)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_as_of: a forecast of a match known only to the day uses nothing learned on that day');
END;

CREATE TRIGGER tr_check_prediction_features BEFORE INSERT ON predictions
WHEN NEW.features_used IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feature_sets WHERE hash = NEW.features_used)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_prediction_features: a forecast names features that are held');
END;

CREATE TRIGGER tr_predictions_chained AFTER INSERT ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_chained: a forecast is sealed as the next entry of the ledger')
    FROM ledger_head
    WHERE NEW.ledger_sequence IS NOT sequence + 1 OR NEW.previous_hash IS NOT entry_hash;
    UPDATE ledger_head SET sequence = NEW.ledger_sequence, entry_hash = NEW.entry_hash;
END;

CREATE TRIGGER tr_predictions_entry_never_rewritten
BEFORE UPDATE OF score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash,
    data_hash, ledger_version, previous_hash, entry_hash, ledger_sequence ON predictions
BEGIN
    SELECT RAISE(ABORT, 'tr_predictions_entry_never_rewritten: an entry of the ledger is never changed');
END;

CREATE TABLE outbox (
    -- Growing, since the latest row stays. One connection writes at a time: numbers become visible in order.
    id          INTEGER PRIMARY KEY,
    -- Kinds grow without a change of the schema; see ChangeKind.
    kind        TEXT    NOT NULL CONSTRAINT ck_outbox_kind CHECK (kind <> '' AND kind NOT GLOB '*[^a-z_]*'),
    -- What changed: one match, any matches of a season of a league, or something else in words. No references: what is
    -- told here stays true when a match is gone.
    match_id    INTEGER,
    league_id   INTEGER,
    season      TEXT,
    subject     TEXT    CONSTRAINT ck_outbox_subject CHECK (subject <> ''),
    details     TEXT    NOT NULL CONSTRAINT ck_outbox_details CHECK (json_valid(details)),
    recorded_at INTEGER NOT NULL, job_id INTEGER,
    CONSTRAINT ck_outbox_scope CHECK (
        (match_id IS NOT NULL) + (league_id IS NOT NULL) + (subject IS NOT NULL) = 1
        AND (league_id IS NULL) = (season IS NULL))
) STRICT;

CREATE TRIGGER tr_outbox_never_changed BEFORE UPDATE ON outbox
BEGIN
    SELECT RAISE(ABORT, 'tr_outbox_never_changed: what happened is never changed');
END;

CREATE TRIGGER tr_outbox_latest_stays BEFORE DELETE ON outbox
WHEN OLD.id = (SELECT max(id) FROM outbox)
BEGIN
    SELECT RAISE(ABORT, 'tr_outbox_latest_stays: the latest change stays, so that no number comes again');
END;

CREATE TABLE feed_readers (
    name        TEXT    PRIMARY KEY CONSTRAINT ck_feed_readers_name CHECK (name <> ''),
    position    INTEGER NOT NULL CONSTRAINT ck_feed_readers_position CHECK (position >= 0),
    advanced_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox_pruned (
    id          INTEGER PRIMARY KEY CONSTRAINT ck_outbox_pruned_id CHECK (id = 1),
    position    INTEGER NOT NULL CONSTRAINT ck_outbox_pruned_position CHECK (position >= 0)
) STRICT;

CREATE TABLE players (
    id          INTEGER PRIMARY KEY,
    source      TEXT    NOT NULL CONSTRAINT ck_players_source CHECK (source <> ''),
    external_id TEXT    NOT NULL CONSTRAINT ck_players_external_id CHECK (external_id <> ''),
    name        TEXT    NOT NULL CONSTRAINT ck_players_name CHECK (name <> ''),
    CONSTRAINT uq_players_source_external_id UNIQUE (source, external_id)
) STRICT;

CREATE TABLE match_events (
    match_id            INTEGER NOT NULL CONSTRAINT fk_match_events_match REFERENCES matches (id),
    source              TEXT    NOT NULL CONSTRAINT ck_match_events_source CHECK (source <> ''),
    -- Since when the list can have been known.
    known_at            INTEGER NOT NULL,
    known_at_imputed    INTEGER NOT NULL CONSTRAINT ck_match_events_known_at_imputed CHECK (known_at_imputed IN (0, 1)),
    -- Place in the list, from 1.
    ordinal             INTEGER NOT NULL CONSTRAINT ck_match_events_ordinal CHECK (ordinal BETWEEN 1 AND 500),
    minute              INTEGER NOT NULL CONSTRAINT ck_match_events_minute CHECK (minute BETWEEN 0 AND 130),
    -- Minutes of stoppage time after that minute.
    stoppage            INTEGER CONSTRAINT ck_match_events_stoppage CHECK (stoppage BETWEEN 0 AND 60),
    side                TEXT    NOT NULL CONSTRAINT ck_match_events_side CHECK (side IN ('home', 'away')),
    kind                TEXT    NOT NULL CONSTRAINT ck_match_events_kind CHECK (kind IN (
                            'goal', 'own_goal', 'penalty', 'missed_penalty', 'yellow', 'second_yellow', 'red',
                            'substitution')),
    player_id           INTEGER CONSTRAINT fk_match_events_player REFERENCES players (id),
    -- Who assisted, or the second player of a substitution.
    related_player_id   INTEGER CONSTRAINT fk_match_events_related_player REFERENCES players (id),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, source, known_at, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_events_player ON match_events (player_id);

CREATE INDEX idx_match_events_related_player ON match_events (related_player_id);

CREATE TRIGGER tr_match_events_never_rewritten
BEFORE UPDATE OF match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, side, kind, player_id,
    related_player_id ON match_events
BEGIN
    SELECT RAISE(ABORT, 'tr_match_events_never_rewritten: a stored list of events is never changed; add one with its own known_at');
END;

CREATE TABLE in_play_odds (
    match_id            INTEGER NOT NULL CONSTRAINT fk_in_play_odds_match REFERENCES matches (id),
    market_type         TEXT    NOT NULL CONSTRAINT ck_in_play_odds_market_type CHECK (
                            market_type IN ('1x2', 'over_under', 'asian_handicap', 'both_teams_score')),
    bookmaker           TEXT    NOT NULL CONSTRAINT ck_in_play_odds_bookmaker CHECK (bookmaker <> ''),
    -- Quarter goals; -32768 where the market has no line (a key column cannot be null).
    line_quarters       INTEGER NOT NULL DEFAULT -32768 CONSTRAINT ck_in_play_odds_line_range CHECK (
                            line_quarters BETWEEN -32768 AND 32767),
    -- Since when the prices can have been known: after kick-off.
    known_at            INTEGER NOT NULL,
    home_thousandths    INTEGER CONSTRAINT ck_in_play_odds_home_odds_range CHECK (home_thousandths BETWEEN 1001 AND 999999999),
    draw_thousandths    INTEGER CONSTRAINT ck_in_play_odds_draw_odds_range CHECK (draw_thousandths BETWEEN 1001 AND 999999999),
    away_thousandths    INTEGER CONSTRAINT ck_in_play_odds_away_odds_range CHECK (away_thousandths BETWEEN 1001 AND 999999999),
    over_thousandths    INTEGER CONSTRAINT ck_in_play_odds_over_odds_range CHECK (over_thousandths BETWEEN 1001 AND 999999999),
    under_thousandths   INTEGER CONSTRAINT ck_in_play_odds_under_odds_range CHECK (under_thousandths BETWEEN 1001 AND 999999999),
    yes_thousandths     INTEGER CONSTRAINT ck_in_play_odds_yes_odds_range CHECK (yes_thousandths BETWEEN 1001 AND 999999999),
    no_thousandths      INTEGER CONSTRAINT ck_in_play_odds_no_odds_range CHECK (no_thousandths BETWEEN 1001 AND 999999999),
    suspicious_odds     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_in_play_odds_suspicious_odds CHECK (suspicious_odds IN (0, 1)),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, market_type, bookmaker, line_quarters, known_at),
    -- A quote has a price, and only the prices and the line of its own market.
    CONSTRAINT ck_in_play_odds_consistency CHECK (CASE market_type
        WHEN '1x2' THEN
            coalesce(home_thousandths, draw_thousandths, away_thousandths) IS NOT NULL
            AND coalesce(over_thousandths, under_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters = -32768
        WHEN 'over_under' THEN
            coalesce(over_thousandths, under_thousandths) IS NOT NULL
            AND coalesce(home_thousandths, draw_thousandths, away_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters <> -32768
        WHEN 'asian_handicap' THEN
            coalesce(home_thousandths, away_thousandths) IS NOT NULL
            AND coalesce(draw_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths) IS NULL
            AND line_quarters <> -32768
        WHEN 'both_teams_score' THEN
            coalesce(yes_thousandths, no_thousandths) IS NOT NULL
            AND coalesce(home_thousandths, draw_thousandths, away_thousandths, over_thousandths, under_thousandths) IS NULL
            AND line_quarters = -32768
        ELSE 1
    END)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_in_play_odds_never_rewritten
BEFORE UPDATE OF match_id, market_type, bookmaker, line_quarters, known_at, home_thousandths, draw_thousandths,
    away_thousandths, over_thousandths, under_thousandths, yes_thousandths, no_thousandths ON in_play_odds
BEGIN
    SELECT RAISE(ABORT, 'tr_in_play_odds_never_rewritten: a stored quote is never changed; add one with its own known_at');
END;

CREATE TABLE season_totals (
    league_id   INTEGER NOT NULL CONSTRAINT fk_season_totals_league REFERENCES leagues (id),
    season      TEXT    NOT NULL,
    matches     INTEGER NOT NULL,
    finished    INTEGER NOT NULL,
    PRIMARY KEY (league_id, season),
    CONSTRAINT ck_season_totals_range CHECK (finished BETWEEN 0 AND matches)
) STRICT, WITHOUT ROWID;

CREATE TABLE league_teams (
    league_id   INTEGER NOT NULL CONSTRAINT fk_league_teams_league REFERENCES leagues (id),
    team_id     INTEGER NOT NULL CONSTRAINT fk_league_teams_team REFERENCES teams (id),
    matches     INTEGER NOT NULL CONSTRAINT ck_league_teams_matches CHECK (matches >= 0),
    PRIMARY KEY (league_id, team_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_matches_totals_update
AFTER UPDATE OF league_id, season, match_status ON matches
WHEN OLD.league_id <> NEW.league_id OR OLD.season <> NEW.season
    OR (OLD.match_status = 'finished') <> (NEW.match_status = 'finished')
BEGIN
    UPDATE season_totals SET matches = matches - 1, finished = finished - (OLD.match_status = 'finished')
    WHERE league_id = OLD.league_id AND season = OLD.season;
    INSERT INTO season_totals (league_id, season, matches, finished)
    VALUES (NEW.league_id, NEW.season, 1, NEW.match_status = 'finished')
    ON CONFLICT (league_id, season) DO UPDATE SET
        matches = matches + excluded.matches, finished = finished + excluded.finished;
    DELETE FROM season_totals WHERE league_id = OLD.league_id AND season = OLD.season AND matches = 0;
END;

CREATE TRIGGER tr_matches_league_teams_update
AFTER UPDATE OF league_id, home_team_id, away_team_id ON matches
WHEN OLD.league_id <> NEW.league_id OR OLD.home_team_id <> NEW.home_team_id OR OLD.away_team_id <> NEW.away_team_id
BEGIN
    UPDATE league_teams SET matches = matches - 1
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id);
    INSERT INTO league_teams (league_id, team_id, matches)
    VALUES (NEW.league_id, NEW.home_team_id, 1), (NEW.league_id, NEW.away_team_id, 1)
    ON CONFLICT (league_id, team_id) DO UPDATE SET matches = matches + excluded.matches;
    DELETE FROM league_teams
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id) AND matches = 0;
END;

CREATE TRIGGER tr_matches_totals_delete AFTER DELETE ON matches
BEGIN
    UPDATE season_totals SET matches = matches - 1, finished = finished - (OLD.match_status = 'finished')
    WHERE league_id = OLD.league_id AND season = OLD.season;
    DELETE FROM season_totals WHERE league_id = OLD.league_id AND season = OLD.season AND matches = 0;
    UPDATE league_teams SET matches = matches - 1
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id);
    DELETE FROM league_teams
    WHERE league_id = OLD.league_id AND team_id IN (OLD.home_team_id, OLD.away_team_id) AND matches = 0;
END;

CREATE INDEX idx_matches_time ON matches (match_time);

CREATE INDEX idx_matches_open_status_time ON matches (match_status, match_time) WHERE match_status <> 'finished';

CREATE INDEX idx_matches_season_time ON matches (season, match_time);

CREATE INDEX idx_teams_name ON teams (name);

CREATE TABLE model_aliases (
    model_name  TEXT    NOT NULL,
    alias       TEXT    NOT NULL CONSTRAINT ck_model_aliases_alias CHECK (alias IN ('champion', 'challenger', 'previous')),
    version     TEXT    NOT NULL,
    assigned_at INTEGER NOT NULL,
    PRIMARY KEY (model_name, alias),
    CONSTRAINT uq_model_aliases_version UNIQUE (model_name, version),
    CONSTRAINT fk_model_aliases_version FOREIGN KEY (model_name, version) REFERENCES model_versions (name, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_artifacts (
    model_name  TEXT    NOT NULL CONSTRAINT ck_model_artifacts_model_name CHECK (model_name <> ''),
    version     TEXT    NOT NULL CONSTRAINT ck_model_artifacts_version CHECK (version <> ''),
    file        TEXT    NOT NULL CONSTRAINT ck_model_artifacts_file CHECK (file <> ''),
    -- BLAKE3 of the bytes, lower-case hex.
    hash        TEXT    NOT NULL CONSTRAINT ck_model_artifacts_hash
                        CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    -- Number of bytes before compression.
    size        INTEGER NOT NULL CONSTRAINT ck_model_artifacts_size CHECK (size BETWEEN 0 AND 268435456),
    -- The bytes, one zstd frame.
    content     BLOB    NOT NULL,
    PRIMARY KEY (model_name, version, file)
) STRICT;

CREATE TRIGGER tr_model_artifacts_never_rewritten BEFORE UPDATE ON model_artifacts
BEGIN
    SELECT RAISE(ABORT, 'tr_model_artifacts_never_rewritten: files of a model never change; train a new version');
END;

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

CREATE TABLE document_readings (
    document_id INTEGER PRIMARY KEY CONSTRAINT fk_document_readings_document REFERENCES raw_documents (id),
    reading     TEXT    NOT NULL CONSTRAINT ck_document_readings_reading CHECK (length(reading) BETWEEN 1 AND 1048576)
) STRICT;

CREATE TABLE season_rules (
    league  TEXT NOT NULL,
    season  TEXT NOT NULL,
    rules   TEXT NOT NULL,
    PRIMARY KEY (league, season)
) STRICT, WITHOUT ROWID;

CREATE TABLE match_corrections (
    id          INTEGER PRIMARY KEY,
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_corrections_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_corrections_field CHECK (
                        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_corrections_source CHECK (source <> ''),
    old_value   TEXT,
    new_value   TEXT,
    -- When the document came that says so, and which it is.
    said_at     INTEGER NOT NULL,
    document_id INTEGER CONSTRAINT fk_match_corrections_document REFERENCES raw_documents (id),
    -- Since when the new value is held, or when it was decided that it is not.
    known_at    INTEGER NOT NULL,
    verdict     TEXT    NOT NULL CONSTRAINT ck_match_corrections_verdict CHECK (verdict IN ('taken', 'kept')),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_match_corrections_decided_by CHECK (decided_by <> ''),
    recorded_at INTEGER NOT NULL,
    CONSTRAINT ck_match_corrections_values CHECK (old_value IS NOT new_value)
) STRICT;

CREATE INDEX idx_match_corrections_match ON match_corrections (match_id);

CREATE INDEX idx_match_corrections_document ON match_corrections (document_id);

CREATE TRIGGER tr_match_corrections_never_rewritten
BEFORE UPDATE OF id, field, source, old_value, new_value, said_at, document_id, known_at, verdict, decided_by, recorded_at
ON match_corrections
BEGIN
    SELECT raise(ABORT, 'tr_match_corrections_never_rewritten: corrections are kept as they were; add another one');
END;

CREATE TABLE "match_claims" (
    match_id    INTEGER NOT NULL CONSTRAINT fk_match_claims_match REFERENCES matches (id) ON DELETE CASCADE,
    field       TEXT    NOT NULL CONSTRAINT ck_match_claims_field CHECK (
                        field IN (
                        'kickoff', 'score', 'half_time', 'status', 'referee', 'attendance', 'neutral_ground', 'stage', 'round',
                        'group', 'tie_leg', 'after_extra_time', 'shootout', 'statistics')),
    source      TEXT    NOT NULL CONSTRAINT ck_match_claims_source CHECK (source <> ''),
    value       TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- When the document came that says so, and which it is; of an old row the time of storing stands for it.
    said_at     INTEGER,
    document_id INTEGER CONSTRAINT fk_match_claims_document REFERENCES raw_documents (id),
    PRIMARY KEY (match_id, field, source)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_claims_document ON match_claims (document_id) WHERE document_id IS NOT NULL;

CREATE INDEX idx_data_collection_logs_start ON data_collection_logs (start_time);

CREATE TABLE collection_watermarks (
    data_source     TEXT    NOT NULL,
    collection_type TEXT    NOT NULL,
    scope           TEXT    NOT NULL,
    hash            TEXT    NOT NULL CONSTRAINT ck_collection_watermarks_hash CHECK (
                        length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
    collected_at    INTEGER NOT NULL,
    checked_at      INTEGER NOT NULL,
    PRIMARY KEY (data_source, collection_type, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_budgets (
    data_source     TEXT    NOT NULL,
    period_start    INTEGER NOT NULL,
    credits         INTEGER NOT NULL CONSTRAINT ck_collection_budgets_credits CHECK (credits >= 0),
    PRIMARY KEY (data_source, period_start)
) STRICT, WITHOUT ROWID;

CREATE TABLE simulations (
    league         TEXT NOT NULL,
    season         TEXT NOT NULL,
    as_of          INTEGER NOT NULL,
    model_name     TEXT NOT NULL,
    model_version  TEXT NOT NULL,
    made_at        INTEGER NOT NULL,
    report         TEXT NOT NULL,
    PRIMARY KEY (league, season, as_of, model_name, model_version)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL CONSTRAINT ck_jobs_name CHECK (name <> ''),
    -- What it is for: asked for again, it is the same job.
    key            TEXT    NOT NULL CONSTRAINT uq_jobs_key UNIQUE,
    queue          TEXT    NOT NULL,
    -- The place of the queue among queues, from 0, the most urgent.
    priority       INTEGER NOT NULL CONSTRAINT ck_jobs_priority CHECK (priority >= 0),
    parameters     TEXT    NOT NULL CONSTRAINT ck_jobs_parameters CHECK (json_valid(parameters)),
    -- No reference: what was done stays true when a match is gone.
    match_id       INTEGER,
    due_at         INTEGER NOT NULL,
    deadline       INTEGER,
    exclusion      TEXT,
    long           INTEGER NOT NULL CONSTRAINT ck_jobs_long CHECK (long IN (0, 1)),
    attempts       INTEGER NOT NULL CONSTRAINT ck_jobs_attempts CHECK (attempts > 0),
    flow           TEXT,
    step           TEXT,
    needs          TEXT    NOT NULL CONSTRAINT ck_jobs_needs CHECK (json_valid(needs)),
    follows        TEXT    NOT NULL CONSTRAINT ck_jobs_follows CHECK (json_valid(follows)),
    status         TEXT    NOT NULL CONSTRAINT ck_jobs_status CHECK (status IN
                       ('blocked', 'waiting', 'running', 'succeeded', 'failed', 'missed', 'cancelled', 'skipped')),
    attempt        INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_jobs_attempt CHECK (attempt >= 0),
    worker         TEXT,
    lease_until    INTEGER,
    stop_requested INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_jobs_stop_requested CHECK (stop_requested IN (0, 1)),
    enqueued_at    INTEGER NOT NULL,
    started_at     INTEGER,
    ended_at       INTEGER,
    error_type     TEXT,
    error_message  TEXT,
    result         TEXT    CONSTRAINT ck_jobs_result CHECK (json_valid(result)),
    CONSTRAINT ck_jobs_step CHECK ((flow IS NULL) = (step IS NULL)),
    CONSTRAINT ck_jobs_worker CHECK ((status = 'running') = (worker IS NOT NULL) AND (worker IS NULL) = (lease_until IS NULL)),
    CONSTRAINT ck_jobs_ended_at CHECK ((ended_at IS NULL) = (status IN ('blocked', 'waiting', 'running'))),
    CONSTRAINT ck_jobs_error CHECK ((error_type IS NULL) = (error_message IS NULL))
) STRICT;

CREATE INDEX idx_jobs_next ON jobs (long, coalesce(deadline, 253402300799), priority, due_at, id)
WHERE status = 'waiting';

CREATE INDEX idx_jobs_due ON jobs (long, due_at) WHERE status = 'waiting';

CREATE UNIQUE INDEX uq_jobs_exclusion ON jobs (exclusion) WHERE status = 'running' AND exclusion IS NOT NULL;

CREATE INDEX idx_jobs_blocked ON jobs (flow) WHERE status = 'blocked';

CREATE INDEX idx_jobs_running ON jobs (lease_until) WHERE status = 'running';

CREATE INDEX idx_jobs_deadline ON jobs (deadline) WHERE status IN ('blocked', 'waiting') AND deadline IS NOT NULL;

CREATE INDEX idx_jobs_match ON jobs (match_id) WHERE match_id IS NOT NULL;

CREATE INDEX idx_jobs_flow ON jobs (flow) WHERE flow IS NOT NULL;

CREATE INDEX idx_jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;

CREATE INDEX idx_jobs_name ON jobs (name, status, ended_at);

CREATE TABLE schedules (
    id             TEXT    PRIMARY KEY CONSTRAINT ck_schedules_id CHECK (id <> ''),
    job            TEXT    NOT NULL,
    -- Five fields, in UTC.
    cron           TEXT    NOT NULL,
    parameters     TEXT    NOT NULL CONSTRAINT ck_schedules_parameters CHECK (json_valid(parameters)),
    enabled        INTEGER NOT NULL CONSTRAINT ck_schedules_enabled CHECK (enabled IN (0, 1)),
    misfire        TEXT    NOT NULL CONSTRAINT ck_schedules_misfire CHECK (misfire IN ('skip', 'run_once')),
    -- Changed by a person: a new version of the program leaves it alone.
    edited         INTEGER NOT NULL CONSTRAINT ck_schedules_edited CHECK (edited IN (0, 1)),
    -- Its times up to this one are dealt with.
    done_until     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    name           TEXT    PRIMARY KEY,
    holder         TEXT    NOT NULL CONSTRAINT ck_leases_holder CHECK (holder <> ''),
    fencing        INTEGER NOT NULL CONSTRAINT ck_leases_fencing CHECK (fencing > 0),
    until          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workers (
    name           TEXT    PRIMARY KEY CONSTRAINT ck_workers_name CHECK (name <> ''),
    started_at     INTEGER NOT NULL,
    seen_at        INTEGER NOT NULL,
    slots          INTEGER NOT NULL CONSTRAINT ck_workers_slots CHECK (slots > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE quality_checks (
    checked_at  INTEGER PRIMARY KEY,
    -- Changes of the feed up to this one were looked at.
    position    INTEGER NOT NULL CONSTRAINT ck_quality_checks_position CHECK (position >= 0),
    report      TEXT    NOT NULL CONSTRAINT ck_quality_checks_report CHECK (json_valid(report))
) STRICT;

CREATE TABLE quality_baselines (
    name         TEXT    NOT NULL PRIMARY KEY,
    baseline     TEXT    NOT NULL,
    computed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE paper_ledger (
    sequence      INTEGER PRIMARY KEY CONSTRAINT ck_paper_ledger_sequence CHECK (sequence > 0),
    kind          TEXT    NOT NULL CONSTRAINT ck_paper_ledger_kind CHECK (kind IN ('bet', 'settlement', 'limits')),
    written_at    INTEGER NOT NULL,
    -- The match of a bet; it follows merges.
    match_id      INTEGER CONSTRAINT fk_paper_ledger_match REFERENCES matches (id),
    -- The bet that is settled.
    bet_sequence  INTEGER CONSTRAINT fk_paper_ledger_bet REFERENCES paper_ledger (sequence),
    -- What the entry says, word for word as it was hashed.
    content       TEXT    NOT NULL CONSTRAINT ck_paper_ledger_content CHECK (json_valid(content)),
    previous_hash TEXT    NOT NULL,
    entry_hash    TEXT    NOT NULL CONSTRAINT ck_paper_ledger_entry_hash CHECK (length(entry_hash) = 64),
    CONSTRAINT ck_paper_ledger_whole CHECK (
        (kind = 'bet') = (match_id IS NOT NULL) AND (kind = 'settlement') = (bet_sequence IS NOT NULL))
) STRICT;

CREATE INDEX idx_paper_ledger_match ON paper_ledger (match_id) WHERE match_id IS NOT NULL;

CREATE UNIQUE INDEX uq_paper_ledger_bet_sequence ON paper_ledger (bet_sequence) WHERE bet_sequence IS NOT NULL;

CREATE TABLE paper_head (
    id         INTEGER PRIMARY KEY CONSTRAINT ck_paper_head_id CHECK (id = 1),
    sequence   INTEGER NOT NULL,
    entry_hash TEXT    NOT NULL
) STRICT;

CREATE TRIGGER tr_paper_head_grows BEFORE UPDATE ON paper_head
WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_head_grows: the ledger of paper bets only grows, by one entry at a time');
END;

CREATE TRIGGER tr_paper_head_never_removed BEFORE DELETE ON paper_head
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_head_never_removed: the ledger of paper bets is never forgotten');
END;

CREATE TRIGGER tr_check_paper_bet_before_kickoff BEFORE INSERT ON paper_ledger
WHEN NEW.kind = 'bet' AND NOT EXISTS (
    SELECT 1 FROM matches WHERE id = NEW.match_id AND match_status = 'scheduled' AND match_time > NEW.written_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_paper_bet_before_kickoff: a paper bet is on a match to come, and is written down before its kick-off');
END;

CREATE TRIGGER tr_check_paper_settlement BEFORE INSERT ON paper_ledger
WHEN NEW.kind = 'settlement' AND NOT EXISTS (
    SELECT 1 FROM paper_ledger WHERE sequence = NEW.bet_sequence AND kind = 'bet')
BEGIN
    SELECT RAISE(ABORT, 'tr_check_paper_settlement: a settlement is of a bet of this ledger');
END;

CREATE TRIGGER tr_paper_ledger_chained AFTER INSERT ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_chained: a paper bet is written down as the next entry of the ledger')
    FROM paper_head
    WHERE NEW.sequence IS NOT sequence + 1 OR NEW.previous_hash IS NOT entry_hash;
    UPDATE paper_head SET sequence = NEW.sequence, entry_hash = NEW.entry_hash;
END;

CREATE TRIGGER tr_paper_ledger_never_rewritten
BEFORE UPDATE OF sequence, kind, written_at, bet_sequence, content, previous_hash, entry_hash ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_never_rewritten: an entry of the ledger of paper bets is never changed');
END;

CREATE TRIGGER tr_paper_ledger_never_removed BEFORE DELETE ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_never_removed: an entry of the ledger of paper bets is never removed');
END;

CREATE TRIGGER tr_paper_ledger_match_kept BEFORE UPDATE OF match_id ON paper_ledger
WHEN NEW.match_id IS NOT OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_match_kept: a paper bet stays with its match; only a merge of two matches takes it along');
END;

CREATE TRIGGER tr_match_corrections_match_kept BEFORE UPDATE OF match_id ON match_corrections
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_match_corrections_match_kept: a correction stays with its match; only a merge of two matches takes it along');
END;

CREATE TABLE users (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_users_name CHECK (name <> '') CONSTRAINT uq_users_name UNIQUE,
    -- Argon2id, with its salt and parameters (PHC string).
    password_hash   TEXT    NOT NULL CONSTRAINT ck_users_password_hash CHECK (password_hash LIKE '$argon2id$%'),
    role            TEXT    NOT NULL CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'analyst', 'operator', 'admin')),
    disabled        INTEGER NOT NULL CONSTRAINT ck_users_disabled CHECK (disabled IN (0, 1)),
    created_at      INTEGER NOT NULL,
    last_login_at   INTEGER
) STRICT;

CREATE TABLE sessions (
    id              TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_sessions_id CHECK (length(id) >= 32),
    user_id         INTEGER NOT NULL CONSTRAINT fk_sessions_user REFERENCES users (id),
    generation      INTEGER NOT NULL CONSTRAINT ck_sessions_generation CHECK (generation >= 0),
    started_at      INTEGER NOT NULL,
    renewed_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER
) STRICT;

CREATE INDEX idx_sessions_user ON sessions (user_id) WHERE ended_at IS NULL;

CREATE TABLE api_keys (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_api_keys_name CHECK (name <> ''),
    user_id         INTEGER NOT NULL CONSTRAINT fk_api_keys_user REFERENCES users (id),
    -- BLAKE3 of the key; the key itself is kept nowhere.
    hash            TEXT    NOT NULL CONSTRAINT ck_api_keys_hash CHECK (length(hash) = 64) CONSTRAINT uq_api_keys_hash UNIQUE,
    -- Names of permissions, with spaces between.
    scopes          TEXT    NOT NULL CONSTRAINT ck_api_keys_scopes CHECK (scopes <> ''),
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER,
    revoked_at      INTEGER,
    last_used_at    INTEGER
) STRICT;

CREATE TABLE alerts (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_alerts_name CHECK (name <> ''),
    component       TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    severity        TEXT    NOT NULL CONSTRAINT ck_alerts_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    summary         TEXT    NOT NULL,
    details         TEXT    NOT NULL,
    advice          TEXT    NOT NULL CONSTRAINT ck_alerts_advice CHECK (json_valid(advice)),
    first_seen      INTEGER NOT NULL,
    last_seen       INTEGER NOT NULL,
    resolved_at     INTEGER,
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    -- When people were last told: how often by then, why, when, and how bad it was.
    told_times      INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_alerts_told_times CHECK (told_times >= 0),
    told_kind       TEXT    CONSTRAINT ck_alerts_told_kind CHECK (told_kind IN ('firing', 'reminder', 'resolved')),
    told_at         INTEGER,
    told_severity   TEXT    CONSTRAINT ck_alerts_told_severity CHECK (told_severity IN ('low', 'medium', 'high', 'critical')),
    CONSTRAINT ck_alerts_acknowledged CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CONSTRAINT ck_alerts_told CHECK ((told_times = 0) = (told_kind IS NULL) AND (told_kind IS NULL) = (told_at IS NULL)
        AND (told_at IS NULL) = (told_severity IS NULL))
) STRICT;

CREATE UNIQUE INDEX uq_alerts_cause ON alerts (name, subject) WHERE resolved_at IS NULL;

CREATE INDEX idx_alerts_untold ON alerts (id) WHERE resolved_at IS NOT NULL AND told_kind IN ('firing', 'reminder');

CREATE INDEX idx_alerts_resolved ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE alert_notices (
    id           INTEGER PRIMARY KEY,
    alert_id     INTEGER NOT NULL CONSTRAINT fk_alert_notices_alert REFERENCES alerts (id) ON DELETE CASCADE,
    channel      TEXT    NOT NULL CONSTRAINT ck_alert_notices_channel CHECK (channel <> ''),
    kind         TEXT    NOT NULL CONSTRAINT ck_alert_notices_kind CHECK (kind IN ('firing', 'reminder', 'resolved')),
    queued_at    INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_alert_notices_failures CHECK (failures >= 0),
    next_try_at  INTEGER NOT NULL,
    delivered_at INTEGER,
    fault        TEXT
) STRICT;

CREATE INDEX idx_alert_notices_alert ON alert_notices (alert_id);

CREATE INDEX idx_alert_notices_due ON alert_notices (next_try_at) WHERE delivered_at IS NULL;

CREATE TABLE alert_silences (
    id         INTEGER PRIMARY KEY,
    name       TEXT,
    component  TEXT,
    subject    TEXT,
    reason     TEXT    NOT NULL,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    CONSTRAINT ck_alert_silences_about CHECK (name IS NOT NULL OR component IS NOT NULL OR subject IS NOT NULL),
    CONSTRAINT ck_alert_silences_until CHECK (until >= created_at)
) STRICT;

CREATE INDEX idx_alert_silences_until ON alert_silences (until);

CREATE TABLE match_origins (
    match_id    INTEGER NOT NULL CONSTRAINT ck_match_origins_match CHECK (match_id > 0),
    document_id INTEGER NOT NULL CONSTRAINT fk_match_origins_document REFERENCES raw_documents (id),
    locator     INTEGER NOT NULL CONSTRAINT ck_match_origins_locator CHECK (locator >= 0),
    PRIMARY KEY (match_id, document_id, locator)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_match_origins_document ON match_origins (document_id, locator);

CREATE TABLE line_corrections (
    id          INTEGER PRIMARY KEY,
    document_id INTEGER NOT NULL CONSTRAINT fk_line_corrections_document REFERENCES raw_documents (id),
    locator     INTEGER NOT NULL CONSTRAINT ck_line_corrections_locator CHECK (locator > 0),
    line        TEXT,
    reason      TEXT    NOT NULL CONSTRAINT ck_line_corrections_reason CHECK (reason <> ''),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_line_corrections_decided_by CHECK (decided_by <> ''),
    decided_at  INTEGER NOT NULL,
    undone_by   TEXT    CONSTRAINT ck_line_corrections_undone_by CHECK (undone_by <> ''),
    undone_at   INTEGER CONSTRAINT ck_line_corrections_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_line_corrections_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX uq_line_corrections_line ON line_corrections (document_id, locator) WHERE undone_at IS NULL;

CREATE INDEX idx_line_corrections_document ON line_corrections (document_id);

CREATE TRIGGER tr_line_corrections_never_rewritten
BEFORE UPDATE OF id, document_id, locator, line, reason, decided_by, decided_at ON line_corrections
BEGIN
    SELECT raise(ABORT, 'tr_line_corrections_never_rewritten: decisions are kept as they were; undo it and add another one');
END;

CREATE TABLE weather (
    match_id            INTEGER NOT NULL CONSTRAINT fk_weather_match REFERENCES matches (id),
    data_source         TEXT    NOT NULL CONSTRAINT ck_weather_data_source CHECK (data_source <> ''),
    weather_type        TEXT    NOT NULL CONSTRAINT ck_weather_weather_type CHECK (weather_type IN ('forecast', 'measured')),
    -- The time that it is for: the kick-off, as it was known then.
    valid_at            INTEGER NOT NULL,
    -- Since when it is known.
    known_at            INTEGER NOT NULL,
    -- Degrees Celsius, metres per second, and millimetres in the two hours from valid_at.
    temperature         REAL    NOT NULL CONSTRAINT ck_weather_temperature CHECK (temperature BETWEEN -90 AND 60),
    wind                REAL    NOT NULL CONSTRAINT ck_weather_wind CHECK (wind BETWEEN 0 AND 120),
    rain                REAL    NOT NULL CONSTRAINT ck_weather_rain CHECK (rain BETWEEN 0 AND 500),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, data_source, weather_type, valid_at, known_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_weather_never_rewritten
BEFORE UPDATE OF match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain ON weather
BEGIN
    SELECT RAISE(ABORT, 'tr_weather_never_rewritten: what was said of the weather is never changed; add a row with its own known_at');
END;

CREATE TABLE grounds (
    country             TEXT    NOT NULL CONSTRAINT ck_grounds_country CHECK (country <> ''),
    team                TEXT    NOT NULL CONSTRAINT ck_grounds_team CHECK (team <> ''),
    -- The first day on which it is the team's ground.
    since               TEXT    NOT NULL CONSTRAINT ck_grounds_since CHECK (since IS date(since) AND since >= '1850-01-01'),
    name                TEXT    NOT NULL CONSTRAINT ck_grounds_name CHECK (name <> ''),
    -- Degrees north and east.
    latitude            REAL    NOT NULL CONSTRAINT ck_grounds_latitude CHECK (latitude BETWEEN -90 AND 90),
    longitude           REAL    NOT NULL CONSTRAINT ck_grounds_longitude CHECK (longitude BETWEEN -180 AND 180),
    PRIMARY KEY (country, team, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE team_ratings (
    data_source         TEXT    NOT NULL CONSTRAINT ck_team_ratings_data_source CHECK (data_source <> ''),
    country             TEXT    NOT NULL CONSTRAINT ck_team_ratings_country CHECK (country <> ''),
    team                TEXT    NOT NULL CONSTRAINT ck_team_ratings_team CHECK (team <> ''),
    level               INTEGER NOT NULL CONSTRAINT ck_team_ratings_level CHECK (level BETWEEN 0 AND 255),
    rating              REAL    NOT NULL CONSTRAINT ck_team_ratings_rating CHECK (rating BETWEEN 1 AND 4000),
    -- The days on which it holds, as far as the next match was known.
    valid_from          TEXT    NOT NULL CONSTRAINT ck_team_ratings_valid_from CHECK (valid_from IS date(valid_from)),
    valid_to            TEXT    NOT NULL CONSTRAINT ck_team_ratings_valid_to CHECK (
                            valid_to IS date(valid_to) AND valid_to >= valid_from),
    -- Since when it is known.
    known_at            INTEGER NOT NULL,
    PRIMARY KEY (data_source, country, team, valid_from, rating, valid_to)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_team_ratings_team ON team_ratings (country, team, valid_from);

CREATE TRIGGER tr_team_ratings_never_rewritten BEFORE UPDATE ON team_ratings
BEGIN
    SELECT RAISE(ABORT, 'tr_team_ratings_never_rewritten: a stored rating is never changed; add one');
END;

CREATE TABLE news_items (
    data_source         TEXT    NOT NULL CONSTRAINT ck_news_items_data_source CHECK (data_source <> ''),
    item_id             TEXT    NOT NULL CONSTRAINT ck_news_items_item_id CHECK (item_id <> ''),
    news_type           TEXT    NOT NULL CONSTRAINT ck_news_items_news_type CHECK (
                            news_type IN ('player_injuries', 'lineup_changes', 'coaching_changes', 'transfers')),
    title               TEXT    NOT NULL CONSTRAINT ck_news_items_title CHECK (title <> ''),
    link                TEXT,
    -- The team that the heading names, by its name when the item came.
    country             TEXT    CONSTRAINT ck_news_items_country CHECK (country <> ''),
    team                TEXT    CONSTRAINT ck_news_items_team CHECK (team <> ''),
    importance          REAL    NOT NULL CONSTRAINT ck_news_items_importance CHECK (importance BETWEEN 0 AND 1),
    sentiment_score     REAL    NOT NULL CONSTRAINT ck_news_items_sentiment_score CHECK (sentiment_score BETWEEN -1 AND 1),
    published_at        INTEGER,
    -- Since when it is known: when it came.
    known_at            INTEGER NOT NULL,
    PRIMARY KEY (data_source, item_id),
    CONSTRAINT ck_news_items_team_with_country CHECK ((country IS NULL) = (team IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_news_items_known ON news_items (known_at);

CREATE TRIGGER tr_news_items_never_rewritten BEFORE UPDATE ON news_items
BEGIN
    SELECT RAISE(ABORT, 'tr_news_items_never_rewritten: a stored news item is never changed');
END;

CREATE TABLE source_shapes (
    data_source         TEXT    NOT NULL CONSTRAINT ck_source_shapes_data_source CHECK (data_source <> ''),
    collection_type     TEXT    NOT NULL,
    -- What was asked for, without numbers.
    scope               TEXT    NOT NULL,
    shape               TEXT    NOT NULL CONSTRAINT ck_source_shapes_shape CHECK (json_valid(shape)),
    learned_at          INTEGER NOT NULL,
    PRIMARY KEY (data_source, collection_type, scope)
) STRICT, WITHOUT ROWID;

CREATE TABLE tickets (
    -- A name that nobody can guess.
    id                  TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_tickets_id CHECK (length(id) >= 32),
    kind                TEXT    NOT NULL CONSTRAINT ck_tickets_kind CHECK (kind IN ('predictions', 'import')),
    user_id             INTEGER NOT NULL CONSTRAINT fk_tickets_user REFERENCES users (id),
    -- What was asked, in short.
    details             TEXT    NOT NULL CONSTRAINT ck_tickets_details CHECK (json_valid(details)),
    -- What the work is done on, as a zstd frame, until it has ended.
    body                BLOB    NOT NULL,
    body_size           INTEGER NOT NULL CONSTRAINT ck_tickets_body_size CHECK (body_size >= 0),
    -- Where it is told that the work has ended.
    callback            TEXT    CONSTRAINT ck_tickets_callback CHECK (callback <> ''),
    status              TEXT    NOT NULL CONSTRAINT ck_tickets_status CHECK (status IN ('open', 'done', 'failed')),
    message             TEXT,
    -- What the work gave, as a zstd frame.
    answer              BLOB    NOT NULL,
    answer_size         INTEGER NOT NULL CONSTRAINT ck_tickets_answer_size CHECK (answer_size >= 0),
    created_at          INTEGER NOT NULL,
    ended_at            INTEGER,
    expires_at          INTEGER NOT NULL,
    notice              TEXT    NOT NULL CONSTRAINT ck_tickets_notice CHECK (notice IN ('none', 'waiting', 'sent', 'failed')),
    notice_message      TEXT,
    noticed_at          INTEGER,
    CONSTRAINT ck_tickets_expires CHECK (expires_at > created_at),
    CONSTRAINT ck_tickets_ended CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT ck_tickets_noticed CHECK ((notice = 'none') = (callback IS NULL))
) STRICT;

CREATE INDEX idx_tickets_user ON tickets (user_id, kind, created_at);

CREATE INDEX idx_tickets_expires ON tickets (expires_at);

CREATE TABLE user_identities (
    issuer              TEXT    NOT NULL CONSTRAINT ck_user_identities_issuer CHECK (issuer <> ''),
    subject             TEXT    NOT NULL CONSTRAINT ck_user_identities_subject CHECK (subject <> ''),
    user_id             INTEGER NOT NULL CONSTRAINT fk_user_identities_user REFERENCES users (id),
    created_at          INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_user_identities_user ON user_identities (user_id);

CREATE TABLE lineage_runs (
    id            TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_lineage_runs_id CHECK (length(id) = 36),
    job_namespace TEXT    NOT NULL CONSTRAINT ck_lineage_runs_job_namespace CHECK (job_namespace <> ''),
    job_name      TEXT    NOT NULL CONSTRAINT ck_lineage_runs_job_name CHECK (job_name <> ''),
    -- Of the last event.
    event_type    TEXT    NOT NULL
                      CONSTRAINT ck_lineage_runs_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    started_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    body          TEXT    NOT NULL CONSTRAINT ck_lineage_runs_body CHECK (json_valid(body)),
    CONSTRAINT ck_lineage_runs_ended CHECK ((event_type = 'START') = (ended_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_lineage_runs_job ON lineage_runs (job_namespace, job_name, started_at DESC, id DESC);

CREATE INDEX idx_lineage_runs_started ON lineage_runs (started_at);

CREATE TABLE lineage_events (
    id          INTEGER PRIMARY KEY,
    run_id      TEXT    NOT NULL CONSTRAINT fk_lineage_events_run REFERENCES lineage_runs (id) ON DELETE CASCADE,
    event_type  TEXT    NOT NULL
                    CONSTRAINT ck_lineage_events_event_type CHECK (event_type IN ('START', 'COMPLETE', 'FAIL', 'ABORT')),
    event_at    INTEGER NOT NULL,
    body        TEXT    NOT NULL CONSTRAINT ck_lineage_events_body CHECK (json_valid(body)),
    -- Whether an outside backend is still to be told.
    is_to_send  INTEGER NOT NULL CONSTRAINT ck_lineage_events_is_to_send CHECK (is_to_send IN (0, 1)),
    failures    INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_lineage_events_failures CHECK (failures >= 0),
    next_try_at INTEGER NOT NULL,
    fault       TEXT,
    CONSTRAINT uq_lineage_events_run UNIQUE (run_id, event_type)
) STRICT;

CREATE INDEX idx_lineage_events_unsent ON lineage_events (id) WHERE is_to_send = 1;

CREATE TABLE lineage_nodes (
    kind       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_kind CHECK (kind IN ('job', 'dataset')),
    namespace  TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_namespace CHECK (namespace <> ''),
    name       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_name CHECK (name <> ''),
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    body       TEXT    NOT NULL CONSTRAINT ck_lineage_nodes_body CHECK (json_valid(body)),
    PRIMARY KEY (kind, namespace, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE backtests (
    id       INTEGER PRIMARY KEY,
    -- BLAKE3 of the report, lower-case hex.
    digest   TEXT    NOT NULL CONSTRAINT ck_backtests_digest CHECK (length(digest) = 64),
    made_at  INTEGER NOT NULL,
    -- What a list says of it.
    summary  TEXT    NOT NULL CONSTRAINT ck_backtests_summary CHECK (json_valid(summary)),
    report   TEXT    NOT NULL CONSTRAINT ck_backtests_report CHECK (json_valid(report)),
    CONSTRAINT uq_backtests_digest UNIQUE (digest)
) STRICT;

CREATE TABLE held_rows (
    id           INTEGER PRIMARY KEY,
    document_id  INTEGER NOT NULL CONSTRAINT fk_held_rows_document REFERENCES raw_documents (id),
    locator      INTEGER NOT NULL CONSTRAINT ck_held_rows_locator CHECK (locator > 0),
    rule         TEXT    NOT NULL CONSTRAINT ck_held_rows_rule CHECK (rule <> ''),
    rule_version INTEGER NOT NULL CONSTRAINT ck_held_rows_rule_version CHECK (rule_version > 0),
    reason       TEXT    NOT NULL CONSTRAINT ck_held_rows_reason CHECK (reason <> ''),
    fingerprint  TEXT    NOT NULL CONSTRAINT ck_held_rows_fingerprint CHECK (fingerprint <> ''),
    says         TEXT    NOT NULL CONSTRAINT ck_held_rows_says CHECK (says <> ''),
    state        TEXT    NOT NULL CONSTRAINT ck_held_rows_state
        CHECK (state IN ('held', 'released', 'refused', 'corrected', 'passed')),
    held_at      INTEGER NOT NULL,
    CONSTRAINT uq_held_rows_place UNIQUE (document_id, locator, fingerprint)
) STRICT;

CREATE INDEX idx_held_rows_fingerprint ON held_rows (fingerprint);

CREATE INDEX idx_held_rows_says ON held_rows (says);

CREATE TABLE row_decisions (
    id          INTEGER PRIMARY KEY,
    fingerprint TEXT    NOT NULL CONSTRAINT ck_row_decisions_fingerprint CHECK (fingerprint <> ''),
    verdict     TEXT    NOT NULL CONSTRAINT ck_row_decisions_verdict CHECK (verdict IN ('release', 'refuse')),
    reason      TEXT    NOT NULL CONSTRAINT ck_row_decisions_reason CHECK (reason <> ''),
    decided_by  TEXT    NOT NULL CONSTRAINT ck_row_decisions_decided_by CHECK (decided_by <> ''),
    decided_at  INTEGER NOT NULL,
    undone_by   TEXT    CONSTRAINT ck_row_decisions_undone_by CHECK (undone_by <> ''),
    undone_at   INTEGER CONSTRAINT ck_row_decisions_undone_at CHECK (undone_at >= decided_at),
    CONSTRAINT ck_row_decisions_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
) STRICT;

CREATE UNIQUE INDEX uq_row_decisions_fingerprint ON row_decisions (fingerprint) WHERE undone_at IS NULL;

CREATE INDEX idx_row_decisions_fingerprint ON row_decisions (fingerprint);

CREATE TRIGGER tr_row_decisions_never_rewritten
BEFORE UPDATE OF id, fingerprint, verdict, reason, decided_by, decided_at ON row_decisions
BEGIN
    SELECT raise(ABORT, 'tr_row_decisions_never_rewritten: decisions are kept as they were; undo it and add another one');
END;

CREATE TABLE data_versions (
    name          TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_data_versions_name CHECK (name <> ''),
    content_hash  TEXT    NOT NULL CONSTRAINT ck_data_versions_content_hash CHECK (length(content_hash) = 64),
    -- The highest number of a document; null where there was none.
    last_document INTEGER CONSTRAINT ck_data_versions_last_document CHECK (last_document > 0),
    documents     INTEGER NOT NULL CONSTRAINT ck_data_versions_documents CHECK (documents >= 0),
    program       TEXT    NOT NULL CONSTRAINT ck_data_versions_program CHECK (program <> ''),
    made_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_data_versions_never_rewritten BEFORE UPDATE ON data_versions
BEGIN
    SELECT raise(ABORT, 'tr_data_versions_never_rewritten: a version keeps its meaning; name another one');
END;

CREATE TABLE model_experiments (
    id          TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_model_experiments_id CHECK (id <> ''),
    model_name  TEXT    NOT NULL,
    -- The champion when it began, and the version that is tried.
    control     TEXT    NOT NULL,
    treatment   TEXT    NOT NULL CONSTRAINT ck_model_experiments_treatment CHECK (treatment <> control),
    mode        TEXT    NOT NULL CONSTRAINT ck_model_experiments_mode CHECK (mode IN ('shadow', 'split')),
    -- Share of the matches that the treatment answers.
    share       REAL    NOT NULL CONSTRAINT ck_model_experiments_share CHECK (
                            mode = 'shadow' AND share = 0 OR mode <> 'shadow' AND share > 0 AND share <= 1),
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER CONSTRAINT ck_model_experiments_ended_at CHECK (ended_at >= started_at),
    CONSTRAINT fk_model_experiments_control FOREIGN KEY (model_name, control) REFERENCES model_versions (name, version),
    CONSTRAINT fk_model_experiments_treatment FOREIGN KEY (model_name, treatment) REFERENCES model_versions (name, version)
) STRICT;

CREATE UNIQUE INDEX uq_model_experiments_running ON model_experiments (model_name) WHERE ended_at IS NULL;

CREATE TRIGGER tr_model_experiments_never_rewritten
BEFORE UPDATE OF id, model_name, control, treatment, mode, share, started_at ON model_experiments
BEGIN
    SELECT RAISE(ABORT, 'tr_model_experiments_never_rewritten: an experiment is ended and another one begun, never changed');
END;

CREATE TABLE experiment_forecasts (
    id              INTEGER PRIMARY KEY,
    experiment_id   TEXT    NOT NULL CONSTRAINT fk_experiment_forecasts_experiment REFERENCES model_experiments (id),
    match_id        INTEGER NOT NULL CONSTRAINT fk_experiment_forecasts_match REFERENCES matches (id),
    -- Whose forecast answered.
    arm             TEXT    NOT NULL CONSTRAINT ck_experiment_forecasts_arm CHECK (arm IN ('control', 'treatment')),
    control_home    REAL    NOT NULL,
    control_draw    REAL    NOT NULL,
    control_away    REAL    NOT NULL,
    treatment_home  REAL    NOT NULL,
    treatment_draw  REAL    NOT NULL,
    treatment_away  REAL    NOT NULL,
    recorded_at     INTEGER NOT NULL,
    CONSTRAINT ck_experiment_forecasts_control CHECK (
        control_home BETWEEN 0 AND 1 AND control_draw BETWEEN 0 AND 1 AND control_away BETWEEN 0 AND 1
        AND abs(control_home + control_draw + control_away - 1) <= 0.001),
    CONSTRAINT ck_experiment_forecasts_treatment CHECK (
        treatment_home BETWEEN 0 AND 1 AND treatment_draw BETWEEN 0 AND 1 AND treatment_away BETWEEN 0 AND 1
        AND abs(treatment_home + treatment_draw + treatment_away - 1) <= 0.001)
) STRICT;

CREATE INDEX idx_experiment_forecasts_match ON experiment_forecasts (experiment_id, match_id, id);

CREATE INDEX idx_experiment_forecasts_of_match ON experiment_forecasts (match_id);

CREATE TRIGGER tr_check_experiment_forecast_before_kickoff BEFORE INSERT ON experiment_forecasts
WHEN NOT EXISTS (
    SELECT 1 FROM matches
    WHERE id = NEW.match_id
        AND match_time + CASE time_precision WHEN 'day' THEN 86400 ELSE 0 END > NEW.recorded_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_experiment_forecast_before_kickoff: forecasts are compared on a match to come, and recorded before its kick-off');
END;

CREATE TRIGGER tr_experiment_forecasts_never_rewritten
BEFORE UPDATE OF id, experiment_id, arm, control_home, control_draw, control_away, treatment_home, treatment_draw,
    treatment_away, recorded_at ON experiment_forecasts
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_never_rewritten: forecasts that are compared are never changed');
END;

CREATE TRIGGER tr_experiment_forecasts_never_removed BEFORE DELETE ON experiment_forecasts
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_never_removed: forecasts that are compared are never removed');
END;

CREATE TRIGGER tr_experiment_forecasts_match_kept BEFORE UPDATE OF match_id ON experiment_forecasts
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_experiment_forecasts_match_kept: forecasts that are compared stay with their match; only a merge of two matches takes them along');
END;

CREATE INDEX idx_outbox_job ON outbox (job_id) WHERE job_id IS NOT NULL;

CREATE INDEX idx_jobs_open ON jobs (id) WHERE ended_at IS NULL;

INSERT INTO ledger_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, 0);

INSERT INTO outbox_pruned VALUES (1, 0);

INSERT INTO paper_head VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
