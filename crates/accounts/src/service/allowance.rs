//! How often somebody may ask, by this server alone or by all of them.

use super::Accounts;
use crate::limits::Verdict;
use std::sync::Arc;
use touchline_domain::ports::Coordination;

/// What somebody may ask is known with other servers alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAlone;

impl Accounts {
    /// With what servers agree on: limits and failed logins count over all of them.
    #[must_use]
    pub fn with_coordination(self, coordination: Arc<dyn Coordination>) -> Self {
        let throttle = self.throttle.with_shared(Arc::clone(&coordination));
        Self { throttle, limiter: self.limiter.with_shared(coordination), ..self }
    }

    /// Takes one request of somebody's allowance, over all servers where these agree on it; none where there is no limit.
    pub async fn take(&self, who: &str) -> Option<Verdict> {
        self.limiter.take_of_all(who, self.clock.now()).await
    }

    /// The same without waiting for anybody.
    ///
    /// # Errors
    /// Other servers have to be asked.
    pub fn take_at_once(&self, who: &str) -> Result<Option<Verdict>, NotAlone> {
        if self.limiter.is_shared() { Err(NotAlone) } else { Ok(self.limiter.take(who, self.clock.now())) }
    }
}
