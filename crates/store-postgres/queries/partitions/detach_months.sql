SELECT detach_months($1, $2)
