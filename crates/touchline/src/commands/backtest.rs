mod tables;

use super::Ending;
use super::strategies;
use crate::cli::Backtest;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::collections::HashSet;
use std::path::Path;
use touchline_learning::backtest::{
    BacktestReport, BacktestRequest, Bet, JudgeSettings, Strategy, backtest, kept, variants,
};
use touchline_learning::model::Recipe;
use touchline_learning::whole_file::replace_file;

/// `touchline backtest`.
pub async fn run(session: &Session, arguments: &Backtest) -> Result<Ending> {
    let request = BacktestRequest {
        data_dir: session.data_dir().to_owned(),
        recipe: Recipe { market: arguments.odds.into(), ..session.recipe() },
        forecaster: arguments.forecaster,
        from: arguments.from,
        to: arguments.to,
        leagues: arguments.league.clone(),
        refit_days: arguments.refit_days,
        strategies: strategies(session, arguments)?,
        judge: JudgeSettings {
            resamples: arguments.resamples as usize,
            seed: session.config.compute.seed,
            tried: arguments.tried,
            ..JudgeSettings::default()
        },
        threads: session.config.threads(),
    };
    let store = session.store(if arguments.dry_run { Role::Reader } else { Role::Writer }).await?;
    let report = backtest(store.as_ref(), request, session.progress.clone()).await?;
    if let Some(path) = &arguments.html {
        let made = session.clock.now().date_naive();
        write(path, touchline_report::render_backtest(&report, made).as_bytes())?;
    }
    if let Some(path) = &arguments.bets {
        write(path, &serde_json::to_vec_pretty(&bets(&report))?)?;
    }
    let id = if arguments.dry_run {
        None
    } else {
        Some(kept::keep(store.as_ref(), &report, session.clock.now()).await?)
    };
    if session.json {
        output::json(&report)?;
    } else {
        tables::print(&report);
        if let Some(id) = id {
            output::line(format!("Kept as report {id}: /api/v1/backtests/{id} answers it."));
        }
    }
    let refused = report.strategies.iter().filter(|s| s.report().is_none()).count();
    Ok(match refused {
        0 => Ending::Done,
        n if n == report.strategies.len() => Ending::NothingUsed,
        _ => Ending::WithRejections,
    })
}

/// The strategies of the command line with their variants.
fn strategies(session: &Session, arguments: &Backtest) -> Result<Vec<Strategy>> {
    let offered = strategies::offered(session)?;
    let mut all = Vec::new();
    for wanted in &arguments.strategy {
        let texts: Vec<(String, String)> = match wanted.as_str() {
            "all" => offered.all().iter().map(|s| (s.strategy.name.clone(), s.text.clone())).collect(),
            wanted => vec![(wanted.to_owned(), strategies::text(&offered, wanted)?)],
        };
        for (name, text) in texts {
            let found = variants(&text, &arguments.vary).with_context(|| name.clone())?;
            all.extend(found);
        }
    }
    let mut names = HashSet::new();
    if let Some(twice) = all.iter().find(|s| !names.insert(s.name.as_str())) {
        bail!("two strategies are called {}; give one of them another name", twice.name);
    }
    Ok(all)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    replace_file(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// The bets of a strategy.
#[derive(Serialize)]
struct BetsOf<'a> {
    strategy: &'a str,
    bets: &'a [Bet],
}

fn bets(report: &BacktestReport) -> Vec<BetsOf<'_>> {
    let both = report.strategies.iter().zip(&report.tracks);
    let ran = both.filter_map(|(result, track)| Some((result.report()?, track.as_ref()?)));
    ran.map(|(report, track)| BetsOf { strategy: &report.name, bets: &track.bets }).collect()
}
