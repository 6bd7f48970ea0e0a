//! Facts as a store holds them, and the ways in which the future may turn out differently.

use super::squads;
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;
use touchline_domain::ports::{ResultRow, StoredQuote};
use touchline_domain::{
    CompetitionKind, DecimalOdds, Injury, Kickoff, KickoffPrecision, League, LeagueId, Lineup, MarketType,
    MatchId, MatchStats, MatchStatus, NewLeague, OddsPhase, OddsQuote, Score, Season, SideStats, TeamId,
};
use touchline_features::{History, Seconds};

/// 2015-01-01, the first day of invented histories.
const FIRST_DAY: Seconds = 1_420_070_400;
pub const DAY: Seconds = 86_400;
/// Invented seasons are short, so that a history of a few dozen matches has several.
const SEASON_DAYS: u16 = 60;
pub const DAYS: u16 = 200;

/// All facts that features are computed from.
#[derive(Debug, Clone, Default)]
pub struct World {
    pub rows: Vec<ResultRow>,
    pub leagues: Vec<League>,
    pub stats: Vec<(MatchId, MatchStats)>,
    pub quotes: Vec<StoredQuote>,
    pub lineups: Vec<(MatchId, Lineup)>,
    pub injuries: Vec<(MatchId, Injury)>,
}

/// One invented match. Teams of a country play in both of its tiers, so that they move between leagues.
#[derive(Debug, Clone)]
pub struct Draw {
    country: u8,
    tier: u8,
    home: u8,
    away: u8,
    day: u16,
    /// Minute of the day; none where only the date is known.
    minute: Option<u16>,
    status: MatchStatus,
    goals: [u8; 2],
    /// Belongs to the season before, although that season is over.
    belated: bool,
    shots: Option<u8>,
    priced: bool,
    neutral: bool,
}

fn draw() -> impl Strategy<Value = Draw> {
    let status = prop_oneof![
        8 => Just(MatchStatus::Finished),
        1 => Just(MatchStatus::Scheduled),
        1 => Just(MatchStatus::Awarded),
        1 => Just(MatchStatus::Postponed),
    ];
    let place = (0_u8..3, 1_u8..=2, 0_u8..8, 1_u8..8);
    let time = (0..DAYS, prop::option::of(0_u16..96), prop::bool::weighted(0.05));
    let facts = ([0_u8..5, 0_u8..5], prop::option::of(0_u8..20), prop::bool::ANY, prop::bool::weighted(0.1));
    (place, time, status, facts).prop_map(
        |((country, tier, home, step), (day, quarter, belated), status, (goals, shots, priced, neutral))| {
            Draw {
                country,
                tier,
                home,
                away: (home + step) % 8,
                day,
                minute: quarter.map(|q| q * 15),
                status,
                goals,
                belated,
                shots,
                priced,
                neutral,
            }
        },
    )
}

/// Three countries with two tiers each, date-only and timed kick-offs, with and without statistics.
pub fn worlds() -> impl Strategy<Value = World> {
    prop::collection::vec(draw(), 1..140).prop_map(|draws| World::of(&draws))
}

/// Any time of the invented days, and a little around them.
pub fn times() -> impl Strategy<Value = Seconds> {
    (-1..=i64::from(DAYS) + 1, 0..=DAY).prop_map(|(day, second)| FIRST_DAY + day * DAY + second)
}

fn league(country: u8, tier: u8) -> League {
    let details = NewLeague {
        code: format!("L{country}{tier}"),
        name: format!("League {country}, tier {tier}"),
        country: format!("Country {country}"),
        level: tier,
        source: "invented".to_owned(),
        kind: CompetitionKind::League,
    };
    League { id: LeagueId(i64::from(country) * 10 + i64::from(tier)), details }
}

fn result_row(id: usize, d: &Draw) -> ResultRow {
    let midnight = DateTime::from_timestamp(FIRST_DAY + i64::from(d.day) * DAY, 0).unwrap();
    let kickoff = match d.minute {
        None => Kickoff::on(midnight.date_naive()),
        Some(minute) => Kickoff::at(midnight + Duration::minutes(minute.into())),
    };
    let start = 2015 + d.day / SEASON_DAYS - u16::from(d.belated);
    let season = if d.country == 1 { Season::calendar_year(start) } else { Season::cross_year(start) };
    let has_score = matches!(d.status, MatchStatus::Finished | MatchStatus::Awarded);
    ResultRow {
        id: MatchId(id as i64),
        league: LeagueId(i64::from(d.country) * 10 + i64::from(d.tier)),
        season: season.unwrap(),
        home: TeamId(i64::from(d.country) * 100 + i64::from(d.home)),
        away: TeamId(i64::from(d.country) * 100 + i64::from(d.away)),
        kickoff: kickoff.at,
        precision: kickoff.precision,
        status: d.status,
        score: has_score.then_some(Score { home: d.goals[0], away: d.goals[1] }),
        neutral_ground: d.neutral,
    }
}

fn counts(shots: u16) -> MatchStats {
    let side = |shots: u16| SideStats {
        shots: Some(shots),
        shots_on_target: Some(shots / 2),
        corners: (!shots.is_multiple_of(5)).then_some(shots / 3),
        red_cards: Some(shots % 2),
        expected_goals: shots.is_multiple_of(2).then_some(f64::from(shots) / 9.0),
        possession: Some(f64::from(30 + shots % 40)),
        ..SideStats::default()
    };
    MatchStats { home: side(shots), away: side(20_u16.saturating_sub(shots)) }
}

/// Days before kick-off at which prices are gathered; at closing it is a minute.
const GATHERED_DAYS: [i64; 3] = [9, 3, 1];

/// Prices of a match in all markets at several times, by bookmakers that do not quote everything.
fn quotes(row: &ResultRow, seed: u64) -> Vec<StoredQuote> {
    let quote = |n: u64, market, phase, before: Duration| {
        let x = noise(seed ^ n.wrapping_mul(0x2545_f491), row.id);
        let odds = |shift: u64| DecimalOdds::new(1.2 + ((x >> shift) % 400) as f64 / 100.0).ok();
        let two_way = |line: i16| ([odds(0), None, odds(8)], Some(line));
        let (prices, line_quarters) = match market {
            MarketType::OverUnder => two_way(8 + (x >> 40) as i16 % 4),
            MarketType::AsianHandicap => two_way((x >> 40) as i16 % 5 - 2),
            _ => ([odds(0), odds(8).filter(|_| x >> 50 & 7 != 0), odds(16)], None),
        };
        let bookmaker = ["PS", "B365", "Avg", "Max", "WH", "IW"][(x >> 24) as usize % 6].into();
        let quote = OddsQuote {
            bookmaker,
            market,
            line_quarters,
            prices,
            phase,
            known_at: row.kickoff - before,
            known_at_imputed: false,
        };
        StoredQuote { match_id: row.id, quote }
    };
    let mut all = Vec::new();
    for (n, market) in [MarketType::OneXTwo, MarketType::OverUnder, MarketType::AsianHandicap]
        .into_iter()
        .cycle()
        .take(12)
        .enumerate()
    {
        let n = n as u64;
        for (k, days) in GATHERED_DAYS.into_iter().enumerate() {
            all.push(quote(8 * n + k as u64, market, OddsPhase::PreMatch, Duration::days(days)));
        }
        all.push(quote(8 * n + 5, market, OddsPhase::Closing, Duration::minutes(1)));
    }
    // As in a store, a book quotes a line once at a time.
    let mut seen = std::collections::HashSet::new();
    all.retain(|q| {
        let q = &q.quote;
        seen.insert((q.bookmaker.clone(), q.market, q.line_quarters, q.phase, q.known_at))
    });
    all
}

/// Pseudo-random numbers that depend on a seed and a match alone.
pub fn noise(seed: u64, id: MatchId) -> u64 {
    let mut x = seed ^ (id.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for _ in 0..3 {
        x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    }
    x ^ (x >> 32)
}

pub fn known_at(row: &ResultRow) -> Seconds {
    Kickoff { at: row.kickoff, precision: row.precision }.result_known_at().timestamp()
}

impl World {
    pub fn of(draws: &[Draw]) -> Self {
        let rows: Vec<ResultRow> = draws.iter().enumerate().map(|(id, d)| result_row(id, d)).collect();
        let priced = rows.iter().zip(draws).filter(|(_, d)| d.priced);
        let quotes = priced.flat_map(|(row, _)| quotes(row, 0)).collect();
        let leagues = (0..3).flat_map(|c| [league(c, 1), league(c, 2)]).collect();
        let stats = draws
            .iter()
            .enumerate()
            .filter_map(|(id, d)| Some((MatchId(id as i64), counts(d.shots?.into()))))
            .collect();
        Self { rows, leagues, stats, quotes, ..Self::default() }.with_invented_squads()
    }

    /// A dense history that is always the same: every day a dozen matches, some at the same time.
    pub fn fixed() -> Self {
        Self::invented(300)
    }

    /// The same with so many matches.
    pub fn invented(matches: i64) -> Self {
        let draws: Vec<Draw> = (0..matches)
            .map(|i| {
                let x = noise(1, MatchId(i));
                let home = (x >> 3) as u8 % 8;
                Draw {
                    country: (x % 3) as u8,
                    tier: 1 + u8::from((x >> 40).is_multiple_of(4)),
                    home,
                    away: (home + 1 + (x >> 8) as u8 % 7) % 8,
                    day: (i as u16) / 12,
                    minute: (x >> 16).is_multiple_of(2).then_some((x >> 17) as u16 % 1440),
                    status: if (x >> 50).is_multiple_of(16) {
                        MatchStatus::Scheduled
                    } else {
                        MatchStatus::Finished
                    },
                    goals: [(x >> 20) as u8 % 5, (x >> 24) as u8 % 4],
                    belated: false,
                    shots: (x >> 30).is_multiple_of(2).then_some((x >> 31) as u8 % 20),
                    priced: !(x >> 44).is_multiple_of(4),
                    neutral: false,
                }
            })
            .collect();
        Self::of(&draws)
    }

    pub fn history(&self) -> History {
        History::new(&self.rows, &self.leagues, &self.stats)
            .with_quotes(&self.quotes)
            .with_squads(&self.lineups, &self.injuries)
    }

    /// The same world with invented line-ups and absences.
    pub fn with_invented_squads(mut self) -> Self {
        self.lineups = self.rows.iter().flat_map(|row| squads::lineups(row, 0)).collect();
        self.injuries = self.rows.iter().flat_map(|row| squads::injuries(row, 0)).collect();
        self
    }

    /// The same world without line-ups and absences.
    pub fn without_squads(&self) -> Self {
        Self { lineups: Vec::new(), injuries: Vec::new(), ..self.clone() }
    }

    /// The same world with the prices, line-ups and absences that were known before `t`.
    fn told_before(&self, t: Seconds) -> Self {
        let mut world = self.with_quotes(|q| q.quote.known_at.timestamp() < t);
        world.lineups.retain(|(_, lineup)| lineup.known_at.timestamp() < t);
        world.injuries.retain(|(_, injury)| injury.known_at.timestamp() < t);
        world
    }

    /// The same world with the quotes for which `keep` holds.
    pub fn with_quotes(&self, keep: impl Fn(&StoredQuote) -> bool) -> Self {
        let mut world = self.clone();
        world.quotes.retain(keep);
        world
    }

    /// The same world in which everything that became known at `t` or later came out differently: scores,
    /// statistics, prices, line-ups, absences, and whether there was a result at all.
    pub fn scrambled(&self, t: Seconds, seed: u64) -> Self {
        let mut world = self.told_before(t);
        for row in &self.rows {
            let late = |at: DateTime<Utc>| at.timestamp() >= t;
            world.quotes.extend(quotes(row, seed).into_iter().filter(|q| late(q.quote.known_at)));
            world.lineups.extend(squads::lineups(row, seed).into_iter().filter(|(_, l)| late(l.known_at)));
            world.injuries.extend(squads::injuries(row, seed).into_iter().filter(|(_, i)| late(i.known_at)));
        }
        for row in world.rows.iter_mut().filter(|row| known_at(row) >= t) {
            let x = noise(seed, row.id);
            let goals = |old: Option<u8>, x: u64| old.map_or(x as u8 % 7, |g| (g + 1 + x as u8 % 6) % 9);
            let score = Score {
                home: goals(row.score.map(|s| s.home), x >> 8),
                away: goals(row.score.map(|s| s.away), x >> 16),
            };
            (row.status, row.score) = match x % 6 {
                0 => (MatchStatus::Scheduled, None),
                1 => (MatchStatus::Cancelled, None),
                2 => (MatchStatus::Awarded, Some(score)),
                _ => (MatchStatus::Finished, Some(score)),
            };
            world.stats.retain(|(id, _)| *id != row.id);
            if x >> 24 & 3 != 0 {
                world.stats.push((row.id, counts((x >> 32) as u16 % 30)));
            }
        }
        world
    }

    /// The same world in which every match from `t` on is played some days later.
    pub fn postponed(&self, t: Seconds, seed: u64) -> Self {
        let mut world = self.clone();
        for row in world.rows.iter_mut().filter(|row| row.kickoff.timestamp() >= t) {
            row.kickoff += Duration::days((noise(seed, row.id) % 30) as i64);
        }
        world
    }

    /// What was known at `t`: no match from `t` on, and no result, price, line-up or absence that came later.
    pub fn truncated(&self, t: Seconds) -> Self {
        let mut world = self.told_before(t);
        world.rows.retain(|row| row.kickoff.timestamp() < t);
        for row in world.rows.iter_mut().filter(|row| known_at(row) >= t) {
            (row.status, row.score) = (MatchStatus::Scheduled, None);
            world.stats.retain(|(id, _)| *id != row.id);
        }
        world
    }

    /// The same world with a further country whose matches lie between the others.
    pub fn with_further_country(&self) -> Self {
        let mut world = self.clone();
        world.leagues.push(league(7, 1));
        for (n, row) in self.rows.iter().enumerate() {
            let id = MatchId(-1 - n as i64);
            let x = noise(5, id);
            let row = ResultRow {
                id,
                league: LeagueId(71),
                home: TeamId(700 + (x % 5) as i64),
                away: TeamId(705 + (x >> 8) as i64 % 5),
                kickoff: row.kickoff,
                precision: KickoffPrecision::Minute,
                status: MatchStatus::Finished,
                score: Some(Score { home: (x >> 16) as u8 % 9, away: (x >> 24) as u8 % 3 }),
                ..*row
            };
            world.rows.push(row);
            // One of its bookmakers quotes nowhere else and comes first by name.
            world.quotes.extend(quotes(&row, 6).into_iter().map(|mut q| {
                if &*q.quote.bookmaker == "WH" {
                    q.quote.bookmaker = "AA".into();
                }
                q
            }));
            world.stats.push((id, counts(x as u16 % 25)));
            world.lineups.extend(squads::lineups(&row, 6));
            world.injuries.extend(squads::injuries(&row, 6));
        }
        world
    }

    /// Kick-offs, ascending.
    pub fn kickoffs(&self) -> Vec<DateTime<Utc>> {
        let mut times: Vec<_> = self.rows.iter().map(|row| row.kickoff).collect();
        times.sort_unstable();
        times
    }
}
