-- The job that wrote a change. No reference: what is told here stays true when a job is gone.
ALTER TABLE outbox ADD COLUMN job_id bigint;

CREATE INDEX idx_outbox_job ON outbox (job_id) WHERE job_id IS NOT NULL;
