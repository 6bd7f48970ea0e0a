//! Results on standard output: text for people, JSON for programs. Where nobody reads any more, as behind `head`, the
//! program ends quietly.

use anyhow::Result;
use comfy_table::{CellAlignment, Table, presets};
use indicatif::HumanCount;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// Prints a value as JSON, indented.
pub fn json(value: &impl Serialize) -> Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints a line.
#[expect(clippy::print_stderr, reason = "the only place left to say it")]
pub fn line(text: impl std::fmt::Display) {
    if let Err(error) = writeln!(std::io::stdout(), "{text}") {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("error: cannot write to standard output: {error}");
        std::process::exit(1);
    }
}

/// Prints rows in columns: the first left-aligned, the others right-aligned.
pub fn table(heading: &[&str], rows: &[Vec<String>]) {
    line(in_columns(heading, rows));
}

/// Characters of two columns, such as Chinese ones, count as two.
fn in_columns(heading: &[&str], rows: &[Vec<String>]) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(heading.iter().copied()).add_rows(rows);
    for (n, column) in table.column_iter_mut().enumerate() {
        column.set_padding((if n == 0 { 0 } else { 2 }, 0));
        column.set_cell_alignment(if n == 0 { CellAlignment::Left } else { CellAlignment::Right });
    }
    table.trim_fmt()
}

/// A number with thousands apart.
pub fn count(n: u64) -> String {
    HumanCount(n).to_string()
}

/// An error with its causes, each said once: many say what their cause says.
pub fn told(error: &(dyn std::error::Error + 'static)) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message = format!("{message}: {text}");
        }
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        assert_eq!(count(7), "7");
        assert_eq!(count(299_214), "299,214");
        assert_eq!(count(1_000_000), "1,000,000");
    }

    #[test]
    fn columns_align_whatever_the_alphabet() {
        let rows =
            [["上海申花", "1"], ["Zürich", "12"], ["-", ""]].map(|row| row.map(str::to_owned).to_vec());
        let text = in_columns(&["team", "goals"], &rows);
        assert_eq!(text, "team      goals\n上海申花      1\nZürich       12\n-");
        let alone = in_columns(&["match", "home"], &[]);
        assert_eq!(alone, "match  home");
    }
}
