-- Of the leases of a worker, ends those that it does not hold: their claims were lost on the way.
-- Returns the others, with what they are for.
create or replace function resume_worker_leases(worker_id bigint, fencing_tokens bigint[])
  returns table (execution bigint, tenant int, fencing_token bigint, attempt int)
  language sql security definer set search_path = public, pg_temp as
$$
update lease set expires_at = least(expires_at, liveness_now()), end_reason = coalesce(end_reason, 'crashed')
where owner = worker_id and not lease.fencing_token = any(fencing_tokens);
select e.id, e.tenant, l.fencing_token, e.attempt from lease l
join execution e on l.resource = 'execution:' || e.id
where l.owner = worker_id and l.fencing_token = any(fencing_tokens)
order by e.id
$$;
select expose_function(array['resume_worker_leases(bigint, bigint[])']);
