-- Makes one step of this tenant's first move that has not ended: to the next instant at which something
-- is due, or to its target, unless `is_clock_waiting`.
-- A real clock runs ahead from then on. No other transaction of the tenant may be open. Returns `none`, `waiting`, `moved` or `ended`.
create or replace function step_clock_move() returns text
  language plpgsql set search_path = public, pg_temp as
$$
declare move clock_move; shown timestamptz; next_at timestamptz; mode text;
begin
  select * into move from clock_move where tenant = app_tenant() and outcome is null
  order by id limit 1 for update skip locked;
  if not found then return 'none'; end if;
  shown := platform_now();
  if move.target is null then
    update clock_move set target = shown + move_by where id = move.id returning target into move.target;
  end if;
  if is_clock_waiting(move.settle) then return 'waiting'; end if;
  if shown >= move.target then
    update clock_move set outcome = 'done' where id = move.id;
    return 'ended';
  end if;
  mode := case when exists (select from tenant_clock where tenant = app_tenant() and pinned_at is not null)
    then 'pinned' else 'offset' end;
  select min(p.at) into next_at from planned_instants() p where p.at > shown and p.at <= move.target;
  if next_at is null then
    perform set_tenant_clock(mode, move.target);
    return 'moved';
  end if;
  if move.steps >= move.max_steps then
    update clock_move set outcome = 'too-many-steps' where id = move.id;
    return 'ended';
  end if;
  insert into clock_move_fired (move, kind, entity, at)
  select move.id, p.kind, p.entity, p.at from planned_instants() p where p.at = next_at order by p.kind, p.entity;
  update clock_move set steps = steps + 1 where id = move.id;
  perform set_tenant_clock(mode, next_at);
  return 'moved';
end $$;
select expose_function(array['step_clock_move()']);
