//! Tables of several competitions, such as all matches of national teams: what kind of competition a word of the column
//! `tournament` names, and what its matches have beyond those of a league.

use super::columns::Columns;
use super::map::{Field, LONGEST_TEXT};
use crate::names::fold;
use crate::table::Row;
use crate::values;
use touchline_domain::{CompetitionKind, MatchSetting, NewLeague};

/// The most characters of a round's name.
const LONGEST: usize = 60;

/// What a map says of the competitions of its rows.
#[derive(Debug, Clone)]
pub(super) struct Competitions {
    /// The country that their teams belong to.
    pub(super) country: String,
    /// Words that tell a kind where a name holds them, folded; the first kind that fits counts, else it is a tournament.
    pub(super) kinds: Vec<(CompetitionKind, Vec<String>)>,
}

impl Competitions {
    /// The competition of a name; none of one that is too long or of no letters.
    pub(super) fn named(&self, name: &str, source: &str) -> Option<NewLeague> {
        let folded = fold(name);
        if folded.is_empty() || name.len() > LONGEST_TEXT {
            return None;
        }
        let padded = format!(" {folded} ");
        let is_of = |words: &[String]| words.iter().any(|word| padded.contains(&format!(" {word} ")));
        let kind = self.kinds.iter().find(|(_, words)| is_of(words)).map(|(kind, _)| *kind);
        Some(NewLeague {
            code: folded.replace(' ', "-"),
            name: name.to_owned(),
            country: self.country.clone(),
            level: 1,
            source: source.to_owned(),
            kind: kind.unwrap_or(CompetitionKind::Tournament),
        })
    }
}

/// What a row says beyond a match of a league, and why something of it is left out. Rounds of leagues are matchdays, which
/// follow from the dates.
pub(super) fn setting(columns: &Columns, row: &Row, kind: CompetitionKind) -> (MatchSetting, Option<String>) {
    let (neutral_ground, fault) = values::is_neutral(columns.value(row, Field::Neutral));
    let text = |field| {
        let text = columns.value(row, field);
        let is_kept = kind != CompetitionKind::League && !text.is_empty();
        is_kept.then(|| text.chars().take(LONGEST).collect::<String>())
    };
    let (round, group) = (text(Field::Round), text(Field::Group));
    (MatchSetting { neutral_ground, round, group, ..MatchSetting::default() }, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_name_tell_the_kind_of_a_competition() {
        let kinds = [
            (CompetitionKind::Friendlies, vec!["friendly".to_owned()]),
            (CompetitionKind::Qualifiers, vec!["qualification".to_owned()]),
        ];
        let of = Competitions { country: "International".to_owned(), kinds: kinds.to_vec() };
        let told = |name: &str| of.named(name, "s").map(|league| (league.code, league.kind));
        assert_eq!(told("Friendly"), Some(("friendly".to_owned(), CompetitionKind::Friendlies)));
        let quali = ("some-cup-qualification".to_owned(), CompetitionKind::Qualifiers);
        assert_eq!(told("Some Cup qualification"), Some(quali));
        assert_eq!(told("Cóppa"), Some(("coppa".to_owned(), CompetitionKind::Tournament)));
        assert_eq!((told("!"), told(&"x".repeat(300))), (None, None));
    }
}
