//! What a source sends of a running match, and what listeners are told.

use crate::error::ApiError;
use crate::routes::in_play::NextGoalItem;
use crate::routes::predictions::ModelRef;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{EventKind, EventList, MatchEvent, MatchId, MatchStatus, Player, Score, Side};
use touchline_forecasting::in_play::read_clock;
use touchline_forecasting::live::{LivePicture, LivePosition, LiveScore};
use touchline_models::inplay::{MatchClock, MatchState};
use touchline_models::markets::Markets;
use utoipa::ToSchema;

/// Goals of both sides.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Goals {
    /// Of the home side.
    #[schema(maximum = 99, example = 1)]
    pub home: u8,
    /// Of the away side.
    #[schema(maximum = 99, example = 0)]
    pub away: u8,
}

/// The kind of data that the message holds.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DataType {
    /// Scores.
    Scores,
}

/// Where a match stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LiveStatus {
    Scheduled,
    Live,
    Finished,
    Postponed,
    Cancelled,
    Abandoned,
}

/// A side.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SideName {
    Home,
    Away,
}

/// Something that happened.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EventMessage {
    /// The minute of play.
    #[schema(maximum = 130, example = 63)]
    pub minute: u8,
    /// Minutes of added time after that minute.
    #[schema(maximum = 60)]
    pub stoppage: Option<u8>,
    /// The side.
    pub side: SideName,
    /// What happened.
    #[schema(value_type = String, example = "goal", pattern = "^(goal|own_goal|penalty|missed_penalty|yellow|second_yellow|red|substitution)$")]
    pub kind: EventKind,
    /// The source's identifier of the player.
    pub player_id: Option<String>,
    /// The player's name; together with the identifier.
    pub player: Option<String>,
}

/// The score of a running match, as a source sends it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScoreMessage {
    /// Always `scores`.
    pub data_type: DataType,
    /// Who says it.
    #[schema(min_length = 1, max_length = 64, example = "scoreboard")]
    pub source: String,
    /// When it was so; what is older than what is known is not taken.
    pub timestamp: DateTime<Utc>,
    /// The match.
    #[schema(minimum = 1, example = 1)]
    pub match_id: i64,
    /// Where it stands.
    pub match_status: LiveStatus,
    /// The clock: `63`, `45+2`, `90+4`, `HT` or `FT`; needed while the match runs.
    #[schema(example = "63", max_length = 8)]
    pub minute: Option<String>,
    /// The score.
    pub score: Goals,
    /// Red cards of the home side.
    #[serde(default)]
    #[schema(maximum = 5)]
    pub home_red_cards: u8,
    /// Red cards of the away side.
    #[serde(default)]
    #[schema(maximum = 5)]
    pub away_red_cards: u8,
    /// Added minutes of the running half, once announced.
    #[schema(maximum = 40)]
    pub added: Option<u8>,
    /// All that has happened so far, in order; kept in the store. Left out where the source does not say.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub events: Vec<EventMessage>,
}

fn wrong(message: impl Into<String>) -> ApiError {
    ApiError::bad_request("invalid_body", message)
}

impl ScoreMessage {
    /// The score, checked.
    pub fn score(&self) -> Result<LiveScore, ApiError> {
        let DataType::Scores = self.data_type;
        if self.match_id < 1 {
            return Err(wrong("match_id: identifiers are whole numbers from 1"));
        }
        let Goals { home, away } = self.score;
        if home > 99 || away > 99 {
            return Err(wrong("score: goals of a side are 0 to 99"));
        }
        let status = match self.match_status {
            LiveStatus::Scheduled => MatchStatus::Scheduled,
            LiveStatus::Live => MatchStatus::Live,
            LiveStatus::Finished => MatchStatus::Finished,
            LiveStatus::Postponed => MatchStatus::Postponed,
            LiveStatus::Cancelled => MatchStatus::Cancelled,
            LiveStatus::Abandoned => MatchStatus::Abandoned,
        };
        let clock = match (&self.minute, status) {
            (_, MatchStatus::Finished) => MatchClock::FullTime,
            (Some(minute), _) => read_clock(minute).map_err(|fault| wrong(format!("minute: {fault}")))?,
            (None, MatchStatus::Live) => return Err(wrong("minute: a running match has one, such as 63")),
            (None, _) => MatchClock::FirstHalf { minute: 0.0 },
        };
        let state = MatchState {
            clock,
            score: Score { home, away },
            home_red_cards: self.home_red_cards,
            away_red_cards: self.away_red_cards,
            announced_added_time: self.added.map(f64::from),
        };
        Ok(LiveScore { match_id: MatchId(self.match_id), status, state, said_at: self.timestamp })
    }

    /// What happened so far; none where the source does not say.
    pub fn events(&self, score: &LiveScore) -> Result<Option<EventList>, ApiError> {
        let is_name = !self.source.trim().is_empty()
            && self.source.chars().count() <= 64
            && !self.source.chars().any(char::is_control);
        if !is_name {
            return Err(wrong("source: 1 to 64 characters are wanted, none of them a control"));
        }
        if self.events.is_empty() {
            return Ok(None);
        }
        let event = |event: &EventMessage| {
            let player = match (&event.player_id, &event.player) {
                (Some(id), Some(name)) => Some(
                    Player::new(id.as_str(), name.as_str())
                        .map_err(|fault| wrong(format!("events: {fault}")))?,
                ),
                (None, None) => None,
                _ => return Err(wrong("events: a player has both player_id and player, or neither")),
            };
            let side = match event.side {
                SideName::Home => Side::Home,
                SideName::Away => Side::Away,
            };
            let EventMessage { minute, stoppage, kind, .. } = *event;
            Ok(MatchEvent { minute, stoppage, side, kind, player, related: None })
        };
        let list = EventList {
            source: self.source.as_str().into(),
            events: self.events.iter().map(event).collect::<Result<_, _>>()?,
            known_at: score.said_at,
            known_at_imputed: false,
        };
        list.check().map_err(|fault| wrong(format!("events: {fault}")))?;
        Ok(Some(list))
    }
}

/// What listeners are told of a running match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UpdateItem<'a> {
    /// Always `update`.
    #[serde(rename = "type")]
    #[schema(example = "update")]
    pub kind: &'static str,
    /// Its place; send the last one back as `after` to go on there.
    pub position: String,
    /// The match.
    pub match_id: i64,
    /// Where it stands.
    pub match_status: LiveStatus,
    /// The clock as the source wrote it.
    #[schema(required = true)]
    pub minute: Option<&'a str>,
    /// The score.
    pub score: Goals,
    /// Red cards of the home side.
    pub home_red_cards: u8,
    /// Red cards of the away side.
    pub away_red_cards: u8,
    /// The probabilities; null where no forecast of before kick-off is known, or the match is not played to its end.
    #[schema(required = true)]
    pub forecast: Option<LiveForecast>,
    /// When it was so.
    pub said_at: DateTime<Utc>,
    /// When it came here.
    pub timestamp: DateTime<Utc>,
}

/// Probabilities of a running match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveForecast {
    /// Probability of a home win.
    pub home_win_prob: f64,
    /// Probability of a draw.
    pub draw_prob: f64,
    /// Probability of an away win.
    pub away_win_prob: f64,
    /// Mean goals of the home and the away side in the time left.
    pub remaining_goals: [f64; 2],
    /// Who scores next.
    pub next_goal: NextGoalItem,
    /// Probability of more than 2.5 goals in all.
    pub over_2_5: f64,
    /// Probability that both sides score.
    pub both_teams_to_score: f64,
    /// What gave the forecast before kick-off.
    pub model: ModelRef,
    /// Facts known up to this time were used in it.
    pub as_of: DateTime<Utc>,
    /// Whether it was sealed before kick-off.
    pub sealed: bool,
}

impl<'a> UpdateItem<'a> {
    pub fn of(
        picture: &LivePicture,
        position: LivePosition,
        minute: Option<&'a str>,
        now: DateTime<Utc>,
    ) -> Self {
        let LiveScore { match_id, status, state, said_at } = &picture.score;
        let forecast = picture.chances.as_ref().map(|chances| {
            let result = chances.last.forecast();
            let overview = Markets::of(&chances.last).overview();
            let over = overview.totals.iter().find(|total| (total.line.value() - 2.5).abs() < 1e-9);
            let before = &chances.before.answer;
            let next = chances.next;
            LiveForecast {
                home_win_prob: result.home(),
                draw_prob: result.draw(),
                away_win_prob: result.away(),
                remaining_goals: chances.remaining_goals,
                next_goal: NextGoalItem { home: next.home, none: next.none, away: next.away },
                over_2_5: over.map_or(0.0, |total| total.over),
                both_teams_to_score: overview.both_teams_to_score,
                model: ModelRef::of(before),
                as_of: before.as_of,
                sealed: before.sealed_at.is_some(),
            }
        });
        Self {
            kind: "update",
            position: position.to_string(),
            match_id: match_id.0,
            match_status: match status {
                MatchStatus::Scheduled => LiveStatus::Scheduled,
                MatchStatus::Finished | MatchStatus::Awarded => LiveStatus::Finished,
                MatchStatus::Postponed => LiveStatus::Postponed,
                MatchStatus::Cancelled => LiveStatus::Cancelled,
                MatchStatus::Abandoned => LiveStatus::Abandoned,
                MatchStatus::Live => LiveStatus::Live,
            },
            minute,
            score: Goals { home: state.score.home, away: state.score.away },
            home_red_cards: state.home_red_cards,
            away_red_cards: state.away_red_cards,
            forecast,
            said_at: *said_at,
            timestamp: now,
        }
    }

    /// As it is sent.
    pub fn text(&self) -> String {
        // Numbers, texts and times: none of them can fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
