//! Why a row, or a part of one, was not used.

use std::fmt;

/// A row, or a part of a row, that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Line of the document (element number in JSON), from 1; 0 is the document as a whole.
    pub line: u32,
    /// The kind of fault.
    pub kind: RejectionKind,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
    /// The start of the row, control characters escaped.
    pub data: String,
}

/// The most characters of a row that a rejection keeps.
const DATA_CHARS: usize = 200;

impl Rejection {
    /// Keeps the first 200 characters of `data`, control characters escaped.
    pub(crate) fn new(line: u32, kind: RejectionKind, message: String, data: &str) -> Self {
        let mut kept = String::with_capacity(data.len().min(DATA_CHARS));
        for c in data.chars().take(DATA_CHARS) {
            if c.is_control() {
                kept.extend(c.escape_default());
            } else {
                kept.push(c);
            }
        }
        Self { line, kind, message, data: kept }
    }
}

/// The kinds of faults. Those about odds, statistics, half time, kick-off time, formations and single players cost only
/// that value: the match or line-up itself is kept ([`RejectionKind::keeps_match`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectionKind {
    /// Not a row of this document's shape: control characters, or no such fields.
    MalformedRow,
    /// No date, or none of the calendar.
    MalformedDate,
    /// A date that lies outside the season of its document.
    DateOutsideSeason,
    /// A season label that names no season.
    MalformedSeason,
    /// A league code that the source does not have.
    UnknownLeague,
    /// A side without a name.
    MissingTeam,
    /// A club against itself.
    SameTeam,
    /// Goals that are no number, or of one side only.
    MalformedScore,
    /// Goals below 0 or above 99.
    ScoreOutOfRange,
    /// Goals that contradict the result, or the goal difference, of the same row.
    ContradictoryResult,
    /// A result of a day to come.
    FutureResult,
    /// A kick-off time that is not a time; the date is kept.
    MalformedTime,
    /// A half-time score that is not a score, or above the full-time score; dropped.
    MalformedHalfTime,
    /// A count that is not a count; dropped.
    MalformedStatistic,
    /// A word about the setting of a match, such as its ground, that cannot be read.
    MalformedSetting,
    /// Prices that are no odds, or a handicap that is no multiple of a quarter goal; that quote is dropped.
    MalformedOdds,
    /// A match status that is not known; the match is dropped.
    UnknownStatus,
    /// A fixture without an identifier, or with one used before.
    MalformedId,
    /// A fact that does not say which match it is about.
    MissingFixture,
    /// Players who make no line-up.
    MalformedLineup,
    /// A formation that is none; the line-up is kept without it.
    MalformedFormation,
    /// A player of a line-up, or a word about one, that makes no sense; the line-up is kept without it.
    MalformedPlayer,
    /// An absence without player, or of no known kind.
    MalformedInjury,
    /// A match event of no known kind, or without a minute.
    MalformedEvent,
    /// Weather that does not reach the match, or that cannot be.
    MalformedWeather,
    /// A rating of a club that cannot be.
    MalformedRating,
    /// A news item without heading or identifier.
    MalformedNews,
    /// The last line breaks off: its row is left out.
    TruncatedRow,
    /// A row with values beyond the headings: all but day, clubs and score is left out.
    ShiftedValues,
    /// A note: a second heading line, by which the rows behind it are read.
    SecondHeading,
    /// A note: dates are read month first.
    MonthFirst,
    /// A note: the dates decide about the season, against the name.
    SeasonOfDates,
    /// A note: columns that are not read.
    IgnoredColumns,
    /// A note: the last line has no line end.
    OpenEnd,
    /// A note: what a person said of the document, or a label, is not used.
    Unused,
    /// A note: a match of a day long past has no score.
    MissingScore,
    /// A note: a club with hardly a match where others have many.
    ClubWithFewMatches,
    /// A note: a club with fixtures alone where others have results.
    ClubWithoutResult,
    /// A note: two clubs that may be one.
    SplitClub,
    /// A note: more clubs than the league has.
    TooManyClubs,
    /// A note: a pairing with one score on two days beside each other.
    RepeatedMatch,
    /// A note: a club with two matches on a day.
    TwoMatchesADay,
    /// A note: a season that is over lacks a few pairings.
    LackingMatches,
}

impl RejectionKind {
    /// The name in logs and summaries.
    pub fn name(self) -> &'static str {
        match self {
            Self::MalformedRow => "malformed_row",
            Self::MalformedDate => "malformed_date",
            Self::DateOutsideSeason => "date_outside_season",
            Self::MalformedSeason => "malformed_season",
            Self::UnknownLeague => "unknown_league",
            Self::MissingTeam => "missing_team",
            Self::SameTeam => "same_team",
            Self::MalformedScore => "malformed_score",
            Self::ScoreOutOfRange => "score_out_of_range",
            Self::ContradictoryResult => "contradictory_result",
            Self::FutureResult => "future_result",
            Self::MalformedTime => "malformed_time",
            Self::MalformedHalfTime => "malformed_half_time",
            Self::MalformedStatistic => "malformed_statistic",
            Self::MalformedSetting => "malformed_setting",
            Self::MalformedOdds => "malformed_odds",
            Self::UnknownStatus => "unknown_status",
            Self::MalformedId => "malformed_id",
            Self::MissingFixture => "missing_fixture",
            Self::MalformedLineup => "malformed_lineup",
            Self::MalformedFormation => "malformed_formation",
            Self::MalformedPlayer => "malformed_player",
            Self::MalformedInjury => "malformed_injury",
            Self::MalformedEvent => "malformed_event",
            Self::MalformedWeather => "malformed_weather",
            Self::MalformedRating => "malformed_rating",
            Self::MalformedNews => "malformed_news",
            Self::TruncatedRow => "truncated_row",
            Self::ShiftedValues => "shifted_values",
            Self::SecondHeading => "second_heading",
            Self::MonthFirst => "month_first",
            Self::SeasonOfDates => "season_of_dates",
            Self::IgnoredColumns => "ignored_columns",
            Self::OpenEnd => "open_end",
            Self::Unused => "unused",
            Self::MissingScore => "missing_score",
            Self::ClubWithFewMatches => "club_with_few_matches",
            Self::ClubWithoutResult => "club_without_result",
            Self::SplitClub => "split_club",
            Self::TooManyClubs => "too_many_clubs",
            Self::RepeatedMatch => "repeated_match",
            Self::TwoMatchesADay => "two_matches_a_day",
            Self::LackingMatches => "lacking_matches",
        }
    }

    /// Whether nothing was left out: it is worth a look, and nothing more.
    pub fn is_note(self) -> bool {
        matches!(
            self,
            Self::SecondHeading
                | Self::MonthFirst
                | Self::SeasonOfDates
                | Self::IgnoredColumns
                | Self::OpenEnd
                | Self::Unused
                | Self::MissingScore
                | Self::ClubWithFewMatches
                | Self::ClubWithoutResult
                | Self::SplitClub
                | Self::TooManyClubs
                | Self::RepeatedMatch
                | Self::TwoMatchesADay
                | Self::LackingMatches
        )
    }

    /// Whether at most a value of the row was dropped while its match was kept.
    pub fn keeps_match(self) -> bool {
        self.is_note()
            || self == Self::ShiftedValues
            || matches!(
                self,
                Self::MalformedTime
                    | Self::MalformedHalfTime
                    | Self::MalformedStatistic
                    | Self::MalformedSetting
                    | Self::MalformedOdds
                    | Self::MalformedFormation
                    | Self::MalformedPlayer
            )
    }
}

impl fmt::Display for RejectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_cut_and_control_characters_are_escaped() {
        let row = format!("a\0b\tc{}", "é".repeat(500));
        let rejection = Rejection::new(3, RejectionKind::MalformedRow, String::new(), &row);
        assert!(rejection.data.starts_with("a\\u{0}b\\tcéé"), "{}", rejection.data);
        assert_eq!(rejection.data.matches('é').count(), 195);
    }
}
