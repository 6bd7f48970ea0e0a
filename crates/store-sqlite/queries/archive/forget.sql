DELETE FROM archived_odds WHERE match_id IN (VALUES /*rows*/ (?) /*rows*/)
    AND quotes <= (SELECT count(*) FROM odds o WHERE o.match_id = archived_odds.match_id)
