SELECT holder, fencing, until FROM leases WHERE name = 'scheduler'
