-- Open jobs are asked for every second, whatever the number of those that have ended.
CREATE INDEX idx_jobs_open ON jobs (id) WHERE ended_at IS NULL;
