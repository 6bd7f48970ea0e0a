//! Rules of seasons from a file: deductions of points, splits, play-offs.

use serde::Deserialize;
use thiserror::Error;
use touchline_domain::SeasonRules;
use touchline_domain::ports::{RosterWriter, StoreError};

/// Why a file of rules is not taken. Nothing of it is.
#[derive(Debug, Error)]
pub enum RulesError {
    /// It is no TOML of rules.
    #[error("not a table of rules: {0}")]
    Malformed(#[from] toml::de::Error),
    /// A season stands there twice.
    #[error("{league} {season} stands there twice; join the two")]
    Twice {
        /// The league as it is written.
        league: String,
        /// The season.
        season: touchline_domain::Season,
    },
    /// The store refuses them: the message says which league, team or number.
    #[error("{0}")]
    Store(#[from] StoreError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(default)]
    season: Vec<SeasonRules>,
}

/// What came of a file of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct ImportedRules {
    /// Seasons in the file.
    pub seasons: u64,
    /// Of these, seasons whose rules are other ones now.
    pub changed: u64,
}

/// Reads the text of a file of rules.
///
/// # Errors
/// It is no such text, or a season stands there twice.
pub fn read(text: &str) -> Result<Vec<SeasonRules>, RulesError> {
    let Rules { season: seasons } = toml::from_str(text)?;
    for (n, later) in seasons.iter().enumerate() {
        if seasons[..n].iter().any(|e| (&e.league, e.season) == (&later.league, later.season)) {
            return Err(RulesError::Twice { league: later.league.clone(), season: later.season });
        }
    }
    Ok(seasons)
}

/// Takes a file of rules into the store: each season in it replaces what was held for it.
///
/// # Errors
/// The text is no file of rules, or the store refuses it; then nothing is applied.
pub async fn import<S: RosterWriter + ?Sized>(store: &S, text: &str) -> Result<ImportedRules, RulesError> {
    let seasons = read(text)?;
    let changed = store.put_season_rules(&seasons).await?;
    Ok(ImportedRules { seasons: seasons.len() as u64, changed })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"
        [[season]]
        league = "E0"
        season = "2023-24"
        play_offs_from = "2024-05-11"

        [[season.deductions]]
        team = "Ashford"
        points = 10
        from = "2023-11-17"
        reason = "accounts"

        [[season.deductions]]
        team = "Ashford"
        points = -4
        from = "2024-02-26"

        [[season]]
        league = "SC0"
        season = "2023-24"

        [season.split]
        after = 33
        groups = [6, 6]
    "#;

    #[test]
    fn the_file_of_the_guide_is_read() {
        let rules = read(FILE).unwrap();
        assert_eq!(rules.len(), 2);
        let points: Vec<i16> = rules[0].deductions.iter().map(|d| d.points).collect();
        assert_eq!((points, rules[0].deductions[1].reason.as_str()), (vec![10, -4], ""));
        let split = rules[1].split.as_ref().unwrap();
        assert_eq!((split.after, split.groups.as_slice(), split.halve_points), (33, &[6, 6][..], false));
        assert_eq!(read("").unwrap(), []);
    }

    #[test]
    fn a_misspelt_key_and_a_season_given_twice_are_refused() {
        let misspelt = FILE.replace("points = 10", "point = 10");
        assert!(read(&misspelt).unwrap_err().to_string().contains("point"));
        let twice = FILE.replace("\"SC0\"", "\"E0\"");
        assert!(matches!(read(&twice), Err(RulesError::Twice { .. })));
    }
}
