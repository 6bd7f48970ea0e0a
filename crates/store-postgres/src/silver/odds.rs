//! Quotes: few by one statement, many by COPY.

use crate::columns::{ROWS, column};
use crate::copy::{CopyBuffer, copy};
use crate::error::Mapped;
use crate::row::Read;
use crate::rows::matches::NO_LINE;
use crate::{Connection, whole};
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use touchline_domain::ports::{MatchFacts, StoreError};
use touchline_domain::{DecimalOdds, MarketType, MatchId, OddsQuote};

const INSERT: &str = include_str!("../../queries/silver/insert_odds.sql");
const COPY: &str = include_str!("../../queries/silver/copy_odds.sql");
const KNOWN: &str = include_str!("../../queries/silver/known_odds.sql");

/// From so many on, asking first which are known pays.
const MANY: usize = 2_000;
/// Rows per COPY: what the server keeps of a statement for its trigger stays small.
const COPIED: usize = 200_000;

/// A quote, its match, and when it was first stored.
pub(crate) type Quote<'q> = (MatchId, &'q OddsQuote, DateTime<Utc>);

/// Prices by column: home, draw, away, over, under, yes, no.
pub(super) type Prices = [Option<i32>; 7];

/// Adds quotes; one that is known is left as it is, and of two with the same key the first one counts.
pub(super) async fn insert(
    connection: &mut Connection,
    facts: &[(MatchId, &MatchFacts)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let rows = facts.iter().flat_map(|(id, facts)| facts.odds.iter().map(|quote| (*id, quote, now)));
    insert_quotes(connection, rows.collect()).await.map(drop)
}

/// The same with a time of storing each; returns how many were added.
pub(crate) async fn insert_quotes(
    connection: &mut Connection,
    rows: Vec<Quote<'_>>,
) -> Result<u64, StoreError> {
    for (_, quote, _) in &rows {
        check(quote)?;
    }
    if rows.len() < MANY { insert_few(connection, &rows).await } else { copy_many(connection, rows).await }
}

/// A line that stands for none in the schema must not come in as a line.
fn check(quote: &OddsQuote) -> Result<(), StoreError> {
    if quote.line_quarters == Some(NO_LINE) {
        return Err(StoreError::Constraint(format!("ck_odds_line_range: {NO_LINE} quarters are no line")));
    }
    Ok(())
}

async fn insert_few(connection: &mut Connection, rows: &[Quote<'_>]) -> Result<u64, StoreError> {
    let mut added = 0;
    for rows in rows.chunks(ROWS) {
        let price = |place: usize| column(rows, |(_, quote, _)| prices(quote.market, quote.prices)[place]);
        added += sqlx::query(INSERT)
            .bind(column(rows, |(id, ..)| id.0))
            .bind(column(rows, |(_, q, _)| q.market.name()))
            .bind(column(rows, |(_, q, _)| &*q.bookmaker))
            .bind(column(rows, |(_, q, _)| q.line_quarters.unwrap_or(NO_LINE)))
            .bind(column(rows, |(_, q, _)| q.phase.name()))
            .bind(column(rows, |(_, q, _)| whole(q.known_at)))
            .bind(column(rows, |(_, q, _)| q.known_at_imputed))
            .bind(price(0))
            .bind(price(1))
            .bind(price(2))
            .bind(price(3))
            .bind(price(4))
            .bind(price(5))
            .bind(price(6))
            .bind(column(rows, |(_, q, _)| q.is_suspicious()))
            .bind(column(rows, |(.., recorded_at)| whole(*recorded_at)))
            .execute(&mut *connection)
            .await
            .mapped()?
            .rows_affected();
    }
    Ok(added)
}

/// In the order of the key, which spares the index half its work. Nobody else adds quotes meanwhile: every writer of
/// silver holds the same lock.
async fn copy_many(connection: &mut Connection, mut rows: Vec<Quote<'_>>) -> Result<u64, StoreError> {
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    rows.dedup_by(|later, first| key(later) == key(first));
    let known = known(connection, &rows).await?;
    if !known.is_empty() {
        rows.retain(|row| {
            let (id, market, bookmaker, line, phase, known_at) = key(row);
            !known.contains(&(id, market.to_owned(), bookmaker.to_owned(), line, phase.to_owned(), known_at))
        });
    }
    for rows in rows.chunks(COPIED) {
        copy(connection, COPY, 16, rows, put).await?;
    }
    Ok(rows.len() as u64)
}

/// The primary key, in its order: match, market, bookmaker, line, phase, seconds.
fn key<'q>((id, quote, _): &Quote<'q>) -> (i64, &'static str, &'q str, i16, &'static str, i64) {
    let line = quote.line_quarters.unwrap_or(NO_LINE);
    (id.0, quote.market.name(), &quote.bookmaker, line, quote.phase.name(), quote.known_at.timestamp())
}

type Known = HashSet<(i64, String, String, i16, String, i64)>;

/// The keys of stored quotes of the same matches and times.
async fn known(connection: &mut Connection, rows: &[Quote<'_>]) -> Result<Known, StoreError> {
    let times = || rows.iter().map(|(_, quote, _)| whole(quote.known_at));
    let Some((first, last)) = times().min().zip(times().max()) else { return Ok(Known::new()) };
    let mut ids = column(rows, |(id, ..)| id.0);
    ids.dedup();
    let stored =
        sqlx::query(KNOWN).bind(ids).bind(first).bind(last).fetch_all(&mut *connection).await.mapped()?;
    let key = |row: &sqlx::postgres::PgRow| {
        let known_at: DateTime<Utc> = row.value(5)?;
        Ok((row.value(0)?, row.value(1)?, row.value(2)?, row.number(3)?, row.value(4)?, known_at.timestamp()))
    };
    stored.iter().map(key).collect()
}

fn put(row: &mut CopyBuffer, (id, quote, recorded_at): &Quote<'_>) {
    row.number(id.0)
        .put(quote.market.name().as_bytes())
        .put(quote.bookmaker.as_bytes())
        .small(quote.line_quarters.unwrap_or(NO_LINE))
        .put(quote.phase.name().as_bytes())
        .time(quote.known_at)
        .flag(quote.known_at_imputed);
    for price in prices(quote.market, quote.prices) {
        row.integer(price);
    }
    row.flag(quote.is_suspicious()).time(*recorded_at);
}

/// The prices of a market by column.
pub(super) fn prices(market: MarketType, prices: [Option<DecimalOdds>; 3]) -> Prices {
    // Prices end at 999,999.999.
    let [first, second, third] = prices.map(|p| p.map(|p: DecimalOdds| p.thousandths() as i32));
    // A draw of another market than 1X2 is for the database to refuse.
    match market {
        MarketType::OneXTwo | MarketType::AsianHandicap => [first, second, third, None, None, None, None],
        MarketType::OverUnder => [None, second, None, first, third, None, None],
        MarketType::BothTeamsScore => [None, second, None, None, None, first, third],
    }
}
