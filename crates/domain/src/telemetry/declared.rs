//! The metrics themselves, by the part of the platform that measures them.

use super::{Metric, MetricLabel};

const fn any(name: &'static str) -> MetricLabel {
    MetricLabel { name, values: &[] }
}

const fn one_of(name: &'static str, values: &'static [&'static str]) -> MetricLabel {
    MetricLabel { name, values }
}

/// Seconds that requests take.
const REQUEST: &[f64] =
    &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Seconds that a step of work takes.
const WORK: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0];
/// Seconds that a look into a cache takes.
const LOOK: &[f64] = &[0.00001, 0.00005, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 1.0];
/// Probabilities.
const PROBABILITY: &[f64] = &[0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8, 0.9, 1.0];

const TASK: MetricLabel = any("task_name");
const TABLE: MetricLabel = any("table_name");
const SEVERITY: MetricLabel = one_of("severity", &["low", "medium", "high", "critical"]);
const MODEL: MetricLabel = any("model_name");
const VERSION: MetricLabel = any("model_version");
const SOURCE: MetricLabel = any("data_source");
const COLLECTION: MetricLabel = one_of(
    "collection_type",
    &["fixtures", "results", "odds", "scores", "lineups", "injuries", "weather", "ratings", "news"],
);
const BACKUP: MetricLabel = one_of("backup_type", &["full", "incremental", "wal", "base"]);
const DATABASE: MetricLabel = any("database_name");
const CACHE: MetricLabel = one_of("cache_type", &["memory", "redis"]);
const OPERATION: MetricLabel = one_of("operation", &["get", "set", "delete"]);
const DETECTION: MetricLabel = any("detection_method");

/// Requests that were answered.
pub const HTTP_REQUESTS: Metric = Metric::counter(
    "http_requests_total",
    "Requests that were answered, by method and status.",
    &[
        one_of("method", &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]),
        any("status"),
    ],
);
/// How long answers took.
pub const HTTP_DURATION: Metric = Metric::histogram(
    "http_request_duration_seconds",
    "Seconds from a request's arrival to the head of its answer.",
    &[],
    REQUEST,
);
/// Forecasts that were answered.
pub const PREDICTIONS: Metric = Metric::counter(
    "football_predictions_total",
    "Forecasts of matches that were answered, by model and likeliest outcome.",
    &[MODEL, VERSION, one_of("predicted_result", &["home_win", "draw", "away_win"])],
);
/// Probability of the likeliest outcome.
pub const CONFIDENCE: Metric = Metric::histogram(
    "football_prediction_confidence_score",
    "Probability of the likeliest outcome in forecasts that were answered.",
    &[MODEL, VERSION],
    PROBABILITY,
);
/// Computing the forecasts of all matches to come.
pub const PREDICTION_DURATION: Metric = Metric::histogram(
    "football_model_prediction_duration_seconds",
    "Seconds for computing the forecasts of all matches to come.",
    &[MODEL, VERSION],
    WORK,
);
/// Loading a model.
pub const LOAD_DURATION: Metric = Metric::histogram(
    "football_model_load_duration_seconds",
    "Seconds for loading a model from its files.",
    &[MODEL, VERSION],
    WORK,
);
/// Whether a dependency works.
pub const DEPENDENCY_UP: Metric = Metric::gauge(
    "football_dependency_up",
    "Whether a part that the service depends on works: 1 or 0.",
    &[one_of("dependency", &["database", "model", "redis"])],
);
/// Quality of a table.
pub const QUALITY_SCORE: Metric = Metric::gauge(
    "football_data_quality_score",
    "Quality of a table's data, 0 to 100; `overall` is over all tables.",
    &[TABLE],
);
/// Records that are odd.
pub const QUALITY_ANOMALIES: Metric = Metric::gauge(
    "football_data_quality_anomaly_records",
    "Records that the latest check found odd.",
    &[TABLE, any("anomaly_type"), SEVERITY],
);
/// How long checks took.
pub const QUALITY_DURATION: Metric = Metric::histogram(
    "football_data_quality_check_duration_seconds",
    "Seconds that a check of a table took.",
    &[TABLE],
    WORK,
);
/// How old what was collected last is.
pub const DATA_FRESHNESS: Metric = Metric::gauge(
    "football_data_freshness_hours",
    "Hours since the latest record of a table was collected.",
    &[TABLE, any("data_type")],
);
/// Operations on caches.
pub const CACHE_OPERATIONS: Metric = Metric::counter(
    "football_cache_operations_total",
    "Operations on a cache, by how they ended.",
    &[OPERATION, CACHE, one_of("status", &["hit", "miss", "success", "error"])],
);
/// How often caches help.
pub const CACHE_HIT_RATE: Metric = Metric::gauge(
    "football_cache_hit_rate",
    "Share of looks into a cache that found something, since the start.",
    &[CACHE],
);
/// How long caches take.
pub const CACHE_DURATION: Metric = Metric::histogram(
    "football_cache_response_time_seconds",
    "Seconds that an operation on a cache took.",
    &[OPERATION, CACHE],
    LOOK,
);
/// Connections to Redis.
pub const REDIS_CONNECTIONS: Metric = Metric::gauge(
    "football_redis_connection_pool_size",
    "Connections to Redis.",
    &[one_of("pool_type", &["sync", "async"])],
);
/// Attempts to collect.
pub const COLLECTIONS: Metric = Metric::counter(
    "football_data_collection_total",
    "Attempts to collect data, by source and kind.",
    &[SOURCE, COLLECTION],
);
/// Attempts to collect that failed.
pub const COLLECTION_ERRORS: Metric = Metric::counter(
    "football_data_collection_errors_total",
    "Attempts to collect data that failed.",
    &[SOURCE, COLLECTION, any("error_type")],
);
/// How long runs of collecting take.
pub const COLLECTION_DURATION: Metric = Metric::histogram(
    "football_data_collection_duration_seconds",
    "Seconds that a run of collecting took.",
    &[SOURCE, COLLECTION],
    WORK,
);
/// What may still be asked.
pub const QUOTA_LEFT: Metric = Metric::gauge(
    "football_data_collection_quota_left",
    "Credits of a source that are left in its day or month.",
    &[SOURCE],
);
/// How late tasks begin.
pub const TASK_DELAY: Metric = Metric::gauge(
    "football_scheduler_task_delay_seconds",
    "Seconds by which the latest start of a task was late.",
    &[TASK],
);
/// What the scheduler could not have done in time.
pub const TASK_FAILURES: Metric = Metric::counter(
    "football_scheduler_task_failures_total",
    "Tasks that the scheduler could not start.",
    &[TASK, any("failure_reason")],
);
/// Runs of tasks.
pub const TASKS: Metric = Metric::counter(
    "football_tasks_total",
    "Runs of tasks, by how they ended.",
    &[TASK, one_of("status", &["success", "failure", "cancelled"])],
);
/// How long tasks take.
pub const TASK_DURATION: Metric =
    Metric::histogram("football_task_duration_seconds", "Seconds that runs of a task took.", &[TASK], WORK);
/// How many tasks fail.
pub const TASK_ERROR_RATE: Metric =
    Metric::gauge("football_task_error_rate", "Share of a task's latest runs that failed.", &[TASK]);
/// Tasks that run.
pub const ACTIVE_TASKS: Metric =
    Metric::gauge("football_active_tasks", "Runs of a task that are under way.", &[TASK]);
/// Tasks that wait.
pub const QUEUE_SIZE: Metric =
    Metric::gauge("football_queue_size", "Tasks that wait in a queue.", &[any("queue_name")]);
/// Tries after the first.
pub const TASK_RETRIES: Metric = Metric::counter(
    "football_task_retries_total",
    "Runs of a task that were tries after the first.",
    &[TASK, any("retry_count")],
);
/// Start of the process.
pub const PROCESS_START: Metric =
    Metric::gauge("process_start_time_seconds", "When the process started, seconds since 1970.", &[]);

/// Every metric of the platform, also those of parts that are still to come.
pub const ALL: &[Metric] = &[
    // The interface.
    HTTP_REQUESTS,
    HTTP_DURATION,
    DEPENDENCY_UP,
    PROCESS_START,
    // Forecasts and models.
    PREDICTIONS,
    CONFIDENCE,
    PREDICTION_DURATION,
    LOAD_DURATION,
    Metric::gauge(
        "football_prediction_accuracy",
        "Share of forecasts in a window of time whose likeliest outcome happened.",
        &[MODEL, VERSION, any("time_window")],
    ),
    Metric::gauge(
        "prediction_accuracy_rate",
        "Share of verified forecasts whose likeliest outcome happened, over all models.",
        &[],
    ),
    Metric::gauge(
        "football_model_coverage_rate",
        "Share of matches to come that the model has a forecast of.",
        &[MODEL, VERSION],
    ),
    Metric::gauge(
        "football_daily_predictions_count",
        "Forecasts that were sealed on a day; today and yesterday are kept.",
        &[MODEL, any("date")],
    ),
    // Collection.
    COLLECTIONS,
    COLLECTION_ERRORS,
    COLLECTION_DURATION,
    QUOTA_LEFT,
    // Scheduler and tasks.
    TASK_DELAY,
    TASK_FAILURES,
    TASKS,
    TASK_DURATION,
    TASK_ERROR_RATE,
    ACTIVE_TASKS,
    QUEUE_SIZE,
    TASK_RETRIES,
    // Quality of data.
    Metric::counter(
        "football_data_anomalies_detected_total",
        "Anomalies that were found.",
        &[TABLE, any("anomaly_type"), DETECTION, SEVERITY],
    ),
    Metric::gauge(
        "football_data_drift_score",
        "How far a column has drifted from its reference, 0 to 1.",
        &[TABLE, any("feature_name")],
    ),
    Metric::histogram(
        "football_data_anomaly_detection_duration_seconds",
        "Seconds that a search for anomalies took.",
        &[TABLE, DETECTION],
        WORK,
    ),
    Metric::gauge(
        "football_data_anomaly_detection_coverage",
        "Share of a table's columns that are searched for anomalies.",
        &[TABLE],
    ),
    Metric::gauge(
        "football_data_quality_check_success_rate",
        "Share of expectations that held in the latest check.",
        &[TABLE, any("suite_name")],
    ),
    Metric::counter(
        "football_data_quality_expectations_total",
        "Expectations that were evaluated.",
        &[TABLE, any("suite_name")],
    ),
    Metric::gauge(
        "football_data_quality_expectations",
        "Expectations of the latest check.",
        &[TABLE, any("suite_name")],
    ),
    Metric::gauge(
        "football_data_quality_expectations_failed",
        "Expectations that did not hold in the latest check.",
        &[TABLE, any("suite_name"), any("expectation_type")],
    ),
    QUALITY_SCORE,
    DATA_FRESHNESS,
    QUALITY_ANOMALIES,
    QUALITY_DURATION,
    Metric::gauge("football_table_rows", "Rows of a table at the latest count.", &[TABLE]),
    Metric::gauge(
        "football_tables_counted_timestamp",
        "When tables were counted for the metrics last, seconds since 1970.",
        &[],
    ),
    Metric::counter(
        "football_constraint_violations_total",
        "Writes that a constraint or trigger of the database refused.",
        &[TABLE, any("constraint_name")],
    ),
    Metric::counter("football_slow_queries_total", "Statements that took more than two seconds.", &[]),
    // Backups.
    Metric::counter(
        "football_database_backup_success_total",
        "Backups that were made and compared.",
        &[BACKUP, DATABASE],
    ),
    Metric::counter(
        "football_database_backup_failure_total",
        "Backups that failed.",
        &[BACKUP, DATABASE, any("error_type")],
    ),
    Metric::gauge(
        "football_database_last_backup_timestamp",
        "When the latest good backup was made, seconds since 1970.",
        &[BACKUP, DATABASE],
    ),
    Metric::histogram(
        "football_database_backup_duration_seconds",
        "Seconds that a backup took.",
        &[BACKUP, DATABASE],
        WORK,
    ),
    Metric::gauge(
        "football_database_backup_file_size_bytes",
        "Bytes of the latest backup.",
        &[BACKUP, DATABASE],
    ),
    // Caches.
    CACHE_OPERATIONS,
    CACHE_HIT_RATE,
    CACHE_DURATION,
    REDIS_CONNECTIONS,
    // Streams.
    Metric::counter(
        "kafka_messages_produced_total",
        "Messages that were sent.",
        &[any("topic"), any("data_type")],
    ),
    Metric::counter(
        "kafka_messages_consumed_total",
        "Messages that were received.",
        &[any("topic"), any("consumer_group")],
    ),
    Metric::gauge(
        "kafka_consumer_lag_seconds",
        "Age of the oldest message that was not received yet.",
        &[any("topic"), any("partition")],
    ),
    Metric::gauge("kafka_producer_batch_size_avg", "Mean bytes of a batch that is sent.", &[any("topic")]),
    Metric::histogram(
        "stream_processing_duration_seconds",
        "Seconds that an operation on a message took.",
        &[any("operation_type")],
        REQUEST,
    ),
];
