//! For which job something is done: stores write it down with every change, so that a change leads to its job and back.

use crate::JobId;
use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::pin;

thread_local! {
    static JOB: Cell<Option<JobId>> = const { Cell::new(None) };
}

/// The job for which the running task works.
pub fn acting_job() -> Option<JobId> {
    JOB.get()
}

/// Does something for a job. What it hands to tasks of their own is done for none.
pub async fn acting_for<F: Future>(job: JobId, work: F) -> F::Output {
    let mut work = pin!(work);
    poll_fn(|context| {
        let _for_this_poll = Restored(JOB.replace(Some(job)));
        work.as_mut().poll(context)
    })
    .await
}

/// Puts back what was there before, also where a poll panics.
struct Restored(Option<JobId>);

impl Drop for Restored {
    fn drop(&mut self) {
        JOB.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    /// Answers after it was asked so many times, with the job of each.
    async fn asked(times: usize) -> Vec<Option<JobId>> {
        let mut seen = Vec::new();
        poll_fn(move |_| {
            seen.push(acting_job());
            if seen.len() == times { Poll::Ready(std::mem::take(&mut seen)) } else { Poll::Pending }
        })
        .await
    }

    #[test]
    fn each_task_of_a_thread_sees_its_own_job() {
        let mut context = Context::from_waker(Waker::noop());
        let mut one = Box::pin(acting_for(JobId(1), asked(2)));
        let mut two = Box::pin(acting_for(JobId(2), asked(2)));
        assert!(one.as_mut().poll(&mut context).is_pending());
        assert!(two.as_mut().poll(&mut context).is_pending());
        assert_eq!(acting_job(), None);
        assert_eq!(one.as_mut().poll(&mut context), Poll::Ready(vec![Some(JobId(1)); 2]));
        assert_eq!(two.as_mut().poll(&mut context), Poll::Ready(vec![Some(JobId(2)); 2]));
    }

    #[test]
    fn an_inner_job_ends_with_itself_and_a_panic_leaves_none() {
        let mut context = Context::from_waker(Waker::noop());
        let nested = async {
            let inner = acting_for(JobId(2), asked(1)).await;
            (inner, acting_job())
        };
        let mut nested = Box::pin(acting_for(JobId(1), nested));
        assert_eq!(nested.as_mut().poll(&mut context), Poll::Ready((vec![Some(JobId(2))], Some(JobId(1)))));
        let shared = Arc::new(());
        let panics = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let held = Arc::clone(&shared);
            let mut fails = Box::pin(acting_for(JobId(3), async move {
                assert_eq!(Arc::strong_count(&held), 0, "it fails");
            }));
            fails.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready()
        }));
        assert!(panics.is_err());
        assert_eq!(acting_job(), None);
    }
}
