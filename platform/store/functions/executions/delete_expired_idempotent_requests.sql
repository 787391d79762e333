-- Deletes idempotent requests of these tenants, or of all, that are older than 24 hours.
create or replace function delete_expired_idempotent_requests(of_tenants int[]) returns void
  language sql security definer set search_path = public, pg_temp as
$$
delete from idempotent_request
where (of_tenants is null or tenant = any(of_tenants)) and created < tenant_now(tenant) - interval '24 hours'
$$;
select expose_function(array['delete_expired_idempotent_requests(int[])']);
