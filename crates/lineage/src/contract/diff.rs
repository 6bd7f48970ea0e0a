//! What one contract promises and another does not.

use super::{Contract, Property};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// A version of three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u32, u32, u32);

impl FromStr for Version {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let numbers: Option<Vec<u32>> = text.split('.').map(|part| part.parse().ok()).collect();
        match numbers.as_deref() {
            Some([major, minor, patch]) => Ok(Self(*major, *minor, *patch)),
            _ => Err(format!("{text:?} is not a version; write it as 1.2.3")),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Whether readers are broken by a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// They are: the major version rises.
    Breaking,
    /// They go on as before: the minor version rises.
    Compatible,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Difference {
    /// Whether readers are broken.
    pub change: Change,
    /// Table and column, or the contract.
    pub place: String,
    /// What it was and is.
    pub what: String,
}

/// What a newer contract says differently from an older one, what breaks readers first.
pub fn compare(old: &Contract, new: &Contract) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut say = |change, place: &str, what: String| {
        found.push(Difference { change, place: place.to_owned(), what });
    };
    if old.id != new.id {
        say(Change::Breaking, "the contract", format!("was {}, is {}", old.id, new.id));
    }
    if old.description != new.description {
        let (was, is) = (&old.description.purpose, &new.description.purpose);
        say(Change::Compatible, "the contract", format!("meant {was:?}, means {is:?}"));
    }
    for table in &old.schema {
        let Some(kept) = new.schema.iter().find(|other| other.name == table.name) else {
            say(Change::Breaking, &table.name, "is gone".to_owned());
            continue;
        };
        for column in &table.properties {
            let place = format!("{}.{}", table.name, column.name);
            match kept.properties.iter().find(|other| other.name == column.name) {
                Some(other) => of_columns(column, other, |change, what| say(change, &place, what)),
                None => say(Change::Breaking, &place, "is gone".to_owned()),
            }
        }
        for column in &kept.properties {
            if table.properties.iter().all(|other| other.name != column.name) {
                say(Change::Compatible, &format!("{}.{}", table.name, column.name), "is new".to_owned());
            }
        }
    }
    for table in &new.schema {
        if old.schema.iter().all(|other| other.name != table.name) {
            say(Change::Compatible, &table.name, "is new".to_owned());
        }
    }
    found.sort();
    found
}

fn of_columns(old: &Property, new: &Property, mut say: impl FnMut(Change, String)) {
    if old.logical_type != new.logical_type {
        say(Change::Breaking, format!("was {}, is {}", old.logical_type, new.logical_type));
    } else if old.physical_type != new.physical_type {
        say(Change::Compatible, format!("was stored as {}, is as {}", old.physical_type, new.physical_type));
    }
    match (old.required, new.required) {
        (true, false) => say(Change::Breaking, "always held a value, may be empty".to_owned()),
        (false, true) => say(Change::Compatible, "might be empty, always holds a value".to_owned()),
        _ => {}
    }
    if old.primary_key_position != new.primary_key_position {
        say(Change::Breaking, "has another place in the key".to_owned());
    }
    if old.description != new.description {
        say(Change::Breaking, format!("meant {:?}, means {:?}", old.description, new.description));
    }
}

/// Whether the newer version has risen as its differences ask for.
///
/// # Errors
/// It has not, with the lowest version that would do.
pub fn allowed(old: &Contract, new: &Contract) -> Result<(), String> {
    let differences = compare(old, new);
    let (was, is): (Version, Version) = (old.version.parse()?, new.version.parse()?);
    let is_breaking = differences.iter().any(|difference| difference.change == Change::Breaking);
    let least = if is_breaking {
        Version(was.0 + 1, 0, 0)
    } else if differences.is_empty() {
        was
    } else {
        Version(was.0, was.1 + 1, 0)
    };
    if is >= least {
        return Ok(());
    }
    let said: Vec<String> = differences.iter().map(|d| format!("{} {}", d.place, d.what)).collect();
    Err(format!(
        "{} is of version {is} and must be of {least} at least, since {}",
        new.name,
        if said.is_empty() { format!("it was of {was}") } else { said.join("; ") }
    ))
}
