//! What a look at all stored matches finds that no single document shows: fixtures that are overdue, seasons that are
//! held twice, clubs under two names, leagues of a size that they do not have. [`concerns`] is pure; [`look`] and
//! [`look_at`] read what it needs.

pub mod check;
pub mod weekly;

use chrono::{DateTime, Days, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use touchline_collect::names::{resembling, similarity};
use touchline_collect::sources::football_data::most_clubs;
use touchline_domain::ports::{LeagueReader, MatchReader, ResultRow, StoreError, TeamReader};
use touchline_domain::{
    CompetitionKind, Kickoff, League, LeagueId, MatchStatus, Season, TeamId, UnresolvedRules,
};

/// Matches of a club in the middle of the table from which on a club with a few is odd.
const ENOUGH: usize = 8;
/// More alike than this, two names may be of one club.
const ALIKE: f64 = 0.75;
/// Days within which two meetings with one score are taken for one match.
const BESIDE: i64 = 3;
/// Seasons beside which one is judged.
const BEFORE: usize = 5;
/// Seasons of a league that tell how many clubs it has.
const SEASONS: usize = 3;

/// A class of concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConcernKind {
    /// Matches that should be over and have no result.
    OverdueFixtures,
    /// A season in which matches are held twice.
    DoubledSeason,
    /// A club with hardly a match where others have many.
    ClubWithFewMatches,
    /// A club with fixtures and no result where others have results.
    ClubWithoutResult,
    /// A season with more clubs than its league has.
    LeagueSize,
    /// Rules of a season whose league or team is not certain, and which therefore do not count.
    RulesNotInForce,
}

impl ConcernKind {
    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::OverdueFixtures => "overdue_fixtures",
            Self::DoubledSeason => "doubled_season",
            Self::ClubWithFewMatches => "club_with_few_matches",
            Self::ClubWithoutResult => "club_without_result",
            Self::LeagueSize => "league_size",
            Self::RulesNotInForce => "rules_not_in_force",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::OverdueFixtures => {
                "ingest a newer file of these leagues (touchline ingest ...), which brings the results or says that they were postponed"
            }
            Self::DoubledSeason => {
                "one of two dates is wrong: remove the file with the wrong ones, or ingest the corrected one"
            }
            Self::ClubWithFewMatches | Self::ClubWithoutResult => {
                "if it is another club's name: touchline names import FILE with {\"CLUB\": [\"OTHER NAME\"]}, or touchline names merge"
            }
            Self::LeagueSize => {
                "look for clubs under two names: touchline names suggest --all, touchline names merge"
            }
            Self::RulesNotInForce => {
                "write the league's own code and the team's own name: touchline competitions rules, or remove the alias that two share"
            }
        }
    }
}

/// Something that deserves a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// Its class.
    pub kind: ConcernKind,
    /// The league; none where it is about several.
    #[serde(skip)]
    pub league: Option<LeagueId>,
    /// The season; none where it is about several.
    #[serde(skip)]
    pub season: Option<Season>,
    /// What was found.
    pub message: String,
}

/// Reads what [`concerns`] looks at.
///
/// # Errors
/// The store is not available.
pub async fn look<S>(store: &S, now: DateTime<Utc>) -> Result<Vec<Concern>, StoreError>
where
    S: MatchReader + LeagueReader + TeamReader + ?Sized,
{
    let rows = store.results().await?;
    let names = store.teams().await?.into_iter().map(|team| (team.id, team.name)).collect();
    let mut found = concerns(&rows, &store.leagues().await?, &names, now);
    found.extend(store.unresolved_rules().await?.iter().map(rules_not_in_force));
    Ok(found)
}

/// The concerns of some seasons, judged beside the [`BEFORE`] seasons before each; of several leagues at a time none.
///
/// # Errors
/// The store is not available.
pub async fn look_at<S>(
    store: &S,
    seasons: &BTreeSet<(LeagueId, Season)>,
    now: DateTime<Utc>,
) -> Result<Vec<Concern>, StoreError>
where
    S: MatchReader + LeagueReader + TeamReader + ?Sized,
{
    let around = |(league, season): &(LeagueId, Season)| {
        let league = *league;
        std::iter::successors(Some(*season), |season| season.before())
            .take(1 + BEFORE)
            .map(move |season| (league, season))
    };
    let wanted: BTreeSet<(LeagueId, Season)> = seasons.iter().flat_map(around).collect();
    let mut rows: Vec<ResultRow> =
        store.matches_of(&Vec::from_iter(wanted)).await?.iter().map(ResultRow::from).collect();
    rows.sort_unstable_by_key(|row| (row.kickoff, row.id));
    let leagues: BTreeSet<LeagueId> = seasons.iter().map(|(league, _)| *league).collect();
    let teams: BTreeSet<TeamId> = rows.iter().flat_map(|row| [row.home, row.away]).collect();
    let names = store.teams_by_id(&Vec::from_iter(teams)).await?;
    let names = names.into_iter().map(|team| (team.id, team.name)).collect();
    let mut found = concerns(&rows, &store.leagues_by_id(&Vec::from_iter(leagues)).await?, &names, now);
    found.retain(|concern| concern.league.zip(concern.season).is_some_and(|of| seasons.contains(&of)));
    Ok(found)
}

fn rules_not_in_force(rules: &UnresolvedRules) -> Concern {
    let UnresolvedRules { league, season, team } = rules;
    let message = match team {
        None => format!(
            "the rules of {league} {season} do not count: {league:?} is the name of no league, or of several"
        ),
        Some(team) => format!(
            "the deductions of {team:?} in {league} {season} do not count: it is the name of no team of the league, or of several"
        ),
    };
    Concern { kind: ConcernKind::RulesNotInForce, league: None, season: Some(*season), message }
}

#[derive(Default)]
struct Club {
    matches: usize,
    results: usize,
    to_come: usize,
}

#[derive(Default)]
struct Table {
    clubs: BTreeMap<TeamId, Club>,
    met: BTreeSet<(TeamId, TeamId)>,
    results: usize,
    doubled: usize,
}

/// All concerns, by class and then by league and season.
pub fn concerns(
    rows: &[ResultRow],
    leagues: &[League],
    names: &BTreeMap<TeamId, String>,
    now: DateTime<Utc>,
) -> Vec<Concern> {
    let mut tables: BTreeMap<(LeagueId, Season), Table> = BTreeMap::new();
    let mut last: HashMap<(LeagueId, TeamId, TeamId), &ResultRow> = HashMap::new();
    for row in rows {
        let table = tables.entry((row.league, row.season)).or_default();
        for id in [row.home, row.away] {
            let club = table.clubs.entry(id).or_default();
            club.matches += 1;
            club.results += usize::from(row.score.is_some());
            club.to_come += usize::from(row.status == MatchStatus::Scheduled);
        }
        table.met.insert((row.home, row.away));
        table.results += usize::from(row.score.is_some());
        if let Some(before) = last.insert((row.league, row.home, row.away), row) {
            let apart = (row.kickoff - before.kickoff).num_days().abs();
            table.doubled += usize::from(apart <= BESIDE && row.score.is_some() && row.score == before.score);
        }
    }
    let code = |id: LeagueId| leagues.iter().find(|l| l.id == id).map_or("?", |l| l.details.code.as_str());
    let mut found: Vec<Concern> = overdue(rows, &code, now).into_iter().collect();
    for ((league, season), table) in &tables {
        let of = format!("{} {season}", code(*league));
        let mut add = |kind, message| {
            found.push(Concern { kind, league: Some(*league), season: Some(*season), message });
        };
        if table.doubled >= 3 && table.doubled * 20 >= table.met.len() {
            let message =
                format!("{of} holds {} matches twice, with dates up to {BESIDE} days apart", table.doubled);
            add(ConcernKind::DoubledSeason, message);
        }
        // Who takes part in a cup changes from season to season.
        let is_league = |l: &League| l.id == *league && l.details.kind == CompetitionKind::League;
        if !leagues.iter().any(is_league) {
            continue;
        }
        if let Some(usual) = usual_size(&tables, *league, *season, code(*league))
            && table.clubs.len() > usual
        {
            let message = format!("{of} has {} clubs, and the league has at most {usual}", table.clubs.len());
            add(ConcernKind::LeagueSize, message);
        }
        for (kind, message) in odd_clubs(&tables, (*league, *season), names, &of) {
            add(kind, message);
        }
    }
    found.sort_by_key(|concern| concern.kind);
    found
}

fn overdue<'a>(
    rows: &[ResultRow],
    code: &impl Fn(LeagueId) -> &'a str,
    now: DateTime<Utc>,
) -> Option<Concern> {
    let due = now - Days::new(1);
    let mut leagues: BTreeMap<&str, usize> = BTreeMap::new();
    let open = |row: &&ResultRow| matches!(row.status, MatchStatus::Scheduled | MatchStatus::Live);
    let latest = |row: &ResultRow| Kickoff { at: row.kickoff, precision: row.precision }.latest();
    for row in rows.iter().filter(open).filter(|row| latest(row) < due) {
        *leagues.entry(code(row.league)).or_default() += 1;
    }
    let count: usize = leagues.values().sum();
    let listed: Vec<String> = leagues.iter().map(|(code, n)| format!("{code} {n}")).collect();
    let (verb, have) = if count == 1 { ("match was", "has") } else { ("matches were", "have") };
    let message =
        format!("{count} {verb} due more than a day ago and {have} no result ({})", listed.join(", "));
    (count > 0).then_some(Concern { kind: ConcernKind::OverdueFixtures, league: None, season: None, message })
}

/// The most clubs that a league has: by what is known of it, else by its other seasons.
fn usual_size(
    tables: &BTreeMap<(LeagueId, Season), Table>,
    league: LeagueId,
    season: Season,
    code: &str,
) -> Option<usize> {
    most_clubs(code).or_else(|| {
        let others = tables.iter().filter(|((of, other), _)| *of == league && *other != season);
        let sizes: Vec<usize> = others.map(|(_, table)| table.clubs.len()).collect();
        (sizes.len() >= SEASONS).then(|| sizes.into_iter().max().unwrap_or_default() + 4)
    })
}

fn middle(counts: impl Iterator<Item = usize>) -> usize {
    let mut counts: Vec<usize> = counts.collect();
    counts.sort_unstable();
    counts.get(counts.len() / 2).copied().unwrap_or_default()
}

/// Clubs of a season with hardly a match, or with fixtures alone.
fn odd_clubs(
    tables: &BTreeMap<(LeagueId, Season), Table>,
    (league, season): (LeagueId, Season),
    names: &BTreeMap<TeamId, String>,
    of: &str,
) -> Vec<(ConcernKind, String)> {
    let table = &tables[&(league, season)];
    let size = table.clubs.len();
    let matches = middle(table.clubs.values().map(|club| club.matches));
    let results = middle(table.clubs.values().map(|club| club.results));
    let is_round_robin = table.met.len() * 10 >= size * size.saturating_sub(1) * 7;
    let few = |club: &Club| matches >= ENOUGH && club.matches * 4 <= matches;
    let suspects =
        table.clubs.iter().filter(|(_, club)| few(club) || (club.to_come > 0 && club.results == 0));
    let mut found = Vec::new();
    for (id, club) in suspects {
        let seasons = || tables.iter().filter(|((of, _), _)| *of == league).map(|(_, table)| table);
        let had_results = seasons().any(|table| table.clubs.get(id).is_some_and(|club| club.results > 0));
        if !few(club) && (had_results || seasons().all(|table| table.results == 0)) {
            continue;
        }
        let Some(name) = names.get(id) else { continue };
        let others: BTreeSet<&str> = seasons()
            .flat_map(|table| table.clubs.iter().filter(|(other, club)| *other != id && club.results > 0))
            .filter_map(|(other, _)| names.get(other).map(String::as_str))
            .collect();
        let alike = resembling(name, others.into_iter(), 3);
        let is_alike = alike.first().is_some_and(|other| similarity(name, other) >= ALIKE);
        let like =
            if alike.is_empty() { String::new() } else { format!("; it resembles {}", alike.join(", ")) };
        if few(club) {
            if is_alike || is_round_robin {
                let n = club.matches;
                let message =
                    format!("{name:?} has {n} of the {matches} matches that clubs of {of} have{like}");
                found.push((ConcernKind::ClubWithFewMatches, message));
            }
        } else if is_alike || results >= 2 {
            // Before a season's first result every promoted club is like that.
            let message = format!(
                "{name:?} of {of} has fixtures and no result in a league whose other clubs have{like}"
            );
            found.push((ConcernKind::ClubWithoutResult, message));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{KickoffPrecision, MatchId, NewLeague, Score};

    const LEAGUE: LeagueId = LeagueId(1);

    fn row(home: i64, away: i64, day: u32, season: u16, score: Option<(u8, u8)>) -> ResultRow {
        let start = format!("{season}-08-01T15:00:00Z").parse::<DateTime<Utc>>().unwrap();
        ResultRow {
            id: MatchId(0),
            league: LEAGUE,
            season: Season::cross_year(season).unwrap(),
            home: TeamId(home),
            away: TeamId(away),
            kickoff: start + Days::new(day.into()),
            precision: KickoffPrecision::Day,
            status: if score.is_some() { MatchStatus::Finished } else { MatchStatus::Scheduled },
            score: score.map(|(home, away)| Score { home, away }),
            neutral_ground: false,
        }
    }

    /// Everybody at home against everybody.
    fn season(clubs: i64, year: u16) -> Vec<ResultRow> {
        let pairs = (1..=clubs)
            .flat_map(|home| (1..=clubs).filter(move |away| *away != home).map(move |away| (home, away)));
        (0..).zip(pairs).map(|(day, (home, away))| row(home, away, day, year, Some((1, 0)))).collect()
    }

    fn league(kind: CompetitionKind) -> League {
        let details = NewLeague {
            code: "XY1".into(),
            name: "A league".into(),
            country: "Nowhere".into(),
            level: 1,
            source: "test".into(),
            kind,
        };
        League { id: LEAGUE, details }
    }

    fn look(rows: &[ResultRow]) -> Vec<(ConcernKind, String)> {
        let names = ["Ashmoor", "Fenby", "Lorne", "Penrose", "Kelby", "Garside", "Penrose FC"];
        let names = (1..).zip(names).map(|(id, name)| (TeamId(id), name.to_owned())).collect();
        let now = "2030-12-01T12:00:00Z".parse().unwrap();
        concerns(rows, &[league(CompetitionKind::League)], &names, now)
            .into_iter()
            .map(|c| (c.kind, c.message))
            .collect()
    }

    #[test]
    fn a_day_is_overdue_a_day_after_it_is_over() {
        let fixture = |now: &str| {
            let rows = [row(1, 2, 0, 2026, None)];
            overdue(&rows, &|_| "XY1", now.parse().unwrap()).is_some()
        };
        assert!(!fixture("2026-08-02T20:00:00Z"), "it may have ended hours ago");
        assert!(fixture("2026-08-03T20:00:00Z"));
    }

    #[test]
    fn a_tournament_may_have_more_teams_than_the_one_before() {
        let mut rows: Vec<ResultRow> = (2020..2024).flat_map(|year| season(6, year)).collect();
        rows.extend(season(12, 2025));
        let sizes = |kind| {
            let found =
                concerns(&rows, &[league(kind)], &BTreeMap::new(), "2030-12-01T12:00:00Z".parse().unwrap());
            found.iter().filter(|concern| concern.kind == ConcernKind::LeagueSize).count()
        };
        assert_eq!((sizes(CompetitionKind::League), sizes(CompetitionKind::Tournament)), (1, 0));
    }

    #[test]
    fn a_season_that_is_whole_gives_no_concern() {
        assert_eq!(look(&season(6, 2025)), []);
        assert_eq!(look(&[]), []);
    }

    #[test]
    fn fixtures_of_past_days_are_counted_by_league() {
        let found = look(&[row(1, 2, 0, 2026, None), row(3, 4, 0, 2026, None), row(1, 3, 0, 2031, None)]);
        assert_eq!(found[0].1, "2 matches were due more than a day ago and have no result (XY1 2)");
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_club_with_fixtures_alone_is_named_with_those_it_resembles() {
        let mut rows = season(6, 2025);
        rows.push(row(7, 1, 200, 2030, None));
        rows.push(row(4, 1, 200, 2030, None));
        let found = look(&rows);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].0, ConcernKind::ClubWithoutResult);
        assert!(
            found[0].1.contains("\"Penrose FC\"") && found[0].1.contains("resembles Penrose"),
            "{found:?}"
        );
    }

    #[test]
    fn a_club_with_one_match_and_matches_held_twice_are_concerns() {
        let mut rows = season(6, 2025);
        rows.push(row(7, 1, 300, 2025, Some((1, 1))));
        let found = look(&rows);
        assert_eq!(
            found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [ConcernKind::ClubWithFewMatches]
        );
        let mut rows = season(6, 2025);
        rows.extend(
            season(6, 2025).into_iter().map(|r| ResultRow { kickoff: r.kickoff + Days::new(1), ..r }),
        );
        let found = look(&rows);
        assert_eq!(found[0].0, ConcernKind::DoubledSeason);
        assert!(found[0].1.contains("30 matches twice"), "{found:?}");
    }
}
