//! Prices that a person gathered where no interface gives them any more: a row per price, as CSV with the headings of the
//! preset `odds-rows`, or as JSON with the same names: a list of objects, or an object whose `odds` is one.

use crate::tables::{TableSource, Told, presets};
use crate::text::{JSON, unpack};
use crate::{Document, DocumentError, Parsed, Source};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::fmt::Write;

const NAME: &str = "odds-import";
/// The names of values, which are those of the table's columns.
const NAMES: [&str; 11] = [
    "id",
    "league",
    "commence_time",
    "home_team",
    "away_team",
    "bookmaker",
    "market",
    "outcome",
    "price",
    "point",
    "last_update",
];
/// Without these a row says nothing.
const NEEDED: [&str; 7] =
    ["commence_time", "home_team", "away_team", "bookmaker", "market", "outcome", "price"];

/// Reads prices by rows. A row's line is its number plus one, as in the table with a heading.
#[derive(Debug, Clone, Copy, Default)]
pub struct OddsImport;

impl Source for OddsImport {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let is_json =
            bytes.iter().find(|b| !b.is_ascii_whitespace()).is_some_and(|b| matches!(b, b'[' | b'{'));
        let table = if is_json { table(&bytes)?.into_bytes() } else { bytes.into_owned() };
        let map = presets::by_name("odds-rows").expect("a preset of the program").clone();
        let reader = TableSource::new(map, Told::default()).expect("a preset needs nothing to be told");
        let mut parsed = reader.parse(&Document { name: document.name, bytes: &table }, collected_at)?;
        for league in &mut parsed.leagues {
            NAME.clone_into(&mut league.source);
        }
        Ok(parsed)
    }
}

/// The rows of JSON as a table.
fn table(bytes: &[u8]) -> Result<String, DocumentError> {
    let json = |what: String| DocumentError::Json(what);
    let root: Value = serde_json::from_slice(bytes).map_err(|e| json(e.to_string()))?;
    let rows = root.as_array().or_else(|| root["odds"].as_array());
    let rows =
        rows.ok_or_else(|| json("write a list of prices, or an object whose \"odds\" is one".to_owned()))?;
    if rows.is_empty() {
        return Err(DocumentError::Empty);
    }
    let mut text = NAMES.join(",");
    for (n, row) in (1..).zip(rows) {
        if let Some(missing) = NEEDED.iter().find(|name| row[**name].is_null()) {
            return Err(json(format!("price {n} has no {missing:?}; each has {}", NEEDED.join(", "))));
        }
        text.push('\n');
        for (at, name) in NAMES.iter().enumerate() {
            let value = match &row[*name] {
                Value::Null => String::new(),
                Value::String(text) => text.replace(['\n', '\r'], " "),
                other => other.to_string(),
            };
            let comma = if at == 0 { "" } else { "," };
            let _ = write!(text, "{comma}\"{}\"", value.replace('"', "\"\""));
        }
    }
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::MarketType;

    fn parse(text: &str) -> Result<Parsed, DocumentError> {
        let now = "2026-03-01T12:00:00Z".parse().unwrap();
        OddsImport.parse(&Document { name: "odds.json", bytes: text.as_bytes() }, now)
    }

    fn row(outcome: &str, price: &str, more: &str) -> String {
        format!(
            r#"{{"league": "E0", "commence_time": "2026-03-07T15:00:00Z", "home_team": "Aau, \"the\" Town", "away_team": "Bäu",
            "bookmaker": "Wette", "outcome": "{outcome}", "price": {price}, "last_update": "2026-02-28T18:00:00Z", {more}}}"#
        )
    }

    #[test]
    fn rows_of_json_and_of_a_table_are_the_same() {
        let h2h = r#""market": "h2h""#;
        let rows =
            [row("Aau, \\\"the\\\" Town", "1.8", h2h), row("Draw", "\"3.6\"", h2h), row("Bäu", "4.5", h2h)];
        let totals = r#""market": "totals", "point": 2.5"#;
        let rows =
            [&rows[..], &[row("Over", "1.9", totals), row("Under", "1.95", totals)]].concat().join(",");
        let parsed = parse(&format!("[{rows}]")).unwrap();
        assert_eq!(parsed.matches.len(), 1, "{:?}", parsed.rejections);
        let found = &parsed.matches[0];
        assert_eq!(
            (found.home.as_str(), parsed.leagues[0].source.as_str()),
            ("Aau, \"the\" Town", "odds-import")
        );
        let markets: Vec<_> = found.odds.iter().map(|quote| (quote.market, quote.line_quarters)).collect();
        assert_eq!(markets, [(MarketType::OneXTwo, None), (MarketType::OverUnder, Some(10))]);
        assert_eq!(found.odds[0].known_at.to_rfc3339(), "2026-02-28T18:00:00+00:00");
        assert_eq!(parse(&format!("{{\"odds\": [{rows}]}}")).unwrap().matches, parsed.matches);
        let csv = "league,commence_time,home_team,away_team,bookmaker,market,outcome,price,last_update\n\
                   E0,2026-03-07T15:00:00Z,Aau,Bau,Wette,h2h,Aau,1.8,2026-02-28T18:00:00Z\n\
                   E0,2026-03-07T15:00:00Z,Aau,Bau,Wette,h2h,Bau,4.4,2026-02-28T18:00:00Z\n";
        assert_eq!(parse(csv).unwrap().matches[0].odds.len(), 1);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (text, told) in [
            ("{\"quotes\": []}".to_owned(), "odds"),
            (format!("[{}]", row("Draw", "null", "\"market\": \"h2h\"")), "price"),
            ("[1]".to_owned(), "commence_time"),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
        assert_eq!(parse("[]"), Err(DocumentError::Empty));
    }
}
