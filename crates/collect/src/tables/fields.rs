//! What columns of a table say, by the names that maps use.

/// What a column of a table says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    Date,
    Time,
    Timestamp,
    Home,
    Away,
    HomeGoals,
    AwayGoals,
    Score,
    Result,
    HomeHalfTime,
    AwayHalfTime,
    HalfTime,
    Status,
    League,
    Country,
    Season,
    Attendance,
    Referee,
    Id,
    Round,
    Neutral,
    Tournament,
}

/// The names of fields in maps, and what each says.
pub(super) const FIELDS: [(&str, Field, &str); 22] = [
    ("date", Field::Date, "day of the match, or day and time joined"),
    ("time", Field::Time, "time of day"),
    ("timestamp", Field::Timestamp, "kick-off as seconds since 1970"),
    ("home", Field::Home, "home side"),
    ("away", Field::Away, "away side"),
    ("home_goals", Field::HomeGoals, "goals of the home side after 90 minutes"),
    ("away_goals", Field::AwayGoals, "goals of the away side after 90 minutes"),
    ("score", Field::Score, "both in one, such as 2-1"),
    ("result", Field::Result, "who won, to check the score"),
    ("home_half_time", Field::HomeHalfTime, "goals of the home side at half time"),
    ("away_half_time", Field::AwayHalfTime, "goals of the away side at half time"),
    ("half_time", Field::HalfTime, "both in one"),
    ("status", Field::Status, "where the match stands"),
    ("league", Field::League, "league"),
    ("country", Field::Country, "country of the league"),
    ("season", Field::Season, "season"),
    ("attendance", Field::Attendance, "spectators"),
    ("referee", Field::Referee, "referee"),
    ("id", Field::Id, "the source's own identifier of the match"),
    ("round", Field::Round, "round"),
    ("neutral", Field::Neutral, "whether the ground is neutral"),
    ("tournament", Field::Tournament, "competition, in place of a league"),
];
