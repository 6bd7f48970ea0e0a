//! The lake on a server that speaks S3, which the test starts; skipped, saying so, where `TOUCHLINE_S3_SERVER` names no
//! `moto_server`. `./dev interop` installs one and sets it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use support::{Place, quotes, results};
use touchline_domain::lake::{LakeRow, LakeTable, Month};
use touchline_domain::ports::{Commit, Committed, Lake, LakeError, LakePartition, Store};
use touchline_domain::{DocumentId, RawDocument, SystemClock};
use touchline_lake::ParquetLake;
use touchline_store_sqlite::SqliteStore;

const BUCKET: &str = "football";

/// An S3 server on a free port of the loopback; gone with its handle.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// None, with a message, where there is no program for it.
    fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("TOUCHLINE_S3_SERVER") else {
            eprintln!("skipped: TOUCHLINE_S3_SERVER names no moto_server; ./dev interop runs this test");
            return None;
        };
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the S3 server starts");
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut server = Self { child, address: String::new() };
        let mut line = String::new();
        while server.address.is_empty() {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the S3 server ended before it listened");
            if let Some((_, rest)) = line.split_once("Running on http://") {
                rest.split_whitespace().next().unwrap().clone_into(&mut server.address);
            }
        }
        // Whoever logs to nobody is stopped by a full pipe.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let made = server.request(&format!("PUT /{BUCKET}"));
        assert!(made.starts_with("HTTP/1.1 200"), "{made}");
        Some(server)
    }

    /// A request without a body; the server asks who it is from, and does not check the signature.
    fn request(&self, what: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let host = &self.address;
        let from = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
        write!(stream, "{what} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {from}\r\n").unwrap();
        write!(stream, "Content-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "s3cret-key".to_owned()),
        ]
    }

    fn lake(&self, prefix: &str) -> ParquetLake {
        let environment = self.environment().into_iter().map(|(name, value)| (name.to_owned(), value));
        ParquetLake::open(&format!("s3://{BUCKET}/{prefix}"), environment, Arc::new(SystemClock)).unwrap()
    }
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or_else(|| panic!("{key} of {value}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn odds_leave_for_s3_and_come_back() {
    let Some(server) = Server::start() else { return };
    let mut place = Place::new();
    place.set("TOUCHLINE__LAKE__URL", &format!("s3://{BUCKET}/some/where"));
    for (name, value) in server.environment() {
        place.set(name, &value);
    }
    let clubs: Vec<usize> = (0..4).collect();
    let file = place.write("2019.csv", results::text(&results::season("XAA1", 2019, &clubs)));
    place.ingest(0, "challenge", &[&file]);
    let path = place.data().join("touchline.db");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path, Arc::new(SystemClock)).await.unwrap());
    let held = quotes::collect(&store, 20).await;
    let hash = place.content_hash();
    let run = |arguments: &[&str]| place.run(&[&["lake"], arguments, &["--json"]].concat()).ending(0).json();
    let exported = run(&["export"]);
    assert_eq!(exported["lake"], format!("s3://{BUCKET}/some/where"));
    let written = number(&exported["counts"], "written");
    assert_eq!(number(&run(&["export"])["counts"], "unchanged"), written);
    assert!(server.request(&format!("GET /{BUCKET}")).contains("<Key>some/where/silver/odds/2019/08/"));
    let archived = run(&["archive"]);
    assert_eq!(number(&archived, "written"), held);
    assert_ne!(place.content_hash(), hash);
    run(&["list", "--verify"]);
    assert_eq!(number(&run(&["restore"]), "returned"), number(&archived, "removed"));
    assert_eq!(place.content_hash(), hash);
    let cleaned = run(&["cleanup"]);
    assert_eq!((number(&cleaned, "removed"), number(&cleaned, "foreign")), (0, 0));
    assert!(!place.data().join("lake").exists(), "nothing lies in the data folder");
}

/// Bytes that do not compress: enough for an upload in parts.
fn large(seed: u64) -> LakeRow {
    let mut draws = quotes::Draws::new(seed);
    LakeRow::Document(RawDocument {
        id: DocumentId(1),
        source: "test".to_owned(),
        name: "'\"\0 1 MiB".to_owned(),
        bytes: (0..20 << 20).map(|_| draws.below(256) as u8).collect(),
        hash: "0".repeat(64),
        collected_at: chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn large_files_races_and_damage_on_s3() {
    let Some(server) = Server::start() else { return };
    let lake = server.lake("races");
    let partition = LakePartition { table: LakeTable::RawDocuments, month: Month::new(2023, 11) };
    let mut writer = lake.write(partition).await.unwrap();
    writer.write(vec![large(1)]).await.unwrap();
    let Committed::Written(file) = writer.commit(Commit::Append).await.unwrap() else { panic!("written") };
    assert!(file.bytes > 20 << 20);
    let state = lake.partition(partition).await.unwrap().unwrap();
    let mut reader = lake.read(&state).await.unwrap();
    assert!(reader.next().await.unwrap().unwrap() == [large(1)], "the document came back changed");

    // Whoever comes second with the same number is refused by the server, and goes on from what is there.
    let teams = LakePartition { table: LakeTable::Teams, month: None };
    for name in ["first", "second"] {
        let team = touchline_domain::NewTeam { name: name.to_owned(), country: "X".to_owned() };
        let mut writer = lake.write(teams).await.unwrap();
        writer.write(vec![LakeRow::Team(team)]).await.unwrap();
        let seen = lake.partition(teams).await.unwrap();
        writer.commit(Commit::Append).await.unwrap();
        if let Some(seen) = seen {
            let refused = lake.empty(&seen).await;
            assert!(matches!(refused, Err(LakeError::Raced(p)) if p == teams), "{refused:?}");
        }
    }
    let state = lake.partition(teams).await.unwrap().unwrap();
    assert_eq!((state.rows(), state.generation), (2, 2));

    let key = format!("races/silver/teams/{}", state.files[0].name);
    let gone = server.request(&format!("DELETE /{BUCKET}/{key}"));
    assert!(gone.starts_with("HTTP/1.1 204"), "{gone}");
    let error = lake.read(&state).await.unwrap().next().await.unwrap_err();
    assert!(matches!(&error, LakeError::Unavailable(what) if what.contains(&state.files[0].name)), "{error}");
    assert_eq!(lake.clean_up(Duration::from_hours(1), true).await.unwrap().foreign, 0);

    let address = server.address.clone();
    drop(server);
    let error = lake.partitions().await.unwrap_err().to_string();
    assert!(error.contains("the lake is not available") && !error.contains("s3cret"), "{address}: {error}");
}
