use super::{MatchFacts, StoreError, StoredQuote};
use crate::{
    CompetitionKind, EventList, Ground, InPlayQuote, Injury, InjuryKind, League, LeagueId, Lineup,
    LineupKind, Match, MatchId, MatchSetting, MatchStats, NewsItem, OddsQuote, Score, SeasonRules, Side,
    SideStats, Team, TeamId, TeamRating, Weather,
};
use std::collections::HashMap;
use std::iter::Peekable;
use std::vec::IntoIter;

/// How a source writes a team's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamAlias {
    /// The source.
    pub source: String,
    /// The country within which the alias stands for the team.
    pub country: String,
    /// The name as the source writes it.
    pub alias: String,
    /// The team.
    pub team: TeamId,
}

/// The digest function of [`SilverContent`]; stores pass BLAKE3.
pub type Digest = fn(&[u8]) -> [u8; 32];

/// Natural key of a match with ranks for names: league, season, home, away, leg.
type Key = (u32, String, u32, u32, u8);

/// The one definition of [`content_hash`](super::SilverReader::content_hash), shared by all stores: a store
/// reads its rows in any order and feeds them here, matches one by one with their facts.
///
/// Every value is written with its length or in a fixed width, so that no two contents share an encoding;
/// identifiers are replaced by natural keys, times are whole seconds.
#[derive(Debug)]
pub struct SilverContent {
    digest: Digest,
    leagues: HashMap<LeagueId, u32>,
    teams: HashMap<TeamId, u32>,
    head: Vec<u8>,
    matches: Vec<(Key, [u8; 32])>,
    buffer: Vec<u8>,
}

impl SilverContent {
    /// Starts with all leagues, teams and aliases of the store.
    ///
    /// # Errors
    /// An alias of a team that is not among the teams.
    pub fn new(
        digest: Digest,
        mut leagues: Vec<League>,
        mut teams: Vec<Team>,
        mut aliases: Vec<TeamAlias>,
    ) -> Result<Self, StoreError> {
        leagues.sort_by(|a, b| a.code.cmp(&b.code));
        teams.sort_by(|a, b| (&a.country, &a.name).cmp(&(&b.country, &b.name)));
        aliases.sort_by(|a, b| (&a.source, &a.country, &a.alias).cmp(&(&b.source, &b.country, &b.alias)));
        let mut content = Self {
            digest,
            leagues: leagues.iter().zip(0..).map(|(l, rank)| (l.id, rank)).collect(),
            teams: teams.iter().zip(0..).map(|(t, rank)| (t.id, rank)).collect(),
            head: b"touchline silver 1".to_vec(),
            matches: Vec::new(),
            buffer: Vec::new(),
        };
        let head = &mut content.head;
        count(head, leagues.len());
        for league in &leagues {
            text(head, &league.code);
            text(head, &league.name);
            text(head, &league.country);
            head.push(league.level);
            text(head, &league.source);
        }
        let other = leagues.iter().filter(|league| league.kind != CompetitionKind::League);
        let kinds: Vec<_> = other.map(|league| (&league.code, league.kind)).collect();
        count(head, teams.len());
        for team in &teams {
            text(head, &team.country);
            text(head, &team.name);
        }
        count(head, aliases.len());
        for alias in &aliases {
            text(head, &alias.source);
            text(head, &alias.country);
            text(head, &alias.alias);
            head.extend(rank(&content.teams, &alias.team, "team")?.to_le_bytes());
        }
        // Written where there are any, with a name that keeps them apart from what may stand there instead.
        if !kinds.is_empty() {
            text(head, "kinds");
            count(head, kinds.len());
            for (code, kind) in kinds {
                text(head, code);
                text(head, kind.name());
            }
        }
        Ok(content)
    }

    /// Adds where teams play, by country, team and day. Without any, nothing is written.
    pub fn grounds(&mut self, grounds: &[Ground]) {
        if grounds.is_empty() {
            return;
        }
        let head = &mut self.head;
        text(head, "grounds");
        count(head, grounds.len());
        for ground in grounds {
            for part in [&ground.country, &ground.team, &ground.name, &ground.since.to_string()] {
                text(head, part);
            }
            head.extend(ground.latitude.to_le_bytes());
            head.extend(ground.longitude.to_le_bytes());
        }
    }

    /// Adds ratings of clubs and news, each in the order of its key. Without any, nothing is written.
    pub fn club_facts(&mut self, ratings: &[TeamRating], news: &[NewsItem]) {
        let head = &mut self.head;
        if !ratings.is_empty() {
            text(head, "ratings");
            count(head, ratings.len());
        }
        for rating in ratings {
            let days = [rating.from.to_string(), rating.to.to_string()];
            for part in [&*rating.source, &rating.country, &rating.team, &days[0], &days[1]] {
                text(head, part);
            }
            head.push(rating.level);
            head.extend(rating.rating.to_le_bytes());
            head.extend(rating.known_at.timestamp().to_le_bytes());
        }
        let mut news: Vec<&NewsItem> = news.iter().collect();
        news.sort_by(|a, b| (&a.source, &a.id).cmp(&(&b.source, &b.id)));
        if !news.is_empty() {
            text(head, "news");
            count(head, news.len());
        }
        for item in news {
            for part in [&*item.source, &item.id, item.kind.name(), &item.title] {
                text(head, part);
            }
            for part in [&item.link, &item.country, &item.team] {
                optional(head, part.as_deref(), text);
            }
            head.extend(item.importance.to_le_bytes());
            head.extend(item.sentiment.to_le_bytes());
            optional(head, item.published_at, |out, at| out.extend(at.timestamp().to_le_bytes()));
            head.extend(item.known_at.timestamp().to_le_bytes());
        }
    }

    /// Adds what holds for seasons of leagues, by league and season. Written where there is any.
    ///
    /// # Errors
    /// It cannot be written down.
    pub fn rules(&mut self, rules: &[SeasonRules]) -> Result<(), StoreError> {
        if rules.is_empty() {
            return Ok(());
        }
        text(&mut self.head, "rules");
        count(&mut self.head, rules.len());
        for season in rules {
            let written =
                serde_json::to_string(season).map_err(|error| StoreError::Corrupt(error.to_string()))?;
            text(&mut self.head, &written);
        }
        Ok(())
    }

    /// Adds a match with all its facts, which may come in any order and are sorted in place.
    ///
    /// # Errors
    /// A league or team that is not among those of the start.
    pub fn add(&mut self, row: &Match, facts: &mut MatchFacts) -> Result<(), StoreError> {
        let key = (
            rank(&self.leagues, &row.league, "league")?,
            row.season.to_string(),
            rank(&self.teams, &row.home, "team")?,
            rank(&self.teams, &row.away, "team")?,
            row.leg,
        );
        self.buffer.clear();
        let out = &mut self.buffer;
        out.extend(row.kickoff.at.timestamp().to_le_bytes());
        out.push(row.kickoff.precision as u8);
        text(out, row.status.name());
        score(out, row.score);
        score(out, row.half_time);
        optional(out, row.referee.as_deref(), text);
        optional(out, row.attendance, |out, n| out.extend(n.to_le_bytes()));
        text(out, &row.source);
        optional(out, row.external_id.as_deref(), text);
        optional(out, facts.stats.filter(|s| !s.is_empty()), |out, stats| {
            side(out, &stats.home);
            side(out, &stats.away);
        });
        facts.odds.sort_by(|a, b| quote_key(a).cmp(&quote_key(b)));
        count(out, facts.odds.len());
        for quote in &facts.odds {
            encode_quote(out, quote);
        }
        // Written where there are any: what held none before they could be held keeps its digest.
        if !facts.lineups.is_empty() || !facts.injuries.is_empty() {
            squads(out, facts);
        }
        if !facts.in_play.is_empty() {
            in_play(out, &mut facts.in_play);
        }
        if !facts.events.is_empty() {
            events(out, &mut facts.events);
        }
        if !facts.weather.is_empty() {
            weather(out, &mut facts.weather);
        }
        if !row.setting.is_default() {
            setting(out, &row.setting);
        }
        self.matches.push((key, (self.digest)(&self.buffer)));
        Ok(())
    }

    /// The digest of everything, lower-case hex.
    pub fn finish(mut self) -> String {
        self.matches.sort_unstable();
        let mut out = self.head;
        count(&mut out, self.matches.len());
        for ((league, season, home, away, leg), facts) in &self.matches {
            out.extend(league.to_le_bytes());
            text(&mut out, season);
            out.extend(home.to_le_bytes());
            out.extend(away.to_le_bytes());
            out.push(*leg);
            out.extend(facts);
        }
        hex::encode((self.digest)(&out))
    }
}

/// Feeds [`SilverContent`] from rows that a store reads side by side, all by identifier of the match. Quotes, which
/// may be many times more than all else, come one by one.
#[derive(Debug)]
pub struct SilverWalk {
    content: SilverContent,
    matches: Peekable<IntoIter<Match>>,
    stats: Peekable<IntoIter<(MatchId, MatchStats)>>,
    lineups: Peekable<IntoIter<(MatchId, Lineup)>>,
    injuries: Peekable<IntoIter<(MatchId, Injury)>>,
    events: Peekable<IntoIter<(MatchId, EventList)>>,
    in_play: Peekable<IntoIter<(MatchId, InPlayQuote)>>,
    weather: Peekable<IntoIter<(MatchId, Weather)>>,
    /// Of the next match.
    facts: MatchFacts,
}

impl SilverWalk {
    /// Starts with everything but quotes, line-ups, absences and events; matches and statistics by identifier of the match.
    pub fn new(content: SilverContent, matches: Vec<Match>, stats: Vec<(MatchId, MatchStats)>) -> Self {
        Self {
            content,
            matches: matches.into_iter().peekable(),
            stats: stats.into_iter().peekable(),
            lineups: Vec::new().into_iter().peekable(),
            injuries: Vec::new().into_iter().peekable(),
            events: Vec::new().into_iter().peekable(),
            in_play: Vec::new().into_iter().peekable(),
            weather: Vec::new().into_iter().peekable(),
            facts: MatchFacts::default(),
        }
    }

    /// The same with line-ups and absences by identifier of the match.
    #[must_use]
    pub fn with_squads(self, lineups: Vec<(MatchId, Lineup)>, injuries: Vec<(MatchId, Injury)>) -> Self {
        Self { lineups: lineups.into_iter().peekable(), injuries: injuries.into_iter().peekable(), ..self }
    }

    /// The same with events and prices during matches by identifier of the match.
    #[must_use]
    pub fn with_events(
        self,
        events: Vec<(MatchId, EventList)>,
        in_play: Vec<(MatchId, InPlayQuote)>,
    ) -> Self {
        Self { events: events.into_iter().peekable(), in_play: in_play.into_iter().peekable(), ..self }
    }

    /// The same with weather by identifier of the match.
    #[must_use]
    pub fn with_weather(self, weather: Vec<(MatchId, Weather)>) -> Self {
        Self { weather: weather.into_iter().peekable(), ..self }
    }

    /// Adds a quote; quotes come by identifier of their match.
    ///
    /// # Errors
    /// A match of a league or team that is not held.
    pub fn quote(&mut self, stored: StoredQuote) -> Result<(), StoreError> {
        while self.matches.peek().is_some_and(|next| next.id < stored.match_id) {
            self.add_next()?;
        }
        self.facts.odds.push(stored.quote);
        Ok(())
    }

    fn add_next(&mut self) -> Result<(), StoreError> {
        if let Some(next) = self.matches.next() {
            self.facts.stats = of(&mut self.stats, next.id).next();
            self.facts.lineups.extend(of(&mut self.lineups, next.id));
            self.facts.injuries.extend(of(&mut self.injuries, next.id));
            self.facts.events.extend(of(&mut self.events, next.id));
            self.facts.in_play.extend(of(&mut self.in_play, next.id));
            self.facts.weather.extend(of(&mut self.weather, next.id));
            self.content.add(&next, &mut self.facts)?;
            let MatchFacts { stats: _, odds, lineups, injuries, in_play, events, weather } = &mut self.facts;
            odds.clear();
            lineups.clear();
            injuries.clear();
            in_play.clear();
            events.clear();
            weather.clear();
        }
        Ok(())
    }

    /// The digest of everything, lower-case hex.
    ///
    /// # Errors
    /// A match of a league or team that is not held.
    pub fn finish(mut self) -> Result<String, StoreError> {
        while self.matches.peek().is_some() {
            self.add_next()?;
        }
        Ok(self.content.finish())
    }
}

/// The next facts, as long as they are of a match.
fn of<T>(facts: &mut Peekable<IntoIter<(MatchId, T)>>, id: MatchId) -> impl Iterator<Item = T> {
    std::iter::from_fn(move || facts.next_if(|(of, _)| *of == id).map(|(_, fact)| fact))
}

fn rank<K: std::hash::Hash + Eq + std::fmt::Display>(
    ranks: &HashMap<K, u32>,
    id: &K,
    what: &str,
) -> Result<u32, StoreError> {
    let found = ranks.get(id).copied();
    found.ok_or_else(|| StoreError::Corrupt(format!("{what} {id} is referred to but not held")))
}

/// Appends everything that a quote says.
pub(super) fn encode_quote(out: &mut Vec<u8>, quote: &OddsQuote) {
    text(out, &quote.bookmaker);
    text(out, quote.market.name());
    optional(out, quote.line_quarters, |out, line| out.extend(line.to_le_bytes()));
    for price in quote.prices {
        out.extend(price.map_or(0, crate::DecimalOdds::thousandths).to_le_bytes());
    }
    text(out, quote.phase.name());
    out.extend(quote.known_at.timestamp().to_le_bytes());
    out.push(quote.known_at_imputed.into());
}

/// The order of a match's quotes; no two quotes of a store are equal in it.
pub(super) fn quote_key(q: &OddsQuote) -> (&str, &str, Option<i16>, &str, i64) {
    (&q.bookmaker, q.market.name(), q.line_quarters, q.phase.name(), q.known_at.timestamp())
}

/// Line-ups and absences, sorted in place.
fn squads(out: &mut Vec<u8>, facts: &mut MatchFacts) {
    facts.lineups.sort_by(|a, b| lineup_key(a).cmp(&lineup_key(b)));
    count(out, facts.lineups.len());
    for lineup in &facts.lineups {
        text(out, lineup.side.name());
        text(out, &lineup.source);
        text(out, lineup.kind.name());
        out.extend(lineup.known_at.timestamp().to_le_bytes());
        out.push(lineup.known_at_imputed.into());
        optional(out, lineup.formation.as_ref(), |out, formation| text(out, formation.name()));
        for part in [lineup.squad.starters(), lineup.squad.substitutes()] {
            count(out, part.len());
            for listed in part {
                text(out, listed.player.id());
                text(out, listed.player.name());
                optional(out, listed.position, |out, position| text(out, position.name()));
                optional(out, listed.shirt, Vec::push);
            }
        }
    }
    facts.injuries.sort_by(|a, b| injury_key(a).cmp(&injury_key(b)));
    count(out, facts.injuries.len());
    for injury in &facts.injuries {
        text(out, injury.side.name());
        text(out, &injury.source);
        text(out, injury.player.id());
        text(out, injury.player.name());
        text(out, injury.kind.name());
        optional(out, injury.reason.as_deref(), text);
        out.extend(injury.known_at.timestamp().to_le_bytes());
        out.push(injury.known_at_imputed.into());
    }
}

/// Prices during the match, sorted in place. The name before them keeps them apart from what may stand there instead.
fn in_play(out: &mut Vec<u8>, quotes: &mut [InPlayQuote]) {
    let key = |q: &InPlayQuote| (q.bookmaker.clone(), q.market, q.line_quarters, q.known_at.timestamp());
    quotes.sort_by_cached_key(key);
    text(out, "in play");
    count(out, quotes.len());
    for quote in quotes.iter() {
        text(out, &quote.bookmaker);
        text(out, quote.market.name());
        optional(out, quote.line_quarters, |out, line| out.extend(line.to_le_bytes()));
        for price in quote.prices {
            out.extend(price.map_or(0, crate::DecimalOdds::thousandths).to_le_bytes());
        }
        out.extend(quote.known_at.timestamp().to_le_bytes());
    }
}

/// Events, their lists sorted in place; players by identifier, because a source writes one name in several ways.
fn events(out: &mut Vec<u8>, lists: &mut [EventList]) {
    lists.sort_by(|a, b| (&a.source, a.known_at.timestamp()).cmp(&(&b.source, b.known_at.timestamp())));
    text(out, "events");
    count(out, lists.len());
    for list in lists.iter() {
        text(out, &list.source);
        out.extend(list.known_at.timestamp().to_le_bytes());
        out.push(list.known_at_imputed.into());
        count(out, list.events.len());
        for event in &list.events {
            out.push(event.minute);
            optional(out, event.stoppage, Vec::push);
            text(out, event.side.name());
            text(out, event.kind.name());
            for player in [&event.player, &event.related] {
                optional(out, player.as_ref(), |out, player| text(out, player.id()));
            }
        }
    }
}

/// Weather, sorted in place.
fn weather(out: &mut Vec<u8>, all: &mut [Weather]) {
    let key = |w: &Weather| (w.source.clone(), w.kind, w.at.timestamp(), w.known_at.timestamp());
    all.sort_by_cached_key(key);
    text(out, "weather");
    count(out, all.len());
    for weather in all.iter() {
        text(out, &weather.source);
        text(out, weather.kind.name());
        for time in [weather.at, weather.known_at] {
            out.extend(time.timestamp().to_le_bytes());
        }
        for number in [weather.temperature, weather.wind, weather.rain] {
            out.extend(number.to_le_bytes());
        }
    }
}

/// What the match has beyond one of a league, where it has any of it.
fn setting(out: &mut Vec<u8>, setting: &MatchSetting) {
    text(out, "setting");
    out.push(setting.neutral_ground.into());
    for part in [&setting.stage, &setting.round, &setting.group] {
        optional(out, part.as_deref(), text);
    }
    optional(out, setting.tie_leg, Vec::push);
    score(out, setting.after_extra_time);
    score(out, setting.shootout);
}

fn lineup_key(l: &Lineup) -> (Side, &str, LineupKind, i64) {
    (l.side, &l.source, l.kind, l.known_at.timestamp())
}

fn injury_key(i: &Injury) -> (Side, &str, &str, InjuryKind, i64) {
    (i.side, &i.source, i.player.id(), i.kind, i.known_at.timestamp())
}

fn count(out: &mut Vec<u8>, n: usize) {
    out.extend((n as u64).to_le_bytes());
}

fn text(out: &mut Vec<u8>, value: &str) {
    count(out, value.len());
    out.extend(value.as_bytes());
}

fn optional<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    out.push(value.is_some().into());
    if let Some(value) = value {
        write(out, value);
    }
}

fn score(out: &mut Vec<u8>, value: Option<Score>) {
    optional(out, value, |out, s| out.extend([s.home, s.away]));
}

fn side(out: &mut Vec<u8>, s: &SideStats) {
    let counts =
        [s.shots, s.shots_on_target, s.woodwork, s.corners, s.fouls, s.offsides, s.yellow_cards, s.red_cards];
    for n in counts {
        optional(out, n, |out, n| out.extend(n.to_le_bytes()));
    }
    for x in [s.expected_goals, s.possession] {
        optional(out, x, |out, x| out.extend(x.to_le_bytes()));
    }
}
