//! What datasets there are, and what their columns mean.

use crate::{BACKUPS, SOURCES};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use toml::{Table, Value};
use touchline_domain::ports::NodeName;

/// How far facts have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layer {
    /// As they came.
    Bronze,
    /// Cleaned.
    Silver,
    /// Computed from what is cleaned.
    Gold,
}

impl Layer {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }

    /// The namespace of its datasets.
    pub fn namespace(self) -> &'static str {
        match self {
            Self::Bronze => "football_db.bronze",
            Self::Silver => "football_db.silver",
            Self::Gold => "football_db.gold",
        }
    }
}

/// A column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type in the words of the Open Data Contract Standard, such as `timestamp`.
    pub kind: String,
    /// What it means.
    pub meaning: String,
    /// What computes it, for a column that is computed: the family of a feature.
    pub family: Option<String>,
}

/// A dataset that people read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Its name: that of its table, where it has one.
    pub name: String,
    /// How far its facts have come.
    pub layer: Layer,
    /// The version of its contract; none where it has none.
    pub version: Option<String>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// What it is.
    pub about: String,
    /// Its columns.
    pub fields: Vec<Field>,
    /// Whether it is files beside the database rather than a table, whatever tables there are.
    pub is_file: bool,
}

impl Dataset {
    /// Its name with its namespace.
    pub fn node(&self) -> NodeName {
        NodeName::new(self.layer.namespace(), &self.name)
    }
}

/// All datasets of the store.
#[derive(Debug, Clone)]
pub struct Catalogue {
    datasets: Vec<Dataset>,
}

#[derive(Deserialize)]
struct Written {
    layer: Layer,
    version: Option<String>,
    tags: Vec<String>,
    about: String,
    columns: Table,
    #[serde(default)]
    is_file: bool,
}

/// The datasets of the file beside this one, by name.
static WRITTEN: LazyLock<Vec<Dataset>> = LazyLock::new(|| {
    let text = include_str!("datasets.toml");
    let written: BTreeMap<String, Written> = toml::from_str(text).expect("the program's own file is read");
    written.into_iter().map(|(name, written)| of_written(name, written)).collect()
});

fn of_written(name: String, written: Written) -> Dataset {
    let Written { layer, version, tags, about, columns, is_file } = written;
    let field = |(name, said): (String, Value)| {
        let said = said.as_str().unwrap_or_default();
        let (kind, meaning) = said.split_once(": ").unwrap_or(("string", said));
        Field { name, kind: kind.to_owned(), meaning: meaning.to_owned(), family: None }
    };
    Dataset { name, layer, version, tags, about, fields: columns.into_iter().map(field).collect(), is_file }
}

impl Catalogue {
    /// The datasets of the store, with these columns of the feature matrix.
    pub fn new(features: Vec<Field>) -> Self {
        let mut datasets = WRITTEN.clone();
        if let Some(matrix) = datasets.iter_mut().find(|dataset| dataset.name == "features") {
            matrix.fields = features;
        }
        Self { datasets }
    }

    /// All datasets, by name.
    pub fn datasets(&self) -> &[Dataset] {
        &self.datasets
    }

    /// A dataset by its name within the store.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|dataset| dataset.name == name)
    }

    /// A dataset by its name and namespace.
    pub fn of_node(&self, node: &NodeName) -> Option<&Dataset> {
        self.dataset(&node.name).filter(|dataset| dataset.layer.namespace() == node.namespace)
    }

    /// The node of a dataset as jobs name it: that of a table by its name, `source:NAME` and `backup:NAME`.
    pub(crate) fn node(&self, named: &str) -> NodeName {
        match named.split_once(':') {
            Some(("source", name)) => NodeName::new(SOURCES, name),
            Some(("backup", name)) => NodeName::new(BACKUPS, name),
            _ => self.dataset(named).map_or_else(|| NodeName::new(SOURCES, named), Dataset::node),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dataset_says_what_its_columns_mean() {
        let kinds = ["string", "integer", "number", "boolean", "timestamp", "date"];
        for dataset in Catalogue::new(Vec::new()).datasets() {
            assert!(!dataset.about.is_empty() && !dataset.tags.is_empty(), "{}", dataset.name);
            assert!(dataset.name == "features" || !dataset.fields.is_empty(), "{}", dataset.name);
            for field in &dataset.fields {
                assert!(
                    kinds.contains(&field.kind.as_str()),
                    "{}.{}: {}",
                    dataset.name,
                    field.name,
                    field.kind
                );
                assert!(!field.meaning.is_empty(), "{}.{}", dataset.name, field.name);
            }
        }
    }

    #[test]
    fn datasets_are_found_by_their_names() {
        let catalogue = Catalogue::new(Vec::new());
        assert_eq!(catalogue.node("matches"), NodeName::new("football_db.silver", "matches"));
        assert_eq!(catalogue.node("source:clubelo"), NodeName::new("football_sources", "clubelo"));
        assert!(catalogue.of_node(&NodeName::new("football_db.gold", "matches")).is_none());
    }
}
