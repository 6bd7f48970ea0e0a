use super::Ending;
use crate::cli::ConfigCommand;
use crate::wiring::Session;
use crate::{config, output};
use anyhow::Result;

/// `touchline config show`.
pub fn run(session: &Session, command: &ConfigCommand) -> Result<Ending> {
    let ConfigCommand::Show { default } = command;
    if *default {
        output::line(config::DEFAULT.trim_end());
    } else if session.json {
        output::json(&session.config)?;
    } else {
        output::line(toml::to_string(&session.config)?.trim_end());
    }
    Ok(Ending::Done)
}
