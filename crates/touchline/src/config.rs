//! Configuration: the commented default compiled into the binary, then a file, then the environment, then flags.

use crate::server::ConnectionLimits;
use anyhow::{Context, Result, anyhow, bail};
use figment::providers::Serialized;
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use toml::{Table, Value};
use touchline_intake::identity::SourceOrder;
use touchline_store_postgres::redacted;
use touchline_upkeep::backup::Retention;

/// The defaults, with their comments.
pub const DEFAULT: &str = include_str!("../../../config/touchline.default.toml");

const PREFIX: &str = "TOUCHLINE__";
/// Names that operators already have, and the setting that each gives.
const ALIASES: [(&str, &str, &str); 2] =
    [("DATABASE_URL", "storage", "database_url"), ("DATABASE_REPLICA_URLS", "storage", "replica_urls")];

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub storage: Storage,
    pub backup: Backup,
    pub server: Server,
    pub compute: Compute,
    pub training: Training,
    pub models: Models,
    pub identity: Identity,
    pub lake: Lake,
    pub log: Log,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    pub data_dir: PathBuf,
    pub database_url: DatabaseUrl,
    pub replica_urls: Vec<DatabaseUrl>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    pub keep_daily: usize,
    pub keep_incremental_days: u32,
}

impl Backup {
    /// How much is kept.
    pub fn retention(&self) -> Retention {
        Retention { daily: self.keep_daily, incremental_days: self.keep_incremental_days }
    }
}

/// Where the database lives. It may hold a password, so it is shown, logged and printed without.
#[derive(Clone, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL as it was given.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl From<&str> for DatabaseUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", redacted(&self.0))
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&redacted(&self.0))
    }
}

/// The database that the URL names.
#[derive(Debug, Clone, PartialEq)]
pub enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(DatabaseUrl),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub max_connections: usize,
    pub max_connections_per_address: usize,
    pub head_timeout_seconds: u32,
}

impl Server {
    /// How many clients are served, and how long they may be silent.
    pub fn connection_limits(&self) -> ConnectionLimits {
        ConnectionLimits {
            connections: self.max_connections,
            per_address: self.max_connections_per_address,
            head_timeout: Duration::from_secs(self.head_timeout_seconds.into()),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compute {
    pub threads: usize,
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    pub seeds: usize,
    pub rounds: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    pub artifacts: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub source_order: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lake {
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    /// Defaults, then the file, then the environment: what comes later wins.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let defaults: Table = DEFAULT.parse().context("the built-in default configuration")?;
        let mut layers =
            Figment::from(Layer { name: "the built-in defaults".to_owned(), table: defaults.clone() });
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            let table = text.parse().with_context(|| format!("{} is not valid TOML", path.display()))?;
            layers = layers.merge(Layer { name: path.display().to_string(), table });
        }
        for (name, text) in environment {
            let Some((section, key)) = setting(&name) else { continue };
            let value = value(&defaults, &section, &key, &text)
                .with_context(|| format!("environment variable {name}"))?;
            let table = Table::from_iter([(section, Value::Table(Table::from_iter([(key, value)])))]);
            layers = layers.merge(Layer { name: format!("environment variable {name}"), table });
        }
        // One sentence per mistake, with the setting and the layer that it stands in.
        layers.extract().map_err(|errors| {
            let errors: Vec<String> = errors.into_iter().map(|error| error.to_string()).collect();
            anyhow!(
                "the configuration is not valid; `touchline config show` prints the defaults: {}",
                errors.join("; ")
            )
        })
    }

    /// The database.
    pub fn database(&self) -> Result<Database> {
        let url = &self.storage.database_url;
        if url.secret().is_empty() {
            return self.file(self.storage.data_dir.join("touchline.db"));
        }
        match url.secret().split_once(':') {
            Some(("sqlite", path)) => self.file(PathBuf::from(path.strip_prefix("//").unwrap_or(path))),
            Some(("postgres" | "postgresql", _)) => Ok(Database::Postgres(url.clone())),
            Some((scheme, _)) => bail!(
                "no store for {scheme}: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or leave the database URL out"
            ),
            None => bail!(
                "the database URL {url:?} has no scheme: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or leave it out"
            ),
        }
    }

    fn file(&self, path: PathBuf) -> Result<Database> {
        if !self.storage.replica_urls.is_empty() {
            bail!(
                "storage.replica_urls (DATABASE_REPLICA_URLS) names replicas of a server, but the database is the file {}: set the database URL to the server's, or unset the replicas",
                path.display()
            );
        }
        Ok(Database::Sqlite(path))
    }

    /// Whose word counts where sources disagree.
    pub fn source_order(&self) -> SourceOrder {
        SourceOrder::new(self.identity.source_order.clone())
    }

    /// Threads to use.
    pub fn threads(&self) -> usize {
        match self.compute.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}

/// Settings with the name of where they come from, which errors show.
struct Layer {
    name: String,
    table: Table,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        // A setting is shown as in the file: section.key.
        Metadata::named(self.name.clone()).interpolater(|_, keys| keys.join("."))
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        Serialized::defaults(&self.table).data()
    }
}

/// Section and key of the setting that an environment variable gives, if it gives one.
fn setting(variable: &str) -> Option<(String, String)> {
    if let Some((_, section, key)) = ALIASES.iter().find(|(alias, ..)| *alias == variable) {
        return Some(((*section).to_owned(), (*key).to_owned()));
    }
    let (section, key) = variable.strip_prefix(PREFIX)?.split_once("__")?;
    Some((section.to_lowercase(), key.to_lowercase()))
}

/// A value from text, in the type of the default: a text that looks like a number stays a text where one is wanted.
fn value(defaults: &Table, section: &str, key: &str, text: &str) -> Result<Value> {
    let Some(Value::Table(settings)) = defaults.get(section) else {
        bail!("there is no section [{section}]")
    };
    let Some(default) = settings.get(key) else { bail!("there is no setting {key} in [{section}]") };
    Ok(match default {
        Value::Integer(_) => {
            Value::Integer(text.parse().with_context(|| format!("{text:?} is not a whole number"))?)
        }
        Value::Boolean(_) => {
            Value::Boolean(text.parse().with_context(|| format!("{text:?} is neither true nor false"))?)
        }
        Value::Float(_) => Value::Float(text.parse().with_context(|| format!("{text:?} is not a number"))?),
        // No URL holds white space.
        Value::Array(_) => {
            Value::Array(text.split_whitespace().map(|word| Value::String(word.to_owned())).collect())
        }
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn load(environment: &[(&str, &str)]) -> Result<Config> {
        Config::load(None, environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_built_in_default_is_valid_and_complete() {
        let config = load(&[]).unwrap();
        assert_eq!(config.server.port, 8000);
        assert_eq!(config.database().unwrap(), Database::Sqlite("./touchline-data/touchline.db".into()));
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
    fn mistakes_are_named() {
        let text = |r: Result<Config>| format!("{:#}", r.unwrap_err());
        assert!(text(load(&[("TOUCHLINE__SERVER__PORT", "many")])).contains("TOUCHLINE__SERVER__PORT"));
        assert!(text(load(&[("TOUCHLINE__SERVER__PROT", "1")])).contains("no setting prot"));
        // In a file, with the setting and the file; as many as there are types to be wrong.
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let name = file.path().display().to_string();
        for (line, words) in
            [("prot = 1", "prot"), ("port = \"many\"", "server.port"), ("port = 70000", "server.port")]
        {
            std::fs::write(file.path(), format!("[server]\n{line}\n")).unwrap();
            let mistake = text(Config::load(Some(file.path()), std::iter::empty()));
            assert!(mistake.contains(words) && mistake.contains(&name), "{mistake}");
        }
        writeln!(file, "[server").unwrap();
        assert!(text(Config::load(Some(file.path()), std::iter::empty())).contains("not valid TOML"));
        let config = load(&[("DATABASE_URL", "mysql://localhost/x")]).unwrap();
        assert!(config.database().unwrap_err().to_string().contains("no store for mysql"));
        let config = load(&[("DATABASE_URL", "touchline.db")]).unwrap();
        assert!(config.database().unwrap_err().to_string().contains("sqlite:PATH"));
        let replica = ("DATABASE_REPLICA_URLS", "postgres://replica/x");
        for database in ["", "sqlite:x.db"] {
            let config = load(&[("DATABASE_URL", database), replica]).unwrap();
            assert!(
                config.database().unwrap_err().to_string().contains("DATABASE_REPLICA_URLS"),
                "{database}"
            );
        }
        assert!(load(&[("DATABASE_URL", "postgres://server/x"), replica]).unwrap().database().is_ok());
    }

    #[test]
    fn a_password_is_used_and_never_shown() {
        let url = "postgres://ann:s3cret@db/x";
        let config = load(&[("DATABASE_URL", url)]).unwrap();
        let Database::Postgres(database) = config.database().unwrap() else { panic!("a server") };
        assert_eq!(database.secret(), url);
        let shown = [format!("{config:?}"), toml::to_string(&config).unwrap(), database.to_string()];
        for text in shown {
            assert!(text.contains("ann:***@db") && !text.contains("s3cret"), "{text}");
        }
    }
}
