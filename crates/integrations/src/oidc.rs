//! Logging in by OpenID Connect Core 1.0: discovery, the authorization code with PKCE, and the checks of the identity token.

mod keys;

use crate::http::{AddressError, client};
use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keys::{KeySet, signed};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use touchline_accounts::{Asked, Identity, IdentityError, IdentityProvider};
use touchline_domain::Clock;

/// Largest answer that is read.
const LARGEST: usize = 1 << 20;
/// What an issuer says of itself is asked for again after so long.
const FRESH: Duration = Duration::from_hours(1);
/// Keys are asked for again no more often, however many tokens name unknown ones.
const PATIENCE: Duration = Duration::from_secs(30);
/// How far clocks may differ, and how old a token may be, seconds.
const LEEWAY: i64 = 60;
const OLDEST: i64 = 600;
/// Longest subject, as the specification says.
const LONGEST_SUBJECT: usize = 255;

/// An issuer, and what it knows this program by.
#[derive(Clone)]
pub struct OidcSettings {
    /// Its address, exactly as it writes it.
    pub issuer: String,
    /// How it calls this program.
    pub client_id: String,
    /// What this program proves itself by; none where it is a public client.
    pub client_secret: Option<String>,
    /// Where the browser comes back to, as the issuer knows it.
    pub redirect_url: String,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds roles: a path with dots, such as `realm_access.roles`; empty for none.
    pub role_claim: String,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

/// What an issuer says of itself.
#[derive(Debug, Clone, Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Default)]
struct Known {
    discovery: Option<(Arc<Discovery>, Instant)>,
    keys: Option<(Arc<KeySet>, Instant)>,
}

/// An issuer of identities that speaks OpenID Connect.
pub struct OpenIdConnect {
    settings: OidcSettings,
    client: Client,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
}

impl OpenIdConnect {
    /// Asks nobody yet.
    ///
    /// # Errors
    /// An address is none, or could be read on the way.
    pub fn new(settings: OidcSettings, clock: Arc<dyn Clock>) -> Result<Self, AddressError> {
        secure("the provider of identities", &settings.issuer)?;
        secure("where the browser comes back to", &settings.redirect_url)?;
        let client = client().build().map_err(|error| AddressError::Client(error.to_string()))?;
        Ok(Self { settings, client, clock, known: Mutex::default() })
    }

    async fn discovery(&self) -> Result<Arc<Discovery>, IdentityError> {
        let mut known = self.known.lock().await;
        if let Some((discovery, at)) = known.discovery.as_ref().filter(|(_, at)| at.elapsed() < FRESH) {
            let _ = at;
            return Ok(Arc::clone(discovery));
        }
        let issuer = &self.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let found: Discovery = answer("discovery", self.client.get(url)).await?;
        if found.issuer != *issuer {
            return Err(IdentityError::Unavailable(format!(
                "it calls itself {:.200}: write that as oidc.issuer",
                found.issuer
            )));
        }
        for (what, url) in [
            ("its authorization endpoint", &found.authorization_endpoint),
            ("its token endpoint", &found.token_endpoint),
            ("its keys", &found.jwks_uri),
        ] {
            secure(what, url).map_err(|error| IdentityError::Unavailable(error.to_string()))?;
        }
        let found = Arc::new(found);
        known.discovery = Some((Arc::clone(&found), Instant::now()));
        Ok(found)
    }

    /// The keys of the issuer; where they do not hold the one of a token, they are asked for again, for they change.
    async fn keys(&self, discovery: &Discovery, kid: Option<&str>) -> Result<Arc<KeySet>, IdentityError> {
        let mut known = self.known.lock().await;
        if let Some((keys, at)) = &known.keys
            && (at.elapsed() < PATIENCE || at.elapsed() < FRESH && keys.has(kid))
        {
            return Ok(Arc::clone(keys));
        }
        let keys: KeySet = answer("keys", self.client.get(&discovery.jwks_uri)).await?;
        let keys = Arc::new(keys);
        known.keys = Some((Arc::clone(&keys), Instant::now()));
        Ok(keys)
    }

    async fn token(
        &self,
        discovery: &Discovery,
        code: &str,
        verifier: &str,
    ) -> Result<String, IdentityError> {
        #[derive(Deserialize)]
        struct Tokens {
            id_token: String,
        }
        let OidcSettings { client_id, client_secret, redirect_url, .. } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_url),
            ("code_verifier", verifier),
        ];
        let mut request = self.client.post(&discovery.token_endpoint);
        match client_secret {
            // RFC 6749, section 2.3.1: both are encoded as in a form.
            Some(secret) => request = request.basic_auth(encoded(client_id), Some(encoded(secret))),
            None => form.push(("client_id", client_id)),
        }
        let tokens: Tokens = answer("token", request.form(&form)).await?;
        Ok(tokens.id_token)
    }

    /// What a token says, if it is one of the issuer for this program and for this login.
    fn checked(&self, claims: &Map<String, Value>, nonce: &str) -> Result<Identity, IdentityError> {
        let refused = |what: &str| Err(IdentityError::Refused(what.to_owned()));
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let number = |name: &str| claims.get(name).and_then(Value::as_f64).map(|n| n as i64);
        let OidcSettings { issuer, client_id, role_claim, .. } = &self.settings;
        if text("iss") != Some(issuer) {
            return refused("its token is of another issuer");
        }
        let audience = texts(claims.get("aud"));
        let is_ours = audience.iter().any(|of| of == client_id);
        let is_authorized = text("azp").map_or(audience.len() == 1, |party| party == client_id);
        if !is_ours || !is_authorized {
            return refused("its token is for another program");
        }
        let now = self.clock.now().timestamp();
        let (Some(expires), Some(issued)) = (number("exp"), number("iat")) else {
            return refused("its token says no times");
        };
        if expires <= now - LEEWAY || issued > now + LEEWAY || issued < now - OLDEST {
            return refused("its token is not of now: compare the clocks");
        }
        if text("nonce") != Some(nonce) {
            return refused("its token is for another login");
        }
        let subject = text("sub").filter(|subject| {
            (1..=LONGEST_SUBJECT).contains(&subject.len()) && !subject.chars().any(char::is_control)
        });
        let Some(subject) = subject else { return refused("its token names nobody") };
        let is_verified = claims.get("email_verified").and_then(Value::as_bool) == Some(true);
        let path = role_claim.split('.').filter(|step| !step.is_empty()).collect::<Vec<_>>();
        let roles = match path.split_first() {
            Some((first, rest)) => {
                let of = |value: Option<&Value>| texts(value);
                // A name with dots in it is tried as it stands first.
                let whole = claims.get(role_claim.as_str());
                let stepped = || rest.iter().try_fold(claims.get(*first)?, |value, step| value.get(*step));
                of(whole.or_else(stepped))
            }
            None => Vec::new(),
        };
        Ok(Identity {
            issuer: issuer.clone(),
            subject: subject.to_owned(),
            name: text("preferred_username").map(str::to_owned),
            verified_mail: text("email").filter(|_| is_verified).map(str::to_owned),
            roles,
        })
    }
}

#[async_trait]
impl IdentityProvider for OpenIdConnect {
    async fn authorization_url(&self, asked: Asked<'_>) -> Result<String, IdentityError> {
        let discovery = self.discovery().await?;
        let OidcSettings { client_id, redirect_url, scopes, .. } = &self.settings;
        let mut url = Url::parse(&discovery.authorization_endpoint)
            .map_err(|_| IdentityError::Unavailable("its authorization endpoint is no address".to_owned()))?;
        let scope: Vec<&str> = std::iter::once("openid").chain(scopes.iter().map(String::as_str)).collect();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", client_id)
            .append_pair("redirect_uri", redirect_url)
            .append_pair("scope", &scope.join(" "))
            .append_pair("state", asked.state)
            .append_pair("nonce", asked.nonce)
            .append_pair("code_challenge", asked.challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    async fn identity(&self, code: &str, verifier: &str, nonce: &str) -> Result<Identity, IdentityError> {
        let discovery = self.discovery().await?;
        let token = self.token(&discovery, code, verifier).await?;
        let kid = keys::key_of(&token)?;
        let keys = self.keys(&discovery, kid.as_deref()).await?;
        let claims = signed(&token, &keys)?;
        self.checked(&claims, nonce)
    }
}

/// A text, or those of a list.
fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(all)) => all.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// As a value in a form is written.
fn encoded(text: &str) -> String {
    let mut url = Url::parse("x:").expect("an address");
    url.query_pairs_mut().append_pair("", text);
    url.query().unwrap_or_default().trim_start_matches('=').to_owned()
}

/// Whether what goes to an address cannot be read on the way: https, or this machine.
fn secure(what: &'static str, url: &str) -> Result<(), AddressError> {
    crate::http::Endpoint::new(what, url).map(drop)
}

/// What a part of a token in base64 says.
fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, IdentityError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok();
    let read = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    read.ok_or_else(|| IdentityError::Refused("its token cannot be read".to_owned()))
}

/// An answer in JSON, of a size that is read.
async fn answer<T: DeserializeOwned>(what: &str, request: RequestBuilder) -> Result<T, IdentityError> {
    let unavailable = |said: String| IdentityError::Unavailable(format!("{what}: {said}"));
    let sent = request.header("accept", "application/json").send().await;
    let mut answer = sent.map_err(|error| {
        let said = if error.is_timeout() { "no answer in time" } else { "it could not be reached" };
        unavailable(said.to_owned())
    })?;
    let status = answer.status();
    let mut bytes = Vec::new();
    while let Some(chunk) =
        answer.chunk().await.map_err(|_| unavailable("its answer broke off".to_owned()))?
    {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(unavailable("its answer is too long".to_owned()));
        }
    }
    if status.is_client_error() {
        // RFC 6749, section 5.2: a name such as invalid_grant, which is no secret.
        let said = serde_json::from_slice::<Value>(&bytes).ok();
        let said = said.as_ref().and_then(|said| said["error"].as_str()).unwrap_or("no reason");
        let is_name =
            |name: &str| name.len() <= 40 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let said = if is_name(said) { said } else { "an unknown reason" };
        return Err(IdentityError::Refused(format!("{what}: {} ({said})", status.as_u16())));
    }
    if !status.is_success() {
        return Err(unavailable(format!("it answered {}", status.as_u16())));
    }
    serde_json::from_slice(&bytes)
        .map_err(|_| unavailable("its answer is not what the specification says".to_owned()))
}

#[cfg(test)]
mod tests;
