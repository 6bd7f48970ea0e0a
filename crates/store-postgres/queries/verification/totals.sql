-- Of each match and version of a model, the forecast that was sealed last.
SELECT model_name, model_version, count(*), count(*) FILTER (WHERE is_correct), sum(rps), sum(rps * rps), sum(log_loss),
    sum(log_loss * log_loss), count(closing_rps), coalesce(sum(rps - closing_rps), 0),
    coalesce(sum((rps - closing_rps) * (rps - closing_rps)), 0)
FROM (
    SELECT model_name, model_version, is_correct, rps, log_loss, closing_rps,
        row_number() OVER (PARTITION BY match_id, model_name, model_version ORDER BY sealed_at DESC, id DESC) AS place
    FROM predictions
    WHERE verified_at IS NOT NULL
) latest
WHERE place = 1
GROUP BY model_name, model_version
ORDER BY model_name, model_version
