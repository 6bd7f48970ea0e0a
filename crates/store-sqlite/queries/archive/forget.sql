DELETE FROM archived_odds WHERE match_id IN (VALUES /*rows*/ (?) /*rows*/)
