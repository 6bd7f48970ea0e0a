use super::*;
use crate::testing::Service;
use touchline_domain::ports::{MatchFilter, MatchReader, SilverChange, SilverWriter};
use touchline_domain::{MatchId, MatchStatus, Score};

fn encodings(value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))])
}

#[test]
fn gzip_is_taken_where_it_is_named_and_not_refused() {
    for taken in ["gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "*", "x-gzip", "deflate, gzip; q=0.1"]
    {
        assert!(takes_gzip(&encodings(taken)), "{taken}");
    }
    for refused in ["", "identity", "br", "gzip;q=0", "gzip; q=0.000", "gzip;q=many", "gzipped"] {
        assert!(!takes_gzip(&encodings(refused)), "{refused}");
    }
    assert!(!takes_gzip(&HeaderMap::new()));
}

#[tokio::test]
async fn an_answer_is_made_once_however_many_ask() {
    let service = Service::with_matches().await;
    service.follow().await;
    let id = MatchId(service.find("status=scheduled&from=2024-05-05").await);
    let state = service.state.clone();
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let state = state.clone();
            tokio::task::spawn_blocking(move || state.finished(id).unwrap())
        })
        .collect();
    let first = state.finished(id).unwrap();
    for asked in asking {
        assert!(Arc::ptr_eq(&first, &asked.await.unwrap()));
    }
}

#[tokio::test]
async fn matches_that_begin_soon_are_made_before_anybody_asks() {
    let service = Service::with_matches().await;
    service.follow().await;
    let answers = FinishedAnswers::default();
    let now = service.state.clock().now();
    answers.warm(&service.forecasts, now);
    let held = answers.0.read().unwrap().clone().unwrap();
    let (mut soon, mut later) = (0, 0);
    for (kickoff, answer) in held.answers.values() {
        let is_soon = now < kickoff.latest() && kickoff.at <= now + WARM;
        assert_eq!(answer.get().is_some(), is_soon, "{kickoff:?}");
        if is_soon { soon += 1 } else { later += 1 }
    }
    assert!(soon >= 2 && later >= 1, "{soon} {later}");
}

#[tokio::test]
async fn another_result_is_another_answer_and_kick_off_ends_it() {
    let service = Service::with_matches().await;
    let id = MatchId(service.find("league=MER1&status=scheduled&from=2024-05-05").await);
    assert!(service.state.finished(id).is_none(), "the feed is not followed yet");
    service.follow().await;
    let before = service.state.finished(id).unwrap();
    let unchanged = service.state.finished(id).unwrap();
    assert!(Arc::ptr_eq(&before, &unchanged));

    let filter = MatchFilter { status: Some(MatchStatus::Finished), ..MatchFilter::default() };
    let mut over = service.store.page(&filter, None, 1).await.unwrap().matches.remove(0);
    over.details.score = Some(Score { home: 9, away: 0 });
    over.details.half_time = None;
    service.store.apply(&SilverChange { changed: vec![over], ..SilverChange::default() }).await.unwrap();
    service.caught_up().await;
    let after = service.state.finished(id).unwrap();
    assert_ne!(before.tag, after.tag);
    assert_ne!(before.plain.body, after.plain.body);

    service.clock.advance(Duration::days(2));
    assert!(service.state.finished(id).is_none(), "it has begun");
}

#[tokio::test]
async fn both_forms_say_the_same_as_an_answer_that_is_written_anew() {
    let service = Service::with_matches().await;
    let id = service.find("status=scheduled&from=2024-05-05").await;
    let path = format!("/api/v1/predictions/{id}");
    let anew = service.get(&path).await;
    service.follow().await;
    let kept = service.get(&path).await;
    assert_eq!(anew.body, kept.body);
    assert_eq!(anew.header("etag"), kept.header("etag"));
    let request = axum::http::Request::get(&path).header("accept-encoding", "gzip");
    let packed = service.send(request).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    let mut plain = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.bytes[..]), &mut plain).unwrap();
    assert_eq!(plain, kept.bytes);
    let head = service.send(axum::http::Request::head(&path)).await;
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    assert_eq!(head.header("content-length"), kept.bytes.len().to_string());
}
