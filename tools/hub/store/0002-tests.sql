-- Runs of the scenarios, beside those of sandboxes, and the tests of a run.
alter table sandbox_run rename to run;
alter table run add column kind text not null default 'sandbox' check (kind in ('sandbox', 'suite'));
-- Of its tests, as far as they are known.
alter table run add column passed integer;
alter table run add column failed integer;
alter table run add column skipped integer;

create table run_test (
  run bigint not null references run on delete cascade,
  -- In the order of the report.
  position integer not null,
  name text not null,
  file text,
  -- Flaky: it failed, and passed when it ran again in the same run.
  outcome text not null check (outcome in ('passed', 'failed', 'flaky', 'skipped')),
  seconds double precision,
  message text,
  primary key (run, position)
);

create index run_test_by_name on run_test (name, run);
create index run_by_start on run (started);
