-- Events with a rule that is still to be evaluated, oldest first.
create or replace function pending_rules(max_count int)
  returns table (event bigint, rule bigint, tenant int)
  language sql stable security definer set search_path = public, pg_temp as
$$ select p.event, p.rule, p.tenant from pending_rule p order by p.event, p.rule limit max_count $$;
select expose_function(array['pending_rules(int)']);
