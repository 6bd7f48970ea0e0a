//! Several writers at once.

use super::{REPLACE, TEAMS, folder, held, memory, partition, put, read, teams};
use crate::ParquetLake;
use std::collections::BTreeSet;
use touchline_domain::lake::{LakeRow, LakeTable};
use touchline_domain::ports::{Commit, Committed, Lake, LakeError};

/// Each writer's row, alone in its file.
fn row(i: usize) -> Vec<LakeRow> {
    teams(&[&format!("club {i}")])
}

async fn all_append(lake: &ParquetLake) {
    let tasks: Vec<_> = (0..12)
        .map(|i| {
            let lake = lake.clone();
            tokio::spawn(async move { put(&lake, TEAMS, row(i), Commit::Append).await })
        })
        .collect();
    for task in tasks {
        assert!(matches!(task.await.unwrap().unwrap(), Committed::Written(_)));
    }
    let names: BTreeSet<String> = held(lake, TEAMS).await.iter().map(|row| format!("{row:?}")).collect();
    assert_eq!(names.len(), 12, "no writer's rows are lost: {names:?}");
    assert_eq!(lake.partition(TEAMS).await.unwrap().unwrap().generation, 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rows_of_all_writers_are_kept() {
    all_append(&memory()).await;
    let (_folder, lake) = folder();
    all_append(&lake).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_exports_of_the_same_rows_leave_them_once() {
    let (_folder, lake) = folder();
    let rows: Vec<LakeRow> = (0..500).flat_map(row).collect();
    for _ in 0..10 {
        let state = lake.partition(TEAMS).await.unwrap();
        if let Some(state) = state {
            lake.empty(&state).await.unwrap();
        }
        let one = tokio::spawn({
            let (lake, rows) = (lake.clone(), rows.clone());
            async move { put(&lake, TEAMS, rows, REPLACE).await.unwrap() }
        });
        let other = put(&lake, TEAMS, rows.clone(), REPLACE).await.unwrap();
        let outcomes = [one.await.unwrap(), other];
        assert!(outcomes.iter().any(|o| matches!(o, Committed::Written(_))), "{outcomes:?}");
        assert_eq!(held(&lake, TEAMS).await, rows);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_exports_of_different_rows_leave_those_of_one() {
    let lake = memory();
    let how = Commit::Replace { may_shrink: true, rewrite: false };
    for round in 0..20 {
        let [first, second] = [row(round), row(1000 + round)];
        let one = tokio::spawn({
            let (lake, rows) = (lake.clone(), first.clone());
            async move { put(&lake, TEAMS, rows, how).await.unwrap() }
        });
        put(&lake, TEAMS, second.clone(), how).await.unwrap();
        one.await.unwrap();
        let left = held(&lake, TEAMS).await;
        assert!(left == first || left == second, "{left:?}");
    }
}

#[tokio::test]
async fn a_swap_of_what_was_changed_is_refused() {
    let lake = memory();
    put(&lake, TEAMS, row(1), REPLACE).await.unwrap();
    let seen = lake.partition(TEAMS).await.unwrap().unwrap();
    put(&lake, TEAMS, row(2), Commit::Append).await.unwrap();
    let swap = Commit::Swap { generation: seen.generation };
    assert!(matches!(put(&lake, TEAMS, row(3), swap).await, Err(LakeError::Raced(p)) if p == TEAMS));
    assert!(matches!(lake.empty(&seen).await, Err(LakeError::Raced(_))));
    assert_eq!(held(&lake, TEAMS).await.len(), 2);
    // Whoever read before the change reads on what was there.
    assert_eq!(read(&lake, &seen).await.unwrap(), row(1));
}

#[tokio::test]
async fn what_would_shrink_is_left_and_said() {
    let lake = memory();
    let odds = partition(LakeTable::Teams);
    put(&lake, odds, teams(&["A", "B"]), REPLACE).await.unwrap();
    assert_eq!(put(&lake, odds, teams(&["A"]), REPLACE).await.unwrap(), Committed::Larger(2));
    assert_eq!(put(&lake, odds, vec![], REPLACE).await.unwrap(), Committed::Larger(2));
    let shrink = Commit::Replace { may_shrink: true, rewrite: false };
    assert!(matches!(put(&lake, odds, teams(&["A"]), shrink).await.unwrap(), Committed::Written(_)));
    assert_eq!(held(&lake, odds).await, teams(&["A"]));
}

#[tokio::test]
async fn appending_the_same_rows_again_changes_nothing() {
    let lake = memory();
    for expected in [true, false] {
        let written = put(&lake, TEAMS, row(1), Commit::Append).await.unwrap();
        assert_eq!(matches!(written, Committed::Written(_)), expected);
    }
    assert_eq!(held(&lake, TEAMS).await, row(1));
}
