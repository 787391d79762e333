-- As isolate_table, where all tenants see the rows of tenant 0 too, and none can write them.
create or replace function isolate_shared_table(table_names text[]) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare table_name text;
begin
  foreach table_name in array table_names loop
    execute format('alter table %I enable row level security', table_name);
    execute format('create policy seen on %I for select to tuningfork_app using (tenant in (0, (select app_tenant())))', table_name);
    execute format('create policy made on %I for insert to tuningfork_app with check (tenant = (select app_tenant()))', table_name);
    execute format('create policy changed on %I for update to tuningfork_app using (tenant = (select app_tenant()))', table_name);
    execute format('create policy removed on %I for delete to tuningfork_app using (tenant = (select app_tenant()))', table_name);
  end loop;
end $$;
revoke all on function isolate_shared_table(text[]) from public;
