//! How sources write bookmakers and markets of odds: one table with a version (`prices.tsv`).

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::LazyLock;
use touchline_domain::MarketType;

/// The table: comments, of which one states the version, a heading line, then a spelling a line, fields separated by tabs.
const TABLE: &str = include_str!("prices.tsv");
/// No name of a bookmaker that is more than a code is shorter.
const SHORTEST: usize = 4;
/// What stands for every source.
const EVERY: &str = "*";

/// What a spelling is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceNameKind {
    /// A bookmaker.
    Bookmaker,
    /// A market.
    Market,
}

/// How a source writes a bookmaker or a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceName {
    /// What it is of.
    pub kind: PriceNameKind,
    /// The code under which prices are kept.
    pub code: &'static str,
    /// Its name in prose.
    pub name: &'static str,
    /// The source that writes it so; `*` is every one.
    pub source: &'static str,
    /// How it writes it.
    pub spelling: &'static str,
}

static NAMES: LazyLock<Vec<PriceName>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#')).skip(1);
    let name = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let kind = if next() == "market" { PriceNameKind::Market } else { PriceNameKind::Bookmaker };
        PriceName { kind, code: next(), name: next(), source: next(), spelling: next() }
    };
    lines.map(name).collect()
});

/// Codes by kind, source and spelling in lower case.
static CODES: LazyLock<HashMap<(PriceNameKind, &'static str, String), &'static str>> = LazyLock::new(|| {
    let entry = |name: &PriceName| ((name.kind, name.source, name.spelling.to_lowercase()), name.code);
    NAMES.iter().map(entry).collect()
});

/// Codes of bookmakers by spelling in lower case, whoever writes it; none where it means two.
static OF_ANY: LazyLock<HashMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut codes: HashMap<String, Option<&'static str>> = HashMap::new();
    for name in NAMES.iter().filter(|name| name.kind == PriceNameKind::Bookmaker) {
        let code = codes.entry(name.spelling.to_lowercase()).or_insert(Some(name.code));
        *code = code.filter(|code| *code == name.code);
    }
    codes
});

/// The whole table.
pub fn price_names() -> &'static [PriceName] {
    &NAMES
}

/// The version of the table.
pub fn price_names_version() -> u32 {
    let stated = TABLE.lines().find_map(|line| line.strip_prefix("# version "));
    stated.and_then(|text| text.trim().parse().ok()).unwrap_or_default()
}

fn code(kind: PriceNameKind, source: &str, written: &str) -> Option<&'static str> {
    let spelling = written.to_lowercase();
    let mut key = (kind, EVERY, spelling);
    if let Some(code) = CODES.get(&key) {
        return Some(code);
    }
    // A source that the table does not name has no spellings of its own.
    key.1 = NAMES.iter().find(|name| name.source == source)?.source;
    CODES.get(&key).copied()
}

/// The code of a bookmaker that a source writes so; none where the table does not have the spelling.
pub fn bookmaker(source: &str, written: &str) -> Option<&'static str> {
    code(PriceNameKind::Bookmaker, source, written)
}

/// The code of a bookmaker that any source writes so, where all of them mean one; none otherwise.
pub fn bookmaker_of_any(written: &str) -> Option<&'static str> {
    // Codes are short, and asked for by the thousand.
    if written.len() < SHORTEST {
        return None;
    }
    OF_ANY.get(&written.to_lowercase()).copied().flatten()
}

/// The market that a source writes so; none for markets that are not kept. Tables that people map have the source `tables`,
/// and prices of running matches of API-Football `api-football:live`.
pub fn market(source: &str, written: &str) -> Option<MarketType> {
    code(PriceNameKind::Market, source, written).and_then(|code| MarketType::from_str(code).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources;

    /// Whoever changes the table raises its version, and pins both here: what is read of a document depends on it.
    const PINNED: (u32, &str) = (1, "391ebd0bda2582ac");

    #[test]
    fn the_table_changes_with_its_version_alone() {
        let hash = blake3::hash(TABLE.as_bytes()).to_hex();
        assert_eq!((price_names_version(), &hash[..16]), PINNED);
    }

    #[test]
    fn every_line_is_whole_and_no_spelling_stands_for_two() {
        assert_eq!(CODES.len(), NAMES.len(), "a spelling stands twice");
        for name in price_names() {
            assert!([name.code, name.name, name.spelling].iter().all(|text| !text.is_empty()), "{name:?}");
            if name.kind == PriceNameKind::Market {
                assert!(MarketType::from_str(name.code).is_ok(), "{name:?}");
            }
            let source = name.source.split(':').next().unwrap();
            let is_known = [EVERY, "tables"].contains(&source) || sources::by_name(source).is_some();
            assert!(is_known, "{name:?}");
        }
    }

    #[test]
    fn bookmakers_and_markets_have_one_name_whoever_writes_them() {
        assert_eq!(bookmaker("api-football", "Pinnacle"), Some("PS"));
        assert_eq!(bookmaker("football-data", "P"), Some("PS"));
        assert_eq!(bookmaker("my-table", "PINNACLE"), Some("PS"));
        assert_eq!(bookmaker("my-table", "P"), None);
        assert_eq!(bookmaker("the-odds-api", "Betfair"), Some("BFE"));
        assert_eq!(bookmaker("api-football", "Betfair"), None, "nobody knows which of both is meant");
        assert_eq!(bookmaker_of_any("William Hill"), Some("WH"));
        assert_eq!(bookmaker_of_any("B365"), None, "it is the code");
        assert_eq!(market("the-odds-api", "h2h"), Some(MarketType::OneXTwo));
        assert_eq!(market("the-odds-api", "h2h_lay"), None);
        assert_eq!(market("tables", "Over/Under"), Some(MarketType::OverUnder));
    }
}
