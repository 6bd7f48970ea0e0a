//! Recovery of a server to a second, from a base backup and its log.

use super::{backup_of, damage, data, ingest, restore};
use crate::support::Place;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use serde_json::Value;
use std::path::{Path, PathBuf};
use touchline_store_postgres::testing::{Cluster, connect, private_folder};

/// Commits that others make around the second in question.
const TICKS: &str = "CREATE TABLE ticks (n INT)";

struct Server {
    cluster: Cluster,
    place: Place,
}

impl Server {
    fn start() -> Self {
        let cluster = Cluster::start("track_commit_timestamp = on");
        let place = super::place(Some(&cluster.url("postgres")));
        Self { cluster, place }
    }

    async fn execute(&self, sql: &'static str) {
        let mut connection = connect(&self.cluster.url("postgres")).await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }

    /// Commits one row after the other until the server's clock has passed a whole second by a little; which second.
    async fn tick_over_a_second(&self) -> DateTime<Utc> {
        let mut connection = connect(&self.cluster.url("postgres")).await;
        let mut now = async |n: i32| -> DateTime<Utc> {
            let sql = "INSERT INTO ticks VALUES ($1) RETURNING clock_timestamp()";
            sqlx::query_scalar(sql).bind(n).fetch_one(&mut connection).await.unwrap()
        };
        let second = now(0).await.trunc_subsecs(0) + TimeDelta::seconds(1);
        let mut n = 1;
        while now(n).await < second + TimeDelta::milliseconds(30) {
            n += 1;
        }
        second
    }

    /// How many rows were committed until then, by the server's own record of commits.
    async fn committed_until(&self, time: DateTime<Utc>) -> i64 {
        let mut connection = connect(&self.cluster.url("postgres")).await;
        let sql = "SELECT count(*) FROM ticks WHERE pg_xact_commit_timestamp(xmin) <= $1";
        sqlx::query_scalar(sql).bind(time).fetch_one(&mut connection).await.unwrap()
    }

    /// Recovers into a new folder of this name.
    fn recover(&self, code: i32, backup: &Path, name: &str, how: &[&str]) -> (PathBuf, Value, String) {
        let into = self.place.path(name);
        if !into.exists() {
            private_folder(&into);
        }
        let (said, told) =
            restore(&self.place, code, backup, &[&["--into", into.to_str().unwrap()], how].concat());
        (into, said, told)
    }
}

async fn ticks(server: &Cluster) -> i64 {
    let mut connection = connect(&server.url("postgres")).await;
    sqlx::query_scalar("SELECT count(*) FROM ticks").fetch_one(&mut connection).await.unwrap()
}

fn text(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_recovered_to_the_second() {
    let server = Server::start();
    let place = &server.place;
    let said = place.run(&["db", "backup", "--incremental"]).ending(1);
    assert!(said.err.contains("db backup --base"), "{said:?}");
    ingest(place, 2018);
    server.execute(TICKS).await;
    let base = backup_of(place, "--base");
    ingest(place, 2019);
    let first = (backup_of(place, "--incremental"), place.content_hash());
    ingest(place, 2020);
    let hash = place.content_hash();
    let second = server.tick_over_a_second().await;
    let (expected, all) = (server.committed_until(second).await, ticks(&server.cluster).await);
    assert!(0 < expected && expected < all, "{expected} of {all}");
    ingest(place, 2021);
    let last = (backup_of(place, "--incremental"), place.content_hash());

    // From the base backup: the increments that are needed are found.
    let (data_folder, said, _) = server.recover(0, &base, "recovered", &["--to-time", &text(second)]);
    assert_eq!(
        (&said["recovered"]["content_hash"], &said["recovered"]["matches"]),
        (&hash.into(), &90.into())
    );
    let recovered = Cluster::on(&data_folder);
    assert_eq!(ticks(&recovered).await, expected, "exactly what was committed until that second");
    let again = super::place(Some(&recovered.url("postgres")));
    ingest(&again, 2021);
    assert_eq!(again.content_hash(), last.1, "the recovered server takes the next import");
    drop(recovered);

    // To the end of an increment, compared with its manifest.
    let (folder, said, _) = server.recover(0, &first.0, "tested", &["--test-only"]);
    assert_eq!((&said["recovered"]["content_hash"], &said["kept"]), (&first.1.into(), &false.into()));
    assert_eq!(folder.read_dir().unwrap().count(), 0, "a test leaves nothing");
    refusals(&server, &base, &last.0, second);
}

/// What is told where a recovery is not possible.
fn refusals(server: &Server, base: &Path, last: &Path, second: DateTime<Utc>) {
    let place = &server.place;
    let (_, _, told) = server.recover(1, base, "no", &["--to-time", &text(second - TimeDelta::hours(1))]);
    assert!(told.contains("reaches back to") && told.contains("earlier base backup"), "{told}");
    let (_, _, told) = server.recover(1, base, "no", &["--to-time", &text(second + TimeDelta::hours(1))]);
    assert!(told.contains("reach to") && told.contains("--incremental"), "{told}");
    let running = server.cluster.folder().join("data");
    let (_, told) = restore(place, 1, base, &["--into", running.to_str().unwrap()]);
    assert!(told.contains("not empty") && told.contains("never over"), "{told}");
    let (_, told) = restore(place, 1, base, &["--force"]);
    assert!(told.contains("--into DIR"), "{told}");

    restore(place, 0, last, &["--validate"]);
    let is_segment = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "zst");
    let segment = data(last).into_iter().find(is_segment).unwrap();
    let bytes = std::fs::read(&segment).unwrap();
    damage(&segment);
    for how in [vec!["--validate"], vec!["--into", place.path("no").to_str().unwrap()]] {
        let (_, told) = restore(place, 1, last, &how);
        assert!(told.contains("is damaged") && told.contains("missing or changed"), "{told}");
    }
    std::fs::write(&segment, bytes).unwrap();
    let away = base.with_extension("away");
    std::fs::rename(base, &away).unwrap();
    let (_, told) = restore(place, 1, last, &["--validate"]);
    assert!(told.contains("is missing"), "{told}");
    std::fs::rename(&away, base).unwrap();
    assert_eq!(place.path("no").read_dir().unwrap().count(), 0, "a refused recovery leaves nothing");
}

/// Slots by which the server keeps its log for us.
async fn slots(server: &Cluster) -> Vec<String> {
    let mut connection = connect(&server.url("postgres")).await;
    let sql = "SELECT slot_name::text FROM pg_replication_slots ORDER BY 1";
    sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_base_backup_completes_the_increments_of_the_one_before() {
    let server = Server::start();
    let place = &server.place;
    ingest(place, 2018);
    server.execute(TICKS).await;
    let first = backup_of(place, "--base");
    assert_eq!(slots(&server.cluster).await.len(), 1);
    let second = server.tick_over_a_second().await;
    let expected = server.committed_until(second).await;
    let next = backup_of(place, "--base");
    let kept = slots(&server.cluster).await;
    assert_eq!(kept.len(), 1, "the server keeps nothing for the first any more");
    let findings = place.run(&["db", "doctor"]).ending(0).out;
    assert!(findings.contains(&kept[0]), "{findings}");

    let (folder, ..) = server.recover(0, &first, "recovered", &["--to-time", &text(second)]);
    assert_eq!(ticks(&Cluster::on(&folder)).await, expected, "no second between the two is lost");
    let (_, said, _) = server.recover(0, &next, "tested", &["--test-only"]);
    assert_eq!(said["recovered"]["matches"], 30);

    server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots").await;
    let said = place.run(&["db", "backup", "--incremental"]).ending(1);
    assert!(said.err.contains("no longer keeps its log") && said.err.contains("--base"), "{said:?}");
}
