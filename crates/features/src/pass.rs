//! The chronological pass: one walk through all matches in which every fixture is snapshot before any result
//! that was not known at that time is observed.
//!
//! Matches fall into groups that share no team and no league; each group has an [`Engine`] of its own and groups
//! run on several threads. The result does not depend on the number of threads.

use crate::engine::Engine;
use crate::history::History;
use crate::matrix::FeatureMatrix;
use crate::settings::Settings;
use crate::time::Seconds;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// From which results features are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Knowledge {
    /// A fixture sees only results known this long before its kick-off: features as they stand when forecasting
    /// that far ahead.
    pub lag: Seconds,
    /// A fixture sees only results known at this time, however much later it kicks off.
    pub as_of: Option<Seconds>,
}

impl Knowledge {
    /// Everything known at kick-off.
    pub const AT_KICKOFF: Self = Self { lag: 0, as_of: None };

    /// The time up to which results are seen for a kick-off.
    pub fn horizon(&self, kickoff: Seconds) -> Seconds {
        let before = kickoff - self.lag;
        self.as_of.map_or(before, |as_of| as_of.min(before))
    }
}

/// Features of the matches at `positions` of a history (ascending), in that order.
///
/// ```
/// use touchline_features::{History, Knowledge, Settings, compute};
///
/// let history = History::new(&[], &[], &[]);
/// let matrix = compute(&history, &[], Knowledge::AT_KICKOFF, &Settings::FRESH, 1);
/// assert_eq!(matrix.rows(), 0);
/// assert!(matrix.names().iter().any(|name| name == "home_expected_goals"));
/// ```
pub fn compute(
    history: &History,
    positions: &[u32],
    knowledge: Knowledge,
    settings: &Settings,
    threads: usize,
) -> FeatureMatrix {
    let definitions = Engine::new(settings).definitions();
    let row_of = rows_by_position(history, positions);
    let groups = wanted_groups(history, |p| row_of[p as usize].is_some());
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Block>> = Mutex::new(Vec::with_capacity(groups.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, groups.len().max(1)) {
            scope.spawn(|| {
                while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let block = walk(history, group, &row_of, knowledge, settings);
                    done.lock().expect("a walk that panics ends the scope").push(block);
                }
            });
        }
    });
    let blocks = done.into_inner().expect("all walks have ended");
    let ids = positions.iter().map(|p| history.ids()[*p as usize]).collect();
    let rows = blocks.iter().map(|b| (b.rows.as_slice(), b.values.as_slice()));
    FeatureMatrix::assemble(definitions, ids, rows, threads)
}

/// Rows of one group, row-major.
struct Block {
    rows: Vec<u32>,
    values: Vec<f32>,
}

/// The row of each match of the history that is wanted.
fn rows_by_position(history: &History, positions: &[u32]) -> Vec<Option<u32>> {
    let mut row_of = vec![None; history.len()];
    for (row, position) in positions.iter().enumerate() {
        row_of[*position as usize] = Some(row as u32);
    }
    row_of
}

/// Groups with a wanted match, the largest first so that threads end together.
pub(crate) fn wanted_groups(history: &History, wanted: impl Fn(u32) -> bool) -> Vec<Vec<u32>> {
    let mut groups = history.components();
    groups.retain(|positions| positions.iter().any(|p| wanted(*p)));
    groups.sort_by_key(|positions| std::cmp::Reverse(positions.len()));
    groups
}

/// What comes next in a walk.
pub(crate) enum Step {
    /// The result at this position becomes known, as it was held at this time.
    Result(u32, Seconds),
    /// A result that became known before is another one: all that are known come once more.
    Restart,
    /// The match at this position is asked for, as of this time.
    Asked(u32, Seconds),
}

/// The walk through a group: before each match that is wanted come the results that it may see, as they were held then.
/// Where one of them was corrected since the match before, the walk starts anew.
pub(crate) fn steps(
    history: &History,
    positions: &[u32],
    wanted: impl Fn(u32) -> bool,
    knowledge: Knowledge,
) -> impl Iterator<Item = Step> {
    let results = history.results_ever(positions.iter().copied());
    let mut asked = positions.iter().copied().filter(move |p| wanted(*p)).peekable();
    let revised = history.revisions().times(positions);
    let (mut next, mut revision) = (0_usize, 0_usize);
    std::iter::from_fn(move || {
        let position = *asked.peek()?;
        let horizon = knowledge.horizon(history.kickoffs()[position as usize]);
        let known = |p: u32| history.known_at(p as usize);
        let last = next.checked_sub(1).map(|last| known(results[last]));
        let mut is_stale = false;
        while let Some((_, of)) = revised.get(revision).filter(|(time, _)| *time <= horizon) {
            is_stale |= last.is_some_and(|last| known(*of) <= last);
            revision += 1;
        }
        if is_stale {
            next = 0;
            return Some(Step::Restart);
        }
        if let Some(result) = results.get(next).copied().filter(|r| known(*r) <= horizon) {
            next += 1;
            return Some(Step::Result(result, horizon));
        }
        asked.next();
        Some(Step::Asked(position, horizon))
    })
}

fn walk(
    history: &History,
    positions: &[u32],
    row_of: &[Option<u32>],
    knowledge: Knowledge,
    settings: &Settings,
) -> Block {
    let mut engine = Engine::new(settings);
    let width = engine.width();
    let wanted = positions.iter().filter(|p| row_of[**p as usize].is_some()).count();
    let mut block = Block { rows: Vec::with_capacity(wanted), values: vec![0.0; wanted * width] };
    for step in steps(history, positions, |p| row_of[p as usize].is_some(), knowledge) {
        match step {
            Step::Result(position, time) => {
                if let Some(played) = history.played_at(position as usize, time) {
                    engine.observe(&played);
                }
            }
            Step::Restart => engine = Engine::new(settings),
            Step::Asked(position, horizon) => {
                let position = position as usize;
                let start = block.rows.len() * width;
                let context = history.context(position, horizon);
                engine.snapshot(
                    &history.fixtures()[position],
                    &context,
                    &mut block.values[start..start + width],
                );
                block.rows.extend(row_of[position]);
            }
        }
    }
    block
}
