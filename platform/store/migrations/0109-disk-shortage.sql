-- A worker whose disk is short of space claims nothing until there is some.
alter table worker
  add column disk_shortage boolean not null default false,
  add column disk_shortage_at timestamptz;
comment on column worker.disk_shortage is 'What the worker reported last; it repeats that it is short of space.';
comment on column worker.disk_shortage_at is 'When it reported that; null: it never was short of space.';
