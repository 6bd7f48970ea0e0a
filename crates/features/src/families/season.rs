//! Season: the running league table and the tables of the seasons before. Matches that count in no table (cups, qualifiers)
//! leave it as it is, and see both sides' latest one. Points that were taken away are missing in the running table from the
//! day on from which they count; tables of seasons before show what was won. Where a league divides, positions are those of
//! the groups, and halved points count for them alone: points per match say what was won.

mod split;

use crate::columns::{PerIndex, sides};
use crate::context::{Deduction, MatchContext};
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};

/// Earlier seasons that are remembered.
const EARLIER: usize = 3;

/// One team's line of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Line {
    points: i32,
    goal_difference: i32,
    goals: i32,
    matches: u32,
}

impl Line {
    fn rank_key(&self) -> (i32, i32, i32) {
        (self.points, self.goal_difference, self.goals)
    }

    /// The line of a team without the points that were taken from it.
    fn without(self, team: u32, deductions: &[Deduction]) -> Self {
        let taken: i32 = deductions.iter().filter(|d| d.team == team).map(|d| d.points).sum();
        Self { points: self.points - taken, ..self }
    }

    fn points_per_match(&self) -> f64 {
        f64::from(self.points) / f64::from(self.matches)
    }

    fn difference_per_match(&self) -> f64 {
        f64::from(self.goal_difference) / f64::from(self.matches)
    }
}

/// The latest season of a team.
#[derive(Debug, Clone, Copy)]
struct Club {
    league: u32,
    season: u32,
    line: Line,
    /// Points per match of the seasons before, latest first; NaN where unknown.
    earlier: [f64; EARLIER],
    /// Goal difference per match of the season before.
    earlier_difference: f64,
    /// The line with which the team went into its league's split, and the day of that match.
    at_split: Option<(Line, f64)>,
}

/// The latest season of a league.
#[derive(Debug, Clone, Default)]
struct Table {
    season: u32,
    clubs: Vec<u32>,
    /// Matches of the busiest team in the season before; 0 where unknown.
    full_season: u32,
}

/// Tables of every league.
#[derive(Clone, Default)]
pub struct Season {
    leagues: PerIndex<Table>,
    clubs: PerIndex<Option<Club>>,
}

const COLUMNS: [Described; 8] = [
    Described::new("points_per_game", "points per match in this season", "points")
        .missing("no match this season"),
    Described::new("goal_difference_per_game", "goal difference per match in this season", "goals")
        .missing("no match this season"),
    Described::new(
        "league_position",
        "position in the running table, deductions and splits included, divided by its teams, 0 the top",
        "share",
    )
    .missing("no match this season"),
    Described::new("season_matches", "matches in this season", "matches").missing("never"),
    Described::new("points_per_game_last_season", "points per match one season back", "points")
        .missing("no season before"),
    Described::new("points_per_game_2_seasons_back", "points per match two seasons back", "points")
        .missing("no such season"),
    Described::new("points_per_game_3_seasons_back", "points per match three seasons back", "points")
        .missing("no such season"),
    Described::new(
        "goal_difference_per_game_last_season",
        "goal difference per match one season back",
        "goals",
    )
    .missing("no season before"),
];

const PROGRESS: Described = Described::new(
    "season_progress",
    "mean matches of both sides this season over the matches per team in the season before",
    "share",
)
.missing("no season before, and where no table counts");

impl Season {
    fn of(&self, team: u32, fixture: &Fixture, context: &MatchContext<'_>) -> [f64; COLUMNS.len()] {
        let mut out = [f64::NAN; COLUMNS.len()];
        out[3] = 0.0;
        let Some(club) = self.clubs.get(team) else { return out };
        if fixture.in_table && (club.league, club.season) != (fixture.league, fixture.season) {
            // The team's latest season is over: it counts as one season back.
            out[4] = club.line.points_per_match();
            out[5..4 + EARLIER].copy_from_slice(&club.earlier[..EARLIER - 1]);
            out[4 + EARLIER] = club.line.difference_per_match();
            return out;
        }
        let line = club.line.without(team, context.deductions);
        out[0] = line.points_per_match();
        out[1] = line.difference_per_match();
        out[2] = match context.split.filter(|split| self.is_split(club.league, split)) {
            Some(split) => self.position_of_split(team, club, context.deductions, split),
            None => self.position(club, &line, context.deductions),
        };
        out[3] = f64::from(club.line.matches);
        out[4..4 + EARLIER].copy_from_slice(&club.earlier);
        out[4 + EARLIER] = club.earlier_difference;
        out
    }

    /// 0 for the top of the running table, 1 for its bottom.
    fn position(&self, club: &Club, line: &Line, deductions: &[Deduction]) -> f64 {
        let table = self.leagues.get(club.league);
        let lines = table.clubs.iter().filter_map(|other| {
            let club = self.clubs.get(*other).as_ref()?;
            Some(club.line.without(*other, deductions))
        });
        let above = lines.filter(|other| other.rank_key() > line.rank_key()).count();
        above as f64 / (table.clubs.len().max(2) - 1) as f64
    }

    fn progress(&self, fixture: &Fixture) -> f64 {
        if !fixture.in_table {
            return f64::NAN;
        }
        let table = self.leagues.get(fixture.league);
        // Before the first match of a season the table still shows the season before: nothing is played.
        if table.season != fixture.season {
            return if table.season == 0 { f64::NAN } else { 0.0 };
        }
        let matches = |team: u32| match self.clubs.get(team) {
            Some(c) if (c.league, c.season) == (fixture.league, fixture.season) => f64::from(c.line.matches),
            _ => 0.0,
        };
        if table.full_season == 0 {
            return f64::NAN;
        }
        (matches(fixture.home) + matches(fixture.away)) / (2.0 * f64::from(table.full_season))
    }

    /// Makes the fixture's season the latest of its league. A season older than the latest (seasons of one
    /// league can overlap by a late match) is left out of the tables.
    fn open(&mut self, fixture: &Fixture) -> bool {
        let table = self.leagues.get(fixture.league);
        if fixture.season <= table.season {
            return fixture.season == table.season;
        }
        let matches = |team: &u32| match self.clubs.get(*team) {
            Some(c) if (c.league, c.season) == (fixture.league, table.season) => c.line.matches,
            _ => 0,
        };
        let full_season = table.clubs.iter().map(matches).max().unwrap_or(0);
        *self.leagues.get_mut(fixture.league) =
            Table { season: fixture.season, clubs: Vec::new(), full_season };
        true
    }

    fn enter(&mut self, team: u32, fixture: &Fixture) -> &mut Club {
        let (league, season) = (fixture.league, fixture.season);
        let before = *self.clubs.get(team);
        if before.is_none_or(|c| (c.league, c.season) != (league, season)) {
            let mut earlier = [f64::NAN; EARLIER];
            let mut earlier_difference = f64::NAN;
            if let Some(club) = before {
                earlier[0] = club.line.points_per_match();
                earlier[1..].copy_from_slice(&club.earlier[..EARLIER - 1]);
                earlier_difference = club.line.difference_per_match();
            }
            self.leagues.get_mut(league).clubs.push(team);
            let line = Line::default();
            let club = Club { league, season, line, earlier, earlier_difference, at_split: None };
            *self.clubs.get_mut(team) = Some(club);
        }
        self.clubs.get_mut(team).as_mut().expect("entered above")
    }
}

impl Family for Season {
    fn define(&self, list: &mut Vec<Definition>) {
        let mut definitions = Definitions::of("season", 3, list);
        definitions.of_sides(&COLUMNS);
        definitions.of_match(PROGRESS);
    }

    fn snapshot(&self, fixture: &Fixture, context: &MatchContext<'_>, out: &mut [f32]) {
        let (columns, progress) = out.split_at_mut(3 * COLUMNS.len());
        // A cup match shows the latest tables of leagues as they were won: rules are looked up by its own competition.
        let of = |team: u32| self.of(team, fixture, context);
        sides(columns, &of(fixture.home), &of(fixture.away));
        progress[0] = self.progress(fixture) as f32;
    }

    fn observe(&mut self, played: &Played<'_>, _: &Residual) {
        let f = &played.fixture;
        if !f.in_table || !self.open(f) {
            return;
        }
        let [home, away] = played.goals.map(i32::from);
        let points = played.points();
        for (team, scored, conceded, points) in
            [(f.home, home, away, points[0]), (f.away, away, home, points[1])]
        {
            let club = self.enter(team, f);
            let line = &mut club.line;
            line.points += points as i32;
            line.goal_difference += scored - conceded;
            line.goals += scored;
            line.matches += 1;
            if line.matches == u32::from(f.split_after) {
                club.at_split = Some((club.line, f.day));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAGUE: Fixture = Fixture {
        home: 0,
        away: 1,
        league: 0,
        season: 4030,
        tier: 1,
        day: 0.0,
        neutral: false,
        in_table: true,
        split_after: 0,
    };
    const CUP: Fixture = Fixture { league: 1, in_table: false, ..LEAGUE };

    fn played(fixture: Fixture, goals: [u8; 2]) -> Played<'static> {
        let counts = [crate::SideCounts::UNKNOWN; 2];
        Played { fixture, goals, counts, elevens: [None, None], quotes: &[] }
    }

    const NOTHING: Residual = Residual { goal_difference: 0.0, points: [0.0; 2] };

    fn row(family: &Season, fixture: &Fixture) -> Vec<u32> {
        let mut out = [f32::NAN; 3 * COLUMNS.len() + 1];
        family.snapshot(fixture, &MatchContext::default(), &mut out);
        out.iter().map(|x| x.to_bits()).collect()
    }

    proptest::proptest! {
        /// A table with deductions is the table without them minus the points.
        #[test]
        fn a_deduction_takes_its_points_and_nothing_else(
            results in proptest::collection::vec((0_u32..4, 1_u32..4, 0_u8..5, 0_u8..5), 1..40),
            taken in proptest::collection::vec((0_u32..4, -5_i32..30), 0..5),
        ) {
            let mut family = Season::default();
            for (home, step, a, b) in results {
                family.observe(&played(Fixture { home, away: (home + step) % 4, ..LEAGUE }, [a, b]), &NOTHING);
            }
            let deductions: Vec<Deduction> =
                taken.iter().map(|(team, points)| Deduction { team: *team, points: *points, from: 0 }).collect();
            for team in 0..4 {
                let context = MatchContext { deductions: &deductions, ..MatchContext::default() };
                let (with, without) =
                    (family.of(team, &LEAGUE, &context), family.of(team, &LEAGUE, &MatchContext::default()));
                let points: i32 = taken.iter().filter(|(of, _)| *of == team).map(|(_, points)| points).sum();
                if without[0].is_nan() {
                    proptest::prop_assert!(with[0].is_nan());
                    continue;
                }
                let matches = without[3];
                proptest::prop_assert!((with[0] * matches - (without[0] * matches - f64::from(points))).abs() < 1e-9);
                proptest::prop_assert_eq!(with[1].to_bits(), without[1].to_bits());
                proptest::prop_assert!(with[3..].iter().zip(&without[3..]).all(|(a, b)| a.to_bits() == b.to_bits()));
                // The position is that of a table written anew.
                let points_of = |other: u32| {
                    let club = (*family.clubs.get(other)).as_ref()?;
                    let taken: i32 = taken.iter().filter(|(of, _)| *of == other).map(|(_, points)| points).sum();
                    Some((club.line.points - taken, club.line.goal_difference, club.line.goals))
                };
                let own = points_of(team);
                let above = (0..4).filter_map(points_of).filter(|key| Some(*key) > own).count();
                let clubs = (0..4).filter_map(points_of).count().max(2) - 1;
                proptest::prop_assert!((with[2] - above as f64 / clubs as f64).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn cup_matches_leave_the_table_as_it_is() {
        let mut family = Season::default();
        family.observe(&played(LEAGUE, [2, 0]), &NOTHING);
        family.observe(&played(LEAGUE, [1, 1]), &NOTHING);
        let before = row(&family, &LEAGUE);
        family.observe(&played(CUP, [0, 5]), &NOTHING);
        assert_eq!(row(&family, &LEAGUE), before);
        // Both sides bring their league's table into the cup.
        assert_eq!(row(&family, &CUP)[..3 * COLUMNS.len()], before[..3 * COLUMNS.len()]);
        assert!(f32::from_bits(row(&family, &CUP)[3 * COLUMNS.len()]).is_nan());
    }
}
