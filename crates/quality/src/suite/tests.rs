use super::*;
use crate::table::Column;
use serde_json::json;

fn table() -> Table {
    let texts = |values: &[&str]| {
        Column::Texts(values.iter().map(|v| (!v.is_empty()).then(|| (*v).into())).collect())
    };
    Table::new(vec![
        ("goals".to_owned(), Column::Numbers(vec![0.0, 1.0, 2.0, 120.0, f64::NAN])),
        ("other".to_owned(), Column::Numbers(vec![0.0, 0.0, 2.0, f64::NAN, f64::NAN])),
        ("club".to_owned(), texts(&["Arsenal", "Arsenal", "Leeds", "", "Fulham"])),
    ])
    .unwrap()
}

fn judge(name: &str, kwargs: &Value) -> Verdict {
    let suite = json!({ "name": "x", "expectations": [{ "type": name, "kwargs": kwargs }] });
    Suite::read(&suite.to_string()).unwrap().validate(&table()).results.remove(0)
}

#[test]
fn nulls_leave_the_denominator() {
    let verdict = judge(
        "expect_column_values_to_be_between",
        &json!({"column": "goals", "max_value": 99, "mostly": 0.75}),
    );
    let result = verdict.result.unwrap();
    assert!(verdict.success);
    assert_eq!((result.element_count, result.missing_count, result.unexpected_count), (5, 1, 1));
    assert_eq!(result.unexpected_percent, Some(25.0));
    assert_eq!(result.partial_unexpected_list, [json!(120.0)]);
    assert_eq!(result.partial_unexpected_index_list, [3]);
    assert!(
        !judge("expect_column_values_to_be_between", &json!({"column": "goals", "max_value": 99})).success
    );
    assert!(!judge("expect_column_values_to_not_be_null", &json!({"column": "club", "mostly": 0.9})).success);
    assert!(judge("expect_column_values_to_not_be_null", &json!({"column": "club", "mostly": 0.8})).success);
}

#[test]
fn pairs_with_one_null_are_judged_unless_told_otherwise() {
    let kwargs = json!({"column_A": "goals", "column_B": "other", "or_equal": true});
    let name = "expect_column_pair_values_a_to_be_greater_than_b";
    let verdict = judge(name, &kwargs);
    let result = verdict.result.unwrap();
    assert_eq!((result.missing_count, result.unexpected_count), (1, 1));
    let mut kwargs = kwargs;
    kwargs["ignore_row_if"] = json!("either_value_is_missing");
    assert!(judge(name, &kwargs).success);
}

#[test]
fn what_is_not_known_is_refused_by_name() {
    let read = |name: &str, kwargs: Value| {
        let suite = json!({"name": "x", "expectations": [{"expectation_type": name, "kwargs": kwargs}]});
        Suite::read(&suite.to_string()).map(|_| ()).unwrap_err().to_string()
    };
    let error = read("expect_column_kl_divergence_to_be_less_than", json!({}));
    assert!(error.contains("expectation 1") && error.contains("expect_column_kl_divergence"), "{error}");
    let between = "expect_column_values_to_be_between";
    assert!(read(between, json!({"column": "a", "row_condition": "b > 1"})).contains("row_condition"));
    assert!(read(between, json!({"column": "a", "min_value": {"$PARAMETER": "low"}})).contains("parameter"));
    assert!(read(between, json!({"column": "a", "mostly": 2})).contains("mostly"));
    let error = read("expect_column_values_to_match_regex", json!({"column": "a", "regex": "("}));
    assert!(error.contains("pattern"), "{error}");
}

#[test]
fn both_spellings_are_read_and_the_newer_is_written() {
    let old = json!({
        "expectation_suite_name": "s",
        "expectations": [{"expectation_type": "expect_column_to_exist", "kwargs": {"column": "goals"}}]
    });
    let suite = Suite::read(&old.to_string()).unwrap();
    let written: Value = serde_json::from_str(&suite.write()).unwrap();
    assert_eq!(written["name"], "s");
    assert_eq!(written["expectations"][0]["type"], "expect_column_to_exist");
    assert_eq!(written["meta"]["great_expectations_version"], GREAT_EXPECTATIONS);
    assert_eq!(Suite::read(&suite.write()).unwrap().expectations, suite.expectations);
}

#[test]
fn shipped_suites_and_checkpoints_fit_together() {
    let suites = shipped();
    assert_eq!(suites[0].suite.name, "足球比赛数据质量检查");
    assert_eq!(suites[1].suite.name, "赔率数据质量检查");
    for checkpoint in checkpoints() {
        for validation in checkpoint.validations {
            let found = suites.iter().find(|shipped| shipped.suite.name == validation.suite).unwrap();
            assert_eq!(found.table, validation.table);
        }
    }
}

#[test]
fn a_column_that_is_not_there_fails_and_says_so() {
    let verdict = judge("expect_column_mean_to_be_between", &json!({"column": "none"}));
    assert!(!verdict.success && verdict.exception.unwrap().contains("none"));
    let verdict = judge("expect_column_sum_to_be_between", &json!({"column": "club"}));
    assert!(!verdict.success && verdict.exception.unwrap().contains("texts"));
}

#[test]
fn sums_of_implied_probabilities_are_judged_row_by_row() {
    let table = Table::new(vec![
        ("h".to_owned(), Column::Numbers(vec![2.0, 5.0, 2.0])),
        ("d".to_owned(), Column::Numbers(vec![3.4, 5.0, f64::NAN])),
        ("a".to_owned(), Column::Numbers(vec![4.0, 5.0, 4.0])),
    ])
    .unwrap();
    let suite = json!({"name": "x", "expectations": [{
        "type": "expect_multicolumn_implied_probability_sum_to_be_between",
        "kwargs": {"column_list": ["h", "d", "a"], "min_value": 0.95, "max_value": 1.2,
            "ignore_row_if": "any_value_is_missing"}
    }]});
    let result = Suite::read(&suite.to_string()).unwrap().validate(&table).results.remove(0).result.unwrap();
    assert_eq!((result.missing_count, result.partial_unexpected_index_list), (1, vec![1]));
}

#[test]
fn aggregates_see_what_is_there() {
    let good = |name: &str, kwargs: Value| judge(name, &kwargs).success;
    assert!(good(
        "expect_column_median_to_be_between",
        json!({"column": "goals", "min_value": 1.5, "max_value": 1.5})
    ));
    assert!(good("expect_column_max_to_be_between", json!({"column": "goals", "min_value": 120})));
    assert!(!good(
        "expect_column_max_to_be_between",
        json!({"column": "goals", "min_value": 120, "strict_min": true})
    ));
    let set = json!({"column": "club", "value_set": ["Arsenal", "Leeds", "Fulham"]});
    assert!(good("expect_column_distinct_values_to_equal_set", set));
    let set = json!({"column": "club", "value_set": ["Arsenal"]});
    assert!(good("expect_column_most_common_value_to_be_in_set", set.clone()));
    assert!(!good("expect_column_distinct_values_to_be_in_set", set.clone()));
    assert!(good("expect_column_distinct_values_to_contain_set", set));
    let ranges = json!({"quantiles": [0.0, 1.0], "value_ranges": [[0, 0], [null, 120]]});
    assert!(good(
        "expect_column_quantile_values_to_be_between",
        json!({"column": "goals", "quantile_ranges": ranges})
    ));
}

#[test]
fn parts_of_a_table_are_judged_as_one() {
    let suite = json!({"name": "x", "expectations": [
        {"type": "expect_column_values_to_be_between", "kwargs": {"column": "n", "max_value": 5, "mostly": 0.7}},
    ]});
    let suite = Suite::read(&suite.to_string()).unwrap();
    let part = |values: &[f64]| Table::new(vec![("n".to_owned(), Column::Numbers(values.to_vec()))]).unwrap();
    let mut joined = suite.validate(&part(&[1.0, 9.0]));
    assert!(!joined.success);
    joined.merge(suite.validate(&part(&[1.0, 2.0, f64::NAN])));
    let whole = suite.validate(&part(&[1.0, 9.0, 1.0, 2.0, f64::NAN]));
    assert_eq!(joined, whole);
    assert!((joined.share_as_expected() - 0.75).abs() < 1e-12);
}
