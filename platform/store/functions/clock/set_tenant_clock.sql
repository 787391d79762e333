-- Sets what the clock of this tenant shows; it keeps its mode. A real one runs ahead from then on.
-- Wakes every process that waits for an instant.
create or replace function set_tenant_clock(shown timestamptz) returns void
  language sql set search_path = public, pg_temp as
$$
insert into tenant_clock as c (tenant, ahead) values (app_tenant(), shown - liveness_now())
on conflict (tenant) do update set
  pinned_at = case when c.pinned_at is not null then shown end,
  ahead = case when c.pinned_at is null then excluded.ahead end;
select notify_clock_change()
$$;
select expose_function(array['set_tenant_clock(timestamptz)']);
