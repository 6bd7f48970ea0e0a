-- Bets that were written down before kick-off, what became of them, and limits of staking: a ledger to which entries are added
-- at the end. Each carries the hash of the one before.
CREATE TABLE paper_ledger (
    sequence      INTEGER PRIMARY KEY CONSTRAINT ck_paper_ledger_sequence CHECK (sequence > 0),
    kind          TEXT    NOT NULL CONSTRAINT ck_paper_ledger_kind CHECK (kind IN ('bet', 'settlement', 'limits')),
    written_at    INTEGER NOT NULL,
    -- The match of a bet; it follows merges.
    match_id      INTEGER CONSTRAINT fk_paper_ledger_match REFERENCES matches (id),
    -- The bet that is settled.
    bet_sequence  INTEGER CONSTRAINT fk_paper_ledger_bet REFERENCES paper_ledger (sequence),
    -- What the entry says, word for word as it was hashed.
    content       TEXT    NOT NULL CONSTRAINT ck_paper_ledger_content CHECK (json_valid(content)),
    previous_hash TEXT    NOT NULL,
    entry_hash    TEXT    NOT NULL CONSTRAINT ck_paper_ledger_entry_hash CHECK (length(entry_hash) = 64),
    CONSTRAINT ck_paper_ledger_whole CHECK (
        (kind = 'bet') = (match_id IS NOT NULL) AND (kind = 'settlement') = (bet_sequence IS NOT NULL))
) STRICT;
CREATE INDEX idx_paper_ledger_match ON paper_ledger (match_id) WHERE match_id IS NOT NULL;
-- A bet is settled once.
CREATE UNIQUE INDEX uq_paper_ledger_bet_sequence ON paper_ledger (bet_sequence) WHERE bet_sequence IS NOT NULL;

CREATE TABLE paper_head (
    id         INTEGER PRIMARY KEY CONSTRAINT ck_paper_head_id CHECK (id = 1),
    sequence   INTEGER NOT NULL,
    entry_hash TEXT    NOT NULL
) STRICT;
INSERT INTO paper_head (id, sequence, entry_hash)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER tr_paper_head_grows BEFORE UPDATE ON paper_head
WHEN NEW.sequence <> OLD.sequence + 1 OR NEW.id <> OLD.id
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_head_grows: the ledger of paper bets only grows, by one entry at a time');
END;
CREATE TRIGGER tr_paper_head_never_removed BEFORE DELETE ON paper_head
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_head_never_removed: the ledger of paper bets is never forgotten');
END;
CREATE TRIGGER tr_check_paper_bet_before_kickoff BEFORE INSERT ON paper_ledger
WHEN NEW.kind = 'bet' AND NOT EXISTS (
    SELECT 1 FROM matches WHERE id = NEW.match_id AND match_status = 'scheduled' AND match_time > NEW.written_at)
BEGIN
    SELECT RAISE(ABORT, 'tr_check_paper_bet_before_kickoff: a paper bet is on a match to come, and is written down before its kick-off');
END;
CREATE TRIGGER tr_check_paper_settlement BEFORE INSERT ON paper_ledger
WHEN NEW.kind = 'settlement' AND NOT EXISTS (
    SELECT 1 FROM paper_ledger WHERE sequence = NEW.bet_sequence AND kind = 'bet')
BEGIN
    SELECT RAISE(ABORT, 'tr_check_paper_settlement: a settlement is of a bet of this ledger');
END;
CREATE TRIGGER tr_paper_ledger_chained AFTER INSERT ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_chained: a paper bet is written down as the next entry of the ledger')
    FROM paper_head
    WHERE NEW.sequence IS NOT sequence + 1 OR NEW.previous_hash IS NOT entry_hash;
    UPDATE paper_head SET sequence = NEW.sequence, entry_hash = NEW.entry_hash;
END;
CREATE TRIGGER tr_paper_ledger_never_rewritten
BEFORE UPDATE OF sequence, kind, written_at, bet_sequence, content, previous_hash, entry_hash ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_never_rewritten: an entry of the ledger of paper bets is never changed');
END;
CREATE TRIGGER tr_paper_ledger_never_removed BEFORE DELETE ON paper_ledger
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_never_removed: an entry of the ledger of paper bets is never removed');
END;
CREATE TRIGGER tr_paper_ledger_match_kept BEFORE UPDATE OF match_id ON paper_ledger
WHEN NEW.match_id IS NOT OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_paper_ledger_match_kept: a paper bet stays with its match; only a merge of two matches takes it along');
END;

-- The same of corrections, which had only their content protected.
CREATE TRIGGER tr_match_corrections_match_kept BEFORE UPDATE OF match_id ON match_corrections
WHEN NEW.match_id <> OLD.match_id AND NOT EXISTS (
    SELECT 1 FROM identity_merges g JOIN identity_merge_matches j ON j.merge_id = g.id
    WHERE g.running IS NOT NULL AND j.match_id IN (OLD.match_id, NEW.match_id)
        AND j.joined_to IN (OLD.match_id, NEW.match_id))
BEGIN
    SELECT RAISE(ABORT, 'tr_match_corrections_match_kept: a correction stays with its match; only a merge of two matches takes it along');
END;
