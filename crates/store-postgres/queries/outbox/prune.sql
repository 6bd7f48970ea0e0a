SELECT prune_outbox($1)
