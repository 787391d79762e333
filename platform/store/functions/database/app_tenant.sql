-- The tenant of this transaction; null outside one. A local setting that was reset reads as the
-- empty text.
create or replace function app_tenant() returns int
  language sql stable as $$ select nullif(current_setting('app.tenant', true), '')::int $$;
select expose_function(array['app_tenant()']);
