use super::Ending;
use crate::cli::Grounds;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::path::Path;
use touchline_domain::Ground;
use touchline_domain::ports::Store;
use touchline_intake::grounds;

/// More than any table of grounds needs.
const LARGEST: u64 = 8 << 20;
/// Unknown teams that are printed.
const SHOWN: usize = 20;

/// `touchline grounds`.
pub async fn run(session: &Session, command: &Grounds) -> Result<Ending> {
    match command {
        Grounds::Import { file } => import(session, session.store(Role::Writer).await?.as_ref(), file).await,
        Grounds::List { country } => {
            list(session, session.store(Role::Reader).await?.as_ref(), country.as_deref()).await
        }
    }
}

async fn import(session: &Session, store: &dyn Store, file: &Path) -> Result<Ending> {
    let size = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    if size > LARGEST {
        bail!("{} has {size} bytes; a file of grounds has at most {LARGEST}", file.display());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let imported = grounds::import(store, &text)
        .await
        .with_context(|| format!("{} is not taken; see docs/guides/weather.md", file.display()))?;
    let left_out = imported.unknown.len();
    if session.json {
        output::json(&imported)?;
    } else {
        output::line(format!(
            "{} grounds read, {} changed, {} of teams that are not held left out",
            count(imported.rows),
            count(imported.changed),
            count(left_out as u64)
        ));
        for team in imported.unknown.iter().take(SHOWN) {
            let perhaps = match team.perhaps.as_slice() {
                [] => String::new(),
                names => format!(" (perhaps {})", names.join(", ")),
            };
            output::line(format!("  no team of {} is called {:?}{perhaps}", team.country, team.team));
        }
        if left_out > SHOWN {
            output::line(format!("  and {} more; --json names all", count((left_out - SHOWN) as u64)));
        }
    }
    Ok(match (left_out as u64, imported.rows) {
        (0, _) => Ending::Done,
        (left_out, rows) if left_out == rows => Ending::NothingUsed,
        _ => Ending::WithRejections,
    })
}

#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    ground: Ground,
    /// Whether its name stands for one team now.
    is_used: bool,
}

async fn list(session: &Session, store: &dyn Store, country: Option<&str>) -> Result<Ending> {
    let held = store.grounds().await?.into_iter();
    let listed: Vec<Listed> = held
        .map(|(ground, team)| Listed { ground, is_used: team.is_some() })
        .filter(|listed| country.is_none_or(|country| country == listed.ground.country))
        .collect();
    if session.json {
        output::json(&listed)?;
        return Ok(Ending::Done);
    }
    let row = |listed: &Listed| {
        let Ground { country, team, name, latitude, longitude, since } = &listed.ground;
        let since = if *since == Ground::ALWAYS { String::new() } else { since.to_string() };
        let note = if listed.is_used { "" } else { "not used: no team, or several, have this name" };
        vec![
            country.clone(),
            team.clone(),
            name.clone(),
            latitude.to_string(),
            longitude.to_string(),
            since,
            note.to_owned(),
        ]
    };
    let rows: Vec<_> = listed.iter().map(row).collect();
    output::table(&["country", "team", "ground", "latitude", "longitude", "since", ""], &rows);
    Ok(Ending::Done)
}
