//! Prices of rows.

use super::columns::{Columns, Prices, Quote};
use super::dates;
use super::words::quarters;
use crate::table::Row;
use crate::{RejectionKind, names, values::Fault};
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use touchline_domain::{DecimalOdds, Kickoff, MarketType, OddsPhase, OddsQuote};

/// The most faulty quotes that the message about a row spells out.
const TOLD: usize = 5;

/// Reads the prices of a row that is a match, and says which are none. A table does not say when its prices were taken:
/// they count as known a minute before kick-off, and where the match is still to come, when the document came.
pub(super) fn of_match(
    columns: &Columns,
    row: &Row,
    kickoff: Kickoff,
    collected_at: DateTime<Utc>,
) -> (Vec<OddsQuote>, Option<String>) {
    let known_at = last_moment(kickoff, collected_at);
    let mut quotes = Vec::new();
    let mut faults = Vec::new();
    for quote in &columns.odds {
        match read(columns, quote, row) {
            Ok(None) => {}
            Ok(Some((prices, line_quarters))) => quotes.push(OddsQuote {
                bookmaker: quote.bookmaker.clone(),
                market: quote.market,
                line_quarters,
                prices,
                phase: quote.phase,
                known_at,
                known_at_imputed: true,
            }),
            Err(fault) => faults.push(fault),
        }
    }
    let rest = faults.len().saturating_sub(TOLD);
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    let told = faults[..faults.len().min(TOLD)].join("; ");
    (quotes, (!faults.is_empty()).then(|| format!("quotes left out: {told}{more}")))
}

fn last_moment(kickoff: Kickoff, collected_at: DateTime<Utc>) -> DateTime<Utc> {
    (kickoff.at - Duration::minutes(1)).min(collected_at)
}

type Read = Option<([Option<DecimalOdds>; 3], Option<i16>)>;

fn read(columns: &Columns, quote: &Quote, row: &Row) -> Result<Read, String> {
    let mut prices = [None; 3];
    for (price, column) in prices.iter_mut().zip(quote.columns) {
        let text = column.map_or("", |column| columns.at(row, column));
        if !text.is_empty() && text != "0" && text != "0.0" {
            let odds = decimal(text);
            *price = Some(odds.ok_or_else(|| format!("{} {text:.20} is not a price", quote.heading))?);
        }
    }
    if prices == [None; 3] {
        return Ok(None);
    }
    let line =
        match quote.line_column {
            None => quote.line_quarters,
            Some(column) => {
                let text = columns.at(row, column);
                let line = text.parse::<f64>().ok().and_then(quarters);
                Some(line.ok_or_else(|| {
                    format!("{} has the line {text:.20?}, no multiple of 0.25", quote.heading)
                })?)
            }
        };
    Ok(Some((prices, line)))
}

/// Decimal odds, also with a comma for the point.
fn decimal(text: &str) -> Option<DecimalOdds> {
    let plain = if text.contains('.') { text.to_owned() } else { text.replace(',', ".") };
    DecimalOdds::new(plain.parse().ok()?).ok()
}

/// What a row of prices belongs to.
pub(super) struct PricedMatch<'a> {
    pub(super) home: &'a str,
    pub(super) away: &'a str,
    pub(super) kickoff: Kickoff,
    pub(super) zone: Option<Tz>,
    pub(super) formats: &'a [String],
    pub(super) collected_at: DateTime<Utc>,
}

/// Adds what a row of prices says to the quotes of its match.
pub(super) fn add_row(
    columns: &Columns,
    prices: &Prices,
    row: &Row,
    of: &PricedMatch<'_>,
    quotes: &mut Vec<OddsQuote>,
) -> Result<(), Fault> {
    let fault = |message: String| (RejectionKind::MalformedOdds, message);
    let bookmaker = columns.at(row, prices.bookmaker);
    if bookmaker.is_empty() || bookmaker.len() > 200 {
        return Err(fault("the price has no bookmaker".to_owned()));
    }
    let stated = prices.known_at.map_or("", |column| columns.at(row, column));
    let at = (!stated.is_empty()).then(|| known_at(stated, of)).flatten();
    let day = of.kickoff.at.date_naive();
    let is_of_the_day = of.kickoff == Kickoff::on(day);
    if at.is_some_and(|at| if is_of_the_day { at.date_naive() > day } else { at >= of.kickoff.at }) {
        return Err(fault(format!("the price of {stated:.40} was taken after kick-off; it is left out")));
    }
    let known = at.unwrap_or_else(|| last_moment(of.kickoff, of.collected_at));
    let imputed = at.is_none();
    let one = prices.outcome.zip(prices.price).zip(prices.market);
    let (market, line, found) = if let Some(((outcome, price), market)) = one {
        let market = columns.at(row, market);
        let Some(market) = names::market("tables", market) else {
            return Err(fault(format!("{market:.40?} is not a market that is kept; its price is left out")));
        };
        let point = prices.line.map_or("", |column| columns.at(row, column));
        let (side, line) = outcome_of(market, columns.at(row, outcome), point, of).map_err(fault)?;
        (market, line, vec![(side, columns.at(row, price))])
    } else {
        let side = |i: usize| prices.sides[i].map_or("", |column| columns.at(row, column));
        (MarketType::OneXTwo, None, vec![(0, side(0)), (1, side(1)), (2, side(2))])
    };
    let same = |q: &&mut OddsQuote| {
        *q.bookmaker == *bookmaker && q.market == market && q.line_quarters == line && q.known_at == known
    };
    let mut read = [None; 3];
    for (side, text) in found {
        if !text.is_empty() {
            read[side] = Some(decimal(text).ok_or_else(|| fault(format!("{text:.20} is not a price")))?);
        }
    }
    if read == [None; 3] {
        return Ok(());
    }
    if let Some(quote) = quotes.iter_mut().find(same) {
        let differ = |(held, new): (&Option<DecimalOdds>, &Option<DecimalOdds>)| {
            held.is_some() && new.is_some() && held != new
        };
        if quote.prices.iter().zip(&read).any(differ) {
            let message =
                "another price of the same outcome and time stands above, and is the one that is kept";
            return Err(fault(message.to_owned()));
        }
        for (held, new) in quote.prices.iter_mut().zip(read) {
            *held = new.or(*held);
        }
    } else {
        quotes.push(OddsQuote {
            bookmaker: bookmaker.into(),
            market,
            line_quarters: line,
            prices: read,
            phase: OddsPhase::PreMatch,
            known_at: known,
            known_at_imputed: imputed,
        });
    }
    Ok(())
}

fn known_at(text: &str, of: &PricedMatch<'_>) -> Option<DateTime<Utc>> {
    if let Some(kickoff) = dates::timestamp(text).filter(|_| text.len() >= 9) {
        return Some(kickoff.at);
    }
    let moment = dates::with_offset(text).or_else(|| dates::moment(text, of.formats).ok())?;
    moment.time?;
    // Without a zone nobody knows whether it was before the kick-off.
    if moment.instant.is_none() && of.zone.is_none() {
        return None;
    }
    Some(dates::kickoff(moment, of.zone, false).at)
}

/// Which outcome a label means (0, 1 or 2) and the line of the market in quarter goals, the home side's for handicaps.
fn outcome_of(
    market: MarketType,
    label: &str,
    point: &str,
    of: &PricedMatch<'_>,
) -> Result<(usize, Option<i16>), String> {
    let lower = label.to_lowercase();
    let side = match lower.as_str() {
        _ if label == of.home => Some(0),
        _ if label == of.away => Some(2),
        "draw" | "x" | "d" | "tie" => Some(1),
        "home" | "1" | "h" | "over" | "yes" => Some(0),
        "away" | "2" | "a" | "under" | "no" => Some(2),
        _ => None,
    };
    let side = side.ok_or_else(|| format!("{label:.40?} is not an outcome of this match"))?;
    let line = match market {
        MarketType::OneXTwo | MarketType::BothTeamsScore => None,
        MarketType::OverUnder | MarketType::AsianHandicap => {
            let line = point.parse::<f64>().ok().and_then(quarters);
            let line = line.ok_or_else(|| format!("the line {point:.20?} is no multiple of 0.25"))?;
            // A handicap stands with the side that it is given to.
            Some(if market == MarketType::AsianHandicap && side == 2 { -line } else { line })
        }
    };
    if side == 1 && market != MarketType::OneXTwo {
        return Err(format!("{label:.40?} is not an outcome of this market"));
    }
    Ok((side, line))
}
