//! Documents that come through the interface: who reads them, and what became of them, as `touchline ingest` does and says.

use touchline_api::imports::{
    ImportFinding, ImportLeftOut, ImportOrder, ImportRead, ImportRefused, ImportReport, ImportWritten,
};
use touchline_collect::Source;
use touchline_collect::tables::{Map, TableSource, Told, presets};
use touchline_domain::ports::Store;
use touchline_domain::{Clock, Progress};
use touchline_intake::files::{FileProvider, Said, tables_of};
use touchline_intake::identity::SourceOrder;
use touchline_intake::import::{ImportError, import_documents};
use touchline_intake::ingest::{Incoming, IngestReport, Weight};

/// A table by a map of its columns.
const TABLE: &str = "table";
/// Providers whose files may leave league and season to a person.
const TOLD: [FileProvider; 4] =
    [FileProvider::FootballData, FileProvider::OddsImport, FileProvider::Understat, FileProvider::Fbref];
/// How a Parquet file begins.
const PARQUET: &[u8] = b"PAR1";
/// Largest table that a Parquet file may unfold to, bytes.
const LARGEST_TABLE: usize = 256 << 20;

/// Why a document was not brought in.
#[derive(Debug, thiserror::Error)]
pub enum IncomingError {
    /// Nobody reads it; says what to write.
    #[error("{0}")]
    Order(String),
    /// Reading or storing it failed.
    #[error(transparent)]
    Import(#[from] ImportError),
}

/// Whether somebody reads such a document, as far as that can be told without its bytes.
///
/// # Errors
/// Nobody does; says what to write.
pub fn check(order: &ImportOrder) -> Result<(), String> {
    if order.source == TABLE {
        return match &order.map {
            Some(map) => table(named(map)?, order).map(drop),
            None => Ok(()),
        };
    }
    let provider = provider(order)?;
    if order.map.is_some() {
        return Err(format!("map: only a table has one, and {} reads by itself", order.source));
    }
    if (order.league.is_some() || order.season.is_some()) && !TOLD.contains(&provider) {
        return Err(format!("league, season: documents of {} tell these themselves", order.source));
    }
    Ok(())
}

fn provider(order: &ImportOrder) -> Result<FileProvider, String> {
    let found = FileProvider::ALL.into_iter().find(|provider| provider.source().name() == order.source);
    found.ok_or_else(|| {
        let names = FileProvider::ALL.map(|provider| provider.source().name().to_owned());
        format!("source: {:?} is nobody who reads documents: {}, {TABLE}", order.source, names.join(", "))
    })
}

/// The map of a preset, or of a text.
fn named(map: &str) -> Result<Map, String> {
    if let Some(preset) = presets::by_name(map) {
        return Ok(preset.clone());
    }
    Map::parse(map).map_err(|error| {
        format!("map: neither a preset (touchline ingest table --list) nor a map (docs/data-sources/maps.md): {error}")
    })
}

fn table(map: Map, order: &ImportOrder) -> Result<TableSource, String> {
    let told = Told { league: order.league.clone(), season: order.season, source: None };
    TableSource::new(map, told).map_err(|error| error.to_string())
}

/// The one preset that the headings fit.
fn fitting(document: &Incoming) -> Result<Map, String> {
    let fitting = presets::fitting(&document.bytes).map_err(|error| error.to_string())?;
    match fitting.as_slice() {
        [map] => Ok((*map).clone()),
        [] => Err(
            "its headings fit no preset: send a map, which `touchline ingest table --guess FILE` proposes"
                .to_owned(),
        ),
        several => {
            let names: Vec<&str> = several.iter().map(|map| map.name()).collect();
            Err(format!("its headings fit several presets: name one as map: {}", names.join(", ")))
        }
    }
}

/// Reads a document and stores what it says.
///
/// # Errors
/// [`IncomingError`]; what came before a fault of the store is stored.
pub async fn bring_in(
    store: &dyn Store,
    order: &ImportOrder,
    bytes: Vec<u8>,
    sources: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<ImportReport, IncomingError> {
    check(order).map_err(IncomingError::Order)?;
    let document = Incoming { name: order.name.clone(), bytes };
    if order.source != TABLE {
        let provider = provider(order).map_err(IncomingError::Order)?;
        let said = Said { league: order.league.clone(), season: order.season };
        return Ok(read(store, provider.source(), vec![said.of(document)], sources, clock, progress).await?);
    }
    let document = if document.bytes.starts_with(PARQUET) { unfolded(document).await? } else { document };
    let documents = tables_of(document).map_err(ImportError::from)?;
    let map = match &order.map {
        Some(map) => named(map),
        None => documents.first().map_or_else(|| Err("it holds no table".to_owned()), fitting),
    };
    let source = map.and_then(|map| table(map, order)).map_err(IncomingError::Order)?;
    Ok(read(store, &source, documents, sources, clock, progress).await?)
}

/// A Parquet file as the table that it is.
async fn unfolded(document: Incoming) -> Result<Incoming, IncomingError> {
    let Incoming { name, bytes } = document;
    let text =
        tokio::task::spawn_blocking(move || touchline_lake::csv_of_parquet(bytes, LARGEST_TABLE)).await;
    let text = text.unwrap_or_else(|_| Err("it could not be read as Parquet".to_owned()));
    Ok(Incoming { name, bytes: text.map_err(IncomingError::Order)? })
}

async fn read(
    store: &dyn Store,
    source: &dyn Source,
    documents: Vec<Incoming>,
    sources: &SourceOrder,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<ImportReport, ImportError> {
    let report = import_documents(store, source, documents, sources, clock, progress).await?;
    Ok(told(&report))
}

fn told(report: &IngestReport) -> ImportReport {
    let IngestReport { matches, facts, .. } = report;
    let weight = |weight| match weight {
        Weight::Document => "document",
        Weight::Row => "row",
        Weight::Held => "held",
        Weight::Waiting => "waiting",
        Weight::Part => "part",
        Weight::Note => "note",
        Weight::Value => "value",
    };
    let finding = |(kind, found): (&str, &touchline_intake::ingest::Findings)| ImportFinding {
        kind: kind.to_owned(),
        weight: weight(found.weight).to_owned(),
        count: found.count,
        examples: found.examples.clone(),
    };
    ImportReport {
        read: ImportRead { documents: report.documents, rows: report.rows },
        written: ImportWritten {
            new_matches: matches.new,
            changed_matches: matches.changed,
            corrected: matches.corrected,
            new_facts: facts.new_facts,
        },
        left_out: ImportLeftOut {
            unchanged_matches: matches.unchanged,
            unchanged_facts: facts.unchanged_facts,
            conflicting: matches.conflicting,
            waiting_names: report.waiting_names,
            waiting_rows: report.waiting_rows,
            partial_rows: report.partial_rows,
        },
        refused: ImportRefused { documents: report.rejected_documents, rows: report.rejected_rows },
        findings: report.worst_first().into_iter().map(finding).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(source: &str) -> ImportOrder {
        ImportOrder {
            source: source.to_owned(),
            name: "x.csv".to_owned(),
            league: None,
            season: None,
            map: None,
        }
    }

    #[test]
    fn an_order_is_told_what_is_wrong_with_it() {
        for provider in FileProvider::ALL {
            assert_eq!(check(&order(provider.source().name())), Ok(()));
        }
        assert_eq!(check(&order(TABLE)), Ok(()));
        let map =
            |source: &str, map: &str| check(&ImportOrder { map: Some(map.to_owned()), ..order(source) });
        assert_eq!(map(TABLE, presets::all()[0].name()), Ok(()));
        assert!(map(TABLE, "no such preset").unwrap_err().contains("ingest table --list"));
        assert!(map("football-data", "x").unwrap_err().contains("only a table"));
        assert!(check(&order("somebody")).unwrap_err().contains("football-data, challenge"));
        let league = ImportOrder { league: Some("E0".to_owned()), ..order("challenge") };
        assert!(check(&league).unwrap_err().contains("themselves"));
    }
}
