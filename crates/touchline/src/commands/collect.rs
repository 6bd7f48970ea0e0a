mod gaps;
mod print;
mod runs;

use super::Ending;
use crate::cli::{Cli, Collect};
use crate::config::Role;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use clap::CommandFactory;
use clap::error::ErrorKind;
use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use touchline_collect::http::breaker::BreakerPolicy;
use touchline_collect::http::budget::{Allowance, Budget};
use touchline_collect::http::cache::ResponseCache;
use touchline_collect::http::retry::RetryPolicy;
use touchline_collect::http::time::{SeededJitter, SystemTimer};
use touchline_collect::http::token::{Renewable, TokenFile};
use touchline_collect::http::{Fetcher, Limits, Secret, Settings};
use touchline_collect::providers::{self, Answers, Call, MatchPlace, Provider, Recordings, Wish};
use touchline_domain::ports::{ReadStore, Store, StoreError};
use touchline_domain::{JobId, MatchId, Progress};
use touchline_intake::collect::{CollectReport, Collector, Near, Plan, name_places, rehearse};

/// Days ahead of which the weather is asked for.
const DAYS_AHEAD: u64 = 2;
/// The environment variable that names proxies.
const PROXIES: &str = "TOUCHLINE_PROXIES";

/// `touchline collect`.
pub async fn run(session: &Session, command: &Collect) -> Result<Ending> {
    if command.runs {
        return runs::run(session).await;
    }
    if command.gaps {
        return gaps::run(session).await;
    }
    let provider = command.source.as_deref().and_then(providers::by_name);
    let provider = provider.context("which source? `touchline collect --help` names them")?;
    let now = session.clock.now();
    let reader = if provider.wants_places() { Some(session.store(Role::Reader).await?) } else { None };
    let places = match &reader {
        Some(store) => places(command, store.as_ref(), now).await?,
        None => Vec::new(),
    };
    let wish = wish(session, command, now, &places);
    let mut calls = provider.plan(&wish).unwrap_or_else(|error| usage(&error.to_string()));
    if command.refresh {
        for call in &mut calls {
            call.max_age = Duration::ZERO;
        }
    }
    if command.plan {
        let store = match allowance(session, provider) {
            Some(_) => Some(session.store(Role::Reader).await?),
            None => None,
        };
        let budget = budget(session, provider, store.as_deref(), now).await?;
        return print::plan(session, &Plan::of(provider, &calls, budget.as_deref(), now));
    }
    // One run of a source at a time: two would ask twice as fast as either thinks.
    let _lock = lock(session, provider)?;
    if command.dry_run {
        return dry_run(session, command, provider, calls).await;
    }
    let store = session.store(Role::Writer).await?;
    name_places(store.as_ref(), provider.name(), &places).await?;
    let report =
        collect(session, command, provider, store.as_ref(), calls, (&session.progress, None)).await?;
    print::report(session, provider.name(), &report, Some(store.counts().await?))
}

/// Why a job that collects did not.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// The source cannot fulfil the wish.
    #[error(transparent)]
    Wish(#[from] providers::WishError),
    /// Anything else.
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

/// Collects what the command would, for a job or another command.
pub async fn gather(
    session: &Session,
    command: &Collect,
    provider: &'static dyn Provider,
    store: &dyn Store,
    progress: &dyn Progress,
    job: Option<JobId>,
) -> Result<CollectReport, GatherError> {
    let now = session.clock.now();
    let places = if provider.wants_places() {
        places(command, store, now).await.map_err(anyhow::Error::from)?
    } else {
        Vec::new()
    };
    if provider.wants_places() && places.is_empty() {
        // Nobody said where the match is, or it has moved: there is nothing to ask.
        return Ok(CollectReport::default());
    }
    let mut calls = provider.plan(&wish(session, command, now, &places))?;
    if command.refresh {
        for call in &mut calls {
            call.max_age = Duration::ZERO;
        }
    }
    let _lock = lock(session, provider)?;
    name_places(store, provider.name(), &places).await.map_err(anyhow::Error::from)?;
    Ok(collect(session, command, provider, store, calls, (progress, job)).await?)
}

/// Asks and reads, and stores nothing but what it cost.
async fn dry_run(
    session: &Session,
    command: &Collect,
    provider: &'static dyn Provider,
    calls: Vec<Call>,
) -> Result<Ending> {
    let costs = command.replay.is_none() && allowance(session, provider).is_some();
    let store = if costs { Some(session.store(Role::Writer).await?) } else { None };
    let budget = budget(session, provider, store.as_deref(), session.clock.now()).await?;
    let answers = answers(session, command, provider, budget.clone())?;
    let rehearsed = rehearse(provider, answers.as_ref(), calls, &session.progress).await;
    // Also of a run that was stopped.
    if let (Some(store), Some(budget)) = (store, budget) {
        let (since, spent) = budget.state(session.clock.now());
        store.note_credits(provider.name(), since, spent).await?;
    }
    print::report(session, provider.name(), &rehearsed?, None)
}

async fn collect(
    session: &Session,
    command: &Collect,
    provider: &'static dyn Provider,
    store: &dyn Store,
    calls: Vec<Call>,
    (progress, job): (&dyn Progress, Option<JobId>),
) -> Result<CollectReport> {
    let budget = budget(session, provider, Some(store), session.clock.now()).await?;
    let answers = answers(session, command, provider, budget.clone())?;
    let order = session.config.source_order();
    let collector = Collector {
        store,
        provider,
        answers: answers.as_ref(),
        budget,
        order: &order,
        clock: session.clock.as_ref(),
        progress,
        job,
    };
    Ok(collector.collect(calls).await?)
}

/// Matches with known places: those of the days that were asked for, else of the next ones.
async fn places(
    command: &Collect,
    store: &(impl ReadStore + ?Sized),
    now: DateTime<Utc>,
) -> Result<Vec<(MatchId, MatchPlace)>, StoreError> {
    let start = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let from = command.from.map_or(now, start);
    let to = match (command.to, command.from) {
        (Some(last), _) => start(last + Days::new(1)),
        (None, Some(first)) => start(first + Days::new(1)),
        (None, None) => now + Days::new(DAYS_AHEAD),
    };
    let near = Near { leagues: command.leagues.clone(), from, to, only: command.match_id.map(MatchId) };
    touchline_intake::collect::places(store, &near).await
}

fn wish(session: &Session, command: &Collect, now: DateTime<Utc>, places: &[(MatchId, MatchPlace)]) -> Wish {
    Wish {
        leagues: command.leagues.clone(),
        seasons: command.seasons.clone(),
        from: command.from,
        to: command.to,
        kinds: command.kinds.clone(),
        today: now.date_naive(),
        places: places.iter().map(|(_, place)| place.clone()).collect(),
        feeds: session.config.collect.news_feeds.clone(),
    }
}

/// Ends as the command line does where it is used wrongly.
fn usage(message: &str) -> ! {
    Cli::command().error(ErrorKind::ValueValidation, message).exit()
}

/// What may be spent on a source: by its free plan, or as configured for a larger one.
fn allowance(session: &Session, provider: &dyn Provider) -> Option<Allowance> {
    let free = provider.allowance()?;
    let credits = session.config.collect.credits(provider.name()).unwrap_or(free.credits);
    Some(Allowance { credits, ..free })
}

async fn budget(
    session: &Session,
    provider: &dyn Provider,
    store: Option<&dyn Store>,
    now: DateTime<Utc>,
) -> Result<Option<Arc<Budget>>, StoreError> {
    let (Some(allowance), Some(store)) = (allowance(session, provider), store) else { return Ok(None) };
    let since = allowance.period.start(now);
    let spent = store.credits_spent(provider.name(), since).await?;
    Ok(Some(Arc::new(Budget::new(allowance, since, spent))))
}

/// Recorded answers, or the network.
fn answers(
    session: &Session,
    command: &Collect,
    provider: &dyn Provider,
    budget: Option<Arc<Budget>>,
) -> Result<Box<dyn Answers>> {
    if let Some(folder) = &command.replay {
        if !folder.is_dir() {
            bail!("there is no folder {} with recorded answers", folder.display());
        }
        return Ok(Box::new(Recordings::new(folder, session.clock.clone())));
    }
    let key = key(provider)?;
    let config = &session.config.collect;
    let cache = ResponseCache::new(folder(session).join(provider.name()));
    let oldest = session.clock.now() - Days::new(config.keep_answers_days.into());
    if let Err(error) = cache.prune(oldest) {
        tracing::warn!(%error, "old answers were not removed");
    }
    let mirror = &config.mirror;
    let settings = Settings {
        user_agent: config.user_agent.clone(),
        limits: Limits::default(),
        retry: RetryPolicy::default(),
        breaker: BreakerPolicy::default(),
        cache: Some(cache),
        key,
        token: token(provider),
        proxies: proxies(),
        plain_http: config.plain_http.iter().any(|name| name == provider.name()),
        budget,
        mirror: (!mirror.is_empty()).then(|| format!("{}/{}", mirror.trim_end_matches('/'), provider.name())),
    };
    let timer = Arc::new(SystemTimer::new(session.clock.clone()));
    // Machines that start together and share a seed still spread.
    let jitter = Arc::new(SeededJitter::new(session.config.compute.seed ^ u64::from(std::process::id())));
    Ok(Box::new(Fetcher::new(provider.etiquette(), settings, timer, jitter)?))
}

/// The source's header that another program keeps up to date, where its environment variable names a file.
fn token(provider: &dyn Provider) -> Option<Renewable> {
    let (header, variable) = provider.token()?;
    let path = std::env::var_os(variable).filter(|path| !path.is_empty())?;
    Some(Renewable::new(header, Box::new(TokenFile(path.into()))))
}

/// Addresses of proxies, which may hold passwords: from the environment alone.
fn proxies() -> Vec<String> {
    let addresses = std::env::var(PROXIES).unwrap_or_default();
    addresses.split([',', ' ']).filter(|address| !address.is_empty()).map(str::to_owned).collect()
}

/// The source's key, from the environment alone.
fn key(provider: &dyn Provider) -> Result<Option<Secret>> {
    let Some(variable) = provider.key() else { return Ok(None) };
    let key = std::env::var(variable).map(|key| Secret::new(&key)).ok().filter(|key| !key.is_empty());
    match key {
        Some(key) => Ok(Some(key)),
        None => bail!(
            "{} wants a key: set the environment variable {variable}; --plan and --replay need none",
            provider.name()
        ),
    }
}

fn folder(session: &Session) -> PathBuf {
    session.data_dir().join("answers")
}

fn lock(session: &Session, provider: &dyn Provider) -> Result<File> {
    let folder = folder(session);
    fs::create_dir_all(&folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let path = folder.join(format!("{}.lock", provider.name()));
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            bail!("another process collects {} already; wait for its end", provider.name())
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}
