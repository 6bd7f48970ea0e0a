//! What an answer means: by its status, by what it looks like, and by what its source makes of it.

use super::{
    Again, Answer, DateTime, Entry, Expects, Failure, FailureKind, Fault, Fetcher, Head, Looks, Origin,
    Request, Retry, SubsecRound, Utc, body,
};

impl Fetcher {
    pub(super) async fn finish(
        &self,
        request: &Request,
        head: &Head,
        body: Vec<u8>,
        kept: Option<&(Entry, Vec<u8>)>,
    ) -> Result<Answer, Fault> {
        let now = self.timer.now().trunc_subsecs(0);
        // What is kept and stored holds no key, also where the provider repeats it in an answer that is good.
        let body = match &self.settings.key {
            Some(key) => key.redact_bytes(body),
            None => body,
        };
        if head.status == 304 {
            let Some((entry, body)) = kept else {
                let message = "it says that nothing changed, but was not asked that";
                return Err(Fault::last(Failure::new(FailureKind::Malformed, message).status(304)));
            };
            let entry = Entry { checked_at: now, ..entry.clone() };
            let collected_at = entry.collected_at;
            let body = self.keep(entry, body.clone()).await;
            return Ok(Answer { body, collected_at, origin: Origin::Confirmed });
        }
        if let Some(fault) = self.fault(head, &body) {
            return Err(fault);
        }
        let entry = entry(request, head, &body, now);
        let body = self.keep(entry, body).await;
        Ok(Answer { body, collected_at: now, origin: Origin::Network })
    }

    /// What is wrong with an answer, if anything is.
    fn fault(&self, head: &Head, body: &[u8]) -> Option<Fault> {
        let wait = self.asked_to_wait(head).map_or(Again::BackOff, Again::After);
        if let Some(failure) = (self.etiquette.judge)(head, body) {
            // A pause that the server asks for is worth it, short of a quota of a day.
            let again = match (failure.kind, wait) {
                (FailureKind::Unavailable, _) | (FailureKind::Quota, Again::After(_)) => wait,
                (FailureKind::Quota, _) => match failure.retry {
                    Retry::After(time) => Again::After(time),
                    Retry::Never => Again::No,
                },
                _ => Again::No,
            };
            return Some(Fault { failure: failure.status(head.status), again });
        }
        let (kind, message, again) = match (head.status, body::looks(body)) {
            (200 | 403 | 503, Looks::Challenge) => {
                let message =
                    "it asks for a proof of being human; leave it alone for a day, or take another source";
                (FailureKind::Blocked, message, Again::No)
            }
            (200, Looks::Empty) | (204, _) => (FailureKind::Empty, "it answers with nothing", Again::No),
            (200, Looks::Page) if self.etiquette.expects != Expects::Page => {
                let message =
                    "a web page came instead of data: the source has changed, or is closed for a while";
                (FailureKind::ChangedShape, message, Again::No)
            }
            (200, Looks::Other) if self.etiquette.expects == Expects::Json => {
                (FailureKind::ChangedShape, "what came is not JSON, as it used to be", Again::No)
            }
            (200, Looks::Json) if self.etiquette.expects == Expects::Text => {
                (FailureKind::ChangedShape, "JSON came instead of a table", Again::No)
            }
            (200, Looks::Json | Looks::Other) if self.etiquette.expects == Expects::Page => {
                (FailureKind::ChangedShape, "what came is no page, as it used to be", Again::No)
            }
            (200, _) => return None,
            (401 | 407, _) => (
                FailureKind::Blocked,
                "the key is missing or not accepted; check its environment variable",
                Again::No,
            ),
            (402 | 403 | 451, _) => {
                let message =
                    "it refuses this; the plan of the key may not hold it, or the address is blocked";
                (FailureKind::Blocked, message, Again::No)
            }
            (404 | 410, _) => (FailureKind::Empty, "there is no such thing, or not yet", Again::No),
            (429, _) => (FailureKind::Quota, "it was asked too often", wait),
            (408 | 425, _) => (FailureKind::Unavailable, "it did not wait for the request", wait),
            (501 | 505, _) => (FailureKind::Malformed, "it does not understand the request", Again::No),
            (500.., _) => (FailureKind::Unavailable, "it is out of order", wait),
            _ => (FailureKind::Malformed, "it does not accept the request", Again::No),
        };
        Some(Fault { failure: Failure::new(kind, message).status(head.status), again })
    }
}

fn entry(request: &Request, head: &Head, body: &[u8], now: DateTime<Utc>) -> Entry {
    Entry {
        url: request.url.clone(),
        collected_at: now,
        checked_at: now,
        etag: head.text("etag").map(str::to_owned),
        last_modified: head.text("last-modified").map(str::to_owned),
        hash: blake3::hash(body).to_hex().to_string(),
    }
}
