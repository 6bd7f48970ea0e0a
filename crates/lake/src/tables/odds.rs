//! Bookmakers' prices, as exact decimals.

use super::{shared, silver};
use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, MatchRef, QuoteRow};
use touchline_domain::{DecimalOdds, InPlayQuote, MarketType, OddsQuote};

/// Decimal odds are below 1,000,000 and exact to three places.
const PRICE: Kind = Kind::Decimal { digits: 9, places: 3 };
/// Goals to two places: lines are quarters.
const LINE: Kind = Kind::Decimal { digits: 6, places: 2 };
/// Hundredths of a goal in a quarter.
const QUARTER: i16 = 25;

const ALL_QUOTES: [Column; 25] = silver::beside_match([
    column("market_type", Kind::Text),
    column("bookmaker", Kind::Text),
    optional("line_value", LINE),
    column("phase", Kind::Text),
    column("known_at", Kind::Time),
    column("known_at_imputed", Kind::Bool),
    optional("home_odds", PRICE),
    optional("draw_odds", PRICE),
    optional("away_odds", PRICE),
    optional("over_odds", PRICE),
    optional("under_odds", PRICE),
    optional("yes_odds", PRICE),
    optional("no_odds", PRICE),
    column("suspicious_odds", Kind::Bool),
    column("collected_at", Kind::Time),
]);
pub(super) const QUOTES: &[Column] = &ALL_QUOTES;

/// Where the first and the last price of a market stand among `home`, `over` and `yes`.
fn place(market: MarketType) -> usize {
    match market {
        MarketType::OneXTwo | MarketType::AsianHandicap => 0,
        MarketType::OverUnder => 1,
        MarketType::BothTeamsScore => 2,
    }
}

pub(super) fn quote<'a>(row: &'a QuoteRow, cells: &mut Vec<Cell<'a>>) {
    let q = &row.quote;
    silver::match_ref(&row.of, cells);
    cells.extend([q.market.name().into(), (&*q.bookmaker).into(), line(q.line_quarters)]);
    cells.extend([q.phase.name().into(), q.known_at.into(), q.known_at_imputed.into()]);
    prices(q.market, &q.prices, cells);
    cells.extend([q.is_suspicious().into(), row.recorded_at.into()]);
}

fn line<'a>(quarters: Option<i16>) -> Cell<'a> {
    quarters.map_or(Cell::None, |quarters| Cell::Decimal(i64::from(quarters) * i64::from(QUARTER)))
}

/// Seven columns, of which those of the market have its prices.
fn prices(market: MarketType, prices: &[Option<DecimalOdds>; 3], cells: &mut Vec<Cell<'_>>) {
    let price =
        |outcome: usize| prices[outcome].map_or(Cell::None, |p| Cell::Decimal(p.thousandths().into()));
    let at = |wanted: usize, outcome: usize| {
        if place(market) == wanted { price(outcome) } else { Cell::None }
    };
    cells.extend([at(0, 0), price(1), at(0, 2), at(1, 0), at(1, 2), at(2, 0), at(2, 2)]);
}

const ALL_IN_PLAY: [Column; 22] = silver::beside_match([
    column("market_type", Kind::Text),
    column("bookmaker", Kind::Text),
    optional("line_value", LINE),
    column("known_at", Kind::Time),
    optional("home_odds", PRICE),
    optional("draw_odds", PRICE),
    optional("away_odds", PRICE),
    optional("over_odds", PRICE),
    optional("under_odds", PRICE),
    optional("yes_odds", PRICE),
    optional("no_odds", PRICE),
    column("suspicious_odds", Kind::Bool),
]);
pub(super) const IN_PLAY: &[Column] = &ALL_IN_PLAY;

pub(super) fn in_play<'a>(of: &'a MatchRef, q: &'a InPlayQuote, cells: &mut Vec<Cell<'a>>) {
    silver::match_ref(of, cells);
    cells.extend([q.market.name().into(), (&*q.bookmaker).into(), line(q.line_quarters), q.known_at.into()]);
    prices(q.market, &q.prices, cells);
    cells.push(q.is_suspicious().into());
}

pub(super) fn read_in_play(
    cells: &mut Cells<'_>,
    last: &mut Option<Arc<MatchRef>>,
) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let (market, bookmaker) = (cells.parsed()?, cells.text()?.into());
    let (line_quarters, known_at) = (read_line(cells)?, cells.time()?);
    let prices = read_prices(market, cells)?;
    let quote = InPlayQuote { bookmaker, market, line_quarters, prices, known_at };
    check_suspicion(cells, quote.is_suspicious())?;
    Ok(LakeRow::InPlay(of, quote))
}

fn read_line(cells: &mut Cells<'_>) -> Result<Option<i16>, String> {
    let Some(hundredths) = cells.optional_decimal()? else { return Ok(None) };
    let quarters = i16::try_from(hundredths / i128::from(QUARTER)).ok();
    let exact = hundredths % i128::from(QUARTER) == 0;
    quarters.filter(|_| exact).map(Some).ok_or_else(|| {
        format!("{hundredths} hundredths of a goal are not a line; lines are quarters of a goal")
    })
}

fn read_price(cells: &mut Cells<'_>) -> Result<Option<DecimalOdds>, String> {
    let Some(thousandths) = cells.optional_decimal()? else { return Ok(None) };
    let price = DecimalOdds::new(thousandths as f64 / 1000.0).map_err(|error| error.to_string())?;
    Ok(Some(price))
}

pub(super) fn read_quote(cells: &mut Cells<'_>, last: &mut Option<Arc<MatchRef>>) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let (market, bookmaker): (MarketType, &str) = (cells.parsed()?, cells.text()?);
    let (line_quarters, phase) = (read_line(cells)?, cells.parsed()?);
    let (known_at, known_at_imputed) = (cells.time()?, cells.flag()?);
    let prices = read_prices(market, cells)?;
    let quote = OddsQuote {
        bookmaker: bookmaker.into(),
        market,
        line_quarters,
        prices,
        phase,
        known_at,
        known_at_imputed,
    };
    check_suspicion(cells, quote.is_suspicious())?;
    Ok(LakeRow::Quote(QuoteRow { of, quote, recorded_at: cells.time()? }))
}

/// What [`prices`] has written.
fn read_prices(market: MarketType, cells: &mut Cells<'_>) -> Result<[Option<DecimalOdds>; 3], String> {
    let mut prices = [None; 7];
    for price in &mut prices {
        *price = read_price(cells)?;
    }
    let [home, draw, away, over, under, yes, no] = prices;
    let pairs = [(home, away), (over, under), (yes, no)];
    let own = place(market);
    if pairs.iter().enumerate().any(|(n, pair)| n != own && *pair != (None, None)) {
        return Err(format!("a quote of {} has prices of another market", market.name()));
    }
    let (first, third) = pairs[own];
    Ok([first, draw, third])
}

fn check_suspicion(cells: &mut Cells<'_>, suspicious: bool) -> Result<(), String> {
    if cells.flag()? == suspicious {
        return Ok(());
    }
    Err("a quote is not as suspicious as its prices".to_owned())
}
