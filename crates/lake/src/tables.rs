//! What each table's columns are, and how its rows fill them.

mod bronze;
mod events;
mod gold;
mod odds;
mod rules;
mod silver;
mod squads;

use crate::cells::{Cell, Cells, Column};
use std::sync::Arc;
use touchline_domain::RecordKind;
use touchline_domain::lake::{LakeRow, LakeTable, MatchRef};

/// Of the columns; raised when any of them changes. 2: forecasts are sealed as a whole. 3: leagues have a
/// kind, and matches a setting. 4: rules of seasons have play-offs. A table that is added changes no columns: programs of before leave it alone.
pub(crate) const SCHEMA_VERSION: u32 = 4;

/// The version in which a table got so many columns: files of other tables, and older ones of this table, keep the hash
/// of their content.
pub(crate) fn version(table: LakeTable, columns: usize) -> u32 {
    match former(table) {
        Some((width, version)) if columns > width => version,
        _ => 1,
    }
}

/// Whether files with so many of a table's first columns were written by an earlier version.
pub(crate) fn was_written_with(table: LakeTable, columns: usize) -> bool {
    former(table).is_some_and(|(width, _)| width == columns)
}

/// How many columns a table had before it got more, and the version in which it did.
fn former(table: LakeTable) -> Option<(usize, u32)> {
    match table {
        LakeTable::Predictions => Some((gold::FORMER_PREDICTIONS, 2)),
        LakeTable::Leagues => Some((silver::FORMER_LEAGUES, 3)),
        LakeTable::Matches => Some((silver::FORMER_MATCHES, 3)),
        LakeTable::SeasonRules => Some((rules::FORMER_SEASONS, 4)),
        _ => None,
    }
}

/// The columns of a table.
pub(crate) fn columns(table: LakeTable) -> &'static [Column] {
    match table {
        LakeTable::RawDocuments => bronze::DOCUMENTS,
        LakeTable::RawMatchData | LakeTable::RawOddsData | LakeTable::RawScoresData => bronze::RECORDS,
        LakeTable::DocumentReadings => bronze::READINGS,
        LakeTable::Leagues => silver::LEAGUES,
        LakeTable::Teams => silver::TEAMS,
        LakeTable::TeamAliases => silver::ALIASES,
        LakeTable::SeasonRules => rules::SEASONS,
        LakeTable::PointsDeductions => rules::DEDUCTIONS,
        LakeTable::Players => events::PLAYERS,
        LakeTable::Matches => silver::MATCHES,
        LakeTable::MatchStats => silver::STATS,
        LakeTable::LineupPlayers => squads::PLAYERS,
        LakeTable::Injuries => squads::INJURIES,
        LakeTable::MatchEvents => events::EVENTS,
        LakeTable::Odds | LakeTable::OddsArchive => odds::QUOTES,
        LakeTable::InPlayOdds => odds::IN_PLAY,
        LakeTable::Predictions => gold::PREDICTIONS,
        LakeTable::ModelVersions => gold::MODELS,
    }
}

/// The values of a row; none where it belongs to another table.
pub(crate) fn cells(table: LakeTable, row: &LakeRow) -> Option<Vec<Cell<'_>>> {
    use LakeTable as T;
    let mut cells = Vec::with_capacity(columns(table).len());
    match (table, row) {
        (T::RawDocuments, LakeRow::Document(document)) => bronze::document(document, &mut cells),
        (T::RawMatchData | T::RawOddsData | T::RawScoresData, LakeRow::Record(record)) => {
            bronze::record(record, &mut cells);
        }
        (T::DocumentReadings, LakeRow::Reading(row)) => bronze::reading(row, &mut cells),
        (T::Leagues, LakeRow::League(league)) => silver::league(league, &mut cells),
        (T::Teams, LakeRow::Team(team)) => silver::team(team, &mut cells),
        (T::TeamAliases, LakeRow::Alias(alias)) => silver::alias(alias, &mut cells),
        (T::SeasonRules, LakeRow::SeasonRules(rules)) => rules::season(rules, &mut cells),
        (T::PointsDeductions, LakeRow::Deduction(row)) => rules::deduction(row, &mut cells),
        (T::Players, LakeRow::Player(source, player)) => events::player(source, player, &mut cells),
        (T::Matches, LakeRow::Match(row)) => silver::a_match(row, &mut cells),
        (T::MatchStats, LakeRow::Stats(of, stats)) => silver::stats(of, stats, &mut cells),
        (T::LineupPlayers, LakeRow::LineupPlayer(row)) => squads::player(row, &mut cells),
        (T::Injuries, LakeRow::Injury(of, injury)) => squads::injury(of, injury, &mut cells),
        (T::MatchEvents, LakeRow::Event(row)) => events::event(row, &mut cells),
        (T::InPlayOdds, LakeRow::InPlay(of, quote)) => odds::in_play(of, quote, &mut cells),
        (T::Odds | T::OddsArchive, LakeRow::Quote(quote)) => odds::quote(quote, &mut cells),
        (T::Predictions, LakeRow::Forecast(of, forecast, link)) => {
            gold::forecast(of, forecast, link.as_ref(), &mut cells);
        }
        (T::ModelVersions, LakeRow::Model(model)) => gold::model(model, &mut cells)?,
        _ => return None,
    }
    Some(cells)
}

/// Reads a row; `last` is the match of the row before, which many rows share.
///
/// # Errors
/// A value that the domain does not accept.
pub(crate) fn row(
    table: LakeTable,
    cells: &mut Cells<'_>,
    last: &mut Option<Arc<MatchRef>>,
) -> Result<LakeRow, String> {
    match table {
        LakeTable::RawDocuments => bronze::read_document(cells),
        LakeTable::RawMatchData => bronze::read_record(cells, RecordKind::Match),
        LakeTable::RawOddsData => bronze::read_record(cells, RecordKind::Odds),
        LakeTable::RawScoresData => bronze::read_record(cells, RecordKind::Score),
        LakeTable::DocumentReadings => bronze::read_reading(cells),
        LakeTable::Leagues => silver::read_league(cells),
        LakeTable::Teams => Ok(LakeRow::Team(silver::read_team(cells)?)),
        LakeTable::TeamAliases => silver::read_alias(cells),
        LakeTable::SeasonRules => rules::read_season(cells),
        LakeTable::PointsDeductions => rules::read_deduction(cells),
        LakeTable::Players => events::read_player(cells),
        LakeTable::Matches => silver::read_match(cells),
        LakeTable::MatchStats => silver::read_stats(cells, last),
        LakeTable::LineupPlayers => squads::read_player(cells, last),
        LakeTable::Injuries => squads::read_injury(cells, last),
        LakeTable::MatchEvents => events::read_event(cells, last),
        LakeTable::Odds | LakeTable::OddsArchive => odds::read_quote(cells, last),
        LakeTable::InPlayOdds => odds::read_in_play(cells, last),
        LakeTable::Predictions => gold::read_forecast(cells, last),
        LakeTable::ModelVersions => gold::read_model(cells),
    }
}

/// The row's match, shared with the row before where it is the same.
fn shared(of: MatchRef, last: &mut Option<Arc<MatchRef>>) -> Arc<MatchRef> {
    match last {
        Some(known) if **known == of => Arc::clone(known),
        _ => Arc::clone(last.insert(Arc::new(of))),
    }
}
