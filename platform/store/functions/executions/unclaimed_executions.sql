-- Executions that were assigned `timeout_ms` ago and have no valid lease: no worker has claimed
-- them. One that runs alone waits until its worker has nothing else; one that is addressed to a
-- worker waits in its queue, unless that worker has failed. While the disk of a worker is short of
-- space it claims nothing: the time begins when that was reported last.
create or replace function unclaimed_executions(timeout_ms double precision) returns table (tenant int, execution bigint)
  language sql stable security definer set search_path = public, pg_temp as
$$
select e.tenant, e.id from execution e
where e.status = 'scheduled' and e.assigned_at < liveness_now() - timeout_ms * interval '1 ms'
  and (e.addressed_to is null or exists (select from worker w where w.id = e.addressed_to and w.state = 'failed'))
  and not exists (select from worker w
    where w.id = e.worker and w.disk_shortage_at > liveness_now() - timeout_ms * interval '1 ms')
  and not exists (select from lease l where l.resource = 'execution:' || e.id and l.expires_at > liveness_now())
  and not exists (select from worker_crash_suspect s where s.execution = e.id and s.suspicions >= 2)
$$;
select expose_function(array['unclaimed_executions(double precision)']);
