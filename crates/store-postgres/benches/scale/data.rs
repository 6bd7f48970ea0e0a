//! Made-up leagues: round robins, and bookmakers that change their prices every three hours.

use chrono::{DateTime, Duration, Utc};
use std::sync::Arc;
use touchline_domain::ports::{MatchFacts, RosterWriter};
use touchline_domain::{
    CompetitionKind, DecimalOdds, Kickoff, LeagueId, MarketType, MatchSetting, MatchStatus, NewLeague,
    NewMatch, NewTeam, OddsPhase, OddsQuote, Score, Season, TeamId,
};
use touchline_store_postgres::PostgresStore;

pub const LEAGUES: usize = 30;
pub const CLUBS: usize = 20;
/// 1998-99 to 2023-24.
pub const SEASONS: std::ops::RangeInclusive<u16> = 1998..=2023;
pub const BOOKMAKERS: usize = 40;
/// How often most matches are priced, and one of them.
pub const SPARSE: Duration = Duration::hours(3);
pub const DENSE: Duration = Duration::minutes(5);
/// Before kick-off.
const PRICED_HOURS: i64 = 72;

/// What the store calls leagues and clubs.
pub struct Roster {
    pub leagues: Vec<LeagueId>,
    pub clubs: Vec<TeamId>,
}

impl Roster {
    pub async fn create(store: &PostgresStore) -> Self {
        let league = |i: usize| NewLeague {
            code: format!("L{i}"),
            name: format!("League {i}"),
            country: format!("Country {i}"),
            level: 1,
            source: "bench".to_owned(),
            kind: CompetitionKind::League,
        };
        let leagues = store.ensure_leagues(&(0..LEAGUES).map(league).collect::<Vec<_>>()).await;
        let club =
            |i: usize| NewTeam { name: format!("Club {i}"), country: format!("Country {}", i / CLUBS) };
        let clubs: Vec<_> = (0..LEAGUES * CLUBS).map(club).collect();
        let clubs = store.ensure_teams("bench", &clubs).await.expect("clubs");
        Self { leagues: leagues.expect("leagues"), clubs }
    }

    /// The matches of a season: a round a week in each league, from August.
    pub fn season(&self, year: u16) -> Vec<NewMatch> {
        let season = Season::cross_year(year).expect("a year");
        let start: DateTime<Utc> = format!("{year}-08-05T14:00:00Z").parse().expect("a time");
        let mut matches = Vec::new();
        for league in 0..LEAGUES {
            for (n, (home, away)) in pairings().enumerate() {
                let at =
                    start + Duration::weeks((n % 38) as i64) + Duration::minutes((league % 6) as i64 * 30);
                matches.push(NewMatch {
                    league: self.leagues[league],
                    season,
                    home: self.clubs[league * CLUBS + home],
                    away: self.clubs[league * CLUBS + away],
                    leg: 1,
                    kickoff: Kickoff::at(at),
                    status: MatchStatus::Finished,
                    score: Some(Score { home: (n % 5) as u8, away: (n % 3) as u8 }),
                    half_time: None,
                    referee: None,
                    attendance: None,
                    source: "bench".to_owned(),
                    external_id: None,
                    setting: MatchSetting::default(),
                });
            }
        }
        matches.sort_by_key(|m| m.kickoff.at);
        matches
    }
}

fn pairings() -> impl Iterator<Item = (usize, usize)> {
    (0..CLUBS).flat_map(|home| (0..CLUBS).map(move |away| (home, away))).filter(|(home, away)| home != away)
}

/// The codes, each in memory once.
pub fn bookmakers() -> Vec<Arc<str>> {
    (0..BOOKMAKERS).map(|i| Arc::from(format!("BK{i:02}"))).collect()
}

/// Quotes of one match, of the 72 hours before kick-off, so often: 960 if [`SPARSE`].
pub fn quotes(kickoff: DateTime<Utc>, salt: usize, bookmakers: &[Arc<str>], every: Duration) -> MatchFacts {
    let steps = PRICED_HOURS * 60 / every.num_minutes();
    let price = |n: usize| Some(DecimalOdds::new(n as f64 / 1000.0).expect("a price"));
    let mut odds = Vec::with_capacity(bookmakers.len() * steps as usize);
    for step in (1..=steps).rev() {
        for (i, bookmaker) in bookmakers.iter().enumerate() {
            let drift = (salt * 31 + i * 17 + step as usize * 7) % 200;
            odds.push(OddsQuote {
                bookmaker: Arc::clone(bookmaker),
                market: MarketType::OneXTwo,
                line_quarters: None,
                prices: [price(2200 + drift), price(3300 + drift), price(3400 + drift)],
                phase: OddsPhase::PreMatch,
                known_at: kickoff - every * step as i32 + Duration::seconds(i as i64),
                known_at_imputed: false,
            });
        }
    }
    MatchFacts { odds, ..MatchFacts::default() }
}
