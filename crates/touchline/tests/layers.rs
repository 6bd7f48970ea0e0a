//! Layers point down: which crate of the workspace may use which, and which outside crates are confined to one.
//!
//! Read from `cargo metadata`, so that nobody has to remember. Dependencies of tests are free.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::Value;
use std::process::Command;

/// Each crate with the crates of the workspace that it may use; `*` is any.
const ALLOWED: [(&str, &[&str]); 25] = [
    ("outcomes", &[]),
    ("domain", &["outcomes"]),
    ("models", &["outcomes"]),
    ("boosting", &[]),
    ("features", &["domain", "models"]),
    ("collect", &["domain"]),
    ("store-sql", &["domain"]),
    ("store-sqlite", &["domain", "store-sql"]),
    ("store-postgres", &["domain", "store-sql"]),
    ("lake", &["domain"]),
    ("quality", &["domain"]),
    ("lineage", &["domain"]),
    ("intake", &["domain", "collect", "quality"]),
    ("learning", &["domain", "models", "boosting", "features"]),
    ("forecasting", &["domain", "models", "features", "collect", "learning"]),
    ("upkeep", &["domain"]),
    ("jobs", &["domain"]),
    ("alerting", &["domain"]),
    ("integrations", &["domain", "accounts"]),
    ("accounts", &["domain"]),
    ("cache", &["domain"]),
    ("report", &["models", "learning", "quality"]),
    ("api", &["domain", "models", "learning", "forecasting", "accounts", "cache", "jobs", "lineage"]),
    ("ui", &[]),
    ("touchline", &["*"]),
];

/// Outside crates (by the start of their name), the only crates of the workspace that may use them, and why.
const CONFINED: [(&str, &[&str], &str); 18] = [
    ("lettre", &["integrations"], "mail is sent in one place; use touchline_integrations::Mail"),
    ("argon2", &["accounts"], "passwords are hashed in one place; use touchline_accounts::Accounts"),
    (
        "sqlx",
        &["store-sql", "store-sqlite", "store-postgres"],
        "only store crates know SQL; ask a port of touchline-domain instead",
    ),
    (
        "rusqlite",
        &["store-sqlite"],
        "it is there for SQLite's online backup alone; statements go through sqlx",
    ),
    ("lightgbm", &["boosting"], "C++ builds stay in one crate; use touchline_boosting::TreeEnsemble"),
    ("xgb", &["boosting"], "C++ builds stay in one crate; use touchline_boosting::TreeEnsemble"),
    ("arrow", &["lake"], "columnar formats stay in one crate; ask the port Lake of touchline-domain instead"),
    (
        "parquet",
        &["lake"],
        "columnar formats stay in one crate; ask the port Lake of touchline-domain instead",
    ),
    (
        "object_store",
        &["lake"],
        "object storage stays in one crate; ask the port Lake of touchline-domain instead",
    ),
    ("datafusion", &["lake"], "SQL over files stays in one crate, behind its feature sql"),
    (
        "reqwest",
        &["collect", "integrations"],
        "sources are asked within limits by one crate, and alerts handed over by another; use touchline_collect::http::Fetcher",
    ),
    (
        "redis",
        &["cache"],
        "Redis is optional, and spoken to in one place; ask the port Coordination of touchline-domain, or touchline_cache::Layered",
    ),
    ("moka", &["cache"], "answers are kept in one place; use touchline_cache::Layered"),
    ("askama", &["report"], "HTML is written by templates in one crate; give it the data"),
    ("clap", &["touchline"], "only the binary has a command line; take arguments as values"),
    ("anyhow", &["touchline"], "libraries say what went wrong in enums of their own (thiserror)"),
    ("eyre", &["touchline"], "libraries say what went wrong in enums of their own (thiserror)"),
    ("axum", &["api", "touchline"], "only the interface speaks HTTP; use cases return values"),
];

/// A crate with the names of what it uses outside its tests.
#[derive(Debug, PartialEq)]
struct Package {
    name: String,
    uses: Vec<String>,
}

fn workspace() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.toml"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let name = |v: &Value| v["name"].as_str().unwrap().to_owned();
    let dependencies = value["dependencies"].as_array().unwrap();
    let uses = dependencies.iter().filter(|d| d["kind"].as_str() != Some("dev")).map(name).collect();
    Package { name: name(value), uses }
}

/// The folder's name: `touchline-domain` is `domain`.
fn short(name: &str) -> &str {
    name.strip_prefix("touchline-").unwrap_or(name)
}

/// Every breach of the rules, in words that say what to do.
fn breaches(packages: &[Package]) -> Vec<String> {
    let mut breaches = Vec::new();
    for package in packages {
        let user = short(&package.name);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == user) else {
            breaches.push(format!(
                "{user} is a new crate: add a line to ALLOWED in crates/touchline/tests/layers.rs that says which \
                 crates it may use, and a line to CONTRIBUTING.md that says what it is for"
            ));
            continue;
        };
        for used in &package.uses {
            let inside = packages.iter().any(|p| p.name == *used);
            if inside && !allowed.contains(&"*") && !allowed.contains(&short(used)) {
                breaches.push(format!(
                    "{user} must not use {}: layers point down, and {user} may use {allowed:?}. Put what both need \
                     into a lower crate, or a trait into domain::ports that {} implements and the binary passes in",
                    short(used),
                    short(used)
                ));
            }
            for (start, only, reason) in CONFINED {
                if used.starts_with(start) && !only.contains(&user) {
                    breaches.push(format!("{user} must not use {used}: {reason} (allowed in {only:?})"));
                }
            }
        }
    }
    breaches
}

#[test]
fn layers_point_down() {
    let packages = workspace();
    let breaches = breaches(&packages);
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
    for (name, _) in ALLOWED {
        assert!(
            packages.iter().any(|p| short(&p.name) == name),
            "{name} is gone: remove its line from ALLOWED"
        );
    }
}

#[test]
fn every_kind_of_breach_is_found() {
    let of = |name: &str, uses: &[&str]| Package {
        name: name.to_owned(),
        uses: uses.iter().map(|u| (*u).to_owned()).collect(),
    };
    let found = |name: &str, uses: &[&str]| {
        let lower = ["touchline-domain", "touchline-intake", "touchline-store-sqlite"]
            .into_iter()
            .filter(|n| *n != name);
        let mut packages: Vec<Package> = lower.map(|n| of(n, &[])).collect();
        packages.push(of(name, uses));
        breaches(&packages).len()
    };
    assert_eq!(found("touchline-intake", &["touchline-domain", "serde"]), 0);
    assert_eq!(found("touchline", &["touchline-store-sqlite", "clap", "anyhow"]), 0);
    assert_eq!(found("touchline-intake", &["touchline-store-sqlite"]), 1);
    assert_eq!(found("touchline-domain", &["touchline-intake", "anyhow"]), 2);
    assert_eq!(found("touchline-api", &["touchline-store-sqlite", "sqlx", "clap"]), 3);
    assert_eq!(found("touchline-intake", &["lightgbm3-sys"]), 1);
    assert_eq!(found("touchline-store-sqlite", &["sqlx", "sqlx-sqlite", "touchline-domain"]), 0);
    assert_eq!(found("touchline-novelty", &[]), 1);
}

#[test]
fn dependencies_of_tests_are_free_and_those_of_builds_are_not() {
    let value = serde_json::json!({"name": "touchline-domain", "dependencies": [
        {"name": "serde", "kind": null}, {"name": "proptest", "kind": "dev"}, {"name": "cmake", "kind": "build"},
    ]});
    let uses = ["serde", "cmake"].map(str::to_owned).to_vec();
    assert_eq!(package(&value), Package { name: "touchline-domain".to_owned(), uses });
}
