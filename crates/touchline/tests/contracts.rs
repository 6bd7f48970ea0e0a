//! Contracts are what the schema and the definitions of columns say, and their versions rise with what they promise.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::Place;
use touchline_domain::SystemClock;
use touchline_domain::ports::{RunReader, SchemaColumn};
use touchline_features::{Definition, LineupView, MarketView, Settings, definitions};
use touchline_lineage::contract::{Contract, allowed, compare, generate, holds};
use touchline_lineage::{Catalogue, Field};
use touchline_store_postgres::testing::TestDatabase;
use touchline_store_postgres::{Access, PostgresStore};
use touchline_store_sqlite::SqliteStore;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts")
}

async fn schema() -> Vec<SchemaColumn> {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("test.db"), Arc::new(SystemClock)).await.unwrap();
    store.schema_columns().await.unwrap()
}

/// The columns of every feature matrix that there can be.
fn features() -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for market in [MarketView::PreMatch, MarketView::Closing, MarketView::Earlier] {
        let settings = Settings::FRESH.with_market(market).with_lineups(LineupView::Announced);
        for definition in definitions(&settings) {
            let Definition { name, formula, unit, null_meaning, version, .. } = definition;
            if fields.iter().all(|field| field.name != name) {
                let meaning = format!(
                    "{formula} Unit: {unit}. Missing: {null_meaning}. Version {version} of its family."
                );
                fields.push(Field { name, kind: "number".into(), meaning, family: None });
            }
        }
    }
    fields
}

/// With `TOUCHLINE_WRITE_CONTRACTS=1` the files are written anew, where their versions allow it.
#[tokio::test]
async fn contracts_are_kept_as_they_are_generated_and_rise_with_what_they_promise() {
    let (schema, writes) = (schema().await, std::env::var_os("TOUCHLINE_WRITE_CONTRACTS").is_some());
    let catalogue = Catalogue::new(features());
    let mut faults = Vec::new();
    for dataset in catalogue.datasets().iter().filter(|dataset| dataset.version.is_some()) {
        let generated = generate(dataset, &schema).unwrap();
        let file = folder().join(format!("{}.yaml", dataset.name));
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        if kept == generated.write() {
            continue;
        }
        let old = Contract::read(&kept).ok();
        if let Some(Err(refused)) = old.as_ref().map(|old| allowed(old, &generated)) {
            faults.push(format!("{refused}: raise it in crates/lineage/src/datasets.toml"));
        } else if writes {
            std::fs::write(&file, generated.write()).unwrap();
        } else {
            let found = old.map(|old| compare(&old, &generated)).unwrap_or_default();
            faults.push(format!(
                "contracts/{}.yaml is not what is generated ({found:?}): run this test with TOUCHLINE_WRITE_CONTRACTS=1",
                dataset.name
            ));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn a_server_holds_what_contracts_promise() {
    let database = TestDatabase::migrated().await;
    let access = Access { url: database.url(), replicas: &[], admin_url: None };
    let store = PostgresStore::open(access, Arc::new(SystemClock)).await.unwrap();
    let columns = store.schema_columns().await.unwrap();
    for file in std::fs::read_dir(folder()).unwrap() {
        let contract = Contract::read(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap();
        for table in contract.schema.iter().filter(|table| table.physical_type == "table") {
            for promised in &table.properties {
                let place = format!("{}.{}", table.name, promised.name);
                let held = columns.iter().find(|c| c.table == table.name && c.column == promised.name);
                let held = held.unwrap_or_else(|| panic!("{place} is in both databases"));
                assert!(holds(&held.kind, &promised.logical_type), "{place}: {}", held.kind);
                assert!(held.is_required || !promised.required, "{place} may be empty on a server");
            }
        }
    }
}

#[test]
fn contracts_are_listed_shown_and_compared() {
    let place = Place::new();
    let listed = place.run(&["contracts", "list"]).ending(0).out;
    for file in std::fs::read_dir(folder()).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(listed.contains(name), "{name} is listed:\n{listed}");
        let shown = place.run(&["contracts", "show", name]).ending(0).out;
        assert_eq!(shown.trim(), std::fs::read_to_string(&file).unwrap().trim());
        let same = place.run(&["contracts", "diff", "--against", file.to_str().unwrap()]).ending(0).out;
        assert!(same.contains("nothing differs"), "{same}");
    }
    let held = place.run(&["contracts", "diff"]).ending(0).out;
    assert!(held.contains("11 tables"), "{held}");
    // A column that was promised and is gone breaks readers.
    let older = std::fs::read_to_string(folder().join("odds.yaml")).unwrap();
    let file = place
        .write("older.yaml", older.replace("- name: \"draw_thousandths\"", "- name: \"tie_thousandths\""));
    let broken = place.run(&["contracts", "diff", "--against", file.to_str().unwrap()]).ending(1).out;
    assert!(
        broken.contains("breaking: odds.tie_thousandths is gone") && broken.contains("2.0.0"),
        "{broken}"
    );
    let unknown = place.run(&["contracts", "show", "nothing"]).ending(1).err;
    assert!(unknown.contains("matches"), "{unknown}");
}
