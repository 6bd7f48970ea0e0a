//! Runs of commands are told of: to the store, and to a backend that may be away.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread;
use support::Place;
use support::results::{season, text};

/// A backend that takes what is posted to it and hands it on, with the head of the request.
fn backend() -> (String, mpsc::Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            loop {
                let mut head = String::new();
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if stream.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    let lower = line.to_lowercase();
                    if let Some(value) = lower.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                    head.push_str(&lower);
                }
                if head.is_empty() {
                    break;
                }
                let mut body = vec![0; length];
                stream.read_exact(&mut body).unwrap();
                tell.send((head, serde_json::from_slice(&body).unwrap())).unwrap();
                stream.get_mut().write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        }
    });
    (format!("http://{address}"), told)
}

#[test]
fn an_import_is_told_of_to_the_store_and_to_a_backend_that_was_away() {
    let mut place = Place::recording();
    // Nobody listens there.
    place.set("OPENLINEAGE_URL", "http://127.0.0.1:9");
    let file = place.write("results.csv", text(&season("ENG1", 2021, &[0, 1, 2, 3])));
    place.ingest(0, "challenge", &[&file]);
    let runs = place.run(&["lineage", "runs", "--json"]).ending(0).json();
    assert_eq!((runs[0]["state"].as_str(), runs.as_array().unwrap().len()), (Some("COMPLETED"), 1));
    let graph = place.run(&["lineage", "graph", "dataset:football_db.silver:matches"]).ending(0).out;
    assert!(graph.contains("<- dataset:football_sources:challenge"), "{graph}");
    let failed = place.run(&["predict"]).ending(1);
    let event = place.run(&["lineage", "events", "--limit", "1"]).ending(0).json();
    assert_eq!(
        (event["eventType"].as_str(), event["job"]["name"].as_str()),
        (Some("FAIL"), Some("prediction"))
    );
    let message = event["run"]["facets"]["errorMessage"]["message"].as_str().unwrap();
    assert!(failed.err.contains(message), "{message}\n{failed:?}");
    let (url, told) = backend();
    place.set("OPENLINEAGE_URL", &url);
    place.set("OPENLINEAGE_API_KEY", "a key");
    let sent = place.run(&["lineage", "send"]).ending(0).out;
    assert!(sent.contains("4 events were sent"), "{sent}");
    let came: Vec<(String, Value)> = told.try_iter().collect();
    let kinds: Vec<&str> = came.iter().map(|(_, event)| event["eventType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["START", "COMPLETE", "START", "FAIL"]);
    let head = &came[0].0;
    assert!(
        head.starts_with("post /api/v1/lineage ") && head.contains("authorization: bearer a key"),
        "{head}"
    );
    place.run(&["quality", "check"]);
    let (_, check) = told.try_iter().last().unwrap();
    let matches = check["inputs"].as_array().unwrap().iter().find(|of| of["name"] == "matches").unwrap();
    assert_eq!(matches["inputFacets"]["dataQualityMetrics"]["rowCount"], 12);
    let assertions = matches["inputFacets"]["dataQualityAssertions"]["assertions"].as_array().unwrap();
    assert!(
        assertions.iter().any(|of| of["column"] == "match_time" && of["success"] == true),
        "{assertions:?}"
    );
}

#[test]
fn what_only_reads_is_not_told_of() {
    let place = Place::recording();
    place.run(&["quality", "logs"]).ending(0);
    place.run(&["doctor"]);
    place.run(&["ingest", "football-data", "--explain", "nowhere.csv"]);
    assert_eq!(place.run(&["lineage", "events"]).ending(0).out, "");
    let none = Place::new();
    let file = none.write("results.csv", text(&season("ENG1", 2021, &[0, 1, 2, 3])));
    none.ingest(0, "challenge", &[&file]);
    assert_eq!(none.run(&["lineage", "events"]).ending(0).out, "", "unless it is switched off");
}
