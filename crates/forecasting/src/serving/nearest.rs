//! Which matches of the past were like a match to come: computed once per snapshot, behind the forecasts, which do not wait for it.

use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use touchline_domain::MatchId;
use touchline_features::{History, Likeness, Seconds, Similar};
use touchline_learning::matrices::Horizon;

/// Nearest matches whose results are counted.
pub const COUNTED: usize = 100;

/// Likeness of past matches to those of a snapshot. The history is held until it is computed.
pub(super) struct Nearest {
    source: Mutex<Option<Source>>,
    likeness: OnceLock<Option<Likeness>>,
}

struct Source {
    history: History,
    to_come: Vec<u32>,
    as_of: Seconds,
}

impl fmt::Debug for Nearest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nearest").field("is_ready", &self.is_ready()).finish_non_exhaustive()
    }
}

impl Nearest {
    /// To be computed of the matches at some positions of a history.
    pub fn new(history: History, to_come: Vec<u32>, as_of: Seconds) -> Self {
        let source = Mutex::new(Some(Source { history, to_come, as_of }));
        Self { source, likeness: OnceLock::new() }
    }

    /// Whether it is computed.
    pub fn is_ready(&self) -> bool {
        self.likeness.get().is_some()
    }

    /// Computes it, where nobody has, or waits for whoever does.
    pub fn likeness(&self) -> Option<&Likeness> {
        let compute = || {
            let source = self.source.lock().unwrap_or_else(PoisonError::into_inner).take()?;
            let config = Horizon::Fresh.settings().filter;
            Some(Likeness::of(&source.history, &source.to_come, source.as_of, config))
        };
        self.likeness.get_or_init(compute).as_ref()
    }

    /// What was like a match.
    pub fn of(&self, id: MatchId, most: usize) -> Option<Similar> {
        self.likeness()?.nearest(id, most, COUNTED)
    }
}
