//! Competitions that are not leagues, and settings of their matches.

use super::fixture::prelude::*;
use super::fixture::{apply, find, league, new, refused, said, stored, team, world};
use crate::ports::{MatchFilter, MergeSubject, SilverChange, Store};
use crate::{
    ChangeKind, ClaimField, CompetitionKind, League, Match, MatchClaim, MatchSetting, NATIONAL_TEAMS,
    NewLeague, NewMatch, Score, TeamKind,
};
use std::collections::HashMap;
use std::ops::Deref;

#[expect(clippy::unnecessary_wraps, reason = "scores of a setting may be absent")]
fn score(home: u8, away: u8) -> Option<Score> {
    Some(Score { home, away })
}

/// Everything that a match can have beyond one of a league that ended 2-1.
fn full() -> MatchSetting {
    MatchSetting {
        neutral_ground: true,
        stage: Some("Knock-out".to_owned()),
        round: Some("Final".to_owned()),
        group: Some("Group Ä".to_owned()),
        tie_leg: Some(20),
        after_extra_time: score(2, 99),
        shootout: score(0, 1),
    }
}

/// Of each kind, by every way of reading leagues; a known code keeps its kind until it is replaced.
pub async fn a_competition_has_a_kind<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let of = |(n, (kind, _)): (usize, (CompetitionKind, _))| NewLeague { kind, ..league(&format!("K{n}")) };
    let given: Vec<NewLeague> = CompetitionKind::ALL.into_iter().enumerate().map(of).collect();
    let ids = store.ensure_leagues(&given).await.expect("created");
    let wanted: Vec<_> =
        ids.iter().zip(&given).map(|(id, details)| League { id: *id, details: details.clone() }).collect();
    assert_eq!(store.leagues().await.expect("read"), wanted);
    assert_eq!(store.league("K4").await.expect("read").as_ref(), wanted.last());
    assert_eq!(store.leagues_by_id(&ids[1..2]).await.expect("read"), wanted[1..2]);
    let counted = store.league_summaries().await.expect("read");
    assert_eq!(counted.iter().map(|s| s.league.clone()).collect::<Vec<_>>(), wanted);
    let other = NewLeague { kind: CompetitionKind::Cup, ..given[0].clone() };
    assert_eq!(store.ensure_leagues(std::slice::from_ref(&other)).await.expect("known"), ids[..1]);
    assert_eq!(store.league("K0").await.expect("read").as_ref(), wanted.first());
    let replaced = League { id: ids[0], details: other };
    let change = crate::ports::NameChange { leagues: vec![replaced.clone()], ..Default::default() };
    store.change_names(&change).await.expect("replaced");
    assert_eq!(store.league("K0").await.expect("read"), Some(replaced));
}

/// A name among national teams is no team of the same name.
pub async fn a_national_team_is_no_club<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let teams = [team("Gibraltar", "Gibraltar"), team("Gibraltar", NATIONAL_TEAMS)];
    let ids = store.ensure_teams("s", &teams).await.expect("created");
    assert_ne!(ids[0], ids[1]);
    let kinds: HashMap<_, _> =
        store.teams().await.expect("read").into_iter().map(|t| (t.id, t.kind())).collect();
    assert_eq!(kinds, HashMap::from([(ids[0], TeamKind::Club), (ids[1], TeamKind::National)]));
}

/// With all of it and with parts of it, by every way of reading matches.
pub async fn a_setting_comes_back_whole<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let settings = [
        full(),
        MatchSetting { neutral_ground: true, ..MatchSetting::default() },
        MatchSetting { stage: Some(String::new()), tie_leg: Some(1), ..MatchSetting::default() },
        MatchSetting { shootout: score(5, 4), ..MatchSetting::default() },
        MatchSetting { after_extra_time: score(2, 1), ..MatchSetting::default() },
    ];
    for (leg, setting) in (1..).zip(settings) {
        let external_id = Some(leg.to_string());
        let row = NewMatch { leg, external_id, setting, ..w.finished(0, 1, leg.into()) };
        let held = stored(&*store, row.clone()).await;
        assert_eq!(held.details, row);
        assert_eq!(store.get_match(held.id).await.expect("read").as_ref(), Some(&held));
        let named = store.matches_named(&row.source, &[leg.to_string()]).await.expect("read");
        assert_eq!(named, std::slice::from_ref(&held));
        // It may be applied again, and may change.
        apply(&*store, new([row.clone()])).await;
        let changed = Match { details: NewMatch { setting: full(), ..row }, ..held };
        apply(&*store, SilverChange { changed: vec![changed.clone()], ..SilverChange::default() }).await;
        assert_eq!(store.get_match(changed.id).await.expect("read"), Some(changed));
    }
    let filters = [
        MatchFilter::default(),
        MatchFilter { league: Some("A".to_owned()), ..MatchFilter::default() },
        MatchFilter { team: Some(w.teams[1]), ..MatchFilter::default() },
        MatchFilter { season: Some(super::fixture::season(2023)), ..MatchFilter::default() },
        MatchFilter {
            league: Some("A".to_owned()),
            season: Some(super::fixture::season(2023)),
            ..MatchFilter::default()
        },
    ];
    for filter in filters {
        let page = store.page(&filter, None, 10).await.expect("read");
        assert_eq!(page.matches.len(), 5, "{filter:?}");
        assert!(page.matches.iter().all(|m| m.setting == full()), "{filter:?}");
    }
    let open = stored(
        &*store,
        NewMatch {
            setting: MatchSetting { neutral_ground: true, ..MatchSetting::default() },
            ..w.scheduled(2, 3, 90)
        },
    )
    .await;
    let filter = MatchFilter { status: Some(open.status), ..MatchFilter::default() };
    assert_eq!(store.page(&filter, None, 10).await.expect("read").matches, [open]);
}

/// Extra time that takes goals away, a shoot-out without a winner, and either without a score.
pub async fn a_setting_that_cannot_be_is_refused<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let setting = |setting| NewMatch { setting, ..w.finished(0, 1, 0) };
    let none = MatchSetting::default();
    let bad = [
        setting(MatchSetting { after_extra_time: score(1, 1), ..none.clone() }),
        setting(MatchSetting { after_extra_time: score(2, 0), ..none.clone() }),
        setting(MatchSetting { shootout: score(3, 3), ..none.clone() }),
        setting(MatchSetting { tie_leg: Some(0), ..none.clone() }),
        setting(MatchSetting { tie_leg: Some(21), ..none.clone() }),
        NewMatch { setting: MatchSetting { shootout: score(3, 1), ..none.clone() }, ..w.scheduled(0, 1, 0) },
        NewMatch { setting: MatchSetting { after_extra_time: score(3, 1), ..none }, ..w.scheduled(0, 1, 0) },
    ];
    for row in bad {
        let what = format!("{:?}", row.setting);
        let reason = refused(store.apply(&new([row])).await, &what);
        assert!(reason.contains("ck_matches_setting"), "{what}: {reason}");
    }
    assert_eq!(store.counts().await.expect("counted").matches, 0);
}

/// Each part makes another content; a league without any of it has the content that it had.
pub async fn every_part_of_a_setting_is_content<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let mut seen = HashMap::new();
    let none = MatchSetting::default();
    let settings = [
        none.clone(),
        MatchSetting { neutral_ground: true, ..none.clone() },
        MatchSetting { stage: Some("A".to_owned()), ..none.clone() },
        MatchSetting { round: Some("A".to_owned()), ..none.clone() },
        MatchSetting { group: Some("A".to_owned()), ..none.clone() },
        MatchSetting { tie_leg: Some(1), ..none.clone() },
        MatchSetting { tie_leg: Some(2), ..none.clone() },
        MatchSetting { after_extra_time: score(2, 2), ..none.clone() },
        MatchSetting { shootout: score(4, 3), ..none.clone() },
        MatchSetting { shootout: score(3, 4), ..none },
    ];
    for setting in settings {
        let store = fresh().await;
        let w = world(&*store).await;
        apply(&*store, new([NewMatch { setting: setting.clone(), ..w.finished(0, 1, 0) }])).await;
        let hash = store.content_hash().await.expect("hashed");
        assert_eq!(seen.insert(hash, setting.clone()), None, "{setting:?}");
    }
    let mut kinds = HashMap::new();
    for (kind, name) in CompetitionKind::ALL {
        let store = fresh().await;
        store.ensure_leagues(&[NewLeague { kind, ..league("A") }]).await.expect("created");
        assert_eq!(kinds.insert(store.content_hash().await.expect("hashed"), name), None, "{name}");
    }
}

/// Where it is played is a detail of the match; how it was decided is part of its result.
pub async fn a_changed_setting_is_in_the_feed<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let mut held = stored(&*store, w.finished(0, 1, 0)).await;
    let parts = [
        (MatchSetting { neutral_ground: true, ..MatchSetting::default() }, ChangeKind::MatchChanged),
        (
            MatchSetting { neutral_ground: true, shootout: score(5, 3), ..MatchSetting::default() },
            ChangeKind::Result,
        ),
    ];
    for (setting, kind) in parts {
        let before = store.latest().await.expect("read");
        held.details.setting = setting;
        apply(&*store, SilverChange { changed: vec![held.clone()], ..SilverChange::default() }).await;
        let changes = store.after(before, 10).await.expect("read").changes;
        assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [kind]);
    }
}

/// Sources may disagree about each part.
pub async fn claims_name_parts_of_settings<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let held = stored(&*store, w.finished(0, 1, 0)).await;
    let fields = [
        ClaimField::NeutralGround,
        ClaimField::Stage,
        ClaimField::Round,
        ClaimField::Group,
        ClaimField::TieLeg,
        ClaimField::AfterExtraTime,
        ClaimField::Shootout,
    ];
    let claim = |field| MatchClaim {
        match_id: held.id,
        source: "t".to_owned(),
        field,
        value: "x".to_owned(),
        said: said(0),
    };
    let claims: Vec<_> = fields.into_iter().map(claim).collect();
    apply(&*store, SilverChange { claims: claims.clone(), ..SilverChange::default() }).await;
    let mut back = store.claims_of(&[(held.league, held.season)]).await.expect("read");
    back.sort_by_key(|claim| claim.field);
    assert_eq!(back, claims);
}

/// The kept match takes what it does not know from the merged one, and an undo puts kind and settings back.
pub async fn a_merge_takes_settings_along<H: Deref<Target: Store>>(fresh: impl AsyncFn() -> H) {
    let store = fresh().await;
    let w = world(&*store).await;
    let cup = NewLeague { kind: CompetitionKind::Cup, source: "second".to_owned(), ..league("CUP") };
    let cup = store.ensure_leagues(&[cup]).await.expect("created")[0];
    let own = MatchSetting { round: Some("Final".to_owned()), ..MatchSetting::default() };
    let first = NewMatch { setting: own, ..w.finished(0, 1, 0) };
    let second = NewMatch { league: cup, source: "second".to_owned(), setting: full(), ..first.clone() };
    let alone = NewMatch { home: w.teams[2], away: w.teams[3], ..second.clone() };
    apply(&*store, new([first.clone(), second, alone])).await;
    let before = store.content_hash().await.expect("hashed");
    let subject = MergeSubject::Leagues { kept: w.leagues[0], merged: cup };
    let (id, _) = store.merge(subject, None, "a person").await.expect("merged");
    let joined = find(&*store, &first).await;
    assert_eq!(joined.setting, full());
    store.undo_merge(id).await.expect("undone");
    assert_eq!(store.content_hash().await.expect("hashed"), before);
    assert_eq!(store.league("CUP").await.expect("read").map(|l| l.kind), Some(CompetitionKind::Cup));
}
