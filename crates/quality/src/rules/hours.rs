//! Kick-offs that lie whole hours beside those of the same weeks of former seasons.

use super::RuleFinding;
use super::fixtures::{day_of_year, has_hour};
use chrono::{DateTime, Timelike, Utc};
use std::collections::BTreeMap;
use touchline_domain::{LeagueId, Match, MatchStatus, Season};

/// Days of the year around which former kick-offs are compared, so that summer time is compared with summer time.
const AROUND: i64 = 21;
/// Recent kick-offs that are needed.
const RECENT: usize = 10;
/// Former kick-offs that are needed.
const FORMER: u32 = 40;
/// Nats per match by which moved hours must fit better.
const PER_MATCH: f64 = 0.8;
/// Nats in all by which they must.
const IN_ALL: f64 = 15.0;

/// Looks for leagues whose kick-offs since a time lie some hours beside those of the same weeks of former seasons: for every
/// move by whole hours it asks how well the moved hours fit the former ones, as a likelihood. Few matches, or hours that fit no
/// better when moved, are no finding. `label` names a league.
pub fn hours(
    matches: &[Match],
    since: DateTime<Utc>,
    label: &dyn Fn(LeagueId) -> String,
) -> Vec<RuleFinding> {
    let mut of_season: BTreeMap<(LeagueId, Season), Vec<&Match>> = BTreeMap::new();
    let mut former: BTreeMap<LeagueId, Vec<&Match>> = BTreeMap::new();
    let real =
        |m: &&Match| has_hour(m) && !matches!(m.status, MatchStatus::Cancelled | MatchStatus::Postponed);
    for m in matches.iter().filter(real) {
        if m.kickoff.at >= since {
            of_season.entry((m.league, m.season)).or_default().push(m);
        } else {
            former.entry(m.league).or_default().push(m);
        }
    }
    let mut found = Vec::new();
    for ((league, season), recent) in of_season {
        let before = former.get(&league).map_or(&[][..], Vec::as_slice);
        if let Some((by, fit)) = moved(&recent, before) {
            let name = format!("{} {season}", label(league));
            let message = format!(
                "{name}: the kick-offs of {} matches lie {} hours {} those of former seasons (log-likelihood {fit:.0} higher when moved): a time zone",
                recent.len(),
                by.abs(),
                if by > 0 { "after" } else { "before" },
            );
            let ids = recent.iter().map(|m| m.id).collect();
            found.push(RuleFinding::new("kickoff_hours_shifted", format!("{name} {by:+} h"), message, ids));
        }
    }
    found
}

/// The hours by which recent kick-offs are moved, with what is gained in likelihood; none where they are not.
fn moved(recent: &[&Match], former: &[&Match]) -> Option<(i64, f64)> {
    if recent.len() < RECENT {
        return None;
    }
    let hour = |m: &Match| i64::from(m.kickoff.at.hour());
    let mut gains = [0.0; 24];
    let mut judged = 0_usize;
    let mut former: Vec<(i64, i64)> = former.iter().map(|m| (day_of_year(m), hour(m))).collect();
    former.sort_unstable();
    let mut known: BTreeMap<i64, Option<[f64; 24]>> = BTreeMap::new();
    for m in recent {
        let day = day_of_year(m);
        let logs = known.entry(day).or_insert_with(|| {
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
        });
        let Some(logs) = logs else { continue };
        judged += 1;
        for (by, gain) in (0..).zip(&mut gains) {
            *gain += logs[((hour(m) - by).rem_euclid(24)) as usize];
        }
    }
    let (best, gain) = (1..24).map(|by| (by, gains[by] - gains[0])).max_by(|a, b| a.1.total_cmp(&b.1))?;
    let by = if best > 12 { best as i64 - 24 } else { best as i64 };
    (judged >= RECENT && gain >= IN_ALL && gain >= PER_MATCH * judged as f64).then_some((by, gain))
}
