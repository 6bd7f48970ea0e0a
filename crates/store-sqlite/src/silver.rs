//! Writing silver: one document's changes, as a whole or not at all.

mod content;
mod events;
mod facts;
mod squads;
pub(crate) mod totals;
mod write;

pub(crate) use facts::insert_quotes;
pub(crate) use write::update as update_matches;

use crate::error::Mapped;
use crate::row::Read;
use crate::{SqliteStore, bronze, corrections, lineage, names, outbox, quality, surroundings};
use async_trait::async_trait;
use touchline_domain::ports::{
    Applied, SilverChange, SilverCounts, SilverReader, SilverWriter, StoreError, texts,
};

#[async_trait]
impl SilverReader for SqliteStore {
    async fn counts(&self) -> Result<SilverCounts, StoreError> {
        let row = sqlx::query(include_str!("../queries/silver/counts.sql"))
            .fetch_one(&mut *self.read().await?)
            .await
            .mapped()?;
        Ok(SilverCounts {
            leagues: row.number(0)?,
            teams: row.number(1)?,
            league_teams: row.number(2)?,
            matches: row.number(3)?,
            finished: row.number(4)?,
            odds: row.number(5)?,
            match_stats: row.number(6)?,
            lineups: row.number(7)?,
            injuries: row.number(8)?,
        })
    }

    async fn content_hash(&self) -> Result<String, StoreError> {
        content::hash(&mut *self.snapshot().await?).await
    }
}

#[async_trait]
impl SilverWriter for SqliteStore {
    async fn apply(&self, change: &SilverChange) -> Result<Applied, StoreError> {
        texts::change(change)?;
        let mut transaction = self.write().await?;
        let now = transaction.now().timestamp();
        let before = outbox::before(&mut transaction, change).await?;
        // Changes first: a match that moves to another leg makes room for a new one.
        write::update(&mut transaction, &change.changed).await?;
        let ids = write::insert(&mut transaction, &change.new).await?;
        lineage::insert(&mut transaction, &change.origins, ids.iter().copied()).await?;
        let new = ids.into_iter().zip(change.new.iter().map(|(_, facts)| facts));
        let known = change.facts.iter().map(|(id, facts)| (*id, facts));
        let facts: Vec<_> = new.chain(known).collect();
        facts::merge_stats(&mut transaction, &facts).await?;
        facts::insert_odds(&mut transaction, &facts, now).await?;
        squads::insert_lineups(&mut transaction, &facts, now).await?;
        squads::insert_injuries(&mut transaction, &facts, now).await?;
        events::insert(&mut transaction, &facts, now).await?;
        surroundings::insert_weather(&mut transaction, &facts).await?;
        names::insert_identifiers(&mut transaction, &change.identifiers).await?;
        names::put_claims(&mut transaction, &change.claims).await?;
        corrections::insert(&mut transaction, &change.corrections).await?;
        let at = transaction.now();
        quality::insert(&mut transaction, &change.issues, at).await?;
        quality::insert_held(&mut transaction, &change.held, at).await?;
        if let Some(document) = change.document {
            bronze::mark_processed(&mut transaction, document).await?;
        }
        let applied = outbox::silver(&mut transaction, change, &before, &facts).await?;
        transaction.commit().await?;
        Ok(applied)
    }
}
