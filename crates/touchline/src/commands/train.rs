use super::Ending;
use crate::cli::Train;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::Result;
use chrono::NaiveTime;
use touchline_app::model::{ForecastModel, Recipe};
use touchline_app::train::{Training, train};

/// `touchline train`.
pub async fn run(session: &Session, arguments: &Train) -> Result<Ending> {
    let store = session.store().await?;
    let training = Training {
        data_dir: session.data_dir(),
        until: arguments.until.map(|date| date.and_time(NaiveTime::MIN).and_utc()),
        recipe: Recipe { market: arguments.odds.into(), ..session.recipe() },
    };
    let model = train(store.as_ref(), &training, session.clock.as_ref(), &session.progress).await?;
    if session.json {
        output::json(&model.manifest)?;
    } else {
        print(&model);
    }
    Ok(Ending::Done)
}

/// Prints what was trained, with its scores and their sample.
pub fn print(model: &ForecastModel) {
    let m = &model.manifest;
    let simulated = if m.simulated { ", on SIMULATED matches" } else { "" };
    output::line(format!("model {} {} trained and active{simulated}", m.name, m.version));
    for v in &m.variants {
        let text = format!(
            "{:5}  {} features, {} matches, temperature {:.3}",
            v.horizon.name(),
            v.features.len(),
            count(v.rows as u64),
            v.temperature
        );
        output::line(match &v.holdout {
            None => format!("{text}; too few matches to hold some out"),
            Some(h) => format!(
                "{text}; held out {} to {}: RPS {}, log loss {:.4}, accuracy {:.3}, calibration error {:.4}",
                h.from.date_naive(),
                h.to.date_naive(),
                h.scores.rps,
                h.scores.log_loss.value,
                h.scores.accuracy.value,
                h.calibration_error
            ),
        });
    }
}
