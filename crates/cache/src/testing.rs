//! Redis servers for tests: each on a free port of this machine, keeping nothing, and gone with the test. They need the program
//! `redis-server` of Debian's package of that name.
#![allow(clippy::missing_panics_doc, reason = "tests end by panicking")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// No server takes as long to start.
const LONG: Duration = Duration::from_secs(20);

/// A server; ended when dropped.
#[derive(Debug)]
pub struct TestRedis {
    port: u16,
    arguments: Vec<String>,
    folder: TempDir,
    process: Option<Child>,
}

impl TestRedis {
    /// A server of one test's own.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with further arguments of `redis-server`.
    pub fn start_with(arguments: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .expect("a port")
            .port();
        let folder = tempfile::tempdir().expect("a folder");
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let mut server = Self { port, arguments, folder, process: None };
        server.restart();
        server
    }

    /// A file in the server's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends it at once, as a power failure would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("the server can be killed");
            process.wait().expect("the server has ended");
        }
    }

    /// Starts it again, empty, at the same port.
    pub fn restart(&mut self) {
        self.kill();
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &self.port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]);
        command.arg("--dir").arg(self.folder.path()).args(&self.arguments);
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        self.process = Some(process.expect("redis-server is installed (./dev setup)"));
        let started = Instant::now();
        while self.ask(&["PING"]).is_none() {
            assert!(started.elapsed() < LONG, "the server does not answer");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stops it in its tracks, so that it takes connections and answers nothing, or lets it go on.
    pub fn freeze(&self, frozen: bool) {
        let process = self.process.as_ref().expect("the server runs").id().to_string();
        let signal = if frozen { "-STOP" } else { "-CONT" };
        assert!(Command::new("kill").args([signal, &process]).status().is_ok_and(|status| status.success()));
    }

    /// What it answers to a command, as it comes over the wire; none where it does not answer.
    pub fn ask(&self, words: &[&str]) -> Option<String> {
        self.ask_bytes(&words.iter().map(|word| word.as_bytes()).collect::<Vec<_>>())
    }

    /// The same of words that are any bytes.
    pub fn ask_bytes(&self, words: &[&[u8]]) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        let mut command = format!("*{}\r\n", words.len()).into_bytes();
        for word in words {
            command.extend(format!("${}\r\n", word.len()).into_bytes());
            command.extend_from_slice(word);
            command.extend(b"\r\n");
        }
        command.extend(b"*1\r\n$4\r\nQUIT\r\n");
        stream.write_all(&command).ok()?;
        stream.set_read_timeout(Some(LONG)).ok()?;
        let (mut answer, mut bytes) = (String::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut bytes).ok()?;
            answer += &String::from_utf8_lossy(&bytes[..read]);
            // A sentinel knows no QUIT, and leaves the connection open.
            let end = answer.find("-ERR unknown command 'QUIT'");
            if let Some(end) = end {
                answer.truncate(end);
                return Some(answer);
            }
            if read == 0 {
                return answer.strip_suffix("+OK\r\n").map(str::to_owned);
            }
        }
    }

    /// The names of all keys that fit a pattern.
    pub fn keys(&self, pattern: &str) -> Vec<String> {
        let answer = self.ask(&["KEYS", pattern]).expect("the server answers");
        answer.lines().skip(1).filter(|line| !line.starts_with('$')).map(str::to_owned).collect()
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            // It may have ended by itself, which the test has noticed.
            let _ = (process.kill(), process.wait());
        }
    }
}
