-- Pending inquiries of all tenants whose timeout has passed, earliest first.
create or replace function due_inquiries(max_count int) returns table (inquiry bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select liveness_now() as now, latest_now() as latest)
select i.id, i.tenant from clock cross join inquiry i left join tenant_clock c on c.tenant = i.tenant
where i.status = 'pending' and i.timeout_at <= clock.latest
  and i.timeout_at <= coalesce(c.pinned_at, clock.now + c.ahead, clock.now)
order by i.timeout_at, i.id limit max_count
$$;
select expose_function(array['due_inquiries(int)']);
