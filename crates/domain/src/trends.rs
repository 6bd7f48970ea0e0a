//! How prices moved from the first one to the latest one before kick-off.

use crate::{DecimalOdds, MarketType, OddsPhase, OddsQuote};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Codes that are no bookmaker: the mean and the best price over the market, as sources compute them.
pub const OVER_THE_MARKET: [&str; 4] = ["Avg", "BbAv", "BbMx", "Max"];

/// The price of one outcome over time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutcomeTrend {
    /// The first price.
    pub opening: DecimalOdds,
    /// The latest price.
    pub latest: DecimalOdds,
    /// The lowest price.
    pub lowest: DecimalOdds,
    /// The highest price.
    pub highest: DecimalOdds,
    /// Mean of the prices, each quote counting once.
    pub average: f64,
}

impl OutcomeTrend {
    /// Of prices from the first to the latest; none of no price.
    fn of(prices: &[DecimalOdds]) -> Option<Self> {
        let (opening, latest) = (*prices.first()?, *prices.last()?);
        let sum: u64 = prices.iter().map(|p| u64::from(p.thousandths())).sum();
        Some(Self {
            opening,
            latest,
            lowest: *prices.iter().min()?,
            highest: *prices.iter().max()?,
            average: sum as f64 / prices.len() as f64 / 1000.0,
        })
    }

    /// The highest price less the lowest.
    pub fn spread(&self) -> f64 {
        f64::from(self.highest.thousandths() - self.lowest.thousandths()) / 1000.0
    }

    /// 1 by the latest price: the probability that it implies, margin included.
    pub fn implied(&self) -> f64 {
        1.0 / self.latest.value()
    }

    /// What the implied probability gained from the first price to the latest.
    pub fn movement(&self) -> f64 {
        1.0 / self.latest.value() - 1.0 / self.opening.value()
    }
}

/// The prices of one market of one match at one bookmaker over time.
#[derive(Debug, Clone, PartialEq)]
pub struct OddsTrend {
    /// What is bet on.
    pub market: MarketType,
    /// The line in quarter goals, where the market has one.
    pub line_quarters: Option<i16>,
    /// The bookmaker's code; `Max`, `Avg` and their like are over the market.
    pub bookmaker: Arc<str>,
    /// Number of quotes.
    pub quotes: u32,
    /// When the first was known.
    pub first_at: DateTime<Utc>,
    /// When the latest was known.
    pub latest_at: DateTime<Utc>,
    /// By outcome, in the order of [`OddsQuote::prices`].
    pub outcomes: [Option<OutcomeTrend>; 3],
}

impl OddsTrend {
    /// Sum of the implied probabilities of the latest prices, where every outcome has one.
    pub fn implied_sum(&self) -> Option<f64> {
        self.market.outcomes().iter().map(|i| self.outcomes[*i].map(|o| o.implied())).sum()
    }

    /// What trends are listed by.
    pub fn key(&self) -> (MarketType, Option<i16>, &str) {
        (self.market, self.line_quarters, &self.bookmaker)
    }
}

/// The trends of a match's quotes, by market, line and bookmaker. Only quotes count that were known by `as_of` and before
/// `kickoff`, and that are not suspicious.
pub fn trends(quotes: &[OddsQuote], kickoff: DateTime<Utc>, as_of: DateTime<Utc>) -> Vec<OddsTrend> {
    let mut series: BTreeMap<_, Vec<&OddsQuote>> = BTreeMap::new();
    for quote in quotes.iter().filter(|q| q.known_at < kickoff && q.known_at <= as_of && !q.is_suspicious()) {
        series.entry((quote.market, quote.line_quarters, &*quote.bookmaker)).or_default().push(quote);
    }
    series.into_values().filter_map(trend).collect()
}

fn trend(mut quotes: Vec<&OddsQuote>) -> Option<OddsTrend> {
    // Of two prices of one time the closing one is the later.
    quotes.sort_by_key(|q| (q.known_at, q.phase == OddsPhase::Closing));
    let (first, latest) = (*quotes.first()?, *quotes.last()?);
    let outcome = |i: usize| {
        let prices: Vec<_> = quotes.iter().filter_map(|q| q.prices[i]).collect();
        OutcomeTrend::of(&prices)
    };
    Some(OddsTrend {
        market: first.market,
        line_quarters: first.line_quarters,
        bookmaker: Arc::clone(&first.bookmaker),
        quotes: quotes.len() as u32,
        first_at: first.known_at,
        latest_at: latest.known_at,
        outcomes: [outcome(0), outcome(1), outcome(2)],
    })
}

/// One outcome over all bookmakers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MarketOutcome {
    /// Bookmakers that have a price.
    pub bookmakers: u32,
    /// Mean of their latest prices.
    pub average: f64,
    /// The lowest of their latest prices.
    pub lowest: DecimalOdds,
    /// The highest of their latest prices.
    pub highest: DecimalOdds,
    /// Mean of the probabilities that their latest prices imply, margin taken out in proportion; none where no bookmaker
    /// prices every outcome.
    pub probability: Option<f64>,
    /// Mean of the movements of their implied probabilities.
    pub movement: f64,
}

impl MarketOutcome {
    /// The highest of the latest prices less the lowest: how far bookmakers differ.
    pub fn spread(&self) -> f64 {
        f64::from(self.highest.thousandths() - self.lowest.thousandths()) / 1000.0
    }
}

/// One market of a match over all bookmakers.
#[derive(Debug, Clone, PartialEq)]
pub struct MarketTrend {
    /// What is bet on.
    pub market: MarketType,
    /// The line in quarter goals, where the market has one.
    pub line_quarters: Option<i16>,
    /// Bookmakers with a quote.
    pub bookmakers: u32,
    /// Their quotes.
    pub quotes: u32,
    /// By outcome, in the order of [`OddsQuote::prices`].
    pub outcomes: [Option<MarketOutcome>; 3],
}

/// The trends of bookmakers summed up by market and line; those over the market are left out.
pub fn over_bookmakers(trends: &[OddsTrend]) -> Vec<MarketTrend> {
    let mut markets: BTreeMap<_, Vec<&OddsTrend>> = BTreeMap::new();
    for trend in trends.iter().filter(|t| !OVER_THE_MARKET.contains(&&*t.bookmaker)) {
        markets.entry((trend.market, trend.line_quarters)).or_default().push(trend);
    }
    let market =
        |((market, line_quarters), trends): ((MarketType, Option<i16>), Vec<&OddsTrend>)| MarketTrend {
            market,
            line_quarters,
            bookmakers: trends.len() as u32,
            quotes: trends.iter().map(|t| t.quotes).sum(),
            outcomes: [0, 1, 2].map(|i| market_outcome(&trends, i)),
        };
    markets.into_iter().map(market).collect()
}

fn market_outcome(trends: &[&OddsTrend], outcome: usize) -> Option<MarketOutcome> {
    let priced: Vec<_> = trends.iter().filter_map(|t| t.outcomes[outcome]).collect();
    let latest: Vec<_> = priced.iter().map(|o| o.latest).collect();
    let fair = |t: &&OddsTrend| Some(t.outcomes[outcome]?.implied() / t.implied_sum()?);
    Some(MarketOutcome {
        bookmakers: priced.len() as u32,
        average: mean(latest.iter().map(|p| p.value()))?,
        lowest: *latest.iter().min()?,
        highest: *latest.iter().max()?,
        probability: mean(trends.iter().filter_map(fair)),
        movement: mean(priced.iter().map(OutcomeTrend::movement))?,
    })
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0_u32), |(sum, n), value| (sum + value, n + 1));
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + minutes * 60, 0).unwrap()
    }

    fn quote(bookmaker: &str, minutes: i64, prices: [f64; 3]) -> OddsQuote {
        OddsQuote {
            bookmaker: bookmaker.into(),
            market: MarketType::OneXTwo,
            line_quarters: None,
            prices: prices.map(|p| DecimalOdds::new(p).ok()),
            phase: OddsPhase::PreMatch,
            known_at: at(minutes),
            known_at_imputed: false,
        }
    }

    #[test]
    fn a_closing_price_comes_after_another_of_its_time() {
        let closing = OddsQuote { phase: OddsPhase::Closing, ..quote("PS", -60, [2.2, 3.4, 3.4]) };
        let found = trends(&[closing, quote("PS", -60, [2.0, 3.4, 4.0])], at(0), at(0));
        let home = found[0].outcomes[0].unwrap();
        assert_eq!((home.opening.value(), home.latest.value()), (2.0, 2.2));
        assert!((home.movement() - (1.0 / 2.2 - 0.5)).abs() < 1e-15);
    }

    #[test]
    fn prices_of_the_whole_market_are_no_bookmakers() {
        let quotes = [
            quote("A", -60, [2.0, 3.2, 4.0]),
            quote("B", -60, [2.5, 3.2, f64::NAN]),
            quote("Avg", -60, [9.0, 9.0, 9.0]),
            quote("Max", -60, [3.0, 3.2, 4.0]),
        ];
        let [market] = over_bookmakers(&trends(&quotes, at(0), at(0))).try_into().unwrap();
        assert_eq!((market.bookmakers, market.quotes), (2, 2));
        let home = market.outcomes[0].unwrap();
        assert_eq!((home.bookmakers, home.average, home.spread()), (2, 2.25, 0.5));
        let sum = 1.0 / 2.0 + 1.0 / 3.2 + 1.0 / 4.0;
        assert!((home.probability.unwrap() - 0.5 / sum).abs() < 1e-15, "only a whole book has a margin");
        assert_eq!(market.outcomes[2].unwrap().bookmakers, 1);
    }
}
