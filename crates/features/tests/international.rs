//! Results of national teams since 1872: what the strength filter makes of them, with and without the flag of neutral
//! ground. The file is not part of the repository; its origin is named in `docs/models/results.md`.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use touchline_domain::ports::ResultRow;
use touchline_domain::{
    CompetitionKind, Kickoff, League, LeagueId, MatchId, MatchStatus, NATIONAL_TEAMS, NewLeague, Outcome,
    Score, Season, TeamId,
};
use touchline_features::{History, Knowledge, Settings, compute};

const FINALS: [&str; 6] =
    ["FIFA World Cup", "UEFA Euro", "Copa América", "African Cup of Nations", "AFC Asian Cup", "Gold Cup"];

fn file() -> PathBuf {
    std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
        .join("international/results.csv")
}

#[derive(Default)]
struct Results {
    rows: Vec<ResultRow>,
    leagues: Vec<League>,
    tournaments: Vec<String>,
}

fn number<T>(index: &mut HashMap<String, T>, name: &str, make: impl FnOnce(i64) -> T) -> T
where
    T: Copy,
{
    let next = index.len() as i64;
    *index.entry(name.to_owned()).or_insert_with(|| make(next))
}

/// No value of these columns holds a separator.
fn read(text: &str) -> Results {
    let (mut teams, mut leagues) = (HashMap::new(), HashMap::new());
    let mut results = Results::default();
    for line in text.lines().skip(1) {
        let mut cells = line.split(',');
        let mut next = || cells.next().unwrap_or_default();
        let (date, home, away) = (next(), next(), next());
        let goals = (next().parse::<u8>(), next().parse::<u8>());
        let tournament = next();
        let neutral_ground = line.ends_with("TRUE");
        let (Ok(date), (Ok(h), Ok(a))) = (date.parse::<chrono::NaiveDate>(), goals) else { continue };
        let held = leagues.len();
        let league = number(&mut leagues, tournament, LeagueId);
        if leagues.len() > held {
            let kind = match tournament {
                "Friendly" => CompetitionKind::Friendlies,
                name if name.contains("qualification") => CompetitionKind::Qualifiers,
                _ => CompetitionKind::Tournament,
            };
            let (code, name) = (tournament.to_owned(), tournament.to_owned());
            let (country, source) = (NATIONAL_TEAMS.to_owned(), "international".to_owned());
            let details = NewLeague { code, name, country, level: 1, source, kind };
            results.leagues.push(League { id: league, details });
        }
        let kickoff = Kickoff::on(date);
        results.rows.push(ResultRow {
            id: MatchId(results.rows.len() as i64),
            league,
            season: Season::calendar_year(chrono::Datelike::year(&date) as u16).unwrap(),
            home: number(&mut teams, home, TeamId),
            away: number(&mut teams, away, TeamId),
            kickoff: kickoff.at,
            precision: kickoff.precision,
            status: MatchStatus::Finished,
            score: Some(Score { home: h, away: a }),
            neutral_ground,
        });
        results.tournaments.push(tournament.to_owned());
    }
    results
}

/// Sums over some matches: forecasts, ranked probability score, log loss, hits, and outcomes.
#[derive(Default, Clone)]
struct Sums {
    rps: Vec<f64>,
    log_loss: Vec<f64>,
    hits: usize,
    outcomes: [usize; 3],
    goals: [u64; 2],
}

impl Sums {
    fn add(&mut self, p: [f64; 3], score: Score) {
        let outcome = Outcome::of(score).index();
        let seen = |i: usize| f64::from(u8::from(outcome <= i));
        self.rps.push(0.5 * ((p[0] - seen(0)).powi(2) + (p[0] + p[1] - seen(1)).powi(2)));
        self.log_loss.push(-p[outcome].ln());
        self.hits += usize::from(p[outcome] >= p[0].max(p[1]).max(p[2]));
        self.outcomes[outcome] += 1;
        self.goals[0] += u64::from(score.home);
        self.goals[1] += u64::from(score.away);
    }

    fn shown(&self) -> String {
        let n = self.rps.len() as f64;
        let mean = |of: &[f64]| of.iter().sum::<f64>() / n;
        let error = |of: &[f64]| {
            let m = mean(of);
            (of.iter().map(|x| (x - m).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
        };
        format!(
            "n {n} RPS {:.5} +- {:.5} log loss {:.4} accuracy {:.3} home/draw/away {:.3}/{:.3}/{:.3} goals {:.3}-{:.3}",
            mean(&self.rps),
            error(&self.rps),
            mean(&self.log_loss),
            self.hits as f64 / n,
            self.outcomes[0] as f64 / n,
            self.outcomes[1] as f64 / n,
            self.outcomes[2] as f64 / n,
            self.goals[0] as f64 / n,
            self.goals[1] as f64 / n,
        )
    }
}

/// Forecasts of the strength filter for matches of 2018 to 2025, by whether the ground was neutral.
fn forecast(results: &Results, flagged: bool, wanted: impl Fn(&str) -> bool) -> [Sums; 2] {
    let mut rows = results.rows.clone();
    for row in rows.iter_mut().filter(|_| !flagged) {
        row.neutral_ground = false;
    }
    let history = History::new(&rows, &results.leagues, &[]);
    let of = |position: usize| history.ids()[position].0 as usize;
    let first = Kickoff::on("2018-01-01".parse().unwrap()).at.timestamp();
    let last = Kickoff::on("2026-01-01".parse().unwrap()).at.timestamp();
    let positions: Vec<u32> = (history.position_at(first)..history.position_at(last))
        .filter(|p| wanted(&results.tournaments[of(*p)]))
        .map(|p| p as u32)
        .collect();
    let matrix = compute(&history, &positions, Knowledge::AT_KICKOFF, &Settings::FRESH, 2);
    let column = |name: &str| matrix.column(matrix.column_named(name).expect("a column"));
    let p = ["strength_home_win", "strength_draw", "strength_away_win"].map(column);
    let mut sums = [Sums::default(), Sums::default()];
    for (n, position) in positions.iter().enumerate() {
        let row = &results.rows[of(*position as usize)];
        let score = row.score.expect("only results are read");
        sums[usize::from(row.neutral_ground)].add(p.map(|column| f64::from(column[n])), score);
    }
    sums
}

#[test]
fn neutral_ground_makes_forecasts_of_tournaments_better() {
    let Ok(text) = std::fs::read_to_string(file()) else {
        eprintln!("skipped: {} is absent", file().display());
        return;
    };
    let results = read(&text);
    assert!(results.rows.len() > 45_000, "{} results were read", results.rows.len());
    let played = |wanted: &dyn Fn(&str) -> bool| {
        let [flagged, blind] = [true, false].map(|flagged| forecast(&results, flagged, wanted));
        for (ground, n) in [("home", 0), ("neutral", 1)] {
            eprintln!("  {ground}, with the flag:    {}", flagged[n].shown());
            eprintln!("  {ground}, without the flag: {}", blind[n].shown());
        }
        let gain: Vec<f64> = flagged[1].rps.iter().zip(&blind[1].rps).map(|(a, b)| a - b).collect();
        let (n, mean) = (gain.len() as f64, gain.iter().sum::<f64>() / gain.len() as f64);
        let error = (gain.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt();
        eprintln!("  RPS on neutral ground, with minus without: {mean:.5} +- {error:.5}");
        mean
    };
    eprintln!("final tournaments 2018-2025:");
    let finals = played(&|name| FINALS.contains(&name));
    eprintln!("all competitive matches 2018-2025:");
    let competitive = played(&|name| name != "Friendly");
    assert!(finals < 0.0 && competitive < 0.0, "{finals} {competitive}");
}
