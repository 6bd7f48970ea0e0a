//! Work that takes longer than a request, and data in and out, with the real binary: tickets whose holder is told, documents
//! in parts, tables out.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use support::server::Server;
use support::{Place, results};
use touchline_accounts::{WebhookProof, WebhookSecrets};
use touchline_domain::{Clock, SystemClock};

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_mins(2);
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An answer: its status and its body.
struct Said {
    status: u16,
    body: Vec<u8>,
}

impl Said {
    #[track_caller]
    fn data(&self, status: u16) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{text}");
        serde_json::from_slice::<Value>(&self.body).unwrap()["data"].clone()
    }
}

fn ask(server: &Server, method: &str, path: &str, key: &str, body: &[u8]) -> Said {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let kind = if method == "PUT" { "application/octet-stream" } else { "application/json" };
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: x\r\nX-API-Key: {key}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    Said { status: head.split(' ').nth(1).unwrap().parse().unwrap(), body: answer[end + 4..].to_vec() }
}

/// A key that may read and bring in.
fn key(place: &Place) -> String {
    let mut child = place
        .command(&["users", "add", "ben", "--role", "operator"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "correct horse battery").unwrap();
    assert!(child.wait().unwrap().success());
    let made = ["keys", "create", "x", "--user", "ben", "--scope", "read", "--scope", "import", "--json"];
    place.run(&made).ending(0).json()["key"].as_str().unwrap().to_owned()
}

fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LONG, "{what} did not come");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A message as it came: its head in lower case, and its body.
type Message = (String, String);

/// Takes messages: the first is refused for now, those after it are taken.
fn receiver() -> (String, Receiver<Message>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (told, messages) = channel();
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut reader = BufReader::new(&stream);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                reader.read_line(&mut head).unwrap();
            }
            let head = head.to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            let mut body = vec![0; length.parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            let status = if n == 0 { "503 Service Unavailable\r\nRetry-After: 1" } else { "204 No Content" };
            write!(&stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            // The signature is base64: its case counts.
            told.send((head, String::from_utf8(body).unwrap())).unwrap();
        }
    });
    (address, messages)
}

#[test]
fn the_holder_of_a_ticket_is_told_and_finds_what_the_batch_would_have_said() {
    let mut place = Place::new();
    let (address, messages) = receiver();
    place.set("TICKETS_WEBHOOK_SECRET", SECRET);
    place.set("TOUCHLINE__TICKETS__WEBHOOK_HOSTS", &address);
    let today = SystemClock.now().date_naive();
    let clubs: Vec<usize> = (0..6).collect();
    let lines = results::season("XAA1", 2020, &clubs);
    let (home, away, date) = (results::club(0), results::club(1), today.format("%d/%m/%Y"));
    let fixture = format!("{},XAA1,{date},{home},{away},-1,-1,0,D\n", season_of(today));
    let file = place.write("results.csv", results::text(&lines) + &fixture);
    place.ingest(0, "challenge", &[&file]);
    let key = key(&place);
    let server = Server::start(&place);
    let coming = ask(&server, "GET", "/api/v1/matches?status=scheduled", &key, b"").data(200);
    let id = coming["items"][0]["id"].as_i64().unwrap();
    let batch = json!({ "match_ids": [id, 999_999] }).to_string();
    let direct = ask(&server, "POST", "/api/v1/predictions/batch", &key, batch.as_bytes()).data(200);
    let asked = json!({ "match_ids": [id, 999_999], "callback_url": format!("http://{address}/ready?x=1") });
    let asked = asked.to_string();
    let taken =
        ask(&server, "POST", "/api/v1/predictions/batch?async=true", &key, asked.as_bytes()).data(202);
    let path = format!("/api/v1/predictions/tickets/{}", taken["id"].as_str().unwrap());
    let done = wait("the end of the ticket", || {
        let held = ask(&server, "GET", &path, &key, b"").data(200);
        (held["ticket"]["status"] != "open").then_some(held)
    });
    assert_eq!(done["ticket"]["status"], "done", "{done:#}");
    let probabilities = |batch: &Value| {
        let prediction = &batch["items"][0]["prediction"];
        ["home_win_prob", "draw_prob", "away_win_prob", "mode"].map(|name| prediction[name].clone())
    };
    assert_eq!(probabilities(&done["answer"]), probabilities(&direct));
    assert_eq!(done["answer"]["items"][1], direct["items"][1]);

    let (refused, _) = messages.recv_timeout(LONG).unwrap();
    // It is told again after a while.
    let jobs = place.run(&["jobs", "list", "--kind", "prediction_batch", "--json"]).ending(0).json();
    let job = &jobs["jobs"][0];
    assert_eq!((&job["status"], &job["name"]), (&json!("waiting"), &json!("prediction_batch")), "{job:#}");
    let held = ask(&server, "GET", &path, &key, b"").data(200);
    assert_eq!(held["ticket"]["notice"]["state"], "waiting");
    assert!(held["ticket"]["notice"]["message"].as_str().unwrap().contains("503"), "{held:#}");
    let (head, body) = messages.recv_timeout(LONG).unwrap();
    let header = |head: &str, name: &str| {
        head.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().trim().to_owned()
    };
    assert_eq!(header(&refused, "webhook-id"), header(&head, "webhook-id"), "the same message again");
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&told["type"], &told["data"]["url"]), (&json!("predictions.ended"), &json!(path)));
    let secrets = WebhookSecrets::new([SECRET]).unwrap();
    let (name, seconds) = (taken["id"].as_str().unwrap(), header(&head, "webhook-timestamp"));
    let signature =
        secrets.sign(&format!("ticket-{name}"), seconds.parse().unwrap(), body.as_bytes()).unwrap();
    assert_eq!(signature.to_lowercase(), header(&head, "webhook-signature"));
    let proof = WebhookProof { id: &format!("ticket-{name}"), timestamp: &seconds, signature: &signature };
    secrets.verify(proof, body.as_bytes(), SystemClock.now()).unwrap();
    wait("the note that it was told", || {
        let held = ask(&server, "GET", &path, &key, b"").data(200);
        (held["ticket"]["notice"]["state"] == "sent").then_some(())
    });
}

fn season_of(day: chrono::NaiveDate) -> String {
    use chrono::Datelike;
    let start = day.year() - i32::from(day.month() < 7);
    format!("{:02}-{:02}", start % 100, (start + 1) % 100)
}

/// Brings a document in, in parts of so many bytes.
fn bring_in(server: &Server, key: &str, order: &Value, bytes: &[u8], part: usize) -> Value {
    let begun = ask(server, "POST", "/api/v1/imports", key, order.to_string().as_bytes()).data(201);
    let path = format!("/api/v1/imports/{}", begun["id"].as_str().unwrap());
    for (n, bytes) in bytes.chunks(part).enumerate() {
        let uri = format!("{path}/content?offset={}", n * part);
        ask(server, "PUT", &uri, key, bytes).data(200);
    }
    ask(server, "POST", &format!("{path}/finish"), key, b"").data(202);
    wait("the end of the import", || {
        let held = ask(server, "GET", &path, key, b"").data(200);
        held["ended_at"].is_string().then_some(held)
    })
}

#[test]
fn what_comes_in_by_parts_is_what_a_file_brings_and_goes_out_again() {
    let (by_file, by_parts) = (Place::new(), Place::new());
    let clubs: Vec<usize> = (0..10).collect();
    let lines: Vec<_> = (2015..2019).flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let text = results::text(&lines) + "15-16,XAA1,31/02/2016,A,B,1,0,1,W\n";
    let file = by_file.write("results.csv", &text);
    let printed = by_file.ingest(3, "challenge", &[&file]);

    let key_of_parts = key(&by_parts);
    let server = Server::start(&by_parts);
    let order = json!({ "source": "challenge", "name": "results.csv", "size": text.len() });
    let held = bring_in(&server, &key_of_parts, &order, text.as_bytes(), 7_000);
    assert_eq!(held["state"], "done", "{held:#}");
    let report = &held["report"];
    assert_eq!(report["read"]["rows"], printed["rows"], "{report:#}");
    assert_eq!(report["written"]["new_matches"], lines.len());
    assert_eq!((&report["refused"]["rows"], &report["findings"][0]["weight"]), (&json!(1), &json!("row")));
    assert_eq!(by_parts.content_hash(), by_file.content_hash(), "the same checks, the same facts");
    let again = bring_in(&server, &key_of_parts, &order, text.as_bytes(), 1 << 20);
    assert_eq!(again["report"]["left_out"]["unchanged_matches"], lines.len());
    let wrong = json!({ "source": "somebody", "name": "x", "size": 1 }).to_string();
    assert_eq!(ask(&server, "POST", "/api/v1/imports", &key_of_parts, wrong.as_bytes()).status, 400);

    let export = |format: &str| {
        let said =
            ask(&server, "GET", &format!("/api/v1/exports/results?format={format}"), &key_of_parts, b"");
        assert_eq!(said.status, 200);
        said.body
    };
    let csv = String::from_utf8(export("csv")).unwrap();
    assert_eq!(csv.lines().count(), 1 + lines.len());
    let parquet = export("parquet");
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    // A table comes in as Parquet too.
    let third = Place::new();
    let key_of_third = key(&third);
    let other = Server::start(&third);
    let map = "name = \"exported\"\n[columns]\ndate = \"kickoff\"\nhome = \"home\"\naway = \"away\"\n\
               home_goals = \"home_score\"\naway_goals = \"away_score\"\nseason = \"season\"\n[constants]\nleague = \"E0\"\n";
    let order = json!({ "source": "table", "name": "r.parquet", "size": parquet.len(), "map": map });
    let held = bring_in(&other, &key_of_third, &order, &parquet, 1 << 20);
    assert_eq!(
        (&held["state"], &held["report"]["written"]["new_matches"]),
        (&json!("done"), &json!(lines.len())),
        "{held:#}"
    );
    let damaged = bring_in(&other, &key_of_third, &order, &vec![b'P'; parquet.len()], 1 << 20);
    assert_eq!(damaged["state"], "done", "{damaged:#}");
    assert_eq!(damaged["report"]["refused"]["documents"], 1, "{damaged:#}");
}
