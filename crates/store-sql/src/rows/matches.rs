//! Matches, statistics and quotes.

use super::{Rows, Texts, each};
use crate::error::corrupt;
use crate::row::Read;
use touchline_domain::ports::{RecordedQuote, StoreError, StoredQuote};
use touchline_domain::{
    DecimalOdds, Kickoff, LeagueId, Match, MatchId, MatchSetting, MatchStats, NewMatch, OddsQuote, Score,
    SideStats, TeamId,
};

/// A line that is none; see the schemas.
pub const NO_LINE: i16 = i16::MIN;

/// All 26 columns of `matches`.
pub fn a_match(row: &impl Read) -> Result<Match, StoreError> {
    Ok(Match {
        id: MatchId(row.value(0)?),
        details: NewMatch {
            league: LeagueId(row.value(1)?),
            season: row.parsed(2)?,
            home: TeamId(row.value(3)?),
            away: TeamId(row.value(4)?),
            leg: row.number(5)?,
            kickoff: Kickoff { at: row.time(6)?, precision: row.parsed(7)? },
            status: row.parsed(8)?,
            score: score(row, 9)?,
            half_time: score(row, 11)?,
            referee: row.value(13)?,
            attendance: row.optional_number(14)?,
            source: row.value(15)?,
            external_id: row.value(16)?,
            setting: setting(row)?,
        },
    })
}

/// What a match has beyond one of a league, in the last nine columns of `matches`.
fn setting(row: &impl Read) -> Result<MatchSetting, StoreError> {
    Ok(MatchSetting {
        neutral_ground: row.value(17)?,
        stage: row.value(18)?,
        round: row.value(19)?,
        group: row.value(20)?,
        tie_leg: row.optional_number(21)?,
        after_extra_time: score(row, 22)?,
        shootout: score(row, 24)?,
    })
}

/// Goals of home and away in two columns; no score where either is absent.
pub fn score(row: &impl Read, first: usize) -> Result<Option<Score>, StoreError> {
    let (Some(home), Some(away)) = (row.whole(first)?, row.whole(first + 1)?) else { return Ok(None) };
    Score::new(home, away).map(Some).map_err(corrupt)
}

/// Statistics by match.
pub async fn stats<R: Read>(rows: impl Rows<R>) -> Result<Vec<(MatchId, MatchStats)>, StoreError> {
    each(rows, stats_of_match).await
}

/// A match and what was counted in it: of home and away in turns.
pub fn stats_of_match(row: &impl Read) -> Result<(MatchId, MatchStats), StoreError> {
    Ok((MatchId(row.value(0)?), MatchStats { home: side(row, 1)?, away: side(row, 2)? }))
}

/// Statistics of one side: home and away columns alternate from `first`.
fn side(row: &impl Read, first: usize) -> Result<SideStats, StoreError> {
    let column = |i: usize| first + 2 * i;
    Ok(SideStats {
        shots: row.optional_number(column(0))?,
        shots_on_target: row.optional_number(column(1))?,
        woodwork: row.optional_number(column(2))?,
        corners: row.optional_number(column(3))?,
        fouls: row.optional_number(column(4))?,
        offsides: row.optional_number(column(5))?,
        yellow_cards: row.optional_number(column(6))?,
        red_cards: row.optional_number(column(7))?,
        expected_goals: row.value(column(8))?,
        possession: row.value(column(9))?,
    })
}

/// Quotes by match.
pub async fn quotes<R: Read>(rows: impl Rows<R>) -> Result<Vec<StoredQuote>, StoreError> {
    let mut bookmakers = Texts::default();
    each(rows, |row| a_quote(row, &mut bookmakers)).await
}

/// Quotes with the time when each was recorded, in the column behind theirs.
pub async fn recorded_quotes<R: Read>(rows: impl Rows<R>) -> Result<Vec<RecordedQuote>, StoreError> {
    let mut bookmakers = Texts::default();
    let recorded = |row: &R| {
        let StoredQuote { match_id, quote } = a_quote(row, &mut bookmakers)?;
        Ok(RecordedQuote { match_id, quote, recorded_at: row.time(10)? })
    };
    each(rows, recorded).await
}

/// Match, market, bookmaker, line, phase, time, whether the time is imputed, and three prices.
pub fn a_quote(row: &impl Read, bookmakers: &mut Texts) -> Result<StoredQuote, StoreError> {
    Ok(StoredQuote {
        match_id: MatchId(row.value(0)?),
        quote: OddsQuote {
            market: row.parsed(1)?,
            bookmaker: bookmakers.shared(row.value(2)?),
            line_quarters: line(row, 3)?,
            phase: row.parsed(4)?,
            known_at: row.time(5)?,
            known_at_imputed: row.value(6)?,
            prices: prices(row, 7)?,
        },
    })
}

/// A line in quarters, where there is one.
pub fn line(row: &impl Read, column: usize) -> Result<Option<i16>, StoreError> {
    Ok(Some(row.number(column)?).filter(|line| *line != NO_LINE))
}

/// Three columns of thousandths.
pub(super) fn prices(row: &impl Read, first: usize) -> Result<[Option<DecimalOdds>; 3], StoreError> {
    let price = |column| -> Result<Option<DecimalOdds>, StoreError> {
        let thousandths: Option<u32> = row.optional_number(column)?;
        thousandths.map(|n| DecimalOdds::new(f64::from(n) / 1000.0).map_err(corrupt)).transpose()
    };
    Ok([price(first)?, price(first + 1)?, price(first + 2)?])
}
