//! What servers agree on, by scripts.

use super::{Redis, client};
use async_trait::async_trait;
use client::{Script, Value};
use std::time::{Duration, Instant};
use touchline_domain::ports::{
    BucketLevel, Claim, ClaimAnswer, Coordination, CoordinationHealth, Suspect, Unreachable, WaitRule,
};

/// The scripts, by what they do.
pub(super) struct Scripts {
    take: Script,
    attempt: Script,
    succeeded: Script,
    claim: Script,
    finish: Script,
    release: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            take: Script::new(include_str!("scripts/take.lua")),
            attempt: Script::new(include_str!("scripts/attempt.lua")),
            succeeded: Script::new(include_str!("scripts/succeeded.lua")),
            claim: Script::new(include_str!("scripts/claim.lua")),
            finish: Script::new(include_str!("scripts/finish.lua")),
            release: Script::new(include_str!("scripts/release.lua")),
        }
    }
}

impl Redis {
    /// The name of a key. Who asks is hashed: names are of any length and say who somebody is.
    fn named(&self, kind: &str, name: &str) -> String {
        format!("{}:{kind}:{}", self.0.prefix, &blake3::hash(name.as_bytes()).to_hex()[..40])
    }

    /// The same, all on one node of a cluster.
    fn together(&self, kind: &str, name: &str) -> String {
        format!("{}:{{{kind}}}:{}", self.0.prefix, &blake3::hash(name.as_bytes()).to_hex()[..40])
    }
}

#[async_trait]
impl Coordination for Redis {
    async fn take(&self, bucket: &str, per_minute: u32) -> Result<BucketLevel, Unreachable> {
        let mut script = self.0.scripts.take.key(self.named("rate", bucket));
        script.arg(per_minute);
        let (taken, left): (u8, String) = self.script(script).await?;
        let left = left.parse().map_err(|_| Unreachable)?;
        Ok(BucketLevel { taken: taken == 1, left })
    }

    async fn attempt(&self, suspects: [Suspect<'_>; 2], rule: WaitRule) -> Result<Option<u64>, Unreachable> {
        let mut script = self.0.scripts.attempt.prepare_invoke();
        for suspect in suspects {
            script.key(self.together("login", suspect.name)).arg(suspect.free);
        }
        script.arg(rule.first).arg(rule.longest);
        let wait: i64 = self.script(script).await?;
        Ok(u64::try_from(wait).ok())
    }

    async fn succeeded(&self, forgotten: &str, given_back: &str) -> Result<(), Unreachable> {
        let mut script = self.0.scripts.succeeded.prepare_invoke();
        script.key(self.together("login", forgotten)).key(self.together("login", given_back));
        self.script(script).await
    }

    async fn claim(&self, claim: Claim<'_>, lease: Duration) -> Result<ClaimAnswer, Unreachable> {
        let mut script = self.0.scripts.claim.key(self.named("once", claim.key));
        script.arg(&claim.asked[..]).arg(claim.holder).arg(lease.as_millis() as u64);
        let (turn, done): (String, Vec<u8>) = self.script(script).await?;
        match turn.as_str() {
            "first" => Ok(ClaimAnswer::First),
            "done" => Ok(ClaimAnswer::Done(done)),
            "under way" => Ok(ClaimAnswer::UnderWay),
            "other" => Ok(ClaimAnswer::Other),
            _ => Err(Unreachable),
        }
    }

    async fn finish(&self, claim: Claim<'_>, outcome: &[u8], keep: Duration) -> Result<(), Unreachable> {
        let mut script = self.0.scripts.finish.key(self.named("once", claim.key));
        script.arg(&claim.asked[..]).arg(claim.holder).arg(outcome).arg(keep.as_millis() as u64);
        self.script(script).await
    }

    async fn release(&self, claim: Claim<'_>) -> Result<(), Unreachable> {
        let mut script = self.0.scripts.release.key(self.named("once", claim.key));
        script.arg(claim.holder);
        self.script(script).await
    }

    async fn health(&self) -> CoordinationHealth {
        let mode = self.0.link.url().mode();
        let started = Instant::now();
        let said = match mode {
            // Each node has its own to say.
            "cluster" => self.command::<Value>(client::cmd("PING")).await.map(|_| String::new()),
            _ => self.command(client::cmd("INFO")).await,
        };
        let Ok(said) = said else {
            let why = self.0.link.fault().unwrap_or_else(|| "it refuses calls; the log says why".to_owned());
            let details = format!(
                "{mode}, away: {why}. Answers come from the database, and limits hold for each server alone"
            );
            return CoordinationHealth { answers: false, details };
        };
        let took = started.elapsed().as_secs_f64() * 1000.0;
        let facts =
            [("redis_version", "version"), ("connected_clients", "clients"), ("used_memory_human", "memory")];
        let facts: String =
            facts.iter().filter_map(|(key, word)| Some(format!(", {word} {}", line(&said, key)?))).collect();
        CoordinationHealth { answers: true, details: format!("{mode}, answers in {took:.2} ms{facts}") }
    }
}

/// The value of a line of what INFO says, as far as it is one word.
fn line<'a>(said: &'a str, key: &str) -> Option<&'a str> {
    let value = said.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
    (value.len() <= 32 && !value.contains(char::is_whitespace)).then_some(value)
}
