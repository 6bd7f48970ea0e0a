use super::*;
use std::io::Write;

fn load(environment: &[(&str, &str)]) -> Result<Config> {
    Config::load(None, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
}

#[test]
fn the_built_in_default_is_valid_and_complete() {
    let config = load(&[]).unwrap();
    assert_eq!(config.server.port, 8000);
    assert_eq!(
        config.database(Role::Writer).unwrap(),
        Database::Sqlite("./touchline-data/touchline.db".into())
    );
}

#[test]
fn environment_beats_file_beats_default() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "[server]\nport = 9000\nhost = \"0.0.0.0\"").unwrap();
    let environment = [("TOUCHLINE__SERVER__PORT".to_owned(), "9100".to_owned())];
    let config = Config::load(Some(file.path()), environment.into_iter()).unwrap();
    assert_eq!((config.server.host.as_str(), config.server.port), ("0.0.0.0", 9100));
}

#[test]
fn replicas_come_one_after_the_other_and_without_their_passwords() {
    let urls = " postgres://ann:s3cret@a/x\npostgres://b/x?password=s3cret ";
    for name in ["DATABASE_REPLICA_URLS", "TOUCHLINE__STORAGE__REPLICA_URLS"] {
        let config = load(&[(name, urls)]).unwrap();
        let given: Vec<_> = config.storage.replica_urls.iter().map(DatabaseUrl::secret).collect();
        assert_eq!(given, ["postgres://ann:s3cret@a/x", "postgres://b/x?password=s3cret"]);
        assert!(!toml::to_string(&config).unwrap().contains("s3cret"));
    }
}

#[test]
fn the_mode_is_read_from_the_names_that_operators_know() {
    let mode = |environment: &[(&str, &str)]| load(environment).unwrap().models.mode;
    assert_eq!(mode(&[]), Mode::Real);
    assert_eq!(mode(&[("FOOTBALL_PREDICTION_ML_MODE", "fallback")]), Mode::Fallback);
    assert_eq!(mode(&[("INFERENCE_SERVICE_MOCK", "true")]), Mode::Mock);
    assert_eq!(mode(&[("INFERENCE_SERVICE_MOCK", "false")]), Mode::Real);
    let wrong = load(&[("FOOTBALL_PREDICTION_ML_MODE", "fake")]).unwrap_err().to_string();
    assert!(wrong.contains("real, fallback or mock"), "{wrong}");
}

#[test]
fn secrets_are_not_shown() {
    let environment = [("SECRET_KEY", "do not tell"), ("TOUCHLINE__AUTH__PREVIOUS_KEYS", "older oldest")];
    let config = load(&environment).unwrap();
    assert_eq!(config.auth.secret_key.secret(), Some("do not tell"));
    assert_eq!(config.auth.previous_keys.len(), 2);
    let shown = format!("{config:?} {}", toml::to_string(&config).unwrap());
    assert!(!shown.contains("do not tell") && !shown.contains("oldest"), "{shown}");
}

#[test]
fn a_lineage_backend_is_read_from_the_names_that_its_clients_know() {
    let environment =
        [("OPENLINEAGE_URL", "https://marquez.example"), ("OPENLINEAGE_API_KEY", "do not tell")];
    let config = load(&environment).unwrap();
    assert!(config.lineage.backend().unwrap().is_some());
    assert!(!format!("{config:?} {}", toml::to_string(&config).unwrap()).contains("do not tell"));
    assert!(load(&[]).unwrap().lineage.backend().unwrap().is_none());
    let open = load(&[("OPENLINEAGE_URL", "http://marquez:5000")]).unwrap();
    assert!(open.lineage.backend().is_ok(), "on a network of one's own");
    let read = [("OPENLINEAGE_URL", "http://marquez:5000"), ("OPENLINEAGE_API_KEY", "k")];
    let refused = format!("{:#}", load(&read).unwrap().lineage.backend().unwrap_err());
    assert!(refused.contains("https://"), "{refused}");
}

#[test]
fn mistakes_are_named() {
    let text = |r: Result<Config>| format!("{:#}", r.unwrap_err());
    assert!(text(load(&[("TOUCHLINE__SERVER__PORT", "many")])).contains("TOUCHLINE__SERVER__PORT"));
    assert!(text(load(&[("TOUCHLINE__SERVER__PROT", "1")])).contains("no setting prot"));
    // In a file, with the setting and the file; as many as there are types to be wrong.
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let name = file.path().display().to_string();
    for (line, words) in [
        ("prot = 1", "prot"),
        ("port = \"many\"", "server.port"),
        ("port = 70000", "server.port"),
        ("max_connections = 0", "server.max_connections"),
        ("head_timeout_seconds = 0", "server.head_timeout_seconds"),
    ] {
        std::fs::write(file.path(), format!("[server]\n{line}\n")).unwrap();
        let mistake = text(Config::load(Some(file.path()), std::iter::empty()));
        assert!(mistake.contains(words) && mistake.contains(&name), "{mistake}");
    }
    writeln!(file, "[server").unwrap();
    assert!(text(Config::load(Some(file.path()), std::iter::empty())).contains("not valid TOML"));
    let config = load(&[("DATABASE_URL", "mysql://localhost/x")]).unwrap();
    assert!(config.database(Role::Writer).unwrap_err().to_string().contains("no store for mysql"));
    let config = load(&[("DATABASE_URL", "touchline.db")]).unwrap();
    assert!(config.database(Role::Writer).unwrap_err().to_string().contains("sqlite:PATH"));
    let replica = ("DATABASE_REPLICA_URLS", "postgres://replica/x");
    for database in ["", "sqlite:x.db"] {
        let config = load(&[("DATABASE_URL", database), replica]).unwrap();
        assert!(
            config.database(Role::Writer).unwrap_err().to_string().contains("DATABASE_REPLICA_URLS"),
            "{database}"
        );
    }
    assert!(
        load(&[("DATABASE_URL", "postgres://server/x"), replica]).unwrap().database(Role::Writer).is_ok()
    );
}

#[test]
fn a_role_has_its_own_url_or_the_one_for_all() {
    let (all, reader) = ("postgres://all:s3cret@db/x", "postgres://ann:s3cret@db/x");
    let of = |config: &Config, role| match config.database(role) {
        Ok(Database::Postgres(url)) => url.secret().to_owned(),
        other => format!("{other:?}"),
    };
    for name in ["DATABASE_READER_URL", "TOUCHLINE__STORAGE__READER_URL"] {
        let mut config = load(&[("DATABASE_URL", all), (name, reader)]).unwrap();
        assert_eq!(Role::ALL.map(|role| of(&config, role)), [reader, all, all]);
        assert!(
            !toml::to_string(&config).unwrap().contains("s3cret")
                && !format!("{config:?}").contains("s3cret")
        );
        config.set_database_url("postgres://flag@db/y");
        assert_eq!(Role::ALL.map(|role| of(&config, role)), ["postgres://flag@db/y"; 3], "a flag beats all");
    }
    let config = load(&[("DATABASE_ADMIN_URL", reader)]).unwrap();
    assert_eq!(of(&config, Role::Admin), reader);
    let text = |config: &Config, role| config.database(role).unwrap_err().to_string();
    assert!(text(&config, Role::Writer).contains("neither storage.writer_url"), "no file beside a server");
    let config = load(&[("DATABASE_URL", "sqlite:x.db"), ("DATABASE_READER_URL", reader)]).unwrap();
    for role in Role::ALL {
        assert!(text(&config, role).contains("storage.reader_url names a user of a server"));
    }
    let config = load(&[("DATABASE_URL", all), ("DATABASE_WRITER_URL", "sqlite:x.db")]).unwrap();
    assert!(text(&config, Role::Writer).contains("storage.writer_url"));
}

#[test]
fn a_password_is_used_and_never_shown() {
    let url = "postgres://ann:s3cret@db/x";
    let config = load(&[("DATABASE_URL", url)]).unwrap();
    let Database::Postgres(database) = config.database(Role::Writer).unwrap() else { panic!("a server") };
    assert_eq!(database.secret(), url);
    let shown = [format!("{config:?}"), toml::to_string(&config).unwrap(), database.to_string()];
    for text in shown {
        assert!(text.contains("ann:***@db") && !text.contains("s3cret"), "{text}");
    }
}
