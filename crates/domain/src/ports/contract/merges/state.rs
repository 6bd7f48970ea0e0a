//! Everything that a merge may touch, as the ports show it.

use super::super::totals;
use crate::ports::{SealedForecast, Store, TeamAlias};
use crate::{
    Correction, EventList, InPlayQuote, Injury, League, Lineup, Match, MatchClaim, MatchId, MatchStats,
    NameReview, OddsQuote, Team, Weather,
};
use chrono::{DateTime, Utc};

/// The content of a store with its identifiers.
#[derive(Debug, PartialEq)]
pub(super) struct State {
    pub(super) hash: String,
    pub(super) leagues: Vec<League>,
    pub(super) teams: Vec<Team>,
    pub(super) aliases: Vec<TeamAlias>,
    pub(super) matches: Vec<Match>,
    pub(super) quotes: Vec<(MatchId, OddsQuote, DateTime<Utc>)>,
    pub(super) stats: Vec<(MatchId, MatchStats)>,
    pub(super) lineups: Vec<(MatchId, Lineup)>,
    pub(super) injuries: Vec<(MatchId, Injury)>,
    pub(super) events: Vec<(MatchId, EventList)>,
    pub(super) in_play: Vec<(MatchId, InPlayQuote)>,
    pub(super) weather: Vec<(MatchId, Weather)>,
    pub(super) claims: Vec<MatchClaim>,
    pub(super) corrections: Vec<Correction>,
    pub(super) reviews: Vec<NameReview>,
    /// With their own identifiers.
    pub(super) sealed: Vec<(i64, SealedForecast)>,
}

impl State {
    pub(super) async fn of(store: &(impl Store + ?Sized)) -> Self {
        let matches = matches(store).await;
        let ids: Vec<_> = matches.iter().map(|m| m.id).collect();
        let recorded = store.recorded_quotes(&ids).await.expect("quotes are read").into_iter();
        let mut quotes: Vec<_> = recorded.map(|r| (r.match_id, r.quote, r.recorded_at)).collect();
        quotes.sort_by_key(|(id, q, _)| {
            (*id, q.bookmaker.to_string(), q.market.name(), q.line_quarters, q.phase.name(), q.known_at)
        });
        let mut aliases = store.aliases().await.expect("aliases are read");
        aliases.sort_by(|a, b| (&a.source, &a.country, &a.alias).cmp(&(&b.source, &b.country, &b.alias)));
        let mut seasons: Vec<_> = matches.iter().map(|m| (m.league, m.season)).collect();
        seasons.sort_unstable();
        seasons.dedup();
        let mut claims = store.claims_of(&seasons).await.expect("claims are read");
        claims.sort_by(|a, b| {
            (a.match_id, a.field.name(), &a.source).cmp(&(b.match_id, b.field.name(), &b.source))
        });
        totals::agree(store, "around a merge").await;
        Self {
            hash: store.content_hash().await.expect("hashed"),
            leagues: store.leagues().await.expect("leagues are read"),
            teams: store.teams().await.expect("teams are read"),
            aliases,
            matches,
            quotes,
            stats: store.all_stats().await.expect("statistics are read"),
            lineups: store.all_lineups().await.expect("line-ups are read"),
            injuries: store.all_injuries().await.expect("absences are read"),
            events: store.all_events().await.expect("events are read"),
            in_play: store.all_in_play_odds().await.expect("quotes are read"),
            weather: store.all_weather().await.expect("weather is read"),
            claims,
            corrections: store.all_corrections(None).await.expect("corrections are read"),
            reviews: store.reviews(false).await.expect("reviews are read"),
            sealed: store
                .forecasts(None, 1000)
                .await
                .expect("forecasts are read")
                .into_iter()
                .map(|exported| (exported.id, exported.forecast))
                .collect(),
        }
    }
}

/// All matches by identifier.
pub(super) async fn matches(store: &(impl Store + ?Sized)) -> Vec<Match> {
    let mut matches = Vec::new();
    for row in store.results().await.expect("results are read") {
        matches.extend(store.get_match(row.id).await.expect("a match is read"));
    }
    matches.sort_by_key(|m| m.id);
    matches
}
