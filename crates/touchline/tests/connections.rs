//! Clients that are slow, silent or many: they do not keep others out, and the server gets rid of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};
use support::Place;
use support::server::Server;

/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_secs(30);

fn place() -> Place {
    let mut place = Place::new();
    place.set("TOUCHLINE__SERVER__HEAD_TIMEOUT_SECONDS", "2");
    place.set("TOUCHLINE__SERVER__MAX_CONNECTIONS_PER_ADDRESS", "150");
    place
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    stream
}

/// Whether the other side has closed the connection, within a moment.
fn is_closed(stream: &mut TcpStream, within: Duration) -> bool {
    stream.set_read_timeout(Some(within)).unwrap();
    match stream.read(&mut [0; 512]) {
        Ok(read) => read == 0,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

/// Asks on a connection that stays open, and reads the head of the answer.
fn ask(stream: &mut TcpStream) -> String {
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer).unwrap();
    String::from_utf8_lossy(&answer[..read]).into_owned()
}

#[test]
fn heads_that_never_end_and_silence_are_not_waited_for() {
    let place = place();
    let server = Server::start(&place);
    let mut silent: Vec<TcpStream> = (0..50).map(|_| connect(&server)).collect();
    let mut trickling: Vec<TcpStream> = (0..50).map(|_| connect(&server)).collect();
    let mut answered = connect(&server);
    assert!(ask(&mut answered).starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    // A byte now and then: each is progress, and none ends the head.
    let head = b"GET /health/live HTTP/1.1\r\nX-Slow: 0123456789012345678901234567890123456789";
    let mut closed = false;
    for byte in head {
        closed = trickling.iter_mut().filter_map(|stream| stream.write_all(&[*byte]).ok()).count() == 0;
        if closed {
            break;
        }
        let asked = Instant::now();
        assert_eq!(server.get("/health/live")["data"]["status"], "alive");
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(closed, "bytes are still taken after {:?}", started.elapsed());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    for stream in silent.iter_mut().chain([&mut answered]) {
        assert!(is_closed(stream, Duration::from_secs(3)));
    }
}

#[test]
fn one_address_has_only_so_many_connections_and_gets_them_back() {
    let place = place();
    let server = Server::start(&place);
    let mut held: Vec<TcpStream> = (0..150).map(|_| connect(&server)).collect();
    // All are accepted, in order, before the one that asks.
    assert!(ask(held.last_mut().unwrap()).starts_with("HTTP/1.1 200"));
    let mut beyond: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    for stream in &mut beyond {
        assert!(is_closed(stream, Duration::from_secs(1)));
    }
    drop(held);
    let started = Instant::now();
    loop {
        let mut stream = connect(&server);
        if stream.write_all(b"GET /health/live HTTP/1.0\r\n\r\n").is_ok() {
            let mut answer = String::new();
            if stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.0 200") {
                break;
            }
        }
        assert!(started.elapsed() < LONG, "no place came back");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_body_that_trickles_is_not_waited_for() {
    let mut place = place();
    place.set("TOUCHLINE__SERVER__BODY_BYTES_PER_SECOND", "100");
    let server = Server::start(&place);
    let mut slow = connect(&server);
    let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n";
    slow.write_all(head.as_bytes()).unwrap();
    slow.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let begun = Instant::now();
    let mut answer = [0; 4096];
    let read = loop {
        assert!(begun.elapsed() < LONG, "it is still waited for");
        // Ten bytes a second: progress, but too little.
        let _ = slow.write_all(b"{");
        match slow.read(&mut answer) {
            Ok(read) => break read,
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{error}");
            }
        }
    };
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body_too_slow"), "{answer}");
    assert!(
        begun.elapsed() >= Duration::from_secs(2) && begun.elapsed() < Duration::from_secs(6),
        "{:?}",
        begun.elapsed()
    );

    // One that comes fast enough, in pieces, is read.
    let mut fast = connect(&server);
    fast.write_all(head.replace("4000", "500").as_bytes()).unwrap();
    for _ in 0..5 {
        fast.write_all(&[b' '; 100]).unwrap();
        std::thread::sleep(Duration::from_millis(600));
    }
    let mut answer = [0; 4096];
    let read = fast.read(&mut answer).unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 400"), "{}", String::from_utf8_lossy(&answer[..read]));
}

#[cfg(unix)]
#[test]
fn a_server_that_is_stopped_ends_at_once_with_idle_clients() {
    let place = place();
    let mut server = Server::start(&place);
    let mut idle: Vec<TcpStream> = (0..20).map(|_| connect(&server)).collect();
    assert!(ask(&mut idle[0]).starts_with("HTTP/1.1 200"));
    let started = Instant::now();
    let kill = format!("kill -TERM {}", server.child.id());
    assert!(std::process::Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(TcpStream::connect(&server.address).is_err());
}
