-- Ends the leases of an executor: other ones go on with what it coordinated.
create or replace function remove_executor(executor_id bigint) returns void
  language sql security definer set search_path = public, pg_temp as
$$ delete from executor where id = executor_id $$;
select expose_function(array['remove_executor(bigint)']);
