//! A map as it stands in its file: TOML, of which every key is known and every value keeps its place for messages.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// One heading, or several of which the first that a file has counts.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    pub(super) fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(name) => vec![name],
            Self::Several(names) => names,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MapFile {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) about: String,
    pub(super) source: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) file: FileKeys,
    pub(super) columns: BTreeMap<String, Spanned<Names>>,
    #[serde(default)]
    pub(super) dates: DateKeys,
    #[serde(default)]
    pub(super) seasons: SeasonKeys,
    #[serde(default)]
    pub(super) leagues: BTreeMap<String, Spanned<LeagueKeys>>,
    #[serde(default)]
    pub(super) statuses: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    pub(super) results: ResultKeys,
    #[serde(default)]
    pub(super) constants: ConstantKeys,
    #[serde(default)]
    pub(super) statistics: BTreeMap<String, Spanned<[Names; 2]>>,
    #[serde(default)]
    pub(super) odds: Vec<Spanned<OddsKeys>>,
    pub(super) prices: Option<PriceKeys>,
    pub(super) competitions: Option<CompetitionKeys>,
}

/// What the column `tournament` names: words by kind, in the names of competitions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CompetitionKeys {
    pub(super) country: Spanned<String>,
    #[serde(default)]
    pub(super) friendlies: Vec<String>,
    #[serde(default)]
    pub(super) qualifiers: Vec<String>,
    #[serde(default)]
    pub(super) leagues: Vec<String>,
    #[serde(default)]
    pub(super) cups: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileKeys {
    pub(super) separator: Option<Spanned<String>>,
    pub(super) encoding: Option<Spanned<String>>,
    pub(super) skip_lines: Option<Spanned<u32>>,
    #[serde(default)]
    pub(super) sheets: Vec<String>,
    pub(super) missing: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    pub(super) without: Vec<String>,
    #[serde(default)]
    pub(super) lenient: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DateKeys {
    pub(super) formats: Option<Spanned<Vec<String>>>,
    pub(super) timezone: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) midnight_is_unknown: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeasonKeys {
    pub(super) year: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum LeagueKeys {
    Code(String),
    Own(OwnLeague),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnLeague {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) country: String,
    pub(super) level: u8,
    pub(super) kind: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResultKeys {
    #[serde(default)]
    pub(super) home: Vec<String>,
    #[serde(default)]
    pub(super) draw: Vec<String>,
    #[serde(default)]
    pub(super) away: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConstantKeys {
    pub(super) league: Option<Spanned<String>>,
    pub(super) season: Option<Spanned<String>>,
    pub(super) country: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OddsKeys {
    pub(super) bookmaker: String,
    pub(super) market: String,
    pub(super) phase: String,
    /// Home, draw, away; over, under; home, away; yes, no.
    pub(super) columns: Vec<Names>,
    pub(super) line: Option<f64>,
    pub(super) line_column: Option<Names>,
}

/// Tables with a row per price.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceKeys {
    pub(super) bookmaker: Spanned<Names>,
    pub(super) market: Option<Spanned<Names>>,
    /// Which outcome the price is of; without it, `home`, `draw` and `away` are columns.
    pub(super) outcome: Option<Spanned<Names>>,
    pub(super) price: Option<Spanned<Names>>,
    pub(super) home: Option<Spanned<Names>>,
    pub(super) draw: Option<Spanned<Names>>,
    pub(super) away: Option<Spanned<Names>>,
    pub(super) line: Option<Spanned<Names>>,
    pub(super) known_at: Option<Spanned<Names>>,
}
