//! The ports that both stores serve in the same way: a method of the port is the function of its name.

/// Implements one port of a store by the functions of a module of this crate.
#[doc(hidden)]
#[macro_export]
macro_rules! port {
    ($port:ident for $store:ty, by $module:ident: $($method:ident $arguments:tt -> $answer:ty;)*) => {
        $crate::port! { $port for $store, by $module or StoreError: $($method $arguments -> $answer;)* }
    };
    ($port:ident for $store:ty, by $module:ident or $error:ty:
        $($method:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait::async_trait]
        impl $port for $store {
            $(async fn $method(&self, $($argument: $type),*) -> Result<$answer, $error> {
                $crate::$module::$method(self, $($argument),*).await
            })*
        }
    };
}

/// Implements these ports for a store.
#[macro_export]
macro_rules! ports {
    ($store:ty) => {
        const _: () = {
            use chrono::{DateTime, Utc};
            use touchline_domain::ports::{
                AccountReader, AccountWriter, AlertReader, AlertWriter, Artifact, ArtifactError, ArtifactStore, DueVerification, ForecastVerification, SealedEntry,
                SealedFilter, SealedPosition, VerificationReader, VerificationWriter, VerifiedTotals, AssignedAlias, BacktestEntry, BacktestReader, BacktestWriter, BronzeReader, BronzeWriter, CollectionReader,
                CollectionWriter, CorrectionReader, Experiment, ExperimentReader, ExperimentWriter, ForecastPair, RecordedPair, IdentityMerge, IdentityMerges, JobReader, JobWriter,
                KeptSimulation, LedgerEntry, LedgerHead, LedgerPosition, LedgerReader, LineageReader, LineageWriter, MatchOrigin, MergePreference, MergeReport, MergeSubject,
                ModelAlias, ModelReader, ModelVersion, ModelWriter, NameChange, NameReader, NameWriter,
                DataVersion, VersionReader, VersionWriter, HeldFilter, IssueCount, IssueFilter, KeptBacktest, KeptCheck, NewBacktest, NewPaperEntry, PaperEntry, PaperHead, PaperReader, PaperWriter, QualityReader, QualityWriter, SimulatedSeason, SimulationReader, SimulationWriter, StoreError, StoredDocument, StoredIssue, TeamAlias, TouchedForecast, SurroundingsReader, SurroundingsWriter, TicketReader, TicketWriter,
                NewRunEvent, NodeKind, NodeName, RunEventEnd, RunReader, RunWriter, SchemaColumn, StoredNode, StoredRun, StoredRunEvent,
            };
            use touchline_domain::{
                AccessRole, BacktestId, Alert, AlertFilter, AlertId, Condition, NewNotice, NewSilence, Notice, NoticeEnd, Silence, ApiKey, AuditRecord, LoginSession, NewApiKey, NewAudit, User, UserChange,
                Claim, ClaimField, CollectionEnd, CollectionId, CollectionKind, CollectionRun, Correction, Decree, DueJobs, DocumentId, HeldJob, Job,
                JobCount, JobEnd, JobFilter, JobId, JobStatus, Leadership, Lease,
                Handling, HeldRow, NewRowDecision, RowDecision, LeagueAlias, LeagueId, LineCorrection, Match, MatchClaim, MatchId, MergeId, NameDecision, NameReview, NewDocument, NewJob, NewLineCorrection, NewNameReview, QualityIssue, RawDocument, RecordKind, ReviewId, Schedule, Season, Swept, TaskError, TeamId, Watermark, WorkerSeen, Ground, NewsFilter, NewsItem, TeamRating, Weather, NewTicket, Ticket, TicketEnd, TicketKind, TicketNotice,
            };

            $crate::port! { AccountReader for $store, by accounts:
                users() -> Vec<User>;
                user_named(name: &str) -> Option<(User, String)>;
                user_of_identity(issuer: &str, subject: &str) -> Option<User>;
                session(id: &str) -> Option<(LoginSession, User)>;
                api_keys() -> Vec<ApiKey>;
                key_of(hash: &str) -> Option<(ApiKey, User)>;
                audit_log(before: Option<i64>, limit: u32) -> Vec<AuditRecord>;
            }
            $crate::port! { AccountWriter for $store, by accounts:
                add_user(name: &str, password_hash: &str, role: AccessRole) -> Option<i64>;
                add_user_of_identity(name: &str, password_hash: &str, role: AccessRole, issuer: &str, subject: &str) -> Option<i64>;
                link_identity(user_id: i64, issuer: &str, subject: &str) -> bool;
                change_user(id: i64, change: &UserChange) -> bool;
                start_session(id: &str, user_id: i64, expires_at: DateTime<Utc>) -> ();
                renew_session(id: &str, generation: i64, expires_at: DateTime<Utc>) -> bool;
                end_session(id: &str) -> bool;
                add_key(key: &NewApiKey) -> i64;
                revoke_key(id: i64) -> bool;
                note_key_use(id: i64) -> ();
                record_audit(records: &[NewAudit]) -> ();
            }
            $crate::port! { ArtifactStore for $store, by artifacts or ArtifactError:
                keep_bundle(model: &str, version: &str, files: &[Artifact]) -> ();
                fetch_bundle(model: &str, version: &str) -> Option<Vec<Artifact>>;
            }
            $crate::port! { BronzeReader for $store, by bronze:
                document(id: DocumentId) -> Option<RawDocument>;
                held_document(source: &str, hash: &str) -> Option<StoredDocument>;
                reading(id: DocumentId) -> Option<String>;
                unprocessed_records() -> u64;
                latest_collected() -> Vec<(RecordKind, DateTime<Utc>)>;
            }
            $crate::port! { BronzeWriter for $store, by bronze:
                store_document(document: &NewDocument<'_>) -> StoredDocument;
                rename_document(id: DocumentId, name: &str) -> ();
                keep_reading(id: DocumentId, reading: &str) -> ();
            }
            $crate::port! { AlertReader for $store, by alerts:
                alert(id: AlertId) -> Option<Alert>;
                alerts(filter: &AlertFilter, limit: u32) -> Vec<Alert>;
                alerts_to_tell() -> Vec<Alert>;
                silences(now: DateTime<Utc>) -> Vec<Silence>;
                due_notices(now: DateTime<Utc>, limit: u32) -> Vec<Notice>;
                notices_of(alert: AlertId) -> Vec<Notice>;
            }
            $crate::port! { AlertWriter for $store, by alerts:
                record_alerts(seen: &[Condition], resolved: &[AlertId], now: DateTime<Utc>) -> ();
                acknowledge_alert(id: AlertId, by: &str, now: DateTime<Utc>) -> bool;
                add_silence(silence: &NewSilence, now: DateTime<Utc>) -> i64;
                end_silence(id: i64, now: DateTime<Utc>) -> bool;
                queue_notices(notices: &[NewNotice], now: DateTime<Utc>) -> ();
                finish_notices(ends: &[NoticeEnd], now: DateTime<Utc>) -> ();
                purge_alerts(before: DateTime<Utc>) -> u64;
            }
            $crate::port! { CollectionReader for $store, by collection:
                collections(limit: u32) -> Vec<CollectionRun>;
                watermark(source: &str, kind: CollectionKind, scope: &str) -> Option<Watermark>;
                source_shape(source: &str, kind: CollectionKind, scope: &str) -> Option<String>;
                credits_spent(source: &str, period: DateTime<Utc>) -> u64;
                task_errors(limit: u32) -> Vec<TaskError>;
            }
            $crate::port! { CollectionWriter for $store, by collection:
                begin_collection(source: &str, kind: CollectionKind, now: DateTime<Utc>, job: Option<JobId>) -> CollectionId;
                end_collection(id: CollectionId, end: &CollectionEnd) -> ();
                put_watermark(watermark: &Watermark) -> ();
                put_source_shape(source: &str, kind: CollectionKind, scope: &str, shape: &str, now: DateTime<Utc>) -> ();
                note_credits(source: &str, period: DateTime<Utc>, credits: u64) -> ();
                record_task_error(error: &TaskError) -> ();
            }
            $crate::port! { CorrectionReader for $store, by corrections:
                corrections_of(seasons: &[(LeagueId, Season)]) -> Vec<Correction>;
                all_corrections(taken: Option<&[ClaimField]>) -> Vec<Correction>;
                seasons_with_claims() -> Vec<(LeagueId, Season)>;
            }
            $crate::port! { IdentityMerges for $store, by merges:
                plan_merge(subject: MergeSubject, prefer: Option<MergePreference>) -> MergeReport;
                merge(subject: MergeSubject, prefer: Option<MergePreference>, by: &str) -> (MergeId, MergeReport);
                undo_merge(id: MergeId) -> ();
                merges() -> Vec<IdentityMerge>;
            }
            $crate::port! { ExperimentReader for $store, by experiments:
                running_experiment(model: &str) -> Option<Experiment>;
                experiments(limit: u32) -> Vec<Experiment>;
                experiment(id: &str) -> Option<Experiment>;
                experiment_pairs(id: &str) -> Vec<RecordedPair>;
            }
            $crate::port! { ExperimentWriter for $store, by experiments:
                start_experiment(experiment: &Experiment) -> ();
                end_experiment(id: &str) -> bool;
                record_pairs(id: &str, at: DateTime<Utc>, pairs: &[ForecastPair]) -> u64;
            }
            $crate::port! { JobReader for $store, by jobs:
                job(id: JobId) -> Option<Job>;
                jobs(filter: &JobFilter, limit: u32) -> Vec<Job>;
                jobs_of_keys(keys: &[String]) -> Vec<(String, JobId, JobStatus)>;
                job_counts(since: DateTime<Utc>) -> Vec<JobCount>;
                due_jobs(now: DateTime<Utc>) -> Vec<DueJobs>;
                next_due(long: bool) -> Option<DateTime<Utc>>;
                last_successes() -> Vec<(String, DateTime<Utc>)>;
                schedules() -> Vec<Schedule>;
                leader() -> Option<Lease>;
                workers() -> Vec<WorkerSeen>;
            }
            $crate::port! { JobWriter for $store, by jobs:
                enqueue(jobs: &[NewJob], now: DateTime<Utc>) -> u64;
                claim(claim: &Claim) -> Vec<Job>;
                extend(worker: &WorkerSeen, lease_until: DateTime<Utc>) -> Vec<HeldJob>;
                finish(ends: &[JobEnd]) -> u64;
                sign_off(worker: &str) -> ();
                sweep(now: DateTime<Utc>) -> Swept;
                cancel(id: JobId, now: DateTime<Utc>) -> Option<JobStatus>;
                retry(id: JobId, now: DateTime<Utc>) -> bool;
                purge_jobs(before: DateTime<Utc>) -> u64;
                purge_task_errors(before: DateTime<Utc>) -> u64;
                put_schedule(schedule: &Schedule) -> ();
                lead(holder: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Option<Leadership>;
                step_down(leadership: &Leadership, now: DateTime<Utc>) -> ();
                decree(leadership: &Leadership, decree: &Decree, now: DateTime<Utc>) -> bool;
            }
            $crate::port! { LedgerReader for $store, by ledger:
                ledger_head() -> LedgerHead;
                ledger_entries(after: Option<LedgerPosition>, limit: u32) -> Vec<LedgerEntry>;
                feature_sets() -> Vec<(String, Vec<String>)>;
            }
            $crate::port! { ModelReader for $store, by models:
                aliased(name: &str, alias: ModelAlias) -> Option<ModelVersion>;
                model_aliases() -> Vec<AssignedAlias>;
                versions() -> Vec<ModelVersion>;
            }
            $crate::port! { ModelWriter for $store, by models:
                register(model: &ModelVersion) -> ();
                promote(name: &str, version: &str) -> ();
                challenge(name: &str, version: &str) -> ();
                roll_back(name: &str) -> Option<String>;
            }
            $crate::port! { NameReader for $store, by names:
                league_aliases() -> Vec<LeagueAlias>;
                team_aliases(countries: &[String], source: Option<&str>) -> Vec<TeamAlias>;
                identified(source: &str, external_ids: &[String]) -> Vec<(String, MatchId)>;
                claims_of(seasons: &[(LeagueId, Season)]) -> Vec<MatchClaim>;
                reviews(only_open: bool) -> Vec<NameReview>;
            }
            $crate::port! { NameWriter for $store, by names:
                change_names(change: &NameChange) -> ();
                open_reviews(reviews: &[NewNameReview], now: DateTime<Utc>) -> u64;
                decide_review(id: ReviewId, decision: &NameDecision) -> ();
            }
            $crate::port! { PaperReader for $store, by paper:
                paper_head() -> PaperHead;
                paper_entries(after: u64, limit: u32) -> Vec<PaperEntry>;
            }
            $crate::port! { PaperWriter for $store, by paper:
                add_to_paper(after: u64, at: DateTime<Utc>, entries: &[NewPaperEntry]) -> u64;
            }
            $crate::port! { QualityReader for $store, by quality:
                issues(limit: u32) -> Vec<StoredIssue>;
                find_issues(filter: &IssueFilter, limit: u32) -> Vec<StoredIssue>;
                issue_counts(filter: &IssueFilter) -> Vec<IssueCount>;
                quality_checks(limit: u32) -> Vec<KeptCheck>;
                quality_checks_between(from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<KeptCheck>;
                line_decisions_between(from: DateTime<Utc>, until: DateTime<Utc>) -> u64;
                quality_baselines() -> Vec<(String, String, DateTime<Utc>)>;
                line_corrections(document: DocumentId) -> Vec<LineCorrection>;
                held_rows(filter: &HeldFilter, limit: u32) -> Vec<HeldRow>;
                row_decisions(fingerprints: &[String]) -> Vec<RowDecision>;
            }
            $crate::port! { QualityWriter for $store, by quality:
                record_issues(issues: &[QualityIssue], now: DateTime<Utc>) -> u64;
                handle_issue(id: i64, handling: &Handling, now: DateTime<Utc>) -> bool;
                keep_quality_check(check: &KeptCheck) -> ();
                correct_line(correction: &NewLineCorrection, now: DateTime<Utc>) -> i64;
                undo_line_correction(id: i64, by: &str, now: DateTime<Utc>) -> bool;
                decide_row(decision: &NewRowDecision, now: DateTime<Utc>) -> i64;
                undo_row_decision(id: i64, by: &str, now: DateTime<Utc>) -> Option<String>;
                purge_quality_checks(before: DateTime<Utc>) -> u64;
                put_quality_baseline(name: &str, baseline: &str, now: DateTime<Utc>) -> ();
            }
            $crate::port! { LineageReader for $store, by lineage:
                origins_of(matches: &[MatchId]) -> Vec<MatchOrigin>;
                brought_by(document: DocumentId, limit: u32) -> Vec<(MatchId, u32)>;
                last_results(team: TeamId, before: DateTime<Utc>, limit: u32) -> Vec<Match>;
                forecasts_after(document: DocumentId, limit: u32) -> Vec<TouchedForecast>;
            }
            $crate::port! { LineageWriter for $store, by lineage:
                keep_origins(document: DocumentId, lines: &[(MatchId, u32)]) -> u64;
            }
            $crate::port! { RunReader for $store, by runs:
                graph_nodes(kind: NodeKind, namespace: Option<&str>) -> Vec<StoredNode>;
                runs_of(job: &NodeName, limit: u32) -> Vec<StoredRun>;
                find_run(id: &str) -> Option<StoredRun>;
                latest_runs() -> Vec<StoredRun>;
                run_events(run: Option<&str>, limit: u32) -> Vec<StoredRunEvent>;
                unsent_run_events(now: DateTime<Utc>, limit: u32) -> Vec<StoredRunEvent>;
                schema_columns() -> Vec<SchemaColumn>;
            }
            $crate::port! { RunWriter for $store, by runs:
                record_run_event(event: &NewRunEvent) -> ();
                finish_run_events(ends: &[RunEventEnd]) -> ();
                purge_runs(before: DateTime<Utc>) -> u64;
            }
            $crate::port! { VersionReader for $store, by versions:
                data_versions() -> Vec<DataVersion>;
            }
            $crate::port! { VersionWriter for $store, by versions:
                keep_data_version(version: &DataVersion) -> bool;
            }
            $crate::port! { SimulationReader for $store, by simulations:
                simulations(league: &str, season: Season, limit: u32) -> Vec<KeptSimulation>;
                simulated_seasons(limit: u32) -> Vec<SimulatedSeason>;
            }
            $crate::port! { BacktestReader for $store, by backtests:
                backtests(before: Option<BacktestId>, limit: u32) -> Vec<BacktestEntry>;
                backtest(id: BacktestId) -> Option<KeptBacktest>;
            }
            $crate::port! { BacktestWriter for $store, by backtests:
                keep_backtest(backtest: &NewBacktest) -> BacktestId;
            }
            $crate::port! { SurroundingsReader for $store, by surroundings:
                all_weather() -> Vec<(MatchId, Weather)>;
                weather_of(matches: &[MatchId]) -> Vec<(MatchId, Weather)>;
                grounds() -> Vec<(Ground, Option<TeamId>)>;
                all_ratings() -> Vec<TeamRating>;
                ratings_of(team: TeamId, limit: u32) -> Vec<TeamRating>;
                news(filter: &NewsFilter, limit: u32) -> Vec<NewsItem>;
            }
            $crate::port! { SurroundingsWriter for $store, by surroundings:
                put_grounds(grounds: &[Ground]) -> u64;
                add_ratings(ratings: &[TeamRating]) -> u64;
                add_news(news: &[NewsItem]) -> u64;
            }
            $crate::port! { TicketReader for $store, by tickets:
                ticket(id: &str) -> Option<Ticket>;
                tickets_of(user_id: i64, kind: TicketKind, limit: u32) -> Vec<Ticket>;
                ticket_body(id: &str) -> Option<Vec<u8>>;
                ticket_answer(id: &str) -> Option<Vec<u8>>;
            }
            $crate::port! { TicketWriter for $store, by tickets:
                open_ticket(ticket: &NewTicket, most_open: u32, job: &NewJob, now: DateTime<Utc>) -> bool;
                end_ticket(id: &str, end: TicketEnd<'_>, now: DateTime<Utc>) -> bool;
                note_notice(id: &str, notice: TicketNotice, message: Option<&str>, now: DateTime<Utc>) -> bool;
                purge_tickets(before: DateTime<Utc>) -> u64;
            }
            $crate::port! { VerificationReader for $store, by verification:
                due_verifications(after: i64, limit: u32) -> Vec<DueVerification>;
                due_verifications_of(matches: &[MatchId]) -> Vec<DueVerification>;
                sealed_page(filter: SealedFilter, before: Option<SealedPosition>, limit: u32) -> Vec<SealedEntry>;
                sealed_entry(id: i64) -> Option<SealedEntry>;
                verified_totals() -> Vec<VerifiedTotals>;
            }
            $crate::port! { VerificationWriter for $store, by verification:
                note_verifications(noted: &[(&DueVerification, Option<ForecastVerification>)]) -> ();
            }
            $crate::port! { SimulationWriter for $store, by simulations:
                keep_simulation(simulation: &KeptSimulation) -> ();
            }
        };
    };
}
