alter table action add column on_worker_loss text not null default 'recover'
  check (on_worker_loss in ('recover', 'abandon'));
comment on column action.on_worker_loss is
  'abandon: an execution whose program has started is never started again.';
