//! Logging in by a provider of identities: the section `[oidc]`.

use super::Secret;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use touchline_accounts::IdentityRules;
use touchline_api::IdentityLogin;
use touchline_domain::{AccessRole, Clock};
use touchline_integrations::{OidcSettings, OpenIdConnect};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    pub issuer: String,
    pub name: String,
    pub client_id: String,
    pub client_secret: Secret,
    pub redirect_url: String,
    pub scopes: Vec<String>,
    pub role_claim: String,
    pub admins: Vec<String>,
    pub operators: Vec<String>,
    pub analysts: Vec<String>,
    pub viewers: Vec<String>,
    pub default_role: String,
    pub create_accounts: bool,
}

impl OidcConfig {
    /// The provider, if there is one.
    ///
    /// # Errors
    /// A setting is missing, or cannot be used.
    pub fn login(&self, clock: &Arc<dyn Clock>) -> Result<Option<IdentityLogin>> {
        if self.issuer.is_empty() {
            return Ok(None);
        }
        for (name, value) in [("client_id", &self.client_id), ("redirect_url", &self.redirect_url)] {
            if value.is_empty() {
                bail!(
                    "oidc.{name} is empty: the provider knows this program by it, so that oidc.issuer needs it too"
                );
            }
        }
        let default_role = match self.default_role.as_str() {
            "" => None,
            role => {
                Some(role.parse::<AccessRole>().map_err(anyhow::Error::msg).context("oidc.default_role")?)
            }
        };
        let of =
            |values: &[String], role| values.iter().map(|value| (value.clone(), role)).collect::<Vec<_>>();
        let roles: Vec<(String, AccessRole)> = [
            of(&self.admins, AccessRole::Admin),
            of(&self.operators, AccessRole::Operator),
            of(&self.analysts, AccessRole::Analyst),
            of(&self.viewers, AccessRole::Viewer),
        ]
        .concat();
        if !roles.is_empty() && self.role_claim.is_empty() {
            bail!(
                "oidc.role_claim is empty: name the claim that holds the values of oidc.admins and the others"
            );
        }
        if roles.is_empty() && default_role.is_none() {
            bail!(
                "nobody could log in by {}: set oidc.default_role, or which values of a claim give roles",
                self.issuer
            );
        }
        let settings = OidcSettings {
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.secret().map(str::to_owned),
            redirect_url: self.redirect_url.clone(),
            scopes: self.scopes.clone(),
            role_claim: self.role_claim.clone(),
        };
        let provider = OpenIdConnect::new(settings, Arc::clone(clock)).context("[oidc]")?;
        let rules = IdentityRules { roles, default_role, create: self.create_accounts };
        Ok(Some(IdentityLogin { provider: Arc::new(provider), rules, name: self.name.clone() }))
    }
}
