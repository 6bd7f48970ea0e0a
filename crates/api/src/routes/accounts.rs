//! Logging in and out, one's own account, and what administrators do with accounts, keys and the audit log.

use crate::auth::{Address, Caller};
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, JsonBody, Params, invalid, limit};
use crate::state::ApiState;
use axum::extract::{Path, State};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_accounts::{Accounts, TokenPair};
use touchline_domain::{AccessRole, ApiKey, AuditRecord, Permission, User};
use utoipa::ToSchema;

/// The accounts; requests without any are answered before they come here.
fn accounts(state: &ApiState) -> Result<&Accounts, ApiError> {
    state.accounts().ok_or_else(ApiError::internal)
}

/// A name and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    /// Letters a-z, digits, or . _ @ -; case does not matter.
    #[schema(min_length = 1, max_length = 64, example = "ann")]
    name: String,
    /// At least 12 characters.
    #[schema(min_length = 1, max_length = 1024, example = "correct horse battery")]
    password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshRequest {
    /// The one that the last login or refresh gave.
    refresh_token: String,
}

/// What an account is allowed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleName {
    /// Reads.
    Viewer,
    /// Reads, and the audit log too.
    Analyst,
    /// Also seals forecasts, promotes models and decides about findings.
    Operator,
    /// Everything.
    Admin,
}

impl From<AccessRole> for RoleName {
    fn from(role: AccessRole) -> Self {
        match role {
            AccessRole::Viewer => Self::Viewer,
            AccessRole::Analyst => Self::Analyst,
            AccessRole::Operator => Self::Operator,
            AccessRole::Admin => Self::Admin,
        }
    }
}

impl From<RoleName> for AccessRole {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Viewer => Self::Viewer,
            RoleName::Analyst => Self::Analyst,
            RoleName::Operator => Self::Operator,
            RoleName::Admin => Self::Admin,
        }
    }
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserItem {
    /// The name to log in with.
    pub name: String,
    /// What it is allowed.
    pub role: RoleName,
    /// Whether it is refused.
    pub disabled: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it logged in last.
    #[schema(required = true)]
    pub last_login_at: Option<DateTime<Utc>>,
}

impl From<User> for UserItem {
    fn from(user: User) -> Self {
        Self {
            name: user.name,
            role: user.role.into(),
            disabled: user.is_disabled,
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

/// Tokens of a login.
#[derive(Serialize, ToSchema)]
pub(crate) struct TokenItem {
    /// For the header `Authorization: Bearer`.
    pub access_token: String,
    /// Gives a new pair, once.
    pub refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: i64,
    /// The account.
    pub user: UserItem,
}

impl From<TokenPair> for TokenItem {
    fn from(pair: TokenPair) -> Self {
        Self {
            access_token: pair.access,
            refresh_token: pair.refresh,
            token_type: "Bearer",
            expires_in: pair.expires_in,
            user: pair.user.into(),
        }
    }
}

/// Makes an account with the role viewer, where registration is open (`auth.registration`).
#[utoipa::path(
    post, operation_id = "register", path = "/api/v1/auth/register", tag = "accounts", request_body = Credentials,
    responses(
        (status = 200, description = "The account", body = Envelope<UserItem>),
        (status = 400, description = "Name or password cannot be used", body = Failure),
        (status = 403, description = "Registration is closed", body = Failure),
        (status = 409, description = "The name is taken", body = Failure),
        (status = 429, description = "Too many requests", body = Failure),
    )
)]
pub(crate) async fn register(
    State(state): State<ApiState>,
    Address(address): Address,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Data<UserItem>, ApiError> {
    let user = accounts(&state)?.register(&body.name, &body.password, &address).await?;
    Ok(Data::of_the_moment(user.into()))
}

/// Logs in.
#[utoipa::path(
    post, operation_id = "login", path = "/api/v1/auth/login", tag = "accounts", request_body = Credentials,
    responses(
        (status = 200, description = "Tokens", body = Envelope<TokenItem>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "Name or password is wrong", body = Failure),
        (status = 429, description = "Too many logins have failed", body = Failure),
    )
)]
pub(crate) async fn login(
    State(state): State<ApiState>,
    Address(address): Address,
    JsonBody(body): JsonBody<Credentials>,
) -> Result<Data<TokenItem>, ApiError> {
    let pair = accounts(&state)?.login(&body.name, &body.password, &address).await?;
    Ok(Data::of_the_moment(pair.into()))
}

/// A new pair of tokens for a refresh token, which is used up by that; used twice, it ends its session.
#[utoipa::path(
    post, operation_id = "refresh", path = "/api/v1/auth/refresh", tag = "accounts", request_body = RefreshRequest,
    responses(
        (status = 200, description = "Tokens", body = Envelope<TokenItem>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "The token does not count, or was used before", body = Failure),
        (status = 429, description = "Too many requests", body = Failure),
    )
)]
pub(crate) async fn refresh(
    State(state): State<ApiState>,
    JsonBody(body): JsonBody<RefreshRequest>,
) -> Result<Data<TokenItem>, ApiError> {
    Ok(Data::of_the_moment(accounts(&state)?.refresh(&body.refresh_token).await?.into()))
}

/// That something was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Done {
    /// Always true.
    #[schema(example = true)]
    pub done: bool,
}

/// Ends the session: neither of its tokens counts any longer.
#[utoipa::path(
    post, operation_id = "logout", path = "/api/v1/auth/logout", tag = "accounts",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Envelope<Done>),
        (status = 401, description = "No account", body = Failure),
    )
)]
pub(crate) async fn logout(
    State(state): State<ApiState>,
    Caller(caller): Caller,
) -> Result<Data<Done>, ApiError> {
    accounts(&state)?.logout(&caller).await?;
    Ok(Data::of_the_moment(Done { done: true }))
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// The account.
    pub user: UserItem,
    /// What this login or key may do.
    #[schema(example = json!(["read"]))]
    pub permissions: Vec<&'static str>,
}

/// The account behind the token or key.
#[utoipa::path(
    get, operation_id = "get_me", path = "/api/v1/me", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = Envelope<Me>),
        (status = 401, description = "No account", body = Failure),
    )
)]
pub(crate) async fn me(Caller(caller): Caller) -> Data<Me> {
    let permissions = caller.permissions.iter().map(|permission| permission.name()).collect();
    Data::of_the_moment(Me { user: caller.user.into(), permissions })
}

/// All accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UserList {
    /// By name.
    pub items: Vec<UserItem>,
}

/// All accounts.
#[utoipa::path(
    get, operation_id = "list_users", path = "/api/v1/admin/users", tag = "administration", security(("bearer" = [])),
    responses(
        (status = 200, description = "Them", body = Envelope<UserList>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
    )
)]
pub(crate) async fn users(State(state): State<ApiState>) -> Result<Data<UserList>, ApiError> {
    let items = accounts(&state)?.users().await?.into_iter().map(UserItem::from).collect();
    Ok(Data::of_the_moment(UserList { items }))
}

/// An account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// Letters a-z, digits, or . _ @ -.
    #[schema(min_length = 1, max_length = 64, example = "ben")]
    name: String,
    /// At least 12 characters.
    #[schema(min_length = 12, max_length = 1024, example = "correct horse battery")]
    password: String,
    /// What it is allowed.
    role: RoleName,
}

/// Makes an account.
#[utoipa::path(
    post, operation_id = "add_user", path = "/api/v1/admin/users", tag = "administration", request_body = NewUser,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same request under the same key is done once", max_length = 255, pattern = "^[!-~]+$")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = Envelope<UserItem>),
        (status = 422, description = "`key_reused`: another request came under this key", body = Failure),
        (status = 400, description = "Name or password cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
        (status = 409, description = "The name is taken", body = Failure),
    )
)]
pub(crate) async fn add_user(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<NewUser>,
) -> Result<Data<UserItem>, ApiError> {
    let accounts = accounts(&state)?;
    let user = accounts.add_user(&caller.actor(), &body.name, &body.password, body.role.into()).await?;
    Ok(Data::of_the_moment(user.into()))
}

/// What to change of an account; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    /// Its role.
    role: Option<RoleName>,
    /// Whether it is refused.
    disabled: Option<bool>,
}

/// Changes role or state of an account.
#[utoipa::path(
    patch, operation_id = "change_user", path = "/api/v1/admin/users/{name}", tag = "administration",
    params(("name" = String, Path, description = "Its name", max_length = 64)), request_body = UserPatch,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The account", body = Envelope<UserItem>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
        (status = 404, description = "`no_account`: no account has this name; GET /api/v1/admin/users lists them", body = Failure),
        (status = 409, description = "It is the last administrator", body = Failure),
    )
)]
pub(crate) async fn change_user(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<UserPatch>,
) -> Result<Data<UserItem>, ApiError> {
    let role = body.role.map(AccessRole::from);
    let user = accounts(&state)?.change_user(&caller.actor(), &name, role, body.disabled).await?;
    Ok(Data::of_the_moment(user.into()))
}

/// A key of a program.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyItem {
    /// Its identifier.
    pub id: i64,
    /// What it is for.
    pub name: String,
    /// What it may do, as far as its account may.
    #[schema(example = json!(["read", "seal"]))]
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Until when it counts; null for ever.
    #[schema(required = true)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[schema(required = true)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was used last, to the minute.
    #[schema(required = true)]
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<ApiKey> for KeyItem {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            scopes: key.scopes.iter().map(|scope| scope.name()).collect(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            last_used_at: key.last_used_at,
        }
    }
}

/// All keys.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyList {
    /// By identifier.
    pub items: Vec<KeyItem>,
}

/// All keys, those that were revoked too.
#[utoipa::path(
    get, operation_id = "list_keys", path = "/api/v1/admin/keys", tag = "administration", security(("bearer" = [])),
    responses(
        (status = 200, description = "Them", body = Envelope<KeyList>),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
    )
)]
pub(crate) async fn keys(State(state): State<ApiState>) -> Result<Data<KeyList>, ApiError> {
    let items = accounts(&state)?.keys().await?.into_iter().map(KeyItem::from).collect();
    Ok(Data::of_the_moment(KeyList { items }))
}

/// What a key may do, as the document lists it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "named by the document alone; requests hold texts, whose refusal says more")]
enum Scope {
    Read,
    Seal,
    Promote,
    Operate,
    ManageAccounts,
    ReadAudit,
    ReviewData,
    Import,
}

/// A key to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// The account in whose name it acts.
    #[schema(example = "ben")]
    user: String,
    /// What it is for.
    #[schema(min_length = 1, max_length = 64, example = "nightly")]
    name: String,
    /// What it may do; reading alone where none is given.
    #[serde(default)]
    #[schema(value_type = Vec<Scope>, example = json!(["read"]))]
    scopes: Vec<String>,
    /// Until when it counts.
    expires_at: Option<DateTime<Utc>>,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeKey {
    /// Its identifier.
    pub id: i64,
    /// The key, for the header `Authorization: Bearer`; shown this once.
    pub key: String,
}

/// Makes a key, which is shown once.
#[utoipa::path(
    post, operation_id = "create_key", path = "/api/v1/admin/keys", tag = "administration", request_body = NewKey,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The key", body = Envelope<MadeKey>),
        (status = 400, description = "A name or a scope cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
        (status = 404, description = "`no_account`: no account has this name; GET /api/v1/admin/users lists them", body = Failure),
    )
)]
pub(crate) async fn create_key(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    JsonBody(body): JsonBody<NewKey>,
) -> Result<Data<MadeKey>, ApiError> {
    let scopes: Result<Vec<Permission>, String> = body.scopes.iter().map(|scope| scope.parse()).collect();
    let scopes = scopes.map_err(|message| ApiError::bad_request("invalid_scope", message))?;
    let accounts = accounts(&state)?;
    let key = accounts.create_key(&caller.actor(), &body.user, &body.name, &scopes, body.expires_at).await?;
    Ok(Data::of_the_moment(MadeKey { id: key.id, key: key.secret }))
}

/// Revokes a key.
#[utoipa::path(
    delete, operation_id = "revoke_key", path = "/api/v1/admin/keys/{id}", tag = "administration",
    params(("id" = i64, Path, description = "Identifier of the key", minimum = 1)), security(("bearer" = [])),
    responses(
        (status = 200, description = "Done", body = Envelope<Done>),
        (status = 400, description = "Not an identifier", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not an administrator", body = Failure),
        (status = 404, description = "`no_key`: no key has this number, or it was revoked before; GET /api/v1/admin/keys lists those that count", body = Failure),
    )
)]
pub(crate) async fn revoke_key(
    State(state): State<ApiState>,
    Caller(caller): Caller,
    Id(id): Id,
) -> Result<Data<Done>, ApiError> {
    accounts(&state)?.revoke_key(&caller.actor(), id).await?;
    Ok(Data::of_the_moment(Done { done: true }))
}

/// Which records of the audit log.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditQuery {
    /// Records of a page, 50 unless told.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Only records before this number: the last `id` of the page before.
    #[param(minimum = 1)]
    before: Option<i64>,
}

/// A record of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditItem {
    /// Its number.
    pub id: i64,
    /// Who.
    pub actor: String,
    /// Did what, or was refused.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    #[schema(required = true)]
    pub details: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<AuditRecord> for AuditItem {
    fn from(AuditRecord { id, record, created_at }: AuditRecord) -> Self {
        Self {
            id,
            actor: record.actor,
            action: record.action,
            subject: record.subject,
            details: record.details,
            at: created_at,
        }
    }
}

/// A page of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditList {
    /// The latest first.
    pub items: Vec<AuditItem>,
}

/// The audit log, the latest first: what was changed, who logged in, and who was refused what.
#[utoipa::path(
    get, operation_id = "list_audit", path = "/api/v1/admin/audit", tag = "administration", params(AuditQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of it", body = Envelope<AuditList>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 401, description = "No account", body = Failure),
        (status = 403, description = "Not allowed", body = Failure),
    )
)]
pub(crate) async fn audit(
    State(state): State<ApiState>,
    Params(query): Params<AuditQuery>,
) -> Result<Data<AuditList>, ApiError> {
    let limit = limit(query.limit, 50, 1..=200)?;
    let before = match query.before {
        Some(before) if before < 1 => return Err(invalid("before: numbers of records start at 1")),
        before => before,
    };
    let records = accounts(&state)?.audit_log(before, limit).await?;
    Ok(Data::of_the_moment(AuditList { items: records.into_iter().map(AuditItem::from).collect() }))
}
