-- Every token of a log-in carries the epoch of its identity; a new epoch ends all of them.
alter table identity add column session_epoch int not null default 0;

-- Log-ins that were ended one by one, until their tokens would have expired. They belong to no
-- tenant: the tokens are checked before the tenant is known.
create table ended_session (
  id uuid primary key,
  expires_at timestamptz not null
);
create index ended_session_to_expire on ended_session (expires_at);

-- Addresses from which a log-in succeeded, by the hash of the login. They belong to no tenant, as
-- failed_login does.
create table usual_address (
  name text primary key,
  expires_at timestamptz not null
);
create index usual_address_to_expire on usual_address (expires_at);

-- They return the epoch too; the function files create them again.
drop function if exists identity_by_id(bigint);
drop function if exists identity_by_login(text);
drop function if exists record_login_success(text, text[]);
