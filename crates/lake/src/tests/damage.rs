//! Files that are not what was written are refused, and said which.

use super::{REPLACE, TEAMS, folder, held, open, partition, put, read, teams};
use crate::ParquetLake;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use touchline_domain::lake::LakeTable;
use touchline_domain::ports::{Commit, Committed, Lake, LakeError};

fn files(folder: &TempDir, below: &str, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.path().join("lake").join(below)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.to_str().unwrap().ends_with(ending));
    files.sort();
    files
}

async fn written() -> (TempDir, ParquetLake, PathBuf) {
    let (folder, lake) = folder();
    put(&lake, TEAMS, teams(&["Alpha", "Beta", "Gamma"]), REPLACE).await.unwrap();
    let file = files(&folder, "silver/teams", ".parquet").remove(0);
    (folder, lake, file)
}

/// The error says that this file is damaged.
async fn refused(lake: &ParquetLake, file: &Path) {
    let state = lake.partition(TEAMS).await.unwrap().unwrap();
    match read(lake, &state).await {
        Err(error @ LakeError::Damaged { .. }) => {
            let name = file.file_name().unwrap().to_str().unwrap();
            let text = error.to_string();
            assert!(text.contains(name) && text.contains("export its partition again"), "{text}");
        }
        other => panic!("a damaged file was read: {other:?}"),
    }
}

#[tokio::test]
async fn every_flipped_bit_is_found() {
    let (_folder, lake, file) = written().await;
    let whole = fs::read(&file).unwrap();
    for position in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[position] ^= 1 << (position % 8);
        fs::write(&file, &bytes).unwrap();
        refused(&lake, &file).await;
    }
    fs::write(&file, &whole).unwrap();
    assert_eq!(held(&lake, TEAMS).await, teams(&["Alpha", "Beta", "Gamma"]));
}

#[tokio::test]
async fn a_file_that_is_cut_or_longer_is_found() {
    let (_folder, lake, file) = written().await;
    let whole = fs::read(&file).unwrap();
    for length in [0, 1, whole.len() / 2, whole.len() - 1] {
        fs::write(&file, &whole[..length]).unwrap();
        refused(&lake, &file).await;
    }
    fs::write(&file, [&whole[..], b"x"].concat()).unwrap();
    refused(&lake, &file).await;
    fs::remove_file(&file).unwrap();
    let state = lake.partition(TEAMS).await.unwrap().unwrap();
    let error = read(&lake, &state).await.unwrap_err();
    assert!(matches!(&error, LakeError::Unavailable(_)) && error.to_string().contains(".parquet"), "{error}");
}

/// A file with the right bytes of the wrong rows: the manifest was forged with it.
#[tokio::test]
async fn rows_that_are_not_those_of_the_manifest_are_found() {
    let (folder, lake, _) = written().await;
    let manifest = files(&folder, "manifests/silver/teams", ".json").remove(0);
    let text = fs::read_to_string(&manifest).unwrap();
    for (from, to, what) in [("\"rows\": 3", "\"rows\": 4", "3 rows instead of 4"), ("", "", "not those")] {
        let state = lake.partition(TEAMS).await.unwrap().unwrap();
        let forged = if from.is_empty() {
            text.replace(&state.files[0].content, &"a".repeat(64))
        } else {
            text.replace(from, to)
        };
        assert_ne!(forged, text);
        fs::write(&manifest, &forged).unwrap();
        let state = lake.partition(TEAMS).await.unwrap().unwrap();
        let error = read(&lake, &state).await.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
        fs::write(&manifest, &text).unwrap();
    }
}

#[tokio::test]
async fn hostile_manifests_are_refused() {
    let (folder, lake, _) = written().await;
    let manifest = files(&folder, "manifests/silver/teams", ".json").remove(0);
    let text = fs::read_to_string(&manifest).unwrap();
    let name = &lake.partition(TEAMS).await.unwrap().unwrap().files[0].name;
    let cases = [
        (text[..text.len() / 2].to_owned(), "damaged"),
        (String::new(), "damaged"),
        (text.replace(name, "../../../../etc/passwd"), "is not a file of a lake"),
        (text.replace("silver/teams", "silver/leagues"), "manifest of silver/leagues"),
        (text.replace("\"generation\": 1", "\"generation\": 2"), "generation 2"),
        (text.replace("\"schema\": 4", "\"schema\": 9"), "update the program"),
        (text.replace("\"format\": 1", "\"format\": 2"), "update the program"),
    ];
    for (forged, what) in cases {
        assert_ne!(forged, text);
        fs::write(&manifest, forged).unwrap();
        let error = lake.partition(TEAMS).await.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
        assert!(lake.partitions().await.is_err() && put(&lake, TEAMS, teams(&["A"]), REPLACE).await.is_err());
    }
}

/// A Parquet file of another table in its place, with a manifest that agrees.
#[tokio::test]
async fn columns_of_another_table_are_refused() {
    let (folder, lake, file) = written().await;
    let row = touchline_domain::lake::LakeRow::League(touchline_domain::NewLeague {
        code: "E0".to_owned(),
        name: "League".to_owned(),
        country: "England".to_owned(),
        level: 1,
        source: "s".to_owned(),
        kind: touchline_domain::CompetitionKind::League,
    });
    put(&lake, partition(LakeTable::Leagues), vec![row], REPLACE).await.unwrap();
    let other = files(&folder, "silver/leagues", ".parquet").remove(0);
    let mut state = lake.partition(partition(LakeTable::Leagues)).await.unwrap().unwrap();
    fs::copy(&other, file.parent().unwrap().join(other.file_name().unwrap())).unwrap();
    state.partition = TEAMS;
    let error = read(&lake, &state).await.unwrap_err();
    assert!(matches!(error, LakeError::Schema { .. }), "{error}");
}

#[tokio::test]
async fn a_damaged_file_is_written_anew_on_demand() {
    let (folder, lake, file) = written().await;
    fs::write(&file, b"damaged").unwrap();
    let rows = teams(&["Alpha", "Beta", "Gamma"]);
    assert_eq!(put(&lake, TEAMS, rows.clone(), REPLACE).await.unwrap(), Committed::Unchanged);
    let rewrite = Commit::Replace { may_shrink: false, rewrite: true };
    // Another clock: the new file has another name, and the old one stays as it is.
    let later =
        std::sync::Arc::new(touchline_domain::FixedClock(super::now() + chrono::TimeDelta::seconds(1)));
    let path = folder.path().join("lake");
    let again = ParquetLake::open(path.to_str().unwrap(), [], later).unwrap();
    assert!(matches!(put(&again, TEAMS, rows.clone(), rewrite).await.unwrap(), Committed::Written(_)));
    assert_eq!(held(&open(&folder), TEAMS).await, rows);
}
