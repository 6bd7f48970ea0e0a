-- Leagues and teams that were stored twice and were joined, with everything that it takes to undo it.

CREATE TABLE identity_merges (
    id          bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_merges PRIMARY KEY
                        CONSTRAINT ck_identity_merges_id CHECK (id > 0),
    kind        text    COLLATE "C" NOT NULL CONSTRAINT ck_identity_merges_kind CHECK (kind IN ('league', 'team')),
    kept_id     bigint  NOT NULL,
    kept_name   text    NOT NULL,
    -- Its row is gone until the merge is undone.
    merged_id   bigint  NOT NULL,
    merged_name text    NOT NULL,
    done_by     text    NOT NULL CONSTRAINT ck_identity_merges_done_by CHECK (done_by <> ''),
    done_at     timestamptz(0) NOT NULL,
    undone_at   timestamptz(0) CONSTRAINT ck_identity_merges_undone_at CHECK (undone_at >= done_at),
    -- -1 within the transaction that moves matches, else null. It refers to a row that cannot be, so that no transaction
    -- ends with it.
    running     bigint  CONSTRAINT fk_identity_merges_running REFERENCES identity_merges (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT ck_identity_merges_two CHECK (kept_id <> merged_id)
);

CREATE UNIQUE INDEX uq_identity_merges_running ON identity_merges (running) WHERE running IS NOT NULL;

-- Every match that a merge changes or takes away.
CREATE TABLE identity_merge_matches (
    merge_id    bigint  NOT NULL CONSTRAINT fk_identity_merge_matches_merge REFERENCES identity_merges (id),
    match_id    bigint  NOT NULL,
    -- The match that it became part of; null: it stays.
    joined_to   bigint  CONSTRAINT ck_identity_merge_matches_two CHECK (joined_to <> match_id),
    CONSTRAINT pk_identity_merge_matches PRIMARY KEY (merge_id, match_id)
);

-- Identifiers of matches that are gone are not used again.
CREATE INDEX idx_identity_merge_matches_match ON identity_merge_matches (match_id);
CREATE INDEX idx_identity_merge_matches_joined ON identity_merge_matches (joined_to) WHERE joined_to IS NOT NULL;

-- Rows as they were before a merge, and where they can change afterwards as it left them.
CREATE TABLE identity_merge_rows (
    merge_id    bigint  NOT NULL CONSTRAINT fk_identity_merge_rows_merge REFERENCES identity_merges (id),
    table_name  text    COLLATE "C" NOT NULL,
    -- Of the row, where it has one; else of its match.
    row_id      bigint,
    -- moved: it belongs to the kept one now. held: the kept one had it. removed: it is gone. changed, added: in place.
    change      text    COLLATE "C" NOT NULL CONSTRAINT ck_identity_merge_rows_change CHECK (
                    change IN ('moved', 'held', 'removed', 'changed', 'added')),
    before      jsonb,
    after       jsonb
);

CREATE INDEX idx_identity_merge_rows_table ON identity_merge_rows (merge_id, table_name, row_id);

CREATE TRIGGER tr_audit AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON identity_merges
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- What is known of a match may go to another match in one way only: both are joined by the merge that is running.
CREATE FUNCTION keep_match() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
        WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
            AND j.joined_to IN (OLD.match_id, NEW.match_id))
    THEN
        RAISE EXCEPTION '%: %', TG_ARGV[0], TG_ARGV[1] USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0];
    END IF;
    RETURN NEW;
END
$$;

DROP TRIGGER tr_predictions_never_rewritten ON predictions;
CREATE TRIGGER tr_predictions_never_rewritten
BEFORE UPDATE OF id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result,
    expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score, over_2_5_probability,
    both_teams_score_probability, confidence_score, feature_importance, features_used, prediction_metadata, as_of,
    sealed_at ON predictions
FOR EACH ROW EXECUTE FUNCTION refuse('tr_predictions_never_rewritten',
    'a sealed forecast is never changed');
CREATE TRIGGER tr_predictions_match_kept BEFORE UPDATE OF match_id ON predictions
FOR EACH ROW WHEN (NEW.match_id <> OLD.match_id)
EXECUTE FUNCTION keep_match('tr_predictions_match_kept',
    'a sealed forecast stays with its match; only a merge of two matches takes it along');
DROP TRIGGER tr_lineups_never_rewritten ON lineups;
CREATE TRIGGER tr_lineups_never_rewritten
BEFORE UPDATE OF id, side, data_source, lineup_type, known_at, known_at_imputed, formation ON lineups
FOR EACH ROW EXECUTE FUNCTION refuse('tr_lineups_never_rewritten',
    'a stored line-up is never changed; add one with its own known_at');
CREATE TRIGGER tr_lineups_match_kept BEFORE UPDATE OF match_id ON lineups
FOR EACH ROW WHEN (NEW.match_id <> OLD.match_id)
EXECUTE FUNCTION keep_match('tr_lineups_match_kept',
    'a line-up stays with its match; only a merge of two matches takes it along');

-- Where roles exist, readers read everything: identifiers that are not used again are asked for with each import.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON league_aliases, match_identifiers, identity_merges, identity_merge_matches, identity_merge_rows
            TO football_reader;
    END IF;
END
$$;
