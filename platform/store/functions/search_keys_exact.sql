-- Searches the keys of the transaction's tenant, the best match first, at most 1,000. The indexes
-- serve the owner of the table alone: below row-level security, PostgreSQL filters by tenant
-- before it evaluates an operator that could show values in its errors.
create or replace function search_keys_exact(query text) returns table (key bigint, score real)
  language sql stable security definer set search_path = public, pg_temp as
$$
select s.key, 1::real from key_search s where s.tenant = app_tenant() and s.terms @> array[query]
order by s.key limit 1000
$$;
select expose_function(array['search_keys_exact(text)']);
