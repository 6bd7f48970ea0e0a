//! Entries one after the other, and what does not fit.

use super::{Fault, FaultKind, digest};
use touchline_domain::ports::{LEDGER_START, LEDGER_VERSION, LedgerEntry, LedgerHead, entry_hash};

/// What follows the rows of one sequence number: they are judged by it.
struct Next<'a> {
    sequence: u64,
    previous_hash: &'a str,
}

/// The last entry that was judged.
struct Last {
    sequence: u64,
    id: i64,
    hash: String,
    /// Whether something was found wrong with it.
    faulty: bool,
}

/// Takes entries by sequence number and row.
#[derive(Default)]
pub(super) struct Checker {
    entries: u64,
    last: Option<Last>,
    /// Rows of one sequence number; all but one of them were inserted.
    rows: Vec<Judged>,
    faults: Vec<Fault>,
}

/// A row without what it says, and whether that gives its hash.
struct Judged {
    id: i64,
    sequence: u64,
    previous_hash: String,
    entry_hash: String,
    /// What is wrong with the row by itself.
    wrong: Option<String>,
}

impl Judged {
    fn of(entry: LedgerEntry) -> Self {
        let LedgerEntry { id, link, version, content, .. } = entry;
        let wrong = match content {
            Err(reason) => Some(format!("cannot be read: {reason}")),
            Ok((of, sealed)) => {
                match entry_hash(digest, version, link.sequence, &link.previous_hash, &of, &sealed) {
                    None if version != LEDGER_VERSION => Some(format!(
                        "was sealed in version {version}, and this program knows version {LEDGER_VERSION}: update the program"
                    )),
                    None => Some("has lost its score grid".to_owned()),
                    Some(hash) if hash == link.entry_hash => None,
                    Some(_) => Some("does not say what was sealed: its hash is another".to_owned()),
                }
            }
        };
        Self {
            id,
            sequence: link.sequence,
            previous_hash: link.previous_hash,
            entry_hash: link.entry_hash,
            wrong,
        }
    }
}

impl Checker {
    pub(super) fn push(&mut self, entry: LedgerEntry) {
        self.entries += 1;
        let row = Judged::of(entry);
        if self.rows.first().is_some_and(|first| first.sequence != row.sequence) {
            self.judge(&Next { sequence: row.sequence, previous_hash: &row.previous_hash });
        }
        self.rows.push(row);
    }

    /// How many entries were read, and what is wrong.
    pub(super) fn finish(mut self, head: &LedgerHead) -> (u64, Vec<Fault>) {
        self.judge(&Next { sequence: head.sequence + 1, previous_hash: &head.entry_hash });
        let last = self.last.as_ref().map_or(0, |last| last.sequence);
        if last < head.sequence {
            self.missing(last + 1, head.sequence);
        }
        if let Some(Last { sequence, id, hash, faulty: false }) = &self.last
            && *sequence == head.sequence
            && *hash != head.entry_hash
        {
            let (sequence, id) = (*sequence, *id);
            self.replaced(sequence, id, "the head of the ledger");
        }
        if last > head.sequence {
            self.faults.push(Fault {
                kind: FaultKind::Inserted,
                sequence: Some(last),
                id: None,
                message: format!(
                    "the ledger ended with entry {}, and there are entries up to {last}",
                    head.sequence
                ),
            });
        }
        (self.entries, self.faults)
    }

    fn missing(&mut self, first: u64, last: u64) {
        let message = if first == last {
            format!("entry {first} is missing")
        } else {
            format!("entries {first} to {last} are missing")
        };
        self.faults.push(Fault { kind: FaultKind::Missing, sequence: Some(first), id: None, message });
    }

    fn fault(&mut self, kind: FaultKind, row: &Judged, what: &str) {
        let message = format!("entry {} (forecast {}) {what}", row.sequence, row.id);
        self.faults.push(Fault { kind, sequence: Some(row.sequence), id: Some(row.id), message });
    }

    /// Judges the rows of one sequence number by what comes before and after them.
    fn judge(&mut self, next: &Next<'_>) {
        let mut rows = std::mem::take(&mut self.rows);
        let Some(sequence) = rows.first().map(|row| row.sequence) else { return };
        let expected = self.last.as_ref().map_or(1, |last| last.sequence + 1);
        // The sequence starts at 1.
        if sequence == 0 {
            for row in &rows {
                self.fault(FaultKind::Inserted, row, "has a number that the ledger does not give");
            }
            return;
        }
        let before = match &self.last {
            None => Some(LEDGER_START.to_owned()),
            Some(last) => Some(last.hash.clone()),
        }
        .filter(|_| sequence == expected);
        let named = (next.sequence == sequence + 1).then_some(next.previous_hash);
        // Of several rows with one number, the one that fits best is the entry.
        let fit = |row: &Judged| {
            let follows = before.as_ref().is_none_or(|before| *before == row.previous_hash);
            let leads = named.is_none_or(|named| *named == row.entry_hash);
            (row.wrong.is_none(), follows, leads)
        };
        let best = (0..rows.len()).max_by_key(|at| (fit(&rows[*at]), std::cmp::Reverse(rows[*at].id)));
        let entry = rows.swap_remove(best.unwrap_or_default());
        for row in &rows {
            self.fault(
                FaultKind::Inserted,
                row,
                "was inserted: another forecast was sealed under its number",
            );
        }
        if sequence > expected {
            self.missing(expected, sequence - 1);
        }
        if let Some(wrong) = &entry.wrong {
            self.fault(FaultKind::Changed, &entry, wrong);
        } else if before.is_some_and(|before| before != entry.previous_hash) {
            // The entry is as it was sealed; what it followed is not.
            match &self.last {
                None => self.fault(FaultKind::Changed, &entry, "follows another entry, and is the first"),
                Some(Last { faulty: true, .. }) => {}
                Some(Last { id, .. }) => self.replaced(sequence - 1, *id, &format!("entry {sequence}")),
            }
        }
        self.last =
            Some(Last { sequence, id: entry.id, faulty: entry.wrong.is_some(), hash: entry.entry_hash });
    }

    fn replaced(&mut self, sequence: u64, id: i64, witness: &str) {
        self.faults.push(Fault {
            kind: FaultKind::Changed,
            sequence: Some(sequence),
            id: Some(id),
            message: format!(
                "entry {sequence} (forecast {id}) was replaced: {witness} names another hash before it"
            ),
        });
    }
}
