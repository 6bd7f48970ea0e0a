//! Our goal models against the numbers of penaltyblog 1.13, written by `bench/penaltyblog/goldens_goals.py`
//! from simulated matches: the same likelihoods, the same constraints, shrinkage off. And against the figures that the
//! R package goalmodel 0.4.4 publishes for the English season 2011-12 (`bench/goalmodel/README.md`), where that season
//! is at hand: `TOUCHLINE_SHARED_DATA` names the data folder, without it `shared/data` beside the repository.

#![expect(clippy::unwrap_used, reason = "a broken fixture fails the test")]

use serde::Deserialize;
use std::path::{Path, PathBuf};
use touchline_models::goals::{
    BivariatePoisson, ConwayMaxwellPoisson, DixonColes, FitConfig, Fitted, FixtureTeam, GoalMatches,
    GoalObservation, NegativeBinomial, Poisson, ScoreFamily, TimeDecay, WeibullCopula, ZeroInflatedPoisson,
    fit_rue_salvesen,
};
use touchline_outcomes::Score;

#[derive(Deserialize)]
struct Golden {
    xi_per_day: f64,
    grid: usize,
    models: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    #[serde(rename = "model")]
    family: String,
    weights: String,
    log_likelihood: f64,
    attack: Vec<f64>,
    defence: Vec<f64>,
    tail: Vec<f64>,
    grids: Vec<Grid>,
}

#[derive(Deserialize)]
struct Grid {
    home: usize,
    away: usize,
    cells: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/goals.json")).unwrap()
}

fn matches(weights: &str, xi: f64) -> GoalMatches {
    let rows: Vec<[u32; 5]> = include_str!("golden/goal_matches.csv")
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',').map(|f| f.parse().unwrap());
            std::array::from_fn(|_| fields.next().unwrap())
        })
        .collect();
    let last = rows.iter().map(|r| r[0]).max().unwrap();
    let decay = if weights == "even" { TimeDecay::NONE } else { TimeDecay::xi_per_day(xi).unwrap() };
    let mut matches = GoalMatches::new(26);
    for [day, home, away, h, a] in rows {
        let score = Score { home: h as u8, away: a as u8 };
        let weight = decay.weight(f64::from(last - day));
        matches.push(GoalObservation::new(home as usize, away as usize, score).weighted(weight));
    }
    matches
}

/// Fits as they did, compares the optimum, and rebuilds their grids from their parameters.
fn check<F: ScoreFamily>(family: &F, name: &str, shapes: impl Fn(&[f64]) -> Vec<f64>) {
    let golden = golden();
    let mut found = 0;
    for theirs in golden.models.iter().filter(|m| m.family == name) {
        found += 1;
        let context = format!("{name}, {} weights", theirs.weights);
        let matches = matches(&theirs.weights, golden.xi_per_day);
        let ours = family.fit(&matches, &FitConfig::maximum_likelihood()).unwrap();
        assert!(
            ours.log_likelihood() >= theirs.log_likelihood - 1e-6,
            "{context}: {} below {}",
            ours.log_likelihood(),
            theirs.log_likelihood
        );
        for grid in &theirs.grids {
            let home = (theirs.attack[grid.home] + theirs.defence[grid.away] + theirs.tail[0]).exp();
            let away = (theirs.attack[grid.away] + theirs.defence[grid.home]).exp();
            // They leave the grid unscaled, ours sums to 1.
            let sum: f64 = grid.cells.iter().sum();
            let ours = family.grid([home, away], &shapes(&theirs.tail[1..]), golden.grid - 1);
            for (k, (p, q)) in ours.cells().iter().zip(&grid.cells).enumerate() {
                assert!((p - q / sum).abs() < 1e-9, "{context}: cell {k} is {p}, theirs {}", q / sum);
            }
        }
    }
    assert_eq!(found, 2, "{name} is in the fixture with both weightings");
}

#[test]
fn poisson_agrees() {
    check(&Poisson, "poisson", |_| Vec::new());
}

#[test]
fn dixon_coles_agrees() {
    check(&DixonColes, "dixon_coles", <[f64]>::to_vec);
}

#[test]
fn bivariate_poisson_agrees() {
    // Theirs is the logarithm of the shared rate.
    check(&BivariatePoisson, "bivariate_poisson", |tail| vec![tail[0].exp()]);
}

#[test]
fn negative_binomial_agrees() {
    // Theirs is the size, ours its inverse.
    check(&NegativeBinomial, "negative_binomial", |tail| vec![1.0 / tail[0]]);
}

#[test]
fn zero_inflated_poisson_agrees() {
    check(&ZeroInflatedPoisson, "zero_inflated_poisson", <[f64]>::to_vec);
}

#[test]
fn weibull_copula_agrees() {
    // Their likelihood, but not their grid: they cut the series of each count after 15 terms, which moves cells by
    // up to 2e-6. The fixture holds the grid at their parameters in 60-digit arithmetic instead.
    check(&WeibullCopula, "weibull_copula", <[f64]>::to_vec);
}

/// The season of goalmodel's examples, with the names of its teams; `None` where the data is absent.
fn england_2011() -> Option<(GoalMatches, Vec<String>)> {
    let root = std::env::var_os("TOUCHLINE_SHARED_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(root.join("football-data/1112/E0.csv")) else {
        eprintln!("skipped: no football-data/1112/E0.csv below {}", root.display());
        return None;
    };
    let mut lines = text.lines();
    let heading: Vec<&str> = lines.next().unwrap().split(',').collect();
    let [home, away, home_goals, away_goals] =
        ["HomeTeam", "AwayTeam", "FTHG", "FTAG"].map(|name| heading.iter().position(|h| *h == name).unwrap());
    let rows: Vec<Vec<&str>> =
        lines.map(|l| l.split(',').collect()).filter(|r: &Vec<&str>| r.len() > 5).collect();
    let mut teams: Vec<String> = rows.iter().map(|r| r[home].to_owned()).collect();
    teams.sort();
    teams.dedup();
    let index = |name: &str| teams.iter().position(|c| c == name).unwrap();
    let mut matches = GoalMatches::new(teams.len());
    for row in &rows {
        let score = Score { home: row[home_goals].parse().unwrap(), away: row[away_goals].parse().unwrap() };
        matches.push(GoalObservation::new(index(row[home]), index(row[away]), score));
    }
    assert_eq!((matches.len(), matches.teams()), (380, 20));
    Some((matches, teams))
}

/// Holds the outcome probabilities of goalmodel's three example matches.
fn assert_outcomes<F: ScoreFamily>(
    fitted: &Fitted<F>,
    teams: &[String],
    published: [[f64; 3]; 3],
    tolerance: f64,
) {
    let index = |name: &str| teams.iter().position(|c| c == name).unwrap();
    let pairs = [("Arsenal", "Fulham"), ("Man United", "Chelsea"), ("Bolton", "Liverpool")];
    for ((home, away), published) in pairs.into_iter().zip(published) {
        let ours = fitted.grid(index(home), index(away)).forecast().as_array();
        for (p, q) in ours.iter().zip(published) {
            assert!((p - q).abs() < tolerance, "{home}-{away}: {ours:?}, published {published:?}");
        }
    }
}

#[test]
fn published_figures_of_goalmodel_are_met() {
    let Some((matches, teams)) = england_2011() else { return };
    let config = FitConfig::maximum_likelihood();
    // Their optimiser stops early, hence tolerances wider than the digits that they print; their log-likelihoods
    // are rounded to 0.01.
    let poisson = Poisson.fit(&matches, &config).unwrap();
    assert!((poisson.log_likelihood() + 1088.99).abs() < 0.006);
    assert!((poisson.home_advantage(0, FixtureTeam::Known(0)) - 0.268_009_3).abs() < 1e-4);
    let published = [
        [0.619_711_8, 0.203_568_8, 0.176_719_5],
        [0.673_619_4, 0.184_375_6, 0.142_005],
        [0.261_211_2, 0.256_770_6, 0.482_018_3],
    ];
    assert_outcomes(&poisson, &teams, published, 2e-4);
    let adjusted = [
        [0.604_739_1, 0.208_332_5, 0.186_928_4],
        [0.653_925, 0.191_753_2, 0.154_321_8],
        [0.278_078_9, 0.260_351_1, 0.461_57],
    ];
    assert_outcomes(&poisson.with_rue_salvesen(0.1), &teams, adjusted, 2e-4);

    let dixon_coles = DixonColes.fit(&matches, &config).unwrap();
    assert!(dixon_coles.log_likelihood() > -1087.365);
    assert!((dixon_coles.shape("rho").unwrap() + 0.133_696_1).abs() < 2e-3);
    let published = [
        [0.612_11, 0.226_654_3, 0.161_235_7],
        [0.668_536_6, 0.205_162_5, 0.126_300_9],
        [0.252_454_6, 0.290_323_1, 0.457_222_2],
    ];
    assert_outcomes(&dixon_coles, &teams, published, 5e-3);

    let rue_salvesen = fit_rue_salvesen(&Poisson, &matches, &config).unwrap();
    assert!(rue_salvesen.log_likelihood() > -1088.995);

    // Theirs stops just above 0.
    let dispersion = NegativeBinomial.fit(&matches, &config).unwrap().shape("dispersion").unwrap();
    assert!(dispersion < 1e-4, "{dispersion}");

    // Theirs keeps all strengths at their Poisson values and treats the rate as the mean; ours fits everything at once
    // with the rate form, so the dispersions agree in direction and size only.
    let conway_maxwell = ConwayMaxwellPoisson.fit(&matches, &config).unwrap();
    let nu = conway_maxwell.shape("nu").unwrap();
    assert!((nu - 1.122_462).abs() < 0.06, "{nu}");
    assert!(conway_maxwell.log_likelihood() > poisson.log_likelihood());
}
