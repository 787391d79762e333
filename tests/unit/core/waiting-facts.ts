import type { WaitingExecution, WaitingFacts, WaitingRun, WaitingWorker } from '../../../platform/core/waiting/facts';
import { WaitingTree } from '../../../platform/core/waiting/waiting-tree';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import type { JsonObject } from '../../../contract/json';

export const AT = '2026-01-27T10:00:00.5Z';
export const LATER = '2026-01-27T10:05:00Z';

const EXECUTION: Omit<WaitingExecution, 'id'> = {
  parent: null,
  status: 'running',
  worker: null,
  awaits: null,
  task_name: null,
  task_index: null,
  task_round: 1,
  retry_count: 0,
  task_retries: null,
  retry_reason: null,
  original_execution: null,
  due_at: null,
  is_planned: false,
  released: true,
  settled: false,
  started_at: null,
  finished_at: null,
  termination_reason: null,
  created: AT,
  updated: AT,
  runs_alone: false,
};

export const execution = (id: number, more: Partial<WaitingExecution> = {}): WaitingExecution => ({
  ...EXECUTION,
  id,
  ...more,
});

/** A task of execution 1. */
export const child = (id: number, task: string, more: Partial<WaitingExecution> = {}): WaitingExecution =>
  execution(id, { parent: 1, task_name: task, ...more });

/** The run of a workflow of these tasks. */
export const run = (id: number, tasks: JsonObject[], more: Partial<WaitingRun> = {}): WaitingRun => ({
  execution: id,
  pause_requested: false,
  updated: AT,
  due_at: null,
  is_over: false,
  requested_seconds: null,
  coordinator: 'p-1',
  tasks: {},
  definition: loadDefinition({ version: '1.0.0', tasks }, { ref: 'p.flow' }).definition,
  ...more,
});

export const worker = (id: number, more: Partial<WaitingWorker> = {}): WaitingWorker => ({
  id,
  name: `w${id}`,
  slots: 2,
  is_external: false,
  used: 0,
  holders: [],
  ...more,
});

const NOTHING: WaitingFacts = {
  executions: [],
  runs: [],
  inquiries: [],
  leases: [],
  workers: [],
  turns: [],
  environments: [],
  limits: new Map(),
  fits: new Map(),
};

export const treeOf = (facts: Partial<WaitingFacts>): WaitingTree => new WaitingTree({ ...NOTHING, ...facts });
