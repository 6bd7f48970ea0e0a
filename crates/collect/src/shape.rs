//! What answers of a source look like: the fields that they have, as paths. A shape is learned from answers as they come; a
//! later one that lacks a field which all had, or has one that none had, shows that the source has changed: a canary, which
//! tells it before values go missing unseen.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Levels of JSON that are looked at, and fields.
const DEEPEST: usize = 8;
const MOST: usize = 2_000;
/// Elements of a list that are looked at: optional fields of one stand in another.
const ELEMENTS: usize = 500;
/// Fields that all of so many answers had are expected.
const ENOUGH: u32 = 3;
/// An object of more fields than this is a table by keys.
const MOST_KEYS: usize = 150;
const LARGEST: usize = 8 << 20;

/// The fields of one answer.
pub type Fields = BTreeSet<String>;

/// What answers have had, and how many of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Answers it was learned from.
    pub answers: u32,
    /// In how many of them each field was.
    pub fields: BTreeMap<String, u32>,
}

/// How an answer differs from a shape.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Fields that every answer had before.
    pub missing: Vec<String>,
    /// Fields that no answer had before.
    pub unknown: Vec<String>,
}

impl Drift {
    /// Whether nothing differs.
    pub fn is_none(&self) -> bool {
        self.missing.is_empty() && self.unknown.is_empty()
    }
}

impl Shape {
    /// How an answer differs from what came before; nothing until enough came.
    pub fn drift(&self, fields: &Fields) -> Drift {
        if self.answers < ENOUGH {
            return Drift::default();
        }
        let always = self.fields.iter().filter(|(_, n)| **n == self.answers).map(|(field, _)| field);
        // Where a part is missing, its fields are not told one by one.
        let missing: Vec<String> = always.filter(|field| !fields.contains(*field)).cloned().collect();
        let is_within = |field: &String| missing.iter().any(|other| is_part(field, other));
        let unknown: Vec<String> = fields.iter().filter(|f| !self.fields.contains_key(*f)).cloned().collect();
        let is_new_within = |field: &String| unknown.iter().any(|other| is_part(field, other));
        Drift {
            missing: missing.iter().filter(|field| !is_within(field)).cloned().collect(),
            unknown: unknown.iter().filter(|field| !is_new_within(field)).cloned().collect(),
        }
    }

    /// Takes an answer's fields in. A change is told once: what is missing is expected no more.
    pub fn learn(&mut self, fields: &Fields) {
        self.answers = self.answers.saturating_add(1);
        for field in fields {
            let seen = self.fields.get(field).copied();
            let new = self.answers;
            // A field that is new counts as one that was always there, as soon as it is in the next answers too.
            let count = seen.map_or(1, |n| n.saturating_add(1).min(new));
            if self.fields.len() < MOST || seen.is_some() {
                self.fields.insert(field.clone(), count);
            }
        }
    }
}

fn is_part(field: &str, whole: &str) -> bool {
    field.strip_prefix(whole).is_some_and(|rest| rest.starts_with(['.', '[']))
}

/// The fields of an answer: paths of JSON, headings of a table, names of cells of a page; none of anything else.
pub fn fields(body: &[u8]) -> Option<Fields> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let start = body.iter().find(|b| !b.is_ascii_whitespace())?;
    if body.len() > LARGEST {
        return None;
    }
    match start {
        b'{' | b'[' => {
            let root: Value = serde_json::from_slice(body).ok()?;
            let mut fields = Fields::new();
            walk(&root, "", 0, &mut fields);
            Some(fields)
        }
        b'<' => cells(body),
        _ => headings(body),
    }
}

fn walk(value: &Value, path: &str, depth: usize, fields: &mut Fields) {
    if fields.len() >= MOST || depth > DEEPEST {
        return;
    }
    match value {
        Value::Object(object) => {
            let is_table = object.len() > MOST_KEYS
                || !object.is_empty() && object.keys().all(|key| key.bytes().all(|b| b.is_ascii_digit()));
            for (key, inner) in object.iter().take(ELEMENTS) {
                let name = if is_table { "*" } else { key.as_str() };
                let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
                fields.insert(path.clone());
                walk(inner, &path, depth + 1, fields);
            }
        }
        Value::Array(list) => {
            for inner in list.iter().take(ELEMENTS) {
                walk(inner, &format!("{path}[]"), depth + 1, fields);
            }
        }
        _ => {}
    }
}

/// The headings of a table: its first line, where that has several names and no numbers.
fn headings(body: &[u8]) -> Option<Fields> {
    let line = body.split(|b| *b == b'\n').next()?;
    let line = String::from_utf8_lossy(&line[..line.len().min(64 << 10)]);
    let names: Vec<&str> =
        line.trim().split([',', ';', '\t']).map(str::trim).filter(|n| !n.is_empty()).collect();
    let is_heading = names.len() > 1 && names.iter().all(|name| name.parse::<f64>().is_err());
    is_heading.then(|| names.into_iter().take(MOST).map(str::to_owned).collect())
}

/// The names of a page's cells (`data-stat`).
fn cells(body: &[u8]) -> Option<Fields> {
    let text = String::from_utf8_lossy(body);
    let names = text.split("data-stat=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let names: Fields = names.filter(|name| name.len() <= 60).take(100_000).map(str::to_owned).collect();
    (!names.is_empty() && names.len() <= MOST).then_some(names)
}

/// What stands for all documents of one sort in a name: the name without its digits.
pub fn pattern(document: &str) -> String {
    document.chars().filter(|c| !c.is_ascii_digit()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Fields {
        fields(text.as_bytes()).unwrap()
    }

    #[test]
    fn paths_and_headings_are_fields() {
        let json = of(r#"{"a": [{"b": 1}, {"c": {"d": null}}], "teams": {"71": {"x": 1}, "72": {"y": 2}}}"#);
        let expected = ["a", "a[].b", "a[].c", "a[].c.d", "teams", "teams.*", "teams.*.x", "teams.*.y"];
        assert_eq!(json.iter().map(String::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(of("Div,Date,FTHG\nE0,1,2").len(), 3);
        assert_eq!(of("<table><td data-stat=\"score\">1</td><td data-stat=\"home_xg\">").len(), 2);
        assert_eq!(fields(b"1,2,3\n"), None);
        assert_eq!(fields(b"  "), None);
        assert_eq!(pattern("2425/E0.csv"), pattern("2526/E1.csv"));
    }

    #[test]
    fn what_all_had_is_missed_and_what_none_had_is_new_once() {
        let mut shape = Shape::default();
        let usual = of(r#"{"matches": [{"score": {"home": 1}, "xg": 1}]}"#);
        let without_optional = of(r#"{"matches": [{"score": {"home": 1}}]}"#);
        for fields in [&usual, &without_optional, &usual] {
            assert!(shape.drift(fields).is_none());
            shape.learn(fields);
        }
        let changed = of(r#"{"matches": [{"result": {"home": 1}}]}"#);
        let drift = shape.drift(&changed);
        assert_eq!(
            (drift.missing, drift.unknown),
            (vec!["matches[].score".to_owned()], vec!["matches[].result".to_owned()])
        );
        shape.learn(&changed);
        assert!(shape.drift(&changed).is_none(), "told once");
        let text = serde_json::to_string(&shape).unwrap();
        assert_eq!(serde_json::from_str::<Shape>(&text).unwrap(), shape);
    }
}
