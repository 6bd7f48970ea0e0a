UPDATE outbox_pruned SET position = (SELECT min(id) - 1 FROM outbox)
WHERE position < (SELECT min(id) - 1 FROM outbox)
