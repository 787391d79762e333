-- Queues of all tenants, except frozen ones, with something to do: items to lease now, where the owner
-- may act and a literal concurrency has room, or the event of the last item. Whether the owner may
-- execute the action, and a concurrency that is read from elsewhere, are left to the dispatcher.
create or replace function due_queues() returns table (queue bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now)
select q.id, q.tenant from clock cross join work_queue q left join tenant_clock c on c.tenant = q.tenant
  cross join lateral (select coalesce(c.pinned_at, clock.now + c.ahead, clock.now) as now) own
where q.tenant not in (select frozen_tenants()) and (
  q.enabled and (q.next_dispatch_at is null or q.next_dispatch_at <= own.now)
    and not q.owner_gone
    and exists (select from action a where a.ref = q.dispatch_action_ref and a.tenant in (0, q.tenant))
    and not exists (select from identity i where i.id = q.owner_identity and i.frozen)
    and exists (select from work_queue_item i where i.queue = q.id and i.status in ('queued', 'retry')
      and (i.not_before is null or i.not_before <= own.now))
    and (q.config #>> '{dispatch,concurrency,source}' <> 'literal'
      or (select count(*) from work_queue_dispatch d where d.queue = q.id and d.status = 'open')
        < coalesce((q.config #>> '{dispatch,concurrency,value}')::int, 1))
  or q.started
    and not exists (select from work_queue_item i where i.queue = q.id and i.status in ('queued', 'retry'))
    and not exists (select from work_queue_dispatch d where d.queue = q.id and d.status = 'open'))
order by q.id
$$;
select expose_function(array['due_queues()']);
