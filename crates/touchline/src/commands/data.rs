use super::Ending;
use crate::cli::Data;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use touchline_domain::ports::{DataVersion, Store};
use touchline_intake::versions::{Rebuilt, name_version, rebuild};
use touchline_store_sqlite::SqliteStore;

/// What names a version.
const PROGRAM: &str = concat!("touchline ", env!("CARGO_PKG_VERSION"));

/// `touchline data`.
pub async fn run(session: &Session, command: &Data) -> Result<Ending> {
    let role = match command {
        Data::Version { .. } => Role::Writer,
        Data::List | Data::Rebuild { .. } => Role::Reader,
    };
    let store = session.store(role).await?;
    match command {
        Data::Version { name } => {
            let version = name_version(store.as_ref(), name, PROGRAM, session.clock.as_ref()).await?;
            if session.json {
                output::json(&version)?;
            } else {
                let DataVersion { name, content_hash, documents, .. } = version;
                output::line(format!("version {name}: {content_hash}, {} documents", count(documents)));
            }
            Ok(Ending::Done)
        }
        Data::List => list(session, store.as_ref()).await,
        Data::Rebuild { name, into } => built(session, store.as_ref(), name, into.as_deref()).await,
    }
}

async fn list(session: &Session, store: &dyn Store) -> Result<Ending> {
    let versions = store.data_versions().await?;
    if session.json {
        output::json(&versions)?;
        return Ok(Ending::Done);
    }
    let row = |version: &DataVersion| {
        vec![
            version.name.clone(),
            version.made_at.format("%Y-%m-%d %H:%M").to_string(),
            count(version.documents),
            version.content_hash.clone(),
            version.program.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = versions.iter().map(row).collect();
    output::table(&["version", "named at", "documents", "content hash", "program"], &rows);
    Ok(Ending::Done)
}

async fn built(session: &Session, store: &dyn Store, name: &str, into: Option<&Path>) -> Result<Ending> {
    let folder = tempfile::tempdir().context("there is no temporary folder")?;
    let path: PathBuf = into.map_or_else(|| folder.path().join("version.db"), Path::to_path_buf);
    if path.exists() {
        bail!("{} exists already; name another file", path.display());
    }
    let scratch = SqliteStore::open(&path, session.clock.clone())
        .await
        .with_context(|| format!("cannot make {}", path.display()))?;
    let order = session.config.source_order();
    let built = rebuild(store, &scratch, name, &order, session.clock.as_ref(), &session.progress).await;
    scratch.close().await;
    let built = built?;
    print(session, &built)?;
    Ok(if built.same { Ending::Done } else { Ending::FaultsFound })
}

fn print(session: &Session, built: &Rebuilt) -> Result<()> {
    if session.json {
        return output::json(built);
    }
    let Rebuilt { version, content_hash, same, documents, decisions, not_repeated, skipped } = built;
    output::line(format!(
        "version {} built from {} documents and {} decisions: {content_hash}, {}",
        version.name,
        count(*documents),
        count(*decisions),
        if *same { "as it was" } else { "which is another hash" }
    ));
    if !same {
        output::line(format!("it was {} by {}", version.content_hash, version.program));
    }
    if *not_repeated > 0 {
        output::line(format!(
            "{} decisions about conflicts and joined names cannot be repeated",
            count(*not_repeated)
        ));
    }
    if *skipped > 0 {
        output::line(format!("{} documents are of sources that this program does not read", count(*skipped)));
    }
    Ok(())
}
