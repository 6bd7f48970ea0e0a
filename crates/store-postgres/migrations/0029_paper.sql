-- Bets that were written down before kick-off, what became of them, and limits of staking: a ledger to which entries are added
-- at the end. Each carries the hash of the one before.
CREATE TABLE paper_ledger (
    sequence      bigint  CONSTRAINT pk_paper_ledger PRIMARY KEY CONSTRAINT ck_paper_ledger_sequence CHECK (sequence > 0),
    kind          text    COLLATE "C" NOT NULL CONSTRAINT ck_paper_ledger_kind CHECK (kind IN ('bet', 'settlement', 'limits')),
    written_at    timestamptz(0) NOT NULL,
    -- The match of a bet; it follows merges.
    match_id      bigint  CONSTRAINT fk_paper_ledger_match REFERENCES match_keys (id),
    -- The bet that is settled. A bet is settled once.
    bet_sequence  bigint  CONSTRAINT fk_paper_ledger_bet REFERENCES paper_ledger (sequence)
                          CONSTRAINT uq_paper_ledger_bet_sequence UNIQUE,
    -- What the entry says, word for word as it was hashed.
    content       json    NOT NULL,
    previous_hash text    COLLATE "C" NOT NULL,
    entry_hash    text    COLLATE "C" NOT NULL CONSTRAINT ck_paper_ledger_entry_hash CHECK (length(entry_hash) = 64),
    CONSTRAINT ck_paper_ledger_whole CHECK (
        (kind = 'bet') = (match_id IS NOT NULL) AND (kind = 'settlement') = (bet_sequence IS NOT NULL))
);
CREATE INDEX idx_paper_ledger_match ON paper_ledger (match_id) WHERE match_id IS NOT NULL;

-- Only the trigger below changes it, as the owner of the schema.
CREATE TABLE paper_head (
    id         smallint CONSTRAINT pk_paper_head PRIMARY KEY CONSTRAINT ck_paper_head_id CHECK (id = 1),
    sequence   bigint   NOT NULL,
    entry_hash text     COLLATE "C" NOT NULL
);
INSERT INTO paper_head (id, sequence, entry_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER tr_paper_head_grows BEFORE UPDATE ON paper_head
FOR EACH ROW WHEN (NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id)
EXECUTE FUNCTION refuse('tr_paper_head_grows', 'the ledger of paper bets only grows, by one entry at a time');
CREATE TRIGGER tr_paper_head_never_removed BEFORE DELETE ON paper_head
FOR EACH ROW EXECUTE FUNCTION refuse('tr_paper_head_never_removed', 'the ledger of paper bets is never forgotten');

CREATE FUNCTION check_paper_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.kind = 'bet' AND NOT EXISTS (
        SELECT 1 FROM matches m
        WHERE m.id = NEW.match_id AND m.season = (SELECT k.season FROM match_keys k WHERE k.id = NEW.match_id)
            AND m.match_status = 'scheduled' AND m.match_time > NEW.written_at)
    THEN
        RAISE EXCEPTION 'tr_check_paper_entry: a paper bet is on a match to come, and is written down before its kick-off'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_paper_entry';
    END IF;
    IF NEW.kind = 'settlement' AND NOT EXISTS (
        SELECT 1 FROM paper_ledger p WHERE p.sequence = NEW.bet_sequence AND p.kind = 'bet')
    THEN
        RAISE EXCEPTION 'tr_check_paper_entry: a settlement is of a bet of this ledger'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_check_paper_entry';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER tr_check_paper_entry BEFORE INSERT ON paper_ledger
FOR EACH ROW EXECUTE FUNCTION check_paper_entry();

CREATE FUNCTION chain_paper() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE paper_head h SET sequence = NEW.sequence, entry_hash = NEW.entry_hash
    WHERE h.sequence + 1 = NEW.sequence AND h.entry_hash = NEW.previous_hash;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'tr_paper_ledger_chained: a paper bet is written down as the next entry of the ledger'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'tr_paper_ledger_chained';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION chain_paper() FROM PUBLIC;
CREATE TRIGGER tr_paper_ledger_chained AFTER INSERT ON paper_ledger
FOR EACH ROW EXECUTE FUNCTION chain_paper();
CREATE TRIGGER tr_paper_ledger_never_rewritten
BEFORE UPDATE OF sequence, kind, written_at, bet_sequence, content, previous_hash, entry_hash ON paper_ledger
FOR EACH ROW EXECUTE FUNCTION refuse('tr_paper_ledger_never_rewritten', 'an entry of the ledger of paper bets is never changed');
CREATE TRIGGER tr_paper_ledger_never_removed BEFORE DELETE ON paper_ledger
FOR EACH ROW EXECUTE FUNCTION refuse('tr_paper_ledger_never_removed', 'an entry of the ledger of paper bets is never removed');
CREATE TRIGGER tr_paper_ledger_never_emptied BEFORE TRUNCATE ON paper_ledger
FOR EACH STATEMENT EXECUTE FUNCTION refuse('tr_paper_ledger_never_emptied', 'the ledger of paper bets is never forgotten');
CREATE TRIGGER tr_paper_ledger_match_kept BEFORE UPDATE OF match_id ON paper_ledger
FOR EACH ROW WHEN (NEW.match_id IS DISTINCT FROM OLD.match_id)
EXECUTE FUNCTION keep_match('tr_paper_ledger_match_kept',
    'a paper bet stays with its match; only a merge of two matches takes it along');

-- The same of corrections, which had only their content protected.
CREATE TRIGGER tr_match_corrections_match_kept BEFORE UPDATE OF match_id ON match_corrections
FOR EACH ROW WHEN (NEW.match_id <> OLD.match_id)
EXECUTE FUNCTION keep_match('tr_match_corrections_match_kept',
    'a correction stays with its match; only a merge of two matches takes it along');

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_admin') AND
        (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'raw_documents'::regclass) = 'football_admin' THEN
        ALTER TABLE paper_ledger OWNER TO football_admin;
        ALTER TABLE paper_head OWNER TO football_admin;
        ALTER FUNCTION check_paper_entry() OWNER TO football_admin;
        ALTER FUNCTION chain_paper() OWNER TO football_admin;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_reader') THEN
        GRANT SELECT ON paper_ledger, paper_head TO football_reader;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'football_writer') THEN
        GRANT INSERT ON paper_ledger TO football_writer;
    END IF;
END
$$;
