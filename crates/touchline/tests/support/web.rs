//! A web server on this machine that answers from a table, and logs what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// An answer: status and body. A body has its hash for an entity tag.
pub type Answers = BTreeMap<String, (u16, String)>;

#[derive(Default)]
struct State {
    answers: Answers,
    hits: Vec<String>,
}

/// See the module. It ends with the process of its tests.
pub struct Web {
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Web {
    pub fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new((Mutex::new(State { answers, hits: Vec::new() }), Condvar::new()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                // A client that was killed is part of the tests.
                std::thread::spawn(move || serve(&stream, &shared).ok());
            }
        });
        Self { address, state }
    }

    /// What was asked since the last call, without robots.txt.
    pub fn hits(&self) -> Vec<String> {
        std::mem::take(&mut self.state.0.lock().unwrap().hits)
    }

    /// Another answer from now on.
    pub fn set(&self, path: &str, status: u16, body: &str) {
        self.state.0.lock().unwrap().answers.insert(path.to_owned(), (status, body.to_owned()));
    }

    /// Waits until so many requests have come.
    pub fn wait_for(&self, hits: usize) {
        let (state, changed) = &*self.state;
        drop(changed.wait_while(state.lock().unwrap(), |state| state.hits.len() < hits).unwrap());
    }
}

fn serve(mut stream: &TcpStream, shared: &(Mutex<State>, Condvar)) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut asked_for = String::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("if-none-match") => {
                value.clone_into(&mut asked_for);
            }
            Some(_) => {}
            None => break,
        }
    }
    let (status, body) = {
        let mut state = shared.0.lock().unwrap();
        if !path.ends_with("/robots.txt") {
            state.hits.push(path.clone());
            shared.1.notify_all();
        }
        state.answers.get(&path).cloned().unwrap_or((404, String::new()))
    };
    let tag = format!("\"{}\"", body.len());
    let (status, body) =
        if status == 200 && asked_for == tag { (304, String::new()) } else { (status, body) };
    let length = if status == 304 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    write!(stream, "HTTP/1.1 {status} X\r\netag: {tag}\r\n{length}connection: close\r\n\r\n{body}")
}
