//! Rows that rules hold back before they are stored: which, and what people decide about them. A decision is written here;
//! reading the documents of its rows again is a worker's.

use crate::auth::Caller;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, JsonBody, Params, invalid, limit, text};
use crate::routes::operations::note;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use touchline_domain::ports::HeldFilter;
use touchline_domain::{HeldRow, HeldState, JobId, NewRowDecision, RowDecision, RowVerdict};
use touchline_jobs::catalogue;
use utoipa::ToSchema;

/// The kind of job that reads the documents of decided rows again.
const JOB: &str = "held_rows";

/// Which held rows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HeldQuery {
    /// Only in this state: `held`, `released`, `refused`, `corrected` or `passed`.
    #[param(example = "held", pattern = "^(held|released|refused|corrected|passed)$")]
    state: Option<String>,
    /// Rows to list, the latest first: 1 to 200, 50 where none is given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// A decision about a row, and every other one that says the same.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RowDecisionItem {
    /// Its number; by it, it is taken back.
    pub id: i64,
    /// `release` or `refuse`.
    #[schema(example = "release")]
    pub verdict: &'static str,
    /// Why.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who took it back, or decided otherwise later.
    #[schema(required = true)]
    pub undone_by: Option<String>,
    /// When.
    #[schema(required = true)]
    pub undone_at: Option<DateTime<Utc>>,
}

impl From<RowDecision> for RowDecisionItem {
    fn from(decision: RowDecision) -> Self {
        let (undone_by, undone_at) = decision.undone.unzip();
        Self {
            id: decision.id,
            verdict: decision.verdict.name(),
            reason: decision.reason,
            by: decision.by,
            at: decision.at,
            undone_by,
            undone_at,
        }
    }
}

/// A row that a rule holds, or held, back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldItem {
    /// Its number.
    pub id: i64,
    /// The source of its document.
    #[schema(example = "football-data")]
    pub source: String,
    /// Its document.
    pub document: String,
    /// Its line, or the number of the record, from 1.
    pub line: u32,
    /// The rule.
    #[schema(example = "improbable_score")]
    pub rule: String,
    /// The version of the rule.
    pub rule_version: u32,
    /// What is wrong.
    pub reason: String,
    /// `held`, `released`, `refused`, `corrected`, or `passed` where no rule holds it any more.
    #[schema(example = "held")]
    pub state: &'static str,
    /// When it was held first.
    pub held_at: DateTime<Utc>,
    /// What was decided about it, the first decision first.
    pub decisions: Vec<RowDecisionItem>,
}

/// Held rows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldList {
    /// The latest first.
    pub items: Vec<HeldItem>,
}

/// Rows that rules hold back before they are stored, with what was decided about them.
#[utoipa::path(
    get, operation_id = "list_held_rows", path = "/api/v1/quality/held", tag = "quality", params(HeldQuery),
    responses(
        (status = 200, description = "Held rows", body = Envelope<HeldList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(query): Params<HeldQuery>,
) -> Result<Data<HeldList>, ApiError> {
    let most = limit(query.limit, 50, 1..=200)?;
    let of: Option<HeldState> = query.state.map(|name| name.parse().map_err(invalid)).transpose()?;
    let store = state.store();
    let rows = store.held_rows(&HeldFilter { state: of, ..HeldFilter::default() }, most).await?;
    let says: Vec<String> = rows.iter().map(|held| held.row.fingerprint.clone()).collect();
    let mut decisions: HashMap<String, Vec<RowDecision>> = HashMap::new();
    for decision in store.row_decisions(&says).await? {
        decisions.entry(decision.fingerprint.clone()).or_default().push(decision);
    }
    let item = |HeldRow { id, source, document_name, held_at, row, .. }: HeldRow| HeldItem {
        id,
        source,
        document: document_name,
        line: row.line,
        rule_version: row.rule_version,
        state: row.state.name(),
        held_at,
        decisions: decisions
            .get(&row.fingerprint)
            .into_iter()
            .flatten()
            .map(|decision| RowDecisionItem::from(decision.clone()))
            .collect(),
        rule: row.rule,
        reason: row.reason,
    };
    Ok(Data::of(HeldList { items: rows.into_iter().map(item).collect() }))
}

/// A decision about a held row.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verdict {
    /// `release`: the row is right, and is stored as it is. `refuse`: it is wrong, and never stored.
    #[schema(pattern = "^(release|refuse)$", example = "release")]
    verdict: String,
    /// Why, 1 to 1,000 characters.
    #[schema(
        min_length = 1,
        max_length = 1000,
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$",
        example = "seen on the club's page"
    )]
    reason: String,
}

/// What was decided, and who reads the documents again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Judged {
    /// The number of the decision.
    pub decision: i64,
    /// The job that reads the documents of its rows again; the row has its new state once it is done.
    #[schema(value_type = i64)]
    pub job: JobId,
}

/// Decides about a held row and every other one that says the same, in other editions of the file too. The documents are read again by a
/// worker. Each decision is kept, can be taken back, and is in the audit log.
#[utoipa::path(
    post, operation_id = "decide_held_row", path = "/api/v1/quality/held/{id}", tag = "quality",
    request_body = Verdict, params(("id" = i64, Path, description = "The row", minimum = 1)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is decided", body = Envelope<Judged>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such row", body = Failure),
    )
)]
pub(crate) async fn decide(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
    JsonBody(body): JsonBody<Verdict>,
) -> Result<Data<Judged>, ApiError> {
    let wrong = |message: String| ApiError::bad_request("invalid_body", message);
    let verdict: RowVerdict = body.verdict.parse().map_err(wrong)?;
    let reason = text("reason", Some(body.reason), 1000).ok().flatten().ok_or_else(|| {
        wrong("reason: write 1 to 1000 characters, none of them a control character".to_owned())
    })?;
    let store = &state.operations()?.store;
    let filter = HeldFilter { id: Some(id), ..HeldFilter::default() };
    let held = store.held_rows(&filter, 1).await?.pop().ok_or_else(|| {
        ApiError::not_found("no_held_row", "there is no such row; GET /api/v1/quality/held lists them")
    })?;
    let decision = NewRowDecision { fingerprint: held.row.fingerprint, verdict, reason, by: caller.actor() };
    let decision = store.decide_row(&decision, state.clock().now()).await?;
    let job = read_again(&state, format!("{JOB}:decision {decision}")).await?;
    note(&state, &caller, "decide held row", format!("row {id} {}", verdict.name())).await;
    Ok(Data::of_the_moment(Judged { decision, job }))
}

/// Takes a decision about held rows back: they are held again. What they had brought until then stays, as the word of their
/// document, until another one says something else.
#[utoipa::path(
    delete, operation_id = "take_back_decision", path = "/api/v1/quality/decisions/{id}", tag = "quality",
    params(("id" = i64, Path, description = "The decision", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "It is taken back", body = Envelope<Judged>),
        (status = 400, description = "The number cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an operator", body = Failure),
        (status = 404, description = "There is no such decision, or it is taken back already", body = Failure),
    )
)]
pub(crate) async fn take_back(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<Judged>, ApiError> {
    let store = &state.operations()?.store;
    store.undo_row_decision(id, &caller.actor(), state.clock().now()).await?.ok_or_else(|| {
        ApiError::not_found("no_decision", "there is no decision of this number that could be taken back")
    })?;
    let job = read_again(&state, format!("{JOB}:taken back {id}")).await?;
    note(&state, &caller, "take back decision", format!("decision {id}")).await;
    Ok(Data::of_the_moment(Judged { decision: id, job }))
}

/// The job that lets the rows of decided documents follow; where the server dies before, the next import does the same.
async fn read_again(state: &ApiState, key: String) -> Result<JobId, ApiError> {
    let (store, now) = (&state.operations()?.store, state.clock().now());
    let kind = catalogue::by_name(JOB).ok_or_else(ApiError::internal)?;
    store.enqueue(&[kind.job(key.clone(), now, json!({}))], now).await?;
    let found = store.jobs_of_keys(&[key]).await?.pop();
    found.map(|(_, id, _)| id).ok_or_else(ApiError::internal)
}

#[cfg(test)]
mod tests;
