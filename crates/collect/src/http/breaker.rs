//! A circuit breaker per host: after several failures in a row nobody asks for a while, then one request tries whether the
//! host is back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// When a breaker opens, and for how long.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long nobody asks then.
    pub pause: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures: 8, pause: Duration::from_mins(1) }
    }
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Everybody asks; so many failed in a row.
    Closed(u32),
    /// Nobody asks before this time.
    Open(Duration),
    /// One request tries since this time.
    Trying(Duration),
}

/// The breaker of one host.
#[derive(Debug)]
pub struct Breaker {
    policy: BreakerPolicy,
    state: Mutex<State>,
}

impl Breaker {
    /// A closed one.
    pub fn new(policy: BreakerPolicy) -> Self {
        Self { policy, state: Mutex::new(State::Closed(0)) }
    }

    /// Lets a request through, or says how long to wait.
    ///
    /// # Errors
    /// The breaker is open for so long.
    pub fn ask(&self, now: Duration) -> Result<(), Duration> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match *state {
            State::Closed(_) => Ok(()),
            State::Open(until) if now < until => Err(until.saturating_sub(now)),
            // A try that never came back, as when its task was dropped, is made up for after the same pause.
            State::Trying(since) if now < since + self.policy.pause => {
                Err((since + self.policy.pause).saturating_sub(now))
            }
            State::Open(_) | State::Trying(_) => {
                *state = State::Trying(now);
                Ok(())
            }
        }
    }

    /// The host answered.
    pub fn succeeded(&self) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Closed(0);
    }

    /// The host failed, or refused.
    pub fn failed(&self, now: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = match *state {
            State::Closed(n) if n + 1 < self.policy.failures => State::Closed(n + 1),
            State::Closed(_) | State::Trying(_) => State::Open(now + self.policy.pause),
            State::Open(until) => State::Open(until),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn it_opens_after_failures_in_a_row_and_one_request_closes_it() {
        let breaker = Breaker::new(BreakerPolicy { failures: 3, pause: 60 * SECOND });
        for _ in 0..2 {
            breaker.failed(SECOND);
        }
        breaker.succeeded();
        for _ in 0..3 {
            assert_eq!(breaker.ask(SECOND), Ok(()));
            breaker.failed(SECOND);
        }
        assert_eq!(breaker.ask(31 * SECOND), Err(30 * SECOND));
        assert_eq!(breaker.ask(61 * SECOND), Ok(()), "one tries");
        assert_eq!(breaker.ask(61 * SECOND), Err(60 * SECOND), "the others wait");
        breaker.failed(62 * SECOND);
        assert_eq!(breaker.ask(100 * SECOND), Err(22 * SECOND));
        assert_eq!(breaker.ask(122 * SECOND), Ok(()));
        breaker.succeeded();
        assert_eq!((breaker.ask(122 * SECOND), breaker.ask(122 * SECOND)), (Ok(()), Ok(())));
    }

    #[test]
    fn a_try_that_never_came_back_does_not_keep_it_open() {
        let breaker = Breaker::new(BreakerPolicy { failures: 1, pause: 10 * SECOND });
        breaker.failed(Duration::ZERO);
        assert_eq!(breaker.ask(10 * SECOND), Ok(()));
        assert_eq!(breaker.ask(15 * SECOND), Err(5 * SECOND));
        assert_eq!(breaker.ask(20 * SECOND), Ok(()));
    }
}
