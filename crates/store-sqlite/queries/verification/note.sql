UPDATE predictions
SET verified_at = ?2, actual_result = ?3, actual_home_score = ?4, actual_away_score = ?5, is_correct = ?6, rps = ?7,
    log_loss = ?8, brier = ?9, ignorance = ?10, closing_bookmaker = ?11, closing_home_probability = ?12,
    closing_draw_probability = ?13, closing_away_probability = ?14, closing_rps = ?15, closing_log_loss = ?16
WHERE id = ?1
