//! A real Redis: entries, limits, its loss and its return.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use touchline_cache::testing::TestRedis;
use touchline_cache::{Layer, Redis, RedisSettings, RedisUrl};
use touchline_domain::ports::{Claim, ClaimAnswer, Coordination, Suspect, Unreachable, WaitRule};

const SETTINGS: RedisSettings = RedisSettings {
    call: Duration::from_millis(200),
    connect: Duration::from_secs(2),
    look_after: Duration::from_millis(200),
};
/// Nothing that is waited for here takes as long.
const LONG: Duration = Duration::from_secs(20);
const DAY: Duration = Duration::from_hours(24);

async fn connected(url: &str) -> Redis {
    let redis = Redis::start(RedisUrl::parse(url).unwrap(), SETTINGS, "test");
    until(&redis, true).await;
    redis
}

async fn until(redis: &Redis, answers: bool) {
    tokio::time::timeout(LONG, redis.until(answers)).await.unwrap();
}

/// Asks until something is there.
fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < LONG, "{what} did not come within {LONG:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn serves(redis: &Redis) {
    redis.put("k", b"a\0b".to_vec(), DAY).await.unwrap();
    assert_eq!(redis.get("k").await.unwrap().as_deref(), Some(&b"a\0b"[..]));
    redis.remove("k").await.unwrap();
    assert_eq!(redis.get("k").await.unwrap(), None);
    let levels = [
        redis.take("ann", 2).await.unwrap(),
        redis.take("ann", 2).await.unwrap(),
        redis.take("ann", 2).await.unwrap(),
    ];
    assert_eq!(levels.map(|level| level.taken), [true, true, false], "{levels:?}");
}

#[tokio::test]
async fn entries_and_buckets_of_a_server() {
    let server = TestRedis::start_with(&["--requirepass", "secret"]);
    let redis = connected(&format!("redis://:secret@127.0.0.1:{}/3", server.port())).await;
    serves(&redis).await;
    redis.put("large", vec![1; (2 << 20) + 1], DAY).await.unwrap();
    assert_eq!(redis.get("large").await.unwrap(), None, "it was not kept");
    let health = redis.health().await;
    assert!(
        health.answers && health.details.contains("version ") && health.details.contains("clients "),
        "{health:?}"
    );
}

#[tokio::test]
async fn what_others_put_there_is_bounded_and_of_another_kind_is_refused() {
    let server = TestRedis::start();
    let redis = connected(&server.url()).await;
    server.ask(&["SET", "huge", &"x".repeat(3 << 20)]).unwrap();
    assert_eq!(redis.get("huge").await.unwrap(), None);
    server.ask(&["RPUSH", "list", "x"]).unwrap();
    assert_eq!(redis.get("list").await, Err(Unreachable));
    assert_eq!(redis.get("none").await, Ok(None), "a refusal is no reason to go away");
    assert!(redis.take("ann", 60).await.unwrap().taken);
    let [bucket] = &server.keys("test:rate:*")[..] else { panic!("one bucket") };
    for spoilt in [
        vec!["HSET", bucket, "tokens", "nan"],
        vec!["HSET", bucket, "at", "9e99"],
        vec!["HSET", bucket, "tokens", "x"],
    ] {
        server.ask(&spoilt).unwrap();
        let level = redis.take("ann", 60).await.unwrap();
        assert!(level.taken && level.left <= 60.0 && level.left > 55.0, "{spoilt:?} {level:?}");
    }
    server.ask(&["DEL", bucket]).unwrap();
    server.ask(&["SET", bucket, "x"]).unwrap();
    assert!(redis.take("ann", 60).await.unwrap().taken);
}

#[tokio::test]
async fn two_servers_share_a_bucket_which_fills_by_the_time() {
    let server = TestRedis::start();
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    let mut taken = 0;
    for _ in 0..40 {
        taken += u32::from(one.take("ann", 60).await.unwrap().taken);
        taken += u32::from(two.take("ann", 60).await.unwrap().taken);
    }
    // One more comes each second, and the loop takes less than two.
    assert!((60..=62).contains(&taken), "{taken}");
    assert!(one.take("ben", 60).await.unwrap().taken);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert!(two.take("ann", 60).await.unwrap().taken, "a second is a token");
    // An hour ago it was empty.
    let [bucket] = &server
        .keys("test:rate:*")
        .into_iter()
        .filter(|key| server.ask(&["HGET", key, "tokens"]).unwrap().contains("\r\n0."))
        .collect::<Vec<_>>()[..]
    else {
        panic!("one empty bucket")
    };
    server.ask(&["HINCRBY", bucket, "at", "-3600000"]).unwrap();
    let level = one.take("ann", 60).await.unwrap();
    assert!(level.taken && (58.9..=59.1).contains(&level.left), "never more than full: {level:?}");
}

#[tokio::test]
async fn failures_are_counted_over_all_servers() {
    let server = TestRedis::start();
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    let rule = WaitRule { first: 10, longest: 900 };
    let suspects = |name| [Suspect { name, free: 2 }, Suspect { name: "address", free: 6 }];
    for redis in [&one, &two, &one] {
        assert_eq!(redis.attempt(suspects("ann"), rule).await, Ok(None));
    }
    let wait = two.attempt(suspects("ann"), rule).await.unwrap().unwrap();
    assert!((9..=10).contains(&wait), "{wait}");
    assert_eq!(two.attempt(suspects("ben"), rule).await, Ok(None), "another account");
    two.succeeded("ann", "address").await.unwrap();
    assert_eq!(one.attempt(suspects("ann"), rule).await, Ok(None), "it starts anew");
    for name in ["c", "d", "e"] {
        assert_eq!(one.attempt(suspects(name), rule).await, Ok(None));
    }
    assert!(two.attempt(suspects("f"), rule).await.unwrap().is_some(), "the address has failed too often");
}

#[tokio::test]
async fn a_thing_is_done_once_by_all_servers() {
    let server = TestRedis::start();
    let (one, two) = (connected(&server.url()).await, connected(&server.url()).await);
    let asked = [1; 32];
    let claim = |holder| Claim { key: "k", asked: &asked, holder };
    let lease = Duration::from_mins(1);
    assert_eq!(one.claim(claim("one"), lease).await, Ok(ClaimAnswer::First));
    assert_eq!(two.claim(claim("two"), lease).await, Ok(ClaimAnswer::UnderWay));
    two.release(claim("two")).await.unwrap();
    assert_eq!(two.claim(claim("two"), lease).await, Ok(ClaimAnswer::UnderWay), "another's is not released");
    one.release(claim("one")).await.unwrap();
    assert_eq!(two.claim(claim("two"), lease).await, Ok(ClaimAnswer::First));
    two.finish(claim("two"), b"out\0come", DAY).await.unwrap();
    one.finish(claim("one"), b"late", DAY).await.unwrap();
    assert_eq!(one.claim(claim("one"), lease).await, Ok(ClaimAnswer::Done(b"out\0come".to_vec())));
    let other = Claim { key: "k", asked: &[2; 32], holder: "one" };
    assert_eq!(one.claim(other, lease).await, Ok(ClaimAnswer::Other));
    let short = Claim { key: "short", asked: &asked, holder: "one" };
    assert_eq!(one.claim(short, Duration::from_millis(50)).await, Ok(ClaimAnswer::First));
    tokio::time::sleep(Duration::from_millis(100)).await;
    let next = Claim { holder: "two", ..short };
    assert_eq!(two.claim(next, lease).await, Ok(ClaimAnswer::First), "who died has it no longer");
}

#[tokio::test]
async fn a_server_that_dies_costs_nothing_and_is_found_again() {
    let mut server = TestRedis::start();
    let redis = connected(&server.url()).await;
    server.kill();
    until(&redis, false).await;
    let started = Instant::now();
    for _ in 0..1000 {
        assert_eq!(redis.get("k").await, Err(Unreachable));
    }
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    assert!(!redis.health().await.answers);
    server.restart();
    until(&redis, true).await;
    serves(&redis).await;
}

#[tokio::test]
async fn a_server_that_does_not_answer_costs_one_short_wait() {
    let server = TestRedis::start();
    let redis = connected(&server.url()).await;
    server.freeze(true);
    let started = Instant::now();
    for _ in 0..100 {
        assert_eq!(redis.get("k").await, Err(Unreachable));
    }
    let took = started.elapsed();
    assert!((SETTINGS.call..SETTINGS.call * 3).contains(&took), "{took:?}");
    assert!(redis.health().await.details.contains("away"));
    server.freeze(false);
    until(&redis, true).await;
    serves(&redis).await;
}

#[tokio::test]
async fn nobody_at_the_address_is_no_obstacle() {
    let mut server = TestRedis::start();
    server.kill();
    let redis = Redis::start(RedisUrl::parse(&server.url()).unwrap(), SETTINGS, "test");
    assert_eq!(redis.take("ann", 1).await, Err(Unreachable));
    server.restart();
    until(&redis, true).await;
    serves(&redis).await;
}

#[tokio::test]
async fn a_cluster_is_found_by_one_of_its_nodes() {
    let server = TestRedis::start_with(&["--cluster-enabled", "yes"]);
    server.ask(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).unwrap();
    wait("the cluster", || server.ask(&["CLUSTER", "INFO"])?.contains("cluster_state:ok").then_some(()));
    let redis = connected(&format!("redis-cluster://127.0.0.1:{0},127.0.0.1:{0}", server.port())).await;
    serves(&redis).await;
    let rule = WaitRule { first: 10, longest: 900 };
    let suspects = [Suspect { name: "ann", free: 0 }, Suspect { name: "address", free: 6 }];
    assert_eq!(redis.attempt(suspects, rule).await, Ok(None));
    assert!(redis.attempt(suspects, rule).await.unwrap().is_some());
    redis.succeeded("ann", "address").await.unwrap();
    assert_eq!(redis.attempt(suspects, rule).await, Ok(None));
    assert!(redis.health().await.answers);
}

#[tokio::test]
async fn sentinels_name_the_master_also_after_a_failover() {
    let mut master = TestRedis::start();
    let replica = TestRedis::start_with(&["--replicaof", "127.0.0.1", &master.port().to_string()]);
    // A free port and a folder; a sentinel takes the server's place.
    let mut sentinel = TestRedis::start();
    sentinel.kill();
    wait("the replica's copy", || {
        replica.ask(&["INFO", "replication"])?.contains("master_link_status:up").then_some(())
    });
    let configuration = sentinel.file("sentinel.conf");
    let text = format!(
        "port {}\nsentinel monitor m 127.0.0.1 {} 1\nsentinel down-after-milliseconds m 500\nsentinel failover-timeout m 3000\n",
        sentinel.port(),
        master.port()
    );
    std::fs::write(&configuration, text).unwrap();
    let mut process = Command::new("redis-server")
        .arg(&configuration)
        .arg("--sentinel")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let known = replica.port().to_string();
    wait("the sentinel", || sentinel.ask(&["SENTINEL", "REPLICAS", "m"])?.contains(&known).then_some(()));
    let redis = connected(&format!("redis-sentinel://127.0.0.1:{}/m", sentinel.port())).await;
    serves(&redis).await;
    master.kill();
    until(&redis, false).await;
    until(&redis, true).await;
    redis.put("after", b"x".to_vec(), DAY).await.unwrap();
    assert!(replica.ask(&["GET", "after"]).unwrap().contains('x'), "the replica is the master now");
    process.kill().unwrap();
    process.wait().unwrap();
}
