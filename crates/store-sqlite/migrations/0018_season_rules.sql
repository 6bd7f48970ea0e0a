-- Points taken from teams, splits and play-offs of seasons, as JSON, by the names that they were given with: they follow
-- merges and new names.
CREATE TABLE season_rules (
    league  TEXT NOT NULL,
    season  TEXT NOT NULL,
    rules   TEXT NOT NULL,
    PRIMARY KEY (league, season)
) STRICT, WITHOUT ROWID;
