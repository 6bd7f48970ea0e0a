//! What is written is what is read.

use super::{REPLACE, TEAMS, folder, held, memory, partition, put, teams};
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use std::sync::Arc;
use touchline_domain::lake::{
    AliasRow, DeductionRow, EventRow, LakeRow, LakeTable, LineupPlayerRow, MatchRef, MatchRow, QuoteRow,
    ReadingRow, RecordRow,
};
use touchline_domain::ports::{
    Committed, Lake, LakeError, LedgerLink, ModelVersion, SealedDetails, SealedForecast,
};
use touchline_domain::{
    CompetitionKind, DecimalOdds, DocumentId, EventKind, Forecast, InPlayQuote, Injury, InjuryKind, Kickoff,
    KickoffPrecision, LineupKind, Listed, MarketType, MatchEvent, MatchId, MatchSetting, MatchStats,
    MatchStatus, NewLeague, NewTeam, OddsPhase, OddsQuote, PlayOffRules, Player, PointsDeduction, Position,
    RawDocument, RawRecord, RecordKind, Score, ScoreGrid, Season, SeasonRules, Side, SideStats, TableSplit,
};

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        Just("Robert'); DROP TABLE odds; --".to_owned()),
        Just("\"quoted\" 'twice' `and`\\".to_owned()),
        Just("NUL\0inside\0".to_owned()),
        Just("tab\tline\nreturn\r\n\u{feff}\u{202e}\u{10ffff}".to_owned()),
        Just(String::new()),
    ]
}

/// Microseconds, from the first league to the end of the schema's time.
fn time() -> impl Strategy<Value = DateTime<Utc>> {
    (-2_587_680_000_000_000_i64..=7_321_190_399_999_999)
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

fn team() -> impl Strategy<Value = NewTeam> {
    (text(), text()).prop_map(|(name, country)| NewTeam { name, country })
}

fn season() -> impl Strategy<Value = Season> {
    (1870_u16..=2200, any::<bool>()).prop_map(|(year, calendar)| {
        if calendar { Season::calendar_year(year) } else { Season::cross_year(year) }.unwrap()
    })
}

fn match_ref() -> impl Strategy<Value = MatchRef> {
    (any::<i64>(), text(), season(), team(), team(), any::<u8>(), time(), any::<bool>()).prop_map(
        |(id, league, season, home, away, leg, at, day)| MatchRef {
            id: MatchId(id),
            league,
            season,
            home,
            away,
            leg,
            kickoff: Kickoff {
                at,
                precision: if day { KickoffPrecision::Day } else { KickoffPrecision::Minute },
            },
        },
    )
}

fn score() -> impl Strategy<Value = Option<Score>> {
    of((0_u8..=99, 0_u8..=99).prop_map(|(home, away)| Score { home, away }))
}

fn setting() -> impl Strategy<Value = MatchSetting> {
    (any::<bool>(), of(text()), of(text()), of(text()), of(any::<u8>()), score(), score()).prop_map(
        |(neutral_ground, stage, round, group, tie_leg, after_extra_time, shootout)| MatchSetting {
            neutral_ground,
            stage,
            round,
            group,
            tie_leg,
            after_extra_time,
            shootout,
        },
    )
}

fn a_match() -> impl Strategy<Value = LakeRow> {
    let status =
        prop::sample::select(vec![MatchStatus::Finished, MatchStatus::Scheduled, MatchStatus::Awarded]);
    (match_ref(), status, score(), score(), of(text()), of(any::<u32>()), text(), of(text()), setting())
        .prop_map(|(of, status, score, half_time, referee, attendance, source, external_id, setting)| {
            LakeRow::Match(MatchRow {
                of,
                status,
                score,
                half_time,
                referee,
                attendance,
                source,
                external_id,
                setting,
            })
        })
}

fn side() -> impl Strategy<Value = SideStats> {
    (prop::array::uniform8(of(any::<u16>())), of(0.0..99.0), of(0.0..100.0)).prop_map(
        |(n, goals, possession)| SideStats {
            shots: n[0],
            shots_on_target: n[1],
            woodwork: n[2],
            corners: n[3],
            fouls: n[4],
            offsides: n[5],
            yellow_cards: n[6],
            red_cards: n[7],
            expected_goals: goals,
            possession,
        },
    )
}

fn price() -> impl Strategy<Value = Option<DecimalOdds>> {
    let thousandths =
        prop_oneof![1001_u32..=20_000, 1001_u32..=999_999_999, Just(1001_u32), Just(999_999_999)];
    of(thousandths.prop_map(|n| DecimalOdds::new(f64::from(n) / 1000.0).unwrap()))
}

fn quote() -> impl Strategy<Value = LakeRow> {
    let market = prop::sample::select(vec![
        MarketType::OneXTwo,
        MarketType::OverUnder,
        MarketType::AsianHandicap,
        MarketType::BothTeamsScore,
    ]);
    let phase = prop::sample::select(vec![OddsPhase::PreMatch, OddsPhase::Closing]);
    (
        match_ref(),
        text(),
        market,
        of(any::<i16>()),
        [price(), price(), price()],
        phase,
        time(),
        any::<bool>(),
        time(),
    )
        .prop_map(
            |(
                of,
                bookmaker,
                market,
                line_quarters,
                prices,
                phase,
                known_at,
                known_at_imputed,
                recorded_at,
            )| {
                let bookmaker = bookmaker.as_str().into();
                let quote =
                    OddsQuote { bookmaker, market, line_quarters, prices, phase, known_at, known_at_imputed };
                LakeRow::Quote(QuoteRow { of: Arc::new(of), quote, recorded_at })
            },
        )
}

fn record(kind: RecordKind) -> impl Strategy<Value = LakeRow> {
    (text(), text(), time(), any::<u32>(), of(text()), of(text()), of(time())).prop_map(
        move |(source, hash, collected_at, locator, external_match_id, external_league_id, match_time)| {
            LakeRow::Record(RecordRow {
                source: source.as_str().into(),
                document_hash: hash.as_str().into(),
                collected_at,
                record: RawRecord {
                    kind,
                    locator,
                    external_match_id,
                    external_league_id,
                    match_time,
                    payload: None,
                },
            })
        },
    )
}

fn details() -> impl Strategy<Value = SealedDetails> {
    let cells = (0_usize..6).prop_flat_map(|n| vec(1e-9_f64..1.0, (n + 1) * (n + 1)));
    (cells, time(), any::<bool>(), [text(), text(), text()]).prop_map(|(cells, at, day, hashes)| {
        let side = cells.len().isqrt();
        let grid = ScoreGrid::from_weights(side - 1, cells).unwrap();
        let precision = if day { KickoffPrecision::Day } else { KickoffPrecision::Minute };
        SealedDetails::of(&grid.forecast(), grid.clone(), Kickoff { at, precision }, hashes)
    })
}

fn forecast() -> impl Strategy<Value = LakeRow> {
    let link = (0..u64::MAX / 2, text(), text())
        .prop_map(|(sequence, previous_hash, entry_hash)| LedgerLink { sequence, previous_hash, entry_hash });
    let numbers = (0.0..0.5, 0.0..0.5, (0.0..9.0, 0.0..9.0));
    (match_ref(), text(), text(), numbers, time(), time(), of(details()), of(link)).prop_map(
        |(of, model_name, model_version, (home, draw, expected_goals), as_of, sealed_at, details, link)| {
            let forecast = Forecast::new(home, draw, 1.0 - home - draw).unwrap();
            let match_id = of.id;
            let sealed = SealedForecast {
                match_id,
                model_name,
                model_version,
                forecast,
                expected_goals,
                as_of,
                sealed_at,
                details: details.map(Box::new),
            };
            LakeRow::Forecast(Arc::new(of), sealed, link)
        },
    )
}

fn player() -> impl Strategy<Value = Player> {
    let words = || text().prop_filter("players have identifiers and names", |text| !text.is_empty());
    (words(), words()).prop_map(|(id, name)| Player::new(id, name).unwrap())
}

fn known() -> impl Strategy<Value = (Side, Arc<str>, DateTime<Utc>, bool)> {
    (prop::sample::select(Side::BOTH.to_vec()), text(), time(), any::<bool>())
        .prop_map(|(side, source, at, imputed)| (side, source.as_str().into(), at, imputed))
}

fn lineup_player() -> impl Strategy<Value = LakeRow> {
    let kind = prop::sample::select(vec![LineupKind::Predicted, LineupKind::Confirmed]);
    let formation = prop::sample::select(vec![None, Some("4-4-2"), Some("3-4-1-2")]);
    let position = prop::sample::select(vec![None, Some(Position::Goalkeeper), Some(Position::Forward)]);
    let listed = (player(), position, of(any::<u8>()));
    (match_ref(), known(), kind, formation, any::<bool>(), any::<u8>(), listed).prop_map(
        |(of, (side, source, known_at, known_at_imputed), kind, formation, starts, place, listed)| {
            let (player, position, shirt) = listed;
            LakeRow::LineupPlayer(LineupPlayerRow {
                of: Arc::new(of),
                side,
                source,
                kind,
                formation: formation.map(|text| text.parse().unwrap()),
                known_at,
                known_at_imputed,
                starts,
                place,
                listed: Listed { player, position, shirt },
            })
        },
    )
}

fn injury() -> impl Strategy<Value = LakeRow> {
    let kind = prop::sample::select(vec![InjuryKind::Missing, InjuryKind::Questionable]);
    (match_ref(), known(), player(), kind, of(text())).prop_map(
        |(of, (side, source, known_at, known_at_imputed), player, kind, reason)| {
            let reason = reason.map(Into::into);
            let injury = Injury { side, player, source, kind, reason, known_at, known_at_imputed };
            LakeRow::Injury(Arc::new(of), injury)
        },
    )
}

fn event() -> impl Strategy<Value = LakeRow> {
    let kind = prop::sample::select(vec![EventKind::Goal, EventKind::OwnGoal, EventKind::Substitution]);
    let event = (any::<u8>(), of(any::<u8>()), kind, of(player()), of(player()));
    (match_ref(), known(), any::<u16>(), event).prop_map(
        |(of, (side, source, known_at, known_at_imputed), place, event)| {
            let (minute, stoppage, kind, player, related) = event;
            let event = MatchEvent { minute, stoppage, side, kind, player, related };
            LakeRow::Event(EventRow { of: Arc::new(of), source, known_at, known_at_imputed, place, event })
        },
    )
}

fn in_play() -> impl Strategy<Value = LakeRow> {
    quote().prop_map(|row| match row {
        LakeRow::Quote(row) => LakeRow::InPlay(row.of, InPlayQuote::from(row.quote)),
        other => other,
    })
}

fn season_rules() -> impl Strategy<Value = LakeRow> {
    let split = (any::<u8>(), vec(any::<u8>(), 0..4), any::<bool>(), any::<u8>())
        .prop_map(|(after, groups, halve_points, rounds)| TableSplit { after, groups, halve_points, rounds });
    let play_off = (text(), any::<[u8; 2]>(), any::<u8>(), of(any::<u8>()), any::<[bool; 2]>()).prop_map(
        |(name, places, legs, final_legs, [neutral_final, decides_places])| PlayOffRules {
            name,
            places,
            legs,
            final_legs,
            neutral_final,
            decides_places,
        },
    );
    (text(), season(), of(split), of(time()), vec(play_off, 0..3)).prop_map(
        |(league, season, split, from, play_offs)| {
            let play_offs_from = from.map(|time| time.date_naive());
            let deductions = Vec::new();
            LakeRow::SeasonRules(SeasonRules { league, season, split, play_offs_from, play_offs, deductions })
        },
    )
}

fn deduction() -> impl Strategy<Value = LakeRow> {
    (text(), season(), text(), any::<i16>(), time(), text()).prop_map(
        |(league, season, team, points, from, reason)| {
            let deduction = PointsDeduction { team, points, from: from.date_naive(), reason };
            LakeRow::Deduction(DeductionRow { league, season, deduction })
        },
    )
}

fn reading() -> impl Strategy<Value = LakeRow> {
    (text(), text(), time(), text()).prop_map(|(source, hash, collected_at, reading)| {
        let (source, document_hash) = (source.as_str().into(), hash.as_str().into());
        LakeRow::Reading(ReadingRow { source, document_hash, collected_at, reading })
    })
}

/// Rows of one table.
fn rows_of(table: LakeTable) -> BoxedStrategy<Vec<LakeRow>> {
    let row = match table {
        LakeTable::RawDocuments => (any::<i64>(), text(), text(), vec(any::<u8>(), 0..300), text(), time())
            .prop_map(|(id, source, name, bytes, hash, collected_at)| {
                LakeRow::Document(RawDocument { id: DocumentId(id), source, name, bytes, hash, collected_at })
            })
            .boxed(),
        LakeTable::RawMatchData => record(RecordKind::Match).boxed(),
        LakeTable::RawOddsData => record(RecordKind::Odds).boxed(),
        LakeTable::RawScoresData => record(RecordKind::Score).boxed(),
        LakeTable::Leagues => (text(), text(), text(), any::<u8>(), text(), 0_usize..5)
            .prop_map(|(code, name, country, level, source, kind)| {
                LakeRow::League(NewLeague {
                    code,
                    name,
                    country,
                    level,
                    source,
                    kind: CompetitionKind::ALL[kind].0,
                })
            })
            .boxed(),
        LakeTable::DocumentReadings => reading().boxed(),
        LakeTable::SeasonRules => season_rules().boxed(),
        LakeTable::PointsDeductions => deduction().boxed(),
        LakeTable::Players => (text(), player())
            .prop_map(|(source, player)| LakeRow::Player(source.as_str().into(), player))
            .boxed(),
        LakeTable::MatchEvents => event().boxed(),
        LakeTable::InPlayOdds => in_play().boxed(),
        LakeTable::Teams => team().prop_map(LakeRow::Team).boxed(),
        LakeTable::TeamAliases => (text(), text(), text(), team())
            .prop_map(|(source, country, alias, team)| {
                LakeRow::Alias(AliasRow { source, country, alias, team })
            })
            .boxed(),
        LakeTable::Matches => a_match().boxed(),
        LakeTable::MatchStats => (match_ref(), side(), side())
            .prop_map(|(of, home, away)| LakeRow::Stats(Arc::new(of), MatchStats { home, away }))
            .boxed(),
        LakeTable::LineupPlayers => lineup_player().boxed(),
        LakeTable::Injuries => injury().boxed(),
        LakeTable::Odds | LakeTable::OddsArchive => quote().boxed(),
        LakeTable::Predictions => forecast().boxed(),
        LakeTable::ModelVersions => (text(), text(), text(), text(), time(), text(), any::<i64>())
            .prop_map(|(name, version, path, manifest_hash, trained_at, key, value)| {
                let metrics = serde_json::json!({ key: value });
                LakeRow::Model(ModelVersion { name, version, path, manifest_hash, trained_at, metrics })
            })
            .boxed(),
    };
    vec(row, 0..20).boxed()
}

fn rows() -> impl Strategy<Value = (LakeTable, Vec<LakeRow>)> {
    prop::sample::select(LakeTable::ALL.to_vec()).prop_flat_map(|table| (Just(table), rows_of(table)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn rows_of_every_table_come_back_as_they_were((table, rows) in rows()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let lake = memory();
            put(&lake, partition(table), rows.clone(), REPLACE).await.unwrap();
            assert_eq!(held(&lake, partition(table)).await, rows);
            // The same rows are known as the same.
            let again = put(&lake, partition(table), rows.clone(), REPLACE).await.unwrap();
            assert_eq!(again, Committed::Unchanged);
        });
    }
}

#[tokio::test]
async fn mebibytes_of_text_come_back_in_portions() {
    let (_folder, lake) = folder();
    let long = |i: usize| format!("{i}'\"\0\u{e9}").repeat((1 << 20) / 6);
    let names: Vec<String> = (0..70).map(|i| long(i % 3)).collect();
    let rows = teams(&names.iter().map(String::as_str).collect::<Vec<_>>());
    put(&lake, TEAMS, rows.clone(), REPLACE).await.unwrap();
    let state = lake.partition(TEAMS).await.unwrap().unwrap();
    assert!(state.bytes() < 10 << 20, "repeated texts are stored once: {} bytes", state.bytes());
    let (mut reader, mut back, mut most) = (lake.read(&state).await.unwrap(), Vec::new(), 0);
    while let Some(rows) = reader.next().await.unwrap() {
        most = most.max(rows.len());
        back.extend(rows);
    }
    assert!(back == rows, "70 MiB of names came back changed");
    assert!(most < 40, "{most} rows of a mebibyte at once");
}

#[tokio::test]
async fn an_empty_table_is_nothing() {
    let lake = memory();
    for table in LakeTable::ALL {
        assert_eq!(put(&lake, partition(table), vec![], REPLACE).await.unwrap(), Committed::Unchanged);
        assert_eq!(held(&lake, partition(table)).await, []);
    }
    assert_eq!(lake.partitions().await.unwrap(), []);
    // Emptied, a partition is remembered as empty.
    put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap();
    let state = lake.partition(TEAMS).await.unwrap().unwrap();
    lake.empty(&state).await.unwrap();
    assert_eq!(held(&lake, TEAMS).await, []);
    assert_eq!(put(&lake, TEAMS, vec![], REPLACE).await.unwrap(), Committed::Unchanged);
    assert!(matches!(put(&lake, TEAMS, teams(&["A"]), REPLACE).await.unwrap(), Committed::Written(_)));
    assert_eq!(held(&lake, TEAMS).await, teams(&["A"]));
}

#[tokio::test]
async fn many_rows_come_back_in_their_order() {
    let (_folder, lake) = folder();
    let mut writer = lake.write(TEAMS).await.unwrap();
    let names: Vec<String> = (0..300_000).map(|i| format!("club {i}")).collect();
    for names in names.chunks(7000) {
        writer.write(teams(&names.iter().map(String::as_str).collect::<Vec<_>>())).await.unwrap();
    }
    let Committed::Written(file) = writer.commit(REPLACE).await.unwrap() else { panic!("written") };
    assert_eq!(file.rows, 300_000);
    let mut back = held(&lake, TEAMS).await.into_iter();
    for name in &names {
        let Some(LakeRow::Team(team)) = back.next() else { panic!("a club") };
        assert_eq!(team.name, *name);
    }
    assert!(back.next().is_none());
}

#[tokio::test]
async fn a_row_of_another_table_is_refused() {
    let lake = memory();
    let mut writer = lake.write(partition(LakeTable::Odds)).await.unwrap();
    assert!(matches!(writer.write(teams(&["A"])).await, Err(LakeError::Refused(_))));
    assert!(matches!(writer.commit(REPLACE).await, Err(LakeError::Refused(_))), "nothing of it is committed");
    let wrong = touchline_domain::ports::LakePartition { table: LakeTable::Odds, month: None };
    assert!(matches!(lake.write(wrong).await.err(), Some(LakeError::Refused(_))));
    let state = lake.partitions().await.unwrap();
    assert_eq!(state, []);
}
