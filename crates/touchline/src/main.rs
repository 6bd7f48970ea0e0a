//! touchline: football match forecasting, one binary. This crate is glue: command line, configuration, wiring.

mod cli;
mod commands;
mod config;
mod incoming;
mod jobs;
mod lineage;
mod output;
mod progress;
mod server;
mod wiring;

use anyhow::Context;
use clap::Parser;
use cli::{Cli, Command};
use commands::Ending;
use std::io::Write;
use std::process::ExitCode;
use wiring::Session;

/// Of many small values that come and go on all cores: see ADR 70.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("cannot start")),
    };
    match runtime.block_on(run(cli)) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::WithRejections) => ExitCode::from(3),
        Ok(Ending::NothingUsed) => ExitCode::from(4),
        Ok(Ending::FaultsFound) => ExitCode::FAILURE,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // As behind `head`: whoever read the output has seen enough.
    let is_closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(is_closed) {
        return ExitCode::SUCCESS;
    }
    // Where nobody reads any more, the exit code says it.
    let _ = writeln!(std::io::stderr(), "error: {}", output::told(error.as_ref()));
    ExitCode::FAILURE
}

/// Whether a command asks its progress whether to stop. Signals end the others at once, which is safe too: what a store
/// or the lake is writing then is a transaction or a file that nothing refers to, and what a recovery leaves is a folder on
/// which no server runs.
fn stops_cleanly(command: &Command) -> bool {
    match command {
        Command::Lake(command) => {
            !matches!(command, cli::LakeCommand::Cleanup { .. } | cli::LakeCommand::Sql { .. })
        }
        Command::Db(command) => {
            matches!(command, cli::Db::Backup { .. } | cli::Db::Restore { into: None, .. })
        }
        Command::Demo(_)
        | Command::Ledger(cli::Ledger::Score)
        | Command::Ingest(_)
        | Command::Collect(_)
        | Command::Features(_)
        | Command::Train(_)
        | Command::Simulate(_)
        | Command::Evaluate(_)
        | Command::Quality(_)
        | Command::Backtest(_) => true,
        _ => false,
    }
}

async fn run(cli: Cli) -> anyhow::Result<Ending> {
    let mut session = Session::new(&cli.global)?;
    if stops_cleanly(&cli.command) {
        session.progress.stop_on_signals().context("cannot watch for Ctrl-C")?;
    }
    if let Command::Demo(arguments) = &cli.command {
        return commands::demo::run(&mut session, arguments, cli.global.data_dir.is_some()).await;
    }
    lineage::recorded(&session, &cli.command, Box::pin(dispatch(&session, &cli.command))).await
}

async fn dispatch(session: &Session, command: &Command) -> anyhow::Result<Ending> {
    match command {
        Command::Demo(_) => unreachable!("begun above"),
        Command::Ingest(arguments) => commands::ingest::run(session, arguments).await,
        Command::Collect(arguments) => commands::collect::run(session, arguments).await,
        Command::Reprocess(arguments) => commands::reprocess::run(session, arguments).await,
        Command::Features(arguments) => commands::features::run(session, arguments).await,
        Command::Train(arguments) => commands::train::run(session, arguments).await,
        Command::Models(arguments) => commands::models::run(session, arguments).await,
        Command::Evaluate(arguments) => commands::evaluate::run(session, arguments).await,
        Command::Backtest(arguments) => commands::backtest::run(session, arguments).await,
        Command::Strategies(arguments) => commands::strategies::run(session, arguments),
        Command::Predict(arguments) => commands::predict::run(session, arguments).await,
        Command::Simulate(arguments) => commands::simulate::run(session, arguments).await,
        Command::InPlay(arguments) => commands::inplay::run(session, arguments).await,
        Command::Odds(arguments) => commands::odds::run(session, arguments).await,
        Command::ValueBets(arguments) => commands::value_bets::run(session, arguments).await,
        Command::Paper(arguments) => commands::paper::run(session, arguments).await,
        Command::Ledger(arguments) => commands::ledger::run(session, arguments).await,
        Command::Serve(arguments) => commands::serve::run(session, arguments).await,
        Command::Worker => {
            commands::serve::automate(session, jobs::Parts { scheduler: false, worker: true }).await
        }
        Command::Scheduler => {
            commands::serve::automate(session, jobs::Parts { scheduler: true, worker: false }).await
        }
        Command::Jobs(arguments) => commands::jobs::run(session, arguments).await,
        Command::Flows(arguments) => commands::flows::run(session, arguments).await,
        Command::Schedule(arguments) => commands::schedule::run(session, arguments).await,
        Command::Alerts(arguments) => commands::alerts::run(session, arguments).await,
        Command::Doctor => commands::doctor::run(session).await,
        Command::Db(arguments) => commands::db::run(session, arguments).await,
        Command::Lake(arguments) => commands::lake::run(session, arguments).await,
        Command::Data(arguments) => commands::data::run(session, arguments).await,
        Command::Names(arguments) => commands::names::run(session, arguments).await,
        Command::Competitions(arguments) => commands::competitions::run(session, arguments).await,
        Command::Grounds(arguments) => commands::grounds::run(session, arguments).await,
        Command::Conflicts(arguments) => commands::conflicts::run(session, arguments).await,
        Command::Users(arguments) => commands::accounts::users(session, arguments).await,
        Command::Keys(arguments) => commands::accounts::keys(session, arguments).await,
        Command::Quality(arguments) => commands::quality::run(session, arguments).await,
        Command::Lineage(arguments) => commands::lineage::run(session, arguments).await,
        Command::Contracts(arguments) => commands::contracts::run(session, arguments).await,
        Command::Config(arguments) => commands::config::run(session, arguments),
    }
}
