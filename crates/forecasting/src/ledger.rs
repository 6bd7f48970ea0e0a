//! Checking the ledger of sealed forecasts, and the roots of its days that somebody else can hold.
//!
//! Each entry carries the hash of the one before, and its own hash covers everything that it says. [`verify`] walks
//! through all entries once, some at a time, and says which entry was changed, is missing or was added. A ledger that was
//! written anew from some entry on is whole in itself; that is found by comparing it with roots that were exported before.

mod checker;

use checker::Checker;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;
use touchline_domain::ports::{DayRoot, FeatureSet, LedgerEntry, LedgerHead, LedgerReader, StoreError};
use touchline_domain::{Progress, Stopped};

/// Entries read at a time.
const PAGE: u32 = 2_000;
/// Faults that are described; more are counted.
const MOST_DESCRIBED: usize = 100;

fn digest(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

/// Why the ledger was not read to its end.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The work was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// It does not say what was sealed.
    Changed,
    /// It is not there.
    Missing,
    /// It was not sealed.
    Inserted,
    /// The ledger is not the one whose root was exported.
    Root,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind of fault.
    pub kind: FaultKind,
    /// Sequence number of the entry, where there is one.
    pub sequence: Option<u64>,
    /// Identifier of its row in `predictions`, where there is one.
    pub id: Option<i64>,
    /// A sentence that says what is wrong.
    pub message: String,
}

/// What checking found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Whether nothing is wrong.
    pub whole: bool,
    /// Entries that were read.
    pub entries: u64,
    /// Hash of the last entry, which stands for all before it.
    pub head: String,
    /// Forecasts that were sealed before the ledger began: nothing can be said of them.
    pub outside: u64,
    /// Exported roots that were compared.
    pub roots: u64,
    /// How many faults there are.
    pub fault_count: u64,
    /// The first hundred of them.
    pub faults: Vec<Fault>,
}

/// The root of a day as it is written to files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRoot {
    /// The day, UTC.
    pub day: NaiveDate,
    /// Sequence number of its first entry.
    pub first: u64,
    /// Sequence number of its last entry.
    pub last: u64,
    /// Number of its entries.
    pub count: u64,
    /// Hash over the hashes of its entries, lower-case hex.
    pub root: String,
}

impl From<DayRoot> for ExportedRoot {
    fn from(DayRoot { day, first, last, count, root }: DayRoot) -> Self {
        Self { day, first, last, count, root }
    }
}

/// Entries by day: sequence number and hash.
type Days = BTreeMap<NaiveDate, Vec<(u64, String)>>;

/// Walks through the whole ledger and compares it with itself, with its head, and with roots that were exported.
///
/// # Errors
/// The store is not available, or the work is asked to stop.
pub async fn verify<S: LedgerReader + ?Sized>(
    store: &S,
    against: &[ExportedRoot],
    progress: &dyn Progress,
) -> Result<Verification, LedgerError> {
    let mut checker = Checker::default();
    let mut days = Days::new();
    let head = walk(store, progress, |entry| {
        let day = entry.sealed_at.date_naive();
        if against.iter().any(|root| root.day == day) {
            days.entry(day).or_default().push((entry.link.sequence, entry.link.entry_hash.clone()));
        }
        checker.push(entry);
    })
    .await?;
    let (entries, mut faults) = checker.finish(&head);
    outside(&head, &mut faults);
    for (hash, names) in store.feature_sets().await? {
        if FeatureSet::new(digest, names).hash() != hash {
            faults.push(Fault {
                kind: FaultKind::Changed,
                sequence: None,
                id: None,
                message: format!(
                    "the names of the features {hash} are not those that forecasts were made from"
                ),
            });
        }
    }
    for root in against {
        compare(root, days.get(&root.day), &mut faults);
    }
    let fault_count = faults.len() as u64;
    faults.truncate(MOST_DESCRIBED);
    Ok(Verification {
        whole: fault_count == 0,
        entries,
        head: head.entry_hash,
        outside: head.outside,
        roots: against.len() as u64,
        fault_count,
        faults,
    })
}

/// The roots of all days that have entries, or of one.
///
/// # Errors
/// The store is not available, or the work is asked to stop.
pub async fn roots<S: LedgerReader + ?Sized>(
    store: &S,
    day: Option<NaiveDate>,
    progress: &dyn Progress,
) -> Result<Vec<ExportedRoot>, LedgerError> {
    let mut days = Days::new();
    walk(store, progress, |entry| {
        let of = entry.sealed_at.date_naive();
        if day.is_none_or(|day| day == of) {
            days.entry(of).or_default().push((entry.link.sequence, entry.link.entry_hash));
        }
    })
    .await?;
    let roots = days.iter().filter_map(|(day, entries)| root_of(*day, entries));
    Ok(roots.map(ExportedRoot::from).collect())
}

fn root_of(day: NaiveDate, entries: &[(u64, String)]) -> Option<DayRoot> {
    DayRoot::of(digest, day, entries.iter().map(|(sequence, hash)| (*sequence, hash.as_str())))
}

/// Gives all entries to `each`, and returns the head as it was after the last of them.
async fn walk<S: LedgerReader + ?Sized>(
    store: &S,
    progress: &dyn Progress,
    mut each: impl FnMut(LedgerEntry),
) -> Result<LedgerHead, LedgerError> {
    progress.begin("ledger", store.ledger_head().await?.sequence);
    let (mut after, mut seen, mut last) = (None, 0, None);
    loop {
        progress.check()?;
        let page = store.ledger_entries(after, PAGE).await?;
        let whole_page = page.len() == PAGE as usize;
        for entry in page {
            after = Some((entry.link.sequence, entry.id));
            seen += 1;
            each(entry);
        }
        progress.done(seen);
        if whole_page {
            continue;
        }
        // Others may have sealed since the page was read; the ledger is at its end when the head has not moved on.
        let head = store.ledger_head().await?;
        if last.as_ref() == Some(&head) || after.is_some_and(|(sequence, _)| sequence >= head.sequence) {
            progress.end();
            return Ok(head);
        }
        last = Some(head);
    }
}

fn outside(head: &LedgerHead, faults: &mut Vec<Fault>) {
    for id in &head.strays {
        faults.push(Fault {
            kind: FaultKind::Inserted,
            sequence: None,
            id: Some(*id),
            message: format!("forecast {id} was added beside the ledger: it was not sealed by this program"),
        });
    }
    if head.outside_held != head.outside {
        faults.push(Fault {
            kind: if head.outside_held < head.outside { FaultKind::Missing } else { FaultKind::Inserted },
            sequence: None,
            id: None,
            message: format!(
                "{} forecasts of before the ledger are held, and {} were there when it began",
                head.outside_held, head.outside
            ),
        });
    }
}

/// Compares a root with the entries of its day up to its last one: more may have been sealed since.
fn compare(root: &ExportedRoot, entries: Option<&Vec<(u64, String)>>, faults: &mut Vec<Fault>) {
    let then: Vec<(u64, String)> =
        entries.into_iter().flatten().filter(|(sequence, _)| *sequence <= root.last).cloned().collect();
    let message = match root_of(root.day, &then).map(ExportedRoot::from) {
        Some(now) if now == *root => return,
        Some(now) if (now.count, now.first, now.last) == (root.count, root.first, root.last) => format!(
            "the entries of {} are not those whose root was exported: it was {}, and the ledger gives {}",
            root.day, root.root, now.root
        ),
        now => format!(
            "the root of {} covers {} entries from {} to {}, and the ledger has {} up to there",
            root.day,
            root.count,
            root.first,
            root.last,
            now.map_or(0, |now| now.count)
        ),
    };
    faults.push(Fault { kind: FaultKind::Root, sequence: Some(root.first), id: None, message });
}
