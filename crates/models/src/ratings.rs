//! Ratings of clubs that update after each match.
