//! Expectations about a table's rows and columns as such.

use super::arguments::Arguments;
use super::verdict::Verdict;
use crate::table::Table;
use serde_json::Value;
use std::collections::BTreeSet;

pub(super) const KINDS: [&str; 7] = [
    "expect_column_to_exist",
    "expect_table_column_count_to_be_between",
    "expect_table_column_count_to_equal",
    "expect_table_columns_to_match_ordered_list",
    "expect_table_columns_to_match_set",
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
];

pub(super) fn judge(kind: &str, arguments: &Arguments<'_>, table: &Table) -> Result<Verdict, String> {
    let names: Vec<&str> = table.names().collect();
    let list = || Value::from(names.clone());
    let count = if kind.contains("row_count") { table.rows() } else { names.len() };
    Ok(match kind {
        "expect_column_to_exist" => {
            let column = arguments.text("column")?;
            let place = names.iter().position(|name| *name == column);
            let wanted = arguments.number("column_index")?;
            let good = place.is_some_and(|place| {
                wanted.is_none_or(|wanted| (wanted - place as f64).abs() < f64::EPSILON)
            });
            Verdict::observed(good, place)
        }
        "expect_table_columns_to_match_ordered_list" => {
            Verdict::observed(names == arguments.texts("column_list")?, list())
        }
        "expect_table_columns_to_match_set" => {
            let wanted: BTreeSet<&str> = arguments.texts("column_set")?.into_iter().collect();
            let held: BTreeSet<&str> = names.iter().copied().collect();
            let exact = arguments.flag("exact_match", true);
            Verdict::observed(if exact { held == wanted } else { wanted.is_subset(&held) }, list())
        }
        "expect_table_row_count_to_equal" | "expect_table_column_count_to_equal" => {
            Verdict::observed((count as f64 - arguments.needed("value")?).abs() < f64::EPSILON, count)
        }
        _ => Verdict::observed(arguments.interval()?.holds(count as f64), count),
    })
}
