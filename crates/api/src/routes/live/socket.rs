//! Updates over a WebSocket.

use super::listening::{ListenQuery, MOST_MATCHES};
use crate::envelope::Failure;
use crate::error::ApiError;
use crate::extract::Params;
use crate::state::ApiState;
use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use std::any::Any;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use touchline_domain::MatchId;
use touchline_forecasting::live::{Backlog, Listener, LiveFeed, Topics};

/// A listener that takes nothing for so long is dropped.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);
/// Most bytes of what a listener says.
const LARGEST_MESSAGE: usize = 16 * 1024;
/// What is read and written at a time: small, because most connections are idle.
const BUFFER: usize = 4 * 1024;
/// Heartbeats after which a listener that said nothing is taken to be gone.
const BEATS_WITHOUT_WORD: u32 = 3;
/// What a listener may say between two heartbeats.
const MOST_WORDS: u32 = 60;

/// RFC 6455, section 7.4.1.
const GOING_AWAY: u16 = 1001;
const AGAINST_THE_RULES: u16 = 1008;

/// What a browser names beside its ticket: it closes a connection whose server takes none of the protocols that it named.
const PROTOCOL: &str = "touchline.live";

/// What a connection holds while it is open, such as its place among all that may be.
#[derive(Clone)]
pub struct ConnectionPlace(pub Arc<dyn Any + Send + Sync>);

impl fmt::Debug for ConnectionPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionPlace")
    }
}

/// What a listener says.
#[derive(Debug, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
enum Word {
    /// Hear of these matches too; of all, where none is named.
    Subscribe { matches: Option<Vec<i64>> },
    /// Hear of these no longer; of none, where none is named.
    Unsubscribe { matches: Option<Vec<i64>> },
}

/// Updates of running matches over a WebSocket, as JSON texts with a `type`: `hello` (with `position` and
/// `heartbeat_seconds`), `update`, `gap` (updates since `after` are lost; the latest of each match follow), `heartbeat`, and `error`.
/// The listener may say `{"action":"subscribe","matches":[1,2]}` and `{"action":"unsubscribe","matches":[1]}`. One that takes
/// nothing, or does not answer pings, is dropped; it comes back with `after`. A browser that needs an account names the protocols
/// `touchline.live` and `ticket.TICKET`, with a ticket of `POST /api/v1/live/tickets`.
#[utoipa::path(
    get, operation_id = "open_live_socket", path = "/ws/live", tag = "live", params(ListenQuery),
    responses(
        (status = 101, description = "The connection is a WebSocket now"),
        (status = 400, description = "A parameter cannot be used, or `no_websocket`: it is no request for a WebSocket", body = Failure),
        (status = 401, description = "Reading needs an account, and there is none; `ticket_used`, `token_expired`, `token_invalid`: the ticket does not count", body = Failure),
    )
)]
pub(crate) async fn open(
    State(state): State<ApiState>,
    place: Option<Extension<ConnectionPlace>>,
    Params(query): Params<ListenQuery>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let (topics, after) = (query.topics()?, query.after()?);
    let upgrade = upgrade.map_err(|_| {
        ApiError::bad_request(
            "no_websocket",
            "open a WebSocket here; /live/events gives the same as plain HTTP",
        )
    })?;
    let upgrade = upgrade
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0)
        .max_write_buffer_size(256 * 1024)
        .protocols([PROTOCOL]);
    Ok(upgrade.on_upgrade(move |socket| async move {
        let feed = state.live().feed().clone();
        let (listener, backlog) = feed.listen(topics, after);
        let heartbeat = state.live_settings().heartbeat;
        drop(state);
        Conversation { socket, listener, feed, heartbeat }.run(backlog).await;
        drop(place);
    }))
}

/// A connection with somebody who listens.
struct Conversation {
    socket: WebSocket,
    listener: Listener,
    feed: LiveFeed,
    heartbeat: Duration,
}

/// Why a conversation is over: the other side is told where it can still hear.
struct Over(Option<(u16, &'static str)>);

impl Over {
    const GONE: Self = Self(None);
}

impl Conversation {
    async fn run(mut self, backlog: Backlog) {
        let Err(Over(reason)) = self.talk(backlog).await else { return };
        let frame = reason.map(|(code, reason)| CloseFrame { code, reason: Utf8Bytes::from_static(reason) });
        let _ = timeout(SEND_TIMEOUT, self.socket.send(Message::Close(frame))).await;
    }

    async fn talk(&mut self, backlog: Backlog) -> Result<(), Over> {
        let seconds = self.heartbeat.as_secs_f64();
        let position = self.feed.position().to_string();
        self.say(json!({"type": "hello", "position": position, "heartbeat_seconds": seconds})).await?;
        self.tell(backlog).await?;
        let mut beat = interval_at(Instant::now() + self.heartbeat, self.heartbeat);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut silent, mut words) = (0, 0);
        loop {
            tokio::select! {
                update = self.listener.next() => match update {
                    Some(update) => self.send(Message::Text(text(&update.text))).await?,
                    None if self.feed.is_closed() => {
                        return Err(Over(Some((GOING_AWAY, "the server stops: come back with after"))));
                    }
                    None => return Err(Over(Some((AGAINST_THE_RULES, "too slow: come back with after")))),
                },
                word = self.socket.recv() => {
                    let word = word.and_then(Result::ok).ok_or(Over::GONE)?;
                    (silent, words) = (0, words + 1);
                    if words > MOST_WORDS {
                        return Err(Over(Some((AGAINST_THE_RULES, "too many messages"))));
                    }
                    self.hear(word).await?;
                }
                _ = beat.tick() => {
                    if silent >= BEATS_WITHOUT_WORD {
                        return Err(Over::GONE);
                    }
                    (silent, words) = (silent + 1, 0);
                    self.send(Message::Ping(axum::body::Bytes::new())).await?;
                    let position = self.feed.position().to_string();
                    self.say(json!({"type": "heartbeat", "position": position})).await?;
                }
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), Over> {
        let word = match &message {
            Message::Text(text) => serde_json::from_str(text),
            Message::Close(_) => return Err(Over::GONE),
            // Pings are answered below.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Binary(_) => return self.complain().await,
        };
        match word {
            Ok(Word::Subscribe { matches }) => {
                let topics = matches.map_or(Topics::All, |ids| Topics::Matches(set(ids)));
                let new = match &topics {
                    Topics::All => 0,
                    Topics::Matches(new) => new.len(),
                };
                if self.listener.matches().unwrap_or(0) + new > MOST_MATCHES {
                    return Err(Over(Some((AGAINST_THE_RULES, "too many matches: subscribe to all"))));
                }
                let backlog = self.listener.subscribe(topics);
                self.tell(backlog).await
            }
            Ok(Word::Unsubscribe { matches }) => {
                self.listener.unsubscribe(matches.map(set).as_ref());
                Ok(())
            }
            Err(_) => self.complain().await,
        }
    }

    async fn complain(&mut self) -> Result<(), Over> {
        let help = r#"write {"action":"subscribe","matches":[1]} or {"action":"unsubscribe","matches":[1]}; without matches: all"#;
        self.say(json!({"type": "error", "code": "invalid_message", "message": help})).await
    }

    async fn tell(&mut self, backlog: Backlog) -> Result<(), Over> {
        if backlog.has_gap {
            self.say(json!({"type": "gap"})).await?;
        }
        for update in backlog.updates {
            self.send(Message::Text(text(&update.text))).await?;
        }
        Ok(())
    }

    async fn say(&mut self, what: serde_json::Value) -> Result<(), Over> {
        self.send(Message::Text(what.to_string().into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Over> {
        match timeout(SEND_TIMEOUT, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over::GONE),
        }
    }
}

fn set(ids: Vec<i64>) -> HashSet<MatchId> {
    ids.into_iter().map(MatchId).collect()
}

fn text(text: &Arc<str>) -> Utf8Bytes {
    Utf8Bytes::from(&**text)
}
