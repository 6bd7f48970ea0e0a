//! What messages say.

use chrono::SecondsFormat;
use std::fmt::Write;
use touchline_domain::ports::AlertMessage;
use touchline_domain::{Alert, NoticeKind, Severity};

/// So many alerts are told one by one.
const TOLD: usize = 10;

/// A message about alerts of one name and component.
pub fn compose(kind: NoticeKind, alerts: Vec<Alert>, public_url: Option<&str>) -> AlertMessage {
    let severity = alerts.iter().map(|alert| alert.what.severity).max().unwrap_or(Severity::Low);
    let name = alerts.first().map_or("", |alert| alert.what.name.as_str());
    let more = match alerts.len() {
        0 | 1 => String::new(),
        many => format!(" ({many} of them)"),
    };
    let subject = match kind {
        NoticeKind::Firing => format!("Football Platform Alert: {name}{more}"),
        NoticeKind::Reminder => format!("Football Platform Alert, not taken up yet: {name}{more}"),
        NoticeKind::Resolved => format!("Football Platform Alert is over: {name}{more}"),
        NoticeKind::Information => format!("Football Platform: {name}{more}"),
    };
    let summary = alerts.first().map_or("", |alert| alert.what.summary.as_str());
    let short = format!("{}: {name}: {summary}{more}", severity.name().to_uppercase());
    let mut text = format!("{subject}\n");
    for alert in alerts.iter().take(TOLD) {
        text.push('\n');
        text.push_str(&paragraph(kind, alert, public_url));
    }
    if alerts.len() > TOLD {
        let _ = writeln!(text, "\n... and {} more.", alerts.len() - TOLD);
    }
    AlertMessage { kind, severity, subject, text, short, alerts }
}

/// A message that tells of nothing wrong.
pub fn inform(subject: &str, text: &str) -> AlertMessage {
    let subject = format!("Football Platform: {subject}");
    let text = format!("{subject}\n\n{text}\n");
    let (kind, severity, short) = (NoticeKind::Information, Severity::Low, subject.clone());
    AlertMessage { kind, severity, subject, text, short, alerts: Vec::new() }
}

fn paragraph(kind: NoticeKind, alert: &Alert, public_url: Option<&str>) -> String {
    let what = &alert.what;
    let time = |time: chrono::DateTime<chrono::Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    let mut text = format!("Alert:     {}\n", what.name);
    if !what.subject.is_empty() {
        let _ = writeln!(text, "About:     {}", what.subject);
    }
    let _ = writeln!(text, "Severity:  {}", what.severity.name());
    let _ = writeln!(text, "Component: {}", what.component);
    let _ = writeln!(text, "Since:     {}", time(alert.first_seen));
    if let Some(resolved) = alert.resolved_at {
        let _ = writeln!(text, "Over at:   {}", time(resolved));
    }
    let _ = writeln!(text, "\n{}\n{}", what.summary, what.details);
    if kind == NoticeKind::Resolved {
        return text;
    }
    if !what.advice.is_empty() {
        let _ = writeln!(text, "\nWhat to do:");
        for (n, step) in what.advice.iter().enumerate() {
            let _ = writeln!(text, "  {}. {step}", n + 1);
        }
    }
    // One that was told without the store has no number.
    if alert.id.0 > 0 {
        let _ = writeln!(
            text,
            "\nTake it up: touchline alerts ack {}. Be silent about it: touchline alerts silence --name {} --for 2h --reason ...",
            alert.id, what.name
        );
        if let Some(url) = public_url {
            let _ = writeln!(text, "{}/api/v1/alerts/{}", url.trim_end_matches('/'), alert.id);
        }
    }
    text
}
