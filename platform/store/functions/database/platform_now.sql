-- Domain time of the transaction's tenant: the instants that are stored, and what users plan with.
create or replace function platform_now() returns timestamptz
  language sql volatile as $$ select tenant_now(nullif(current_setting('app.tenant', true), '')::int) $$;
select expose_function(array['platform_now()']);
