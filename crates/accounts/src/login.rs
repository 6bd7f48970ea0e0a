//! Logins that fail: after some, an account and an address have to wait, longer each time. Where servers have a common memory,
//! failures count over all of them; this server's own counts stand in while that does not answer.

use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use touchline_domain::ports::{Coordination, Suspect, WaitRule};

/// Failures of one account that cost nothing.
const FREE_OF_ACCOUNT: u32 = 5;
/// Failures of one address that cost nothing: many people may share it.
const FREE_OF_ADDRESS: u32 = 20;
/// The first wait, doubled with each failure.
const FIRST_WAIT_SECONDS: i64 = 2;
/// No wait is longer, and after so long without a failure all is forgotten.
const LONGEST_WAIT_SECONDS: i64 = 900;
/// Names and addresses that are remembered.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: DateTime<Utc>,
}

impl Failures {
    fn wait(self, free: u32) -> Duration {
        let doublings = self.count.saturating_sub(free);
        if doublings == 0 {
            return Duration::zero();
        }
        let seconds = FIRST_WAIT_SECONDS.saturating_mul(1_i64 << (doublings - 1).min(20));
        Duration::seconds(seconds.min(LONGEST_WAIT_SECONDS))
    }
}

/// Failures by account and by address.
#[derive(Default)]
pub(crate) struct LoginThrottle {
    own: Mutex<HashMap<(bool, String), Failures>>,
    shared: Option<Arc<dyn Coordination>>,
}

/// What accounts and addresses are called in the common memory.
fn shared_names(name: &str, address: &str) -> [String; 2] {
    [format!("account {name}"), format!("address {address}")]
}

impl LoginThrottle {
    /// With the counts of all servers.
    #[must_use]
    pub fn with_shared(self, shared: Arc<dyn Coordination>) -> Self {
        Self { shared: Some(shared), ..self }
    }

    /// Begins an attempt, which counts before its password is looked at, so that many at once do not pass together; or says
    /// how many seconds it has to wait.
    pub async fn begin(&self, name: &str, address: &str, now: DateTime<Utc>) -> Result<(), u64> {
        let mut wait = self.wait(name, address, now);
        if let Some(shared) = &self.shared {
            let [account, from] = shared_names(name, address);
            let suspects = [
                Suspect { name: &account, free: FREE_OF_ACCOUNT },
                Suspect { name: &from, free: FREE_OF_ADDRESS },
            ];
            let rule = WaitRule { first: FIRST_WAIT_SECONDS as u32, longest: LONGEST_WAIT_SECONDS as u32 };
            if let Ok(over_all) = shared.attempt(suspects, rule).await {
                wait = over_all;
            }
        }
        if let Some(seconds) = wait {
            return Err(seconds);
        }
        self.attempt(name, address, now);
        Ok(())
    }

    /// Ends an attempt that succeeded.
    pub async fn end(&self, name: &str, address: &str) {
        self.succeeded(name, address);
        if let Some(shared) = &self.shared {
            let [account, from] = shared_names(name, address);
            if shared.succeeded(&account, &from).await.is_err() {
                tracing::debug!(
                    "the failures of an account stay counted for other servers, until they are forgotten"
                );
            }
        }
    }

    /// Seconds that a login of this account from this address has to wait by what this server knows; none where it may be
    /// tried now.
    fn wait(&self, name: &str, address: &str, now: DateTime<Utc>) -> Option<u64> {
        let held = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |key: &(bool, String), free| {
            let failures = held.get(key)?;
            let left = failures.last + failures.wait(free) - now;
            (left > Duration::zero()).then(|| left.num_seconds().max(1).unsigned_abs())
        };
        let of_name = wait(&(true, name.to_owned()), FREE_OF_ACCOUNT);
        let of_address = wait(&(false, address.to_owned()), FREE_OF_ADDRESS);
        of_name.max(of_address)
    }

    /// Counts an attempt at this server.
    fn attempt(&self, name: &str, address: &str, now: DateTime<Utc>) {
        let mut held = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.retain(|_, failures| now - failures.last < Duration::seconds(LONGEST_WAIT_SECONDS));
        }
        for key in [(true, name.to_owned()), (false, address.to_owned())] {
            let failures = held.entry(key).or_insert(Failures { count: 0, last: now });
            if now - failures.last > Duration::seconds(LONGEST_WAIT_SECONDS) {
                failures.count = 0;
            }
            failures.count += 1;
            failures.last = now;
        }
    }

    /// A login that succeeded: its account starts anew, and its address gets the attempt back.
    fn succeeded(&self, name: &str, address: &str) {
        let mut held = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&(true, name.to_owned()));
        if let Some(failures) = held.get_mut(&(false, address.to_owned())) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::Fake;
    use touchline_domain::ports::Unreachable;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn failures_cost_more_each_time_and_success_forgives() {
        let throttle = LoginThrottle::default();
        let wait = |seconds| throttle.wait("ann", "192.0.2.1", at(seconds));
        for _ in 0..5 {
            assert_eq!(wait(0), None);
            throttle.attempt("ann", "192.0.2.1", at(0));
        }
        assert_eq!(wait(0), None, "five are free");
        for expected in [2, 4, 8, 16] {
            throttle.attempt("ann", "192.0.2.1", at(0));
            assert_eq!(wait(0), Some(expected));
        }
        assert_eq!(wait(16), None);
        assert_eq!(throttle.wait("ben", "192.0.2.1", at(0)), None, "another account from there");
        for _ in 0..30 {
            throttle.attempt("ann", "192.0.2.1", at(0));
        }
        assert_eq!(wait(0), Some(900), "no longer than this");
        assert!(throttle.wait("ben", "192.0.2.1", at(0)).is_some(), "the address has failed too often");
        throttle.succeeded("ann", "192.0.2.1");
        assert_eq!(throttle.wait("ann", "192.0.2.2", at(0)), None);
        throttle.attempt("cat", "192.0.2.1", at(2_000));
        assert_eq!(throttle.wait("cat", "192.0.2.1", at(2_000)), None, "forgotten after a while");
    }
    #[tokio::test]
    async fn failures_count_over_all_servers_while_these_can_be_asked() {
        let shared = Arc::new(Fake::default());
        let throttle = LoginThrottle::default().with_shared(Arc::clone(&shared) as Arc<dyn Coordination>);
        let begin = async |seconds| throttle.begin("ann", "192.0.2.1", at(seconds)).await;
        shared.wait(Ok(Some(7)));
        assert_eq!(begin(0).await, Err(7), "others have seen failures");
        shared.wait(Ok(None));
        for _ in 0..20 {
            assert_eq!(begin(0).await, Ok(()), "all together say that it may be tried");
        }
        shared.wait(Err(Unreachable));
        assert_eq!(begin(0).await, Err(900), "alone, by what was tried here");
        throttle.end("ann", "192.0.2.1").await;
        assert_eq!(begin(0).await, Ok(()));
        assert_eq!(shared.forgiven(), ["account ann"]);
    }
}
