-- What the readiness of a platform writes.
create table readiness (
  instance text primary key,
  checked_at timestamptz not null default platform_now()
);
comment on column readiness.instance is 'The platform that it belongs to.';
