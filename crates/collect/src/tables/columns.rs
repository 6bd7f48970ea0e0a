//! Where the columns of a map stand in a file.

use super::map::{Field, Map, OddsColumns, PriceColumns};
use super::statistics::Count;
use crate::DocumentError;
use crate::document::Layout;
use crate::table::{Headings, Row};
use crate::values;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use touchline_domain::{MarketType, MatchStats, OddsPhase};

/// Where everything stands.
#[derive(Debug, Default)]
pub(super) struct Columns {
    fields: BTreeMap<Field, usize>,
    /// A count, whether it is the home side's, its column and heading.
    pub(super) statistics: Vec<(Count, bool, usize, String)>,
    pub(super) odds: Vec<Quote>,
    pub(super) prices: Option<Prices>,
    /// Fields up to the last one that a complete row must have.
    pub(super) least_width: usize,
    missing: Vec<String>,
}

/// The columns of one bookmaker's prices of one market.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) bookmaker: Arc<str>,
    pub(super) market: MarketType,
    pub(super) phase: OddsPhase,
    pub(super) columns: [Option<usize>; 3],
    pub(super) line_quarters: Option<i16>,
    pub(super) line_column: Option<usize>,
    /// The first heading, for messages.
    pub(super) heading: String,
}

/// The columns of a row that is a price, or a bookmaker's prices.
#[derive(Debug)]
pub(super) struct Prices {
    pub(super) bookmaker: usize,
    pub(super) market: Option<usize>,
    pub(super) outcome: Option<usize>,
    pub(super) price: Option<usize>,
    pub(super) sides: [Option<usize>; 3],
    pub(super) line: Option<usize>,
    pub(super) known_at: Option<usize>,
}

/// A heading as names are compared: without case, blanks and underscores around and within.
pub(super) fn plain(heading: &str) -> String {
    let lower = heading.trim().trim_start_matches('\u{feff}').to_lowercase();
    lower
        .split(|c: char| c.is_whitespace() || c == '_')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn find(headings: &[String], names: &[String]) -> Option<usize> {
    let exact = names.iter().find_map(|name| headings.iter().position(|heading| heading == name));
    exact.or_else(|| {
        names.iter().find_map(|name| {
            let name = plain(name);
            headings.iter().position(|heading| plain(heading) == name)
        })
    })
}

/// The headings of a file; where one stands several times, the second is `name.1`, as data frames call it.
pub(super) fn distinct(headings: &Headings) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(headings.width());
    let mut met: HashMap<&str, u32> = HashMap::new();
    for heading in headings.names() {
        let name = heading.trim();
        let times = met.entry(name).or_default();
        names.push(if *times == 0 || name.is_empty() { name.to_owned() } else { format!("{name}.{times}") });
        *times += 1;
    }
    names
}

impl Columns {
    /// Finds the columns of `map`.
    ///
    /// # Errors
    /// The file lacks a column that the map names: any, or where the map is lenient, one of a side, the date, the score.
    pub(super) fn find(map: &Map, headings: &Headings) -> Result<Self, DocumentError> {
        let names = distinct(headings);
        let mut columns = Self { missing: map.missing.clone(), ..Self::default() };
        let mut lacking = Vec::new();
        for (field, wanted) in &map.columns {
            match find(&names, wanted) {
                Some(column) => {
                    columns.fields.insert(*field, column);
                    if is_needed(map, *field) {
                        columns.least_width = columns.least_width.max(column + 1);
                    }
                }
                None => lacking.push((is_needed(map, *field), wanted[0].clone())),
            }
        }
        for (count, sides) in &map.statistics {
            for (wanted, home) in sides.iter().zip([true, false]) {
                match find(&names, wanted) {
                    Some(column) => columns.statistics.push((*count, home, column, wanted[0].clone())),
                    None => lacking.push((false, wanted[0].clone())),
                }
            }
        }
        for odds in &map.odds {
            match quote(&names, odds) {
                Ok(quote) => columns.odds.push(quote),
                Err(heading) => lacking.push((false, heading)),
            }
        }
        if let Some(wanted) = &map.prices {
            match prices(&names, wanted) {
                Ok(prices) => columns.prices = Some(prices),
                Err(heading) => lacking.push((true, heading)),
            }
        }
        lacking.retain(|(needed, _)| *needed || !map.lenient);
        if lacking.is_empty() {
            return Ok(columns);
        }
        let missing = lacking.into_iter().map(|(_, heading)| heading).collect::<Vec<_>>().join(", ");
        Err(DocumentError::WrongColumns { missing, found: headings.shown() })
    }

    /// Whether a file has one of the headings that say that it is of another shape.
    pub(super) fn is_excluded(map: &Map, headings: &Headings) -> bool {
        let names = distinct(headings);
        find(&names, &map.without).is_some()
    }

    /// The value of a field; empty where there is none.
    pub(super) fn value<'r>(&self, row: &'r Row, field: Field) -> &'r str {
        self.fields.get(&field).map_or("", |column| self.at(row, *column))
    }

    /// The value of a column; empty where a word says that there is none.
    pub(super) fn at<'r>(&self, row: &'r Row, column: usize) -> &'r str {
        let text = row.field(column);
        if self.missing.iter().any(|word| word.eq_ignore_ascii_case(text)) { "" } else { text }
    }

    /// Reads the counts of a row and the attendance, and says which are none.
    pub(super) fn counts(&self, row: &Row) -> (Option<MatchStats>, Option<u32>, Option<String>) {
        let mut stats = MatchStats::default();
        let mut faults = Vec::new();
        for (count, home, column, heading) in &self.statistics {
            let text = self.at(row, *column);
            if text.is_empty() {
                continue;
            }
            let number = text.trim_end_matches('%').trim().parse::<f64>().ok();
            let fits = |n: &f64| (0.0..=count.most).contains(n) && (!count.whole || n.fract() == 0.0);
            match number.filter(fits) {
                Some(number) => count.set(if *home { &mut stats.home } else { &mut stats.away }, number),
                None => faults.push(format!("{heading} {text:.20} is not a count of {}", count.name)),
            }
        }
        let text = self.value(row, Field::Attendance);
        let plain: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '\u{a0}')).collect();
        let attendance = values::whole(&plain).and_then(|n| u32::try_from(n).ok());
        if attendance.is_none() && !text.is_empty() {
            faults.push(format!("the attendance {text:.20} is not a count"));
        }
        faults.truncate(5);
        (Some(stats).filter(|s| !s.is_empty()), attendance, (!faults.is_empty()).then(|| faults.join("; ")))
    }

    /// How the file is understood.
    pub(super) fn layout(&self, map: &Map, headings: &Headings) -> Layout {
        let mut used: Vec<usize> = self.fields.values().copied().collect();
        used.extend(self.statistics.iter().map(|(_, _, column, _)| *column));
        for quote in &self.odds {
            used.extend(quote.columns.into_iter().flatten().chain(quote.line_column));
        }
        if let Some(prices) = &self.prices {
            used.push(prices.bookmaker);
            used.extend(
                [prices.market, prices.outcome, prices.price, prices.line, prices.known_at]
                    .into_iter()
                    .flatten(),
            );
            used.extend(prices.sides.into_iter().flatten());
        }
        let named = |is_used: bool| {
            let columns = headings.names().iter().enumerate();
            let of_kind =
                columns.filter(|(column, name)| !name.is_empty() && used.contains(column) == is_used);
            of_kind.map(|(_, name)| name.clone()).collect()
        };
        let league = if self.has(Field::League) || self.has(Field::Tournament) {
            "a column"
        } else if map.league.is_some() {
            "the map"
        } else {
            "the name of the file, or --league"
        };
        Layout {
            separator: Some(char::from(headings.separator)),
            heading_line: headings.line,
            used: named(true),
            ignored: named(false),
            league: league.to_owned(),
            ..Layout::default()
        }
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.fields.contains_key(&field)
    }
}

/// Whether a file that lacks the column cannot be read at all: matches without it would be other matches.
fn is_needed(map: &Map, field: Field) -> bool {
    match field {
        Field::Home | Field::Away | Field::HomeGoals | Field::AwayGoals | Field::Score => true,
        Field::Date => !map.columns.contains_key(&Field::Timestamp),
        Field::Timestamp => !map.columns.contains_key(&Field::Date),
        _ => false,
    }
}

fn quote(names: &[String], odds: &OddsColumns) -> Result<Quote, String> {
    let mut columns = [None; 3];
    let mut heading = String::new();
    for (column, wanted) in columns.iter_mut().zip(&odds.columns) {
        let Some(wanted) = wanted else { continue };
        *column = Some(find(names, wanted).ok_or_else(|| wanted[0].clone())?);
        if heading.is_empty() {
            heading.clone_from(&wanted[0]);
        }
    }
    let line_column = match &odds.line_column {
        None => None,
        Some(wanted) => Some(find(names, wanted).ok_or_else(|| wanted[0].clone())?),
    };
    Ok(Quote {
        bookmaker: odds.bookmaker.as_str().into(),
        market: odds.market,
        phase: odds.phase,
        columns,
        line_quarters: odds.line_quarters,
        line_column,
        heading,
    })
}

fn prices(names: &[String], wanted: &PriceColumns) -> Result<Prices, String> {
    let needed = |list: &[String]| match list {
        [] => Ok(None),
        list => find(names, list).map(Some).ok_or_else(|| list[0].clone()),
    };
    Ok(Prices {
        bookmaker: needed(&wanted.bookmaker)?.unwrap_or_default(),
        market: needed(&wanted.market)?,
        outcome: needed(&wanted.outcome)?,
        price: needed(&wanted.price)?,
        sides: [needed(&wanted.sides[0])?, needed(&wanted.sides[1])?, needed(&wanted.sides[2])?],
        line: find(names, &wanted.line),
        known_at: find(names, &wanted.known_at),
    })
}
