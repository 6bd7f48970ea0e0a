-- Simulations of the rest of a season, as JSON. The league is named by its code: what was said of one that was merged into
-- another stays what was said of it.
CREATE TABLE simulations (
    league         TEXT NOT NULL,
    season         TEXT NOT NULL,
    as_of          INTEGER NOT NULL,
    model_name     TEXT NOT NULL,
    model_version  TEXT NOT NULL,
    made_at        INTEGER NOT NULL,
    report         TEXT NOT NULL,
    PRIMARY KEY (league, season, as_of, model_name, model_version)
) STRICT, WITHOUT ROWID;
