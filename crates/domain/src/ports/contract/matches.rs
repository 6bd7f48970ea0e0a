//! Reading matches.

use super::fixture::prelude::*;
use super::fixture::{apply, find, new, season, stored, time, world};
use crate::ports::Store;
use crate::{Kickoff, KickoffPrecision, MatchId, MatchSetting, MatchStatus, NewMatch, Score, Season};
use chrono::{DateTime, NaiveDate};
use std::ops::Deref;

/// Every column, with extreme values, and with all that may be absent absent.
pub async fn a_match_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let full = NewMatch {
        season: Season::calendar_year(1872).expect("a valid year"),
        leg: 255,
        kickoff: Kickoff::on(NaiveDate::from_ymd_opt(1872, 1, 1).expect("a date")),
        status: MatchStatus::Awarded,
        score: Some(Score { home: 99, away: 0 }),
        half_time: Some(Score { home: 99, away: 0 }),
        referee: Some(String::new()),
        attendance: Some(u32::MAX),
        external_id: Some("0".to_owned()),
        ..w.scheduled(0, 1, 0)
    };
    let statuses = [
        MatchStatus::Scheduled,
        MatchStatus::Live,
        MatchStatus::Postponed,
        MatchStatus::Cancelled,
        MatchStatus::Abandoned,
    ];
    let mut all = vec![full, w.scheduled(1, 0, 0), w.finished(2, 0, 0)];
    all.extend((1..).zip(statuses).map(|(leg, status)| NewMatch { leg, status, ..w.scheduled(3, 4, 0) }));
    for row in all {
        let held = stored(&*store, row.clone()).await;
        assert_eq!(held.details, row);
        assert_eq!(store.get_match(held.id).await.expect("read"), Some(held));
    }
    assert_eq!(store.get_match(MatchId(-1)).await.expect("read"), None);
}

/// By kick-off then identifier, with the same values as the match itself.
pub async fn results_are_sorted_and_agree_with_matches<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let old = DateTime::from_timestamp(-2_500_000_000, 0).expect("a time in 1890");
    let mut rows = vec![
        w.finished(0, 1, 5),
        NewMatch { kickoff: Kickoff { at: old, precision: KickoffPrecision::Day }, ..w.finished(1, 0, 0) },
        NewMatch { season: Season::calendar_year(2199).expect("a valid year"), ..w.scheduled(2, 3, 5) },
        NewMatch { league: w.leagues[1], score: Some(Score { home: 0, away: 99 }), ..w.finished(4, 5, 0) },
    ];
    let statuses = ["live", "postponed", "cancelled", "abandoned", "awarded"];
    for (leg, status) in (1..).zip(statuses) {
        rows.push(NewMatch { leg, status: status.parse().expect("a status"), ..w.scheduled(5, 0, 5) });
    }
    let neutral = MatchSetting { neutral_ground: true, ..MatchSetting::default() };
    rows.push(NewMatch { setting: neutral, ..w.finished(0, 2, 7) });
    apply(&*store, new(rows.clone())).await;
    let results = store.results().await.expect("read");
    assert_eq!(results.len(), rows.len());
    assert!(results.is_sorted_by_key(|r| (r.kickoff, r.id)));
    for r in results {
        let m = store.get_match(r.id).await.expect("read").expect("held");
        assert_eq!((r.league, r.season, r.home, r.away), (m.league, m.season, m.home, m.away));
        assert_eq!((r.kickoff, r.precision), (m.kickoff.at, m.kickoff.precision));
        assert_eq!((r.status, r.score, r.neutral_ground), (m.status, m.score, m.setting.neutral_ground));
    }
    for row in rows {
        find(&*store, &row).await;
    }
}

/// Of the seasons asked for, each match once.
pub async fn matches_of_seasons_come_once<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let first = w.finished(0, 1, 0);
    let earlier = NewMatch { season: season(2022), kickoff: Kickoff::at(time(-9)), ..first.clone() };
    let calendar = NewMatch { season: Season::calendar_year(2023).expect("a valid year"), ..first.clone() };
    let elsewhere = NewMatch { league: w.leagues[1], ..first.clone() };
    apply(&*store, new([first.clone(), earlier.clone(), calendar.clone(), elsewhere.clone()])).await;
    let of = async |seasons: &[_]| {
        let found = store.matches_of(seasons).await.expect("read");
        found.into_iter().map(|m| m.details).collect::<Vec<_>>()
    };
    let key = |m: &NewMatch| (m.league, m.season);
    assert_eq!(of(&[key(&first)]).await, std::slice::from_ref(&first), "2023-24 is not 2023");
    assert_eq!(of(&[key(&first), key(&first)]).await, [first], "a pair given twice");
    assert_eq!(of(&[key(&calendar), key(&earlier), key(&elsewhere)]).await.len(), 3);
    assert_eq!(of(&[(w.leagues[1], season(1999))]).await, []);
    assert_eq!(of(&[]).await, []);
}
