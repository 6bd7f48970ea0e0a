//! Matches that do not fit each other, their season or the time.

use super::RuleFinding;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_domain::{KickoffPrecision, LeagueId, Match, MatchId, MatchStatus, Score, Season, TeamId};

/// Results of a day that make it a copy of another day.
const COPIED: usize = 4;
/// Matches of a season below which its half-time scores say nothing.
const SOME: usize = 20;
/// Results one after another without half-time scores that are a change of the file.
const RUN: usize = 8;

/// Looks at matches beside each other. `leagues` names the leagues, and says of which a club meets each other one as often at
/// home as away (leagues, not cups); `matches` holds the seasons to look at as a whole.
pub fn fixtures(
    matches: &[Match],
    leagues: &BTreeMap<LeagueId, (String, bool)>,
    now: DateTime<Utc>,
) -> Vec<RuleFinding> {
    let code = |id: LeagueId| leagues.get(&id).map_or("?", |(code, _)| code.as_str());
    let mut of_season: BTreeMap<(LeagueId, Season), Vec<&Match>> = BTreeMap::new();
    for m in matches {
        of_season.entry((m.league, m.season)).or_default().push(m);
    }
    let mut found = early_results(matches, &code, now);
    for ((league, season), own) in &of_season {
        let name = format!("{} {season}", code(*league));
        found.extend(outside(*season, own, &name));
        if leagues.get(league).is_some_and(|(_, is_league)| *is_league) {
            found.extend(twice_in_a_day(own, &name));
            let before = season.before().and_then(|before| of_season.get(&(*league, before)));
            found.extend(repeated_venues(before.map_or(&[][..], Vec::as_slice), own, &name));
            found.extend(before.and_then(|before| missing_half(before, own, &name)));
        }
    }
    let league = |m: &&Match| leagues.get(&m.league).is_some_and(|(_, is_league)| *is_league);
    found.extend(copied_days(matches.iter().filter(league), &code));
    found
}

fn day(m: &Match) -> NaiveDate {
    m.kickoff.at.date_naive()
}

fn is_played(m: &Match) -> bool {
    matches!(m.status, MatchStatus::Finished | MatchStatus::Live | MatchStatus::Awarded)
}

fn early_results<'a>(
    matches: &[Match],
    code: &impl Fn(LeagueId) -> &'a str,
    now: DateTime<Utc>,
) -> Vec<RuleFinding> {
    let mut early: BTreeMap<(LeagueId, Season), Vec<MatchId>> = BTreeMap::new();
    for m in matches.iter().filter(|m| m.status == MatchStatus::Finished && m.kickoff.at > now) {
        early.entry((m.league, m.season)).or_default().push(m.id);
    }
    let finding = |((league, season), ids): ((LeagueId, Season), Vec<MatchId>)| {
        let name = format!("{} {season}", code(league));
        let message = format!(
            "{name}: {} matches have a result and have not started: a wrong date or time zone",
            ids.len()
        );
        RuleFinding::new("finished_before_kickoff", name, message, ids)
    };
    early.into_iter().map(finding).collect()
}

/// The time in which a season is played, with room for seasons that ended late.
pub(crate) fn season_span(season: Season) -> (NaiveDate, NaiveDate) {
    let year = i32::from(season.start());
    let date = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day of every year");
    if season.is_calendar_year() {
        (date(year, 1, 1), date(year + 1, 3, 31))
    } else {
        (date(year, 6, 1), date(year + 1, 8, 31))
    }
}

/// Matches outside the time in which a season is played.
fn outside(season: Season, own: &[&Match], name: &str) -> Option<RuleFinding> {
    let (from, to) = season_span(season);
    let astray: Vec<&&Match> = own.iter().filter(|m| !(from..=to).contains(&day(m))).collect();
    let first = astray.iter().min_by_key(|m| (m.kickoff.at, m.id))?;
    let message = format!(
        "{name}: {} of {} matches lie outside {from} to {to}, the first on {}: look for a season with a wrong label or a wrong year",
        astray.len(),
        own.len(),
        day(first)
    );
    let ids = astray.iter().map(|m| m.id).collect();
    Some(RuleFinding::new("outside_season", name.to_owned(), message, ids))
}

fn twice_in_a_day(own: &[&Match], name: &str) -> Option<RuleFinding> {
    let mut seen: HashMap<(TeamId, NaiveDate), MatchId> = HashMap::new();
    let mut ids = Vec::new();
    let mut example = None;
    for m in own.iter().filter(|m| is_played(m)) {
        for club in [m.home, m.away] {
            if let Some(other) = seen.insert((club, day(m)), m.id) {
                ids.extend([other, m.id]);
                example.get_or_insert((club, day(m)));
            }
        }
    }
    let (club, date) = example?;
    let message = format!(
        "{name}: club {club} plays twice on {date} ({} matches in all): a wrong date, or two clubs under one name",
        ids.len()
    );
    Some(RuleFinding::new("club_twice_in_a_day", format!("{name} {date} {club}"), message, ids))
}

/// Matches of pairings that were played more than once at one ground and never at the other.
fn second_meetings(own: &[&Match]) -> Vec<MatchId> {
    let mut met: HashMap<(TeamId, TeamId), Vec<MatchId>> = HashMap::new();
    for m in own.iter().filter(|m| is_played(m) && !m.setting.neutral_ground) {
        met.entry((m.home, m.away)).or_default().push(m.id);
    }
    met.iter()
        .filter(|((home, away), ids)| ids.len() > 1 && !met.contains_key(&(*away, *home)))
        .flat_map(|(_, ids)| ids.iter().copied())
        .collect()
}

/// Pairings that were played twice at one ground and never at the other, in a league that does not play like that.
fn repeated_venues(before: &[&Match], own: &[&Match], name: &str) -> Option<RuleFinding> {
    let odd = second_meetings(own);
    // How the league plays is seen in the season before; without one, in how many there are.
    let is_usual = |odd: usize, of: &[&Match]| odd * 20 > of.len();
    let usual = match before {
        [] => is_usual(odd.len(), own),
        _ => is_usual(second_meetings(before).len(), before),
    };
    if odd.is_empty() || usual {
        return None;
    }
    let message = format!(
        "{name}: {} matches are second meetings at one ground of clubs that never met at the other: home and away exchanged",
        odd.len() / 2
    );
    let first = odd.iter().min().expect("there is one");
    Some(RuleFinding::new("venue_repeated", format!("{name} match {first}"), message, odd))
}

/// Results without half-time scores, in a league whose season before had them: many of the season, or many in a row.
fn missing_half(before: &[&Match], own: &[&Match], name: &str) -> Option<RuleFinding> {
    let finished = |matches: &[&Match]| -> Vec<(DateTime<Utc>, MatchId, bool)> {
        let finished = matches.iter().filter(|m| m.status == MatchStatus::Finished);
        let mut rows: Vec<_> = finished.map(|m| (m.kickoff.at, m.id, m.half_time.is_some())).collect();
        rows.sort_unstable();
        rows
    };
    let (before, now) = (finished(before), finished(own));
    let with = before.iter().filter(|(.., has)| *has).count();
    if before.len() < SOME || with * 100 < before.len() * 98 || now.len() < RUN {
        return None;
    }
    let lacking: Vec<MatchId> = now.iter().filter(|(.., has)| !has).map(|(_, id, _)| *id).collect();
    let runs = now.chunk_by(|a, b| a.2 == b.2).filter(|run| !run[0].2);
    let longest = runs.map(<[_]>::len).max().unwrap_or_default();
    let first = now.iter().find(|(.., has)| !has)?.0.date_naive();
    (longest >= RUN || now.len() >= SOME && lacking.len() * 10 > now.len()).then(|| {
        let message = format!(
            "{name}: {} of {} results have no half-time score, the first on {first}, and the season before had all: columns are missing in a file",
            lacking.len(),
            now.len()
        );
        RuleFinding::new("missing_half", name.to_owned(), message, lacking)
    })
}

/// Days whose results are those of another day of the league, in whichever season.
fn copied_days<'m, 'a>(
    matches: impl Iterator<Item = &'m Match>,
    code: &impl Fn(LeagueId) -> &'a str,
) -> Vec<RuleFinding> {
    type Result = (LeagueId, TeamId, TeamId, Score);
    let mut days: HashMap<Result, Vec<(NaiveDate, MatchId)>> = HashMap::new();
    for m in matches {
        if let Some(score) = m.score {
            days.entry((m.league, m.home, m.away, score)).or_default().push((day(m), m.id));
        }
    }
    let mut pairs: BTreeMap<(LeagueId, NaiveDate, NaiveDate), BTreeSet<MatchId>> = BTreeMap::new();
    for ((league, ..), held) in &mut days {
        held.sort_unstable();
        for (i, (first, _)) in held.iter().enumerate() {
            for (second, id) in held[i + 1..].iter().filter(|(second, _)| second != first) {
                pairs.entry((*league, *first, *second)).or_default().insert(*id);
            }
        }
    }
    let finding = |((league, first, second), ids): ((LeagueId, NaiveDate, NaiveDate), BTreeSet<MatchId>)| {
        let name = format!("{} {second}", code(league));
        let message = format!(
            "{}: {} results of {second} are those of {first}: a round that was delivered twice",
            code(league),
            ids.len()
        );
        RuleFinding::new("duplicated_round", name, message, ids.into_iter().collect())
    };
    pairs.into_iter().filter(|(_, ids)| ids.len() >= COPIED).map(finding).collect()
}

/// Whether a time of day is known.
pub(super) fn has_hour(m: &Match) -> bool {
    m.kickoff.precision == KickoffPrecision::Minute
}

/// Days from the first of January, 0 to 365.
pub(super) fn day_of_year(m: &Match) -> i64 {
    i64::from(m.kickoff.at.ordinal0())
}
