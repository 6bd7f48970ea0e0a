//! What each constraint of the ledger of paper bets must refuse.

const ENTRY: &str = "INSERT INTO paper_ledger (sequence, kind, written_at, match_id, bet_sequence, content, previous_hash, \
    entry_hash) VALUES ";

/// As [`ATTACKS`](crate::attacks::ATTACKS). Entry 1 is a bet on match 2, which is to come, and entry 2 sets limits.
pub const ATTACKS: &[(&str, &str, &str)] = &[
    (
        "ck_paper_ledger_sequence",
        "(0, 'limits', 0, NULL, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "ck_paper_ledger_kind",
        "(3, 'wish', 0, NULL, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "ck_paper_ledger_content",
        "(3, 'limits', 0, NULL, NULL, '{', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "ck_paper_ledger_entry_hash",
        "(3, 'limits', 0, NULL, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), 'c')",
        ENTRY,
    ),
    (
        "ck_paper_ledger_whole",
        "(3, 'limits', 0, 2, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "ck_paper_ledger_whole",
        "(3, 'limits', 0, NULL, 1, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "tr_check_paper_bet_before_kickoff",
        "(3, 'bet', 4000000000, 2, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "tr_check_paper_bet_before_kickoff",
        "(3, 'bet', 0, 1, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "tr_check_paper_settlement",
        "(3, 'settlement', 0, NULL, 2, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "tr_paper_ledger_chained",
        "(4, 'limits', 0, NULL, NULL, '{}', replace(hex(zeroblob(32)), '00', 'bb'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    (
        "tr_paper_ledger_chained",
        "(3, 'limits', 0, NULL, NULL, '{}', replace(hex(zeroblob(32)), '00', 'aa'), replace(hex(zeroblob(32)), '00', 'cc'))",
        ENTRY,
    ),
    ("tr_paper_ledger_never_rewritten", "UPDATE paper_ledger SET content = '[]'", ""),
    ("tr_paper_ledger_never_rewritten", "UPDATE paper_ledger SET entry_hash = previous_hash", ""),
    ("tr_paper_ledger_never_removed", "DELETE FROM paper_ledger WHERE sequence = 2", ""),
    ("tr_paper_ledger_match_kept", "UPDATE paper_ledger SET match_id = 1 WHERE sequence = 1", ""),
    ("ck_paper_head_id", "INSERT INTO paper_head VALUES (2, 0, '')", ""),
    ("tr_paper_head_grows", "UPDATE paper_head SET sequence = 0", ""),
    ("tr_paper_head_never_removed", "DELETE FROM paper_head", ""),
];
