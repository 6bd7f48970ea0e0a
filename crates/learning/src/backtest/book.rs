//! What a backtest bets on: played matches, what was forecast of them, and what was offered when.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::{
    MarketType, MatchId, OVER_THE_MARKET, OddsPhase, OddsQuote, Outcome, Score, ScoreGrid, Side,
};
use touchline_features::Seconds;
use touchline_models::markets::{Line, Markets, Settlement};
use touchline_models::odds::DeVig;
use touchline_models::staking::{GridBet, Selection};

const DAY: Seconds = 86_400;
/// The code of Betbrain's handicaps, at which nobody takes bets either.
const BETBRAIN_HANDICAPS: &str = "BbAH";
/// Whose closing prices a bet is measured by; the first that priced the line.
pub(super) const CLOSING_REFERENCES: [&str; 3] = ["PS", "Avg", "B365"];

/// A forecast that knows something which nobody knew before the match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the forecast of match {id} rests on data up to {known_until} and the kick-off is {kickoff} (seconds since 1970): it may \
     have learned from the match; forecast it from data that end before"
)]
pub struct LateForecast {
    /// The match.
    pub id: MatchId,
    /// The end of the forecast's data.
    pub known_until: Seconds,
    /// The kick-off.
    pub kickoff: Seconds,
}

/// A forecast with the end of everything that it knows: training data, ratings and features. There is none whose data end
/// at the kick-off or later, and a strategy refuses one whose data end after its decision.
#[derive(Debug, Clone, PartialEq)]
pub struct PointInTimeForecast {
    grid: ScoreGrid,
    known_until: Seconds,
}

impl PointInTimeForecast {
    /// A forecast of a match.
    ///
    /// # Errors
    /// The data end at the kick-off or later.
    pub fn new(
        grid: ScoreGrid,
        known_until: Seconds,
        id: MatchId,
        kickoff: Seconds,
    ) -> Result<Self, LateForecast> {
        if known_until < kickoff {
            Ok(Self { grid, known_until })
        } else {
            Err(LateForecast { id, known_until, kickoff })
        }
    }

    /// Distribution of scores.
    pub fn grid(&self) -> &ScoreGrid {
        &self.grid
    }

    /// The end of its data.
    pub fn known_until(&self) -> Seconds {
        self.known_until
    }
}

/// A played match with its forecast and its prices.
#[derive(Debug, Clone)]
pub struct PricedMatch {
    /// The match.
    pub id: MatchId,
    /// Code of its league.
    pub league: Arc<str>,
    /// Kick-off.
    pub kickoff: Seconds,
    /// When its result is known and bets on it are paid.
    pub settled_at: Seconds,
    /// How it ended.
    pub score: Score,
    /// What was forecast.
    pub forecast: PointInTimeForecast,
    /// All prices, in any order. Suspicious ones are left out.
    pub quotes: Vec<OddsQuote>,
}

/// Matches in order of kick-off, with everything that all strategies ask computed once.
#[derive(Debug)]
pub struct Book {
    pub(super) matches: Vec<BookMatch>,
    pub(super) leagues: Vec<Arc<str>>,
    pub(super) bookmakers: Vec<Arc<str>>,
    pub(super) forecast_error: Option<ForecastError>,
}

/// How far forecasts lie from closing lines without margin. Scorecards alone use it: no strategy sees it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ForecastError {
    /// Root mean square of the difference in log-odds, over the outcomes of 1X2.
    pub log_odds: f64,
    /// Matches with a closing line.
    pub matches: usize,
}

#[derive(Debug)]
pub(super) struct BookMatch {
    pub(super) id: MatchId,
    pub(super) league: usize,
    pub(super) kickoff: Seconds,
    pub(super) settled_at: Seconds,
    pub(super) forecast: PointInTimeForecast,
    pub(super) markets: Vec<BookMarket>,
}

impl BookMatch {
    /// The match day: the date of the kick-off (UTC), counted from 1970.
    pub(super) fn day(&self) -> i64 {
        self.kickoff.div_euclid(DAY)
    }
}

/// A market of a match, at one line.
#[derive(Debug)]
pub(super) struct BookMarket {
    pub(super) market: MarketType,
    pub(super) line_quarters: Option<i16>,
    /// By outcome, none where the market has no such outcome.
    pub(super) outcomes: [Option<BookOutcome>; 3],
    pub(super) series: Vec<Series>,
    /// Probabilities of the reference's closing prices without margin, and since when these are known.
    pub(super) closing: Option<Closing>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct BookOutcome {
    pub(super) selection: Selection,
    /// What is forecast.
    pub(super) chances: Settlement,
    /// What happened: 1 won, 0.5 half won, 0 returned, -0.5 half lost, -1 lost.
    pub(super) settled: f64,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Closing {
    pub(super) fair: [Option<f64>; 3],
    pub(super) known_at: Seconds,
}

/// The prices of one bookmaker, by the time since when they were known.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) bookmaker: usize,
    pub(super) prices: Vec<Priced>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Priced {
    pub(super) known_at: Seconds,
    pub(super) imputed: bool,
    pub(super) odds: [Option<f64>; 3],
}

impl Series {
    /// The last price known at a time.
    pub(super) fn known(&self, time: Seconds) -> Option<&Priced> {
        self.prices.iter().rev().find(|p| p.known_at <= time)
    }
}

impl Book {
    /// Puts matches in order and prices in series.
    pub fn new(mut matches: Vec<PricedMatch>) -> Self {
        matches.sort_by_key(|m| (m.kickoff, m.id));
        let mut book = Self {
            matches: Vec::with_capacity(matches.len()),
            leagues: vec![],
            bookmakers: vec![],
            forecast_error: None,
        };
        for played in matches {
            let league = place(&mut book.leagues, &played.league);
            let markets = markets(&played, &mut book.bookmakers);
            let PricedMatch { id, kickoff, settled_at, forecast, .. } = played;
            book.matches.push(BookMatch { id, league, kickoff, settled_at, forecast, markets });
        }
        book.forecast_error = forecast_error(&book.matches);
        book
    }

    /// How far its forecasts lie from closing lines; none where it holds none.
    pub fn forecast_error(&self) -> Option<ForecastError> {
        self.forecast_error
    }

    /// Number of matches.
    pub fn len(&self) -> usize {
        self.matches.len()
    }

    /// Whether there is no match.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }

    /// Number of matches with a price of some bookmaker that takes bets.
    pub fn priced(&self) -> usize {
        let offered = |series: &Series| takes_bets(&self.bookmakers[series.bookmaker]);
        self.matches.iter().filter(|m| m.markets.iter().any(|k| k.series.iter().any(offered))).count()
    }

    /// The place of a bookmaker, where it priced anything.
    pub(super) fn bookmaker(&self, code: &str) -> Option<usize> {
        self.bookmakers.iter().position(|b| **b == *code)
    }
}

fn forecast_error(matches: &[BookMatch]) -> Option<ForecastError> {
    let logit = |p: f64| (p / (1.0 - p)).ln();
    let (mut squares, mut terms, mut with_line) = (0.0, 0.0, 0);
    for market in matches.iter().flat_map(|m| &m.markets).filter(|m| m.market == MarketType::OneXTwo) {
        let Some(closing) = market.closing else { continue };
        with_line += 1;
        for (outcome, line) in market.outcomes.iter().zip(closing.fair) {
            let (Some(outcome), Some(line)) = (outcome, line) else { continue };
            let difference = logit(outcome.chances.win) - logit(line);
            if difference.is_finite() {
                squares += difference * difference;
                terms += 1.0;
            }
        }
    }
    let log_odds = (squares / terms).sqrt();
    (terms > 0.0 && log_odds > 0.0).then_some(ForecastError { log_odds, matches: with_line })
}

/// Whether bets are taken under this code; summaries over the market take none.
pub(super) fn takes_bets(code: &str) -> bool {
    code != BETBRAIN_HANDICAPS && !OVER_THE_MARKET.contains(&code)
}

fn place(names: &mut Vec<Arc<str>>, name: &Arc<str>) -> usize {
    names.iter().position(|n| n == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    })
}

fn markets(played: &PricedMatch, bookmakers: &mut Vec<Arc<str>>) -> Vec<BookMarket> {
    let mut by_line: BTreeMap<(&'static str, Option<i16>), Vec<&OddsQuote>> = BTreeMap::new();
    for quote in played.quotes.iter().filter(|q| !q.is_suspicious()) {
        // Only the markets of lines have lines.
        let lined = matches!(quote.market, MarketType::OverUnder | MarketType::AsianHandicap);
        if lined == quote.line_quarters.is_some() {
            by_line.entry((quote.market.name(), quote.line_quarters)).or_default().push(quote);
        }
    }
    let chances = Markets::of(played.forecast.grid());
    let market = |((_, line_quarters), quotes): ((&'static str, Option<i16>), Vec<&OddsQuote>)| {
        let market = quotes[0].market;
        let outcome = |place: usize| {
            let selection = selection(market, line_quarters, place)?;
            let bet = GridBet { selection, odds: 2.0 };
            let settled = bet.profit(usize::from(played.score.home), usize::from(played.score.away));
            Some(BookOutcome { selection, chances: settlement(&chances, selection), settled })
        };
        let mut series: Vec<Series> = Vec::new();
        for quote in &quotes {
            let bookmaker = place(bookmakers, &quote.bookmaker);
            let priced = Priced {
                known_at: quote.known_at.timestamp(),
                imputed: quote.known_at_imputed,
                odds: quote.prices.map(|price| Some(price?.value())),
            };
            match series.iter_mut().find(|s| s.bookmaker == bookmaker) {
                Some(held) => held.prices.push(priced),
                None => series.push(Series { bookmaker, prices: vec![priced] }),
            }
        }
        for held in &mut series {
            held.prices.sort_by_key(|p| p.known_at);
        }
        // The order in which quotes came must not decide between equal prices.
        series.sort_by(|a, b| bookmakers[a.bookmaker].cmp(&bookmakers[b.bookmaker]));
        let closing = closing(&quotes, market);
        BookMarket { market, line_quarters, outcomes: [0, 1, 2].map(outcome), series, closing }
    };
    by_line.into_iter().map(market).collect()
}

/// What a bet on the outcome at a place of [`OddsQuote::prices`] is on.
pub(super) fn selection(market: MarketType, line_quarters: Option<i16>, place: usize) -> Option<Selection> {
    let line = line_quarters.map(Line::from_quarters);
    Some(match (market, place) {
        (MarketType::OneXTwo, place) => Selection::Outcome(Outcome::ALL[place]),
        (MarketType::OverUnder, 0) => Selection::Over(line?),
        (MarketType::OverUnder, 2) => Selection::Under(line?),
        // The line of a quote is the home side's handicap.
        (MarketType::AsianHandicap, 0) => Selection::AsianHandicap(Side::Home, line?),
        (MarketType::AsianHandicap, 2) => {
            Selection::AsianHandicap(Side::Away, Line::from_quarters(line_quarters?.checked_neg()?))
        }
        (MarketType::BothTeamsScore, 0) => Selection::BothTeamsToScore(true),
        (MarketType::BothTeamsScore, 2) => Selection::BothTeamsToScore(false),
        _ => return None,
    })
}

/// The five ways in which a bet may settle.
fn settlement(markets: &Markets, selection: Selection) -> Settlement {
    match selection {
        Selection::Outcome(outcome) => Settlement::simple(markets.one_x_two().probability(outcome)),
        Selection::Not(outcome) => Settlement::simple(1.0 - markets.one_x_two().probability(outcome)),
        Selection::Over(line) => markets.over(line),
        Selection::Under(line) => markets.under(line),
        Selection::AsianHandicap(side, line) => markets.asian_handicap(side, line),
        Selection::BothTeamsToScore(yes) => {
            let both = markets.both_teams_to_score();
            Settlement::simple(if yes { both } else { 1.0 - both })
        }
        Selection::CorrectScore(score) => {
            Settlement::simple(markets.correct_score(usize::from(score.home), usize::from(score.away)))
        }
    }
}

/// Closing prices without margin: of the first reference that has some.
fn closing(quotes: &[&OddsQuote], market: MarketType) -> Option<Closing> {
    CLOSING_REFERENCES.iter().find_map(|code| {
        let of_reference = quotes.iter().filter(|q| q.phase == OddsPhase::Closing && *q.bookmaker == **code);
        let last = of_reference.max_by_key(|q| q.known_at)?;
        let odds = last.prices.map(|price| Some(price?.value()));
        Some(Closing { fair: fair(odds, market)?, known_at: last.known_at.timestamp() })
    })
}

/// Probabilities of a complete list of prices, the margin taken out by Shin's method, or the power method where there is none
/// to take out. On a line they are shares of what is not returned.
pub(super) fn fair(odds: [Option<f64>; 3], market: MarketType) -> Option<[Option<f64>; 3]> {
    let places = market.outcomes();
    if let [Some(home), Some(draw), Some(away)] = odds
        && places.len() == 3
    {
        // The most frequent market, without making lists.
        let prices = [home, draw, away];
        let fair = DeVig::Shin.forecast(prices).or_else(|_| DeVig::Power.forecast(prices)).ok()?;
        return Some(fair.as_array().map(Some));
    }
    let prices: Vec<f64> = places.iter().map(|place| odds[*place]).collect::<Option<_>>()?;
    let book = DeVig::Shin.fair(&prices).or_else(|_| DeVig::Power.fair(&prices)).ok()?;
    let mut fair = [None; 3];
    for (place, probability) in places.iter().zip(book.probabilities) {
        fair[*place] = Some(probability);
    }
    Some(fair)
}
