-- Whether a queue is ad hoc follows from its pack where a statement does not say it.
create or replace function complete_queue_flags() returns trigger
  language plpgsql as
$$
begin
  if tg_op = 'INSERT' then
    new.is_adhoc := coalesce(new.is_adhoc, new.pack is null);
  elsif new.pack is distinct from old.pack and new.is_adhoc = old.is_adhoc then
    new.is_adhoc := new.pack is null;
  end if;
  return new;
end
$$;
revoke all on function complete_queue_flags() from public;

create or replace trigger complete_queue_flags before insert or update of pack, is_adhoc on work_queue
  for each row execute function complete_queue_flags();
