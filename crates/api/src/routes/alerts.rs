//! Alerts: what is wrong, who was told of it, and who has taken it up.

use crate::auth::Caller;
use crate::cursor;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, JsonBody, Params, invalid, limit, text};
use crate::routes::operations::note;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{Alert, AlertFilter, AlertId, NewSilence, Notice, Severity, Silence};
use utoipa::ToSchema;

/// Longest silence.
const LONGEST_SILENCE: i64 = 366 * 24 * 60;

/// Which alerts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AlertQuery {
    /// `true` for those that last, `false` for those that are over.
    open: Option<bool>,
    /// Only of this severity: `low`, `medium`, `high` or `critical`.
    #[param(example = "critical", pattern = "^(low|medium|high|critical)$")]
    severity: Option<String>,
    /// Only of this part of the system.
    #[param(example = "backup", max_length = 100)]
    component: Option<String>,
    /// `next_cursor` of the page before.
    #[param(max_length = 100)]
    cursor: Option<String>,
    /// Most alerts, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Something that is or was wrong.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertItem {
    /// Its number.
    pub id: i64,
    /// What kind of trouble.
    #[schema(example = "BackupFailure")]
    pub name: String,
    /// The part of the system.
    #[schema(example = "backup")]
    pub component: String,
    /// What it is about; empty where the name says all.
    #[schema(example = "backup_full")]
    pub subject: String,
    /// `low`, `medium`, `high` or `critical`.
    #[schema(example = "critical")]
    pub severity: &'static str,
    /// One line.
    pub summary: String,
    /// What was found.
    pub details: String,
    /// What to do, step by step.
    pub advice: Vec<String>,
    /// When it was first seen.
    pub first_seen: DateTime<Utc>,
    /// When it was last seen.
    pub last_seen: DateTime<Utc>,
    /// When it was found to be over; null while it lasts.
    #[schema(required = true)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who has taken it up.
    #[schema(required = true)]
    pub acknowledged_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// How often people were told of it.
    pub told_times: u32,
    /// When they were told last.
    #[schema(required = true)]
    pub told_at: Option<DateTime<Utc>>,
}

impl From<Alert> for AlertItem {
    fn from(alert: Alert) -> Self {
        let what = alert.what;
        Self {
            id: alert.id.0,
            name: what.name,
            component: what.component,
            subject: what.subject,
            severity: what.severity.name(),
            summary: what.summary,
            details: what.details,
            advice: what.advice,
            first_seen: alert.first_seen,
            last_seen: alert.last_seen,
            resolved_at: alert.resolved_at,
            acknowledged_by: alert.acknowledged_by,
            acknowledged_at: alert.acknowledged_at,
            told_times: alert.told.as_ref().map_or(0, |told| told.times),
            told_at: alert.told.map(|told| told.at),
        }
    }
}

/// A page of alerts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertPage {
    /// The latest first.
    pub items: Vec<AlertItem>,
    /// Where the next page begins; null on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
}

/// Alerts, the latest first.
#[utoipa::path(
    get, operation_id = "list_alerts", path = "/api/v1/alerts", tag = "automation", params(AlertQuery),
    responses(
        (status = 200, description = "A page of alerts", body = Envelope<AlertPage>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<AlertQuery>,
) -> Result<Data<AlertPage>, ApiError> {
    let limit = limit(query.limit, 50, 1..=200)?;
    let severity: Option<Severity> = query
        .severity
        .map(|name| name.parse())
        .transpose()
        .map_err(|error: String| invalid(format!("severity: {error}")))?;
    let filter = AlertFilter {
        open: query.open,
        severity,
        component: text("component", query.component, 100)?,
        before: query.cursor.as_deref().map(cursor::to_row).transpose()?.map(AlertId),
    };
    let alerts = state.store().alerts(&filter, limit).await?;
    let is_full = alerts.len() == limit as usize;
    let next_cursor = alerts.last().filter(|_| is_full).map(|alert| cursor::of_row(alert.id.0));
    Ok(Data::of_the_moment(AlertPage {
        items: alerts.into_iter().map(AlertItem::from).collect(),
        next_cursor,
    }))
}

/// A message about an alert.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NoticeItem {
    /// By which channel.
    #[schema(example = "mail")]
    pub channel: String,
    /// `firing`, `reminder` or `resolved`.
    #[schema(example = "firing")]
    pub kind: &'static str,
    /// When it was decided.
    pub queued_at: DateTime<Utc>,
    /// When it was handed over.
    #[schema(required = true)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// Times that sending failed.
    pub failures: u32,
    /// What went wrong last.
    #[schema(required = true)]
    pub fault: Option<String>,
}

impl From<Notice> for NoticeItem {
    fn from(notice: Notice) -> Self {
        let Notice { channel, kind, queued_at, delivered_at, failures, fault, .. } = notice;
        Self { channel, kind: kind.name(), queued_at, delivered_at, failures, fault }
    }
}

/// An alert and who was told of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AlertDetails {
    /// The alert.
    pub alert: AlertItem,
    /// Messages about it, the earliest first.
    pub notices: Vec<NoticeItem>,
}

fn unknown() -> ApiError {
    ApiError::not_found("no_alert", "no alert has this number; see /api/v1/alerts")
}

/// An alert, and who was told of it.
#[utoipa::path(
    get, operation_id = "get_alert", path = "/api/v1/alerts/{id}", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)),
    responses(
        (status = 200, description = "The alert", body = Envelope<AlertDetails>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 404, description = "There is no such alert", body = Failure),
    )
)]
pub(crate) async fn one(State(state): State<ApiState>, Id(id): Id) -> Result<Data<AlertDetails>, ApiError> {
    let alert = state.store().alert(AlertId(id)).await?.ok_or_else(unknown)?;
    let notices = state.store().notices_of(alert.id).await?.into_iter().map(NoticeItem::from).collect();
    Ok(Data::of_the_moment(AlertDetails { alert: alert.into(), notices }))
}

/// Takes an alert up: nobody is reminded of it any more.
#[utoipa::path(
    post, operation_id = "acknowledge_alert", path = "/api/v1/alerts/{id}/acknowledge", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "The alert", body = Envelope<AlertItem>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such alert", body = Failure),
        (status = 409, description = "`is_over`: there is nothing to take up", body = Failure),
    )
)]
pub(crate) async fn acknowledge(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<AlertItem>, ApiError> {
    let store = &*state.operations()?.store;
    let is_open = store.acknowledge_alert(AlertId(id), &caller.actor(), state.clock().now()).await?;
    let alert = store.alert(AlertId(id)).await?.ok_or_else(unknown)?;
    if !is_open {
        return Err(ApiError::conflict("is_over", "this alert is over: there is nothing to take up"));
    }
    note(&state, &caller, "acknowledge alert", format!("{id} {}", alert.what.name)).await;
    Ok(Data::of_the_moment(alert.into()))
}

/// A silence: nobody is told of some alerts for a while.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SilenceItem {
    /// Its number.
    pub id: i64,
    /// Alerts of this name; null for any.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Alerts of this part of the system; null for any.
    #[schema(required = true)]
    pub component: Option<String>,
    /// Alerts about this; null for anything.
    #[schema(required = true)]
    pub subject: Option<String>,
    /// Why.
    pub reason: String,
    /// Who said so.
    pub created_by: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub until: DateTime<Utc>,
}

impl From<Silence> for SilenceItem {
    fn from(Silence { id, what, created_at }: Silence) -> Self {
        let NewSilence { name, component, subject, reason, created_by, until } = what;
        Self { id, name, component, subject, reason, created_by, created_at, until }
    }
}

/// The silences that hold.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SilenceList {
    /// The latest first.
    pub items: Vec<SilenceItem>,
}

/// The silences that hold.
#[utoipa::path(
    get, operation_id = "list_silences", path = "/api/v1/alerts/silences", tag = "automation",
    responses((status = 200, description = "Them", body = Envelope<SilenceList>))
)]
pub(crate) async fn silences(State(state): State<ApiState>) -> Result<Data<SilenceList>, ApiError> {
    let items =
        state.store().silences(state.clock().now()).await?.into_iter().map(SilenceItem::from).collect();
    Ok(Data::of_the_moment(SilenceList { items }))
}

/// Alerts to be silent about; at least one of name, component and subject.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SilenceRequest {
    /// Alerts of this name.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "BackupFailure"
    )]
    name: Option<String>,
    /// Alerts of this part of the system.
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    component: Option<String>,
    /// Alerts about this.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    )]
    subject: Option<String>,
    /// For how many minutes.
    #[schema(minimum = 1, maximum = 527_040, example = 120)]
    minutes: i64,
    /// Why.
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "the backup disk is being changed"
    )]
    reason: String,
}

/// Tells nobody of some alerts for a while; they stand in the list all the same.
#[utoipa::path(
    post, operation_id = "add_silence", path = "/api/v1/alerts/silences", tag = "automation",
    request_body = SilenceRequest, security(("bearer" = [])),
    responses(
        (status = 200, description = "The silence", body = Envelope<SilenceItem>),
        (status = 400, description = "The body cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
    )
)]
pub(crate) async fn add_silence(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<SilenceRequest>,
) -> Result<Data<SilenceItem>, ApiError> {
    let SilenceRequest { name, component, subject, minutes, reason } = body;
    if !(1..=LONGEST_SILENCE).contains(&minutes) {
        return Err(ApiError::bad_request(
            "invalid_body",
            format!("minutes: 1 to {LONGEST_SILENCE} are wanted"),
        ));
    }
    let now = state.clock().now();
    let wanted = |error: ApiError| ApiError::bad_request("invalid_body", error.message());
    let silence = NewSilence {
        name: text("name", name, 100).map_err(wanted)?,
        component: text("component", component, 100).map_err(wanted)?,
        subject: text("subject", subject, 200).map_err(wanted)?,
        reason: text("reason", Some(reason), 500).map_err(wanted)?.unwrap_or_default(),
        created_by: caller.actor(),
        until: now + Duration::minutes(minutes),
    };
    if [&silence.name, &silence.component, &silence.subject].into_iter().all(Option::is_none) {
        let message = "name an alert, a component or a subject: a silence of everything is refused";
        return Err(ApiError::bad_request("invalid_body", message));
    }
    let store = &*state.operations()?.store;
    let id = store.add_silence(&silence, now).await?;
    note(&state, &caller, "silence alerts", id.to_string()).await;
    Ok(Data::of_the_moment(Silence { id, what: silence, created_at: now }.into()))
}

/// Ends a silence.
#[utoipa::path(
    delete, operation_id = "end_silence", path = "/api/v1/alerts/silences/{id}", tag = "automation",
    params(("id" = i64, Path, description = "Its number", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "It has ended", body = Envelope<crate::routes::accounts::Done>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No such silence holds", body = Failure),
    )
)]
pub(crate) async fn end_silence(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<crate::routes::accounts::Done>, ApiError> {
    if !state.operations()?.store.end_silence(id, state.clock().now()).await? {
        return Err(ApiError::not_found(
            "no_silence",
            "no silence that holds has this number; see /api/v1/alerts/silences",
        ));
    }
    note(&state, &caller, "end silence", id.to_string()).await;
    Ok(Data::of_the_moment(crate::routes::accounts::Done { done: true }))
}
