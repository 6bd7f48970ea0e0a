//! From configuration to running parts.

use crate::cli::Global;
use crate::config::{Config, Database, DatabaseUrl, LogFormat, Role};
use crate::progress::Bars;
use anyhow::{Context, Result, bail};
use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use touchline_accounts::AccountStore;
use touchline_collect::sources::simulated::World;
use touchline_domain::ports::{ArtifactStore, Store};
use touchline_domain::{Clock, SystemClock};
use touchline_lake::ParquetLake;
use touchline_learning::model::Recipe;
use touchline_store_postgres::{Access, PostgresStore};
use touchline_store_sqlite::SqliteStore;
use tracing_subscriber::EnvFilter;

/// What every command works with.
#[derive(Clone)]
pub struct Session {
    pub config: Config,
    pub clock: Arc<dyn Clock>,
    pub progress: Arc<Bars>,
    /// Whether the result is printed as JSON.
    pub json: bool,
    /// The simulated league that results come from, in a demo of one.
    pub simulated: Option<World>,
    /// The database, where it is a file that all parts of this process work on by one handle.
    shared: Option<SqliteStore>,
}

impl Session {
    /// Reads the configuration and starts the log.
    pub fn new(global: &Global) -> Result<Self> {
        let mut config = Config::load(global.config.as_deref(), std::env::vars())?;
        if let Some(dir) = &global.data_dir {
            config.storage.data_dir.clone_from(dir);
        }
        if let Some(url) = &global.database_url {
            config.set_database_url(url);
        }
        config.log.format = global.log.unwrap_or(config.log.format);
        config.compute.threads = global.threads.unwrap_or(config.compute.threads);
        config.compute.seed = global.seed.unwrap_or(config.compute.seed);
        start_log(&config)?;
        Ok(Self::of(config, Arc::new(SystemClock), global.json))
    }

    /// Of a configuration and a clock.
    pub fn of(config: Config, clock: Arc<dyn Clock>, json: bool) -> Self {
        let progress = Arc::new(Bars::new(json));
        Self { config, clock, progress, json, simulated: None, shared: None }
    }

    pub fn data_dir(&self) -> &Path {
        &self.config.storage.data_dir
    }

    /// The same, which opens a database that is a file now, once for all parts of the process.
    pub async fn sharing(&self) -> Result<Self> {
        let shared = match self.config.database(Role::Writer) {
            Ok(Database::Sqlite(path)) => Some(self.open(&path).await?),
            _ => None,
        };
        Ok(Self { shared, ..self.clone() })
    }

    async fn open(&self, path: &Path) -> Result<SqliteStore> {
        if let Some(shared) = &self.shared {
            return Ok(shared.clone());
        }
        let store = SqliteStore::open(path, self.clock.clone()).await;
        store.with_context(|| format!("cannot open the database {}", path.display()))
    }

    /// Opens the store with the rights of a role, creating it where there is none.
    pub async fn store(&self, role: Role) -> Result<Arc<dyn Store>> {
        Ok(match self.config.database(role)? {
            Database::Sqlite(path) => Arc::new(self.open(&path).await?),
            Database::Postgres(url) => Arc::new(self.connect(&url).await?),
        })
    }

    /// Opens the accounts with the rights of a role.
    pub async fn account_store(&self, role: Role) -> Result<Arc<dyn AccountStore>> {
        Ok(match self.config.database(role)? {
            Database::Sqlite(path) => Arc::new(self.open(&path).await?),
            Database::Postgres(url) => Arc::new(self.connect(&url).await?),
        })
    }

    /// Opens the store where it is on a server, for its administrator.
    pub async fn served_store(&self) -> Result<PostgresStore> {
        match self.config.database(Role::Admin)? {
            Database::Postgres(url) => self.connect(&url).await,
            Database::Sqlite(path) => bail!(
                "{} is a file, which needs none of this; --database-url postgres://... names a server",
                path.display()
            ),
        }
    }

    /// Opens the lake; a folder is made where there is none.
    pub fn lake(&self) -> Result<ParquetLake> {
        let url = &self.config.lake.url;
        let location = match url.as_str() {
            "" => self.data_dir().join("lake").display().to_string(),
            url => url.to_owned(),
        };
        Ok(ParquetLake::open(&location, std::env::vars(), self.clock.clone())?)
    }

    /// Where the files of models are kept beside this machine's data folder, if anywhere.
    pub fn artifacts(&self, store: &Arc<dyn Store>) -> Result<Option<Arc<dyn ArtifactStore>>> {
        let database = || Some(Arc::clone(store) as Arc<dyn ArtifactStore>);
        Ok(match self.config.models.artifacts.as_str() {
            "" => {
                database().filter(|_| matches!(self.config.database(Role::Reader), Ok(Database::Postgres(_))))
            }
            "none" => None,
            "database" => database(),
            location => Some(Arc::new(
                ParquetLake::open(location, std::env::vars(), self.clock.clone())
                    .context("models.artifacts cannot be opened")?,
            )),
        })
    }

    async fn connect(&self, url: &DatabaseUrl) -> Result<PostgresStore> {
        let replicas = &self.config.storage.replica_urls;
        let replicas: Vec<_> = replicas.iter().map(|url| url.secret().to_owned()).collect();
        // Who may not change the schema leaves that to who may.
        let admin = match self.config.database(Role::Admin) {
            Ok(Database::Postgres(admin)) => Some(admin),
            _ => None,
        };
        let access = Access {
            url: url.secret(),
            replicas: &replicas,
            admin_url: admin.as_ref().map(DatabaseUrl::secret),
        };
        let store = PostgresStore::open(access, self.clock.clone()).await;
        store.with_context(|| format!("cannot open the database {url}"))
    }

    /// How models are trained.
    pub fn recipe(&self) -> Recipe {
        let mut recipe = Recipe { seeds: self.config.training.seeds.max(1), ..Recipe::default() };
        recipe.trees.rounds = self.config.training.rounds;
        recipe.trees.seed = self.config.compute.seed;
        recipe.trees.threads = self.config.threads();
        recipe
    }
}

/// Randomness of the operating system.
pub fn random(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the operating system gives random bytes");
}

fn start_log(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log.filter)
        .with_context(|| format!("log.filter {:?} is not a filter", config.log.filter))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match config.log.format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
