-- A rule or a work queue whose owner is deleted starts nothing until an identity takes it over.
create or replace function mark_rules_of_deleted_identity() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update rule set owner_gone = true where owner_identity = old.id;
  update work_queue set owner_gone = true where owner_identity = old.id;
  return old;
end $$;
revoke all on function mark_rules_of_deleted_identity() from public;

create or replace trigger mark_rules_of_deleted_identity before delete on identity
  for each row execute function mark_rules_of_deleted_identity();
