-- Legs of one pairing that change places would collide half-way; parked at the far end they do not.
WITH parked (id) AS (VALUES /*rows*/ (?) /*rows*/)
UPDATE matches SET leg = 256 - leg FROM parked p WHERE matches.id = p.id
