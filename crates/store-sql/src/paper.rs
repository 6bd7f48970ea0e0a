//! The ledger of paper bets.

use crate::error::corrupt;
use crate::row::Read;
use crate::statements::Statements;
use crate::store::{Lock, SqlStore};
use crate::values;
use chrono::{DateTime, Utc};
use touchline_domain::ports::{NewPaperEntry, PaperEntry, PaperHead, StoreError, paper_hash, texts};
use touchline_domain::{MatchId, PaperContent};

fn head(row: &impl Read) -> Result<PaperHead, StoreError> {
    Ok(PaperHead { sequence: row.number(0)?, entry_hash: row.value(1)? })
}

pub async fn paper_head<S: SqlStore>(store: &S) -> Result<PaperHead, StoreError> {
    store.read().await?.one(S::TEXTS.paper.head, &values![], head).await
}

pub async fn paper_entries<S: SqlStore>(
    store: &S,
    after: u64,
    limit: u32,
) -> Result<Vec<PaperEntry>, StoreError> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    store.read().await?.all(S::TEXTS.paper.entries, &values![after, limit], entry).await
}

pub async fn add_to_paper<S: SqlStore>(
    store: &S,
    after: u64,
    at: DateTime<Utc>,
    entries: &[NewPaperEntry],
) -> Result<u64, StoreError> {
    let mut write = store.write(&[Lock::Paper]).await?;
    let mut end = write.one(S::TEXTS.paper.last, &values![], head).await?;
    if end.sequence != after {
        return Err(StoreError::Constraint(format!(
            "the paper ledger ends at entry {} and not at {after}: somebody else has written to it; try again",
            end.sequence
        )));
    }
    for NewPaperEntry { match_id, content } in entries {
        let text = serde_json::to_string(content).map_err(corrupt)?;
        texts::free("an entry of the paper ledger", &text)?;
        let bet = match content {
            PaperContent::Settlement(settlement) => Some(signed(settlement.bet)?),
            _ => None,
        };
        let sequence = end.sequence + 1;
        let digest = |bytes: &[u8]| *blake3::hash(bytes).as_bytes();
        let hash = paper_hash(digest, sequence, &end.entry_hash, at, &text);
        let values =
            values![signed(sequence)?, content.kind(), at, *match_id, bet, text, &end.entry_hash, &hash];
        write.run(S::TEXTS.paper.insert, &values).await?;
        end = PaperHead { sequence, entry_hash: hash };
    }
    write.commit().await?;
    Ok(end.sequence)
}

fn signed(sequence: u64) -> Result<i64, StoreError> {
    i64::try_from(sequence).map_err(corrupt)
}

/// Sequence number, time, match, text, and both hashes.
fn entry(row: &impl Read) -> Result<PaperEntry, StoreError> {
    Ok(PaperEntry {
        sequence: row.number(0)?,
        written_at: row.time(1)?,
        match_id: row.whole(2)?.map(MatchId),
        text: row.value(3)?,
        previous_hash: row.value(4)?,
        entry_hash: row.value(5)?,
    })
}
