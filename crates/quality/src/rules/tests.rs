use super::*;
use chrono::{DateTime, Days, Duration, Utc};
use std::collections::BTreeMap;
use touchline_domain::{Kickoff, LeagueId, Match, MatchStatus, NewMatch, Score, Season, TeamId};

const LEAGUE: LeagueId = LeagueId(1);

fn leagues() -> BTreeMap<LeagueId, (String, bool)> {
    BTreeMap::from([(LEAGUE, ("E0".to_owned(), true))])
}

/// A double round robin of ten clubs from August on, a round a week, most at 15:00 and one match each at 12:30, 17:30 and 20:00.
fn season(start: u16) -> Vec<Match> {
    let first: DateTime<Utc> = format!("{start}-08-05T00:00:00Z").parse().unwrap();
    let mut matches = Vec::new();
    for round in 0..18_u64 {
        for i in 0..5_u64 {
            // The circle method: one club stays, the others turn.
            let turn = |place: u64| if place == 0 { 10 } else { (place + round) % 9 + 1 };
            let (a, b) = (turn(i), turn(9 - i));
            let (home, away) = if (round < 9) == ((round % 9 + i) % 2 == 0) { (a, b) } else { (b, a) };
            let minutes = [750, 900, 900, 1050, 1200][i as usize];
            let n = round * 5 + i + u64::from(start);
            let score = Score { home: (n * 7 % 4) as u8, away: (n * 5 % 3) as u8 };
            let details = NewMatch {
                league: LEAGUE,
                season: Season::cross_year(start).unwrap(),
                home: TeamId(home as i64),
                away: TeamId(away as i64),
                leg: 1,
                kickoff: Kickoff::at(first + Days::new(7 * round) + Duration::minutes(minutes)),
                status: MatchStatus::Finished,
                score: Some(score),
                half_time: Some(Score { home: score.home / 2, away: score.away / 2 }),
                referee: None,
                attendance: None,
                source: "test".to_owned(),
                external_id: None,
                setting: touchline_domain::MatchSetting::default(),
            };
            matches.push(Match { id: MatchId(i64::from(start) * 1000 + matches.len() as i64), details });
        }
    }
    matches
}

fn seasons() -> Vec<Match> {
    (2015..2020).flat_map(season).collect()
}

fn found(matches: &[Match]) -> Vec<&'static str> {
    let now = "2021-01-01T00:00:00Z".parse().unwrap();
    let label = |m: &Match| format!("match {}", m.id);
    let mut all = fixtures(matches, &leagues(), now);
    let of = |year: std::ops::RangeInclusive<u16>| -> Vec<&Match> {
        matches.iter().filter(|m| year.contains(&m.season.start())).collect()
    };
    all.extend(hours(&of(2019..=2019), &of(0..=2018), "E0 2019-20"));
    all.extend(scores(matches, &GoalRates::of(matches), &BTreeMap::new(), &label));
    all.iter().map(|finding| finding.rule).collect()
}

#[test]
fn clean_seasons_have_no_finding() {
    assert_eq!(found(&seasons()), [""; 0]);
}

#[test]
fn every_corruption_has_its_own_cause() {
    let corrupted = |change: &dyn Fn(&mut Vec<Match>)| {
        let mut matches = seasons();
        change(&mut matches);
        found(&matches)
    };
    let last = 4 * 90;
    assert_eq!(
        corrupted(&|m| m[last + 3].details.half_time = Some(Score { home: 8, away: 0 })),
        ["half_time_above_full_time"]
    );
    assert_eq!(corrupted(&|m| m[7].details.score = Some(Score { home: 20, away: 0 })), ["improbable_score"]);
    assert_eq!(
        corrupted(&|m| {
            for own in &mut m[last..] {
                own.details.kickoff.at += Duration::hours(2);
            }
        }),
        ["kickoff_hours_shifted"]
    );
    assert_eq!(
        corrupted(&|m| {
            for own in &mut m[last..] {
                own.details.season = Season::cross_year(2018).unwrap();
            }
        })
        .iter()
        .filter(|rule| **rule == "outside_season")
        .count(),
        1
    );
    for from in [last, last + 80] {
        let without = corrupted(&|m| m[from..].iter_mut().for_each(|own| own.details.half_time = None));
        assert_eq!(without, ["missing_half"]);
    }
    for (from, by) in [(last + 60, 1), (last + 70, -3)] {
        let moved = corrupted(&|m| {
            m[from..from + 20].iter_mut().for_each(|own| own.details.kickoff.at += Duration::hours(by));
        });
        assert_eq!(moved, ["kickoff_hours_shifted"], "{by} hours from {from} on");
    }
    assert_eq!(
        corrupted(&|m| {
            let details = &mut m[last].details;
            (details.home, details.away) = (details.away, details.home);
        }),
        ["venue_repeated"]
    );
    assert_eq!(
        corrupted(&|m| m[last + 6].details.kickoff = m[last + 1].details.kickoff),
        ["club_twice_in_a_day"]
    );
    assert_eq!(
        corrupted(&|m| m[last].details.kickoff.at = "2022-01-01T00:00:00Z".parse().unwrap()),
        ["finished_before_kickoff", "outside_season"]
    );
    let copied = corrupted(&|m| {
        for i in 0..5 {
            let mut copy = m[last + i].clone();
            copy.id = MatchId(9_000_000 + i as i64);
            copy.details.leg = 2;
            copy.details.kickoff.at += Duration::days(3);
            m.push(copy);
        }
    });
    assert!(copied.contains(&"duplicated_round"), "{copied:?}");
}

#[test]
fn a_finding_is_worded_alike_whenever_it_is_looked_for() {
    let mut matches = seasons();
    matches[400].details.score = Some(Score { home: 30, away: 0 });
    let rates = GoalRates::of(&matches);
    let look = || scores(&matches, &rates, &BTreeMap::new(), &|m| m.id.to_string());
    assert_eq!(look(), look());
    let found = look().into_iter().find(|found| found.rule == "improbable_score").unwrap();
    assert_eq!(found.cause, format!("match {} 30-0", matches[400].id));
}
