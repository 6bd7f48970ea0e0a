UPDATE predictions
SET verified_at = NULL, actual_result = NULL, actual_home_score = NULL, actual_away_score = NULL, is_correct = NULL,
    rps = NULL, log_loss = NULL, brier = NULL, ignorance = NULL, closing_bookmaker = NULL,
    closing_home_probability = NULL, closing_draw_probability = NULL, closing_away_probability = NULL,
    closing_rps = NULL, closing_log_loss = NULL
WHERE id = ?1
