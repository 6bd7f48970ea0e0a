//! Reading what happened in matches, and prices during them.

use crate::error::{Mapped, corrupt};
use crate::matches::NO_LINE;
use crate::row::Read;
use crate::{Connection, SqliteStore};
use async_trait::async_trait;
use futures::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::ports::{EventReader, InPlayOddsReader, StoreError, texts};
use touchline_domain::{DecimalOdds, EventList, InPlayQuote, MatchEvent, MatchId, Player};

type Select = Query<'static, Sqlite, SqliteArguments>;

#[async_trait]
impl EventReader for SqliteStore {
    async fn all_events(&self) -> Result<Vec<(MatchId, EventList)>, StoreError> {
        all_events(&mut *self.read().await?).await
    }

    async fn events_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, EventList)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/events/events_of.sql")).bind(json(matches));
        events(&mut *self.read().await?, query).await
    }

    async fn players(&self, source: &str) -> Result<Vec<Player>, StoreError> {
        texts::key("the source of a player", source)?;
        let rows = sqlx::query(include_str!("../queries/events/players.sql"))
            .bind(source)
            .fetch_all(&mut *self.read().await?)
            .await
            .mapped()?;
        let player =
            |row: &SqliteRow| Player::new(row.value::<&str>(0)?, row.value::<&str>(1)?).map_err(corrupt);
        rows.iter().map(player).collect()
    }
}

#[async_trait]
impl InPlayOddsReader for SqliteStore {
    async fn all_in_play_odds(&self) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
        all_in_play(&mut *self.read().await?).await
    }

    async fn in_play_odds_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
        let query = sqlx::query(include_str!("../queries/events/in_play_of.sql")).bind(json(matches));
        in_play(&mut *self.read().await?, query).await
    }
}

/// All lists of events by match.
pub(crate) async fn all_events(connection: &mut Connection) -> Result<Vec<(MatchId, EventList)>, StoreError> {
    events(connection, sqlx::query(include_str!("../queries/events/all_events.sql"))).await
}

/// All prices during matches by match.
pub(crate) async fn all_in_play(
    connection: &mut Connection,
) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
    in_play(connection, sqlx::query(include_str!("../queries/events/all_in_play.sql"))).await
}

pub(crate) fn json(matches: &[MatchId]) -> String {
    serde_json::json!(matches).to_string()
}

/// Lists of rows that hold an event each; those of a list stand together.
async fn events(connection: &mut Connection, query: Select) -> Result<Vec<(MatchId, EventList)>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut names = Names::default();
    let mut all: Vec<(MatchId, EventList)> = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        let (id, known_at) = (MatchId(row.value(0)?), row.time(2)?);
        let source: &str = row.value(1)?;
        let event = MatchEvent {
            minute: row.number(4)?,
            stoppage: row.optional_number(5)?,
            side: row.parsed(6)?,
            kind: row.parsed(7)?,
            player: names.player(&row, 8)?,
            related: names.player(&row, 10)?,
        };
        match all.last_mut() {
            Some((of, list)) if *of == id && &*list.source == source && list.known_at == known_at => {
                list.events.push(event);
            }
            _ => {
                let known_at_imputed = row.value(3)?;
                let source = names.shared(source);
                all.push((id, EventList { source, events: vec![event], known_at, known_at_imputed }));
            }
        }
    }
    Ok(all)
}

async fn in_play(
    connection: &mut Connection,
    query: Select,
) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut names = Names::default();
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        let price = |column: usize| -> Result<Option<DecimalOdds>, StoreError> {
            let thousandths: Option<u32> = row.optional_number(column)?;
            thousandths.map(|n| DecimalOdds::new(f64::from(n) / 1000.0).map_err(corrupt)).transpose()
        };
        let quote = InPlayQuote {
            market: row.parsed(1)?,
            bookmaker: names.shared(row.value(2)?),
            line_quarters: Some(row.number(3)?).filter(|line| *line != NO_LINE),
            known_at: row.time(4)?,
            prices: [price(5)?, price(6)?, price(7)?],
        };
        all.push((MatchId(row.value(0)?), quote));
    }
    Ok(all)
}

/// Texts that stand in many rows, each held once.
#[derive(Default)]
struct Names(HashSet<Arc<str>>);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = name.into();
        self.0.insert(Arc::clone(&shared));
        shared
    }

    /// Identifier and name of a player, where there is one.
    fn player(&mut self, row: &SqliteRow, column: usize) -> Result<Option<Player>, StoreError> {
        let (id, name): (Option<&str>, Option<&str>) = (row.value(column)?, row.value(column + 1)?);
        let (Some(id), Some(name)) = (id, name) else { return Ok(None) };
        Player::new(self.shared(id), self.shared(name)).map(Some).map_err(corrupt)
    }
}
