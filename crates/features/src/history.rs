//! All matches in columns, in the order in which they are forecast: the input of the chronological pass.

use crate::context::{Deduction, MatchContext};
use crate::quotes::{self, Quote};
use crate::revisions::Revisions;
use crate::squads::{Eleven, Squads};
use crate::time::Seconds;
use crate::timed::ByMatch;
use chrono::NaiveDate;
use rustc_hash::FxHashMap;
use touchline_domain::ports::{ResultRow, StoredQuote};
use touchline_domain::{
    CompetitionKind, Correction, Injury, Kickoff, League, LeagueId, Lineup, MatchId, MatchStats, MatchStatus,
    Outcome, RulesInForce, Score, Season, Side, TableSplit, TeamId,
};
use touchline_models::dynamic::{Occasion, Pairing};

const DAY: f64 = 86_400.0;

/// What is known of a match before it starts. Teams and leagues are dense indices of a [`History`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fixture {
    /// The home side.
    pub home: u32,
    /// The away side.
    pub away: u32,
    /// The league.
    pub league: u32,
    /// A number that differs between seasons and grows with them.
    pub season: u32,
    /// Tier of the league within its country, 1 the highest.
    pub tier: u8,
    /// Kick-off in days since 1970-01-01 UTC.
    pub day: f64,
    /// Whether it is on neither side's ground.
    pub neutral: bool,
    /// Whether it counts in a league's table: matches of cups, qualifiers and play-offs do not.
    pub in_table: bool,
    /// After how many matches of each team the league's table divides in this season; 0 where it never does.
    pub split_after: u8,
}

impl Fixture {
    /// Both sides and the league, as the strength filters name them.
    pub fn pairing(&self) -> Pairing {
        Pairing { home: self.home as usize, away: self.away as usize, league: self.league as usize }
    }

    /// Time and setting, as the strength filters name them. A match that counts in no table is of no season: teams play cups
    /// beside their league, and national teams have no summer break.
    pub fn occasion(&self) -> Occasion {
        let season = if self.in_table { self.season } else { 0 };
        Occasion { day: self.day, season, tier: self.tier, neutral: self.neutral }
    }
}

/// What was counted of one side in a match; NaN where unknown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideCounts {
    /// Shots.
    pub shots: f32,
    /// Shots on target.
    pub on_target: f32,
    /// Corners.
    pub corners: f32,
    /// Expected goals.
    pub expected_goals: f32,
    /// Possession, percent.
    pub possession: f32,
    /// Red cards.
    pub red_cards: f32,
}

impl SideCounts {
    /// Nothing was counted.
    pub const UNKNOWN: Self = Self {
        shots: f32::NAN,
        on_target: f32::NAN,
        corners: f32::NAN,
        expected_goals: f32::NAN,
        possession: f32::NAN,
        red_cards: f32::NAN,
    };

    /// Appends all values.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        let Self { shots, on_target, corners, expected_goals, possession, red_cards } = *self;
        for x in [shots, on_target, corners, expected_goals, possession, red_cards] {
            out.extend_from_slice(&x.to_le_bytes());
        }
    }

    /// Whether nothing was counted.
    pub fn is_unknown(&self) -> bool {
        let Self { shots, on_target, corners, expected_goals, possession, red_cards } = *self;
        [shots, on_target, corners, expected_goals, possession, red_cards].iter().all(|x| x.is_nan())
    }
}

/// A finished match, as families observe it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Played<'a> {
    /// The fixture.
    pub fixture: Fixture,
    /// Goals of the home and of the away side.
    pub goals: [u8; 2],
    /// Counts of the home and of the away side.
    pub counts: [SideCounts; 2],
    /// Who started for the home and for the away side, where that was known when the result was.
    pub elevens: [Option<Eleven>; 2],
    /// Bookmakers' prices of it, in the order in which they became known.
    pub quotes: &'a [Quote],
}

impl Played<'_> {
    /// Goal difference from the home side's view.
    pub fn goal_difference(&self) -> f64 {
        f64::from(self.goals[0]) - f64::from(self.goals[1])
    }

    /// Points of the home and of the away side, three for a win.
    pub fn points(&self) -> [f64; 2] {
        match self.goals[0].cmp(&self.goals[1]) {
            std::cmp::Ordering::Greater => [3.0, 0.0],
            std::cmp::Ordering::Equal => [1.0, 1.0],
            std::cmp::Ordering::Less => [0.0, 3.0],
        }
    }
}

/// A number that differs between seasons and grows with them.
fn season_number(season: Season) -> u32 {
    u32::from(season.start()) * 2 + u32::from(season.is_calendar_year())
}

/// All matches by kick-off (then by identifier), finished or not.
#[derive(Debug, Clone, Default)]
pub struct History {
    ids: Vec<MatchId>,
    fixtures: Vec<Fixture>,
    kickoff: Vec<Seconds>,
    known: Vec<Seconds>,
    goals: Vec<Option<[u8; 2]>>,
    counts: Vec<[SideCounts; 2]>,
    revisions: Revisions,
    quotes: ByMatch<Quote>,
    squads: Squads,
    leagues: Vec<LeagueId>,
    teams: Vec<TeamId>,
    league_index: FxHashMap<LeagueId, u32>,
    team_index: FxHashMap<TeamId, u32>,
    /// By league and season, each by time.
    deductions: FxHashMap<(u32, u32), Vec<Deduction>>,
    /// By league and season.
    splits: FxHashMap<(u32, u32), TableSplit>,
}

impl History {
    /// Sorts matches and gives leagues and teams dense indices. A score counts as a result only where the match
    /// is finished (a match awarded at the table says nothing about strength). `leagues` gives tiers and kinds; one
    /// missing there is taken for a league of the first tier.
    pub fn new(rows: &[ResultRow], leagues: &[League], stats: &[(MatchId, MatchStats)]) -> Self {
        let mut order: Vec<u32> = (0..rows.len() as u32).collect();
        order.sort_unstable_by_key(|i| {
            let row = &rows[*i as usize];
            (row.kickoff, row.id)
        });
        let known: FxHashMap<LeagueId, &League> = leagues.iter().map(|l| (l.id, l)).collect();
        let stats: FxHashMap<MatchId, &MatchStats> = stats.iter().map(|(id, s)| (*id, s)).collect();
        let mut history = Self::default();
        history.reserve(rows.len());
        for i in order {
            let row = &rows[i as usize];
            history.push(row, known.get(&row.league).copied(), stats.get(&row.id).copied());
        }
        history
    }

    /// Adds bookmakers' prices, for features that see them. Suspicious quotes and those of other matches are left
    /// out.
    #[must_use]
    pub fn with_quotes(mut self, quotes: &[StoredQuote]) -> Self {
        self.quotes = quotes::by_match(&self.ids, quotes);
        self
    }

    /// Adds who plays and who is missing, for features that see it. Facts of other matches are left out.
    #[must_use]
    pub fn with_squads(mut self, lineups: &[(MatchId, Lineup)], injuries: &[(MatchId, Injury)]) -> Self {
        self.squads = Squads::new(&self.ids, lineups, injuries);
        self
    }

    /// Adds what holds for seasons of leagues: points that tables do without, splits, and play-offs that count in no table.
    /// Rules of leagues and teams without a match are left out.
    #[must_use]
    pub fn with_rules(mut self, rules: &[RulesInForce]) -> Self {
        for season in rules {
            let Some(league) = self.league_index.get(&season.league).copied() else { continue };
            let number = season_number(season.season);
            if let Some(first) = season.play_offs_from {
                let from = self.position_at(Kickoff::on(first).at.timestamp());
                for fixture in &mut self.fixtures[from..] {
                    fixture.in_table &= (fixture.league, fixture.season) != (league, number);
                }
            }
            if let Some(split) = &season.split {
                for fixture in &mut self.fixtures {
                    if (fixture.league, fixture.season) == (league, number) {
                        fixture.split_after = split.after;
                    }
                }
                self.splits.insert((league, number), split.clone());
            }
            let deduction = |(team, points, from): &(TeamId, i16, NaiveDate)| {
                let team = *self.team_index.get(team)?;
                Some(Deduction { team, points: i32::from(*points), from: Kickoff::on(*from).at.timestamp() })
            };
            let found: Vec<Deduction> = season.deductions.iter().filter_map(deduction).collect();
            let held = self.deductions.entry((league, number)).or_default();
            held.extend(found);
            held.sort_by_key(|deduction| (deduction.from, deduction.team));
        }
        self
    }

    /// Adds what was held of results and counts before they were corrected: a feature sees the value that was held at its
    /// time. Corrections come in the order in which they were written, and lead to the values of the rows.
    #[must_use]
    pub fn with_corrections(
        mut self,
        corrections: &[Correction],
        rows: &[ResultRow],
        stats: &[(MatchId, MatchStats)],
    ) -> Self {
        self.revisions = Revisions::new(&self.ids, &self.known, corrections, rows, stats);
        self
    }

    fn reserve(&mut self, rows: usize) {
        self.ids.reserve_exact(rows);
        self.fixtures.reserve_exact(rows);
        self.kickoff.reserve_exact(rows);
        self.known.reserve_exact(rows);
        self.goals.reserve_exact(rows);
        self.counts.reserve_exact(rows);
    }

    fn push(&mut self, row: &ResultRow, league: Option<&League>, stats: Option<&MatchStats>) {
        let kickoff = Kickoff { at: row.kickoff, precision: row.precision };
        let fixture = Fixture {
            home: dense(&mut self.team_index, &mut self.teams, row.home),
            away: dense(&mut self.team_index, &mut self.teams, row.away),
            league: dense(&mut self.league_index, &mut self.leagues, row.league),
            season: season_number(row.season),
            tier: league.map_or(1, |league| league.level),
            day: row.kickoff.timestamp() as f64 / DAY,
            neutral: row.neutral_ground,
            in_table: league.is_none_or(|league| league.kind == CompetitionKind::League),
            split_after: 0,
        };
        self.ids.push(row.id);
        self.fixtures.push(fixture);
        self.kickoff.push(row.kickoff.timestamp());
        self.known.push(kickoff.result_known_at().timestamp());
        let finished = row.score.filter(|_| row.status == MatchStatus::Finished);
        self.goals.push(finished.map(|s| [s.home, s.away]));
        self.counts.push(stats.map_or([SideCounts::UNKNOWN; 2], counts_of));
    }

    /// Number of matches.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no match.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Identifiers by position.
    pub fn ids(&self) -> &[MatchId] {
        &self.ids
    }

    /// Fixtures by position.
    pub fn fixtures(&self) -> &[Fixture] {
        &self.fixtures
    }

    /// Kick-offs by position, ascending.
    pub fn kickoffs(&self) -> &[Seconds] {
        &self.kickoff
    }

    /// When the result of the match at a position may be used.
    pub fn known_at(&self, position: usize) -> Seconds {
        self.known[position]
    }

    /// Goals of a finished match.
    pub fn goals(&self, position: usize) -> Option<[u8; 2]> {
        self.goals[position]
    }

    /// The outcome of a finished match.
    pub fn outcome(&self, position: usize) -> Option<Outcome> {
        self.goals(position).map(|[home, away]| Outcome::of(Score { home, away }))
    }

    /// The match at a position, where it is finished.
    pub fn played(&self, position: usize) -> Option<Played<'_>> {
        Some(self.played_with(position, self.goals[position]?, self.counts[position]))
    }

    /// The match at a position as it was held at a time, where it was finished then.
    pub fn played_at(&self, position: usize, time: Seconds) -> Option<Played<'_>> {
        match self.revisions.at(position, time) {
            Some(held) => Some(self.played_with(position, held.goals?, held.counts)),
            None => self.played(position),
        }
    }

    /// When results and counts of some matches became others.
    pub(crate) fn revisions(&self) -> &Revisions {
        &self.revisions
    }

    fn played_with(&self, position: usize, goals: [u8; 2], counts: [SideCounts; 2]) -> Played<'_> {
        let known = self.squads.elevens_known(position, self.known[position]);
        let elevens = Side::BOTH.map(|side| Eleven::latest(known, side).copied());
        let quotes = self.quotes_known(position, self.known[position]);
        let fixture = self.fixtures[position];
        Played { fixture, goals, counts, elevens, quotes }
    }

    /// Prices of the match at a position that were known at a time, in the order in which they became known.
    pub fn quotes_known(&self, position: usize, time: Seconds) -> &[Quote] {
        self.quotes.known(position, time)
    }

    /// Everything about the match at a position, beside the fixture, that was known at a time.
    pub fn context(&self, position: usize, time: Seconds) -> MatchContext<'_> {
        MatchContext {
            quotes: self.quotes_known(position, time),
            elevens: self.squads.elevens_known(position, time),
            absences: self.squads.absences_known(position, time),
            deductions: self.deductions_known(position, time),
            split: self.split(position),
        }
    }

    /// The split of the league and season of the match at a position. That a table will divide is known before the season.
    fn split(&self, position: usize) -> Option<&TableSplit> {
        let fixture = &self.fixtures[position];
        self.splits.get(&(fixture.league, fixture.season))
    }

    /// Deductions of the league and season of the match at a position that were in force at a time.
    fn deductions_known(&self, position: usize, time: Seconds) -> &[Deduction] {
        let fixture = &self.fixtures[position];
        let held = self.deductions.get(&(fixture.league, fixture.season)).map_or(&[][..], Vec::as_slice);
        &held[..held.partition_point(|deduction| deduction.from <= time)]
    }

    /// Leagues by dense index.
    pub fn leagues(&self) -> &[LeagueId] {
        &self.leagues
    }

    /// Teams by dense index.
    pub fn teams(&self) -> &[TeamId] {
        &self.teams
    }

    /// Positions of the first match at or after a time; the number of matches when all are before it.
    pub fn position_at(&self, time: Seconds) -> usize {
        self.kickoff.partition_point(|t| *t < time)
    }

    /// BLAKE3 over everything that features are computed from.
    pub fn hash(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut line = Vec::with_capacity(128);
        for position in 0..self.len() {
            line.clear();
            self.encode(position, &mut line);
            for quote in self.quotes.at(position) {
                quote.encode(&mut line);
            }
            self.squads.encode(position, &mut line);
            for deduction in self.deductions_known(position, self.kickoff[position]) {
                let team = self.teams[deduction.team as usize].0;
                for number in [team, deduction.points.into(), deduction.from] {
                    line.extend_from_slice(&number.to_le_bytes());
                }
            }
            if let Some(split) = self.split(position) {
                line.push(u8::from(split.halve_points));
                line.extend_from_slice(&split.groups);
            }
            self.revisions.encode(position, &mut line);
            hasher.update(&line);
        }
        hasher.finalize().to_hex().to_string()
    }

    /// Appends what is known of the match at a position with its result, except who played.
    pub(crate) fn encode(&self, position: usize, out: &mut Vec<u8>) {
        let f = &self.fixtures[position];
        let clubs = [self.teams[f.home as usize].0, self.teams[f.away as usize].0];
        let times = [self.kickoff[position], self.known[position]];
        let league = self.leagues[f.league as usize].0;
        for number in [self.ids[position].0, league].into_iter().chain(clubs).chain(times) {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&f.season.to_le_bytes());
        out.push(f.tier);
        out.extend_from_slice(&self.goals[position].unwrap_or([u8::MAX; 2]));
        self.counts[position].iter().for_each(|counts| counts.encode(out));
        // Written where it is so: histories of leagues alone keep the hash that they had before there were others.
        if f.neutral {
            out.extend_from_slice(b"neutral");
        }
        if !f.in_table {
            out.extend_from_slice(b"no table");
        }
        if f.split_after > 0 {
            out.extend_from_slice(b"split");
            out.push(f.split_after);
        }
    }

    /// Appends what is known of the match at a position with its result.
    pub(crate) fn encode_result(&self, position: usize, out: &mut Vec<u8>) {
        self.encode(position, out);
        for eleven in self.squads.elevens_known(position, self.known[position]) {
            eleven.encode(out);
        }
    }

    /// Positions of finished matches among some, in the order in which their results became known; those known at
    /// the same time in the order of the history.
    pub(crate) fn results(&self, positions: impl Iterator<Item = u32>) -> Vec<u32> {
        let mut results: Vec<u32> = positions.filter(|p| self.goals[*p as usize].is_some()).collect();
        results.sort_by_key(|p| self.known[*p as usize]);
        results
    }

    /// The same with matches that were finished once and are not any more.
    pub(crate) fn results_ever(&self, positions: impl Iterator<Item = u32>) -> Vec<u32> {
        let ever = |p: &u32| self.goals[*p as usize].is_some() || self.revisions.had_result(*p as usize);
        let mut results: Vec<u32> = positions.filter(ever).collect();
        results.sort_by_key(|p| self.known[*p as usize]);
        results
    }

    /// Positions grouped so that no team and no league occurs in two groups; each group ascending, the groups
    /// ordered by their first match. Groups can be processed independently.
    pub fn components(&self) -> Vec<Vec<u32>> {
        let teams = self.teams.len();
        let mut parent: Vec<u32> = (0..(teams + self.leagues.len()) as u32).collect();
        for f in &self.fixtures {
            let root = find(&mut parent, f.home);
            for other in [f.away, teams as u32 + f.league] {
                let other = find(&mut parent, other);
                parent[other as usize] = root;
            }
        }
        let mut group_of = vec![u32::MAX; parent.len()];
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for (position, f) in self.fixtures.iter().enumerate() {
            let root = find(&mut parent, f.home) as usize;
            if group_of[root] == u32::MAX {
                group_of[root] = groups.len() as u32;
                groups.push(Vec::new());
            }
            groups[group_of[root] as usize].push(position as u32);
        }
        groups
    }
}

fn find(parent: &mut [u32], mut node: u32) -> u32 {
    while parent[node as usize] != node {
        let above = parent[parent[node as usize] as usize];
        parent[node as usize] = above;
        node = above;
    }
    node
}

fn dense<T: Copy + Eq + std::hash::Hash>(index: &mut FxHashMap<T, u32>, all: &mut Vec<T>, id: T) -> u32 {
    *index.entry(id).or_insert_with(|| {
        all.push(id);
        all.len() as u32 - 1
    })
}

/// The counts of both sides.
pub(crate) fn counts_of(stats: &MatchStats) -> [SideCounts; 2] {
    [side(&stats.home), side(&stats.away)]
}

fn side(s: &touchline_domain::SideStats) -> SideCounts {
    let count = |n: Option<u16>| n.map_or(f32::NAN, f32::from);
    SideCounts {
        shots: count(s.shots),
        on_target: count(s.shots_on_target),
        corners: count(s.corners),
        expected_goals: s.expected_goals.map_or(f32::NAN, |x| x as f32),
        possession: s.possession.map_or(f32::NAN, |x| x as f32),
        red_cards: count(s.red_cards),
    }
}
