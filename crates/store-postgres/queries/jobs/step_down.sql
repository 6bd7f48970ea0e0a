UPDATE leases SET until = $3 WHERE name = 'scheduler' AND holder = $1 AND fencing = $2 AND until > $3
