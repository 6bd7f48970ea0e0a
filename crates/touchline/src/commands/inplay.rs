use super::Ending;
use super::predict::answering_model;
use crate::cli::InPlay;
use crate::config::Role;
use crate::output;
use crate::wiring::Session;
use anyhow::Result;
use touchline_domain::{MatchId, Score};
use touchline_forecasting::in_play::{InPlayReport, in_play, with_red_cards};
use touchline_forecasting::to_come::known_until;
use touchline_models::inplay::MatchState;

/// `touchline inplay`.
pub async fn run(session: &Session, arguments: &InPlay) -> Result<Ending> {
    let store = session.store(Role::Reader).await?;
    let of = store.get_match(MatchId(arguments.id)).await?;
    let now = session.clock.now();
    let as_of = of.map_or(now, |of| known_until(of.kickoff, now.min(of.kickoff.at)));
    let (model, view) = answering_model(session, &store, as_of).await?;
    let (home, away) = arguments.score;
    let state = MatchState {
        clock: arguments.minute,
        score: Score { home, away },
        announced_added_time: arguments.added.map(f64::from),
        ..MatchState::kick_off()
    };
    let state = with_red_cards(state, &arguments.red);
    let clock = session.clock.as_ref();
    let report = in_play(store.as_ref(), model, view, MatchId(arguments.id), state, clock).await?;
    if session.json {
        output::json(&report)?;
    } else {
        print(&report);
    }
    Ok(Ending::Done)
}

fn print(report: &InPlayReport) {
    let percent = |p: f64| format!("{:.1}%", 100.0 * p);
    let [before, now] =
        [report.before.forecast, report.markets.one_x_two].map(|f| f.as_array().map(percent).to_vec());
    let row = |name: &str, values: Vec<String>| [vec![name.to_owned()], values].concat();
    output::line(format!(
        "{} {}-{} {}",
        report.home, report.state.score.home, report.state.score.away, report.away
    ));
    output::table(
        &["", "home", "draw", "away"],
        &[
            row("before kick-off", before),
            row("now", now),
            row(
                "next goal",
                [report.next_goal.home, report.next_goal.none, report.next_goal.away].map(percent).to_vec(),
            ),
        ],
    );
    let [home, away] = report.remaining_goals;
    output::line(format!("expected goals in the time left: {home:.2}-{away:.2}"));
    let totals: Vec<Vec<String>> = report
        .markets
        .totals
        .iter()
        .filter(|t| t.over > 5e-4 && t.under > 5e-4)
        .map(|t| vec![format!("total {}", t.line), percent(t.over), percent(t.under)])
        .collect();
    output::table(&["", "over", "under"], &totals);
    let scores = report.markets.top_scores.iter().take(5);
    let scores: Vec<String> =
        scores.map(|s| format!("{}-{} {}", s.home, s.away, percent(s.probability))).collect();
    output::line(format!("likeliest final scores: {}", scores.join(", ")));
    let origin = if report.before.sealed { "sealed" } else { "made now from what was known" };
    output::line(format!(
        "from the forecast by {} {}, {origin} as of {}",
        report.before.model_name,
        report.before.model_version,
        report.before.as_of.format("%Y-%m-%d %H:%M UTC")
    ));
}
