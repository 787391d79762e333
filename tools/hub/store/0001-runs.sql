-- One run of one repository. The columns beside the report are those that lists are made of.
create table sandbox_run (
  id bigint generated always as identity primary key,
  -- Of the post: the same one is stored once.
  key text not null unique,
  name text not null,
  repository text not null,
  branch text,
  commit text,
  host text not null,
  outcome text not null check (outcome in ('passed', 'failed', 'cancelled')),
  failure_code text,
  exit_code integer not null,
  started timestamptz not null,
  finished timestamptz not null,
  received timestamptz not null default now(),
  report jsonb not null
);

create index sandbox_run_by_repository on sandbox_run (repository, id desc);
