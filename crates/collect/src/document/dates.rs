//! Dates as a set: against the season that the name tells, against one another, and against the day on which the
//! document came.

use super::{Context, note};
use crate::seasons;
use crate::{DocumentError, Parsed, Rejection, RejectionKind, SourceMatch};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use touchline_domain::Season;

/// So many rows make a pattern; fewer are slips.
const PATTERN: usize = 3;
/// Documents that reach over more years than this are histories of leagues, or misread.
const HISTORY_YEARS: i32 = 10;

/// Where seasons come from that every row states.
pub(crate) const BY_ROWS: &str = "the rows";

/// A match whose season is still to be settled where its row does not say.
pub(crate) struct Draft {
    /// The match.
    pub(crate) found: SourceMatch,
    /// Its day.
    pub(crate) date: NaiveDate,
    /// Whether the row tells the season.
    pub(crate) settled: bool,
}

/// Settles the seasons that no row states, league by league: the one that the document's name hints at where most dates
/// agree with it, else by the dates. Answers where the seasons come from, in words.
///
/// # Errors
/// The name tells a season, and the dates are of other years.
pub(crate) fn settle_seasons(
    drafts: Vec<Draft>,
    hints: &[Season],
    parsed: &mut Parsed,
) -> Result<String, DocumentError> {
    let mut settled: Vec<Option<Season>> =
        drafts.iter().map(|draft| draft.settled.then_some(draft.found.season)).collect();
    let mut told = if drafts.iter().all(|draft| draft.settled) { BY_ROWS } else { "the dates" }.to_owned();
    for league in 0..parsed.leagues.len() {
        let open: Vec<usize> =
            (0..drafts.len()).filter(|i| !drafts[*i].settled && drafts[*i].found.league == league).collect();
        let dates: Vec<NaiveDate> = open.iter().map(|i| drafts[*i].date).collect();
        let named = hints.iter().filter(|season| !season.is_calendar_year());
        let held = |season: Season| dates.iter().filter(|date| seasons::may_hold(season, **date)).count();
        if let Some(season) = named.clone().copied().find(|season| held(*season) * 2 > dates.len()) {
            refuse_other_years(season, &dates)?;
            told = format!("the name: {season}");
            for (i, date) in open.into_iter().zip(dates) {
                settled[i] = Some(season).filter(|season| seasons::may_hold(*season, date));
            }
        } else {
            let by_dates = seasons::of_dates(&dates);
            if let Some(season) = named.min_by_key(|season| std::cmp::Reverse(held(**season))) {
                refuse_other_years(*season, &dates)?;
                if !dates.is_empty()
                    && !hints.iter().any(|hint| by_dates.iter().any(|of| of.start() == hint.start()))
                {
                    let message = format!(
                        "the name tells {season}, and the dates are of {}: the dates decide; name the file by its season",
                        listed(&by_dates)
                    );
                    note(parsed, 0, RejectionKind::SeasonOfDates, message);
                }
            }
            for (i, season) in open.into_iter().zip(by_dates) {
                settled[i] = Some(season);
            }
        }
    }
    for (mut draft, season) in drafts.into_iter().zip(settled) {
        if let Some(season) = season {
            draft.found.season = season;
            parsed.matches.push(draft.found);
        } else {
            let message = format!(
                "{} lies outside the season that the file's name and its other rows tell; correct the date, or the name",
                draft.date
            );
            parsed.rejections.push(outside(&draft.found, draft.date, message));
        }
    }
    Ok(told)
}

fn outside(found: &SourceMatch, date: NaiveDate, message: String) -> Rejection {
    let data = format!("{date},{},{}", found.home, found.away);
    Rejection::new(found.line, RejectionKind::DateOutsideSeason, message, &data)
}

fn listed(seasons: &[Season]) -> String {
    let distinct: BTreeSet<Season> = seasons.iter().copied().collect();
    let shown: Vec<String> = distinct.iter().take(4).map(Season::to_string).collect();
    format!("{}{}", shown.join(", "), if distinct.len() > 4 { ", ..." } else { "" })
}

/// Dates that are further than a year from the season that the name tells: more than slips of rows.
fn refuse_other_years(season: Season, dates: &[NaiveDate]) -> Result<(), DocumentError> {
    let start = i32::from(season.start());
    let is_far = |date: &&NaiveDate| {
        let year = seasons::of_date(**date).start();
        (i32::from(year) - start).abs() > 1
    };
    let far = dates.iter().filter(is_far).count();
    if far < PATTERN && far * 2 <= dates.len() {
        return Ok(());
    }
    Err(against_name(season.to_string(), far, dates.iter().copied()))
}

/// The error of dates that contradict the season which a name tells.
fn against_name(
    season: String,
    rows: usize,
    dates: impl Iterator<Item = NaiveDate> + Clone,
) -> DocumentError {
    let of = dates.clone().count();
    let (first, last) = (dates.clone().min().unwrap_or_default(), dates.max().unwrap_or_default());
    DocumentError::DatesAgainstName { season, rows, of, first, last }
}

pub(super) fn check(parsed: &mut Parsed, context: &Context) -> Result<(), DocumentError> {
    let of_kind = |kind| parsed.rejections.iter().filter(|rejection| rejection.kind == kind).count();
    let future = of_kind(RejectionKind::FutureResult);
    if future >= PATTERN && future * 20 >= parsed.rows as usize {
        return Err(DocumentError::FutureResults {
            rows: future,
            of: parsed.rows as usize,
            today: context.today,
        });
    }
    let outside = of_kind(RejectionKind::DateOutsideSeason);
    if outside >= PATTERN && outside * 2 > parsed.rows as usize {
        let season = parsed.layout.season.clone();
        return Err(DocumentError::RowsOutsideSeason { season, rows: outside, of: parsed.rows as usize });
    }
    // Rows that tell their season have been compared with it.
    if context.leagues && parsed.layout.season != BY_ROWS { spread(parsed) } else { Ok(()) }
}

/// What a document holds of a league.
#[derive(Default)]
struct Reach<'a> {
    seasons: BTreeSet<Season>,
    clubs: BTreeSet<&'a str>,
    days: BTreeSet<NaiveDate>,
    matches: usize,
}

/// A history of a league has a season's matches in each of its years. A few clubs with a handful of matches in each of
/// many years are one season whose dates were misread.
fn spread(parsed: &Parsed) -> Result<(), DocumentError> {
    let is_one = parsed.matches.windows(2).all(|pair| pair[0].season == pair[1].season);
    if is_one {
        return Ok(());
    }
    let mut leagues: BTreeMap<usize, Reach<'_>> = BTreeMap::new();
    for m in &parsed.matches {
        let league = leagues.entry(m.league).or_default();
        league.seasons.insert(m.season);
        league.clubs.insert(&m.home);
        league.clubs.insert(&m.away);
        league.days.insert(m.kickoff.at.date_naive());
        league.matches += 1;
    }
    for Reach { seasons, clubs, days, matches } in leagues.into_values() {
        let years = match (seasons.first(), seasons.last()) {
            (Some(first), Some(last)) => i32::from(last.start()) - i32::from(first.start()),
            _ => 0,
        };
        let is_thin = matches * 4 < seasons.len() * clubs.len() * 3 && matches >= clubs.len() * 4;
        if let (true, Some(first), Some(last)) =
            (years >= HISTORY_YEARS && is_thin, days.first(), days.last())
        {
            return Err(DocumentError::Spread {
                rows: matches,
                clubs: clubs.len(),
                seasons: seasons.len(),
                first: *first,
                last: *last,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(texts: &[&str]) -> Vec<NaiveDate> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_few_slips_are_rows_and_a_pattern_is_the_document() {
        let season = Season::cross_year(2001).unwrap();
        let mut dates =
            days(&["2001-08-01", "2001-08-02", "2001-08-03", "2001-08-04", "2028-07-01", "2029-07-01"]);
        assert_eq!(refuse_other_years(season, &dates), Ok(()));
        dates.extend(days(&["2004-08-01"]));
        let error = refuse_other_years(season, &dates).unwrap_err().to_string();
        assert!(
            error.contains("2001-02") && error.contains("2029") && error.contains("spreadsheet"),
            "{error}"
        );
        assert!(refuse_other_years(season, &days(&["2010-08-01"])).is_err());
        assert_eq!(refuse_other_years(season, &days(&["2002-08-01"; 9])), Ok(()), "the year beside");
    }
}
