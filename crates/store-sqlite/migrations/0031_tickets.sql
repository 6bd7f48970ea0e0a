-- Work that takes longer than a request, and identities of people at issuers.

-- Who holds a ticket comes back for its answer.
CREATE TABLE tickets (
    -- A name that nobody can guess.
    id                  TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_tickets_id CHECK (length(id) >= 32),
    kind                TEXT    NOT NULL CONSTRAINT ck_tickets_kind CHECK (kind IN ('predictions', 'import')),
    user_id             INTEGER NOT NULL CONSTRAINT fk_tickets_user REFERENCES users (id),
    -- What was asked, in short.
    details             TEXT    NOT NULL CONSTRAINT ck_tickets_details CHECK (json_valid(details)),
    -- What the work is done on, as a zstd frame, until it has ended.
    body                BLOB    NOT NULL,
    body_size           INTEGER NOT NULL CONSTRAINT ck_tickets_body_size CHECK (body_size >= 0),
    -- Where it is told that the work has ended.
    callback            TEXT    CONSTRAINT ck_tickets_callback CHECK (callback <> ''),
    status              TEXT    NOT NULL CONSTRAINT ck_tickets_status CHECK (status IN ('open', 'done', 'failed')),
    message             TEXT,
    -- What the work gave, as a zstd frame.
    answer              BLOB    NOT NULL,
    answer_size         INTEGER NOT NULL CONSTRAINT ck_tickets_answer_size CHECK (answer_size >= 0),
    created_at          INTEGER NOT NULL,
    ended_at            INTEGER,
    expires_at          INTEGER NOT NULL,
    notice              TEXT    NOT NULL CONSTRAINT ck_tickets_notice CHECK (notice IN ('none', 'waiting', 'sent', 'failed')),
    notice_message      TEXT,
    noticed_at          INTEGER,
    CONSTRAINT ck_tickets_expires CHECK (expires_at > created_at),
    CONSTRAINT ck_tickets_ended CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT ck_tickets_noticed CHECK ((notice = 'none') = (callback IS NULL))
) STRICT;
CREATE INDEX idx_tickets_user ON tickets (user_id, kind, created_at);
CREATE INDEX idx_tickets_expires ON tickets (expires_at);

-- Who logs in by an issuer of identities is known by the issuer and his subject there, and by nothing else.
CREATE TABLE user_identities (
    issuer              TEXT    NOT NULL CONSTRAINT ck_user_identities_issuer CHECK (issuer <> ''),
    subject             TEXT    NOT NULL CONSTRAINT ck_user_identities_subject CHECK (subject <> ''),
    user_id             INTEGER NOT NULL CONSTRAINT fk_user_identities_user REFERENCES users (id),
    created_at          INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_user_identities_user ON user_identities (user_id);
