//! Single values as sources write them: dates, names, goals, results, kick-off times.

mod date;
mod label;

pub(crate) use date::{Evidence, Order, ReadDate, date, is_of_other_order, ordered_date};
pub(crate) use label::{Label, label};

use crate::RejectionKind;
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::Europe::London;
use touchline_domain::Score;

/// Why a row is refused.
pub(crate) type Fault = (RejectionKind, String);

/// What programs write where there is no value.
const MISSING: [&str; 12] =
    ["na", "n/a", "nan", "null", "none", "nat", "<na>", "#n/a", "-", "--", "?", "\\n"];

/// The most characters of a club's name.
const MAX_NAME: usize = 100;

/// Whether a field says that there is no value: `NA`, `NaN`, `null`, `-` and the like.
pub(crate) fn is_missing(text: &str) -> bool {
    text.is_empty() || (text.len() <= 4 && MISSING.iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// A decimal number, also with a comma: programs whose language writes one save tables so.
pub(crate) fn decimal(text: &str) -> Option<f64> {
    if let Some(value) = plain_decimal(text.as_bytes()).or_else(|| text.parse().ok()) {
        return Some(value);
    }
    let (whole, part) = text.split_once(',')?;
    let plain = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if plain { format!("{whole}.{part}").parse().ok() } else { None }
}

/// A number of at most fifteen digits with at most one point, as nearly all are: both parts of the division are exact, so
/// that it rounds as parsing does.
fn plain_decimal(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] =
        [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    if !(1..=15).contains(&text.len()) {
        return None;
    }
    let (mut number, mut point) = (0_u64, None);
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(at),
            _ => return None,
        }
    }
    match point {
        None => Some(number as f64),
        Some(0) => None,
        Some(at) => Some(number as f64 / POWERS[text.len() - 1 - at]),
    }
}

fn digits(text: &str) -> Option<u32> {
    if (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        None
    }
}

/// `h:mm`, `hh:mm` or `hh:mm:ss`.
pub(crate) fn time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    if parts.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, digits(second)?)
}

/// A time of day in the United Kingdom. Of the hour that a change of clocks repeats the first is meant; an hour
/// that it leaves out counts as the next.
pub(crate) fn uk(date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
    let local = date.and_time(time);
    London
        .from_local_datetime(&local)
        .earliest()
        .or_else(|| London.from_local_datetime(&(local + Duration::hours(1))).earliest())
        .map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc))
}

/// The latest Friday or Tuesday, 12:00 in the United Kingdom, before a time: when football-data.co.uk gathers
/// its pre-match prices.
pub(crate) fn last_gathering(before: DateTime<Utc>) -> DateTime<Utc> {
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or_default();
    let mut day = before.with_timezone(&London).date_naive();
    for _ in 0..7 {
        if matches!(day.weekday(), Weekday::Tue | Weekday::Fri) && uk(day, noon) < before {
            break;
        }
        day -= Duration::days(1);
    }
    uk(day, noon)
}

/// Two different names of clubs.
pub(crate) fn teams(home: &str, away: &str) -> Result<(String, String), Fault> {
    for (side, name) in [("home", home), ("away", away)] {
        if is_missing(name) {
            return Err((RejectionKind::MissingTeam, format!("the {side} side has no name")));
        }
        if name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            let message = format!("the {side} side's name is longer than {MAX_NAME} characters or no text");
            return Err((RejectionKind::MalformedRow, message));
        }
    }
    if home == away {
        return Err((RejectionKind::SameTeam, format!("{home:?} plays against itself")));
    }
    Ok((home.to_owned(), away.to_owned()))
}

/// A whole number, also as spreadsheets rewrite it (`2.0`).
pub(crate) fn whole(text: &str) -> Option<i64> {
    let zero = ["0", "00"].iter().find_map(|zeros| text.strip_suffix(zeros)?.strip_suffix(['.', ',']));
    let trimmed = if text.len() > 2 { zero.unwrap_or(text) } else { text };
    trimmed.parse().ok()
}

/// Goals of both sides; none where both are blank.
pub(crate) fn score(home: &str, away: &str) -> Result<Option<Score>, Fault> {
    let (Some(h), Some(a)) = (whole(home), whole(away)) else {
        if is_missing(home) && is_missing(away) {
            return Ok(None);
        }
        let message =
            format!("the goals {home:.20?} and {away:.20?} are not two whole numbers; correct them");
        return Err((RejectionKind::MalformedScore, message));
    };
    Score::new(h, a).map(Some).map_err(|e| (RejectionKind::ScoreOutOfRange, e.to_string()))
}

/// A half-time score of a match with this score, or why it is left out: a fault in it never costs the match.
pub(crate) fn half_time(half: Option<Score>, score: Score) -> (Option<Score>, Option<String>) {
    match half {
        Some(half) if half.home > score.home || half.away > score.away => {
            (None, Some(format!("the half-time score {half} is above the score {score}; it is left out")))
        }
        half => (half, None),
    }
}

/// Whether a word says that the ground is neutral; what says neither is left out, and said.
pub(crate) fn is_neutral(text: &str) -> (bool, Option<String>) {
    match text.to_lowercase().as_str() {
        "" | "0" | "false" | "no" | "n" | "f" => (false, None),
        "1" | "true" | "yes" | "y" | "t" => (true, None),
        other => (
            false,
            Some(format!("{other:.20?} does not say whether the ground is neutral: write true or false")),
        ),
    }
}

/// Refuses a result of a day to come.
pub(crate) fn not_future(date: NaiveDate, today: NaiveDate) -> Result<(), Fault> {
    if date > today {
        let message =
            format!("a result is given for {date}, which is after today ({today}); correct the date");
        return Err((RejectionKind::FutureResult, message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn words_for_nothing_and_decimal_commas_are_understood() {
        for word in ["", "NA", "NaN", "null", "None", "-", "#N/A"] {
            assert!(is_missing(word), "{word}");
            assert_eq!(score(word, word).unwrap(), None);
        }
        assert!(!is_missing("0") && !is_missing("Nancy"));
        assert_eq!(
            (decimal("1,95"), decimal("2.5"), decimal("1,950"), decimal("x")),
            (Some(1.95), Some(2.5), None, None)
        );
        assert_eq!(score("NaN", "1").unwrap_err().0, RejectionKind::MalformedScore);
    }

    proptest::proptest! {
        #[test]
        fn plain_numbers_are_what_parsing_makes_of_them(text in "[0-9]{0,9}[.]?[0-9]{0,9}|[-+0-9.e]{0,6}") {
            if let Some(value) = plain_decimal(text.as_bytes()) {
                proptest::prop_assert_eq!(Some(value.to_bits()), text.parse::<f64>().ok().map(f64::to_bits), "{}", text);
            }
        }
    }

    #[test]
    fn kick_off_times_follow_british_clocks() {
        let at = |d: &str, t: &str| uk(day(d), time(t).unwrap()).to_rfc3339();
        assert_eq!(at("2026-07-01", "15:00"), "2026-07-01T14:00:00+00:00");
        assert_eq!(at("2026-12-01", "15:00"), "2026-12-01T15:00:00+00:00");
        assert_eq!(at("2026-03-29", "01:30"), "2026-03-29T01:30:00+00:00", "an hour that does not exist");
        assert_eq!(at("2026-10-25", "01:30"), "2026-10-25T00:30:00+00:00", "an hour that exists twice");
        assert!(time("25:00").is_none() && time("1500").is_none() && time("3pm").is_none());
    }

    #[test]
    fn pre_match_prices_are_those_of_the_last_friday_or_tuesday_noon() {
        let gathered = |d: &str, t: &str| last_gathering(uk(day(d), time(t).unwrap())).to_rfc3339();
        assert_eq!(gathered("2026-11-21", "15:00"), "2026-11-20T12:00:00+00:00", "Saturday");
        assert_eq!(gathered("2026-11-20", "20:00"), "2026-11-20T12:00:00+00:00", "Friday night");
        assert_eq!(gathered("2026-11-20", "12:00"), "2026-11-17T12:00:00+00:00", "Friday noon");
        assert_eq!(gathered("2026-08-26", "19:45"), "2026-08-25T11:00:00+00:00", "Wednesday in summer");
        assert_eq!(gathered("2026-11-24", "01:00"), "2026-11-20T12:00:00+00:00", "Tuesday morning");
    }

    #[test]
    fn goals_and_names_are_checked() {
        assert_eq!(score("", "").unwrap(), None);
        assert_eq!(score("2.0", "1").unwrap(), Some(Score { home: 2, away: 1 }));
        for (home, away, kind) in [
            ("1", "", RejectionKind::MalformedScore),
            ("x", "1", RejectionKind::MalformedScore),
            ("120", "0", RejectionKind::ScoreOutOfRange),
            ("-1", "0", RejectionKind::ScoreOutOfRange),
            ("99999999999999999999", "0", RejectionKind::MalformedScore),
        ] {
            assert_eq!(score(home, away).unwrap_err().0, kind, "{home}-{away}");
        }
        assert_eq!(teams("", "B").unwrap_err().0, RejectionKind::MissingTeam);
        assert_eq!(teams("A", "A").unwrap_err().0, RejectionKind::SameTeam);
        assert_eq!(teams("A", "B\u{7}").unwrap_err().0, RejectionKind::MalformedRow);
        assert!(not_future(day("2026-01-02"), day("2026-01-01")).is_err());
        assert!(not_future(day("2026-01-01"), day("2026-01-01")).is_ok());
    }
}
