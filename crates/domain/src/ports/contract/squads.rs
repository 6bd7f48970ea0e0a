//! Line-ups and absences.

use super::fixture::prelude::*;
use super::fixture::{SOURCE, apply, facts, injury, lineup, new, stored, time, with_squads, world};
use crate::ports::{SilverChange, Store};
use crate::{Injury, InjuryKind, Lineup, LineupKind, MatchId, NewMatch, Side, Squad};
use chrono::Duration;
use std::ops::Deref;

/// Every player with number and position, in the source's order, and every word about an absence.
pub async fn a_line_up_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let lineups = vec![
        lineup(Side::Home, -3600),
        Lineup {
            formation: None,
            kind: LineupKind::Predicted,
            known_at_imputed: true,
            ..lineup(Side::Away, -60)
        },
    ];
    let injuries = vec![
        injury("7", -3600),
        Injury { side: Side::Away, kind: InjuryKind::Questionable, reason: None, ..injury("8", -60) },
    ];
    let row = (w.finished(0, 1, 0), with_squads(lineups.clone(), injuries.clone()));
    apply(&*store, SilverChange { new: vec![row], ..SilverChange::default() }).await;
    let id = store.results().await.expect("read")[0].id;
    let of = |lineup: &Lineup| (id, lineup.clone());
    assert_eq!(store.all_lineups().await.expect("read"), lineups.iter().map(of).collect::<Vec<_>>());
    let of = |injury: &Injury| (id, injury.clone());
    assert_eq!(store.all_injuries().await.expect("read"), injuries.iter().map(of).collect::<Vec<_>>());
    let counts = store.counts().await.expect("counted");
    assert_eq!((counts.lineups, counts.injuries), (2, 2));
}

/// The first line-up of a side, source, kind and time stays with its players; another time is another line-up.
pub async fn a_line_up_is_never_overwritten<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let first = lineup(Side::Home, 0);
    let (mut starters, bench) = (first.squad.starters().to_vec(), first.squad.substitutes().to_vec());
    starters.truncate(1);
    let squad = Squad::new(bench, starters).expect("a valid squad");
    let changed = Lineup { squad, formation: None, known_at_imputed: true, ..first.clone() };
    apply(&*store, facts(id, with_squads(vec![first.clone(), changed.clone()], vec![]))).await;
    apply(&*store, facts(id, with_squads(vec![changed.clone()], vec![]))).await;
    assert_eq!(store.lineups_of(&[id]).await.expect("read"), [(id, first.clone())]);
    let others = [
        Lineup { known_at: time(60), ..changed.clone() },
        Lineup { side: Side::Away, ..changed.clone() },
        Lineup { kind: LineupKind::Predicted, ..changed.clone() },
        Lineup { source: "another".into(), ..changed },
    ];
    apply(&*store, facts(id, with_squads(others.to_vec(), vec![]))).await;
    let found = store.lineups_of(&[id]).await.expect("read");
    assert_eq!(found.len(), 5);
    assert!(others.into_iter().chain([first]).all(|lineup| found.contains(&(id, lineup))));
}

/// What was said of a player at a time stays; another time, or the other kind, is said beside it.
pub async fn an_absence_is_never_overwritten<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    let first = injury("7", 0);
    let changed = Injury { reason: None, known_at_imputed: false, ..first.clone() };
    apply(&*store, facts(id, with_squads(vec![], vec![first.clone(), changed.clone()]))).await;
    apply(&*store, facts(id, with_squads(vec![], vec![changed.clone()]))).await;
    assert_eq!(store.injuries_of(&[id]).await.expect("read"), [(id, first.clone())]);
    let others = [
        Injury { known_at: time(60), ..changed.clone() },
        Injury { side: Side::Away, ..changed.clone() },
        Injury { kind: InjuryKind::Questionable, ..changed.clone() },
        Injury { source: "another".into(), ..changed },
        injury("8", 0),
    ];
    apply(&*store, facts(id, with_squads(vec![], others.to_vec()))).await;
    let found = store.injuries_of(&[id]).await.expect("read");
    assert_eq!(found.len(), 6);
    assert!(others.into_iter().chain([first]).all(|injury| found.contains(&(id, injury))));
}

/// Line-ups and absences of all matches, or of some.
pub async fn squads_come_by_match_and_time<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut ids = Vec::new();
    for (n, days) in [(0, 3), (1, 2), (2, 1)] {
        let match_ = w.finished(n, 5, days);
        ids.push(stored(&*store, match_).await.id);
    }
    for id in ids.iter().rev() {
        for known_at in [50, -7, 3000] {
            let squads = with_squads(vec![lineup(Side::Home, known_at)], vec![injury("7", known_at)]);
            apply(&*store, facts(*id, squads)).await;
        }
    }
    let times = [-7, 50, 3000].map(time);
    let all: Vec<_> =
        store.all_lineups().await.expect("read").iter().map(|(id, l)| (*id, l.known_at)).collect();
    let of =
        |ids: &[MatchId]| -> Vec<_> { ids.iter().flat_map(|id| times.map(|time| (*id, time))).collect() };
    assert_eq!(all, of(&ids));
    let all: Vec<_> =
        store.all_injuries().await.expect("read").iter().map(|(id, i)| (*id, i.known_at)).collect();
    assert_eq!(all, of(&ids));
    let some = [ids[2], ids[0], ids[2], MatchId(ids[2].0 + 1000)];
    let lineups = store.lineups_of(&some).await.expect("read");
    assert_eq!(lineups.iter().map(|(id, l)| (*id, l.known_at)).collect::<Vec<_>>(), of(&[ids[0], ids[2]]));
    let injuries = store.injuries_of(&some).await.expect("read");
    assert_eq!(injuries.iter().map(|(id, i)| (*id, i.known_at)).collect::<Vec<_>>(), of(&[ids[0], ids[2]]));
    assert_eq!(store.lineups_of(&[]).await.expect("read"), []);
    assert_eq!(store.injuries_of(&[]).await.expect("read"), []);
}

/// Fractions of seconds are cut off, so that both stores hold the same keys.
pub async fn times_of_squads_are_kept_to_the_second<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let id = stored(&*store, w.finished(0, 1, 0)).await.id;
    for millis in [0, 1, 500, 999] {
        let known_at = time(-60) + Duration::milliseconds(millis);
        let lineup = Lineup { known_at, ..lineup(Side::Home, 0) };
        let injury = Injury { known_at, ..injury("7", 0) };
        apply(&*store, facts(id, with_squads(vec![lineup], vec![injury]))).await;
    }
    assert_eq!(store.all_lineups().await.expect("read"), [(id, lineup(Side::Home, -60))]);
    assert_eq!(store.all_injuries().await.expect("read"), [(id, injury("7", -60))]);
}

/// A source's later documents name a match by the source's identifier alone.
pub async fn matches_are_found_by_the_identifiers_of_their_source<H: Deref<Target: Store>>(
    fresh: impl AsyncFn() -> H,
) {
    let store = fresh().await;
    let w = world(&*store).await;
    let named = |id: &str, home| NewMatch { external_id: Some(id.to_owned()), ..w.finished(home, 5, 0) };
    let elsewhere = NewMatch { source: "another".to_owned(), ..named("a", 2) };
    apply(&*store, new([named("a", 0), named("b", 1), elsewhere, w.finished(3, 5, 0)])).await;
    let find = async |source: &str, ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let found = store.matches_named(source, &ids).await.expect("read");
        let mut homes: Vec<_> = found.iter().map(|m| m.home).collect();
        homes.sort_unstable();
        homes
    };
    assert_eq!(find(SOURCE, &["a", "b", "c", "a"]).await, [w.teams[0], w.teams[1]]);
    assert_eq!(find("another", &["a", "b"]).await, [w.teams[2]]);
    assert_eq!(find(SOURCE, &["A"]).await, []);
    assert_eq!(find(SOURCE, &[]).await, []);
}
