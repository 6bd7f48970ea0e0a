//! What each constraint about competitions and settings of matches must refuse.

/// As [`ATTACKS`](crate::attacks::ATTACKS). Match 1 ended 1-0, match 2 is to come.
pub const ATTACKS: &[(&str, &str, &str)] = &[
    ("ck_leagues_kind", "UPDATE leagues SET kind = 'series'", ""),
    ("ck_matches_tie_leg", "UPDATE matches SET tie_leg = 0", ""),
    ("ck_matches_tie_leg", "UPDATE matches SET tie_leg = 21", ""),
    (
        "ck_matches_home_et_score_range",
        "UPDATE matches SET home_et_score = 0, away_et_score = 0 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_away_et_score_range",
        "UPDATE matches SET home_et_score = 0, away_et_score = 0 WHERE id = 2",
        "",
    ),
    (
        "ck_matches_away_et_score_range",
        "UPDATE matches SET home_et_score = 1, away_et_score = 100 WHERE id = 1",
        "",
    ),
    ("ck_matches_away_et_score_range", "UPDATE matches SET home_et_score = 1 WHERE id = 1", ""),
    (
        "ck_matches_home_shootout_range",
        "UPDATE matches SET home_shootout = -1, away_shootout = 0 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_home_shootout_range",
        "UPDATE matches SET home_shootout = 4, away_shootout = 3 WHERE id = 2",
        "",
    ),
    (
        "ck_matches_away_shootout_range",
        "UPDATE matches SET home_shootout = 4, away_shootout = 4 WHERE id = 1",
        "",
    ),
    ("ck_matches_away_shootout_range", "UPDATE matches SET home_shootout = 4 WHERE id = 1", ""),
];
