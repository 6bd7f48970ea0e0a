//! Clubs, their strengths, tables, promotion and relegation.

use super::random::Random;
use std::cmp::Reverse;

/// Tiers of the pyramid.
pub(super) const TIERS: usize = 3;
/// Clubs of each tier.
pub(super) const CLUBS_PER_TIER: usize = 20;
/// Clubs that change places between neighbouring tiers.
const MOVING: usize = 3;

/// What a tier adds to the attack and to the defence of its clubs, on the logarithm of goals.
const TIER_LEVEL: [f64; TIERS] = [0.15, 0.0, -0.15];
/// Spread of clubs' levels within a tier.
const SPREAD: f64 = 0.22;
/// Spread of a week's change of form, and how much of the form is gone after a week.
const WEEKLY: f64 = 0.025;
const FADING: f64 = 0.03;
/// Spread of a summer's change of level, and how much nearer the tier's level a club comes.
const YEARLY: f64 = 0.08;
const RETURNING: f64 = 0.2;

/// Names are made of both; no such places are known.
const FIRST: [&str; 12] =
    ["Quor", "Vesk", "Zan", "Thral", "Brimm", "Ostr", "Myr", "Kelv", "Ludd", "Fenn", "Grav", "Yver"];
const SECOND: [&str; 5] = ["mouth City", "wick Town", "holt United", "stead Rovers", "ford Athletic"];

/// Level and present form of one ability.
#[derive(Debug, Clone, Copy)]
struct Ability {
    level: f64,
    form: f64,
}

impl Ability {
    fn drawn(mean: f64, random: &mut Random) -> Self {
        Self { level: mean + random.normal(SPREAD), form: 0.0 }
    }

    fn value(self) -> f64 {
        self.level + self.form
    }
}

/// A club.
#[derive(Debug)]
pub(super) struct Club {
    name: String,
    attack: Ability,
    defence: Ability,
    points: u16,
    difference: i16,
    goals: u16,
}

impl Club {
    /// Present attack: adds to the logarithm of its expected goals.
    pub(super) fn attack(&self) -> f64 {
        self.attack.value()
    }

    /// Present defence: takes from the logarithm of the opponent's expected goals.
    pub(super) fn defence(&self) -> f64 {
        self.defence.value()
    }

    fn add(&mut self, goals: u8, against: u8) {
        self.points += match goals.cmp(&against) {
            std::cmp::Ordering::Greater => 3,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Less => 0,
        };
        self.difference += i16::from(goals) - i16::from(against);
        self.goals += u16::from(goals);
    }
}

/// All clubs, and who plays in which tier.
#[derive(Debug)]
pub(super) struct Pyramid {
    clubs: Vec<Club>,
    tiers: [Vec<usize>; TIERS],
}

impl Pyramid {
    /// Founds the clubs and deals them out to the tiers.
    pub(super) fn found(random: &mut Random) -> Self {
        let mut clubs = Vec::with_capacity(TIERS * CLUBS_PER_TIER);
        let mut tiers: [Vec<usize>; TIERS] = Default::default();
        for i in 0..TIERS * CLUBS_PER_TIER {
            let tier = i % TIERS;
            tiers[tier].push(i);
            clubs.push(Club {
                name: format!("{}{}", FIRST[i % FIRST.len()], SECOND[i / FIRST.len()]),
                attack: Ability::drawn(TIER_LEVEL[tier], random),
                defence: Ability::drawn(TIER_LEVEL[tier], random),
                points: 0,
                difference: 0,
                goals: 0,
            });
        }
        Self { clubs, tiers }
    }

    /// The club in a place of a tier's fixture list.
    pub(super) fn member(&self, tier: usize, place: usize) -> usize {
        self.tiers[tier][place]
    }

    /// A club.
    pub(super) fn club(&self, club: usize) -> &Club {
        &self.clubs[club]
    }

    /// A club's name.
    pub(super) fn name(&self, club: usize) -> &str {
        &self.clubs[club].name
    }

    /// Enters a result in the table.
    pub(super) fn record(&mut self, home: usize, away: usize, (goals, against): (u8, u8)) {
        self.clubs[home].add(goals, against);
        self.clubs[away].add(against, goals);
    }

    /// Lets a week pass.
    pub(super) fn drift(&mut self, random: &mut Random) {
        for club in &mut self.clubs {
            for ability in [&mut club.attack, &mut club.defence] {
                ability.form = (1.0 - FADING) * ability.form + random.normal(WEEKLY);
            }
        }
    }

    /// Ends a season: promotes, relegates, and lets a summer pass.
    pub(super) fn turn(&mut self, random: &mut Random) {
        for tier in &mut self.tiers {
            tier.sort_by_key(|i| {
                let club = &self.clubs[*i];
                (Reverse((club.points, club.difference, club.goals)), *i)
            });
        }
        for upper in 0..TIERS - 1 {
            // A tier's two exchanges concern its two ends: neither moves a club that the other has moved.
            let last = CLUBS_PER_TIER - MOVING;
            for i in 0..MOVING {
                let down = self.tiers[upper][last + i];
                let up = self.tiers[upper + 1][i];
                self.tiers[upper][last + i] = up;
                self.tiers[upper + 1][i] = down;
            }
        }
        for (tier, members) in self.tiers.iter_mut().enumerate() {
            members.sort_unstable();
            for i in members.iter() {
                let club = &mut self.clubs[*i];
                (club.points, club.difference, club.goals) = (0, 0, 0);
                for ability in [&mut club.attack, &mut club.defence] {
                    ability.level += RETURNING * (TIER_LEVEL[tier] - ability.level) + random.normal(YEARLY);
                }
            }
        }
    }
}
