//! `/odds`: prices before kick-off by bookmaker, a row per fixture; `/odds/live`: the provider's prices during matches.

use super::{NAME, identifier, keep, name, skip};
use crate::names;
use crate::values::Fault;
use crate::{Parsed, Rejection, RejectionKind, SourceFact, SourceFacts};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchline_domain::{DecimalOdds, InPlayQuote, MarketType, OddsPhase, OddsQuote};

/// The widest line that is taken for one, in quarter goals.
const WIDEST_LINE: f64 = 100.0;

/// The source of names of markets of running matches. Live totals and handicaps are left out: the provider cuts their lines off
/// to whole goals, so that one line stands there several times with different prices.
const LIVE: &str = "api-football:live";

/// The prices of a market by line.
type Book = BTreeMap<Option<i16>, [Option<DecimalOdds>; 3]>;

/// Reads prices before kick-off.
pub(super) fn read(rows: &[Value], collected_at: DateTime<Utc>, parsed: &mut Parsed) {
    for (line, row) in (1..).zip(rows) {
        let Some((external_id, known_at)) = keep(parsed, line, row, head(row, collected_at)) else {
            continue;
        };
        let before = parsed.facts.len();
        for bookmaker in row["bookmakers"].as_array().into_iter().flatten() {
            let Some(bookmaker_name) = name(&bookmaker["name"]) else {
                reject(parsed, line, "a bookmaker without a name; its prices are dropped", bookmaker);
                continue;
            };
            let bookmaker_name: Arc<str> = bookmaker_name.into();
            for bet in bookmaker["bets"].as_array().into_iter().flatten() {
                let market = names::market(NAME, bet["name"].as_str().unwrap_or_default());
                let Some(market) = market else { continue };
                for (line_quarters, prices) in book(line, market, bet, parsed) {
                    let quote = OddsQuote {
                        bookmaker: Arc::clone(&bookmaker_name),
                        market,
                        line_quarters,
                        prices,
                        phase: OddsPhase::PreMatch,
                        known_at,
                        known_at_imputed: false,
                    };
                    push(parsed, line, &external_id, SourceFact::Odds(quote));
                }
            }
        }
        if before == parsed.facts.len() {
            skip(parsed);
        }
    }
}

/// Reads prices during matches, which the provider gives without a bookmaker: they are kept under its own name.
pub(super) fn read_live(rows: &[Value], collected_at: DateTime<Utc>, parsed: &mut Parsed) {
    for (line, row) in (1..).zip(rows) {
        let Some((external_id, known_at)) = keep(parsed, line, row, head(row, collected_at)) else {
            continue;
        };
        let before = parsed.facts.len();
        for bet in row["odds"].as_array().into_iter().flatten() {
            let market = names::market(LIVE, bet["name"].as_str().unwrap_or_default());
            let Some(market) = market else { continue };
            for (line_quarters, prices) in book(line, market, bet, parsed) {
                let bookmaker = NAME.into();
                let quote = InPlayQuote { bookmaker, market, line_quarters, prices, known_at };
                push(parsed, line, &external_id, SourceFact::InPlay(quote));
            }
        }
        if before == parsed.facts.len() {
            skip(parsed);
        }
    }
}

fn push(parsed: &mut Parsed, line: u32, external_id: &str, fact: SourceFact) {
    parsed.facts.push(SourceFacts { line, external_id: external_id.to_owned(), team: None, fact });
}

/// Whose prices a row holds, and since when they can have been known: since the provider's update, and not later than
/// the answer came.
fn head(row: &Value, collected_at: DateTime<Utc>) -> Result<(String, DateTime<Utc>), Fault> {
    let id = identifier(&row["fixture"]["id"]).ok_or_else(|| {
        (RejectionKind::MissingFixture, "fixture.id does not say which match the prices are of".to_owned())
    })?;
    let update = row["update"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let known_at = update.map_or(collected_at, |at| at.with_timezone(&Utc).min(collected_at));
    Ok((id, known_at))
}

/// The prices of a bet; one that cannot be read is left out and recorded.
fn book(line: u32, market: MarketType, bet: &Value, parsed: &mut Parsed) -> Book {
    let mut book = Book::new();
    for entry in bet["values"].as_array().into_iter().flatten() {
        if entry["suspended"].as_bool() == Some(true) {
            continue;
        }
        let Some((place, line_quarters)) = outcome(market, entry) else {
            reject(parsed, line, "the value names no outcome and line of its market; dropped", entry);
            continue;
        };
        let Some(price) = price(&entry["odd"]) else {
            reject(parsed, line, "the odd is not a price above 1; dropped", entry);
            continue;
        };
        let prices = book.entry(line_quarters).or_default();
        if prices[place].is_some_and(|first| first != price) {
            reject(
                parsed,
                line,
                "the outcome has another price in the same bet; the first one is kept",
                entry,
            );
        } else {
            prices[place] = Some(price);
        }
    }
    book
}

/// The place of an outcome in a quote, and the line in quarter goals. The value of an away handicap carries the home
/// side's line.
fn outcome(market: MarketType, entry: &Value) -> Option<(usize, Option<i16>)> {
    let value = entry["value"].as_str()?.trim();
    let (word, rest) = value.split_once(' ').unwrap_or((value, ""));
    let place = match (market, word) {
        (MarketType::OneXTwo | MarketType::AsianHandicap, "Home")
        | (MarketType::OverUnder, "Over")
        | (MarketType::BothTeamsScore, "Yes") => 0,
        (MarketType::OneXTwo, "Draw") => 1,
        (MarketType::OneXTwo | MarketType::AsianHandicap, "Away")
        | (MarketType::OverUnder, "Under")
        | (MarketType::BothTeamsScore, "No") => 2,
        _ => return None,
    };
    if matches!(market, MarketType::OneXTwo | MarketType::BothTeamsScore) {
        return rest.is_empty().then_some((place, None));
    }
    let quarters = rest.trim().trim_start_matches('+').parse::<f64>().ok()? * 4.0;
    let fits = quarters.fract() == 0.0 && quarters.abs() <= WIDEST_LINE;
    fits.then_some((place, Some(quarters as i16)))
}

fn price(odd: &Value) -> Option<DecimalOdds> {
    let number = odd.as_f64().or_else(|| odd.as_str()?.trim().parse().ok())?;
    DecimalOdds::new(number).ok()
}

fn reject(parsed: &mut Parsed, line: u32, message: &str, data: &Value) {
    let kind = RejectionKind::MalformedOdds;
    parsed.rejections.push(Rejection::new(line, kind, message.to_owned(), &data.to_string()));
}
