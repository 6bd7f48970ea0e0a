//! Whether the ledger of paper bets is as it was written.

use super::PAGE;
use serde::Serialize;
use touchline_domain::ports::{LEDGER_START, PaperReader, paper_hash};
use touchline_domain::{PaperContent, Progress};

/// Faults that are described; more are counted.
const MOST_DESCRIBED: usize = 100;

/// What checking found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperVerification {
    /// Whether nothing is wrong.
    pub whole: bool,
    /// Entries that were read.
    pub entries: u64,
    /// Hash of the last entry, which stands for all before it.
    pub head: String,
    /// How many faults there are.
    pub fault_count: u64,
    /// The first hundred of them, a sentence each.
    pub faults: Vec<String>,
}

/// Walks through the ledger and finds what was changed, is missing or was added.
///
/// # Errors
/// The store is not available, or the work was asked to stop.
pub async fn verify<S: PaperReader + ?Sized>(
    store: &S,
    progress: &dyn Progress,
) -> Result<PaperVerification, super::PaperError> {
    let end = store.paper_head().await?;
    let (mut faults, mut fault_count) = (Vec::new(), 0);
    let mut found = |message: String| {
        fault_count += 1;
        if faults.len() < MOST_DESCRIBED {
            faults.push(message);
        }
    };
    let (mut entries, mut last, mut hash) = (0, 0, LEDGER_START.to_owned());
    progress.begin("entries", end.sequence);
    loop {
        progress.check()?;
        let page = store.paper_entries(last, PAGE).await?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            let n = entry.sequence;
            if n != last + 1 {
                found(format!("entries {} to {} are missing", last + 1, n - 1));
            } else if entry.previous_hash != hash {
                found(format!("entry {n} does not follow the one before: one of the two was replaced"));
            }
            let digest = |bytes: &[u8]| *blake3::hash(bytes).as_bytes();
            if paper_hash(digest, n, &entry.previous_hash, entry.written_at, &entry.text) != entry.entry_hash
            {
                found(format!("entry {n} does not say what was written"));
            }
            match entry.content() {
                Ok(PaperContent::Bet(bet)) if bet.kickoff.at <= entry.written_at => {
                    found(format!("entry {n} is a bet that was written down after its kick-off"));
                }
                Ok(_) => {}
                Err(error) => found(error.to_string()),
            }
            (last, hash) = (n, entry.entry_hash);
            entries += 1;
        }
        progress.done(entries);
    }
    progress.end();
    if (last, &hash) != (end.sequence, &end.entry_hash) {
        found(format!("the ledger ended at entry {}, and the last that is held is {last}", end.sequence));
    }
    Ok(PaperVerification { whole: fault_count == 0, entries, head: hash, fault_count, faults })
}
