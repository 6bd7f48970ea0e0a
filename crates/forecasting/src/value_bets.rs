//! Bets now: what a strategy would bet of matches to come, from the prices that are stored and the forecasts that are served.
//!
//! The rules are those of backtests ([`decide_now`]): prices that were known before now, at bookmakers that take bets, after the
//! strategy's delay, within its caps. Each bet says why it is wanted and how old its price is.

use crate::prices::outcome_names;
use crate::serving::{ForecastService, Mode, ServingError};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use thiserror::Error;
use touchline_domain::ports::{LeagueReader, MatchReader, StoreError, TeamReader};
use touchline_domain::{Clock, Kickoff, MarketType, Match, MatchId, Season};
use touchline_learning::backtest::{Bet, MatchToCome, Refusals, Strategy, StrategyRefused, decide_now};

/// Words that stand wherever stakes do.
pub const RESPONSIBLE: &str =
    "Prices move, bets are refused, and most people who bet lose: stake only what you can do without.";

/// What value bets ask of a store.
pub trait ValueBetStore: MatchReader + LeagueReader + TeamReader {}

impl<T: MatchReader + LeagueReader + TeamReader + ?Sized> ValueBetStore for T {}

/// Why there are no value bets.
#[derive(Debug, Error)]
pub enum ValueBetError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// There are no forecasts.
    #[error(transparent)]
    Forecasts(#[from] ServingError),
    /// Only base rates answer, which know nothing of a match.
    #[error("no forecast can be bet on: {0}")]
    Mock(String),
    /// The strategy cannot bet now.
    #[error(transparent)]
    Strategy(#[from] StrategyRefused),
}

/// Which matches, and with what money.
#[derive(Debug, Clone)]
pub struct ValueBetRequest {
    /// The strategy.
    pub strategy: Strategy,
    /// Its money of now; none takes the bankroll that it starts with.
    pub money: Option<f64>,
    /// How much of that is at stake.
    pub open: f64,
    /// Matches of the next days.
    pub days: u16,
    /// Codes of leagues; none takes all.
    pub leagues: Vec<String>,
}

/// How far a price can be trusted to stand, by its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Staleness {
    /// Known within the last quarter of an hour.
    Fresh,
    /// Known within the last six hours.
    Ageing,
    /// Older, or of a time that follows from habit: look before you believe it.
    Stale,
}

impl Staleness {
    /// Of a price of this age.
    pub fn of(age: Duration, imputed: bool) -> Self {
        if imputed || age > Duration::hours(6) {
            Self::Stale
        } else if age > Duration::minutes(15) {
            Self::Ageing
        } else {
            Self::Fresh
        }
    }

    /// The name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Stale => "stale",
        }
    }
}

/// A bet that the strategy wants now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueBet {
    /// The match.
    pub match_id: MatchId,
    /// Code of its league.
    pub league: String,
    /// Its season.
    pub season: Season,
    /// The home side.
    pub home: String,
    /// The away side.
    pub away: String,
    /// Its kick-off.
    pub kickoff: Kickoff,
    /// The market.
    pub market: MarketType,
    /// The outcome: home, draw, away, over, under, yes or no.
    pub selection: &'static str,
    /// The line in goals; the home side's in handicaps.
    pub line: Option<f64>,
    /// The bookmaker.
    pub bookmaker: Arc<str>,
    /// The price that it would pay.
    pub odds: f64,
    /// Since when that price was known.
    pub price_known_at: DateTime<Utc>,
    /// How long ago that is, seconds.
    pub price_age_seconds: i64,
    /// Whether that time follows from habit.
    pub price_imputed: bool,
    /// Name and version of the model that forecast the match.
    pub model: String,
    /// Forecast probability of winning what is not returned.
    pub probability: f64,
    /// The price at which the bet would be fair by the forecast.
    pub fair_odds: f64,
    /// Probability by the bookmaker's own prices without margin; none where it prices only some outcomes.
    pub market_probability: Option<f64>,
    /// Expected profit per unit staked by the forecast, after commission.
    pub edge: f64,
    /// Probability that there is an edge at all, where it can be said.
    pub confidence: Option<f64>,
    /// What the strategy stakes, money.
    pub stake: f64,
    /// How far the price can be trusted to stand.
    pub staleness: Staleness,
    /// Why it is wanted, in a sentence.
    pub reason: String,
    /// The bet as the engine has it.
    #[serde(skip)]
    pub bet: Bet,
}

/// The bets of a strategy now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ValueBets {
    /// Prices known up to this time count.
    pub as_of: DateTime<Utc>,
    /// Name of the strategy.
    pub strategy: String,
    /// What it does.
    pub about: String,
    /// Names and versions of the models that forecast these matches.
    pub models: BTreeSet<String>,
    /// How good a stand-in that model is: real, or fallback.
    pub mode: &'static str,
    /// Why the trained model did not forecast; none where it did.
    pub mode_reason: Option<String>,
    /// The forecasts use facts up to this time.
    pub forecast_as_of: DateTime<Utc>,
    /// Matches of the next so many days.
    pub days: u16,
    /// How many such matches there are.
    pub matches: usize,
    /// Those with a stored price.
    pub priced: usize,
    /// The bets, by kick-off.
    pub bets: Vec<ValueBet>,
    /// What was wanted and refused, and prices that were passed over.
    pub refusals: Refusals,
    /// What to know before staking anything.
    pub notice: &'static str,
}

/// The bets that a strategy wants now.
///
/// # Errors
/// [`ValueBetError`].
pub async fn value_bets<S: ValueBetStore + ?Sized>(
    store: &S,
    forecasts: &ForecastService,
    request: &ValueBetRequest,
    clock: &dyn Clock,
) -> Result<ValueBets, ValueBetError> {
    let snapshot = forecasts.current().await?;
    let now = clock.now();
    let mode_reason = snapshot.reason().map(ToString::to_string);
    if snapshot.mode() == Mode::Mock {
        return Err(ValueBetError::Mock(mode_reason.unwrap_or_default()));
    }
    let leagues = store.leagues().await?;
    let codes: HashMap<_, Arc<str>> = leagues.iter().map(|l| (l.id, Arc::from(l.code.as_str()))).collect();
    let until = now + Duration::days(request.days.into());
    let wanted = |m: &Match| {
        let of_league = |code: &str| codes.get(&m.league).is_some_and(|held| **held == *code);
        // Where only the date is known, the match may begin at any time of it.
        let is_ahead = m.kickoff.at > now && m.kickoff.at <= until;
        is_ahead && (request.leagues.is_empty() || request.leagues.iter().any(|code| of_league(code)))
    };
    let all = crate::to_come::matches_to_come(store, now).await?;
    let matches: HashMap<MatchId, Match> = all.into_iter().filter(wanted).map(|m| (m.id, m)).collect();
    let (mut offered, mut priced, mut models) = (Vec::with_capacity(matches.len()), 0, HashMap::new());
    for m in matches.values() {
        let Some(answer) = snapshot.answer(m.id) else { continue };
        let Some(grid) = answer.grid else { continue };
        models.insert(m.id, answer.model.to_string());
        let mut quotes = store.odds_of_match(m.id).await?;
        quotes.retain(|quote| quote.known_at <= now);
        priced += usize::from(!quotes.is_empty());
        offered.push(MatchToCome {
            id: m.id,
            league: codes.get(&m.league).cloned().unwrap_or_else(|| Arc::from("")),
            kickoff: m.kickoff.at.timestamp(),
            grid,
            known_until: answer.as_of.timestamp(),
            quotes,
        });
    }
    let money = [request.money.unwrap_or(request.strategy.bankroll), request.open];
    // Without a price of anybody there is nothing to refuse.
    let (bets, refusals) = match priced {
        0 => (Vec::new(), Refusals::default()),
        _ => decide_now(offered, &request.strategy, now.timestamp(), money)?,
    };
    let teams: BTreeSet<_> = bets.iter().flat_map(|bet| sides(&matches, bet)).collect();
    let names = store.teams_by_id(&Vec::from_iter(teams)).await?;
    let names: HashMap<_, String> = names.into_iter().map(|team| (team.id, team.name)).collect();
    let mut bets: Vec<ValueBet> = bets
        .into_iter()
        .filter_map(|bet| {
            let m = matches.get(&bet.match_id)?;
            let [home, away] = [m.home, m.away].map(|id| names.get(&id).cloned().unwrap_or_default());
            let model = models.get(&bet.match_id).cloned().unwrap_or_default();
            Some(described(m, [home, away], model, bet, now))
        })
        .collect();
    bets.sort_by_key(|bet| (bet.kickoff.at, bet.match_id));
    Ok(ValueBets {
        as_of: now,
        strategy: request.strategy.name.clone(),
        about: request.strategy.about.clone(),
        models: models.into_values().collect(),
        mode: snapshot.mode().name(),
        mode_reason,
        forecast_as_of: snapshot.as_of(),
        days: request.days,
        matches: matches.len(),
        priced,
        bets,
        refusals,
        notice: RESPONSIBLE,
    })
}

fn sides(matches: &HashMap<MatchId, Match>, bet: &Bet) -> Vec<touchline_domain::TeamId> {
    matches.get(&bet.match_id).map_or_else(Vec::new, |m| vec![m.home, m.away])
}

fn described(m: &Match, [home, away]: [String; 2], model: String, bet: Bet, now: DateTime<Utc>) -> ValueBet {
    let selection = outcome_names(bet.market)[bet.outcome].unwrap_or_default();
    let market_probability = bet.edge_after_margin.map(|edge| bet.probability - edge);
    let fair_odds = 1.0 / bet.probability;
    let percent = |p: f64| format!("{:.1}%", 100.0 * p);
    let against = market_probability.map_or_else(String::new, |p| {
        format!(", and {} makes it {} without its margin", bet.bookmaker, percent(p))
    });
    let reason = format!(
        "forecast {}{against}: {:.2} is paid where {fair_odds:.2} would be fair, {:+.1}% expected",
        percent(bet.probability),
        bet.odds,
        100.0 * bet.expected_value
    );
    let age = Duration::seconds(bet.price_age).max(Duration::zero());
    debug_assert!(m.kickoff.at > now, "bets are on matches to come");
    ValueBet {
        match_id: m.id,
        league: bet.league.to_string(),
        season: m.season,
        home,
        away,
        kickoff: m.kickoff,
        market: bet.market,
        selection,
        line: bet.line_quarters.map(|quarters| f64::from(quarters) / 4.0),
        bookmaker: bet.bookmaker.clone(),
        odds: bet.odds,
        price_known_at: now - age,
        price_age_seconds: age.num_seconds(),
        price_imputed: bet.imputed,
        model,
        probability: bet.probability,
        fair_odds,
        market_probability,
        edge: bet.expected_value,
        confidence: bet.confidence,
        stake: bet.stake,
        staleness: Staleness::of(age, bet.imputed),
        reason,
        bet,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_grows_stale_with_its_age_and_with_a_guessed_time() {
        let of = |minutes, imputed| Staleness::of(Duration::minutes(minutes), imputed).name();
        assert_eq!((of(0, false), of(15, false), of(16, false)), ("fresh", "fresh", "ageing"));
        assert_eq!((of(360, false), of(361, false), of(1, true)), ("ageing", "stale", "stale"));
    }
}
