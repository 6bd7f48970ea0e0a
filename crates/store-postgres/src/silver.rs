//! Writing silver: one document's changes, as a whole or not at all.

mod content;
mod events;
mod facts;
mod odds;
mod squads;
mod write;

use crate::error::Mapped;
use crate::partitions::{self, Monthly};
use crate::row::Read;
use crate::{
    Connection, Lock, PostgresStore, bronze, corrections, lineage, names, outbox, quality, surroundings,
};
use async_trait::async_trait;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use touchline_domain::ports::{
    Applied, SilverChange, SilverCounts, SilverReader, SilverWriter, StoreError, texts,
};

pub(crate) use content::hash as content_hash;
pub(crate) use odds::insert_quotes;
pub(crate) use write::update as update_matches;

pub(crate) async fn counts(connection: &mut Connection) -> Result<SilverCounts, StoreError> {
    let row =
        sqlx::query(include_str!("../queries/silver/counts.sql")).fetch_one(connection).await.mapped()?;
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

fn months_of_odds(change: &SilverChange) -> BTreeSet<NaiveDate> {
    let new = change.new.iter().map(|(_, facts)| facts);
    let facts = new.chain(change.facts.iter().map(|(_, facts)| facts));
    partitions::months(facts.flat_map(|facts| &facts.odds).map(|quote| quote.known_at))
}

#[async_trait]
impl SilverReader for PostgresStore {
    async fn counts(&self) -> Result<SilverCounts, StoreError> {
        counts(&mut *self.read().await?).await
    }

    async fn content_hash(&self) -> Result<String, StoreError> {
        content::hash(&mut *self.snapshot().await?).await
    }
}

#[async_trait]
impl SilverWriter for PostgresStore {
    async fn apply(&self, change: &SilverChange) -> Result<Applied, StoreError> {
        texts::change(change)?;
        self.ensure_seasons(change.new.iter().map(|(details, _)| details.season).collect()).await?;
        self.ensure_months(Monthly::Odds, months_of_odds(change)).await?;

        let now = self.now();
        let mut transaction = self.write_alone(Lock::Silver).await?;
        let before = outbox::before(&mut transaction, change).await?;
        // Changes first: a match that moves to another leg makes room for a new one.
        write::update(&mut transaction, &change.changed).await?;
        let ids = write::insert(&mut transaction, &change.new).await?;
        lineage::insert(&mut transaction, &change.origins, ids.iter().copied()).await?;
        let new = ids.into_iter().zip(change.new.iter().map(|(_, facts)| facts));
        let known = change.facts.iter().map(|(id, facts)| (*id, facts));
        let facts: Vec<_> = new.chain(known).collect();
        facts::merge_stats(&mut transaction, &facts).await?;
        odds::insert(&mut transaction, &facts, now).await?;
        squads::insert_lineups(&mut transaction, &facts, now).await?;
        squads::insert_injuries(&mut transaction, &facts, now).await?;
        events::insert(&mut transaction, &facts, now).await?;
        surroundings::insert_weather(&mut transaction, &facts).await?;
        names::insert_identifiers(&mut transaction, &change.identifiers).await?;
        names::put_claims(&mut transaction, &change.claims).await?;
        corrections::insert(&mut transaction, &change.corrections).await?;
        quality::insert(&mut transaction, &change.issues, now).await?;
        quality::insert_held(&mut transaction, &change.held, now).await?;
        if let Some(document) = change.document {
            bronze::mark_processed(&mut transaction, document).await?;
        }
        let applied = outbox::silver(&mut transaction, change, &before, &facts).await?;
        transaction.commit().await?;
        Ok(applied)
    }
}
