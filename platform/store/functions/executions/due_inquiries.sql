-- Pending inquiries of all tenants whose timeout has passed, earliest first.
create or replace function due_inquiries(max_count int) returns table (inquiry bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with clock as materialized (select platform_now() as now)
select i.id, i.tenant from clock, inquiry i
where i.status = 'pending' and i.timeout_at <= clock.now order by i.timeout_at, i.id limit max_count
$$;
select expose_function(array['due_inquiries(int)']);
