//! Staking: how much to risk on which bets.
