use super::ingest::explain::show;
use super::{Ending, ingest};
use crate::cli::Table;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use std::path::Path;
use touchline_collect::Document;
use touchline_collect::tables::guess::guess;
use touchline_collect::tables::{LONGEST_MAP, Map, TableSource, Told, presets};
use touchline_intake::files::{read_file, table_files, tables_of};
use touchline_intake::import::import_tables;
use touchline_intake::ingest::Incoming;

/// `touchline ingest table`.
pub async fn run(session: &Session, table: &Table) -> Result<Ending> {
    if table.list {
        return list(session);
    }
    let told = Told { league: table.league.clone(), season: table.season, source: table.source.clone() };
    let files = table_files(&table.paths)?;
    if table.guess {
        return guessed(session, table, &told, &files[0]);
    }
    let map = match &table.map {
        Some(name) => named(name)?,
        None => fitting(&files[0])?,
    };
    let source = TableSource::new(map, told)?;
    if table.explain {
        let documents: Vec<_> =
            files.iter().map(|path| Ok(tables_of(read_file(path)?)?)).collect::<Result<_>>()?;
        return show(session, &source, documents.into_iter().flatten().map(Ok));
    }
    let store = session.store(Role::Writer).await?;
    let order = session.config.source_order_with(table.corrections);
    let clock = session.clock.as_ref();
    let report =
        import_tables(store.as_ref(), &source, &table.paths, &order, clock, &session.progress).await?;
    ingest::print(session, &report, store.counts().await?)?;
    Ok(report.outcome().into())
}

#[derive(Serialize)]
struct Preset<'a> {
    name: &'a str,
    source: &'a str,
    about: &'a str,
}

fn list(session: &Session) -> Result<Ending> {
    let presets: Vec<Preset<'_>> = presets::all()
        .iter()
        .map(|map| Preset { name: map.name(), source: map.source(), about: map.about() })
        .collect();
    if session.json {
        output::json(&presets)?;
    } else {
        for preset in &presets {
            output::line(format!("{:<20} {}", preset.name, preset.about));
        }
    }
    Ok(Ending::Done)
}

/// The map of a file, or of a preset.
fn named(name: &str) -> Result<Map> {
    if let Some(preset) = presets::by_name(name) {
        return Ok(preset.clone());
    }
    let path = Path::new(name);
    let size = std::fs::metadata(path)
        .with_context(|| format!("{name} is neither a preset (touchline ingest table --list) nor a file"))?
        .len();
    if size > LONGEST_MAP as u64 {
        bail!("{name} has {size} bytes, and a map at most {LONGEST_MAP}");
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the map {name}"))?;
    Map::parse(&text).with_context(|| format!("the map {name} is not valid"))
}

/// The one preset that the headings of the first table fit.
fn fitting(path: &Path) -> Result<Map> {
    let document = first(path)?;
    let fitting = presets::fitting(&document.bytes).with_context(|| document.name.clone())?;
    match fitting.as_slice() {
        [map] => Ok((*map).clone()),
        [] => bail!(
            "the headings of {} fit no preset; write a map with `touchline ingest table --guess {} --out map.toml`, review it, \
             and give it with --map",
            document.name,
            path.display()
        ),
        several => {
            let names: Vec<&str> = several.iter().map(|map| map.name()).collect();
            bail!(
                "the headings of {} fit several presets; choose one with --map: {}",
                document.name,
                names.join(", ")
            )
        }
    }
}

fn first(path: &Path) -> Result<Incoming> {
    let mut tables = tables_of(read_file(path)?)?;
    Ok(tables.swap_remove(0))
}

fn guessed(session: &Session, table: &Table, told: &Told, path: &Path) -> Result<Ending> {
    let file = first(path)?;
    let document = Document { name: &file.name, bytes: &file.bytes };
    let guess = guess(&document, told, session.clock.now()).with_context(|| file.name.clone())?;
    if let Some(out) = &table.out {
        if out.exists() {
            bail!("{} exists; name another file, or remove it", out.display());
        }
        std::fs::write(out, &guess.map).with_context(|| format!("cannot write {}", out.display()))?;
        output::line(format!("{} is written: review what is marked with \"?\"", out.display()));
    } else {
        output::line(&guess.map);
    }
    output::line("# The first rows as this map reads them:");
    for line in &guess.preview {
        output::line(format!("# {line}"));
    }
    Ok(Ending::Done)
}
