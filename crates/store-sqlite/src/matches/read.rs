//! Rows of matches, statistics and quotes.

use crate::Connection;
use crate::error::{Mapped, corrupt};
use crate::row::Read;
use futures::TryStreamExt;
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::ports::{StoreError, StoredQuote};
use touchline_domain::{
    DecimalOdds, Kickoff, LeagueId, Match, MatchId, MatchStats, NewMatch, OddsQuote, Score, Season,
    SideStats, TeamId,
};

pub(crate) type Select = Query<'static, Sqlite, SqliteArguments>;

/// A line that is none; see the schema.
pub(crate) const NO_LINE: i16 = i16::MIN;

/// All matches by identifier.
pub(crate) async fn all_matches(connection: &mut Connection) -> Result<Vec<Match>, StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/all.sql")).fetch(connection);
    let mut matches = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        matches.push(a_match(&row)?);
    }
    Ok(matches)
}

/// All matches of some seasons of leagues, each once.
pub(crate) async fn matches_of(
    connection: &mut Connection,
    seasons: &[(LeagueId, Season)],
) -> Result<Vec<Match>, StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/of_seasons.sql"))
        .bind(pairs(seasons))
        .fetch(connection);
    let mut matches = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        matches.push(a_match(&row)?);
    }
    Ok(matches)
}

/// Each pair once, as JSON.
pub(crate) fn pairs(seasons: &[(LeagueId, Season)]) -> String {
    let mut seasons = seasons.to_vec();
    seasons.sort_unstable();
    seasons.dedup();
    let pairs: Vec<_> = seasons.iter().map(|(league, season)| (league.0, season.to_string())).collect();
    serde_json::json!(pairs).to_string()
}

/// All statistics by match.
pub(crate) async fn all_stats(connection: &mut Connection) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
    stats(connection, sqlx::query(include_str!("../../queries/matches/all_stats.sql"))).await
}

pub(crate) async fn stats(
    connection: &mut Connection,
    query: Select,
) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        all.push((MatchId(row.value(0)?), MatchStats { home: side(&row, 1)?, away: side(&row, 2)? }));
    }
    Ok(all)
}

/// All quotes, those of a match together, by match; each is given to `each`.
pub(crate) async fn all_quotes(
    connection: &mut Connection,
    mut each: impl FnMut(StoredQuote) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/all_odds.sql")).fetch(connection);
    let mut bookmakers = Bookmakers::default();
    while let Some(row) = rows.try_next().await.mapped()? {
        each(a_quote(&row, &mut bookmakers)?)?;
    }
    Ok(())
}

pub(crate) async fn quotes(
    connection: &mut Connection,
    query: Select,
) -> Result<Vec<StoredQuote>, StoreError> {
    let mut rows = query.fetch(connection);
    let mut bookmakers = Bookmakers::default();
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        all.push(a_quote(&row, &mut bookmakers)?);
    }
    Ok(all)
}

pub(crate) fn a_match(row: &SqliteRow) -> Result<Match, StoreError> {
    Ok(Match {
        id: MatchId(row.value(0)?),
        details: NewMatch {
            league: LeagueId(row.value(1)?),
            season: row.parsed(2)?,
            home: TeamId(row.value(3)?),
            away: TeamId(row.value(4)?),
            leg: row.number(5)?,
            kickoff: Kickoff { at: row.time(6)?, precision: row.parsed(7)? },
            status: row.parsed(8)?,
            score: score(row, 9)?,
            half_time: score(row, 11)?,
            referee: row.value(13)?,
            attendance: row.optional_number(14)?,
            source: row.value(15)?,
            external_id: row.value(16)?,
        },
    })
}

fn score(row: &SqliteRow, column: usize) -> Result<Option<Score>, StoreError> {
    let goals: (Option<i64>, Option<i64>) = (row.value(column)?, row.value(column + 1)?);
    let (Some(home), Some(away)) = goals else { return Ok(None) };
    Score::new(home, away).map(Some).map_err(corrupt)
}

/// Statistics of one side: home and away columns alternate from `first`.
fn side(row: &SqliteRow, first: usize) -> Result<SideStats, StoreError> {
    let column = |i: usize| first + 2 * i;
    Ok(SideStats {
        shots: row.optional_number(column(0))?,
        shots_on_target: row.optional_number(column(1))?,
        woodwork: row.optional_number(column(2))?,
        corners: row.optional_number(column(3))?,
        fouls: row.optional_number(column(4))?,
        offsides: row.optional_number(column(5))?,
        yellow_cards: row.optional_number(column(6))?,
        red_cards: row.optional_number(column(7))?,
        expected_goals: row.value(column(8))?,
        possession: row.value(column(9))?,
    })
}

/// The few names that stand in many quotes.
#[derive(Default)]
pub(crate) struct Bookmakers(HashSet<Arc<str>>);

impl Bookmakers {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = name.into();
        self.0.insert(Arc::clone(&shared));
        shared
    }
}

pub(crate) fn a_quote(row: &SqliteRow, bookmakers: &mut Bookmakers) -> Result<StoredQuote, StoreError> {
    let price = |column: usize| -> Result<Option<DecimalOdds>, StoreError> {
        let thousandths: Option<u32> = row.optional_number(column)?;
        thousandths.map(|n| DecimalOdds::new(f64::from(n) / 1000.0).map_err(corrupt)).transpose()
    };
    Ok(StoredQuote {
        match_id: MatchId(row.value(0)?),
        quote: OddsQuote {
            market: row.parsed(1)?,
            bookmaker: bookmakers.shared(row.value(2)?),
            line_quarters: Some(row.number(3)?).filter(|line| *line != NO_LINE),
            phase: row.parsed(4)?,
            known_at: row.time(5)?,
            known_at_imputed: row.value(6)?,
            prices: [price(7)?, price(8)?, price(9)?],
        },
    })
}
