//! A filter by itself, walked through a history: how good its forecasts are with some parameters. Fitting these asks a
//! thousand times, so what the walk needs of each match is read once.

use crate::families::earlier::{EarlierConfig, Reader, Said};
use crate::history::{Fixture, History};
use crate::pass::{Knowledge, Step, steps, wanted_groups};
use crate::time::Seconds;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use touchline_domain::{Outcome, Score};
use touchline_models::dynamic::{GoalFilter, outcome_probabilities};
use touchline_models::metrics::LOG_FLOOR;

/// What a filter learns from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterKind {
    /// Goals.
    Goals,
    /// Goals that the last prices of a match implied, blended with what happened in it.
    EarlierPrices,
}

impl FilterKind {
    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Goals => "strength-filter",
            Self::EarlierPrices => "earlier-prices",
        }
    }
}

/// What a walk meets, in order.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// A result was corrected: all come once more.
    Restart,
    Result(Fixture, Said),
    Forecast(Fixture, Outcome),
}

/// All results of a history and the matches of a period that are forecast, ready to be walked through again and again.
#[derive(Debug, Clone)]
pub struct Replay {
    /// One list per group of matches that share no team, largest first.
    groups: Vec<Vec<Event>>,
    matches: usize,
}

impl Replay {
    /// The matches that kick off within `period` are forecast, from what `knowledge` allows. Of a filter that learns from
    /// prices only leagues are judged in which a match was priced before.
    pub fn new(history: &History, kind: FilterKind, period: Range<Seconds>, knowledge: Knowledge) -> Self {
        let wanted =
            |p: u32| period.contains(&history.kickoffs()[p as usize]) && history.goals(p as usize).is_some();
        let groups: Vec<_> = wanted_groups(history, wanted)
            .iter()
            .map(|positions| events(history, positions, kind, wanted, knowledge))
            .collect();
        let forecasts = groups.iter().flatten().filter(|event| matches!(event, Event::Forecast(..)));
        Self { matches: forecasts.count(), groups }
    }

    /// How many matches are forecast.
    pub fn matches(&self) -> usize {
        self.matches
    }

    /// Mean log loss of the forecasts of a filter with these parameters, in nats; does not depend on the number of threads.
    /// NaN where no match is forecast.
    pub fn log_loss(&self, config: &EarlierConfig, threads: usize) -> f64 {
        let next = AtomicUsize::new(0);
        let losses = Mutex::new(vec![0.0; self.groups.len()]);
        std::thread::scope(|scope| {
            for _ in 0..threads.clamp(1, self.groups.len().max(1)) {
                scope.spawn(|| {
                    loop {
                        let group = next.fetch_add(1, Ordering::Relaxed);
                        let Some(events) = self.groups.get(group) else { break };
                        let loss = loss(events, config);
                        losses.lock().expect("a walk that panics ends the scope")[group] = loss;
                    }
                });
            }
        });
        losses.into_inner().expect("all walks have ended").iter().sum::<f64>() / self.matches as f64
    }
}

fn events(
    history: &History,
    positions: &[u32],
    kind: FilterKind,
    wanted: impl Fn(u32) -> bool,
    knowledge: Knowledge,
) -> Vec<Event> {
    let mut reader = Reader::default();
    let mut priced = vec![kind == FilterKind::Goals; history.leagues().len()];
    let mut events = Vec::new();
    for step in steps(history, positions, wanted, knowledge) {
        match step {
            Step::Restart => {
                reader = Reader::default();
                events.push(Event::Restart);
            }
            Step::Result(position, time) => {
                let Some(played) = history.played_at(position as usize, time) else { continue };
                let said = match kind {
                    FilterKind::Goals => Said { implied: None, happened: played.goals.map(f64::from) },
                    FilterKind::EarlierPrices => reader.read(&played),
                };
                priced[played.fixture.league as usize] |= said.implied.is_some();
                events.push(Event::Result(played.fixture, said));
            }
            Step::Asked(position, _) => {
                let fixture = history.fixtures()[position as usize];
                if let Some([home, away]) = history.goals(position as usize)
                    && priced[fixture.league as usize]
                {
                    events.push(Event::Forecast(fixture, Outcome::of(Score { home, away })));
                }
            }
        }
    }
    events
}

/// Sum of the log losses of a group's forecasts.
fn loss(events: &[Event], config: &EarlierConfig) -> f64 {
    let mut filter = GoalFilter::new(config.filter);
    let mut sum = 0.0;
    for event in events {
        match event {
            Event::Restart => filter = GoalFilter::new(config.filter),
            Event::Result(fixture, said) => config.observe(&mut filter, fixture, said),
            Event::Forecast(fixture, outcome) => {
                let goals = filter.expect(fixture.pairing(), fixture.occasion()).goals();
                let forecast = outcome_probabilities(goals, config.filter.rho);
                sum -= forecast[outcome.index()].max(LOG_FLOOR).ln();
            }
        }
    }
    sum
}
