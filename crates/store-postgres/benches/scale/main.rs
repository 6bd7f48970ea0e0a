//! Ten million quotes and 296,400 matches: how fast they go in, and how fast the questions of the interface are answered,
//! each beside its time without the partitions, the index or the view. Starts a server of its own and removes it.
//!
//! `cargo bench -p touchline-store-postgres --bench scale` (`-- --rows 1000000` for less), or with
//! `-- --import PROGRAM FILE` the import of a file of the Soccer Prediction Challenge by a built `touchline`, into both
//! stores. Prints `measure<TAB>time`, and the machine's load, which decides whether the figures mean anything.
#![expect(clippy::print_stdout, reason = "prints its figures")]

mod data;
mod import;
mod load;
mod questions;

use std::time::Duration;
use touchline_store_postgres::testing::Cluster;

/// What a small server of its own gets: the defaults are for a quarter of a gigabyte. Writes are as safe as by default.
const SETTINGS: &str = "shared_buffers = 1GB\nmaintenance_work_mem = 512MB\nmax_wal_size = 8GB\n";
const ROWS: usize = 10_000_000;

#[tokio::main]
async fn main() {
    let arguments: Vec<_> = std::env::args().collect();
    let after = |name: &str| arguments.iter().position(|a| a == name).map(|at| &arguments[at + 1..]);
    let cluster = Cluster::start(SETTINGS);
    match after("--import") {
        Some([program, file, ..]) => import::run(&cluster, program, file),
        Some(_) => panic!("--import needs a program and a file"),
        None => {
            let rows = after("--rows").and_then(|a| a.first()).map_or(ROWS, |n| n.parse().expect("a number"));
            let (store, dense) = load::run(&cluster, rows).await;
            questions::run(&cluster, &store, dense).await;
            store.close().await;
        }
    }
}

/// Prints a figure and the load of the last minute.
fn report(what: &str, figure: impl std::fmt::Display) {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{what}\t{figure}\t(load {})", load.split(' ').next().unwrap_or("?"));
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}
