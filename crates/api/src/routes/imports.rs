//! Documents that come in: an upload in parts, then a job that reads and stores it as `touchline ingest` does.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{JsonBody, Params};
use crate::imports::{IMPORT_JOB, ImportOrder, ImportReport};
use crate::routes::accounts::Done;
use crate::routes::batch::own;
use crate::routes::operations::note;
use crate::state::{ApiState, Operations};
use crate::tickets::TICKET;
use crate::uploads::{Upload, UploadError, Uploads};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::json;
use touchline_domain::ports::Store;
use touchline_domain::{JobStatus, NewTicket, Season, Ticket, TicketKind, TicketStatus};
use touchline_jobs::catalogue;
use utoipa::ToSchema;

/// Longest name of a document, and longest map.
const LONGEST_NAME: usize = 200;
const LONGEST_MAP: usize = 64 << 10;
/// Imports that are listed.
const LISTED: u32 = 100;

/// A document to bring in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportRequest {
    /// Who reads it: `football-data`, `challenge`, `openfootball`, `api-football`, `football-data-org`, `odds-import`,
    /// `understat`, `fbref`, or `table` (CSV, TSV, xlsx, Parquet, or a zip of them) by a map of its columns.
    #[schema(min_length = 1, max_length = 50, example = "football-data")]
    source: String,
    /// Its file name, with its parent folder where that names the season.
    #[schema(min_length = 1, max_length = 200, example = "2223/E0.csv")]
    name: String,
    /// Its bytes.
    #[schema(minimum = 1, example = 181_442)]
    size: u64,
    /// BLAKE3 of them, lower-case hex: what arrives is compared with it.
    #[schema(pattern = "^[0-9a-f]{64}$", example = json!(null))]
    hash: Option<String>,
    /// The code of its league, where it does not tell it.
    #[schema(max_length = 100, example = json!(null))]
    league: Option<String>,
    /// Its season, where it does not tell it, such as `2022-23`.
    #[schema(max_length = 20, example = json!(null))]
    season: Option<String>,
    /// Of a `table`: the name of a preset, or a map as TOML (docs/data-sources/maps.md); without one, the preset that its
    /// headings fit.
    #[schema(max_length = 65_536, example = json!(null))]
    map: Option<String>,
}

/// An import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportItem {
    /// Its name.
    pub id: String,
    /// `uploading`, `waiting` (for a worker), `running`, `done` or `failed`.
    #[schema(example = "uploading")]
    pub state: &'static str,
    /// Who reads it.
    pub source: String,
    /// Its file name.
    pub name: String,
    /// Its bytes.
    pub size: u64,
    /// How many of them have arrived: the next part begins here.
    pub offset: u64,
    /// When it was announced, or once it is whole, when that was.
    pub created_at: DateTime<Utc>,
    /// When its job ended.
    #[schema(required = true)]
    pub ended_at: Option<DateTime<Utc>>,
    /// Until when it is kept.
    pub expires_at: DateTime<Utc>,
    /// Why it failed.
    #[schema(required = true)]
    pub message: Option<String>,
    /// What it did; null until that is known.
    #[schema(required = true)]
    pub report: Option<ImportReport>,
}

impl ImportItem {
    fn uploading((upload, offset): (Upload, u64)) -> Self {
        Self {
            id: upload.id,
            state: "uploading",
            source: upload.order.source,
            name: upload.order.name,
            size: upload.size,
            offset,
            created_at: upload.created_at,
            ended_at: None,
            expires_at: upload.expires_at,
            message: None,
            report: None,
        }
    }

    fn of_ticket(ticket: Ticket, report: Option<ImportReport>) -> Self {
        let text = |name: &str| ticket.details[name].as_str().unwrap_or_default().to_owned();
        let size = ticket.details["size"].as_u64().unwrap_or_default();
        let state = match ticket.status {
            TicketStatus::Open => "waiting",
            TicketStatus::Done => "done",
            TicketStatus::Failed => "failed",
        };
        Self {
            state,
            source: text("source"),
            name: text("name"),
            size,
            offset: size,
            created_at: ticket.created_at,
            ended_at: ticket.ended_at,
            expires_at: ticket.expires_at,
            message: ticket.message,
            report,
            id: ticket.id,
        }
    }
}

/// One's own imports.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportList {
    /// Those that are uploaded first, then the latest.
    pub items: Vec<ImportItem>,
}

impl From<UploadError> for ApiError {
    fn from(error: UploadError) -> Self {
        let message = error.to_string();
        match error {
            UploadError::Unknown => Self::not_found("no_import", message),
            UploadError::Offset(arrived) => Self::conflict("wrong_offset", message).with("offset", arrived),
            UploadError::Incomplete(arrived) => Self::conflict("incomplete", message).with("offset", arrived),
            UploadError::TooMuch => Self::conflict("too_much", message),
            UploadError::Hash => Self::conflict("wrong_hash", message),
            UploadError::Busy => Self::conflict("under_way", message),
            UploadError::Disk(error) => {
                tracing::error!(%error, "an upload cannot be kept");
                Self::unavailable("disk", "uploads cannot be kept at present; try again later")
            }
        }
    }
}

/// Work on the disk, beside the executor.
async fn on_disk<T: Send + 'static>(
    state: &ApiState,
    work: impl FnOnce(&Uploads) -> Result<T, UploadError> + Send + 'static,
) -> Result<T, ApiError> {
    let uploads = state.uploads()?.clone();
    let done = tokio::task::spawn_blocking(move || work(&uploads)).await;
    Ok(done.map_err(|_| ApiError::internal())??)
}

/// Announces a document. Its bytes follow in parts; what it does not announce rightly is refused when they are all there.
#[utoipa::path(
    post, operation_id = "begin_import", path = "/api/v1/imports", tag = "data", request_body = ImportRequest,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The upload; its parts go to its `content`", body = Envelope<ImportItem>),
        (status = 400, description = "The body cannot be read; `invalid_import`: nobody reads such a document", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 413, description = "`import_too_large`: larger than a document may be here", body = Failure),
        (status = 429, description = "`too_many_imports`: as many are under way as an account may have", body = Failure),
    )
)]
pub(crate) async fn begin(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<ImportRequest>,
) -> Result<Response, ApiError> {
    let Operations { imports, tickets, .. } = state.operations()?;
    let (size, hash) = (body.size, body.hash.clone());
    let order = ordered(body)?;
    (imports.check)(&order).map_err(wrong)?;
    if size == 0 || hash.as_ref().is_some_and(|hash| !is_hash(hash)) {
        return Err(wrong("size is at least 1, and hash 64 hexadecimal digits in lower case".to_owned()));
    }
    if size > imports.most_bytes {
        let message =
            format!("a document has at most {} bytes here (imports.most_mib); split it", imports.most_bytes);
        return Err(ApiError::too_large("import_too_large", message));
    }
    let now = state.clock().now();
    let id = state.accounts().ok_or_else(ApiError::internal)?.unguessable();
    let upload = Upload {
        id,
        user_id: caller.user.id,
        order,
        size,
        hash,
        created_at: now,
        expires_at: now + tickets.keep,
    };
    let (begun, most) = (upload.clone(), imports.most_uploads);
    let has_place = on_disk(&state, move |uploads| {
        uploads.prune(now)?;
        let own = uploads.all()?.into_iter().filter(|(held, _)| held.user_id == begun.user_id).count();
        if own >= most {
            return Ok(false);
        }
        uploads.begin(&begun).map(|()| true)
    });
    if !has_place.await? {
        let message = format!("{most} uploads of this account are under way already; finish or cancel one");
        return Err(ApiError::too_many("too_many_imports", message, 60));
    }
    note(&state, &caller, "begin import", format!("{} {}", upload.order.source, upload.order.name)).await;
    let mut response = Data::of_the_moment(ImportItem::uploading((upload, 0))).into_response();
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

fn wrong(message: String) -> ApiError {
    ApiError::bad_request("invalid_import", message)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

fn ordered(body: ImportRequest) -> Result<ImportOrder, ApiError> {
    let is_name = |name: &str| {
        let parts = name.split('/');
        // It names no place outside of where it is put.
        name.len() <= LONGEST_NAME
            && !name.chars().any(char::is_control)
            && parts.into_iter().all(|part| !matches!(part, "" | "." | ".."))
    };
    if !is_name(&body.name) {
        return Err(wrong("name: 1 to 200 characters are wanted, such as 2223/E0.csv".to_owned()));
    }
    if body.map.as_ref().is_some_and(|map| map.len() > LONGEST_MAP) {
        return Err(wrong(format!("map: at most {LONGEST_MAP} bytes are wanted")));
    }
    let season = body.season.map(|season| season.parse::<Season>()).transpose();
    let season = season.map_err(|error| wrong(format!("season: {error}")))?;
    let league = crate::extract::text("league", body.league, 100)?;
    Ok(ImportOrder { source: body.source, name: body.name, league, season, map: body.map })
}

/// An upload of an account.
async fn upload_of(state: &ApiState, user_id: i64, id: &str) -> Result<Option<(Upload, u64)>, ApiError> {
    let is_name = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !is_name {
        return Ok(None);
    }
    let id = id.to_owned();
    let held = on_disk(state, move |uploads| uploads.get(&id)).await?;
    Ok(held.filter(|(upload, _)| upload.user_id == user_id))
}

fn unknown() -> ApiError {
    ApiError::not_found("no_import", "no import of this account has this name, or it has expired")
}

/// One's own imports: those that are uploaded to this server, and those that are read or were.
#[utoipa::path(
    get, operation_id = "list_imports", path = "/api/v1/imports", tag = "data", security(("bearer" = [])),
    responses(
        (status = 200, description = "Them", body = Envelope<ImportList>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Caller(caller): Caller,
) -> Result<Data<ImportList>, ApiError> {
    let user_id = caller.user.id;
    let now = state.clock().now();
    let mut uploads = on_disk(&state, Uploads::all).await?;
    uploads.retain(|(upload, _)| upload.user_id == user_id && upload.expires_at > now);
    uploads.sort_by_key(|(upload, _)| std::cmp::Reverse(upload.created_at));
    let tickets = state.operations()?.store.tickets_of(user_id, TicketKind::Import, LISTED).await?;
    let tickets: Vec<Ticket> = tickets.into_iter().filter(|ticket| ticket.expires_at > now).collect();
    // One that has just become a ticket may still lie in the folder.
    uploads.retain(|(upload, _)| tickets.iter().all(|ticket| ticket.id != upload.id));
    let items = uploads.into_iter().map(ImportItem::uploading);
    let items = items.chain(tickets.into_iter().map(|ticket| ImportItem::of_ticket(ticket, None)));
    Ok(Data::of_the_moment(ImportList { items: items.collect() }))
}

/// An import of one's own, with what it did once that is known.
#[utoipa::path(
    get, operation_id = "get_import", path = "/api/v1/imports/{id}", tag = "data",
    params(("id" = String, Path, description = "Its name", max_length = 64)), security(("bearer" = [])),
    responses(
        (status = 200, description = "It; while it is uploaded, `offset` says where the next part begins", body = Envelope<ImportItem>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No import of this account has the name, or it has expired", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Data<ImportItem>, ApiError> {
    let store = &*state.operations()?.store;
    // Where it has become a ticket, that counts.
    if let Some(ticket) = own(&state, caller.user.id, TicketKind::Import, &id).await? {
        return Ok(Data::of_the_moment(with_report(store, ticket).await?));
    }
    let held = upload_of(&state, caller.user.id, &id).await?;
    held.map(|held| Data::of_the_moment(ImportItem::uploading(held))).ok_or_else(unknown)
}

async fn with_report(store: &dyn Store, ticket: Ticket) -> Result<ImportItem, ApiError> {
    let id = ticket.id.clone();
    let report = store.ticket_answer(&id).await?;
    let report = report.map(|report| serde_json::from_slice(&report)).transpose();
    let report = report.map_err(|_| ApiError::internal())?;
    let is_open = ticket.status == TicketStatus::Open;
    let mut item = ImportItem::of_ticket(ticket, report);
    if is_open {
        let jobs = store.jobs_of_keys(&[key_of(&id)]).await?;
        match jobs.first().map(|(.., status)| *status) {
            Some(JobStatus::Running) => item.state = "running",
            Some(status) if status.has_ended() => {
                item.state = "failed";
                item.message = Some(format!("its job was ended before it was done: it is {status}"));
            }
            _ => {}
        }
    }
    Ok(item)
}

fn key_of(id: &str) -> String {
    format!("{IMPORT_JOB}:{id}")
}

/// Where a part begins.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PartQuery {
    /// The bytes that have arrived before it.
    #[param(example = 0)]
    offset: u64,
}

/// A part of a document, of at most 1 MiB: it begins where the last one ended. What arrived of a part that broke off is kept.
#[utoipa::path(
    put, operation_id = "upload_import", path = "/api/v1/imports/{id}/content", tag = "data",
    params(("id" = String, Path, description = "Its name", max_length = 64), PartQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The bytes"),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "`offset` says where the next part begins", body = Envelope<ImportItem>),
        (status = 400, description = "The offset cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No upload of this account has the name", body = Failure),
        (status = 409, description = "`wrong_offset`: the details say where it goes on; `too_much`: it was announced smaller; `under_way`: another part is being written", body = Failure),
    )
)]
pub(crate) async fn content(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
    Params(query): Params<PartQuery>,
    body: Body,
) -> Result<Data<ImportItem>, ApiError> {
    let (upload, arrived) = upload_of(&state, caller.user.id, &id).await?.ok_or_else(unknown)?;
    if query.offset != arrived {
        return Err(UploadError::Offset(arrived).into());
    }
    let (mut part, mut broken) = (Vec::new(), None);
    let mut parts = body.into_data_stream();
    while let Some(bytes) = parts.next().await {
        match bytes {
            Ok(bytes) => part.extend_from_slice(&bytes),
            // Larger than a body may be, or it came to no end.
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    let offset = on_disk(&state, move |uploads| uploads.append(&id, query.offset, &part)).await?;
    if broken.is_some() {
        return Err(ApiError::broken_body().with("offset", offset));
    }
    Ok(Data::of_the_moment(ImportItem::uploading((upload, offset))))
}

/// Hands a document that is all there to a worker. Asking again answers the same.
#[utoipa::path(
    post, operation_id = "finish_import", path = "/api/v1/imports/{id}/finish", tag = "data",
    params(("id" = String, Path, description = "Its name", max_length = 64)), security(("bearer" = [])),
    responses(
        (status = 202, description = "It waits for a worker", body = Envelope<ImportItem>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No import of this account has the name", body = Failure),
        (status = 409, description = "`incomplete`: the details say where it goes on; `wrong_hash`: it is not what was announced; `under_way`: a part is being written", body = Failure),
        (status = 429, description = "`too_many_imports`: as many wait as an account may have", body = Failure),
    )
)]
pub(crate) async fn finish(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let Operations { store, tickets, .. } = state.operations()?;
    if let Some(ticket) = own(&state, caller.user.id, TicketKind::Import, &id).await? {
        return Ok(accepted(with_report(&**store, ticket).await?));
    }
    upload_of(&state, caller.user.id, &id).await?.ok_or_else(unknown)?;
    let finished = id.clone();
    let (upload, body) = on_disk(&state, move |uploads| uploads.finish(&finished)).await?;
    let now = state.clock().now();
    let Upload { order, size, .. } = upload;
    let mut details = serde_json::to_value(&order).map_err(|_| ApiError::internal())?;
    details["size"] = size.into();
    let kind = catalogue::by_name(IMPORT_JOB).ok_or_else(ApiError::internal)?;
    let job = kind.job(key_of(&id), now, json!({ TICKET: id }));
    let ticket = NewTicket {
        id: id.clone(),
        kind: TicketKind::Import,
        user_id: caller.user.id,
        details,
        body,
        callback: None,
        expires_at: now + tickets.keep,
    };
    if !store.open_ticket(&ticket, tickets.most_open, &job, now).await? {
        let message =
            format!("{} imports of this account wait already; wait until one has ended", tickets.most_open);
        return Err(ApiError::too_many("too_many_imports", message, 60));
    }
    note(&state, &caller, "import", format!("{} {}", order.source, order.name)).await;
    // The ticket has it now. What cannot be removed goes when it expires.
    let removed = id.clone();
    if let Err(error) = on_disk(&state, move |uploads| uploads.remove(&removed)).await {
        tracing::warn!(message = error.message(), "an upload that is done was not removed");
    }
    let held = store.ticket(&id).await?.ok_or_else(ApiError::internal)?;
    Ok(accepted(ImportItem::of_ticket(held, None)))
}

fn accepted(item: ImportItem) -> Response {
    let mut response = Data::of_the_moment(item).into_response();
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

/// Forgets an upload. What a worker has is called off as a job: `POST /api/v1/tasks/{id}/cancel`.
#[utoipa::path(
    delete, operation_id = "cancel_import", path = "/api/v1/imports/{id}", tag = "data",
    params(("id" = String, Path, description = "Its name", max_length = 64)), security(("bearer" = [])),
    responses(
        (status = 200, description = "It is gone", body = Envelope<Done>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "No upload of this account has the name", body = Failure),
        (status = 409, description = "`under_way`: a part is being written", body = Failure),
    )
)]
pub(crate) async fn cancel(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(id): Path<String>,
) -> Result<Data<Done>, ApiError> {
    upload_of(&state, caller.user.id, &id).await?.ok_or_else(unknown)?;
    on_disk(&state, move |uploads| uploads.remove(&id)).await?;
    Ok(Data::of_the_moment(Done { done: true }))
}

#[cfg(test)]
mod tests;
