//! Numbers as text.

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

/// A number with thousands apart.
pub fn count(n: usize) -> String {
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

/// So many matches.
pub fn matches(n: usize) -> String {
    if n == 1 { "1 match".to_owned() } else { format!("{} matches", count(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!([signed(-0.000_04, 3), signed(-0.5, 1), signed(0.5, 1)], ["0.000", "\u{2212}0.5", "+0.5"]);
    }

    #[test]
    fn thousands_are_apart_and_one_match_is_singular() {
        assert_eq!([count(7), count(299_214), count(1_000_000)], ["7", "299,214", "1,000,000"]);
        assert_eq!([matches(1), matches(0), matches(1_200)], ["1 match", "0 matches", "1,200 matches"]);
    }
}
