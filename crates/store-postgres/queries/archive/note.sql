INSERT INTO archived_odds (match_id, lake, quotes, removed, digest, archived_at)
SELECT match_id, $2, quotes, removed, digest, $6
FROM unnest($1::bigint[], $3::bigint[], $4::bigint[], $5::text[]) u (match_id, quotes, removed, digest)
ON CONFLICT (match_id) DO UPDATE SET
    lake = excluded.lake, quotes = excluded.quotes, removed = excluded.removed, digest = excluded.digest,
    archived_at = excluded.archived_at
