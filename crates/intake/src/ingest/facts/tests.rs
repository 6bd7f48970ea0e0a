use super::*;
use touchline_domain::{Kickoff, LeagueId, LineupKind, Listed, NewMatch, Season, Squad};

fn time(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 0).unwrap() + Duration::hours(hours)
}

/// A match that kicks off at hour 0.
fn held(status: MatchStatus) -> Held {
    let details = NewMatch {
        league: LeagueId(1),
        season: Season::cross_year(2023).unwrap(),
        home: TeamId(1),
        away: TeamId(2),
        leg: 1,
        kickoff: Kickoff::at(time(0)),
        status,
        score: None,
        half_time: None,
        referee: None,
        attendance: None,
        source: "test".to_owned(),
        external_id: Some("77".to_owned()),
    };
    let named = HashMap::from([(details.external_id.clone().unwrap_or_default(), MatchId(5))]);
    let name = |name: &str| vec![(ANY_SOURCE.to_owned(), name.to_owned())];
    let names = HashMap::from([(TeamId(1), name("Ashford")), (TeamId(2), name("Brindle"))]);
    Held { matches: vec![Match { id: MatchId(5), details }], named, names, ..Held::default() }
}

fn fact(team: &str, fact: SourceFact) -> SourceFacts {
    SourceFacts { line: 3, external_id: "77".to_owned(), team: team.to_owned(), fact }
}

fn player(n: u64) -> Player {
    Player::new(n.to_string(), "Name").unwrap()
}

fn lineup(team: &str, players: std::ops::Range<u64>) -> SourceFacts {
    let listed = players.map(|n| Listed { player: player(n), position: None, shirt: None }).collect();
    let squad = Squad::new(listed, vec![]).unwrap();
    fact(team, SourceFact::Lineup { kind: LineupKind::Confirmed, formation: None, squad })
}

fn injury(kind: InjuryKind, reason: &str) -> SourceFacts {
    fact("Ashford", SourceFact::Injury { player: player(9), kind, reason: Some(reason.to_owned()) })
}

/// A store that only remembers, to tell it one document after the other.
struct Memory(Held);

impl Memory {
    fn plan(&mut self, facts: Vec<SourceFacts>, now: DateTime<Utc>) -> FactPlan {
        let held = Held {
            matches: self.0.matches.clone(),
            names: self.0.names.clone(),
            named: self.0.named.clone(),
            stats: self.0.stats.clone(),
            lineups: self.0.lineups.clone(),
            injuries: self.0.injuries.clone(),
        };
        let told = plan("test", facts, held, now);
        for (id, facts) in &told.facts {
            self.0.stats.extend(facts.stats.map(|s| (*id, s)));
            self.0.lineups.extend(facts.lineups.iter().map(|l| (*id, l.clone())));
            self.0.injuries.extend(facts.injuries.iter().map(|i| (*id, i.clone())));
        }
        told
    }

    fn lineup_times(&self) -> Vec<(DateTime<Utc>, bool)> {
        self.0.lineups.iter().map(|(_, l)| (l.known_at, l.known_at_imputed)).collect()
    }
}

#[test]
fn what_is_read_after_kick_off_is_dated_an_hour_before_it_and_says_so() {
    let mut memory = Memory(held(MatchStatus::Finished));
    let told = memory.plan(vec![lineup("Ashford", 0..11), injury(InjuryKind::Missing, "Knee")], time(100));
    assert_eq!((told.counts, told.conflicts), (FactCounts { new_facts: 2, unchanged_facts: 0 }, vec![]));
    assert_eq!(memory.lineup_times(), [(time(-1), true)]);
    let (_, absence) = &memory.0.injuries[0];
    assert_eq!((absence.known_at, absence.known_at_imputed, absence.side), (time(-1), true, Side::Home));
}

#[test]
fn what_is_read_before_kick_off_is_known_from_then_on() {
    let mut memory = Memory(held(MatchStatus::Scheduled));
    memory.plan(vec![lineup("Brindle", 0..11)], time(-30));
    assert_eq!(memory.lineup_times(), [(time(-30), false)]);
    assert_eq!(memory.0.lineups[0].1.side, Side::Away);
}

#[test]
fn reading_again_changes_nothing_and_a_change_is_dated_by_when_it_was_read() {
    let mut memory = Memory(held(MatchStatus::Scheduled));
    let first = || vec![lineup("Ashford", 0..11), injury(InjuryKind::Questionable, "Knee")];
    memory.plan(first(), time(-3));
    for hours in [-2, 0, 50] {
        let again = memory.plan(first(), time(hours));
        assert_eq!((again.facts.len(), again.counts.unchanged_facts), (0, 2), "{hours}");
    }
    memory.plan(vec![lineup("Ashford", 1..12)], time(-1));
    memory.plan(vec![lineup("Ashford", 2..13)], time(5));
    assert_eq!(memory.lineup_times(), [(time(-3), false), (time(-1), false), (time(5), false)]);
    memory.plan(vec![injury(InjuryKind::Missing, "Knee")], time(5));
    assert_eq!((memory.0.injuries[1].1.known_at, memory.0.injuries[1].1.known_at_imputed), (time(5), false));
    assert_eq!(memory.plan(first(), time(60)).counts, FactCounts { new_facts: 0, unchanged_facts: 2 });
}

#[test]
fn what_is_told_of_nobody_that_is_held_is_refused() {
    let refused = |fact: SourceFacts, status| {
        let told = plan("test", vec![fact], held(status), time(9));
        assert_eq!((told.facts.len(), told.counts), (0, FactCounts::default()));
        assert_eq!(told.conflicts[0].line, 3);
        told.conflicts[0].kind
    };
    let elsewhere = SourceFacts { external_id: "78".to_owned(), ..lineup("Ashford", 0..11) };
    assert_eq!(refused(elsewhere, MatchStatus::Finished), "unknown_fixture");
    assert_eq!(refused(lineup("Ashfort", 0..11), MatchStatus::Finished), "unknown_side");
    let stats = SideStats { shots: Some(3), ..SideStats::default() };
    assert_eq!(refused(fact("Ashford", SourceFact::Stats(stats)), MatchStatus::Live), "match_not_over");
}

/// By the source's own spelling, else by one that only accents and words such as FC tell apart; where both sides could be
/// meant, neither is.
#[test]
fn a_side_is_found_by_any_certain_name() {
    let told = |names: [&[(&str, &str)]; 2], team: &str| {
        let all = |names: &[(&str, &str)]| {
            names.iter().map(|(source, name)| ((*source).to_owned(), (*name).to_owned())).collect()
        };
        let names = HashMap::from([(TeamId(1), all(names[0])), (TeamId(2), all(names[1]))]);
        let held = Held { names, ..held(MatchStatus::Finished) };
        let told = plan("test", vec![lineup(team, 0..11)], held, time(9));
        told.facts.first().map(|(_, facts)| facts.lineups[0].side)
    };
    let plain: [&[(&str, &str)]; 2] = [&[("*", "Ashford")], &[("*", "Brindle")]];
    assert_eq!(told(plain, "A.F.C. Ashfórd"), Some(Side::Home));
    assert_eq!(told(plain, "Ashford Town"), None);
    let alike: [&[(&str, &str)]; 2] = [&[("*", "Ashford")], &[("*", "FC Ashford")]];
    assert_eq!(told(alike, "Ashford AFC"), None);
    assert_eq!(told(alike, "FC Ashford"), Some(Side::Away));
    let own: [&[(&str, &str)]; 2] =
        [&[("*", "Ashford"), ("test", "Brindle")], &[("*", "Brindle"), ("test", "B")]];
    assert_eq!(told(own, "Brindle"), None, "the source's spelling of one is the name of the other");
    assert_eq!(told(own, "B"), Some(Side::Away));
}

#[test]
fn a_second_line_up_of_one_time_is_a_conflict() {
    let mut memory = Memory(held(MatchStatus::Finished));
    let told = memory.plan(vec![lineup("Ashford", 0..11), lineup("Ashford", 1..12)], time(9));
    // The second came after the first, and is dated by when it was read.
    assert_eq!((told.counts.new_facts, told.conflicts.len()), (2, 0));
    assert_eq!(memory.lineup_times(), [(time(-1), true), (time(9), false)]);
    let third = memory.plan(vec![lineup("Ashford", 2..13)], time(9));
    assert_eq!(third.conflicts[0].kind, "repeated_lineup");
}

#[test]
fn counts_of_both_sides_are_put_together() {
    let mut memory = Memory(held(MatchStatus::Finished));
    let stats = |team: &str, shots| {
        fact(team, SourceFact::Stats(SideStats { shots: Some(shots), ..SideStats::default() }))
    };
    let told = memory.plan(vec![stats("Ashford", 9), stats("Brindle", 4)], time(9));
    let both = told.facts[0].1.stats.unwrap();
    assert_eq!((both.home.shots, both.away.shots), (Some(9), Some(4)));
    assert_eq!(memory.plan(vec![stats("Ashford", 9)], time(10)).counts.unchanged_facts, 1);
}
