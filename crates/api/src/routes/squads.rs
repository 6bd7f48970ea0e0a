//! Who plays a match, and who is missing.

use crate::envelope::{Data, Envelope, Failure};
use crate::error::ApiError;
use crate::extract::{Id, Params, time};
use crate::routes::matches::stored;
use crate::routes::recent_stats::AsOfQuery;
use crate::state::ApiState;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use touchline_domain::{Injury, Lineup, Listed, MatchId};
use utoipa::ToSchema;

/// A player in a line-up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlayerItem {
    /// Identifier of the player at the source.
    pub id: String,
    /// The name, as the source writes it.
    pub name: String,
    /// `goalkeeper`, `defender`, `midfielder` or `forward`; null where the source does not say.
    #[schema(required = true, example = "midfielder")]
    pub position: Option<&'static str>,
    /// The number on the shirt.
    #[schema(required = true)]
    pub shirt: Option<u8>,
}

impl From<&Listed> for PlayerItem {
    fn from(listed: &Listed) -> Self {
        Self {
            id: listed.player.id().to_string(),
            name: listed.player.name().to_string(),
            position: listed.position.map(touchline_domain::Position::name),
            shirt: listed.shirt,
        }
    }
}

/// The line-up of one side, as a source knew it at one time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineupItem {
    /// `home` or `away`.
    #[schema(example = "home")]
    pub side: &'static str,
    /// `confirmed`, handed in by the team, or `predicted`.
    #[schema(example = "confirmed")]
    pub kind: &'static str,
    /// The source.
    pub source: String,
    /// How the starters stand.
    #[schema(required = true, example = "4-3-3")]
    pub formation: Option<String>,
    /// Who starts.
    pub starters: Vec<PlayerItem>,
    /// Who sits on the bench.
    pub substitutes: Vec<PlayerItem>,
    /// Since when it can have been known.
    pub known_at: DateTime<Utc>,
    /// Whether that follows from habit rather than from the record.
    pub known_at_imputed: bool,
}

impl From<&Lineup> for LineupItem {
    fn from(lineup: &Lineup) -> Self {
        Self {
            side: lineup.side.name(),
            kind: lineup.kind.name(),
            source: lineup.source.to_string(),
            formation: lineup.formation.as_ref().map(ToString::to_string),
            starters: lineup.squad.starters().iter().map(Into::into).collect(),
            substitutes: lineup.squad.substitutes().iter().map(Into::into).collect(),
            known_at: lineup.known_at,
            known_at_imputed: lineup.known_at_imputed,
        }
    }
}

/// A player who is missing, or may be.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AbsenceItem {
    /// `home` or `away`.
    #[schema(example = "away")]
    pub side: &'static str,
    /// The player's name, as the source writes it.
    pub player: String,
    /// `missing`, or `questionable`.
    #[schema(example = "missing")]
    pub kind: &'static str,
    /// Why, as the source writes it.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// The source.
    pub source: String,
    /// Since when it can have been known.
    pub known_at: DateTime<Utc>,
}

impl From<&Injury> for AbsenceItem {
    fn from(injury: &Injury) -> Self {
        Self {
            side: injury.side.name(),
            player: injury.player.name().to_string(),
            kind: injury.kind.name(),
            reason: injury.reason.as_ref().map(ToString::to_string),
            source: injury.source.to_string(),
            known_at: injury.known_at,
        }
    }
}

/// Line-ups and absences of a match.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names are part of the contract")]
pub(crate) struct Lineups {
    /// The match.
    pub match_id: i64,
    /// By time known; none where no source has any.
    pub lineups: Vec<LineupItem>,
    /// Who is missing, by time known.
    pub absences: Vec<AbsenceItem>,
}

/// Who plays a match and who is missing, by every source and as it was known.
#[utoipa::path(
    get, operation_id = "list_lineups", path = "/api/v1/matches/{id}/lineups", tag = "matches",
    params(("id" = i64, Path, description = "Identifier of the match", minimum = 1), AsOfQuery),
    responses(
        (status = 200, description = "What was known", body = Envelope<Lineups>),
        (status = 400, description = "A parameter cannot be used", body = Failure),
        (status = 404, description = "There is no such match", body = Failure),
    )
)]
pub(crate) async fn one(
    State(state): State<ApiState>,
    Id(id): Id,
    Params(query): Params<AsOfQuery>,
) -> Result<Data<Lineups>, ApiError> {
    let as_of = time("as_of", query.as_of.as_deref())?;
    stored(&state, id).await?;
    let known = |at: DateTime<Utc>| as_of.is_none_or(|as_of| at <= as_of);
    let lineups = state.store().lineups_of(&[MatchId(id)]).await?;
    let absences = state.store().injuries_of(&[MatchId(id)]).await?;
    Ok(Data::of(Lineups {
        match_id: id,
        lineups: lineups.iter().filter(|(_, l)| known(l.known_at)).map(|(_, l)| l.into()).collect(),
        absences: absences.iter().filter(|(_, i)| known(i.known_at)).map(|(_, i)| i.into()).collect(),
    }))
}

#[cfg(test)]
mod tests {
    use crate::testing::{Service, at};
    use serde_json::json;
    use touchline_domain::ports::{MatchFacts, SilverChange, SilverWriter};
    use touchline_domain::{
        Injury, InjuryKind, Lineup, LineupKind, Listed, MatchId, Player, Position, Side, Squad,
    };

    #[tokio::test]
    async fn line_ups_and_absences_are_told_as_they_were_known() {
        let service = Service::with_matches().await;
        let id = service.find("status=scheduled&from=2024-05-05").await;
        let player = |name: &str| Player::new(name.to_lowercase(), name).unwrap();
        let keeper =
            Listed { player: player("Ann Keeper"), position: Some(Position::Goalkeeper), shirt: Some(1) };
        let lineup = Lineup {
            side: Side::Home,
            kind: LineupKind::Confirmed,
            source: "api-football".into(),
            formation: Some("4-3-3".parse().unwrap()),
            squad: Squad::new(vec![keeper], vec![]).unwrap(),
            known_at: at("2024-05-05T13:00:00Z"),
            known_at_imputed: false,
        };
        let injury = Injury {
            side: Side::Away,
            player: player("Bo Back"),
            source: "api-football".into(),
            kind: InjuryKind::Missing,
            reason: Some("Knee".into()),
            known_at: at("2024-05-04T08:00:00Z"),
            known_at_imputed: false,
        };
        let facts = MatchFacts { lineups: vec![lineup], injuries: vec![injury], ..MatchFacts::default() };
        let facts = vec![(MatchId(id), facts)];
        service.store.apply(&SilverChange { facts, ..SilverChange::default() }).await.unwrap();

        let all = service.get(&format!("/api/v1/matches/{id}/lineups")).await;
        let (lineup, absence) = (&all.data()["lineups"][0], &all.data()["absences"][0]);
        assert_eq!((&lineup["side"], &lineup["formation"]), (&json!("home"), &json!("4-3-3")));
        assert_eq!(lineup["starters"][0]["name"], "Ann Keeper");
        assert_eq!(lineup["starters"][0]["position"], "goalkeeper");
        assert_eq!((&absence["player"], &absence["reason"]), (&json!("Bo Back"), &json!("Knee")));
        let early = service.get(&format!("/api/v1/matches/{id}/lineups?as_of=2024-05-05T12:00:00Z")).await;
        assert_eq!(early.data()["lineups"], json!([]), "an hour before, nobody knew it");
        assert_eq!(early.data()["absences"].as_array().unwrap().len(), 1);
        assert_eq!(service.get("/api/v1/matches/999999/lineups").await.error_code(), "no_match");
    }
}
