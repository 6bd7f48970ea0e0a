DELETE FROM alert_silences WHERE until < ?1
