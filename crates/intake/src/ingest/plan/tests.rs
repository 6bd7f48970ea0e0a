use super::*;
use crate::identity::CorrectionRules;
use chrono::NaiveDate;
use touchline_domain::{
    ClaimField, DecimalOdds, Kickoff, MatchIdentifier, MatchSetting, MatchStatus, NewTeam, Score,
};

const TEAMS: [&str; 2] = ["Ashford", "Brindle"];

fn day(d: u32) -> Kickoff {
    Kickoff::on(NaiveDate::from_ymd_opt(2024, 3, d).unwrap())
}

fn row(line: u32, d: u32, score: Option<(i64, i64)>) -> SourceMatch {
    SourceMatch {
        line,
        league: 0,
        season: Season::cross_year(2023).unwrap(),
        home: TEAMS[0].into(),
        away: TEAMS[1].into(),
        kickoff: day(d),
        status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
        score: score.map(|(h, a)| Score::new(h, a).unwrap()),
        half_time: None,
        referee: None,
        attendance: None,
        external_id: None,
        stats: None,
        odds: Vec::new(),
        setting: MatchSetting::default(),
    }
}

/// A store that only remembers, to apply plans one after the other.
#[derive(Default)]
struct Memory {
    matches: Vec<Match>,
    stats: Vec<(MatchId, MatchStats)>,
    odds: Vec<StoredQuote>,
    identifiers: Vec<(MatchId, MatchIdentifier)>,
    claims: Vec<MatchClaim>,
    corrections: Vec<Correction>,
    rules: CorrectionRules,
    documents: i64,
}

impl Memory {
    fn ingest(&mut self, rows: Vec<SourceMatch>) -> Plan {
        self.ingest_of("test", rows)
    }

    fn ingest_of(&mut self, source: &str, rows: Vec<SourceMatch>) -> Plan {
        self.plan(source, rows, day(31))
    }

    /// The rows of a document that came at the start of a day.
    fn ingest_at(&mut self, rows: Vec<SourceMatch>, came: Kickoff) -> Plan {
        self.plan("test", rows, came)
    }

    fn plan(&mut self, source: &str, rows: Vec<SourceMatch>, came: Kickoff) -> Plan {
        let teams = Teams::new(
            vec!["Nowhere".into()],
            TEAMS.map(|n| NewTeam { name: n.into(), country: "Nowhere".into() }).to_vec(),
            &[TeamId(1), TeamId(2)],
        );
        let order = SourceOrder::new(vec!["first".into(), "test".into()]);
        let order = order.with_corrections(self.rules);
        self.documents += 1;
        let said = Said { at: came.at, document: Some(DocumentId(self.documents)) };
        let known = Known { source, order: &order, leagues: &[LeagueId(7)], teams: &teams, said };
        let named = self.identifiers.iter().filter(|(_, i)| i.source == source);
        let existing = Existing {
            matches: self.matches.clone(),
            stats: self.stats.clone(),
            odds: self.odds.clone(),
            named: named.map(|(id, i)| (i.external_id.clone(), *id)).collect(),
            claims: self.claims.clone(),
            corrections: self.corrections.clone(),
            may_be_mislabelled: true,
        };
        let plan = plan(&known, rows, existing);
        for changed in &plan.change.changed {
            *self.matches.iter_mut().find(|m| m.id == changed.id).unwrap() = changed.clone();
        }
        for (details, facts) in &plan.change.new {
            let id = MatchId(self.matches.len() as i64 + 1);
            self.identifiers.extend(MatchIdentifier::of(details).map(|identifier| (id, identifier)));
            self.matches.push(Match { id, details: details.clone() });
            self.add(id, facts);
        }
        self.identifiers.extend(plan.change.identifiers.clone());
        for claim in &plan.change.claims {
            let key = |c: &MatchClaim| (c.match_id, c.field, c.source.clone());
            self.claims.retain(|held| key(held) != key(claim));
            self.claims.push(claim.clone());
        }
        for (id, facts) in &plan.change.facts {
            self.add(*id, facts);
        }
        self.corrections.extend(plan.change.corrections.clone());
        plan
    }

    fn add(&mut self, match_id: MatchId, facts: &MatchFacts) {
        if let Some(stats) = facts.stats {
            self.stats.retain(|(id, _)| *id != match_id);
            self.stats.push((match_id, stats));
        }
        self.odds.extend(facts.odds.iter().map(|q| StoredQuote { match_id, quote: q.clone() }));
    }

    fn legs(&self) -> Vec<(u8, Kickoff)> {
        let mut legs: Vec<_> = self.matches.iter().map(|m| (m.leg, m.kickoff)).collect();
        legs.sort_by_key(|l| l.0);
        legs
    }
}

#[test]
fn the_same_rows_again_change_nothing() {
    let mut memory = Memory::default();
    let rows = || vec![row(2, 1, Some((2, 1))), row(3, 20, None)];
    assert_eq!(memory.ingest(rows()).counts, MatchCounts { new: 2, ..MatchCounts::default() });
    let again = memory.ingest(rows());
    assert_eq!(again.counts, MatchCounts { unchanged: 2, ..MatchCounts::default() });
    assert!(again.change.new.is_empty() && again.change.changed.is_empty() && again.change.facts.is_empty());
}

#[test]
fn a_result_completes_its_fixture_even_on_another_date() {
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 1, None)]);
    let plan = memory.ingest(vec![row(2, 9, Some((0, 0)))]);
    assert_eq!(plan.counts, MatchCounts { changed: 1, ..MatchCounts::default() });
    assert_eq!(memory.legs(), [(1, day(9))]);
    assert_eq!(memory.matches[0].status, MatchStatus::Finished);
}

#[test]
fn a_fixture_does_not_undo_a_result() {
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 1, Some((3, 0)))]);
    let plan = memory.ingest(vec![row(2, 1, None)]);
    assert_eq!(plan.counts, MatchCounts { unchanged: 1, ..MatchCounts::default() });
}

#[test]
fn another_score_on_the_same_date_is_a_conflict_and_the_first_stays() {
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 1, Some((1, 0)))]);
    let plan = memory.ingest(vec![row(5, 1, Some((2, 0)))]);
    assert_eq!(plan.counts.conflicting, 1);
    assert_eq!((plan.conflicts[0].line, plan.conflicts[0].kind), (5, "conflicting_score"));
    assert_eq!(memory.matches[0].score, Some(Score { home: 1, away: 0 }));

    let within = Memory::default().ingest(vec![row(2, 1, Some((1, 0))), row(3, 1, Some((1, 1)))]);
    assert_eq!((within.counts.new, within.counts.conflicting), (1, 1));
}

#[test]
fn an_earlier_leg_found_later_takes_its_place_by_date() {
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 10, Some((1, 0)))]);
    memory.ingest(vec![row(2, 3, Some((2, 2)))]);
    memory.ingest(vec![row(2, 25, Some((0, 1)))]);
    assert_eq!(memory.legs(), [(1, day(3)), (2, day(10)), (3, day(25))]);
}

#[test]
fn facts_are_added_once() {
    let quote = OddsQuote {
        bookmaker: "BK".into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [2.0, 3.4, 4.1].map(|o| DecimalOdds::new(o).ok()),
        phase: OddsPhase::PreMatch,
        known_at: day(1).at,
        known_at_imputed: true,
    };
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 1, Some((2, 1)))]);
    let with_odds = || SourceMatch { odds: vec![quote.clone()], ..row(2, 1, Some((2, 1))) };
    assert_eq!(memory.ingest(vec![with_odds()]).counts.changed, 1);
    assert_eq!(memory.ingest(vec![with_odds()]).counts.unchanged, 1);
    let imputed_later = OddsQuote { known_at: day(2).at, ..quote.clone() };
    let later = SourceMatch { odds: vec![imputed_later], ..row(2, 1, Some((2, 1))) };
    assert_eq!(memory.ingest(vec![later]).counts.unchanged, 1, "an imputed time is no news");
    assert_eq!(memory.odds.len(), 1);
}

#[test]
fn an_old_fixture_list_that_is_read_again_brings_no_leg_that_was_moved_and_played() {
    let mut memory = Memory::default();
    let documents = [
        (day(1), vec![row(1, 5, None), row(2, 25, None)]),
        (day(6), vec![row(1, 12, None)]),
        (day(13), vec![row(1, 12, Some((2, 1)))]),
        // The list of the second meeting alone.
        (day(14), vec![row(1, 25, None)]),
        (day(28), vec![row(1, 27, Some((0, 0)))]),
    ];
    for (came, rows) in &documents {
        memory.ingest_at(rows.clone(), *came);
    }
    let legs = |memory: &Memory| -> Vec<_> {
        memory.matches.iter().map(|m| (m.leg, m.kickoff, m.score.map(|s| s.to_string()))).collect()
    };
    let first = legs(&memory);
    assert_eq!(first.len(), 2);
    for (came, rows) in &documents {
        let again = memory.ingest_at(rows.clone(), *came);
        assert_eq!((again.counts.new, again.counts.conflicting), (0, 0), "{came:?}");
    }
    assert_eq!(legs(&memory), first);
    // A list that comes after the match speaks of another meeting.
    let later = memory.ingest_at(vec![row(1, 30, None)], day(29));
    assert_eq!(later.counts.new, 1);
}

/// The word of each source in each order: the first in the order counts, the others are kept.
#[test]
fn the_first_source_in_the_order_decides_whoever_came_first() {
    let given = |source: &'static str| match source {
        "first" => ("first", vec![row(2, 1, Some((1, 0)))]),
        "test" => ("test", vec![SourceMatch { referee: Some("B".into()), ..row(2, 1, Some((2, 0))) }]),
        _ => (
            "third",
            vec![SourceMatch { referee: Some("C".into()), attendance: Some(9), ..row(2, 1, Some((3, 0))) }],
        ),
    };
    let orders = [
        ["first", "test", "third"],
        ["first", "third", "test"],
        ["test", "first", "third"],
        ["test", "third", "first"],
        ["third", "first", "test"],
        ["third", "test", "first"],
    ];
    for order in orders {
        let mut memory = Memory::default();
        for source in order {
            let (source, rows) = given(source);
            memory.ingest_of(source, rows);
        }
        let [m] = memory.matches.as_slice() else { panic!("{order:?}: one match") };
        assert_eq!(m.score, Some(Score { home: 1, away: 0 }), "{order:?}");
        assert_eq!(
            (m.source.as_str(), m.referee.as_deref(), m.attendance),
            ("first", Some("B"), Some(9)),
            "{order:?}"
        );
        let mut scores: Vec<_> = memory
            .claims
            .iter()
            .filter(|claim| claim.field == ClaimField::Score)
            .map(|claim| (claim.source.as_str(), claim.value.as_str()))
            .collect();
        scores.sort_unstable();
        assert_eq!(scores, [("test", "2-0"), ("third", "3-0")], "{order:?}");
        // Once more, in the same order: nothing is new.
        for source in order {
            let (source, rows) = given(source);
            let plan = memory.ingest_of(source, rows);
            assert_eq!(
                plan.counts,
                MatchCounts { unchanged: 1, ..MatchCounts::default() },
                "{order:?} {source}"
            );
            assert!(plan.change.claims.is_empty(), "{order:?}: {:?}", plan.change.claims);
        }
    }
}

#[test]
fn nothing_is_kept_of_sources_that_agree() {
    let mut memory = Memory::default();
    memory.ingest_of("first", vec![row(2, 1, Some((1, 0)))]);
    let plan = memory.ingest_of("test", vec![row(2, 1, Some((1, 0)))]);
    assert!(plan.change.claims.is_empty() && plan.notes.is_empty());
    assert_eq!(plan.counts, MatchCounts { unchanged: 1, ..MatchCounts::default() });
}

#[test]
fn an_identifier_is_kept_of_every_source() {
    let named = |id: &str, line| SourceMatch { external_id: Some(id.into()), ..row(line, 1, Some((1, 0))) };
    let mut memory = Memory::default();
    memory.ingest_of("test", vec![named("a", 2)]);
    memory.ingest_of("third", vec![named("b", 2)]);
    assert_eq!(memory.matches.len(), 1);
    let ids: Vec<_> =
        memory.identifiers.iter().map(|(_, i)| (i.source.as_str(), i.external_id.as_str())).collect();
    assert_eq!(ids, [("test", "a"), ("third", "b")]);
    assert!(memory.ingest_of("third", vec![named("b", 2)]).change.identifiers.is_empty());
}

#[test]
fn a_source_that_contradicts_itself_is_a_conflict() {
    let mut memory = Memory::default();
    memory.ingest_of("test", vec![row(2, 1, Some((1, 0)))]);
    memory.ingest_of("third", vec![row(2, 1, Some((2, 0)))]);
    let plan = memory.ingest_of("test", vec![row(2, 1, Some((4, 0)))]);
    assert_eq!(plan.counts.conflicting, 1);
    assert_eq!(memory.matches[0].score, Some(Score { home: 1, away: 0 }));
}

/// Settings are decided as all other fields are, and a source without a word about the ground does not deny neutral
/// ground.
#[test]
fn settings_of_several_sources_do_not_depend_on_who_came_first() {
    let text = |text: &str| Some(text.to_owned());
    let given = |source: &'static str| {
        let setting = match source {
            "first" => MatchSetting::default(),
            "test" => MatchSetting { neutral_ground: true, round: text("R16"), ..MatchSetting::default() },
            _ => MatchSetting {
                round: text("Last 16"),
                group: text("G"),
                tie_leg: Some(2),
                after_extra_time: Some(Score { home: 1, away: 2 }),
                shootout: Some(Score { home: 3, away: 4 }),
                ..MatchSetting::default()
            },
        };
        vec![SourceMatch { setting, ..row(2, 1, Some((1, 0))) }]
    };
    let wanted = MatchSetting {
        neutral_ground: true,
        stage: None,
        round: text("R16"),
        group: text("G"),
        tie_leg: Some(2),
        after_extra_time: Some(Score { home: 1, away: 2 }),
        shootout: Some(Score { home: 3, away: 4 }),
    };
    let mut claims = Vec::new();
    for order in [["first", "test", "third"], ["third", "test", "first"], ["test", "third", "first"]] {
        let mut memory = Memory::default();
        for source in order.into_iter().chain(order) {
            memory.ingest_of(source, given(source));
        }
        let [m] = memory.matches.as_slice() else { panic!("{order:?}: one match") };
        assert_eq!(m.setting, wanted, "{order:?}");
        let mut held: Vec<_> =
            memory.claims.iter().map(|c| (c.field, c.source.clone(), c.value.clone())).collect();
        held.sort_unstable();
        claims.push(held);
    }
    assert!(claims[0] == claims[1] && claims[1] == claims[2], "{claims:#?}");
}

#[test]
fn a_source_completes_the_setting_of_its_own_match() {
    let mut memory = Memory::default();
    memory.ingest(vec![row(2, 1, None)]);
    let setting = MatchSetting {
        neutral_ground: true,
        after_extra_time: Some(Score { home: 2, away: 1 }),
        ..MatchSetting::default()
    };
    let played = || vec![SourceMatch { setting: setting.clone(), ..row(2, 1, Some((1, 1))) }];
    assert_eq!(memory.ingest(played()).counts, MatchCounts { changed: 1, ..MatchCounts::default() });
    assert_eq!(memory.matches[0].setting, setting);
    assert_eq!(memory.ingest(played()).counts, MatchCounts { unchanged: 1, ..MatchCounts::default() });
}

#[test]
fn a_half_time_score_that_the_score_makes_impossible_is_noted_as_gone_and_never_as_taken() {
    let half = |row: SourceMatch, (home, away)| SourceMatch { half_time: Score::new(home, away).ok(), ..row };
    let rules = CorrectionRules::all(crate::identity::CorrectionRule::Newer);
    let mut memory = Memory { rules, ..Memory::default() };
    memory.ingest_at(vec![half(row(2, 1, Some((2, 1))), (1, 1))], day(2));
    // The corrected score has no goal of the away side, and the edition says nothing of half time.
    memory.ingest_at(vec![row(2, 1, Some((2, 0)))], day(3));
    let corrected = |memory: &Memory| -> Vec<_> {
        memory.corrections.iter().map(|c| (c.field, c.old.clone(), c.new.clone())).collect()
    };
    let text = |text: &str| Some(text.to_owned());
    let wanted = [(ClaimField::Score, text("2-1"), text("2-0")), (ClaimField::HalfTime, text("1-1"), None)];
    assert_eq!((memory.matches[0].half_time, corrected(&memory)), (None, wanted.to_vec()));
    // A half time that cannot be is dropped: nothing was taken.
    for _ in 0..2 {
        memory.ingest_at(vec![half(row(2, 1, Some((2, 0))), (2, 1))], day(4));
        assert_eq!((memory.matches[0].half_time, corrected(&memory)), (None, wanted.to_vec()));
    }
}
