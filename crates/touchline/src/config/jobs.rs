//! What runs by itself: the section `[jobs]`.

use serde::{Deserialize, Serialize};
use touchline_collect::providers::{self, Provider};
use touchline_domain::CollectionKind;

/// What runs by itself, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobsConfig {
    pub in_server: InServer,
    pub slots: u32,
    pub least_free_mib: u32,
    pub sources: Vec<WatchedSource>,
}

/// Whether the server runs scheduler and worker beside answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InServer {
    /// Where the database is a file.
    Auto,
    Always,
    Never,
}

/// A source that is collected by itself, written as `football-data:E0,D1`, or by its name alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WatchedSource {
    pub name: String,
    /// By the source's own codes; none for the usual ones.
    pub leagues: Vec<String>,
}

impl WatchedSource {
    /// Whether it has data of a kind.
    pub fn has(&self, kind: CollectionKind) -> bool {
        providers::by_name(&self.name).is_some_and(|provider| provider.kinds().contains(&kind))
    }
}

impl TryFrom<String> for WatchedSource {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let (name, leagues) = text.split_once(':').unwrap_or((&text, ""));
        if providers::by_name(name).is_none() {
            let known = providers::ALL.map(Provider::name).join(", ");
            return Err(format!("{name:?} is not a source that can be collected: {known}"));
        }
        let leagues = leagues.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
        Ok(Self { name: name.to_owned(), leagues })
    }
}

impl From<WatchedSource> for String {
    fn from(source: WatchedSource) -> Self {
        if source.leagues.is_empty() {
            source.name
        } else {
            format!("{}:{}", source.name, source.leagues.join(","))
        }
    }
}
