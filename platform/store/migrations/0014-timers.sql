-- Timers: when a rule of a timer trigger fires next. One row for each rule, updated in the
-- transaction that changes the rule.

create table timer (
  rule bigint primary key references rule on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  state text not null check (state in ('unplanned', 'armed', 'expired', 'invalid', 'off')),
  due_at timestamptz,
  anchor timestamptz,
  planned_at timestamptz,
  fires int not null default 0,
  reason text,
  created timestamptz not null default platform_now(),
  updated timestamptz not null default platform_now(),
  constraint timer_due_while_armed check ((state = 'armed') = (due_at is not null))
);
comment on column timer.anchor is 'When it was armed: intervals are counted from here.';
comment on column timer.planned_at is
  'When due_at was computed. In the future: the clock was set back since.';
create index timer_due on timer (due_at) where state = 'armed';
create index timer_planned on timer (planned_at) where state = 'armed';
create index timer_unplanned on timer (rule) where state = 'unplanned';

-- An event is stored with the next due time of its timer; this row records that its rule is
-- still to be evaluated.
create table timer_event (
  event bigint primary key references event on delete cascade,
  tenant int not null default coalesce(app_tenant(), 1) references tenant,
  rule bigint not null,
  created timestamptz not null default platform_now()
);
comment on column timer_event.rule is
  'The only rule that it may fire. When the rule is deleted, nothing fires.';

-- A change of trigger, schedule or `enabled` resets the timer. The platform plans it in the same
-- transaction, or as soon as it finds the row.
create function rule_has_timer() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.enabled = old.enabled and new.trigger is not distinct from old.trigger
      and new.trigger_params::text = old.trigger_params::text then
      return null;
    end if;
  end if;
  if not exists (select from trigger t where t.id = new.trigger and t.tenant = 0
    and t.ref in ('core.intervaltimer', 'core.crontimer', 'core.datetimetimer', 'core.rruletimer')) then
    delete from timer where rule = new.id;
    return null;
  end if;
  insert into timer (rule, tenant, state)
  values (new.id, new.tenant, case when new.enabled then 'unplanned' else 'off' end)
  on conflict (rule) do update set state = excluded.state, due_at = null, anchor = null, planned_at = null, fires = 0,
    reason = null, updated = platform_now();
  return null;
end $$;
create trigger rule_has_timer after insert or update of enabled, trigger, trigger_params on rule
  for each row execute function rule_has_timer();

alter table timer enable row level security;
create policy own on timer to tuningfork_app using (tenant = (select app_tenant()))
  with check (tenant = (select app_tenant()));
alter table timer_event enable row level security;
create policy own on timer_event to tuningfork_app using (tenant = (select app_tenant()))
  with check (tenant = (select app_tenant()));
grant select, insert, update, delete on timer to tuningfork_app;
grant select, insert, update, delete on timer_event to tuningfork_app;

-- Tenants, except frozen ones, with timers that are due, not planned yet, or planned by a clock
-- that was set back since.
create function timer_tenants() returns table (tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$
with edge as materialized (select platform_now() as now), found as (
  select t.tenant from timer t where t.state = 'armed' and t.due_at <= (select now from edge)
  union
  select t.tenant from timer t where t.state = 'armed' and t.planned_at > (select now from edge) + interval '1 s'
  union
  select t.tenant from timer t where t.state = 'unplanned'
)
select f.tenant from found f join tenant w on w.id = f.tenant where not w.frozen
$$;

-- Milliseconds until the next timer is due; null when none is armed.
create function next_timer_ms() returns double precision
  language sql stable security definer set search_path = public, pg_temp as
$$
with edge as materialized (select platform_now() as now)
select extract(epoch from min(t.due_at) - (select now from edge)) * 1000 from timer t
where t.state = 'armed' and t.due_at > (select now from edge)
$$;

-- Timer events whose rule was not evaluated yet, oldest first.
create function pending_timer_events(most int) returns table (event bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$ select p.event, p.tenant from timer_event p order by p.event limit most $$;

do $$
declare f text;
begin
  foreach f in array array['rule_has_timer()', 'timer_tenants()', 'next_timer_ms()', 'pending_timer_events(int)']
  loop
    execute format('revoke all on function %s from public', f);
    execute format('grant execute on function %s to tuningfork_app', f);
  end loop;
end $$;
