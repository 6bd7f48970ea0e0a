//! Quotes that leave for the lake and come back.

use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::export::{identifiers, recorded_quotes};
use crate::partitions::{self, Monthly};
use crate::rows::documents::archived_match;
use crate::rows::matches::NO_LINE;
use crate::silver::insert_quotes;
use crate::{Connection, Lock, PostgresStore, outbox, whole};
use async_trait::async_trait;
use std::collections::HashMap;
use touchline_domain::ports::{
    ArchivedMatch, QuoteArchive, RecordedQuote, StoreError, Thinning, returned_matches, texts,
};
use touchline_domain::{ChangeKind, MatchId, OddsQuote};

/// Removes quotes; returns how many there were.
async fn remove(connection: &mut Connection, quotes: &[(MatchId, OddsQuote)]) -> Result<u64, StoreError> {
    let mut removed = 0;
    for rows in quotes.chunks(ROWS) {
        let times = || rows.iter().map(|(_, q)| whole(q.known_at));
        removed += sqlx::query(include_str!("../queries/archive/remove.sql"))
            .bind(column(rows, |(id, _)| id.0))
            .bind(column(rows, |(_, q)| q.market.name()))
            .bind(column(rows, |(_, q)| &*q.bookmaker))
            .bind(column(rows, |(_, q)| q.line_quarters.unwrap_or(NO_LINE)))
            .bind(column(rows, |(_, q)| q.phase.name()))
            .bind(column(rows, |(_, q)| whole(q.known_at)))
            .bind(times().min())
            .bind(times().max())
            .execute(&mut *connection)
            .await
            .mapped()?
            .rows_affected();
    }
    Ok(removed)
}

#[async_trait]
impl QuoteArchive for PostgresStore {
    async fn thin(&self, thinning: &Thinning) -> Result<(), StoreError> {
        // Whoever adds quotes waits: none can come between the comparison and the end.
        let mut transaction = self.write_alone(Lock::Silver).await?;
        let ids: Vec<MatchId> = thinning.matches.iter().map(|thinned| thinned.id).collect();
        let held = recorded_quotes(&mut transaction, &ids).await?;
        thinning.check(|bytes| *blake3::hash(bytes).as_bytes(), &held)?;
        let removed = remove(&mut transaction, &thinning.removed).await?;
        thinning.check_removed(removed)?;
        let mut removed_of: HashMap<MatchId, i64> = HashMap::new();
        for (id, _) in &thinning.removed {
            *removed_of.entry(*id).or_default() += 1;
        }
        let thinned = &thinning.matches;
        sqlx::query(include_str!("../queries/archive/note.sql"))
            .bind(identifiers(&ids))
            .bind(&thinning.lake)
            .bind(column(thinned, |t| t.quotes as i64))
            .bind(column(thinned, |t| removed_of.get(&t.id).copied().unwrap_or(0)))
            .bind(column(thinned, |t| t.digest.as_str()))
            .bind(self.now())
            .execute(&mut *transaction)
            .await
            .mapped()?;
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
        let months = partitions::months(quotes.iter().map(|q| q.quote.known_at));
        self.ensure_months(Monthly::Odds, months).await?;
        let rows = quotes.iter().map(|q| (q.match_id, &q.quote, q.recorded_at)).collect();
        let mut transaction = self.write_alone(Lock::Silver).await?;
        let added = insert_quotes(&mut transaction, rows).await?;
        if added > 0 {
            outbox::matches(&mut transaction, ChangeKind::Odds, returned_matches(quotes)).await?;
        }
        transaction.commit().await?;
        Ok(added)
    }

    async fn forget_archived(&self, matches: &[MatchId]) -> Result<(), StoreError> {
        sqlx::query(include_str!("../queries/archive/forget.sql"))
            .bind(identifiers(matches))
            .execute(&mut *self.read().await?)
            .await
            .mapped()?;
        Ok(())
    }
}
