//! How fast a host may be asked: a token bucket, and at most so many requests in any minute. Whoever asks reserves a time
//! and waits until then, first come, first served; nobody polls, and nothing is sent to find out.
//!
//! The bucket is the generic cell rate algorithm (ITU-T I.371, 1993), which holds one number: the time at which the
//! next request would be due if all came evenly.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The window of limits per minute.
const MINUTE: Duration = Duration::from_mins(1);

/// How fast a host may be asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests in a second, in the long run; below one for slower ones.
    pub per_second: f64,
    /// Requests that may be sent at once after a rest.
    pub burst: NonZeroU32,
    /// Requests in any 60 seconds.
    pub per_minute: Option<NonZeroU32>,
}

impl Rate {
    /// So many a second with a burst.
    pub const fn per_second(per_second: f64, burst: u32) -> Self {
        let burst = match NonZeroU32::new(burst) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        Self { per_second, burst, per_minute: None }
    }

    /// And no more than so many in any 60 seconds.
    #[must_use]
    pub const fn and_per_minute(self, limit: u32) -> Self {
        Self { per_minute: NonZeroU32::new(limit), ..self }
    }

    /// Slower, so that requests lie at least this far apart.
    #[must_use]
    pub fn at_most_every(self, pause: Duration) -> Self {
        let slower = 1.0 / pause.as_secs_f64().max(1e-9);
        if slower >= self.per_second {
            return self;
        }
        Self { per_second: slower, burst: NonZeroU32::MIN, ..self }
    }

    /// The least time that so many requests take.
    pub fn time_of(&self, requests: u64) -> Duration {
        let paced = requests.saturating_sub(u64::from(self.burst.get()));
        let seconds = paced as f64 / self.per_second.max(1e-9);
        let minutes =
            self.per_minute.map_or(0, |limit| requests.saturating_sub(1) / u64::from(limit.get()) * 60);
        Duration::from_secs_f64(seconds.max(minutes as f64).min(1e9))
    }
}

/// A token bucket that many tasks share.
#[derive(Debug)]
pub struct TokenBucket {
    /// Nanoseconds between requests.
    interval: u64,
    /// How far ahead of an even pace requests may run, in nanoseconds.
    tolerance: u64,
    /// When the next request would be due at an even pace, in nanoseconds of the timer.
    due: AtomicU64,
}

impl TokenBucket {
    /// A full bucket.
    pub fn new(rate: &Rate) -> Self {
        let interval = (1e9 / rate.per_second.max(1e-9)).min(1e18).ceil() as u64;
        let tolerance = interval.saturating_mul(u64::from(rate.burst.get()) - 1);
        Self { interval, tolerance, due: AtomicU64::new(0) }
    }

    /// Takes the next permit; it holds from the returned time on.
    pub fn reserve(&self, now: Duration) -> Duration {
        let now = nanoseconds(now);
        let next = |due: u64| Some(due.max(now).saturating_add(self.interval));
        // The closure always answers.
        let (Ok(due) | Err(due)) = self.due.fetch_update(Ordering::AcqRel, Ordering::Acquire, next);
        Duration::from_nanos(due.max(now).saturating_sub(self.tolerance).max(now))
    }

    /// Nobody gets a permit before this time, and none has saved any up: the server asked for a pause.
    pub fn pause_until(&self, until: Duration) {
        self.due.fetch_max(nanoseconds(until).saturating_add(self.tolerance), Ordering::AcqRel);
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// At most so many permits in any stretch of 60 seconds.
#[derive(Debug)]
struct Window {
    limit: usize,
    taken: VecDeque<Duration>,
}

impl Window {
    /// The first time from `at` on that the window allows, which is taken.
    fn reserve(&mut self, at: Duration) -> Duration {
        let mut at = at;
        if let Some(last) = self.taken.back() {
            at = at.max(*last);
        }
        if self.taken.len() == self.limit
            && let Some(first) = self.taken.pop_front()
        {
            at = at.max(first + MINUTE);
        }
        self.taken.push_back(at);
        at
    }
}

/// All limits of a host.
#[derive(Debug)]
pub struct Limiter {
    bucket: TokenBucket,
    window: Option<Mutex<Window>>,
    /// Until when the provider itself said that nothing is left, in nanoseconds of the timer.
    exhausted_until: AtomicU64,
}

impl Limiter {
    /// With all permits there.
    pub fn new(rate: &Rate) -> Self {
        let window = rate.per_minute.map(|limit| {
            let limit = limit.get() as usize;
            Mutex::new(Window { limit, taken: VecDeque::with_capacity(limit) })
        });
        Self { bucket: TokenBucket::new(rate), window, exhausted_until: AtomicU64::new(0) }
    }

    /// Takes the next permit; it holds from the returned time on.
    pub fn reserve(&self, now: Duration) -> Duration {
        let at = self.bucket.reserve(now);
        match &self.window {
            None => at,
            Some(window) => window.lock().unwrap_or_else(PoisonError::into_inner).reserve(at),
        }
    }

    /// Nobody asks before this time, also those who have a permit already.
    pub fn pause_until(&self, until: Duration) {
        self.bucket.pause_until(until);
        self.exhausted_until.fetch_max(nanoseconds(until), Ordering::AcqRel);
    }

    /// Until when everybody was asked to pause.
    pub fn paused_until(&self) -> Duration {
        Duration::from_nanos(self.exhausted_until.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::super::time::Timer;
    use super::super::time::virtual_time::VirtualTimer;
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_rested_bucket_gives_its_burst_and_then_an_even_pace() {
        let bucket = TokenBucket::new(&Rate::per_second(2.0, 3));
        let at: Vec<f64> = (0..6).map(|_| bucket.reserve(SECOND).as_secs_f64()).collect();
        assert_eq!(at, [1.0, 1.0, 1.0, 1.5, 2.0, 2.5]);
        let rested: Vec<f64> = (0..4).map(|_| bucket.reserve(10 * SECOND).as_secs_f64()).collect();
        assert_eq!(rested, [10.0, 10.0, 10.0, 10.5]);
    }

    #[test]
    fn a_pause_holds_for_everybody_and_saves_nothing_up() {
        let limiter = Limiter::new(&Rate::per_second(1.0, 5));
        limiter.pause_until(100 * SECOND);
        assert_eq!(limiter.reserve(SECOND), 100 * SECOND);
        assert_eq!(limiter.reserve(SECOND), 101 * SECOND);
        assert_eq!(limiter.paused_until(), 100 * SECOND);
    }

    #[test]
    fn the_least_time_of_many_requests_is_that_of_the_tightest_limit() {
        let rate = Rate::per_second(5.0, 10);
        assert_eq!(rate.time_of(10), Duration::ZERO);
        assert_eq!(rate.time_of(110), 20 * SECOND);
        assert_eq!(rate.and_per_minute(10).time_of(10), Duration::ZERO);
        assert_eq!(rate.and_per_minute(10).time_of(11), 60 * SECOND);
        let slow = Rate::per_second(5.0, 10).at_most_every(3 * SECOND);
        assert_eq!((slow.burst.get(), slow.time_of(11)), (1, 30 * SECOND));
        assert_eq!(rate.at_most_every(Duration::ZERO), rate);
    }

    proptest! {
        /// Whatever the arrivals, no stretch of time holds more permits than the limits allow.
        #[test]
        fn no_stretch_of_time_holds_more_than_is_allowed(
            per_second in 0.05..20.0_f64,
            burst in 1_u32..20,
            per_minute in proptest::option::of(1_u32..40),
            waits in proptest::collection::vec(0_u64..3_000, 1..200),
        ) {
            let rate = Rate::per_second(per_second, burst);
            let rate = per_minute.map_or(rate, |limit| rate.and_per_minute(limit));
            let limiter = Limiter::new(&rate);
            let mut now = Duration::ZERO;
            let mut at = Vec::new();
            for wait in waits {
                now += Duration::from_millis(wait);
                let permit = limiter.reserve(now);
                prop_assert!(permit >= now);
                at.push(permit);
            }
            prop_assert!(at.is_sorted(), "first come, first served");
            for (i, first) in at.iter().enumerate() {
                for (n, last) in at.iter().enumerate().skip(i) {
                    let (count, seconds) = ((n - i + 1) as f64, last.saturating_sub(*first).as_secs_f64());
                    prop_assert!(count <= f64::from(burst) + seconds * per_second + 1e-6);
                    if let Some(limit) = per_minute {
                        prop_assert!(last.saturating_sub(*first) >= MINUTE || count <= f64::from(limit));
                    }
                }
            }
        }
    }

    #[tokio::test]
    async fn a_thousand_tasks_share_one_bucket_without_loss() {
        let timer = Arc::new(VirtualTimer::default());
        let limiter = Arc::new(Limiter::new(&Rate::per_second(100.0, 10)));
        let tasks: Vec<_> = (0..1_000)
            .map(|_| {
                let (timer, limiter) = (Arc::clone(&timer), Arc::clone(&limiter));
                tokio::spawn(async move {
                    let now = timer.elapsed();
                    timer.sleep(limiter.reserve(now).saturating_sub(now)).await;
                    timer.elapsed()
                })
            })
            .collect();
        let all = async {
            let mut times = Vec::new();
            for task in tasks {
                times.push(task.await.unwrap());
            }
            times
        };
        let mut times = timer.run(all).await;
        times.sort();
        assert_eq!(times.iter().filter(|at| at.is_zero()).count(), 10);
        assert_eq!(times.last().unwrap().as_millis(), 9_900);
    }
}
