-- What surrounds matches: the weather at the ground, as known since a time, where teams play, how clubs are rated, what is
-- told of them; and what answers of sources look like.

CREATE TABLE weather (
    match_id            bigint  NOT NULL CONSTRAINT fk_weather_match REFERENCES match_keys (id),
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_weather_data_source CHECK (data_source <> ''),
    weather_type        text    COLLATE "C" NOT NULL CONSTRAINT ck_weather_weather_type CHECK (
                            weather_type IN ('forecast', 'measured')),
    -- The time that it is for: the kick-off, as it was known then.
    valid_at            timestamptz(0) NOT NULL,
    -- Since when it is known.
    known_at            timestamptz(0) NOT NULL,
    -- Degrees Celsius, metres per second, and millimetres in the two hours from valid_at.
    temperature         double precision NOT NULL CONSTRAINT ck_weather_temperature CHECK (temperature BETWEEN -90 AND 60),
    wind                double precision NOT NULL CONSTRAINT ck_weather_wind CHECK (wind BETWEEN 0 AND 120),
    rain                double precision NOT NULL CONSTRAINT ck_weather_rain CHECK (rain BETWEEN 0 AND 500),
    -- When the row was stored.
    collected_at        timestamptz(0) NOT NULL,
    CONSTRAINT pk_weather PRIMARY KEY (match_id, data_source, weather_type, valid_at, known_at)
);

CREATE TRIGGER tr_weather_never_rewritten
BEFORE UPDATE OF match_id, data_source, weather_type, valid_at, known_at, temperature, wind, rain ON weather
FOR EACH ROW EXECUTE FUNCTION refuse('tr_weather_never_rewritten',
    'what was said of the weather is never changed; add a row with its own known_at');

-- By the names that a ground was given with, so that it follows merges and new names.
CREATE TABLE grounds (
    country             text    COLLATE "C" NOT NULL CONSTRAINT ck_grounds_country CHECK (country <> ''),
    team                text    COLLATE "C" NOT NULL CONSTRAINT ck_grounds_team CHECK (team <> ''),
    -- The first day on which it is the team's ground.
    since               date    NOT NULL CONSTRAINT ck_grounds_since CHECK (since >= '1850-01-01'),
    name                text    NOT NULL CONSTRAINT ck_grounds_name CHECK (name <> ''),
    -- Degrees north and east.
    latitude            double precision NOT NULL CONSTRAINT ck_grounds_latitude CHECK (latitude BETWEEN -90 AND 90),
    longitude           double precision NOT NULL CONSTRAINT ck_grounds_longitude CHECK (longitude BETWEEN -180 AND 180),
    CONSTRAINT pk_grounds PRIMARY KEY (country, team, since)
);

-- By the names that the source writes, so that what they lead to may change.
CREATE TABLE team_ratings (
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_team_ratings_data_source CHECK (data_source <> ''),
    country             text    COLLATE "C" NOT NULL CONSTRAINT ck_team_ratings_country CHECK (country <> ''),
    team                text    COLLATE "C" NOT NULL CONSTRAINT ck_team_ratings_team CHECK (team <> ''),
    level               smallint NOT NULL CONSTRAINT ck_team_ratings_level CHECK (level BETWEEN 0 AND 255),
    rating              double precision NOT NULL CONSTRAINT ck_team_ratings_rating CHECK (rating BETWEEN 1 AND 4000),
    -- The days on which it holds, as far as the next match was known.
    valid_from          date    NOT NULL,
    valid_to            date    NOT NULL CONSTRAINT ck_team_ratings_valid_to CHECK (valid_to >= valid_from),
    -- Since when it is known.
    known_at            timestamptz(0) NOT NULL,
    CONSTRAINT pk_team_ratings PRIMARY KEY (data_source, country, team, valid_from, rating, valid_to)
);

CREATE INDEX idx_team_ratings_team ON team_ratings (country, team, valid_from);

CREATE TRIGGER tr_team_ratings_never_rewritten BEFORE UPDATE ON team_ratings
FOR EACH ROW EXECUTE FUNCTION refuse('tr_team_ratings_never_rewritten', 'a stored rating is never changed; add one');

CREATE TABLE news_items (
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_news_items_data_source CHECK (data_source <> ''),
    item_id             text    COLLATE "C" NOT NULL CONSTRAINT ck_news_items_item_id CHECK (item_id <> ''),
    news_type           text    COLLATE "C" NOT NULL CONSTRAINT ck_news_items_news_type CHECK (
                            news_type IN ('player_injuries', 'lineup_changes', 'coaching_changes', 'transfers')),
    title               text    NOT NULL CONSTRAINT ck_news_items_title CHECK (title <> ''),
    link                text,
    -- The team that the heading names, by its name when the item came.
    country             text    COLLATE "C" CONSTRAINT ck_news_items_country CHECK (country <> ''),
    team                text    COLLATE "C" CONSTRAINT ck_news_items_team CHECK (team <> ''),
    importance          double precision NOT NULL CONSTRAINT ck_news_items_importance CHECK (importance BETWEEN 0 AND 1),
    sentiment_score     double precision NOT NULL CONSTRAINT ck_news_items_sentiment_score CHECK (
                            sentiment_score BETWEEN -1 AND 1),
    published_at        timestamptz(0),
    -- Since when it is known: when it came.
    known_at            timestamptz(0) NOT NULL,
    CONSTRAINT pk_news_items PRIMARY KEY (data_source, item_id),
    CONSTRAINT ck_news_items_team_with_country CHECK ((country IS NULL) = (team IS NULL))
);

CREATE INDEX idx_news_items_known ON news_items (known_at);

CREATE TRIGGER tr_news_items_never_rewritten BEFORE UPDATE ON news_items
FOR EACH ROW EXECUTE FUNCTION refuse('tr_news_items_never_rewritten', 'a stored news item is never changed');

-- Fields of a source's answers, as they were learned: what is missing or new is told.
CREATE TABLE source_shapes (
    data_source         text    COLLATE "C" NOT NULL CONSTRAINT ck_source_shapes_data_source CHECK (data_source <> ''),
    collection_type     text    COLLATE "C" NOT NULL,
    -- What was asked for, without numbers.
    scope               text    COLLATE "C" NOT NULL,
    shape               text    NOT NULL CONSTRAINT ck_source_shapes_shape CHECK (shape <> ''),
    learned_at          timestamptz(0) NOT NULL,
    CONSTRAINT pk_source_shapes PRIMARY KEY (data_source, collection_type, scope)
);

-- The job that collected. No reference: jobs are removed before runs.
ALTER TABLE data_collection_logs ADD COLUMN job_id bigint;

CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON team_ratings
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON news_items
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON weather
FOR EACH STATEMENT EXECUTE FUNCTION audit();
CREATE TRIGGER tr_audit AFTER DELETE OR TRUNCATE ON grounds
FOR EACH STATEMENT EXECUTE FUNCTION audit();

-- Where roles exist, they have them at once, and who owns the rest owns these.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE weather OWNER TO football_admin;
        ALTER TABLE grounds OWNER TO football_admin;
        ALTER TABLE team_ratings OWNER TO football_admin;
        ALTER TABLE news_items OWNER TO football_admin;
        ALTER TABLE source_shapes OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON weather, grounds, team_ratings, news_items, source_shapes TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON weather, team_ratings, news_items TO football_writer;
        GRANT INSERT, UPDATE ON grounds, source_shapes TO football_writer;
    END IF;
END
$$;
