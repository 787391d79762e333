-- Tenants whose clock is to be moved.
create or replace function tenants_with_moves() returns setof int
  language sql stable security definer set search_path = public, pg_temp as
$$ select distinct tenant from clock_move where outcome is null $$;
select expose_function(array['tenants_with_moves()']);
