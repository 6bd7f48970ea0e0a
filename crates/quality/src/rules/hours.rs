//! Kick-offs that lie whole hours beside those of the same weeks of former seasons.

use super::RuleFinding;
use super::fixtures::{day_of_year, has_hour};
use chrono::Timelike;
use std::collections::BTreeMap;
use touchline_domain::{Match, MatchStatus};

/// Days of the year around which former kick-offs are compared, so that summer time is compared with summer time.
const AROUND: i64 = 21;
/// Matches one after another that are needed.
const RECENT: usize = 8;
/// Former kick-offs that are needed.
const FORMER: u32 = 40;
/// Nats per match by which moved hours must fit better.
const PER_MATCH: f64 = 0.5;
/// Nats in all by which they must.
const IN_ALL: f64 = 15.0;
/// Matches that start together count as so many at most: they were put there by one decision, such as that the last round is
/// played at one time.
const TOGETHER: f64 = 3.0;

/// Looks for a stretch of a season whose kick-offs lie some hours beside those of the same weeks of former seasons of the
/// league: for every move by whole hours it asks where the moved hours fit the former ones best, as a likelihood. Few matches,
/// or hours that fit no better when moved, are no finding. `name` names league and season.
pub fn hours(season: &[&Match], former: &[&Match], name: &str) -> Option<RuleFinding> {
    let real =
        |m: &&&Match| has_hour(m) && !matches!(m.status, MatchStatus::Cancelled | MatchStatus::Postponed);
    let mut season: Vec<&Match> = season.iter().filter(real).copied().collect();
    season.sort_unstable_by_key(|m| (m.kickoff.at, m.id));
    let mut before: Vec<(i64, i64)> = former.iter().filter(real).map(|m| (day_of_year(m), hour(m))).collect();
    before.sort_unstable();
    let gains = gains(&season, &before);
    let stretches = (1..24).filter_map(|by| best_stretch(&gains, by).map(|stretch| (by, stretch)));
    let (by, best) = stretches.max_by(|a, b| a.1.gain.total_cmp(&b.1.gain))?;
    let by = if by > 12 { by as i64 - 24 } else { by as i64 };
    let moved: Vec<&Match> = gains[best.from..=best.to].iter().map(|(m, _)| *m).collect();
    let message = format!(
        "{name}: the kick-offs of {} matches from {} on lie {} hours {} those of former seasons (log-likelihood {:.0} higher when moved): a time zone",
        moved.len(),
        moved[0].kickoff.at.date_naive(),
        by.abs(),
        if by > 0 { "after" } else { "before" },
        best.gain,
    );
    let ids = moved.iter().map(|m| m.id).collect();
    Some(RuleFinding::new("kickoff_hours_shifted", format!("{name} {by:+} h"), message, ids))
}

fn hour(m: &Match) -> i64 {
    i64::from(m.kickoff.at.hour())
}

/// For each match that can be judged what is gained in log-likelihood when its hour is moved back by 0 to 23 hours.
fn gains<'m>(season: &[&'m Match], former: &[(i64, i64)]) -> Vec<(&'m Match, [f64; 24])> {
    let mut known: BTreeMap<i64, Option<[f64; 24]>> = BTreeMap::new();
    let mut gains = Vec::with_capacity(season.len());
    for slot in season.chunk_by(|a, b| a.kickoff.at == b.kickoff.at) {
        let weight = (TOGETHER / slot.len() as f64).min(1.0);
        let day = day_of_year(slot[0]);
        let Some(logs) = known.entry(day).or_insert_with(|| chances(day, former)) else { continue };
        let at = hour(slot[0]);
        let mut gain = [0.0; 24];
        for (by, gain) in (0..).zip(&mut gain) {
            *gain = weight * (logs[(at - by).rem_euclid(24) as usize] - logs[at as usize]);
        }
        gains.extend(slot.iter().map(|m| (*m, gain)));
    }
    gains
}

/// Logarithms of the chances of all hours around a day of the year; none where too few former kick-offs are known.
fn chances(day: i64, former: &[(i64, i64)]) -> Option<[f64; 24]> {
    let near = former.iter().filter(|(other, _)| {
        let apart = (day - other).abs();
        apart.min(365 - apart) <= AROUND
    });
    let mut counts = [0.5; 24];
    let mut total = 0_u32;
    near.for_each(|(_, hour)| {
        counts[*hour as usize] += 1.0;
        total += 1;
    });
    (total >= FORMER).then(|| counts.map(|count: f64| (count / (f64::from(total) + 12.0)).ln()))
}

/// Matches one after another, by place.
struct Stretch {
    gain: f64,
    from: usize,
    to: usize,
}

/// The stretch with the highest sum of gains (Kadane's algorithm), if it is high enough.
fn best_stretch(gains: &[(&Match, [f64; 24])], by: usize) -> Option<Stretch> {
    let (mut sum, mut from) = (0.0, 0);
    let mut best: Option<Stretch> = None;
    for (to, (_, gain)) in gains.iter().enumerate() {
        if sum <= 0.0 {
            (sum, from) = (0.0, to);
        }
        sum += gain[by];
        if best.as_ref().is_none_or(|best| sum > best.gain) {
            best = Some(Stretch { gain: sum, from, to });
        }
    }
    best.filter(|best| {
        let matches = best.to - best.from + 1;
        matches >= RECENT && best.gain >= IN_ALL && best.gain >= PER_MATCH * matches as f64
    })
}
