//! Days and times as tables write them.

use crate::RejectionKind;
use crate::values::{self, Fault};
use chrono::format::{Fixed, Item, Numeric, StrftimeItems};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use touchline_domain::Kickoff;

/// Two-digit years from here on are of the twentieth century.
const CENTURY: i32 = 2050;
/// Years of matches, from that of the first international; a date outside is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 1872..=2199;

/// A day, and what is known of the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: NaiveDate,
    pub(super) time: Option<NaiveTime>,
    /// The time itself, where the text names its offset.
    pub(super) instant: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Day,
    Local,
    Offset,
}

/// Whether chrono can read a format, and what it gives; else what is wrong with it.
pub(super) fn check(format: &str) -> Result<(), String> {
    kind(format).map(|_| ())
}

fn kind(format: &str) -> Result<Kind, String> {
    let (mut day, mut month, mut year, mut hour, mut offset) = (false, false, false, false, false);
    for item in StrftimeItems::new(format) {
        match item {
            Item::Error => {
                return Err(format!("{format:?} is not a format; write it like %d/%m/%Y or %Y-%m-%d %H:%M"));
            }
            Item::Numeric(Numeric::Day, _) => day = true,
            Item::Numeric(Numeric::Ordinal, _) => (day, month) = (true, true),
            Item::Numeric(Numeric::Month, _) | Item::Fixed(Fixed::ShortMonthName | Fixed::LongMonthName) => {
                month = true;
            }
            Item::Numeric(Numeric::Year | Numeric::YearMod100, _) => year = true,
            Item::Numeric(Numeric::Hour | Numeric::Hour12, _) => hour = true,
            Item::Numeric(Numeric::Timestamp, _) => {
                return Err("seconds since 1970 belong to the column timestamp".to_owned());
            }
            Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339) => {
                (day, month, year, hour, offset) = (true, true, true, true, true);
            }
            Item::Fixed(
                Fixed::TimezoneOffset
                | Fixed::TimezoneOffsetColon
                | Fixed::TimezoneOffsetColonZ
                | Fixed::TimezoneOffsetDoubleColon
                | Fixed::TimezoneOffsetTripleColon
                | Fixed::TimezoneOffsetZ
                | Fixed::Internal(_),
            ) => offset = true,
            _ => {}
        }
    }
    match (day && month && year, hour, offset) {
        (false, _, _) => Err(format!("{format:?} lacks day, month or year")),
        (true, true, true) => Ok(Kind::Offset),
        (true, true, false) => Ok(Kind::Local),
        (true, false, _) => Ok(Kind::Day),
    }
}

/// Reads a day, or day and time, in the first of the formats that fits.
pub(super) fn moment(text: &str, formats: &[String]) -> Result<Moment, Fault> {
    let found = formats.iter().find_map(|format| in_format(text, format));
    let found = found.and_then(|found| Some(Moment { date: century(found.date)?, ..found }));
    found.ok_or_else(|| {
        let known = formats.join(" or ");
        let message = format!(
            "{text:.40?} is not a date of {} to {}; write it as {known:.200}, or change dates.formats of the map",
            YEARS.start(),
            YEARS.end()
        );
        (RejectionKind::MalformedDate, message)
    })
}

fn century(date: NaiveDate) -> Option<NaiveDate> {
    let year = date.year();
    let date = if (CENTURY..CENTURY + 50).contains(&year) { date.with_year(year - 100)? } else { date };
    YEARS.contains(&date.year()).then_some(date)
}

fn in_format(text: &str, format: &str) -> Option<Moment> {
    match kind(format).ok()? {
        Kind::Day => {
            let date = NaiveDate::parse_from_str(text, format).ok()?;
            Some(Moment { date, time: None, instant: None })
        }
        Kind::Local => {
            let at = NaiveDateTime::parse_from_str(text, format).ok()?;
            Some(Moment { date: at.date(), time: Some(at.time()), instant: None })
        }
        Kind::Offset => DateTime::parse_from_str(text, format).ok().map(|at| of_instant(at.to_utc())),
    }
}

fn of_instant(at: DateTime<Utc>) -> Moment {
    Moment { date: at.date_naive(), time: Some(at.time()), instant: Some(at) }
}

/// A time with its offset, as ISO 8601 writes it, `2022-08-06T15:00:00Z` or with a blank.
pub(super) fn with_offset(text: &str) -> Option<Moment> {
    if text.len() < 16 {
        return None;
    }
    let whole = text.replacen(' ', "T", 1);
    let plain = whole.trim_end_matches("UTC").trim_end_matches("GMT").trim_end();
    let utc = (plain.len() < whole.len()).then(|| format!("{plain}Z"));
    let whole = utc.unwrap_or(whole);
    let seconds = |text: &str| DateTime::parse_from_rfc3339(text).ok();
    let minutes = |text: &str| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z").ok();
    let at =
        seconds(&whole).or_else(|| minutes(&whole)).or_else(|| minutes(&whole.replace('Z', "+00:00")))?;
    let at = at.to_utc();
    Some(Moment { date: century(at.date_naive())?, time: Some(at.time()), instant: Some(at) })
}

/// A time of day: `15:00`, `15.00`, `3:00 PM`, with seconds or without.
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let text = text.trim();
    values::time(text).or_else(|| values::time(&text.replace('.', ":"))).or_else(|| {
        ["%I:%M %p", "%I:%M%p", "%I:%M:%S %p"]
            .iter()
            .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
    })
}

/// Kick-off of a day and, where time and zone are known, a time. Of the hour that a change of clocks repeats the first is
/// meant; an hour that it leaves out counts as the next.
pub(super) fn kickoff(moment: Moment, zone: Option<Tz>, midnight_is_unknown: bool) -> Kickoff {
    let at_midnight = moment.time == Some(NaiveTime::MIN);
    if at_midnight && midnight_is_unknown {
        return Kickoff::on(moment.date);
    }
    if let Some(at) = moment.instant {
        return Kickoff::at(at);
    }
    let (Some(time), Some(zone)) = (moment.time, zone) else { return Kickoff::on(moment.date) };
    let local = moment.date.and_time(time);
    let at = zone
        .from_local_datetime(&local)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(local + Duration::hours(1))).earliest());
    at.map_or_else(|| Kickoff::on(moment.date), |at| Kickoff::at(at.with_timezone(&Utc)))
}

/// Kick-off of seconds (or milliseconds) since 1970.
pub(super) fn timestamp(text: &str) -> Option<Kickoff> {
    let number = text.strip_suffix(".0").unwrap_or(text).parse::<i64>().ok()?;
    // The year 2500 in seconds lies in 1970 in milliseconds.
    let seconds = if number.abs() > 16_725_225_600 { number / 1_000 } else { number };
    let at = DateTime::from_timestamp(seconds, 0)?;
    YEARS.contains(&at.year()).then(|| Kickoff::at(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, formats: &[&str], zone: Option<Tz>) -> String {
        let formats: Vec<String> = formats.iter().map(|f| (*f).to_owned()).collect();
        let moment = with_offset(text).map_or_else(|| moment(text, &formats), Ok).unwrap();
        let kickoff = kickoff(moment, zone, false);
        format!("{} {}", kickoff.at.format("%F %R"), kickoff.precision.name())
    }

    #[test]
    fn days_and_times_of_every_form_are_read() {
        for (text, formats, told) in [
            ("2022-08-06T15:00:00Z", &[][..], "2022-08-06 15:00 minute"),
            ("2022-08-06T15:00:00+02:00", &[], "2022-08-06 13:00 minute"),
            ("2022-08-06 15:00:00.000+00:00", &[], "2022-08-06 15:00 minute"),
            ("2022-08-06 15:00 UTC", &[], "2022-08-06 15:00 minute"),
            ("2022-08-06T15:00Z", &[], "2022-08-06 15:00 minute"),
            ("2022-08-06 15:00", &["%Y-%m-%d %H:%M"], "2022-08-06 14:00 minute"),
            ("Sat Aug 6 2022", &["%a %b %d %Y"], "2022-08-06 00:00 day"),
            ("Aug 06 2022 - 3:00pm", &["%b %d %Y - %I:%M%p"], "2022-08-06 14:00 minute"),
            ("08/06/22", &["%m/%d/%y"], "2022-08-06 00:00 day"),
            ("08/06/55", &["%m/%d/%y"], "1955-08-06 00:00 day"),
            ("06.08.2022 15:00 +0200", &["%d.%m.%Y", "%d.%m.%Y %H:%M %z"], "2022-08-06 13:00 minute"),
        ] {
            assert_eq!(at(text, formats, Some(Tz::Europe__London)), told, "{text}");
        }
        assert_eq!(
            at("2022-08-06 15:00", &["%Y-%m-%d %H:%M"], None),
            "2022-08-06 00:00 day",
            "no zone, no time"
        );
        for text in [
            "",
            "Sun Aug 6 2022",
            "2022-13-01",
            "06/08",
            "1500-01-01T00:00:00Z",
            "2022-08-06Tx",
            "2022-08-06",
        ] {
            let formats = [String::from("%a %b %d %Y")];
            assert!(with_offset(text).is_none() && moment(text, &formats).is_err(), "{text}");
        }
    }

    #[test]
    fn formats_are_checked_before_a_row_is_read() {
        assert!(check("%d/%m/%Y").is_ok() && check("%Y-%m-%dT%H:%M:%S%:z").is_ok());
        for format in ["%d/%m", "%H:%M", "%s", "%", "", "%Q"] {
            assert!(check(format).is_err(), "{format}");
        }
    }

    #[test]
    fn a_midnight_may_stand_for_no_time() {
        let midnight = with_offset("2022-08-06T00:00:00Z").unwrap();
        assert_eq!(kickoff(midnight, None, true), Kickoff::on(midnight.date));
        assert_ne!(kickoff(midnight, None, false), Kickoff::on(midnight.date));
        assert_eq!(timestamp("1659794400").unwrap().at.to_rfc3339(), "2022-08-06T14:00:00+00:00");
        assert_eq!(timestamp("1659794400000"), timestamp("1659794400.0"));
        assert!(timestamp("x").is_none() && timestamp("99999999999999999").is_none());
        assert_eq!(time("3:00 PM"), time("15.00"));
    }
}
