//! Maps: what the columns of a table mean. A map is a TOML file; everything in it is checked before a row is read, and
//! what is wrong is told by its line and key.

use super::competitions::Competitions;
pub(super) use super::fields::{FIELDS, Field};
use super::schema::{
    CompetitionKeys, ConstantKeys, DateKeys, FileKeys, LeagueKeys, MapFile, Names, OddsKeys, PriceKeys,
};
use super::statistics::{self, Count};
use super::words;
use super::{dates, leagues};
use crate::names::fold;
use chrono_tz::Tz;
use encoding_rs::Encoding;
use std::collections::BTreeMap;
use thiserror::Error;
use toml::Spanned;
use touchline_domain::{CompetitionKind, MarketType, MatchStatus, NewLeague, OddsPhase, Season};

/// The most bytes of a map.
pub const LONGEST_MAP: usize = 256 << 10;
/// The most entries of one part of a map: columns, leagues, words, odds.
const MOST: usize = 2_000;
/// The most bytes of a text in a map.
pub(super) const LONGEST_TEXT: usize = 200;

/// What is wrong with a map, and where.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {key}: {message}")]
pub struct MapError {
    /// The line of the map, from 1.
    pub line: usize,
    /// The key.
    pub key: String,
    /// What is wrong and what to write.
    pub message: String,
}

/// What a season that is written as one year means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Year {
    /// The year in which a season across two years starts.
    Start,
    /// The year in which it ends.
    End,
    /// The year itself.
    Calendar,
}

/// Columns of one bookmaker's prices of one market.
#[derive(Debug, Clone)]
pub(super) struct OddsColumns {
    pub(super) bookmaker: String,
    pub(super) market: MarketType,
    pub(super) phase: OddsPhase,
    /// By outcome: home, draw, away; over, none, under.
    pub(super) columns: [Option<Vec<String>>; 3],
    pub(super) line_quarters: Option<i16>,
    pub(super) line_column: Option<Vec<String>>,
}

/// Columns of a table with a row per price, or per bookmaker.
#[derive(Debug, Clone)]
pub(super) struct PriceColumns {
    pub(super) bookmaker: Vec<String>,
    pub(super) market: Vec<String>,
    pub(super) outcome: Vec<String>,
    pub(super) price: Vec<String>,
    pub(super) sides: [Vec<String>; 3],
    pub(super) line: Vec<String>,
    pub(super) known_at: Vec<String>,
}

/// A checked map.
#[derive(Debug, Clone)]
pub struct Map {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) source: String,
    pub(super) text: String,
    pub(super) separator: Option<u8>,
    pub(super) encoding: Option<&'static Encoding>,
    pub(super) skip_lines: u32,
    pub(super) sheets: Vec<String>,
    pub(super) missing: Vec<String>,
    pub(super) without: Vec<String>,
    /// Whether columns that a file lacks are left out, but for sides, date and score.
    pub(super) lenient: bool,
    pub(super) columns: BTreeMap<Field, Vec<String>>,
    pub(super) formats: Vec<String>,
    pub(super) zone: Option<Tz>,
    pub(super) midnight_is_unknown: bool,
    pub(super) year: Option<Year>,
    pub(super) leagues: BTreeMap<String, NewLeague>,
    pub(super) statuses: BTreeMap<String, MatchStatus>,
    pub(super) results: [Vec<String>; 3],
    pub(super) league: Option<NewLeague>,
    pub(super) season: Option<Season>,
    pub(super) country: Option<String>,
    pub(super) statistics: Vec<(Count, [Vec<String>; 2])>,
    pub(super) odds: Vec<OddsColumns>,
    pub(super) prices: Option<PriceColumns>,
    pub(super) competitions: Option<Competitions>,
}

impl Map {
    /// Reads and checks a map.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and key.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        if text.len() > LONGEST_MAP {
            let message = format!("longer than {} KiB; no map needs so much", LONGEST_MAP >> 10);
            return Err(MapError { line: 1, key: "map".to_owned(), message });
        }
        let raw: MapFile = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            MapError { line, key: key_at(text, line), message: error.message().trim().to_owned() }
        })?;
        Check { text }.map(raw)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it reads, in a sentence.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// The name under which records are kept where a person gives no other.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The map as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn column(&self, field: Field) -> &[String] {
        self.columns.get(&field).map_or(&[], Vec::as_slice)
    }
}

/// Whether a byte can stand between fields: no letter, digit or quotation mark, and nothing of dates, times and numbers.
fn is_separator(byte: u8) -> bool {
    byte.is_ascii_punctuation() && !matches!(byte, b'"' | b'\'' | b'-' | b'.' | b'/' | b':' | b'+' | b'%')
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// The key that starts a line, or the table that the line opens.
fn key_at(text: &str, line: usize) -> String {
    let start = text.lines().nth(line - 1).unwrap_or_default().split('=').next().unwrap_or_default();
    let key: String = start.trim().trim_matches(['[', ']', '"']).chars().take(40).collect();
    if key.is_empty() { "map".to_owned() } else { key }
}

/// Separator, encoding, lines above the headings, and words for missing values.
type Form = (Option<u8>, Option<&'static Encoding>, u32, Vec<String>);
/// League, season and country of all rows.
type Constants = (Option<NewLeague>, Option<Season>, Option<String>);

/// Checks what was read, and says where it is wrong.
struct Check<'a> {
    text: &'a str,
}

impl Check<'_> {
    fn wrong<T, V>(&self, key: &str, at: &Spanned<V>, message: impl Into<String>) -> Result<T, MapError> {
        let line = line_of(self.text, at.span().start);
        Err(MapError { line, key: key.to_owned(), message: message.into() })
    }

    fn map(&self, raw: MapFile) -> Result<Map, MapError> {
        let name = self.identifier("name", &raw.name)?;
        let source = match &raw.source {
            Some(source) => self.identifier("source", source)?,
            None => name.clone(),
        };
        let columns = self.columns(raw.columns)?;
        let (separator, encoding, skip_lines, missing) = self.file(&raw.file)?;
        let (formats, zone) = self.dates(&raw.dates)?;
        let year = self.year(raw.seasons.year.as_ref())?;
        let mut leagues = BTreeMap::new();
        for (word, league) in raw.leagues {
            leagues.insert(fold(&word), self.league(&word, &league, &source)?);
        }
        let mut statuses = BTreeMap::new();
        for (word, status) in &raw.statuses {
            let Ok(parsed) = status.get_ref().parse::<MatchStatus>() else {
                let message = "write scheduled, live, finished, postponed, cancelled, abandoned or awarded";
                return self.wrong(&format!("statuses.{word}"), status, message);
            };
            statuses.insert(fold(word), parsed);
        }
        let (league, season, country) = self.constants(raw.constants, &leagues, &source)?;
        let mut counts = Vec::new();
        for (name, sides) in raw.statistics {
            let Some(count) = statistics::named(&name) else {
                let message = format!("no such count; write one of {}", statistics::names());
                return self.wrong(&format!("statistics.{name}"), &sides, message);
            };
            let key = format!("statistics.{name}");
            let [home, away] = sides.get_ref();
            counts.push((count, [self.list(&key, &sides, home)?, self.list(&key, &sides, away)?]));
        }
        let odds = raw.odds.iter().enumerate().map(|(i, odds)| self.odds(i + 1, odds));
        Ok(Map {
            name,
            about: raw.about,
            source,
            text: self.text.to_owned(),
            separator,
            encoding,
            skip_lines,
            sheets: raw.file.sheets,
            missing,
            without: raw.file.without,
            lenient: raw.file.lenient,
            columns,
            formats,
            zone,
            midnight_is_unknown: raw.dates.midnight_is_unknown,
            year,
            leagues,
            statuses,
            results: [raw.results.home, raw.results.draw, raw.results.away],
            league,
            season,
            country,
            statistics: counts,
            odds: odds.collect::<Result<_, _>>()?,
            prices: raw.prices.map(|prices| self.prices(prices)).transpose()?,
            competitions: raw.competitions.map(|keys| self.competitions(keys)).transpose()?,
        })
    }

    /// A name of lower-case letters, digits, dots, dashes and underscores.
    fn identifier(&self, key: &str, name: &Spanned<String>) -> Result<String, MapError> {
        if words::is_identifier(name.get_ref()) {
            Ok(name.get_ref().clone())
        } else {
            self.wrong(key, name, "write at most 60 lower-case letters, digits, dots, dashes and underscores")
        }
    }

    fn names(&self, key: &str, names: &Spanned<Names>) -> Result<Vec<String>, MapError> {
        self.list(key, names, names.get_ref())
    }

    /// Headings that stand at a place of the map.
    fn list<V>(&self, key: &str, at: &Spanned<V>, names: &Names) -> Result<Vec<String>, MapError> {
        let list = names.clone().into_vec();
        if list.is_empty() || list.iter().any(|n| n.trim().is_empty() || n.len() > LONGEST_TEXT) {
            let message =
                format!("write a heading, or a list of headings, of at most {LONGEST_TEXT} bytes each");
            return self.wrong(key, at, message);
        }
        Ok(list)
    }

    fn columns(
        &self,
        raw: BTreeMap<String, Spanned<Names>>,
    ) -> Result<BTreeMap<Field, Vec<String>>, MapError> {
        let mut columns = BTreeMap::new();
        for (name, headings) in raw {
            let key = format!("columns.{name}");
            let Some((_, field, _)) = FIELDS.iter().find(|(known, _, _)| *known == name) else {
                let known: Vec<&str> = FIELDS.iter().map(|(known, _, _)| *known).collect();
                return self.wrong(
                    &key,
                    &headings,
                    format!("no such column; write one of {}", known.join(", ")),
                );
            };
            columns.insert(*field, self.names(&key, &headings)?);
        }
        let has = |field| columns.contains_key(&field);
        let lacks = |message: &str| {
            let line = self.text.lines().position(|l| l.trim() == "[columns]").map_or(1, |at| at + 1);
            Err(MapError { line, key: "columns".to_owned(), message: message.to_owned() })
        };
        if !has(Field::Home) || !has(Field::Away) {
            return lacks("home and away are needed: the headings of both sides");
        }
        if !has(Field::Date) && !has(Field::Timestamp) {
            return lacks("date or timestamp is needed");
        }
        if has(Field::HomeGoals) != has(Field::AwayGoals)
            || has(Field::HomeHalfTime) != has(Field::AwayHalfTime)
        {
            return lacks("goals of one side only; name the other side's too");
        }
        Ok(columns)
    }

    fn file(&self, keys: &FileKeys) -> Result<Form, MapError> {
        let separator = match &keys.separator {
            None => None,
            Some(text) => match text.get_ref().as_str() {
                "tab" | "\t" => Some(b'\t'),
                other if other.len() == 1 && is_separator(other.as_bytes()[0]) => Some(other.as_bytes()[0]),
                _ => {
                    return self.wrong(
                        "file.separator",
                        text,
                        "write one character, such as \";\", or \"tab\"",
                    );
                }
            },
        };
        let encoding = match &keys.encoding {
            None => None,
            Some(label) => {
                let Some(encoding) = Encoding::for_label(label.get_ref().as_bytes()) else {
                    let message =
                        "no such encoding; write utf-8, windows-1252, utf-16le or another of the web's names";
                    return self.wrong("file.encoding", label, message);
                };
                Some(encoding)
            }
        };
        let skip_lines = keys.skip_lines.as_ref().map_or(0, |lines| *lines.get_ref());
        if let Some(lines) = keys.skip_lines.as_ref().filter(|lines| *lines.get_ref() > 1_000) {
            return self.wrong("file.skip_lines", lines, "at most 1,000 lines stand above the headings");
        }
        let missing = match &keys.missing {
            None => words::MISSING.iter().map(|word| (*word).to_owned()).collect(),
            Some(list) if list.get_ref().len() > MOST => {
                return self.wrong("file.missing", list, format!("at most {MOST} words"));
            }
            Some(list) => list.get_ref().iter().map(|word| word.trim().to_lowercase()).collect(),
        };
        Ok((separator, encoding, skip_lines, missing))
    }

    fn dates(&self, keys: &DateKeys) -> Result<(Vec<String>, Option<Tz>), MapError> {
        let mut formats = Vec::new();
        if let Some(list) = &keys.formats {
            for format in list.get_ref() {
                if let Err(message) = dates::check(format) {
                    return self.wrong("dates.formats", list, message);
                }
                formats.push(format.clone());
            }
        }
        let zone = match &keys.timezone {
            None => None,
            Some(name) => match name.get_ref().parse::<Tz>() {
                Ok(zone) => Some(zone),
                Err(_) => {
                    return self.wrong("dates.timezone", name, "write UTC or a name such as Europe/London");
                }
            },
        };
        Ok((formats, zone))
    }

    fn year(&self, year: Option<&Spanned<String>>) -> Result<Option<Year>, MapError> {
        let Some(year) = year else { return Ok(None) };
        match year.get_ref().as_str() {
            "start" => Ok(Some(Year::Start)),
            "end" => Ok(Some(Year::End)),
            "calendar" => Ok(Some(Year::Calendar)),
            _ => self.wrong("seasons.year", year, "write start, end or calendar"),
        }
    }

    fn league(&self, word: &str, keys: &Spanned<LeagueKeys>, source: &str) -> Result<NewLeague, MapError> {
        let key = format!("leagues.{word:?}");
        match keys.get_ref() {
            LeagueKeys::Code(code) => {
                if let Some(league) = leagues::well_known(code, None) {
                    return Ok(NewLeague { source: source.to_owned(), ..league });
                }
                let message = format!(
                    "{code:?} is not a known league; write a code such as E0 or en.1, or {{ code, name, country, level }}"
                );
                self.wrong(&key, keys, message)
            }
            LeagueKeys::Own(own) => {
                let texts = [&own.code, &own.name, &own.country];
                if texts.iter().any(|text| text.trim().is_empty() || text.len() > LONGEST_TEXT)
                    || own.level == 0
                {
                    return self.wrong(&key, keys, "code, name and country are needed, and a level from 1");
                }
                let kind = match own.kind.as_deref().map_or(Ok(CompetitionKind::League), str::parse) {
                    Ok(kind) => kind,
                    Err(message) => return self.wrong(&key, keys, message),
                };
                Ok(NewLeague {
                    code: own.code.clone(),
                    name: own.name.clone(),
                    country: own.country.clone(),
                    level: own.level,
                    source: source.to_owned(),
                    kind,
                })
            }
        }
    }

    fn constants(
        &self,
        keys: ConstantKeys,
        leagues: &BTreeMap<String, NewLeague>,
        source: &str,
    ) -> Result<Constants, MapError> {
        let league = match &keys.league {
            None => None,
            Some(word) => match leagues::find(word.get_ref(), None, leagues, source) {
                Some(league) => Some(league),
                None => return self.wrong("constants.league", word, leagues::advice(word.get_ref())),
            },
        };
        let season = match &keys.season {
            None => None,
            Some(label) => match label.get_ref().parse::<Season>() {
                Ok(season) => Some(season),
                Err(error) => return self.wrong("constants.season", label, error.to_string()),
            },
        };
        Ok((league, season, keys.country.map(Spanned::into_inner)))
    }

    fn odds(&self, number: usize, odds: &Spanned<OddsKeys>) -> Result<OddsColumns, MapError> {
        let key = |name: &str| format!("odds {number}: {name}");
        let keys = odds.get_ref();
        let market = match keys.market.parse::<MarketType>() {
            Ok(market) => market,
            Err(error) => {
                let message = format!("{error}; write 1x2, over_under, asian_handicap or both_teams_score");
                return self.wrong(&key("market"), odds, message);
            }
        };
        let phase = match keys.phase.parse::<OddsPhase>() {
            Ok(phase) => phase,
            Err(message) => return self.wrong(&key("phase"), odds, message),
        };
        if number > MOST || keys.bookmaker.trim().is_empty() || keys.bookmaker.len() > LONGEST_TEXT {
            return self.wrong(&key("bookmaker"), odds, "name the bookmaker");
        }
        let names = |names: &Names| self.list(&key("columns"), odds, names);
        let columns = match (market, keys.columns.as_slice()) {
            (MarketType::OneXTwo, [home, draw, away]) => {
                [Some(names(home)?), Some(names(draw)?), Some(names(away)?)]
            }
            (MarketType::OneXTwo, _) => {
                return self.wrong(&key("columns"), odds, "three columns are needed: home, draw, away");
            }
            (_, [first, second]) => [Some(names(first)?), None, Some(names(second)?)],
            _ => return self.wrong(&key("columns"), odds, "two columns are needed, such as over and under"),
        };
        let needs_line = matches!(market, MarketType::OverUnder | MarketType::AsianHandicap);
        let line_quarters = keys.line.map(words::quarters);
        if line_quarters == Some(None) {
            return self.wrong(&key("line"), odds, "not a multiple of 0.25 between -100 and 100");
        }
        if needs_line != (keys.line.is_some() || keys.line_column.is_some()) {
            let message =
                "over_under and asian_handicap need line or line_column, and other markets have none";
            return self.wrong(&key("line"), odds, message);
        }
        Ok(OddsColumns {
            bookmaker: keys.bookmaker.clone(),
            market,
            phase,
            columns,
            line_quarters: line_quarters.flatten(),
            line_column: keys.line_column.as_ref().map(names).transpose()?,
        })
    }

    fn competitions(&self, keys: CompetitionKeys) -> Result<Competitions, MapError> {
        let country = keys.country.get_ref().trim();
        if country.is_empty() || country.len() > LONGEST_TEXT {
            let message = "name the country that the teams belong to; International for national teams";
            return self.wrong("competitions.country", &keys.country, message);
        }
        let kinds = [
            (CompetitionKind::Friendlies, keys.friendlies),
            (CompetitionKind::Qualifiers, keys.qualifiers),
            (CompetitionKind::League, keys.leagues),
            (CompetitionKind::Cup, keys.cups),
        ];
        if kinds.iter().any(|(_, words)| words.len() > MOST) {
            return self.wrong("competitions", &keys.country, format!("at most {MOST} words of a kind"));
        }
        let folded =
            |words: Vec<String>| words.iter().map(|word| fold(word)).filter(|w| !w.is_empty()).collect();
        let kinds = kinds.into_iter().map(|(kind, words)| (kind, folded(words))).collect();
        Ok(Competitions { country: country.to_owned(), kinds })
    }

    fn prices(&self, keys: PriceKeys) -> Result<PriceColumns, MapError> {
        let bookmaker_at = keys.bookmaker.span();
        let list = |name: &str, names: Option<Spanned<Names>>| {
            names.map_or_else(|| Ok(Vec::new()), |names| self.names(&format!("prices.{name}"), &names))
        };
        let by_outcome = keys.outcome.is_some() && keys.price.is_some() && keys.market.is_some();
        let by_side = keys.home.is_some() && keys.away.is_some() && keys.draw.is_some();
        if by_outcome == by_side {
            let at = Spanned::new(bookmaker_at, ());
            return self.wrong(
                "prices",
                &at,
                "name either market, outcome and price, or home, draw and away",
            );
        }
        Ok(PriceColumns {
            bookmaker: self.names("prices.bookmaker", &keys.bookmaker)?,
            market: list("market", keys.market)?,
            outcome: list("outcome", keys.outcome)?,
            price: list("price", keys.price)?,
            sides: [list("home", keys.home)?, list("draw", keys.draw)?, list("away", keys.away)?],
            line: list("line", keys.line)?,
            known_at: list("known_at", keys.known_at)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "name = \"x\"\n[columns]\ndate = \"D\"\nhome = \"H\"\naway = [\"A\", \"B\"]\n";

    fn fault(text: &str) -> String {
        Map::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_least_map_names_date_and_both_sides() {
        let map = Map::parse(LEAST).unwrap();
        assert_eq!((map.name(), map.source(), map.column(Field::Away).len()), ("x", "x", 2));
        assert_eq!(map.text(), LEAST);
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_key() {
        for (more, told) in [
            ("hom = \"H\"\n", "line 6: columns.hom: no such column; write one of date, time"),
            ("score = \"\"\n", "line 6: columns.score: write a heading"),
            ("home_goals = \"G\"\n", "line 2: columns: goals of one side only"),
            ("[dates]\ntimezone = \"Mars\"\n", "line 7: dates.timezone: write UTC"),
            ("[dates]\nformats = [\"%d/%q\"]\n", "line 7: dates.formats:"),
            ("[dates]\nformats = [\"%d/%m\"]\n", "line 7: dates.formats:"),
            ("[seasons]\nyear = \"both\"\n", "line 7: seasons.year: write start, end or calendar"),
            ("[leagues]\n\"A\" = \"ZZ9\"\n", "line 7: leagues.\"A\": \"ZZ9\" is not a known league"),
            ("[statuses]\nover = \"done\"\n", "line 7: statuses.over: write scheduled, live"),
            ("[statistics]\nshots = [[], \"b\"]\n", "line 7: statistics.shots: write a heading"),
            ("[statistics]\nshots = [\"\", \"b\"]\n", "line 7: statistics.shots: write a heading"),
            (
                "[[odds]]\nbookmaker = \"B\"\nmarket = \"1x2\"\nphase = \"pre_match\"\ncolumns = [[], \"D\", \"A\"]\n",
                "odds 1: columns: write a heading",
            ),
            ("[statistics]\ngoals = [\"a\", \"b\"]\n", "line 7: statistics.goals: no such count"),
            ("[constants]\nseason = \"22\"\n", "line 7: constants.season: \"22\" is not a season"),
            (
                "[constants]\nleague = \"Nowhere\"\n",
                "line 7: constants.league: \"Nowhere\" is not a known league",
            ),
            ("[file]\nseparator = \"ab\"\n", "line 7: file.separator: write one character"),
            ("[file]\nencoding = \"klingon\"\n", "line 7: file.encoding: no such encoding"),
            ("[file]\nskip_lines = 2000\n", "line 7: file.skip_lines: at most 1,000"),
            ("[file]\nskip = 1\n", "line 7: skip: unknown field `skip`"),
            (
                "[[odds]]\nbookmaker = \"B\"\nmarket = \"1x3\"\nphase = \"closing\"\ncolumns = [\"a\"]\n",
                "odds 1: market:",
            ),
            (
                "[[odds]]\nbookmaker = \"B\"\nmarket = \"over_under\"\nphase = \"closing\"\ncolumns = [\"a\", \"b\"]\n",
                "odds 1: line: over_under and asian_handicap need line",
            ),
            ("[prices]\nbookmaker = \"b\"\nprice = \"p\"\n", "prices: name either market"),
            ("[competitions]\ncountry = \" \"\n", "line 7: competitions.country: name the country"),
            (
                "[leagues]\nA = { code = \"a\", name = \"A\", country = \"B\", level = 1, kind = \"x\" }\n",
                "line 7: leagues.\"A\": \"x\" is not a kind of competition",
            ),
        ] {
            let told_by = fault(&format!("{LEAST}{more}"));
            assert!(told_by.contains(told), "{told_by}\n  lacks {told}");
        }
        assert!(fault("name = \"x\"\n").contains("missing field `columns`"));
        assert!(fault("name = \"X y\"\n[columns]\n").starts_with("line 1: name: write at most"));
        assert!(fault("name = \"x\"\n[columns]\nhome = \"H\"\naway = \"A\"\n").contains("date or timestamp"));
        assert!(fault(&"#".repeat(LONGEST_MAP + 1)).contains("KiB"));
        assert!(fault("name = ").starts_with("line 1: name:"));
    }
}
