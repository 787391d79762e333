-- Lets the application role, and no other role, execute functions; each is given as its signature:
-- `select expose_function(array['due_inquiries(int)'])`.
create or replace function expose_function(signatures text[]) returns void
  language plpgsql set search_path = public, pg_temp as
$$
declare signature text;
begin
  foreach signature in array signatures loop
    execute format('revoke all on function %s from public', signature::regprocedure);
    execute format('grant execute on function %s to tuningfork_app', signature::regprocedure);
  end loop;
end $$;
revoke all on function expose_function(text[]) from public;
