SELECT position FROM outbox_pruned
