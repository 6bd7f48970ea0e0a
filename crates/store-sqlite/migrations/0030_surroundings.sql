-- What surrounds matches: the weather at the ground, as known since a time, where teams play, how clubs are rated, what is
-- told of them; and what answers of sources look like.

CREATE TABLE weather (
    match_id            INTEGER NOT NULL CONSTRAINT fk_weather_match REFERENCES matches (id),
    data_source         TEXT    NOT NULL CONSTRAINT ck_weather_data_source CHECK (data_source <> ''),
    weather_type        TEXT    NOT NULL CONSTRAINT ck_weather_weather_type CHECK (weather_type IN ('forecast', 'measured')),
    -- The time that it is for: the kick-off, as it was known then.
    valid_at            INTEGER NOT NULL,
    -- Since when it is known.
    known_at            INTEGER NOT NULL,
    -- Degrees Celsius, metres per second, and millimetres in the two hours from valid_at.
    temperature         REAL    NOT NULL CONSTRAINT ck_weather_temperature CHECK (temperature BETWEEN -90 AND 60),
    wind                REAL    NOT NULL CONSTRAINT ck_weather_wind CHECK (wind BETWEEN 0 AND 120),
    rain                REAL    NOT NULL CONSTRAINT ck_weather_rain CHECK (rain BETWEEN 0 AND 500),
    -- When the row was stored.
    collected_at        INTEGER NOT NULL,
    PRIMARY KEY (match_id, data_source, weather_type, valid_at, known_at)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER tr_weather_never_rewritten
BEFORE UPDATE OF match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain ON weather
BEGIN
    SELECT RAISE(ABORT, 'tr_weather_never_rewritten: what was said of the weather is never changed; add a row with its own known_at');
END;

-- By the names that a ground was given with, so that it follows merges and new names.
CREATE TABLE grounds (
    country             TEXT    NOT NULL CONSTRAINT ck_grounds_country CHECK (country <> ''),
    team                TEXT    NOT NULL CONSTRAINT ck_grounds_team CHECK (team <> ''),
    -- The first day on which it is the team's ground.
    since               TEXT    NOT NULL CONSTRAINT ck_grounds_since CHECK (since IS date(since) AND since >= '1850-01-01'),
    name                TEXT    NOT NULL CONSTRAINT ck_grounds_name CHECK (name <> ''),
    -- Degrees north and east.
    latitude            REAL    NOT NULL CONSTRAINT ck_grounds_latitude CHECK (latitude BETWEEN -90 AND 90),
    longitude           REAL    NOT NULL CONSTRAINT ck_grounds_longitude CHECK (longitude BETWEEN -180 AND 180),
    PRIMARY KEY (country, team, since)
) STRICT, WITHOUT ROWID;

-- By the names that the source writes, so that what they lead to may change.
CREATE TABLE team_ratings (
    data_source         TEXT    NOT NULL CONSTRAINT ck_team_ratings_data_source CHECK (data_source <> ''),
    country             TEXT    NOT NULL CONSTRAINT ck_team_ratings_country CHECK (country <> ''),
    team                TEXT    NOT NULL CONSTRAINT ck_team_ratings_team CHECK (team <> ''),
    level               INTEGER NOT NULL CONSTRAINT ck_team_ratings_level CHECK (level BETWEEN 0 AND 255),
    rating              REAL    NOT NULL CONSTRAINT ck_team_ratings_rating CHECK (rating BETWEEN 1 AND 4000),
    -- The days on which it holds, as far as the next match was known.
    valid_from          TEXT    NOT NULL CONSTRAINT ck_team_ratings_valid_from CHECK (valid_from IS date(valid_from)),
    valid_to            TEXT    NOT NULL CONSTRAINT ck_team_ratings_valid_to CHECK (
                            valid_to IS date(valid_to) AND valid_to >= valid_from),
    -- Since when it is known.
    known_at            INTEGER NOT NULL,
    PRIMARY KEY (data_source, country, team, valid_from, rating, valid_to)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_team_ratings_team ON team_ratings (country, team, valid_from);

CREATE TRIGGER tr_team_ratings_never_rewritten BEFORE UPDATE ON team_ratings
BEGIN
    SELECT RAISE(ABORT, 'tr_team_ratings_never_rewritten: a stored rating is never changed; add one');
END;

CREATE TABLE news_items (
    data_source         TEXT    NOT NULL CONSTRAINT ck_news_items_data_source CHECK (data_source <> ''),
    item_id             TEXT    NOT NULL CONSTRAINT ck_news_items_item_id CHECK (item_id <> ''),
    news_type           TEXT    NOT NULL CONSTRAINT ck_news_items_news_type CHECK (
                            news_type IN ('player_injuries', 'lineup_changes', 'coaching_changes', 'transfers')),
    title               TEXT    NOT NULL CONSTRAINT ck_news_items_title CHECK (title <> ''),
    link                TEXT,
    -- The team that the heading names, by its name when the item came.
    country             TEXT    CONSTRAINT ck_news_items_country CHECK (country <> ''),
    team                TEXT    CONSTRAINT ck_news_items_team CHECK (team <> ''),
    importance          REAL    NOT NULL CONSTRAINT ck_news_items_importance CHECK (importance BETWEEN 0 AND 1),
    sentiment_score     REAL    NOT NULL CONSTRAINT ck_news_items_sentiment_score CHECK (sentiment_score BETWEEN -1 AND 1),
    published_at        INTEGER,
    -- Since when it is known: when it came.
    known_at            INTEGER NOT NULL,
    PRIMARY KEY (data_source, item_id),
    CONSTRAINT ck_news_items_team_with_country CHECK ((country IS NULL) = (team IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_news_items_known ON news_items (known_at);

CREATE TRIGGER tr_news_items_never_rewritten BEFORE UPDATE ON news_items
BEGIN
    SELECT RAISE(ABORT, 'tr_news_items_never_rewritten: a stored news item is never changed');
END;

-- Fields of a source's answers, as they were learned: what is missing or new is told.
CREATE TABLE source_shapes (
    data_source         TEXT    NOT NULL CONSTRAINT ck_source_shapes_data_source CHECK (data_source <> ''),
    collection_type     TEXT    NOT NULL,
    -- What was asked for, without numbers.
    scope               TEXT    NOT NULL,
    shape               TEXT    NOT NULL CONSTRAINT ck_source_shapes_shape CHECK (json_valid(shape)),
    learned_at          INTEGER NOT NULL,
    PRIMARY KEY (data_source, collection_type, scope)
) STRICT, WITHOUT ROWID;

-- The job that collected. No reference: jobs are removed before runs.
ALTER TABLE data_collection_logs ADD COLUMN job_id INTEGER;
