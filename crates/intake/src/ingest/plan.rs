//! From parsed rows and stored rows to what has to change: pure, so that every rule of merging can be tested.
//!
//! A match is one leg of a pairing in a season of a league; legs count by date. A row is taken for a stored leg
//! when it carries the same identifier of the same source, or the same date; a row with another date moves the
//! earliest stored leg that is not played yet, and otherwise is a new leg; unless it is an old word about a leg that
//! was played after the row's document came. The same date with another score is a
//! conflict: it is recorded, and what is stored stays.

pub(super) mod merge;

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use touchline_collect::SourceMatch;
use touchline_domain::ports::{MatchFacts, SilverChange, StoredQuote};
use touchline_domain::{
    DecimalOdds, DocumentId, LeagueId, MarketType, Match, MatchId, MatchStats, NewMatch, NewTeam, OddsPhase,
    OddsQuote, QualityIssue, Season, Severity, TeamId,
};

/// What became of matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MatchCounts {
    /// Not held before.
    pub new: u64,
    /// Held, and changed or completed.
    pub changed: u64,
    /// Held as they are.
    pub unchanged: u64,
    /// In conflict with what is held.
    pub conflicting: u64,
}

impl MatchCounts {
    /// Adds another document's.
    pub fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.unchanged += other.unchanged;
        self.conflicting += other.conflicting;
    }
}

/// A row that contradicts another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Conflict {
    pub line: u32,
    pub kind: &'static str,
    pub message: String,
}

impl Conflict {
    pub fn issue(&self, document: DocumentId) -> QualityIssue {
        QualityIssue {
            table: "matches",
            document: Some(document),
            locator: self.line,
            error_type: self.kind.to_owned(),
            severity: Severity::High,
            message: self.message.clone(),
            data: String::new(),
            requires_manual_review: true,
        }
    }
}

/// Club names of a document's leagues and their identifiers.
#[derive(Debug)]
pub(super) struct TeamIndex {
    countries: Vec<String>,
    ids: HashMap<String, HashMap<String, TeamId>>,
}

impl TeamIndex {
    /// `countries` by league index; `names` and `ids` in the same order.
    pub fn new(countries: Vec<String>, names: Vec<NewTeam>, ids: &[TeamId]) -> Self {
        let mut index: HashMap<String, HashMap<String, TeamId>> = HashMap::new();
        for (team, id) in names.into_iter().zip(ids) {
            index.entry(team.country).or_default().insert(team.name, *id);
        }
        Self { countries, ids: index }
    }

    fn id(&self, league: usize, name: &str) -> TeamId {
        self.ids[&self.countries[league]][name]
    }
}

/// Identifiers of what the rows name.
pub(super) struct Known<'a> {
    pub source: &'a str,
    pub leagues: &'a [LeagueId],
    pub teams: &'a TeamIndex,
    /// When the document came that holds the rows.
    pub collected_at: DateTime<Utc>,
}

/// What the store holds of the seasons that the rows touch.
#[derive(Debug, Default)]
pub(super) struct Existing {
    pub matches: Vec<Match>,
    pub stats: Vec<(MatchId, MatchStats)>,
    pub odds: Vec<StoredQuote>,
}

/// What has to change.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub change: SilverChange,
    pub counts: MatchCounts,
    pub conflicts: Vec<Conflict>,
}

/// A pairing in a season of a league.
pub(super) type Pairing = (LeagueId, Season, TeamId, TeamId);
/// What tells one quote of a match from another. Where the time is only imputed it tells nothing, so that the
/// prices do: the same file read on another day must not bring its prices a second time.
type QuoteKey = (Arc<str>, MarketType, Option<i16>, OddsPhase, QuotedAt);

#[derive(Debug, PartialEq, Eq, Hash)]
enum QuotedAt {
    At(i64),
    Imputed([Option<DecimalOdds>; 3]),
}

fn quote_key(q: &OddsQuote) -> QuoteKey {
    let quoted_at =
        if q.known_at_imputed { QuotedAt::Imputed(q.prices) } else { QuotedAt::At(q.known_at.timestamp()) };
    (q.bookmaker.clone(), q.market, q.line_quarters, q.phase, quoted_at)
}

/// A parsed row in the store's terms.
#[derive(Debug)]
pub(super) struct Row {
    pub line: u32,
    pub details: NewMatch,
    pub facts: MatchFacts,
}

/// Compares parsed rows with what is stored.
pub(super) fn plan(known: &Known<'_>, rows: Vec<SourceMatch>, existing: Existing) -> Plan {
    let stored_facts = StoredFacts::new(existing.stats, existing.odds);
    let mut pairings: BTreeMap<Pairing, (Vec<Match>, Vec<Row>)> = BTreeMap::new();
    for m in existing.matches {
        pairings.entry((m.league, m.season, m.home, m.away)).or_default().0.push(m);
    }
    for row in rows.into_iter().map(|r| resolve(known, r)) {
        let d = &row.details;
        pairings.entry((d.league, d.season, d.home, d.away)).or_default().1.push(row);
    }
    let mut plan = Plan::default();
    for (_, (stored, rows)) in pairings {
        if !rows.is_empty() {
            merge::pairing(stored, rows, &stored_facts, known.collected_at, &mut plan);
        }
    }
    plan
}

fn resolve(known: &Known<'_>, row: SourceMatch) -> Row {
    let team = |name: &str| known.teams.id(row.league, name);
    Row {
        line: row.line,
        details: NewMatch {
            league: known.leagues[row.league],
            season: row.season,
            home: team(&row.home),
            away: team(&row.away),
            leg: 0,
            kickoff: row.kickoff,
            status: row.status,
            score: row.score,
            half_time: row.half_time,
            referee: row.referee,
            attendance: row.attendance,
            source: known.source.to_owned(),
            external_id: row.external_id,
        },
        facts: MatchFacts { stats: row.stats, odds: row.odds, ..MatchFacts::default() },
    }
}

/// Statistics and odds by match.
#[derive(Debug)]
pub(super) struct StoredFacts {
    stats: HashMap<MatchId, MatchStats>,
    odds: HashMap<MatchId, HashSet<QuoteKey>>,
}

impl StoredFacts {
    fn new(stats: Vec<(MatchId, MatchStats)>, odds: Vec<StoredQuote>) -> Self {
        let mut by_match: HashMap<MatchId, HashSet<QuoteKey>> = HashMap::new();
        for q in odds {
            by_match.entry(q.match_id).or_default().insert(quote_key(&q.quote));
        }
        Self { stats: stats.into_iter().collect(), odds: by_match }
    }

    /// The part of `facts` that the store does not hold of a match; `None` if it holds all.
    pub fn missing(&self, id: MatchId, facts: MatchFacts) -> Option<MatchFacts> {
        let stored = self.stats.get(&id).copied().unwrap_or_default();
        let stats = facts.stats.filter(|s| merge::stats(stored, *s) != stored);
        let held = self.odds.get(&id);
        let odds: Vec<OddsQuote> =
            facts.odds.into_iter().filter(|q| held.is_none_or(|h| !h.contains(&quote_key(q)))).collect();
        (stats.is_some() || !odds.is_empty()).then_some(MatchFacts { stats, odds, ..MatchFacts::default() })
    }
}

#[cfg(test)]
mod tests;
