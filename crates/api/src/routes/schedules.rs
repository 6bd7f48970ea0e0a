//! The timetable, and the flows that it starts.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::routes::operations::note;
use crate::routes::tasks::TaskItem;
use crate::state::ApiState;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use touchline_domain::JobFilter;
use touchline_jobs::flows::FLOWS;
use touchline_jobs::operate::{self, Line, ScheduleChange};
use utoipa::ToSchema;

/// Times that are shown of a line.
const SHOWN: usize = 10;
/// Steps of a run that are shown.
const STEPS: u32 = 1_000;

/// A line of the timetable.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleItem {
    /// Its name.
    #[schema(example = "collect-odds-regular")]
    pub id: String,
    /// The job or flow.
    #[schema(example = "odds_collection")]
    pub job: String,
    /// Minute, hour, day, month and weekday, in UTC.
    #[schema(example = "*/5 * * * *")]
    pub cron: String,
    /// Parameters of the job.
    #[schema(value_type = Object)]
    pub parameters: Value,
    /// Whether it counts; paused otherwise.
    pub enabled: bool,
    /// What becomes of times that pass while nothing runs: `skip`, or `run_once`.
    #[schema(example = "skip")]
    pub misfire: &'static str,
    /// Whether a person changed it.
    pub edited: bool,
    /// When it is due next, at most ten times; empty while it is paused.
    pub next: Vec<DateTime<Utc>>,
}

impl From<Line> for ScheduleItem {
    fn from(Line { schedule, next }: Line) -> Self {
        Self {
            id: schedule.id,
            job: schedule.job,
            cron: schedule.cron,
            parameters: schedule.parameters,
            enabled: schedule.enabled,
            misfire: schedule.misfire.name(),
            edited: schedule.edited,
            next,
        }
    }
}

/// The timetable.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScheduleList {
    /// By name.
    pub items: Vec<ScheduleItem>,
}

/// The timetable, each line with its next time.
#[utoipa::path(
    get, operation_id = "list_schedules", path = "/api/v1/schedules", tag = "automation",
    responses((status = 200, description = "It", body = Envelope<ScheduleList>))
)]
pub(crate) async fn list(State(state): State<ApiState>) -> Result<Data<ScheduleList>, ApiError> {
    let now = state.clock().now();
    let lines = operate::schedules(state.store(), now).await?.into_iter();
    let items = lines.map(|line| Line::of(line, now, 1).map(ScheduleItem::from)).collect::<Result<_, _>>()?;
    Ok(Data::of_the_moment(ScheduleList { items }))
}

/// A line of the timetable, with its next ten times.
#[utoipa::path(
    get, operation_id = "get_schedule", path = "/api/v1/schedules/{name}", tag = "automation",
    params(("name" = String, Path, description = "Its name, or an alias", max_length = 200)),
    responses(
        (status = 200, description = "The line", body = Envelope<ScheduleItem>),
        (status = 404, description = "There is no such line", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> Result<Data<ScheduleItem>, ApiError> {
    let now = state.clock().now();
    let line = operate::schedule(state.store(), &name, now).await?;
    Ok(Data::of_the_moment(Line::of(line, now, SHOWN)?.into()))
}

/// What to change of a line; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SchedulePatch {
    /// Minute, hour, day, month and weekday, in UTC.
    #[schema(max_length = 200, example = "*/10 * * * *")]
    cron: Option<String>,
    /// The job or flow, for a line that is new.
    #[schema(max_length = 200)]
    job: Option<String>,
    /// Parameters of the job.
    #[schema(value_type = Option<Object>)]
    parameters: Option<Map<String, Value>>,
    /// Whether it counts.
    enabled: Option<bool>,
}

/// Changes, pauses or resumes a line, or adds one. It holds within a second.
#[utoipa::path(
    patch, operation_id = "change_schedule", path = "/api/v1/schedules/{name}", tag = "automation",
    params(("name" = String, Path, description = "Its name, or an alias; a new one adds a line", max_length = 200)),
    request_body = SchedulePatch, security(("bearer" = [])),
    responses(
        (status = 200, description = "The line, with its next ten times", body = Envelope<ScheduleItem>),
        (status = 400, description = "The body, or the times, cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such line, or no such job", body = Failure),
        (status = 409, description = "`other_job`: it does something else; `no_times`: it follows the fixture list", body = Failure),
    )
)]
pub(crate) async fn change(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<SchedulePatch>,
) -> Result<Data<ScheduleItem>, ApiError> {
    let now = state.clock().now();
    let SchedulePatch { cron, job, parameters, enabled } = body;
    let change = ScheduleChange { cron, job, parameters: parameters.map(Value::Object), enabled };
    let line = operate::set_schedule(&*state.operations()?.store, &name, &change, now).await?;
    note(&state, &caller, "change schedule", line.id.clone()).await;
    Ok(Data::of_the_moment(Line::of(line, now, SHOWN)?.into()))
}

/// How much was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Asked {
    /// What a run of a flow is known by; null for a single job.
    #[schema(required = true)]
    pub flow: Option<String>,
    /// Jobs that wait for a worker.
    pub jobs: u64,
}

/// Does what a line does, now.
#[utoipa::path(
    post, operation_id = "run_schedule", path = "/api/v1/schedules/{name}/run", tag = "automation",
    params(("name" = String, Path, description = "Its name, or an alias", max_length = 200)), security(("bearer" = [])),
    responses(
        (status = 200, description = "Jobs wait for a worker", body = Envelope<Asked>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such line", body = Failure),
        (status = 409, description = "`no_times`: it follows the fixture list", body = Failure),
    )
)]
pub(crate) async fn run(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(name): Path<String>,
) -> Result<Data<Asked>, ApiError> {
    let operations = state.operations()?;
    let now = state.clock().now();
    let (line, jobs) = operate::run_schedule(&*operations.store, &name, &operations.sources, now).await?;
    note(&state, &caller, "run schedule", line.id).await;
    Ok(Data::of_the_moment(Asked { flow: None, jobs }))
}

/// A flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowItem {
    /// Its name.
    #[schema(example = "daily_data_collection")]
    pub name: &'static str,
    /// Other names that operators know it by.
    pub aliases: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    /// Its steps, for the sources that are collected by themselves.
    pub steps: Vec<String>,
}

/// The flows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowList {
    /// By name.
    pub items: Vec<FlowItem>,
}

/// The flows: jobs that wait for each other.
#[utoipa::path(
    get, operation_id = "list_flows", path = "/api/v1/flows", tag = "automation",
    responses((status = 200, description = "Them", body = Envelope<FlowList>))
)]
pub(crate) async fn flows(State(state): State<ApiState>) -> Data<FlowList> {
    let now = state.clock().now();
    let sources = state.operations().map(|operations| operations.sources.clone()).unwrap_or_default();
    let items = FLOWS.iter().map(|flow| {
        let steps = flow.jobs("", now, &json!({}), &sources).into_iter().filter_map(|job| job.flow);
        FlowItem {
            name: flow.name,
            aliases: flow.aliases,
            about: flow.about,
            steps: steps.map(|place| place.step).collect(),
        }
    });
    Data::of_the_moment(FlowList { items: items.collect() })
}

/// A run of a flow.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FlowRun {
    /// What it is known by.
    #[schema(example = "daily_data_collection@2026-11-29T02:00:00Z")]
    pub flow: String,
    /// Its steps, in the order in which they were asked for.
    pub steps: Vec<TaskItem>,
}

/// A run of a flow, step by step.
#[utoipa::path(
    get, operation_id = "get_flow_run", path = "/api/v1/flows/{name}", tag = "automation",
    params(("name" = String, Path, description = "What the run is known by", max_length = 200)),
    responses(
        (status = 200, description = "The run", body = Envelope<FlowRun>),
        (status = 404, description = "There is no such run", body = Failure),
    )
)]
pub(crate) async fn flow_run(
    State(state): State<ApiState>,
    Path(name): Path<String>,
) -> Result<Data<FlowRun>, ApiError> {
    let filter = JobFilter { flow: Some(name.clone()), ..JobFilter::default() };
    let mut steps = state.store().jobs(&filter, STEPS).await?;
    if steps.is_empty() {
        return Err(ApiError::not_found("no_run", "no run of a flow is known by this; see /api/v1/tasks"));
    }
    steps.reverse();
    Ok(Data::of_the_moment(FlowRun { flow: name, steps: steps.into_iter().map(TaskItem::from).collect() }))
}

/// A flow to be started.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FlowRequest {
    /// The flow, by its name or an alias.
    #[schema(min_length = 1, max_length = 200, example = "quality_check_and_repair")]
    flow: String,
    /// Its parameters.
    #[serde(default)]
    #[schema(value_type = Object)]
    parameters: Map<String, Value>,
}

/// Starts a flow now.
#[utoipa::path(
    post, operation_id = "run_flow", path = "/api/v1/flows", tag = "automation", request_body = FlowRequest,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Its steps wait for a worker", body = Envelope<Asked>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such flow", body = Failure),
    )
)]
pub(crate) async fn run_flow(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<FlowRequest>,
) -> Result<Data<Asked>, ApiError> {
    let operations = state.operations()?;
    let parameters = Value::Object(body.parameters);
    let now = state.clock().now();
    let (run, jobs) =
        operate::run_flow(&*operations.store, &body.flow, &parameters, &operations.sources, now).await?;
    note(&state, &caller, "run flow", run.clone()).await;
    Ok(Data::of_the_moment(Asked { flow: Some(run), jobs }))
}
