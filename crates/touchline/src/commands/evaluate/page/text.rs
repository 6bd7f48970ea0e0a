//! Text within HTML and SVG.

/// Text with the characters that markup gives a meaning replaced.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(c),
        }
    }
    out
}

/// A number with its sign, a true minus among them; nothing but zeros has none.
pub fn signed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    if text.bytes().all(|b| matches!(b, b'0' | b'.')) {
        return text;
    }
    format!("{}{text}", if value < 0.0 { '\u{2212}' } else { '+' })
}

/// What follows a number: plus or minus its standard error; nothing where a single match leaves it unknown.
pub fn plus_minus(standard_error: f64, digits: usize) -> String {
    if standard_error.is_finite() { format!(" ± {standard_error:.digits$}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_become_markup() {
        assert_eq!(escape(r#"<a href="x">&"#), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([signed(-0.000_04, 3), signed(-0.5, 1), signed(0.5, 1)], ["0.000", "\u{2212}0.5", "+0.5"]);
    }
}
