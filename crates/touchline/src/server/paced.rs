//! A floor under the rate at which the body of a request comes: who sends a byte now and then does not keep a place.

use hyper::body::{Body, Bytes, Frame, SizeHint};
use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

/// How much has to come, and how long it may take to begin.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Time in which nothing has to come.
    pub grace: Duration,
    /// Bytes a second that have to have come since.
    pub bytes_per_second: u32,
}

/// The body came too slowly.
#[derive(Debug)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl Error for TooSlow {}

/// A body that fails when it comes too slowly.
#[derive(Debug)]
pub struct Paced<B> {
    body: B,
    pace: Pace,
    begun: Instant,
    received: u64,
    due: Pin<Box<Sleep>>,
}

impl<B> Paced<B> {
    /// From now on.
    pub fn new(body: B, pace: Pace) -> Self {
        let begun = Instant::now();
        Self { body, pace, begun, received: 0, due: Box::pin(sleep_until(begun + pace.grace)) }
    }
}

impl<B> Body for Paced<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            if let Some(Ok(frame)) = &frame {
                this.received += frame.data_ref().map_or(0, Bytes::len) as u64;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let earned =
            Duration::from_secs_f64(this.received as f64 / f64::from(this.pace.bytes_per_second.max(1)));
        let due = this.begun + this.pace.grace + earned;
        if this.due.deadline() != due {
            this.due.as_mut().reset(due);
        }
        ready!(this.due.as_mut().poll(context));
        Poll::Ready(Some(Err(Box::new(TooSlow))))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
