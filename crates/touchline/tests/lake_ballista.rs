//! The lake's files on a Ballista cluster: a scheduler and two executors on the loopback, which the test starts; skipped,
//! saying so, where `TOUCHLINE_BALLISTA` names no folder of Ballista's programs. `./dev interop ballista` installs them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{Place, quotes, results};
use touchline_domain::SystemClock;
use touchline_domain::ports::Store;
use touchline_store_sqlite::SqliteStore;

const PATIENCE: Duration = Duration::from_mins(1);

/// The processes of a cluster; gone with their handle.
struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
    processes: Vec<Child>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

impl Cluster {
    /// None, with a message, where there are no programs for it.
    fn start(folder: PathBuf, executors: usize) -> Option<Self> {
        let Some(programs) = std::env::var_os("TOUCHLINE_BALLISTA") else {
            eprintln!(
                "skipped: TOUCHLINE_BALLISTA names no folder of Ballista's programs; see ./dev interop"
            );
            return None;
        };
        fs::create_dir_all(&folder).unwrap();
        let port = free_port();
        let mut cluster = Self { programs: programs.into(), folder, port, processes: Vec::new() };
        let scheduler = ["--bind-host", "127.0.0.1", "--bind-port", &port.to_string()];
        cluster
            .spawn("ballista-scheduler", &[&scheduler[..], &["--task-distribution", "round-robin"]].concat());
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "the scheduler listens: {}", cluster.logs());
            std::thread::sleep(Duration::from_millis(50));
        }
        for n in 0..executors {
            let work = cluster.work(n);
            fs::create_dir_all(&work).unwrap();
            let ports = [free_port(), free_port(), free_port()].map(|port| port.to_string());
            let scheduler = port.to_string();
            let arguments = [
                ["--scheduler-host", "127.0.0.1"],
                ["--scheduler-port", &scheduler],
                ["--scheduler-connect-timeout-seconds", "30"],
                ["--bind-host", "127.0.0.1"],
                ["--bind-port", &ports[0]],
                ["--bind-grpc-port", &ports[1]],
                ["--bind-health-port", &ports[2]],
                ["--vcores", "1"],
                ["--work-dir", work.to_str().unwrap()],
            ];
            cluster.spawn("ballista-executor", &arguments.concat());
        }
        Some(cluster)
    }

    fn work(&self, executor: usize) -> PathBuf {
        self.folder.join(format!("executor-{executor}"))
    }

    fn spawn(&mut self, program: &str, arguments: &[&str]) {
        let log = File::create(self.folder.join(format!("{}-{program}.log", self.processes.len()))).unwrap();
        let process = Command::new(self.programs.join(program))
            .args(arguments)
            .current_dir(&self.folder)
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .stdin(Stdio::null())
            .spawn();
        self.processes.push(process.unwrap_or_else(|e| panic!("{program} does not start: {e}")));
    }

    fn logs(&self) -> String {
        let files = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().path());
        let logs = files.filter(|path| path.extension().is_some_and(|e| e == "log"));
        logs.map(|path| fs::read_to_string(path).unwrap()).collect()
    }

    /// The lines that a query gives, without its heading.
    fn rows(&self, tables: &str, query: &str) -> Vec<String> {
        let file = self.folder.join("query.sql");
        fs::write(&file, format!("{tables}\n{query};\n")).unwrap();
        let port = self.port.to_string();
        let output = Command::new(self.programs.join("ballista-cli"))
            .args(["--host", "127.0.0.1", "--port", &port, "--quiet", "--format", "csv", "--file"])
            .arg(&file)
            .current_dir(&self.folder)
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{query}\n{out}\n{err}\n{}", self.logs());
        let lines: Vec<String> = out.lines().map(str::to_owned).collect();
        assert!(!lines.is_empty(), "{query}\n{out}\n{err}\n{}", self.logs());
        lines[1..].to_vec()
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// What makes tables of the folders of a lake, as `docs/guides/lake.md` says it.
fn tables(lake: &Path) -> String {
    let table = |name: &str| {
        let location = lake.join("silver").join(name);
        format!("CREATE EXTERNAL TABLE {name} STORED AS PARQUET LOCATION '{}/';\n", location.display())
    };
    let subfolders = "SET datafusion.execution.listing_table_ignore_subdirectory = false;\n";
    format!("{subfolders}{}{}", table("matches"), table("odds"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_answers_as_the_database_does() {
    let place = Place::new();
    let Some(cluster) = Cluster::start(place.path("cluster"), 2) else { return };
    let clubs: Vec<usize> = (0..4).collect();
    let file = place.write("2019.csv", results::text(&results::season("XAA1", 2019, &clubs)));
    place.ingest(0, "challenge", &[&file]);
    let path = place.data().join("touchline.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap());
    let held = quotes::collect(&store, 10).await;
    place.run(&["lake", "export"]).ending(0);

    let tables = tables(&place.data().join("lake"));
    let counts = cluster.rows(&tables, "SELECT count(*), count(DISTINCT match_id) FROM odds");
    assert_eq!(counts, [format!("{held},12")]);
    let joined = cluster.rows(
        &tables,
        "SELECT m.home_team, count(*) AS n FROM matches m JOIN odds o ON m.match_id = o.match_id \
         GROUP BY m.home_team ORDER BY 1",
    );
    let ids: Vec<_> = store.results().await.unwrap().iter().map(|r| (r.id, r.home)).collect();
    let mut expected = Vec::new();
    for team in store.teams().await.unwrap() {
        let home: Vec<_> = ids.iter().filter(|(_, home)| *home == team.id).map(|(id, _)| *id).collect();
        expected.push(format!("{},{}", team.name, store.recorded_quotes(&home).await.unwrap().len()));
    }
    expected.sort();
    assert_eq!(joined, expected);
    for executor in 0..2 {
        let work = fs::read_dir(cluster.work(executor)).unwrap().count();
        assert!(work > 0, "executor {executor} took part: {}", cluster.logs());
    }
}
