//! Where everything stands in a table.

use super::catalogue::{CatalogueEntry, extra_code};
use super::counts::Counts;
use super::prices::Prices;
use crate::document::{Hints, Layout};
use crate::table::{Headings, Row};
use crate::{DocumentError, Rejection, RejectionKind};
use std::collections::BTreeSet;

/// Columns of the site that say nothing about a match beyond its other columns, or that no market is made of.
const NEVER_READ: [&str; 8] = ["HTR", "HBP", "ABP", "Bb1X2", "BbOU", "BbAH", "League", "FTR"];
/// Rows in which unused columns are looked at.
const LOOKED_AT: u32 = 30;

/// Where the league of a row is told.
#[derive(Debug, Clone, Copy)]
pub(super) enum LeagueColumn {
    /// The code itself; where a row has none, that of the file.
    Div(usize, Option<&'static str>),
    /// The country of an extra league; the code where the file is named by one.
    Country(usize, Option<&'static str>),
    /// By the file's name or by a person, for all rows.
    Said(&'static CatalogueEntry),
}

/// The columns of a table.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) league: LeagueColumn,
    pub(super) date: usize,
    pub(super) home: usize,
    pub(super) away: usize,
    pub(super) goals: Option<(usize, usize)>,
    pub(super) result: Option<usize>,
    pub(super) half_time: Option<(usize, usize)>,
    pub(super) time: Option<usize>,
    pub(super) season: Option<usize>,
    pub(super) referee: Option<usize>,
    pub(super) counts: Counts,
    pub(super) prices: Prices,
    /// Fields up to the last one that a complete row must have.
    pub(super) least_width: usize,
    is_extra: bool,
}

impl Columns {
    /// Finds the columns by their headings.
    ///
    /// # Errors
    /// Some are not there, or nothing tells the league.
    pub(super) fn find(
        headings: &Headings,
        hints: Hints<'_>,
        catalogue: &'static [CatalogueEntry],
    ) -> Result<Self, DocumentError> {
        let names: [&[&str]; 3] = [&["Date"], &["HomeTeam", "Home", "HT"], &["AwayTeam", "Away", "AT"]];
        let [date, home, away] = headings.require(names).map_err(|error| match error {
            DocumentError::WrongColumns { missing, found }
                if headings.find_any(&["Div", "Country"]).is_none() =>
            {
                DocumentError::WrongColumns { missing: format!("Div, {missing}"), found }
            }
            error => error,
        })?;
        let pair = |home: &str, away: &str| Some((headings.find(home)?, headings.find(away)?));
        let named = by_name(hints, catalogue);
        let (div, country) = (headings.find("Div"), headings.find("Country"));
        let league = match (div, country, named) {
            (Some(column), _, named) => LeagueColumn::Div(column, named.map(|entry| entry.code)),
            (None, Some(column), _) => {
                LeagueColumn::Country(column, of_stem(hints.name).and_then(extra_code))
            }
            // HT and AT beside the columns of another source are not believed on the strength of a name.
            (None, None, Some(entry)) if headings.find("HT") != Some(home) => LeagueColumn::Said(entry),
            (None, None, Some(_)) => {
                let missing = "Div, HomeTeam, AwayTeam".to_owned();
                return Err(DocumentError::WrongColumns { missing, found: headings.shown() });
            }
            (None, None, None) => return Err(DocumentError::NoLeague(hints.name.to_owned())),
        };
        let is_extra = div.is_none() && country.is_some();
        let goals = if is_extra {
            pair("HG", "AG").or_else(|| pair("FTHG", "FTAG"))
        } else {
            pair("FTHG", "FTAG").or_else(|| pair("HG", "AG"))
        };
        let last = [Some(date), Some(home), Some(away), goals.map(|(_, away)| away)];
        Ok(Self {
            league,
            date,
            home,
            away,
            goals,
            result: headings.find_any(&["FTR", "Res"]),
            half_time: pair("HTHG", "HTAG"),
            time: headings.find("Time"),
            season: headings.find("Season"),
            referee: headings.find("Referee"),
            counts: Counts::find(headings),
            prices: Prices::find(headings, is_extra && goals.is_some()),
            least_width: last.into_iter().flatten().max().unwrap_or_default() + 1,
            is_extra,
        })
    }

    /// The headings under which goals are looked for.
    pub(super) fn goal_names(&self) -> &'static str {
        if self.is_extra { "HG and AG (or FTHG and FTAG)" } else { "FTHG and FTAG (or HG and AG)" }
    }

    fn used(&self) -> BTreeSet<usize> {
        let pairs = [self.goals, self.half_time].into_iter().flatten().flat_map(|(home, away)| [home, away]);
        let single = [self.result, self.time, self.season, self.referee].into_iter().flatten();
        let league = match self.league {
            LeagueColumn::Div(column, _) | LeagueColumn::Country(column, _) => Some(column),
            LeagueColumn::Said(_) => None,
        };
        let always = [self.date, self.home, self.away];
        let values = self.counts.columns().chain(self.prices.columns());
        always.into_iter().chain(pairs).chain(single).chain(league).chain(values).collect()
    }

    /// How the table was understood.
    pub(super) fn layout(&self, headings: &Headings) -> Layout {
        let used = self.used();
        let names = |wanted: bool| {
            let named = headings.named().filter(|(_, column)| used.contains(column) == wanted);
            named.map(|(name, _)| name.to_owned()).collect()
        };
        Layout {
            separator: Some(char::from(headings.separator)),
            heading_line: headings.line,
            used: names(true),
            ignored: names(false),
            league: match self.league {
                LeagueColumn::Div(..) => "the column Div".to_owned(),
                LeagueColumn::Country(_, None) => "the column Country".to_owned(),
                LeagueColumn::Country(_, Some(code)) => format!("the name: {code}"),
                LeagueColumn::Said(entry) => format!("the name, or --league: {}", entry.code),
            },
            ..Layout::default()
        }
    }

    /// A finding about columns that nobody would expect to be left out.
    pub(super) fn unread(&self, headings: &Headings) -> Option<Rejection> {
        let used = self.used();
        let unread = headings.named().filter(|(name, column)| {
            !used.contains(column) && !NEVER_READ.contains(name) && !self.prices.lacks_line(name)
        });
        let names: Vec<&str> = unread.map(|(name, _)| name).collect();
        let message = format!(
            "columns that are not read: {:.150}; if they hold match data under other names, describe them with \
             `touchline ingest table --map`",
            names.join(", ").escape_debug().to_string()
        );
        let kind = RejectionKind::IgnoredColumns;
        (!names.is_empty()).then(|| Rejection::new(headings.line, kind, message, &names.join(",")))
    }

    /// Whether something is read from the last column, which a file that breaks off would cut.
    pub(super) fn uses_last(&self, headings: &Headings) -> bool {
        self.used().contains(&headings.width().saturating_sub(1))
    }

    /// Watches unused columns where there are none of goals.
    pub(super) fn suspects(&self, headings: &Headings) -> Suspects {
        let used = self.used();
        let unused = headings.named().filter(|(_, column)| self.goals.is_none() && !used.contains(column));
        let columns = unused.map(|(name, column)| (name.to_owned(), column, false)).collect();
        Suspects { columns, rows: 0 }
    }
}

/// Unused columns that may hold goals.
pub(super) struct Suspects {
    columns: Vec<(String, usize, bool)>,
    rows: u32,
}

impl Suspects {
    /// Looks at a row, where it is one of the first.
    pub(super) fn look(&mut self, row: &Row) {
        if self.columns.is_empty() || self.rows == LOOKED_AT {
            return;
        }
        self.rows += 1;
        for (_, column, is_suspect) in &mut self.columns {
            let text = row.field(*column);
            let goals = |text: &str| text.len() <= 2 && text.trim().parse::<u8>().is_ok();
            *is_suspect |=
                goals(text) || text.split_once(['-', ':']).is_some_and(|(h, a)| goals(h) && goals(a));
        }
    }

    /// The names of those that hold small numbers or scores.
    pub(super) fn names(self) -> Vec<String> {
        self.columns.into_iter().filter(|(.., is_suspect)| *is_suspect).map(|(name, ..)| name).collect()
    }
}

/// The file's name without folder and ending.
fn of_stem(name: &str) -> Option<&str> {
    name.rsplit(['/', '\\']).next().and_then(|file| file.split('.').next())
}

/// The league whose code the file or its folder is named by, else the one that a person says; none where the names hold
/// two codes.
fn by_name(hints: Hints<'_>, catalogue: &'static [CatalogueEntry]) -> Option<&'static CatalogueEntry> {
    let entry = |code: &str| catalogue.iter().find(|entry| entry.code.eq_ignore_ascii_case(code));
    let mut parts = hints.name.rsplit(['/', '\\']);
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    for part in [file, folder] {
        let codes = part.split(|c: char| !c.is_ascii_alphanumeric()).filter_map(entry);
        let mut codes: Vec<&CatalogueEntry> = codes.collect();
        codes.dedup_by_key(|entry| entry.code);
        match codes[..] {
            [] => {}
            [one] => return Some(one),
            _ => break,
        }
    }
    hints.league.and_then(entry)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::LEAGUES;
    use super::*;

    #[test]
    fn the_league_of_a_file_is_told_by_its_name_or_by_a_person() {
        let code = |name: &str| by_name(Hints::of(name), &LEAGUES).map(|entry| entry.code);
        assert_eq!(code("data/E1.csv"), Some("E1"));
        assert_eq!(code("2223/sp1_2022-23.csv"), Some("SP1"));
        assert_eq!(code("D1/season-2223.csv"), Some("D1"));
        assert_eq!(code("premier-league/season-2223.csv"), None);
        assert_eq!(code("premier-league/season-2223.csv [league=e0]"), Some("E0"));
        assert_eq!(code("E0-and-E1.csv"), None, "two of them");
    }
}
