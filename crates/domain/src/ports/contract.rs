//! One suite of tests for every store, using the ports alone.
//!
//! An adapter enables the feature `contract` of this crate in its dev-dependencies, writes one function that
//! makes an empty store, and calls [`contract_tests!`](crate::contract_tests) in a test file of its own; each
//! case becomes a test of its own name:
//!
//! ```ignore
//! struct Fresh { store: MyStore, _folder: TempDir }      // derefs to the store, cleans up when dropped
//! async fn fresh() -> Fresh { ... }
//! touchline_domain::contract_tests!(fresh);
//! ```
//!
//! The adapter needs `tokio` with `macros` and `rt`. A case that fails panics with the behaviour that is missing.

mod fixture;

pub mod accounts;
pub mod alerts;
pub mod archive;
pub mod backtests;
pub mod bronze;
pub mod collection;
pub mod competitions;
pub mod content;
pub mod corrections;
pub mod diagnosis;
pub mod events;
pub mod experiments;
pub mod export;
pub mod facts;
pub mod feed;
pub mod held;
pub mod hostile;
pub mod jobs;
pub mod lineage;
pub mod matches;
pub mod merges;
pub mod models;
pub mod names;
pub mod pages;
pub mod paper;
pub mod predictions;
pub mod quality;
pub mod revision;
pub mod roster;
pub mod runs;
pub mod samples;
pub mod season_rules;
pub mod silver;
pub mod simulations;
pub mod squads;
pub mod summaries;
pub mod surroundings;
pub mod tickets;
pub mod totals;
pub mod verification;
pub mod versions;

/// Makes one `#[tokio::test]` of every case; the argument is the path of an `async fn` without parameters whose
/// result dereferences to an empty [`Store`](crate::ports::Store).
#[macro_export]
macro_rules! contract_tests {
    ($fresh:path) => {
        $crate::contract_tests! { @cases $fresh;
            bronze: a_document_is_kept_once, bytes_that_do_not_match_their_hash_are_refused,
                how_a_document_is_read_is_kept_beside_it, the_latest_records_of_each_kind_are_dated,
                records_count_until_their_document_is_applied, two_records_of_one_place_are_refused,
                an_unknown_document_is_none;
            roster: a_league_is_created_once_and_left_as_it_is, a_club_is_a_name_within_a_country,
                a_club_is_found_by_its_name_from_another_source, names_are_compared_byte_for_byte,
                one_bad_club_and_none_is_created, leagues_are_counted, clubs_of_a_league_are_listed,
                a_league_is_found_by_its_code, names_are_found_by_identifier, teams_are_paged_by_name;
            totals: totals_follow_changed_matches, only_what_is_stored_is_counted,
                totals_agree_after_many_changes;
            revision: every_write_makes_a_new_revision, reading_makes_no_new_revision;
            silver: applying_again_changes_nothing, one_bad_row_and_nothing_is_applied,
                a_changed_match_is_replaced, legs_change_places, a_new_match_takes_a_leg_that_is_left,
                findings_are_recorded_with_the_change, an_empty_change_is_applied;
            facts: counts_are_merged_field_by_field, a_quote_is_never_overwritten,
                a_quote_without_a_line_is_one_quote, times_are_kept_to_the_second,
                every_market_comes_back, quotes_come_by_time_known, facts_of_seasons_are_found;
            squads: a_line_up_comes_back_whole, a_line_up_is_never_overwritten, an_absence_is_never_overwritten,
                squads_come_by_match_and_time, times_of_squads_are_kept_to_the_second,
                matches_are_found_by_the_identifiers_of_their_source;
            events: events_come_back_whole, a_list_of_events_is_never_overwritten,
                a_player_is_an_identifier_of_his_source, many_events_are_taken_at_once, in_play_prices_stand_apart;
            surroundings: weather_comes_back_whole, weather_that_cannot_be_is_refused, a_ground_comes_back_and_is_replaced,
                a_ground_of_the_unknown_is_refused, grounds_follow_merges, ratings_come_back_whole,
                news_come_back_whole, what_is_known_of_clubs_is_content;
            competitions: a_competition_has_a_kind, a_national_team_is_no_club, a_setting_comes_back_whole,
                a_setting_that_cannot_be_is_refused, every_part_of_a_setting_is_content,
                a_changed_setting_is_in_the_feed, claims_name_parts_of_settings, a_merge_takes_settings_along;
            season_rules: rules_of_a_season_come_back_whole, rules_of_the_unknown_are_refused, rules_of_one_league_have_one_name,
                rules_of_ambiguous_names_are_named,
                rules_follow_merges;
            content: the_order_of_writing_does_not_matter, every_fact_matters,
                findings_and_documents_do_not_matter;
            corrections: a_correction_is_kept_once, a_correction_is_of_a_stored_match, seasons_with_claims_are_found,
                what_was_written_is_counted, imports_at_once_count_each_match_once;
            matches: a_match_comes_back_whole, results_are_sorted_and_agree_with_matches,
                matches_of_seasons_come_once;
            pages: pages_neither_repeat_nor_omit, every_filter_holds, a_page_of_nothing_is_empty,
                the_range_of_time_includes_its_start_alone;
            summaries: a_month_of_results_is_summed_by_venue, a_refresh_changes_no_answer,
                only_prices_before_kick_off_make_trends, a_moved_kick_off_takes_its_prices_along,
                prices_after_the_refresh_count, the_latest_quote_of_each_bookmaker, what_is_unknown_has_done_nothing;
            paper: paper_bets_come_back_whole, nothing_is_added_behind_the_end, a_paper_bet_is_on_a_match_to_come,
                a_bet_is_settled_once, a_merge_takes_paper_bets_along;
            quality: a_finding_is_recorded_once, findings_without_a_document_are_told_apart,
                the_latest_finding_comes_first, findings_are_found_by_what_they_are,
                a_finding_is_handled_and_opened_again, checks_and_baselines_come_back,
                lines_are_corrected_and_that_is_undone, findings_and_checks_of_a_time_are_counted;
            versions: a_version_of_the_data_keeps_its_meaning;
            held: a_held_row_takes_its_state_with_silver, rows_are_decided_about_by_what_they_say;
            lineage: lines_lead_to_matches_and_back, missing_origins_are_made_up, joined_matches_have_both_origins,
                a_document_touches_later_forecasts;
            runs: a_run_is_told_of_once, what_is_known_of_a_dataset_is_replaced, events_are_sent_in_their_order,
                old_runs_leave_with_their_events, hostile_runs_are_refused, columns_of_all_tables_are_listed;
            collection: a_run_comes_back_whole, a_run_that_died_is_ended_by_the_next, a_watermark_moves,
                credits_grow_within_a_period, an_error_of_a_task_comes_back_whole, a_shape_is_replaced;
            jobs: a_job_comes_back_whole, a_job_is_there_once, deadlines_go_before_queues, one_of_a_group_runs_at_a_time,
                racing_workers_share_nothing, a_worker_that_is_silent_loses_its_jobs, how_a_try_ends, a_deadline_passes,
                what_was_superseded_may_come_again, a_job_is_called_off_and_tried_again, one_leads_at_a_time,
                a_decree_of_yesterday_is_void, a_schedule_is_dealt_with_once, steps_wait_for_their_turn,
                what_is_old_is_removed, jobs_are_listed_and_counted,
                what_is_due_is_told_from_what_waits_for_its_group, workers_are_known;
            alerts: a_cause_is_one_alert_while_it_lasts, an_alert_is_taken_up_while_it_lasts, people_are_told_once,
                a_message_is_sent_until_it_is_taken, silences_name_something, alerts_are_listed_and_forgotten;
            predictions: a_forecast_is_sealed_before_kick_off, one_late_forecast_and_none_is_sealed,
                a_repeated_forecast_is_skipped, a_new_kick_off_leaves_sealed_forecasts,
                a_sealed_forecast_comes_back_whole, half_a_forecast_is_refused, another_grid_is_news,
                a_match_of_the_day_is_sealed_until_the_day_is_over, sealed_forecasts_are_chained,
                racing_sealers_make_one_chain;
            models: every_model_has_one_champion, a_promotion_is_rolled_back, a_version_has_one_manifest,
                an_unknown_version_gets_no_alias, files_of_a_model_come_back;
            names: a_league_is_known_by_its_code, an_alias_leads_to_one_team, leagues_and_teams_are_renamed,
                a_match_has_identifiers_of_many_sources, an_identifier_names_one_match,
                a_claim_is_kept_by_source_and_field, a_name_waits_once, an_accepted_name_becomes_an_alias,
                a_name_is_rejected_or_refused, hostile_names_are_refused;
            hostile: names_of_clubs_and_leagues, texts_of_matches, texts_of_squads, texts_of_findings,
                texts_of_documents, texts_of_models_and_forecasts, the_store_answers_after_all;
            export: documents_come_by_time, records_of_a_document_come_back, forecasts_come_by_time,
                facts_of_matches_are_found, aliases_are_listed;
            archive: quotes_leave_and_come_back, a_returned_quote_keeps_its_time,
                what_came_meanwhile_stops_the_thinning, a_wrong_proof_is_refused;
            feed: every_fact_leaves_its_change, changes_say_which_job_wrote_them, models_leave_their_changes, applying_again_leaves_no_change,
                a_refused_write_leaves_no_change, a_large_write_is_noted_by_season,
                pages_of_changes_follow_on_each_other, who_waits_is_woken, each_reader_keeps_its_place,
                old_changes_are_pruned_behind_the_slowest_reader;
            merges: a_dry_run_changes_nothing, two_leagues_become_one, an_undo_puts_everything_back,
                an_interrupted_merge_leaves_nothing, a_league_is_merged_once, scores_that_differ_need_a_preference,
                teams_that_meet_are_two, a_merged_name_leads_to_the_kept_one,
                an_undo_that_would_lose_facts_is_refused, a_later_merge_is_undone_first,
                random_worlds_come_back_whole;
            simulations: simulations_come_back_latest_first, a_simulation_replaces_the_one_of_its_time,
                simulated_seasons_are_listed;
            experiments: an_experiment_comes_back_whole, one_experiment_runs_at_a_time, the_last_pair_before_kick_off_counts,
                a_pair_is_recorded_before_kick_off, a_merge_takes_pairs_along;
            backtests: backtests_come_back_latest_first, a_backtest_that_says_the_same_is_kept_once;
            accounts: a_name_belongs_to_one_account, what_is_changed_ends_sessions, a_session_is_renewed_once_a_generation,
                a_key_is_found_by_its_hash_until_it_is_revoked, the_audit_log_only_grows, hostile_accounts_are_refused,
                an_identity_leads_to_one_account;
            tickets: a_ticket_comes_back_whole, an_account_has_so_many_open_tickets, the_work_of_a_ticket_ends_once,
                somebody_is_told_once, expired_tickets_are_removed;
            verification: what_is_over_is_due_until_it_is_noted, a_corrected_result_is_due_again,
                a_closing_price_that_comes_later_is_noted, what_was_noted_comes_back_whole, notes_are_in_the_feed,
                sealed_forecasts_are_paged_from_the_end, what_is_due_of_some_matches_is_found,
                the_last_forecast_of_a_match_counts;
            diagnosis: a_store_that_was_used_is_sound;
        }
    };
    (@cases $fresh:path; $($module:ident: $($case:ident),+;)+) => {$(
        mod $module {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[tokio::test]
                async fn $case() {
                    $crate::ports::contract::$module::$case($fresh).await;
                }
            )+
        }
    )+};
}
