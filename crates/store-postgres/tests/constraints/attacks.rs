//! What each constraint of the schema must refuse.

pub const ODDS: &str = "INSERT INTO odds (match_id, market_type, bookmaker, line_quarters, phase, known_at, \
    known_at_imputed, collected_at, home_thousandths, draw_thousandths, away_thousandths, over_thousandths, \
    under_thousandths, yes_thousandths, no_thousandths) VALUES ";

const ENTRY: &str = "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, \
     draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, \
     sealed_at, time_precision, entry_hash, ledger_sequence) VALUES ";
const PREDICTION: &str = "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, \
    draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, \
    sealed_at) VALUES ";

const MATCH: &str = "INSERT INTO matches (id, league_id, season, home_team_id, away_team_id, leg, match_time, \
    time_precision, match_status, source) VALUES ";

const LINEUP: &str = "INSERT INTO lineups (id, match_id, side, data_source, lineup_type, known_at, known_at_imputed, \
    formation, collected_at) VALUES ";

const LINEUP_PLAYER: &str = "INSERT INTO lineup_players (lineup_id, place, player_id, player_name, position, \
    shirt_number) VALUES ";

const INJURY: &str = "INSERT INTO injuries (match_id, side, data_source, player_id, player_name, injury_type, known_at, \
    known_at_imputed, collected_at) VALUES ";

const ARTIFACT: &str = "INSERT INTO model_artifacts (model_name, version, file, hash, size, content) VALUES ";
const EVENT: &str = "INSERT INTO match_events (match_id, source, known_at, known_at_imputed, ordinal, minute, stoppage, \
    side, kind, player_id, related_player_id, collected_at) VALUES ";

const IN_PLAY: &str = "INSERT INTO in_play_odds (match_id, market_type, bookmaker, line_quarters, known_at, collected_at, \
    home_thousandths, draw_thousandths, away_thousandths, over_thousandths, under_thousandths, yes_thousandths, \
    no_thousandths) VALUES ";

const OUTBOX: &str =
    "INSERT INTO outbox (kind, match_id, league_id, season, subject, details, recorded_at) VALUES ";

const MERGE: &str = "INSERT INTO identity_merges (kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at) \
    VALUES ";

pub const ATTACKS: &[(&str, &str, &str)] = &[
    // Documents and records.
    ("ck_raw_documents_data_source", "UPDATE raw_documents SET data_source = ''", ""),
    ("ck_raw_documents_hash", "UPDATE raw_documents SET hash = upper(hash)", ""),
    ("ck_raw_documents_hash", "UPDATE raw_documents SET hash = substr(hash, 2)", ""),
    ("ck_raw_documents_size", "UPDATE raw_documents SET size = -1", ""),
    (
        "uq_raw_documents_source_hash",
        "INSERT INTO raw_documents (data_source, name, hash, size, content, collected_at) SELECT data_source, 'x', hash, 0, '', now() FROM raw_documents",
        "",
    ),
    ("ck_raw_match_data_locator", "UPDATE raw_match_data SET locator = -1", ""),
    ("fk_raw_match_data_document", "UPDATE raw_match_data SET document_id = 99", ""),
    ("ck_raw_odds_data_locator", "UPDATE raw_odds_data SET locator = -1", ""),
    ("fk_raw_odds_data_document", "UPDATE raw_odds_data SET document_id = 99", ""),
    ("ck_raw_scores_data_locator", "UPDATE raw_scores_data SET locator = -1", ""),
    ("fk_raw_scores_data_document", "UPDATE raw_scores_data SET document_id = 99", ""),
    ("fk_raw_match_data_document", "DELETE FROM raw_documents", ""),
    // Leagues and clubs.
    ("ck_leagues_code", "UPDATE leagues SET code = ''", ""),
    ("ck_leagues_name", "UPDATE leagues SET name = ''", ""),
    ("ck_leagues_country", "UPDATE leagues SET country = ''", ""),
    ("ck_leagues_level", "UPDATE leagues SET level = 256", ""),
    ("ck_leagues_season_start_month", "UPDATE leagues SET season_start_month = 13", ""),
    ("ck_leagues_season_end_month", "UPDATE leagues SET season_end_month = 0", ""),
    (
        "uq_leagues_code",
        "INSERT INTO leagues (code, name, country, level, source) SELECT code, 'x', 'x', 1, 'x' FROM leagues",
        "",
    ),
    ("invalid input syntax", "UPDATE leagues SET level = 'first'", ""),
    ("fk_matches_league", "DELETE FROM leagues", ""),
    ("ck_league_aliases_alias", "INSERT INTO league_aliases VALUES ('s', '', 1, NULL)", ""),
    ("ck_league_aliases_season_form", "INSERT INTO league_aliases VALUES ('s', 'a', 1, 'other')", ""),
    ("fk_league_aliases_league", "INSERT INTO league_aliases VALUES ('s', 'a', 99, NULL)", ""),
    ("ck_match_identifiers_external_id", "INSERT INTO match_identifiers VALUES ('s', '', 1)", ""),
    ("fk_match_identifiers_match", "INSERT INTO match_identifiers VALUES ('s', 'x', 99)", ""),
    ("ck_teams_name", "UPDATE teams SET name = '' WHERE id = 1", ""),
    ("ck_teams_country", "UPDATE teams SET country = '' WHERE id = 1", ""),
    ("ck_teams_founded_year", "UPDATE teams SET founded_year = 1700", ""),
    ("fk_teams_league", "UPDATE teams SET league_id = 99", ""),
    ("uq_teams_country_name", "UPDATE teams SET name = 'same'", ""),
    ("fk_team_aliases_team", "DELETE FROM teams WHERE id = 1", ""),
    ("ck_team_aliases_alias", "UPDATE team_aliases SET alias = ''", ""),
    ("fk_team_aliases_team", "UPDATE team_aliases SET team_id = 99", ""),
    ("pk_team_aliases", "INSERT INTO team_aliases SELECT source, country, alias, 2 FROM team_aliases", ""),
    // Matches.
    ("ck_matches_leg", "UPDATE matches SET leg = 0", ""),
    ("ck_matches_leg", "UPDATE matches SET leg = 256", ""),
    ("ck_matches_match_time_range", "UPDATE matches SET match_time = '1887-12-31 23:59:59+00'", ""),
    ("ck_matches_match_time_range", "UPDATE matches SET match_time = '2202-01-01 00:00:00+00'", ""),
    ("ck_matches_time_precision", "UPDATE matches SET time_precision = 'hour'", ""),
    ("ck_matches_match_status", "UPDATE matches SET match_status = 'done'", ""),
    ("ck_matches_home_score_range", "UPDATE matches SET home_score = 100, away_score = 0", ""),
    ("ck_matches_home_score_range", "UPDATE matches SET home_score = -1, away_score = 0", ""),
    ("ck_matches_away_score_range", "UPDATE matches SET home_score = 0, away_score = 120", ""),
    (
        "ck_matches_home_ht_score_range",
        "UPDATE matches SET home_ht_score = 2, away_ht_score = 0 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_home_ht_score_range",
        "UPDATE matches SET home_ht_score = -1, away_ht_score = 0 WHERE id = 2",
        "",
    ),
    (
        "ck_matches_away_ht_score_range",
        "UPDATE matches SET home_ht_score = 0, away_ht_score = 1 WHERE id = 1",
        "",
    ),
    (
        "ck_matches_away_ht_score_range",
        "UPDATE matches SET home_ht_score = 0, away_ht_score = 100 WHERE id = 2",
        "",
    ),
    ("ck_matches_attendance", "UPDATE matches SET attendance = -1", ""),
    ("ck_matches_score_of_both", "UPDATE matches SET home_score = 1 WHERE id = 2", ""),
    ("ck_matches_ht_score_of_both", "UPDATE matches SET away_ht_score = 0", ""),
    ("ck_matches_finished_has_score", "UPDATE matches SET home_score = NULL, away_score = NULL", ""),
    ("ck_matches_finished_has_score", "UPDATE matches SET match_status = 'finished'", ""),
    ("matches_1900_01_league_id", "(9, 1, '1900-01', 1, 2, 1, now(), 'day', 'scheduled', 's')", MATCH),
    ("matches_1900_01_pkey", "(1, 1, '1900-01', 1, 2, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("no partition", "(9, 1, '2000-01', 1, 2, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("ck_matches_two_teams", "(9, 1, '1900-01', 1, 1, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("fk_matches_home_team", "(9, 1, '1900-01', 99, 1, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("fk_matches_away_team", "(9, 1, '1900-01', 1, 99, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("fk_matches_league", "(9, 99, '1900-01', 1, 2, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("pk_match_keys", "(1, 1, '1901-02', 1, 2, 9, now(), 'day', 'scheduled', 's')", MATCH),
    ("tr_match_keys_follow", "INSERT INTO match_keys (id, season) VALUES (9, '1900-01')", ""),
    ("tr_match_keys_follow", "UPDATE match_keys SET season = '1999'", ""),
    ("tr_match_keys_follow", "DELETE FROM match_keys", ""),
    ("tr_match_keys_never_emptied", "TRUNCATE match_keys CASCADE", ""),
    ("tr_matches_never_emptied", "TRUNCATE matches", ""),
    ("ck_matches_two_teams", "UPDATE matches SET away_team_id = home_team_id", ""),
    ("fk_matches_home_team", "UPDATE matches SET home_team_id = 99", ""),
    ("fk_matches_away_team", "UPDATE matches SET away_team_id = 99", ""),
    ("fk_matches_league", "UPDATE matches SET league_id = 99", ""),
    ("tr_matches_identity_kept", "UPDATE matches SET season = '2000-01'", ""),
    ("tr_matches_identity_kept", "UPDATE matches SET id = 9 WHERE id = 1", ""),
    ("not-null", "UPDATE matches SET match_time = NULL", ""),
    ("fk_odds_match", "DELETE FROM matches", ""),
    // Odds.
    (
        "ck_odds_market_type",
        "(1, '1x3', 'B', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_bookmaker",
        "(1, '1x2', '', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_phase",
        "(1, '1x2', 'B', -32768, 'opening', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_home_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), 1000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_home_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), 1000000000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_draw_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, 1000, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_away_odds_range",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, NULL, 0, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_over_odds_range",
        "(1, 'over_under', 'B', 10, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, -5, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_under_odds_range",
        "(1, 'over_under', 'B', 10, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, NULL, 1000, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_yes_odds_range",
        "(1, 'both_teams_score', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, NULL, NULL, 1000, NULL)",
        ODDS,
    ),
    (
        "ck_odds_no_odds_range",
        "(1, 'both_teams_score', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, NULL, NULL, NULL, 1000)",
        ODDS,
    ),
    (
        "odds_1970_01_pkey",
        "(1, '1x2', 'B365', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "not-null",
        "(1, '1x2', 'B', NULL, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "fk_odds_match",
        "(99, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, '1x2', 'B', 10, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, '1x2', 'B', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, 2000, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, 'over_under', 'B', -32768, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, 2000, 2000, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, 'over_under', 'B', 10, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, 2000, 2000, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, 'asian_handicap', 'B', 10, 'closing', '1970-01-01', false, now(), 2000, 2000, 2000, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, 'asian_handicap', 'B', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, 2000, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_consistency",
        "(1, 'both_teams_score', 'B', -32768, 'closing', '1970-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "no partition",
        "(1, '1x2', 'B', -32768, 'closing', '1980-01-01', false, now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "out of range",
        "(1, 'over_under', 'B', 32768, 'closing', '1970-01-01', false, now(), NULL, NULL, NULL, 2000, NULL, NULL, NULL)",
        ODDS,
    ),
    (
        "ck_odds_time_range",
        "SELECT ensure_month_partitions('odds', ARRAY['1887-12-31 23:59:59+00'::timestamptz])",
        "",
    ),
    (
        "ck_odds_time_range",
        "SELECT ensure_month_partitions('odds', ARRAY['2202-01-01 00:00:00+00'::timestamptz])",
        "",
    ),
    (
        "ck_predictions_time_range",
        "SELECT ensure_month_partitions('predictions', ARRAY['2202-01-01 00:00:00+00'::timestamptz])",
        "",
    ),
    (
        "ck_raw_odds_data_time_range",
        "SELECT ensure_month_partitions('raw_odds_data', ARRAY['0001-01-01 00:00:00+00'::timestamptz])",
        "",
    ),
    ("no partitions by month", "SELECT ensure_month_partitions('teams', ARRAY[now()])", ""),
    ("ck_matches_season", "SELECT ensure_season_partitions(ARRAY['2022/23'])", ""),
    ("tr_odds_never_rewritten", "UPDATE odds SET home_thousandths = 3000", ""),
    ("tr_odds_never_rewritten", "UPDATE odds SET known_at = known_at + interval '1 s'", ""),
    // Line-ups and absences.
    ("fk_lineups_match", "(9, 99, 'home', 's', 'confirmed', '1970-01-01', false, NULL, now())", LINEUP),
    ("ck_lineups_side", "(9, 1, 'left', 's', 'confirmed', '1970-01-01', false, NULL, now())", LINEUP),
    ("ck_lineups_data_source", "(9, 1, 'home', '', 'confirmed', '1970-01-01', false, NULL, now())", LINEUP),
    ("ck_lineups_lineup_type", "(9, 1, 'home', 's', 'likely', '1970-01-01', false, NULL, now())", LINEUP),
    ("ck_lineups_formation", "(9, 1, 'home', 's', 'confirmed', '1970-01-01', false, '4-4-x', now())", LINEUP),
    ("ck_lineups_formation", "(9, 1, 'home', 's', 'confirmed', '1970-01-01', false, '442', now())", LINEUP),
    (
        "uq_lineups_natural_key",
        "(9, 1, 'home', 's', 'confirmed', '1970-01-01', true, '4-4-2', now())",
        LINEUP,
    ),
    ("tr_lineups_never_rewritten", "UPDATE lineups SET known_at = now()", ""),
    ("tr_lineups_never_rewritten", "UPDATE lineups SET formation = '4-4-2'", ""),
    ("fk_lineup_players_lineup", "(99, 1, 'p', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_place", "(1, 0, 'p', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_place", "(1, 61, 'p', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_player_id", "(1, 9, '', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_player_name", "(1, 9, 'p', '', NULL, NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_position", "(1, 9, 'p', 'n', 'libero', NULL)", LINEUP_PLAYER),
    ("ck_lineup_players_shirt_number", "(1, 9, 'p', 'n', NULL, 100)", LINEUP_PLAYER),
    ("pk_lineup_players", "(1, 1, 'p', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("uq_lineup_players_player", "(1, 9, '7', 'n', NULL, NULL)", LINEUP_PLAYER),
    ("tr_lineup_players_never_rewritten", "UPDATE lineup_players SET place = 2", ""),
    ("fk_injuries_match", "(99, 'home', 's', 'p', 'n', 'missing', '1970-01-01', false, now())", INJURY),
    ("ck_injuries_side", "(1, 'left', 's', 'p', 'n', 'missing', '1970-01-01', false, now())", INJURY),
    ("ck_injuries_data_source", "(1, 'home', '', 'p', 'n', 'missing', '1970-01-01', false, now())", INJURY),
    ("ck_injuries_player_id", "(1, 'home', 's', '', 'n', 'missing', '1970-01-01', false, now())", INJURY),
    ("ck_injuries_player_name", "(1, 'home', 's', 'p', '', 'missing', '1970-01-01', false, now())", INJURY),
    ("ck_injuries_injury_type", "(1, 'home', 's', 'p', 'n', 'fit', '1970-01-01', false, now())", INJURY),
    ("pk_injuries", "(1, 'home', 's', '7', 'n', 'missing', '1970-01-01', true, now())", INJURY),
    ("tr_injuries_never_rewritten", "UPDATE injuries SET reason = 'none'", ""),
    // Forecasts.
    ("fk_features_match", "UPDATE features SET match_id = 99", ""),
    ("fk_features_team", "UPDATE features SET team_id = 99", ""),
    ("invalid input syntax", "UPDATE features SET feature_values = '{'", ""),
    (
        "uq_features_match_team",
        "INSERT INTO features (match_id, team_id, as_of, created_at, definitions_hash, feature_values) SELECT match_id, team_id, as_of, now(), definitions_hash, '[]' FROM features",
        "",
    ),
    (
        "ck_predictions_model_name",
        "(2, '', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_home_win_probability",
        "(2, 'm', '1', 1.5, 0, 0, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_draw_probability",
        "(2, 'm', '1', 1, -0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_away_win_probability",
        "(2, 'm', '1', 1, 0.25, -0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_predicted_result",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'home', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_expected_home_goals",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', -1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_expected_away_goals",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 100, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_probability_sum",
        "(2, 'm', '1', 0.5, 0.25, 0.2488, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_probability_sum",
        "(2, 'm', '1', 0.5, 0.25, 0.2512, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "ck_predictions_over_2_5_probability",
        "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, over_2_5_probability, both_teams_score_probability, as_of, sealed_at) SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, 1.5, 0, as_of, sealed_at FROM predictions",
        "",
    ),
    (
        "ck_predictions_both_teams_score_probability",
        "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, over_2_5_probability, both_teams_score_probability, as_of, sealed_at) SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, 0, -0.1, as_of, sealed_at FROM predictions",
        "",
    ),
    ("ck_predictions_actual_result", "UPDATE predictions SET actual_result = 'home'", ""),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(1, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2033-05-18 03:33:20+00')",
        PREDICTION,
    ),
    (
        "tr_check_prediction_sealed_before_kickoff",
        "(99, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    ("tr_predictions_never_rewritten", "UPDATE predictions SET home_win_probability = 0.5", ""),
    ("tr_predictions_never_rewritten", "UPDATE predictions SET sealed_at = sealed_at - interval '1 s'", ""),
    ("tr_predictions_never_removed", "DELETE FROM predictions", ""),
    ("tr_predictions_never_emptied", "TRUNCATE predictions", ""),
    // The ledger.
    ("ck_feature_sets_hash", "INSERT INTO feature_sets (hash, feature_names) VALUES ('h', '[]')", ""),
    ("tr_feature_sets_never_rewritten", "UPDATE feature_sets SET feature_names = '[]'", ""),
    ("tr_feature_sets_never_removed", "DELETE FROM feature_sets", ""),
    ("ck_ledger_head_id", "INSERT INTO ledger_head VALUES (2, 0, '', 0, 0)", ""),
    ("tr_ledger_head_grows", "UPDATE ledger_head SET sequence = 0", ""),
    ("tr_ledger_head_grows", "UPDATE ledger_head SET sequence = sequence + 1, outside = 9", ""),
    ("tr_ledger_head_never_removed", "DELETE FROM ledger_head", ""),
    (
        "tr_predictions_chained",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01')",
        PREDICTION,
    ),
    ("tr_predictions_entry_never_rewritten", "UPDATE predictions SET score_grid = ''", ""),
    ("tr_predictions_entry_never_rewritten", "UPDATE predictions SET home_team = 'Other'", ""),
    ("tr_predictions_entry_never_rewritten", "UPDATE predictions SET ledger_sequence = NULL", ""),
    (
        "ck_predictions_time_precision",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01', 'hour', NULL, NULL)",
        ENTRY,
    ),
    (
        "ck_predictions_entry_hash",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01', 'day', 'h', NULL)",
        ENTRY,
    ),
    (
        "ck_predictions_entry_whole",
        "(2, 'm', '1', 0.5, 0.25, 0.25, 'draw', 1, 1, '2023-01-01', '2023-01-01', 'day', NULL, 2)",
        ENTRY,
    ),
    (
        "fk_predictions_features",
        "INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score, over_2_5_probability, both_teams_score_probability, confidence_score, features_used, score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash, data_hash, ledger_version, previous_hash, entry_hash, ledger_sequence, as_of, sealed_at) SELECT match_id, model_name, model_version, home_win_probability, draw_probability, away_win_probability, predicted_result, expected_home_goals, expected_away_goals, predicted_home_score, predicted_away_score, over_2_5_probability, both_teams_score_probability, confidence_score, 'unknown', score_grid, match_time, time_precision, league_code, season, home_team, away_team, leg, manifest_hash, data_hash, ledger_version, entry_hash, repeat('b', 64), 2, as_of, sealed_at FROM predictions",
        "",
    ),
    ("ck_model_versions_name", "UPDATE model_versions SET name = ''", ""),
    ("ck_model_versions_version", "UPDATE model_versions SET version = ''", ""),
    ("invalid input syntax", "UPDATE model_versions SET metrics = 'rps 0.21'", ""),
    ("ck_model_aliases_alias", "INSERT INTO model_aliases VALUES ('gbm', 'production', '1', now())", ""),
    (
        "fk_model_aliases_version",
        "INSERT INTO model_aliases VALUES ('gbm', 'champion', 'unknown', now())",
        "",
    ),
    (
        "ck_model_artifacts_model_name",
        "('', '1', 'f', '0000000000000000000000000000000000000000000000000000000000000000', 0, '')",
        ARTIFACT,
    ),
    (
        "ck_model_artifacts_version",
        "('m', '', 'f', '0000000000000000000000000000000000000000000000000000000000000000', 0, '')",
        ARTIFACT,
    ),
    (
        "ck_model_artifacts_file",
        "('m', '1', '', '0000000000000000000000000000000000000000000000000000000000000000', 0, '')",
        ARTIFACT,
    ),
    ("ck_model_artifacts_hash", "('m', '1', 'f', 'ab', 0, '')", ARTIFACT),
    (
        "ck_model_artifacts_size",
        "('m', '1', 'f', '0000000000000000000000000000000000000000000000000000000000000000', -1, '')",
        ARTIFACT,
    ),
    ("tr_model_artifacts_never_rewritten", "UPDATE model_artifacts SET content = ''", ""),
    ("uq_model_versions_name_version", "UPDATE model_versions SET version = 'same'", ""),
    // Statistics.
    ("fk_match_stats_match", "INSERT INTO match_stats (match_id) VALUES (99)", ""),
    ("ck_match_stats_home_expected_goals", "UPDATE match_stats SET home_expected_goals = -0.1", ""),
    ("ck_match_stats_away_expected_goals", "UPDATE match_stats SET away_expected_goals = 100", ""),
    ("ck_match_stats_home_possession", "UPDATE match_stats SET home_possession = 100.5", ""),
    ("ck_match_stats_away_possession", "UPDATE match_stats SET away_possession = -1", ""),
    ("ck_match_stats_home_shots", "UPDATE match_stats SET home_shots = -1", ""),
    ("ck_match_stats_away_shots", "UPDATE match_stats SET away_shots = 65536", ""),
    ("ck_match_stats_home_shots_on_target", "UPDATE match_stats SET home_shots_on_target = -1", ""),
    ("ck_match_stats_away_shots_on_target", "UPDATE match_stats SET away_shots_on_target = -1", ""),
    ("ck_match_stats_home_woodwork", "UPDATE match_stats SET home_woodwork = -1", ""),
    ("ck_match_stats_away_woodwork", "UPDATE match_stats SET away_woodwork = -1", ""),
    ("ck_match_stats_home_corners", "UPDATE match_stats SET home_corners = -1", ""),
    ("ck_match_stats_away_corners", "UPDATE match_stats SET away_corners = -1", ""),
    ("ck_match_stats_home_fouls", "UPDATE match_stats SET home_fouls = -1", ""),
    ("ck_match_stats_away_fouls", "UPDATE match_stats SET away_fouls = -1", ""),
    ("ck_match_stats_home_offsides", "UPDATE match_stats SET home_offsides = -1", ""),
    ("ck_match_stats_away_offsides", "UPDATE match_stats SET away_offsides = -1", ""),
    ("ck_match_stats_home_yellow_cards", "UPDATE match_stats SET home_yellow_cards = -1", ""),
    ("ck_match_stats_away_yellow_cards", "UPDATE match_stats SET away_yellow_cards = -1", ""),
    ("ck_match_stats_home_red_cards", "UPDATE match_stats SET home_red_cards = -1", ""),
    ("ck_match_stats_away_red_cards", "UPDATE match_stats SET away_red_cards = -1", ""),
    // Players, events and prices during matches.
    ("ck_players_source", "UPDATE players SET source = ''", ""),
    ("ck_players_external_id", "UPDATE players SET external_id = ''", ""),
    ("ck_players_name", "UPDATE players SET name = ''", ""),
    (
        "uq_players_source_external_id",
        "INSERT INTO players (source, external_id, name) SELECT source, external_id, 'x' FROM players",
        "",
    ),
    (
        "fk_match_events_match",
        "(99, 's', now(), false, 1, 1, NULL, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    ("fk_match_events_player", "(1, 't', now(), false, 1, 1, NULL, 'home', 'goal', 99, NULL, now())", EVENT),
    (
        "fk_match_events_related_player",
        "(1, 't', now(), false, 1, 1, NULL, 'home', 'goal', NULL, 99, now())",
        EVENT,
    ),
    ("ck_match_events_source", "(1, '', now(), false, 1, 1, NULL, 'home', 'goal', NULL, NULL, now())", EVENT),
    (
        "ck_match_events_ordinal",
        "(1, 't', now(), false, 0, 1, NULL, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    (
        "ck_match_events_ordinal",
        "(1, 't', now(), false, 501, 1, NULL, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    (
        "ck_match_events_minute",
        "(1, 't', now(), false, 1, -1, NULL, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    (
        "ck_match_events_minute",
        "(1, 't', now(), false, 1, 131, NULL, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    (
        "ck_match_events_stoppage",
        "(1, 't', now(), false, 1, 1, 61, 'home', 'goal', NULL, NULL, now())",
        EVENT,
    ),
    ("ck_match_events_side", "(1, 't', now(), false, 1, 1, NULL, 'guest', 'goal', NULL, NULL, now())", EVENT),
    (
        "ck_match_events_kind",
        "(1, 't', now(), false, 1, 1, NULL, 'home', 'offside', NULL, NULL, now())",
        EVENT,
    ),
    ("tr_match_events_never_rewritten", "UPDATE match_events SET minute = 13", ""),
    ("tr_match_events_never_rewritten", "UPDATE match_events SET known_at = '1970-01-02'", ""),
    (
        "fk_in_play_odds_match",
        "(99, '1x2', 'a', -32768, now(), now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_market_type",
        "(1, 'corners', 'a', -32768, now(), now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_bookmaker",
        "(1, '1x2', '', -32768, now(), now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_home_odds_range",
        "(1, '1x2', 'a', -32768, now(), now(), 1000, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_draw_odds_range",
        "(1, '1x2', 'a', -32768, now(), now(), NULL, 1000, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_away_odds_range",
        "(1, '1x2', 'a', -32768, now(), now(), NULL, NULL, 1000000000, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_over_odds_range",
        "(1, 'over_under', 'a', 10, now(), now(), NULL, NULL, NULL, 1000, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_under_odds_range",
        "(1, 'over_under', 'a', 10, now(), now(), NULL, NULL, NULL, NULL, 1000, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_yes_odds_range",
        "(1, 'both_teams_score', 'a', -32768, now(), now(), NULL, NULL, NULL, NULL, NULL, 1000, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_no_odds_range",
        "(1, 'both_teams_score', 'a', -32768, now(), now(), NULL, NULL, NULL, NULL, NULL, NULL, 1000)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_consistency",
        "(1, '1x2', 'a', 10, now(), now(), 2000, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_consistency",
        "(1, '1x2', 'a', -32768, now(), now(), NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_consistency",
        "(1, 'over_under', 'a', -32768, now(), now(), NULL, NULL, NULL, 2000, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_consistency",
        "(1, 'asian_handicap', 'a', 2, now(), now(), 2000, 2000, NULL, NULL, NULL, NULL, NULL)",
        IN_PLAY,
    ),
    (
        "ck_in_play_odds_consistency",
        "(1, 'both_teams_score', 'a', -32768, now(), now(), 2000, NULL, NULL, NULL, NULL, 2000, NULL)",
        IN_PLAY,
    ),
    ("tr_in_play_odds_never_rewritten", "UPDATE in_play_odds SET home_thousandths = 3000", ""),
    ("tr_in_play_odds_never_rewritten", "UPDATE in_play_odds SET known_at = '1970-01-02'", ""),
    // Names of sources.
    ("ck_league_aliases_alias", "UPDATE league_aliases SET alias = ''", ""),
    ("ck_league_aliases_season_form", "UPDATE league_aliases SET season_form = 'weekly'", ""),
    ("fk_league_aliases_league", "UPDATE league_aliases SET league_id = 99", ""),
    ("ck_match_identifiers_external_id", "UPDATE match_identifiers SET external_id = ''", ""),
    ("fk_match_identifiers_match", "UPDATE match_identifiers SET match_id = 99", ""),
    ("ck_match_claims_field", "UPDATE match_claims SET field = 'venue'", ""),
    ("ck_match_claims_source", "UPDATE match_claims SET source = ''", ""),
    ("fk_match_claims_match", "UPDATE match_claims SET match_id = 99", ""),
    ("ck_name_reviews_kind", "UPDATE name_reviews SET kind = 'player'", ""),
    ("ck_name_reviews_source", "UPDATE name_reviews SET source = ''", ""),
    ("ck_name_reviews_name", "UPDATE name_reviews SET name = ''", ""),
    (
        "ck_name_reviews_status",
        "UPDATE name_reviews SET status = 'perhaps', decided_at = now(), decided_by = 'x'",
        "",
    ),
    ("ck_name_reviews_decided", "UPDATE name_reviews SET decided_at = now()", ""),
    ("ck_name_reviews_decided", "UPDATE name_reviews SET status = 'rejected'", ""),
    (
        "ck_name_reviews_resolved",
        "UPDATE name_reviews SET status = 'accepted', decided_at = now(), decided_by = 'x'",
        "",
    ),
    ("ck_name_reviews_resolved", "UPDATE name_reviews SET resolved_id = 1", ""),
    ("fk_name_reviews_league", "UPDATE name_reviews SET league_id = 99", ""),
    ("fk_name_review_documents_document", "UPDATE name_review_documents SET document_id = 99", ""),
    ("fk_name_review_documents_review", "UPDATE name_review_documents SET review_id = 99", ""),
    // Logs.
    ("ck_data_collection_logs_end_time", "UPDATE data_collection_logs SET end_time = '1969-01-01'", ""),
    ("ck_data_collection_logs_records", "UPDATE data_collection_logs SET records_collected = -1", ""),
    ("ck_data_collection_logs_success", "UPDATE data_collection_logs SET success_count = -1", ""),
    ("ck_data_collection_logs_error", "UPDATE data_collection_logs SET error_count = -1", ""),
    ("ck_data_collection_logs_status", "UPDATE data_collection_logs SET status = 'fine'", ""),
    ("ck_data_quality_logs_locator", "UPDATE data_quality_logs SET locator = -1", ""),
    ("ck_data_quality_logs_error_type", "UPDATE data_quality_logs SET error_type = ''", ""),
    ("ck_data_quality_logs_severity", "UPDATE data_quality_logs SET severity = 'bad'", ""),
    ("ck_data_quality_logs_status", "UPDATE data_quality_logs SET status = 'closed'", ""),
    ("fk_data_quality_logs_document", "UPDATE data_quality_logs SET document_id = 99", ""),
    (
        "uq_data_quality_logs_no_document",
        "INSERT INTO data_quality_logs (table_name, error_type, severity, error_data, error_message, detected_at) SELECT table_name, error_type, 'low', error_data, '', now() FROM data_quality_logs",
        "",
    ),
    (
        "uq_data_quality_logs_document",
        "INSERT INTO data_quality_logs (table_name, document_id, error_type, severity, error_data, error_message, detected_at) VALUES ('a', 1, 't', 'low', '', '', now()), ('b', 1, 't', 'low', '', '', now())",
        "",
    ),
    ("ck_view_refreshes_name", "INSERT INTO view_refreshes VALUES ('mv_of_somebody', now())", ""),
    ("tr_season_totals_follow", "INSERT INTO season_totals VALUES (1, '1900-01', 1, 2)", ""),
    ("tr_season_totals_follow", "UPDATE season_totals SET matches = matches + 1", ""),
    ("tr_season_totals_follow", "DELETE FROM season_totals", ""),
    ("tr_league_teams_follow", "INSERT INTO league_teams VALUES (1, 1, 1)", ""),
    ("tr_league_teams_follow", "UPDATE league_teams SET matches = -1", ""),
    ("tr_league_teams_follow", "DELETE FROM league_teams", ""),
    ("ck_error_logs_retry_count", "UPDATE error_logs SET retry_count = -1", ""),
    ("ck_archived_odds_lake", "UPDATE archived_odds SET lake = ''", ""),
    ("ck_archived_odds_quotes", "UPDATE archived_odds SET quotes = 0", ""),
    ("ck_archived_odds_removed", "UPDATE archived_odds SET removed = quotes + 1", ""),
    ("ck_archived_odds_digest", "UPDATE archived_odds SET digest = upper(digest)", ""),
    ("fk_archived_odds_match", "UPDATE archived_odds SET match_id = 99", ""),
    ("tr_audit_logs_append_only", "UPDATE audit_logs SET actor = 'x'", ""),
    ("tr_audit_logs_append_only", "DELETE FROM audit_logs", ""),
    ("tr_audit_logs_never_emptied", "TRUNCATE audit_logs", ""),
    // The feed of changes.
    ("ck_outbox_kind", "('Odds', 1, NULL, NULL, NULL, '{}', now())", OUTBOX),
    ("ck_outbox_kind", "('', 1, NULL, NULL, NULL, '{}', now())", OUTBOX),
    ("ck_outbox_subject", "('odds', NULL, NULL, NULL, '', '{}', now())", OUTBOX),
    ("ck_outbox_scope", "('odds', NULL, NULL, NULL, NULL, '{}', now())", OUTBOX),
    ("ck_outbox_scope", "('odds', 1, NULL, NULL, 'x', '{}', now())", OUTBOX),
    ("ck_outbox_scope", "('odds', NULL, 1, NULL, NULL, '{}', now())", OUTBOX),
    ("ck_outbox_scope", "('odds', 1, NULL, '2000-01', NULL, '{}', now())", OUTBOX),
    ("tr_outbox_never_changed", "UPDATE outbox SET details = '{}'", ""),
    ("ck_feed_readers_name", "UPDATE feed_readers SET name = ''", ""),
    ("ck_feed_readers_position", "UPDATE feed_readers SET position = -1", ""),
    ("ck_outbox_pruned_id", "INSERT INTO outbox_pruned (id, position) VALUES (2, 0)", ""),
    ("ck_outbox_pruned_position", "UPDATE outbox_pruned SET position = -1", ""),
    // Merges.
    ("ck_identity_merges_kind", "('club', 1, 'a', 2, 'b', 'x', now())", MERGE),
    ("ck_identity_merges_two", "('team', 1, 'a', 1, 'b', 'x', now())", MERGE),
    ("ck_identity_merges_done_by", "('team', 1, 'a', 2, 'b', '', now())", MERGE),
    ("ck_identity_merges_undone_at", "UPDATE identity_merges SET undone_at = '1888-01-01'", ""),
    (
        "ck_identity_merge_matches_two",
        "INSERT INTO identity_merge_matches (merge_id, match_id, joined_to) VALUES (1, 7, 7)",
        "",
    ),
    ("ck_identity_merge_rows_change", "UPDATE identity_merge_rows SET change = 'lost'", ""),
    (
        "ck_identity_merges_id",
        "INSERT INTO identity_merges (id, kind, kept_id, kept_name, merged_id, merged_name, done_by, done_at) OVERRIDING SYSTEM VALUE VALUES (-1, 'team', 1, 'a', 2, 'b', 'x', now())",
        "",
    ),
    ("invalid input syntax", "UPDATE identity_merge_rows SET before = 'x'", ""),
    ("fk_identity_merges_running", "UPDATE identity_merges SET running = -1", ""),
    ("fk_identity_merge_matches_merge", "UPDATE identity_merge_matches SET merge_id = 99", ""),
    ("fk_identity_merge_rows_merge", "UPDATE identity_merge_rows SET merge_id = 99", ""),
    ("tr_predictions_match_kept", "UPDATE predictions SET match_id = 1", ""),
    ("tr_lineups_match_kept", "UPDATE lineups SET match_id = 2", ""),
];
