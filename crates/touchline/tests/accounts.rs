//! Accounts and keys by the command line.

mod support;

use support::Place;
use support::server::Server;

#[test]
fn accounts_are_made_listed_and_changed() {
    let place = Place::new();
    let made = place.run_with(&["users", "add", "Ann", "--role", "admin"], "correct horse battery").ending(0);
    assert!(made.out.contains("ann (admin) is made"), "{made:?}");
    let short = place.run_with(&["users", "add", "ben"], "short").ending(1);
    assert!(short.err.contains("at least 12 characters"), "{short:?}");
    let none = place.run_with(&["users", "add", "ben"], "").ending(1);
    assert!(none.err.contains("standard input"), "{none:?}");
    place.run_with(&["users", "add", "ben"], "another good password").ending(0);
    let taken = place.run_with(&["users", "add", "ben"], "another good password").ending(1);
    assert!(taken.err.contains("taken"), "{taken:?}");
    place.run(&["users", "role", "ben", "operator"]).ending(0);
    place.run(&["users", "disable", "ben"]).ending(0);
    let listed = place.run(&["users", "list", "--json"]).ending(0).json();
    assert_eq!((&listed[1]["name"], &listed[1]["role"]), (&"ben".into(), &"operator".into()));
    assert_eq!(listed[1]["disabled"], true);
    place.run(&["users", "enable", "ben"]).ending(0);
    place.run_with(&["users", "password", "ben"], "yet another password").ending(0);
    let last = place.run(&["users", "disable", "ann"]).ending(1);
    assert!(last.err.contains("last administrator"), "{last:?}");
    let nobody = place.run(&["users", "role", "eve", "admin"]).ending(1);
    assert!(nobody.err.contains("users list"), "{nobody:?}");
    place.run(&["users", "role", "ben", "root"]).ending(2);
}

#[test]
fn a_key_is_shown_once() {
    let place = Place::new();
    place.run_with(&["users", "add", "ben", "--role", "operator"], "correct horse battery").ending(0);
    let refused =
        place.run(&["keys", "create", "x", "--user", "ben", "--scope", "manage_accounts"]).ending(1);
    assert!(refused.err.contains("operator") && refused.err.contains("manage_accounts"), "{refused:?}");
    let arguments = [
        "keys", "create", "nightly", "--user", "ben", "--scope", "read", "--scope", "seal", "--days", "30",
        "--json",
    ];
    let made = place.run(&arguments).ending(0).json();
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("tlk_") && key.len() == 47, "{key}");
    let listed = place.run(&["keys", "list", "--json"]).ending(0);
    assert_eq!(listed.json()[0]["scopes"], serde_json::json!(["read", "seal"]));
    assert!(!listed.out.contains(key));
    assert!(!place.database().windows(key.len()).any(|bytes| bytes == key.as_bytes()), "kept nowhere");
    let id = made["id"].to_string();
    place.run(&["keys", "revoke", &id]).ending(0);
    place.run(&["keys", "revoke", &id]).ending(1);
    assert!(place.run(&["keys", "list"]).ending(0).out.contains("nightly"));
}

#[test]
fn a_server_on_loopback_makes_a_key_that_only_its_user_reads() {
    let place = Place::new();
    place.run_with(&["users", "add", "ann"], "correct horse battery").ending(0);
    let login = |server: &Server| {
        let body = r#"{"name":"ann","password":"correct horse battery"}"#;
        let (status, answer) = server.post("/api/v1/auth/login", "", body);
        assert_eq!(status, 200, "{answer}");
        answer["data"]["access_token"].as_str().unwrap().to_owned()
    };
    let server = Server::start(&place);
    let token = login(&server);
    let file = place.data().join("secret.key");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    drop(server);
    // The key is kept: logins outlive the server.
    let server = Server::start(&place);
    assert_eq!(server.post("/api/v1/auth/logout", &token, "").0, 200);
    assert_eq!(server.post("/api/v1/auth/logout", &token, "").0, 401);
    drop(server);
    // A new key in front, the old one below.
    let token = login(&Server::start(&place));
    let old = std::fs::read_to_string(&file).unwrap();
    let new = "0123456789abcdef0123456789abcdef";
    std::fs::write(&file, format!("{new}\n{old}")).unwrap();
    assert_eq!(Server::start(&place).post("/api/v1/auth/logout", &token, "").0, 200);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let said = place.run(&["serve", "--port", "0"]).ending(1);
        assert!(said.err.contains("others may read") && said.err.contains("chmod 600"), "{said:?}");
    }
}

#[test]
fn an_address_that_others_reach_wants_a_secret_key() {
    let mut place = Place::new();
    let said = place.run(&["serve", "--host", "0.0.0.0", "--port", "0"]).ending(1);
    assert!(said.err.contains("SECRET_KEY") && said.err.contains("openssl rand -hex 32"), "{said:?}");
    assert!(!place.data().join("secret.key").exists());
    place.set("SECRET_KEY", "too short");
    let said = place.run(&["serve", "--host", "0.0.0.0", "--port", "0"]).ending(1);
    assert!(said.err.contains("at least 32 bytes") && !said.err.contains("too short"), "{said:?}");
    place.set("SECRET_KEY", "0123456789abcdef0123456789abcdef");
    let shown = place.run(&["config", "show"]).ending(0);
    assert!(
        shown.out.contains("secret_key = \"***\"") && !shown.out.contains("0123456789abcdef"),
        "{shown:?}"
    );
}
