//! Stored rows as columns.

use chrono::{DateTime, Utc};
use std::collections::HashMap;
use std::sync::Arc;
use touchline_domain::ports::StoredQuote;
use touchline_domain::{DecimalOdds, MarketType, Match, MatchId, OddsPhase};
use touchline_quality::rules::Price;
use touchline_quality::{Column, Table};

fn numbers<T>(rows: &[T], of: impl Fn(&T) -> Option<f64>) -> Column {
    Column::Numbers(rows.iter().map(|row| of(row).unwrap_or(f64::NAN)).collect())
}

fn texts<T>(rows: &[T], of: impl Fn(&T) -> Option<Arc<str>>) -> Column {
    Column::Texts(rows.iter().map(of).collect())
}

fn table(columns: Vec<(&str, Column)>) -> Table {
    let named = columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect();
    Table::new(named).expect("columns of the same rows, each named once")
}

/// Matches with the names of the table's columns; times as seconds since 1970.
pub fn matches_table(matches: &[&Match]) -> Table {
    table(vec![
        ("match_time", numbers(matches, |m| Some(m.kickoff.at.timestamp() as f64))),
        ("home_team_id", numbers(matches, |m| Some(m.home.0 as f64))),
        ("away_team_id", numbers(matches, |m| Some(m.away.0 as f64))),
        ("league_id", numbers(matches, |m| Some(m.league.0 as f64))),
        ("match_status", texts(matches, |m| Some(m.status.name().into()))),
        ("home_score", numbers(matches, |m| m.score.map(|s| s.home.into()))),
        ("away_score", numbers(matches, |m| m.score.map(|s| s.away.into()))),
    ])
}

/// Prices of results with the names of the table's columns.
pub fn odds_table(quotes: &[StoredQuote]) -> Table {
    let results: Vec<&StoredQuote> =
        quotes.iter().filter(|stored| stored.quote.market == MarketType::OneXTwo).collect();
    let price =
        |place: usize| numbers(&results, move |stored| stored.quote.prices[place].map(DecimalOdds::value));
    table(vec![
        ("match_id", numbers(&results, |stored| Some(stored.match_id.0 as f64))),
        ("bookmaker", texts(&results, |stored| Some(Arc::clone(&stored.quote.bookmaker)))),
        ("home_odds", price(0)),
        ("draw_odds", price(1)),
        ("away_odds", price(2)),
    ])
}

/// Quotes as numbers, matches in order of kick-off, with the names of the bookmakers.
pub fn as_prices(
    mut quotes: Vec<StoredQuote>,
    kickoff: &dyn Fn(MatchId) -> Option<DateTime<Utc>>,
) -> (Vec<Price>, Vec<String>) {
    quotes.sort_by_cached_key(|stored| (kickoff(stored.match_id), stored.match_id));
    let mut places: HashMap<Arc<str>, u16> = HashMap::new();
    let mut books = Vec::new();
    let prices = quotes.into_iter().map(|StoredQuote { match_id, quote }| {
        let place = *places.entry(Arc::clone(&quote.bookmaker)).or_insert_with(|| {
            books.push(quote.bookmaker.to_string());
            (books.len() - 1) as u16
        });
        Price {
            match_id,
            known_at: quote.known_at.timestamp(),
            prices: quote.prices.map(|price| price.map_or(f64::NAN, DecimalOdds::value)),
            bookmaker: place,
            line: quote.line_quarters.unwrap_or(i16::MIN),
            market: quote.market,
            closing: quote.phase == OddsPhase::Closing,
        }
    });
    let prices = prices.collect();
    (prices, books)
}
