//! The digest of everything in silver.

use crate::Connection;
use crate::matches::{all_matches, all_quotes, all_stats};
use crate::roster::{all_aliases, all_leagues, all_teams};
use std::iter::Peekable;
use touchline_domain::ports::{SilverContent, StoreError, StoredQuote};
use touchline_domain::{Match, MatchId, MatchStats, OddsQuote};

/// Reads matches, statistics and quotes side by side, all by identifier of the match; quotes, which may be many
/// times more than all else, are read one by one.
pub(super) async fn hash(connection: &mut Connection) -> Result<String, StoreError> {
    let mut walk = Walk {
        content: SilverContent::new(
            |bytes| *blake3::hash(bytes).as_bytes(),
            all_leagues(connection).await?,
            all_teams(connection).await?,
            all_aliases(connection).await?,
        )?,
        matches: all_matches(connection).await?.into_iter().peekable(),
        stats: all_stats(connection).await?.into_iter().peekable(),
        quotes: Vec::new(),
    };
    all_quotes(connection, |quote| walk.quote(quote)).await?;
    walk.finish()
}

struct Walk {
    content: SilverContent,
    matches: Peekable<std::vec::IntoIter<Match>>,
    stats: Peekable<std::vec::IntoIter<(MatchId, MatchStats)>>,
    /// Quotes of the next match.
    quotes: Vec<OddsQuote>,
}

impl Walk {
    /// Adds a quote, after all matches before its own.
    fn quote(&mut self, stored: StoredQuote) -> Result<(), StoreError> {
        while self.matches.peek().is_some_and(|next| next.id < stored.match_id) {
            self.add_next()?;
        }
        self.quotes.push(stored.quote);
        Ok(())
    }

    fn add_next(&mut self) -> Result<(), StoreError> {
        if let Some(next) = self.matches.next() {
            let stats = self.stats.next_if(|(id, _)| *id == next.id).map(|(_, stats)| stats);
            self.content.add(&next, stats.as_ref(), &mut self.quotes)?;
            self.quotes.clear();
        }
        Ok(())
    }

    fn finish(mut self) -> Result<String, StoreError> {
        while self.matches.peek().is_some() {
            self.add_next()?;
        }
        Ok(self.content.finish())
    }
}
