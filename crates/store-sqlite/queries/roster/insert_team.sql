-- A team that a merge took away may come back: its identifier is not used again.
INSERT INTO teams (id, country, name)
VALUES (
    1 + max(
        coalesce((SELECT max(id) FROM teams), 0),
        coalesce((SELECT max(merged_id) FROM identity_merges WHERE kind = 'team'), 0)),
    ?1, ?2)
RETURNING id
