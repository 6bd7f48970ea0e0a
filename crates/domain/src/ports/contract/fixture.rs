//! A small world: two leagues, six teams, and makers of matches, quotes and documents.

use crate::ports::{FeatureSet, MatchFacts, SealedDetails, SealedForecast, SilverChange, Store, StoreError};
use crate::{
    ClaimField, CompetitionKind, Correction, CorrectionVerdict, DecimalOdds, DocumentId, EventKind,
    EventList, Forecast, InPlayQuote, Injury, InjuryKind, Kickoff, LeagueId, Lineup, LineupKind, Listed,
    MarketType, Match, MatchEvent, MatchId, MatchSetting, MatchStats, MatchStatus, NewDocument, NewLeague,
    NewMatch, NewTeam, OddsPhase, OddsQuote, Player, Position, QualityIssue, RawRecord, RecordKind, Said,
    Score, ScoreGrid, Season, Severity, Side, SideStats, Squad, TeamId, Weather, WeatherKind,
};
use chrono::{DateTime, Duration, Utc};

pub(super) const SOURCE: &str = "contract";

/// Three documents with their BLAKE3: this crate cannot compute it.
pub(super) const DOCUMENTS: [(&[u8], &str); 3] = [
    (b"first document\n", "b0469d89167dcd0a0a2cdc7422c58900b47836ab657421b0280cb06a28d5fc39"),
    (b"second document\n", "528cbd7be3d37f98511b87c2be5d51c357e2c9fbcf4417eee82ad625474a29a6"),
    (b"", "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"),
];

pub(super) fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("a time near 2023")
}

/// Said by a person so long after the epoch of [`time`].
pub(super) fn said(seconds: i64) -> Said {
    Said { at: time(seconds), document: None }
}

/// A score of the source that was corrected after an hour.
pub(super) fn correction(match_id: MatchId, old: &str, new: &str) -> Correction {
    Correction {
        match_id,
        field: ClaimField::Score,
        source: SOURCE.to_owned(),
        old: Some(old.to_owned()),
        new: Some(new.to_owned()),
        said: said(3_600),
        known_at: time(3_600),
        verdict: CorrectionVerdict::Taken,
        by: "newer".to_owned(),
    }
}

pub(super) fn season(start: u16) -> Season {
    Season::cross_year(start).expect("a valid year")
}

pub(super) fn league(code: &str) -> NewLeague {
    NewLeague {
        code: code.to_owned(),
        name: format!("League {code}"),
        country: "England".to_owned(),
        level: 1,
        source: SOURCE.to_owned(),
        kind: CompetitionKind::League,
    }
}

pub(super) fn team(name: &str, country: &str) -> NewTeam {
    NewTeam { name: name.to_owned(), country: country.to_owned() }
}

/// Identifiers of the small world.
pub(super) struct World {
    pub(super) leagues: Vec<LeagueId>,
    pub(super) teams: Vec<TeamId>,
}

pub(super) async fn world(store: &(impl Store + ?Sized)) -> World {
    let leagues = store.ensure_leagues(&[league("A"), league("B")]).await.expect("leagues are created");
    let names = ["Alpha", "Beta", "Gamma", "Delta", "Epsilon", "Zeta"];
    let teams: Vec<_> = names.iter().map(|name| team(name, "England")).collect();
    let teams = store.ensure_teams(SOURCE, &teams).await.expect("clubs are created");
    World { leagues, teams }
}

impl World {
    /// A finished match of the first league between the teams of these numbers, `days` after the epoch of
    /// [`time`].
    pub(super) fn finished(&self, home: usize, away: usize, days: i64) -> NewMatch {
        NewMatch {
            status: MatchStatus::Finished,
            score: Some(Score { home: 2, away: 1 }),
            ..self.scheduled(home, away, days)
        }
    }

    /// A match to come.
    pub(super) fn scheduled(&self, home: usize, away: usize, days: i64) -> NewMatch {
        NewMatch {
            league: self.leagues[0],
            season: season(2023),
            home: self.teams[home],
            away: self.teams[away],
            leg: 1,
            kickoff: Kickoff::at(time(days * 86_400)),
            status: MatchStatus::Scheduled,
            score: None,
            half_time: None,
            referee: None,
            attendance: None,
            source: SOURCE.to_owned(),
            external_id: None,
            setting: MatchSetting::default(),
        }
    }
}

pub(super) fn bare(new: NewMatch) -> (NewMatch, MatchFacts) {
    (new, MatchFacts::default())
}

pub(super) fn with_odds(odds: Vec<OddsQuote>) -> MatchFacts {
    MatchFacts { odds, ..MatchFacts::default() }
}

pub(super) fn with_stats(stats: MatchStats) -> MatchFacts {
    MatchFacts { stats: Some(stats), ..MatchFacts::default() }
}

/// Shots of the home side.
pub(super) fn shots(n: u16) -> MatchStats {
    MatchStats { home: SideStats { shots: Some(n), ..SideStats::default() }, ..MatchStats::default() }
}

pub(super) fn with_squads(lineups: Vec<Lineup>, injuries: Vec<Injury>) -> MatchFacts {
    MatchFacts { lineups, injuries, ..MatchFacts::default() }
}

pub(super) fn with_weather(weather: Vec<Weather>) -> MatchFacts {
    MatchFacts { weather, ..MatchFacts::default() }
}

/// A change of new matches without facts.
pub(super) fn new(matches: impl IntoIterator<Item = NewMatch>) -> SilverChange {
    SilverChange { new: matches.into_iter().map(bare).collect(), ..SilverChange::default() }
}

/// A change that adds facts to one match.
pub(super) fn facts(id: MatchId, facts: MatchFacts) -> SilverChange {
    SilverChange { facts: vec![(id, facts)], ..SilverChange::default() }
}

/// Applies a change that must be accepted.
pub(super) async fn apply(store: &(impl Store + ?Sized), change: SilverChange) {
    store.apply(&change).await.expect("a valid change is applied");
}

/// The stored match between two teams.
pub(super) async fn find(store: &(impl Store + ?Sized), new: &NewMatch) -> Match {
    let all = store.matches_of(&[(new.league, new.season)]).await.expect("matches are read");
    let key = |m: &NewMatch| (m.home, m.away, m.leg);
    all.into_iter().find(|m| key(&m.details) == key(new)).expect("the match is stored")
}

/// Stores one match and returns it.
pub(super) async fn stored(store: &(impl Store + ?Sized), match_: NewMatch) -> Match {
    apply(store, new([match_.clone()])).await;
    find(store, &match_).await
}

#[expect(clippy::unnecessary_wraps, reason = "prices of a quote may be absent")]
pub(super) fn price(value: f64) -> Option<DecimalOdds> {
    Some(DecimalOdds::new(value).expect("a valid price"))
}

pub(super) fn quote(bookmaker: &str, known_at: i64) -> OddsQuote {
    OddsQuote {
        bookmaker: bookmaker.into(),
        market: MarketType::OneXTwo,
        line_quarters: None,
        prices: [price(2.1), price(3.333), price(4.0)],
        phase: OddsPhase::PreMatch,
        known_at: time(known_at),
        known_at_imputed: false,
    }
}

/// Three who start, of whom one is known by name alone, and one on the bench.
pub(super) fn squad() -> Squad {
    let listed = |id: &str, position, shirt| Listed {
        player: Player::new(id, format!("Player {id}")).expect("a valid player"),
        position,
        shirt,
    };
    let starters = vec![
        listed("30", Some(Position::Goalkeeper), Some(1)),
        listed("10", Some(Position::Defender), Some(99)),
        listed("20", None, None),
    ];
    Squad::new(starters, vec![listed("5", Some(Position::Forward), Some(0))]).expect("a valid squad")
}

pub(super) fn lineup(side: Side, known_at: i64) -> Lineup {
    Lineup {
        side,
        kind: LineupKind::Confirmed,
        source: SOURCE.into(),
        formation: Some("4-4-2".parse().expect("a valid formation")),
        squad: squad(),
        known_at: time(known_at),
        known_at_imputed: false,
    }
}

pub(super) fn injury(player: &str, known_at: i64) -> Injury {
    Injury {
        side: Side::Home,
        player: Player::new(player, format!("Player {player}")).expect("a valid player"),
        source: SOURCE.into(),
        kind: InjuryKind::Missing,
        reason: Some("Knee Injury".into()),
        known_at: time(known_at),
        known_at_imputed: true,
    }
}

pub(super) fn weather(known_at: i64) -> Weather {
    Weather {
        source: SOURCE.into(),
        kind: WeatherKind::Forecast,
        at: time(3_600),
        temperature: 11.5,
        wind: 4.25,
        rain: 0.2,
        known_at: time(known_at),
    }
}

pub(super) fn in_play(bookmaker: &str, known_at: i64) -> InPlayQuote {
    quote(bookmaker, known_at).into()
}

/// A goal with an assist, a card and a substitution.
pub(super) fn events(source: &str, known_at: i64) -> EventList {
    let player = |id: &str| Player::new(id, format!("Player {id}")).ok();
    let event = |minute, side, kind, player, related| MatchEvent {
        minute,
        stoppage: None,
        side,
        kind,
        player,
        related,
    };
    EventList {
        source: source.into(),
        events: vec![
            event(12, Side::Home, EventKind::Goal, player("30"), player("10")),
            MatchEvent { stoppage: Some(3), ..event(45, Side::Away, EventKind::Yellow, player("44"), None) },
            event(60, Side::Away, EventKind::Substitution, None, player("45")),
        ],
        known_at: time(known_at),
        known_at_imputed: false,
    }
}

pub(super) fn with_events(in_play: Vec<InPlayQuote>, events: Vec<EventList>) -> MatchFacts {
    MatchFacts { in_play, events, ..MatchFacts::default() }
}

/// The features that forecasts of the contract are made from.
pub(super) fn features() -> FeatureSet {
    // This crate cannot compute BLAKE3; a store keeps the names under the hash that it is given.
    let digest = |bytes: &[u8]| {
        let mut hash = [0; 32];
        for (at, byte) in bytes.iter().enumerate() {
            hash[at % 32] ^= byte.rotate_left(at as u32 % 8);
        }
        hash
    };
    FeatureSet::new(digest, vec!["home_expected_goals@2".to_owned(), "elo_\u{394}@1".to_owned()])
}

/// What belongs to a forecast of a match, with a grid whose cells are no round numbers.
pub(super) fn details(forecast: &Forecast, kickoff: Kickoff) -> Box<SealedDetails> {
    let cells = (1..=16_u32).map(|n| 1.0 / f64::from(n)).collect();
    let grid = ScoreGrid::from_weights(3, cells).expect("a valid grid").conditioned_on(forecast);
    let hashes = [features().hash().to_owned(), "bundle".to_owned(), "facts".to_owned()];
    Box::new(SealedDetails::of(forecast, grid, kickoff, hashes))
}

/// A forecast that is sealed so many seconds after the epoch of [`time`].
pub(super) fn sealed(match_id: MatchId, home: f64, sealed_at: i64) -> SealedForecast {
    let forecast = Forecast::normalised([home, 0.25, 0.75 - home]).expect("valid weights");
    SealedForecast {
        match_id,
        model_name: "gbm".to_owned(),
        model_version: "1".to_owned(),
        details: Some(details(&forecast, Kickoff::at(time(86_400)))),
        forecast,
        expected_goals: (1.25, 1.0 / 3.0),
        as_of: time(sealed_at - 5),
        sealed_at: time(sealed_at),
    }
}

pub(super) fn issue(document: Option<DocumentId>, locator: u32, error_type: &str) -> QualityIssue {
    QualityIssue {
        table: "matches",
        document,
        locator,
        error_type: error_type.to_owned(),
        severity: Severity::High,
        message: format!("{error_type} in line {locator}"),
        data: "a;b;c".to_owned(),
        requires_manual_review: true,
    }
}

pub(super) fn records(n: u32) -> Vec<RawRecord> {
    let record = |locator| RawRecord {
        kind: RecordKind::Match,
        locator,
        external_match_id: Some(format!("m{locator}")),
        external_league_id: None,
        match_time: Some(time(0) + Duration::days(locator.into())),
        payload: (locator % 2 == 0).then(|| format!("{{\"n\":{locator}}}")),
    };
    (1..=n).map(record).collect()
}

pub(super) fn document(number: usize, records: &[RawRecord]) -> NewDocument<'_> {
    let (bytes, hash) = DOCUMENTS[number];
    NewDocument { source: SOURCE, name: "file.csv", bytes, hash, collected_at: time(0), records }
}

/// Stores a document with some records.
pub(super) async fn stored_document(store: &(impl Store + ?Sized), number: usize, n: u32) -> DocumentId {
    store.store_document(&document(number, &records(n))).await.expect("a document is stored").id
}

/// The reason why a call was refused.
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, StoreError>, what: &str) -> String {
    match result {
        Err(StoreError::Constraint(reason)) => reason,
        other => panic!("{what} must be refused by a constraint, not answered with {other:?}"),
    }
}

/// Polls all until all are done.
pub(super) async fn join<F: Future<Output = ()> + Unpin>(mut running: Vec<F>) {
    std::future::poll_fn(|context| {
        running.retain_mut(|future| std::pin::Pin::new(future).poll(context).is_pending());
        if running.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
}

/// The ports' methods, for stores that come behind a smart pointer.
pub(super) mod prelude {
    pub(in super::super) use crate::ports::{
        AccountReader as _, AccountWriter as _, AlertReader as _, AlertWriter as _, ArtifactStore as _,
        BacktestReader as _, BacktestWriter as _, BronzeReader as _, BronzeWriter as _, ChangeFeed as _,
        ChangeFeedWriter as _, CollectionReader, CollectionWriter, CorrectionReader as _, EventReader as _,
        ExperimentReader as _, ExperimentWriter as _, ExportRepository as _, HealthCheck as _,
        IdentityMerges as _, InPlayOddsReader as _, JobReader as _, JobWriter as _, LeagueReader as _,
        LedgerReader as _, LineageReader as _, LineageWriter as _, MatchReader as _, ModelReader as _,
        ModelWriter as _, NameReader as _, NameWriter as _, PaperReader as _, PaperWriter as _,
        PredictionReader as _, PredictionWriter as _, QualityReader as _, QualityWriter as _,
        QuoteArchive as _, RosterWriter as _, RunReader as _, RunWriter as _, SelfDiagnosis as _,
        SilverReader as _, SilverWriter as _, SimulationReader as _, SimulationWriter as _, SquadReader as _,
        SummaryReader as _, SummaryWriter as _, SurroundingsReader as _, SurroundingsWriter as _,
        TeamReader as _, TicketReader as _, TicketWriter as _, VerificationReader as _,
        VerificationWriter as _, VersionReader as _, VersionWriter as _,
    };
}
