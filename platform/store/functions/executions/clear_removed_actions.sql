-- Takes the id of a deleted action from up to `max_count` of its executions, oldest first, after
-- those without executions. Returns whether there may be more to do.
create or replace function clear_removed_actions(max_count int) returns boolean
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare
  removed removed_action;
  ids bigint[];
begin
  loop
    select * into removed from removed_action order by action limit 1 for update skip locked;
    if not found then return false; end if;
    select array_agg(e.id) into ids from (
      select id from execution
      where tenant in (select t.id from tenant t where removed.tenant in (0, t.id))
        and action_ref = removed.action_ref and id > removed.cleared_until
      order by id limit max_count for update) e;
    exit when ids is not null;
    delete from removed_action where action = removed.action;
  end loop;
  update execution set action = null where id = any(ids) and action = removed.action;
  if cardinality(ids) < max_count then
    delete from removed_action where action = removed.action;
  else
    update removed_action set cleared_until = ids[cardinality(ids)] where action = removed.action;
  end if;
  return true;
end $$;
select expose_function(array['clear_removed_actions(int)']);
