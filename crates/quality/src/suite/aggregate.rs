//! Expectations about one number, or the set of values, of a column.

use super::arguments::{Arguments, numbers};
use super::verdict::Verdict;
use crate::detect::{moments, quantile};
use crate::table::{Cell, Column, Key, Table};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

pub(super) const KINDS: [&str; 14] = [
    "expect_column_distinct_values_to_be_in_set",
    "expect_column_distinct_values_to_contain_set",
    "expect_column_distinct_values_to_equal_set",
    "expect_column_max_to_be_between",
    "expect_column_mean_to_be_between",
    "expect_column_median_to_be_between",
    "expect_column_min_to_be_between",
    "expect_column_most_common_value_to_be_in_set",
    "expect_column_proportion_of_non_null_values_to_be_between",
    "expect_column_proportion_of_unique_values_to_be_between",
    "expect_column_quantile_values_to_be_between",
    "expect_column_stdev_to_be_between",
    "expect_column_sum_to_be_between",
    "expect_column_unique_value_count_to_be_between",
];

pub(super) fn judge(kind: &str, arguments: &Arguments<'_>, table: &Table) -> Result<Verdict, String> {
    let column = arguments.column("column", table)?;
    if kind.contains("distinct_values") || kind.contains("most_common") {
        return sets(kind, arguments, column);
    }
    if kind.contains("quantile") {
        return quantiles(arguments, column);
    }
    let present = column.cells().filter(|cell| !cell.is_null()).count();
    let distinct =
        || column.cells().filter(|cell| !cell.is_null()).map(Cell::key).collect::<HashSet<_>>().len();
    let share = |part: usize, of: usize| if of == 0 { 0.0 } else { part as f64 / of as f64 };
    let observed = match kind {
        "expect_column_unique_value_count_to_be_between" => Some(distinct() as f64),
        "expect_column_proportion_of_unique_values_to_be_between" => Some(share(distinct(), present)),
        "expect_column_proportion_of_non_null_values_to_be_between" => Some(share(present, table.rows())),
        _ => statistic(kind, numbers(column)?),
    };
    let interval = arguments.interval()?;
    Ok(match observed {
        Some(x) => Verdict::observed(interval.holds(x), x),
        None => Verdict::observed(false, Value::Null),
    })
}

/// A number of a column; none where it has no values.
fn statistic(kind: &str, values: &[f64]) -> Option<f64> {
    let mut present: Vec<f64> = values.iter().copied().filter(|x| !x.is_nan()).collect();
    let of = moments(&present);
    if kind.contains("sum") {
        return Some(present.iter().sum());
    }
    if kind.contains("stdev") {
        return (of.count > 1).then_some(of.sd);
    }
    present.sort_unstable_by(f64::total_cmp);
    match kind {
        "expect_column_min_to_be_between" => present.first().copied(),
        "expect_column_max_to_be_between" => present.last().copied(),
        "expect_column_median_to_be_between" => Some(quantile(&present, 0.5)).filter(|x| !x.is_nan()),
        _ => (of.count > 0).then_some(of.mean),
    }
}

fn sets(kind: &str, arguments: &Arguments<'_>, column: &Column) -> Result<Verdict, String> {
    let wanted = arguments.set("value_set")?;
    let mut counts: HashMap<Key, (usize, Cell<'_>)> = HashMap::new();
    for cell in column.cells().filter(|cell| !cell.is_null()) {
        counts.entry(cell.key()).or_insert((0, cell)).0 += 1;
    }
    if kind.contains("most_common") {
        let most = counts.values().map(|(count, _)| *count).max().unwrap_or_default();
        let (keys, cells): (Vec<&Key>, Vec<Cell<'_>>) = counts
            .iter()
            .filter(|(_, (count, _))| *count == most)
            .map(|(key, (_, cell))| (key, *cell))
            .unzip();
        let hits = keys.iter().filter(|key| wanted.contains(key)).count();
        let good = hits > 0 && (arguments.flag("ties_okay", false) || keys.len() == 1);
        return Ok(Verdict::observed(good, super::verdict::listed(cells.into_iter())));
    }
    let within = counts.keys().all(|key| wanted.contains(key));
    let contains = wanted.iter().filter(|key| **key != Key::Null).all(|key| counts.contains_key(key));
    let good = match kind {
        "expect_column_distinct_values_to_be_in_set" => within,
        "expect_column_distinct_values_to_contain_set" => contains,
        _ => within && contains,
    };
    Ok(Verdict::observed(good, counts.len()))
}

/// Quantiles by the nearest value, as the original has them unless it is told otherwise.
fn quantiles(arguments: &Arguments<'_>, column: &Column) -> Result<Verdict, String> {
    let ranges = arguments.object("quantile_ranges")?;
    let list = |name: &str| {
        ranges.get(name).and_then(Value::as_array).ok_or_else(|| format!("quantile_ranges has no {name}"))
    };
    let mut sorted: Vec<f64> = numbers(column)?.iter().copied().filter(|x| !x.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let (mut good, mut observed) = (true, Vec::new());
    for (share, range) in list("quantiles")?.iter().zip(list("value_ranges")?) {
        let share = share.as_f64().ok_or("a quantile is a number")?;
        let value = nearest(&sorted, share);
        let end = |i: usize| range.get(i).and_then(Value::as_f64);
        good &=
            value.is_some_and(|x| end(0).is_none_or(|low| low <= x) && end(1).is_none_or(|high| x <= high));
        observed.push(value);
    }
    Ok(Verdict::observed(good, json!({ "quantiles": list("quantiles")?, "values": observed })))
}

/// The value whose place is nearest to the quantile's, the even place of two that are as near.
fn nearest(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((share * last as f64).round_ties_even() as usize).copied()
}
