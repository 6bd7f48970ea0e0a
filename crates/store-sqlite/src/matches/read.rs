//! Rows of matches, statistics and quotes.

use crate::Connection;
use crate::error::Mapped;
use crate::rows::matches::{a_match, a_quote, stats};
use crate::rows::{Texts, each};
use futures::TryStreamExt;
use touchline_domain::ports::{StoreError, StoredQuote};
use touchline_domain::{LeagueId, Match, MatchId, MatchStats, Season};

/// All matches by identifier.
pub(crate) async fn all_matches(connection: &mut Connection) -> Result<Vec<Match>, StoreError> {
    let query = sqlx::query(include_str!("../../queries/matches/all.sql"));
    each(query.fetch(connection), a_match).await
}

/// All matches of some seasons of leagues, each once.
pub(crate) async fn matches_of(
    connection: &mut Connection,
    seasons: &[(LeagueId, Season)],
) -> Result<Vec<Match>, StoreError> {
    let query = sqlx::query(include_str!("../../queries/matches/of_seasons.sql")).bind(pairs(seasons));
    each(query.fetch(connection), a_match).await
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
    stats(sqlx::query(include_str!("../../queries/matches/all_stats.sql")).fetch(connection)).await
}

/// All quotes, those of a match together, by match; each is given to `each`.
pub(crate) async fn all_quotes(
    connection: &mut Connection,
    mut each: impl FnMut(StoredQuote) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let mut rows = sqlx::query(include_str!("../../queries/matches/all_odds.sql")).fetch(connection);
    let mut bookmakers = Texts::default();
    while let Some(row) = rows.try_next().await.mapped()? {
        each(a_quote(&row, &mut bookmakers)?)?;
    }
    Ok(())
}
