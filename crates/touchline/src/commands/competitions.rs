use super::Ending;
use crate::cli::Competitions;
use crate::config::Role;
use crate::output::{self, count};
use crate::wiring::Session;
use anyhow::{Context, Result, bail};
use std::path::Path;
use touchline_domain::ports::Store;
use touchline_domain::{PlayOffRules, Season};
use touchline_intake::season_rules;

/// More than any table of rules needs.
const LARGEST: u64 = 1 << 20;

/// `touchline competitions`.
pub async fn run(session: &Session, command: &Competitions) -> Result<Ending> {
    let role = match command {
        Competitions::Import { .. } => Role::Writer,
        Competitions::Show { .. } => Role::Reader,
    };
    let store = session.store(role).await?;
    match command {
        Competitions::Import { file } => import(session, store.as_ref(), file).await,
        Competitions::Show { league, season } => {
            show(session, store.as_ref(), league.as_deref(), *season).await
        }
    }
}

async fn import(session: &Session, store: &dyn Store, file: &Path) -> Result<Ending> {
    let size = std::fs::metadata(file).with_context(|| format!("cannot read {}", file.display()))?.len();
    if size > LARGEST {
        bail!("{} has {size} bytes; a file of rules has at most {LARGEST}", file.display());
    }
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let imported = season_rules::import(store, &text)
        .await
        .with_context(|| format!("{} is not taken; see docs/guides/competitions.md", file.display()))?;
    if session.json {
        output::json(&imported)?;
    } else {
        output::line(format!(
            "{} seasons read, {} changed",
            count(imported.seasons),
            count(imported.changed)
        ));
    }
    Ok(Ending::Done)
}

async fn show(
    session: &Session,
    store: &dyn Store,
    league: Option<&str>,
    season: Option<Season>,
) -> Result<Ending> {
    let mut rules = store.season_rules().await?;
    rules.retain(|r| league.is_none_or(|l| l == r.league) && season.is_none_or(|s| s == r.season));
    if session.json {
        output::json(&rules)?;
        return Ok(Ending::Done);
    }
    let mut rows = Vec::new();
    for r in &rules {
        let mut row = |what: String, from: String| {
            rows.push(vec![r.league.clone(), r.season.to_string(), what, from]);
        };
        for d in &r.deductions {
            let reason = if d.reason.is_empty() { String::new() } else { format!(" ({})", d.reason) };
            row(format!("{}: {} points{reason}", d.team, -d.points), d.from.to_string());
        }
        if let Some(split) = &r.split {
            let groups: Vec<String> = split.groups.iter().map(u8::to_string).collect();
            let halves = if split.halve_points { ", points halved" } else { "" };
            let rounds = if split.rounds == 1 { String::new() } else { format!(", {} rounds", split.rounds) };
            row(
                format!("split into groups of {}{halves}{rounds}", groups.join(", ")),
                format!("{} matches", split.after),
            );
        }
        for p in &r.play_offs {
            row(format!("{}: {}", p.name, play_off(p)), "the final table".to_owned());
        }
        if let Some(from) = r.play_offs_from {
            row("play-offs, in no table".to_owned(), from.to_string());
        }
    }
    output::table(&["league", "season", "rule", "from"], &rows);
    Ok(Ending::Done)
}

/// A play-off in a few words.
fn play_off(rules: &PlayOffRules) -> String {
    let matches = |n: u8| if n == 1 { "one match".to_owned() } else { format!("{n} matches") };
    let ground = if rules.neutral_final { " on neutral ground" } else { "" };
    let decides = if rules.decides_places { "; it decides their places" } else { "" };
    format!(
        "play-off of places {} to {}, ties of {}, the last of {}{ground}{decides}",
        rules.places[0],
        rules.places[1],
        matches(rules.legs),
        matches(rules.matches_of_last_tie())
    )
}
