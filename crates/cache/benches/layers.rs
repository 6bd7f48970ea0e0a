//! What each layer costs on an answer of 9 KiB, beside what the server itself takes for a round trip: `redis-benchmark -t get -c 1`.
#![expect(clippy::unwrap_used, reason = "benchmarks")]

use criterion::{Criterion, criterion_group, criterion_main};
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use touchline_cache::testing::TestRedis;
use touchline_cache::{Behind, Fresh, Keepable, Layered, Redis, RedisSettings, RedisUrl, Seal};
use touchline_domain::ports::{Coordination, Unreachable};

#[derive(Clone)]
struct Text(Arc<str>);

impl Keepable for Text {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.as_bytes().to_vec()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(|text| Self(text.into()))
    }

    fn size(&self) -> usize {
        self.0.len()
    }
}

fn layers(criterion: &mut Criterion) {
    let (runtime, mut server) = (Runtime::new().unwrap(), TestRedis::start());
    let _guard = runtime.enter();
    let settings = RedisSettings { call: Duration::from_secs(1), ..RedisSettings::default() };
    let redis = Redis::start(RedisUrl::parse(&server.url()).unwrap(), settings, "bench");
    runtime.block_on(redis.until(true));
    let behind =
        Behind { layer: Arc::new(redis.clone()), seal: Seal::new([1; 32]), prefix: "bench".to_owned() };
    let cache = Layered::<Text>::in_memory(1 << 20).with_behind(behind);
    let text = Text("x".repeat(9 * 1024).into());
    let ask = async || {
        let fresh = async { Ok::<_, Infallible>(Fresh { value: Some(text.clone()), keep: true }) };
        cache.get("key", true, Duration::from_mins(30), fresh).await
    };
    runtime.block_on(ask()).unwrap();
    criterion.bench_function("memory", |b| b.iter(|| black_box(runtime.block_on(ask()))));
    criterion.bench_function("redis", |b| {
        b.iter(|| {
            cache.forget();
            black_box(runtime.block_on(ask()))
        });
    });
    criterion.bench_function("token of all servers", |b| {
        b.iter(|| black_box(runtime.block_on(redis.take("somebody", u32::MAX))));
    });
    server.kill();
    runtime.block_on(redis.until(false));
    criterion.bench_function("token while nothing answers", |b| {
        b.iter(|| assert_eq!(runtime.block_on(redis.take("somebody", 1)), Err(Unreachable)));
    });
}

criterion_group!(benches, layers);
criterion_main!(benches);
