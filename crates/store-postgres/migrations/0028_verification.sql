-- What came of a sealed forecast, beside it: the score of its match, its own scores, and those of the closing prices.

ALTER TABLE predictions
    ADD COLUMN actual_home_score        integer,
    ADD COLUMN actual_away_score        integer,
    ADD COLUMN rps                      double precision,
    ADD COLUMN log_loss                 double precision,
    ADD COLUMN brier                    double precision,
    ADD COLUMN ignorance                double precision,
    -- Probabilities behind the closing prices of this bookmaker, the margin taken out.
    ADD COLUMN closing_bookmaker        text COLLATE "C",
    ADD COLUMN closing_home_probability double precision,
    ADD COLUMN closing_draw_probability double precision,
    ADD COLUMN closing_away_probability double precision,
    ADD COLUMN closing_rps              double precision,
    ADD COLUMN closing_log_loss         double precision;

-- What was noted by hand before there were scores is noted anew.
UPDATE predictions SET actual_result = NULL, is_correct = NULL, verified_at = NULL
WHERE actual_result IS NOT NULL OR is_correct IS NOT NULL OR verified_at IS NOT NULL;

ALTER TABLE predictions
    ADD CONSTRAINT ck_predictions_actual_score CHECK (
        actual_home_score BETWEEN 0 AND 99 AND actual_away_score BETWEEN 0 AND 99),
    ADD CONSTRAINT ck_predictions_verification_whole CHECK (
        num_nonnulls(verified_at, actual_result, is_correct, actual_home_score, actual_away_score, rps, log_loss, brier,
            ignorance) IN (0, 9)
        AND num_nonnulls(closing_bookmaker, closing_home_probability, closing_draw_probability, closing_away_probability,
            closing_rps, closing_log_loss) IN (0, 6)
        AND (closing_bookmaker IS NULL OR verified_at IS NOT NULL));

-- The ledger is listed from its end.
CREATE INDEX idx_predictions_sealed ON predictions (sealed_at, id);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT UPDATE (actual_home_score, actual_away_score, rps, log_loss, brier, ignorance, closing_bookmaker,
            closing_home_probability, closing_draw_probability, closing_away_probability, closing_rps, closing_log_loss)
            ON predictions TO football_writer;
    END IF;
END
$$;
