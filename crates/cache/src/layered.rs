//! Memory, then what servers share, then whoever reads or computes.

use crate::envelope::{Opened, Seal};
use crate::meter::{Look, Meter};
use crate::ttl::jittered;
use async_trait::async_trait;
use moka::Expiry;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};
use touchline_domain::ports::Unreachable;

/// Longest stay in memory: what others share is looked at again after it.
const LONGEST_IN_MEMORY: Duration = Duration::from_mins(5);
/// What an entry in memory takes beside its key and its value.
const OVERHEAD: usize = 256;

/// A place for entries that other servers see too.
#[async_trait]
pub trait Layer: Send + Sync {
    /// The bytes under a key; none where there are none, or more than an entry may have.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Unreachable>;

    /// Keeps bytes under a key for a time. More than an entry may have are not kept.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn put(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Unreachable>;

    /// Forgets what is under a key.
    ///
    /// # Errors
    /// [`Unreachable`].
    async fn remove(&self, key: &str) -> Result<(), Unreachable>;
}

/// A value that can be written down and read again.
pub trait Keepable: Clone + Send + Sync + 'static {
    /// It, written.
    fn to_bytes(&self) -> Vec<u8>;

    /// What was written; none where it cannot be read.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;

    /// Bytes that it takes in memory.
    fn size(&self) -> usize;
}

/// A value just read or computed.
#[derive(Debug, Clone)]
pub struct Fresh<V> {
    /// It; none where there is none, which is known then too.
    pub value: Option<V>,
    /// Whether it holds as long as its key does.
    pub keep: bool,
}

/// The layer behind the memory, and how entries are sealed there.
#[derive(Clone)]
pub struct Behind {
    /// The layer.
    pub layer: Arc<dyn Layer>,
    /// Seals entries.
    pub seal: Seal,
    /// What keys begin with. Servers that must not share entries have different ones.
    pub prefix: String,
}

/// Keeps values by their keys, within so many bytes of memory, and behind it where a layer is there.
pub struct Layered<V> {
    near: Cache<String, Held<V>>,
    memory: Meter,
    behind: Option<Metered>,
}

/// The layer behind, and what is measured of it where there is one.
struct Metered {
    behind: Behind,
    meter: Meter,
}

impl<V> fmt::Debug for Layered<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layered").field("is_shared", &self.behind.is_some()).finish_non_exhaustive()
    }
}

#[derive(Clone)]
struct Held<V> {
    value: Option<V>,
    ttl: Duration,
}

/// Each entry has a time of its own.
struct Own;

impl<V> Expiry<String, Held<V>> for Own {
    fn expire_after_create(&self, _: &String, held: &Held<V>, _: Instant) -> Option<Duration> {
        Some(held.ttl)
    }
}

/// What all who wait for one read get where there is nothing to keep.
enum Passed<V, E> {
    Value(Option<V>),
    Error(E),
}

impl<V: Keepable> Layered<V> {
    /// In memory alone.
    pub fn in_memory(bytes: u64) -> Self {
        let weigh = |key: &String, held: &Held<V>| {
            let size = OVERHEAD + key.len() + held.value.as_ref().map_or(0, V::size);
            u32::try_from(size).unwrap_or(u32::MAX)
        };
        let near = Cache::builder()
            .max_capacity(bytes)
            .weigher(weigh)
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Own)
            .build();
        Self { near, memory: Meter::of("memory"), behind: None }
    }

    /// With a layer behind the memory.
    #[must_use]
    pub fn with_behind(self, behind: Behind) -> Self {
        Self { behind: Some(Metered { behind, meter: Meter::of("redis") }), ..self }
    }

    /// The value of a key: from memory, else from the layer behind where the key is one for all servers, else from `read`.
    /// Who asks for a key while it is looked up waits for that, and shares what comes of it, also an error.
    ///
    /// # Errors
    /// Those of `read`.
    pub async fn get<E: Clone + Send + Sync + 'static>(
        &self,
        key: &str,
        for_all: bool,
        ttl: Duration,
        read: impl Future<Output = Result<Fresh<V>, E>> + Send,
    ) -> Result<Option<V>, E> {
        let started = Instant::now();
        if let Some(held) = self.near.get(key).await {
            self.memory.looked(Look::Hit, started);
            return Ok(held.value);
        }
        self.memory.looked(Look::Miss, started);
        let ttl = jittered(ttl, key);
        let flight = async {
            let behind = self.behind.as_ref().filter(|_| for_all);
            let behind = behind.map(|metered| (metered, metered.behind.name(key)));
            if let Some((behind, name)) = &behind
                && let Some(value) = behind.look(name).await
            {
                return Ok(Held { value, ttl: ttl.min(LONGEST_IN_MEMORY) });
            }
            let fresh = read.await.map_err(Passed::Error)?;
            if !fresh.keep {
                return Err(Passed::Value(fresh.value));
            }
            if let Some((behind, name)) = &behind {
                behind.put(name, fresh.value.as_ref(), ttl).await;
            }
            Ok(Held { value: fresh.value, ttl: ttl.min(LONGEST_IN_MEMORY) })
        };
        match self.near.try_get_with_by_ref(key, flight).await {
            Ok(held) => Ok(held.value),
            Err(passed) => match &*passed {
                Passed::Value(value) => Ok(value.clone()),
                Passed::Error(error) => Err(error.clone()),
            },
        }
    }

    /// Forgets what memory holds: what is asked for next is looked up again.
    pub fn forget(&self) {
        self.near.invalidate_all();
    }

    /// Sets the gauges of how often it helped.
    pub fn measure(&self) {
        self.memory.measure();
        if let Some(behind) = &self.behind {
            behind.meter.measure();
        }
    }
}

impl Metered {
    /// What is known of a key: that it is this, or that there is none.
    async fn look<V: Keepable>(&self, name: &str) -> Option<Option<V>> {
        let (Behind { layer, seal, .. }, started) = (&self.behind, Instant::now());
        let Ok(found) = layer.get(name).await else {
            self.meter.looked(Look::Error, started);
            return None;
        };
        let Some(bytes) = found else {
            self.meter.looked(Look::Miss, started);
            return None;
        };
        let value = match seal.open(name, &bytes) {
            Some(Opened::Found(content)) => V::from_bytes(content).map(Some),
            Some(Opened::Absent) => Some(None),
            None => None,
        };
        if value.is_some() {
            self.meter.looked(Look::Hit, started);
        } else {
            self.meter.looked(Look::Error, started);
            tracing::warn!(key = name, "an entry of the shared cache cannot be used, and is removed");
            self.meter.removed(layer.remove(name).await.is_ok());
        }
        value
    }

    async fn put<V: Keepable>(&self, name: &str, value: Option<&V>, ttl: Duration) {
        let (Behind { layer, seal, .. }, started) = (&self.behind, Instant::now());
        let content = value.map(V::to_bytes);
        let entry = seal.close(name, content.as_deref());
        self.meter.put(layer.put(name, entry, ttl).await.is_ok(), started);
    }
}

impl Behind {
    /// The name of a key there: keys are long, and say what people asked for.
    fn name(&self, key: &str) -> String {
        format!("{}:answer:{}", self.prefix, &blake3::hash(key.as_bytes()).to_hex()[..40])
    }
}

#[cfg(test)]
mod tests;
