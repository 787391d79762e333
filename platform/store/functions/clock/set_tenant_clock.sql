-- Gives this tenant a clock of a mode that shows an instant now; `real`: it has none of its own. Wakes
-- every process that waits for an instant.
create or replace function set_tenant_clock(mode text, shown timestamptz) returns void
  language sql set search_path = public, pg_temp as
$$
delete from tenant_clock where tenant = app_tenant();
insert into tenant_clock (tenant, pinned_at, ahead)
select app_tenant(), case mode when 'pinned' then shown end, case mode when 'offset' then shown - liveness_now() end
where mode <> 'real';
select notify_clock_change()
$$;
select expose_function(array['set_tenant_clock(text, timestamptz)']);
