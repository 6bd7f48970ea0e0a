use super::Ending;
use crate::cli;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::path::Path;
use touchline_learning::backtest::{OfferedStrategy, Strategies, Strategy};

/// The most bytes of a file of a strategy that are read.
const LONGEST: u64 = 1 << 20;

/// `touchline strategies`.
pub fn run(session: &Session, command: &cli::Strategies) -> Result<Ending> {
    match command {
        cli::Strategies::List => list(session)?,
        cli::Strategies::Show { name } => show(session, name)?,
    }
    Ok(Ending::Done)
}

/// The strategies that can be asked for by name: those that ship, and those of the configuration.
pub fn offered(session: &Session) -> Result<Strategies> {
    let mut offered = Strategies::default();
    for path in &session.config.betting.strategies {
        let about = || format!("betting.strategies: {}", path.display());
        offered.add(&read(path).with_context(about)?).with_context(about)?;
    }
    Ok(offered)
}

fn list(session: &Session) -> Result<()> {
    let offered = offered(session)?;
    if session.json {
        let entry = |s: &OfferedStrategy| {
            let OfferedStrategy { strategy, ships, .. } = s;
            json!({"name": strategy.name, "about": strategy.about, "pick": strategy.pick.name(), "stakes": strategy.stakes.name(), "markets": strategy.markets, "ships": ships})
        };
        return output::json(&offered.all().iter().map(entry).collect::<Vec<_>>());
    }
    let row = |OfferedStrategy { strategy: s, ships, .. }: &OfferedStrategy| {
        let origin = if *ships { "ships" } else { "configured" };
        let (pick, stakes) = (s.pick.name().to_owned(), s.stakes.name().to_owned());
        vec![s.name.clone(), pick, stakes, origin.to_owned(), s.about.clone()]
    };
    let rows: Vec<Vec<String>> = offered.all().iter().map(row).collect();
    output::table(&["strategy", "picks", "stakes", "origin", "what it does"], &rows);
    output::line("");
    output::line("`touchline strategies show NAME` prints the file of one, to be copied and changed.");
    Ok(())
}

fn show(session: &Session, name: &str) -> Result<()> {
    let offered = offered(session)?;
    let Some(found) = offered.find(name) else {
        bail!("no strategy is called {name}; there are {}", offered.names().join(", "));
    };
    if session.json {
        return output::json(&json!({"name": name, "toml": found.text}));
    }
    output::line(found.text.trim_end());
    Ok(())
}

/// The strategy of this name, or of a file.
pub fn find(session: &Session, wanted: &str) -> Result<Strategy> {
    Strategy::parse(&text(&offered(session)?, wanted)?).with_context(|| wanted.to_owned())
}

/// The text of the strategy of this name, or of a file.
pub fn text(offered: &Strategies, wanted: &str) -> Result<String> {
    offered.find(wanted).map_or_else(|| read(Path::new(wanted)), |found| Ok(found.text.clone()))
}

fn read(path: &Path) -> Result<String> {
    let about = || {
        format!(
            "{} is neither a strategy that comes with the program (`touchline strategies list`) nor a file that can be read",
            path.display()
        )
    };
    let length = std::fs::metadata(path).with_context(about)?.len();
    if length > LONGEST {
        bail!("{} is longer than {} KiB; no strategy needs so much", path.display(), LONGEST >> 10);
    }
    std::fs::read_to_string(path).with_context(about)
}
