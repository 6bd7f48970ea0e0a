//! ClubElo: ratings of clubs, as CSV `Rank,Club,Country,Level,Elo,From,To`. `Rank` is a number or the word `None`, level 0 is
//! no rated league, `To` may lie in the future, and files end in blank lines. A club that the site does not know is answered
//! with the heading alone.

use crate::document::Layout;
use crate::text::{TABLE, decode, unpack};
use crate::{Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceRating};
use chrono::{DateTime, NaiveDate, Utc};

const NAME: &str = "clubelo";
const HEADING: &str = "Rank,Club,Country,Level,Elo,From,To";
/// All clubs of Europe are fewer than a thousand; a club's history has some thousand rows.
const MOST_ROWS: u32 = 50_000;
const MAX_NAME: usize = 100;

/// The site's codes of countries, and their names where this program knows leagues of them.
const COUNTRIES: [(&str, &str); 22] = [
    ("ENG", "England"),
    ("SCO", "Scotland"),
    ("GER", "Germany"),
    ("ITA", "Italy"),
    ("ESP", "Spain"),
    ("FRA", "France"),
    ("NED", "Netherlands"),
    ("BEL", "Belgium"),
    ("POR", "Portugal"),
    ("TUR", "Turkey"),
    ("GRE", "Greece"),
    ("AUT", "Austria"),
    ("SUI", "Switzerland"),
    ("DEN", "Denmark"),
    ("POL", "Poland"),
    ("NOR", "Norway"),
    ("SWE", "Sweden"),
    ("FIN", "Finland"),
    ("RUS", "Russia"),
    ("ROM", "Romania"),
    ("ROU", "Romania"),
    ("IRL", "Ireland"),
];

/// Reads ratings of a day, or of a club. A rating's line is its line in the file.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClubElo;

impl Source for ClubElo {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, _collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, TABLE)?;
        let mut lines = (1..).zip(bytes.split(|b| *b == b'\n'));
        let heading = lines.next().map(|(_, line)| decode(line).trim().to_owned()).unwrap_or_default();
        if heading != HEADING {
            let found: String = heading.chars().take(100).collect();
            return Err(DocumentError::WrongColumns { missing: HEADING.to_owned(), found });
        }
        let mut parsed = Parsed { layout: layout(), ..Parsed::default() };
        for (line, bytes) in lines {
            if line > MOST_ROWS {
                return Err(DocumentError::TooManyLines { limit: MOST_ROWS });
            }
            let text = decode(bytes);
            let text = text.trim();
            if text.is_empty() {
                continue;
            }
            parsed.rows += 1;
            match read(line, text) {
                Ok(rating) => parsed.ratings.push(rating),
                Err(message) => {
                    parsed.rejections.push(Rejection::new(
                        line,
                        RejectionKind::MalformedRating,
                        message,
                        text,
                    ));
                }
            }
        }
        if parsed.rows == 0 {
            return Err(DocumentError::Empty);
        }
        Ok(parsed)
    }
}

fn layout() -> Layout {
    Layout {
        used: ["Club", "Country", "Level", "Elo", "From", "To"].map(str::to_owned).to_vec(),
        ignored: vec!["Rank".to_owned()],
        dates: "year first".to_owned(),
        ..Layout::default()
    }
}

fn read(line: u32, text: &str) -> Result<SourceRating, String> {
    let fields: Vec<&str> = text.split(',').map(str::trim).collect();
    let [_, team, country, level, rating, from, to] = fields[..] else {
        return Err(format!("the row has {} fields, not the 7 of its heading", fields.len()));
    };
    if team.is_empty() || team.chars().count() > MAX_NAME || team.chars().any(char::is_control) {
        return Err("the row names no club".to_owned());
    }
    if country.is_empty() || country.len() > 3 || !country.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(format!("{country:.20?} is no code of a country"));
    }
    let known = COUNTRIES.iter().find(|(code, _)| *code == country).map(|(_, name)| *name);
    let level = level.parse().map_err(|_| format!("the level {level:.20?} is no number"))?;
    let rating = rating.parse().ok().filter(|elo: &f64| (1.0..=4_000.0).contains(elo));
    let rating = rating.ok_or_else(|| "the rating is no number from 1 to 4,000".to_owned())?;
    let day =
        |text: &str| text.parse::<NaiveDate>().map_err(|_| format!("{text:.20?} is no day like 2025-11-23"));
    let (from, to) = (day(from)?, day(to)?);
    if from > to {
        return Err(format!("it holds from {from} to {to}, which is no time"));
    }
    Ok(SourceRating {
        line,
        country: known.unwrap_or(country).to_owned(),
        team: team.to_owned(),
        level,
        rating,
        from,
        to,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Parsed, DocumentError> {
        let now = "2025-11-23T12:00:00Z".parse().unwrap();
        ClubElo.parse(&Document { name: "clubelo/2025-11-23.csv", bytes: text.as_bytes() }, now)
    }

    #[test]
    fn ratings_come_with_the_days_on_which_they_hold() {
        let text = format!(
            "{HEADING}\n1,Aau,ENG,1,2038.5,2025-11-09,2025-11-23\nNone,Bau,SMR,0,716.25,2025-08-29,2025-12-04\n\n\n"
        );
        let parsed = parse(&text).unwrap();
        assert_eq!((parsed.rows, parsed.ratings.len(), parsed.rejections.len()), (2, 2, 0));
        let first = &parsed.ratings[0];
        assert_eq!(
            (first.country.as_str(), first.team.as_str(), first.level, first.rating),
            ("England", "Aau", 1, 2038.5)
        );
        assert_eq!(
            (first.from.to_string(), first.to.to_string()),
            ("2025-11-09".to_owned(), "2025-11-23".to_owned())
        );
        assert_eq!((parsed.ratings[1].country.as_str(), parsed.ratings[1].line), ("SMR", 3));
    }

    #[test]
    fn a_bad_row_costs_itself_alone() {
        let rows = [
            "1,,ENG,1,1500,2025-11-09,2025-11-23",
            "1,Aau,england,1,1500,2025-11-09,2025-11-23",
            "1,Aau,ENG,1,NaN,2025-11-09,2025-11-23",
            "1,Aau,ENG,1,1500,2025-11-24,2025-11-23",
            "1,Aau,ENG,1,1500",
            "1,Bau,ENG,1,1500,2025-11-09,2025-11-23",
        ];
        let parsed = parse(&format!("{HEADING}\r\n{}\r\n", rows.join("\r\n"))).unwrap();
        assert_eq!((parsed.ratings.len(), parsed.rejections.len(), parsed.rows), (1, 5, 6));
    }

    #[test]
    fn a_club_that_is_not_known_is_nothing_and_other_tables_are_refused() {
        assert_eq!(parse(&format!("{HEADING}\n")), Err(DocumentError::Empty));
        assert!(matches!(parse("Div,Date\n"), Err(DocumentError::WrongColumns { .. })));
        assert_eq!(parse("<html>"), Err(DocumentError::Html));
    }
}
