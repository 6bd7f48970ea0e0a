//! What a person says of a document that does not say it itself. It is kept in the document's name, behind the path, so
//! that reading it again later understands it in the same way: `2223/results.csv [league=E0] [season=2022-23]`.

use touchline_domain::Season;

/// A document's name, and what is said of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hints<'a> {
    /// The name alone.
    pub name: &'a str,
    /// The league's code, for rows that do not say it.
    pub league: Option<&'a str>,
    /// The season, for rows that do not say it.
    pub season: Option<Season>,
}

impl<'a> Hints<'a> {
    /// Takes a name apart.
    pub fn of(name: &'a str) -> Self {
        let mut hints = Self { name, ..Self::default() };
        while let Some((rest, hint)) = hints.name.strip_suffix(']').and_then(|name| name.rsplit_once(" [")) {
            match hint.split_once('=') {
                Some(("league", code)) => hints.league = Some(code),
                Some(("season", label)) => hints.season = label.parse().ok(),
                _ => break,
            }
            hints.name = rest;
        }
        hints
    }

    /// The name with what is said behind it.
    pub fn written(&self) -> String {
        let league = self.league.map(|code| format!(" [league={code}]")).unwrap_or_default();
        let season = self.season.map(|season| format!(" [season={season}]")).unwrap_or_default();
        format!("{}{league}{season}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_comes_back_and_other_names_are_left_alone() {
        let season = Season::cross_year(2022).ok();
        for hints in [
            Hints { name: "a/b [1].csv", league: Some("E0"), season },
            Hints { name: "x.csv", league: None, season },
            Hints { name: "copy [final=2]", league: None, season: None },
        ] {
            assert_eq!(Hints::of(&hints.written()), hints);
        }
    }
}
