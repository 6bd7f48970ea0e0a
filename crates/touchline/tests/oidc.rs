//! Logging in by OpenID Connect, against the npm package `oidc-provider` and with the real binary. Skipped, and says so, where
//! Node.js or the package is not there; `./dev setup` fetches it.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use support::Place;
use support::server::Server;

const REDIRECT: &str = "http://127.0.0.1:8000/";
const SECRET: &str = "a secret/with +signs";
/// Steps of a login at the provider, redirects among them.
const MOST_STEPS: usize = 20;

/// The provider; ended when dropped.
struct Provider {
    child: Child,
    issuer: String,
    /// It goes on saying things: without a reader it would end.
    _said: BufReader<ChildStdout>,
}

impl Provider {
    /// None where it cannot run here.
    fn start() -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        if !folder.join("node_modules/oidc-provider").exists() {
            eprintln!(
                "skipped: the npm package oidc-provider is not in {}; ./dev setup fetches it",
                folder.display()
            );
            return None;
        }
        let started = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .args([REDIRECT, SECRET])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut child) = started else {
            eprintln!("skipped: there is no Node.js (node)");
            return None;
        };
        let mut issuer = String::new();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        said.read_line(&mut issuer).unwrap();
        Some(Self { child, issuer: issuer.trim().to_owned(), _said: said })
    }

    /// What a browser does with an address of the provider, whose pages ask who it is and whether it agrees. The address that
    /// it comes back to.
    fn visit(&self, url: &str, who: &str) -> String {
        let mut cookies = BTreeMap::new();
        let mut at = url.to_owned();
        for _ in 0..MOST_STEPS {
            if at.starts_with(REDIRECT) {
                return at;
            }
            let path = at.strip_prefix(&self.issuer).unwrap_or(&at).to_owned();
            let (next, page) = self.fetch("GET", &path, "", &mut cookies);
            at = next.unwrap_or_else(|| {
                let is_login = page.contains("name=\"login\"");
                let form = if is_login {
                    format!("prompt=login&login={who}&password=x")
                } else {
                    "prompt=consent".to_owned()
                };
                let (next, page) = self.fetch("POST", &path, &form, &mut cookies);
                next.unwrap_or_else(|| panic!("{page}"))
            });
        }
        panic!("the provider sends the browser round and round: {at}");
    }

    fn fetch(
        &self,
        method: &str,
        path: &str,
        form: &str,
        cookies: &mut BTreeMap<String, String>,
    ) -> (Option<String>, String) {
        let host = self.issuer.trim_start_matches("http://");
        let sent: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut stream = TcpStream::connect(host).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            sent.join("; "),
            form.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut next = None;
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name.to_lowercase().as_str() {
                "location" => next = Some(value.to_owned()),
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    if value.is_empty() {
                        cookies.remove(name);
                    } else {
                        cookies.insert(name.to_owned(), value.to_owned());
                    }
                }
                _ => {}
            }
        }
        (next, body.to_owned())
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn post(server: &Server, path: &str, body: &Value) -> (u16, Value) {
    server.post(&format!("/api/v1/auth/provider/{path}"), "", &body.to_string())
}

/// A parameter of an address.
fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    let found = query.split('&').find_map(|part| part.strip_prefix(&format!("{name}=")));
    found.unwrap_or_else(|| panic!("no {name} in {url}")).to_owned()
}

/// A login as a browser makes it; what came of its end.
fn login(server: &Server, provider: &Provider, who: &str) -> (u16, Value) {
    let (status, begun) = post(server, "begin", &json!({}));
    assert_eq!(status, 200, "{begun}");
    let back = provider.visit(begun["data"]["authorization_url"].as_str().unwrap(), who);
    let brought = json!({
        "flow": begun["data"]["flow"], "state": parameter(&back, "state"), "code": parameter(&back, "code"),
    });
    let ended = post(server, "end", &brought);
    if ended.0 == 200 {
        let (status, again) = post(server, "end", &brought);
        assert_eq!(
            (status, &again["error"]["code"]),
            (401, &json!("identity_refused")),
            "a code counts once"
        );
    }
    ended
}

#[test]
fn people_log_in_by_a_real_provider_and_get_the_roles_that_it_says() {
    let Some(provider) = Provider::start() else { return };
    let mut place = Place::new();
    place.set("OIDC_CLIENT_SECRET", SECRET);
    for (name, value) in [
        ("TOUCHLINE__OIDC__ISSUER", provider.issuer.as_str()),
        ("TOUCHLINE__OIDC__CLIENT_ID", "touchline"),
        ("TOUCHLINE__OIDC__REDIRECT_URL", REDIRECT),
        ("TOUCHLINE__OIDC__ROLE_CLAIM", "groups"),
        ("TOUCHLINE__OIDC__OPERATORS", "staff"),
        ("TOUCHLINE__OIDC__VIEWERS", "all"),
    ] {
        place.set(name, value);
    }
    // Somebody is called so already.
    let mut child = place
        .command(&["users", "add", "ann", "--role", "admin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(child.stdin.take().unwrap(), "correct horse battery").unwrap();
    assert!(child.wait().unwrap().success());
    let server = Server::start(&place);
    assert_eq!(server.get("/api/v1/auth/methods")["data"]["provider"]["name"], "OpenID Connect");

    let (status, boss) = login(&server, &provider, "boss");
    assert_eq!(
        (status, &boss["data"]["user"]["name"], &boss["data"]["user"]["role"]),
        (200, &json!("boss"), &json!("operator")),
        "{boss}"
    );
    let (status, ann) = login(&server, &provider, "ann");
    let name = ann["data"]["user"]["name"].as_str().unwrap();
    assert_eq!((status, &ann["data"]["user"]["role"]), (200, &json!("viewer")));
    assert!(name.starts_with("ann-"), "the account that is there is not taken over: {name}");
    let (_, again) = login(&server, &provider, "ann");
    assert_eq!(again["data"]["user"]["name"], name, "the same account");

    // On purpose it is.
    place.run(&["users", "link", "ann", "--subject", "cleo"]).ending(0);
    let taken = place.run(&["users", "link", "boss", "--subject", "cleo"]).ending(1);
    assert!(taken.err.contains("leads to an account already"), "{taken:?}");
    let (status, linked) = login(&server, &provider, "cleo");
    assert_eq!((status, &linked["data"]["user"]["name"]), (200, &json!("ann")), "{linked}");

    // What was begun elsewhere does not count.
    let (_, begun) = post(&server, "begin", &json!({}));
    let back = provider.visit(begun["data"]["authorization_url"].as_str().unwrap(), "boss");
    let (_, other) = post(&server, "begin", &json!({}));
    let mixed = json!({
        "flow": other["data"]["flow"], "state": parameter(&back, "state"), "code": parameter(&back, "code"),
    });
    let (status, refused) = post(&server, "end", &mixed);
    assert_eq!((status, &refused["error"]["code"]), (401, &json!("token_invalid")));
}
