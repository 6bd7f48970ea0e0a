use super::Ending;
use super::strategies;
use crate::cli::{ValueBets as Arguments, Wanted};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use std::sync::Arc;
use touchline_domain::ports::Store;
use touchline_forecasting::serving::{ForecastService, ServingSettings};
use touchline_forecasting::value_bets::{ValueBet, ValueBetRequest, ValueBets, value_bets};
use touchline_learning::backtest::Strategy;

/// `touchline value-bets`.
pub async fn run(session: &Session, arguments: &Arguments) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let Wanted { leagues, days, .. } = &arguments.wanted;
    let request = ValueBetRequest {
        strategy: strategies::find(session, &arguments.wanted.strategy)?,
        money: arguments.bankroll,
        open: 0.0,
        days: *days,
        leagues: leagues.clone(),
    };
    let forecasts = served(session, &store)?;
    let found = value_bets(store.as_ref(), &forecasts, &request, session.clock.as_ref()).await?;
    if session.json {
        output::json(&found)?;
        return Ok(Ending::Done);
    }
    table(&found.bets);
    print_notes(&found, &request.strategy, found.bets.len());
    Ok(Ending::Done)
}

/// The forecasts as a server would give them.
pub fn served(session: &Session, store: &Arc<dyn Store>) -> Result<ForecastService> {
    let settings = ServingSettings { threads: session.config.threads(), ..ServingSettings::default() };
    let artifacts = session.artifacts(store)?;
    Ok(ForecastService::new(
        session.data_dir().to_owned(),
        store.clone(),
        artifacts,
        session.clock.clone(),
        settings,
    ))
}

/// How old something is, in the largest unit that fits.
pub fn age(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds} s"),
        60..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// Prints bets, each with its reason.
pub fn table(bets: &[ValueBet]) {
    let rows: Vec<Vec<String>> = bets
        .iter()
        .map(|bet| {
            let line = bet.line.map_or_else(String::new, |line| format!(" {line:+.2}"));
            let guessed = if bet.price_imputed { " (guessed)" } else { "" };
            vec![
                format!("{} {} - {}", bet.match_id, bet.home, bet.away),
                bet.kickoff.at.format("%Y-%m-%d %H:%M").to_string(),
                format!("{} {}{line}", bet.market.name(), bet.selection),
                bet.bookmaker.to_string(),
                format!("{:.2}", bet.odds),
                format!("{}{guessed}", age(bet.price_age_seconds)),
                bet.staleness.name().to_owned(),
                format!("{:.2}", bet.stake),
                bet.reason.clone(),
            ]
        })
        .collect();
    if !rows.is_empty() {
        let heading =
            ["match", "kick-off (UTC)", "bet", "at", "price", "price known for", "", "stake", "why"];
        output::table(&heading, &rows);
    }
}

/// What to know of bets that are shown.
pub fn print_notes(found: &ValueBets, strategy: &Strategy, bets: usize) {
    let days = found.days;
    output::line(format!(
        "{} bets by {} on {} matches of the next {days} days, of which {} have stored prices",
        count(bets as u64),
        strategy.name,
        count(found.matches as u64),
        count(found.priced as u64)
    ));
    if found.priced == 0 {
        output::line(
            "without prices there is nothing to bet on: `touchline collect --help` names sources of odds",
        );
    }
    let refused = found.refusals.bets();
    if refused + found.refusals.too_old > 0 {
        output::line(format!(
            "{} more were wanted and not possible; {} prices were too old",
            count(refused),
            count(found.refusals.too_old)
        ));
    }
    output::line(format!(
        "forecasts by {} as of {}{}",
        found.models.iter().map(String::as_str).collect::<Vec<_>>().join(", "),
        found.forecast_as_of.format("%Y-%m-%d %H:%M UTC"),
        found.mode_reason.as_ref().map_or_else(String::new, |reason| format!(" ({reason})"))
    ));
    output::line(found.notice);
}
