//! Types, laws and ports of football forecasting. This crate knows no I/O: adapters implement the
//! [`ports`], use cases call them.

pub mod lake;
pub mod ports;
pub mod telemetry;

mod accounts;
mod acting;
mod alerts;
mod bronze;
mod clock;
mod collection;
mod competition;
mod corrections;
mod event;
mod events;
mod ids;
mod injury;
mod jobs;
mod league;
mod lineup;
mod matches;
mod names;
mod news;
mod odds;
mod paper;
mod progress;
mod quality;
mod recent;
mod season;
mod season_rules;
mod stats;
mod team;
mod tickets;
mod trends;
mod weather;

pub use accounts::{
    AccessRole, ApiKey, AuditRecord, LoginSession, NewApiKey, NewAudit, Permission, User, UserChange,
};
pub use acting::{acting_for, acting_job};
pub use alerts::{
    Alert, AlertFilter, AlertId, Condition, NewNotice, NewSilence, Notice, NoticeEnd, NoticeKind, Silence,
    Told, reaction_time,
};
pub use bronze::{NewDocument, RawDocument, RawRecord, RecordKind};
pub use clock::{Clock, FixedClock, SystemClock};
pub use collection::{
    CollectionCounts, CollectionEnd, CollectionId, CollectionKind, CollectionRun, CollectionStatus,
    TaskError, Watermark,
};
pub use competition::{CompetitionKind, MAX_TIE_LEG, MatchSetting};
pub use corrections::{
    Correction, CorrectionVerdict, Said, kickoff_text, score_of, statistics_of, statistics_text,
};
pub use event::{EventKind, EventList, EventListError, MAX_EVENTS, MAX_MINUTE, MAX_STOPPAGE, MatchEvent};
pub use events::{Change, ChangeKind, ChangeScope, FeedPosition, NewChange};
pub use ids::{BacktestId, DocumentId, LeagueId, MatchId, MergeId, ReviewId, TeamId};
pub use injury::{Injury, InjuryKind};
pub use jobs::{
    Claim, Decree, DueJobs, FlowStep, HeldJob, Job, JobCount, JobEnd, JobFault, JobFilter, JobId, JobOutcome,
    JobStatus, Leadership, Lease, Misfire, NewJob, Queue, Schedule, Swept, WorkerSeen,
};
pub use league::{League, NewLeague};
pub use lineup::{
    Formation, FormationError, Lineup, LineupKind, Listed, MAX_SHIRT, Player, PlayerError, Position,
    STARTERS, SUBSTITUTES, Squad, SquadError,
};
pub use matches::{Kickoff, KickoffPrecision, Match, MatchStatus, NewMatch};
pub use names::{
    ANY_SOURCE, ClaimField, LeagueAlias, MatchClaim, MatchIdentifier, NameDecision, NameKind, NameReview,
    NewNameReview, Verdict, are_identifiers, identifiers_of,
};
pub use news::{NewsFilter, NewsItem, NewsKind, TeamRating};
pub use odds::{DecimalOdds, InPlayQuote, MarketType, OddsError, OddsPhase, OddsQuote};
pub use paper::{Cents, PaperBet, PaperContent, PaperLimits, PaperSettlement};
pub use progress::{Progress, Silent, Stopped};
pub use quality::{
    Handling, HeldRow, HeldState, IssueStatus, LineCorrection, NewHeldRow, NewLineCorrection, NewRowDecision,
    QualityIssue, RowDecision, RowVerdict, Severity,
};
pub use recent::{RecentPerformance, Tally};
pub use season::{Season, SeasonError};
pub use season_rules::{
    PlayOffRules, PointsDeduction, RulesInForce, SeasonRules, TableSplit, UnresolvedRules,
};
pub use stats::{MatchStats, SideStats};
pub use team::{NATIONAL_TEAMS, NewTeam, Team, TeamKind};
pub use tickets::{NewTicket, Ticket, TicketEnd, TicketKind, TicketNotice, TicketStatus};
pub use touchline_outcomes::{
    Forecast, ForecastError, MAX_GOALS, Outcome, SUM_TOLERANCE, Score, ScoreError, ScoreGrid, ScoreGridError,
    Side, SplitMix64, UnknownSide,
};
pub use trends::{
    MarketOutcome, MarketTrend, OVER_THE_MARKET, OddsTrend, OutcomeTrend, over_bookmakers, trends,
};
pub use weather::{Ground, Weather, WeatherKind, hundredths};
