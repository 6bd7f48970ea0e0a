//! Clubs of a league's season against one another: one under two names is a club with hardly a match, or with fixtures
//! alone, or one that never meets the club it resembles.

use super::{Context, note};
use crate::names::{resembling, similarity};
use crate::{Parsed, RejectionKind};
use std::collections::{BTreeMap, HashMap, HashSet};
use touchline_domain::Season;

/// Matches of a club in the middle of the table from which on a club with a few is odd.
const ENOUGH: usize = 8;
/// More alike than this, two names may be of one club.
const ALIKE: f64 = 0.75;

#[derive(Default)]
struct Club {
    matches: usize,
    results: usize,
    line: u32,
}

#[derive(Default)]
struct Table<'a> {
    clubs: HashMap<&'a str, Club>,
    met: HashSet<(&'a str, &'a str)>,
    matches: usize,
}

pub(super) fn check(parsed: &mut Parsed, context: &Context) {
    let mut findings = Vec::new();
    for ((league, season), table) in tables(parsed) {
        let code = parsed.leagues[league].code.as_str();
        let of = format!("{code} {season}");
        let odd = few_matches(&table, &of, context.leagues);
        let size = table.clubs.len();
        if let Some(most) = (context.most_clubs)(code).filter(|most| size > *most) {
            let odd: Vec<&str> = odd.iter().map(|(_, _, name, _)| *name).collect();
            let named = if odd.is_empty() { String::new() } else { format!(" (look at {})", odd.join(", ")) };
            let message = format!(
                "{of} has {size} clubs here, and the league at most {most}{named}: clubs under two names, or two leagues \
                 in one file"
            );
            findings.push((0, RejectionKind::TooManyClubs, message));
        }
        findings.extend(never_meeting(&table, &of));
        findings.extend(odd.into_iter().map(|(line, kind, _, message)| (line, kind, message)));
    }
    for (line, kind, message) in findings {
        note(parsed, line, kind, message);
    }
}

fn tables(parsed: &Parsed) -> BTreeMap<(usize, Season), Table<'_>> {
    let mut tables: BTreeMap<(usize, Season), Table<'_>> = BTreeMap::new();
    let mut current: Option<((usize, Season), Table<'_>)> = None;
    for m in &parsed.matches {
        let key = (m.league, m.season);
        if current.as_ref().is_none_or(|(held, _)| *held != key) {
            tables.extend(current.take());
            current = Some((key, tables.remove(&key).unwrap_or_default()));
        }
        let Some((_, table)) = &mut current else { continue };
        for name in [m.home.as_str(), m.away.as_str()] {
            let club = table.clubs.entry(name).or_insert(Club { line: m.line, ..Club::default() });
            club.matches += 1;
            club.results += usize::from(m.score.is_some());
        }
        table.met.insert((&m.home, &m.away));
        table.matches += 1;
    }
    tables.extend(current);
    tables
}

fn middle(mut counts: Vec<usize>) -> usize {
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

type Odd<'a> = (u32, RejectionKind, &'a str, String);

/// Clubs with a few matches, or with fixtures alone, where the others have many.
fn few_matches<'a>(table: &Table<'a>, of: &str, is_league: bool) -> Vec<Odd<'a>> {
    let matches = middle(table.clubs.values().map(|club| club.matches).collect());
    let results = middle(table.clubs.values().map(|club| club.results).collect());
    let mut odd = Vec::new();
    for (name, club) in &table.clubs {
        let few = matches >= ENOUGH && club.matches * 4 <= matches;
        let only_fixtures = results >= 2 && club.results == 0;
        if !few && !only_fixtures {
            continue;
        }
        let others = table.clubs.keys().filter(|other| *other != name).copied();
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
        odd.push((club.line, kind, *name, message));
    }
    odd.sort_by(|a, b| (a.0, a.2).cmp(&(b.0, b.2)));
    odd
}

/// Two clubs of a season in which nearly everybody met everybody that never met, and that have together as many matches
/// as one: they could be one. A club with hardly a match is named already.
fn never_meeting(table: &Table<'_>, of: &str) -> Vec<(u32, RejectionKind, String)> {
    let size = table.clubs.len();
    let usual = middle(table.clubs.values().map(|club| club.matches).collect());
    if size < 4 || table.met.len() * 10 < size * (size - 1) * 7 {
        return Vec::new();
    }
    let mut names: Vec<&str> = table.clubs.keys().copied().collect();
    names.sort_unstable();
    let mut found = Vec::new();
    for (i, a) in names.iter().enumerate() {
        for b in &names[i + 1..] {
            let met = table.met.contains(&(*a, *b)) || table.met.contains(&(*b, *a));
            let (of_a, of_b) = (&table.clubs[a], &table.clubs[b]);
            let is_few = [of_a, of_b].iter().any(|club| usual >= ENOUGH && club.matches * 4 <= usual);
            if met || is_few || (of_a.matches + of_b.matches).abs_diff(usual) > 2 {
                continue;
            }
            let message = format!(
                "{a:?} ({} matches) and {b:?} ({}) of {of} never meet, and have together as many matches as others: they \
                 may be one club under two names; make an alias of one (touchline names import, names merge)",
                of_a.matches, of_b.matches
            );
            found.push((of_a.line.max(of_b.line), RejectionKind::SplitClub, message));
        }
    }
    found
}
