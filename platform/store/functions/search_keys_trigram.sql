-- Searches the keys of the transaction's tenant, the best match first, at most 1,000. The indexes
-- serve the owner of the table alone: below row-level security, PostgreSQL filters by tenant
-- before it evaluates an operator that could show values in its errors.
-- `<%` and `word_similarity` are of pg_trgm, which may be missing.
create or replace function search_keys_trigram(query text) returns table (key bigint, score real)
  language plpgsql stable security definer set search_path = public, pg_temp as
$$
begin
  return query execute 'select s.key, word_similarity($1, s.content) from key_search s
    where s.tenant = app_tenant() and $1 <% s.content order by 2 desc, s.key limit 1000' using query;
end $$;
select expose_function(array['search_keys_trigram(text)']);
