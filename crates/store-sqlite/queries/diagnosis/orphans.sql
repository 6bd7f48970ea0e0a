SELECT count(*) FROM pragma_foreign_key_check
