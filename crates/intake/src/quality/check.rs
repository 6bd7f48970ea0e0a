//! Checks of what is stored: rules, suites and drift over what came in since the last check, or over everything.
//!
//! A check reads, judges and records findings, one per cause; a cause that is recorded already stays as it was handled, so that
//! a repeated check writes none. What it says is kept, with the place in the feed of changes up to which it has looked.

mod columns;
mod drift;
mod scope;

pub use drift::{BASELINES, TableDrift};

use chrono::{DateTime, Duration, Utc};
use columns::{as_prices, matches_table, odds_table};
use drift::Series;
use scope::{Extent, Scope, changed_since, everything, quotes_of, recent};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;
use touchline_domain::ports::{
    BronzeReader, ChangeFeed, IssueFilter, KeptCheck, LeagueReader, MatchFilter, MatchReader, QualityReader,
    QualityWriter, StoreError, StoredQuote,
};
use touchline_domain::telemetry::{DATA_FRESHNESS, QUALITY_ANOMALIES, QUALITY_DURATION, QUALITY_SCORE};
use touchline_domain::{
    Clock, CompetitionKind, LeagueId, Match, MatchId, MatchStatus, OVER_THE_MARKET, Progress, QualityIssue,
    Season, Severity, Stopped,
};
use touchline_quality::baseline::{Past, Profile};
use touchline_quality::rules::{self, GoalRates, PriceLimits, RuleFinding};
use touchline_quality::suite::{Shipped, SuiteResult, shipped};

/// Seasons before one that it is judged beside.
const BEFORE: usize = 3;
/// Findings of the last year that a finding may be a part of.
const REMEMBERED: u32 = 10_000;
/// Hours after which a match without a result is missing.
const OVERDUE: i64 = 24;

/// What a check needs of a store.
pub trait Checked:
    MatchReader + LeagueReader + BronzeReader + ChangeFeed + QualityReader + QualityWriter
{
}
impl<T> Checked for T where
    T: MatchReader + LeagueReader + BronzeReader + ChangeFeed + QualityReader + QualityWriter + ?Sized
{
}

/// Why a check could not be made.
#[derive(Debug, Error)]
pub enum CheckError {
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It was asked to stop.
    #[error("{0}")]
    Stopped(#[from] Stopped),
}

/// How to check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CheckOptions {
    /// Everything, rather than what came in since the last check.
    pub full: bool,
    /// Which limits drift is judged by.
    pub profile: Profile,
}

/// How old the latest of a table is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Freshness {
    /// The table.
    pub table: &'static str,
    /// When the latest was collected.
    pub latest: DateTime<Utc>,
    /// Hours since then.
    pub hours: f64,
}

/// What a check says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CheckReport {
    /// When it was made.
    pub checked_at: DateTime<Utc>,
    /// The profile of its limits.
    pub profile: Profile,
    /// Whether everything was looked at.
    pub full: bool,
    /// Seasons that were judged.
    pub seasons: usize,
    /// Their matches.
    pub matches: u64,
    /// Their quotes.
    pub quotes: u64,
    /// What was found, the worst first.
    pub findings: Vec<RuleFinding>,
    /// Findings that were not recorded before.
    pub new_findings: u64,
    /// Verdicts of the suites that ship.
    pub suites: Vec<SuiteResult>,
    /// Drift of recent values.
    pub drift: Vec<TableDrift>,
    /// 0 to 100 by table, and `overall`.
    pub scores: BTreeMap<String, f64>,
    /// How old the latest of each table is.
    pub freshness: Vec<Freshness>,
    /// Matches that were due more than a day ago and have no result.
    pub missing_matches: u64,
}

impl CheckReport {
    /// Whether anything deserves a look.
    pub fn is_clean(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity < Severity::Medium)
    }
}

/// Checks what came in since the last check, or everything; records findings and keeps what it says.
///
/// # Errors
/// The store failed, or it was asked to stop; findings are recorded at the end, all or none.
pub async fn check<S: Checked + ?Sized>(
    store: &S,
    options: &CheckOptions,
    clock: &dyn Clock,
    progress: &dyn Progress,
) -> Result<CheckReport, CheckError> {
    let now = clock.now();
    let position = store.latest().await?;
    let last = store.quality_checks(1).await?.pop();
    let changed = match (&last, options.full) {
        (Some(last), false) => changed_since(store, last).await?,
        _ => None,
    };
    let full = changed.is_none();
    let scope = match changed {
        Some(changed) => changed,
        None => everything(store).await?,
    };
    let mut look = Look::new(store, now, full).await?;
    look.seasons(store, &scope, progress).await?;
    if full {
        let pasts = look.series.iter().flat_map(|series| series.pasts(now)).collect::<Vec<_>>();
        for (name, past) in pasts {
            let text = serde_json::to_string(&past).map_err(|e| StoreError::Corrupt(e.to_string()))?;
            store.put_quality_baseline(&name, &text, now).await?;
        }
    } else {
        let (matches, quotes) = recent(store, now).await?;
        look.series[0].add_goals(&matches.iter().collect::<Vec<_>>());
        look.series[1].add_prices(&quotes);
    }
    let held = baselines(store).await?;
    let drift: Vec<TableDrift> =
        look.series.iter().filter_map(|series| series.drift(now, &held, options.profile)).collect();
    look.findings.extend(drift.iter().filter_map(TableDrift::finding));
    let report = look.report(store, (now, full, options.profile), drift).await?;
    let kept = serde_json::to_value(&report).map_err(|e| StoreError::Corrupt(e.to_string()))?;
    store.keep_quality_check(&KeptCheck { checked_at: now, position, report: kept }).await?;
    measure(&report, (clock.now() - now).as_seconds_f64());
    Ok(report)
}

/// The baselines that are held, by name; one that cannot be read is none.
///
/// # Errors
/// The store failed.
pub async fn baselines<S: QualityReader + ?Sized>(store: &S) -> Result<BTreeMap<String, Past>, StoreError> {
    let held = store.quality_baselines().await?;
    Ok(held
        .into_iter()
        .filter_map(|(name, text, _)| Some((name, serde_json::from_str(&text).ok()?)))
        .collect())
}

/// What was seen so far.
struct Look {
    now: DateTime<Utc>,
    full: bool,
    leagues: BTreeMap<LeagueId, (String, bool)>,
    suites: Vec<(Shipped, Option<SuiteResult>)>,
    series: [Series; 2],
    findings: Vec<RuleFinding>,
    seasons: usize,
    matches: u64,
    quotes: u64,
}

impl Look {
    async fn new<S: LeagueReader + ?Sized>(
        store: &S,
        now: DateTime<Utc>,
        full: bool,
    ) -> Result<Self, StoreError> {
        let league =
            |l: touchline_domain::League| (l.id, (l.details.code, l.details.kind == CompetitionKind::League));
        Ok(Self {
            now,
            full,
            leagues: store.leagues().await?.into_iter().map(league).collect(),
            suites: shipped().into_iter().map(|shipped| (shipped, None)).collect(),
            series: [Series::matches(), Series::odds()],
            findings: Vec::new(),
            seasons: 0,
            matches: 0,
            quotes: 0,
        })
    }

    /// Judges seasons, league by league.
    async fn seasons<S: Checked + ?Sized>(
        &mut self,
        store: &S,
        scope: &Scope,
        progress: &dyn Progress,
    ) -> Result<(), CheckError> {
        progress.begin("checking seasons", scope.len() as u64);
        let mut by_league: BTreeMap<LeagueId, BTreeMap<Season, &Extent>> = BTreeMap::new();
        for ((league, season), extent) in scope {
            by_league.entry(*league).or_default().insert(*season, extent);
        }
        for (league, seasons) in by_league {
            let around: BTreeSet<(LeagueId, Season)> = seasons
                .keys()
                .flat_map(|season| {
                    std::iter::successors(Some(*season), |season| season.before()).take(1 + BEFORE)
                })
                .map(|season| (league, season))
                .collect();
            let mut matches = store.matches_of(&Vec::from_iter(around)).await?;
            matches.sort_unstable_by_key(|m| (m.kickoff.at, m.id));
            let judged: BTreeSet<Season> = seasons.keys().copied().collect();
            self.findings.extend(judge_matches(&matches, &judged, &self.leagues, self.now));
            for (season, extent) in seasons {
                progress.check()?;
                let own: Vec<&Match> = matches.iter().filter(|m| m.season == season).collect();
                let quotes = quotes_of(store, (league, season), extent, &own).await?;
                if self.full {
                    self.series[0].add_goals(&own);
                    self.series[1].add_prices(&quotes);
                }
                self.season(&own, quotes);
                progress.done(1);
            }
        }
        progress.end();
        Ok(())
    }

    /// Suites and rules over prices of one season.
    fn season(&mut self, own: &[&Match], quotes: Vec<StoredQuote>) {
        self.seasons += 1;
        self.matches += own.len() as u64;
        self.quotes += quotes.len() as u64;
        for (Shipped { table, suite }, held) in &mut self.suites {
            let judged =
                suite.validate(&if *table == "odds" { odds_table(&quotes) } else { matches_table(own) });
            match held {
                Some(held) => held.merge(judged),
                None => *held = Some(judged),
            }
        }
        self.findings.extend(judge_prices(own, quotes, &self.leagues));
    }

    /// Leaves out findings about single matches whose bookmaker and season have a finding already.
    async fn join<S: QualityReader + ?Sized>(&mut self, store: &S) -> Result<(), StoreError> {
        if self.findings.iter().all(|finding| finding.part_of.is_none()) {
            return Ok(());
        }
        let since = Some(self.now - Duration::days(365));
        let filter = IssueFilter { table: Some("odds".to_owned()), since, ..IssueFilter::default() };
        let held = store.find_issues(&filter, REMEMBERED).await?;
        let known: BTreeSet<(&str, &str)> =
            held.iter().map(|issue| (issue.error_type.as_str(), issue.data.as_str())).collect();
        self.findings.retain(|finding| {
            finding.part_of.as_ref().is_none_or(|whole| !known.contains(&(finding.rule, whole.as_str())))
        });
        Ok(())
    }

    async fn report<S: Checked + ?Sized>(
        mut self,
        store: &S,
        (now, full, profile): (DateTime<Utc>, bool, Profile),
        drift: Vec<TableDrift>,
    ) -> Result<CheckReport, CheckError> {
        self.join(store).await?;
        self.findings.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.cause.cmp(&b.cause)));
        let issues: Vec<QualityIssue> = self.findings.iter().map(issue).collect();
        let new_findings = store.record_issues(&issues, now).await?;
        let latest = store.latest_collected().await?;
        let freshness = latest.into_iter().map(|(kind, latest)| Freshness {
            table: kind.table(),
            latest,
            hours: (now - latest).as_seconds_f64() / 3600.0,
        });
        let suites: Vec<SuiteResult> = self.suites.into_iter().filter_map(|(_, result)| result).collect();
        let mut scores = BTreeMap::new();
        for (table, rows) in [("matches", self.matches), ("odds", self.quotes)] {
            let odd: usize = self
                .findings
                .iter()
                .filter(|finding| finding.table == table && finding.severity >= Severity::Medium)
                .map(|finding| finding.rows)
                .sum();
            let suite = shipped().into_iter().find(|shipped| shipped.table == table);
            let kept = suite.and_then(|s| suites.iter().find(|result| result.suite == s.suite.name));
            let as_expected = kept.map_or(1.0, SuiteResult::share_as_expected);
            let consistent = 1.0 - (odd as f64 / rows.max(1) as f64).min(1.0);
            scores.insert(table.to_owned(), 100.0 * as_expected * consistent);
        }
        let overall = scores.values().sum::<f64>() / scores.len() as f64;
        scores.insert("overall".to_owned(), overall);
        Ok(CheckReport {
            checked_at: now,
            profile,
            full,
            seasons: self.seasons,
            matches: self.matches,
            quotes: self.quotes,
            findings: self.findings,
            new_findings,
            suites,
            drift,
            scores,
            freshness: freshness.collect(),
            missing_matches: overdue(store, now).await?,
        })
    }
}

/// Findings about matches of a league, sorted by kick-off, that touch the seasons to judge; the others are there to compare
/// with.
pub fn judge_matches(
    matches: &[Match],
    judged: &BTreeSet<Season>,
    leagues: &BTreeMap<LeagueId, (String, bool)>,
    now: DateTime<Utc>,
) -> Vec<RuleFinding> {
    let code = |id: LeagueId| leagues.get(&id).map_or("?", |(code, _)| code.as_str());
    let touched: BTreeSet<MatchId> =
        matches.iter().filter(|m| judged.contains(&m.season)).map(|m| m.id).collect();
    let mut found = rules::fixtures(matches, leagues, now);
    let own: Vec<Match> = matches.iter().filter(|m| touched.contains(&m.id)).cloned().collect();
    let label = |m: &Match| format!("{} {} match {}", code(m.league), m.season, m.id);
    found.extend(rules::scores(&own, &GoalRates::of(matches), &BTreeMap::new(), &label));
    for season in judged {
        let (own, former): (Vec<&Match>, Vec<&Match>) =
            matches.iter().filter(|m| m.season <= *season).partition(|m| m.season == *season);
        if let Some(m) = own.first() {
            found.extend(rules::hours(&own, &former, &format!("{} {season}", code(m.league))));
        }
    }
    found.retain(|finding| finding.matches.iter().any(|id| touched.contains(id)));
    found
}

/// Findings about the prices of some matches.
pub fn judge_prices(
    own: &[&Match],
    quotes: Vec<StoredQuote>,
    leagues: &BTreeMap<LeagueId, (String, bool)>,
) -> Vec<RuleFinding> {
    let kickoffs: BTreeMap<MatchId, (DateTime<Utc>, LeagueId, Season)> =
        own.iter().map(|m| (m.id, (m.kickoff.at, m.league, m.season))).collect();
    let (prices, books) = as_prices(quotes, &|id| kickoffs.get(&id).map(|(at, ..)| *at));
    let season = |id: MatchId| {
        kickoffs.get(&id).map_or_else(String::new, |(_, league, season)| {
            format!("{} {season}", leagues.get(league).map_or("?", |(code, _)| code.as_str()))
        })
    };
    let over_market = |book: &str| OVER_THE_MARKET.contains(&book);
    rules::prices(&prices, &books, &over_market, &PriceLimits::default(), &season)
}

fn issue(finding: &RuleFinding) -> QualityIssue {
    QualityIssue {
        table: finding.table,
        document: None,
        locator: 0,
        error_type: finding.rule.to_owned(),
        severity: finding.severity,
        message: finding.message.clone(),
        data: finding.cause.clone(),
        requires_manual_review: finding.needs_review,
    }
}

/// Matches that were due and have no result.
async fn overdue<S: MatchReader + ?Sized>(store: &S, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let to = Some(now - Duration::hours(OVERDUE));
    let filter = MatchFilter { status: Some(MatchStatus::Scheduled), to, ..MatchFilter::default() };
    let (mut count, mut after) = (0, None);
    loop {
        let page = store.page(&filter, after, 500).await?;
        count += page.matches.len() as u64;
        after = page.next;
        if after.is_none() {
            return Ok(count);
        }
    }
}

fn measure(report: &CheckReport, seconds: f64) {
    for (table, score) in &report.scores {
        metrics::gauge!(QUALITY_SCORE.name, "table_name" => table.clone()).set(*score);
    }
    for fresh in &report.freshness {
        let labels = [("table_name", fresh.table), ("data_type", "collected")];
        metrics::gauge!(DATA_FRESHNESS.name, &labels).set(fresh.hours);
    }
    let mut odd: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for finding in &report.findings {
        *odd.entry((finding.table, finding.rule, finding.severity.name())).or_default() += finding.rows;
    }
    for ((table, rule, severity), rows) in odd {
        let labels = [
            ("table_name", table.to_owned()),
            ("anomaly_type", rule.to_owned()),
            ("severity", severity.to_owned()),
        ];
        metrics::gauge!(QUALITY_ANOMALIES.name, &labels).set(rows as f64);
    }
    metrics::histogram!(QUALITY_DURATION.name, "table_name" => "all").record(seconds);
}
