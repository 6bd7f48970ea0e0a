use super::Ending;
use crate::cli::Strategies;
use crate::output;
use crate::wiring::Session;
use anyhow::{Result, bail};
use serde_json::json;
use touchline_learning::backtest::{ShippedStrategy, Strategy, shipped};

/// `touchline strategies`.
pub fn run(session: &Session, command: &Strategies) -> Result<Ending> {
    match command {
        Strategies::List => list(session)?,
        Strategies::Show { name } => show(session, name)?,
    }
    Ok(Ending::Done)
}

/// The strategy of this name that comes with the program.
pub fn named(name: &str) -> Option<&'static ShippedStrategy> {
    shipped().iter().find(|s| s.name == name)
}

fn list(session: &Session) -> Result<()> {
    let all: Vec<Strategy> = shipped().iter().map(ShippedStrategy::strategy).collect();
    if session.json {
        let entry = |s: &Strategy| json!({"name": s.name, "about": s.about, "pick": s.pick.name(), "stakes": s.stakes.name(), "markets": s.markets});
        return output::json(&all.iter().map(entry).collect::<Vec<_>>());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|s| vec![s.name.clone(), s.pick.name().to_owned(), s.stakes.name().to_owned(), s.about.clone()])
        .collect();
    output::table(&["strategy", "picks", "stakes", "what it does"], &rows);
    output::line("");
    output::line("`touchline strategies show NAME` prints the file of one, to be copied and changed.");
    Ok(())
}

fn show(session: &Session, name: &str) -> Result<()> {
    let Some(found) = named(name) else {
        let names: Vec<&str> = shipped().iter().map(|s| s.name).collect();
        bail!("no strategy is called {name}; there are {}", names.join(", "));
    };
    if session.json {
        return output::json(&json!({"name": found.name, "toml": found.text}));
    }
    output::line(found.text.trim_end());
    Ok(())
}
