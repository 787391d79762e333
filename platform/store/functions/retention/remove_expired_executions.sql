-- Deletes up to `portion` finished executions of this tenant with all below them and their log,
-- oldest first: those that have expired, and those that are older than the newest `max_count`; 0:
-- no such limit. An execution is kept while anything below it is unfinished, or has an inquiry that
-- has not expired, or while the retention that its request or its action sets keeps it. Returns how
-- many were deleted.
create or replace function remove_expired_executions(max_count int, portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  finished constant text[] := array['completed', 'failed', 'cancelled', 'timeout', 'abandoned'];
  ended_before timestamptz := retention_cutoff('executions');
  answered_before timestamptz := retention_cutoff('inquiries');
  created_before timestamptz; roots bigint[];
begin
  if max_count > 0 then
    select created into created_before from execution where tenant = app_tenant()
    order by created desc, id desc offset max_count - 1 limit 1;
  end if;
  select array_agg(id) into roots from (
    select e.id from execution e
    where e.tenant = app_tenant() and e.parent is null and e.status = any(finished)
      and e.created < greatest(ended_before, created_before)
      and (coalesce(e.finished_at, e.updated) < ended_before or e.created < created_before)
      and not exists (
        with recursive below as (
          select e.id union all select c.id from execution c join below b on c.parent = b.id
        )
        select from below join execution d using (id) left join action a on a.id = d.action
        cross join lateral (select
          coalesce(d.artifact_retention_policy, a.log_retention_policy) as policy,
          coalesce(d.artifact_retention_limit, a.log_retention_limit) as kept) r
        where d.status <> all(finished)
          or e.created >= coalesce(created_before, '-infinity')
            and exists (select from inquiry i where i.execution = d.id and i.updated >= answered_before)
          or case r.policy
          when 'versions' then (select count(*) from execution later where later.tenant = d.tenant
            and later.action_ref = d.action_ref and later.id > d.id) < r.kept
          when 'days' then coalesce(d.finished_at, d.updated) > platform_now() - r.kept * interval '1 day'
          when 'hours' then coalesce(d.finished_at, d.updated) > platform_now() - r.kept * interval '1 hour'
          when 'minutes' then coalesce(d.finished_at, d.updated) > platform_now() - r.kept * interval '1 minute'
          else false end)
    order by e.created, e.id limit portion for update of e skip locked
  ) as expired;
  if roots is null then return 0; end if;
  delete from execution where id = any(roots);
  perform set_config('app.removed_roots', array_to_string(roots, ','), true);
  delete from execution_event where root = any(roots);
  return cardinality(roots);
end $$;
select expose_function(array['remove_expired_executions(int, int)']);
