//! From what is wrong now to alerts, and from alerts to who is told.

use crate::delivery::{Delivered, deliver};
use crate::text;
use chrono::{DateTime, Duration, Utc};
use std::collections::HashSet;
use std::sync::Arc;
use touchline_domain::ports::{AlertChannel, AlertReader, AlertWriter, StoreError};
use touchline_domain::{
    Alert, AlertId, Condition, NewNotice, NoticeKind, Severity, Silence, Told, reaction_time,
};

/// What alerting asks of a store.
pub trait AlertingStore: AlertReader + AlertWriter {}

impl<T: AlertReader + AlertWriter + ?Sized> AlertingStore for T {}

/// So long a cause is watched before people are told, so that what belongs together is told together.
const GROUP_WAIT: Duration = Duration::seconds(10);
/// A cause that was not found for so long is over: what comes and goes is one alert.
const QUIET: Duration = Duration::minutes(2);
/// That a cause lasts, with nothing else to say of it, is noted so often: each note is a write.
const NOTED: Duration = Duration::seconds(45);

/// By which channels people are told, by severity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Routes {
    /// Of what costs forecasts or data.
    pub critical: Vec<String>,
    /// Of what will, if nobody acts.
    pub high: Vec<String>,
    /// Of what wants a look today.
    pub medium: Vec<String>,
    /// Of what is worth knowing.
    pub low: Vec<String>,
}

impl Routes {
    fn of(&self, severity: Severity) -> &[String] {
        match severity {
            Severity::Critical => &self.critical,
            Severity::High => &self.high,
            Severity::Medium => &self.medium,
            Severity::Low => &self.low,
        }
    }
}

/// See the crate.
pub struct Alerting<S: ?Sized> {
    store: Arc<S>,
    channels: Vec<Arc<dyn AlertChannel>>,
    routes: Routes,
    /// Where the product answers, for links.
    public_url: Option<String>,
}

impl<S: AlertingStore + ?Sized> Alerting<S> {
    /// Over the alerts of a store, by these channels. A route to a channel that is not among them leads nowhere.
    pub fn new(
        store: Arc<S>,
        channels: Vec<Arc<dyn AlertChannel>>,
        routes: Routes,
        public_url: Option<String>,
    ) -> Self {
        Self { store, channels, routes, public_url }
    }

    /// Notes what is wrong now: one alert per cause. Those whose cause has not been found for two minutes are over.
    ///
    /// # Errors
    /// The store is not available.
    pub async fn observe(&self, conditions: &[Condition], now: DateTime<Utc>) -> Result<(), StoreError> {
        let causes: HashSet<(&str, &str)> =
            conditions.iter().map(|c| (c.name.as_str(), c.subject.as_str())).collect();
        let is_over = |alert: &Alert| {
            alert.resolved_at.is_none()
                && !causes.contains(&(alert.what.name.as_str(), alert.what.subject.as_str()))
                && now - alert.last_seen >= QUIET
        };
        let held = self.store.alerts_to_tell().await?;
        let over: Vec<AlertId> = held.iter().filter(|alert| is_over(alert)).map(|alert| alert.id).collect();
        let is_noted = |condition: &&Condition| {
            let same = |alert: &&Alert| alert.resolved_at.is_none() && alert.what == **condition;
            held.iter().find(same).is_some_and(|alert| now - alert.last_seen < NOTED)
        };
        let news: Vec<Condition> =
            conditions.iter().filter(|condition| !is_noted(condition)).cloned().collect();
        if news.is_empty() && over.is_empty() {
            return Ok(());
        }
        self.store.record_alerts(&news, &over, now).await
    }

    /// Decides who is to be told, and hands over what is due.
    ///
    /// # Errors
    /// The store is not available. What was handed over and could not be noted is handed over again.
    pub async fn tell(&self, now: DateTime<Utc>) -> Result<Delivered, StoreError> {
        let silences = self.store.silences(now).await?;
        let alerts = self.store.alerts_to_tell().await?;
        let notices: Vec<NewNotice> =
            alerts.iter().filter_map(|alert| self.notice(alert, &silences, now)).collect();
        if !notices.is_empty() {
            self.store.queue_notices(&notices, now).await?;
        }
        deliver(self.store.as_ref(), &self.channels, self.public_url.as_deref(), now).await
    }

    /// What is to be said of an alert now, if anything.
    fn notice(&self, alert: &Alert, silences: &[Silence], now: DateTime<Utc>) -> Option<NewNotice> {
        let told = alert.told.as_ref();
        let is_silenced = silences.iter().any(|silence| silence.what.covers(&alert.what));
        let kind = match told {
            _ if alert.resolved_at.is_some() => NoticeKind::Resolved,
            _ if is_silenced => return None,
            None if now - alert.first_seen >= GROUP_WAIT => NoticeKind::Firing,
            Some(told) if alert.what.severity > told.severity => NoticeKind::Firing,
            Some(told) if is_due_again(alert, told, now) => NoticeKind::Reminder,
            None | Some(_) => return None,
        };
        // Of its end those are told who were told of it, unless it was silenced meanwhile.
        let severity = match told {
            Some(told) if kind == NoticeKind::Resolved => told.severity,
            _ => alert.what.severity,
        };
        let channels = if is_silenced { Vec::new() } else { self.channels_for(severity) };
        let told_before = told.map_or(0, |told| told.times);
        Some(NewNotice { alert: alert.id, told_before, kind, severity, channels })
    }

    fn channels_for(&self, severity: Severity) -> Vec<String> {
        let routes = self.routes.of(severity).iter();
        routes.filter(|name| self.channels.iter().any(|channel| channel.name() == *name)).cloned().collect()
    }

    /// Tells of something that is not wrong, by the channels of low severity; says by which it was told, and why not by others.
    pub async fn inform(&self, subject: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let message = text::inform(subject, text);
        let (mut told, mut faults) = (Vec::new(), Vec::new());
        for name in self.channels_for(Severity::Low) {
            let Some(channel) = self.channels.iter().find(|channel| channel.name() == name) else { continue };
            match channel.send(&message).await {
                Ok(()) => told.push(name),
                Err(error) => faults.push(error.message),
            }
        }
        (told, faults)
    }

    /// Tells of something at once, by the channels of its severity, where the store cannot be asked or written.
    pub async fn tell_without_store(&self, condition: &Condition, kind: NoticeKind, now: DateTime<Utc>) {
        let alert = Alert {
            id: AlertId(0),
            what: condition.clone(),
            first_seen: now,
            last_seen: now,
            resolved_at: (kind == NoticeKind::Resolved).then_some(now),
            acknowledged_by: None,
            acknowledged_at: None,
            told: None,
        };
        let message = text::compose(kind, vec![alert], self.public_url.as_deref());
        for name in self.channels_for(condition.severity) {
            let Some(channel) = self.channels.iter().find(|channel| channel.name() == name) else { continue };
            if let Err(error) = channel.send(&message).await {
                tracing::error!(
                    channel = name,
                    alert = message.subject,
                    "could not be told: {}",
                    error.message
                );
            }
        }
    }
}

/// Whether people are to be reminded: nobody has taken it up in time.
fn is_due_again(alert: &Alert, told: &Told, now: DateTime<Utc>) -> bool {
    alert.acknowledged_at.is_none()
        && reaction_time(alert.what.severity).is_some_and(|time| now - told.at >= time)
}
