//! Configuration: the commented default compiled into the binary, then a file, then the environment, then flags.

use crate::cli::Rule;
use anyhow::{Context, Result, anyhow, bail};
use chrono::TimeDelta;
use figment::providers::Serialized;
use figment::value::{Dict, Map};
use figment::{Figment, Metadata, Profile, Provider};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use toml::{Table, Value};
use touchline_accounts::{AccountSettings, Allowance};
use touchline_forecasting::serving::Mode;
use touchline_intake::identity::{CorrectionRules, SourceOrder};
use touchline_store_postgres::redacted;
use touchline_upkeep::backup::Retention;

mod alerts;
mod cache;
mod jobs;
mod lineage;
mod oidc;
mod secret;
mod server;
mod tickets;

pub use alerts::AlertsConfig;
pub use cache::CacheConfig;
pub use jobs::{InServer, JobsConfig, WatchedSource};
pub use lineage::LineageConfig;
pub use oidc::OidcConfig;
pub use secret::Secret;
pub use server::{LiveConfig, Server};
pub use tickets::{ImportsConfig, TicketsConfig};

/// The defaults, with their comments.
pub const DEFAULT: &str = include_str!("../../../config/touchline.default.toml");

/// Asks for mock forecasts where it is true.
const MOCK: &str = "INFERENCE_SERVICE_MOCK";
const PREFIX: &str = "TOUCHLINE__";
/// Names that operators already have, and the setting that each gives.
const ALIASES: [(&str, &str, &str); 16] = [
    ("FOOTBALL_PREDICTION_ML_MODE", "models", "mode"),
    ("SECRET_KEY", "auth", "secret_key"),
    ("REDIS_URL", "cache", "redis_url"),
    ("REDIS_SOCKET_TIMEOUT", "cache", "timeout_seconds"),
    ("REDIS_CONNECT_TIMEOUT", "cache", "connect_timeout_seconds"),
    ("REDIS_HEALTH_CHECK_INTERVAL", "cache", "health_seconds"),
    ("OPENLINEAGE_URL", "lineage", "url"),
    ("OPENLINEAGE_API_KEY", "lineage", "key"),
    ("SCORES_WEBHOOK_SECRET", "live", "webhook_secret"),
    ("OIDC_CLIENT_SECRET", "oidc", "client_secret"),
    ("TICKETS_WEBHOOK_SECRET", "tickets", "webhook_secret"),
    ("DATABASE_URL", "storage", "database_url"),
    ("DATABASE_READER_URL", "storage", "reader_url"),
    ("DATABASE_WRITER_URL", "storage", "writer_url"),
    ("DATABASE_ADMIN_URL", "storage", "admin_url"),
    ("DATABASE_REPLICA_URLS", "storage", "replica_urls"),
];

/// All settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub storage: Storage,
    pub backup: BackupConfig,
    pub server: Server,
    pub cache: CacheConfig,
    pub live: LiveConfig,
    pub auth: AuthConfig,
    pub oidc: OidcConfig,
    pub tickets: TicketsConfig,
    pub imports: ImportsConfig,
    pub compute: Compute,
    pub training: TrainingConfig,
    pub models: ModelsConfig,
    pub identity: Identity,
    pub corrections: CorrectionRules,
    pub collect: CollectConfig,
    pub jobs: JobsConfig,
    pub alerts: AlertsConfig,
    pub lineage: LineageConfig,
    pub betting: BettingConfig,
    pub lake: LakeConfig,
    pub log: Log,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    pub data_dir: PathBuf,
    pub database_url: DatabaseUrl,
    pub reader_url: DatabaseUrl,
    pub writer_url: DatabaseUrl,
    pub admin_url: DatabaseUrl,
    pub replica_urls: Vec<DatabaseUrl>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    pub keep_daily: usize,
    pub keep_incremental_days: u32,
}

impl BackupConfig {
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
    /// Whether nothing was given.
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

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

/// With which rights the database is opened; see `touchline db roles`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Reads.
    Reader,
    /// Adds facts, models and forecasts.
    Writer,
    /// Changes the schema, looks after the database, and takes rows away.
    Admin,
}

impl Role {
    const ALL: [Self; 3] = [Self::Reader, Self::Writer, Self::Admin];

    /// The setting of its URL.
    fn setting(self) -> &'static str {
        match self {
            Self::Reader => "reader_url",
            Self::Writer => "writer_url",
            Self::Admin => "admin_url",
        }
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
pub struct AuthConfig {
    pub required: bool,
    pub registration: bool,
    pub secret_key: Secret,
    pub previous_keys: Vec<Secret>,
    pub access_minutes: NonZeroU32,
    pub refresh_days: NonZeroU32,
    pub requests_per_minute: u32,
}

impl AuthConfig {
    /// The same for accounts.
    pub fn settings(&self) -> AccountSettings {
        AccountSettings {
            required: self.required,
            registration: self.registration,
            access: TimeDelta::minutes(self.access_minutes.get().into()),
            refresh: TimeDelta::days(self.refresh_days.get().into()),
            allowance: Allowance { per_minute: self.requests_per_minute },
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
pub struct TrainingConfig {
    pub seeds: usize,
    pub rounds: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelsConfig {
    pub artifacts: String,
    #[serde(with = "mode_name")]
    pub mode: Mode,
}

/// A mode by its name.
mod mode_name {
    use super::{Deserialize, Mode, Serializer};
    use serde::Deserializer;
    use serde::de::Error;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub fn serialize<S: Serializer>(mode: &Mode, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(mode.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Mode, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(Error::custom)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    pub source_order: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectConfig {
    pub user_agent: String,
    pub mirror: String,
    pub keep_answers_days: u16,
    pub api_football_credits: u64,
    pub odds_api_credits: u64,
    pub news_feeds: Vec<String>,
    pub plain_http: Vec<String>,
}

impl CollectConfig {
    /// What the plan of a source's key gives, where that is a setting.
    pub fn credits(&self, source: &str) -> Option<u64> {
        match source {
            "api-football" => Some(self.api_football_credits),
            "the-odds-api" => Some(self.odds_api_credits),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BettingConfig {
    pub strategies: Vec<PathBuf>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LakeConfig {
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
            let text = match (name.as_str(), text.as_str()) {
                (MOCK, "true" | "1") => "mock".to_owned(),
                (MOCK, _) => continue,
                _ => text,
            };
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

    /// The database as a role opens it: by the role's own URL, or the one for all.
    pub fn database(&self, role: Role) -> Result<Database> {
        let url = &self.storage.database_url;
        let own = self.url_of(role);
        if !own.is_empty() {
            return match own.secret().split_once(':') {
                Some(("postgres" | "postgresql", _)) if !self.names_file() => {
                    Ok(Database::Postgres(own.clone()))
                }
                Some(("postgres" | "postgresql", _)) => self.file(),
                _ => bail!(
                    "storage.{} is {own:?}, which is no user of a server: write postgres://USER:PASSWORD@HOST/DATABASE, or leave it out",
                    role.setting()
                ),
            };
        }
        if url.is_empty()
            && let Some(other) = Role::ALL.into_iter().find(|other| !self.url_of(*other).is_empty())
        {
            bail!(
                "storage.{} is set, but neither storage.{} nor storage.database_url: this needs one of them",
                other.setting(),
                role.setting()
            );
        }
        match url.secret().split_once(':') {
            _ if self.names_file() => self.file(),
            Some(("postgres" | "postgresql", _)) => Ok(Database::Postgres(url.clone())),
            Some((scheme, _)) => bail!(
                "no store for {scheme}: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or leave the database URL out"
            ),
            None => bail!(
                "the database URL {url:?} has no scheme: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or leave it out"
            ),
        }
    }

    /// One URL for all roles, in the place of all that are configured.
    pub fn set_database_url(&mut self, url: &str) {
        self.storage.database_url = url.into();
        for own in [&mut self.storage.reader_url, &mut self.storage.writer_url, &mut self.storage.admin_url] {
            *own = "".into();
        }
    }

    /// What a role has of its own; empty for nothing.
    fn url_of(&self, role: Role) -> &DatabaseUrl {
        match role {
            Role::Reader => &self.storage.reader_url,
            Role::Writer => &self.storage.writer_url,
            Role::Admin => &self.storage.admin_url,
        }
    }

    /// Whether the URL for all names a file, or nothing names anything.
    fn names_file(&self) -> bool {
        let url = self.storage.database_url.secret();
        let roles_are_absent = Role::ALL.into_iter().all(|role| self.url_of(role).is_empty());
        url.starts_with("sqlite:") || url.is_empty() && roles_are_absent
    }

    fn file(&self) -> Result<Database> {
        let path = match self.storage.database_url.secret().strip_prefix("sqlite:") {
            Some(path) => PathBuf::from(path.strip_prefix("//").unwrap_or(path)),
            None => self.storage.data_dir.join("touchline.db"),
        };
        let replicas = !self.storage.replica_urls.is_empty();
        if replicas {
            bail!(
                "storage.replica_urls (DATABASE_REPLICA_URLS) names replicas of a server, but the database is the file {}: set the database URL to the server's, or unset the replicas",
                path.display()
            );
        }
        if let Some(role) = Role::ALL.into_iter().find(|role| !self.url_of(*role).is_empty()) {
            bail!(
                "storage.{} names a user of a server, but the database is the file {}: set the database URL to the server's, or unset it",
                role.setting(),
                path.display()
            );
        }
        Ok(Database::Sqlite(path))
    }

    /// Whose word counts where sources disagree.
    pub fn source_order(&self) -> SourceOrder {
        SourceOrder::new(self.identity.source_order.clone()).with_corrections(self.corrections)
    }

    /// The same with another rule for corrections, where one is given.
    pub fn source_order_with(&self, rule: Option<Rule>) -> SourceOrder {
        let order = self.source_order();
        match rule {
            Some(rule) => order.with_corrections(rule.rules()),
            None => order,
        }
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
    if variable == MOCK {
        return Some(("models".to_owned(), "mode".to_owned()));
    }
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
mod tests;
