//! Folds of a walk-forward evaluation.

use crate::matrices::Horizon;
use chrono::{NaiveDate, NaiveTime};
use touchline_features::{History, Knowledge, Seconds};

const DAY: Seconds = 86_400;
/// Longest gap that is forecast by the trees for the coming matchdays.
const FRESH_GAP_DAYS: i64 = 21;

/// What a test match sees of the results before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutoff {
    /// Everything known at its kick-off.
    UpToKickoff,
    /// Everything known at a time.
    UpTo(Seconds),
    /// Everything known so many days before its kick-off.
    DaysBefore(i64),
}

impl Cutoff {
    /// The horizon whose trees fit.
    pub fn horizon(self) -> Horizon {
        match self {
            Self::UpToKickoff => Horizon::Fresh,
            Self::DaysBefore(days) if days <= FRESH_GAP_DAYS => Horizon::Fresh,
            Self::UpTo(_) | Self::DaysBefore(_) => Horizon::Stale,
        }
    }

    /// The same for the chronological pass.
    pub fn knowledge(self) -> Knowledge {
        match self {
            Self::UpToKickoff => Knowledge::AT_KICKOFF,
            Self::UpTo(time) => Knowledge { lag: 0, as_of: Some(time) },
            Self::DaysBefore(days) => Knowledge { lag: days * DAY, as_of: None },
        }
    }
}

/// A time to train at and the matches to forecast after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Its name.
    pub name: String,
    /// Results known by then are trained on.
    pub train_until: Seconds,
    /// Positions of finished matches to forecast, ascending.
    pub test: Vec<u32>,
    /// What these see.
    pub cutoff: Cutoff,
}

/// The windows of 2017, 2018, 2019, 2021 and 2022 that stand in for the fixtures of the 2023 Soccer Prediction
/// Challenge: matches of 14 to 26 April (or, `wide`, all of April and May), trees fitted at 8 February. With
/// `gap` the state is frozen there too.
pub fn challenge_windows(history: &History, gap: bool, wide: bool) -> Vec<Fold> {
    let ((first_month, first_day), (last_month, last_day)) =
        if wide { ((4, 1), (5, 31)) } else { ((4, 14), (4, 26)) };
    [2017, 2018, 2019, 2021, 2022]
        .into_iter()
        .map(|year| {
            let train_until = at(year, 2, 8);
            Fold {
                name: year.to_string(),
                train_until,
                test: finished(
                    history,
                    at(year, first_month, first_day),
                    at(year, last_month, last_day) + DAY,
                ),
                cutoff: if gap { Cutoff::UpTo(train_until) } else { Cutoff::UpToKickoff },
            }
        })
        .filter(|fold| !fold.test.is_empty())
        .collect()
}

/// Folds of `refit_days` from `from` until `to` (both dates included); trees are fitted at the start of each.
pub fn walk_forward(
    history: &History,
    from: NaiveDate,
    to: NaiveDate,
    refit_days: i64,
    gap_days: i64,
) -> Vec<Fold> {
    let cutoff = if gap_days == 0 { Cutoff::UpToKickoff } else { Cutoff::DaysBefore(gap_days) };
    let end = midnight(to) + DAY;
    let mut folds = Vec::new();
    let mut start = midnight(from);
    while start < end {
        let next = (start + refit_days.max(1) * DAY).min(end);
        let test = finished(history, start, next);
        if !test.is_empty() {
            let date = chrono::DateTime::from_timestamp(start, 0).unwrap_or_default();
            let train_until = start - gap_days * DAY;
            folds.push(Fold { name: date.format("from %Y-%m-%d").to_string(), train_until, test, cutoff });
        }
        start = next;
    }
    folds
}

fn finished(history: &History, from: Seconds, to: Seconds) -> Vec<u32> {
    let range = history.position_at(from)..history.position_at(to);
    range.filter(|p| history.goals(*p).is_some()).map(|p| p as u32).collect()
}

fn at(year: i32, month: u32, day: u32) -> Seconds {
    midnight(NaiveDate::from_ymd_opt(year, month, day).expect("dates of the windows are of the calendar"))
}

fn midnight(date: NaiveDate) -> Seconds {
    date.and_time(NaiveTime::MIN).and_utc().timestamp()
}
