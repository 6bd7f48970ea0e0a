//! Leagues, teams, matches and their facts.

use super::{Job, PAGE, Sink, events, squads};
use crate::lake::{LakeWorkError, Roster, portions, quotes_of};
use std::collections::HashMap;
use std::sync::Arc;
use touchline_domain::lake::{AliasRow, DeductionRow, LakeRow, LakeTable, MatchRef, MatchRow, Month};
use touchline_domain::ports::{MatchFilter, StoreError};
use touchline_domain::{Match, MatchId, NewTeam, SeasonRules};

impl Job<'_> {
    /// The tables without months.
    pub(super) async fn roster(&mut self) -> Result<(), LakeWorkError> {
        let teams = self.store.teams().await?;
        let named: HashMap<_, _> = teams
            .iter()
            .map(|t| (t.id, NewTeam { name: t.name.clone(), country: t.country.clone() }))
            .collect();
        let mut aliases = Vec::new();
        for a in self.store.aliases().await? {
            let team = named.get(&a.team).cloned();
            let team = team
                .ok_or_else(|| StoreError::Corrupt(format!("the team {} of an alias is not held", a.team)))?;
            aliases.push(AliasRow { source: a.source, country: a.country, alias: a.alias, team });
        }
        aliases.sort_by(|a, b| (&a.source, &a.country, &a.alias).cmp(&(&b.source, &b.country, &b.alias)));
        let mut clubs: Vec<NewTeam> = named.into_values().collect();
        clubs.sort_by(|a, b| (&a.country, &a.name).cmp(&(&b.country, &b.name)));
        let mut leagues: Vec<_> = self.store.leagues().await?.into_iter().map(|l| l.details).collect();
        leagues.sort_by(|a, b| a.code.cmp(&b.code));
        self.whole(LakeTable::Leagues, leagues.into_iter().map(LakeRow::League).collect()).await?;
        self.whole(LakeTable::Teams, clubs.into_iter().map(LakeRow::Team).collect()).await?;
        self.whole(LakeTable::TeamAliases, aliases.into_iter().map(LakeRow::Alias).collect()).await?;
        let mut rules = self.store.season_rules().await?;
        rules.sort_by(|a, b| (&a.league, a.season).cmp(&(&b.league, b.season)));
        let mut deductions = Vec::new();
        for SeasonRules { league, season, deductions: taken, .. } in &mut rules {
            let row = |deduction| DeductionRow { league: league.clone(), season: *season, deduction };
            deductions.extend(taken.drain(..).map(row).map(LakeRow::Deduction));
        }
        self.whole(LakeTable::SeasonRules, rules.into_iter().map(LakeRow::SeasonRules).collect()).await?;
        self.whole(LakeTable::PointsDeductions, deductions).await
    }

    /// The players of all sources that were met in matches.
    pub(super) async fn players(&mut self) -> Result<(), LakeWorkError> {
        let mut rows = Vec::new();
        for source in std::mem::take(&mut self.sources) {
            let mut players = self.store.players(&source).await?;
            players.sort_by(|a, b| a.id().cmp(b.id()));
            rows.extend(players.into_iter().map(|player| LakeRow::Player(Arc::clone(&source), player)));
        }
        self.whole(LakeTable::Players, rows).await
    }

    pub(super) async fn matches(&mut self, roster: &Roster) -> Result<(), LakeWorkError> {
        let [mut rows, mut stats, mut odds] =
            [LakeTable::Matches, LakeTable::MatchStats, LakeTable::Odds].map(Sink::new);
        let [mut players, mut absences] = [LakeTable::LineupPlayers, LakeTable::Injuries].map(Sink::new);
        let [mut events, mut in_play] = [LakeTable::MatchEvents, LakeTable::InPlayOdds].map(Sink::new);
        let (mut cursor, mut done) = (None, 0);
        loop {
            let page = self.store.page(&MatchFilter::default(), cursor, PAGE).await?;
            for matches in page.matches.chunk_by(|a, b| Month::of(a.kickoff.at) == Month::of(b.kickoff.at)) {
                let Some(first) = matches.first() else { continue };
                let month = Month::of(first.kickoff.at);
                let refs =
                    matches.iter().map(|m| roster.name(m).map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
                let named = matches.iter().zip(&refs).map(|(m, of)| LakeRow::Match(row(m, of)));
                self.put(&mut rows, month, named.collect()).await?;
                let counted = self.stats(&refs).await?;
                self.put(&mut stats, month, counted).await?;
                let (listed, missing) = squads::of(self.store, &refs).await?;
                let happened = events::events_of(self.store, &refs).await?;
                for rows in [&listed, &missing, &happened] {
                    self.sources.extend(rows.iter().filter_map(events::source_of).cloned());
                }
                self.put(&mut players, month, listed).await?;
                self.put(&mut absences, month, missing).await?;
                self.put(&mut events, month, happened).await?;
                for refs in refs.chunks(events::IN_PLAY) {
                    let quotes = events::in_play_of(self.store, refs).await?;
                    self.put(&mut in_play, month, quotes).await?;
                }
                for portion in portions(self.store, &refs).await? {
                    let quotes = quotes_of(self.store, &portion).await?.into_iter();
                    let quotes = quotes.flat_map(|(_, quotes)| quotes).map(LakeRow::Quote);
                    self.put(&mut odds, month, quotes.collect()).await?;
                }
                done += matches.len() as u64;
                self.progress.done(done);
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        for sink in [&mut rows, &mut stats, &mut players, &mut absences, &mut events, &mut in_play, &mut odds]
        {
            self.close(sink).await?;
        }
        Ok(())
    }

    async fn stats(&self, matches: &[Arc<MatchRef>]) -> Result<Vec<LakeRow>, StoreError> {
        let ids: Vec<MatchId> = matches.iter().map(|m| m.id).collect();
        let mut counted: HashMap<_, _> = self.store.stats_of_matches(&ids).await?.into_iter().collect();
        let rows =
            matches.iter().filter_map(|of| Some(LakeRow::Stats(Arc::clone(of), counted.remove(&of.id)?)));
        Ok(rows.collect())
    }
}

fn row(m: &Match, of: &MatchRef) -> MatchRow {
    MatchRow {
        of: of.clone(),
        status: m.status,
        score: m.score,
        half_time: m.half_time,
        referee: m.referee.clone(),
        attendance: m.attendance,
        source: m.source.clone(),
        external_id: m.external_id.clone(),
        setting: m.setting.clone(),
    }
}
