-- Their files create them again, for the tenants that they are called for.
drop function if exists delete_expired_keys();
drop function if exists delete_expired_idempotent_requests();
drop function if exists remove_expired_versions(int);
