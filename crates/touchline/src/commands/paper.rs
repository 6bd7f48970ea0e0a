use super::{Ending, strategies, value_bets};
use crate::cli::{Limits, Paper, Wanted};
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Result, bail};
use chrono::NaiveTime;
use serde::Serialize;
use touchline_domain::PaperLimits;
use touchline_domain::ports::Store;
use touchline_forecasting::paper::{
    HeldBet, PaperBook, PlaceReport, PlaceRequest, StrategyTotal, money, place, set_limits, settle, verify,
};
use touchline_forecasting::prices::outcome_names;
use touchline_forecasting::value_bets::RESPONSIBLE;

/// `touchline paper`.
pub async fn run(session: &Session, command: &Paper) -> Result<Ending> {
    match command {
        Paper::Place { wanted, dry_run } => place_bets(session, wanted, *dry_run).await,
        Paper::Settle => settle_bets(session).await,
        Paper::List { open, strategy, latest } => list(session, *open, strategy.as_deref(), *latest).await,
        Paper::Verify => check(session).await,
        Paper::Limits(limits) => limit(session, limits).await,
    }
}

async fn place_bets(session: &Session, wanted: &Wanted, dry_run: bool) -> Result<Ending> {
    let store = session.store(if dry_run { Role::Reader } else { Role::Writer }).await?;
    let Wanted { leagues, days, .. } = wanted;
    let strategy = strategies::find(session, &wanted.strategy)?;
    let request = PlaceRequest { strategy, days: *days, leagues: leagues.clone(), dry_run };
    let forecasts = value_bets::served(session, &store)?;
    let report = place(store.as_ref(), &forecasts, &request, session.clock.as_ref()).await?;
    if session.json {
        output::json(&report)?;
        return Ok(Ending::Done);
    }
    let PlaceReport { placed, unplaced, staked, limits, seen, .. } = &report;
    value_bets::table(placed);
    for left in unplaced {
        output::line(format!(
            "not placed: {} {} - {}, {} {}: {}",
            left.bet.match_id,
            left.bet.home,
            left.bet.away,
            left.bet.market.name(),
            left.bet.selection,
            left.reason
        ));
    }
    let done = if dry_run { "would be written down" } else { "written down" };
    output::line(format!("{} paper bets {done}, {:.2} staked", count(placed.len() as u64), money(*staked)));
    print_limits(limits);
    value_bets::print_notes(seen, &request.strategy, placed.len() + unplaced.len());
    Ok(Ending::Done)
}

async fn settle_bets(session: &Session) -> Result<Ending> {
    let store = session.store(Role::Writer).await?;
    let report = settle(store.as_ref(), session.clock.as_ref(), &session.progress).await?;
    if session.json {
        output::json(&report)?;
        return Ok(Ending::Done);
    }
    output::line(format!(
        "{} bets settled ({} stakes returned), {:+.2} in all; {} open",
        count(report.settled),
        count(report.returned),
        money(report.profit),
        count(report.open)
    ));
    if let Some(value) = report.closing_line_value {
        output::line(format!(
            "closing-line value {:+.2}% over the {} that closing prices measure",
            100.0 * value,
            count(report.with_closing)
        ));
    }
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct Listed<'a> {
    bets: Vec<&'a HeldBet>,
    strategies: Vec<Total<'a>>,
    limits: PaperLimits,
    notice: &'static str,
}

#[derive(Serialize)]
struct Total<'a> {
    #[serde(flatten)]
    of: &'a StrategyTotal,
    yield_on_stakes: Option<f64>,
    closing_line_value: Option<f64>,
}

async fn list(session: &Session, open: bool, strategy: Option<&str>, latest: usize) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let book = PaperBook::read(store.as_ref()).await?;
    let wanted = |held: &&HeldBet| {
        (!open || held.settlement.is_none()) && strategy.is_none_or(|name| held.bet.strategy == name)
    };
    let mut bets: Vec<&HeldBet> = book.bets.iter().filter(wanted).rev().take(latest).collect();
    bets.reverse();
    let totals = book.totals();
    let strategies = totals.iter().filter(|t| strategy.is_none_or(|name| t.strategy == name));
    let strategies: Vec<Total<'_>> = strategies
        .map(|total| Total {
            of: total,
            yield_on_stakes: total.yield_on_stakes(),
            closing_line_value: total.closing_line_value(),
        })
        .collect();
    let limits = book.limits_at(session.clock.now());
    if session.json {
        output::json(&Listed { bets, strategies, limits, notice: RESPONSIBLE })?;
        return Ok(Ending::Done);
    }
    output::table(
        &[
            "no",
            "strategy",
            "match",
            "kick-off (UTC)",
            "bet",
            "at",
            "price",
            "stake",
            "score",
            "profit",
            "CLV",
        ],
        &bets.iter().map(|held| row(held)).collect::<Vec<_>>(),
    );
    for Total { of: total, yield_on_stakes, closing_line_value } in &strategies {
        let percent = |p: &Option<f64>| p.map_or_else(|| "-".to_owned(), |p| format!("{:+.2}%", 100.0 * p));
        output::line(format!(
            "{}: {} bets, {} open; {:+.2} on {:.2} staked, yield {}, closing-line value {}",
            total.strategy,
            count(total.bets),
            count(total.open),
            money(total.profit),
            money(total.staked),
            percent(yield_on_stakes),
            percent(closing_line_value)
        ));
    }
    print_limits(&limits);
    output::line(RESPONSIBLE);
    Ok(Ending::Done)
}

fn row(held: &HeldBet) -> Vec<String> {
    let bet = &held.bet;
    let selection = outcome_names(bet.market).get(usize::from(bet.outcome)).copied().flatten();
    let line = bet.line_quarters.map_or_else(String::new, |q| format!(" {:+.2}", f64::from(q) / 4.0));
    let (score, profit, value) = match &held.settlement {
        None => ("open".to_owned(), String::new(), None),
        Some(s) => {
            let score = s.score.map_or_else(|| "returned".to_owned(), |score| score.to_string());
            (score, format!("{:+.2}", money(s.profit)), s.closing_line_value)
        }
    };
    vec![
        held.sequence.to_string(),
        bet.strategy.clone(),
        format!("{} - {}", bet.home, bet.away),
        bet.kickoff.at.format("%Y-%m-%d %H:%M").to_string(),
        format!("{} {}{line}", bet.market.name(), selection.unwrap_or("?")),
        bet.bookmaker.clone(),
        format!("{:.2}", bet.odds),
        format!("{:.2}", money(bet.stake)),
        score,
        profit,
        value.map_or_else(String::new, |value| format!("{:+.1}%", 100.0 * value)),
    ]
}

async fn check(session: &Session) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let found = verify(store.as_ref(), &session.progress).await?;
    if session.json {
        output::json(&found)?;
    } else {
        found.faults.iter().for_each(output::line);
        let entries = count(found.entries);
        output::line(if found.whole {
            format!("the paper ledger is whole: {entries} entries; the last has the hash {}", found.head)
        } else {
            format!("the paper ledger is NOT whole: {} faults in {entries} entries", count(found.fault_count))
        });
    }
    Ok(if found.whole { Ending::Done } else { Ending::FaultsFound })
}

async fn limit(session: &Session, wanted: &Limits) -> Result<Ending> {
    let Limits { stake_per_day, stake_per_week, loss_per_day, pause_until } = wanted;
    let changes = stake_per_day.is_some()
        || stake_per_week.is_some()
        || loss_per_day.is_some()
        || pause_until.is_some();
    let now = session.clock.now();
    let store = session.store(if changes { Role::Writer } else { Role::Reader }).await?;
    let book = PaperBook::read::<dyn Store>(store.as_ref()).await?;
    let limits = if changes {
        let last = book.limits.last().map(|(_, limits)| *limits).unwrap_or_default();
        let pause_until = pause_until.map(|date| date.and_time(NaiveTime::MIN).and_utc());
        if let Some(until) = pause_until.filter(|until| *until <= now) {
            bail!("{} is over; a pause ends on a day to come", until.date_naive());
        }
        let set = PaperLimits {
            stake_per_day: stake_per_day.map_or(last.stake_per_day, |limit| limit.0),
            stake_per_week: stake_per_week.map_or(last.stake_per_week, |limit| limit.0),
            loss_per_day: loss_per_day.map_or(last.loss_per_day, |limit| limit.0),
            pause_until: pause_until.or(last.pause_until),
        };
        set_limits(store.as_ref(), set, session.clock.as_ref()).await?
    } else {
        book.limits_at(now)
    };
    if session.json {
        output::json(&limits)?;
        return Ok(Ending::Done);
    }
    print_limits(&limits);
    if changes {
        output::line(
            "stricter limits hold from now on, looser ones a day from now; a pause cannot be cut short",
        );
    }
    output::line(RESPONSIBLE);
    Ok(Ending::Done)
}

fn print_limits(limits: &PaperLimits) {
    let amount = |name: &str, cents: Option<i64>| cents.map(|cents| format!("{name} {:.2}", money(cents)));
    let pause = limits.pause_until.map(|until| format!("pause until {}", until.format("%Y-%m-%d %H:%M UTC")));
    let set: Vec<String> = [
        amount("stake per day", limits.stake_per_day),
        amount("stake per week", limits.stake_per_week),
        amount("loss per day", limits.loss_per_day),
        pause,
    ]
    .into_iter()
    .flatten()
    .collect();
    output::line(if set.is_empty() {
        "no limits are set; `touchline paper limits --help` says how".to_owned()
    } else {
        format!("limits that hold now: {}", set.join(", "))
    });
}
