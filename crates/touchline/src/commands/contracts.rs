use super::Ending;
use crate::cli::Contracts;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result};
use serde::Serialize;
use std::path::Path;
use touchline_domain::ports::SchemaColumn;
use touchline_lineage::contract::{Contract, Difference, allowed, compare, holds, shipped};

/// `touchline contracts`.
pub async fn run(session: &Session, command: &Contracts) -> Result<Ending> {
    match command {
        Contracts::List => list(session),
        Contracts::Show { name } => {
            let found = shipped().iter().find(|contract| contract.name == name);
            let found = found.with_context(|| {
                let names: Vec<&str> = shipped().iter().map(|contract| contract.name).collect();
                format!("there is no contract {name:?}; there are {}", names.join(", "))
            })?;
            output::line(found.yaml.trim_end());
            Ok(Ending::Done)
        }
        Contracts::Diff { against: Some(file) } => against(session, file),
        Contracts::Diff { against: None } => {
            let store = session.store(Role::Reader).await?;
            held(session, &store.schema_columns().await?)
        }
    }
}

fn read() -> Result<Vec<Contract>> {
    shipped().iter().map(|shipped| Contract::read(shipped.yaml).context(shipped.name)).collect()
}

fn list(session: &Session) -> Result<Ending> {
    let contracts = read()?;
    if session.json {
        output::json(&contracts)?;
        return Ok(Ending::Done);
    }
    let row = |contract: &Contract| {
        let columns: usize = contract.schema.iter().map(|table| table.properties.len()).sum();
        vec![contract.name.clone(), contract.version.clone(), columns.to_string()]
    };
    output::table(&["dataset", "version", "columns"], &contracts.iter().map(row).collect::<Vec<_>>());
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct Compared {
    name: String,
    from: String,
    to: String,
    differences: Vec<Difference>,
    /// Why the version does not do, where it does not.
    refused: Option<String>,
}

fn against(session: &Session, file: &Path) -> Result<Ending> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let old = Contract::read(&text).with_context(|| file.display().to_string())?;
    let new = read()?.into_iter().find(|contract| contract.id == old.id || contract.name == old.name);
    let new = new.with_context(|| format!("no contract that ships is about {:?} ({})", old.name, old.id))?;
    let differences = compare(&old, &new);
    let refused = allowed(&old, &new).err();
    let ending = if refused.is_some() { Ending::FaultsFound } else { Ending::Done };
    let compared = Compared { name: new.name, from: old.version, to: new.version, differences, refused };
    if session.json {
        output::json(&compared)?;
        return Ok(ending);
    }
    output::line(format!("{} {} -> {}", compared.name, compared.from, compared.to));
    for Difference { change, place, what } in &compared.differences {
        let change = format!("{change:?}").to_lowercase();
        output::line(format!("  {change}: {place} {what}"));
    }
    if compared.differences.is_empty() {
        output::line("  nothing differs");
    }
    compared.refused.iter().for_each(output::line);
    Ok(ending)
}

/// What the database does not hold of what is promised.
fn held(session: &Session, columns: &[SchemaColumn]) -> Result<Ending> {
    let mut faults = Vec::new();
    let mut tables = 0;
    for contract in read()? {
        for table in contract.schema.iter().filter(|table| table.physical_type == "table") {
            tables += 1;
            for promised in &table.properties {
                let place = format!("{}.{}", table.name, promised.name);
                match columns.iter().find(|c| c.table == table.name && c.column == promised.name) {
                    None => faults.push(format!("{place} is not in this database")),
                    Some(c) if !holds(&c.kind, &promised.logical_type) => {
                        faults.push(format!(
                            "{place} is a {}, which holds no {}",
                            c.kind, promised.logical_type
                        ));
                    }
                    Some(c) if promised.required && !c.is_required => {
                        faults.push(format!("{place} may be empty in this database"));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    if session.json {
        output::json(&faults)?;
    } else if faults.is_empty() {
        output::line(format!("the database holds what the contracts of {tables} tables promise"));
    } else {
        faults.iter().for_each(output::line);
    }
    Ok(if faults.is_empty() { Ending::Done } else { Ending::FaultsFound })
}
