//! Line-ups: who starts and who is missing, as far as that was announced when the question was asked, against who
//! usually starts.
//!
//! What a team's eleven were in earlier matches, and how these went against expectation, is learned with the results.
//! Players of different sources are different players, and each source's line-ups are compared with its own.
//!
//! A *regular* started at least half of the team's last ten line-ups. A player's *worth* to his team is the goal
//! difference against expectation with him less that without him, each mean drawn towards 0 by [`PRIOR`] matches:
//!
//! `worth = sum_with / (n_with + PRIOR) - sum_without / (n_without + PRIOR)`
//!
//! over the team's matches with a line-up since he first started for it. His *rating* is `sum / (n + PRIOR)` over all
//! matches that he started, for whatever team.

mod clubs;
mod players;

use crate::columns::sides;
use crate::context::MatchContext;
use crate::family::{Family, Residual};
use crate::history::{Fixture, Played};
use crate::registry::{Definition, Definitions, Described};
use crate::squads::{Absence, Eleven, PlayerKey, SourceKey};
use clubs::{ClubKey, Clubs};
use players::Players;
use touchline_domain::{InjuryKind, LineupKind, Side};

/// Matches of average outcome that every mean begins with.
const PRIOR: f64 = 10.0;
/// Line-ups that a team needs before it has regulars.
const ENOUGH: u32 = 3;
/// Hours for which a served value stays fresh: line-ups come an hour before kick-off.
const TTL_HOURS: u32 = 1;

const NUMBERS: usize = 12;

const fn announced(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no line-up known")
}

const fn compared(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no line-up known, or too few earlier ones")
}

const fn absent(name: &'static str, formula: &'static str, unit: &'static str) -> Described {
    Described::new(name, formula, unit).missing("no absence of either side known")
}

const COLUMNS: [Described; NUMBERS] = [
    announced("starters_known", "players named to start", "players"),
    announced("lineup_confirmed", "1 where the line-up was handed in, 0 where it is expected", "flag"),
    compared("eleven_familiarity", "share of the last 10 line-ups that a starter started, mean", "share"),
    compared("eleven_changes", "starters who did not start the last match with a line-up", "players"),
    announced(
        "eleven_rating",
        "goal difference against expectation in matches started, shrunk, mean over the starters",
        "goals",
    ),
    announced(
        "eleven_worth",
        "goal difference against expectation with less without the player, shrunk, mean over the starters",
        "goals",
    ),
    compared("regulars_out", "regulars who do not start, share of the regulars", "share"),
    compared("regulars_out_worth", "worth of the regulars who do not start, sum", "goals"),
    absent("players_missing", "players reported missing", "players"),
    absent("players_questionable", "players reported questionable", "players"),
    absent("regulars_missing", "regulars reported missing, share of the regulars", "share")
        .missing("no absence of either side known, or too few line-ups"),
    absent("missing_worth", "worth of the players reported missing, sum", "goals"),
];

/// Every team's last line-ups, and every player's results.
#[derive(Clone, Default)]
pub struct Lineups {
    clubs: Clubs,
    players: Players,
}

impl Lineups {
    /// What is known of the side of a team.
    fn side(&self, club: u32, side: Side, context: &MatchContext<'_>) -> [f64; NUMBERS] {
        let mut out = [f64::NAN; NUMBERS];
        if let Some(eleven) = Eleven::latest(context.elevens, side) {
            out[..8].copy_from_slice(&self.eleven(ClubKey { club, source: eleven.source }, eleven));
        }
        if !context.absences.is_empty() {
            out[8..].copy_from_slice(&self.absences(club, side, context.absences));
        }
        out
    }

    fn eleven(&self, club: ClubKey, eleven: &Eleven) -> [f64; 8] {
        let starters = eleven.starters();
        let count = starters.len() as f64;
        let mean = |of: &dyn Fn(PlayerKey) -> f64| starters.iter().map(|p| of(*p)).sum::<f64>() / count;
        let recent = self.clubs.recent(club);
        let regulars = recent.regulars(ENOUGH);
        let out: Vec<&PlayerKey> = regulars.iter().filter(|p| !starters.contains(p)).collect();
        let changes = recent
            .last()
            .map_or(f64::NAN, |last| starters.iter().filter(|p| !last.starters().contains(p)).count() as f64);
        [
            count,
            f64::from(u8::from(eleven.kind == LineupKind::Confirmed)),
            mean(&|p| recent.share_started(p)),
            changes,
            mean(&|p| self.players.rating(p)),
            mean(&|p| self.worth(club, p)),
            out.len() as f64 / regulars.len() as f64,
            if regulars.is_empty() { f64::NAN } else { out.iter().map(|p| self.worth(club, **p)).sum() },
        ]
    }

    fn absences(&self, club: u32, side: Side, absences: &[Absence]) -> [f64; 4] {
        let standing = standing(side, absences);
        let of = |kind: InjuryKind| standing.iter().filter(move |a| a.kind == kind);
        let missing: Vec<&Absence> = of(InjuryKind::Missing).collect();
        let club_of = |source: SourceKey| ClubKey { club, source };
        // Of the source that tells of the absences, whichever side's they are.
        let regulars =
            absences.last().map_or(Vec::new(), |a| self.clubs.recent(club_of(a.source)).regulars(ENOUGH));
        let regulars_missing = regulars.iter().filter(|r| missing.iter().any(|a| a.player == **r)).count();
        [
            missing.len() as f64,
            of(InjuryKind::Questionable).count() as f64,
            regulars_missing as f64 / regulars.len() as f64,
            missing.iter().map(|a| self.worth(club_of(a.source), a.player)).sum(),
        ]
    }

    fn worth(&self, club: ClubKey, player: PlayerKey) -> f64 {
        self.players.worth(player, club, self.clubs.total(club))
    }
}

/// The latest that is known of each player of a side; of two words of one time the surer.
fn standing(side: Side, absences: &[Absence]) -> Vec<Absence> {
    let mut standing: Vec<Absence> = Vec::new();
    for absence in absences.iter().filter(|a| a.side == side) {
        match standing.iter_mut().find(|a| a.player == absence.player) {
            // They come by time known.
            Some(held) if held.known_at == absence.known_at && held.kind == InjuryKind::Missing => {}
            Some(held) => *held = *absence,
            None => standing.push(*absence),
        }
    }
    standing
}

impl Family for Lineups {
    fn define(&self, list: &mut Vec<Definition>) {
        Definitions::of("lineups", 1, list).fresh_for(TTL_HOURS).of_sides(&COLUMNS);
    }

    fn snapshot(&self, fixture: &Fixture, context: &MatchContext<'_>, out: &mut [f32]) {
        let [home, away] = [(fixture.home, Side::Home), (fixture.away, Side::Away)]
            .map(|(club, side)| self.side(club, side, context));
        sides(out, &home, &away);
    }

    fn observe(&mut self, played: &Played<'_>, residual: &Residual) {
        let f = &played.fixture;
        let sides = [(f.home, residual.goal_difference), (f.away, -residual.goal_difference)];
        for (eleven, (club, beyond)) in played.elevens.iter().zip(sides) {
            // Who was expected to start has not started for that.
            let Some(eleven) = eleven.as_ref().filter(|e| e.kind == LineupKind::Confirmed) else { continue };
            let club = ClubKey { club, source: eleven.source };
            let before = self.clubs.total(club);
            for player in eleven.starters() {
                self.players.started(*player, club, before, beyond);
            }
            self.clubs.played(club, *eleven, beyond);
        }
    }
}

#[cfg(test)]
mod tests;
