-- Searches the keys of the transaction's tenant, the best match first, at most 1,000. The indexes
-- serve the owner of the table alone: below row-level security, PostgreSQL filters by tenant
-- before it evaluates an operator that could show values in its errors.
create or replace function search_keys_fulltext(query text) returns table (key bigint, score real)
  language sql stable security definer set search_path = public, pg_temp as
$$
select s.key, ts_rank(s.words, q) from key_search s, websearch_to_tsquery('simple', query) q
where s.tenant = app_tenant() and s.words @@ q
order by 2 desc, s.key limit 1000
$$;
select expose_function(array['search_keys_fulltext(text)']);
