//! Players, events and prices during matches.

use super::odds::prices;
use crate::columns::{ROWS, column};
use crate::error::Mapped;
use crate::row::Read;
use crate::rows::matches::NO_LINE;
use crate::{Connection, whole};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{EventList, InPlayQuote, MatchEvent, MatchId, Player};

const INSERT_PLAYERS: &str = include_str!("../../queries/events/insert_players.sql");
const INSERT_EVENTS: &str = include_str!("../../queries/events/insert_events.sql");
const INSERT_IN_PLAY: &str = include_str!("../../queries/events/insert_in_play.sql");

/// Adds players, lists of events, and prices during matches; what is known is left as it is.
pub(super) async fn insert(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    insert_players(connection, facts).await?;
    insert_events(connection, facts, now).await?;
    insert_in_play(connection, facts, now).await
}

async fn insert_players(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
) -> Result<(), StoreError> {
    let mut met = HashSet::new();
    let mut players: Vec<(&str, &Player)> = Vec::new();
    for (_, facts) in facts {
        let lineups = facts.lineups.iter().flat_map(|lineup| {
            let listed = lineup.squad.starters().iter().chain(lineup.squad.substitutes());
            listed.map(|listed| (&*lineup.source, &listed.player))
        });
        let injuries = facts.injuries.iter().map(|injury| (&*injury.source, &injury.player));
        let events = facts.events.iter().flat_map(|list| {
            let players = list.events.iter().flat_map(|event| event.player.iter().chain(&event.related));
            players.map(|player| (&*list.source, player))
        });
        let all = lineups.chain(injuries).chain(events);
        players.extend(all.filter(|(source, player)| met.insert((*source, player.id().clone()))));
    }
    for rows in players.chunks(ROWS) {
        sqlx::query(INSERT_PLAYERS)
            .bind(column(rows, |(source, _)| *source))
            .bind(column(rows, |(_, player)| &**player.id()))
            .bind(column(rows, |(_, player)| &**player.name()))
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

async fn insert_events(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let given: Vec<(MatchId, &EventList)> =
        facts.iter().flat_map(|(id, facts)| facts.events.iter().map(|list| (*id, list))).collect();
    if given.is_empty() {
        return Ok(());
    }
    let rows = sqlx::query(include_str!("../../queries/events/held_lists.sql"))
        .bind(column(&given, |(id, _)| id.0))
        .fetch_all(&mut *connection)
        .await
        .mapped()?;
    let mut held: HashSet<(i64, String, i64)> = HashSet::new();
    for row in &rows {
        held.insert((row.value(0)?, row.value(1)?, row.value::<DateTime<Utc>>(2)?.timestamp()));
    }
    let new =
        given.into_iter().filter(|(id, l)| held.insert((id.0, l.source.to_string(), l.known_at.timestamp())));
    let rows: Vec<(MatchId, &EventList, i16, &MatchEvent)> = new
        .flat_map(|(id, list)| {
            (1..).zip(&list.events).map(move |(ordinal, event)| (id, list, ordinal, event))
        })
        .collect();
    let id_of = |player: &Option<Player>| player.as_ref().map(|player| player.id().to_string());
    for rows in rows.chunks(ROWS) {
        sqlx::query(INSERT_EVENTS)
            .bind(column(rows, |(id, ..)| id.0))
            .bind(column(rows, |(_, list, ..)| &*list.source))
            .bind(column(rows, |(_, list, ..)| whole(list.known_at)))
            .bind(column(rows, |(_, list, ..)| list.known_at_imputed))
            .bind(column(rows, |(.., ordinal, _)| *ordinal))
            .bind(column(rows, |(.., event)| i16::from(event.minute)))
            .bind(column(rows, |(.., event)| event.stoppage.map(i16::from)))
            .bind(column(rows, |(.., event)| event.side.name()))
            .bind(column(rows, |(.., event)| event.kind.name()))
            .bind(column(rows, |(.., event)| id_of(&event.player)))
            .bind(column(rows, |(.., event)| id_of(&event.related)))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}

async fn insert_in_play(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows: Vec<(MatchId, &InPlayQuote)> =
        facts.iter().flat_map(|(id, facts)| facts.in_play.iter().map(|quote| (*id, quote))).collect();
    if let Some((_, quote)) = rows.iter().find(|(_, quote)| quote.line_quarters == Some(NO_LINE)) {
        return Err(StoreError::Constraint(format!(
            "ck_in_play_odds_line_range: {NO_LINE} quarters are not a line ({})",
            quote.bookmaker
        )));
    }
    for rows in rows.chunks(ROWS) {
        let price = |place: usize| column(rows, |(_, quote)| prices(quote.market, quote.prices)[place]);
        sqlx::query(INSERT_IN_PLAY)
            .bind(column(rows, |(id, _)| id.0))
            .bind(column(rows, |(_, q)| q.market.name()))
            .bind(column(rows, |(_, q)| &*q.bookmaker))
            .bind(column(rows, |(_, q)| q.line_quarters.unwrap_or(NO_LINE)))
            .bind(column(rows, |(_, q)| whole(q.known_at)))
            .bind(price(0))
            .bind(price(1))
            .bind(price(2))
            .bind(price(3))
            .bind(price(4))
            .bind(price(5))
            .bind(price(6))
            .bind(column(rows, |(_, q)| q.is_suspicious()))
            .bind(now)
            .execute(&mut *connection)
            .await
            .mapped()?;
    }
    Ok(())
}
