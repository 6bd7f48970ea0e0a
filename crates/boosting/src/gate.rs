//! LightGBM keeps its number of threads in a process-wide variable: trainings that want another number wait.

use std::sync::{Condvar, Mutex, PoisonError};

#[derive(Default)]
struct Running {
    threads: usize,
    trainings: usize,
}

static RUNNING: Mutex<Running> = Mutex::new(Running { threads: 0, trainings: 0 });
static FINISHED: Condvar = Condvar::new();

/// Held during a training; those with the same number of threads run at the same time.
pub(crate) struct Pass(());

/// Waits until no training with another number of threads runs.
pub(crate) fn enter(threads: usize) -> Pass {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    while running.trainings > 0 && running.threads != threads {
        running = FINISHED.wait(running).unwrap_or_else(PoisonError::into_inner);
    }
    running.threads = threads;
    running.trainings += 1;
    Pass(())
}

impl Drop for Pass {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(PoisonError::into_inner).trainings -= 1;
        FINISHED.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    #[test]
    fn trainings_with_different_thread_counts_never_overlap() {
        let inside = [AtomicUsize::new(0), AtomicUsize::new(0)];
        thread::scope(|scope| {
            for worker in 0..8_usize {
                let inside = &inside;
                scope.spawn(move || {
                    for _ in 0..200 {
                        // Numbers that no training asks for: other tests of this process train at the same time.
                        let _pass = super::enter(1001 + worker % 2);
                        inside[worker % 2].fetch_add(1, Ordering::SeqCst);
                        assert_eq!(inside[1 - worker % 2].load(Ordering::SeqCst), 0);
                        inside[worker % 2].fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
    }
}
