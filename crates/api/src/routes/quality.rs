//! Quality of the data: scores, findings and what became of them, drift; and asking for a check.

pub(crate) mod held;

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, JsonBody, Params, invalid, limit, text};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use touchline_domain::ports::{IssueCount, IssueFilter, KeptCheck, StoredIssue};
use touchline_domain::{Handling, IssueStatus, JobId, NewJob, Queue, Severity};
use utoipa::ToSchema;

/// The kind of job that checks, and the minutes after which the hourly one is late.
const JOB: &str = "quality_check";
const LATE: i64 = 150;

/// How a check went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CheckItem {
    /// When it was made.
    pub checked_at: DateTime<Utc>,
    /// The limits that drift was judged by: `default`, from the store's own past, or `original`.
    #[schema(example = "default")]
    pub profile: String,
    /// Whether everything was looked at, rather than what had come in.
    pub full: bool,
    /// 0 to 100 by table, and `overall`.
    pub scores: BTreeMap<String, f64>,
    /// Hours since the latest of each table was collected, as of the check.
    pub freshness_hours: BTreeMap<String, f64>,
    /// Findings, also those that were recorded before.
    pub findings: u64,
    /// Findings that were not recorded before.
    pub new_findings: u64,
    /// Matches that were due more than a day before and had no result.
    pub missing_matches: u64,
    /// Matches that were looked at.
    pub matches: u64,
    /// Quotes that were looked at.
    pub quotes: u64,
}

impl From<&KeptCheck> for CheckItem {
    fn from(check: &KeptCheck) -> Self {
        let report = &check.report;
        let count = |name: &str| report[name].as_u64().unwrap_or_default();
        let scores = report["scores"].as_object().into_iter().flatten();
        let fresh = report["freshness"].as_array().into_iter().flatten();
        let hours = |of: &Value| Some((of["table"].as_str()?.to_owned(), of["hours"].as_f64()?));
        Self {
            checked_at: check.checked_at,
            profile: report["profile"].as_str().unwrap_or("default").to_owned(),
            full: report["full"].as_bool().unwrap_or_default(),
            scores: scores.filter_map(|(table, score)| Some((table.clone(), score.as_f64()?))).collect(),
            freshness_hours: fresh.filter_map(hours).collect(),
            findings: report["findings"].as_array().map_or(0, Vec::len) as u64,
            new_findings: count("new_findings"),
            missing_matches: count("missing_matches"),
            matches: count("matches"),
            quotes: count("quotes"),
        }
    }
}

/// How many checks.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QualityQuery {
    /// Checks to list, the latest first: 1 to 100, 10 where none is given.
    #[param(minimum = 1, maximum = 100)]
    checks: Option<u32>,
}

/// Quality of the data.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QualityItem {
    /// The latest checks first.
    pub checks: Vec<CheckItem>,
    /// Findings that wait for a person's decision.
    pub waiting: u64,
    /// Of these, those of high and critical severity.
    pub waiting_high: u64,
}

/// Scores, freshness and findings of the latest checks.
#[utoipa::path(
    get, operation_id = "get_quality", path = "/api/v1/quality", tag = "quality", params(QualityQuery),
    responses(
        (status = 200, description = "The latest checks", body = Envelope<QualityItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn overview(
    State(state): State<ApiState>,
    Params(query): Params<QualityQuery>,
) -> Result<Data<QualityItem>, ApiError> {
    let most = limit(query.checks, 10, 1..=100)?;
    let revision = state.revision().await?;
    let read = async {
        let store = state.store();
        let checks = store.quality_checks(most).await?;
        let open =
            IssueFilter { needs_review: true, status: Some(IssueStatus::Open), ..IssueFilter::default() };
        let waiting = store.issue_counts(&open).await?;
        let high = |count: &&IssueCount| {
            count.severity.parse::<Severity>().is_ok_and(|severity| severity >= Severity::High)
        };
        Ok(QualityItem {
            checks: checks.iter().map(CheckItem::from).collect(),
            waiting: waiting.iter().map(|count| count.count).sum(),
            waiting_high: waiting.iter().filter(high).map(|count| count.count).sum(),
        })
    };
    state.kept(revision.as_ref(), &format!("quality?checks={most}"), read).await
}

/// Which findings.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct IssueQuery {
    /// Only of this table.
    #[param(example = "odds", max_length = 100)]
    table: Option<String>,
    /// Only of this kind.
    #[param(example = "price_against_consensus", max_length = 100)]
    kind: Option<String>,
    /// Only of this severity: `low`, `medium`, `high` or `critical`.
    #[param(example = "high", pattern = "^(low|medium|high|critical)$")]
    severity: Option<String>,
    /// Only in this state: `open`, `resolved` or `ignored`.
    #[param(example = "open", pattern = "^(open|resolved|ignored)$")]
    state: Option<String>,
    /// Only those that a person has to decide about.
    #[param(example = true)]
    needs_review: Option<bool>,
    /// Only those of the last hours: 1 to 8784.
    #[param(minimum = 1, maximum = 8784)]
    hours: Option<u32>,
    /// Findings to list, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A finding.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssueItem {
    /// Its number.
    pub id: i64,
    /// The table that it is about.
    pub table: String,
    /// Its kind.
    #[schema(example = "price_against_consensus")]
    pub kind: String,
    /// `low`, `medium`, `high` or `critical`.
    #[schema(example = "high")]
    pub severity: String,
    /// `open`, `resolved` or `ignored`.
    #[schema(example = "open")]
    pub state: &'static str,
    /// Whether a person has to decide.
    pub needs_review: bool,
    /// What was found, and what is behind it.
    pub message: String,
    /// What identifies the cause, or the record as it came.
    pub cause: String,
    /// The document, where one brought it.
    #[schema(required = true)]
    pub document: Option<String>,
    /// Line in the document; 0 is the document as a whole.
    pub line: u32,
    /// When it was found.
    pub detected_at: DateTime<Utc>,
    /// Who decided.
    #[schema(required = true)]
    pub handled_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub handled_at: Option<DateTime<Utc>>,
    /// What was noted.
    #[schema(required = true)]
    pub notes: Option<String>,
}

impl From<StoredIssue> for IssueItem {
    fn from(issue: StoredIssue) -> Self {
        Self {
            id: issue.id,
            table: issue.table,
            kind: issue.error_type,
            severity: issue.severity,
            state: issue.status.name(),
            needs_review: issue.requires_manual_review,
            message: issue.message,
            cause: issue.data,
            document: issue.document_name,
            line: issue.locator,
            detected_at: issue.detected_at,
            handled_by: issue.handled_by,
            handled_at: issue.handled_at,
            notes: issue.resolution_notes,
        }
    }
}

/// Findings.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IssueList {
    /// The latest first.
    pub items: Vec<IssueItem>,
}

/// Findings about data: of documents as they came in, and of checks of what is stored.
#[utoipa::path(
    get, operation_id = "list_findings", path = "/api/v1/quality/findings", tag = "quality", params(IssueQuery),
    responses(
        (status = 200, description = "Findings", body = Envelope<IssueList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn findings(
    State(state): State<ApiState>,
    Params(query): Params<IssueQuery>,
) -> Result<Data<IssueList>, ApiError> {
    let most = limit(query.limit, 50, 1..=200)?;
    let filter = IssueFilter {
        table: text("table", query.table, 100)?,
        severity: query.severity.map(|name| name.parse().map_err(invalid)).transpose()?,
        status: query.state.map(|name| name.parse().map_err(invalid)).transpose()?,
        error_type: text("kind", query.kind, 100)?,
        needs_review: query.needs_review.unwrap_or_default(),
        since: query.hours.map(|hours| since(&state, hours)).transpose()?,
        ..IssueFilter::default()
    };
    let found = state.store().find_issues(&filter, most).await?;
    Ok(Data::of(IssueList { items: found.into_iter().map(IssueItem::from).collect() }))
}

/// The time some hours ago.
fn since(state: &ApiState, hours: u32) -> Result<DateTime<Utc>, ApiError> {
    let hours = limit(Some(hours), 24, 1..=8784).map_err(|_| invalid("hours: write 1 to 8784"))?;
    Ok(state.clock().now() - Duration::hours(hours.into()))
}

/// A decision about a finding.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decision {
    /// `resolved`, `ignored`, or `open` to undo the decision before.
    #[schema(pattern = "^(resolved|ignored|open)$", example = "resolved")]
    state: String,
    /// What there is to say, at most 1,000 characters.
    #[schema(
        min_length = 1,
        max_length = 1000,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    notes: Option<String>,
}

/// What a finding became.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decided {
    /// Its number.
    pub id: i64,
    /// The state that it is in now.
    #[schema(example = "resolved")]
    pub state: &'static str,
}

/// Decides about a finding; `open` undoes the decision before. Each decision is written to the audit log.
#[utoipa::path(
    post, operation_id = "decide_finding", path = "/api/v1/quality/findings/{id}", tag = "quality",
    request_body = Decision, params(("id" = i64, Path, description = "The finding", minimum = 1)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is decided", body = Envelope<Decided>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such finding", body = Failure),
    )
)]
pub(crate) async fn decide(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
    JsonBody(body): JsonBody<Decision>,
) -> Result<Data<Decided>, ApiError> {
    let wrong = |message: String| ApiError::bad_request("invalid_body", message);
    let status: IssueStatus = body.state.parse().map_err(wrong)?;
    let notes = text("notes", body.notes, 1000).map_err(|_| {
        wrong(
            "notes: write 1 to 1000 characters, none of them a control character, or leave them out"
                .to_owned(),
        )
    })?;
    let handling = Handling { status, by: caller.actor(), notes };
    let store = &state.operations()?.store;
    if !store.handle_issue(id, &handling, state.clock().now()).await? {
        return Err(ApiError::not_found(
            "no_finding",
            "there is no such finding; GET /api/v1/quality/findings lists them",
        ));
    }
    super::operations::note(&state, &caller, "decide finding", format!("finding {id} {}", status.name()))
        .await;
    Ok(Data::of_the_moment(Decided { id, state: status.name() }))
}

/// How far back.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SummaryQuery {
    /// Hours: 1 to 8784, 24 where none are given.
    #[param(minimum = 1, maximum = 8784)]
    hours: Option<u32>,
}

/// Findings that are alike.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalyCount {
    /// The table.
    pub table_name: String,
    /// Kind of finding.
    pub anomaly_type: String,
    /// How bad.
    pub severity: String,
    /// What became of them.
    pub state: &'static str,
    /// How many there are.
    pub count: u64,
}

/// Findings of some hours, counted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnomalySummary {
    /// Hours that were looked back.
    pub hours: u32,
    /// All findings of that time.
    pub total_anomalies: u64,
    /// By severity.
    pub by_severity: BTreeMap<String, u64>,
    /// By table.
    pub by_table: BTreeMap<String, u64>,
    /// By table, kind, severity and state.
    pub anomalies: Vec<AnomalyCount>,
    /// The check made last; null before the first.
    #[schema(required = true)]
    pub last_check_at: Option<DateTime<Utc>>,
}

/// What was found in the last hours, counted.
#[utoipa::path(
    get, operation_id = "get_anomaly_summary", path = "/api/v1/anomalies/summary", tag = "quality", params(SummaryQuery),
    responses(
        (status = 200, description = "Counts", body = Envelope<AnomalySummary>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn summary(
    State(state): State<ApiState>,
    Params(query): Params<SummaryQuery>,
) -> Result<Data<AnomalySummary>, ApiError> {
    let hours = query.hours.unwrap_or(24);
    let filter = IssueFilter { since: Some(since(&state, hours)?), ..IssueFilter::default() };
    let counts = state.store().issue_counts(&filter).await?;
    let last = state.store().quality_checks(1).await?.pop();
    let (mut by_severity, mut by_table) = (BTreeMap::new(), BTreeMap::new());
    for count in &counts {
        *by_severity.entry(count.severity.clone()).or_default() += count.count;
        *by_table.entry(count.table.clone()).or_default() += count.count;
    }
    Ok(Data::of_the_moment(AnomalySummary {
        hours,
        total_anomalies: counts.iter().map(|count| count.count).sum(),
        by_severity,
        by_table,
        anomalies: counts
            .into_iter()
            .map(|count| AnomalyCount {
                table_name: count.table,
                anomaly_type: count.error_type,
                severity: count.severity,
                state: count.status.name(),
                count: count.count,
            })
            .collect(),
        last_check_at: last.map(|check| check.checked_at),
    }))
}

/// What to check. Both fields are those of the Python program.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DetectRequest {
    /// `matches` or `odds`; a check looks at both and answers about this one alone.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "odds"
    )]
    table_name: Option<String>,
    /// Findings of so many hours are answered beside: 1 to 8784, 24 where none are given.
    #[schema(minimum = 1, maximum = 8784, example = 24)]
    time_window_hours: Option<u32>,
    /// Everything, rather than what came in since the last check.
    #[serde(default)]
    full: bool,
}

/// A check that was asked for, and what is known already.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Detection {
    /// The job; what it finds is among the findings once it is done.
    #[schema(value_type = i64)]
    pub job: JobId,
    /// Findings of the hours that were asked for, the latest first, at most 200.
    pub anomalies: Vec<IssueItem>,
}

/// Asks for a check, which a worker makes, and answers what was found before.
#[utoipa::path(
    post, operation_id = "detect_anomalies", path = "/api/v1/anomalies/detect", tag = "quality",
    request_body = DetectRequest, security(("bearer" = [])),
    responses(
        (status = 200, description = "The check waits for a worker", body = Envelope<Detection>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
    )
)]
pub(crate) async fn detect(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<DetectRequest>,
) -> Result<Data<Detection>, ApiError> {
    let hours = body.time_window_hours.unwrap_or(24);
    let filter = IssueFilter {
        table: text("table_name", body.table_name, 100)?,
        since: Some(since(&state, hours)?),
        ..IssueFilter::default()
    };
    let (store, now) = (&state.operations()?.store, state.clock().now());
    // Whoever asks again within a minute asks for the same check.
    let key =
        format!("{JOB}:asked {} {}", now.format("%Y-%m-%d %H:%M"), if body.full { "full" } else { "new" });
    let job = NewJob {
        name: JOB.to_owned(),
        key: key.clone(),
        queue: Queue::Maintenance,
        parameters: json!({ "full": body.full }),
        match_id: None,
        due_at: now,
        deadline: None,
        exclusion: None,
        long: false,
        attempts: 3,
        flow: None,
    };
    store.enqueue(&[job], now).await?;
    let job = store.jobs_of_keys(&[key]).await?.pop().map(|(_, id, _)| id).ok_or_else(ApiError::internal)?;
    super::operations::note(&state, &caller, "ask for a quality check", format!("job {job}")).await;
    let anomalies = state.store().find_issues(&filter, 200).await?.into_iter().map(IssueItem::from).collect();
    Ok(Data::of_the_moment(Detection { job, anomalies }))
}

/// Whether checks are made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DetectionHealth {
    /// `healthy`, `late` where the last check is older than two and a half hours, or `never` before the first one.
    #[schema(example = "healthy")]
    pub status: &'static str,
    /// The check made last.
    #[schema(required = true)]
    pub last_check_at: Option<DateTime<Utc>>,
    /// Minutes since then.
    #[schema(required = true)]
    pub minutes_ago: Option<i64>,
    /// Columns with a baseline: drift of the others is not judged.
    pub baselines: usize,
}

/// Whether anomalies are looked for: the last check and the baselines.
#[utoipa::path(
    get, operation_id = "get_anomaly_detection_health", path = "/health/anomaly-detection", tag = "operations",
    responses((status = 200, description = "How it stands", body = Envelope<DetectionHealth>))
)]
pub(crate) async fn health(State(state): State<ApiState>) -> Result<Data<DetectionHealth>, ApiError> {
    let last = state.store().quality_checks(1).await?.pop().map(|check| check.checked_at);
    let minutes_ago = last.map(|at| (state.clock().now() - at).num_minutes());
    let status = match minutes_ago {
        None => "never",
        Some(minutes) if minutes > LATE => "late",
        Some(_) => "healthy",
    };
    let baselines = state.store().quality_baselines().await?.len();
    Ok(Data::of_the_moment(DetectionHealth { status, last_check_at: last, minutes_ago, baselines }))
}

#[cfg(test)]
mod tests;
