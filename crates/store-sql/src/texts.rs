//! The statements of the use cases that both stores share. A field holds the text of the file of its name, in the store's
//! folder of its theme: `names.identified` is `queries/names/identified.sql`.

#![expect(missing_docs, reason = "a statement says what it does in its file")]

macro_rules! themes {
    ($($theme:ident: $Theme:ident [$($statement:ident)*])*) => {
        $(
            /// Statements of one theme.
            #[derive(Debug, Clone, Copy)]
            pub struct $Theme {
                $(pub $statement: &'static str,)*
            }
        )*

        /// All statements, by theme.
        #[derive(Debug, Clone, Copy)]
        pub struct Texts {
            $(pub $theme: $Theme,)*
        }

        /// Reads all statements from the `queries` folder of the crate whose `src` folder this stands in.
        #[macro_export]
        macro_rules! texts {
            () => {
                $crate::texts::Texts {
                    $($theme: $crate::texts::$Theme {
                        $($statement: include_str!(concat!(
                            "../queries/", stringify!($theme), "/", stringify!($statement), ".sql"
                        )),)*
                    },)*
                }
            };
        }
    };
}

themes! {
    accounts: Accounts [
        add_key add_user audit end_session end_sessions key_of keys link_identity note_key_use note_login
        record renew_session revoke_key session set_disabled set_password set_role start_session user_exists user_named
        user_of_identity users
    ]
    alerts: Alerts [
        acknowledge add_silence due_notices end_notices end_silence get list notices_of purge purge_silences queue resolve
        see silences tell to_tell
    ]
    artifacts: Artifacts [hashes insert of_bundle]
    backtests: Backtests [get id_of insert list]
    bronze: Bronze [
        document_exists find_document get_document get_reading insert_document insert_match_records
        insert_odds_records insert_scores_records keep_reading latest_collected mark_document mark_match_records
        mark_odds_records mark_scores_records rename_document unprocessed
    ]
    collection: Collection [
        begin credits end end_dead errors latest note_credits put_shape put_watermark record_error shape watermark
    ]
    corrections: Corrections [all insert of_seasons seasons_with_claims]
    experiments: Experiments [end get list pairs record running start]
    export: Export [stats]
    jobs: Jobs [
        advance cancel claim claim_exclusive counts due enqueue exclusive_due extend finish forget_workers get
        last_successes lead leader list list_of_flow list_of_match list_open miss next_due of_keys purge purge_errors
        put_schedule release retry schedules see_worker skip step_down still_leads supersede take_back workers
    ]
    ledger: Ledger [entries feature_sets head insert_features last matches strays]
    lineage: Lineage [brought forecasts insert insert_missing last_results origins]
    matches: Matches [last_id]
    merges: Merges [
        all archived begin faults finish get insert_matches join later league of_leagues of_merged of_teams rows team
        undo undone
    ]
    models: Models [
        aliased aliases aliases_of assign_alias insert is_registered manifest_hash versions withdraw_alias
    ]
    names: Names [
        claims_of_seasons decide find_league_alias find_team_alias identified insert_identifiers insert_league_alias
        insert_team_alias league_aliases note_document open_review put_claims rename_team replace_league review
        review_documents reviews team_aliases team_name
    ]
    outbox: Outbox [
        event_counts in_play_counts injury_counts insert lineup_counts seasons weather_counts
    ]
    paper: Paper [entries head insert last]
    quality: Quality [
        baselines checks checks_between correct_line counts decide_row find follow_row handle held insert keep_check latest line_corrections
        line_decisions purge_checks put_baseline put_held row_decisions undo_line_correction undo_line_corrections
        undo_row_decision undo_row_decisions
    ]
    runs: Runs [
        columns events finish get insert_event latest nodes of_job purge put_node put_run unsent
    ]
    season_rules: SeasonRules [all find_league find_team put]
    simulations: Simulations [latest put seasons]
    surroundings: Surroundings [
        all_news all_ratings all_weather find_team grounds insert_news insert_ratings insert_weather news put_ground
        ratings_of weather_of
    ]
    tickets: Tickets [answer body end get list note_notice open purge]
    versions: Versions [insert list]
    verification: Verification [due due_of entry note page page_of_match take_back totals]
}
