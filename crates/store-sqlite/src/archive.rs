//! Quotes that leave for the lake and come back.

use crate::error::Mapped;
use crate::export::recorded_quotes;
use crate::rows::documents::archived_match;
use crate::rows::matches::NO_LINE;
use crate::silver::insert_quotes;
use crate::{Connection, SqliteStore, bulk, outbox};
use async_trait::async_trait;
use std::collections::{BTreeMap, HashMap};
use touchline_domain::ports::{
    ArchivedMatch, QuoteArchive, RecordedQuote, StoreError, Thinning, returned_matches, texts,
};
use touchline_domain::{ChangeKind, MatchId, OddsQuote};

const REMOVE: &str = include_str!("../queries/archive/remove.sql");
const NOTE: &str = include_str!("../queries/archive/note.sql");
const FORGET: &str = include_str!("../queries/archive/forget.sql");

/// Removes quotes; returns how many there were.
async fn remove(connection: &mut Connection, quotes: &[(MatchId, OddsQuote)]) -> Result<u64, StoreError> {
    let mut series: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for (id, q) in quotes {
        let key = (id.0, q.market.name(), &*q.bookmaker, q.line_quarters.unwrap_or(NO_LINE), q.phase.name());
        series.entry(key).or_default().push(q.known_at.timestamp());
    }
    let mut removed = 0;
    for ((id, market, bookmaker, line, phase), times) in series {
        removed += sqlx::query(REMOVE)
            .bind(id)
            .bind(market)
            .bind(bookmaker)
            .bind(line)
            .bind(phase)
            .bind(serde_json::json!(times).to_string())
            .execute(&mut *connection)
            .await
            .mapped()?
            .rows_affected();
    }
    Ok(removed)
}

#[async_trait]
impl QuoteArchive for SqliteStore {
    async fn thin(&self, thinning: &Thinning) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        let now = transaction.now().timestamp();
        let ids: Vec<MatchId> = thinning.matches.iter().map(|thinned| thinned.id).collect();
        let held = recorded_quotes(&mut transaction, &ids).await?;
        thinning.check(|bytes| *blake3::hash(bytes).as_bytes(), &held)?;
        let removed = remove(&mut transaction, &thinning.removed).await?;
        thinning.check_removed(removed)?;
        let mut removed_of: HashMap<MatchId, i64> = HashMap::new();
        for (id, _) in &thinning.removed {
            *removed_of.entry(*id).or_default() += 1;
        }
        bulk::run(&mut transaction, NOTE, &thinning.matches, |row, thinned| {
            row.put(thinned.id.0)
                .put(thinning.lake.as_str())
                .put(thinned.quotes as i64)
                .put(removed_of.get(&thinned.id).copied().unwrap_or(0))
                .put(thinned.digest.as_str())
                .put(now);
        })
        .await?;
        let thinned = removed_of.iter().map(|(id, n)| (*id, serde_json::json!({ "removed": n }))).collect();
        outbox::matches(&mut transaction, ChangeKind::Odds, thinned).await?;
        transaction.commit().await
    }

    async fn archived(&self) -> Result<Vec<ArchivedMatch>, StoreError> {
        let rows = sqlx::query(include_str!("../queries/archive/all.sql"))
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        rows.iter().map(archived_match).collect()
    }

    async fn return_quotes(&self, quotes: &[RecordedQuote]) -> Result<u64, StoreError> {
        quotes.iter().try_for_each(|q| texts::key("the bookmaker of a quote", &q.quote.bookmaker))?;
        let rows: Vec<_> = quotes.iter().map(|q| (q.match_id, &q.quote, q.recorded_at.timestamp())).collect();
        let mut transaction = self.write().await?;
        let added = insert_quotes(&mut transaction, &rows).await?;
        if added > 0 {
            outbox::matches(&mut transaction, ChangeKind::Odds, returned_matches(quotes)).await?;
        }
        transaction.commit().await?;
        Ok(added)
    }

    async fn forget_archived(&self, matches: &[MatchId]) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        bulk::run(&mut transaction, FORGET, matches, |row, id| {
            row.put(id.0);
        })
        .await?;
        transaction.commit().await
    }
}
