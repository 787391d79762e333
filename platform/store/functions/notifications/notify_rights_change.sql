-- Entries for the notifier itself: the permissions of an identity have changed, or those of all
-- identities of the tenant (entity 0). They are in the same feed so that they keep the order of
-- the commits.
create or replace function notify_rights_change() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
  tenant int := coalesce((changed ->> 'tenant')::int, (changed ->> 'id')::int);
begin
  perform append_notification(tenant, 'rights_changed', 'rights',
    case tg_argv[0] when 'self' then (changed ->> 'id')::bigint when 'identity' then (changed ->> 'identity')::bigint else 0 end,
    null, '');
  return null;
end $$;
revoke all on function notify_rights_change() from public;

create or replace trigger notify_rights_change after update or delete on identity
  for each row execute function notify_rights_change('self');
create or replace trigger notify_rights_change after update of revoked_at or delete on integration_token
  for each row execute function notify_rights_change('identity');
create or replace trigger notify_rights_change after insert or update or delete on permission_assignment
  for each row execute function notify_rights_change('identity');
create or replace trigger notify_rights_change after insert or update or delete on identity_role
  for each row execute function notify_rights_change('identity');
create or replace trigger notify_rights_change after insert or update or delete on permission_set_role
  for each row execute function notify_rights_change('all');
create or replace trigger notify_rights_change after update or delete on permission_set
  for each row execute function notify_rights_change('all');
create or replace trigger notify_rights_change after update on tenant
  for each row execute function notify_rights_change('all');
