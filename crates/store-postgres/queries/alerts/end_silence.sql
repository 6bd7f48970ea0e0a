UPDATE alert_silences SET until = greatest($2, created_at) WHERE id = $1 AND until > $2
