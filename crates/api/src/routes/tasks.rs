//! Jobs: what runs by itself, and what operators do about it.

use crate::auth::Caller;
use crate::cursor;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, JsonBody, Params, invalid, limit, text};
use crate::routes::operations::note;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use touchline_domain::{Job, JobFilter, JobId, JobStatus, MatchId, Queue};
use touchline_jobs::catalogue::{self, JOBS};
use touchline_jobs::operate::{self, OperateError};
use touchline_jobs::supervision;
use utoipa::ToSchema;

/// Longest name of a kind, a run or a line of the timetable.
const LONGEST_NAME: usize = 200;

/// Which jobs.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TaskQuery {
    /// Only of this status: `blocked`, `waiting`, `running`, `succeeded`, `failed`, `missed`, `cancelled` or `skipped`.
    #[param(
        example = "failed",
        pattern = "^(blocked|waiting|running|succeeded|failed|missed|cancelled|skipped)$"
    )]
    status: Option<String>,
    /// Only of this kind, by its name or an alias.
    #[param(example = "odds_collection", max_length = 200)]
    kind: Option<String>,
    /// Only of this queue: `scores`, `odds`, `fixtures`, `default`, `streaming`, `maintenance` or `backup`.
    #[param(example = "odds", pattern = "^(scores|odds|fixtures|default|streaming|maintenance|backup)$")]
    queue: Option<String>,
    /// Only steps of this run of a flow.
    #[param(max_length = 200)]
    flow: Option<String>,
    /// Only about this match.
    #[param(minimum = 1)]
    match_id: Option<i64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 100)]
    cursor: Option<String>,
    /// Most jobs, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

impl TaskQuery {
    fn filter(self) -> Result<(JobFilter, u32), ApiError> {
        let limit = limit(self.limit, 50, 1..=200)?;
        let statuses: Result<Vec<JobStatus>, String> = self.status.iter().map(|name| name.parse()).collect();
        let queue: Option<Queue> = self
            .queue
            .map(|name| name.parse())
            .transpose()
            .map_err(|e: String| invalid(format!("queue: {e}")))?;
        let name = match text("kind", self.kind, LONGEST_NAME)? {
            Some(name) => {
                let kind = catalogue::by_name(&name).ok_or(OperateError::UnknownKind(name));
                Some(kind.map_err(|error| invalid(format!("kind: {error}")))?.name.to_owned())
            }
            None => None,
        };
        if self.match_id.is_some_and(|id| id < 1) {
            return Err(invalid("match_id: identifiers are whole numbers from 1"));
        }
        let filter = JobFilter {
            statuses: statuses.map_err(|error| invalid(format!("status: {error}")))?,
            name,
            queue,
            flow: text("flow", self.flow, LONGEST_NAME)?,
            match_id: self.match_id.map(MatchId),
            before: self.cursor.as_deref().map(cursor::to_row).transpose()?.map(JobId),
        };
        Ok((filter, limit))
    }
}

/// A job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskItem {
    /// Its number.
    pub id: i64,
    /// What kind of job.
    #[schema(example = "odds_collection")]
    pub kind: String,
    /// What it is for: asked for again, it is the same job.
    pub key: String,
    /// Where it waits.
    pub queue: &'static str,
    /// Where it stands.
    #[schema(example = "succeeded")]
    pub status: &'static str,
    /// Its parameters.
    #[schema(value_type = Object)]
    pub parameters: Value,
    /// The match that it is about.
    #[schema(required = true)]
    pub match_id: Option<i64>,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// Not at this time or later: then it is missed.
    #[schema(required = true)]
    pub deadline: Option<DateTime<Utc>>,
    /// Tries that were begun.
    pub attempt: u32,
    /// Tries that it has.
    pub attempts: u32,
    /// The worker that has it.
    #[schema(required = true)]
    pub worker: Option<String>,
    /// Whether its worker is asked to stop it.
    pub stop_requested: bool,
    /// When it was asked for.
    pub enqueued_at: DateTime<Utc>,
    /// When the last try began.
    #[schema(required = true)]
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    #[schema(required = true)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The run of the flow that it belongs to.
    #[schema(required = true)]
    pub flow: Option<String>,
    /// Its step there.
    #[schema(required = true)]
    pub step: Option<String>,
    /// What went wrong last, in a word.
    #[schema(required = true)]
    pub error_type: Option<String>,
    /// What went wrong last, and what to do.
    #[schema(required = true)]
    pub error_message: Option<String>,
    /// What it says of what it did.
    #[schema(required = true, value_type = Option<Object>)]
    pub result: Option<Value>,
    /// What it wrote in the last 30 days: kinds of changes and how many. Null in lists.
    #[schema(required = true, example = json!({"result": 10}))]
    pub changes: Option<BTreeMap<&'static str, u64>>,
}

impl From<Job> for TaskItem {
    fn from(job: Job) -> Self {
        let Job { id, what, status, attempt, worker, stop_requested, .. } = job;
        let (flow, step) = what.flow.map(|place| (place.flow, place.step)).unzip();
        let (error_type, error_message) = job.fault.map(|fault| (fault.kind, fault.message)).unzip();
        Self {
            id: id.0,
            kind: what.name,
            key: what.key,
            queue: what.queue.name(),
            status: status.name(),
            parameters: what.parameters,
            match_id: what.match_id.map(|id| id.0),
            due_at: what.due_at,
            deadline: what.deadline,
            attempt,
            attempts: what.attempts,
            worker,
            stop_requested,
            enqueued_at: job.enqueued_at,
            started_at: job.started_at,
            ended_at: job.ended_at,
            flow,
            step,
            error_type,
            error_message,
            result: job.result,
            changes: None,
        }
    }
}

/// A page of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskPage {
    /// The latest first.
    pub items: Vec<TaskItem>,
    /// Where the next page begins; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Jobs, the latest first.
#[utoipa::path(
    get, operation_id = "list_tasks", path = "/api/v1/tasks", tag = "automation", params(TaskQuery),
    responses(
        (status = 200, description = "A page of jobs", body = Envelope<TaskPage>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<TaskQuery>,
) -> Result<Data<TaskPage>, ApiError> {
    let (filter, limit) = query.filter()?;
    let jobs = state.store().jobs(&filter, limit).await?;
    let is_full = jobs.len() == limit as usize;
    let next_cursor = jobs.last().filter(|_| is_full).map(|job| cursor::of_row(job.id.0));
    Ok(Data::of_the_moment(TaskPage { items: jobs.into_iter().map(TaskItem::from).collect(), next_cursor }))
}

/// A job.
#[utoipa::path(
    get, operation_id = "get_task", path = "/api/v1/tasks/{id}", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)),
    responses(
        (status = 200, description = "The job", body = Envelope<TaskItem>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 404, description = "There is no such job", body = Failure),
    )
)]
pub(crate) async fn one(State(state): State<ApiState>, Id(id): Id) -> Result<Data<TaskItem>, ApiError> {
    let job = state.store().job(JobId(id)).await?.ok_or(OperateError::UnknownJob(JobId(id)))?;
    let changes = state.store().changes_of_job(JobId(id)).await?;
    let changes = Some(changes.into_iter().map(|(kind, count)| (kind.name(), count)).collect());
    Ok(Data::of_the_moment(TaskItem { changes, ..job.into() }))
}

/// A kind of job.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KindItem {
    /// Its name.
    pub name: &'static str,
    /// Other names that operators know it by.
    pub aliases: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    /// The part of the system that it belongs to.
    pub component: &'static str,
    /// Where it waits.
    pub queue: &'static str,
    /// How often it is tried.
    pub attempts: u32,
    /// Minutes after which it is asked to stop.
    pub soft_limit_minutes: u32,
    /// Minutes after which it is given up.
    pub hard_limit_minutes: u32,
    /// Hours that its last success may be old; null where it may be silent.
    #[schema(required = true)]
    pub objective_hours: Option<u32>,
    /// When it last succeeded.
    #[schema(required = true)]
    pub last_success: Option<DateTime<Utc>>,
}

/// The kinds of jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KindList {
    /// By name.
    pub items: Vec<KindItem>,
}

/// The kinds of jobs, and when each last succeeded.
#[utoipa::path(
    get, operation_id = "list_task_kinds", path = "/api/v1/tasks/kinds", tag = "automation",
    responses((status = 200, description = "Them", body = Envelope<KindList>))
)]
pub(crate) async fn kinds(State(state): State<ApiState>) -> Result<Data<KindList>, ApiError> {
    let successes: BTreeMap<String, DateTime<Utc>> =
        state.store().last_successes().await?.into_iter().collect();
    let item = |kind: &catalogue::Definition| KindItem {
        name: kind.name,
        aliases: kind.aliases,
        about: kind.about,
        component: kind.component(),
        queue: kind.queue.name(),
        attempts: kind.attempts,
        soft_limit_minutes: kind.soft_limit,
        hard_limit_minutes: kind.hard_limit,
        objective_hours: kind.objective,
        last_success: successes.get(kind.name).copied(),
    };
    Ok(Data::of_the_moment(KindList { items: JOBS.iter().map(item).collect() }))
}

/// Whether jobs are as they should be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskHealth {
    /// Whether nothing is wrong.
    pub healthy: bool,
    /// What is wrong.
    pub problems: Vec<String>,
    /// Jobs that ended in the last hour.
    pub ended: u64,
    /// Those of them that failed or were missed.
    pub failed: u64,
    /// Jobs that are due and wait, by queue.
    pub backlog: BTreeMap<&'static str, u64>,
    /// Seconds for which the first of them waits for a worker.
    pub delay_seconds: i64,
    /// Workers that gave a sign of life in the last minute.
    pub workers: u64,
    /// Which scheduler leads; null where none does.
    #[schema(required = true)]
    pub leader: Option<String>,
}

/// Whether jobs are as they should be: failures, backlog, delay, workers, and kinds that are silent for too long.
#[utoipa::path(
    get, operation_id = "get_task_health", path = "/api/v1/tasks/health", tag = "automation",
    responses((status = 200, description = "It", body = Envelope<TaskHealth>))
)]
pub(crate) async fn health(State(state): State<ApiState>) -> Result<Data<TaskHealth>, ApiError> {
    let now = state.clock().now();
    let health = supervision::look(state.store(), now).await?;
    let leader = state.store().leader().await?.filter(|lease| lease.until > now);
    Ok(Data::of_the_moment(TaskHealth {
        healthy: health.healthy,
        problems: health.problems,
        ended: health.ended,
        failed: health.failed,
        backlog: health.backlog.into_iter().map(|(queue, jobs)| (queue.name(), jobs)).collect(),
        delay_seconds: health.delay_seconds,
        workers: health.workers,
        leader: leader.map(|lease| lease.leadership.holder),
    }))
}

/// A job to be done now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TaskRequest {
    /// The kind, by its name or an alias.
    #[schema(min_length = 1, max_length = 200, example = "quality_check")]
    kind: String,
    /// Its parameters.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: Map<String, Value>,
    /// The match that it is about.
    #[schema(minimum = 1)]
    match_id: Option<i64>,
}

/// Asks for a job now; a worker does it.
#[utoipa::path(
    post, operation_id = "run_task", path = "/api/v1/tasks", tag = "automation", request_body = TaskRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The job", body = Envelope<TaskItem>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such kind of job, or no such match", body = Failure),
    )
)]
pub(crate) async fn run(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<TaskRequest>,
) -> Result<Data<TaskItem>, ApiError> {
    let store = &*state.operations()?.store;
    let TaskRequest { kind, parameters, match_id } = body;
    let now = state.clock().now();
    let (id, kind) = operate::run_job(store, &kind, &Value::Object(parameters), match_id, now).await?;
    note(&state, &caller, "run job", format!("{} {id}", kind.name)).await;
    let job = store.job(id).await?.ok_or_else(ApiError::internal)?;
    Ok(Data::of_the_moment(job.into()))
}

/// Calls a job off; one that runs is asked to stop.
#[utoipa::path(
    post, operation_id = "cancel_task", path = "/api/v1/tasks/{id}/cancel", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "The job", body = Envelope<TaskItem>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such job", body = Failure),
        (status = 409, description = "`has_ended`: it has ended", body = Failure),
    )
)]
pub(crate) async fn cancel(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<TaskItem>, ApiError> {
    let store = &*state.operations()?.store;
    operate::cancel(store, JobId(id), state.clock().now()).await?;
    note(&state, &caller, "cancel job", id.to_string()).await;
    let job = store.job(JobId(id)).await?.ok_or_else(ApiError::internal)?;
    Ok(Data::of_the_moment(job.into()))
}

/// Lets a job that has ended without success wait again, with all its tries.
#[utoipa::path(
    post, operation_id = "retry_task", path = "/api/v1/tasks/{id}/retry", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "The job", body = Envelope<TaskItem>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such job", body = Failure),
        (status = 409, description = "`not_again`: it has not ended, succeeded, or its deadline has passed", body = Failure),
    )
)]
pub(crate) async fn retry(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<TaskItem>, ApiError> {
    let store = &*state.operations()?.store;
    operate::retry(store, JobId(id), state.clock().now()).await?;
    note(&state, &caller, "retry job", id.to_string()).await;
    let job = store.job(JobId(id)).await?.ok_or_else(ApiError::internal)?;
    Ok(Data::of_the_moment(job.into()))
}

impl From<OperateError> for ApiError {
    fn from(error: OperateError) -> Self {
        let message = error.to_string();
        match error {
            OperateError::Store(error) => error.into(),
            OperateError::UnknownKind(_) => Self::not_found("no_kind", message),
            OperateError::UnknownFlow(_) => Self::not_found("no_flow", message),
            OperateError::UnknownWork(_) => Self::not_found("no_work", message),
            OperateError::UnknownSchedule(_) => Self::not_found("no_schedule", message),
            OperateError::UnknownJob(_) => Self::not_found("no_task", message),
            OperateError::UnknownMatch(_) => Self::not_found("no_match", message),
            OperateError::Parameters => Self::bad_request("invalid_parameters", message),
            OperateError::Times(_) => Self::bad_request("invalid_times", message),
            OperateError::OtherJob { .. } => Self::conflict("other_job", message),
            OperateError::Triggers => Self::conflict("no_times", message),
            OperateError::Ended { .. } => Self::conflict("has_ended", message),
            OperateError::NotAgain { .. } => Self::conflict("not_again", message),
        }
    }
}

#[cfg(test)]
mod tests;
