-- Accounts, their logins, and keys of programs.

CREATE TABLE users (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_users PRIMARY KEY,
    name            text    COLLATE "C" NOT NULL CONSTRAINT ck_users_name CHECK (name <> '') CONSTRAINT uq_users_name UNIQUE,
    -- Argon2id, with its salt and parameters (PHC string).
    password_hash   text    COLLATE "C" NOT NULL CONSTRAINT ck_users_password_hash CHECK (password_hash LIKE '$argon2id$%'),
    role            text    COLLATE "C" NOT NULL CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'analyst', 'operator', 'admin')),
    disabled        boolean NOT NULL,
    created_at      timestamptz(0) NOT NULL,
    last_login_at   timestamptz(0)
);

-- A login. A refresh token names its session and a generation; one of an earlier generation was used before.
CREATE TABLE sessions (
    id              text    COLLATE "C" NOT NULL CONSTRAINT pk_sessions PRIMARY KEY CONSTRAINT ck_sessions_id CHECK (length(id) >= 32),
    user_id         bigint  NOT NULL CONSTRAINT fk_sessions_user REFERENCES users (id),
    generation      bigint  NOT NULL CONSTRAINT ck_sessions_generation CHECK (generation >= 0),
    started_at      timestamptz(0) NOT NULL,
    renewed_at      timestamptz(0) NOT NULL,
    expires_at      timestamptz(0) NOT NULL,
    ended_at        timestamptz(0)
);
CREATE INDEX idx_sessions_user ON sessions (user_id) WHERE ended_at IS NULL;

CREATE TABLE api_keys (
    id              bigint  GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_api_keys PRIMARY KEY,
    name            text    COLLATE "C" NOT NULL CONSTRAINT ck_api_keys_name CHECK (name <> ''),
    user_id         bigint  NOT NULL CONSTRAINT fk_api_keys_user REFERENCES users (id),
    -- BLAKE3 of the key; the key itself is kept nowhere.
    hash            text    COLLATE "C" NOT NULL CONSTRAINT ck_api_keys_hash CHECK (length(hash) = 64) CONSTRAINT uq_api_keys_hash UNIQUE,
    -- Names of permissions, with spaces between.
    scopes          text    COLLATE "C" NOT NULL CONSTRAINT ck_api_keys_scopes CHECK (scopes <> ''),
    created_at      timestamptz(0) NOT NULL,
    expires_at      timestamptz(0),
    revoked_at      timestamptz(0),
    last_used_at    timestamptz(0)
);

-- Adds a record to the audit log, which nobody may write by hand.
CREATE FUNCTION record_audit(actor text, action text, subject text, details text, at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO audit_logs (actor, action, subject, details, created_at)
    VALUES (record_audit.actor, record_audit.action, record_audit.subject, record_audit.details, record_audit.at)
$$;
REVOKE ALL ON FUNCTION record_audit(text, text, text, text, timestamptz) FROM PUBLIC;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE users OWNER TO football_admin;
        ALTER TABLE sessions OWNER TO football_admin;
        ALTER TABLE api_keys OWNER TO football_admin;
        ALTER FUNCTION record_audit(text, text, text, text, timestamptz) OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT SELECT, INSERT, UPDATE ON users, sessions, api_keys TO football_writer;
        GRANT SELECT ON audit_logs TO football_writer;
        GRANT EXECUTE ON FUNCTION record_audit(text, text, text, text, timestamptz) TO football_writer;
    END IF;
END
$$;
