use super::Ending;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use touchline_cache::Redis;
use touchline_domain::ports::{Coordination, Finding, Store};
use touchline_intake::quality::{self, Concern, ConcernKind};
use touchline_learning::dataset::Facts;
use touchline_learning::registry::{self, RegistryError};

/// Concerns of one class that are shown.
const SHOWN: usize = 8;

#[derive(Serialize)]
struct Report {
    version: &'static str,
    content_hash: Option<String>,
    findings: Vec<Finding>,
}

/// `touchline doctor`.
pub async fn run(session: &Session) -> Result<Ending> {
    let mut findings = vec![Finding::good("threads", format!("{} in use", session.config.threads()))];
    findings.extend(redis(session).await);
    let mut content_hash = None;
    match session.store(Role::Reader).await {
        Err(error) => findings.push(Finding::bad(
            "database",
            output::told(error.as_ref()),
            "check --data-dir or --database-url, that the folder can be written or that the server runs",
        )),
        Ok(store) => {
            findings.push(match store.check().await {
                Ok(details) => Finding::good("database", details),
                Err(e) => Finding::bad("database", e.to_string(), "restore it from a backup"),
            });
            let counts = store.counts().await?;
            let held = format!(
                "{} matches ({} finished) of {} leagues and {} teams, {} odds",
                count(counts.matches),
                count(counts.finished),
                count(counts.leagues),
                count(counts.teams),
                count(counts.odds)
            );
            findings.push(if counts.finished == 0 {
                Finding::bad("matches", held, "ingest results: touchline ingest football-data PATH")
            } else {
                Finding::good("matches", held)
            });
            findings.extend(same_competition(&Facts::load(store.as_ref()).await?));
            findings.extend(concerns(quality::look(store.as_ref(), session.clock.now()).await?));
            findings.push(match store.unprocessed_records().await? {
                0 => Finding::good("bronze", "every record has reached silver".into()),
                n => Finding::bad(
                    "bronze",
                    format!("{} records have not reached silver", count(n)),
                    "decide about names that wait (touchline names list --open), then run interrupted imports again",
                ),
            });
            let waiting = store.reviews(true).await?;
            findings.push(match waiting.len() {
                0 => Finding::good("names", "none waits for a decision".into()),
                n => Finding::bad(
                    "names",
                    format!("{n} names wait for a decision, and their rows with them"),
                    "touchline names suggest --all",
                ),
            });
            let issues = store.issues(1).await?;
            findings.push(Finding::good(
                "quality log",
                match issues.first() {
                    None => "no findings".into(),
                    Some(i) => {
                        format!("latest finding at {}: {}", i.detected_at.format("%Y-%m-%d %H:%M"), i.message)
                    }
                },
            ));
            findings.push(champion(session, &store).await?);
            content_hash = Some(store.content_hash().await?);
        }
    }
    print(session, &Report { version: env!("CARGO_PKG_VERSION"), content_hash, findings })?;
    Ok(Ending::Done)
}

/// How the Redis stands that servers share, where one is configured.
async fn redis(session: &Session) -> Option<Finding> {
    let advice = "see that it runs and that REDIS_URL names it; servers go on without it";
    let (url, settings) = match session.config.cache.redis() {
        Ok(found) => found?,
        Err(error) => {
            return Some(Finding::bad("redis", output::told(error.as_ref()), "correct section [cache]"));
        }
    };
    let redis = Redis::start(url, settings, &session.config.cache.prefix);
    // Where it does not come, its health says why.
    let _ = tokio::time::timeout(settings.connect, redis.until(true)).await;
    let health = redis.health().await;
    Some(if health.answers {
        Finding::good("redis", health.details)
    } else {
        Finding::bad("redis", health.details, advice)
    })
}

/// Whether the model that answers is there and can be read.
async fn champion(session: &Session, store: &Arc<dyn Store>) -> Result<Finding> {
    let version = match registry::champion(store.as_ref()).await {
        Ok(version) => version,
        Err(RegistryError::NoChampion { registered: Some(version), .. }) => {
            let details = format!("{version} is trained, and none is promoted");
            return Ok(Finding::bad("model", details, "touchline models promote VERSION"));
        }
        Err(RegistryError::NoChampion { registered: None, .. }) => {
            return Ok(Finding::bad("model", "none is trained".into(), "touchline train --activate"));
        }
        Err(error) => return Err(error.into()),
    };
    let artifacts = session.artifacts(store)?;
    Ok(match registry::open_model(artifacts.as_deref(), session.data_dir(), &version).await {
        Ok(m) => Finding::good("model", format!("{} {}", m.manifest.name, m.manifest.version)),
        Err(e) => Finding::bad("model", e.to_string(), "touchline train, or touchline models rollback"),
    })
}

/// Leagues of one country and tier from several sources are most likely one competition held twice; teams that
/// both name alike would then learn each result twice.
fn same_competition(facts: &Facts) -> Option<Finding> {
    let mut twice = Vec::new();
    for (i, a) in facts.leagues.iter().enumerate() {
        for b in &facts.leagues[i + 1..] {
            if (&a.country, a.level) == (&b.country, b.level) && a.source != b.source {
                twice.push(format!("{} and {}", a.code, b.code));
            }
        }
    }
    (!twice.is_empty()).then(|| {
        Finding::bad(
            "leagues",
            format!("possibly one competition from two sources: {}", twice.join("; ")),
            "if it is one, join both: touchline names --help says how",
        )
    })
}

/// One finding of each class of concerns.
fn concerns(all: Vec<Concern>) -> Vec<Finding> {
    let mut classes: BTreeMap<ConcernKind, Vec<String>> = BTreeMap::new();
    for concern in all {
        classes.entry(concern.kind).or_default().push(concern.message);
    }
    let finding = |(kind, messages): (ConcernKind, Vec<String>)| {
        let check = match kind {
            ConcernKind::OverdueFixtures => "fixtures",
            ConcernKind::DoubledSeason => "seasons",
            ConcernKind::ClubWithFewMatches | ConcernKind::ClubWithoutResult => "clubs",
            ConcernKind::LeagueSize => "sizes",
            ConcernKind::RulesNotInForce => "rules",
        };
        let more = messages.len().saturating_sub(SHOWN);
        let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
        let shown = messages.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
        Finding::bad(check, format!("{shown}{rest}"), kind.advice())
    };
    classes.into_iter().map(finding).collect()
}

/// Prints findings, a line each, and what to do.
pub fn list(findings: &[Finding]) {
    for f in findings {
        let mark = if f.healthy { "ok  " } else { "look" };
        output::line(format!("{mark}  {:12} {}", f.check, f.details));
        if let Some(advice) = &f.advice {
            output::line(format!("      {:12} -> {advice}", ""));
        }
    }
}

fn print(session: &Session, report: &Report) -> Result<()> {
    if session.json {
        return output::json(report);
    }
    output::line(format!("touchline {}", report.version));
    list(&report.findings);
    if let Some(hash) = &report.content_hash {
        output::line(format!("content hash {hash}"));
    }
    Ok(())
}
