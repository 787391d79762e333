-- Deletes up to `portion` results of tests of this tenant's packs that have expired, oldest first.
-- The latest one of a pack stays. Returns how many were deleted.
create or replace function remove_expired_pack_tests(portion int) returns int
  language plpgsql security definer set search_path = public, pg_temp as
$$
declare removed int;
begin
  delete from pack_test_execution where id in (
    select t.id from pack_test_execution t
    where t.tenant = app_tenant() and t.created < retention_cutoff('pack_test_executions')
      and exists (select from pack_test_execution later where later.pack = t.pack and later.id > t.id)
    order by t.id limit portion for update of t skip locked);
  get diagnostics removed = row_count;
  return removed;
end $$;
select expose_function(array['remove_expired_pack_tests(int)']);
