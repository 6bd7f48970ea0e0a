//! Running matches over real connections: a source sends a score, and whoever listens hears of it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use chrono::Datelike;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::server::Server;
use support::{Place, results};
use touchline_accounts::WebhookSecrets;
use touchline_domain::{Clock, SystemClock};
use tungstenite::client::IntoClientRequest;
use tungstenite::{HandshakeError, Message, WebSocket};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_secs(30);

fn place() -> Place {
    let mut place = Place::new();
    place.set("SCORES_WEBHOOK_SECRET", SECRET);
    place.set("TOUCHLINE__LIVE__HEARTBEAT_SECONDS", "1");
    place.set("TOUCHLINE__SERVER__HEAD_TIMEOUT_SECONDS", "2");
    let clubs: Vec<usize> = (0..6).collect();
    let lines: Vec<_> = (2018..2022).flat_map(|year| results::season("XAA1", year, &clubs)).collect();
    let soon = SystemClock.now().date_naive() + chrono::Days::new(3);
    let start = soon.year() - i32::from(soon.month() < 7);
    let fixture = format!(
        "{:02}-{:02},XAA1,{},{},{},-1,-1,0,D\n",
        start % 100,
        (start + 1) % 100,
        soon.format("%d/%m/%Y"),
        results::club(0),
        results::club(1)
    );
    let file = place.write("results.csv", results::text(&lines) + &fixture);
    place.ingest(0, "challenge", &[&file]);
    place
}

fn match_id(server: &Server) -> i64 {
    let listed = server.get("/api/v1/matches?status=scheduled");
    listed["data"]["items"][0]["id"].as_i64().unwrap_or_else(|| panic!("{listed}"))
}

/// Sends a score, signed now, and gives the answer's data.
fn send(server: &Server, id: i64, name: &str, minute: &str, home: u8) -> Value {
    let now = SystemClock.now();
    let body = json!({
        "data_type": "scores", "source": "test", "timestamp": now, "match_id": id, "match_status": "live",
        "minute": minute, "score": {"home": home, "away": 0},
    })
    .to_string();
    let seconds = now.timestamp();
    let signature = WebhookSecrets::new([SECRET]).unwrap().sign(name, seconds, body.as_bytes()).unwrap();
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "POST /webhooks/scores HTTP/1.0\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         webhook-id: {name}\r\nwebhook-timestamp: {seconds}\r\nwebhook-signature: {signature}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200"), "{answer}");
    serde_json::from_str::<Value>(body).unwrap()["data"].clone()
}

fn open(server: &Server, query: &str) -> WebSocket<TcpStream> {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    tungstenite::client(format!("ws://{}/ws/live{query}", server.address), stream).unwrap().0
}

/// The next message that is no heartbeat.
fn hear(socket: &mut WebSocket<TcpStream>) -> Value {
    loop {
        if let Message::Text(text) = socket.read().unwrap() {
            let message: Value = serde_json::from_str(&text).unwrap();
            if message["type"] != "heartbeat" {
                return message;
            }
        }
    }
}

#[test]
fn a_score_reaches_those_who_listen_and_those_who_come_back() {
    let place = place();
    let server = Server::start(&place);
    let id = match_id(&server);
    let mut all = open(&server, "");
    let mut none = open(&server, "?matches=999999");
    assert_eq!((&hear(&mut all)["type"], &hear(&mut none)["type"]), (&json!("hello"), &json!("hello")));
    none.send(Message::text(r#"{"action":"unsubscribe","matches":[999999]}"#)).unwrap();

    let sent = send(&server, id, "one", "10", 0);
    let update = hear(&mut all);
    assert_eq!((&update["type"], &update["position"]), (&json!("update"), &sent["position"]));
    assert_eq!(update["match_id"], id);
    let chances = &update["forecast"];
    let sum: f64 = ["home_win_prob", "draw_prob", "away_win_prob"]
        .iter()
        .map(|name| chances[name].as_f64().unwrap())
        .sum();
    assert!((sum - 1.0).abs() < 1e-9, "{update}");
    drop(all);

    // Whoever was away hears what was missed; whoever asks later hears the latest.
    send(&server, id, "two", "20", 1);
    let last = send(&server, id, "three", "30", 2);
    let mut back = open(&server, &format!("?after={}", sent["position"].as_str().unwrap()));
    assert_eq!(hear(&mut back)["type"], "hello");
    let missed = [hear(&mut back), hear(&mut back)];
    assert_eq!([&missed[0]["minute"], &missed[1]["minute"]], [&json!("20"), &json!("30")]);
    none.send(Message::text(format!(r#"{{"action":"subscribe","matches":[{id}]}}"#))).unwrap();
    assert_eq!(hear(&mut none)["position"], last["position"]);
    let mut lost = open(&server, "?after=0000000000000000-1");
    assert_eq!(hear(&mut lost)["type"], "hello");
    assert_eq!(hear(&mut lost)["type"], "gap");
    assert_eq!(hear(&mut lost)["position"], last["position"]);
    none.send(Message::text("hello?")).unwrap();
    assert_eq!(hear(&mut none)["code"], "invalid_message");

    // The same as events, and past the time in which a head has to come.
    let mut events = TcpStream::connect(&server.address).unwrap();
    events.set_read_timeout(Some(LONG)).unwrap();
    write!(events, "GET /live/events?matches={id} HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut lines = BufReader::new(events).lines().map(Result::unwrap);
    assert!(lines.any(|line| line == format!("id: {}", last["position"].as_str().unwrap())));
    // Whoever listens answers pings.
    let hearing = std::thread::spawn(move || hear(&mut back));
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(4) {
        assert!(lines.any(|line| line == ": heartbeat"));
    }
    let sent = send(&server, id, "four", "40", 2);
    assert!(lines.any(|line| line == format!("id: {}", sent["position"].as_str().unwrap())));
    assert_eq!(hearing.join().unwrap()["position"], sent["position"], "sockets live as long");
}

#[test]
fn whoever_does_not_answer_is_dropped() {
    let place = place();
    let server = Server::start(&place);
    // It reads, and never answers a ping.
    let mut silent = open(&server, "");
    let stream = silent.get_mut();
    let begun = Instant::now();
    let mut buffer = [0; 4096];
    while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
        assert!(begun.elapsed() < LONG, "it is still told");
    }
    assert!(begun.elapsed() >= Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[cfg(unix)]
#[test]
fn a_server_that_stops_sends_its_listeners_away_at_once() {
    let place = place();
    let mut server = Server::start(&place);
    let mut socket = open(&server, "");
    hear(&mut socket);
    let mut events = TcpStream::connect(&server.address).unwrap();
    write!(events, "GET /live/events HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    events.read_exact(&mut [0; 15]).unwrap();
    let begun = Instant::now();
    let kill = format!("kill -TERM {}", server.child.id());
    assert!(std::process::Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    let closed = loop {
        match socket.read() {
            Ok(Message::Close(frame)) => break frame.unwrap(),
            Ok(_) => {}
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(u16::from(closed.code), 1001);
    assert!(server.child.wait().unwrap().success());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

/// A benchmark: from a source's message to all listeners, and what idle listeners cost.
///
/// `TOUCHLINE_LISTENERS=1000 cargo nextest run -p touchline --test live --run-ignored only --no-capture`
#[cfg(target_os = "linux")]
#[test]
#[ignore = "a benchmark"]
fn all_listeners_hear_within_milliseconds() {
    const THREADS: usize = 4;
    const ROUNDS: usize = 50;
    let listeners: usize = std::env::var("TOUCHLINE_LISTENERS").map_or(1_000, |n| n.parse().unwrap());
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    let mut place = place();
    place.set("TOUCHLINE__LIVE__HEARTBEAT_SECONDS", "600");
    place.set("TOUCHLINE__SERVER__MAX_CONNECTIONS", "20000");
    place.set("TOUCHLINE__SERVER__MAX_CONNECTIONS_PER_ADDRESS", "0");
    let server = Server::start(&place);
    let id = match_id(&server);
    let resident = || {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
    };
    let before = resident();
    let mut groups: Vec<Vec<_>> = (0..THREADS).map(|_| Vec::new()).collect();
    for n in 0..listeners {
        let mut socket = open(&server, &format!("?matches={id}"));
        assert_eq!(hear(&mut socket)["type"], "hello");
        groups[n % THREADS].push(socket);
    }
    println!("{listeners} idle listeners: {} MiB, {before} before", resident());
    let mut times = Vec::with_capacity(listeners * ROUNDS);
    for round in 0..ROUNDS {
        let begun = Instant::now();
        std::thread::scope(|scope| {
            let hearing: Vec<_> = groups
                .iter_mut()
                .map(|group| {
                    scope.spawn(move || {
                        let heard = group.iter_mut().map(|socket| {
                            assert!(matches!(socket.read().unwrap(), Message::Text(_)));
                            begun.elapsed()
                        });
                        heard.collect::<Vec<_>>()
                    })
                })
                .collect();
            send(&server, id, &format!("round {round}").replace(' ', "-"), "50", 1);
            for heard in hearing {
                times.extend(heard.join().unwrap());
            }
        });
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "from the message to {listeners} listeners: median {:?}, P99 {:?}, most {:?}",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// A handshake as a browser makes it, with a ticket among the protocols: the socket, or the status of the refusal.
fn open_by_ticket(server: &Server, ticket: &str) -> Result<(WebSocket<TcpStream>, String), u16> {
    let stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    let mut request = format!("ws://{}/ws/live", server.address).into_client_request().unwrap();
    let protocols = format!("touchline.live, ticket.{ticket}");
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    match tungstenite::client(request, stream) {
        Ok((socket, answer)) => {
            let taken = answer.headers()["sec-websocket-protocol"].to_str().unwrap().to_owned();
            Ok((socket, taken))
        }
        Err(HandshakeError::Failure(tungstenite::Error::Http(answer))) => Err(answer.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn where_reading_needs_an_account_a_browser_listens_by_a_ticket() {
    let mut place = place();
    place.set("TOUCHLINE__AUTH__REQUIRED", "true");
    let mut add = place.command(&["users", "add", "ann", "--role", "viewer"]);
    let mut child = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "correct horse battery").unwrap();
    assert!(child.wait().unwrap().success());
    let made = place.run(&["keys", "create", "page", "--user", "ann", "--scope", "read", "--json"]).ending(0);
    let key = made.json()["key"].as_str().unwrap().to_owned();
    let server = Server::start(&place);
    let ticket = || {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let head = "POST /api/v1/live/tickets HTTP/1.0\r\nHost: x\r\nContent-Length: 0";
        write!(stream, "{head}\r\nAuthorization: Bearer {key}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let body: Value = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e}: {answer}"));
        body["data"]["ticket"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let first = ticket();
    let (mut socket, taken) = open_by_ticket(&server, &first).unwrap();
    assert_eq!((hear(&mut socket)["type"].as_str(), taken.as_str()), (Some("hello"), "touchline.live"));
    assert_eq!(open_by_ticket(&server, &first).err(), Some(401), "used");
    assert_eq!(open_by_ticket(&server, "tlw_x.y.z").err(), Some(401), "forged");
}
