-- What a queue declared secret in its items, which are deleted with it.
create or replace function record_former_queue() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    delete from former_schema where tenant = old.tenant and subject = 'queue' and ref = old.ref;
  else
    perform append_former_schema(old.tenant, 'queue', old.ref, old.item_schema::jsonb);
  end if;
  return null;
end $$;
revoke all on function record_former_queue() from public;

create or replace trigger record_former_queue after update of item_schema or delete on work_queue
  for each row execute function record_former_queue();
