//! Who plays and who is missing.

use super::{shared, silver};
use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use std::sync::Arc;
use touchline_domain::lake::{LakeRow, LineupPlayerRow, MatchRef};
use touchline_domain::{Formation, Injury, Listed, Player, Position};

const STARTER: &str = "starter";
const SUBSTITUTE: &str = "substitute";

const ALL_PLAYERS: [Column; 22] = silver::beside_match([
    column("side", Kind::Text),
    column("data_source", Kind::Text),
    column("lineup_type", Kind::Text),
    optional("formation", Kind::Text),
    column("known_at", Kind::Time),
    column("known_at_imputed", Kind::Bool),
    column("lineup_role", Kind::Text),
    column("place", Kind::Int),
    column("player_id", Kind::Text),
    column("player_name", Kind::Text),
    optional("position", Kind::Text),
    optional("shirt_number", Kind::Int),
]);
pub(super) const PLAYERS: &[Column] = &ALL_PLAYERS;

pub(super) fn player<'a>(row: &'a LineupPlayerRow, cells: &mut Vec<Cell<'a>>) {
    silver::match_ref(&row.of, cells);
    cells.extend([
        row.side.name().into(),
        (&*row.source).into(),
        row.kind.name().into(),
        row.formation.as_ref().map(Formation::name).into(),
        row.known_at.into(),
        row.known_at_imputed.into(),
        if row.starts { STARTER } else { SUBSTITUTE }.into(),
        row.place.into(),
    ]);
    who(&row.listed.player, cells);
    cells.extend([row.listed.position.map(Position::name).into(), row.listed.shirt.into()]);
}

pub(super) fn read_player(
    cells: &mut Cells<'_>,
    last: &mut Option<Arc<MatchRef>>,
) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let (side, source, kind) = (cells.parsed()?, cells.text()?.into(), cells.parsed()?);
    let formation = cells.optional_parsed()?;
    let (known_at, known_at_imputed) = (cells.time()?, cells.flag()?);
    let starts = match cells.text()? {
        STARTER => true,
        SUBSTITUTE => false,
        other => return Err(format!("{other:?} is not a role in a line-up")),
    };
    let place = cells.number()?;
    let listed = Listed {
        player: read_who(cells)?,
        position: cells.optional_parsed()?,
        shirt: cells.optional_number()?,
    };
    Ok(LakeRow::LineupPlayer(LineupPlayerRow {
        of,
        side,
        source,
        kind,
        formation,
        known_at,
        known_at_imputed,
        starts,
        place,
        listed,
    }))
}

const ALL_INJURIES: [Column; 18] = silver::beside_match([
    column("side", Kind::Text),
    column("data_source", Kind::Text),
    column("player_id", Kind::Text),
    column("player_name", Kind::Text),
    column("injury_type", Kind::Text),
    optional("reason", Kind::Text),
    column("known_at", Kind::Time),
    column("known_at_imputed", Kind::Bool),
]);
pub(super) const INJURIES: &[Column] = &ALL_INJURIES;

pub(super) fn injury<'a>(of: &'a MatchRef, injury: &'a Injury, cells: &mut Vec<Cell<'a>>) {
    silver::match_ref(of, cells);
    cells.extend([injury.side.name().into(), (&*injury.source).into()]);
    who(&injury.player, cells);
    cells.extend([
        injury.kind.name().into(),
        injury.reason.as_deref().into(),
        injury.known_at.into(),
        injury.known_at_imputed.into(),
    ]);
}

pub(super) fn read_injury(
    cells: &mut Cells<'_>,
    last: &mut Option<Arc<MatchRef>>,
) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let injury = Injury {
        side: cells.parsed()?,
        source: cells.text()?.into(),
        player: read_who(cells)?,
        kind: cells.parsed()?,
        reason: cells.optional_text()?.map(Into::into),
        known_at: cells.time()?,
        known_at_imputed: cells.flag()?,
    };
    Ok(LakeRow::Injury(of, injury))
}

pub(super) fn who<'a>(player: &'a Player, cells: &mut Vec<Cell<'a>>) {
    cells.extend([Cell::from(&**player.id()), Cell::from(&**player.name())]);
}

pub(super) fn read_who(cells: &mut Cells<'_>) -> Result<Player, String> {
    let (id, name) = (cells.text()?, cells.text()?);
    Player::new(id, name).map_err(|error| error.to_string())
}
