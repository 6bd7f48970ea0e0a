//! Pages of matches.

use super::fixture::prelude::*;
use super::fixture::{World, apply, new, season, time, world};
use crate::ports::{Cursor, MatchFilter, Store};
use crate::{Kickoff, LeagueId, Match, NewMatch, TeamId};
use chrono::{DateTime, Duration, Utc};
use std::ops::Deref;

/// 60 matches, many of them at the same time, in two leagues and two seasons.
async fn crowd(store: &(impl Store + ?Sized)) -> World {
    let w = world(store).await;
    let mut rows = Vec::new();
    for leg in [1, 2] {
        for (i, (home, away)) in (0..6).flat_map(|h| (0..6).map(move |a| (h, a))).enumerate() {
            if home == away {
                continue;
            }
            let mut row = if i % 3 == 0 { w.scheduled(home, away, 0) } else { w.finished(home, away, 0) };
            row.leg = leg;
            row.league = w.leagues[i % 2];
            row.season = season(if i % 5 == 0 { 2022 } else { 2023 });
            row.kickoff = Kickoff::at(time([0, 0, 0, 3600, 86_400][(i * 7 + usize::from(leg)) % 5]));
            rows.push(row);
        }
    }
    apply(store, new(rows)).await;
    w
}

/// All pages, following the cursors.
async fn walk(store: &(impl Store + ?Sized), filter: &MatchFilter, limit: u32) -> Vec<Match> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.page(filter, after, limit).await.expect("a page");
        assert!(page.matches.len() <= limit as usize);
        let Some(next) = page.next else {
            all.extend(page.matches);
            return all;
        };
        assert_eq!(page.matches.len(), limit as usize, "only the last page may be short");
        let last = page.matches.last().expect("a full page");
        assert_eq!(next, Cursor { kickoff: last.kickoff.at, id: last.id });
        all.extend(page.matches);
        after = Some(next);
    }
}

fn sorted(mut matches: Vec<Match>) -> Vec<Match> {
    matches.sort_by_key(|m| (m.kickoff.at, m.id));
    matches
}

async fn everything(store: &(impl Store + ?Sized), w: &World) -> Vec<Match> {
    let seasons: Vec<_> =
        w.leagues.iter().flat_map(|league| [2022, 2023].map(|year| (*league, season(year)))).collect();
    sorted(store.matches_of(&seasons).await.expect("read"))
}

/// Whatever the size of the pages: each match once, in order.
pub async fn pages_neither_repeat_nor_omit<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = crowd(&*store).await;
    let all = everything(&*store, &w).await;
    assert_eq!(all.len(), 60);
    for limit in [1, 2, 7, 59, 60, 61, 1000] {
        assert_eq!(walk(&*store, &MatchFilter::default(), limit).await, all, "pages of {limit}");
    }
    let team: TeamId = w.teams[2];
    let of_team: Vec<_> = all.iter().filter(|m| m.home == team || m.away == team).cloned().collect();
    let filter = MatchFilter { team: Some(team), ..MatchFilter::default() };
    for limit in [1, 3, 20] {
        assert_eq!(walk(&*store, &filter, limit).await, of_team, "pages of {limit} of a club");
    }
    let mut after = Cursor { kickoff: all[9].kickoff.at, id: all[9].id };
    let page = store.page(&MatchFilter::default(), Some(after), 5).await.expect("a page");
    assert_eq!(page.matches, all[10..15]);
    after.kickoff = time(1_000_000);
    let page = store.page(&MatchFilter::default(), Some(after), 5).await.expect("a page");
    assert_eq!((page.matches, page.next), (vec![], None));
}

/// Whether a match passes a filter whose league has this identifier.
fn passes(m: &NewMatch, filter: &MatchFilter, league: Option<LeagueId>) -> bool {
    league.is_none_or(|league| m.league == league)
        && filter.status.is_none_or(|status| m.status == status)
        && filter.team.is_none_or(|team| m.home == team || m.away == team)
        && filter.season.is_none_or(|season| m.season == season)
        && filter.from.is_none_or(|from| m.kickoff.at >= from)
        && filter.to.is_none_or(|to| m.kickoff.at < to)
}

/// Every combination of filters gives what a filter over all matches gives.
pub async fn every_filter_holds<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = crowd(&*store).await;
    let all = everything(&*store, &w).await;
    for choice in 0_u32..64 {
        let on = |bit: u32| choice & (1 << bit) != 0;
        let filter = MatchFilter {
            league: on(0).then(|| "B".to_owned()),
            status: on(1).then_some(crate::MatchStatus::Scheduled),
            team: on(2).then_some(w.teams[3]),
            season: on(3).then_some(season(2023)),
            from: on(4).then_some(time(3600)),
            to: on(5).then_some(time(86_400)),
        };
        let league = on(0).then_some(w.leagues[1]);
        let wanted: Vec<_> = all.iter().filter(|m| passes(&m.details, &filter, league)).cloned().collect();
        assert_eq!(walk(&*store, &filter, 4).await, wanted, "{filter:?}");
    }
    let finished = MatchFilter { status: Some(crate::MatchStatus::Finished), ..MatchFilter::default() };
    let wanted: Vec<_> = all.iter().filter(|m| m.score.is_some()).cloned().collect();
    assert_eq!(walk(&*store, &finished, 4).await, wanted);
}

/// Unknown leagues, teams and empty stores have no matches; a page of none has none.
pub async fn a_page_of_nothing_is_empty<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    assert_eq!(walk(&*store, &MatchFilter::default(), 5).await, []);
    let w = crowd(&*store).await;
    let league = MatchFilter { league: Some("nowhere".to_owned()), ..MatchFilter::default() };
    assert_eq!(walk(&*store, &league, 5).await, []);
    let both = MatchFilter { team: Some(w.teams[0]), ..league };
    assert_eq!(walk(&*store, &both, 5).await, []);
    let team = MatchFilter { team: Some(TeamId(-1)), ..MatchFilter::default() };
    assert_eq!(walk(&*store, &team, 5).await, []);
    let none = store.page(&MatchFilter::default(), None, 0).await.expect("a page");
    assert_eq!((none.matches, none.next), (vec![], None));
}

/// `from` is included, `to` is not, to the millisecond.
pub async fn the_range_of_time_includes_its_start_alone<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    apply(&*store, new([w.scheduled(0, 1, 0)])).await;
    let found = async |from: DateTime<Utc>, to: DateTime<Utc>| {
        let filter = MatchFilter { from: Some(from), to: Some(to), ..MatchFilter::default() };
        walk(&*store, &filter, 5).await.len()
    };
    let (kickoff, ms) = (time(0), Duration::milliseconds(1));
    assert_eq!(found(kickoff, kickoff + ms).await, 1);
    assert_eq!(found(kickoff - ms, kickoff).await, 0);
    assert_eq!(found(kickoff + ms, kickoff + ms * 5000).await, 0);
    assert_eq!(found(kickoff - ms, kickoff + ms).await, 1);
}
