use super::*;
use crate::{Kickoff, Score};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

const LEAGUES: MergeSubject = MergeSubject::Leagues { kept: LeagueId(1), merged: LeagueId(2) };
const TEAMS: MergeSubject = MergeSubject::Teams { kept: TeamId(1), merged: TeamId(2) };

fn day(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_006_400, 0).unwrap() + Duration::days(n)
}

fn played(id: i64, league: i64, teams: (i64, i64), leg: u8, on: i64, score: (u8, u8)) -> Match {
    let score = Some(Score { home: score.0, away: score.1 });
    let fixture = to_come(id, league, teams, leg, on);
    Match { id: fixture.id, details: NewMatch { status: MatchStatus::Finished, score, ..fixture.details } }
}

fn to_come(id: i64, league: i64, (home, away): (i64, i64), leg: u8, on: i64) -> Match {
    let details = NewMatch {
        league: LeagueId(league),
        season: Season::cross_year(2023).unwrap(),
        home: TeamId(home),
        away: TeamId(away),
        leg,
        kickoff: Kickoff::at(day(on) + Duration::hours(12)),
        status: MatchStatus::Scheduled,
        score: None,
        half_time: None,
        referee: None,
        attendance: None,
        source: format!("source {league}"),
        external_id: None,
        setting: crate::MatchSetting::default(),
    };
    Match { id: MatchId(id), details }
}

fn pair(kept: i64, merged: i64) -> JoinedMatch {
    JoinedMatch { kept: MatchId(kept), merged: MatchId(merged) }
}

#[test]
fn matches_of_one_date_are_one_and_the_rest_moves() {
    let matches = [
        played(1, 1, (5, 6), 1, 0, (2, 1)),
        played(2, 2, (5, 6), 1, 0, (2, 1)),
        played(3, 2, (6, 5), 1, 0, (0, 0)),
    ];
    let plan = plan(LEAGUES, None, &matches);
    assert_eq!((plan.joined, plan.moved, plan.renumbered), (vec![pair(1, 2)], 1, 0));
    assert_eq!(plan.refusals, []);
    let [moved] = &plan.changed[..] else { panic!("only the moved match changes") };
    assert_eq!((moved.id, moved.league), (MatchId(3), LeagueId(1)));
}

#[test]
fn a_date_of_the_place_is_one_day_from_that_of_utc() {
    let matches = [played(1, 1, (5, 6), 1, 0, (2, 1)), played(2, 2, (5, 6), 1, 1, (2, 1))];
    assert_eq!(plan(LEAGUES, None, &matches).joined, [pair(1, 2)]);
}

#[test]
fn a_fixture_that_moved_is_found_by_its_leg() {
    let matches = [to_come(1, 1, (5, 6), 1, 0), played(2, 2, (5, 6), 1, 90, (2, 1))];
    let plan = plan(LEAGUES, None, &matches);
    assert_eq!(plan.joined, [pair(1, 2)]);
    let [known] = &plan.changed[..] else { panic!("the kept match learns its result") };
    assert_eq!((known.status, known.score), (MatchStatus::Finished, Some(Score { home: 2, away: 1 })));
    assert_eq!(known.kickoff, matches[1].kickoff, "and when it was played");
    assert_eq!(known.source, "source 1");
}

#[test]
fn results_months_apart_are_two_legs_by_date() {
    let matches = [played(1, 1, (5, 6), 1, 90, (2, 1)), played(2, 2, (5, 6), 1, 0, (2, 1))];
    let plan = plan(LEAGUES, None, &matches);
    assert_eq!((plan.joined.len(), plan.moved, plan.renumbered), (0, 1, 1));
    let legs: Vec<_> = plan.changed.iter().map(|m| (m.id.0, m.leg)).collect();
    assert_eq!(legs, [(1, 2), (2, 1)]);
}

#[test]
fn two_scores_are_refused_until_one_is_preferred() {
    let matches = [played(1, 1, (5, 6), 1, 0, (2, 1)), played(2, 2, (5, 6), 1, 0, (2, 2))];
    let undecided = plan(LEAGUES, None, &matches);
    assert_eq!(undecided.refusals, [MergeRefusal::Scores(vec![pair(1, 2)])]);
    let kept = plan(LEAGUES, Some(MergePreference::Kept), &matches);
    assert_eq!((kept.refusals.len(), kept.disagreements.len(), kept.changed.len()), (0, 1, 0));
    let merged = plan(LEAGUES, Some(MergePreference::Merged), &matches);
    assert_eq!(merged.changed[0].score, Some(Score { home: 2, away: 2 }));
}

#[test]
fn a_team_that_would_play_itself_is_refused() {
    let plan = plan(TEAMS, Some(MergePreference::Kept), &[played(9, 1, (2, 1), 1, 0, (2, 1))]);
    assert_eq!(plan.refusals, [MergeRefusal::PlayEachOther(vec![MatchId(9)])]);
    assert_eq!(plan.refusals[0].to_string(), "the two teams play each other in match 9");
}

#[test]
fn a_team_plays_once_a_day() {
    let matches = [played(1, 1, (1, 6), 1, 0, (2, 1)), played(2, 1, (7, 2), 1, 0, (2, 1))];
    let refused = plan(TEAMS, None, &matches);
    assert_eq!(refused.refusals, [MergeRefusal::SameDate(vec![pair(1, 2)])]);
    // The same side and score: the opponent may be stored twice too.
    let matches = [played(1, 1, (1, 6), 1, 0, (2, 1)), played(2, 1, (2, 7), 1, 0, (2, 1))];
    let allowed = plan(TEAMS, None, &matches);
    assert_eq!((allowed.refusals.len(), allowed.opponents_held_twice), (0, vec![pair(1, 2)]));
}

#[test]
fn matches_of_a_team_held_twice_become_one() {
    let matches = [played(1, 1, (1, 6), 1, 0, (2, 1)), played(2, 1, (2, 6), 1, 0, (2, 1))];
    let plan = plan(TEAMS, None, &matches);
    assert_eq!((plan.joined, plan.changed.len()), (vec![pair(1, 2)], 0));
}

#[test]
fn blanks_are_filled_and_a_time_is_more_than_a_date() {
    let mut first = played(1, 1, (5, 6), 1, 0, (2, 1));
    first.details.kickoff = Kickoff::on(first.kickoff.at.date_naive());
    let mut second = played(2, 2, (5, 6), 1, 0, (2, 1));
    second.details.referee = Some("R".to_owned());
    second.details.half_time = Some(Score { home: 1, away: 0 });
    second.details.attendance = Some(7);
    let plan = plan(LEAGUES, None, &[first, second.clone()]);
    let [united] = &plan.changed[..] else { panic!("the kept match is filled") };
    let wanted = NewMatch { league: LeagueId(1), source: "source 1".to_owned(), ..second.details };
    assert_eq!(united.details, wanted);
}

fn world() -> impl Strategy<Value = Vec<Match>> {
    let one = (1..3_i64, 5..8_i64, 5..8_i64, 0..40_i64, 0..3_u8, 0..2_u8, any::<bool>());
    proptest::collection::vec(one, 0..30).prop_map(|rows| {
        let mut legs: HashMap<(i64, i64, i64), u8> = HashMap::new();
        let mut dates = HashSet::new();
        let mut rows: Vec<_> =
            rows.into_iter().filter(|r| r.1 != r.2 && dates.insert((r.0, r.1, r.2, r.3))).collect();
        rows.sort_by_key(|r| r.3);
        (1..)
            .zip(rows)
            .map(|(id, (league, home, away, on, h, a, is_played))| {
                let leg = legs.entry((league, home, away)).or_default();
                *leg += 1;
                if is_played {
                    played(id, league, (home, away), *leg, on, (h, a))
                } else {
                    to_come(id, league, (home, away), *leg, on)
                }
            })
            .collect()
    })
}

proptest! {
    /// Each match stays or is part of one that stays; keys are unique; nothing belongs to the merged league.
    #[test]
    fn no_match_is_lost(matches in world(), merged in any::<bool>()) {
        let prefer = Some(if merged { MergePreference::Merged } else { MergePreference::Kept });
        let plan = plan(LEAGUES, prefer, &matches);
        prop_assert!(plan.refusals.is_empty());
        let gone: HashSet<_> = plan.joined.iter().map(|p| p.merged).collect();
        let kept: HashSet<_> = plan.joined.iter().map(|p| p.kept).collect();
        prop_assert!(gone.len() == plan.joined.len() && kept.len() == plan.joined.len());
        prop_assert!(gone.is_disjoint(&kept));
        let changed: HashMap<_, _> = plan.changed.iter().map(|m| (m.id, m)).collect();
        prop_assert!(changed.keys().all(|id| !gone.contains(id)));
        let after: Vec<&Match> = matches
            .iter()
            .filter(|m| !gone.contains(&m.id))
            .map(|m| changed.get(&m.id).copied().unwrap_or(m))
            .collect();
        let keys: HashSet<_> = after.iter().map(|m| m.natural_key()).collect();
        prop_assert_eq!(keys.len(), after.len());
        prop_assert!(after.iter().all(|m| m.league == LeagueId(1)));
        let of = |id: MatchId| matches.iter().find(|m| m.id == id).unwrap();
        for pair in &plan.joined {
            let result = after.iter().find(|m| m.id == pair.kept).unwrap();
            let any_settled = is_settled(of(pair.kept)) || is_settled(of(pair.merged));
            prop_assert_eq!(is_settled(result), any_settled, "a result is not lost");
        }
    }
}
