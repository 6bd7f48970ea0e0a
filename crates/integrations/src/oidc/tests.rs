use super::*;
use chrono::{DateTime, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use serde_json::json;
use std::sync::Mutex as SyncMutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use touchline_domain::FixedClock;

const NOW: i64 = 1_714_800_000;
const NONCE: &str = "a nonce";

/// A key pair of one of two kinds, by its name.
enum Pair {
    Edwards(Ed25519KeyPair),
    Curve(EcdsaKeyPair),
}

impl Pair {
    fn edwards() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Edwards(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    fn curve() -> Self {
        let (kind, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self::Curve(EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).unwrap())
    }

    fn public(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Edwards(pair) => {
                json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": text(pair.public_key().as_ref()) })
            }
            Self::Curve(pair) => {
                let point = &pair.public_key().as_ref()[1..];
                json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": text(&point[..32]), "y": text(&point[32..]) })
            }
        }
    }

    fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = match self {
            Self::Edwards(pair) => pair.sign(signed.as_bytes()).as_ref().to_vec(),
            Self::Curve(pair) => {
                pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap().as_ref().to_vec()
            }
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What a local issuer answers, and what it was asked.
#[derive(Default)]
struct Issuer {
    keys: Vec<Value>,
    token: String,
    /// Where it answers an error at its token endpoint.
    fault: Option<(u16, &'static str)>,
    name: Option<String>,
    asked: Vec<String>,
}

type Shared = Arc<SyncMutex<Issuer>>;

async fn issuer() -> (String, Shared) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let shared: Shared = Arc::default();
    let (state, own) = (Arc::clone(&shared), address.clone());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                if body.len() < length.map_or(0, |n| n.trim().parse().unwrap()) {
                    continue;
                }
                let (status, answer) = {
                    let mut issuer = state.lock().unwrap();
                    issuer.asked.push(text.clone());
                    answered(&issuer, &own, &text)
                };
                let answer = answer.to_string();
                let head = format!(
                    "HTTP/1.1 {status} x\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    answer.len()
                );
                let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
                break;
            }
        }
    });
    (address, shared)
}

fn answered(issuer: &Issuer, own: &str, request: &str) -> (u16, Value) {
    match request.split(' ').nth(1).unwrap() {
        "/.well-known/openid-configuration" => {
            let name = issuer.name.clone().unwrap_or_else(|| own.to_owned());
            let at = |path: &str| format!("{own}{path}");
            let said = json!({
                "issuer": name, "authorization_endpoint": at("/authorize?x=1"), "token_endpoint": at("/token"),
                "jwks_uri": at("/keys"), "grant_types_supported": ["authorization_code"],
            });
            (200, said)
        }
        "/keys" => (200, json!({ "keys": issuer.keys })),
        "/token" => match issuer.fault {
            Some((status, error)) => (status, json!({ "error": error })),
            None => (200, json!({ "access_token": "x", "token_type": "Bearer", "id_token": issuer.token })),
        },
        _ => (404, json!({})),
    }
}

fn settings(issuer: &str) -> OidcSettings {
    OidcSettings {
        issuer: issuer.to_owned(),
        client_id: "touchline".to_owned(),
        client_secret: Some("s3cret/+ä".to_owned()),
        redirect_url: "http://127.0.0.1:8000/".to_owned(),
        scopes: vec!["profile".to_owned()],
        role_claim: "realm_access.roles".to_owned(),
    }
}

fn client_of(settings: OidcSettings) -> OpenIdConnect {
    let now: DateTime<Utc> = DateTime::from_timestamp(NOW, 0).unwrap();
    OpenIdConnect::new(settings, Arc::new(FixedClock(now))).unwrap()
}

fn claims(issuer: &str) -> Value {
    json!({
        "iss": issuer, "sub": "7", "aud": "touchline", "exp": NOW + 300, "iat": NOW, "nonce": NONCE,
        "preferred_username": "ann", "email": "ann@example.org", "email_verified": true,
        "realm_access": { "roles": ["staff", "x"] },
    })
}

#[tokio::test]
async fn somebody_comes_back_with_a_code_and_is_known() {
    let (address, shared) = issuer().await;
    let client = client_of(settings(&address));
    let url = client.authorization_url(Asked { state: "s t", nonce: NONCE, challenge: "c" }).await.unwrap();
    let url = Url::parse(&url).unwrap();
    let asked: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let of = |name: &str| asked.iter().find(|(key, _)| key == name).unwrap().1.as_str();
    assert_eq!((of("x"), of("response_type"), of("client_id")), ("1", "code", "touchline"));
    assert_eq!((of("scope"), of("state"), of("nonce")), ("openid profile", "s t", NONCE));
    assert_eq!((of("code_challenge"), of("code_challenge_method")), ("c", "S256"));
    for pair in [Pair::edwards(), Pair::curve()] {
        let algorithm = if matches!(pair, Pair::Edwards(_)) { "EdDSA" } else { "ES256" };
        let client = client_of(settings(&address));
        let token = pair.token(&json!({ "alg": algorithm, "kid": "k1" }), &claims(&address));
        *shared.lock().unwrap() = Issuer {
            keys: vec![json!({ "kty": "oct", "k": "x" }), pair.public("k1")],
            token,
            ..Issuer::default()
        };
        let identity = client.identity("the code", "the verifier", NONCE).await.unwrap();
        let expected = Identity {
            issuer: address.clone(),
            subject: "7".to_owned(),
            name: Some("ann".to_owned()),
            verified_mail: Some("ann@example.org".to_owned()),
            roles: vec!["staff".to_owned(), "x".to_owned()],
        };
        assert_eq!(identity, expected);
        let asked = shared
            .lock()
            .unwrap()
            .asked
            .iter()
            .find(|asked| asked.starts_with("POST /token"))
            .unwrap()
            .clone();
        assert!(asked.contains("code=the+code") && asked.contains("code_verifier=the+verifier"), "{asked}");
        let proof = base64::engine::general_purpose::STANDARD.encode("touchline:s3cret%2F%2B%C3%A4");
        assert!(
            asked.to_lowercase().contains(&format!("authorization: basic {}", proof.to_lowercase())),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn a_token_that_is_not_for_this_login_does_not_count() {
    let (address, shared) = issuer().await;
    let (pair, stranger) = (Pair::curve(), Pair::curve());
    let client = client_of(settings(&address));
    let header = json!({ "alg": "ES256", "kid": "k1" });
    let refused = async |token: String| {
        *shared.lock().unwrap() = Issuer { keys: vec![pair.public("k1")], token, ..Issuer::default() };
        match client.identity("c", "v", NONCE).await {
            Err(IdentityError::Refused(what)) => what,
            other => panic!("{other:?}"),
        }
    };
    for (claim, value) in [
        ("iss", json!("https://other.example")),
        ("iss", Value::Null),
        ("aud", json!("another")),
        ("aud", json!([])),
        ("aud", json!(["touchline", "another"])),
        ("azp", json!("another")),
        ("exp", json!(NOW - 61)),
        ("exp", Value::Null),
        ("iat", json!(NOW + 61)),
        ("iat", json!(NOW - 601)),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("sub", json!("")),
        ("sub", json!("a\nb")),
        ("sub", json!("x".repeat(256))),
        ("sub", json!(7)),
    ] {
        let mut claims = claims(&address);
        claims[claim] = value.clone();
        assert!(!refused(pair.token(&header, &claims)).await.is_empty(), "{claim} {value}");
    }
    let good = pair.token(&header, &claims(&address));
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (_, body) = signed.split_once('.').unwrap();
    let head = |header: Value| format!("{}.{body}", URL_SAFE_NO_PAD.encode(header.to_string()));
    let hash = URL_SAFE_NO_PAD.encode([0; 32]);
    for forged in [
        stranger.token(&header, &claims(&address)),
        format!("{}.", head(json!({ "alg": "none" }))),
        format!("{}.{hash}", head(json!({ "alg": "HS256", "kid": "k1" }))),
        format!("{}.{signature}", head(json!({ "alg": "RS256", "kid": "k1" }))),
        format!("{}.{signature}", head(json!({ "alg": "EdDSA", "kid": "k1" }))),
        format!("{}.{signature}", head(json!({ "alg": "ES256", "kid": "k2" }))),
        format!("{signed}."),
        signed.to_owned(),
        "x".to_owned(),
        String::new(),
    ] {
        refused(forged).await;
    }
    // An address that was not verified is not passed on.
    let mut unverified = claims(&address);
    unverified["email_verified"] = json!("true");
    *shared.lock().unwrap() = Issuer {
        keys: vec![pair.public("k1")],
        token: pair.token(&header, &unverified),
        ..Issuer::default()
    };
    assert_eq!(client.identity("c", "v", NONCE).await.unwrap().verified_mail, None);
}

#[tokio::test]
async fn keys_change_and_an_issuer_that_is_not_itself_is_not_asked() {
    let (address, shared) = issuer().await;
    let (old, new) = (Pair::curve(), Pair::edwards());
    let client = client_of(settings(&address));
    let first = old.token(&json!({ "alg": "ES256", "kid": "k1" }), &claims(&address));
    *shared.lock().unwrap() = Issuer { keys: vec![old.public("k1")], token: first, ..Issuer::default() };
    client.identity("c", "v", NONCE).await.unwrap();
    let second = new.token(&json!({ "alg": "EdDSA", "kid": "k2" }), &claims(&address));
    {
        let mut issuer = shared.lock().unwrap();
        (issuer.keys, issuer.token) = (vec![new.public("k2")], second);
    }
    assert!(client.identity("c", "v", NONCE).await.is_err(), "keys were asked for a moment ago");
    // As if that had been a while ago.
    if let Some((_, at)) = &mut client.known.lock().await.keys {
        *at = at.checked_sub(PATIENCE).unwrap();
    }
    assert_eq!(client.identity("c", "v", NONCE).await.unwrap().subject, "7");
    let times =
        |path: &str| shared.lock().unwrap().asked.iter().filter(|asked| asked.starts_with(path)).count();
    assert_eq!((times("GET /keys"), times("GET /.well-known")), (2, 1));

    shared.lock().unwrap().fault = Some((400, "invalid_grant"));
    let refused = client.identity("c", "v", NONCE).await.unwrap_err();
    assert!(matches!(&refused, IdentityError::Refused(what) if what.contains("invalid_grant")), "{refused}");
    shared.lock().unwrap().fault = Some((503, "x"));
    assert!(matches!(client.identity("c", "v", NONCE).await, Err(IdentityError::Unavailable(_))));
    shared.lock().unwrap().name = Some("https://other.example".to_owned());
    let asked = Asked { state: "s", nonce: NONCE, challenge: "c" };
    let other = client_of(settings(&address)).authorization_url(asked.clone()).await.unwrap_err();
    assert!(other.to_string().contains("oidc.issuer"), "{other}");
    let away = client_of(settings("http://127.0.0.1:9")).authorization_url(asked).await.unwrap_err();
    assert!(matches!(away, IdentityError::Unavailable(_)));
    let open = OidcSettings { issuer: "http://id.example.org".to_owned(), ..settings(&address) };
    assert!(
        OpenIdConnect::new(open, Arc::new(FixedClock(DateTime::UNIX_EPOCH))).is_err(),
        "it could be read"
    );
}
