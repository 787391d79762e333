import type { JsonObject } from '../../../../contract/json';
import { isTerminal, RETRIABLE, type Status } from '../../../../contract/status';
import { writeJson } from '../../../../contract/json-text/write-json';
import { processEnd } from './exit-by-attempt';
import { ModelError } from './model-error';
import { labelOf, type ChildRun, type TaskRun, type World } from './state';
import { createWorkflowRun } from './workflows';

const ASK = 'core.ask';

type NewChild = Pick<ChildRun, 'taskRun' | 'index' | 'retry' | 'config' | 'after'>;

export function addChild(fields: NewChild): ChildRun {
  const child: ChildRun = {
    ...fields,
    status: 'requested',
    result: null,
    process: null,
    inquiry: null,
    workflow: null,
  };
  fields.taskRun.children.push(child);
  return child;
}

/** Starts the inquiry, the process or the workflow of a child. */
export function startChild(child: ChildRun): void {
  const { run, task } = child.taskRun;
  const { world } = run;
  child.status = 'running';
  if (task.action === ASK) child.inquiry = { status: 'pending', response: null, isDefault: false };
  else if (task.action === world.modelCase.program) startProcess(world, child);
  else {
    const workflow = world.modelCase.workflows[task.action];
    if (!workflow) throw new ModelError(`no such action: ${task.action}`);
    child.workflow = createWorkflowRun(world, workflow, child.config, child);
    world.signals.push({ is: 'workflow started', run: child.workflow });
  }
}

function startProcess({ starts }: World, child: ChildRun): void {
  const params = child.config ?? {};
  if (typeof params.key !== 'string') throw new ModelError(`key is no text: ${writeJson(params.key)}`);
  const attempt = (starts.get(params.key) ?? 0) + 1;
  starts.set(params.key, attempt);
  child.process = { key: params.key, attempt, end: processEnd(params, attempt) };
}

/**
 * A child has ended: it is retried and keeps its slot, or the next item starts, or the task ends.
 * A cancelled workflow starts nothing more.
 */
export function endChild(child: ChildRun, status: Status, result: JsonObject | null): void {
  Object.assign(child, { status, result });
  const { taskRun } = child;
  if (taskRun.run.status === 'running') {
    if (mayRetry(child)) startChild(addChild({ ...child, retry: child.retry + 1, after: [labelOf(child)] }));
    else startNextItem(taskRun, child);
  }
  if (taskRun.children.every((each) => isTerminal(each.status)))
    taskRun.run.world.signals.push({ is: 'task ended', taskRun, last: child });
}

const mayRetry = ({ taskRun: { task }, status, retry }: ChildRun): boolean =>
  RETRIABLE.includes(status) && retry < retryCount(task.retry);

export const retryCount = (retry: JsonObject | undefined): number =>
  typeof retry?.count === 'number' ? retry.count : 0;

function startNextItem({ task, children }: TaskRun, ended: ChildRun): void {
  const next = children.find(({ status }) => status === 'requested');
  if (!next) return;
  if ((task.concurrency ?? 1) === 1) next.after = [labelOf(ended)];
  startChild(next);
}

/** The last attempt of each item, in order of index. */
export function lastAttempts({ children }: TaskRun): ChildRun[] {
  const last = new Map<number | null, ChildRun>();
  for (const child of children) last.set(child.index, child);
  return [...last.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}
