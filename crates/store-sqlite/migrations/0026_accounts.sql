-- Accounts, their logins, and keys of programs.

CREATE TABLE users (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_users_name CHECK (name <> '') CONSTRAINT uq_users_name UNIQUE,
    -- Argon2id, with its salt and parameters (PHC string).
    password_hash   TEXT    NOT NULL CONSTRAINT ck_users_password_hash CHECK (password_hash LIKE '$argon2id$%'),
    role            TEXT    NOT NULL CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'analyst', 'operator', 'admin')),
    disabled        INTEGER NOT NULL CONSTRAINT ck_users_disabled CHECK (disabled IN (0, 1)),
    created_at      INTEGER NOT NULL,
    last_login_at   INTEGER
) STRICT;

-- A login. A refresh token names its session and a generation; one of an earlier generation was used before.
CREATE TABLE sessions (
    id              TEXT    NOT NULL PRIMARY KEY CONSTRAINT ck_sessions_id CHECK (length(id) >= 32),
    user_id         INTEGER NOT NULL CONSTRAINT fk_sessions_user REFERENCES users (id),
    generation      INTEGER NOT NULL CONSTRAINT ck_sessions_generation CHECK (generation >= 0),
    started_at      INTEGER NOT NULL,
    renewed_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,
    ended_at        INTEGER
) STRICT;
CREATE INDEX idx_sessions_user ON sessions (user_id) WHERE ended_at IS NULL;

CREATE TABLE api_keys (
    id              INTEGER PRIMARY KEY,
    name            TEXT    NOT NULL CONSTRAINT ck_api_keys_name CHECK (name <> ''),
    user_id         INTEGER NOT NULL CONSTRAINT fk_api_keys_user REFERENCES users (id),
    -- BLAKE3 of the key; the key itself is kept nowhere.
    hash            TEXT    NOT NULL CONSTRAINT ck_api_keys_hash CHECK (length(hash) = 64) CONSTRAINT uq_api_keys_hash UNIQUE,
    -- Names of permissions, with spaces between.
    scopes          TEXT    NOT NULL CONSTRAINT ck_api_keys_scopes CHECK (scopes <> ''),
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER,
    revoked_at      INTEGER,
    last_used_at    INTEGER
) STRICT;
