//! Logins that fail: after some, an account and an address have to wait, longer each time.

use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

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
#[derive(Debug, Default)]
pub(crate) struct LoginThrottle(Mutex<HashMap<(bool, String), Failures>>);

impl LoginThrottle {
    /// Seconds that a login of this account from this address has to wait; none where it may be tried now.
    pub fn wait(&self, name: &str, address: &str, now: DateTime<Utc>) -> Option<u64> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = |key: &(bool, String), free| {
            let failures = held.get(key)?;
            let left = failures.last + failures.wait(free) - now;
            (left > Duration::zero()).then(|| left.num_seconds().max(1).unsigned_abs())
        };
        let of_name = wait(&(true, name.to_owned()), FREE_OF_ACCOUNT);
        let of_address = wait(&(false, address.to_owned()), FREE_OF_ADDRESS);
        of_name.max(of_address)
    }

    /// Counts an attempt before its password is looked at, so that many at once do not pass together.
    pub fn attempt(&self, name: &str, address: &str, now: DateTime<Utc>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
    pub fn succeeded(&self, name: &str, address: &str) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.remove(&(true, name.to_owned()));
        if let Some(failures) = held.get_mut(&(false, address.to_owned())) {
            failures.count = failures.count.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
