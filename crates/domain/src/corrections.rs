//! Values of matches that were corrected: what was held before, what is held now, and since when.
//!
//! A match holds one value of each field. Where a source changes its word about a match that was played, the value that
//! is replaced is kept here with the time, so that what was known at any time can be told afterwards. A newer word that
//! was not taken waits as a [`MatchClaim`](crate::MatchClaim) of its source.

use crate::{ClaimField, DocumentId, Kickoff, KickoffPrecision, MatchId, MatchStats, NewMatch, Score};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// When a source said something: the time of its document, and between documents of one time their number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// When the document first came.
    pub at: DateTime<Utc>,
    /// The document; none where a person said it.
    pub document: Option<DocumentId>,
}

/// What became of another value of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionVerdict {
    /// It replaced the value that was held.
    Taken,
    /// A person decided that the value that was held stays.
    Kept,
}

impl CorrectionVerdict {
    /// The name in data and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Kept => "kept",
        }
    }
}

impl FromStr for CorrectionVerdict {
    type Err = String;
    fn from_str(name: &str) -> Result<Self, String> {
        let found = [Self::Taken, Self::Kept].into_iter().find(|verdict| verdict.name() == name);
        found.ok_or_else(|| format!("{name:?} is neither \"taken\" nor \"kept\""))
    }
}

/// A value of a match that met another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The match.
    pub match_id: MatchId,
    /// The field.
    pub field: ClaimField,
    /// The source of the other value.
    pub source: String,
    /// The value that was held, as text as in [`MatchClaim`](crate::MatchClaim); none where there was none.
    pub old: Option<String>,
    /// The other value; none where the source withdrew the one that was held.
    pub new: Option<String>,
    /// When the source said it.
    pub said: Said,
    /// Since when it is held, or when it was decided that it is not.
    pub known_at: DateTime<Utc>,
    /// What became of it.
    pub verdict: CorrectionVerdict,
    /// Who decided: a person, or the name of the rule.
    pub by: String,
}

impl ClaimField {
    /// The value of a match as text; none where it has none. Statistics are not part of a match's row, see
    /// [`statistics_text`].
    pub fn text_of(self, m: &NewMatch) -> Option<String> {
        match self {
            Self::Kickoff => Some(kickoff_text(m.kickoff)),
            Self::Score => m.score.map(|score| score.to_string()),
            Self::HalfTime => m.half_time.map(|score| score.to_string()),
            Self::Status => Some(m.status.name().to_owned()),
            Self::Referee => m.referee.clone(),
            Self::Attendance => m.attendance.map(|n| n.to_string()),
            Self::NeutralGround => m.setting.neutral_ground.then(|| "true".to_owned()),
            Self::Stage => m.setting.stage.clone(),
            Self::Round => m.setting.round.clone(),
            Self::Group => m.setting.group.clone(),
            Self::TieLeg => m.setting.tie_leg.map(|n| n.to_string()),
            Self::AfterExtraTime => m.setting.after_extra_time.map(|score| score.to_string()),
            Self::Shootout => m.setting.shootout.map(|score| score.to_string()),
            Self::Statistics => None,
        }
    }

    /// Gives a match a value from its text; statistics, which are not part of its row, are left out.
    ///
    /// # Errors
    /// The text is no value of the field, or the field has to have one.
    pub fn put(self, m: &mut NewMatch, text: Option<&str>) -> Result<(), String> {
        match (self, text) {
            (Self::Kickoff, Some(text)) => m.kickoff = kickoff_of(text)?,
            (Self::Status, Some(text)) => m.status = text.parse()?,
            (Self::Kickoff | Self::Status, None) => return Err(format!("a match has a {}", self.name())),
            (Self::Score, text) => m.score = text.map(score_of).transpose()?,
            (Self::HalfTime, text) => m.half_time = text.map(score_of).transpose()?,
            (Self::Referee, text) => m.referee = text.map(str::to_owned),
            (Self::Attendance, text) => {
                let number =
                    |text: &str| text.parse().map_err(|_| format!("{text:?} is not a number of spectators"));
                m.attendance = text.map(number).transpose()?;
            }
            (Self::NeutralGround, text) => m.setting.neutral_ground = text == Some("true"),
            (Self::Stage, text) => m.setting.stage = text.map(str::to_owned),
            (Self::Round, text) => m.setting.round = text.map(str::to_owned),
            (Self::Group, text) => m.setting.group = text.map(str::to_owned),
            (Self::TieLeg, text) => {
                let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is not a leg of a tie"));
                m.setting.tie_leg = text.map(number).transpose()?;
            }
            (Self::AfterExtraTime, text) => m.setting.after_extra_time = text.map(score_of).transpose()?,
            (Self::Shootout, text) => m.setting.shootout = text.map(score_of).transpose()?,
            (Self::Statistics, _) => {}
        }
        Ok(())
    }
}

/// A kick-off as text: a date, or a time in UTC where it is known.
pub fn kickoff_text(kickoff: Kickoff) -> String {
    match kickoff.precision {
        KickoffPrecision::Day => kickoff.at.date_naive().to_string(),
        KickoffPrecision::Minute => kickoff.at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

fn kickoff_of(text: &str) -> Result<Kickoff, String> {
    if let Ok(date) = text.parse::<NaiveDate>() {
        return Ok(Kickoff::on(date));
    }
    let at = text.parse::<DateTime<Utc>>().map_err(|_| format!("{text:?} is neither a date nor a time"))?;
    Ok(Kickoff::at(at.trunc_subsecs(0)))
}

/// A score from its text, such as `2-1`.
///
/// # Errors
/// It is none.
pub fn score_of(text: &str) -> Result<Score, String> {
    let goals = text.split_once('-').and_then(|(home, away)| home.parse().ok().zip(away.parse().ok()));
    let score = goals.and_then(|(home, away)| Score::new(home, away).ok());
    score.ok_or_else(|| format!("{text:?} is not a score"))
}

/// Statistics as text.
pub fn statistics_text(stats: &MatchStats) -> String {
    serde_json::to_string(stats).unwrap_or_default()
}

/// Statistics from their text.
///
/// # Errors
/// It is none of [`statistics_text`].
pub fn statistics_of(text: &str) -> Result<MatchStats, String> {
    serde_json::from_str(text).map_err(|error| format!("{text:?} is not a set of statistics: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{LeagueId, MatchSetting, MatchStatus, Season, SideStats, TeamId};
    use chrono::Duration;

    fn a_match() -> NewMatch {
        NewMatch {
            league: LeagueId(1),
            season: Season::cross_year(2023).unwrap(),
            home: TeamId(1),
            away: TeamId(2),
            leg: 1,
            kickoff: Kickoff::at("2024-03-01T19:45:00Z".parse().unwrap()),
            status: MatchStatus::Awarded,
            score: Score::new(3, 0).ok(),
            half_time: Score::new(1, 0).ok(),
            referee: Some("A Wren".to_owned()),
            attendance: Some(4_001),
            source: "s".to_owned(),
            external_id: None,
            setting: MatchSetting {
                neutral_ground: true,
                stage: Some("Knock-out".to_owned()),
                round: Some("Final".to_owned()),
                group: Some("B".to_owned()),
                tie_leg: Some(2),
                after_extra_time: Score::new(4, 1).ok(),
                shootout: Score::new(5, 4).ok(),
            },
        }
    }

    #[test]
    fn every_value_reads_back_from_its_text() {
        let full = a_match();
        let on_a_day = NewMatch { kickoff: Kickoff::on("2024-03-02".parse().unwrap()), ..full.clone() };
        for original in [&full, &on_a_day] {
            let mut copy = NewMatch {
                kickoff: Kickoff::on("2020-01-01".parse().unwrap()),
                status: MatchStatus::Scheduled,
                score: None,
                half_time: None,
                referee: None,
                attendance: None,
                setting: MatchSetting::default(),
                ..full.clone()
            };
            for field in [
                ClaimField::Kickoff,
                ClaimField::Score,
                ClaimField::HalfTime,
                ClaimField::Status,
                ClaimField::Referee,
                ClaimField::Attendance,
                ClaimField::NeutralGround,
                ClaimField::Stage,
                ClaimField::Round,
                ClaimField::Group,
                ClaimField::TieLeg,
                ClaimField::AfterExtraTime,
                ClaimField::Shootout,
            ] {
                field.put(&mut copy, field.text_of(original).as_deref()).unwrap();
            }
            assert_eq!(copy, *original);
        }
        let mut withdrawn = full.clone();
        ClaimField::Score.put(&mut withdrawn, None).unwrap();
        assert_eq!(withdrawn.score, None);
        assert!(ClaimField::Status.put(&mut withdrawn, None).is_err());
        for (field, text) in [
            (ClaimField::Kickoff, "2024-13-01"),
            (ClaimField::Score, "3:0"),
            (ClaimField::HalfTime, "1-"),
            (ClaimField::Attendance, "-1"),
            (ClaimField::Status, "over"),
        ] {
            assert!(field.put(&mut withdrawn, Some(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn statistics_read_back_from_their_text() {
        let side = SideStats { shots: Some(7), expected_goals: Some(1.27), ..SideStats::default() };
        let stats = MatchStats { home: side, away: SideStats::default() };
        assert_eq!(statistics_of(&statistics_text(&stats)), Ok(stats));
        assert!(statistics_of("{\"home\":{\"goals\":1}}").is_err());
    }

    #[test]
    fn names_of_verdicts_read_back() {
        for verdict in [CorrectionVerdict::Taken, CorrectionVerdict::Kept] {
            assert_eq!(verdict.name().parse(), Ok(verdict));
        }
        assert!("open".parse::<CorrectionVerdict>().is_err());
    }

    #[test]
    fn of_one_second_the_later_document_is_the_newer_word() {
        let said = |document| Said { at: DateTime::UNIX_EPOCH, document: Some(DocumentId(document)) };
        assert!(said(2) > said(1));
        assert!(Said { at: DateTime::UNIX_EPOCH + Duration::seconds(1), document: None } > said(2));
    }
}
