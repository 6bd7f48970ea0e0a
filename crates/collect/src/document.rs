//! Judging a document as a whole, before anything of it becomes silver. A reader looks at one row after the other and
//! calls [`judge`] with what it read: what makes the document as a whole unbelievable is an error that refuses it, what
//! makes a part of it doubtful is a finding. Readers hold the checks that need their columns while they read: the order
//! of day and month ([`DateOrder`]) and labels against scores ([`Labels`]).
//!
//! | class | refuses the document | finding |
//! |---|---|---|
//! | shape | no headings | second headings, values beyond them, a last line that breaks off |
//! | dates | both orders of day and month, a name that they contradict, decades that they spread over, days to come | dates read month first, a season that the dates decide |
//! | scores | past days without any score, results that contradict the goals throughout | days long past without a score |
//! | clubs | | a club with hardly a match, or only fixtures, or that another one resembles; names that never meet and have the matches of one club; more clubs than the league has |
//! | pairings | | one pairing with one score on two days beside each other; a club with two matches on a day; pairings that lack in a season that is over |

mod clubs;
mod dates;
mod hints;
mod labels;
mod layout;
mod meetings;
mod order;
mod pairings;
mod scores;

pub use hints::Hints;
pub use layout::Layout;

pub(crate) use dates::{BY_ROWS, Draft, settle_seasons};
pub(crate) use labels::Labels;
pub(crate) use order::DateOrder;

use crate::{DocumentError, Parsed, Rejection, RejectionKind};
use chrono::NaiveDate;

/// What a reader knows of a document besides its rows.
pub(crate) struct Context {
    /// The day on which it came.
    pub(crate) today: NaiveDate,
    /// What stands for a match that is not played.
    pub(crate) unplayed: Unplayed,
    /// Whether its matches are of leagues in which everybody plays everybody.
    pub(crate) leagues: bool,
    /// The most clubs that a season of a league (by its code) has, where that is known.
    pub(crate) most_clubs: fn(&str) -> Option<usize>,
}

/// How a document says that a match is not played.
pub(crate) enum Unplayed {
    /// By a status or a mark of its own: what is not played is believed.
    Said,
    /// By the lack of a score in these fields, which may lie elsewhere.
    Silent {
        /// Names of the fields that would hold the score.
        goals: &'static str,
        /// Whether they are there.
        are_there: bool,
        /// Names of other fields that could hold goals.
        suspects: Vec<String>,
    },
}

/// Judges what was read of a document. Findings go to its rejections.
///
/// # Errors
/// The document as a whole is not to be believed; the error says why.
pub(crate) fn judge(parsed: &mut Parsed, context: &Context) -> Result<(), DocumentError> {
    dates::check(parsed, context)?;
    scores::check(parsed, context)?;
    let (mut findings, mut lacking, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for ((league, season), meetings) in meetings::of(parsed) {
        let code = parsed.leagues[league].code.as_str();
        let of = format!("{code} {season}");
        findings.extend(clubs::check(&meetings, code, &of, context));
        repeated.extend(meetings.repeated);
        if context.leagues {
            findings.extend(pairings::same_day(&meetings, &of));
            lacking.extend(pairings::lacking(&meetings, &of, context.today));
        }
    }
    findings.extend(pairings::incomplete(&lacking));
    findings.extend(pairings::repeated(&repeated));
    for (line, kind, message) in findings {
        note(parsed, line, kind, message);
    }
    parsed.rejections.sort_by_key(|rejection| rejection.line);
    Ok(())
}

/// No league's size is known.
pub(crate) fn of_any_size(_code: &str) -> Option<usize> {
    None
}

fn note(parsed: &mut Parsed, line: u32, kind: RejectionKind, message: String) {
    parsed.rejections.push(Rejection::new(line, kind, message, ""));
}
