//! Names of leagues and teams: which are the same for certain, and which resemble one another. Pure: what is known comes
//! as values. What resembles may fill a message or a list of suggestions, and never decides.

mod aliases;
mod catalogue;
mod fold;
mod index;
mod prices;
mod similar;

pub use aliases::known_spellings;
pub use catalogue::{KnownLeague, known_league, known_leagues};
pub use fold::{fold, key};
pub use index::{KnownTeam, NameIndex};
pub use prices::{
    PriceName, PriceNameKind, bookmaker, bookmaker_of_any, market, price_names, price_names_version,
};
pub use similar::similarity;

/// Less alike than this is not worth a suggestion.
const LEAST: f64 = 0.6;

/// The known names most like `name`, best first, at most `limit`, only where they have something in common.
pub fn resembling<'a>(name: &str, known: impl Iterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let mut scored: Vec<(f64, &str)> =
        known.map(|k| (similarity(name, k), k)).filter(|(s, _)| *s >= LEAST).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(limit).map(|(_, k)| k).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_suffixes_do_not_hide_a_resemblance() {
        let known = ["Gimnasia", "São Bento", "Hapoel Haifa", "Cumbayá"];
        assert_eq!(resembling("Cumbaya FC", known.into_iter(), 2), ["Cumbayá"]);
        assert_eq!(resembling("Sao Bento", known.into_iter(), 1), ["São Bento"]);
        assert!(resembling("Xyz", known.into_iter(), 3).is_empty());
    }
}
