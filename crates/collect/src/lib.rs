//! Readers of each source: bytes in, records and rejections out. Nothing here opens a file, a connection or a
//! store: a [`Source`] is given one [`Document`] and the time when it came, and answers with what it understood
//! ([`Parsed`]), or says why the document as a whole is unusable ([`DocumentError`]). A row that cannot be used
//! is a [`Rejection`] with its line and its reason; it never takes another row with it.

pub mod archive;
pub mod document;
pub mod http;
pub mod names;
pub mod providers;
pub mod shape;
pub mod sources;
pub mod tables;

mod error;
mod headings;
mod json;
mod leagues;
pub mod patch;
mod rejection;
mod seasons;
mod table;
mod text;
mod values;

pub use document::Layout;
pub use error::DocumentError;
pub use rejection::{Rejection, RejectionKind};

use chrono::{DateTime, NaiveDate, Utc};
use std::collections::BTreeMap;
use touchline_domain::{
    EventKind, Formation, InPlayQuote, InjuryKind, Kickoff, LineupKind, MatchSetting, MatchStats,
    MatchStatus, NewLeague, NewsKind, OddsQuote, Player, Score, Season, SideStats, Squad, Weather,
};

/// The bytes of one file or of one answer.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// File name with its parent folder, such as `2223/E0.csv`: for messages, and as a hint of season and league. What
    /// a person says of the document stands behind it ([`document::Hints`]).
    pub name: &'a str,
    /// The bytes as they came; gzip is recognised by its first bytes.
    pub bytes: &'a [u8],
}

/// What a document holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parsed {
    /// The leagues met, each once.
    pub leagues: Vec<NewLeague>,
    /// The matches, in the document's order.
    pub matches: Vec<SourceMatch>,
    /// The source's own identifiers of teams, where it has some; a pair of name and identifier may come several times.
    pub team_ids: Vec<TeamIdentifier>,
    /// Ratings of clubs, in the document's order.
    pub ratings: Vec<SourceRating>,
    /// News, in the document's order.
    pub news: Vec<SourceNews>,
    /// Facts of matches that other documents of the source bring, in the document's order.
    pub facts: Vec<SourceFacts>,
    /// The records themselves as JSON by line, of sources that answer records; at most one of a line.
    pub payloads: BTreeMap<u32, String>,
    /// What could not be used, in the document's order.
    pub rejections: Vec<Rejection>,
    /// Leagues that nothing is known of, of sources that can be told ([`Source::with_leagues`]); their rows are rejected until
    /// then.
    pub unknown_leagues: Vec<UnknownLeague>,
    /// Data rows read, without headings and empty rows. A row is a match or a fact, is empty, or has at
    /// least one rejection.
    pub rows: u64,
    /// Rows without any value, such as rows of commas.
    pub empty_rows: u64,
    /// How the document was understood.
    pub layout: Layout,
}

/// A league that nothing is known of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLeague {
    /// As the source writes it, behind its country where it names one.
    pub name: String,
    /// The line where it stands first.
    pub line: u32,
    /// Rows that name it.
    pub rows: u64,
}

/// How a source identifies a team that it names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TeamIdentifier {
    /// Index into [`Parsed::leagues`].
    pub league: usize,
    /// The name.
    pub name: String,
    /// The identifier.
    pub identifier: String,
    /// Line of the document.
    pub line: u32,
}

/// A match as the source tells it: names instead of identifiers.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceMatch {
    /// Line of the document (element number in JSON), from 1.
    pub line: u32,
    /// Index into [`Parsed::leagues`].
    pub league: usize,
    /// Its season.
    pub season: Season,
    /// The home side's name as the source writes it.
    pub home: String,
    /// The away side's name as the source writes it.
    pub away: String,
    /// When it starts or started.
    pub kickoff: Kickoff,
    /// Where it stands; `Finished` exactly where there is a score, save for awarded matches.
    pub status: MatchStatus,
    /// Score after 90 minutes and stoppage time.
    pub score: Option<Score>,
    /// Half-time score, never above the full-time score.
    pub half_time: Option<Score>,
    /// The referee.
    pub referee: Option<String>,
    /// Spectators.
    pub attendance: Option<u32>,
    /// The source's own identifier, where it has one.
    pub external_id: Option<String>,
    /// What was counted in the match, where anything was.
    pub stats: Option<MatchStats>,
    /// Bookmakers' prices.
    pub odds: Vec<OddsQuote>,
    /// What it has beyond a match of a league: round, group, neutral ground, extra time, shoot-out. A competition that is
    /// no league says so in [`NewLeague::kind`]; one of national teams has
    /// [`NATIONAL_TEAMS`](touchline_domain::NATIONAL_TEAMS) for its country.
    pub setting: MatchSetting,
}

/// A fact of a match that a source names by its own identifier alone.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFacts {
    /// Element number in the document, from 1.
    pub line: u32,
    /// The source's identifier of the match.
    pub external_id: String,
    /// The name, as the source writes it, of the side that the fact is about; none where it is about the match.
    pub team: Option<String>,
    /// The fact.
    pub fact: SourceFact,
}

/// An event of a match; the side is the one of its [`SourceFacts`].
#[derive(Debug, Clone, PartialEq)]
pub struct SourceEvent {
    /// The minute of play.
    pub minute: u8,
    /// Minutes of stoppage time after that minute.
    pub stoppage: Option<u8>,
    /// What happened.
    pub kind: EventKind,
    /// Who scored, was cautioned, or is the source's first player of a substitution.
    pub player: Option<Player>,
    /// Who assisted, or the second player of a substitution.
    pub related: Option<Player>,
}

/// A fact of a match, or of one side of it.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceFact {
    /// What was counted.
    Stats(SideStats),
    /// Who plays.
    Lineup {
        /// Handed in or expected.
        kind: LineupKind,
        /// How the starters stand.
        formation: Option<Formation>,
        /// The players.
        squad: Squad,
    },
    /// Who is missing.
    Injury {
        /// The player.
        player: Player,
        /// Sure or not.
        kind: InjuryKind,
        /// Why.
        reason: Option<String>,
    },
    /// A bookmaker's price, with the time since when it is known. Whether that was before kick-off is decided where
    /// the match is known.
    Odds(OddsQuote),
    /// A price that is known to be of the running match.
    InPlay(InPlayQuote),
    /// Where the match stands, and its score where it is over.
    Result {
        /// Where it stands.
        status: MatchStatus,
        /// Score after 90 minutes and stoppage time.
        score: Option<Score>,
        /// Half-time score.
        half_time: Option<Score>,
    },
    /// What happened. All events of one match in a document are its whole list so far.
    Event(SourceEvent),
    /// The weather at the ground.
    Weather(Weather),
}

/// A rating of a club as the source tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRating {
    /// Line of the document, from 1.
    pub line: u32,
    /// The club's country, or the source's code of it.
    pub country: String,
    /// The club, as the source writes it.
    pub team: String,
    /// The level of its league; 0 where that is not rated.
    pub level: u8,
    /// The rating.
    pub rating: f64,
    /// The first day on which it holds.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

/// A news item as the source tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceNews {
    /// Number of the item in the document, from 1.
    pub line: u32,
    /// What identifies it at the source.
    pub id: String,
    /// What it is about.
    pub kind: NewsKind,
    /// Its heading.
    pub title: String,
    /// Where it can be read.
    pub link: Option<String>,
    /// How much it may matter, from 0 to 1.
    pub importance: f64,
    /// How good it is for the team, from -1 to 1.
    pub sentiment: f64,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
}

/// A format that can be read: one implementation per provider.
pub trait Source: Send + Sync + std::fmt::Debug {
    /// The name under which its records are kept, such as `football-data`.
    fn name(&self) -> &str;

    /// What has to be kept beside its documents so that they can be read again in the same way; none where the name
    /// says it all.
    fn reading(&self) -> Option<&str> {
        None
    }

    /// The same reader, which also knows these leagues by what the source calls them; none where the leagues of a source follow
    /// from its codes alone.
    fn with_leagues(&self, _: &[(String, NewLeague)]) -> Option<Box<dyn Source>> {
        None
    }

    /// Reads a document. `collected_at` is when it came: a result dated later is refused, and the prices
    /// of a fixture to come are dated by it. The same document and time give the same answer, whenever they are read.
    ///
    /// # Errors
    /// The document as a whole is unusable: see [`DocumentError`].
    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError>;
}
