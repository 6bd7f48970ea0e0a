//! Use cases that forecast: fixtures of a file, stored matches to come, the answers of a service, the rest of a season, a
//! running match, the ledger of what was sealed, experiments with a challenger, and what came of it; bets of now and the ledger of paper bets. They apply
//! what `learning` has trained; nothing here trains.

pub mod experiment;
pub mod explain;
pub mod in_play;
pub mod ledger;
pub mod lineage;
pub mod live;
pub mod paper;
pub mod predict;
pub mod prices;
pub mod seal;
pub mod serving;
pub mod simulate;
pub mod to_come;
pub mod value_bets;
pub mod verify;
