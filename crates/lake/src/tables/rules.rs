//! What holds for seasons of leagues.

use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use touchline_domain::lake::{DeductionRow, LakeRow};
use touchline_domain::{PointsDeduction, SeasonRules, TableSplit};

/// Columns of before there were rounds and play-offs.
pub(super) const FORMER_SEASONS: usize = 6;

pub(super) const SEASONS: &[Column] = &[
    column("league", Kind::Text),
    column("season", Kind::Text),
    optional("split_after", Kind::Int),
    // Sizes from the top, such as `6,6`.
    optional("split_groups", Kind::Text),
    optional("split_halves_points", Kind::Bool),
    optional("play_offs_from", Kind::Time),
    optional("split_rounds", Kind::Int),
    // As JSON.
    optional("play_offs", Kind::Text),
];

pub(super) fn season<'a>(rules: &'a SeasonRules, cells: &mut Vec<Cell<'a>>) {
    let split = rules.split.as_ref();
    let groups = split.map(|split| split.groups.iter().map(u8::to_string).collect::<Vec<_>>().join(","));
    cells.extend([
        rules.league.as_str().into(),
        Cell::made(rules.season),
        split.map(|split| split.after).into(),
        groups.map_or(Cell::None, Cell::made),
        split.map(|split| split.halve_points).into(),
        rules.play_offs_from.map(start_of).into(),
        split.map(|split| split.rounds).into(),
        play_offs(rules).map_or(Cell::None, Cell::made),
    ]);
}

fn play_offs(rules: &SeasonRules) -> Option<String> {
    if rules.play_offs.is_empty() { None } else { serde_json::to_string(&rules.play_offs).ok() }
}

pub(super) fn read_season(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    let (league, season) = (cells.text()?.to_owned(), cells.parsed()?);
    let mut split = if let Some(after) = cells.optional_number()? {
        Some(TableSplit {
            after,
            groups: read_groups(cells.text()?)?,
            halve_points: cells.flag()?,
            rounds: 1,
        })
    } else {
        cells.skip(2);
        None
    };
    let play_offs_from = cells.optional_time()?.map(|time| time.date_naive());
    if let (Some(rounds), Some(split)) = (cells.optional_number()?, &mut split) {
        split.rounds = rounds;
    }
    let play_offs = match cells.optional_text()? {
        Some(text) => serde_json::from_str(text).map_err(|error| format!("play-offs: {error}"))?,
        None => Vec::new(),
    };
    let deductions = Vec::new();
    Ok(LakeRow::SeasonRules(SeasonRules { league, season, split, play_offs_from, play_offs, deductions }))
}

fn read_groups(text: &str) -> Result<Vec<u8>, String> {
    let sizes = text.split(',').filter(|size| !size.is_empty());
    sizes.map(|size| size.parse().map_err(|_| format!("{text:?} are not sizes of groups"))).collect()
}

pub(super) const DEDUCTIONS: &[Column] = &[
    column("league", Kind::Text),
    column("season", Kind::Text),
    column("team", Kind::Text),
    column("points", Kind::Int),
    column("deducted_from", Kind::Time),
    column("reason", Kind::Text),
];

pub(super) fn deduction<'a>(row: &'a DeductionRow, cells: &mut Vec<Cell<'a>>) {
    let DeductionRow { league, season, deduction } = row;
    cells.extend([
        league.as_str().into(),
        Cell::made(*season),
        deduction.team.as_str().into(),
        i64::from(deduction.points).into(),
        start_of(deduction.from).into(),
        deduction.reason.as_str().into(),
    ]);
}

pub(super) fn read_deduction(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Deduction(DeductionRow {
        league: cells.text()?.to_owned(),
        season: cells.parsed()?,
        deduction: PointsDeduction {
            team: cells.text()?.to_owned(),
            points: cells.number()?,
            from: cells.time()?.date_naive(),
            reason: cells.text()?.to_owned(),
        },
    }))
}

/// Days of rules are days in UTC.
fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
