//! Which season a match belongs to, where its row does not say: from the name of the file, else from the dates.

use chrono::{Datelike, NaiveDate};
use touchline_domain::Season;

/// A break in a league's dates from which on a new season may start, in days. Between seasons it is at least
/// five weeks; within the summer of 2020 no league that had resumed paused for three.
const BREAK_DAYS: i64 = 21;

/// Seasons that the last folder or the name of a file may mean, likelier ones first: `2223/E0.csv`,
/// `2022-23/en.1.json`, `E0_2223.csv`, `new/ARG-2026.csv`.
pub(crate) fn hints(name: &str) -> Vec<Season> {
    let mut parts = name.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    let folder = parts.next().unwrap_or_default();
    let mut found = Vec::new();
    for part in [folder, file] {
        let mut rest = part;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            rest = &rest[start..];
            let length = digits(rest);
            rest = &rest[read_label(rest, length, &mut found)..];
        }
    }
    found
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Seasons that a text starting with `length` digits may mean. Answers how much of the text was read.
fn read_label(text: &str, length: usize, found: &mut Vec<Season>) -> usize {
    let second = text[length..].strip_prefix(['-', '_']).map_or(0, digits);
    let end = if second > 0 { length + 1 + second } else { length };
    let pair = text[..end].replace('_', "-");
    let stated = match (length, second) {
        (4, 2 | 4) => pair.parse().ok(),
        (2, 2) => Season::from_short(&pair).ok(),
        (8, _) => format!("{}-{}", &text[..4], &text[4..8]).parse().ok(),
        _ => None,
    };
    if stated.is_some() {
        found.extend(stated);
        return pair.len();
    }
    if length == 4 {
        found.extend(Season::from_short(&text[..4]));
        found.extend(text[..4].parse::<Season>());
    }
    length
}

/// Whether a match of a season can be on a date: from June to the August after next for seasons across two
/// years (2019-20 ended in August 2020), within the year for those of a calendar year.
pub(crate) fn may_hold(season: Season, date: NaiveDate) -> bool {
    let months = (date.year() - i32::from(season.start())) * 12 + date.month0() as i32;
    if season.is_calendar_year() { (0..12).contains(&months) } else { (5..20).contains(&months) }
}

/// Whether a row's own word for its season can be right: a decider of 2013-14 was played in January 2015, so the source's
/// word counts, short of a slip of years.
pub(crate) fn may_state(season: Season, date: NaiveDate) -> bool {
    let start = i32::from(season.start());
    (start..=start + 2).contains(&date.year())
}

/// Seasons of one league's matches, one for each date in the given order. A season runs from July to June; a
/// run of matches without a break of three weeks that starts before July belongs to the old season to its end,
/// at the latest at the end of August. Dates are those that [`crate::values::date`] reads.
pub(crate) fn of_dates(dates: &[NaiveDate]) -> Vec<Season> {
    let mut order: Vec<usize> = (0..dates.len()).collect();
    order.sort_by_key(|i| dates[*i]);
    let mut seasons: Vec<Season> = dates.iter().map(|date| cross_year(date.year())).collect();
    let mut last: Option<(NaiveDate, i32)> = None;
    for i in order {
        let date = dates[i];
        let start = match last {
            Some((before, start))
                if (date - before).num_days() < BREAK_DAYS
                    && (date.year(), date.month()) < (start + 1, 9) =>
            {
                start
            }
            _ => start_year(date),
        };
        last = Some((date, start));
        seasons[i] = cross_year(start);
    }
    seasons
}

/// The season of a date where nothing else is known.
pub(crate) fn of_date(date: NaiveDate) -> Season {
    cross_year(start_year(date))
}

fn cross_year(start: i32) -> Season {
    let season = u16::try_from(start).ok().and_then(|start| Season::cross_year(start).ok());
    season.expect("dates are read only of years that have seasons")
}

/// The year in which the season of a date starts, going by the date alone. Through July 2020 the season of
/// 2019-20 went on.
fn start_year(date: NaiveDate) -> i32 {
    let first_month = if date.year() == 2020 { 8 } else { 7 };
    if date.month() >= first_month { date.year() } else { date.year() - 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(name: &str) -> Vec<String> {
        hints(name).iter().map(Season::to_string).collect()
    }

    fn seasons(dates: &[&str]) -> Vec<String> {
        let dates: Vec<NaiveDate> = dates.iter().map(|d| d.parse().unwrap()).collect();
        of_dates(&dates).iter().map(Season::to_string).collect()
    }

    #[test]
    fn names_of_files_and_folders_hint_at_the_season() {
        assert_eq!(labels("data/2223/E0.csv"), ["2022-23"]);
        assert_eq!(labels("2023-24/en.1.json"), ["2023-24"]);
        assert_eq!(labels("E0_22-23.csv"), ["2022-23"]);
        assert_eq!(labels("E0-2022_2023.csv"), ["2022-23"]);
        assert_eq!(labels("E0 20222023.csv"), ["2022-23"]);
        assert_eq!(labels("C:\\data\\9900\\D1.csv"), ["1999-00"]);
        assert_eq!(labels("2021/E0.csv"), ["2020-21", "2021"], "either may be meant");
        assert_eq!(labels("new/ARG.csv"), [""; 0]);
        assert_eq!(labels("2224/E0.csv"), [""; 0]);
        assert_eq!(labels("2223é/12345678901234567890-.csv"), ["2022-23"]);
    }

    #[test]
    fn a_season_runs_from_summer_to_summer() {
        assert_eq!(
            seasons(&["2021-08-14", "2022-01-02", "2022-05-22", "2022-08-06"]),
            ["2021-22", "2021-22", "2021-22", "2022-23"]
        );
    }

    #[test]
    fn the_season_that_resumed_in_june_2020_ends_in_august() {
        let dates = ["2020-03-08", "2020-06-20", "2020-07-05", "2020-07-20", "2020-08-02", "2020-09-19"];
        assert_eq!(seasons(&dates), ["2019-20", "2019-20", "2019-20", "2019-20", "2019-20", "2020-21"]);
        assert_eq!(seasons(&["2020-08-21", "2020-03-08"]), ["2020-21", "2019-20"]);
    }

    #[test]
    fn dates_far_from_a_season_are_not_held_by_it() {
        let season = Season::cross_year(2019).unwrap();
        let holds = |d: &str| may_hold(season, d.parse().unwrap());
        assert!(holds("2019-06-28") && holds("2020-08-07"));
        assert!(!holds("2019-05-31") && !holds("2020-09-01") && !holds("2018-10-01"));
        let year = Season::calendar_year(2021).unwrap();
        assert!(
            may_hold(year, "2021-12-31".parse().unwrap()) && !may_hold(year, "2022-01-01".parse().unwrap())
        );
    }
}
