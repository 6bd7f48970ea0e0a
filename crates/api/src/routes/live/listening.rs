//! What both ways of listening share: which matches, from where, and how long nothing may come.

use crate::error::ApiError;
use crate::extract::invalid;
use serde::Deserialize;
use std::collections::HashSet;
use std::time::Duration;
use touchline_accounts::WebhookSecrets;
use touchline_domain::MatchId;
use touchline_forecasting::live::{LivePosition, Topics};

/// Matches that one listener may name; who wants more listens to all.
pub(super) const MOST_MATCHES: usize = 500;

/// How scores come in and updates go out.
#[derive(Debug)]
pub struct LiveSettings {
    /// Who may send scores; nobody, where there is none.
    pub secrets: WebhookSecrets,
    /// A listener hears something at least as often, and has to answer.
    pub heartbeat: Duration,
}

impl Default for LiveSettings {
    fn default() -> Self {
        let secrets = WebhookSecrets::none();
        Self { secrets, heartbeat: Duration::from_secs(15) }
    }
}

/// Which matches, and from where.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListenQuery {
    /// Identifiers of matches with commas between; all matches, where none is named.
    #[param(example = "1,2", pattern = "^[0-9]{1,18}(,[0-9]{1,18})*$")]
    pub matches: Option<String>,
    /// The `position` of the last update that was seen: what came after it is told first.
    #[param(pattern = "^[0-9a-f]{16}-[0-9]{1,18}$")]
    pub after: Option<String>,
    /// For an `EventSource`, where reading needs an account: a ticket of `POST /api/v1/live/tickets`. A WebSocket names it among its
    /// protocols instead.
    #[param(max_length = 2048, pattern = "^tlw_")]
    #[expect(
        dead_code,
        reason = "whoever asks is looked at before any handler; here it is a name that is known"
    )]
    pub ticket: Option<String>,
}

impl ListenQuery {
    pub fn topics(&self) -> Result<Topics, ApiError> {
        let Some(matches) = &self.matches else { return Ok(Topics::All) };
        let id = |text: &str| text.parse().ok().filter(|id| *id > 0).map(MatchId);
        let matches: Option<HashSet<MatchId>> = matches.split(',').map(id).collect();
        let matches = matches.filter(|matches| matches.len() <= MOST_MATCHES).ok_or_else(|| {
            invalid(format!(
                "matches: write up to {MOST_MATCHES} identifiers with commas between, such as 1,2; leave it out for all"
            ))
        })?;
        Ok(Topics::Matches(matches))
    }

    pub fn after(&self) -> Result<Option<LivePosition>, ApiError> {
        let read = |text: &String| text.parse().map_err(|fault: String| invalid(format!("after: {fault}")));
        self.after.as_ref().map(read).transpose()
    }
}
