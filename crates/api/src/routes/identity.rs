//! Logging in by a provider of identities (OpenID Connect): the page sends somebody there, and brings back what he comes with.

use crate::auth::Address;
use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::JsonBody;
use crate::routes::accounts::TokenItem;
use crate::state::{ApiState, IdentityLogin};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use touchline_accounts::Accounts;
use utoipa::ToSchema;

/// A provider of identities, as people know it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderItem {
    /// What stands on the button.
    #[schema(example = "Example ID")]
    pub name: String,
}

/// How somebody logs in here.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LoginMethods {
    /// By name and password.
    pub password: bool,
    /// Whether anybody may make an account for himself.
    pub registration: bool,
    /// By a provider of identities; null where there is none.
    #[schema(required = true)]
    pub provider: Option<ProviderItem>,
}

/// A login that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BegunLogin {
    /// Where the browser goes.
    pub authorization_url: String,
    /// To be kept until it comes back, ten minutes at most, and sent with what it brings. Keep it where other pages do not read
    /// it: it ties the answer to this browser.
    pub flow: String,
}

/// What a browser brings from a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EndedLogin {
    /// As it was given when the login was begun.
    #[schema(max_length = 2048)]
    flow: String,
    /// `state` of the address that the browser came back to.
    #[schema(max_length = 512)]
    state: String,
    /// `code` of it.
    #[schema(max_length = 4096)]
    code: String,
}

fn identity(state: &ApiState) -> Result<(&Accounts, &IdentityLogin), ApiError> {
    let accounts = state.accounts().ok_or_else(ApiError::internal)?;
    let none = || {
        ApiError::not_found(
            "no_provider",
            "there is no provider of identities here; log in by name and password",
        )
    };
    Ok((accounts, state.identity().ok_or_else(none)?))
}

/// How somebody logs in here.
#[utoipa::path(
    get, operation_id = "login_methods", path = "/api/v1/auth/methods", tag = "accounts",
    responses((status = 200, description = "The ways", body = Envelope<LoginMethods>))
)]
pub(crate) async fn methods(State(state): State<ApiState>) -> Data<LoginMethods> {
    let settings = state.accounts().map(Accounts::settings);
    Data::of_the_moment(LoginMethods {
        password: settings.is_some(),
        registration: settings.is_some_and(|settings| settings.registration),
        provider: state.identity().map(|identity| ProviderItem { name: identity.name.clone() }),
    })
}

/// Begins a login at the provider of identities: authorization code with PKCE.
#[utoipa::path(
    post, operation_id = "begin_provider_login", path = "/api/v1/auth/provider/begin", tag = "accounts",
    responses(
        (status = 200, description = "Where the browser goes", body = Envelope<BegunLogin>),
        (status = 404, description = "`no_provider`: there is none", body = Failure),
        (status = 503, description = "`identity_unavailable`: the provider does not answer", body = Failure),
    )
)]
pub(crate) async fn begin(State(state): State<ApiState>) -> Result<Data<BegunLogin>, ApiError> {
    let (accounts, identity) = identity(&state)?;
    let begun = accounts.begin_login_at(&*identity.provider).await?;
    Ok(Data::of_the_moment(BegunLogin { authorization_url: begun.url, flow: begun.flow }))
}

/// Ends a login with what the browser brings from the provider. Somebody is known by the provider and his subject there; an
/// account that is there already is never taken over by a name or a mail address.
#[utoipa::path(
    post, operation_id = "end_provider_login", path = "/api/v1/auth/provider/end", tag = "accounts", request_body = EndedLogin,
    responses(
        (status = 200, description = "Tokens", body = Envelope<TokenItem>),
        (status = 400, description = "The body cannot be read", body = Failure),
        (status = 401, description = "`identity_refused`: what the provider says does not count; `token_invalid`, `token_expired`: this login was not begun here, or too long ago", body = Failure),
        (status = 403, description = "`no_identity`: nobody has made an account for it; `no_role`: the provider gives no role", body = Failure),
        (status = 404, description = "`no_provider`: there is none", body = Failure),
        (status = 503, description = "`identity_unavailable`: the provider does not answer", body = Failure),
    )
)]
pub(crate) async fn end(
    State(state): State<ApiState>,
    Address(address): Address,
    JsonBody(body): JsonBody<EndedLogin>,
) -> Result<Data<TokenItem>, ApiError> {
    let (accounts, identity) = identity(&state)?;
    let brought = (body.flow.as_str(), body.state.as_str(), body.code.as_str());
    let pair = accounts.end_login_at(&*identity.provider, &identity.rules, brought, &address).await?;
    Ok(Data::of_the_moment(pair.into()))
}

#[cfg(test)]
mod tests {
    use crate::state::IdentityLogin;
    use crate::testing::{Answer, Service};
    use async_trait::async_trait;
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::{Value, json};
    use std::sync::Arc;
    use touchline_accounts::{
        AccountSettings, Asked, Identity, IdentityError, IdentityProvider, IdentityRules,
    };
    use touchline_domain::AccessRole;

    /// Knows one code.
    struct Issuer;

    #[async_trait]
    impl IdentityProvider for Issuer {
        async fn authorization_url(&self, asked: Asked<'_>) -> Result<String, IdentityError> {
            Ok(format!("https://id.example/?state={}", asked.state))
        }

        async fn identity(&self, code: &str, _: &str, _: &str) -> Result<Identity, IdentityError> {
            match code {
                "right" => Ok(Identity { issuer: "i".into(), subject: "1".into(), ..Identity::default() }),
                "away" => Err(IdentityError::Unavailable("secret detail".into())),
                _ => Err(IdentityError::Refused("invalid_grant".into())),
            }
        }
    }

    async fn post(service: &Service, path: &str, body: &Value) -> Answer {
        let request =
            Request::post(format!("/api/v1/auth/provider/{path}")).header("content-type", "application/json");
        service.ask(request.body(Body::from(body.to_string())).unwrap()).await
    }

    #[tokio::test]
    async fn somebody_is_sent_to_the_provider_and_comes_back_with_tokens() {
        let service = Service::empty().await;
        let settings = AccountSettings { required: true, ..AccountSettings::default() };
        let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), settings));
        let service = service.with_accounts(accounts.clone());
        let methods = service.get("/api/v1/auth/methods").await;
        assert_eq!((&methods.data()["password"], &methods.data()["provider"]), (&json!(true), &Value::Null));
        let none = post(&service, "begin", &json!({})).await;
        assert_eq!((none.status, none.error_code()), (404, "no_provider"));
        let rules = IdentityRules {
            default_role: Some(AccessRole::Analyst),
            create: true,
            ..IdentityRules::default()
        };
        let login = IdentityLogin { provider: Arc::new(Issuer), rules, name: "Example ID".into() };
        let service = service.with_identity(accounts, login);
        let methods = service.get("/api/v1/auth/methods").await;
        assert_eq!(methods.data()["provider"]["name"], "Example ID", "open, though reading is not");
        let begun = post(&service, "begin", &json!({})).await;
        let (url, flow) = (begun.data()["authorization_url"].as_str().unwrap(), &begun.data()["flow"]);
        let state = url.split("state=").nth(1).unwrap();
        let end = async |state: &str, code: &str| {
            post(&service, "end", &json!({ "flow": flow, "state": state, "code": code })).await
        };
        for (state, code, status, error) in [
            ("another", "right", 401, "token_invalid"),
            (state, "wrong", 401, "identity_refused"),
            (state, "away", 503, "identity_unavailable"),
        ] {
            let answer = end(state, code).await;
            assert_eq!((answer.status, answer.error_code()), (status, error));
            assert!(!answer.body.to_string().contains("secret"));
        }
        let tokens = end(state, "right").await;
        assert_eq!(tokens.data()["user"]["role"], "analyst");
        assert_eq!(tokens.header("cache-control"), "no-store");
        let token = tokens.data()["access_token"].as_str().unwrap();
        let me =
            service.send(Request::get("/api/v1/me").header("authorization", format!("Bearer {token}"))).await;
        assert_eq!(me.data()["user"]["name"], "account");
    }
}
