//! The leagues met while a document is read: each becomes a record once.

use touchline_domain::NewLeague;

/// Codes in the order in which they were met, which is the order of the records made of them.
#[derive(Debug, Default)]
pub(crate) struct LeagueIndex {
    leagues: Vec<NewLeague>,
    last: usize,
}

impl LeagueIndex {
    /// The index of a code; a new one is described by `describe`.
    pub(crate) fn index(&mut self, code: &str, describe: impl FnOnce() -> NewLeague) -> usize {
        self.find(code).unwrap_or_else(|| {
            self.leagues.push(describe());
            self.last = self.leagues.len() - 1;
            self.last
        })
    }

    /// The index of a code met before.
    pub(crate) fn find(&mut self, code: &str) -> Option<usize> {
        // Rows of a league stand together: most look-ups end here.
        if self.leagues.get(self.last).is_none_or(|league| league.code != code) {
            self.last = self.leagues.iter().position(|league| league.code == code)?;
        }
        Some(self.last)
    }

    /// The league of an index.
    pub(crate) fn get(&self, index: usize) -> &NewLeague {
        &self.leagues[index]
    }

    /// The leagues, in the order of their indices.
    pub(crate) fn into_leagues(self) -> Vec<NewLeague> {
        self.leagues
    }
}
