//! Leagues, teams, matches and their facts.

use super::shared;
use crate::cells::{Cell, Cells, Column, Kind, column, optional};
use std::sync::Arc;
use touchline_domain::lake::{AliasRow, LakeRow, MatchRef, MatchRow};
use touchline_domain::{
    CompetitionKind, Kickoff, MatchId, MatchSetting, MatchStats, NewLeague, NewTeam, Score, SideStats,
};

pub(super) const LEAGUES: &[Column] = &[
    column("code", Kind::Text),
    column("name", Kind::Text),
    column("country", Kind::Text),
    column("level", Kind::Int),
    column("source", Kind::Text),
    optional("kind", Kind::Text),
];

/// Columns of leagues before they had a kind.
pub(super) const FORMER_LEAGUES: usize = 5;

pub(super) fn league<'a>(l: &'a NewLeague, cells: &mut Vec<Cell<'a>>) {
    let texts = [&l.code, &l.name, &l.country].map(|text| text.as_str().into());
    cells.extend(texts.into_iter().chain([l.level.into(), l.source.as_str().into(), l.kind.name().into()]));
}

pub(super) fn read_league(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::League(NewLeague {
        code: cells.text()?.to_owned(),
        name: cells.text()?.to_owned(),
        country: cells.text()?.to_owned(),
        level: cells.number()?,
        source: cells.text()?.to_owned(),
        kind: cells.optional_parsed()?.unwrap_or(CompetitionKind::League),
    }))
}

pub(super) const TEAMS: &[Column] = &[column("country", Kind::Text), column("name", Kind::Text)];

pub(super) fn team<'a>(t: &'a NewTeam, cells: &mut Vec<Cell<'a>>) {
    cells.extend([t.country.as_str().into(), t.name.as_str().into()]);
}

pub(super) fn read_team(cells: &mut Cells<'_>) -> Result<NewTeam, String> {
    let country = cells.text()?.to_owned();
    Ok(NewTeam { country, name: cells.text()?.to_owned() })
}

pub(super) const ALIASES: &[Column] = &[
    column("source", Kind::Text),
    column("country", Kind::Text),
    column("alias", Kind::Text),
    column("team_country", Kind::Text),
    column("team", Kind::Text),
];

pub(super) fn alias<'a>(a: &'a AliasRow, cells: &mut Vec<Cell<'a>>) {
    cells.extend([&a.source, &a.country, &a.alias].map(|text| text.as_str().into()));
    team(&a.team, cells);
}

pub(super) fn read_alias(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Alias(AliasRow {
        source: cells.text()?.to_owned(),
        country: cells.text()?.to_owned(),
        alias: cells.text()?.to_owned(),
        team: read_team(cells)?,
    }))
}

/// What names the match of a row.
const MATCH: [Column; 10] = [
    column("match_id", Kind::Int),
    column("league", Kind::Text),
    column("season", Kind::Text),
    column("home_country", Kind::Text),
    column("home_team", Kind::Text),
    column("away_country", Kind::Text),
    column("away_team", Kind::Text),
    column("leg", Kind::Int),
    column("match_time", Kind::Time),
    column("time_precision", Kind::Text),
];

/// Columns of a table whose rows belong to a match.
pub(super) const fn beside_match<const N: usize, const ALL: usize>(own: [Column; N]) -> [Column; ALL] {
    assert!(MATCH.len() + N == ALL, "the columns of the match and the table's own");
    let mut all = [MATCH[0]; ALL];
    let mut place = 0;
    while place < ALL {
        all[place] = if place < MATCH.len() { MATCH[place] } else { own[place - MATCH.len()] };
        place += 1;
    }
    all
}

pub(super) fn match_ref<'a>(m: &'a MatchRef, cells: &mut Vec<Cell<'a>>) {
    cells.extend([m.id.0.into(), m.league.as_str().into(), Cell::made(m.season)]);
    team(&m.home, cells);
    team(&m.away, cells);
    cells.extend([m.leg.into(), m.kickoff.at.into(), m.kickoff.precision.name().into()]);
}

pub(super) fn read_match_ref(cells: &mut Cells<'_>) -> Result<MatchRef, String> {
    Ok(MatchRef {
        id: MatchId(cells.number()?),
        league: cells.text()?.to_owned(),
        season: cells.parsed()?,
        home: read_team(cells)?,
        away: read_team(cells)?,
        leg: cells.number()?,
        kickoff: Kickoff { at: cells.time()?, precision: cells.parsed()? },
    })
}

const ALL_MATCHES: [Column; 28] = beside_match([
    column("match_status", Kind::Text),
    optional("home_score", Kind::Int),
    optional("away_score", Kind::Int),
    optional("home_ht_score", Kind::Int),
    optional("away_ht_score", Kind::Int),
    optional("referee", Kind::Text),
    optional("attendance", Kind::Int),
    column("source", Kind::Text),
    optional("external_id", Kind::Text),
    optional("neutral_ground", Kind::Bool),
    optional("stage", Kind::Text),
    optional("round", Kind::Text),
    optional("group_name", Kind::Text),
    optional("tie_leg", Kind::Int),
    optional("home_et_score", Kind::Int),
    optional("away_et_score", Kind::Int),
    optional("home_shootout", Kind::Int),
    optional("away_shootout", Kind::Int),
]);
pub(super) const MATCHES: &[Column] = &ALL_MATCHES;

/// Columns of matches before they had a setting.
pub(super) const FORMER_MATCHES: usize = 19;

pub(super) fn a_match<'a>(m: &'a MatchRow, cells: &mut Vec<Cell<'a>>) {
    match_ref(&m.of, cells);
    cells.extend([
        m.status.name().into(),
        m.score.map(|s| s.home).into(),
        m.score.map(|s| s.away).into(),
        m.half_time.map(|s| s.home).into(),
        m.half_time.map(|s| s.away).into(),
        m.referee.as_deref().into(),
        m.attendance.into(),
        m.source.as_str().into(),
        m.external_id.as_deref().into(),
    ]);
    let setting = &m.setting;
    let goals = |score: Option<Score>| [score.map(|s| s.home).into(), score.map(|s| s.away).into()];
    cells.push(setting.neutral_ground.into());
    cells.extend([&setting.stage, &setting.round, &setting.group].map(|part| part.as_deref().into()));
    cells.push(setting.tie_leg.into());
    cells.extend(goals(setting.after_extra_time));
    cells.extend(goals(setting.shootout));
}

fn read_score(cells: &mut Cells<'_>) -> Result<Option<Score>, String> {
    let goals: (Option<i64>, Option<i64>) = (cells.optional_number()?, cells.optional_number()?);
    let (Some(home), Some(away)) = goals else { return Ok(None) };
    Score::new(home, away).map(Some).map_err(|error| error.to_string())
}

pub(super) fn read_match(cells: &mut Cells<'_>) -> Result<LakeRow, String> {
    Ok(LakeRow::Match(MatchRow {
        of: read_match_ref(cells)?,
        status: cells.parsed()?,
        score: read_score(cells)?,
        half_time: read_score(cells)?,
        referee: cells.optional_text()?.map(str::to_owned),
        attendance: cells.optional_number()?,
        source: cells.text()?.to_owned(),
        external_id: cells.optional_text()?.map(str::to_owned),
        setting: MatchSetting {
            neutral_ground: cells.optional_flag()?.unwrap_or(false),
            stage: cells.optional_text()?.map(str::to_owned),
            round: cells.optional_text()?.map(str::to_owned),
            group: cells.optional_text()?.map(str::to_owned),
            tie_leg: cells.optional_number()?,
            after_extra_time: read_score(cells)?,
            shootout: read_score(cells)?,
        },
    }))
}

const ALL_STATS: [Column; 30] = beside_match([
    optional("home_shots", Kind::Int),
    optional("home_shots_on_target", Kind::Int),
    optional("home_woodwork", Kind::Int),
    optional("home_corners", Kind::Int),
    optional("home_fouls", Kind::Int),
    optional("home_offsides", Kind::Int),
    optional("home_yellow_cards", Kind::Int),
    optional("home_red_cards", Kind::Int),
    optional("home_expected_goals", Kind::Float),
    optional("home_possession", Kind::Float),
    optional("away_shots", Kind::Int),
    optional("away_shots_on_target", Kind::Int),
    optional("away_woodwork", Kind::Int),
    optional("away_corners", Kind::Int),
    optional("away_fouls", Kind::Int),
    optional("away_offsides", Kind::Int),
    optional("away_yellow_cards", Kind::Int),
    optional("away_red_cards", Kind::Int),
    optional("away_expected_goals", Kind::Float),
    optional("away_possession", Kind::Float),
]);
pub(super) const STATS: &[Column] = &ALL_STATS;

pub(super) fn stats<'a>(of: &'a MatchRef, stats: &MatchStats, cells: &mut Vec<Cell<'a>>) {
    match_ref(of, cells);
    for s in [&stats.home, &stats.away] {
        let counts = [
            s.shots,
            s.shots_on_target,
            s.woodwork,
            s.corners,
            s.fouls,
            s.offsides,
            s.yellow_cards,
            s.red_cards,
        ];
        cells.extend(counts.map(Cell::from));
        cells.extend([s.expected_goals, s.possession].map(Cell::from));
    }
}

fn read_side(cells: &mut Cells<'_>) -> Result<SideStats, String> {
    Ok(SideStats {
        shots: cells.optional_number()?,
        shots_on_target: cells.optional_number()?,
        woodwork: cells.optional_number()?,
        corners: cells.optional_number()?,
        fouls: cells.optional_number()?,
        offsides: cells.optional_number()?,
        yellow_cards: cells.optional_number()?,
        red_cards: cells.optional_number()?,
        expected_goals: cells.optional_float()?,
        possession: cells.optional_float()?,
    })
}

pub(super) fn read_stats(cells: &mut Cells<'_>, last: &mut Option<Arc<MatchRef>>) -> Result<LakeRow, String> {
    let of = shared(read_match_ref(cells)?, last);
    Ok(LakeRow::Stats(of, MatchStats { home: read_side(cells)?, away: read_side(cells)? }))
}
