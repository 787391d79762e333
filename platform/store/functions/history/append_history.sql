-- Adds a change of an entity to a table of history: both documents are whole, or null. `forced`
-- names fields that have changed although their documents show the same. An update that changed
-- nothing that they show is no row.
create or replace function append_history(history text, of_tenant int, operation text, entity bigint, ref text,
  before jsonb, after jsonb, forced text[]) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare changed text[] := '{}';
begin
  if of_tenant::text = current_setting('app.removing_tenant', true) then return; end if;
  if operation = 'UPDATE' then
    select array_agg(key order by key), jsonb_object_agg(key, before -> key), jsonb_object_agg(key, value)
    into changed, before, after from jsonb_each(after)
    where value is distinct from before -> key or key = any(forced);
    if changed is null then return; end if;
  end if;
  execute format('insert into %I (tenant, time, operation, entity_id, entity_ref, changed_fields, old_values, new_values)
    values ($1, tenant_now($1), $2, $3, $4, $5, $6, $7)', history)
  using of_tenant, operation, entity, ref, changed, before, after;
end $$;
revoke all on function append_history(text, int, text, bigint, text, jsonb, jsonb, text[]) from public;
