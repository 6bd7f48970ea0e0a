INSERT INTO archived_odds (match_id, lake, quotes, removed, digest, archived_at)
VALUES /*rows*/ (?, ?, ?, ?, ?, ?) /*rows*/
ON CONFLICT (match_id) DO UPDATE SET
    lake = excluded.lake, quotes = excluded.quotes, removed = excluded.removed, digest = excluded.digest,
    archived_at = excluded.archived_at
