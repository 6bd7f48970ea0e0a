use super::StoreError;
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;

/// A trained model known to the registry; its files are a bundle, see [`ArtifactStore`](super::ArtifactStore).
#[derive(Debug, Clone, PartialEq)]
pub struct ModelVersion {
    /// Name of the model.
    pub name: String,
    /// Version, such as the time of training.
    pub version: String,
    /// Folder of the bundle, relative to the data folder.
    pub path: String,
    /// BLAKE3 of the bundle's manifest.
    pub manifest_hash: String,
    /// When it was trained.
    pub trained_at: DateTime<Utc>,
    /// Metrics with their samples, as JSON.
    pub metrics: serde_json::Value,
}

/// What a version of a model is for. Each name of a model has at most one version under each alias; the names are
/// MLflow's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelAlias {
    /// It answers.
    Champion,
    /// It is compared with the champion.
    Challenger,
    /// It was the champion before, and is again after a rollback.
    Previous,
}

impl ModelAlias {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Champion, Self::Challenger, Self::Previous];

    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Champion => "champion",
            Self::Challenger => "challenger",
            Self::Previous => "previous",
        }
    }
}

impl FromStr for ModelAlias {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|alias| alias.name() == name);
        found.ok_or_else(|| {
            format!("{name:?} is not an alias of a model; use champion, challenger or previous")
        })
    }
}

/// An alias with the version that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssignedAlias {
    /// Name of the model.
    pub name: String,
    /// The alias.
    pub alias: ModelAlias,
    /// The version.
    pub version: String,
    /// Since when it has the alias.
    pub assigned_at: DateTime<Utc>,
}

/// Which version of one model has which alias. Stores read it, change it and write it back in one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aliases(BTreeMap<ModelAlias, String>);

impl Aliases {
    /// The version that has an alias.
    pub fn get(&self, alias: ModelAlias) -> Option<&str> {
        self.0.get(&alias).map(String::as_str)
    }

    /// All aliases with their versions.
    pub fn iter(&self) -> impl Iterator<Item = (ModelAlias, &str)> {
        self.0.iter().map(|(alias, version)| (*alias, version.as_str()))
    }

    /// Makes a version the champion; the champion before becomes the previous one.
    pub fn promote(&mut self, version: &str) {
        if self.get(ModelAlias::Champion) == Some(version) {
            return;
        }
        self.0.retain(|_, holder| holder != version);
        if let Some(before) = self.0.insert(ModelAlias::Champion, version.to_owned()) {
            self.0.insert(ModelAlias::Previous, before);
        }
    }

    /// Makes a version the challenger; false where it is the champion, which cannot challenge itself.
    pub fn challenge(&mut self, version: &str) -> bool {
        if self.get(ModelAlias::Champion) == Some(version) {
            return false;
        }
        self.0.retain(|_, holder| holder != version);
        self.0.insert(ModelAlias::Challenger, version.to_owned());
        true
    }

    /// Exchanges the champion with the previous version; the champion now, or none where there is no previous one.
    pub fn roll_back(&mut self) -> Option<String> {
        let back = self.0.remove(&ModelAlias::Previous)?;
        if let Some(before) = self.0.insert(ModelAlias::Champion, back.clone()) {
            self.0.insert(ModelAlias::Previous, before);
        }
        Some(back)
    }
}

impl FromIterator<(ModelAlias, String)> for Aliases {
    fn from_iter<T: IntoIterator<Item = (ModelAlias, String)>>(assigned: T) -> Self {
        Self(assigned.into_iter().collect())
    }
}

/// The registry of trained models.
#[async_trait]
pub trait ModelReader: Send + Sync {
    /// The version of a model that has an alias.
    ///
    /// # Errors
    /// The store is not available.
    async fn aliased(&self, name: &str, alias: ModelAlias) -> Result<Option<ModelVersion>, StoreError>;

    /// All aliases by name of the model and alias.
    ///
    /// # Errors
    /// The store is not available.
    async fn model_aliases(&self) -> Result<Vec<AssignedAlias>, StoreError>;

    /// All versions, latest first.
    ///
    /// # Errors
    /// The store is not available.
    async fn versions(&self) -> Result<Vec<ModelVersion>, StoreError>;
}

/// Registering trained models.
#[async_trait]
pub trait ModelWriter: Send + Sync {
    /// Registers a version; the same name and version again must have the same manifest. A registered version has no
    /// alias.
    ///
    /// # Errors
    /// The store is not available, or the version exists with another manifest.
    async fn register(&self, model: &ModelVersion) -> Result<(), StoreError>;

    /// Makes a registered version the champion of its name. The champion before becomes the previous one; the version
    /// is no challenger any more. Promoting the champion changes nothing.
    ///
    /// # Errors
    /// The store is not available, or the version is not registered.
    async fn promote(&self, name: &str, version: &str) -> Result<(), StoreError>;

    /// Makes a registered version the challenger of its name.
    ///
    /// # Errors
    /// The store is not available, the version is not registered, or it is the champion.
    async fn challenge(&self, name: &str, version: &str) -> Result<(), StoreError>;

    /// Exchanges the champion of a name with the previous one; the version that is the champion now, or none where
    /// there is no previous one (then nothing changes).
    ///
    /// # Errors
    /// The store is not available.
    async fn roll_back(&self, name: &str) -> Result<Option<String>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn alias_names_read_back() {
        for alias in ModelAlias::ALL {
            assert_eq!(alias.name().parse(), Ok(alias));
            assert_eq!(serde_json::to_value(alias).unwrap(), alias.name());
        }
        assert!("production".parse::<ModelAlias>().unwrap_err().contains("champion"));
    }

    proptest! {
        #[test]
        fn a_rollback_undoes_a_promotion_and_no_version_has_two_aliases(
            steps in prop::collection::vec((0_u8..3, 0_u8..4), 0..20), last in 0_u8..4,
        ) {
            let mut aliases = Aliases::default();
            for (step, version) in steps {
                let version = version.to_string();
                match step {
                    0 => aliases.promote(&version),
                    1 => drop(aliases.challenge(&version)),
                    _ => drop(aliases.roll_back()),
                }
                let mut holders: Vec<&str> = aliases.iter().map(|(_, version)| version).collect();
                holders.sort_unstable();
                let before = holders.len();
                holders.dedup();
                prop_assert_eq!(holders.len(), before);
            }
            let champion = aliases.get(ModelAlias::Champion).map(str::to_owned);
            aliases.promote(&last.to_string());
            if let Some(champion) = champion.filter(|c| *c != last.to_string()) {
                prop_assert_eq!(aliases.roll_back(), Some(champion));
            }
        }
    }
}
