//! Results on standard output: text for people, JSON for programs.
#![expect(clippy::print_stdout, reason = "the one place that prints results")]

use anyhow::Result;
use serde::Serialize;

/// Prints a value as JSON, indented.
pub fn json(value: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints a line.
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Prints rows in columns: the first left-aligned, the others right-aligned.
pub fn table(heading: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([heading[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (column, (cell, width)) in cells.zip(&widths).enumerate() {
            let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
            if column == 0 {
                text.extend([cell, &padding]);
            } else {
                text.extend(["  ", &padding, cell]);
            }
        }
        println!("{}", text.trim_end());
    };
    print(&mut heading.iter().copied());
    for row in rows {
        print(&mut row.iter().map(String::as_str));
    }
}

/// A number with thousands apart.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn thousands_are_apart() {
        assert_eq!(super::count(7), "7");
        assert_eq!(super::count(299_214), "299,214");
        assert_eq!(super::count(1_000_000), "1,000,000");
    }
}
