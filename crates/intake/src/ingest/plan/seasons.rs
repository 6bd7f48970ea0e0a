//! The season of a row: that of the match which is held for its date, whatever the label says.

use super::matching::CORRECTED;
use super::merge::date;
use super::{Conflict, Held, Plan, Row};
use crate::identity::Teams;
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeSet, HashMap};
use touchline_collect::SourceMatch;
use touchline_domain::{LeagueId, Match, Score, Season, TeamId};

/// The seasons that a date may be of, in a league whose seasons span two years or one.
fn around(date: NaiveDate) -> impl Iterator<Item = Season> {
    let year = u16::try_from(date.year()).unwrap_or_default();
    let before = year.checked_sub(1).and_then(|before| Season::cross_year(before).ok());
    [before, Season::cross_year(year).ok(), Season::calendar_year(year).ok()].into_iter().flatten()
}

/// A row of a pairing: season, day and score.
type DatedRow = (Season, NaiveDate, Option<Score>);

/// Rows by what tells a match without its season: league, home and away.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Dated(HashMap<(LeagueId, TeamId, TeamId), Vec<DatedRow>>);

impl Dated {
    /// The rows for which no match is held in their season, of the matches that are.
    pub fn without_match(rows: &[SourceMatch], leagues: &[LeagueId], teams: &Teams, held: &[Match]) -> Self {
        let mut met: HashMap<_, Vec<&Match>> = HashMap::new();
        for m in held {
            met.entry((m.league, m.season, m.home, m.away)).or_default().push(m);
        }
        let mut dated = Self::default();
        for row in rows {
            let (home, away) = (teams.id(row.league, &row.home), teams.id(row.league, &row.away));
            let Some((home, away)) = home.zip(away) else { continue };
            let key = (leagues[row.league], home, away);
            let day = row.kickoff.at.date_naive();
            let of_season = met.get(&(key.0, row.season, home, away));
            if !of_season.is_some_and(|met| met.iter().any(|m| is_same(m, day, row.score))) {
                dated.0.entry(key).or_default().push((row.season, day, row.score));
            }
        }
        dated
    }

    /// Whether every row has its match.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Other seasons that the dates may be of.
    pub fn seasons(&self) -> BTreeSet<(LeagueId, Season)> {
        let days =
            self.0.iter().flat_map(|((league, ..), rows)| rows.iter().map(|(_, day, _)| (*league, *day)));
        // A year has the same seasons on every day.
        let years: BTreeSet<(LeagueId, i32)> = days.map(|(league, day)| (league, day.year())).collect();
        let of_year = |(league, year): (LeagueId, i32)| {
            NaiveDate::from_ymd_opt(year, 1, 1)
                .into_iter()
                .flat_map(around)
                .map(move |season| (league, season))
        };
        years.into_iter().flat_map(of_year).collect()
    }

    /// Whether one of the rows is of a match of another season than its label says.
    pub fn speak_of(&self, m: &Match) -> bool {
        let rows = self.0.get(&(m.league, m.home, m.away)).into_iter().flatten();
        rows.into_iter().any(|(season, day, score)| *season != m.season && is_same(m, *day, *score))
    }
}

/// Gives rows the season under which their match is held, where no match is held in theirs.
pub(super) fn relabel(rows: &mut [Row], stored: &[Match], held: &Held<'_>, plan: &mut Plan) {
    let mut by_pairing: HashMap<(LeagueId, TeamId, TeamId), Vec<&Match>> = HashMap::new();
    for m in stored {
        by_pairing.entry((m.league, m.home, m.away)).or_default().push(m);
    }
    for row in rows.iter_mut().filter(|row| held.named(&row.details).is_none()) {
        let details = &row.details;
        let Some(met) = by_pairing.get(&(details.league, details.home, details.away)) else { continue };
        let is_it = |m: &&&Match| is_same(m, date(details), details.score);
        if met.iter().filter(is_it).any(|m| m.season == details.season) {
            continue;
        }
        let others = met.iter().filter(is_it);
        let days = |m: &&&Match| (date(m) - date(details)).num_days().abs();
        let Some(m) = others.min_by_key(days) else { continue };
        plan.notes.push(Conflict {
            line: row.line,
            kind: "season_label",
            message: format!(
                "the match of {} is held in the season {} as match {}, which is kept; the row is labelled {}",
                date(&row.details),
                m.season,
                m.id,
                row.details.season
            ),
        });
        row.details.season = m.season;
    }
}

/// Whether a row is of a match, by date and score alone: of the same day, or with the same score a few days off.
fn is_same(m: &Match, day: NaiveDate, score: Option<Score>) -> bool {
    let days = (date(m) - day).num_days().abs();
    days == 0 || (days <= CORRECTED && m.score.is_some() && m.score == score)
}
