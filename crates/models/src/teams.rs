//! Names of teams and the indices that models know them by.

use std::collections::HashMap;

/// Teams by name and by index.
///
/// Every model of this crate knows a team as an index counted from 0, so that its state is a flat array. `Teams` gives
/// each name its index, in the order in which names are first seen, and never changes it again: a set that grows season
/// by season keeps the indices that fitted models already use. Names are compared byte for byte; "Man City" and
/// "Manchester City" are two teams until the caller makes them one.
///
/// ```
/// use touchline_models::Teams;
/// let mut teams = Teams::from_names(["Ajax", "Feyenoord", "Ajax"]);
/// assert_eq!(teams.len(), 2);
/// assert_eq!(teams.index("Feyenoord")?, 1);
/// assert_eq!(teams.name(0), Some("Ajax"));
/// assert_eq!(teams.index_or_insert("PSV"), 2);
/// assert!(teams.index("PSG").is_err());
/// # Ok::<(), touchline_models::UnknownTeam>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<String>", into = "Vec<String>"))]
pub struct Teams {
    names: Vec<String>,
    indices: HashMap<String, usize>,
}

/// A name that [`Teams`] does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no team named {0:?}; check the spelling, or add it with Teams::index_or_insert")]
pub struct UnknownTeam(String);

impl Teams {
    /// No teams yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Teams in the order in which their names first appear; a name that is repeated counts once.
    pub fn from_names<I>(names: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut teams = Self::new();
        for name in names {
            teams.index_or_insert(name.as_ref());
        }
        teams
    }

    /// The index of a team.
    ///
    /// # Errors
    /// [`UnknownTeam`] for a name that was never added.
    pub fn index(&self, name: &str) -> Result<usize, UnknownTeam> {
        self.indices.get(name).copied().ok_or_else(|| UnknownTeam(name.to_owned()))
    }

    /// The index of a team, which is added where it is new.
    pub fn index_or_insert(&mut self, name: &str) -> usize {
        if let Some(index) = self.indices.get(name) {
            return *index;
        }
        let index = self.names.len();
        self.names.push(name.to_owned());
        self.indices.insert(name.to_owned(), index);
        index
    }

    /// The name of an index; `None` beyond the last team.
    pub fn name(&self, index: usize) -> Option<&str> {
        self.names.get(index).map(String::as_str)
    }

    /// All names, by index.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of teams: what models take as their number of teams.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are no teams.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl From<Vec<String>> for Teams {
    fn from(names: Vec<String>) -> Self {
        Self::from_names(names)
    }
}

impl From<Teams> for Vec<String> {
    fn from(teams: Teams) -> Self {
        teams.names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_unknown_name_says_what_to_do() {
        let error = Teams::from_names(["Ajax"]).index("ajax").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no team named \"ajax\"; check the spelling, or add it with Teams::index_or_insert"
        );
    }

    proptest! {
        #[test]
        fn indices_are_dense_stable_and_survive_storage(names in prop::collection::vec("[a-d]{0,2}", 0..60)) {
            let mut teams = Teams::new();
            for name in &names {
                let index = teams.index_or_insert(name);
                let len = teams.len();
                prop_assert_eq!(teams.index_or_insert(name), index);
                prop_assert_eq!(teams.len(), len);
            }
            for (index, name) in teams.names().iter().enumerate() {
                prop_assert_eq!(teams.index(name), Ok(index));
                prop_assert_eq!(teams.name(index), Some(name.as_str()));
            }
            prop_assert_eq!(teams.name(teams.len()), None);
            prop_assert_eq!(&Teams::from_names(&names), &teams);
            let text = serde_json::to_string(&teams).unwrap();
            prop_assert_eq!(serde_json::from_str::<Teams>(&text).unwrap(), teams);
        }
    }
}
