-- The roles of people and programs, and what each may do. Running it again brings rights up to date.

DO $$
DECLARE
    role text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('touchline roles', 0));
    FOREACH role IN ARRAY ARRAY['football_reader', 'football_writer', 'football_admin'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                -- Roles are the server's: another database made it meanwhile, and locks are each database's own.
                NULL;
            END;
        END IF;
    END LOOP;
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT football_admin TO %I', current_user);
    END IF;
END
$$;

-- The administrator owns everything; functions that run as their owner then run as no superuser.
GRANT USAGE, CREATE ON SCHEMA public, detached TO football_admin;
DO $$
DECLARE
    object record;
BEGIN
    -- A sequence of a column follows its table.
    FOR object IN
        SELECT format('%I.%I', n.nspname, c.relname) AS name
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('public', 'detached') AND c.relkind IN ('r', 'p', 'v', 'm')
            AND pg_get_userbyid(c.relowner) <> 'football_admin'
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO football_admin', object.name);
    END LOOP;
    FOR object IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND pg_get_userbyid(p.proowner) <> 'football_admin'
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO football_admin', object.name);
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, football_reader, football_writer;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, football_reader, football_writer;
REVOKE ALL ON FUNCTION ensure_season_partitions(text[]), ensure_month_partitions(text, timestamptz[]),
    refresh_views(text[], timestamptz), prune_outbox(timestamptz), replace_league(bigint, text, text, smallint, text, text),
    rename_team(bigint, text), forget_archived(bigint[]), purge_jobs(timestamptz), purge_error_logs(timestamptz), purge_quality_checks(timestamptz),
    forget_workers(text, timestamptz), record_audit(text, text, text, text, timestamptz), purge_alerts(timestamptz),
    purge_alert_silences(timestamptz), purge_tickets(timestamptz), purge_lineage_runs(timestamptz) FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Readers see everything but the audit, accounts, and what people asked for.
GRANT USAGE ON SCHEMA public TO football_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO football_reader;
REVOKE ALL ON audit_logs, audit_trail, users, sessions, api_keys, user_identities, tickets FROM football_reader;

-- Writers add, and change what may change; they remove nothing, and reach partitions only through their table.
GRANT football_reader TO football_writer;
GRANT INSERT ON raw_documents, document_readings, raw_match_data, raw_odds_data, raw_scores_data, leagues, league_aliases, teams, team_aliases,
    matches, match_identifiers, match_origins, line_corrections, held_rows, row_decisions, data_versions, match_claims, match_corrections, name_reviews, name_review_documents, odds, match_stats, lineups,
    lineup_players, injuries, players, match_events, in_play_odds, weather, team_ratings, news_items, features, predictions, feature_sets, model_versions,
    data_collection_logs, data_quality_logs, error_logs, outbox, feed_readers, paper_ledger, backtests,
    model_experiments, experiment_forecasts TO football_writer;
GRANT UPDATE ON matches, match_stats, data_collection_logs, data_quality_logs TO football_writer;
GRANT UPDATE (undone_by, undone_at) ON line_corrections, row_decisions TO football_writer;
GRANT UPDATE (rule, rule_version, reason, says, state) ON held_rows TO football_writer;
GRANT UPDATE (value, said_at, document_id, recorded_at) ON match_claims TO football_writer;
GRANT INSERT, UPDATE ON jobs, schedules, leases, workers, season_rules, grounds, source_shapes, simulations, quality_checks,
    quality_baselines, collection_watermarks, collection_budgets, alerts, alert_notices, alert_silences,
    lineage_runs, lineage_events, lineage_nodes TO football_writer;
GRANT UPDATE (status, resolved_id, decided_at, decided_by) ON name_reviews TO football_writer;
GRANT UPDATE (processed_at, name) ON raw_documents TO football_writer;
GRANT UPDATE (ended_at) ON model_experiments TO football_writer;
GRANT UPDATE (reading) ON document_readings TO football_writer;
GRANT UPDATE (processed) ON raw_match_data, raw_odds_data, raw_scores_data TO football_writer;
GRANT UPDATE (suspicious_odds) ON odds TO football_writer;
GRANT UPDATE (actual_result, is_correct, verified_at, actual_home_score, actual_away_score, rps, log_loss, brier, ignorance,
    closing_bookmaker, closing_home_probability, closing_draw_probability, closing_away_probability, closing_rps,
    closing_log_loss) ON predictions TO football_writer;
-- Aliases of models are pointers: moving one takes it from the version that had it.
GRANT INSERT, DELETE ON model_aliases TO football_writer;
GRANT INSERT ON model_artifacts TO football_writer;
GRANT UPDATE, DELETE ON feed_readers TO football_writer;
GRANT USAGE ON SEQUENCE predictions_id_seq TO football_writer;
GRANT EXECUTE ON FUNCTION ensure_season_partitions(text[]), ensure_month_partitions(text, timestamptz[]),
    refresh_views(text[], timestamptz), prune_outbox(timestamptz), replace_league(bigint, text, text, smallint, text, text),
    rename_team(bigint, text), forget_archived(bigint[]), purge_jobs(timestamptz), purge_error_logs(timestamptz), purge_quality_checks(timestamptz),
    forget_workers(text, timestamptz), record_audit(text, text, text, text, timestamptz), purge_alerts(timestamptz),
    purge_alert_silences(timestamptz), purge_tickets(timestamptz), purge_lineage_runs(timestamptz) TO football_writer;
-- The server keeps accounts, and shows the audit log to those who may see it.
GRANT SELECT, INSERT, UPDATE ON users, sessions, api_keys, tickets TO football_writer;
GRANT SELECT, INSERT ON user_identities TO football_writer;
GRANT SELECT ON audit_logs TO football_writer;

GRANT football_writer TO football_admin;
