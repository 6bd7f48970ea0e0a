//! Rows as the lake keeps them: each is whole by itself, with names instead of a store's identifiers, so that it can be
//! read without a database and given back to another one.

use crate::ports::{LedgerLink, ModelVersion, SealedForecast};
use crate::{
    Formation, InPlayQuote, Injury, Kickoff, LineupKind, Listed, MatchEvent, MatchId, MatchSetting,
    MatchStats, MatchStatus, NewLeague, NewTeam, OddsQuote, Player, PointsDeduction, RawDocument, RawRecord,
    Score, Season, SeasonRules, Side,
};
use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// How refined the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Layer {
    /// What came.
    Bronze,
    /// What it says.
    Silver,
    /// What was made of it.
    Gold,
}

impl Layer {
    /// The name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bronze => "bronze",
            Self::Silver => "silver",
            Self::Gold => "gold",
        }
    }
}

/// A table of the lake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LakeTable {
    /// Documents with their bytes, by month of collection.
    RawDocuments,
    /// Places of fixtures and results in documents, by month of collection.
    RawMatchData,
    /// Places of prices in documents, by month of collection.
    RawOddsData,
    /// Places of running scores in documents, by month of collection.
    RawScoresData,
    /// How documents are read that do not say it themselves, by month of collection.
    DocumentReadings,
    /// Leagues.
    Leagues,
    /// Teams.
    Teams,
    /// How sources write teams.
    TeamAliases,
    /// What holds for seasons of leagues: splits and play-offs.
    SeasonRules,
    /// Points taken from teams.
    PointsDeductions,
    /// Players as sources know them.
    Players,
    /// Matches, by month of kick-off.
    Matches,
    /// What was counted, by month of kick-off.
    MatchStats,
    /// Players of line-ups as known at a time, by month of kick-off.
    LineupPlayers,
    /// Absences as known at a time, by month of kick-off.
    Injuries,
    /// Goals, cards and substitutions as known at a time, by month of kick-off.
    MatchEvents,
    /// Quotes as the database holds them, by month of their match's kick-off.
    Odds,
    /// Quotes during matches, by month of kick-off.
    InPlayOdds,
    /// The whole quotes of matches that are thinned in the database, by month of kick-off; never exported over.
    OddsArchive,
    /// Sealed forecasts, by month of sealing.
    Predictions,
    /// Trained models, by month of training.
    ModelVersions,
}

impl LakeTable {
    /// All tables.
    pub const ALL: [Self; 21] = [
        Self::RawDocuments,
        Self::RawMatchData,
        Self::RawOddsData,
        Self::RawScoresData,
        Self::DocumentReadings,
        Self::Leagues,
        Self::Teams,
        Self::TeamAliases,
        Self::SeasonRules,
        Self::PointsDeductions,
        Self::Players,
        Self::Matches,
        Self::MatchStats,
        Self::LineupPlayers,
        Self::Injuries,
        Self::MatchEvents,
        Self::Odds,
        Self::InPlayOdds,
        Self::OddsArchive,
        Self::Predictions,
        Self::ModelVersions,
    ];

    /// The name in paths and in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::RawDocuments => "raw_documents",
            Self::RawMatchData => "raw_match_data",
            Self::RawOddsData => "raw_odds_data",
            Self::RawScoresData => "raw_scores_data",
            Self::DocumentReadings => "document_readings",
            Self::Leagues => "leagues",
            Self::Teams => "teams",
            Self::TeamAliases => "team_aliases",
            Self::SeasonRules => "season_rules",
            Self::PointsDeductions => "points_deductions",
            Self::Players => "players",
            Self::Matches => "matches",
            Self::MatchStats => "match_stats",
            Self::LineupPlayers => "lineup_players",
            Self::Injuries => "injuries",
            Self::MatchEvents => "match_events",
            Self::Odds => "odds",
            Self::InPlayOdds => "in_play_odds",
            Self::OddsArchive => "odds_archive",
            Self::Predictions => "predictions",
            Self::ModelVersions => "model_versions",
        }
    }

    /// Its layer.
    pub fn layer(self) -> Layer {
        match self {
            Self::RawDocuments
            | Self::RawMatchData
            | Self::RawOddsData
            | Self::RawScoresData
            | Self::DocumentReadings => Layer::Bronze,
            Self::Predictions | Self::ModelVersions => Layer::Gold,
            _ => Layer::Silver,
        }
    }

    /// Whether its rows have a time, by whose month they lie apart.
    pub fn is_monthly(self) -> bool {
        let roster = [Self::Leagues, Self::Teams, Self::TeamAliases];
        let rules = [Self::SeasonRules, Self::PointsDeductions];
        !roster.contains(&self) && !rules.contains(&self) && self != Self::Players
    }
}

impl FromStr for LakeTable {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|table| table.name() == name);
        found.ok_or_else(|| format!("{name:?} is not a table of the lake"))
    }
}

/// A month, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(NaiveDate);

impl Month {
    /// The month in which a time lies.
    pub fn of(time: DateTime<Utc>) -> Self {
        Self(time.date_naive().with_day(1).expect("every month has a first day"))
    }

    /// By year and number from 1; nothing where there is no such month.
    pub fn new(year: i32, month: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, 1).map(Self)
    }

    /// When it begins.
    pub fn start(self) -> DateTime<Utc> {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    /// When the next one begins.
    pub fn end(self) -> DateTime<Utc> {
        self.0.checked_add_months(Months::new(1)).map_or(DateTime::<Utc>::MAX_UTC, |next| Self(next).start())
    }
}

/// As in paths: `2023/05`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}/{:02}", self.0.year(), self.0.month())
    }
}

/// `2023/05`, or `2023-05`.
impl FromStr for Month {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not a month; write 2023-05");
        let (year, month) = text.split_once(['/', '-']).ok_or_else(wrong)?;
        let digits = |text: &str, n: usize| text.len() == n && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(wrong());
        }
        let number = |text: &str| text.parse::<u16>().map_err(|_| wrong());
        Self::new(number(year)?.into(), number(month)?.into()).ok_or_else(wrong)
    }
}

/// What names a match without a store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MatchRef {
    /// Its identifier in the store that wrote the row; another store has another one.
    pub id: MatchId,
    /// Code of its league.
    pub league: String,
    /// Its season.
    pub season: Season,
    /// The home side.
    pub home: NewTeam,
    /// The away side.
    pub away: NewTeam,
    /// Ordinal by date of this pairing in this season.
    pub leg: u8,
    /// When it starts.
    pub kickoff: Kickoff,
}

/// A match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchRow {
    /// Which.
    pub of: MatchRef,
    /// Where it stands.
    pub status: MatchStatus,
    /// Full-time score.
    pub score: Option<Score>,
    /// Half-time score.
    pub half_time: Option<Score>,
    /// The referee.
    pub referee: Option<String>,
    /// Spectators.
    pub attendance: Option<u32>,
    /// The source that brought it.
    pub source: String,
    /// The source's own identifier.
    pub external_id: Option<String>,
    /// What it has beyond a match of a league.
    pub setting: MatchSetting,
}

/// The place of a record in a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// The document's source.
    pub source: Arc<str>,
    /// The document's hash.
    pub document_hash: Arc<str>,
    /// When the document came.
    pub collected_at: DateTime<Utc>,
    /// The record.
    pub record: RawRecord,
}

/// How a source writes a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AliasRow {
    /// The source.
    pub source: String,
    /// The country within which the alias stands for the team.
    pub country: String,
    /// The name as the source writes it.
    pub alias: String,
    /// The team.
    pub team: NewTeam,
}

/// A quote of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteRow {
    /// Of which match.
    pub of: Arc<MatchRef>,
    /// The prices.
    pub quote: OddsQuote,
    /// When a store first held it.
    pub recorded_at: DateTime<Utc>,
}

/// A player in the line-up of a match, as a source knew it at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineupPlayerRow {
    /// Of which match.
    pub of: Arc<MatchRef>,
    /// The player's side.
    pub side: Side,
    /// The source; it says which [`Player::id`](crate::Player::id) this is.
    pub source: Arc<str>,
    /// Handed in or expected.
    pub kind: LineupKind,
    /// How the starters stand.
    pub formation: Option<Formation>,
    /// Since when the line-up can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from habit rather than from the record.
    pub known_at_imputed: bool,
    /// Whether the player starts.
    pub starts: bool,
    /// From 1 among those who start, or among those on the bench, in the source's order.
    pub place: u8,
    /// The player.
    pub listed: Listed,
}

/// How a document is read that does not say it itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingRow {
    /// The document's source.
    pub source: Arc<str>,
    /// The document's hash.
    pub document_hash: Arc<str>,
    /// When the document came.
    pub collected_at: DateTime<Utc>,
    /// See [`BronzeReader::reading`](crate::ports::BronzeReader::reading).
    pub reading: String,
}

/// Points taken from a team of a season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionRow {
    /// The league, by the name that its rules give it.
    pub league: String,
    /// The season.
    pub season: Season,
    /// What is taken from whom.
    pub deduction: PointsDeduction,
}

/// An event of a match, as a source knew it at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// Of which match.
    pub of: Arc<MatchRef>,
    /// The source; it says which [`Player::id`]s these are.
    pub source: Arc<str>,
    /// Since when the list of events can have been known that this one stands in.
    pub known_at: DateTime<Utc>,
    /// Whether `known_at` follows from habit rather than from the record.
    pub known_at_imputed: bool,
    /// From 1 in that list, in the source's order.
    pub place: u16,
    /// The event.
    pub event: MatchEvent,
}

/// A row of the lake.
#[derive(Debug, Clone, PartialEq)]
pub enum LakeRow {
    /// Of `raw_documents`.
    Document(RawDocument),
    /// Of `raw_match_data`, `raw_odds_data` and `raw_scores_data`.
    Record(RecordRow),
    /// Of `document_readings`.
    Reading(ReadingRow),
    /// Of `leagues`.
    League(NewLeague),
    /// Of `teams`.
    Team(NewTeam),
    /// Of `team_aliases`.
    Alias(AliasRow),
    /// Of `season_rules`; deductions are rows of their own.
    SeasonRules(SeasonRules),
    /// Of `points_deductions`.
    Deduction(DeductionRow),
    /// Of `players`, with the source that knows the player.
    Player(Arc<str>, Player),
    /// Of `matches`.
    Match(MatchRow),
    /// Of `match_stats`.
    Stats(Arc<MatchRef>, MatchStats),
    /// Of `lineup_players`.
    LineupPlayer(LineupPlayerRow),
    /// Of `injuries`.
    Injury(Arc<MatchRef>, Injury),
    /// Of `match_events`.
    Event(EventRow),
    /// Of `in_play_odds`.
    InPlay(Arc<MatchRef>, InPlayQuote),
    /// Of `odds` and `odds_archive`.
    Quote(QuoteRow),
    /// Of `predictions`, with the place in the ledger where it has one.
    Forecast(Arc<MatchRef>, SealedForecast, Option<LedgerLink>),
    /// Of `model_versions`.
    Model(ModelVersion),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_read_back_and_follow_one_another() {
        let month: Month = "2023-12".parse().unwrap();
        assert_eq!(month.to_string(), "2023/12");
        assert_eq!(month.to_string().parse(), Ok(month));
        assert_eq!(month.end(), Month::new(2024, 1).unwrap().start());
        assert_eq!(Month::of(month.end() - chrono::Duration::seconds(1)), month);
        for text in ["2023", "2023-13", "2023-1", "23-01", "2023/+1", "x/y", "2023/01/02"] {
            assert!(text.parse::<Month>().is_err(), "{text}");
        }
    }

    #[test]
    fn table_names_read_back() {
        for table in LakeTable::ALL {
            assert_eq!(table.name().parse(), Ok(table));
        }
        assert!("odd".parse::<LakeTable>().is_err());
    }
}
