//! Facts of clubs beside their matches: ratings and news. Both are kept by the names that their source writes; a news item
//! gets the team that its heading names, where it names one team that is held.

use chrono::{DateTime, Utc};
use std::collections::HashSet;
use touchline_collect::names::fold;
use touchline_collect::{SourceNews, SourceRating};
use touchline_domain::ports::{StoreError, SurroundingsWriter, TeamReader};
use touchline_domain::{NATIONAL_TEAMS, NewsItem, Team, TeamRating};

use super::facts::FactCounts;

/// A name of fewer letters is too often another word.
const SHORTEST: usize = 4;

/// Stores ratings and news of a document that came at a time.
pub(super) async fn store<S>(
    store: &S,
    source: &str,
    ratings: Vec<SourceRating>,
    news: Vec<SourceNews>,
    collected_at: DateTime<Utc>,
) -> Result<FactCounts, StoreError>
where
    S: TeamReader + SurroundingsWriter + ?Sized,
{
    let all = (ratings.len() + news.len()) as u64;
    let mut new = 0;
    if !ratings.is_empty() {
        let ratings: Vec<TeamRating> = ratings.into_iter().map(|r| rating(source, r, collected_at)).collect();
        new += store.add_ratings(&ratings).await?;
    }
    if !news.is_empty() {
        let teams = store.teams().await?;
        let names = names(&teams);
        let news: Vec<NewsItem> = news.into_iter().map(|n| item(source, n, &names, collected_at)).collect();
        new += store.add_news(&news).await?;
    }
    Ok(FactCounts { new_facts: new, unchanged_facts: all.saturating_sub(new) })
}

fn rating(source: &str, rating: SourceRating, known_at: DateTime<Utc>) -> TeamRating {
    let SourceRating { line: _, country, team, level, rating, from, to } = rating;
    TeamRating { source: source.into(), country, team, level, rating, from, to, known_at }
}

/// Each team with its name as words, without those whose name several teams have.
fn names(teams: &[Team]) -> Vec<(String, &Team)> {
    let mut seen = HashSet::new();
    let mut twice = HashSet::new();
    let clubs = teams.iter().filter(|team| team.country != NATIONAL_TEAMS);
    let named: Vec<_> = clubs
        .map(|team| (format!(" {} ", fold(&team.name)), team))
        .filter(|(name, _)| name.len() >= SHORTEST + 2)
        .inspect(|(name, _)| {
            if !seen.insert(name.clone()) {
                twice.insert(name.clone());
            }
        })
        .collect();
    named.into_iter().filter(|(name, _)| !twice.contains(name)).collect()
}

fn item(source: &str, news: SourceNews, names: &[(String, &Team)], known_at: DateTime<Utc>) -> NewsItem {
    // "Alder's keeper" names Alder.
    let title = news.title.replace("'s ", " ").replace("’s ", " ");
    let title = format!(" {} ", fold(&title));
    let mut named: Vec<&(String, &Team)> =
        names.iter().filter(|(name, _)| title.contains(name.as_str())).collect();
    // "Manchester United" names that team, and not one that is called "United".
    let all = named.clone();
    named.retain(|(name, _)| {
        !all.iter().any(|(other, _)| other.len() > name.len() && other.contains(name.as_str()))
    });
    let team = match named[..] {
        [(_, team)] => Some(*team),
        _ => None,
    };
    NewsItem {
        source: source.into(),
        id: news.id,
        kind: news.kind,
        title: news.title,
        link: news.link,
        country: team.map(|team| team.country.clone()),
        team: team.map(|team| team.name.clone()),
        importance: news.importance,
        sentiment: news.sentiment,
        published_at: news.published_at,
        known_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use touchline_domain::{NewsKind, TeamId};

    #[test]
    fn a_heading_that_names_one_team_is_about_it() {
        let team =
            |id, name: &str| Team { id: TeamId(id), name: name.to_owned(), country: "England".to_owned() };
        let teams = [
            team(1, "Alder United"),
            team(2, "United"),
            team(3, "Birch"),
            team(4, "Fir"),
            team(5, "Cedar"),
            Team { country: "Wales".to_owned(), ..team(6, "Cedar") },
        ];
        let names = names(&teams);
        let of = |title: &str| {
            let news = SourceNews {
                line: 1,
                id: "1".to_owned(),
                kind: NewsKind::Transfers,
                title: title.to_owned(),
                link: None,
                importance: 0.5,
                sentiment: 0.0,
                published_at: None,
            };
            item("news", news, &names, DateTime::UNIX_EPOCH).team
        };
        assert_eq!(of("Alder United sign a keeper").as_deref(), Some("Alder United"));
        assert_eq!(of("United's keeper is injured").as_deref(), Some("United"));
        assert_eq!(of("Keeper of Birch is injured").as_deref(), Some("Birch"));
        assert_eq!(of("Birch sell to Alder United"), None, "two teams");
        assert_eq!(of("Fir trees and Birching"), None, "too short, and another word");
        assert_eq!(of("Cedar lose their coach"), None, "two countries have one");
    }
}
