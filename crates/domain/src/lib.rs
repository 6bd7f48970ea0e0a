//! Types, laws and ports of football forecasting. This crate knows no I/O: adapters implement the
//! [`ports`], use cases call them.

pub mod lake;
pub mod ports;

mod bronze;
mod clock;
mod forecast;
mod ids;
mod league;
mod matches;
mod odds;
mod outcome;
mod quality;
mod recent;
mod score;
mod score_grid;
mod season;
mod stats;
mod team;
mod trends;

pub use bronze::{NewDocument, RawDocument, RawRecord, RecordKind};
pub use clock::{Clock, FixedClock, SystemClock};
pub use forecast::{Forecast, ForecastError, SUM_TOLERANCE};
pub use ids::{DocumentId, LeagueId, MatchId, TeamId};
pub use league::{League, NewLeague};
pub use matches::{Kickoff, KickoffPrecision, Match, MatchStatus, NewMatch};
pub use odds::{DecimalOdds, MarketType, OddsError, OddsPhase, OddsQuote};
pub use outcome::Outcome;
pub use quality::{QualityIssue, Severity};
pub use recent::{RecentPerformance, Tally};
pub use score::{MAX_GOALS, Score, ScoreError};
pub use score_grid::{ScoreGrid, ScoreGridError};
pub use season::{Season, SeasonError};
pub use stats::{MatchStats, SideStats};
pub use team::{NewTeam, Team};
pub use trends::{MarketOutcome, MarketTrend, OddsTrend, OutcomeTrend, over_bookmakers, trends};
