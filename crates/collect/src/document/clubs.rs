//! Clubs of a league's season against one another: one under two names is a club with hardly a match, or with fixtures
//! alone, or names that never meet and together have the matches of one, or three that have those of two, or one that plays
//! twice on a day.

use super::Context;
use super::meetings::Meetings;
use crate::RejectionKind;
use crate::names::{resembling, similarity};

/// Matches of a club in the middle of the table from which on a club with a few is odd.
const ENOUGH: usize = 8;
/// More alike than this, two names may be of one club.
const ALIKE: f64 = 0.75;
/// So many names may be of one club,
const MOST_NAMES: usize = 4;
/// looked for among so many.
const MOST_PARTS: usize = 12;
/// Matches that all names of a club may have more or fewer than another club.
const SLACK: usize = 2;

/// A finding: line, kind and message.
pub(super) type Finding = (u32, RejectionKind, String);

/// Looks at a season, which messages name by `of`.
pub(super) fn check(meetings: &Meetings<'_>, code: &str, of: &str, context: &Context) -> Vec<Finding> {
    let mut findings = Vec::new();
    let odd = few_matches(meetings, of, context.leagues);
    let size = meetings.clubs.len();
    if let Some(most) = (context.most_clubs)(code).filter(|most| size > *most) {
        let odd: Vec<&str> = odd.iter().map(|(_, _, name, _)| *name).collect();
        let named = if odd.is_empty() { String::new() } else { format!(" (look at {})", odd.join(", ")) };
        let message = format!(
            "{of} has {size} clubs here, and the league at most {most}{named}: clubs under two names, or two leagues \
             in one file"
        );
        findings.push((0, RejectionKind::TooManyClubs, message));
    }
    findings.extend(never_meeting(meetings, of, context.leagues));
    if findings.is_empty() && odd.is_empty() && context.leagues {
        findings.extend(shared_out(meetings, of));
    }
    findings.extend(odd.into_iter().map(|(line, kind, _, message)| (line, kind, message)));
    findings
}

type Odd<'a> = (u32, RejectionKind, &'a str, String);

/// Clubs with a few matches, or with fixtures alone, where the others have many.
fn few_matches<'a>(meetings: &Meetings<'a>, of: &str, is_league: bool) -> Vec<Odd<'a>> {
    let (matches, results) = (meetings.usual_matches(), meetings.usual_results());
    let mut odd = Vec::new();
    for club in &meetings.clubs {
        let name = club.name;
        let few = matches >= ENOUGH && club.matches * 4 <= matches;
        let only_fixtures = results >= 2 && club.results == 0;
        if !few && !only_fixtures {
            continue;
        }
        let others = meetings.clubs.iter().map(|other| other.name).filter(|other| *other != name);
        let alike = resembling(name, others, 2);
        let is_alike = alike.first().is_some_and(|other| similarity(name, other) >= ALIKE);
        if !is_league && !is_alike {
            continue;
        }
        let like = if is_alike { format!(", and resembles {}", alike.join(" and ")) } else { String::new() };
        let (kind, what) = if only_fixtures {
            (
                RejectionKind::ClubWithoutResult,
                format!("has fixtures and no result where others have {results}"),
            )
        } else {
            (
                RejectionKind::ClubWithFewMatches,
                format!("has {} matches where others have {matches}", club.matches),
            )
        };
        let message = format!(
            "{name:?} of {of} {what}{like}; if it is a club under another name, correct the name, or make an alias of it \
             (touchline names import, names merge)"
        );
        odd.push((club.line, kind, name, message));
    }
    odd.sort_by(|a, b| (a.0, a.2).cmp(&(b.0, b.2)));
    odd
}

/// Names of a season in which most met most that never met, and that have together as many matches as one club: they
/// could be one. A club with hardly a match is named already.
fn never_meeting(meetings: &Meetings<'_>, of: &str, is_league: bool) -> Vec<Finding> {
    let size = meetings.clubs.len();
    let usual = meetings.usual_matches();
    let percent = if is_league && usual >= ENOUGH { 50 } else { 70 };
    if size < 4 || meetings.met.len() * 100 < size * (size - 1) * percent {
        return Vec::new();
    }
    let is_few = |matches: usize| usual >= ENOUGH && matches * 4 <= usual;
    let is_part = |club: &u32| {
        let matches = meetings.clubs[*club as usize].matches;
        matches < usual + SLACK && !is_few(matches)
    };
    let mut parts: Vec<u32> = (0..size as u32).filter(is_part).collect();
    parts.sort_unstable_by_key(|club| meetings.clubs[*club as usize].name);
    // Where whole clubs are among them, only pairs are looked at: most have met.
    let most_names = if parts.len() <= MOST_PARTS { MOST_NAMES } else { 2 };
    let mut found = Vec::new();
    let mut group = Vec::new();
    grow(meetings, &parts, most_names, usual, &mut group, &mut found);
    found.into_iter().map(|group| split_club(meetings, &group, of)).collect()
}

/// Adds to a group of clubs that never met each one that met none of them, and keeps groups that have the matches of
/// one club.
fn grow(
    meetings: &Meetings<'_>,
    parts: &[u32],
    most: usize,
    usual: usize,
    group: &mut Vec<u32>,
    found: &mut Vec<Vec<u32>>,
) {
    let matches: usize = group.iter().map(|club| meetings.clubs[*club as usize].matches).sum();
    if group.len() >= 2 && matches.abs_diff(usual) <= SLACK {
        found.push(group.clone());
        return;
    }
    if group.len() == most || matches > usual + SLACK {
        return;
    }
    for (at, club) in parts.iter().enumerate() {
        if group.iter().all(|other| !meetings.have_met(*other, *club)) {
            group.push(*club);
            grow(meetings, &parts[at + 1..], most, usual, group, found);
            group.pop();
        }
    }
}

/// Three or four names that have the matches of fewer clubs between them, where every other club has as many as the next:
/// one of them stands for parts of the others.
fn shared_out(meetings: &Meetings<'_>, of: &str) -> Option<Finding> {
    let usual = meetings.usual_matches();
    let is_unusual = |club: &u32| meetings.clubs[*club as usize].matches != usual;
    let group: Vec<u32> = (0..meetings.clubs.len() as u32).filter(is_unusual).collect();
    let matches: usize = group.iter().map(|club| meetings.clubs[*club as usize].matches).sum();
    let is_shared = usual >= ENOUGH
        && (3..=MOST_NAMES).contains(&group.len())
        && matches.is_multiple_of(usual)
        && matches < group.len() * usual;
    let how = format!("have together the matches of {} clubs", matches / usual.max(1));
    is_shared.then(|| parts_of_clubs(meetings, &group, of, &how))
}

fn split_club(meetings: &Meetings<'_>, group: &[u32], of: &str) -> Finding {
    parts_of_clubs(meetings, group, of, "never meet, and have together as many matches as others")
}

/// Names that may be of fewer clubs, by `how`.
fn parts_of_clubs(meetings: &Meetings<'_>, group: &[u32], of: &str, how: &str) -> Finding {
    let clubs = group.iter().map(|club| &meetings.clubs[*club as usize]);
    let line = clubs.clone().map(|club| club.line).max().unwrap_or_default();
    let named: Vec<String> =
        clubs.map(|club| format!("{:?} ({} matches)", club.name, club.matches)).collect();
    let message = format!(
        "{} of {of} {how}: a club may stand there under several names; make aliases of them (touchline names import, \
         names merge)",
        named.join(" and ")
    );
    (line, RejectionKind::SplitClub, message)
}
