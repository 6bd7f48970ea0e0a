-- Leagues and teams that were stored twice and were joined, with everything that it takes to undo it.

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

-- Every match that a merge changes or takes away.
CREATE TABLE identity_merge_matches (
    merge_id    INTEGER NOT NULL CONSTRAINT fk_identity_merge_matches_merge REFERENCES identity_merges (id),
    match_id    INTEGER NOT NULL,
    -- The match that it became part of; null: it stays.
    joined_to   INTEGER CONSTRAINT ck_identity_merge_matches_two CHECK (joined_to <> match_id),
    PRIMARY KEY (merge_id, match_id)
) STRICT, WITHOUT ROWID;

-- Identifiers of matches that are gone are not used again.
CREATE INDEX idx_identity_merge_matches_match ON identity_merge_matches (match_id);
CREATE INDEX idx_identity_merge_matches_joined ON identity_merge_matches (joined_to) WHERE joined_to IS NOT NULL;

-- Rows as they were before a merge, and where they can change afterwards as it left them.
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

-- Matches and statistics as one text each, to be remembered and compared. Seventeen digits give a number back bit for bit.
CREATE VIEW match_images AS
SELECT id, json_object(
        'id', id, 'league_id', league_id, 'season', season, 'home_team_id', home_team_id,
        'away_team_id', away_team_id, 'leg', leg, 'match_time', match_time, 'time_precision', time_precision,
        'match_status', match_status, 'home_score', home_score, 'away_score', away_score,
        'home_ht_score', home_ht_score, 'away_ht_score', away_ht_score, 'referee', referee, 'attendance', attendance,
        'source', source, 'external_id', external_id, 'minute', minute, 'venue', venue, 'weather', weather) AS image
FROM matches;

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

-- What is known of a match may go to another match in one way only: both are joined by the merge that is running.
DROP TRIGGER tr_predictions_never_rewritten;
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
DROP TRIGGER tr_lineups_never_rewritten;
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
