use super::Ending;
use crate::cli::OddsCommand;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::{DateTime, NaiveTime, Utc};
use serde::Serialize;
use touchline_domain::MatchId;
use touchline_forecasting::prices::{FairByMethod, Middle, MiddleLeg, PriceBoard, board, by_every_method};
use touchline_forecasting::value_bets::RESPONSIBLE;
use touchline_models::odds::{DeVig, Fraction, arbitrage, decimal_to_american, hedge, overround};

/// `touchline odds`.
pub async fn run(session: &Session, command: &OddsCommand) -> Result<Ending> {
    match command {
        OddsCommand::Fair { prices } => fair(session, prices)?,
        OddsCommand::Convert { prices } => convert(session, prices)?,
        OddsCommand::Arbitrage { prices, stake } => sure_bet(session, prices, *stake)?,
        OddsCommand::Hedge { prices, stake, at, on } => {
            hedged(session, prices, *stake, *at, usize::from(*on))?;
        }
        OddsCommand::Match { id, method, as_of } => {
            let now = session.clock.now();
            let as_of = as_of.map_or(now, |date| date.and_time(NaiveTime::MIN).and_utc());
            of_match(session, MatchId(*id), (*method).into(), as_of).await?;
        }
    }
    Ok(Ending::Done)
}

fn percent(p: f64) -> String {
    format!("{:.2}%", 100.0 * p)
}

#[derive(Serialize)]
struct Fair {
    overround: f64,
    methods: Vec<FairByMethod>,
}

fn fair(session: &Session, prices: &[f64]) -> Result<()> {
    let fair = Fair { overround: overround(prices)?, methods: by_every_method(prices)? };
    if session.json {
        return output::json(&fair);
    }
    let names: Vec<String> = prices.iter().map(|p| format!("at {p}")).collect();
    let heading: Vec<&str> = ["method"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let rows = fair.methods.iter().map(|FairByMethod { method, probabilities }| {
        let values = match probabilities {
            Some(fair) => fair.iter().map(|p| percent(*p)).collect(),
            None => vec!["-".to_owned(); prices.len()],
        };
        [vec![name(*method).to_owned()], values].concat()
    });
    output::table(&heading, &rows.collect::<Vec<_>>());
    output::line(format!("margin: {}", percent(fair.overround)));
    Ok(())
}

fn name(method: DeVig) -> &'static str {
    match method {
        DeVig::Multiplicative => "multiplicative",
        DeVig::Additive => "additive",
        DeVig::Power => "power",
        DeVig::Shin => "Shin",
        DeVig::DifferentialMargin => "differential margin",
        DeVig::OddsRatio => "odds ratio",
        DeVig::Logarithmic => "logarithmic",
        DeVig::JensenShannon => "Jensen-Shannon",
    }
}

#[derive(Serialize)]
struct Converted {
    decimal: f64,
    fractional: String,
    american: f64,
    break_even: f64,
}

fn convert(session: &Session, prices: &[f64]) -> Result<()> {
    let mut all = Vec::new();
    for decimal in prices.iter().copied() {
        all.push(Converted {
            decimal,
            fractional: Fraction::nearest(decimal, 100)?.to_string(),
            american: decimal_to_american(decimal)?,
            break_even: 1.0 / decimal,
        });
    }
    if session.json {
        return output::json(&all);
    }
    let rows = all.iter().map(|c| {
        vec![
            format!("{:.3}", c.decimal),
            c.fractional.clone(),
            format!("{:+.0}", c.american),
            percent(c.break_even),
        ]
    });
    output::table(&["decimal", "fractional", "American", "breaks even at"], &rows.collect::<Vec<_>>());
    Ok(())
}

#[derive(Serialize)]
struct Stakes {
    #[serde(rename = "stakes")]
    amounts: Vec<f64>,
    /// Profit per outcome.
    profits: Vec<f64>,
    guaranteed: f64,
}

fn print_stakes(session: &Session, prices: &[f64], stakes: &Stakes) -> Result<()> {
    if session.json {
        return output::json(stakes);
    }
    let rows = prices.iter().zip(&stakes.amounts).zip(&stakes.profits).map(|((price, stake), profit)| {
        vec![price.to_string(), format!("{stake:.2}"), format!("{profit:+.2}")]
    });
    output::table(&["price", "stake", "profit"], &rows.collect::<Vec<_>>());
    output::line(format!("at worst: {:+.2}", stakes.guaranteed));
    output::line(RESPONSIBLE);
    Ok(())
}

fn sure_bet(session: &Session, prices: &[f64], stake: f64) -> Result<()> {
    if !(stake.is_finite() && stake > 0.0) {
        bail!("a stake is more than 0, not {stake}");
    }
    let sure = arbitrage(prices)?;
    let stakes: Vec<f64> = sure.stakes.iter().map(|share| share * stake).collect();
    let profits = stakes.iter().zip(prices).map(|(s, price)| s * price - stake).collect();
    let guaranteed = sure.profit * stake;
    print_stakes(session, prices, &Stakes { amounts: stakes, profits, guaranteed })?;
    if guaranteed <= 0.0 && !session.json {
        output::line("these prices do not make an arbitrage: their inverses sum to 1 or more");
    }
    Ok(())
}

fn hedged(session: &Session, prices: &[f64], stake: f64, at: f64, on: usize) -> Result<()> {
    if on > prices.len() {
        bail!("--on {on} names no outcome; there are {} prices", prices.len());
    }
    let mut returns = vec![0.0; prices.len()];
    returns[on - 1] = stake * at;
    let hedge = hedge(&returns, stake, prices)?;
    let stakes = Stakes { amounts: hedge.stakes, profits: hedge.profits, guaranteed: hedge.guaranteed };
    print_stakes(session, prices, &stakes)
}

async fn of_match(session: &Session, id: MatchId, method: DeVig, as_of: DateTime<Utc>) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    if store.get_match(id).await?.is_none() {
        bail!("there is no match {id}");
    }
    let board = board(&store.latest_odds(id, as_of).await?, method);
    if session.json {
        return output::json(&board);
    }
    print_board(&board);
    Ok(())
}

fn print_board(board: &PriceBoard) {
    if board.markets.is_empty() {
        return output::line("no prices are known");
    }
    let mut rows = Vec::new();
    for market in &board.markets {
        let line = market.line.map_or(String::new(), |line| format!(" {line}"));
        for best in &market.best {
            rows.push(vec![
                format!("{}{line}", market.market.name()),
                best.outcome.to_owned(),
                format!("{:.3}", best.odds),
                best.bookmaker.to_string(),
                best.fair_probability.map_or("-".to_owned(), percent),
                best.fair_probability
                    .map_or("-".to_owned(), |p| format!("{:+.2}%", 100.0 * (p * best.odds - 1.0))),
                best.known_at.format("%Y-%m-%d %H:%M").to_string(),
            ]);
        }
    }
    output::table(&["market", "outcome", "best", "at", "market's mean", "over it", "known (UTC)"], &rows);
    for market in &board.markets {
        if let Some(sure) = &market.arbitrage {
            output::line(format!(
                "{}: the best prices return {} whatever happens; check that they still stand, and their rules",
                market.market.name(),
                percent(sure.profit)
            ));
        }
    }
    board.middles.iter().for_each(print_middle);
    output::line(RESPONSIBLE);
}

fn print_middle(middle: &Middle) {
    let leg = |leg: &MiddleLeg| format!("{} at {} ({})", leg.line, leg.odds, leg.bookmaker);
    output::line(format!(
        "middle in {}: {} and {}: both win {}, one {}; breaks even at {}",
        middle.market.name(),
        leg(&middle.first),
        leg(&middle.second),
        percent(middle.both_win),
        percent(-middle.one_wins),
        percent(middle.break_even)
    ));
}
