use super::*;
use touchline_collect::SourceEvent;
use touchline_domain::{
    EventKind, Kickoff, LeagueId, LineupKind, Listed, MarketType, MatchSetting, NewMatch, OddsPhase, Score,
    Season, Squad,
};

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
        setting: MatchSetting::default(),
    };
    let named = HashMap::from([(details.external_id.clone().unwrap_or_default(), MatchId(5))]);
    let name = |name: &str| vec![(ANY_SOURCE.to_owned(), name.to_owned())];
    let names = HashMap::from([(TeamId(1), name("Ashford")), (TeamId(2), name("Brindle"))]);
    Held { matches: vec![Match { id: MatchId(5), details }], named, names, ..Held::default() }
}

fn fact(team: &str, fact: SourceFact) -> SourceFacts {
    SourceFacts { line: 3, external_id: "77".to_owned(), team: Some(team.to_owned()), fact }
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

fn plan_at(facts: Vec<SourceFacts>, held: Held, at: DateTime<Utc>) -> FactPlan {
    plan("test", &SourceOrder::default(), facts, held, Said { at, document: None })
}

/// A store that only remembers, for one document after the other.
struct Memory(Held, Vec<MatchClaim>, Vec<Correction>);

impl Memory {
    fn plan(&mut self, facts: Vec<SourceFacts>, now: DateTime<Utc>) -> FactPlan {
        let held = Held {
            matches: self.0.matches.clone(),
            names: self.0.names.clone(),
            named: self.0.named.clone(),
            stats: self.0.stats.clone(),
            lineups: self.0.lineups.clone(),
            injuries: self.0.injuries.clone(),
            events: self.0.events.clone(),
            odds: self.0.odds.clone(),
            in_play: self.0.in_play.clone(),
            weather: Vec::new(),
            words: claims::by_match(self.1.clone(), self.2.clone()),
        };
        let told = plan_at(facts, held, now);
        self.1.extend(told.claims.clone());
        self.2.extend(told.corrections.clone());
        for (id, facts) in &told.facts {
            if let Some(stats) = facts.stats {
                self.0.stats.retain(|(held, _)| held != id);
                self.0.stats.push((*id, stats));
            }
            self.0.lineups.extend(facts.lineups.iter().map(|l| (*id, l.clone())));
            self.0.injuries.extend(facts.injuries.iter().map(|i| (*id, i.clone())));
            self.0.events.extend(facts.events.iter().map(|list| (*id, list.clone())));
            self.0.odds.extend(facts.odds.iter().map(|quote| (*id, quote.clone())));
            self.0.in_play.extend(facts.in_play.iter().map(|quote| (*id, quote.clone())));
        }
        for changed in &told.changed {
            self.0.matches.retain(|m| m.id != changed.id);
            self.0.matches.push(changed.clone());
        }
        told
    }

    fn lineup_times(&self) -> Vec<(DateTime<Utc>, bool)> {
        self.0.lineups.iter().map(|(_, l)| (l.known_at, l.known_at_imputed)).collect()
    }
}

#[test]
fn what_is_read_after_kick_off_is_dated_an_hour_before_it_and_says_so() {
    let mut memory = Memory(held(MatchStatus::Finished), Vec::new(), Vec::new());
    let told = memory.plan(vec![lineup("Ashford", 0..11), injury(InjuryKind::Missing, "Knee")], time(100));
    assert_eq!((told.counts, told.conflicts), (FactCounts { new_facts: 2, unchanged_facts: 0 }, vec![]));
    assert_eq!(memory.lineup_times(), [(time(-1), true)]);
    let (_, absence) = &memory.0.injuries[0];
    assert_eq!((absence.known_at, absence.known_at_imputed, absence.side), (time(-1), true, Side::Home));
}

#[test]
fn what_is_read_before_kick_off_is_known_from_then_on() {
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
    memory.plan(vec![lineup("Brindle", 0..11)], time(-30));
    assert_eq!(memory.lineup_times(), [(time(-30), false)]);
    assert_eq!(memory.0.lineups[0].1.side, Side::Away);
}

#[test]
fn reading_again_changes_nothing_and_a_change_is_dated_by_when_it_was_read() {
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
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
        let told = plan_at(vec![fact], held(status), time(9));
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
        let told = plan_at(vec![lineup(team, 0..11)], held, time(9));
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
    let mut memory = Memory(held(MatchStatus::Finished), Vec::new(), Vec::new());
    let told = memory.plan(vec![lineup("Ashford", 0..11), lineup("Ashford", 1..12)], time(9));
    // The second came after the first, and is dated by when it was read.
    assert_eq!((told.counts.new_facts, told.conflicts.len()), (2, 0));
    assert_eq!(memory.lineup_times(), [(time(-1), true), (time(9), false)]);
    let third = memory.plan(vec![lineup("Ashford", 2..13)], time(9));
    assert_eq!(third.conflicts[0].kind, "repeated_lineup");
}

#[test]
fn counts_of_both_sides_are_put_together() {
    let mut memory = Memory(held(MatchStatus::Finished), Vec::new(), Vec::new());
    let stats = |team: &str, shots| {
        fact(team, SourceFact::Stats(SideStats { shots: Some(shots), ..SideStats::default() }))
    };
    let told = memory.plan(vec![stats("Ashford", 9), stats("Brindle", 4)], time(9));
    let both = told.facts[0].1.stats.unwrap();
    assert_eq!((both.home.shots, both.away.shots), (Some(9), Some(4)));
    assert_eq!(memory.plan(vec![stats("Ashford", 9)], time(10)).counts.unchanged_facts, 1);
}

fn quote(known_at: DateTime<Utc>) -> OddsQuote {
    OddsQuote {
        bookmaker: "Bookie".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [touchline_domain::DecimalOdds::new(2.0).ok(); 3],
        phase: OddsPhase::PreMatch,
        known_at,
        known_at_imputed: false,
    }
}

fn of_match(fact: SourceFact) -> SourceFacts {
    SourceFacts { line: 3, external_id: "77".to_owned(), team: None, fact }
}

fn priced(hours: i64) -> SourceFacts {
    of_match(SourceFact::Odds(quote(time(hours))))
}

#[test]
fn a_price_of_after_kick_off_is_placed_apart() {
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
    let told = memory.plan(vec![priced(-1), priced(0), priced(2)], time(3));
    assert_eq!(told.counts, FactCounts { new_facts: 3, unchanged_facts: 0 });
    assert_eq!(memory.0.odds, [(MatchId(5), quote(time(-1)))]);
    let in_play = [time(0), time(2)].map(|at| (MatchId(5), InPlayQuote::from(quote(at))));
    assert_eq!(memory.0.in_play, in_play);
    // A quote stays where it is when the kick-off turns out to be another.
    for hours in [-5, 5] {
        memory.0.matches[0].details.kickoff = Kickoff::at(time(hours));
        let again = memory.plan(vec![priced(-1), priced(0), priced(2)], time(3));
        assert_eq!(again.counts, FactCounts { new_facts: 0, unchanged_facts: 3 }, "{hours}");
    }
}

#[test]
fn a_match_that_has_not_begun_has_no_in_play_prices() {
    let mut memory = Memory(held(MatchStatus::Postponed), Vec::new(), Vec::new());
    memory.plan(vec![priced(2)], time(3));
    assert_eq!((memory.0.odds.len(), memory.0.in_play.len()), (1, 0));
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
    let kickoff = Kickoff::on(time(0).date_naive());
    memory.0.matches[0].details.kickoff = kickoff;
    let at = |hours| of_match(SourceFact::Odds(quote(kickoff.at + Duration::hours(hours))));
    memory.plan(vec![at(23), at(24)], time(100));
    assert_eq!((memory.0.odds.len(), memory.0.in_play.len()), (1, 1));
}

fn result(status: MatchStatus, score: Option<(u8, u8)>, half_time: Option<(u8, u8)>) -> SourceFacts {
    let goals = |goals: Option<(u8, u8)>| goals.map(|(home, away)| Score { home, away });
    of_match(SourceFact::Result { status, score: goals(score), half_time: goals(half_time) })
}

#[test]
fn a_score_is_taken_once_and_another_one_is_a_conflict() {
    use MatchStatus::{Finished, Live, Postponed};
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
    let live = memory.plan(vec![result(Live, Some((1, 0)), None)], time(1));
    assert_eq!(
        (live.changed[0].status, live.changed[0].score),
        (Live, None),
        "a running score is not a result"
    );
    let over = memory.plan(vec![result(Finished, Some((2, 1)), Some((1, 0)))], time(2));
    let changed = &over.changed[0];
    assert_eq!(changed.score, Some(Score { home: 2, away: 1 }));
    assert_eq!((changed.status, changed.half_time), (Finished, Some(Score { home: 1, away: 0 })));
    for again in [result(Finished, Some((2, 1)), Some((1, 0))), result(Live, None, None)] {
        let again = memory.plan(vec![again], time(3));
        assert_eq!((again.changed.len(), again.counts.unchanged_facts), (0, 1));
    }
    let half = memory.plan(vec![result(Finished, Some((2, 1)), Some((0, 0)))], time(3));
    assert_eq!(half.changed[0].half_time, Some(Score { home: 0, away: 0 }), "a newer word");
    assert_eq!((half.corrections.len(), half.corrections[0].old.as_deref()), (1, Some("1-0")));
    assert_eq!(half.notes[0].kind, "corrected_value");
    let other = memory.plan(vec![result(Finished, Some((3, 1)), None)], time(4));
    assert_eq!((other.changed.len(), other.conflicts[0].kind), (0, "conflicting_score"));
    assert_eq!((other.claims.len(), other.claims[0].value.as_str()), (1, "3-1"), "it waits");
    let mut memory = Memory(held(MatchStatus::Scheduled), Vec::new(), Vec::new());
    let early = memory.plan(vec![result(Finished, Some((1, 1)), None)], time(-1));
    assert_eq!((early.changed.len(), early.conflicts[0].kind), (0, "future_result"));
    let without = memory.plan(vec![result(Finished, None, None)], time(3));
    assert_eq!(without.conflicts[0].kind, "finished_without_score");
    let put_off = memory.plan(vec![result(Postponed, None, None)], time(-1));
    assert_eq!(put_off.changed[0].status, Postponed);
    // A half-time score above the score is dropped.
    let over = memory.plan(vec![result(Finished, Some((0, 0)), Some((1, 0)))], time(3));
    assert_eq!(over.changed[0].half_time, None);
}

fn event(team: &str, minute: u8, name: &str) -> SourceFacts {
    let player = Player::new("9", name).ok();
    let event = SourceEvent { minute, stoppage: None, kind: EventKind::Goal, player, related: None };
    fact(team, SourceFact::Event(event))
}

fn event_times(memory: &Memory) -> Vec<(DateTime<Utc>, bool, usize)> {
    memory.0.events.iter().map(|(_, l)| (l.known_at, l.known_at_imputed, l.events.len())).collect()
}

#[test]
fn events_of_a_running_match_are_a_list_each_time_that_it_changes() {
    let mut memory = Memory(held(MatchStatus::Live), Vec::new(), Vec::new());
    let first = || vec![event("Ashford", 12, "A. Name")];
    let longer = || vec![event("Ashford", 12, "Another Name"), event("Brindle", 50, "A. Name")];
    memory.plan(first(), time(1));
    let again = memory.plan(vec![event("Ashford", 12, "Another Name")], time(1) + Duration::minutes(1));
    assert_eq!((again.facts.len(), again.counts.unchanged_facts), (0, 1), "a name is not an event");
    memory.plan(longer(), time(2));
    let wanted = [(time(1), false, 1), (time(2), false, 2)];
    assert_eq!(event_times(&memory), wanted);
    assert_eq!(memory.0.events[1].1.events[1].side, Side::Away);
    // Each document again, in any order: it is compared with what was in force when it came.
    for (document, at) in [(longer(), time(2)), (first(), time(1)), (longer(), time(9))] {
        let again = memory.plan(document, at);
        assert_eq!((again.facts.len(), again.counts.new_facts), (0, 0), "{at}");
    }
    assert_eq!(event_times(&memory), wanted);
}

#[test]
fn events_that_come_long_after_the_match_are_dated_like_its_result() {
    let mut memory = Memory(held(MatchStatus::Finished), Vec::new(), Vec::new());
    memory.plan(vec![event("Ashford", 12, "A")], time(500));
    memory.plan(vec![event("Ashford", 13, "A")], time(600));
    assert_eq!(event_times(&memory), [(time(3), true, 1), (time(600), false, 1)]);
}

#[test]
fn events_of_a_match_that_has_not_begun_or_of_nobody_are_refused() {
    let refused = |status, hours, fact: SourceFacts| {
        let planned = plan_at(vec![fact], held(status), time(hours));
        assert_eq!(planned.facts.len(), 0);
        planned.conflicts[0].kind
    };
    assert_eq!(refused(MatchStatus::Scheduled, -1, event("Ashford", 1, "A")), "match_not_begun");
    assert_eq!(refused(MatchStatus::Postponed, 3, event("Ashford", 1, "A")), "match_not_begun");
    assert_eq!(refused(MatchStatus::Live, 3, event("Ashton", 1, "A")), "unknown_side");
}
