-- What a schema declared secret before it was changed or deleted: what was stored under it is
-- shown without that as well. Values are not part of it.
create table former_schema (
  id bigint generated always as identity primary key,
  tenant int not null references tenant,
  subject text not null check (subject in ('action', 'trigger', 'payload', 'queue')),
  ref text not null,
  schema jsonb not null
);
comment on column former_schema.subject is
  'Whose values: parameters of an action or a trigger, payloads of a trigger, items of a queue.';
comment on column former_schema.schema is 'The properties and elements that it declared secret, and what holds them.';
create unique index former_schema_once on former_schema (tenant, subject, ref, md5(schema::text));
grant select on former_schema to tuningfork_app;
select isolate_shared_table(array['former_schema']);
