//! From a URL to options of a connection, and what may be shown of a URL.

use crate::error::unavailable;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;
use std::str::FromStr;
use std::time::Duration;
use touchline_domain::ports::StoreError;

/// Settings of every connection, unless the URL's `options` say otherwise. A call waits so long for another writer before
/// it gives up with a hint to try again. Compiling a plan pays for long analytic queries; ours touch many partitions for
/// a short time.
const SETTINGS: [(&str, &str); 2] = [("lock_timeout", "10s"), ("jit", "off")];

pub(crate) fn parse(url: &str) -> Result<PgConnectOptions, StoreError> {
    // Without passwords, since the driver logs parameters that it does not know.
    let (bare, password) = split_password(url);
    let options = PgConnectOptions::from_str(&bare).map_err(|_| {
        // The driver's words may quote the URL.
        let message = format!(
            "{} is not a database URL; write postgres://USER:PASSWORD@HOST:PORT/DATABASE, special characters of the \
             password as %XX",
            redacted(url)
        );
        unavailable(&message, None)
    })?;
    let options = match password {
        Some(password) => options.password(&password),
        None => options,
    };
    let given = options.get_options().unwrap_or_default().to_owned();
    let settings = SETTINGS.into_iter().filter(|(name, _)| !given.contains(name));
    Ok(options
        .application_name("touchline")
        .options(settings)
        .log_slow_statements(tracing::log::LevelFilter::Debug, Duration::from_secs(1)))
}

/// A database URL without its password: everything between the user's name and the last `@` of the host part, and the
/// values of parameters that carry secrets, become `***`.
pub fn redacted(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (address, query) = rest.split_once('?').map_or((rest, None), |(a, q)| (a, Some(q)));
    // A password may hold unescaped slashes; hosts hold no `@`.
    let address = match address.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => format!("{user}@{host}"),
        },
        None => address.to_owned(),
    };
    let Some(query) = query else { return format!("{scheme}://{address}") };
    // An unescaped question mark in a password puts the rest of it here.
    if query.contains('@') {
        return format!("{scheme}://***");
    }
    let secret = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.contains("password") || name.contains("key") => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    let query: Vec<_> = query.split('&').map(secret).collect();
    format!("{scheme}://{address}?{}", query.join("&"))
}

/// The URL without its passwords, and the password, for programs that take it by the environment. A parameter of the
/// query wins over the user's part, as it does for connections.
pub(crate) fn split_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (address, of_user) = match address.rsplit_once('@').map(|(user, host)| (user.split_once(':'), host)) {
        Some((Some((name, password)), host)) => (format!("{name}@{host}"), Some(percent_decoded(password))),
        _ => (address.to_owned(), None),
    };
    let (mut kept, mut of_query) = (Vec::new(), None);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = percent_decoded(name);
        if name == "password" {
            of_query = Some(percent_decoded(value));
        } else if !name.contains("password") {
            kept.push(pair);
        }
    }
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    (format!("{scheme}://{address}{query}"), of_query.or(of_user))
}

/// The URL of another database of the same server.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let start = address.find("://").map_or(0, |at| at + 3);
    let host_end = address[start..].find('/').map_or(address.len(), |at| start + at);
    // A parameter would win over the path.
    let names_database = |pair: &str| percent_decoded(pair.split('=').next().unwrap_or_default()) == "dbname";
    let kept: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !names_database(pair)).collect();
    let query = if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) };
    format!("{}/{name}{query}", &address[..host_end])
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        let code = others.get(..2).filter(|_| first == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = code.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(decoded.unwrap_or(first));
        rest = if decoded.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        let shown = [
            (
                "postgres://ann:s3cret@db:5432/x?sslmode=require",
                "postgres://ann:***@db:5432/x?sslmode=require",
            ),
            ("postgres://ann:s3:cr@e/t@db/x", "postgres://ann:***@db/x"),
            ("postgres://ann:s3cr?et@db/x", "postgres://***"),
            ("postgres://db/x?user=ann&password=s3cret", "postgres://db/x?user=ann&password=***"),
            ("postgres://ann@db/x?host=/run/postgresql", "postgres://ann@db/x?host=/run/postgresql"),
            ("postgres:///x", "postgres:///x"),
            ("sqlite:/data/x.db", "sqlite:/data/x.db"),
        ];
        for (url, wanted) in shown {
            assert_eq!(redacted(url), wanted);
        }
    }

    #[test]
    fn programs_get_the_password_apart() {
        let split = |url: &str| {
            let (url, password) = split_password(url);
            (url, password.unwrap_or_default())
        };
        assert_eq!(
            split("postgres://ann:p%40ss%2Fw%@db:5432/x?sslmode=require"),
            ("postgres://ann@db:5432/x?sslmode=require".to_owned(), "p@ss/w%".to_owned())
        );
        assert_eq!(split("postgres://ann@db/x"), ("postgres://ann@db/x".to_owned(), String::new()));
        let secret = "p&ss w".to_owned();
        assert_eq!(
            split("postgres://db/x?user=ann&password=p%26ss%20w&sslmode=require"),
            ("postgres://db/x?user=ann&sslmode=require".to_owned(), secret.clone())
        );
        assert_eq!(
            split("postgres://ann:other@db/x?%70assword=p%26ss%20w&sslpassword=s3cret"),
            ("postgres://ann@db/x".to_owned(), secret),
            "however it is written"
        );
        assert_eq!(
            with_database("postgres://ann:p@db:1/x?host=/run", "y"),
            "postgres://ann:p@db:1/y?host=/run"
        );
        assert_eq!(with_database("postgres://db", "y"), "postgres://db/y");
        assert_eq!(with_database("postgres://db/x?dbname=z&host=/run", "y"), "postgres://db/y?host=/run");
    }

    #[test]
    fn a_wrong_url_is_told_without_its_password() {
        let error = parse("postgres://ann:s3cret@db:port/x").unwrap_err().to_string();
        assert!(error.contains("ann:***@db:port") && error.contains("is not a database URL"), "{error}");
        assert!(!error.contains("s3cret"), "{error}");
    }
}
