-- Workers on hosts that share no disk with the platform. Each connects to the API under a token of
-- its own, which names it.

alter table worker
  add column token_epoch int not null default 0,
  add column session text;
comment on column worker.token_epoch is 'Of a standalone worker: tokens of an earlier one are revoked.';
comment on column worker.session is 'The process of a standalone worker that connected last; null: none may go on.';
