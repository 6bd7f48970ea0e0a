//! The HTTP layer: what a permit costs at 64 tasks, and requests a second to a server on this machine at 50 to 1,000 tasks
//! at a time with limits off.

#![expect(clippy::unwrap_used, reason = "a benchmark")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use touchline_collect::http::breaker::BreakerPolicy;
use touchline_collect::http::budget::Priority;
use touchline_collect::http::limit::{Limiter, Rate};
use touchline_collect::http::retry::RetryPolicy;
use touchline_collect::http::time::{SeededJitter, SystemTimer, Timer};
use touchline_collect::http::{Etiquette, Expects, Fetcher, Limits, QuotaReading, Request, Settings};
use touchline_domain::SystemClock;

/// Permits of one measurement.
const PERMITS: usize = 64_000;
/// Requests of one measurement.
const REQUESTS: usize = 4_000;
const BODY: &str = "Div,Date,HomeTeam,AwayTeam\nE0,01/01/2026,Alpha,Beta\n";

fn permits(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let mut group = c.benchmark_group("permits");
    group.throughput(Throughput::Elements(PERMITS as u64));
    for tasks in [1, 64] {
        group.bench_function(BenchmarkId::from_parameter(tasks), |b| {
            b.iter(|| {
                let limiter = Arc::new(Limiter::new(&Rate::per_second(1e9, 1_000)));
                let timer = Arc::new(SystemTimer::new(Arc::new(SystemClock)));
                runtime.block_on(async {
                    let each = PERMITS / tasks;
                    let tasks: Vec<_> = (0..tasks)
                        .map(|_| {
                            let (limiter, timer) = (Arc::clone(&limiter), Arc::clone(&timer));
                            tokio::spawn(async move {
                                for _ in 0..each {
                                    black_box(limiter.reserve(timer.elapsed()));
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
            });
        });
    }
    group.finish();
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{BODY}", BODY.len());
    let mut head = vec![0; 4096];
    loop {
        let mut filled = 0;
        while !head[..filled].ends_with(b"\r\n\r\n") {
            match stream.read(&mut head[filled..]).await? {
                0 => return Ok(()),
                n => filled += n,
            }
        }
        stream.write_all(answer.as_bytes()).await?;
    }
}

fn fetcher(address: &str) -> Fetcher {
    let etiquette = Etiquette {
        rate: Rate::per_second(1e9, 1_000_000),
        hosts: &[],
        headers: &[],
        robots: false,
        expects: Expects::Text,
        key: None,
        quota: |_| QuotaReading::default(),
        judge: |_, _| None,
    };
    let settings = Settings {
        user_agent: "touchline/0 (benchmark)".to_owned(),
        limits: Limits::default(),
        retry: RetryPolicy::default(),
        breaker: BreakerPolicy::default(),
        cache: None,
        key: None,
        token: None,
        proxies: vec![],
        plain_http: false,
        budget: None,
        mirror: Some(address.to_owned()),
    };
    let timer = Arc::new(SystemTimer::new(Arc::new(SystemClock)));
    Fetcher::new(etiquette, settings, timer, Arc::new(SeededJitter::new(1))).unwrap()
}

fn requests(c: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let address = runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(async move { serve(stream).await.ok() });
            }
        });
        address
    });
    let mut group = c.benchmark_group("requests");
    group.throughput(Throughput::Elements(REQUESTS as u64)).sample_size(10);
    group.measurement_time(Duration::from_secs(10));
    for tasks in [50, 100, 250, 1_000] {
        let fetcher = Arc::new(fetcher(&address));
        group.bench_function(BenchmarkId::from_parameter(tasks), |b| {
            b.iter(|| {
                runtime.block_on(async {
                    let each = REQUESTS / tasks;
                    let tasks: Vec<_> = (0..tasks)
                        .map(|_| {
                            let fetcher = Arc::clone(&fetcher);
                            tokio::spawn(async move {
                                let url = "https://source.example/table.csv".to_owned();
                                let request = Request {
                                    url,
                                    max_age: Duration::ZERO,
                                    credits: 1,
                                    priority: Priority::Ordinary,
                                };
                                for _ in 0..each {
                                    assert_eq!(fetcher.fetch(&request).await.unwrap().body.len(), BODY.len());
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
            });
        });
    }
    group.finish();
}

criterion_group!(benches, permits, requests);
criterion_main!(benches);
