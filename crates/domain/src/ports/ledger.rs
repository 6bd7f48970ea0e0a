use super::content::Digest;
use super::{SealedForecast, StoreError};
use crate::{KickoffPrecision, Season};
use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

/// Version of the encoding that entries are hashed by.
pub const LEDGER_VERSION: u8 = 1;
/// What the first entry names as the hash before it.
pub const LEDGER_START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Names and versions of the features that a forecast was made from; kept once, whatever the number of forecasts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeatureSet {
    hash: String,
    names: Vec<String>,
}

impl FeatureSet {
    /// The set of these features, each written `name@version`, in the order of the model's columns.
    pub fn new(digest: Digest, names: Vec<String>) -> Self {
        let mut out = b"touchline features 1".to_vec();
        count(&mut out, names.len());
        for name in &names {
            text(&mut out, name);
        }
        Self { hash: hex::encode(digest(&out)), names }
    }

    /// Hash of the names.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The names.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

/// A match as an entry describes it, without a store's identifiers: these may be joined or moved later.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LedgerMatch {
    /// Code of its league.
    pub league: String,
    /// Its season.
    pub season: Season,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Ordinal by date of this pairing in this season.
    pub leg: u8,
}

/// The place of an entry in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLink {
    /// From 1, without gaps.
    pub sequence: u64,
    /// Hash of the entry before, lower-case hex; [`LEDGER_START`] for the first.
    pub previous_hash: String,
    /// Hash of this entry, lower-case hex.
    pub entry_hash: String,
}

/// An entry of the ledger as a store holds it, which may not be as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerEntry {
    /// Identifier of its row.
    pub id: i64,
    /// Its place.
    pub link: LedgerLink,
    /// Version of the encoding behind its hash.
    pub version: u8,
    /// When it was sealed.
    pub sealed_at: DateTime<Utc>,
    /// What it says; a text where it cannot be read.
    pub content: Result<(LedgerMatch, SealedForecast), String>,
}

/// How the ledger stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerHead {
    /// Sequence number of the last entry that was sealed; 0 before the first.
    pub sequence: u64,
    /// Its hash; [`LEDGER_START`] before the first.
    pub entry_hash: String,
    /// Forecasts that were sealed before the ledger began and lie outside it.
    pub outside: u64,
    /// Of these, how many are held now.
    pub outside_held: u64,
    /// Identifiers of forecasts outside the ledger that were not there when it began, at most a hundred.
    pub strays: Vec<i64>,
}

/// Where a page of entries ended: sequence number and identifier of its last row.
pub type LedgerPosition = (u64, i64);

/// Reading the ledger of sealed forecasts.
#[async_trait]
pub trait LedgerReader: Send + Sync {
    /// How the ledger stands.
    ///
    /// # Errors
    /// The store is not available.
    async fn ledger_head(&self) -> Result<LedgerHead, StoreError>;

    /// At most `limit` entries by sequence number and identifier. A row that cannot be read as it should is an entry
    /// with the reason.
    ///
    /// # Errors
    /// The store is not available.
    async fn ledger_entries(
        &self,
        after: Option<LedgerPosition>,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError>;

    /// All sets of features that forecasts were made from: the hash they are held under, and their names.
    ///
    /// # Errors
    /// The store is not available.
    async fn feature_sets(&self) -> Result<Vec<(String, Vec<String>)>, StoreError>;
}

/// The end of the ledger while entries are added; for stores, within the transaction that seals.
#[derive(Debug)]
pub struct LedgerEnd {
    digest: Digest,
    sequence: u64,
    entry_hash: String,
}

impl LedgerEnd {
    /// The end after the entry with this sequence number and hash; 0 and [`LEDGER_START`] before the first.
    pub fn new(digest: Digest, sequence: u64, entry_hash: String) -> Self {
        Self { digest, sequence, entry_hash }
    }

    /// The place of a forecast as the next entry, after which the next one comes.
    ///
    /// # Errors
    /// The forecast lacks its details.
    pub fn append(&mut self, of: &LedgerMatch, sealed: &SealedForecast) -> Result<LedgerLink, StoreError> {
        let sequence = self.sequence + 1;
        let hash = entry_hash(self.digest, LEDGER_VERSION, sequence, &self.entry_hash, of, sealed);
        let entry_hash = hash.ok_or_else(|| {
            StoreError::Constraint(format!("the forecast of match {} has no score grid", sealed.match_id))
        })?;
        let previous_hash = std::mem::replace(&mut self.entry_hash, entry_hash.clone());
        self.sequence = sequence;
        Ok(LedgerLink { sequence, previous_hash, entry_hash })
    }
}

/// The hash of an entry, lower-case hex; none where the version is not known or the forecast lacks its details.
pub fn entry_hash(
    digest: Digest,
    version: u8,
    sequence: u64,
    previous_hash: &str,
    of: &LedgerMatch,
    sealed: &SealedForecast,
) -> Option<String> {
    if version != LEDGER_VERSION {
        return None;
    }
    encode(sequence, previous_hash, of, sealed).map(|bytes| hex::encode(digest(&bytes)))
}

/// Everything that an entry says, in a form that no other entry has. Texts and bytes carry their length, numbers are
/// little-endian, times are whole seconds.
fn encode(sequence: u64, previous_hash: &str, of: &LedgerMatch, sealed: &SealedForecast) -> Option<Vec<u8>> {
    let details = sealed.details.as_deref()?;
    let grid = details.grid.packed();
    let mut out = Vec::with_capacity(grid.len() + 512);
    out.extend(b"touchline ledger");
    out.push(LEDGER_VERSION);
    out.extend(sequence.to_le_bytes());
    text(&mut out, previous_hash);
    text(&mut out, &of.league);
    text(&mut out, &of.season.to_string());
    text(&mut out, &of.home);
    text(&mut out, &of.away);
    out.push(of.leg);
    time(&mut out, details.kickoff.at);
    out.push(match details.kickoff.precision {
        KickoffPrecision::Minute => 0,
        KickoffPrecision::Day => 1,
    });
    text(&mut out, &sealed.model_name);
    text(&mut out, &sealed.model_version);
    for p in sealed.forecast.as_array() {
        number(&mut out, p);
    }
    number(&mut out, sealed.expected_goals.0);
    number(&mut out, sealed.expected_goals.1);
    time(&mut out, sealed.as_of);
    time(&mut out, sealed.sealed_at);
    count(&mut out, grid.len());
    out.extend(grid);
    number(&mut out, details.confidence);
    out.extend([details.score.0, details.score.1]);
    number(&mut out, details.over_2_5);
    number(&mut out, details.both_teams_score);
    text(&mut out, &details.features);
    text(&mut out, &details.bundle);
    text(&mut out, &details.data);
    Some(out)
}

/// The hash over the entries that were sealed on one day (UTC), which somebody else can hold as a proof of what was
/// there. It covers the entries from `first` to `last` in the order of the ledger, so that it stays true when more are
/// sealed later on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRoot {
    /// The day.
    pub day: NaiveDate,
    /// Sequence number of its first entry.
    pub first: u64,
    /// Sequence number of its last entry.
    pub last: u64,
    /// Number of its entries.
    pub count: u64,
    /// The hash, lower-case hex.
    pub root: String,
}

impl DayRoot {
    /// The root of a day over its entries' hashes, by sequence number; none where it has no entry.
    pub fn of<'a>(
        digest: Digest,
        day: NaiveDate,
        entries: impl IntoIterator<Item = (u64, &'a str)>,
    ) -> Option<Self> {
        let mut out = b"touchline ledger day 1".to_vec();
        text(&mut out, &day.to_string());
        let mut span = None;
        let mut held = 0;
        for (sequence, hash) in entries {
            out.extend(sequence.to_le_bytes());
            text(&mut out, hash);
            span = Some((span.map_or(sequence, |(first, _)| first), sequence));
            held += 1;
        }
        let (first, last) = span?;
        Some(Self { day, first, last, count: held, root: hex::encode(digest(&out)) })
    }
}

fn count(out: &mut Vec<u8>, n: usize) {
    out.extend((n as u64).to_le_bytes());
}

fn text(out: &mut Vec<u8>, value: &str) {
    count(out, value.len());
    out.extend(value.as_bytes());
}

fn number(out: &mut Vec<u8>, value: f64) {
    out.extend(value.to_bits().to_le_bytes());
}

fn time(out: &mut Vec<u8>, value: DateTime<Utc>) {
    out.extend(value.timestamp().to_le_bytes());
}
