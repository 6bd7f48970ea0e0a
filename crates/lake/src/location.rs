//! From a location to a lake.

use crate::ParquetLake;
use crate::objects::{Objects, unavailable};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::local::LocalFileSystem;
use object_store::{BackoffConfig, ClientConfigKey, ObjectStore, RetryConfig};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use touchline_domain::Clock;
use touchline_domain::ports::LakeError;

/// How long a connection may take to be made, and one request; `AWS_CONNECT_TIMEOUT` and `AWS_TIMEOUT` say otherwise.
const CONNECT: &str = "5 seconds";
const REQUEST: &str = "2 minutes";
/// How often a request is repeated, and for how long.
const RETRIES: usize = 3;
const RETRYING: Duration = Duration::from_mins(2);

/// Any of these says where credentials come from.
const CREDENTIALS: [&str; 5] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_SKIP_SIGNATURE",
];

impl ParquetLake {
    /// Opens the lake at `location`: a folder, which is made where absent and is its owner's alone, or
    /// `s3://BUCKET/PREFIX`. Endpoint, region and credentials of S3 come from `environment` (`AWS_ENDPOINT_URL`,
    /// `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_ALLOW_HTTP` and the others
    /// of Amazon's own tools), never from the location. `clock` dates what is written.
    ///
    /// # Errors
    /// The location names no lake, a variable is missing, or the folder cannot be made.
    pub fn open(
        location: &str,
        environment: impl IntoIterator<Item = (String, String)>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, LakeError> {
        match location.split_once("://") {
            Some(("s3", rest)) => s3(rest, environment, clock),
            Some(("file", path)) => folder(Path::new(path), clock),
            // What stands before the scheme's end may be anything: it is not repeated.
            Some(_) => Err(unavailable(
                "its URL has a scheme that it does not know: write s3://BUCKET/PREFIX or the path of a folder".to_owned(),
            )),
            None => folder(Path::new(location), clock),
        }
    }

    /// A lake in memory, gone with its last clone: for tests.
    pub fn in_memory(clock: Arc<dyn Clock>) -> Self {
        Self::on(Arc::new(object_store::memory::InMemory::new()), clock)
    }

    pub(crate) fn on(store: Arc<dyn ObjectStore>, clock: Arc<dyn Clock>) -> Self {
        let objects = Objects { store, prefix: object_store::path::Path::default(), folder: None };
        Self { objects, location: "memory:".to_owned(), clock }
    }
}

fn folder(path: &Path, clock: Arc<dyn Clock>) -> Result<ParquetLake, LakeError> {
    let wrong = |error: std::io::Error| unavailable(format!("{}: {error}", path.display()));
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(wrong)?;
    let whole = path.canonicalize().map_err(wrong)?;
    let store = LocalFileSystem::new_with_prefix(&whole).map_err(|error| unavailable(error.to_string()))?;
    let location = whole.display().to_string();
    let objects =
        Objects { store: Arc::new(store), prefix: object_store::path::Path::default(), folder: Some(whole) };
    Ok(ParquetLake { objects, location, clock })
}

fn s3(
    rest: &str,
    environment: impl IntoIterator<Item = (String, String)>,
    clock: Arc<dyn Clock>,
) -> Result<ParquetLake, LakeError> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() || !bucket.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
        return Err(unavailable(
            "its URL names no bucket: write s3://BUCKET/PREFIX, and give credentials by AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY in the environment"
                .to_owned(),
        ));
    }
    let client = AmazonS3ConfigKey::Client;
    let mut builder = AmazonS3Builder::new()
        .with_config(client(ClientConfigKey::ConnectTimeout), CONNECT)
        .with_config(client(ClientConfigKey::Timeout), REQUEST);
    let mut credentials = false;
    for (name, value) in environment {
        credentials |= CREDENTIALS.contains(&name.as_str());
        // As in `AmazonS3Builder::from_env`, which reads the process's environment and nothing else.
        if let Some(key) = name.strip_prefix("AWS_").and_then(|_| name.to_ascii_lowercase().parse().ok()) {
            builder = builder.with_config(key, value);
        }
    }
    if !credentials {
        return Err(unavailable(format!(
            "no credentials for s3://{bucket}: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_ENDPOINT_URL \
             for storage that is not Amazon's)"
        )));
    }
    let retry =
        RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRYING };
    let store = builder.with_bucket_name(bucket).with_retry(retry).build();
    let store = store.map_err(|error| unavailable(error.to_string()))?;
    let prefix = object_store::path::Path::parse(prefix).map_err(|error| unavailable(error.to_string()))?;
    let location =
        if prefix.as_ref().is_empty() { format!("s3://{bucket}") } else { format!("s3://{bucket}/{prefix}") };
    Ok(ParquetLake { objects: Objects { store: Arc::new(store), prefix, folder: None }, location, clock })
}
