-- Limits on chains of causes and on the shares of tenants; deletes of actions that do not touch
-- the executions of the action.

alter table execution add column causation_depth int not null default 0;
comment on column execution.causation_depth is 'How many executions caused it, one after the other.';
alter table event add column causation_depth int not null default 0;
comment on column event.causation_depth is 'The depth of the executions that it causes.';

alter table tenant add column slot_weight double precision not null default 1
  constraint tenant_slot_weight check (slot_weight > 0 and slot_weight <= 1000);
comment on column tenant.slot_weight is 'Its share of the slots of a worker, relative to the other tenants that wait.';

-- A worker reads the tenants that wait for it, and then the oldest executions of each.
drop index execution_to_claim;
create index execution_to_claim on execution (worker, tenant, id) where status = 'scheduled';

-- A delete would update each execution of the action, and wait for each open one. The ids of
-- deleted rows are never given again.
alter table execution drop constraint execution_action_fkey;
alter table workflow_execution drop constraint workflow_execution_workflow_def_fkey;
comment on column workflow_execution.workflow_def is 'Its definition may have been deleted.';

-- Deleted actions whose executions still have their id.
create table removed_action (
  action bigint primary key,
  tenant int not null,
  action_ref text not null,
  cleared_until bigint not null default 0
);
comment on column removed_action.cleared_until is 'Executions up to this id have lost the id of the action.';
select isolate_table(array['removed_action']);

create index event_of_alert on event (tenant, correlation_id) where trigger_ref = 'core.alert';
