//! Arguments of expectations: which there are, and reading them.

use super::Expectation;
use crate::table::{Cell, Column, Key, Table};
use regex::Regex;
use serde_json::{Map, Value};
use std::collections::HashSet;

/// Arguments that change what is looked at and that no expectation here takes, unless they are null.
const REFUSED: [&str; 3] = ["row_condition", "condition_parser", "unexpected_rows_query"];

pub(super) struct Arguments<'a>(&'a Map<String, Value>);

impl<'a> Arguments<'a> {
    pub fn of(expectation: &'a Expectation) -> Self {
        Self(&expectation.kwargs)
    }

    /// What can be said without a table.
    pub fn check(&self) -> Result<(), String> {
        for (name, value) in self.0 {
            if REFUSED.contains(&name.as_str()) && !value.is_null() {
                return Err(format!("{name} is not supported; check a table of the rows that are meant"));
            }
            if value.get("$PARAMETER").is_some() {
                return Err(format!("{name} refers to a suite parameter; write its value"));
            }
        }
        let mostly = self.mostly()?;
        if !(0.0..=1.0).contains(&mostly) {
            return Err(format!("mostly is {mostly}; it lies in 0 to 1"));
        }
        for name in ["regex", "regex_list"] {
            self.patterns(name)?;
        }
        Ok(())
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub fn mostly(&self) -> Result<f64, String> {
        Ok(self.number("mostly")?.unwrap_or(1.0))
    }

    pub fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let read =
            |value: &Value| value.as_f64().ok_or_else(|| format!("{name} is {value}, and must be a number"));
        self.get(name).map(read).transpose()
    }

    pub fn needed(&self, name: &str) -> Result<f64, String> {
        self.number(name)?.ok_or_else(|| format!("the argument {name} is missing"))
    }

    pub fn flag(&self, name: &str, otherwise: bool) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(otherwise)
    }

    pub fn text(&self, name: &str) -> Result<&'a str, String> {
        self.get(name).and_then(Value::as_str).ok_or_else(|| format!("the argument {name} is missing"))
    }

    pub fn choice(&self, name: &str, otherwise: &'static str) -> &'a str {
        self.get(name).and_then(Value::as_str).unwrap_or(otherwise)
    }

    pub fn list(&self, name: &str) -> Result<&'a [Value], String> {
        let list = self.get(name).and_then(Value::as_array);
        list.map(Vec::as_slice).ok_or_else(|| format!("the argument {name} is missing, or no list"))
    }

    pub fn object(&self, name: &str) -> Result<&'a Map<String, Value>, String> {
        self.get(name).and_then(Value::as_object).ok_or_else(|| format!("the argument {name} is missing"))
    }

    pub fn texts(&self, name: &str) -> Result<Vec<&'a str>, String> {
        let text = |value: &'a Value| {
            value.as_str().ok_or_else(|| format!("{name} holds {value}, which is no text"))
        };
        self.list(name)?.iter().map(text).collect()
    }

    /// The values of a set as keys.
    pub fn set(&self, name: &str) -> Result<HashSet<Key>, String> {
        self.list(name)?.iter().map(|value| cell(value).map(Cell::key)).collect()
    }

    /// Patterns of one argument, a text or a list of texts; of none where it is absent.
    pub fn patterns(&self, name: &str) -> Result<Vec<Regex>, String> {
        let texts = match self.get(name) {
            None => Vec::new(),
            Some(Value::String(one)) => vec![one.as_str()],
            Some(_) => self.texts(name)?,
        };
        let read = |text: &str| {
            Regex::new(text).map_err(|e| format!("{text:?} is no pattern that can be read: {e}"))
        };
        texts.into_iter().map(read).collect()
    }

    pub fn interval(&self) -> Result<Interval, String> {
        Ok(Interval {
            low: self.number("min_value")?,
            high: self.number("max_value")?,
            without_low: self.flag("strict_min", false),
            without_high: self.flag("strict_max", false),
        })
    }

    pub fn column<'t>(&self, name: &str, table: &'t Table) -> Result<&'t Column, String> {
        let column = self.text(name)?;
        table.column(column).ok_or_else(|| format!("the table has no column {column:?}"))
    }

    pub fn columns<'t>(&self, table: &'t Table) -> Result<Vec<&'t Column>, String> {
        let find = |name| table.column(name).ok_or_else(|| format!("the table has no column {name:?}"));
        self.texts("column_list")?.into_iter().map(find).collect()
    }
}

pub(super) fn cell(value: &Value) -> Result<Cell<'_>, String> {
    match value {
        Value::Null => Ok(Cell::Null),
        Value::Number(number) => Ok(Cell::Number(number.as_f64().unwrap_or(f64::NAN))),
        Value::String(text) => Ok(Cell::Text(text)),
        other => Err(format!("{other} is neither a number nor a text")),
    }
}

/// The numbers of a column; an error where it holds texts.
pub(super) fn numbers(column: &Column) -> Result<&[f64], String> {
    match column {
        Column::Numbers(values) => Ok(values),
        Column::Texts(_) => Err("the column holds texts, and the expectation needs numbers".to_owned()),
    }
}

/// Ends of an interval, each open or closed or absent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interval {
    low: Option<f64>,
    high: Option<f64>,
    without_low: bool,
    without_high: bool,
}

impl Interval {
    pub fn holds(self, x: f64) -> bool {
        let above = |low: f64| if self.without_low { x > low } else { x >= low };
        let below = |high: f64| if self.without_high { x < high } else { x <= high };
        self.low.is_none_or(above) && self.high.is_none_or(below)
    }
}
