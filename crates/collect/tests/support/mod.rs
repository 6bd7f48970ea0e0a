//! A server on this machine that behaves as badly as it is told to, and logs what it was asked.
#![allow(dead_code, reason = "each test file uses a part")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Hit {
    pub at: Instant,
    /// With the query.
    pub path: String,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
}

impl Hit {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
pub enum Play {
    /// A proper answer.
    Answer { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A body of which a byte comes now and then.
    Drip { body: Vec<u8>, every: Duration },
    /// Announces more than it sends, and closes.
    HalfClosed { announced: usize, body: Vec<u8> },
    /// Reads the request and says nothing.
    Silent,
    /// Closes without a word.
    Closed,
}

impl Play {
    pub fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::with(200, &[], body)
    }

    pub fn status(status: u16) -> Self {
        Self::with(status, &[], "")
    }

    pub fn with(status: u16, headers: &[(&'static str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self::Answer { status, headers, body: body.into() }
    }

    /// A body as gzip.
    pub fn packed(body: &[u8]) -> Self {
        Self::with(200, &[("content-encoding", "gzip")], gzip(body))
    }
}

pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(body).unwrap();
    packed.finish().unwrap()
}

type Script = dyn Fn(&Hit, usize) -> Play + Send + Sync;

/// See the module. It ends with the runtime of its test.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    log: Arc<Mutex<Vec<Hit>>>,
}

impl Server {
    /// The script is given each request and how many came before it.
    pub async fn start(script: impl Fn(&Hit, usize) -> Play + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&log));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, log) = (Arc::clone(&script), Arc::clone(&kept));
                // Clients that go away are part of the game.
                tokio::spawn(async move { serve(stream, &*script, &log).await.ok() });
            }
        });
        Self { address, log }
    }

    /// What was asked, in order, without robots.txt.
    pub fn hits(&self) -> Vec<Hit> {
        self.log.lock().unwrap().iter().filter(|hit| hit.path != "/robots.txt").cloned().collect()
    }

    /// The most requests, of all, in any stretch of time.
    pub fn most_within(&self, stretch: Duration) -> usize {
        let mut at: Vec<Instant> = self.log.lock().unwrap().iter().map(|hit| hit.at).collect();
        at.sort();
        (0..at.len()).map(|i| at[i..].iter().take_while(|t| **t - at[i] < stretch).count()).max().unwrap_or(0)
    }
}

async fn serve(mut stream: TcpStream, script: &Script, log: &Mutex<Vec<Hit>>) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut part = [0; 4096];
        let n = stream.read(&mut part).await?;
        if n == 0 {
            return Ok(());
        }
        head.extend_from_slice(&part[..n]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let hit = Hit { at: Instant::now(), path, headers };
    let before = {
        let mut log = log.lock().unwrap();
        let before = log.iter().filter(|hit| hit.path != "/robots.txt").count();
        log.push(hit.clone());
        before
    };
    play(&mut stream, script(&hit, before)).await
}

async fn play(stream: &mut TcpStream, play: Play) -> std::io::Result<()> {
    match play {
        Play::Answer { status, headers, body } => {
            let headers: String =
                headers.iter().flat_map(|(name, value)| [name, ": ", value, "\r\n"]).collect();
            let length =
                if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
            let head = format!("HTTP/1.1 {status} X\r\n{headers}{length}connection: close\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Play::Drip { body, every } => {
            let head = format!("HTTP/1.1 200 X\r\ncontent-length: {}\r\n\r\n", body.len());
            stream.write_all(head.as_bytes()).await?;
            for byte in body {
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(every).await;
            }
        }
        Play::HalfClosed { announced, body } => {
            let head = format!("HTTP/1.1 200 X\r\ncontent-length: {announced}\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Play::Silent => tokio::time::sleep(Duration::from_mins(1)).await,
        Play::Closed => {}
    }
    stream.shutdown().await
}
