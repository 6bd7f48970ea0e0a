//! Time and chance as the network layer sees them: parameters, so that tests hold them still.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchline_domain::{Clock, SplitMix64};

/// A clock that can also wait.
#[async_trait]
pub trait Timer: Send + Sync {
    /// The time of day, which may be set back; for dates that others name.
    fn now(&self) -> DateTime<Utc>;
    /// Time since some moment, which never goes back; for limits.
    fn elapsed(&self) -> Duration;
    /// Waits.
    async fn sleep(&self, duration: Duration);
}

/// The machine's time.
pub struct SystemTimer {
    clock: Arc<dyn Clock>,
    start: Instant,
}

impl SystemTimer {
    /// With the clock that says the time of day.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, start: Instant::now() }
    }
}

#[async_trait]
impl Timer for SystemTimer {
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// Numbers from 0 up to 1, which spread retries.
pub trait Jitter: Send + Sync {
    /// The next one.
    fn next(&self) -> f64;
}

/// Spread by a seeded generator (`SplitMix64`): what is asked of it needs no more.
pub struct SeededJitter(std::sync::atomic::AtomicU64);

impl SeededJitter {
    /// The same seed gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed.into())
    }
}

impl Jitter for SeededJitter {
    fn next(&self) -> f64 {
        let state = self.0.fetch_add(SplitMix64::STEP, std::sync::atomic::Ordering::Relaxed);
        SplitMix64::new(state).uniform()
    }
}

/// A timer of tests: time goes on when everybody sleeps and somebody calls [`virtual_time::VirtualTimer::advance`].
#[cfg(test)]
pub(crate) mod virtual_time {
    use super::*;
    use std::future::poll_fn;
    use std::sync::Mutex;
    use std::task::{Poll, Waker};

    #[derive(Default)]
    struct State {
        now: Duration,
        sleepers: Vec<(Duration, Option<Waker>)>,
    }

    /// See the module.
    #[derive(Default)]
    pub(crate) struct VirtualTimer(Mutex<State>);

    impl VirtualTimer {
        /// Goes to the time at which the next sleeper wakes; none sleeps: nothing happens.
        pub(crate) fn advance(&self) -> bool {
            let mut state = self.0.lock().unwrap();
            let Some(next) = state.sleepers.iter().map(|(until, _)| *until).min() else { return false };
            state.now = state.now.max(next);
            let now = state.now;
            for (_, waker) in state.sleepers.iter_mut().filter(|(until, _)| *until <= now) {
                if let Some(waker) = waker.take() {
                    waker.wake();
                }
            }
            state.sleepers.retain(|(until, _)| *until > now);
            true
        }

        /// Runs a future and lets time pass whenever all stand still, on a runtime of one thread.
        pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
            let mut work = std::pin::pin!(work);
            loop {
                for _ in 0..1_000 {
                    tokio::task::yield_now().await;
                    let polled = poll_fn(|cx| Poll::Ready(work.as_mut().poll(cx))).await;
                    if let Poll::Ready(done) = polled {
                        return done;
                    }
                }
                assert!(self.advance(), "everybody waits and nobody sleeps");
            }
        }
    }

    #[async_trait]
    impl Timer for VirtualTimer {
        fn now(&self) -> DateTime<Utc> {
            DateTime::from_timestamp(1_760_000_000, 0).unwrap() + self.elapsed()
        }

        fn elapsed(&self) -> Duration {
            self.0.lock().unwrap().now
        }

        async fn sleep(&self, duration: Duration) {
            let until = self.elapsed() + duration;
            poll_fn(|cx| {
                let mut state = self.0.lock().unwrap();
                if state.now >= until {
                    return Poll::Ready(());
                }
                state.sleepers.push((until, Some(cx.waker().clone())));
                Poll::Pending
            })
            .await;
        }
    }

    #[test]
    fn chance_is_the_seeds_and_lies_in_its_range() {
        let [a, b] = [SeededJitter::new(7), SeededJitter::new(7)];
        let drawn: Vec<f64> = (0..1_000).map(|_| a.next()).collect();
        assert!(drawn.iter().all(|x| (0.0..1.0).contains(x) && x.to_bits() == b.next().to_bits()));
        let mean = drawn.iter().sum::<f64>() / 1_000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
