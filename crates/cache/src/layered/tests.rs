use super::*;
use std::collections::HashMap;
use std::future::{Ready, ready};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Text(String);

impl Keepable for Text {
    fn to_bytes(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        String::from_utf8(bytes.to_vec()).ok().map(Self)
    }

    fn size(&self) -> usize {
        self.0.len()
    }
}

/// A layer in a map, which can be away.
#[derive(Default)]
struct Map {
    entries: Mutex<HashMap<String, (Vec<u8>, Duration)>>,
    away: AtomicBool,
    looks: AtomicUsize,
}

impl Map {
    fn answers(&self) -> Result<(), Unreachable> {
        if self.away.load(Ordering::SeqCst) { Err(Unreachable) } else { Ok(()) }
    }
}

#[async_trait]
impl Layer for Map {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.answers()?;
        Ok(self.entries.lock().unwrap().get(key).map(|(bytes, _)| bytes.clone()))
    }

    async fn put(&self, key: &str, bytes: Vec<u8>, ttl: Duration) -> Result<(), Unreachable> {
        self.answers()?;
        self.entries.lock().unwrap().insert(key.to_owned(), (bytes, ttl));
        Ok(())
    }

    async fn remove(&self, key: &str) -> Result<(), Unreachable> {
        self.answers()?;
        self.entries.lock().unwrap().remove(key);
        Ok(())
    }
}

const TTL: Duration = Duration::from_mins(30);

fn server(map: &Arc<Map>, secret: u8) -> Layered<Text> {
    let layer = Arc::clone(map) as Arc<dyn Layer>;
    let behind = Behind { layer, seal: Seal::new([secret; 32]), prefix: "test".to_owned() };
    Layered::in_memory(1 << 20).with_behind(behind)
}

fn read(value: Option<&str>) -> Ready<Result<Fresh<Text>, String>> {
    ready(Ok(Fresh { value: value.map(|text| Text(text.to_owned())), keep: true }))
}

/// What a key has; `fresh` is read where nothing is kept.
async fn ask(server: &Layered<Text>, key: &str, fresh: Option<&str>) -> Option<String> {
    server.get(key, true, TTL, read(fresh)).await.unwrap().map(|text| text.0)
}

#[tokio::test]
async fn a_value_is_read_once_for_all_servers_and_so_is_that_there_is_none() {
    let map = Arc::new(Map::default());
    let (one, two) = (server(&map, 1), server(&map, 1));
    assert_eq!(ask(&one, "k", Some("a")).await.as_deref(), Some("a"));
    assert_eq!(ask(&one, "k", Some("b")).await.as_deref(), Some("a"), "from memory");
    assert_eq!(map.looks.load(Ordering::SeqCst), 1);
    assert_eq!(ask(&two, "k", Some("c")).await.as_deref(), Some("a"), "from the other one");
    assert_eq!(ask(&one, "nobody", None).await, None);
    assert_eq!(ask(&two, "nobody", Some("x")).await, None, "known not to be there");
    let entries = map.entries.lock().unwrap();
    assert!(entries.values().all(|(_, ttl)| ttl.as_secs().abs_diff(1800) <= 180), "{entries:?}");
}

#[tokio::test]
async fn a_key_of_one_server_stays_there() {
    let map = Arc::new(Map::default());
    let one = server(&map, 1);
    let own = async |fresh| one.get("k", false, TTL, read(Some(fresh))).await.unwrap().unwrap().0;
    assert_eq!((own("a").await, own("b").await), ("a".to_owned(), "a".to_owned()));
    assert!(map.entries.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_entry_that_was_spoilt_is_read_anew_and_replaced() {
    let map = Arc::new(Map::default());
    ask(&server(&map, 1), "k", Some("right")).await;
    let name = map.entries.lock().unwrap().keys().next().unwrap().clone();
    let right = map.entries.lock().unwrap()[&name].clone();
    let mut changed = right.0.clone();
    changed[6] ^= 1;
    let other = Seal::new([1; 32]).close("test:answer:other", Some(b"wrong"));
    let foreign = Seal::new([2; 32]).close(&name, Some(b"wrong"));
    for spoilt in
        [Vec::new(), b"wrong".to_vec(), right.0[..right.0.len() - 1].to_vec(), changed, other, foreign]
    {
        map.entries.lock().unwrap().insert(name.clone(), (spoilt.clone(), TTL));
        assert_eq!(ask(&server(&map, 1), "k", Some("right")).await.as_deref(), Some("right"), "{spoilt:?}");
        assert_eq!(map.entries.lock().unwrap()[&name].0, right.0, "{spoilt:?}");
    }
    assert_eq!(ask(&server(&map, 1), "k", Some("later")).await.as_deref(), Some("right"));
}

#[tokio::test]
async fn without_the_layer_behind_values_are_read_and_kept_here() {
    let map = Arc::new(Map::default());
    let one = server(&map, 1);
    map.away.store(true, Ordering::SeqCst);
    assert_eq!(ask(&one, "k", Some("a")).await.as_deref(), Some("a"));
    assert_eq!(ask(&one, "k", Some("b")).await.as_deref(), Some("a"));
    map.away.store(false, Ordering::SeqCst);
    assert_eq!(ask(&one, "l", Some("c")).await.as_deref(), Some("c"));
    assert_eq!(map.entries.lock().unwrap().len(), 1, "it is used again");
}

#[tokio::test]
async fn who_asks_meanwhile_waits_for_the_first_and_shares_what_comes_of_it() {
    let (server, reads) = (Layered::<Text>::in_memory(1 << 20), AtomicUsize::new(0));
    let slow = async |result: Result<Fresh<Text>, String>| {
        server
            .get("k", true, TTL, async {
                reads.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                result
            })
            .await
    };
    let (a, b) = tokio::join!(slow(Err("away".to_owned())), slow(Err("never read".to_owned())));
    assert_eq!((a, b, reads.load(Ordering::SeqCst)), (Err("away".to_owned()), Err("away".to_owned()), 1));
    let of = |text: &str, keep| Ok(Fresh { value: Some(Text(text.to_owned())), keep });
    let text = |text: &str| Ok(Some(Text(text.to_owned())));
    assert_eq!(tokio::join!(slow(of("a", false)), slow(of("b", true))), (text("a"), text("a")));
    assert_eq!(slow(of("c", true)).await, text("c"), "what is not to be kept was not");
    assert_eq!(slow(of("d", true)).await, text("c"));
    assert_eq!(reads.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn memory_is_limited_and_what_is_too_large_is_not_kept() {
    let server = Layered::<Text>::in_memory(1 << 20);
    for n in 0..100 {
        ask(&server, &format!("{n}"), Some(&"x".repeat(100_000))).await;
    }
    server.near.run_pending_tasks().await;
    assert!((1..=10).contains(&server.near.entry_count()), "{}", server.near.entry_count());
    assert!(server.near.weighted_size() <= 1 << 20);
    ask(&server, "large", Some(&"x".repeat(2 << 20))).await;
    server.near.run_pending_tasks().await;
    assert_eq!(ask(&server, "large", Some("again")).await.as_deref(), Some("again"));
}
