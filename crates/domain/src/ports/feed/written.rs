//! Which changes a write leaves in the feed: the same for every store, which only says what it held before and
//! holds after. A write that repeats what is stored leaves none.

use crate::ports::{Applied, MatchFacts, RecordedQuote, SealedForecast, SilverChange};
use crate::{
    ChangeKind, ChangeScope, LeagueId, Match, MatchId, MatchStats, MatchStatus, NewChange, NewMatch, Season,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A write of more matches leaves a change per season and kind instead of one per match and kind.
pub const FEW_MATCHES: usize = 100;

/// How much a store holds of a match beside its row. Quotes, line-ups and absences are only ever added, so their
/// number says whether a write added any.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeldFacts {
    /// Number of quotes.
    pub quotes: u64,
    /// Number of line-ups.
    pub lineups: u64,
    /// Number of absences.
    pub injuries: u64,
    /// Number of events, over all lists.
    pub events: u64,
    /// Number of quotes during the match.
    pub in_play: u64,
    /// Number of words about the weather.
    pub weather: u64,
    /// What was counted.
    pub stats: Option<MatchStats>,
}

/// What a store held before it applied a change.
#[derive(Debug, Clone)]
pub struct BeforeWrite {
    /// The highest identifier of a match: those that the write adds are above it.
    pub last_match: MatchId,
    /// The matches of [`BeforeWrite::seasons`].
    pub matches: Vec<Match>,
    /// Facts of the matches of [`BeforeWrite::matches_with_facts`].
    pub facts: HashMap<MatchId, HeldFacts>,
}

/// Where a match belongs.
type SeasonOf = HashMap<MatchId, (LeagueId, Season)>;

impl BeforeWrite {
    /// The seasons whose matches have to be read to see what a change changes.
    pub fn seasons(change: &SilverChange) -> Vec<(LeagueId, Season)> {
        let with_facts = change.new.iter().filter(|(_, facts)| !is_empty(facts)).map(|(details, _)| details);
        let seasons =
            with_facts.chain(change.changed.iter().map(|m| &m.details)).map(|m| (m.league, m.season));
        seasons.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The matches whose facts have to be counted before and after a change, of which `matches` are held.
    pub fn matches_with_facts(change: &SilverChange, matches: &[Match]) -> Vec<MatchId> {
        let by_key: HashMap<_, MatchId> = matches.iter().map(|m| (m.natural_key(), m.id)).collect();
        let new = change.new.iter().filter(|(_, facts)| !is_empty(facts));
        let held = new.filter_map(|(details, _)| by_key.get(&details.natural_key()).copied());
        let known = change.facts.iter().filter(|(_, facts)| !is_empty(facts)).map(|(id, _)| *id);
        held.chain(known).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The matches whose seasons [`BeforeWrite::changes`] has to know.
    pub fn matches_without_season(change: &SilverChange) -> Vec<MatchId> {
        if is_large(change) { change.facts.iter().map(|(id, _)| *id).collect() } else { Vec::new() }
    }

    /// The changes that a write left: `ids` are the identifiers of its new matches, in their order, `after` what is
    /// held now of the matches whose facts were counted before.
    pub fn changes(
        &self,
        change: &SilverChange,
        ids: impl IntoIterator<Item = MatchId>,
        after: &HashMap<MatchId, HeldFacts>,
        seasons: &SeasonOf,
    ) -> Vec<NewChange> {
        let mut written = Written::new(is_large(change));
        for ((details, facts), id) in change.new.iter().zip(ids) {
            let season = Some((details.league, details.season));
            if id > self.last_match {
                written.add(ChangeKind::MatchAdded, id, season, || fixture(details));
                if details.score.is_some() || is_over(details.status) {
                    written.add(ChangeKind::Result, id, season, || result(details));
                }
                written.facts(id, season, &HeldFacts::default(), &given(facts));
            } else if !is_empty(facts) {
                self.added_facts(&mut written, id, season, after);
            }
        }
        let stored: HashMap<MatchId, &Match> = self.matches.iter().map(|m| (m.id, m)).collect();
        for m in &change.changed {
            let season = Some((m.league, m.season));
            let (details, result_of_it) = differences(stored.get(&m.id).map(|m| &m.details), &m.details);
            if details {
                written.add(ChangeKind::MatchChanged, m.id, season, || fixture(&m.details));
            }
            if result_of_it {
                written.add(ChangeKind::Result, m.id, season, || result(&m.details));
            }
        }
        for (id, facts) in &change.facts {
            if !is_empty(facts) {
                self.added_facts(&mut written, *id, seasons.get(id).copied(), after);
            }
        }
        written.into_changes()
    }

    /// What a write really wrote, from the same.
    pub fn applied(
        &self,
        change: &SilverChange,
        ids: impl IntoIterator<Item = MatchId>,
        after: &HashMap<MatchId, HeldFacts>,
    ) -> Applied {
        let new = ids.into_iter().take(change.new.len()).filter(|id| *id > self.last_match).count();
        let stored: HashMap<MatchId, &Match> = self.matches.iter().map(|m| (m.id, m)).collect();
        let differs = |m: &&Match| stored.get(&m.id).is_none_or(|s| !s.is_same_to_the_second(&m.details));
        let rows = change.changed.iter().filter(differs).map(|m| m.id);
        let facts = after.iter().filter(|(id, facts)| self.facts.get(id) != Some(facts)).map(|(id, _)| *id);
        let changed: BTreeSet<MatchId> = rows.chain(facts).filter(|id| *id <= self.last_match).collect();
        Applied { new: new as u64, changed: changed.len() as u64 }
    }

    fn added_facts(
        &self,
        written: &mut Written,
        id: MatchId,
        season: Option<(LeagueId, Season)>,
        after: &HashMap<MatchId, HeldFacts>,
    ) {
        if let (Some(before), Some(after)) = (self.facts.get(&id), after.get(&id)) {
            written.facts(id, season, before, after);
        }
    }
}

/// One kind of change of matches.
#[derive(Debug)]
pub enum MatchChanges {
    /// A change each.
    Each(Vec<NewChange>),
    /// So many that one is left per season: of these matches, see [`season_changes`].
    Many(Vec<MatchId>),
}

/// One kind of change of matches, each with its details.
pub fn match_changes(kind: ChangeKind, matches: Vec<(MatchId, Value)>) -> MatchChanges {
    if matches.len() > FEW_MATCHES {
        return MatchChanges::Many(matches.into_iter().map(|(id, _)| id).collect());
    }
    let change = |(id, details)| NewChange { kind, scope: ChangeScope::Match(id), details };
    MatchChanges::Each(matches.into_iter().map(change).collect())
}

/// A change per season, from the seasons of all matches.
pub fn season_changes(
    kind: ChangeKind,
    seasons: impl IntoIterator<Item = (LeagueId, Season)>,
) -> Vec<NewChange> {
    let mut counted: BTreeMap<_, u64> = BTreeMap::new();
    for season in seasons {
        *counted.entry(season).or_default() += 1;
    }
    let change = |((league, season), matches): (_, u64)| NewChange {
        kind,
        scope: ChangeScope::Season(league, season),
        details: json!({ "matches": matches }),
    };
    counted.into_iter().map(change).collect()
}

/// The matches whose quotes came back from the lake, each with their number.
pub fn returned_matches(quotes: &[RecordedQuote]) -> Vec<(MatchId, Value)> {
    let mut counted: BTreeMap<MatchId, u64> = BTreeMap::new();
    for quote in quotes {
        *counted.entry(quote.match_id).or_default() += 1;
    }
    counted.into_iter().map(|(id, quotes)| (id, json!({ "returned": quotes }))).collect()
}

/// A match whose forecast was sealed, with the details of its change.
pub fn sealed_match(sealed: &SealedForecast) -> (MatchId, Value) {
    (sealed.match_id, json!({ "model": sealed.model_name, "version": sealed.model_version }))
}

/// Changes as they are found: by match with details, or counted by season.
#[derive(Debug)]
enum Written {
    Each(BTreeMap<(MatchId, ChangeKind), Value>),
    BySeason(BTreeMap<(LeagueId, Season, ChangeKind), u64>),
}

impl Written {
    fn new(is_large: bool) -> Self {
        if is_large { Self::BySeason(BTreeMap::new()) } else { Self::Each(BTreeMap::new()) }
    }

    fn add(
        &mut self,
        kind: ChangeKind,
        id: MatchId,
        season: Option<(LeagueId, Season)>,
        details: impl FnOnce() -> Value,
    ) {
        match (self, season) {
            (Self::Each(all), _) => drop(all.insert((id, kind), details())),
            (Self::BySeason(all), Some((league, season))) => {
                *all.entry((league, season, kind)).or_default() += 1;
            }
            // A match that is not held: the write was refused.
            (Self::BySeason(_), None) => {}
        }
    }

    /// What a match has more than before.
    fn facts(
        &mut self,
        id: MatchId,
        season: Option<(LeagueId, Season)>,
        before: &HeldFacts,
        after: &HeldFacts,
    ) {
        for (kind, name, before, after) in [
            (ChangeKind::Odds, "quotes", before.quotes, after.quotes),
            (ChangeKind::Lineup, "lineups", before.lineups, after.lineups),
            (ChangeKind::Injury, "injuries", before.injuries, after.injuries),
            (ChangeKind::Events, "events", before.events, after.events),
            (ChangeKind::InPlayOdds, "quotes", before.in_play, after.in_play),
            (ChangeKind::Weather, "weather", before.weather, after.weather),
        ] {
            if before != after {
                self.add(kind, id, season, || json!({ name: after.abs_diff(before) }));
            }
        }
        if before.stats != after.stats {
            self.add(ChangeKind::Statistics, id, season, || json!({}));
        }
    }

    fn into_changes(self) -> Vec<NewChange> {
        match self {
            Self::Each(all) => {
                let change =
                    |((id, kind), details)| NewChange { kind, scope: ChangeScope::Match(id), details };
                all.into_iter().map(change).collect()
            }
            Self::BySeason(all) => {
                let change = |((league, season, kind), matches): (_, u64)| NewChange {
                    kind,
                    scope: ChangeScope::Season(league, season),
                    details: json!({ "matches": matches }),
                };
                all.into_iter().map(change).collect()
            }
        }
    }
}

fn is_large(change: &SilverChange) -> bool {
    change.new.len() + change.changed.len() + change.facts.len() > FEW_MATCHES
}

/// Every field is named, so that a new kind of fact is not forgotten here.
fn given(facts: &MatchFacts) -> HeldFacts {
    let MatchFacts { stats, odds, lineups, injuries, in_play, events, weather } = facts;
    HeldFacts {
        quotes: odds.len() as u64,
        lineups: lineups.len() as u64,
        injuries: injuries.len() as u64,
        events: events.iter().map(|list| list.events.len() as u64).sum(),
        in_play: in_play.len() as u64,
        weather: weather.len() as u64,
        stats: stats.filter(|stats| !stats.is_empty()),
    }
}

fn is_empty(facts: &MatchFacts) -> bool {
    given(facts) == HeldFacts::default()
}

fn is_over(status: MatchStatus) -> bool {
    matches!(status, MatchStatus::Finished | MatchStatus::Awarded)
}

/// Whether details beside the result differ from those stored, and whether the result does.
fn differences(stored: Option<&NewMatch>, new: &NewMatch) -> (bool, bool) {
    let Some(stored) = stored else { return (true, new.score.is_some()) };
    let of_result = |m: &NewMatch| {
        (m.score, m.half_time, is_over(m.status), m.setting.after_extra_time, m.setting.shootout)
    };
    let is_other_result = of_result(stored) != of_result(new);
    let mut rest = stored.clone();
    (rest.score, rest.half_time) = (new.score, new.half_time);
    let of_new = &new.setting;
    (rest.setting.after_extra_time, rest.setting.shootout) = (of_new.after_extra_time, of_new.shootout);
    if is_other_result {
        // That a match is over is part of its result.
        rest.status = new.status;
    }
    (!rest.is_same_to_the_second(new), is_other_result)
}

fn fixture(m: &NewMatch) -> Value {
    json!({ "kickoff": m.kickoff.at.timestamp(), "status": m.status.name() })
}

fn result(m: &NewMatch) -> Value {
    let goals = m.score.map(|score| (score.home, score.away));
    json!({ "status": m.status.name(), "home": goals.map(|g| g.0), "away": goals.map(|g| g.1) })
}
