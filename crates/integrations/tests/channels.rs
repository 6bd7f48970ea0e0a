//! Channels against local servers: what arrives, and what becomes of refusals.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use touchline_accounts::{WebhookProof, WebhookSecrets};
use touchline_domain::ports::{AlertChannel, AlertMessage, Callbacks, Retry};
use touchline_domain::{Alert, AlertId, Clock, Condition, FixedClock, NoticeKind, Severity, Told};
use touchline_integrations::{
    AddressError, Heartbeat, Mail, MailError, MailSettings, SignedCallbacks, Slack, Sms, Webhook,
};

fn message() -> AlertMessage {
    let now = "2026-11-29T12:00:00Z".parse().unwrap();
    let what = Condition {
        name: "BackupFailure".to_owned(),
        component: "backup".to_owned(),
        subject: "backup_full".to_owned(),
        severity: Severity::Critical,
        summary: "backup_full failed".to_owned(),
        details: "größer als <frei> & mehr".to_owned(),
        advice: vec![],
    };
    AlertMessage {
        kind: NoticeKind::Firing,
        severity: Severity::Critical,
        subject: "Football Platform Alert: BackupFailure".to_owned(),
        text: format!("{}\n.\na dot alone is no end\n", what.details),
        short: "CRITICAL: BackupFailure: backup_full failed".to_owned(),
        alerts: vec![Alert {
            id: AlertId(7),
            what,
            first_seen: now,
            last_seen: now,
            resolved_at: None,
            acknowledged_by: None,
            acknowledged_at: None,
            told: None,
        }],
    }
}

/// A server that answers every request with a status and a header; gives its address and what it was asked.
async fn http(status: &'static str, header: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook/s3cret", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                let read = stream.read(&mut buffer).await.unwrap_or(0);
                request.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&request).to_lowercase();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.map_or(0, |n| n.trim().parse().unwrap());
                if read == 0 || body.len() >= length {
                    break;
                }
            }
            kept.lock().unwrap().push(String::from_utf8(request).unwrap());
            let answer =
                format!("HTTP/1.1 {status}\r\n{header}content-length: 0\r\nconnection: close\r\n\r\n");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, asked)
}

fn body(request: &str) -> serde_json::Value {
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_webhook_is_signed_and_each_try_of_a_message_has_the_same_name() {
    let (address, asked) = http("204 No Content", "").await;
    let secret = "0123456789abcdef01234567";
    let secrets = || WebhookSecrets::new([secret]).unwrap();
    let at = |time: &str| -> Arc<dyn Clock> { Arc::new(FixedClock(time.parse().unwrap())) };
    for time in ["2026-11-29T12:00:01Z", "2026-11-29T12:00:31Z"] {
        Webhook::new(&address, secrets(), at(time)).unwrap().send(&message()).await.unwrap();
    }
    let told = |times| {
        let mut message = AlertMessage { kind: NoticeKind::Reminder, ..message() };
        message.alerts[0].told = Some(Told {
            times,
            kind: NoticeKind::Reminder,
            at: message.alerts[0].first_seen,
            severity: Severity::Critical,
        });
        message
    };
    for times in [1, 2] {
        Webhook::new(&address, secrets(), at("2026-11-29T12:00:01Z"))
            .unwrap()
            .send(&told(times))
            .await
            .unwrap();
    }
    let mut names = Vec::new();
    for request in asked.lock().unwrap().iter() {
        let (head, text) = request.split_once("\r\n\r\n").unwrap();
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let proof = WebhookProof {
            id: header("webhook-id").unwrap(),
            timestamp: header("webhook-timestamp").unwrap(),
            signature: header("webhook-signature").unwrap(),
        };
        let now = "2026-11-29T12:00:31Z".parse().unwrap();
        secrets().verify(proof, text.as_bytes(), now).unwrap();
        assert!(secrets().verify(proof, b"another", now).is_err());
        names.push(proof.id.to_owned());
        assert_eq!(body(request)["message"]["alerts"][0]["name"], "BackupFailure");
    }
    assert_eq!(names[0], names[1], "tried again");
    assert!(names[1] != names[2] && names[2] != names[3], "told again: {names:?}");
    Webhook::new(&address, WebhookSecrets::none(), at("2026-11-29T12:00:01Z"))
        .unwrap()
        .send(&message())
        .await
        .unwrap();
    assert!(!asked.lock().unwrap().last().unwrap().contains("webhook-signature"));
}

#[tokio::test]
async fn slack_gets_text_that_it_does_not_read_as_its_own() {
    let (address, asked) = http("200 OK", "").await;
    Slack::new(&address).unwrap().send(&message()).await.unwrap();
    let body = body(&asked.lock().unwrap()[0]);
    assert_eq!(body["text"], "CRITICAL: BackupFailure: backup_full failed");
    let text = body["attachments"][0]["text"].as_str().unwrap();
    assert!(text.contains("größer als &lt;frei&gt; &amp; mehr"), "{text}");
}

#[tokio::test]
async fn every_number_gets_a_text_message() {
    let (address, asked) = http("200 OK", "").await;
    let numbers = vec!["+1555".to_owned(), "+1556".to_owned()];
    Sms::new(&address, Some("t0ken".to_owned()), numbers).unwrap().send(&message()).await.unwrap();
    let asked = asked.lock().unwrap();
    let to: Vec<_> = asked.iter().map(|request| body(request)["to"].clone()).collect();
    assert_eq!(to, ["+1555", "+1556"]);
    assert!(asked[0].to_lowercase().contains("authorization: bearer t0ken"));
}

#[tokio::test]
async fn a_refusal_says_whether_to_try_again_and_never_shows_the_address() {
    let again = |seconds| Retry::After(Duration::from_secs(seconds));
    for (status, header, retry) in [
        ("500 Internal Server Error", "", again(0)),
        ("503 Service Unavailable", "retry-after: 7\r\n", again(7)),
        ("429 Too Many Requests", "", again(60)),
        ("404 Not Found", "", Retry::Never),
        ("302 Found", "location: http://127.0.0.1:1/\r\n", Retry::Never),
    ] {
        let (address, _) = http(status, header).await;
        let error = Slack::new(&address).unwrap().send(&message()).await.unwrap_err();
        assert_eq!(error.retry, retry, "{status}");
        assert!(!error.message.contains("s3cret"), "{}", error.message);
    }
    let gone = Slack::new("http://127.0.0.1:1/s3cret").unwrap().send(&message()).await.unwrap_err();
    assert_eq!(gone.retry, again(0));
    assert!(!gone.message.contains("s3cret"), "{}", gone.message);
    assert_eq!(Slack::new("http://example.org/s3cret").unwrap_err(), AddressError::Open("Slack"));
    assert_eq!(Slack::new("example.org").unwrap_err(), AddressError::Malformed("Slack"));
    let (address, asked) = http("200 OK", "").await;
    Heartbeat::new(&address).unwrap().beat().await.unwrap();
    assert!(asked.lock().unwrap()[0].starts_with("GET /hook/s3cret "));
}

/// A mail server that takes what it is given; `refusal` answers the recipients.
async fn smtp(refusal: Option<&'static str>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let mails = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (read, mut write) = stream.into_split();
            let mut lines = BufReader::new(read).lines();
            write.write_all(b"220 sink\r\n").await.unwrap();
            let (mut mail, mut is_data) = (String::new(), false);
            while let Ok(Some(line)) = lines.next_line().await {
                if is_data && line == "." {
                    is_data = false;
                    kept.lock().unwrap().push(std::mem::take(&mut mail));
                    write.write_all(b"250 taken\r\n").await.unwrap();
                    continue;
                }
                mail.push_str(&line);
                mail.push('\n');
                let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                    _ if is_data => continue,
                    "DATA" => {
                        is_data = true;
                        "354 go on"
                    }
                    "RCPT" => refusal.unwrap_or("250 ok"),
                    "QUIT" => "221 bye",
                    _ => "250 ok",
                };
                if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    (address, mails)
}

fn settings(server: String) -> MailSettings {
    MailSettings {
        server,
        from: "Touchline <alerts@example.org>".to_owned(),
        to: vec!["ops@example.org".to_owned(), "dba@example.org".to_owned()],
        ..MailSettings::default()
    }
}

#[tokio::test]
async fn mail_arrives_whole_for_everybody() {
    let (server, mails) = smtp(None).await;
    Mail::new(&settings(server)).unwrap().send(&message()).await.unwrap();
    let mail = mails.lock().unwrap().remove(0);
    for part in [
        "MAIL FROM:<alerts@example.org>",
        "RCPT TO:<ops@example.org>",
        "RCPT TO:<dba@example.org>",
        "Subject: Football Platform Alert: BackupFailure [critical]",
        "a dot alone is no end",
    ] {
        assert!(mail.contains(part), "{part} is not in\n{mail}");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not() {
    for (refusal, retry) in [("451 later", Retry::After(Duration::ZERO)), ("550 nobody here", Retry::Never)] {
        let (server, _) = smtp(Some(refusal)).await;
        let error = Mail::new(&settings(server)).unwrap().send(&message()).await.unwrap_err();
        assert_eq!(error.retry, retry, "{}", error.message);
    }
    let gone =
        Mail::new(&settings("smtp://127.0.0.1:1".to_owned())).unwrap().send(&message()).await.unwrap_err();
    assert_eq!(gone.retry, Retry::After(Duration::ZERO), "{}", gone.message);
}

#[test]
fn mail_settings_that_cannot_be_used_are_explained() {
    let of = |change: fn(&mut MailSettings)| {
        let mut settings = settings("smtps://mail.example.org".to_owned());
        change(&mut settings);
        Mail::new(&settings).err()
    };
    assert_eq!(of(|_| ()), None);
    assert_eq!(of(|s| s.server = "smtp://mail.example.org:587?tls=required".to_owned()), None);
    assert_eq!(of(|s| s.server = "smtp://mail.example.org".to_owned()), Some(MailError::Open));
    assert_eq!(of(|s| s.server = "smtp://127.0.0.1.example.org".to_owned()), Some(MailError::Open));
    assert_eq!(of(|s| s.to = vec![]), Some(MailError::Nobody));
    assert_eq!(of(|s| s.to = vec!["nobody".to_owned()]), Some(MailError::Address("nobody".to_owned())));
    assert!(matches!(of(|s| s.server = "mail".to_owned()), Some(MailError::Open)));
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn callbacks(hosts: &[&str]) -> SignedCallbacks {
    let clock: Arc<dyn Clock> = Arc::new(FixedClock("2026-11-29T12:00:00Z".parse().unwrap()));
    let secrets = WebhookSecrets::new([SECRET]).unwrap();
    SignedCallbacks::new(secrets, hosts.iter().map(|host| (*host).to_owned()).collect(), clock).unwrap()
}

#[tokio::test]
async fn a_callback_is_signed_and_reaches_hosts_that_were_named() {
    let (url, asked) = http("200 OK", "").await;
    let host = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
    let callbacks = callbacks(&[&host]);
    assert_eq!(callbacks.check(&url), Ok(()));
    callbacks.call(&url, "msg_1", br#"{"type":"x"}"#).await.unwrap();
    let asked = asked.lock().unwrap().remove(0);
    let header = |name: &str| {
        asked.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).unwrap().trim().to_owned()
    };
    assert_eq!(
        (header("webhook-id").as_str(), header("webhook-timestamp").as_str()),
        ("msg_1", "1795953600")
    );
    let expected =
        WebhookSecrets::new([SECRET]).unwrap().sign("msg_1", 1_795_953_600, br#"{"type":"x"}"#).unwrap();
    assert_eq!(header("webhook-signature"), expected);
}

#[tokio::test]
async fn a_callback_never_reaches_into_the_private_network() {
    let (url, asked) = http("200 OK", "").await;
    let port = url.trim_start_matches("http://127.0.0.1:").split('/').next().unwrap().to_owned();
    let callbacks = callbacks(&["hooks.example:8443"]);
    for wrong in [
        url.clone(),
        format!("https://127.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        // Other ways to write 127.0.0.1.
        format!("https://2130706433:{port}/"),
        format!("https://0x7f.1:{port}/"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "http://example.org/".to_owned(),
        "https://ann:secret@example.org/".to_owned(),
        "http://hooks.example:8080/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://example.org/".to_owned(),
        "example.org".to_owned(),
        format!("https://example.org/{}", "x".repeat(2000)),
    ] {
        assert!(callbacks.check(&wrong).is_err(), "{wrong}");
        let refused = callbacks.call(&wrong, "m", b"{}").await.unwrap_err();
        assert_eq!(refused.retry, Retry::Never, "{wrong}");
    }
    // A name is looked up when it is called: this one leads to this machine.
    let named = format!("https://localhost:{port}/");
    assert_eq!(callbacks.check(&named), Ok(()));
    assert!(callbacks.call(&named, "m", b"{}").await.is_err());
    assert!(asked.lock().unwrap().is_empty());
    for right in ["https://example.org/ready?x=1", "https://93.184.216.34/", "http://hooks.example:8443/"] {
        assert_eq!(callbacks.check(right), Ok(()), "{right}");
    }
}
