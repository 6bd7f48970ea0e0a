SELECT 1 FROM leases WHERE name = 'scheduler' AND holder = $1 AND fencing = $2 FOR SHARE
