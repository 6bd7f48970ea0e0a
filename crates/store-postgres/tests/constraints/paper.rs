//! What each constraint of the ledger of paper bets must refuse.

const ENTRY: &str = "INSERT INTO paper_ledger (sequence, kind, written_at, match_id, bet_sequence, content, previous_hash, \
    entry_hash) VALUES ";

/// As [`ATTACKS`](crate::attacks::ATTACKS). Entry 1 is a bet on match 2, which is to come, and entry 2 sets limits.
pub const ATTACKS: &[(&str, &str, &str)] = &[
    (
        "ck_paper_ledger_sequence",
        "(0, 'limits', now(), NULL, NULL, '{}', repeat('b', 64), repeat('c', 64))",
        ENTRY,
    ),
    ("ck_paper_ledger_kind", "(3, 'wish', now(), NULL, NULL, '{}', repeat('b', 64), repeat('c', 64))", ENTRY),
    ("ck_paper_ledger_entry_hash", "(3, 'limits', now(), NULL, NULL, '{}', repeat('b', 64), 'c')", ENTRY),
    ("ck_paper_ledger_whole", "(3, 'limits', now(), 2, NULL, '{}', repeat('b', 64), repeat('c', 64))", ENTRY),
    ("ck_paper_ledger_whole", "(3, 'limits', now(), NULL, 1, '{}', repeat('b', 64), repeat('c', 64))", ENTRY),
    (
        "tr_check_paper_entry",
        "(3, 'bet', '2100-01-01', 2, NULL, '{}', repeat('b', 64), repeat('c', 64))",
        ENTRY,
    ),
    ("tr_check_paper_entry", "(3, 'bet', now(), 1, NULL, '{}', repeat('b', 64), repeat('c', 64))", ENTRY),
    (
        "tr_check_paper_entry",
        "(3, 'settlement', now(), NULL, 2, '{}', repeat('b', 64), repeat('c', 64))",
        ENTRY,
    ),
    (
        "tr_paper_ledger_chained",
        "(4, 'limits', now(), NULL, NULL, '{}', repeat('b', 64), repeat('c', 64))",
        ENTRY,
    ),
    (
        "tr_paper_ledger_chained",
        "(3, 'limits', now(), NULL, NULL, '{}', repeat('a', 64), repeat('c', 64))",
        ENTRY,
    ),
    ("tr_paper_ledger_never_rewritten", "UPDATE paper_ledger SET content = '[]'", ""),
    ("tr_paper_ledger_never_rewritten", "UPDATE paper_ledger SET entry_hash = previous_hash", ""),
    ("tr_paper_ledger_never_removed", "DELETE FROM paper_ledger WHERE sequence = 2", ""),
    ("tr_paper_ledger_match_kept", "UPDATE paper_ledger SET match_id = 1 WHERE sequence = 1", ""),
    ("ck_paper_head_id", "INSERT INTO paper_head VALUES (2, 0, '')", ""),
    ("tr_paper_head_grows", "UPDATE paper_head SET sequence = 0", ""),
    ("tr_paper_head_never_removed", "DELETE FROM paper_head", ""),
    ("tr_paper_ledger_never_emptied", "TRUNCATE paper_ledger", ""),
];
