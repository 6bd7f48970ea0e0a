//! Which season a row belongs to.

use super::map::Year;
use crate::values::Fault;
use crate::{RejectionKind, seasons};
use chrono::NaiveDate;
use touchline_domain::Season;

/// The season of a label such as `2022-23`, `2022/2023`, `22/23`, `2223`, or one year, which means what `year` says.
pub(super) fn stated(label: &str, year: Option<Year>, date: NaiveDate) -> Result<Option<Season>, Fault> {
    if label.is_empty() {
        return Ok(None);
    }
    let label = label.strip_suffix(".0").unwrap_or(label);
    let candidates = candidates(label, year);
    let Some(first) = candidates.first().copied() else {
        let message =
            format!("{label:.40?} is not a season; write 2022-23, or 2023 and seasons.year in the map");
        return Err((RejectionKind::MalformedSeason, message));
    };
    // The source's word counts, short of a slip of years: deciders are played late, qualifiers early.
    let held = candidates.iter().find(|season| seasons::may_hold(**season, date));
    if let Some(season) = held.or_else(|| candidates.iter().find(|season| seasons::may_state(**season, date)))
    {
        return Ok(Some(*season));
    }
    let message = format!("{date} lies outside the season {first}; check the date and the season column");
    Err((RejectionKind::DateOutsideSeason, message))
}

fn candidates(label: &str, year: Option<Year>) -> Vec<Season> {
    let one_year = label.len() == 4 && label.bytes().all(|b| b.is_ascii_digit());
    if !one_year {
        let long = label.parse::<Season>().or_else(|_| Season::from_short(label));
        return long.into_iter().collect();
    }
    let of_year = label.parse::<u16>().ok().and_then(|n| of_year(n, year.unwrap_or(Year::Calendar)));
    let short = Season::from_short(label).ok();
    match year {
        Some(_) => of_year.into_iter().chain(short).collect(),
        None => short.into_iter().chain(of_year).collect(),
    }
}

fn of_year(year: u16, meaning: Year) -> Option<Season> {
    match meaning {
        Year::Start => Season::cross_year(year).ok(),
        Year::End => Season::cross_year(year.checked_sub(1)?).ok(),
        Year::Calendar => Season::calendar_year(year).ok(),
    }
}

/// Seasons that the name of a file may mean, likelier ones first.
pub(super) fn of_name(name: &str, year: Option<Year>) -> Vec<Season> {
    let name = name.replace("-to-", "-");
    let mut found = seasons::hints(&name);
    if let Some(meaning) = year {
        let years = found.iter().filter(|season| season.is_calendar_year()).map(|season| season.start());
        let meant: Vec<Season> = years.filter_map(|start| of_year(start, meaning)).collect();
        found.splice(0..0, meant);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(label: &str, year: Option<Year>, date: &str) -> Result<String, RejectionKind> {
        let season = stated(label, year, date.parse().unwrap());
        season.map(|s| s.map(|s| s.to_string()).unwrap_or_default()).map_err(|(kind, _)| kind)
    }

    #[test]
    fn labels_of_every_form_name_a_season() {
        for (label, year, season) in [
            ("2022-23", None, "2022-23"),
            ("2022/2023", None, "2022-23"),
            ("22/23", None, "2022-23"),
            ("2223", None, "2022-23"),
            ("2022", Some(Year::Start), "2022-23"),
            ("2023", Some(Year::End), "2022-23"),
            ("2022", None, "2022"),
            ("2022.0", Some(Year::Start), "2022-23"),
            ("", None, ""),
        ] {
            assert_eq!(told(label, year, "2022-08-06").as_deref(), Ok(season), "{label}");
        }
        assert_eq!(told("2021", None, "2020-09-12").as_deref(), Ok("2020-21"), "the date decides");
        assert_eq!(told("2021", None, "2021-09-12").as_deref(), Ok("2021"));
        assert_eq!(told("next", None, "2022-08-06"), Err(RejectionKind::MalformedSeason));
        assert_eq!(told("2019-20", None, "2023-08-06"), Err(RejectionKind::DateOutsideSeason));
    }

    #[test]
    fn names_of_files_hint_at_seasons() {
        let labels = |name, year| of_name(name, year).iter().map(Season::to_string).collect::<Vec<_>>();
        assert_eq!(labels("epl-2022-UTC.csv", Some(Year::Start))[0], "2022-23");
        assert_eq!(labels("x-matches-2018-to-2019-stats.csv", None), ["2018-19"]);
        assert_eq!(labels("x.csv", Some(Year::Start)), [""; 0]);
    }
}
