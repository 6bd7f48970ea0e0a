-- Legs of one pairing that change places would collide half-way; parked at the far end they do not.
UPDATE matches m SET leg = 256 - leg FROM unnest($1::bigint[], $2::text[]) p (id, season)
WHERE m.id = p.id AND m.season = p.season
