//! What happened in matches, and the players whom sources name.

use super::squads::{read_who, who};
use super::{shared, silver};
use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use std::sync::Arc;
use touchline_domain::lake::{EventRow, LakeRow, MatchRef};
use touchline_domain::{MatchEvent, Player};

pub(super) const PLAYERS: &[Column] =
    &[column("data_source", Kind::Text), column("player_id", Kind::Text), column("player_name", Kind::Text)];

pub(super) fn player<'a>(source: &'a str, player: &'a Player, cells: &mut Vec<Cell<'a>>) {
    cells.push(source.into());
    who(player, cells);
}

pub(super) fn read_player(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Player(cells.text()?.into(), read_who(cells)?))
}

const ALL_EVENTS: [Column; 22] = silver::beside_match([
    column("data_source", Kind::Text),
    column("known_at", Kind::Time),
    column("known_at_imputed", Kind::Bool),
    column("place", Kind::Int),
    column("minute", Kind::Int),
    optional("stoppage_minute", Kind::Int),
    column("side", Kind::Text),
    column("event_type", Kind::Text),
    optional("player_id", Kind::Text),
    optional("player_name", Kind::Text),
    // Who assisted, or the second player of a substitution.
    optional("related_player_id", Kind::Text),
    optional("related_player_name", Kind::Text),
]);
pub(super) const EVENTS: &[Column] = &ALL_EVENTS;

pub(super) fn event<'a>(row: &'a EventRow, cells: &mut Vec<Cell<'a>>) {
    let event = &row.event;
    silver::match_ref(&row.of, cells);
    cells.extend([
        (&*row.source).into(),
        row.known_at.into(),
        row.known_at_imputed.into(),
        row.place.into(),
        event.minute.into(),
        event.stoppage.into(),
        event.side.name().into(),
        event.kind.name().into(),
    ]);
    for player in [&event.player, &event.related] {
        match player {
            Some(player) => who(player, cells),
            None => cells.extend([Cell::None, Cell::None]),
        }
    }
}

pub(super) fn read_event(cells: &mut Cells<'_>, last: &mut Option<Arc<MatchRef>>) -> Result<LakeRow, String> {
    let of = shared(silver::read_match_ref(cells)?, last);
    let source = cells.text()?.into();
    let (known_at, known_at_imputed, place) = (cells.time()?, cells.flag()?, cells.number()?);
    let event = MatchEvent {
        minute: cells.number()?,
        stoppage: cells.optional_number()?,
        side: cells.parsed()?,
        kind: cells.parsed()?,
        player: read_anybody(cells)?,
        related: read_anybody(cells)?,
    };
    Ok(LakeRow::Event(EventRow { of, source, known_at, known_at_imputed, place, event }))
}

fn read_anybody(cells: &mut Cells<'_>) -> Result<Option<Player>, String> {
    let Some(id) = cells.optional_text()? else {
        cells.skip(1);
        return Ok(None);
    };
    Player::new(id, cells.text()?).map(Some).map_err(|error| error.to_string())
}
