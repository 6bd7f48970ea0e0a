//! Identifiers of stored entities: one type per entity, so that a team is never passed for a match.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

id! {
    /// A league: one competition of one country, such as the second tier of Germany.
    LeagueId,
    /// A team, within its country.
    TeamId,
    /// A match: one leg of a pairing in a season of a league.
    MatchId,
    /// A raw document: the bytes of one file or of one answer.
    DocumentId,
    /// A merge of two leagues or two teams.
    MergeId,
    /// A name in the review queue.
    ReviewId,
    /// A kept report of a backtest.
    BacktestId,
}
