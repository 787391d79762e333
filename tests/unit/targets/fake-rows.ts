import type { Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import type { Reply } from './fake-platform';

const at = '2026-01-27T10:00:00.000000Z';
const times = { created: at, updated: at };

export const one = (data: object): Reply => ({ body: { data } });
export const created = (data: object): Reply => ({ status: 201, body: { data } });
export const list = (...items: object[]): Reply => ({
  body: { items, pagination: { page: 1, page_size: 100, has_previous: false, has_next: false } },
});
export const removed: Reply = { body: { success: true, message: 'removed' } };
export const rejected = (status: number, code: string): Reply => ({ status, body: { error: 'rejected', code } });

export const executionRow = (id: number, status: Status, more: Partial<Execution> = {}): Execution => ({
  id,
  status,
  action: 1,
  action_ref: 'fake.flow',
  config: null,
  parent: null,
  enforcement: null,
  executor: null,
  worker: null,
  result: null,
  started_at: at,
  finished_at: at,
  ...times,
  ...more,
});

/** An execution that a workflow started for a task. */
export const childRow = (id: number, task: string, status: Status): object => ({
  ...executionRow(id, status),
  rule_ref: null,
  trigger_ref: null,
  parent: 1,
  workflow_task: {
    workflow_execution: 1,
    task_name: task,
    task_index: null,
    task_batch: null,
    retry_count: 0,
    max_retries: 0,
    next_retry_at: null,
    timeout_seconds: null,
    timed_out: false,
    duration_ms: null,
    started_at: null,
    completed_at: null,
  },
});

export const workflowRow = ({ ref, definition }: JsonObject): object => ({
  id: 1,
  ref,
  pack: 1,
  pack_ref: 'fake',
  label: 'flow',
  description: null,
  version: '1.0.0',
  tags: [],
  definition,
  param_schema: null,
  out_schema: null,
  ...times,
});

/** Without the keys of the extensions that a plain platform does not answer. */
export const keyRow = ({ ref, name, value }: JsonObject): object => ({
  id: 1,
  ref,
  name,
  value,
  owner_type: 'action',
  owner: '1',
  encrypted: false,
  expires_at: null,
  version: 1,
  owner_identity: null,
  owner_pack: null,
  owner_pack_ref: null,
  owner_action: 1,
  owner_action_ref: 'fake.a',
  owner_sensor: null,
  owner_sensor_ref: null,
  ...times,
});

export const ruleRow = ({ ref, trigger_params = {} }: JsonObject): object => ({
  id: 1,
  ref,
  pack: 1,
  pack_ref: 'fake',
  label: 'rule',
  description: null,
  action: 1,
  action_ref: 'core.noop',
  trigger: 1,
  trigger_ref: 'core.crontimer',
  action_params: {},
  trigger_params,
  permission_set_refs: null,
  enabled: true,
  conditions: null,
  is_adhoc: true,
  owner_identity: null,
  ...times,
});

export const eventRow = (payload: JsonObject): object => ({
  id: 7,
  trigger: 1,
  trigger_ref: 'core.crontimer',
  source: null,
  source_ref: null,
  rule: 1,
  rule_ref: 'fake.r',
  has_payload: true,
  config: null,
  payload,
  created: at,
});
