//! The digest of everything in silver.

use crate::events::{all_events, all_in_play};
use crate::matches::{all_matches, all_quotes, all_stats};
use crate::roster::{all_aliases, all_leagues, all_teams};
use crate::squads::{all_injuries, all_lineups};
use crate::{Connection, PostgresStore, season_rules, surroundings};
use touchline_domain::ports::{SilverContent, SilverWalk, StoreError};

pub(crate) async fn hash(connection: &mut Connection) -> Result<String, StoreError> {
    let mut content = SilverContent::new(
        |bytes| *blake3::hash(bytes).as_bytes(),
        all_leagues(connection).await?,
        all_teams(connection).await?,
        all_aliases(connection).await?,
    )?;
    content.rules(&season_rules::all::<PostgresStore>(connection).await?)?;
    content.grounds(&surroundings::every_ground::<PostgresStore>(connection).await?);
    let ratings = surroundings::every_rating::<PostgresStore>(connection).await?;
    content.club_facts(&ratings, &surroundings::every_news::<PostgresStore>(connection).await?);
    let mut walk = SilverWalk::new(content, all_matches(connection).await?, all_stats(connection).await?)
        .with_squads(all_lineups(connection).await?, all_injuries(connection).await?)
        .with_events(all_events(connection).await?, all_in_play(connection).await?)
        .with_weather(surroundings::every_weather::<PostgresStore>(connection).await?);
    all_quotes(connection, |quote| walk.quote(quote)).await?;
    walk.finish()
}
