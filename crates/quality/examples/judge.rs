//! Judges tables by suites: reads a line of JSON per case, `{"table": [[NAME, [VALUE, ...]], ...], "suite": {...}}`, and writes a
//! line with the verdicts. For comparisons with other implementations, see `bench/quality/expectations.py`.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use serde_json::{Value, json};
use std::error::Error;
use std::io::BufRead;
use touchline_quality::suite::Suite;
use touchline_quality::{Column, Table};

fn column(values: &[Value]) -> Column {
    if values.iter().any(Value::is_string) {
        Column::Texts(values.iter().map(|value| value.as_str().map(Into::into)).collect())
    } else {
        Column::Numbers(values.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in std::io::stdin().lock().lines() {
        let case: Value = serde_json::from_str(&line?)?;
        let columns = case["table"].as_array().ok_or("a case has a table")?.iter().map(|pair| {
            let values = pair[1].as_array().map_or(&[][..], Vec::as_slice);
            (pair[0].as_str().unwrap_or_default().to_owned(), column(values))
        });
        let result = Suite::read(&case["suite"].to_string())?.validate(&Table::new(columns.collect())?);
        let verdicts = result.results.iter().map(|verdict| {
            let counts = verdict.result.as_ref();
            json!({
                "type": verdict.name,
                "success": verdict.success,
                "unexpected_count": counts.map(|r| r.unexpected_count),
                "unexpected_percent": counts.and_then(|r| r.unexpected_percent),
                "exception": verdict.exception,
            })
        });
        println!("{}", Value::Array(verdicts.collect()));
    }
    Ok(())
}
