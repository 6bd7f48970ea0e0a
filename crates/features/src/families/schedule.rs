//! Schedule: rest, experience, and moves between leagues.

use crate::columns::{PerIndex, sides};
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

/// Rest beyond this many days makes no further difference.
const LONGEST_REST: f64 = 60.0;

#[derive(Debug, Clone, Copy, Default)]
struct Club {
    matches: u32,
    last_day: f64,
    /// Days of the last five matches, oldest overwritten first.
    days: [f64; 5],
    league: u32,
    tier: u8,
    /// Tier change when the team last entered another league, and the season in which it did.
    move_up: i8,
    moved_in: u32,
}

/// Schedule of every team.
#[derive(Clone, Default)]
pub struct Schedule {
    clubs: PerIndex<Club>,
}

const COLUMNS: [Described; 4] = [
    Described::new("rest_days", "days since the last match, at most 60", "days"),
    Described::new(
        "days_for_5_matches",
        "days that the last five matches span up to this kick-off, at most 60",
        "days",
    )
    .missing("fewer than five matches so far"),
    Described::new("experience", "natural log of one plus matches so far", "log matches").missing("never"),
    Described::new(
        "promoted",
        "1 in the season after a move to a higher tier, -1 after a move to a lower one, else 0",
        "flag",
    ),
];

impl Schedule {
    fn of(&self, team: u32, fixture: &Fixture) -> [f64; COLUMNS.len()] {
        let club = self.clubs.get(team);
        if club.matches == 0 {
            return [f64::NAN, f64::NAN, 0.0, f64::NAN];
        }
        let span = if club.matches >= 5 {
            (fixture.day - club.days[club.matches as usize % 5]).min(LONGEST_REST)
        } else {
            f64::NAN
        };
        // Matches that count in no table are played beside the league; tier 0: no match of a league so far.
        let moved = if fixture.in_table && club.tier > 0 && club.league != fixture.league {
            f64::from((i16::from(club.tier) - i16::from(fixture.tier)).signum())
        } else if club.moved_in == fixture.season {
            f64::from(club.move_up)
        } else {
            0.0
        };
        [(fixture.day - club.last_day).min(LONGEST_REST), span, f64::from(club.matches).ln_1p(), moved]
    }
}

impl Family for Schedule {
    fn define(&self, list: &mut Vec<Definition>) {
        Definitions::of("schedule", 2, list).of_sides(&COLUMNS);
    }

    fn snapshot(&self, fixture: &Fixture, _: &MatchContext<'_>, out: &mut [f32]) {
        sides(out, &self.of(fixture.home, fixture), &self.of(fixture.away, fixture));
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        for team in [f.home, f.away] {
            let club = self.clubs.get_mut(team);
            if f.in_table {
                if club.tier > 0 && club.league != f.league {
                    club.move_up = (i16::from(club.tier) - i16::from(f.tier)).signum() as i8;
                    club.moved_in = f.season;
                }
                club.league = f.league;
                club.tier = f.tier;
            }
            club.days[club.matches as usize % 5] = f.day;
            club.matches += 1;
            club.last_day = f.day;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SideCounts;

    const LEAGUE: Fixture = Fixture {
        home: 0,
        away: 1,
        league: 0,
        season: 4030,
        tier: 3,
        day: 0.0,
        neutral: false,
        in_table: true,
        split_after: 0,
    };
    const CUP: Fixture = Fixture { league: 1, tier: 1, in_table: false, ..LEAGUE };

    fn observe(family: &mut Schedule, fixture: Fixture) {
        let counts = [SideCounts::UNKNOWN; 2];
        let played = Played { fixture, goals: [1, 0], counts, elevens: [None, None], quotes: &[] };
        family.observe(&played, &Residual { goal_difference: 0.0, points: [0.0; 2] });
    }

    #[test]
    fn a_cup_is_neither_promotion_nor_relegation() {
        let mut family = Schedule::default();
        let promoted = |family: &Schedule, fixture: &Fixture| family.of(0, fixture)[3];
        observe(&mut family, CUP);
        assert_eq!(promoted(&family, &LEAGUE).to_bits(), 0.0_f64.to_bits(), "no league before");
        observe(&mut family, LEAGUE);
        assert_eq!(promoted(&family, &CUP).to_bits(), 0.0_f64.to_bits());
        observe(&mut family, CUP);
        assert_eq!(promoted(&family, &LEAGUE).to_bits(), 0.0_f64.to_bits());
        let above = Fixture { league: 2, tier: 2, season: 4031, ..LEAGUE };
        assert_eq!(promoted(&family, &above).to_bits(), 1.0_f64.to_bits());
        observe(&mut family, above);
        observe(&mut family, Fixture { season: 4031, ..CUP });
        assert_eq!(promoted(&family, &above).to_bits(), 1.0_f64.to_bits(), "a cup does not end it");
    }
}
