//! Which league, team and match a document speaks of: the one module that every reader goes through.
//!
//! A league is found by the source's own code, else by a table of well-known leagues, and otherwise is new. A team is found
//! by an alias of its source or of a person, else by an identifier of a match that the source named before, else by a name
//! that is unique in the roster of the league and season that another source brought. The roster of a source's own
//! league makes new teams. Every other name waits in the review queue: nothing is merged below certainty. So does a league that a
//! table names and nothing is known of; its rows are paused, and the rest of the table goes on.

mod evidence;
mod leagues;
mod names;
mod order;
mod review;
mod teams;

pub use names::{Entry, ImportOptions, ImportReport, NameImportError, NameTable, export_names, import_names};
pub use order::{CorrectionRule, CorrectionRules, SourceOrder};
pub use review::{
    ReviewError, ReviewTarget, Suggestion, accept_league, accept_name, reject_name, suggestions,
};

pub(crate) use leagues::League;
pub(crate) use leagues::{Paused, paused, resolve as resolve_leagues};
pub(crate) use teams::{Teams, Waiting, resolve};
