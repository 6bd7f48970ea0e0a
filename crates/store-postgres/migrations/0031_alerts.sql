-- What people are told when something is wrong: alerts, the messages about them, and silences.
CREATE TABLE alerts (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name            text COLLATE "C" NOT NULL CONSTRAINT ck_alerts_name CHECK (name <> ''),
    component       text COLLATE "C" NOT NULL,
    subject         text COLLATE "C" NOT NULL,
    severity        text COLLATE "C" NOT NULL
                        CONSTRAINT ck_alerts_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    summary         text COLLATE "C" NOT NULL,
    details         text COLLATE "C" NOT NULL,
    advice          jsonb NOT NULL,
    first_seen      timestamptz(0) NOT NULL,
    last_seen       timestamptz(0) NOT NULL,
    resolved_at     timestamptz(0),
    acknowledged_by text COLLATE "C",
    acknowledged_at timestamptz(0),
    -- When people were last told: how often by then, why, when, and how bad it was.
    told_times      integer NOT NULL DEFAULT 0 CONSTRAINT ck_alerts_told_times CHECK (told_times >= 0),
    told_kind       text COLLATE "C" CONSTRAINT ck_alerts_told_kind CHECK (told_kind IN ('firing', 'reminder', 'resolved')),
    told_at         timestamptz(0),
    told_severity   text COLLATE "C"
                        CONSTRAINT ck_alerts_told_severity CHECK (told_severity IN ('low', 'medium', 'high', 'critical')),
    CONSTRAINT ck_alerts_acknowledged CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CONSTRAINT ck_alerts_told CHECK ((told_times = 0) = (told_kind IS NULL) AND (told_kind IS NULL) = (told_at IS NULL)
        AND (told_at IS NULL) = (told_severity IS NULL))
);
-- A cause that lasts is one alert.
CREATE UNIQUE INDEX uq_alerts_cause ON alerts (name, subject) WHERE resolved_at IS NULL;
CREATE INDEX idx_alerts_untold ON alerts (id) WHERE resolved_at IS NOT NULL AND told_kind IN ('firing', 'reminder');
CREATE INDEX idx_alerts_resolved ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE alert_notices (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alert_id     bigint NOT NULL CONSTRAINT fk_alert_notices_alert REFERENCES alerts (id) ON DELETE CASCADE,
    channel      text COLLATE "C" NOT NULL CONSTRAINT ck_alert_notices_channel CHECK (channel <> ''),
    kind         text COLLATE "C" NOT NULL
                     CONSTRAINT ck_alert_notices_kind CHECK (kind IN ('firing', 'reminder', 'resolved')),
    queued_at    timestamptz(0) NOT NULL,
    failures     integer NOT NULL DEFAULT 0 CONSTRAINT ck_alert_notices_failures CHECK (failures >= 0),
    next_try_at  timestamptz(0) NOT NULL,
    delivered_at timestamptz(0),
    fault        text COLLATE "C"
);
CREATE INDEX idx_alert_notices_alert ON alert_notices (alert_id);
CREATE INDEX idx_alert_notices_due ON alert_notices (next_try_at) WHERE delivered_at IS NULL;

CREATE TABLE alert_silences (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text COLLATE "C",
    component  text COLLATE "C",
    subject    text COLLATE "C",
    reason     text COLLATE "C" NOT NULL,
    created_by text COLLATE "C" NOT NULL,
    created_at timestamptz(0) NOT NULL,
    until      timestamptz(0) NOT NULL,
    CONSTRAINT ck_alert_silences_about CHECK (name IS NOT NULL OR component IS NOT NULL OR subject IS NOT NULL),
    CONSTRAINT ck_alert_silences_until CHECK (until >= created_at)
);
CREATE INDEX idx_alert_silences_until ON alert_silences (until);

-- Removes alerts that were over before a time, with their messages, which a writer may not do by itself; returns how many.
CREATE FUNCTION purge_alerts(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM alerts WHERE resolved_at < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
-- Removes silences that ended before a time; returns how many.
CREATE FUNCTION purge_alert_silences(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM alert_silences WHERE until < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION purge_alerts(timestamptz), purge_alert_silences(timestamptz) FROM PUBLIC;

-- Where roles exist, they have them at once, and who owns the rest owns these.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE alerts OWNER TO football_admin;
        ALTER TABLE alert_notices OWNER TO football_admin;
        ALTER TABLE alert_silences OWNER TO football_admin;
        ALTER FUNCTION purge_alerts(timestamptz) OWNER TO football_admin;
        ALTER FUNCTION purge_alert_silences(timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON alerts, alert_notices, alert_silences TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT, UPDATE ON alerts, alert_notices, alert_silences TO football_writer;
        GRANT EXECUTE ON FUNCTION purge_alerts(timestamptz), purge_alert_silences(timestamptz) TO football_writer;
    END IF;
END
$$;
