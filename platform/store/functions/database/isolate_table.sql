-- Isolates the tenants in tables that have a column `tenant`: the application role sees and writes only
-- the rows of its transaction's tenant. Grants are separate.
create or replace function isolate_table(table_names text[]) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare table_name text;
begin
  foreach table_name in array table_names loop
    execute format('alter table %I enable row level security', table_name);
    execute format('create policy own on %I to tuningfork_app using (tenant = (select app_tenant()))
      with check (tenant = (select app_tenant()))', table_name);
  end loop;
end $$;
revoke all on function isolate_table(text[]) from public;
