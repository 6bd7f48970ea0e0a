//! A way to PostgreSQL that can be cut, or be slow for a while.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// See the module. It ends with the process of its tests.
pub struct Line {
    address: SocketAddr,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    is_cut: AtomicBool,
    is_held: AtomicBool,
    open: Mutex<Vec<(TcpStream, UnixStream)>>,
}

impl Line {
    /// A line to the database that a URL of a test names, and the URL by way of it.
    pub fn to_database(url: &str) -> (Self, String) {
        let (start, folder) = url.split_once("?host=").unwrap();
        let line = Self::to(Path::new(folder).join(".s.PGSQL.5432"));
        let url = format!("postgres://postgres@{}/{}", line.address, start.rsplit('/').next().unwrap());
        (line, url)
    }

    fn to(server: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let line = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let state = Arc::clone(&line.state);
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { continue };
                let Ok(server) = UnixStream::connect(&server) else { continue };
                if state.is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                state.open.lock().unwrap().push((client.try_clone().unwrap(), server.try_clone().unwrap()));
                let (up, down) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                let (there, back) = (Arc::clone(&state), Arc::clone(&state));
                thread::spawn(move || carry(client, up, &there));
                thread::spawn(move || carry(server, down, &back));
            }
        });
        line
    }

    /// Closes all connections and takes no new ones.
    pub fn cut(&self) {
        self.state.is_cut.store(true, Ordering::SeqCst);
        for (client, server) in self.state.open.lock().unwrap().drain(..) {
            let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
        }
    }

    pub fn mend(&self) {
        self.state.is_cut.store(false, Ordering::SeqCst);
    }

    /// Nothing passes for so long; connections stay open.
    pub fn hold(&self, time: Duration) {
        self.state.is_held.store(true, Ordering::SeqCst);
        thread::sleep(time);
        self.state.is_held.store(false, Ordering::SeqCst);
    }
}

fn carry(mut from: impl Read, mut to: impl Write, state: &State) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        while state.is_held.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..read]).is_err() {
            return;
        }
    }
}
