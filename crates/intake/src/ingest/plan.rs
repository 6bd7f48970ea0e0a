//! From parsed rows and stored rows to what has to change: pure, so that every rule of merging can be tested.
//!
//! A match is one leg of a pairing in a season of a league; legs count by date. A row that carries an identifier that
//! its source gave a stored match before is that match, whatever else it says. Any other row is taken for a stored leg of
//! the same date, of a day beside it with the same score, or of a few days off with the same score where the league's
//! pairings do not meet that often ([`matching`]); a row with another date moves the earliest stored leg that
//! is not played yet, and otherwise is a new leg; unless it is an old word about a leg that was played after the row's
//! document came. A season is that of the match which is held for the date, whatever the label says ([`seasons`]). What one source says twice in two ways is a correction or a
//! conflict, by the rules of [`claims`]. What two sources say in two ways is decided by their order, and recorded too.

pub(super) mod claims;
mod matching;
pub(super) mod merge;
mod moves;
pub(super) mod seasons;

use crate::identity::{SourceOrder, Teams};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use touchline_collect::SourceMatch;
use touchline_collect::names::bookmaker_of_any;
use touchline_domain::ports::{Applied, MatchFacts, SilverChange, StoredQuote};
use touchline_domain::{
    Correction, DecimalOdds, DocumentId, LeagueId, MarketType, Match, MatchClaim, MatchId, MatchStats,
    NewMatch, OddsPhase, OddsQuote, QualityIssue, Said, Season, Severity, TeamId,
};

/// What became of matches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct MatchCounts {
    /// Not held before.
    pub new: u64,
    /// Held, and changed or completed.
    pub changed: u64,
    /// Of those, matches of which a value was replaced by a newer word of its source.
    pub corrected: u64,
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
        self.corrected += other.corrected;
        self.unchanged += other.unchanged;
        self.conflicting += other.conflicting;
    }

    /// The same after a write that wrote less than was planned, because another import wrote it meanwhile.
    pub(super) fn as_written(mut self, planned: &SilverChange, written: Applied) -> Self {
        let changed: HashSet<MatchId> =
            planned.changed.iter().map(|m| m.id).chain(planned.facts.iter().map(|(id, _)| *id)).collect();
        let not_new = (planned.new.len() as u64).saturating_sub(written.new).min(self.new);
        let not_changed = (changed.len() as u64).saturating_sub(written.changed).min(self.changed);
        self.new -= not_new;
        self.changed -= not_changed;
        self.corrected = self.corrected.min(self.changed);
        self.unchanged += not_new + not_changed;
        self
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

    /// The same as a finding about which nobody has to decide.
    pub fn note(&self, document: DocumentId) -> QualityIssue {
        QualityIssue { severity: Severity::Medium, requires_manual_review: false, ..self.issue(document) }
    }
}

/// Identifiers of what the rows name.
pub(super) struct Known<'a> {
    pub source: &'a str,
    /// Whose word counts where sources disagree.
    pub order: &'a SourceOrder,
    pub leagues: &'a [LeagueId],
    pub teams: &'a Teams,
    /// When the document came that holds the rows, and which it is.
    pub said: Said,
}

/// What the store holds of the seasons that the rows touch.
#[derive(Debug, Default)]
pub(super) struct Existing {
    pub matches: Vec<Match>,
    pub stats: Vec<(MatchId, MatchStats)>,
    pub odds: Vec<StoredQuote>,
    /// Matches by the source's own identifiers.
    pub named: HashMap<String, MatchId>,
    /// What sources say of fields of the matches.
    pub claims: Vec<MatchClaim>,
    /// Whether a row has no match of its date in its season.
    pub may_be_mislabelled: bool,
    /// What was corrected of them.
    pub corrections: Vec<Correction>,
}

/// What has to change.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub change: SilverChange,
    pub counts: MatchCounts,
    pub conflicts: Vec<Conflict>,
    /// What is worth a look and is decided: disagreements of sources, corrections.
    pub notes: Vec<Conflict>,
    /// Lines that say of stored matches what is held.
    pub confirmed: Vec<(MatchId, u32)>,
    /// Matches that change already, because they or another leg went to another pairing.
    moved: HashSet<MatchId>,
}

impl Plan {
    /// Notes that a stored match changes, once.
    fn change(&mut self, changed: &Match) {
        self.moved.insert(changed.id);
        self.change.changed.retain(|held| held.id != changed.id);
        self.change.changed.push(changed.clone());
    }
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

/// The name by which a bookmaker's prices are told apart: its code, also where they were stored before the table of names had it.
pub(super) fn kept_name(bookmaker: &Arc<str>) -> Arc<str> {
    bookmaker_of_any(bookmaker).map_or_else(|| Arc::clone(bookmaker), Into::into)
}

fn quote_key(q: &OddsQuote) -> QuoteKey {
    let quoted_at =
        if q.known_at_imputed { QuotedAt::Imputed(q.prices) } else { QuotedAt::At(q.known_at.timestamp()) };
    (kept_name(&q.bookmaker), q.market, q.line_quarters, q.phase, quoted_at)
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
    let held = Held {
        facts: StoredFacts::new(existing.stats, existing.odds),
        order: known.order,
        named: existing.named,
        words: claims::by_match(existing.claims, existing.corrections),
        said: known.said,
    };
    let mut plan = Plan::default();
    let rows = rows.into_iter().filter_map(|row| resolve(known, row)).collect();
    let mut rows = moves::without_repeated_identifiers(rows, &mut plan);
    if existing.may_be_mislabelled {
        seasons::relabel(&mut rows, &existing.matches, &held, &mut plan);
    }
    let mut pairings = Pairings::default();
    for m in existing.matches {
        pairings.entry(pairing_of(&m)).or_default().0.push(m);
    }
    let rows = moves::to_pairings_of_rows(&held, rows, &mut pairings, &mut plan);
    for row in rows {
        pairings.entry(pairing_of(&row.details)).or_default().1.push(row);
    }
    let meetings = matching::Meetings::of(&pairings);
    for (pairing, (stored, rows)) in pairings {
        if !rows.is_empty() {
            merge::pairing(stored, rows, &held, meetings.usual(pairing.0, pairing.1), &mut plan);
        }
    }
    plan
}

/// Stored matches and rows of each pairing.
pub(super) type Pairings = BTreeMap<Pairing, (Vec<Match>, Vec<Row>)>;

fn pairing_of(m: &NewMatch) -> Pairing {
    (m.league, m.season, m.home, m.away)
}

/// What is known of stored matches beside their rows.
pub(super) struct Held<'a> {
    pub facts: StoredFacts,
    pub order: &'a SourceOrder,
    /// Matches by the source's own identifiers.
    pub named: HashMap<String, MatchId>,
    pub words: HashMap<MatchId, claims::Words>,
    /// When the rows' document came.
    pub said: Said,
}

impl Held<'_> {
    /// The stored match that a row names by its identifier.
    pub fn named(&self, row: &NewMatch) -> Option<MatchId> {
        self.named.get(row.external_id.as_ref()?).copied()
    }
}

/// A row in the store's terms; none where a side is not known.
fn resolve(known: &Known<'_>, row: SourceMatch) -> Option<Row> {
    let team = |name: &str| known.teams.id(row.league, name);
    Some(Row {
        line: row.line,
        details: NewMatch {
            league: known.leagues[row.league],
            season: row.season,
            home: team(&row.home)?,
            away: team(&row.away)?,
            leg: 0,
            kickoff: row.kickoff,
            status: row.status,
            score: row.score,
            half_time: row.half_time,
            referee: row.referee,
            attendance: row.attendance,
            source: known.source.to_owned(),
            external_id: row.external_id,
            setting: row.setting,
        },
        facts: MatchFacts { stats: row.stats, odds: row.odds, ..MatchFacts::default() },
    })
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

    /// The statistics that the store holds of a match.
    pub fn stats_of(&self, id: MatchId) -> MatchStats {
        self.stats.get(&id).copied().unwrap_or_default()
    }

    /// The facts to store of a match: statistics that were decided about, and prices that the store does not hold; `None`
    /// if there is nothing.
    pub fn missing(
        &self,
        id: MatchId,
        stats: Option<MatchStats>,
        odds: Vec<OddsQuote>,
    ) -> Option<MatchFacts> {
        let held = self.odds.get(&id);
        let odds: Vec<OddsQuote> =
            odds.into_iter().filter(|q| held.is_none_or(|h| !h.contains(&quote_key(q)))).collect();
        (stats.is_some() || !odds.is_empty()).then_some(MatchFacts { stats, odds, ..MatchFacts::default() })
    }
}

#[cfg(test)]
mod tests;
