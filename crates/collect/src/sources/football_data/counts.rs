//! Match statistics.

use crate::table::{Headings, Row};
use crate::values;
use touchline_domain::{MatchStats, SideStats};

/// Sets one count of one side.
type Setter = fn(&mut SideStats, u16);

/// Headings of the home and the away side, and what they count.
const COUNTS: [(&str, &str, Setter); 8] = [
    ("HS", "AS", |side, n| side.shots = Some(n)),
    ("HST", "AST", |side, n| side.shots_on_target = Some(n)),
    ("HHW", "AHW", |side, n| side.woodwork = Some(n)),
    ("HC", "AC", |side, n| side.corners = Some(n)),
    ("HF", "AF", |side, n| side.fouls = Some(n)),
    ("HO", "AO", |side, n| side.offsides = Some(n)),
    ("HY", "AY", |side, n| side.yellow_cards = Some(n)),
    ("HR", "AR", |side, n| side.red_cards = Some(n)),
];

/// The statistics columns of a document.
#[derive(Debug)]
pub(super) struct Counts {
    sides: Vec<(usize, &'static str, bool, Setter)>,
    attendance: Option<usize>,
}

impl Counts {
    /// Finds the columns.
    pub(super) fn find(headings: &Headings) -> Self {
        let sides = COUNTS.iter().flat_map(|(home, away, set)| [(*home, true, *set), (*away, false, *set)]);
        Self {
            sides: sides
                .filter_map(|(name, home, set)| Some((headings.find(name)?, name, home, set)))
                .collect(),
            attendance: headings.find("Attendance"),
        }
    }

    /// The columns that are read.
    pub(super) fn columns(&self) -> impl Iterator<Item = usize> {
        self.sides.iter().map(|(column, ..)| *column).chain(self.attendance)
    }

    /// Reads the counts of a row and the attendance, and says which are none.
    pub(super) fn read(&self, row: &Row) -> (Option<MatchStats>, Option<u32>, Option<String>) {
        let mut stats = MatchStats::default();
        let mut faults = Vec::new();
        for (column, name, home, set) in &self.sides {
            let text = row.field(*column);
            match values::whole(text).and_then(|n| u16::try_from(n).ok()) {
                Some(n) => set(if *home { &mut stats.home } else { &mut stats.away }, n),
                None if values::is_missing(text) => {}
                None => faults.push(format!("{name} {text:.20} is not a count")),
            }
        }
        let text = row.optional(self.attendance);
        let attendance = values::whole(text).and_then(|n| u32::try_from(n).ok());
        if attendance.is_none() && !values::is_missing(text) {
            faults.push(format!("Attendance {text:.20} is not a count"));
        }
        (Some(stats).filter(|s| !s.is_empty()), attendance, (!faults.is_empty()).then(|| faults.join("; ")))
    }
}
