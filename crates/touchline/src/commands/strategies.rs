use super::Ending;
use crate::cli::Strategies;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde_json::json;
use std::path::Path;
use touchline_learning::backtest::{ShippedStrategy, Strategy, shipped};

/// The most bytes of a file of a strategy that are read.
const LONGEST: u64 = 1 << 20;

/// `touchline strategies`.
pub fn run(session: &Session, command: &Strategies) -> Result<Ending> {
    match command {
        Strategies::List => list(session)?,
        Strategies::Show { name } => show(session, name)?,
    }
    Ok(Ending::Done)
}

/// The strategy of this name that comes with the program.
fn named(name: &str) -> Option<&'static ShippedStrategy> {
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

/// The strategy of this name, or of a file.
pub fn find(wanted: &str) -> Result<Strategy> {
    Strategy::parse(&text(wanted)?).with_context(|| wanted.to_owned())
}

/// The text of the strategy of this name, or of a file.
pub fn text(wanted: &str) -> Result<String> {
    named(wanted).map_or_else(|| read(Path::new(wanted)), |found| Ok(found.text.to_owned()))
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
