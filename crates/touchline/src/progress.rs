//! Progress bars on standard error, silent where it is not a terminal; Ctrl-C and SIGTERM ask the work to stop.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use touchline_domain::Progress;

/// See [`Bars::waiting`].
pub struct Waiting<'a>(&'a Bars);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// One bar at a time.
pub struct Bars {
    bar: Mutex<Option<ProgressBar>>,
    hidden: bool,
    stop: AtomicBool,
}

impl Bars {
    /// Hidden bars draw nothing: for machine-readable output.
    pub fn new(hidden: bool) -> Self {
        Self { bar: Mutex::new(None), hidden, stop: AtomicBool::new(false) }
    }

    /// A bar for work whose size is not known, until the answer is dropped.
    pub fn waiting(&self, step: &str) -> Waiting<'_> {
        self.begin(step, 0);
        Waiting(self)
    }

    /// From now on the first Ctrl-C or SIGTERM asks the work to stop, and a second one ends the program at once, as any
    /// does that comes before this call.
    ///
    /// # Errors
    /// The system refuses to watch for signals.
    pub fn stop_on_signals(self: &Arc<Self>) -> io::Result<()> {
        let (mut signals, bars) = (Signals::watch()?, Arc::downgrade(self));
        tokio::spawn(async move {
            signals.next().await;
            if let Some(bars) = Weak::upgrade(&bars) {
                bars.request_stop();
            }
            signals.next().await;
            // Whatever is being written is a transaction, or a file that nothing refers to yet.
            std::process::exit(1);
        });
        Ok(())
    }

    #[expect(clippy::print_stderr, reason = "beside the bar, for whoever pressed Ctrl-C")]
    fn request_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let say = || eprintln!("stopping as soon as nothing is left half done; a second signal ends at once");
        self.with(|bar| match bar {
            Some(bar) => bar.suspend(say),
            None => say(),
        });
    }

    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.bar.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Progress for Bars {
    fn begin(&self, step: &str, total: u64) {
        tracing::debug!(step, total, "a step begins");
        let target = if self.hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let (bar, template) = if total == 0 {
            (ProgressBar::no_length(), "{spinner} {msg} {elapsed}")
        } else {
            (
                ProgressBar::new(total),
                "{msg:24} {bar:32} {human_pos}/{human_len} {elapsed} (about {eta} left)",
            )
        };
        bar.set_draw_target(target);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(step.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        self.with(|current| *current = Some(bar));
    }

    fn done(&self, units: u64) {
        self.with(|current| {
            if let Some(bar) = current {
                bar.set_position(units);
            }
        });
    }

    fn end(&self) {
        self.with(|current| {
            if let Some(bar) = current.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn stop_requested(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// Work that failed leaves its bar; an error is printed below nothing.
impl Drop for Bars {
    fn drop(&mut self) {
        self.end();
    }
}

/// The signals by which people and service managers stop a program.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    #[cfg(unix)]
    fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the same as on Unix")]
    fn watch() -> io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
