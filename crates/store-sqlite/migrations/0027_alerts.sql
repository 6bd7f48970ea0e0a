-- What people are told when something is wrong: alerts, the messages about them, and silences.
CREATE TABLE alerts (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_alerts_name CHECK (name <> ''),
    component       TEXT    NOT NULL,
    subject         TEXT    NOT NULL,
    severity        TEXT    NOT NULL CONSTRAINT ck_alerts_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    summary         TEXT    NOT NULL,
    details         TEXT    NOT NULL,
    advice          TEXT    NOT NULL CONSTRAINT ck_alerts_advice CHECK (json_valid(advice)),
    first_seen      INTEGER NOT NULL,
    last_seen       INTEGER NOT NULL,
    resolved_at     INTEGER,
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    -- When people were last told: how often by then, why, when, and how bad it was.
    told_times      INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_alerts_told_times CHECK (told_times >= 0),
    told_kind       TEXT    CONSTRAINT ck_alerts_told_kind CHECK (told_kind IN ('firing', 'reminder', 'resolved')),
    told_at         INTEGER,
    told_severity   TEXT    CONSTRAINT ck_alerts_told_severity CHECK (told_severity IN ('low', 'medium', 'high', 'critical')),
    CONSTRAINT ck_alerts_acknowledged CHECK ((acknowledged_by IS NULL) = (acknowledged_at IS NULL)),
    CONSTRAINT ck_alerts_told CHECK ((told_times = 0) = (told_kind IS NULL) AND (told_kind IS NULL) = (told_at IS NULL)
        AND (told_at IS NULL) = (told_severity IS NULL))
) STRICT;
-- A cause that lasts is one alert.
CREATE UNIQUE INDEX uq_alerts_cause ON alerts (name, subject) WHERE resolved_at IS NULL;
CREATE INDEX idx_alerts_untold ON alerts (id) WHERE resolved_at IS NOT NULL AND told_kind IN ('firing', 'reminder');
CREATE INDEX idx_alerts_resolved ON alerts (resolved_at) WHERE resolved_at IS NOT NULL;

CREATE TABLE alert_notices (
    id           INTEGER PRIMARY KEY,
    alert_id     INTEGER NOT NULL CONSTRAINT fk_alert_notices_alert REFERENCES alerts (id) ON DELETE CASCADE,
    channel      TEXT    NOT NULL CONSTRAINT ck_alert_notices_channel CHECK (channel <> ''),
    kind         TEXT    NOT NULL CONSTRAINT ck_alert_notices_kind CHECK (kind IN ('firing', 'reminder', 'resolved')),
    queued_at    INTEGER NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0 CONSTRAINT ck_alert_notices_failures CHECK (failures >= 0),
    next_try_at  INTEGER NOT NULL,
    delivered_at INTEGER,
    fault        TEXT
) STRICT;
CREATE INDEX idx_alert_notices_alert ON alert_notices (alert_id);
CREATE INDEX idx_alert_notices_due ON alert_notices (next_try_at) WHERE delivered_at IS NULL;

CREATE TABLE alert_silences (
    id         INTEGER PRIMARY KEY,
    name       TEXT,
    component  TEXT,
    subject    TEXT,
    reason     TEXT    NOT NULL,
    created_by TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    until      INTEGER NOT NULL,
    CONSTRAINT ck_alert_silences_about CHECK (name IS NOT NULL OR component IS NOT NULL OR subject IS NOT NULL),
    CONSTRAINT ck_alert_silences_until CHECK (until >= created_at)
) STRICT;
CREATE INDEX idx_alert_silences_until ON alert_silences (until);
