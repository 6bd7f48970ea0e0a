//! A running match: markets from its forecast before kick-off, score, clock and red cards.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, invalid};
use crate::routes::predictions::{MarketsItem, ModelRef};
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use touchline_domain::{MatchId, Score};
use touchline_forecasting::in_play::read_clock;
use touchline_models::inplay::{InPlay, InPlayConfig, InPlayError, MatchState};
use utoipa::ToSchema;

/// Where the match stands.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct InPlayQuery {
    /// The clock: a minute such as `63`, added time such as `45+2` or `90+4`, `HT`, `FT`. Kick-off, where none is given.
    #[param(example = "63", pattern = "^([0-9]{1,2}|(45|90)\\+([12]?[0-9]|30)|[Hh][Tt]|[Ff][Tt])$")]
    minute: Option<String>,
    /// The score, home side first; 0-0 where none is given.
    #[param(example = "1-0", pattern = "^[0-9]{1,2}-[0-9]{1,2}$")]
    score: Option<String>,
    /// Red cards of the home side.
    #[param(maximum = 5)]
    home_red_cards: Option<u8>,
    /// Red cards of the away side.
    #[param(maximum = 5)]
    away_red_cards: Option<u8>,
    /// Added minutes of the running half, once announced.
    #[param(maximum = 40)]
    added: Option<u8>,
}

impl InPlayQuery {
    fn state(&self) -> Result<MatchState, ApiError> {
        let clock = read_clock(self.minute.as_deref().unwrap_or("0"));
        let clock = clock.map_err(|wrong| invalid(format!("minute: {wrong}")))?;
        let goals = |text: &str| text.parse::<u8>().ok().filter(|goals| *goals <= 99);
        let score = self.score.as_deref().unwrap_or("0-0");
        let score = score.split_once('-').and_then(|(home, away)| Some((goals(home)?, goals(away)?)));
        let (home, away) =
            score.ok_or_else(|| invalid("score: write the goals of both sides, such as 1-0"))?;
        Ok(MatchState {
            clock,
            score: Score { home, away },
            home_red_cards: self.home_red_cards.unwrap_or(0),
            away_red_cards: self.away_red_cards.unwrap_or(0),
            announced_added_time: self.added.map(f64::from),
        })
    }
}

/// Who scores next.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NextGoalItem {
    /// Probability that the home side does.
    pub home: f64,
    /// Probability that nobody does.
    pub none: f64,
    /// Probability that the away side does.
    pub away: f64,
}

/// A running match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InPlayItem {
    /// The match.
    pub match_id: i64,
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
    /// Markets of the final score.
    pub markets: MarketsItem,
    /// What gave the forecast before kick-off.
    pub model: ModelRef,
    /// Facts known up to this time were used in it.
    pub as_of: DateTime<Utc>,
    /// Whether it was sealed before kick-off.
    pub sealed: bool,
}

/// The probabilities of a running match. They follow from the forecast before kick-off and from what is asked; nothing is
/// kept.
#[utoipa::path(
    get, operation_id = "get_in_play", path = "/api/v1/predictions/{match_id}/in-play", tag = "forecasts",
    params(("match_id" = i64, Path, description = "Identifier of the match", minimum = 1), InPlayQuery),
    responses(
        (status = 200, description = "Its probabilities", body = Envelope<InPlayItem>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
        (status = 409, description = "`not_to_come`: it has started, and no forecast of it was sealed; `no_score_grid`: the sealed one has no score grid", body = Failure),
        (status = 503, description = "Forecasts cannot be computed at present", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<InPlayQuery>,
) -> Result<Data<InPlayItem>, ApiError> {
    let stands = query.state()?;
    let answer = state.forecasts().forecast(MatchId(id)).await?;
    let Some(grid) = &answer.grid else {
        let message = format!("the forecast of match {id} was sealed before score grids were kept with it");
        return Err(ApiError::conflict("no_score_grid", message));
    };
    let wrong = |error: InPlayError| invalid(error.to_string());
    let running = InPlay::from_grid(grid, InPlayConfig::default()).map_err(wrong)?;
    let (last, next) =
        (running.final_score(&stands).map_err(wrong)?, running.next_goal(&stands).map_err(wrong)?);
    let now = last.forecast();
    Ok(Data::of(InPlayItem {
        match_id: id,
        home_win_prob: now.home(),
        draw_prob: now.draw(),
        away_win_prob: now.away(),
        remaining_goals: running.remaining_goals(&stands).map_err(wrong)?,
        next_goal: NextGoalItem { home: next.home, none: next.none, away: next.away },
        markets: MarketsItem::of(&last),
        model: ModelRef::of(&answer),
        as_of: answer.as_of,
        sealed: answer.sealed_at.is_some(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::Service;

    #[tokio::test]
    async fn a_running_match_starts_from_its_forecast_and_ends_in_its_score() {
        let service = Service::with_matches().await;
        let id = service.find("status=scheduled&from=2024-05-05").await;
        let before = service.get(&format!("/api/v1/predictions/{id}")).await;
        let ask = async |query: &str| service.get(&format!("/api/v1/predictions/{id}/in-play{query}")).await;
        let start = ask("").await;
        assert_eq!(start.status, 200, "{}", start.body);
        let home = |answer: &crate::testing::Answer| answer.data()["home_win_prob"].as_f64().unwrap();
        // What is left of scores beyond twelve goals.
        assert!((home(&start) - home(&before)).abs() < 1e-3, "{} {}", home(&start), home(&before));
        let late = ask("?minute=80&score=1-0").await;
        assert!(home(&late) > home(&start));
        let short = ask("?minute=80&score=1-0&home_red_cards=1").await;
        assert!(home(&short) < home(&late));
        let over = ask("?minute=FT&score=0-2").await;
        assert!((over.data()["away_win_prob"].as_f64().unwrap() - 1.0).abs() < 1e-9);
        for wrong in ["?minute=91", "?minute=x", "?score=1", "?score=100-0", "?home_red_cards=6", "?goals=1"]
        {
            let answer = ask(wrong).await;
            assert_eq!((answer.status, answer.error_code()), (400, "invalid_query"), "{wrong}");
        }
        let nowhere = service.get("/api/v1/predictions/999999/in-play").await;
        assert_eq!(nowhere.status, 404);
    }
}
