//! The lake beside the store: exporting, archiving old odds, bringing them back, compacting.

mod archive;
mod compact;
mod export;
mod restore;
mod thinning;

pub use archive::{ArchiveReport, archive};
pub use compact::{CompactReport, compact, verify};
pub use export::{Export, ExportReport, Exported, PartitionOutcome, export};
pub use restore::{RestoreReport, restore};
pub use thinning::representatives;

use std::collections::HashMap;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::lake::{MatchRef, QuoteRow};
use touchline_domain::ports::{
    ExportRepository, LakeError, LeagueReader, StoreError, TeamReader, quotes_digest,
};
use touchline_domain::{LeagueId, Match, MatchId, NewTeam, OddsQuote, Stopped, TeamId};

/// Quotes that are in memory at once, unless one match has more.
const QUOTES: u64 = 100_000;

/// Why work with the lake ended early. What was done is kept; running it again goes on.
#[derive(Debug, Error)]
pub enum LakeWorkError {
    /// The store's own reason.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The lake's own reason.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// It was asked to stop between two partitions or portions.
    #[error("{0}")]
    Stopped(#[from] Stopped),
    /// What was read back is not what was written; nothing was removed.
    #[error("{0}: what was read back is not what was written; nothing was removed from the database")]
    NotReadBack(String),
}

/// Names for identifiers.
struct Roster {
    leagues: HashMap<LeagueId, String>,
    teams: HashMap<TeamId, NewTeam>,
}

impl Roster {
    async fn load(store: &(impl LeagueReader + TeamReader + ?Sized)) -> Result<Self, StoreError> {
        let leagues = store.leagues().await?.into_iter().map(|l| (l.id, l.details.code)).collect();
        let teams = store.teams().await?.into_iter();
        let teams = teams.map(|t| (t.id, NewTeam { name: t.name, country: t.country })).collect();
        Ok(Self { leagues, teams })
    }

    fn name(&self, m: &Match) -> Result<MatchRef, StoreError> {
        let missing = |what: &str| StoreError::Corrupt(format!("{what} of match {} is not held", m.id));
        let team = |id| self.teams.get(&id).cloned().ok_or_else(|| missing("a team"));
        Ok(MatchRef {
            id: m.id,
            league: self.leagues.get(&m.league).cloned().ok_or_else(|| missing("the league"))?,
            season: m.season,
            home: team(m.home)?,
            away: team(m.away)?,
            leg: m.leg,
            kickoff: m.kickoff,
        })
    }
}

/// The order in which the quotes of a match are written.
fn order(q: &OddsQuote) -> (&str, &str, Option<i16>, &str, i64) {
    (q.market.name(), &q.bookmaker, q.line_quarters, q.phase.name(), q.known_at.timestamp())
}

/// Sixteen bytes that tell a quote of a match from every other, whenever it was recorded.
fn fingerprint(of: &MatchRef, quote: &OddsQuote) -> [u8; 16] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&of.id.0.to_le_bytes());
    let season = of.season.to_string();
    let quote = quotes_digest(blake3_digest, &mut [quote]);
    let teams = [&of.home.country, &of.home.name, &of.away.country, &of.away.name];
    for text in [&of.league, &season].into_iter().chain(teams).chain([&quote]) {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    short
}

fn blake3_digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// Some matches, and some of their quotes in the order in which they are written.
type Portion = Vec<(Arc<MatchRef>, Vec<QuoteRow>)>;

/// Splits matches so that few of them have many quotes; those without any are left out.
async fn portions(
    store: &dyn ExportRepository,
    matches: &[Arc<MatchRef>],
) -> Result<Vec<Vec<Arc<MatchRef>>>, StoreError> {
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let counts: HashMap<MatchId, u64> = store.quote_counts(&ids).await?.into_iter().collect();
    let mut portions: Vec<Vec<Arc<MatchRef>>> = Vec::new();
    let mut room = 0;
    for of in matches {
        let Some(count) = counts.get(&of.id) else { continue };
        if portions.is_empty() || *count > room {
            portions.push(Vec::new());
            room = QUOTES;
        }
        room = room.saturating_sub(*count);
        if let Some(last) = portions.last_mut() {
            last.push(Arc::clone(of));
        }
    }
    Ok(portions)
}

/// The quotes of some matches.
async fn quotes_of(store: &dyn ExportRepository, matches: &[Arc<MatchRef>]) -> Result<Portion, StoreError> {
    let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
    let mut quotes: HashMap<MatchId, Vec<QuoteRow>> = HashMap::new();
    let of: HashMap<MatchId, &Arc<MatchRef>> = matches.iter().map(|m| (m.id, m)).collect();
    for recorded in store.recorded_quotes(&ids).await? {
        let Some(of) = of.get(&recorded.match_id) else { continue };
        let row = QuoteRow { of: Arc::clone(of), quote: recorded.quote, recorded_at: recorded.recorded_at };
        quotes.entry(recorded.match_id).or_default().push(row);
    }
    let sorted = matches.iter().map(|of| {
        let mut quotes = quotes.remove(&of.id).unwrap_or_default();
        quotes.sort_by(|a, b| order(&a.quote).cmp(&order(&b.quote)));
        (Arc::clone(of), quotes)
    });
    Ok(sorted.collect())
}
