SELECT undone_at IS NOT NULL FROM identity_merges WHERE id = ?1
