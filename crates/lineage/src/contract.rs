//! Contracts of datasets in the Open Data Contract Standard 3.1 (<https://bitol-io.github.io/open-data-contract-standard/v3.1.0/>):
//! what readers of a table may rely on. They are made from the schema of the database and from what columns mean, kept as
//! files under `contracts/`, and compared: what breaks readers raises the major version.

mod diff;
mod shipped;

pub use diff::{Change, Difference, Version, allowed, compare};
pub use shipped::{Shipped, shipped};

use crate::{Dataset, Field};
use serde::{Deserialize, Serialize};
use std::fmt::Write;
use thiserror::Error;
use touchline_domain::ports::SchemaColumn;

/// The version of the standard that is written.
const STANDARD: &str = "v3.1.0";

/// A contract. Of what the standard has, what this program promises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// The version of the standard.
    pub api_version: String,
    /// Always `DataContract`.
    pub kind: String,
    /// What it is known by, whatever its version.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its version.
    pub version: String,
    /// Such as `active`.
    pub status: String,
    /// What the data are.
    #[serde(default)]
    pub description: Description,
    /// Words to find it by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The tables.
    #[serde(default)]
    pub schema: Vec<SchemaObject>,
}

/// What the data are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// What they are.
    #[serde(default)]
    pub purpose: String,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaObject {
    /// Its name.
    pub name: String,
    /// `table`, or `file`.
    #[serde(default)]
    pub physical_type: String,
    /// Its columns.
    #[serde(default)]
    pub properties: Vec<Property>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Property {
    /// Its name.
    pub name: String,
    /// Its type, whatever the database.
    #[serde(default)]
    pub logical_type: String,
    /// Its type in a database of one file.
    #[serde(default)]
    pub physical_type: String,
    /// What it means.
    #[serde(default)]
    pub description: String,
    /// Whether it always holds a value.
    #[serde(default)]
    pub required: bool,
    /// Its place in the primary key, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key_position: Option<u32>,
}

/// Why there is no contract.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContractError {
    /// A column that nobody has described.
    #[error("the column {0}.{1} has no meaning: add it to crates/lineage/src/datasets.toml")]
    Undescribed(String, String),
    /// A described column that is not there.
    #[error("the column {0}.{1} is not in the schema: remove it from crates/lineage/src/datasets.toml")]
    Absent(String, String),
    /// A type that holds no such values.
    #[error(
        "the column {0}.{1} of type {2} holds no {3}: write another type in crates/lineage/src/datasets.toml"
    )]
    Type(String, String, String, String),
    /// No version.
    #[error("{0} has no contract")]
    Unversioned(String),
    /// A file that is none.
    #[error("this is no contract in the Open Data Contract Standard 3: {0}")]
    Malformed(String),
}

/// The contract of a dataset, whose table has these columns; a dataset that is files has those that are described.
///
/// # Errors
/// Schema and meanings do not agree.
pub fn generate(dataset: &Dataset, columns: &[SchemaColumn]) -> Result<Contract, ContractError> {
    let Dataset { name, version, about, tags, fields, layer, is_file } = dataset;
    let version = version.clone().ok_or_else(|| ContractError::Unversioned(name.clone()))?;
    let columns: Vec<&SchemaColumn> = columns.iter().filter(|column| column.table == *name).collect();
    let properties = if *is_file {
        fields.iter().map(of_file).collect()
    } else {
        if let Some(field) = fields.iter().find(|field| columns.iter().all(|c| c.column != field.name)) {
            return Err(ContractError::Absent(name.clone(), field.name.clone()));
        }
        columns.into_iter().map(|column| of_column(column, fields)).collect::<Result<_, _>>()?
    };
    let physical_type = if *is_file { "file" } else { "table" }.to_owned();
    let tags = std::iter::once(layer.name().to_owned()).chain(tags.iter().cloned()).collect();
    Ok(Contract {
        api_version: STANDARD.to_owned(),
        kind: "DataContract".to_owned(),
        id: format!("urn:touchline:contract:{name}"),
        name: name.clone(),
        version,
        status: "active".to_owned(),
        description: Description { purpose: about.clone() },
        tags,
        schema: vec![SchemaObject { name: name.clone(), physical_type, properties }],
    })
}

fn of_column(column: &SchemaColumn, fields: &[Field]) -> Result<Property, ContractError> {
    let SchemaColumn { table, column: name, kind, is_required, key_position } = column;
    let field = fields.iter().find(|field| field.name == *name);
    let Field { kind: logical, meaning, .. } =
        field.ok_or_else(|| ContractError::Undescribed(table.clone(), name.clone()))?;
    if !holds(kind, logical) {
        return Err(ContractError::Type(table.clone(), name.clone(), kind.clone(), logical.clone()));
    }
    Ok(Property {
        name: name.clone(),
        logical_type: logical.clone(),
        physical_type: kind.clone(),
        description: meaning.clone(),
        required: *is_required,
        primary_key_position: (*key_position > 0).then_some(*key_position),
    })
}

fn of_file(field: &Field) -> Property {
    Property {
        name: field.name.clone(),
        logical_type: field.kind.clone(),
        physical_type: "FLOAT32".to_owned(),
        description: field.meaning.clone(),
        required: false,
        primary_key_position: None,
    }
}

/// Whether a type of either database holds values of a logical type.
pub fn holds(physical: &str, logical: &str) -> bool {
    let physical = physical.to_ascii_lowercase();
    let is_one_of = |names: &[&str]| names.iter().any(|name| physical.starts_with(name));
    match logical {
        "integer" => is_one_of(&["integer", "smallint", "bigint"]),
        "number" => is_one_of(&["real", "any", "double", "numeric"]),
        // A file has no type of its own for these two.
        "boolean" => is_one_of(&["boolean", "integer"]),
        "timestamp" => is_one_of(&["timestamp", "integer"]),
        "string" => is_one_of(&["text", "blob", "bytea", "json", "character"]),
        _ => false,
    }
}

impl Contract {
    /// Reads one, in YAML. What this program does not know of the standard is left out.
    ///
    /// # Errors
    /// It is none.
    pub fn read(yaml: &str) -> Result<Self, ContractError> {
        let contract: Self =
            serde_saphyr::from_str(yaml).map_err(|error| ContractError::Malformed(error.to_string()))?;
        if contract.kind != "DataContract" || !contract.api_version.starts_with("v3.") {
            let Self { kind, api_version, .. } = contract;
            return Err(ContractError::Malformed(format!(
                "it says kind {kind:?}, apiVersion {api_version:?}"
            )));
        }
        Ok(contract)
    }

    /// Writes it, in YAML: the same contract in the same bytes.
    pub fn write(&self) -> String {
        let mut text = String::from(
            "# Made from the schema and from crates/lineage/src/datasets.toml; see docs/guides/contracts.md.\n",
        );
        let mut line = |depth: usize, name: &str, value: &str| {
            let _ = writeln!(text, "{:depth$}{name}: {value}", "");
        };
        line(0, "apiVersion", &self.api_version);
        line(0, "kind", &self.kind);
        line(0, "id", &quoted(&self.id));
        line(0, "name", &quoted(&self.name));
        line(0, "version", &quoted(&self.version));
        line(0, "status", &self.status);
        line(0, "description", "");
        line(2, "purpose", &quoted(&self.description.purpose));
        line(0, "tags", &quoted_list(&self.tags));
        line(0, "schema", "");
        for object in &self.schema {
            line(2, "- name", &quoted(&object.name));
            line(4, "logicalType", "object");
            line(4, "physicalType", &object.physical_type);
            line(4, "properties", "");
            for property in &object.properties {
                line(6, "- name", &quoted(&property.name));
                line(8, "logicalType", &property.logical_type);
                line(8, "physicalType", &quoted(&property.physical_type));
                line(8, "description", &quoted(&property.description));
                line(8, "required", &property.required.to_string());
                if let Some(position) = property.primary_key_position {
                    line(8, "primaryKey", "true");
                    line(8, "primaryKeyPosition", &position.to_string());
                }
            }
        }
        text.replace(": \n", ":\n")
    }
}

/// A text as JSON writes it, which YAML reads.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn quoted_list(texts: &[String]) -> String {
    format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests;
