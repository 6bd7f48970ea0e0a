//! touchline: football match forecasting, one binary. This crate is glue: command line, configuration, wiring.

mod cli;
mod commands;
mod config;
mod output;
mod progress;
mod wiring;

use clap::Parser;
use cli::{Cli, Command};
use commands::Ending;
use std::process::ExitCode;
use wiring::Session;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::new(error).context("cannot start")),
    };
    match runtime.block_on(run(cli)) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::WithRejections) => ExitCode::from(3),
        Err(error) => failed(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the one place that prints errors")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> anyhow::Result<Ending> {
    let mut session = Session::new(&cli.global)?;
    match cli.command {
        Command::Demo(arguments) => {
            commands::demo::run(&mut session, &arguments, cli.global.data_dir.is_some()).await
        }
        Command::Ingest(arguments) => commands::ingest::run(&session, &arguments).await,
        Command::Features(arguments) => commands::features::run(&session, &arguments).await,
        Command::Train(arguments) => commands::train::run(&session, &arguments).await,
        Command::Evaluate(arguments) => commands::evaluate::run(&session, &arguments).await,
        Command::Predict(arguments) => commands::predict::run(&session, &arguments).await,
        Command::Serve(arguments) => commands::serve::run(&session, &arguments).await,
        Command::Doctor => commands::doctor::run(&session).await,
        Command::Db(arguments) => commands::db::run(&session, &arguments).await,
        Command::Lake(arguments) => commands::lake::run(&session, &arguments).await,
        Command::Names(arguments) => commands::names::run(&session, &arguments).await,
        Command::Config(arguments) => commands::config::run(&session, &arguments),
    }
}
