use super::Ending;
use crate::cli::{Alerts, ListAlerts, SilenceAlerts};
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use serde_json::json;
use touchline_alerting::compose;
use touchline_domain::ports::AlertChannel;
use touchline_domain::{Alert, AlertFilter, AlertId, Condition, NewSilence, NoticeKind, Severity};

/// `touchline alerts`.
pub async fn run(session: &Session, command: &Alerts) -> Result<Ending> {
    match command {
        Alerts::List(wish) => list(session, wish).await?,
        Alerts::Show { id } => show(session, *id).await?,
        Alerts::Ack { id, by } => acknowledge(session, *id, by).await?,
        Alerts::Silence(wish) => silence(session, wish).await?,
        Alerts::Silences => silences(session).await?,
        Alerts::Unsilence { id } => unsilence(session, *id).await?,
        Alerts::Test => return test(session).await,
    }
    Ok(Ending::Done)
}

fn minute(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M").to_string()
}

/// Where an alert stands, in a word.
fn standing(alert: &Alert) -> String {
    match (&alert.resolved_at, &alert.acknowledged_by) {
        (Some(at), _) => format!("over {}", minute(*at)),
        (None, Some(by)) => format!("taken up by {by}"),
        (None, None) => "open".to_owned(),
    }
}

async fn list(session: &Session, wish: &ListAlerts) -> Result<()> {
    let filter = AlertFilter {
        open: (!wish.all).then_some(true),
        severity: wish.severity,
        component: wish.component.clone(),
        before: None,
    };
    let alerts = session.store(Role::Reader).await?.alerts(&filter, wish.limit).await?;
    if session.json {
        return output::json(&json!({ "alerts": alerts }));
    }
    if alerts.is_empty() {
        let beyond = if wish.all { "" } else { "; `touchline alerts list --all` shows what is over" };
        output::line(format!("no alerts{beyond}"));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = alerts
        .iter()
        .map(|alert| {
            vec![
                alert.id.to_string(),
                alert.what.severity.name().to_owned(),
                alert.what.name.clone(),
                minute(alert.first_seen),
                standing(alert),
                alert.what.summary.clone(),
            ]
        })
        .collect();
    output::table(&["alert", "severity", "name", "since (UTC)", "", "what is wrong"], &rows);
    Ok(())
}

async fn show(session: &Session, id: AlertId) -> Result<()> {
    let store = session.store(Role::Reader).await?;
    let alert = store.alert(id).await?.with_context(|| unknown(id))?;
    let notices = store.notices_of(id).await?;
    if session.json {
        return output::json(&json!({ "alert": alert, "notices": notices }));
    }
    let what = &alert.what;
    let about = if what.subject.is_empty() { String::new() } else { format!(", about {}", what.subject) };
    output::line(format!("{} ({}, {}{about})", what.name, what.severity.name(), what.component));
    output::line(&what.summary);
    output::line(&what.details);
    output::line(format!(
        "since {}, last seen {}, {}",
        minute(alert.first_seen),
        minute(alert.last_seen),
        standing(&alert)
    ));
    what.advice.iter().for_each(|step| output::line(format!("  - {step}")));
    let rows: Vec<Vec<String>> = notices
        .iter()
        .map(|notice| {
            let how = match (&notice.delivered_at, &notice.fault) {
                (Some(at), _) => format!("told {}", minute(*at)),
                (None, Some(fault)) => format!("{} failures: {fault}", notice.failures),
                (None, None) => "waits".to_owned(),
            };
            vec![minute(notice.queued_at), notice.kind.name().to_owned(), notice.channel.clone(), how]
        })
        .collect();
    if !rows.is_empty() {
        output::table(&["when (UTC)", "why", "channel", ""], &rows);
    }
    Ok(())
}

fn unknown(id: AlertId) -> String {
    format!("no alert has the number {id}; `touchline alerts list --all` shows them")
}

async fn acknowledge(session: &Session, id: AlertId, by: &str) -> Result<()> {
    let store = session.store(Role::Writer).await?;
    if !store.acknowledge_alert(id, by, session.clock.now()).await? {
        let alert = store.alert(id).await?.with_context(|| unknown(id))?;
        bail!("alert {id} is {}: there is nothing to take up", standing(&alert));
    }
    if session.json {
        return output::json(&json!({ "alert": id, "acknowledged_by": by }));
    }
    output::line(format!(
        "{by} has taken alert {id} up: nobody is reminded of it, and all are told when it is over"
    ));
    Ok(())
}

async fn silence(session: &Session, wish: &SilenceAlerts) -> Result<()> {
    let now = session.clock.now();
    let silence = NewSilence {
        name: wish.name.clone(),
        component: wish.component.clone(),
        subject: wish.subject.clone(),
        reason: wish.reason.clone(),
        created_by: wish.by.clone(),
        until: now + wish.span,
    };
    let id = session.store(Role::Writer).await?.add_silence(&silence, now).await?;
    if session.json {
        return output::json(&json!({ "silence": id, "until": silence.until }));
    }
    output::line(format!(
        "silence {id} holds until {} UTC; `touchline alerts unsilence {id}` ends it",
        minute(silence.until)
    ));
    Ok(())
}

async fn silences(session: &Session) -> Result<()> {
    let silences = session.store(Role::Reader).await?.silences(session.clock.now()).await?;
    if session.json {
        return output::json(&json!({ "silences": silences }));
    }
    let rows: Vec<Vec<String>> = silences
        .iter()
        .map(|silence| {
            let what = &silence.what;
            let about: Vec<&str> = [&what.name, &what.component, &what.subject]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            vec![
                silence.id.to_string(),
                about.join(", "),
                minute(what.until),
                what.created_by.clone(),
                what.reason.clone(),
            ]
        })
        .collect();
    if rows.is_empty() {
        output::line("nothing is silenced");
    } else {
        output::table(&["silence", "about", "until (UTC)", "by", "why"], &rows);
    }
    Ok(())
}

async fn unsilence(session: &Session, id: i64) -> Result<()> {
    let ended = session.store(Role::Writer).await?.end_silence(id, session.clock.now()).await?;
    if !ended {
        bail!("no silence that holds has the number {id}; `touchline alerts silences` shows them");
    }
    if session.json {
        return output::json(&json!({ "silence": id, "ended": true }));
    }
    output::line(format!("silence {id} has ended"));
    Ok(())
}

async fn test(session: &Session) -> Result<Ending> {
    let config = &session.config.alerts;
    config.routes()?;
    let now = session.clock.now();
    let alert = Alert {
        id: AlertId(0),
        what: Condition {
            name: "Test".to_owned(),
            component: "alerting".to_owned(),
            subject: String::new(),
            severity: Severity::Low,
            summary: "This is a test: nothing is wrong.".to_owned(),
            details: "Somebody ran `touchline alerts test`.".to_owned(),
            advice: Vec::new(),
        },
        first_seen: now,
        last_seen: now,
        resolved_at: None,
        acknowledged_by: None,
        acknowledged_at: None,
        told: None,
    };
    let message = compose(NoticeKind::Firing, vec![alert], config.public_url().as_deref());
    let mut rows: Vec<(&str, Result<(), String>)> = Vec::new();
    for channel in config.channels(&session.clock)? {
        let sent = AlertChannel::send(channel.as_ref(), &message).await;
        rows.push((channel.name(), sent.map_err(|error| error.message)));
    }
    if let Some(heartbeat) = config.heartbeat()? {
        rows.push(("heartbeat", heartbeat.beat().await.map_err(|error| error.message)));
    }
    let has_failed = rows.iter().any(|(_, sent)| sent.is_err());
    if session.json {
        let told = rows.iter().map(|(name, sent)| json!({ "channel": name, "error": sent.as_ref().err() }));
        output::json(&json!({ "channels": told.collect::<Vec<_>>() }))?;
    } else {
        let of = |(name, sent): &(&str, Result<(), String>)| {
            vec![(*name).to_owned(), sent.as_ref().err().cloned().unwrap_or_else(|| "told".to_owned())]
        };
        output::table(&["channel", ""], &rows.iter().map(of).collect::<Vec<_>>());
    }
    Ok(if has_failed { Ending::FaultsFound } else { Ending::Done })
}
