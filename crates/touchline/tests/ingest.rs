//! Ingesting twice changes nothing, and dying on the way loses nothing: seen on the real binary.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::{Place, results, shared};

/// 30,400 matches of ten invented leagues, in two files.
fn large_files(place: &Place) -> [PathBuf; 2] {
    [["XAA1", "XAA2", "XBB1", "XBB2", "XCC1"], ["XDD1", "XDD2", "XEE1", "XFF1", "XGG1"]].map(|leagues| {
        let mut lines = Vec::new();
        for league in leagues {
            let tier = usize::from(league.ends_with('2'));
            let clubs: Vec<usize> = (tier * 20..tier * 20 + 20).collect();
            for start in 2008..2016 {
                lines.extend(results::season(league, start, &clubs));
            }
        }
        place.write(&format!("files/{}.csv", leagues[0]), results::text(&lines))
    })
}

#[test]
fn the_same_files_again_write_nothing() {
    let place = Place::new();
    let files = large_files(&place);
    let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
    let first = place.ingest(0, "challenge", &files);
    assert_eq!((&first["new"], &first["rows"]), (&30_400.into(), &30_400.into()));
    assert_eq!(first["store"]["matches"], 30_400);
    assert_eq!(first["store"]["league_teams"], 200);
    let (hash, database) = (place.content_hash(), place.database());

    let again = place.ingest(0, "challenge", &files);
    let of_matches = ["new", "changed", "unchanged", "conflicting"].map(|key| again[key].as_u64().unwrap());
    assert_eq!(of_matches, [0, 0, 30_400, 0]);
    assert_eq!(again["store"], first["store"]);
    assert_eq!(place.content_hash(), hash);
    assert!(place.database() == database, "the second run wrote to the database");

    // The same matches from another folder, under other names, in another order.
    let mut lines: Vec<String> = files
        .iter()
        .flat_map(|f| {
            std::fs::read_to_string(f).unwrap().lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect();
    lines.reverse();
    let reversed = place.write("other/all.csv", format!("{}{}\n", results::HEADINGS, lines.join("\n")));
    let other = place.ingest(0, "challenge", &[&reversed]);
    assert_eq!((&other["new"], &other["unchanged"]), (&0.into(), &30_400.into()));
    assert_eq!(place.content_hash(), hash);
}

#[test]
fn one_file_after_the_other_gives_what_both_at_once_give() {
    let (together, apart) = (Place::new(), Place::new());
    let lines = results::season("XAA1", 2010, &(0..10).collect::<Vec<_>>());
    let (early, late) = lines.split_at(40);
    let whole = together.write("all.csv", results::text(&lines));
    together.ingest(0, "challenge", &[&whole]);
    // The later half first, and some matches in both.
    let parts =
        [apart.write("2.csv", results::text(late)), apart.write("1.csv", results::text(&lines[..60]))];
    assert_eq!(early.len() + late.len(), lines.len());
    apart.ingest(0, "challenge", &[&parts[0]]);
    let second = apart.ingest(0, "challenge", &[&parts[1]]);
    assert_eq!((&second["new"], &second["unchanged"]), (&40.into(), &20.into()));
    assert_eq!(apart.content_hash(), together.content_hash());
}

#[test]
fn an_import_killed_at_any_moment_is_completed_by_the_next() {
    let undisturbed = Place::new();
    let files = large_files(&undisturbed);
    let files: Vec<&str> = files.iter().map(|f| f.to_str().unwrap()).collect();
    let arguments = ["ingest", "challenge", files[0], files[1]];
    let started = Instant::now();
    undisturbed.run(&arguments).ending(0);
    let whole = started.elapsed();
    let expected = undisturbed.content_hash();

    // The start, where the database is made, then the import in even slices.
    let slices = (1..10).map(|n| whole * n / 10);
    let moments = [2, 8, 20].map(Duration::from_millis).into_iter().chain(slices);
    let (mut killed, mut half_way) = (0, 0);
    let often = Place::new();
    for moment in moments {
        let place = Place::new();
        killed += u32::from(kill_after(&place, &arguments, moment));
        kill_after(&often, &arguments, moment);
        // What the dead import has left is whole in itself; then the same command completes it.
        place.check().unwrap_or_else(|e| panic!("killed after {moment:?}: {e}"));
        let held = place.matches().len();
        assert!([0, 15_200, 30_400].contains(&held), "killed after {moment:?}: {held} matches");
        half_way += u32::from(held == 15_200);
        place.run(&arguments).ending(0);
        assert_eq!(place.content_hash(), expected, "killed after {moment:?}");
        let doctor = place.run(&["doctor"]).ending(0);
        assert!(doctor.out.contains("every record has reached silver"), "{doctor:?}");
    }
    eprintln!("undisturbed {whole:?}; {killed} of 12 killed before their end, {half_way} between the files");
    assert!(killed >= 6, "only {killed} imports were still running when they were to be killed");
    // One place, killed again and again.
    often.run(&arguments).ending(0);
    assert_eq!(often.content_hash(), expected);
}

/// Starts the command and kills it (SIGKILL); whether it was still running.
fn kill_after(place: &Place, arguments: &[&str], moment: Duration) -> bool {
    let mut child = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(moment);
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

#[test]
fn football_data_since_1993_has_51_997_finished_matches() {
    let Some(folder) = shared("football-data") else { return };
    let place = Place::new();
    // Some prices are no prices: recorded, and their matches kept, so that no row is rejected.
    let first = place.ingest(0, "football-data", &[&folder]);
    assert_eq!(first["rejected_rows"], 0);
    let mut findings = std::collections::BTreeMap::new();
    for issue in place.issues() {
        *findings.entry(issue.error_type).or_insert(0) += 1;
    }
    let found: Vec<_> = findings.iter().map(|(kind, count)| (kind.as_str(), *count)).collect();
    assert_eq!(found, [("malformed_odds", 18), ("resembling_team", 4)]);
    assert_eq!((&first["documents"], &first["new"]), (&145.into(), &51_997.into()));
    assert_eq!(first["rejections_by_reason"], serde_json::json!({"malformed_odds": 18}));
    assert_eq!((&first["store"]["finished"], &first["store"]["matches"]), (&51_997.into(), &51_997.into()));
    let mut by_league = std::collections::BTreeMap::new();
    for row in place.matches() {
        *by_league.entry(row.league.0).or_insert(0) += 1;
    }
    let mut counts: Vec<u32> = by_league.into_values().collect();
    counts.sort_unstable();
    // D1, I1, F1, and E0 and SP1.
    assert_eq!(counts, [8_874, 10_206, 10_549, 11_184, 11_184]);
    let (hash, database) = (place.content_hash(), place.database());

    let again = place.ingest(0, "football-data", &[&folder]);
    assert_eq!(
        (&again["new"], &again["changed"], &again["unchanged"]),
        (&0.into(), &0.into(), &51_997.into())
    );
    assert_eq!(again["store"], first["store"]);
    assert_eq!(place.content_hash(), hash);
    assert!(place.database() == database, "the second run wrote to the database");
}

#[test]
fn the_challenge_has_299_214_matches() {
    let Some(file) = shared("soccer-prediction-challenge-2023/train.csv.gz") else { return };
    let place = Place::new();
    let first = place.ingest(0, "challenge", &[&file]);
    assert_eq!(first["new"], 299_214);
    let store = &first["store"];
    assert_eq!(store["matches"], 299_214);
    assert_eq!(store["matches"].as_u64().unwrap() - store["finished"].as_u64().unwrap(), 7);
    assert_eq!((&store["leagues"], &store["league_teams"]), (&51.into(), &2_225.into()));
    let again = place.ingest(0, "challenge", &[&file]);
    assert_eq!((&again["new"], &again["unchanged"]), (&0.into(), &299_214.into()));
}
