//! Line-ups and absences.

use super::{Rows, Texts, each};
use crate::error::{Mapped, corrupt};
use crate::row::Read;
use futures::TryStreamExt;
use touchline_domain::ports::StoreError;
use touchline_domain::{Injury, Lineup, Listed, MatchId, Player, STARTERS, Squad};

/// Line-ups of rows that hold a player each; those of a line-up stand together.
pub async fn lineups<R: Read>(mut rows: impl Rows<R>) -> Result<Vec<(MatchId, Lineup)>, StoreError> {
    let mut names = Texts::default();
    let mut all = Vec::new();
    let mut open: Option<(i64, Vec<R>)> = None;
    while let Some(row) = rows.try_next().await.mapped()? {
        let id: i64 = row.value(0)?;
        match &mut open {
            Some((last, players)) if *last == id => players.push(row),
            _ => {
                if let Some((_, players)) = open.replace((id, vec![row])) {
                    all.push(lineup(&players, &mut names)?);
                }
            }
        }
    }
    if let Some((_, players)) = open {
        all.push(lineup(&players, &mut names)?);
    }
    Ok(all)
}

fn lineup<R: Read>(rows: &[R], names: &mut Texts) -> Result<(MatchId, Lineup), StoreError> {
    let head = &rows[0];
    let (mut starters, mut substitutes) = (Vec::with_capacity(STARTERS), Vec::new());
    for row in rows {
        // A line-up without players comes as one row without a place.
        let Some(place) = row.optional_number::<usize>(8)? else { continue };
        let listed = Listed {
            player: player(names, row.value(9)?, row.value(10)?)?,
            position: row.optional_parsed(11)?,
            shirt: row.optional_number(12)?,
        };
        if place <= STARTERS { starters.push(listed) } else { substitutes.push(listed) }
    }
    let lineup = Lineup {
        side: head.parsed(2)?,
        source: names.shared(head.value(3)?),
        kind: head.parsed(4)?,
        known_at: head.time(5)?,
        known_at_imputed: head.value(6)?,
        formation: head.optional_parsed(7)?,
        squad: Squad::new(starters, substitutes).map_err(corrupt)?,
    };
    Ok((MatchId(head.value(1)?), lineup))
}

/// Absences by match.
pub async fn injuries<R: Read>(rows: impl Rows<R>) -> Result<Vec<(MatchId, Injury)>, StoreError> {
    let mut names = Texts::default();
    let injury = |row: &R| {
        let reason: Option<&str> = row.value(6)?;
        let injury = Injury {
            side: row.parsed(1)?,
            source: names.shared(row.value(2)?),
            player: player(&mut names, row.value(3)?, row.value(4)?)?,
            kind: row.parsed(5)?,
            reason: reason.map(|reason| names.shared(reason)),
            known_at: row.time(7)?,
            known_at_imputed: row.value(8)?,
        };
        Ok((MatchId(row.value(0)?), injury))
    };
    each(rows, injury).await
}

pub(super) fn player(names: &mut Texts, id: &str, name: &str) -> Result<Player, StoreError> {
    Player::new(names.shared(id), names.shared(name)).map_err(corrupt)
}
