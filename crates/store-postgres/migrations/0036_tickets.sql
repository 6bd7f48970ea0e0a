-- Work that takes longer than a request, and identities of people at issuers.

-- Who holds a ticket comes back for its answer.
CREATE TABLE tickets (
    -- A name that nobody can guess.
    id                  text    COLLATE "C" NOT NULL CONSTRAINT pk_tickets PRIMARY KEY CONSTRAINT ck_tickets_id CHECK (length(id) >= 32),
    kind                text    COLLATE "C" NOT NULL CONSTRAINT ck_tickets_kind CHECK (kind IN ('predictions', 'import')),
    user_id             bigint  NOT NULL CONSTRAINT fk_tickets_user REFERENCES users (id),
    -- What was asked, in short.
    details             text    NOT NULL CONSTRAINT ck_tickets_details CHECK (jsonb_typeof(details::jsonb) = 'object'),
    -- What the work is done on, as a zstd frame, until it has ended.
    body                bytea   NOT NULL,
    body_size           bigint  NOT NULL CONSTRAINT ck_tickets_body_size CHECK (body_size >= 0),
    -- Where it is told that the work has ended.
    callback            text    COLLATE "C" CONSTRAINT ck_tickets_callback CHECK (callback <> ''),
    status              text    COLLATE "C" NOT NULL CONSTRAINT ck_tickets_status CHECK (status IN ('open', 'done', 'failed')),
    message             text,
    -- What the work gave, as a zstd frame.
    answer              bytea   NOT NULL,
    answer_size         bigint  NOT NULL CONSTRAINT ck_tickets_answer_size CHECK (answer_size >= 0),
    created_at          timestamptz(0) NOT NULL,
    ended_at            timestamptz(0),
    expires_at          timestamptz(0) NOT NULL,
    notice              text    COLLATE "C" NOT NULL CONSTRAINT ck_tickets_notice CHECK (notice IN ('none', 'waiting', 'sent', 'failed')),
    notice_message      text,
    noticed_at          timestamptz(0),
    CONSTRAINT ck_tickets_expires CHECK (expires_at > created_at),
    CONSTRAINT ck_tickets_ended CHECK ((status = 'open') = (ended_at IS NULL)),
    CONSTRAINT ck_tickets_noticed CHECK ((notice = 'none') = (callback IS NULL))
);
CREATE INDEX idx_tickets_user ON tickets (user_id, kind, created_at);
CREATE INDEX idx_tickets_expires ON tickets (expires_at);

-- Removes tickets that expired before a time, which a writer may not do by itself; returns how many.
CREATE FUNCTION purge_tickets(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    purged bigint;
BEGIN
    DELETE FROM tickets WHERE expires_at < before;
    GET DIAGNOSTICS purged = ROW_COUNT;
    RETURN purged;
END
$$;
REVOKE ALL ON FUNCTION purge_tickets(timestamptz) FROM PUBLIC;

-- Who logs in by an issuer of identities is known by the issuer and his subject there, and by nothing else.
CREATE TABLE user_identities (
    issuer              text    COLLATE "C" NOT NULL CONSTRAINT ck_user_identities_issuer CHECK (issuer <> ''),
    subject             text    COLLATE "C" NOT NULL CONSTRAINT ck_user_identities_subject CHECK (subject <> ''),
    user_id             bigint  NOT NULL CONSTRAINT fk_user_identities_user REFERENCES users (id),
    created_at          timestamptz(0) NOT NULL,
    CONSTRAINT pk_user_identities PRIMARY KEY (issuer, subject)
);
CREATE INDEX idx_user_identities_user ON user_identities (user_id);

-- Where roles exist, they have them at once, and who owns the rest owns these. Readers see none of them: both are people's own.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE tickets OWNER TO football_admin;
        ALTER TABLE user_identities OWNER TO football_admin;
        ALTER FUNCTION purge_tickets(timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT SELECT, INSERT, UPDATE ON tickets TO football_writer;
        GRANT SELECT, INSERT ON user_identities TO football_writer;
        GRANT EXECUTE ON FUNCTION purge_tickets(timestamptz) TO football_writer;
    END IF;
END
$$;
