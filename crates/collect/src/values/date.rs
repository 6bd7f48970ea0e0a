//! Days. Numbers alone do not say which of two is the day: that is a matter of the whole document, whose reader gathers
//! the [`Evidence`] of each date.

use super::{Fault, digits, time};
use crate::RejectionKind;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike};

/// Years of matches, from that of the first international; a date outside is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 1872..=2199;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Whether day or month comes first where both are numbers before the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Order {
    /// `31/12/2022`
    #[default]
    DayFirst,
    /// `12/31/2022`
    MonthFirst,
}

/// What a date says about the order of day and month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// Nothing: the year stands first, the month is a word, or both numbers are equal.
    None,
    /// It can be read only in this order.
    Only(Order),
    /// It can be read in both orders; in the other one it is this day.
    Either(NaiveDate),
}

/// A day that is read day first: `dd/mm/yy`, `dd/mm/yyyy` (also with `-` or `.`), `yyyy-mm-dd`, `6 Aug 2022`, each also
/// with a time of midnight behind it. Two-digit years from 50 on are of the twentieth century.
pub(crate) fn date(text: &str) -> Result<NaiveDate, Fault> {
    ordered_date(text, Order::DayFirst).map(|read| read.day)
}

/// A day as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadDate {
    /// The day.
    pub(crate) day: NaiveDate,
    /// What it says about the order.
    pub(crate) evidence: Evidence,
    /// A time other than midnight behind the day. Its zone is not known.
    pub(crate) time: Option<NaiveTime>,
}

/// The same in a given order. A date that can only be read in the other order is a fault, and says so.
pub(crate) fn ordered_date(text: &str, order: Order) -> Result<ReadDate, Fault> {
    let (day, time) = if text.len() > 10 { without_time(text) } else { (text, None) };
    let (day, evidence) = numbers(day, order)
        .or_else(|| spelled(text).map(|day| (day, Evidence::None)))
        .ok_or_else(|| (RejectionKind::MalformedDate, message(text, order)))?;
    Ok(ReadDate { day, evidence, time: time.filter(|time| time.num_seconds_from_midnight() > 0) })
}

/// Whether a text can be read as a day in the order that is not `order`, and only so.
pub(crate) fn is_of_other_order(text: &str, order: Order) -> bool {
    let other = match order {
        Order::DayFirst => Order::MonthFirst,
        Order::MonthFirst => Order::DayFirst,
    };
    matches!(ordered_date(text, other), Ok(ReadDate { evidence: Evidence::Only(only), .. }) if only == other)
}

fn message(text: &str, order: Order) -> String {
    if text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit()) {
        return format!("{text} is the number that a spreadsheet gives a day; save the column as yyyy-mm-dd");
    }
    if order == Order::DayFirst && numbers(text, Order::MonthFirst).is_some() {
        return format!(
            "{text:?} can be read only month first, and the other dates day first; write yyyy-mm-dd"
        );
    }
    format!("{text:.40?} is not a date; write dd/mm/yyyy or yyyy-mm-dd")
}

/// The day, and the time behind it, of `2022-08-06 00:00:00` and `2022-08-06T15:00:00Z`.
fn without_time(text: &str) -> (&str, Option<NaiveTime>) {
    let Some((day, behind)) = text.split_once([' ', 'T']) else { return (text, None) };
    let clock = behind.trim_end_matches('Z').split(['+', '.']).next().unwrap_or_default();
    time(clock.trim()).map_or((text, None), |time| (day, Some(time)))
}

fn numbers(text: &str, order: Order) -> Option<(NaiveDate, Evidence)> {
    let mut parts = text.split(['/', '-', '.']);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        return Some((day(year(first)?, digits(second)?, digits(third)?)?, Evidence::None));
    }
    let year = year(third)?;
    let (first, second) = (digits(first)?, digits(second)?);
    let other = if first <= 12 && second <= 12 && first != second { day(year, first, second) } else { None };
    let (month, day_of_month) = if order == Order::DayFirst { (second, first) } else { (first, second) };
    let date = day(year, month, day_of_month)?;
    let evidence = match other {
        Some(month_first) if order == Order::DayFirst => Evidence::Either(month_first),
        Some(_) => Evidence::Either(day(year, second, first)?),
        None if first == second => Evidence::None,
        None => Evidence::Only(order),
    };
    Some((date, evidence))
}

fn year(text: &str) -> Option<i32> {
    match (text.len(), digits(text)?) {
        (4, year) => Some(year as i32),
        (2, year @ 50..) => Some(1900 + year as i32),
        (2, year) => Some(2000 + year as i32),
        _ => None,
    }
}

fn day(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day).filter(|date| YEARS.contains(&date.year()))
}

/// A day whose month is a word: `6 Aug 2022`, `Sat Aug 6 2022`, `August 6th, 2022`, `06-Aug-22`.
fn spelled(text: &str) -> Option<NaiveDate> {
    if text.len() > 40 {
        return None;
    }
    let (mut month, mut numbers) = (None, Vec::new());
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let lower = word.to_ascii_lowercase();
        let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|end| lower.strip_suffix(end));
        if let Some(number) = ordinal.and_then(digits).or_else(|| digits(word)) {
            numbers.push((word.len(), number));
        } else if let Some(n) = lower.get(..3).and_then(|start| MONTHS.iter().position(|m| *m == start)) {
            month = month.or(Some(n as u32 + 1));
        }
    }
    let [(a_length, a), (b_length, b)] = numbers[..] else { return None };
    let (of_month, written) = match (a_length, b_length) {
        (4, _) => (b, a.to_string()),
        (_, 4) => (a, b.to_string()),
        _ => (a, format!("{b:02}")),
    };
    day(year(&written)?, month?, of_month)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, RejectionKind> {
        date(text).map(|day| day.to_string()).map_err(|(kind, _)| kind)
    }

    #[test]
    fn dates_of_every_form_are_read() {
        for text in [
            "01/02/1999",
            "1/2/99",
            "01-02-1999",
            "1999-02-01",
            "1999/02/01",
            "01.02.99",
            "1999-02-01 00:00:00",
            "1999-02-01T00:00:00.000",
            "1999-02-01T00:00:00+00:00",
            "01/02/1999 0:00",
            "1 Feb 1999",
            "Mon Feb 1 1999",
            "February 1st, 1999",
            "01-Feb-99",
        ] {
            assert_eq!(read(text).as_deref(), Ok("1999-02-01"), "{text}");
        }
        assert_eq!(read("31/12/49").as_deref(), Ok("2049-12-31"));
        for text in [
            "",
            "31/02/2020",
            "1/2",
            "1/2/3/4",
            "aa/bb/cc",
            "+1/02/2020",
            "01/02/0020",
            "1/2/２０２０",
            "Feb 2020",
            "44779",
        ] {
            assert_eq!(read(text), Err(RejectionKind::MalformedDate), "{text}");
        }
        assert!(date("44779").unwrap_err().1.contains("spreadsheet"));
    }

    #[test]
    fn a_date_tells_what_it_knows_of_the_order() {
        let evidence = |text| ordered_date(text, Order::DayFirst).map(|read| read.evidence);
        let other = NaiveDate::from_ymd_opt(2022, 8, 6).unwrap();
        assert_eq!(evidence("08/06/2022"), Ok(Evidence::Either(other)));
        assert_eq!(evidence("13/08/2022"), Ok(Evidence::Only(Order::DayFirst)));
        assert_eq!(evidence("08/08/2022"), Ok(Evidence::None));
        assert_eq!(evidence("2022-08-13"), Ok(Evidence::None));
        assert!(evidence("08/13/2022").unwrap_err().1.contains("only month first"));
        let read = ordered_date("08/06/2022", Order::MonthFirst).unwrap();
        assert_eq!(read.day, other);
        assert!(
            is_of_other_order("08/13/2022", Order::DayFirst)
                && !is_of_other_order("08/12/2022", Order::DayFirst)
        );
        assert!(is_of_other_order("13/08/2022", Order::MonthFirst));
    }

    #[test]
    fn a_time_behind_the_day_is_told() {
        let time = |text| ordered_date(text, Order::DayFirst).unwrap().time.map(|time| time.to_string());
        assert_eq!(time("2022-08-06 15:30:00"), Some("15:30:00".to_owned()));
        assert_eq!(time("2022-08-06 00:00:00"), None);
    }
}
