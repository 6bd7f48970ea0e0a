SELECT kind, source, country, name, status, resolved_id FROM name_reviews WHERE id = ?1
