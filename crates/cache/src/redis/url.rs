//! Where Redis is: one server, the master that sentinels know, or a cluster.

use redis::{ConnectionInfo, IntoConnectionInfo};
use std::fmt;
use thiserror::Error;

/// Why an address cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RedisUrlFault {
    /// The scheme is another one.
    #[error(
        "write redis://[USER:PASSWORD@]HOST:PORT/DB, redis-sentinel://[USER:PASSWORD@]HOST:PORT,.../MASTER?db=DB or redis-cluster://[USER:PASSWORD@]HOST:PORT,..., with rediss in the place of redis for TLS"
    )]
    Scheme,
    /// A part of it cannot be read; which, without the password.
    #[error("{0}")]
    Part(String),
}

/// The address of Redis. It may hold a password, so it is shown without.
#[derive(Clone)]
pub struct RedisUrl {
    pub(super) target: Target,
    shown: String,
}

/// What is connected to.
#[derive(Clone)]
pub(super) enum Target {
    /// A server, or a socket of this machine.
    Single(Box<ConnectionInfo>),
    /// The master of a name, found by sentinels.
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        master: String,
        /// User, password and database of the master, at the address of the first sentinel, which does not matter.
        login: Box<ConnectionInfo>,
        tls: bool,
    },
    /// The nodes of a cluster, some of them.
    Cluster(Vec<ConnectionInfo>),
}

impl fmt::Display for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.shown)
    }
}

impl RedisUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// It is none.
    pub fn parse(url: &str) -> Result<Self, RedisUrlFault> {
        let (scheme, rest) = url.split_once("://").ok_or(RedisUrlFault::Scheme)?;
        let (tls, mode) = match scheme.strip_prefix("rediss") {
            Some(mode) => (true, mode),
            None => (false, scheme.strip_prefix("redis").ok_or(RedisUrlFault::Scheme)?),
        };
        let plain = if tls { "rediss" } else { "redis" };
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (login, hosts) =
            authority.rsplit_once('@').map_or(("", authority), |(login, hosts)| (login, hosts));
        let at = |host: &str, login: &str, path: &str| {
            let at = if login.is_empty() { "" } else { "@" };
            info(&format!("{plain}://{login}{at}{host}/{path}"), host)
        };
        let target = match mode {
            "" if hosts.contains(',') => {
                return Err(RedisUrlFault::Part(
                    "several hosts are those of redis-sentinel:// or redis-cluster://".to_owned(),
                ));
            }
            "" => Target::Single(Box::new(at(hosts, login, path)?)),
            "+unix" if !tls => Target::Single(Box::new(info(url, "the socket")?)),
            "-cluster" => Target::Cluster(each(hosts, |host| at(host, login, ""))?),
            "-sentinel" => {
                let (master, query) = path.split_once('?').unwrap_or((path, ""));
                let db = query.strip_prefix("db=").unwrap_or_default();
                if master.is_empty() || (db.is_empty() && !query.is_empty()) {
                    return Err(RedisUrlFault::Part(
                        "after the sentinels write /MASTER, the name of the master that they know, and if need be ?db=DB"
                            .to_owned(),
                    ));
                }
                let sentinels = each(hosts, |host| at(host, "", ""))?;
                let first = hosts.split(',').next().unwrap_or_default();
                let login = Box::new(at(first, login, db)?);
                Target::Sentinel { sentinels, master: master.to_owned(), login, tls }
            }
            _ => return Err(RedisUrlFault::Scheme),
        };
        let hidden = if login.is_empty() { "" } else { "***@" };
        let slash = if path.is_empty() { "" } else { "/" };
        Ok(Self { target, shown: format!("{scheme}://{hidden}{hosts}{slash}{path}") })
    }

    /// `single`, `sentinel` or `cluster`.
    pub fn mode(&self) -> &'static str {
        match self.target {
            Target::Single(_) => "single",
            Target::Sentinel { .. } => "sentinel",
            Target::Cluster(_) => "cluster",
        }
    }
}

fn each<T>(hosts: &str, read: impl Fn(&str) -> Result<T, RedisUrlFault>) -> Result<Vec<T>, RedisUrlFault> {
    hosts.split(',').map(read).collect()
}

/// Host, port, user, password and database; `shown` names it in an error.
fn info(url: &str, shown: &str) -> Result<ConnectionInfo, RedisUrlFault> {
    url.into_connection_info().map_err(|error| {
        let why = error.detail().unwrap_or_else(|| error.category()).to_owned();
        RedisUrlFault::Part(format!("{shown:?} cannot be used as an address: {why}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(url: &str) -> (String, &'static str) {
        let url = RedisUrl::parse(url).unwrap();
        (url.to_string(), url.mode())
    }

    #[test]
    fn modes_are_told_by_the_address_and_passwords_are_not_shown() {
        let of = |url, expected: &str, mode| assert_eq!(shown(url), (expected.to_owned(), mode));
        of("redis://127.0.0.1:6379/1", "redis://127.0.0.1:6379/1", "single");
        of("redis://:pw@cache", "redis://***@cache", "single");
        of("rediss://ann:p%40w@cache:6380", "rediss://***@cache:6380", "single");
        of("redis-cluster://ann:pw@a:7000,b:7001", "redis-cluster://***@a:7000,b:7001", "cluster");
        of(
            "redis-sentinel://:pw@a:26379,b/mymaster?db=2",
            "redis-sentinel://***@a:26379,b/mymaster?db=2",
            "sentinel",
        );
        assert_eq!(format!("{:?}", RedisUrl::parse("redis://:pw@cache").unwrap()), "\"redis://***@cache\"");
    }

    #[test]
    fn user_password_and_database_reach_the_master_and_not_the_sentinels() {
        let url = RedisUrl::parse("redis-sentinel://ann:p%40w@a:26379,b/m?db=2").unwrap();
        let Target::Sentinel { sentinels, master, login, tls } = url.target else { panic!("{url}") };
        assert_eq!((sentinels.len(), master.as_str(), tls), (2, "m", false));
        let settings = login.redis_settings();
        assert_eq!((settings.username(), settings.password(), settings.db()), (Some("ann"), Some("p@w"), 2));
        assert_eq!(sentinels[0].redis_settings().password(), None);
    }

    #[test]
    fn what_is_no_address_is_refused_in_words_without_the_password() {
        for wrong in ["", "cache:6379", "http://cache", "redis-x://cache", "memcached://cache"] {
            assert_eq!(RedisUrl::parse(wrong).unwrap_err(), RedisUrlFault::Scheme, "{wrong}");
        }
        let wrongs = [
            "redis://a,b",
            "redis://:secret@cache:port",
            "redis://:secret@cache/words",
            "redis-sentinel://:secret@a:26379",
            "redis-sentinel://a/m?x=1",
        ];
        for wrong in wrongs {
            let error = RedisUrl::parse(wrong).unwrap_err().to_string();
            assert!(!error.contains("secret") && !error.starts_with("write redis://"), "{wrong}: {error}");
        }
    }
}
