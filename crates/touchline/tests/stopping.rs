//! Signals to a running command: it ends soon, says so, and leaves nothing half done.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use support::{Place, Said, results};

/// The binary, and its log up to the line that has these words.
fn running(place: &Place, arguments: &[&str], words: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut command = place.command(arguments);
    command.env("TOUCHLINE__LOG__FILTER", "touchline=debug");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(words) {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it ended before it came to {words:?}");
    }
    (child, log)
}

fn send(signal: &str, child: &Child) {
    let sent = Command::new("/bin/sh").arg("-c").arg(format!("kill -{signal} {}", child.id())).status();
    assert!(sent.unwrap().success());
}

fn ended(child: Child, mut log: BufReader<std::process::ChildStderr>) -> Said {
    let mut err = String::new();
    log.read_to_string(&mut err).unwrap();
    let mut said = Said::of(child.wait_with_output().unwrap());
    said.err = err;
    said
}

/// Two seasons, and more rounds than anybody waits for.
fn place() -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__TRAINING__ROUNDS", "300000");
    place.set("TOUCHLINE__COMPUTE__THREADS", "1");
    let clubs: Vec<usize> = (0..16).collect();
    let lines = [results::season("XAA1", 2020, &clubs), results::season("XAA1", 2021, &clubs)].concat();
    let file = place.write("results.csv", results::text(&lines));
    place.ingest(0, "challenge", &[&file]);
    place
}

#[test]
fn a_training_ends_at_ctrl_c_or_sigterm_and_registers_nothing() {
    let place = place();
    for signal in ["INT", "TERM"] {
        let (child, log) = running(&place, &["train"], "trees");
        send(signal, &child);
        let said = ended(child, log).ending(1);
        assert!(said.err.contains("error: stopped before it was finished"), "{signal}: {said:?}");
        assert_eq!(said.out, "");
        assert!(!place.data().join("models").exists());
        assert!(place.versions().is_empty());
    }
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    let place = Place::new();
    // A file that never ends: reading it takes for ever, and the import cannot stop between two documents.
    let pipe = place.path("pipe.csv");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let (child, mut log) = running(&place, &["ingest", "challenge", pipe.to_str().unwrap()], "a step begins");
    // Opening waits for the reader, who is past the last place where it asks whether to stop.
    let _writer = std::fs::File::options().write(true).open(&pipe).unwrap();
    send("INT", &child);
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    assert!(line.contains("a second signal ends at once"), "{line}");
    send("TERM", &child);
    let said = ended(child, log).ending(1);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", ""));
}

#[test]
fn output_into_a_closed_pipe_ends_quietly() {
    let place = place();
    for arguments in [&["doctor"][..], &["features", "show", "1"], &["features", "show", "1", "--json"]] {
        let mut child =
            place.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The reader goes before the first line is written, as `head -0` does.
        drop(child.stdout.take());
        let said = Said::of(child.wait_with_output().unwrap());
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
