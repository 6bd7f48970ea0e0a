//! Folders, locations and cleanups.

use super::{REPLACE, TEAMS, clock, folder, held, partition, put, teams};
use crate::ParquetLake;
use chrono::TimeDelta;
use std::fs;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::FixedClock;
use touchline_domain::lake::LakeTable;
use touchline_domain::ports::{Cleanup, Commit, Lake, LakeError};

const SHRINK: Commit = Commit::Replace { may_shrink: true, rewrite: false };
const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_folder_has_the_layout_that_is_promised_and_is_its_owners_alone() {
    let (folder, lake) = folder();
    put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap();
    let month = partition(LakeTable::Odds);
    assert_eq!(month.to_string(), "silver/odds/2023/05");
    let names = |below: &str| -> Vec<String> {
        let entries = fs::read_dir(folder.path().join("lake").join(below)).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    // Tools that read whole folders find nothing beside data.
    let data = names("silver/teams");
    assert!(data.len() == 1 && data[0].ends_with(".parquet"), "{data:?}");
    assert_eq!(names("manifests/silver/teams"), ["0000000001.json"]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path().join("lake")), 0o700);
        for file in [format!("silver/teams/{}", data[0]), "manifests/silver/teams/0000000001.json".to_owned()]
        {
            assert_eq!(mode(&folder.path().join("lake").join(file)), 0o600);
        }
    }
}

#[test]
fn locations_that_name_no_lake_are_refused_without_secrets() {
    let open = |location: &str, environment: &[(&str, &str)]| {
        let environment: Vec<_> =
            environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        ParquetLake::open(location, environment, clock())
    };
    let told = |result: Result<ParquetLake, LakeError>| result.unwrap_err().to_string();
    assert!(told(open("gs://bucket/x", &[])).contains("s3://BUCKET/PREFIX"));
    let secret = told(open("s3://AKIA:s3cret@bucket/x", &[]));
    assert!(secret.contains("AWS_SECRET_ACCESS_KEY") && !secret.contains("s3cret"), "{secret}");
    let secret = told(open("https://ann:s3cret@host/x", &[]));
    assert!(!secret.contains("s3cret"), "{secret}");
    assert!(told(open("s3://bucket/x", &[])).contains("AWS_ACCESS_KEY_ID"));
    assert!(told(open("s3://", &[("AWS_ACCESS_KEY_ID", "k")])).contains("no bucket"));
    let keys = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "s3cret"), ("AWS_BUCKET", "other")];
    let lake = open("s3://bucket/some/where/", &keys).unwrap();
    assert_eq!(lake.location(), "s3://bucket/some/where");
    assert!(!format!("{lake:?}").contains("s3cret"));
    assert_eq!(open("s3://bucket", &keys).unwrap().location(), "s3://bucket");
}

/// A lake on the same folder, a while later: files have the machine's times.
fn later(folder: &tempfile::TempDir, by: TimeDelta) -> ParquetLake {
    let machine: chrono::DateTime<chrono::Utc> =
        fs::metadata(folder.path().join("lake")).unwrap().modified().unwrap().into();
    let clock = Arc::new(FixedClock(machine + by));
    ParquetLake::open(folder.path().join("lake").to_str().unwrap(), [], clock).unwrap()
}

#[tokio::test]
async fn a_cleanup_takes_what_nothing_names_and_nothing_else() {
    let (folder, lake) = folder();
    put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap();
    put(&lake, TEAMS, teams(&["B"]), SHRINK).await.unwrap();
    let [place, manifests] =
        ["silver/teams", "manifests/silver/teams"].map(|below| folder.path().join("lake").join(below));
    // A file whose manifest was never written, what a writer was writing when it died, and files of others.
    let orphan = format!("{:015}-{}.parquet", 1, "a".repeat(32));
    fs::write(place.join(&orphan), b"x").unwrap();
    fs::write(place.join(format!("{orphan}#1")), b"xy").unwrap();
    fs::write(manifests.join("0000000003.json#2"), b"z").unwrap();
    let foreign = [
        place.join("notes.txt"),
        place.join("notes.txt#1"),
        place.join("x.parquet"),
        place.join("0000000003.json"),
        manifests.join("3.json"),
        manifests.join(&orphan),
    ];
    for file in &foreign {
        fs::write(file, b"foreign").unwrap();
    }
    fs::write(folder.path().join("lake/README"), b"foreign").unwrap();

    let young = later(&folder, TimeDelta::minutes(5)).clean_up(HOUR, false).await.unwrap();
    // The replaced manifest and its file, the orphan, two unfinished ones; the replaced file is named until then.
    assert_eq!((young.removed, young.waiting, young.foreign), (0, 4, 6), "{young:?}");
    let old = later(&folder, TimeDelta::hours(2));
    let counted = old.clean_up(HOUR, true).await.unwrap();
    assert_eq!((counted.removed, counted.waiting), (5, 0), "{counted:?}");
    assert_eq!(old.clean_up(HOUR, false).await.unwrap(), counted, "a dry run counts the same");
    assert_eq!(old.clean_up(HOUR, false).await.unwrap(), Cleanup { foreign: 6, ..Cleanup::default() });
    assert_eq!(held(&lake, TEAMS).await, teams(&["B"]));
    for file in &foreign {
        assert!(file.exists(), "{}", file.display());
    }
    // The next state follows, although the one before the last is gone.
    put(&lake, TEAMS, teams(&["C", "D"]), REPLACE).await.unwrap();
    assert_eq!(held(&lake, TEAMS).await, teams(&["C", "D"]));
}

#[tokio::test]
async fn whoever_reads_an_old_state_is_not_disturbed_within_the_time_of_grace() {
    let (folder, lake) = folder();
    put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap();
    let seen = lake.partition(TEAMS).await.unwrap().unwrap();
    put(&lake, TEAMS, teams(&["B"]), SHRINK).await.unwrap();
    later(&folder, TimeDelta::minutes(59)).clean_up(HOUR, false).await.unwrap();
    assert_eq!(super::read(&lake, &seen).await.unwrap(), teams(&["A"]));
    later(&folder, TimeDelta::minutes(61)).clean_up(HOUR, false).await.unwrap();
    assert!(super::read(&lake, &seen).await.is_err());
    assert_eq!(held(&lake, TEAMS).await, teams(&["B"]));
}

#[tokio::test]
async fn a_cleanup_leaves_data_whose_manifests_are_lost() {
    let (folder, lake) = folder();
    put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap();
    fs::remove_dir_all(folder.path().join("lake/manifests")).unwrap();
    let done = later(&folder, TimeDelta::hours(2)).clean_up(HOUR, false).await.unwrap();
    assert_eq!(done, Cleanup { waiting: 1, ..Cleanup::default() });
    assert_eq!(fs::read_dir(folder.path().join("lake/silver/teams")).unwrap().count(), 1);
}
