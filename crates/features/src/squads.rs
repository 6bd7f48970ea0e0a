//! Who plays and who is missing in the matches of a history, each with the time since when it can have been known.

use crate::time::Seconds;
use crate::timed::{ByMatch, Timed};
use serde::{Deserialize, Serialize};
use touchline_domain::{Injury, InjuryKind, Lineup, LineupKind, MatchId, STARTERS, Side};

/// Whether features see who plays and who is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineupView {
    /// No.
    #[default]
    None,
    /// Line-ups and absences that were known.
    Announced,
}

/// The first eight bytes of a BLAKE3: the same in every history, whatever else it holds.
fn key(parts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let hash = hasher.finalize();
    u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
}

/// A source of line-ups, by the hash of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct SourceKey(u64);

impl SourceKey {
    /// The source of this name.
    pub fn of(source: &str) -> Self {
        Self(key(&[source]))
    }
}

/// A player of a source, by the hash of the source's name and its identifier of the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct PlayerKey(u64);

impl PlayerKey {
    /// The player whom a source knows by this identifier.
    pub fn of(source: &str, id: &str) -> Self {
        Self(key(&[source, id]))
    }
}

/// Who starts for one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Eleven {
    /// Since when it can have been known.
    pub known_at: Seconds,
    /// Whose it is.
    pub side: Side,
    /// Handed in or expected.
    pub kind: LineupKind,
    /// Whose players these are.
    pub source: SourceKey,
    starters: [PlayerKey; STARTERS],
    count: u8,
}

impl Eleven {
    /// At most the first eleven of the players.
    pub fn new(
        known_at: Seconds,
        side: Side,
        kind: LineupKind,
        source: SourceKey,
        players: &[PlayerKey],
    ) -> Self {
        let mut starters = [PlayerKey::default(); STARTERS];
        let count = players.len().min(STARTERS);
        starters[..count].copy_from_slice(&players[..count]);
        Self { known_at, side, kind, source, starters, count: count as u8 }
    }

    fn of(lineup: &Lineup) -> Self {
        let players: Vec<PlayerKey> = lineup
            .squad
            .starters()
            .iter()
            .map(|listed| PlayerKey::of(&lineup.source, listed.player.id()))
            .collect();
        let source = SourceKey::of(&lineup.source);
        Self::new(lineup.known_at.timestamp(), lineup.side, lineup.kind, source, &players)
    }

    /// Who starts, in the source's order.
    pub fn starters(&self) -> &[PlayerKey] {
        &self.starters[..usize::from(self.count)]
    }

    /// The one of a side that counts: confirmed rather than predicted, then the latest.
    pub fn latest(elevens: &[Self], side: Side) -> Option<&Self> {
        elevens.iter().filter(|e| e.side == side).max_by_key(|e| (e.kind, e.known_at, e.source))
    }

    /// Appends everything that features see of it.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"eleven");
        out.extend_from_slice(&self.known_at.to_le_bytes());
        out.extend_from_slice(&[self.side as u8, self.kind as u8, self.count]);
        out.extend_from_slice(&self.source.0.to_le_bytes());
        for player in self.starters() {
            out.extend_from_slice(&player.0.to_le_bytes());
        }
    }
}

impl Timed for Eleven {
    fn known_at(&self) -> Seconds {
        self.known_at
    }
}

/// A player who will or may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Absence {
    /// Since when it can have been known.
    pub known_at: Seconds,
    /// Whose player it is.
    pub side: Side,
    /// Sure or not.
    pub kind: InjuryKind,
    /// Whose player this is.
    pub source: SourceKey,
    /// Who it is.
    pub player: PlayerKey,
}

impl Absence {
    fn of(injury: &Injury) -> Self {
        Self {
            known_at: injury.known_at.timestamp(),
            side: injury.side,
            kind: injury.kind,
            source: SourceKey::of(&injury.source),
            player: PlayerKey::of(&injury.source, injury.player.id()),
        }
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"absence");
        out.extend_from_slice(&self.known_at.to_le_bytes());
        out.extend_from_slice(&[self.side as u8, self.kind as u8]);
        out.extend_from_slice(&self.source.0.to_le_bytes());
        out.extend_from_slice(&self.player.0.to_le_bytes());
    }
}

impl Timed for Absence {
    fn known_at(&self) -> Seconds {
        self.known_at
    }
}

/// Line-ups and absences of all matches by position.
#[derive(Debug, Clone, Default)]
pub(crate) struct Squads {
    elevens: ByMatch<Eleven>,
    absences: ByMatch<Absence>,
}

impl Squads {
    pub fn new(ids: &[MatchId], lineups: &[(MatchId, Lineup)], injuries: &[(MatchId, Injury)]) -> Self {
        let elevens = lineups.iter().map(|(id, lineup)| (*id, Eleven::of(lineup)));
        let absences = injuries.iter().map(|(id, injury)| (*id, Absence::of(injury)));
        Self {
            elevens: ByMatch::new(ids, elevens, |e| (e.known_at, e.side, e.source, e.kind, e.starters)),
            absences: ByMatch::new(ids, absences, |a| (a.known_at, a.side, a.source, a.player, a.kind)),
        }
    }

    pub fn elevens_known(&self, position: usize, time: Seconds) -> &[Eleven] {
        self.elevens.known(position, time)
    }

    pub fn absences_known(&self, position: usize, time: Seconds) -> &[Absence] {
        self.absences.known(position, time)
    }

    /// Appends everything that features see of a match; nothing where there is nothing.
    pub fn encode(&self, position: usize, out: &mut Vec<u8>) {
        for eleven in self.elevens.at(position) {
            eleven.encode(out);
        }
        for absence in self.absences.at(position) {
            absence.encode(out);
        }
    }
}
