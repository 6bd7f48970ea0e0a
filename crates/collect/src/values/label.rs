//! Labels of results, which check scores and never replace them.

use touchline_domain::Outcome;

/// What a label says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// A result, in letters or words that have one meaning.
    Says(Outcome),
    /// A result by numbers, which some programs use in another sense: 1 X 2.
    Numbers(Outcome),
    /// Nothing that can be read, which contradicts nothing.
    Unread,
}

/// Reads a label: `H D A`, `1 X 2`, words, or the name of the winner.
pub(crate) fn label(text: &str, home: &str, away: &str) -> Label {
    match text {
        "H" => return Label::Says(Outcome::HomeWin),
        "D" => return Label::Says(Outcome::Draw),
        "A" => return Label::Says(Outcome::AwayWin),
        "" => return Label::Unread,
        _ => {}
    }
    let lower = text.to_lowercase();
    match lower.as_str() {
        "h" | "home" | "home win" | "homewin" | "home_win" | "home team" => Label::Says(Outcome::HomeWin),
        "d" | "x" | "draw" | "tie" | "drawn" => Label::Says(Outcome::Draw),
        "a" | "away" | "away win" | "awaywin" | "away_win" | "away team" => Label::Says(Outcome::AwayWin),
        "1" => Label::Numbers(Outcome::HomeWin),
        "2" => Label::Numbers(Outcome::AwayWin),
        _ if lower == home.to_lowercase() => Label::Says(Outcome::HomeWin),
        _ if lower == away.to_lowercase() => Label::Says(Outcome::AwayWin),
        _ => Label::Unread,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_all_notations_are_read_and_others_say_nothing() {
        let read = |text| label(text, "Aau", "Bäu");
        for text in ["H", "h", "Home", "home_win", "Aau"] {
            assert_eq!(read(text), Label::Says(Outcome::HomeWin), "{text}");
        }
        for text in ["D", "x", "X", "Draw"] {
            assert_eq!(read(text), Label::Says(Outcome::Draw), "{text}");
        }
        assert_eq!(read("BÄU"), Label::Says(Outcome::AwayWin));
        assert_eq!(read("2"), Label::Numbers(Outcome::AwayWin));
        for text in ["", "NaN", "0", "-1", "W", "Cau"] {
            assert_eq!(read(text), Label::Unread, "{text}");
        }
    }
}
