-- Analyzes tables that have grown to four times their analyzed size. Plans of prepared
-- statements are kept, and one made while a table was empty may use any index; new statistics
-- invalidate it.
create or replace function analyze_grown_tables() returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare table_name name;
begin
  for table_name in
    select c.relname from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relowner = current_user::regrole
      and pg_relation_size(c.oid) >= 4 * greatest(c.relpages, case when c.reltuples < 0 then 0.25 else 2 end)
        * current_setting('block_size')::int
  loop
    execute format('analyze %I', table_name);
  end loop;
end $$;
select expose_function(array['analyze_grown_tables()']);
