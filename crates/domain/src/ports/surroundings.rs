use super::StoreError;
use crate::{Ground, MatchId, NewsFilter, NewsItem, TeamId, TeamRating, Weather};
use async_trait::async_trait;

/// Reading what surrounds matches: weather, grounds, ratings of clubs and news.
#[async_trait]
pub trait SurroundingsReader: Send + Sync {
    /// All weather by match, then time known.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_weather(&self) -> Result<Vec<(MatchId, Weather)>, StoreError>;

    /// The weather of some matches, by match, then time known.
    ///
    /// # Errors
    /// The store is not available.
    async fn weather_of(&self, matches: &[MatchId]) -> Result<Vec<(MatchId, Weather)>, StoreError>;

    /// All grounds by country, team and day, with the team that the name stands for now; none where it stands for none, or
    /// for several.
    ///
    /// # Errors
    /// The store is not available.
    async fn grounds(&self) -> Result<Vec<(Ground, Option<TeamId>)>, StoreError>;

    /// All ratings of clubs by source, country, club and day.
    ///
    /// # Errors
    /// The store is not available.
    async fn all_ratings(&self) -> Result<Vec<TeamRating>, StoreError>;

    /// The ratings of clubs that are called as a team is, now or by any source, in its country; the latest day first, at
    /// most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn ratings_of(&self, team: TeamId, limit: u32) -> Result<Vec<TeamRating>, StoreError>;

    /// News that pass a filter, the latest known first, at most `limit`.
    ///
    /// # Errors
    /// The store is not available.
    async fn news(&self, filter: &NewsFilter, limit: u32) -> Result<Vec<NewsItem>, StoreError>;
}

/// Writing what surrounds matches. Weather is written with the facts of its match.
#[async_trait]
pub trait SurroundingsWriter: Send + Sync {
    /// Keeps grounds, each in the place of one of the same team and day; gives how many are different now.
    ///
    /// # Errors
    /// The store is not available, a ground cannot be, or its team is not held (then nothing is applied).
    async fn put_grounds(&self, grounds: &[Ground]) -> Result<u64, StoreError>;

    /// Adds ratings; one that says the same of the same days is left as it is. Gives how many were added.
    ///
    /// # Errors
    /// The store is not available, or a rating cannot be (then nothing is applied).
    async fn add_ratings(&self, ratings: &[TeamRating]) -> Result<u64, StoreError>;

    /// Adds news; an item of the same source and identifier is left as it is. Gives how many were added.
    ///
    /// # Errors
    /// The store is not available, or an item cannot be (then nothing is applied).
    async fn add_news(&self, news: &[NewsItem]) -> Result<u64, StoreError>;
}
