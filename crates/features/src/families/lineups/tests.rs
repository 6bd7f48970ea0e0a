use super::clubs::Total;
use super::*;
use crate::history::SideCounts;

const FIXTURE: Fixture = Fixture {
    home: 0,
    away: 1,
    league: 0,
    season: 4030,
    tier: 1,
    day: 0.0,
    neutral: false,
    in_table: true,
    split_after: 0,
};

fn source() -> SourceKey {
    SourceKey::of("test")
}

fn player(n: usize) -> PlayerKey {
    PlayerKey::of("test", &n.to_string())
}

fn eleven(side: Side, kind: LineupKind, known_at: i64, players: impl IntoIterator<Item = usize>) -> Eleven {
    let players: Vec<PlayerKey> = players.into_iter().map(player).collect();
    Eleven::new(known_at, side, kind, source(), &players)
}

fn home(players: impl IntoIterator<Item = usize>) -> Eleven {
    eleven(Side::Home, LineupKind::Confirmed, 0, players)
}

fn absence(n: usize, kind: InjuryKind, known_at: i64) -> Absence {
    Absence { known_at, side: Side::Home, kind, source: source(), player: player(n) }
}

/// The home side has played so many matches with these players, each so many goals better than expected.
fn after(matches: &[(Vec<usize>, f64)]) -> Lineups {
    let mut family = Lineups::default();
    for (players, beyond) in matches {
        let played = Played {
            fixture: FIXTURE,
            goals: [0, 0],
            counts: [SideCounts::UNKNOWN; 2],
            elevens: [Some(home(players.iter().copied())), None],
            quotes: &[],
        };
        family.observe(&played, &Residual { goal_difference: *beyond, points: [0.0; 2] });
    }
    family
}

fn value(family: &Lineups, elevens: &[Eleven], absences: &[Absence], name: &str) -> f64 {
    let mut list = Vec::new();
    family.define(&mut list);
    let mut out = vec![f32::NAN; list.len()];
    family.snapshot(&FIXTURE, &MatchContext { elevens, absences, ..MatchContext::default() }, &mut out);
    f64::from(out[list.iter().position(|d| d.name == name).unwrap_or_else(|| panic!("{name}"))])
}

fn close(value: f64, wanted: f64) {
    assert!((value - wanted).abs() < 1e-6, "{value} instead of {wanted}");
}

#[test]
fn a_match_without_news_has_no_value() {
    let family = after(&[((0..11).collect(), 1.0), ((0..11).collect(), 1.0), ((0..11).collect(), 1.0)]);
    for name in COLUMNS.map(|c| c.name) {
        assert!(value(&family, &[], &[], &format!("home_{name}")).is_nan(), "{name}");
    }
}

#[test]
fn a_line_up_is_compared_with_the_last_ones() {
    let mut matches = vec![((0..11).collect(), 0.0); 3];
    matches.push(((1..12).collect(), 0.0));
    let family = after(&matches);
    let of = |name: &str| value(&family, &[home(2..13)], &[], &format!("home_{name}"));
    close(of("starters_known"), 11.0);
    close(of("lineup_confirmed"), 1.0);
    // Nine started all four, one the last alone, one none.
    close(of("eleven_familiarity"), (9.0 + 0.25) / 11.0);
    close(of("eleven_changes"), 1.0);
    // Players 0 and 1 are out, of eleven who started at least two of four.
    close(of("regulars_out"), 2.0 / 11.0);
    assert!(value(&family, &[home(2..13)], &[], "eleven_changes_difference").is_nan());
    assert!(value(&family, &[home(2..13)], &[], "away_starters_known").is_nan());
}

#[test]
fn too_few_line_ups_make_no_regulars() {
    let family = after(&[((0..11).collect(), 0.0), ((0..11).collect(), 0.0)]);
    for name in ["home_regulars_out", "home_regulars_out_worth"] {
        assert!(value(&family, &[home(1..12)], &[], name).is_nan(), "{name}");
    }
    close(value(&family, &[home(1..12)], &[], "home_eleven_changes"), 1.0);
    let none = Lineups::default();
    for name in ["home_eleven_changes", "home_eleven_familiarity"] {
        assert!(value(&none, &[home(0..11)], &[], name).is_nan(), "{name}");
    }
    close(value(&none, &[home(0..11)], &[], "home_eleven_rating"), 0.0);
}

#[test]
fn a_player_is_worth_what_his_club_does_with_him_less_without_him() {
    // With player 0 four goals over six matches, without him minus two over two; the others played all.
    let mut matches = vec![((0..11).collect(), 4.0 / 6.0); 6];
    matches.extend(vec![((1..12).collect::<Vec<_>>(), -1.0); 2]);
    let family = after(&matches);
    let of = |name: &str| value(&family, &[home(1..12)], &[], &format!("home_{name}"));
    let star = 4.0 / (6.0 + PRIOR) - -2.0 / (2.0 + PRIOR);
    close(of("regulars_out_worth"), star);
    let other = 2.0 / (8.0 + PRIOR);
    // Player 11 came in when player 0 went: he is seen with two lost matches and without none.
    close(of("eleven_worth"), (10.0 * other - 2.0 / (2.0 + PRIOR)) / 11.0);
    close(of("eleven_rating"), (10.0 * other - 2.0 / (2.0 + PRIOR)) / 11.0);
    close(value(&family, &[], &[absence(0, InjuryKind::Missing, 0)], "home_missing_worth"), star);
}

#[test]
fn a_confirmed_line_up_counts_rather_than_a_predicted_one_and_the_later_rather_than_the_earlier() {
    let family = Lineups::default();
    let known = |elevens: &[Eleven]| value(&family, elevens, &[], "home_starters_known");
    let predicted = eleven(Side::Home, LineupKind::Predicted, 9, 0..3);
    close(known(&[predicted]), 3.0);
    close(value(&family, &[predicted], &[], "home_lineup_confirmed"), 0.0);
    close(known(&[home(0..11), predicted]), 11.0);
    close(known(&[home(0..11), eleven(Side::Home, LineupKind::Confirmed, 5, 0..10)]), 10.0);
}

#[test]
fn only_confirmed_line_ups_are_remembered() {
    let mut family = Lineups::default();
    let played = Played {
        fixture: FIXTURE,
        goals: [1, 0],
        counts: [SideCounts::UNKNOWN; 2],
        elevens: [Some(eleven(Side::Home, LineupKind::Predicted, 0, 0..11)), None],
        quotes: &[],
    };
    family.observe(&played, &Residual { goal_difference: 1.0, points: [0.0; 2] });
    assert!(value(&family, &[home(0..11)], &[], "home_eleven_changes").is_nan());
}

#[test]
fn of_an_absence_the_latest_word_counts_and_of_two_the_surer() {
    use InjuryKind::{Missing, Questionable};
    let family = after(&vec![((0..11).collect::<Vec<_>>(), 0.0); 3]);
    let count = |absences: &[Absence]| {
        ["home_players_missing", "home_players_questionable", "home_regulars_missing"]
            .map(|name| value(&family, &[], absences, name))
    };
    let eleventh = 1.0 / 11.0;
    let close_all =
        |found: [f64; 3], wanted: [f64; 3]| found.iter().zip(wanted).for_each(|(f, w)| close(*f, w));
    close_all(count(&[absence(0, Questionable, 0), absence(0, Missing, 5)]), [1.0, 0.0, eleventh]);
    close_all(count(&[absence(0, Missing, 0), absence(0, Questionable, 5)]), [0.0, 1.0, 0.0]);
    close_all(count(&[absence(0, Missing, 0), absence(0, Questionable, 0)]), [1.0, 0.0, eleventh]);
    close_all(count(&[absence(0, Missing, 0), absence(50, Missing, 0)]), [2.0, 0.0, eleventh]);
    // Where one side's absences are known, the other side's are known to be none.
    close(value(&family, &[], &[absence(0, Missing, 0)], "away_players_missing"), 0.0);
}

#[test]
fn a_player_who_moves_begins_anew_at_his_club_and_keeps_his_rating() {
    let mut players = Players::default();
    let club = |club| ClubKey { club, source: source() };
    let total = |matches, beyond| Total { matches, beyond };
    players.started(player(0), club(0), Total::default(), 2.0);
    players.started(player(0), club(1), total(5, 3.0), -1.0);
    close(players.rating(player(0)), 1.0 / (2.0 + PRIOR));
    close(players.worth(player(0), club(0), total(1, 2.0)), 0.0);
    close(players.worth(player(0), club(1), total(7, 3.0)), -1.0 / (1.0 + PRIOR) - 1.0 / (1.0 + PRIOR));
}
