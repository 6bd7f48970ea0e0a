//! Columns about line-ups carry what line-ups say: in an invented league in which each team has a star, whose absence
//! costs goals, they make forecasts better; with line-ups that say nothing they do not.

#![expect(clippy::unwrap_used, reason = "helpers of tests: fixtures are known to be well formed")]

mod support;

use chrono::{DateTime, Duration, Utc};
use support::world::{World, noise};
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    CompetitionKind, Injury, InjuryKind, KickoffPrecision, League, LeagueId, Lineup, LineupKind, Listed,
    MatchId, MatchStatus, NewLeague, Player, STARTERS, Score, Season, Side, Squad, TeamId,
};
use touchline_features::{Knowledge, LineupView, Settings, compute};

const CLUBS: i64 = 20;
const SEASONS: i64 = 4;
const PLAYERS: u64 = 15;

fn uniform(seed: u64, id: i64) -> f64 {
    (noise(seed, MatchId(id)) >> 11) as f64 / (1_u64 << 53) as f64
}

fn poisson(mean: f64, u: f64) -> u8 {
    let (mut p, mut sum, mut goals) = ((-mean).exp(), (-mean).exp(), 0);
    while u > sum && goals < 15 {
        goals += 1;
        p *= mean / f64::from(goals);
        sum += p;
    }
    goals
}

/// Player 0 of a team is its star and misses a third of its matches.
fn star_plays(id: i64, side: Side) -> bool {
    uniform(40 + side as u64, id) > 0.34
}

fn player(club: TeamId, n: u64) -> Player {
    Player::new(format!("{club}-{n}"), "Name").unwrap()
}

/// The star, where he plays, and others by lot.
fn squad(club: TeamId, id: i64, star: bool) -> Squad {
    let mut others: Vec<u64> = (1..PLAYERS).collect();
    others.sort_by_key(|n| noise(60 + n, MatchId(id * CLUBS + club.0)) % 100 + 6 * n);
    let all = star.then_some(0).into_iter().chain(others);
    let starters =
        all.take(STARTERS).map(|n| Listed { player: player(club, n), position: None, shirt: None });
    Squad::new(starters.collect(), vec![]).unwrap()
}

/// What line-ups and lists of absences say of the stars.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    Truth,
    /// Who plays has nothing to do with the match.
    Chance,
}

/// Everyone against everyone in each season, ten matches every third day.
fn league(told: Told) -> World {
    let details = NewLeague {
        code: "L".to_owned(),
        name: "League".to_owned(),
        country: "Country".to_owned(),
        level: 1,
        source: "invented".to_owned(),
        kind: CompetitionKind::League,
    };
    let mut world = World { leagues: vec![League { id: LeagueId(1), details }], ..World::default() };
    let first = DateTime::<Utc>::from_timestamp(1_500_000_000, 0).unwrap();
    let rounds = 2 * (CLUBS - 1);
    for n in 0..SEASONS * rounds * CLUBS / 2 {
        let (round, pair) = (n / (CLUBS / 2), n % (CLUBS / 2));
        let turn = round % (CLUBS - 1);
        let x = (turn + pair) % (CLUBS - 1);
        let y = if pair == 0 { CLUBS - 1 } else { (turn + CLUBS - 1 - pair) % (CLUBS - 1) };
        let (home, away) = if (round + pair) % 2 == 0 { (x, y) } else { (y, x) };
        let strength = |club: i64| club as f64 / CLUBS as f64 - 0.5;
        let star = Side::BOTH.map(|side| f64::from(u8::from(star_plays(n, side))));
        let supremacy = 0.15 + 0.6 * (strength(home) - strength(away)) + 0.9 * (star[0] - star[1]);
        let goals = [supremacy / 2.0, -supremacy / 2.0].map(|log| 1.3 * log.exp());
        let row = ResultRow {
            id: MatchId(n),
            league: LeagueId(1),
            season: Season::calendar_year(2000 + (round / rounds) as u16).unwrap(),
            home: TeamId(home),
            away: TeamId(away),
            kickoff: first + Duration::days(3 * round),
            precision: KickoffPrecision::Minute,
            status: MatchStatus::Finished,
            score: Some(Score {
                home: poisson(goals[0], uniform(1, n)),
                away: poisson(goals[1], uniform(2, n)),
            }),
            neutral_ground: false,
        };
        tell(&mut world, &row, told);
        world.rows.push(row);
    }
    world
}

fn tell(world: &mut World, row: &ResultRow, told: Told) {
    for (side, club) in [(Side::Home, row.home), (Side::Away, row.away)] {
        let id = row.id.0 + if told == Told::Chance { 1_000_000 } else { 0 };
        let star = star_plays(id, side);
        let (source, known_at, known_at_imputed) =
            ("invented".into(), row.kickoff - Duration::hours(1), false);
        let squad = squad(club, id, star);
        let kind = LineupKind::Confirmed;
        let lineup = Lineup { side, kind, source, formation: None, squad, known_at, known_at_imputed };
        world.lineups.push((row.id, lineup));
        if !star {
            let injury = Injury {
                side,
                player: player(club, 0),
                source: "invented".into(),
                kind: InjuryKind::Missing,
                reason: None,
                known_at,
                known_at_imputed,
            };
            world.injuries.push((row.id, injury));
        }
    }
}

/// By how many standard errors a forecast of goal differences gets better when the column's effect, fitted on the first
/// three seasons, is added to what the strength filter expects of the last.
fn gain(world: &World, column: &str) -> f64 {
    let history = world.history();
    let all: Vec<u32> = (0..history.len() as u32).collect();
    let settings = Settings::FRESH.with_lineups(LineupView::Announced);
    let matrix = compute(&history, &all, Knowledge::AT_KICKOFF, &settings, 2);
    let named =
        |name: &str| matrix.names().iter().position(|n| n == name).unwrap_or_else(|| panic!("{name}"));
    let (home, away, column) = (named("home_expected_goals"), named("away_expected_goals"), named(column));
    let rows: Vec<(f64, f64)> = all
        .iter()
        .map(|p| {
            let row = matrix.row(*p as usize);
            let [h, a] = history.goals(*p as usize).unwrap().map(f64::from);
            let x = f64::from(row[column]);
            ((h - a) - f64::from(row[home] - row[away]), if x.is_nan() { 0.0 } else { x })
        })
        .collect();
    // The first season only tells who is worth what.
    let season = rows.len() / SEASONS as usize;
    let (learn, judge) = (&rows[season..3 * season], &rows[3 * season..]);
    let slope = learn.iter().map(|(r, x)| r * x).sum::<f64>() / learn.iter().map(|(_, x)| x * x).sum::<f64>();
    let gains: Vec<f64> = judge.iter().map(|(r, x)| r * r - (r - slope * x).powi(2)).collect();
    let n = gains.len() as f64;
    let mean = gains.iter().sum::<f64>() / n;
    let variance = gains.iter().map(|g| (g - mean).powi(2)).sum::<f64>() / (n - 1.0);
    mean / (variance / n).sqrt()
}

#[test]
fn a_star_who_is_missing_makes_forecasts_better_to_whoever_sees_line_ups() {
    let (truth, chance) = (league(Told::Truth), league(Told::Chance));
    for column in ["regulars_out_worth_difference", "missing_worth_difference", "players_missing_difference"]
    {
        let (seen, by_chance) = (gain(&truth, column), gain(&chance, column));
        eprintln!("{column}: {seen:.1} standard errors, {by_chance:.1} where line-ups say nothing");
        assert!(seen > 3.0, "{column}: {seen} standard errors");
        assert!(by_chance < 2.0, "{column}: {by_chance} standard errors from line-ups that say nothing");
    }
}
