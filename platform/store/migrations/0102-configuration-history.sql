-- The changes of rules, keys and sensor processes, written by triggers, whatever statement makes
-- them. The application reads them only.

create table rule_history (
  id bigint generated always as identity,
  tenant int not null references tenant,
  time timestamptz not null,
  operation text not null check (operation in ('INSERT', 'UPDATE', 'DELETE')),
  entity_id bigint not null,
  entity_ref text,
  changed_fields text[] not null default '{}',
  old_values jsonb,
  new_values jsonb,
  primary key (entity_id, id)
);
create table key_history (like rule_history including all, foreign key (tenant) references tenant);
create table sensor_process_history (like rule_history including all, foreign key (tenant) references tenant);
create index rule_history_newest on rule_history (tenant, time desc, id desc);
create index key_history_newest on key_history (tenant, time desc, id desc);
create index sensor_process_history_newest on sensor_process_history (tenant, time desc, id desc);

grant select on rule_history, key_history, sensor_process_history to tuningfork_app;
select isolate_table(array['rule_history', 'key_history', 'sensor_process_history']);
