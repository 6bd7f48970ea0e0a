//! Progress bars on standard error; silent where it is no terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Mutex;
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
}

impl Bars {
    /// Hidden bars draw nothing: for machine-readable output.
    pub fn new(hidden: bool) -> Self {
        Self { bar: Mutex::new(None), hidden }
    }

    /// A bar for work whose size is not known, until the answer is dropped.
    pub fn waiting(&self, step: &str) -> Waiting<'_> {
        self.begin(step, 0);
        Waiting(self)
    }

    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.bar.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Bars {
    fn begin(&self, step: &str, total: u64) {
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
}
