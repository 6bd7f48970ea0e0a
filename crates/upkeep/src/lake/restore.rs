//! Archived odds come back into a store.

use super::{LakeWorkError, order};
use std::collections::{BTreeSet, HashMap, HashSet};
use touchline_domain::lake::{LakeRow, LakeTable, MatchRef, Month, QuoteRow};
use touchline_domain::ports::{
    Lake, LeagueReader, MatchReader, PartitionState, RecordedQuote, StoreError, TeamReader, UpkeepStore,
};
use touchline_domain::{LeagueId, MatchId, NewTeam, OddsQuote, Progress, Season, TeamId};

/// Quotes that go back together.
const BATCH: usize = 50_000;
/// Matches that are named in a report.
const NAMED: usize = 20;

/// What a restore did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RestoreReport {
    /// Months that were read.
    pub months: u64,
    /// Quotes that were read.
    pub quotes: u64,
    /// Those that the store did not hold.
    pub returned: u64,
    /// Those in whose place the store holds other prices, and keeps them.
    pub differing: u64,
    /// Those of matches that the store does not hold.
    pub unplaced: u64,
    /// Matches that are whole again.
    pub matches: u64,
    /// Some of the matches that the store does not hold, or of which it holds other prices.
    pub left: Vec<String>,
}

/// Brings the quotes of some months of kick-off back, all where none are given. Quotes that the store holds stay as they
/// are; each portion is read back and compared. The lake keeps what it has.
///
/// # Errors
/// The store or the lake is not available, or a file is damaged; what came back stays.
pub async fn restore(
    store: &dyn UpkeepStore,
    lake: &dyn Lake,
    months: (Option<Month>, Option<Month>),
    progress: &dyn Progress,
) -> Result<RestoreReport, LakeWorkError> {
    let within =
        |month: Month| months.0.is_none_or(|from| month >= from) && months.1.is_none_or(|to| month <= to);
    let states = lake.partitions().await?.into_iter();
    let states: Vec<PartitionState> = states
        .filter(|s| s.partition.table == LakeTable::OddsArchive && s.partition.month.is_some_and(within))
        .collect();
    progress.begin("restoring odds", states.iter().map(PartitionState::rows).sum());
    let mut job = Job { store, places: Places::load(store).await?, report: RestoreReport::default() };
    let done = job.run(lake, &states, progress).await;
    progress.end();
    done.map(|()| job.report)
}

struct Job<'a> {
    store: &'a dyn UpkeepStore,
    places: Places,
    report: RestoreReport,
}

impl Job<'_> {
    async fn run(
        &mut self,
        lake: &dyn Lake,
        states: &[PartitionState],
        progress: &dyn Progress,
    ) -> Result<(), LakeWorkError> {
        for state in states {
            let (mut whole, mut torn) = (BTreeSet::new(), HashSet::new());
            let mut batch: Vec<(MatchRef, RecordedQuote)> = Vec::new();
            let mut reader = lake.read(state).await?;
            while let Some(rows) = reader.next().await? {
                for row in rows {
                    let LakeRow::Quote(row) = row else { continue };
                    self.report.quotes += 1;
                    self.place(row, &mut batch).await?;
                }
                progress.check()?;
                if batch.len() >= BATCH {
                    self.put(std::mem::take(&mut batch), &mut whole, &mut torn).await?;
                }
                progress.done(self.report.quotes);
            }
            self.put(batch, &mut whole, &mut torn).await?;
            whole.retain(|id| !torn.contains(id));
            self.report.matches += whole.len() as u64;
            self.report.months += 1;
            self.store.forget_archived(&Vec::from_iter(whole)).await?;
        }
        Ok(())
    }

    async fn place(
        &mut self,
        row: QuoteRow,
        batch: &mut Vec<(MatchRef, RecordedQuote)>,
    ) -> Result<(), LakeWorkError> {
        let Some(match_id) = self.places.find(self.store, &row.of).await? else {
            self.report.unplaced += 1;
            self.leave(&row.of, "the database does not hold it");
            return Ok(());
        };
        let quote = RecordedQuote { match_id, quote: row.quote, recorded_at: row.recorded_at };
        batch.push(((*row.of).clone(), quote));
        Ok(())
    }

    async fn put(
        &mut self,
        batch: Vec<(MatchRef, RecordedQuote)>,
        whole: &mut BTreeSet<MatchId>,
        torn: &mut HashSet<MatchId>,
    ) -> Result<(), LakeWorkError> {
        if batch.is_empty() {
            return Ok(());
        }
        let (refs, quotes): (Vec<MatchRef>, Vec<RecordedQuote>) = batch.into_iter().unzip();
        self.report.returned += self.store.return_quotes(&quotes).await?;
        let ids: BTreeSet<MatchId> = quotes.iter().map(|q| q.match_id).collect();
        let matches: Vec<MatchId> = ids.iter().copied().collect();
        let stored = self.store.recorded_quotes(&matches).await?;
        let stored: HashMap<_, &OddsQuote> =
            stored.iter().map(|q| ((q.match_id, order(&q.quote)), &q.quote)).collect();
        for (of, quote) in refs.iter().zip(&quotes) {
            if stored.get(&(quote.match_id, order(&quote.quote))).is_none_or(|held| **held != quote.quote) {
                self.report.differing += 1;
                torn.insert(quote.match_id);
                self.leave(of, "the database holds other prices of the same time");
            }
        }
        whole.extend(ids);
        Ok(())
    }

    fn leave(&mut self, of: &MatchRef, why: &str) {
        let text = format!("{} {} {} - {}: {why}", of.league, of.season, of.home.name, of.away.name);
        if self.report.left.len() < NAMED && !self.report.left.contains(&text) {
            self.report.left.push(text);
        }
    }
}

type Pairing = (LeagueId, Season, TeamId, TeamId);

/// Where archived matches are in this store, which may not be the one that archived them.
struct Places {
    leagues: HashMap<String, LeagueId>,
    teams: HashMap<NewTeam, TeamId>,
    read: HashSet<(LeagueId, Season)>,
    legs: HashMap<Pairing, Vec<touchline_domain::Match>>,
    last: Option<(MatchRef, Option<MatchId>)>,
}

impl Places {
    async fn load(store: &(impl LeagueReader + TeamReader + ?Sized)) -> Result<Self, StoreError> {
        let leagues = store.leagues().await?.into_iter().map(|l| (l.details.code, l.id)).collect();
        let teams = store.teams().await?.into_iter();
        let teams = teams.map(|t| (NewTeam { name: t.name, country: t.country }, t.id)).collect();
        Ok(Self { leagues, teams, read: HashSet::new(), legs: HashMap::new(), last: None })
    }

    /// The match of this pairing with the same kick-off, else the one with the same leg: a match whose date was
    /// corrected keeps its leg, and one that moved to another leg its kick-off.
    async fn find(&mut self, store: &dyn MatchReader, of: &MatchRef) -> Result<Option<MatchId>, StoreError> {
        if let Some((last, found)) = &self.last
            && last == of
        {
            return Ok(*found);
        }
        let found = self.search(store, of).await?;
        self.last = Some((of.clone(), found));
        Ok(found)
    }

    async fn search(
        &mut self,
        store: &dyn MatchReader,
        of: &MatchRef,
    ) -> Result<Option<MatchId>, StoreError> {
        let ids = (self.leagues.get(&of.league), self.teams.get(&of.home), self.teams.get(&of.away));
        let (Some(&league), Some(&home), Some(&away)) = ids else { return Ok(None) };
        if self.read.insert((league, of.season)) {
            for m in store.matches_of(&[(league, of.season)]).await? {
                self.legs.entry((m.league, m.season, m.home, m.away)).or_default().push(m);
            }
        }
        let legs = self.legs.get(&(league, of.season, home, away)).map_or(&[][..], Vec::as_slice);
        let at_kickoff = legs.iter().find(|m| m.kickoff.at == of.kickoff.at);
        let found = at_kickoff.or_else(|| legs.iter().find(|m| m.leg == of.leg));
        Ok(found.map(|m| m.id))
    }
}
