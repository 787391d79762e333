-- Adds a job to the queue. The payload carries ids only; the job reads the row to decide what to
-- do.
create or replace function enqueue_job(task text, payload json, deduplication_key text) returns void
  language sql security definer set search_path = graphile_worker, pg_temp as
$$ select graphile_worker.add_job(task, payload, job_key := deduplication_key) $$;
select expose_function(array['enqueue_job(text, json, text)']);
