use super::*;

fn say(feed: &LiveFeed, id: i64) -> LivePosition {
    feed.publish(MatchId(id), |position| position.number.to_string().into()).position
}

fn of(ids: &[i64]) -> Topics {
    Topics::Matches(ids.iter().map(|id| MatchId(*id)).collect())
}

fn numbers(updates: &[Arc<LiveUpdate>]) -> Vec<u64> {
    updates.iter().map(|update| update.position.number).collect()
}

async fn heard(listener: &mut Listener, count: usize) -> Vec<u64> {
    let mut all = Vec::new();
    for _ in 0..count {
        all.push(listener.next().await.unwrap().position.number);
    }
    all
}

#[tokio::test]
async fn updates_reach_those_who_asked_for_their_match() {
    let feed = LiveFeed::new(7);
    let (mut one, _) = feed.listen(of(&[1]), None);
    let (mut two, _) = feed.listen(of(&[2, 3]), None);
    let (mut all, _) = feed.listen(Topics::All, None);
    for id in [1, 2, 3, 1, 4] {
        say(&feed, id);
    }
    assert_eq!(heard(&mut one, 2).await, [1, 4]);
    assert_eq!(heard(&mut two, 2).await, [2, 3]);
    assert_eq!(heard(&mut all, 5).await, [1, 2, 3, 4, 5]);

    let backlog = one.subscribe(of(&[3, 9]));
    assert_eq!(numbers(&backlog.updates), [3]);
    two.unsubscribe(Some(&HashSet::from([MatchId(3)])));
    all.unsubscribe(None);
    say(&feed, 3);
    say(&feed, 2);
    assert_eq!((heard(&mut one, 1).await, heard(&mut two, 1).await), (vec![6], vec![7]));
    assert_eq!((one.matches(), two.matches(), all.matches()), (Some(3), Some(1), Some(0)));
    drop((one, two, all));
    let inner = feed.inner();
    assert!(inner.listeners.is_empty() && inner.by_match.is_empty() && inner.of_all.is_empty());
}

#[tokio::test]
async fn whoever_comes_back_goes_on_where_he_was() {
    let feed = LiveFeed::new(7);
    for id in [1, 2, 1, 2, 1] {
        say(&feed, id);
    }
    let after = |run, number| Some(LivePosition { run, number });
    let told = |topics, after| {
        let (_, backlog) = feed.listen(topics, after);
        (numbers(&backlog.updates), backlog.has_gap)
    };
    assert_eq!(told(of(&[1]), after(7, 2)), (vec![3, 5], false));
    assert_eq!(told(Topics::All, after(7, 0)), (vec![1, 2, 3, 4, 5], false));
    assert_eq!(told(Topics::All, after(7, 5)), (vec![], false));
    assert_eq!(told(Topics::All, None), (vec![4, 5], false), "the latest of each");
    assert_eq!(told(Topics::All, after(8, 2)), (vec![4, 5], true), "of another run");
    assert_eq!(told(Topics::All, after(7, 6)), (vec![4, 5], true), "never given");
    for _ in 0..KEPT {
        say(&feed, 3);
    }
    assert_eq!(told(of(&[1]), after(7, 4)), (vec![5], true), "no longer kept");
    assert_eq!(told(of(&[1]), after(7, 5)), (vec![], false));
}

#[tokio::test]
async fn whoever_is_too_slow_is_dropped_and_others_do_not_notice() {
    let feed = LiveFeed::new(7);
    let (mut slow, _) = feed.listen(of(&[1]), None);
    let (mut other, _) = feed.listen(of(&[1]), None);
    for n in 0..=QUEUE as u64 {
        say(&feed, 1);
        assert_eq!(heard(&mut other, 1).await, [n + 1]);
    }
    assert_eq!(feed.listeners(), 1);
    assert_eq!(heard(&mut slow, QUEUE).await.len(), QUEUE);
    assert!(slow.next().await.is_none(), "it hears what had been queued, and no more");
}

#[tokio::test]
async fn a_closed_feed_ends_all_and_takes_nobody() {
    let feed = LiveFeed::new(7);
    let (mut listener, _) = feed.listen(Topics::All, None);
    feed.close();
    assert!(listener.next().await.is_none());
    let (mut late, _) = feed.listen(Topics::All, None);
    assert!(late.next().await.is_none());
}

#[test]
fn places_are_read_as_they_are_written() {
    let position = LivePosition { run: 0xab, number: 12 };
    assert_eq!(position.to_string(), "00000000000000ab-12");
    assert_eq!(position.to_string().parse(), Ok(position));
    for wrong in ["", "12", "ab-12", "00000000000000ab-", "00000000000000ab--1", "+0000000000000ab-1"] {
        assert!(wrong.parse::<LivePosition>().is_err(), "{wrong}");
    }
}
