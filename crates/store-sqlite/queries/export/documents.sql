-- ?1, ?2: time of collection and identifier that the page comes after; ?3: limit.
SELECT id, data_source, hash, collected_at
FROM raw_documents
WHERE (collected_at, id) > (?1, ?2)
ORDER BY collected_at, id
LIMIT ?3
