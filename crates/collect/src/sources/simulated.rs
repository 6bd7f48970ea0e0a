//! A simulated three-tier pyramid of clubs that do not exist, in football-data.co.uk's shape: what the product
//! shows when there is neither network nor data. A seed fixes its world: clubs, strengths, results, prices;
//! today's date fixes which seasons there are and how much of the last one has been played. Nothing in it says
//! anything about real football, and every league of it is labelled as simulated.

mod calendar;
mod play;
mod pyramid;
mod random;

use super::football_data::{CatalogueEntry, parse};
use crate::{Document, DocumentError, Parsed, Source};
use calendar::{Calendar, Slot};
use chrono::{DateTime, Days, NaiveDate, Utc};
use play::Played;
use pyramid::{Pyramid, TIERS};
use random::Random;
use std::fmt::Write;

/// Seasons of the simulation; the last one is running.
pub const SEASONS: u16 = 4;

/// For how many days ahead there are prices.
const PRICED_DAYS: u64 = 10;

/// Headings of the two upper tiers; the third has no statistics and no prices.
const RESULT_HEADINGS: &str = "Div,Season,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,HTHG,HTAG,HTR";
const FULL_HEADINGS: &str = ",HS,AS,HST,AST,HC,AC,HF,AF,HY,AY,HR,AR,SIMH,SIMD,SIMA,SIM>2.5,SIM<2.5";
/// Tiers with statistics and prices.
const FULL_TIERS: usize = 2;

const LEAGUES: [CatalogueEntry; TIERS] = [
    league("SIM1", "Simulated First Division", 1),
    league("SIM2", "Simulated Second Division", 2),
    league("SIM3", "Simulated Third Division", 3),
];

const fn league(code: &'static str, name: &'static str, level: u8) -> CatalogueEntry {
    CatalogueEntry { code, name, country: "Simulated", level, calendar_years: None }
}

/// The name under which the records are kept.
const NAME: &str = "simulated";

/// Reads the files that [`files`] makes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Simulated;

impl Source for Simulated {
    fn name(&self) -> &'static str {
        NAME
    }

    fn parse(&self, document: &Document<'_>, collected_at: DateTime<Utc>) -> Result<Parsed, DocumentError> {
        parse(document, collected_at.date_naive(), NAME, &LEAGUES)
    }
}

/// A simulated pyramid: its clubs, its strengths, and how each of its matches ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// What everything in it is drawn from.
    pub seed: u64,
    /// A day on which its last season is running, whatever the day.
    pub founded: NaiveDate,
}

impl World {
    /// The same world later: whether the season that is running then is the last one of this world still.
    pub fn lasts(self, today: NaiveDate) -> bool {
        today >= self.founded && Calendar::running(today, 0).is_same(&Calendar::running(self.founded, 0))
    }

    /// What is known of it at `today`, oldest season first: name (`simulated/2223/SIM1.csv`) and content of each file.
    /// Matches of earlier days are played; on the day of its foundation at least two matchdays lie within the next 14
    /// days. The same world and day give the same bytes, and a later day more of the same matches.
    pub fn files(self, today: NaiveDate) -> Vec<(String, Vec<u8>)> {
        let mut random = Random::new(self.seed);
        let mut pyramid = Pyramid::found(&mut random);
        let mut files = Vec::new();
        for age in (0..SEASONS).rev() {
            let calendar = Calendar::running(self.founded, age);
            let texts = season(&mut pyramid, &calendar, today, &mut random);
            for (league, text) in LEAGUES.iter().zip(texts) {
                let name = format!("simulated/{}/{}.csv", calendar.folder(), league.code);
                files.push((name, text.into_bytes()));
            }
            pyramid.turn(&mut random);
        }
        files
    }
}

/// The files of a world on the day of its foundation.
pub fn files(seed: u64, today: NaiveDate) -> Vec<(String, Vec<u8>)> {
    World { seed, founded: today }.files(today)
}

/// Plays a season of all tiers, and writes down what is known of it today.
fn season(
    pyramid: &mut Pyramid,
    calendar: &Calendar,
    today: NaiveDate,
    random: &mut Random,
) -> [String; TIERS] {
    let mut texts = std::array::from_fn(|tier| {
        let rest = if tier < FULL_TIERS { FULL_HEADINGS } else { "" };
        format!("{RESULT_HEADINGS}{rest}\n")
    });
    for matchday in 0..calendar::MATCHDAYS {
        for (tier, text) in texts.iter_mut().enumerate() {
            for (slot, home, away) in calendar.matches(matchday) {
                let (home, away) = (pyramid.member(tier, home), pyramid.member(tier, away));
                let played = Played::simulate(pyramid.club(home), pyramid.club(away), random);
                pyramid.record(home, away, played.goals());
                let row = Row { tier, calendar, slot, home: pyramid.name(home), away: pyramid.name(away) };
                row.write(text, &played, today);
            }
        }
        pyramid.drift(random);
    }
    texts
}

struct Row<'a> {
    tier: usize,
    calendar: &'a Calendar,
    slot: Slot,
    home: &'a str,
    away: &'a str,
}

impl Row<'_> {
    fn write(&self, text: &mut String, played: &Played, today: NaiveDate) {
        let Slot { date, time } = self.slot;
        let (code, season) = (LEAGUES[self.tier].code, self.calendar.label());
        let start = format!(
            "{code},{season},{},{},{},{}",
            date.format("%d/%m/%Y"),
            time.format("%H:%M"),
            self.home,
            self.away
        );
        let is_played = date < today;
        let result = if is_played { played.result() } else { ",,,,,".to_owned() };
        let mut row = format!("{start},{result}");
        if self.tier < FULL_TIERS {
            let counts = if is_played { played.counts() } else { ",".repeat(11) };
            let priced = today.checked_add_days(Days::new(PRICED_DAYS)).is_none_or(|last| date <= last);
            let prices = if priced { played.prices() } else { ",".repeat(4) };
            // Writing to a string cannot fail.
            let _ = write!(row, ",{counts},{prices}");
        }
        text.push_str(&row);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};
    use touchline_domain::{Kickoff, MatchStatus, Season};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn read(today: NaiveDate) -> Vec<Parsed> {
        let read = |(name, bytes): (String, Vec<u8>)| {
            let parsed =
                Simulated.parse(&Document { name: &name, bytes: &bytes }, Kickoff::on(today).at).unwrap();
            assert_eq!(parsed.rejections, [], "{name}");
            parsed
        };
        files(7, today).into_iter().map(read).collect()
    }

    #[test]
    fn on_every_day_of_the_year_the_last_season_is_running() {
        for offset in (0..370).step_by(5) {
            let today = day("2026-01-01") + Days::new(offset);
            let seasons = read(today);
            assert_eq!(seasons.len(), 12);
            for (i, parsed) in seasons.iter().enumerate() {
                assert_eq!(parsed.matches.len(), 380);
                let finished = parsed.matches.iter().filter(|m| m.status == MatchStatus::Finished).count();
                if i < 9 {
                    assert_eq!(finished, 380, "{today}: season {} of {}", i / 3, parsed.leagues[0].code);
                    continue;
                }
                assert!(finished >= 20, "{today}: {finished} matches are played");
                let next = today + Days::new(14);
                let upcoming = parsed.matches.iter().filter(|m| m.status == MatchStatus::Scheduled);
                let coming = upcoming.filter(|m| (today..=next).contains(&m.kickoff.at.date_naive()));
                assert!(coming.count() >= 20, "{today}");
            }
        }
    }

    #[test]
    fn the_same_seed_and_day_give_the_same_bytes_and_another_seed_others() {
        let today = day("2026-11-20");
        assert_eq!(files(1, today), files(1, today));
        assert_ne!(files(1, today), files(2, today));
        let names: Vec<String> = files(1, today).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names[0], "simulated/2324/SIM1.csv");
        assert_eq!(names[11], "simulated/2627/SIM3.csv");
        assert_eq!(files(1, day("2026-07-01"))[11].0, "simulated/2026/SIM3.csv");
    }

    #[test]
    fn a_later_day_reveals_more_of_the_same_world() {
        let finished = |today| -> Vec<_> {
            let all = read(today).into_iter().flat_map(|p| p.matches);
            all.filter(|m| m.score.is_some()).map(|m| (m.kickoff, m.home, m.away, m.score)).collect()
        };
        let (earlier, later) = (finished(day("2026-11-01")), finished(day("2026-12-01")));
        assert!(earlier.len() < later.len());
        let later: BTreeSet<_> = later.into_iter().map(|m| format!("{m:?}")).collect();
        assert!(earlier.iter().all(|m| later.contains(&format!("{m:?}"))));
    }

    #[test]
    fn a_world_goes_on_until_its_season_gives_way_to_the_next() {
        let world = World { seed: 7, founded: day("2026-11-01") };
        assert_eq!(world.files(day("2026-12-01")), files(7, day("2026-12-01")));
        assert!(world.lasts(day("2026-11-01")) && world.lasts(day("2027-03-31")));
        assert!(!world.lasts(day("2027-04-01")) && !world.lasts(day("2026-10-31")));
        // A day after the year's end knows the same season by another year.
        assert!(World { seed: 7, founded: day("2027-01-05") }.lasts(day("2027-03-05")));
    }

    #[test]
    fn three_clubs_change_places_between_neighbouring_tiers() {
        let mut rosters: BTreeMap<(Season, usize), BTreeSet<String>> = BTreeMap::new();
        for (i, parsed) in read(day("2026-11-20")).into_iter().enumerate() {
            for found in parsed.matches {
                rosters.entry((found.season, i % 3)).or_default().insert(found.home);
            }
        }
        assert_eq!(rosters.len(), 12);
        assert!(rosters.values().all(|clubs| clubs.len() == 20));
        let seasons: Vec<Season> = rosters.keys().map(|k| k.0).collect::<BTreeSet<_>>().into_iter().collect();
        for pair in seasons.windows(2) {
            for (from, to) in [(0, 1), (1, 0), (1, 2), (2, 1)] {
                let moved = rosters[&(pair[0], from)].intersection(&rosters[&(pair[1], to)]).count();
                assert_eq!(moved, 3, "{} from tier {from} to {to}", pair[0]);
            }
        }
    }

    #[test]
    fn results_and_prices_are_those_of_football() {
        let today = day("2026-11-20");
        let matches: Vec<_> = read(today).into_iter().flat_map(|p| p.matches).collect();
        let played: Vec<_> = matches.iter().filter_map(|m| m.score).collect();
        let mean =
            |f: fn(&touchline_domain::Score) -> f64| played.iter().map(f).sum::<f64>() / played.len() as f64;
        let (home, away) = (mean(|s| s.home.into()), mean(|s| s.away.into()));
        assert!((1.4..1.75).contains(&home) && (1.0..1.35).contains(&away), "{home} {away}");
        let draws = mean(|s| f64::from(u8::from(s.home == s.away)));
        assert!((0.20..0.30).contains(&draws), "{draws}");
        for found in &matches {
            assert!(found.odds.iter().all(|q| !q.is_suspicious()), "{found:?}");
            if let (Some(stats), Some(score)) = (found.stats, found.score) {
                assert!(stats.home.shots_on_target.unwrap() >= score.home.into());
                assert!(stats.home.shots >= stats.home.shots_on_target);
            }
        }
        let (mut loss, mut base, mut n) = (0.0, 0.0, 0.0);
        for found in &matches {
            let (Some(quote), Some(score)) = (found.odds.first(), found.score) else { continue };
            let implied = quote.prices.map(|p| 1.0 / p.unwrap().value());
            let outcome = touchline_domain::Outcome::of(score).index();
            loss -= (implied[outcome] / implied.iter().sum::<f64>()).ln();
            base -= [0.45_f64, 0.25, 0.30][outcome].ln();
            n += 1.0;
        }
        println!("log loss of the prices {:.4}, of constant rates {:.4}, {n} matches", loss / n, base / n);
        assert!(loss / n < base / n - 0.03, "the prices know the strengths");
    }
}
