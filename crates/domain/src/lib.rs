//! Types, laws and ports of football forecasting. This crate knows no I/O: adapters implement the
//! [`ports`], use cases call them.

pub mod lake;
pub mod ports;
pub mod telemetry;

mod bronze;
mod clock;
mod forecast;
mod ids;
mod injury;
mod league;
mod lineup;
mod matches;
mod odds;
mod outcome;
mod progress;
mod quality;
mod recent;
mod score;
mod score_grid;
mod season;
mod side;
mod stats;
mod team;
mod trends;

pub use bronze::{NewDocument, RawDocument, RawRecord, RecordKind};
pub use clock::{Clock, FixedClock, SystemClock};
pub use forecast::{Forecast, ForecastError, SUM_TOLERANCE};
pub use ids::{DocumentId, LeagueId, MatchId, TeamId};
pub use injury::{Injury, InjuryKind};
pub use league::{League, NewLeague};
pub use lineup::{
    Formation, FormationError, Lineup, LineupKind, Listed, MAX_SHIRT, Player, PlayerError, Position,
    STARTERS, SUBSTITUTES, Squad, SquadError,
};
pub use matches::{Kickoff, KickoffPrecision, Match, MatchStatus, NewMatch};
pub use odds::{DecimalOdds, MarketType, OddsError, OddsPhase, OddsQuote};
pub use outcome::Outcome;
pub use progress::{Progress, Silent, Stopped};
pub use quality::{QualityIssue, Severity};
pub use recent::{RecentPerformance, Tally};
pub use score::{MAX_GOALS, Score, ScoreError};
pub use score_grid::{ScoreGrid, ScoreGridError};
pub use season::{Season, SeasonError};
pub use side::Side;
pub use stats::{MatchStats, SideStats};
pub use team::{NewTeam, Team};
pub use trends::{MarketOutcome, MarketTrend, OddsTrend, OutcomeTrend, over_bookmakers, trends};
