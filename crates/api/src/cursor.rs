//! Where the next page starts, as text that means nothing to the client: hexadecimal of a kind and numbers.

use crate::error::ApiError;
use chrono::{DateTime, Datelike, Utc};
use touchline_domain::ports::{Cursor, SealedPosition};
use touchline_domain::{MatchId, TeamId};

const MATCH: u8 = 1;
const TEAM: u8 = 2;
const SEALED: u8 = 3;
const ROW: u8 = 4;

/// The text of a place among matches.
pub(crate) fn of_match(cursor: &Cursor) -> String {
    encode(MATCH, &[cursor.kickoff.timestamp(), cursor.id.0])
}

/// The place among matches that a text means.
pub(crate) fn to_match(text: &str) -> Result<Cursor, ApiError> {
    let [kickoff, id] = decode(MATCH, text).ok_or_else(malformed)?;
    let kickoff = DateTime::from_timestamp(kickoff, 0).ok_or_else(malformed)?;
    Ok(Cursor { kickoff, id: MatchId(id) })
}

/// The text of a place among teams.
pub(crate) fn of_team(id: TeamId) -> String {
    encode(TEAM, &[id.0])
}

/// The place among teams that a text means.
pub(crate) fn to_team(text: &str) -> Result<TeamId, ApiError> {
    decode(TEAM, text).map(|[id]| TeamId(id)).ok_or_else(malformed)
}

/// The text of a place among sealed forecasts.
pub(crate) fn of_sealed((sealed_at, id): SealedPosition) -> String {
    encode(SEALED, &[sealed_at.timestamp(), id])
}

/// The place among sealed forecasts that a text means.
pub(crate) fn to_sealed(text: &str) -> Result<SealedPosition, ApiError> {
    let [sealed_at, id] = decode(SEALED, text).ok_or_else(malformed)?;
    Ok((stored_time(sealed_at).ok_or_else(malformed)?, id))
}

/// The text of a place among rows, by number.
pub(crate) fn of_row(id: i64) -> String {
    encode(ROW, &[id])
}

/// The place among rows that a text means.
pub(crate) fn to_row(text: &str) -> Result<i64, ApiError> {
    decode(ROW, text).map(|[id]| id).ok_or_else(malformed)
}

/// A time that a store can hold: PostgreSQL's calendar is shorter than ours.
fn stored_time(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).filter(|time| (-4_000..=9_999).contains(&time.year()))
}

/// The client sent something that no page of this resource ended with.
pub(crate) fn malformed() -> ApiError {
    ApiError::bad_request("invalid_cursor", "the cursor is not one that an earlier page gave")
}

fn encode(kind: u8, numbers: &[i64]) -> String {
    let bytes = std::iter::once(kind).chain(numbers.iter().flat_map(|n| n.to_be_bytes()));
    let hex =
        |byte: u8| [byte >> 4, byte & 15].map(|nibble| char::from(b"0123456789abcdef"[usize::from(nibble)]));
    bytes.flat_map(hex).collect()
}

fn decode<const N: usize>(kind: u8, text: &str) -> Option<[i64; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 + 16 * N || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    if u8::from_str_radix(&text[..2], 16).ok()? != kind {
        return None;
    }
    let mut numbers = [0; N];
    for (i, number) in numbers.iter_mut().enumerate() {
        let start = 2 + 16 * i;
        *number = u64::from_str_radix(&text[start..start + 16], 16).ok()? as i64;
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back() {
        for (kickoff, id) in [(0, 1), (-2_000_000_000, i64::MAX), (1_714_831_200, 42)] {
            let cursor = Cursor { kickoff: DateTime::from_timestamp(kickoff, 0).unwrap(), id: MatchId(id) };
            assert_eq!(to_match(&of_match(&cursor)).unwrap(), cursor);
        }
        assert_eq!(to_team(&of_team(TeamId(7))).unwrap(), TeamId(7));
        let sealed = (DateTime::from_timestamp(1_714_831_200, 0).unwrap(), 9);
        assert_eq!(to_sealed(&of_sealed(sealed)).unwrap(), sealed);
        assert!(to_sealed(&encode(SEALED, &[8_000_000_000_000, 1])).is_err(), "a time that no store holds");
    }

    #[test]
    fn what_no_page_gave_is_refused() {
        let match_cursor = of_match(&Cursor { kickoff: DateTime::UNIX_EPOCH, id: MatchId(1) });
        let time_beyond_all = format!("01{}{}", "7f".repeat(8), "00".repeat(8));
        let multibyte = "é".repeat(17);
        for text in ["", "0", "zz", "01", "' OR 1=1 --", &match_cursor[1..], &time_beyond_all, &multibyte] {
            assert!(to_match(text).is_err(), "{text:?}");
        }
        assert!(to_team(&match_cursor).is_err(), "a cursor of another resource");
        assert!(to_match(&format!("{match_cursor}00")).is_err());
        assert!(to_match(&match_cursor.replacen("01", "+1", 1)).is_err());
    }
}
