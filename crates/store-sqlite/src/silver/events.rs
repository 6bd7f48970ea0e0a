//! Players, events and prices during matches.

use crate::error::Mapped;
use crate::events::json;
use crate::row::Read;
use crate::rows::matches::NO_LINE;
use crate::{Connection, bulk};
use std::collections::HashSet;
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{DecimalOdds, EventList, InPlayQuote, MarketType, MatchEvent, MatchId, Player};

const INSERT_PLAYERS: &str = include_str!("../../queries/events/insert_players.sql");
const INSERT_EVENTS: &str = include_str!("../../queries/events/insert_events.sql");
const INSERT_IN_PLAY: &str = include_str!("../../queries/events/insert_in_play.sql");

/// Adds players, lists of events, and prices during matches; what is known is left as it is.
pub(super) async fn insert(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
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
    bulk::run(connection, INSERT_PLAYERS, &players, |row, (source, player)| {
        row.put(*source).put(&**player.id()).put(&**player.name());
    })
    .await?;
    Ok(())
}

async fn insert_events(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
) -> Result<(), StoreError> {
    let given: Vec<(MatchId, &EventList)> =
        facts.iter().flat_map(|(id, facts)| facts.events.iter().map(|list| (*id, list))).collect();
    if given.is_empty() {
        return Ok(());
    }
    let ids: Vec<MatchId> = given.iter().map(|(id, _)| *id).collect();
    let rows = sqlx::query(include_str!("../../queries/events/held_lists.sql"))
        .bind(json(&ids))
        .fetch_all(&mut *connection)
        .await
        .mapped()?;
    let mut held: HashSet<(i64, String, i64)> = HashSet::new();
    for row in &rows {
        held.insert((row.value(0)?, row.value(1)?, row.value(2)?));
    }
    let new =
        given.into_iter().filter(|(id, l)| held.insert((id.0, l.source.to_string(), l.known_at.timestamp())));
    let rows: Vec<(MatchId, &EventList, i64, &MatchEvent)> = new
        .flat_map(|(id, list)| {
            (1..).zip(&list.events).map(move |(ordinal, event)| (id, list, ordinal, event))
        })
        .collect();
    bulk::run(connection, INSERT_EVENTS, &rows, |row, (id, list, ordinal, event)| {
        let id_of = |player: &Option<Player>| player.as_ref().map(|player| player.id().to_string());
        row.put(id.0)
            .put(&*list.source)
            .put(list.known_at.timestamp())
            .put(list.known_at_imputed)
            .put(*ordinal)
            .put(event.minute)
            .put(event.stoppage)
            .put(event.side.name())
            .put(event.kind.name())
            .put(now)
            .put(&*list.source)
            .put(id_of(&event.player))
            .put(&*list.source)
            .put(id_of(&event.related));
    })
    .await?;
    Ok(())
}

async fn insert_in_play(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: i64,
) -> Result<(), StoreError> {
    let rows: Vec<(MatchId, &InPlayQuote)> =
        facts.iter().flat_map(|(id, facts)| facts.in_play.iter().map(|quote| (*id, quote))).collect();
    if let Some((_, quote)) = rows.iter().find(|(_, quote)| quote.line_quarters == Some(NO_LINE)) {
        return Err(StoreError::Constraint(format!(
            "ck_in_play_odds_line_range: {NO_LINE} quarters are not a line ({})",
            quote.bookmaker
        )));
    }
    bulk::run(connection, INSERT_IN_PLAY, &rows, |row, (id, quote)| {
        let [first, second, third] = quote.prices.map(|price| price.map(DecimalOdds::thousandths));
        let of = |market: MarketType, price: Option<u32>| price.filter(|_| quote.market == market);
        let sides = |price: Option<u32>| {
            price.filter(|_| matches!(quote.market, MarketType::OneXTwo | MarketType::AsianHandicap))
        };
        row.put(id.0)
            .put(quote.market.name())
            .put(&*quote.bookmaker)
            .put(quote.line_quarters.unwrap_or(NO_LINE))
            .put(quote.known_at.timestamp())
            .put(sides(first))
            .put(second)
            .put(sides(third))
            .put(of(MarketType::OverUnder, first))
            .put(of(MarketType::OverUnder, third))
            .put(of(MarketType::BothTeamsScore, first))
            .put(of(MarketType::BothTeamsScore, third))
            .put(quote.is_suspicious())
            .put(now);
    })
    .await?;
    Ok(())
}
