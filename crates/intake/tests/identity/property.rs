//! Whatever rosters, spellings and orders: two different teams are never merged.

use super::world::{Given, Played, World, football_data, openfootball};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use std::cell::Cell;
use std::collections::BTreeMap;
use touchline_collect::names::key;
use touchline_domain::ports::NameReader;

/// Names that lie close together, so that spellings collide.
const STEMS: [&str; 6] = ["Ash", "Ashford", "Brindle", "Brindle Town", "Man Corley", "Corley"];
/// Ways to write a name.
const FORMS: [&str; 6] = ["{}", "{} FC", "AFC {}", "{} United", "{} Utd", "F.C. {}"];

/// A team of the true world, as each of two sources writes it.
#[derive(Debug, Clone)]
struct Truth {
    first: String,
    second: String,
}

fn spelling() -> impl Strategy<Value = String> {
    (0..STEMS.len(), 0..FORMS.len()).prop_map(|(stem, form)| FORMS[form].replace("{}", STEMS[stem]))
}

/// Teams of which no source writes two alike: a source can tell its own teams apart.
fn rosters() -> impl Strategy<Value = Vec<Truth>> {
    let truth = (spelling(), spelling()).prop_map(|(first, second)| Truth { first, second });
    prop::collection::vec(truth, 2..7).prop_map(|teams| {
        let mut kept: Vec<Truth> = Vec::new();
        for team in teams {
            if kept.iter().all(|held| held.first != team.first && held.second != team.second) {
                kept.push(team);
            }
        }
        kept
    })
}

/// The same season as both sources tell it: scores of the true world.
fn seasons(teams: &[Truth], score: &dyn Fn(usize, usize) -> (u8, u8)) -> [Given; 2] {
    let mut pairings = Vec::new();
    for i in 0..teams.len() {
        pairings.extend((0..teams.len()).filter(|j| *j != i).map(|j| (i, j)));
    }
    let of = |write: fn(&Truth) -> &str| -> Vec<Played<'_>> {
        let played = |(i, j): &(usize, usize)| {
            let (home, away) = score(*i, *j);
            (write(&teams[*i]), write(&teams[*j]), home, away)
        };
        pairings.iter().map(played).collect()
    };
    [football_data("E0", &of(|t| &t.first)), openfootball("en.1", &of(|t| &t.second))]
}

/// Ingests both seasons twice, and asks that no team of the store has names of two teams of the true world.
async fn nothing_is_merged(teams: &[Truth], given: &[Given; 2]) -> Result<usize, TestCaseError> {
    let world = World::new().await;
    for document in given.iter().chain(given) {
        world.ingest(document).await;
    }
    let aliases = world.store.team_aliases(&["England".to_owned()], None).await.unwrap();
    let mut truths: BTreeMap<_, usize> = BTreeMap::new();
    let mut joined = 0;
    for alias in aliases {
        let writes = |t: &Truth| match alias.source.as_str() {
            "football-data" => t.first == alias.alias,
            _ => t.second == alias.alias,
        };
        let truth = teams.iter().position(writes).unwrap();
        joined += usize::from(truths.contains_key(&alias.team));
        let held = *truths.entry(alias.team).or_insert(truth);
        prop_assert_eq!(held, truth, "{:?} was merged with {:?}", &teams[held], &teams[truth]);
    }
    Ok(joined)
}

fn check(cases: u32, strategy: impl Strategy<Value = (Vec<Truth>, [Given; 2])>) -> usize {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let joined = Cell::new(0);
    let test = |(teams, given): (Vec<Truth>, [Given; 2])| {
        joined.set(joined.get() + runtime.block_on(nothing_is_merged(&teams, &given))?);
        Ok(())
    };
    runner.run(&strategy, test).unwrap();
    joined.get()
}

fn either_order([first, second]: [Given; 2], swapped: bool) -> [Given; 2] {
    if swapped { [second, first] } else { [first, second] }
}

/// Whatever the results: names alone must not mislead. Left out are worlds in which the two sources give one name to two
/// different teams, which nothing but results could tell.
#[test]
fn two_different_teams_are_never_merged() {
    let misleads = |teams: &[Truth]| {
        let other = |i: usize, a: &Truth| {
            teams.iter().enumerate().any(|(j, b)| i != j && key(&a.first) == key(&b.second))
        };
        teams.iter().enumerate().any(|(i, a)| other(i, a))
    };
    let worlds =
        rosters().prop_filter("one name for two teams", move |teams| teams.len() >= 2 && !misleads(teams));
    let strategy =
        (worlds, prop::collection::vec(0..6u8, 40), any::<bool>()).prop_map(|(teams, goals, swapped)| {
            let n = teams.len();
            let goal = |i: usize, j: usize| goals[(i * n + j) % goals.len()];
            let given = seasons(&teams, &|i, j| (goal(i, j), goal(j, i)));
            (teams, either_order(given, swapped))
        });
    assert!(check(120, strategy) > 20, "most names that agree are joined");
}

/// Whatever the names: results that differ tell teams apart, even where one source calls a team as the other calls
/// another one.
#[test]
fn results_tell_teams_of_one_name_apart() {
    let worlds = rosters().prop_filter("enough results to tell", |teams| teams.len() >= 4);
    let strategy = (worlds, any::<bool>()).prop_map(|(teams, swapped)| {
        let given = seasons(&teams, &|i, j| (i as u8 + 1, j as u8 + 1));
        (teams, either_order(given, swapped))
    });
    assert!(check(60, strategy) > 5, "names that agree are joined");
}
