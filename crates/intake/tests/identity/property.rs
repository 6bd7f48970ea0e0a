//! Whatever rosters, spellings and orders: two different teams are never merged.

use super::world::{Given, Played, World, football_data, openfootball};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;
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
    prop::collection::vec(truth, 2..6).prop_map(|teams| {
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
fn seasons(teams: &[Truth], goals: &[u8]) -> [Given; 2] {
    let mut pairings = Vec::new();
    for i in 0..teams.len() {
        pairings.extend((0..teams.len()).filter(|j| *j != i).map(|j| (i, j)));
    }
    let goal = |n: usize| goals[n % goals.len()];
    let told = |name: &dyn Fn(usize) -> usize| -> Vec<(usize, usize, u8, u8)> {
        let score = |n: usize| (goal(2 * n), goal(2 * n + 1));
        pairings.iter().enumerate().map(|(n, (i, j))| (name(*i), name(*j), score(n).0, score(n).1)).collect()
    };
    let of = |write: fn(&Truth) -> &str| -> Vec<Played<'_>> {
        told(&|i| i).into_iter().map(|(i, j, h, a)| (write(&teams[i]), write(&teams[j]), h, a)).collect()
    };
    [football_data("E0", &of(|t| &t.first)), openfootball("en.1", &of(|t| &t.second))]
}

#[test]
fn two_different_teams_are_never_merged() {
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let strategy = (rosters(), prop::collection::vec(0..6u8, 40), any::<bool>());
    runner
        .run(&strategy, |(teams, goals, swapped)| {
            prop_assume!(teams.len() >= 2);
            let mut given = seasons(&teams, &goals);
            if swapped {
                given.reverse();
            }
            runtime.block_on(async {
                let world = World::new().await;
                for document in given.iter().chain(&given) {
                    world.ingest(document).await;
                }
                let aliases = world.store.team_aliases(&["England".to_owned()], None).await.unwrap();
                let mut truths: BTreeMap<_, usize> = BTreeMap::new();
                for alias in aliases {
                    let writes = |t: &Truth| match alias.source.as_str() {
                        "football-data" => t.first == alias.alias,
                        _ => t.second == alias.alias,
                    };
                    let truth = teams.iter().position(writes).unwrap();
                    let held = *truths.entry(alias.team).or_insert(truth);
                    prop_assert_eq!(held, truth, "{:?} was merged with {:?}", &teams[held], &teams[truth]);
                }
                Ok(())
            })
        })
        .unwrap();
}
