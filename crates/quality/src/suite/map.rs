//! Expectations that are asked row by row: of one column, of two, of several.

use super::arguments::{Arguments, Interval, numbers};
use super::verdict::{MapResult, Verdict, listed};
use crate::detect::moments;
use crate::table::{Cell, Column, Key, Table};
use std::collections::{HashMap, HashSet};

pub(super) const KINDS: [&str; 20] = [
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_column_pair_values_to_be_equal",
    "expect_column_pair_values_to_be_in_set",
    "expect_column_value_lengths_to_be_between",
    "expect_column_value_lengths_to_equal",
    "expect_column_value_z_scores_to_be_less_than",
    "expect_column_values_to_be_between",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_be_null",
    "expect_column_values_to_be_unique",
    "expect_column_values_to_match_regex",
    "expect_column_values_to_match_regex_list",
    "expect_column_values_to_not_be_in_set",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_not_match_regex",
    "expect_column_values_to_not_match_regex_list",
    "expect_compound_columns_to_be_unique",
    "expect_multicolumn_implied_probability_sum_to_be_between",
    "expect_multicolumn_sum_to_equal",
    "expect_select_column_values_to_be_unique_within_record",
];

type Asked<'t> = Box<dyn Fn(Cell<'t>) -> bool + 't>;

pub(super) fn judge<'t>(kind: &str, arguments: &Arguments<'_>, table: &'t Table) -> Result<Verdict, String> {
    if kind.starts_with("expect_column_pair") {
        return pairs(kind, arguments, table);
    }
    if kind.contains("column_values") || kind.contains("column_value_") && !kind.contains("select") {
        if kind.starts_with("expect_select") {
            return several(kind, arguments, table);
        }
        let column = arguments.column("column", table)?;
        // Nulls are judged where nulls are what is asked about.
        let about_nulls = kind.ends_with("be_null");
        let asked: Asked<'t> = match kind {
            "expect_column_values_to_be_null" => Box::new(Cell::is_null),
            "expect_column_values_to_not_be_null" => Box::new(|cell: Cell<'_>| !cell.is_null()),
            _ => values(kind, arguments, column)?,
        };
        let expected = |row| {
            let cell = column.cell(row);
            (about_nulls || !cell.is_null()).then(|| asked(cell))
        };
        let result = MapResult::of(table.rows(), expected, |row| column.cell(row).json());
        return Ok(Verdict::rows(result, arguments.mostly()?));
    }
    several(kind, arguments, table)
}

/// What a column's values are asked.
fn values<'t>(kind: &str, arguments: &Arguments<'_>, column: &'t Column) -> Result<Asked<'t>, String> {
    Ok(match kind {
        "expect_column_values_to_be_between" => {
            numbers(column)?;
            let interval = arguments.interval()?;
            Box::new(move |cell| matches!(cell, Cell::Number(x) if interval.holds(x)))
        }
        "expect_column_values_to_be_in_set" => {
            let set = arguments.set("value_set")?;
            Box::new(move |cell| set.contains(&cell.key()))
        }
        "expect_column_values_to_not_be_in_set" => {
            let set = arguments.set("value_set")?;
            Box::new(move |cell| !set.contains(&cell.key()))
        }
        "expect_column_values_to_be_unique" => {
            let counts = count(column.cells().map(Cell::key));
            Box::new(move |cell| counts[&cell.key()] == 1)
        }
        "expect_column_value_z_scores_to_be_less_than" => {
            let (of, threshold) = (moments(numbers(column)?), arguments.needed("threshold")?);
            let both = arguments.flag("double_sided", true);
            Box::new(move |cell| {
                let Cell::Number(x) = cell else { return true };
                let z = (x - of.mean) / of.sd;
                // No score where nothing varies.
                of.sd == 0.0 || z.is_nan() || if both { z.abs() < threshold.abs() } else { z < threshold }
            })
        }
        "expect_column_value_lengths_to_equal" => {
            let wanted = arguments.needed("value")?;
            lengths(column, move |length| (length - wanted).abs() < f64::EPSILON)?
        }
        "expect_column_value_lengths_to_be_between" => {
            let interval: Interval = arguments.interval()?;
            lengths(column, move |length| interval.holds(length))?
        }
        _ => matching(kind, arguments, column)?,
    })
}

fn lengths<'t>(column: &Column, good: impl Fn(f64) -> bool + 't) -> Result<Asked<'t>, String> {
    if matches!(column, Column::Numbers(_)) {
        return Err("the column holds numbers, and the expectation needs texts".to_owned());
    }
    Ok(Box::new(move |cell| matches!(cell, Cell::Text(text) if good(text.chars().count() as f64))))
}

/// What texts are asked about patterns.
fn matching<'t>(kind: &str, arguments: &Arguments<'_>, column: &Column) -> Result<Asked<'t>, String> {
    if matches!(column, Column::Numbers(_)) {
        return Err("the column holds numbers, and patterns need texts".to_owned());
    }
    let name = if kind.ends_with("list") { "regex_list" } else { "regex" };
    let patterns = arguments.patterns(name)?;
    if patterns.is_empty() {
        return Err(format!("the argument {name} is missing"));
    }
    let (refused, all) = (kind.contains("_not_"), arguments.choice("match_on", "any") == "all");
    Ok(Box::new(move |cell| {
        let Cell::Text(text) = cell else { return true };
        let mut hits = patterns.iter().map(|pattern| pattern.is_match(text));
        if refused {
            !hits.any(|hit| hit)
        } else if all {
            hits.all(|hit| hit)
        } else {
            hits.any(|hit| hit)
        }
    }))
}

fn count<K: Eq + std::hash::Hash>(keys: impl Iterator<Item = K>) -> HashMap<K, usize> {
    let mut counts = HashMap::new();
    keys.for_each(|key| *counts.entry(key).or_default() += 1);
    counts
}

/// Expectations of two columns.
fn pairs(kind: &str, arguments: &Arguments<'_>, table: &Table) -> Result<Verdict, String> {
    let (a, b) = (arguments.column("column_A", table)?, arguments.column("column_B", table)?);
    let judged = rule_for_nulls(
        arguments.choice("ignore_row_if", "both_values_are_missing"),
        ["both_values_are_missing", "either_value_is_missing", "neither"],
    )?;
    let set: HashSet<(Key, Key)> = if kind.ends_with("in_set") {
        let pair = |value: &serde_json::Value| match value.as_array().map(Vec::as_slice) {
            Some([a, b]) => Ok((super::arguments::cell(a)?.key(), super::arguments::cell(b)?.key())),
            _ => Err(format!("value_pairs_set holds {value}, which is no pair")),
        };
        arguments.list("value_pairs_set")?.iter().map(pair).collect::<Result<_, _>>()?
    } else {
        HashSet::new()
    };
    let or_equal = arguments.flag("or_equal", false);
    let good = |row: usize| match (a.cell(row), b.cell(row)) {
        (a, b) if kind.ends_with("in_set") => set.contains(&(a.key(), b.key())),
        // A null equals nothing, not even a null.
        (Cell::Null, _) | (_, Cell::Null) => false,
        (a, b) if kind.ends_with("equal") => a == b,
        (Cell::Number(a), Cell::Number(b)) => a > b || or_equal && a >= b,
        (Cell::Text(a), Cell::Text(b)) => a > b || or_equal && a >= b,
        _ => false,
    };
    let cells = |row: usize| [a.cell(row), b.cell(row)].into_iter();
    let nulls = |row| cells(row).filter(|cell| cell.is_null()).count();
    let expected = |row| judged(nulls(row), 2).then(|| good(row));
    let result = MapResult::of(table.rows(), expected, |row| listed(cells(row)));
    Ok(Verdict::rows(result, arguments.mostly()?))
}

/// Whether a row is judged, by how many of its cells are null and how many there are.
type Judged = fn(usize, usize) -> bool;

/// Which rows are judged, by the names of the rules "not if all are null", "not if any is null" and "always".
fn rule_for_nulls(chosen: &str, names: [&str; 3]) -> Result<Judged, String> {
    match names.iter().position(|name| *name == chosen) {
        Some(0) => Ok(|nulls, all| nulls < all),
        Some(1) => Ok(|nulls, _| nulls == 0),
        Some(_) => Ok(|_, _| true),
        None => Err(format!("ignore_row_if is {chosen:?}; write one of {names:?}")),
    }
}

/// Expectations of several columns.
fn several(kind: &str, arguments: &Arguments<'_>, table: &Table) -> Result<Verdict, String> {
    let columns = arguments.columns(table)?;
    let judged = rule_for_nulls(
        arguments.choice("ignore_row_if", "all_values_are_missing"),
        ["all_values_are_missing", "any_value_is_missing", "never"],
    )?;
    let cells = |row: usize| columns.iter().map(move |column| column.cell(row));
    let is_judged = |row| judged(cells(row).filter(|cell| cell.is_null()).count(), columns.len());
    let sum = |row: usize, of: fn(f64) -> f64| -> f64 {
        cells(row).map(|cell| if let Cell::Number(x) = cell { of(x) } else { f64::NAN }).sum()
    };
    let good: Box<dyn Fn(usize) -> bool> = match kind {
        "expect_multicolumn_sum_to_equal" => {
            columns.iter().try_for_each(|column| numbers(column).map(drop))?;
            let total = arguments.needed("sum_total")?;
            #[expect(clippy::float_cmp, reason = "the original compares exactly")]
            Box::new(move |row| sum(row, |x| x) == total)
        }
        "expect_multicolumn_implied_probability_sum_to_be_between" => {
            columns.iter().try_for_each(|column| numbers(column).map(drop))?;
            let interval = arguments.interval()?;
            Box::new(move |row| interval.holds(sum(row, f64::recip)))
        }
        "expect_select_column_values_to_be_unique_within_record" => Box::new(move |row| {
            let keys: HashSet<Key> = cells(row).map(Cell::key).collect();
            keys.len() == cells(row).count()
        }),
        _ => {
            let counts =
                count((0..table.rows()).filter(|row| is_judged(*row)).map(|row| keys(&columns, row)));
            let columns = &columns;
            Box::new(move |row| counts[&keys(columns, row)] == 1)
        }
    };
    let expected = |row| is_judged(row).then(|| good(row));
    let result = MapResult::of(table.rows(), expected, |row| listed(cells(row)));
    Ok(Verdict::rows(result, arguments.mostly()?))
}

fn keys(columns: &[&Column], row: usize) -> Vec<Key> {
    columns.iter().map(|column| column.cell(row).key()).collect()
}
