use super::*;
use crate::testing::{Answer, Service};
use std::sync::Arc;
use touchline_accounts::{AccountSettings, Allowance};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
const THERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

async fn followed() -> (Service, String) {
    let service = Service::with_matches().await;
    service.follow().await;
    let id = service.find("status=scheduled&from=2024-05-05").await;
    (service, format!("{FORECASTS}{id}"))
}

async fn shortly(service: &Service, request: &Request<()>, from: IpAddr) -> Option<Answer> {
    let response = Shortcut::new(service.state.clone()).answer(request, from)?;
    Some(Answer::read(response).await)
}

fn get(path: &str, headers: &[(&str, &str)]) -> Request<()> {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    request.body(()).unwrap()
}

#[tokio::test]
async fn the_short_way_and_the_long_way_give_the_same_answer() {
    let (service, path) = followed().await;
    let tag = service.get(&path).await.header("etag").to_owned();
    for (path, headers) in [
        (path.as_str(), vec![("x-request-id", "a")]),
        (&path, vec![("x-request-id", "a"), ("accept-encoding", "gzip")]),
        (&path, vec![("x-request-id", "a"), ("if-none-match", tag.as_str())]),
        (LIVE, vec![("x-request-id", "a")]),
    ] {
        let request = get(path, &headers);
        let short = shortly(&service, &request, HERE).await.unwrap();
        let (parts, ()) = request.into_parts();
        let long = service.ask(Request::from_parts(parts, Body::empty())).await;
        assert_eq!(short.status, long.status, "{path} {headers:?}");
        assert_eq!(short.bytes, long.bytes, "{path} {headers:?}");
        let named = |answer: &Answer| {
            let mut named: Vec<_> = answer
                .headers
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), value.to_str().unwrap().to_lowercase()))
                // The server adds it where a body has a known length.
                .filter(|(name, _)| name != "content-length")
                .collect();
            named.sort();
            named.dedup();
            named
        };
        let (short, long) = (named(&short), named(&long));
        assert!(short.len() > 7, "{short:?}");
        for header in &short {
            assert!(header.0 == "vary" || long.contains(header), "{path} {headers:?}: {header:?} {long:?}");
        }
        for header in &long {
            assert!(header.0 == "vary" || short.contains(header), "{path} {headers:?}: {header:?} {short:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_plain_takes_the_long_way() {
    let (service, path) = followed().await;
    assert!(shortly(&service, &get(&path, &[]), HERE).await.is_some());
    for request in [
        get(&format!("{path}?a=1"), &[]),
        get(&format!("{path}/in-play"), &[]),
        get(&format!("{FORECASTS}0{}", &path[FORECASTS.len()..]), &[]),
        get(FORECASTS, &[]),
        get(&format!("{FORECASTS}99999999999999999999"), &[]),
        get(&format!("{FORECASTS}-1"), &[]),
        get("/api/v1/matches", &[]),
        get(&path, &[("authorization", "Bearer x")]),
        get(&path, &[("x-api-key", "x")]),
        get(&path, &[("content-length", "3")]),
        Request::post(&path).body(()).unwrap(),
        Request::head(&path).body(()).unwrap(),
    ] {
        assert!(shortly(&service, &request, HERE).await.is_none(), "{request:?}");
    }
}

#[tokio::test]
async fn who_has_to_prove_himself_or_asks_too_often_takes_the_long_way() {
    let settings = AccountSettings { required: true, ..AccountSettings::default() };
    let (service, path) = followed().await;
    let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), settings));
    let service = service.with_accounts(accounts);
    assert!(shortly(&service, &get(&path, &[]), HERE).await.is_none());
    assert!(shortly(&service, &get(LIVE, &[]), THERE).await.is_some(), "probes are never asked who they are");

    let settings = AccountSettings { allowance: Allowance { per_minute: 2 }, ..AccountSettings::default() };
    let accounts = Arc::new(service.accounts(&"0123456789abcdef".repeat(2), settings));
    let service = service.with_accounts(accounts);
    let first = shortly(&service, &get(&path, &[]), THERE).await.unwrap();
    assert_eq!(first.header("ratelimit"), "\"default\";r=1;t=30");
    assert!(shortly(&service, &get(&path, &[]), THERE).await.is_some());
    assert!(shortly(&service, &get(&path, &[]), THERE).await.is_none());
    let here = shortly(&service, &get(&path, &[]), HERE).await.unwrap();
    assert!(here.headers.get("ratelimit").is_none(), "this machine is not limited");
}
