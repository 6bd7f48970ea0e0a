//! The Odds API v4: coming matches with bookmakers' prices (`/sports/KEY/odds`, `/events/ID/odds`), scores
//! (`/sports/KEY/scores`) and prices of the past (`/historical/...`, wrapped in an object with its time). Outcomes are found
//! by name: `Draw`, or the name of a side. Lay prices (`h2h_lay`), which come unasked, are not read. A price dated after
//! kick-off is one of the running match.

use crate::document::{self, Context, Layout, Unplayed};
use crate::json::{self, Scalar};
use crate::leagues::LeagueIndex;
use crate::names::{self, KnownLeague, known_league};
use crate::sources::football_data::calendar_season;
use crate::tables::well_known_league;
use crate::text::{JSON, unpack};
use crate::values::{self, Fault};
use crate::{
    Document, DocumentError, Parsed, Rejection, RejectionKind, Source, SourceFact, SourceFacts, SourceMatch,
    seasons,
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::{
    CompetitionKind, DecimalOdds, Kickoff, MarketType, MatchSetting, MatchStatus, NewLeague, OddsPhase,
    OddsQuote, Score, Season,
};

use answer::{Event, Market, Outcome, Rows};

mod answer;

/// The name under which the records are kept.
const NAME: &str = "the-odds-api";
/// The widest line that is taken for one, in goals.
const WIDEST_LINE: f64 = 25.0;

/// Reads answers of The Odds API. A match's line is its number in the answer, from 1.
#[derive(Debug, Clone, Copy, Default)]
pub struct TheOddsApi;

impl Source for TheOddsApi {
    fn name(&self) -> &str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        let bytes = unpack(document.bytes, JSON)?;
        let text = std::str::from_utf8(&bytes).map_err(|e| DocumentError::Json(e.to_string()))?;
        let mut rows = Rows::of(text)?;
        // What was asked of the past was known at its own time, not when it was asked.
        let as_of = time(&rows.timestamp).map_or(collected_at, |at| at.min(collected_at));
        let mut parsed = Parsed { layout: layout(), ..Parsed::default() };
        let mut leagues = LeagueIndex::default();
        let mut markets = Markets::default();
        let mut met = HashSet::new();
        let mut line = 0;
        while let Some((text, row)) = rows.next()? {
            line += 1;
            match event(line, &row, as_of, &mut leagues) {
                Ok(found) if found.external_id.as_ref().is_some_and(|id| !met.insert(id.clone())) => {
                    let message = "a match with this id stands in the answer before".to_owned();
                    parsed.rejections.push(Rejection::new(line, RejectionKind::MalformedId, message, text));
                }
                Ok(found) => {
                    let found = prices(&row, found, as_of, &mut markets, &mut parsed);
                    parsed.payloads.insert(line, text.to_owned());
                    parsed.matches.push(found);
                }
                Err((kind, message)) => parsed.rejections.push(Rejection::new(line, kind, message, text)),
            }
        }
        parsed.rows = u64::from(line);
        parsed.leagues = leagues.into_leagues();
        let today = collected_at.date_naive();
        let context =
            Context { today, unplayed: Unplayed::Said, leagues: true, most_clubs: document::of_any_size };
        document::judge(&mut parsed, &context)?;
        Ok(parsed)
    }
}

fn layout() -> Layout {
    let used = ["commence_time", "home_team", "away_team", "bookmakers.markets.outcomes", "scores"];
    Layout {
        used: used.map(str::to_owned).to_vec(),
        dates: "UTC".to_owned(),
        league: "sport_key".to_owned(),
        season: "from the date".to_owned(),
        ..Layout::default()
    }
}

fn time(value: &Scalar<'_>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.text()?).ok().map(|at| at.to_utc())
}

/// The markets met, by how the answer writes them: there are a handful, named thousands of times.
#[derive(Default)]
struct Markets(Vec<(String, Option<MarketType>)>);

impl Markets {
    /// How many are remembered; an answer that writes more is none of this provider.
    const MOST: usize = 16;

    fn of(&mut self, key: &str) -> Option<MarketType> {
        if let Some((_, market)) = self.0.iter().find(|(met, _)| met == key) {
            return *market;
        }
        let market = names::market(NAME, key);
        if self.0.len() < Self::MOST {
            self.0.push((key.to_owned(), market));
        }
        market
    }
}

/// The match of a row, without its prices.
fn event(
    line: u32,
    row: &Event<'_>,
    as_of: DateTime<Utc>,
    leagues: &mut LeagueIndex,
) -> Result<SourceMatch, Fault> {
    let key = row.sport_key.text().unwrap_or_default();
    let known = known_league(NAME, key).ok_or_else(|| {
        (RejectionKind::UnknownLeague, format!("{key:.60?} is not the key of a league that is read"))
    })?;
    let id = row.id.text();
    let id = id.filter(|id| (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()));
    let id = id.ok_or_else(|| (RejectionKind::MalformedId, "the match has no id".to_owned()))?;
    let kickoff = time(&row.commence_time).filter(|at| (2000..=2199).contains(&chrono::Datelike::year(at)));
    let kickoff = kickoff.ok_or_else(|| {
        let text = row.commence_time.text().unwrap_or_default();
        (RejectionKind::MalformedDate, format!("{text:.40?} is not a time such as 2024-10-19T11:30:00Z"))
    })?;
    let [home, away] = [&row.home_team, &row.away_team].map(|name| name.text().unwrap_or_default().trim());
    let (home, away) = values::teams(home, away)?;
    let completed = row.completed == Scalar::Flag(true);
    let score = if completed { Some(score(row, &home, &away)?) } else { None };
    if score.is_some() {
        values::not_future(kickoff.date_naive(), as_of.date_naive())?;
    }
    let status = match (completed, row.scores.is_some()) {
        (true, _) => MatchStatus::Finished,
        (false, true) => MatchStatus::Live,
        (false, false) => MatchStatus::Scheduled,
    };
    Ok(SourceMatch {
        line,
        league: leagues.index(key, || league(key, known)),
        season: season(known, kickoff.date_naive()),
        home,
        away,
        kickoff: Kickoff::at(kickoff),
        status,
        score,
        half_time: None,
        referee: None,
        attendance: None,
        external_id: Some(id.to_owned()),
        stats: None,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    })
}

fn league(key: &str, known: &KnownLeague) -> NewLeague {
    let described = known.codes.iter().find_map(|(_, code)| well_known_league(code));
    NewLeague {
        code: key.to_owned(),
        name: described.as_ref().map_or_else(|| key.to_owned(), |league| league.name.clone()),
        country: known.country.to_owned(),
        level: described.map_or(1, |league| league.level),
        source: NAME.to_owned(),
        kind: CompetitionKind::League,
    }
}

/// The answers name no season: it follows from the date, as the league plays.
fn season(known: &KnownLeague, date: NaiveDate) -> Season {
    let code = known.codes.iter().find(|(source, _)| *source == "football-data");
    code.and_then(|(_, code)| calendar_season(code, date)).unwrap_or_else(|| seasons::of_date(date))
}

/// Goals come as text, by the name of the side.
fn score(row: &Event<'_>, home: &str, away: &str) -> Result<Score, Fault> {
    let goals = |side: &str| {
        let entries = row.scores.as_deref()?;
        match &entries.iter().find(|entry| entry.name.text().map(str::trim) == Some(side))?.score {
            Scalar::Whole(goals) => Some(*goals),
            goals => goals.text()?.trim().parse().ok(),
        }
    };
    let (Some(home), Some(away)) = (goals(home), goals(away)) else {
        return Err((
            RejectionKind::MalformedScore,
            "the match is over and has no score of both sides".to_owned(),
        ));
    };
    Score::new(home, away).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
}

/// Adds the prices of a row: those of before kick-off to the match, later ones as prices of the running match.
fn prices(
    row: &Event<'_>,
    found: SourceMatch,
    as_of: DateTime<Utc>,
    markets: &mut Markets,
    parsed: &mut Parsed,
) -> SourceMatch {
    let mut found = found;
    for bookmaker in row.bookmakers.iter().flatten() {
        let name = bookmaker.title.text().or(bookmaker.key.text()).map(str::trim).unwrap_or_default();
        if name.is_empty() || name.len() > 100 || name.chars().any(char::is_control) {
            let data = [("key", &bookmaker.key), ("title", &bookmaker.title)];
            reject(parsed, found.line, "a bookmaker without a name; its prices are dropped", &data);
            continue;
        }
        let name: Arc<str> = name.into();
        for entry in bookmaker.markets.iter().flatten() {
            let market = markets.of(entry.key.text().unwrap_or_default());
            let Some(market) = market else { continue };
            let updated = time(&entry.last_update).or_else(|| time(&bookmaker.last_update));
            let known_at = updated.map_or(as_of, |at| at.min(as_of));
            for (line_quarters, prices) in book(market, entry, &found, parsed) {
                let quote = OddsQuote {
                    bookmaker: Arc::clone(&name),
                    market,
                    line_quarters,
                    prices,
                    phase: OddsPhase::PreMatch,
                    known_at,
                    known_at_imputed: false,
                };
                if known_at < found.kickoff.at {
                    found.odds.push(quote);
                } else if let Some(external_id) = found.external_id.clone() {
                    let fact = SourceFact::InPlay(quote.into());
                    parsed.facts.push(SourceFacts { line: found.line, external_id, team: None, fact });
                }
            }
        }
    }
    found
}

/// The prices of a market by line, of which there are at most as many as quarters up to the widest; what cannot be read is left out and recorded.
fn book(
    market: MarketType,
    entry: &Market<'_>,
    found: &SourceMatch,
    parsed: &mut Parsed,
) -> Vec<(Option<i16>, [Option<DecimalOdds>; 3])> {
    let mut book: Vec<(_, [Option<DecimalOdds>; 3])> = Vec::new();
    for outcome in entry.outcomes.iter().flatten() {
        let data = [("name", &outcome.name), ("price", &outcome.price), ("point", &outcome.point)];
        let Some((line, place)) = place(market, outcome, found) else {
            reject(parsed, found.line, "the outcome is no side and no line of its market; dropped", &data);
            continue;
        };
        let Some(price) = outcome.price.number().and_then(|price| DecimalOdds::new(price).ok()) else {
            reject(parsed, found.line, "the price is none above 1; dropped", &data);
            continue;
        };
        let at = book.iter().position(|(held, _)| *held == line).unwrap_or_else(|| {
            book.push((line, [None; 3]));
            book.len() - 1
        });
        book[at].1[place].get_or_insert(price);
    }
    book.sort_unstable_by_key(|(line, _)| *line);
    book
}

/// Line and place of an outcome. An away handicap carries the away side's line here, which is the home side's negated.
fn place(market: MarketType, outcome: &Outcome<'_>, found: &SourceMatch) -> Option<(Option<i16>, usize)> {
    let name = outcome.name.text()?.trim();
    let side = match name {
        name if name == found.home => 0,
        name if name == found.away => 2,
        _ => 1,
    };
    let quarters = || {
        let quarters = outcome.point.number()? * 4.0;
        (quarters.fract() == 0.0 && quarters.abs() <= WIDEST_LINE * 4.0).then_some(quarters as i16)
    };
    match (market, name) {
        (MarketType::OneXTwo, "Draw") => Some((None, 1)),
        (MarketType::OneXTwo, _) => (side != 1).then_some((None, side)),
        (MarketType::OverUnder, "Over") => Some((Some(quarters()?), 0)),
        (MarketType::OverUnder, "Under") => Some((Some(quarters()?), 2)),
        (MarketType::BothTeamsScore, "Yes") => Some((None, 0)),
        (MarketType::BothTeamsScore, "No") => Some((None, 2)),
        (MarketType::AsianHandicap, _) => match side {
            0 => Some((Some(quarters()?), 0)),
            2 => Some((Some(-quarters()?), 2)),
            _ => None,
        },
        _ => None,
    }
}

fn reject(parsed: &mut Parsed, line: u32, message: &str, data: &[(&str, &Scalar<'_>)]) {
    let kind = RejectionKind::MalformedOdds;
    parsed.rejections.push(Rejection::new(line, kind, message.to_owned(), &json::shown(data)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Parsed, DocumentError> {
        let now = "2026-03-07T14:00:00Z".parse().unwrap();
        TheOddsApi.parse(&Document { name: "a.json", bytes: text.as_bytes() }, now)
    }

    fn event(more: &str) -> String {
        format!(
            r#"{{"id": "e1", "sport_key": "soccer_epl", "commence_time": "2026-03-07T15:00:00Z",
            "home_team": "Alder", "away_team": "Birch", {more}}}"#
        )
    }

    fn markets(text: &str) -> String {
        event(&format!(
            r#""bookmakers": [{{"key": "b", "title": "Book", "last_update": "2026-03-07T13:00:00Z", "markets": [{text}]}}]"#
        ))
    }

    fn quotes(parsed: &Parsed) -> Vec<(MarketType, Option<i16>, [Option<u32>; 3])> {
        let thousandths = |price: Option<DecimalOdds>| price.map(DecimalOdds::thousandths);
        let odds = &parsed.matches[0].odds;
        odds.iter().map(|quote| (quote.market, quote.line_quarters, quote.prices.map(thousandths))).collect()
    }

    #[test]
    fn outcomes_are_found_by_name_and_lines_are_those_of_the_home_side() {
        let text = markets(
            r#"{"key": "h2h", "outcomes": [{"name": "Draw", "price": 3.4}, {"name": "Birch", "price": 4},
                {"name": "Alder", "price": 1.91}]},
            {"key": "h2h_lay", "outcomes": [{"name": "Alder", "price": 1.95}]},
            {"key": "totals", "last_update": "2026-03-07T13:30:00Z", "outcomes": [
                {"name": "Under", "price": 1.8, "point": 2.5}, {"name": "Over", "price": 2.0, "point": 2.5}]},
            {"key": "spreads", "outcomes": [{"name": "Birch", "price": 1.9, "point": 0.75},
                {"name": "Alder", "price": 1.95, "point": -0.75}]}"#,
        );
        let parsed = read(&format!("[{text}]")).unwrap();
        assert_eq!(
            quotes(&parsed),
            [
                (MarketType::OneXTwo, None, [Some(1_910), Some(3_400), Some(4_000)]),
                (MarketType::OverUnder, Some(10), [Some(2_000), None, Some(1_800)]),
                (MarketType::AsianHandicap, Some(-3), [Some(1_950), None, Some(1_900)]),
            ]
        );
        let found = &parsed.matches[0];
        let known: Vec<String> =
            found.odds.iter().map(|quote| quote.known_at.format("%H:%M").to_string()).collect();
        assert_eq!(known, ["13:00", "13:30", "13:00"]);
        assert_eq!((found.season.to_string(), found.status), ("2025-26".to_owned(), MatchStatus::Scheduled));
        assert_eq!((parsed.leagues[0].country.as_str(), parsed.leagues[0].level), ("England", 1));
        assert_eq!(parsed.rejections, []);
    }

    #[test]
    fn scores_are_texts_by_name_and_prices_of_the_running_match_stand_apart() {
        let text = event(
            r#""completed": true, "scores": [{"name": "Birch", "score": "1"}, {"name": "Alder", "score": "3"}]"#,
        );
        let parsed = read(&format!("[{}]", text.replace("-07T15", "-06T15"))).unwrap();
        assert_eq!(parsed.matches[0].score.unwrap().to_string(), "3-1");
        let live = markets(r#"{"key": "h2h", "outcomes": [{"name": "Alder", "price": 1.2}]}"#)
            .replace("T15:", "T12:");
        let parsed = read(&format!("[{live}]")).unwrap();
        assert!(parsed.matches[0].odds.is_empty());
        assert!(matches!(parsed.facts[0].fact, SourceFact::InPlay(_)), "{:?}", parsed.facts);
    }

    #[test]
    fn prices_of_the_past_are_dated_by_their_own_time() {
        let text = markets(r#"{"key": "h2h", "outcomes": [{"name": "Alder", "price": 1.5}]}"#);
        let wrapped = format!(r#"{{"timestamp": "2026-03-07T12:55:00Z", "data": [{text}]}}"#);
        let parsed = read(&wrapped).unwrap();
        assert_eq!(parsed.matches[0].odds[0].known_at.to_rfc3339(), "2026-03-07T12:55:00+00:00");
        assert_eq!(
            read(&format!(r#"{{"timestamp": "2026-03-07T12:55:00Z", "data": {text}}}"#))
                .unwrap()
                .matches
                .len(),
            1
        );
    }

    #[test]
    fn what_is_no_list_of_matches_is_refused_and_bad_rows_are_left_out() {
        let name = |text: &str| read(text).unwrap_err().name();
        assert_eq!(
            name(r#"{"message": "no credits", "error_code": "OUT_OF_USAGE_CREDITS"}"#),
            "provider_error"
        );
        assert_eq!(name(r#"[{"key": "soccer_epl", "has_outrights": false}]"#), "malformed_json");
        assert_eq!(name("{}"), "malformed_json");
        assert_eq!(name("[1"), "malformed_json");
        assert_eq!(read("[]").unwrap().rows, 0);
        let good = event(r#""bookmakers": []"#);
        let rows = [
            good.replace("soccer_epl", "soccer_moon"),
            good.replace("\"e1\"", "null"),
            good.replace("2026-03-07T", "sometime"),
            good.replace("Birch", "Alder"),
            good.replace("\"bookmakers\": []", "\"completed\": true, \"scores\": null")
                .replace("\"e1\"", "\"e2\""),
            good.clone(),
            good,
        ];
        let parsed = read(&format!("[{}]", rows.join(","))).unwrap();
        assert_eq!((parsed.matches.len(), parsed.rejections.len()), (1, 6), "{:?}", parsed.rejections);
        let odd = markets(
            r#"{"key": "h2h", "outcomes": [{"name": "Gorse", "price": 2}, {"name": "Alder", "price": 0.5}]},
            {"key": "totals", "outcomes": [{"name": "Over", "price": 2, "point": 2.3}, {"name": "Over", "price": 2}]}"#,
        );
        let parsed = read(&format!("[{odd}]")).unwrap();
        assert_eq!((parsed.matches[0].odds.len(), parsed.rejections.len()), (0, 4));
    }
}
