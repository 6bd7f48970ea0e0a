//! What happened in matches, and prices during them.

use super::matches::{line, prices};
use super::squads::player;
use super::{Rows, Texts, each};
use crate::error::{Mapped, corrupt};
use crate::row::Read;
use futures::TryStreamExt;
use touchline_domain::ports::StoreError;
use touchline_domain::{EventList, InPlayQuote, MatchEvent, MatchId, Player};

/// Lists of rows that hold an event each; those of a list stand together.
pub async fn events<R: Read>(mut rows: impl Rows<R>) -> Result<Vec<(MatchId, EventList)>, StoreError> {
    let mut names = Texts::default();
    let mut all: Vec<(MatchId, EventList)> = Vec::new();
    while let Some(row) = rows.try_next().await.mapped()? {
        let (id, known_at) = (MatchId(row.value(0)?), row.time(2)?);
        let source: &str = row.value(1)?;
        let event = MatchEvent {
            minute: row.number(4)?,
            stoppage: row.optional_number(5)?,
            side: row.parsed(6)?,
            kind: row.parsed(7)?,
            player: optional_player(&row, 8, &mut names)?,
            related: optional_player(&row, 10, &mut names)?,
        };
        match all.last_mut() {
            Some((of, list)) if *of == id && &*list.source == source && list.known_at == known_at => {
                list.events.push(event);
            }
            _ => {
                let known_at_imputed = row.value(3)?;
                let source = names.shared(source);
                all.push((id, EventList { source, events: vec![event], known_at, known_at_imputed }));
            }
        }
    }
    Ok(all)
}

/// Identifier and name of a player, where there is one.
fn optional_player(row: &impl Read, first: usize, names: &mut Texts) -> Result<Option<Player>, StoreError> {
    let (id, name): (Option<&str>, Option<&str>) = (row.value(first)?, row.value(first + 1)?);
    let (Some(id), Some(name)) = (id, name) else { return Ok(None) };
    player(names, id, name).map(Some)
}

/// Identifier and name.
pub fn a_player(row: &impl Read) -> Result<Player, StoreError> {
    Player::new(row.value::<&str>(0)?, row.value::<&str>(1)?).map_err(corrupt)
}

/// Prices during matches by match.
pub async fn in_play<R: Read>(rows: impl Rows<R>) -> Result<Vec<(MatchId, InPlayQuote)>, StoreError> {
    let mut bookmakers = Texts::default();
    let quote = |row: &R| {
        let quote = InPlayQuote {
            market: row.parsed(1)?,
            bookmaker: bookmakers.shared(row.value(2)?),
            line_quarters: line(row, 3)?,
            known_at: row.time(4)?,
            prices: prices(row, 5)?,
        };
        Ok((MatchId(row.value(0)?), quote))
    };
    each(rows, quote).await
}
