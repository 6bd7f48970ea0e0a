//! What servers share beside the database: the section `[cache]`.

use super::Secret;
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use touchline_cache::{RedisSettings, RedisUrl};

/// Longest time that a call or connecting may be given, seconds: it is added to answers.
const LONGEST: f64 = 5.0;
/// Longest time between two signs of life, seconds.
const LONGEST_SILENCE: f64 = 3600.0;
const LONGEST_PREFIX: usize = 64;

/// A Redis, and how long it may take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CacheConfig {
    pub redis_url: Secret,
    pub prefix: String,
    pub timeout_seconds: f64,
    pub connect_timeout_seconds: f64,
    pub health_seconds: f64,
}

impl CacheConfig {
    /// The Redis that servers share, if there is one.
    ///
    /// # Errors
    /// Its address or another setting cannot be used.
    pub fn redis(&self) -> Result<Option<(RedisUrl, RedisSettings)>> {
        let Some(url) = self.redis_url.secret() else { return Ok(None) };
        let url = RedisUrl::parse(url).context("cache.redis_url (REDIS_URL)")?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
        if self.prefix.is_empty() || self.prefix.len() > LONGEST_PREFIX || !self.prefix.chars().all(is_plain)
        {
            bail!("cache.prefix: write 1 to {LONGEST_PREFIX} letters, digits, or - _ . :");
        }
        let settings = RedisSettings {
            call: within("timeout_seconds", self.timeout_seconds, LONGEST)?,
            connect: within("connect_timeout_seconds", self.connect_timeout_seconds, LONGEST)?,
            look_after: within("health_seconds", self.health_seconds, LONGEST_SILENCE)?,
        };
        Ok(Some((url, settings)))
    }
}

fn within(name: &str, seconds: f64, longest: f64) -> Result<Duration> {
    // A thousandth, so that a time is never none.
    if !(0.001..=longest).contains(&seconds) {
        bail!("cache.{name} is {seconds}: write seconds, more than 0.001 and at most {longest}");
    }
    Ok(Duration::from_secs_f64(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn of(variables: &[(&str, &str)]) -> Result<Option<(RedisUrl, RedisSettings)>> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables)?.cache.redis()
    }

    #[test]
    fn redis_is_there_where_it_is_named_and_its_settings_are_checked() {
        assert!(of(&[]).unwrap().is_none());
        let (url, settings) = of(&[("REDIS_URL", "redis://:pw@cache:6379/1")]).unwrap().unwrap();
        assert_eq!(
            (url.to_string().as_str(), settings),
            ("redis://***@cache:6379/1", RedisSettings::default())
        );
        let named = [("TOUCHLINE__CACHE__REDIS_URL", "redis-cluster://a,b"), ("REDIS_SOCKET_TIMEOUT", "5")];
        let (url, settings) = of(&named).unwrap().unwrap();
        assert_eq!((url.mode(), settings.call), ("cluster", Duration::from_secs(5)));
        for (name, value, word) in [
            ("REDIS_URL", "cache:6379", "REDIS_URL"),
            ("TOUCHLINE__CACHE__PREFIX", "a b", "cache.prefix"),
            ("TOUCHLINE__CACHE__PREFIX", "", "cache.prefix"),
            ("REDIS_SOCKET_TIMEOUT", "6", "cache.timeout_seconds"),
            ("REDIS_CONNECT_TIMEOUT", "0", "cache.connect_timeout_seconds"),
            ("REDIS_HEALTH_CHECK_INTERVAL", "nan", "cache.health_seconds"),
        ] {
            let error = format!("{:#}", of(&[("REDIS_URL", "redis://cache"), (name, value)]).unwrap_err());
            assert!(error.contains(word), "{name}={value}: {error}");
        }
    }
}
