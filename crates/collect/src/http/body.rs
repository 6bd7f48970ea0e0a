//! Reading an answer's body within limits: of bytes, of time, of speed, and of what it unpacks to.

use super::failure::{Failure, FailureKind};
use super::time::Timer;
use flate2::read::MultiGzDecoder;
use reqwest::Response;
use std::io::Read;
use std::time::Duration;

/// How long each part of a request may take, and how large an answer may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Connecting, with the handshake of TLS.
    pub connect: Duration,
    /// From sending a request to the head of its answer.
    pub head: Duration,
    /// The whole answer.
    pub whole: Duration,
    /// Between two parts of a body.
    pub idle: Duration,
    /// The least bytes in a second on the average, once a body has taken longer than `grace`.
    pub floor: u64,
    /// See `floor`.
    pub grace: Duration,
    /// The most bytes that come.
    pub largest: u64,
    /// The most bytes that they unpack to.
    pub largest_unpacked: u64,
    /// Redirects followed for one request.
    pub redirects: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            head: Duration::from_secs(30),
            whole: Duration::from_mins(2),
            idle: Duration::from_secs(15),
            floor: 1 << 10,
            grace: Duration::from_secs(10),
            largest: 32 << 20,
            largest_unpacked: 128 << 20,
            redirects: 5,
        }
    }
}

/// Why a body did not come whole: with whether to ask again.
pub(super) struct BodyFault {
    pub(super) failure: Failure,
    pub(super) again: bool,
}

fn fault(kind: FailureKind, again: bool, message: String) -> BodyFault {
    BodyFault { failure: Failure::new(kind, message), again }
}

/// All bytes of a body, unpacked. `started` is when the request was sent.
pub(super) async fn read(
    response: &mut Response,
    limits: &Limits,
    timer: &dyn Timer,
    started: Duration,
) -> Result<Vec<u8>, BodyFault> {
    let too_large = || {
        let message =
            format!("the answer has more than {} MiB; it is not what was asked for", limits.largest >> 20);
        fault(FailureKind::Malformed, false, message)
    };
    if response.content_length().is_some_and(|length| length > limits.largest) {
        return Err(too_large());
    }
    let began = timer.elapsed();
    let mut body = Vec::new();
    loop {
        let left = limits.whole.saturating_sub(timer.elapsed().saturating_sub(started));
        // The network's own time: nothing in a program can make a host faster.
        let part = tokio::time::timeout(limits.idle.min(left), response.chunk()).await;
        let part = match part {
            Err(_) => {
                let message = "the answer came too slowly, and was given up".to_owned();
                return Err(fault(FailureKind::Unavailable, true, message));
            }
            Ok(Err(error)) => {
                let message = format!("the answer broke off ({})", super::client::plain(error));
                return Err(fault(FailureKind::Unavailable, true, message));
            }
            Ok(Ok(part)) => part,
        };
        let Some(part) = part else { break };
        body.extend_from_slice(&part);
        if body.len() as u64 > limits.largest {
            return Err(too_large());
        }
        let taken = timer.elapsed().saturating_sub(began);
        if taken > limits.grace && (body.len() as f64) < limits.floor as f64 * taken.as_secs_f64() {
            let message =
                format!("the answer came at less than {} bytes a second, and was given up", limits.floor);
            return Err(fault(FailureKind::Unavailable, true, message));
        }
    }
    let encoding = response.headers().get("content-encoding").and_then(|value| value.to_str().ok());
    match encoding.map(|name| name.trim().to_ascii_lowercase()).unwrap_or_default().as_str() {
        // An answer without a body, as 304, may still name the packing of the one that it confirms.
        _ if body.is_empty() => Ok(body),
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => gunzip(&body, limits.largest_unpacked),
        other => {
            let message = format!("the answer is packed as {other:.40?}, which was not asked for");
            Err(fault(FailureKind::Malformed, false, message))
        }
    }
}

/// Unpacks without ever holding more than the limit.
fn gunzip(packed: &[u8], largest: u64) -> Result<Vec<u8>, BodyFault> {
    let mut body = Vec::new();
    let read = MultiGzDecoder::new(packed).take(largest + 1).read_to_end(&mut body);
    if let Err(error) = read {
        return Err(fault(FailureKind::Malformed, true, format!("the packed answer is damaged ({error})")));
    }
    if body.len() as u64 > largest {
        let message =
            format!("the answer unpacks to more than {} MiB; it is not what was asked for", largest >> 20);
        return Err(fault(FailureKind::Malformed, false, message));
    }
    Ok(body)
}

/// What a body looks like, whatever its head says: sources name their types wrong, and error pages come with status 200.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looks {
    /// Nothing but blanks.
    Empty,
    /// A page that asks whether somebody is human.
    Challenge,
    /// A web page.
    Page,
    /// JSON, by its first character.
    Json,
    /// Anything else.
    Other,
}

pub(super) fn looks(body: &[u8]) -> Looks {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let start = body.iter().position(|b| !b.is_ascii_whitespace());
    let Some(start) = start else { return Looks::Empty };
    let head: Vec<u8> = body[start..].iter().take(16 << 10).map(u8::to_ascii_lowercase).collect();
    let holds = |text: &str| head.windows(text.len()).any(|window| window == text.as_bytes());
    match head[0] {
        b'{' | b'[' => Looks::Json,
        b'<' if ["just a moment", "captcha", "turnstile", "challenge-platform", "attention required"]
            .iter()
            .any(|text| holds(text)) =>
        {
            Looks::Challenge
        }
        b'<' => Looks::Page,
        _ => Looks::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_what_it_looks_like() {
        for (body, seen) in [
            ("", Looks::Empty),
            (" \r\n\t", Looks::Empty),
            ("\u{feff}Div,Date", Looks::Other),
            ("\n {\"a\":1}", Looks::Json),
            ("<!DOCTYPE html><title>Just a moment...</title>", Looks::Challenge),
            ("<html><body>Service Unavailable</body></html>", Looks::Page),
        ] {
            assert_eq!(looks(body.as_bytes()), seen, "{body}");
        }
    }
}
