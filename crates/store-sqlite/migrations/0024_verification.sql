-- What came of a sealed forecast, beside it: the score of its match, its own scores, and those of the closing prices.

ALTER TABLE predictions ADD COLUMN actual_home_score INTEGER;
ALTER TABLE predictions ADD COLUMN actual_away_score INTEGER CONSTRAINT ck_predictions_actual_score CHECK (
    actual_home_score BETWEEN 0 AND 99 AND actual_away_score BETWEEN 0 AND 99);
ALTER TABLE predictions ADD COLUMN rps REAL;
ALTER TABLE predictions ADD COLUMN log_loss REAL;
ALTER TABLE predictions ADD COLUMN brier REAL;
ALTER TABLE predictions ADD COLUMN ignorance REAL;
-- Probabilities behind the closing prices of this bookmaker, the margin taken out.
ALTER TABLE predictions ADD COLUMN closing_bookmaker TEXT;
ALTER TABLE predictions ADD COLUMN closing_home_probability REAL;
ALTER TABLE predictions ADD COLUMN closing_draw_probability REAL;
ALTER TABLE predictions ADD COLUMN closing_away_probability REAL;
ALTER TABLE predictions ADD COLUMN closing_rps REAL;

-- What was noted by hand before there were scores is noted anew.
UPDATE predictions SET actual_result = NULL, is_correct = NULL, verified_at = NULL
WHERE actual_result IS NOT NULL OR is_correct IS NOT NULL OR verified_at IS NOT NULL;

ALTER TABLE predictions ADD COLUMN closing_log_loss REAL CONSTRAINT ck_predictions_verification_whole CHECK (
    (verified_at IS NULL AND actual_result IS NULL AND is_correct IS NULL AND actual_home_score IS NULL
        AND actual_away_score IS NULL AND rps IS NULL AND log_loss IS NULL AND brier IS NULL AND ignorance IS NULL
        AND closing_bookmaker IS NULL
    OR verified_at IS NOT NULL AND actual_result IS NOT NULL AND is_correct IS NOT NULL AND actual_home_score IS NOT NULL
        AND actual_away_score IS NOT NULL AND rps IS NOT NULL AND log_loss IS NOT NULL AND brier IS NOT NULL
        AND ignorance IS NOT NULL)
    AND (closing_bookmaker IS NULL AND closing_home_probability IS NULL AND closing_draw_probability IS NULL
        AND closing_away_probability IS NULL AND closing_rps IS NULL AND closing_log_loss IS NULL
    OR closing_bookmaker IS NOT NULL AND closing_home_probability IS NOT NULL AND closing_draw_probability IS NOT NULL
        AND closing_away_probability IS NOT NULL AND closing_rps IS NOT NULL AND closing_log_loss IS NOT NULL));
