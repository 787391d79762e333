import type { JsonObject } from '../../../../contract/json';
import type { Status } from '../../../../contract/status';
import { logChild, logStep } from './log';
import { programRun } from './programs';
import { notPlaced } from './results';
import { mayRetry, retryDelay } from './retries';
import { actionOf, labelOf, type ChildRun, type TaskRun } from './state';
import { createWorkflowRun } from './workflows';

const ASK = 'core.ask';

type NewChild = Pick<ChildRun, 'taskRun' | 'index' | 'retry' | 'config' | 'permissionSets' | 'selector' | 'after'>;

export function addChild(fields: NewChild, dueAt: number | null = null): ChildRun {
  const child: ChildRun = {
    ...fields,
    dueAt,
    createdAt: fields.taskRun.run.world.now,
    isReleased: dueAt !== null,
    isProcessed: false,
    startedAt: null,
    finishedAt: null,
    status: 'requested',
    result: null,
    code: null,
    isOverLimit: false,
    timeoutLevel: null,
    program: null,
    inquiry: null,
    workflow: null,
  };
  fields.taskRun.children.push(child);
  return child;
}

/** Starts the inquiry, the program or the workflow of a child. */
export function startChild(child: ChildRun): void {
  const { run, task } = child.taskRun;
  const { world } = run;
  const action = actionOf(task);
  if (!canRun(child, action)) return endChild(child, 'failed', notPlaced(action));
  child.status = 'running';
  child.startedAt = world.now;
  if (action === ASK) child.inquiry = { status: 'pending', response: null, isDefault: false };
  else if (Object.hasOwn(world.modelCase.workflows, action)) {
    child.workflow = createWorkflowRun(world, world.modelCase.workflows[action]!, child.config, child);
    world.signals.push({ is: 'workflow started', run: child.workflow });
  } else {
    child.program = programRun(world, action, child.config ?? {});
    logChild(child, 'AGENT_INVOKED', { attempt: 1 });
  }
}

/** A program with a selector that no worker has fails at its dispatch. */
const canRun = ({ selector, taskRun: { run } }: ChildRun, action: string): boolean =>
  selector === null || action === ASK || hasLabels(run.world.modelCase.worker, selector);

const hasLabels = (labels: JsonObject, selector: JsonObject): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value);

/** The workflow starts the first attempt of a task, or of one of its items. */
export function startStep(child: ChildRun): void {
  logStep(child.taskRun, 'STEP_STARTED', child.index);
  child.isReleased = true;
  startChild(child);
}

const STEP_ENTRIES = { completed: 'STEP_COMPLETED', cancelled: 'STEP_CANCELLED' } as const;

/**
 * A child has ended: it is retried and keeps its slot, or the next item starts, or the task ends.
 * A cancelled workflow starts nothing more.
 */
export function endChild(child: ChildRun, status: Status, result: JsonObject | null): void {
  const { taskRun, program } = child;
  const { run } = taskRun;
  Object.assign(child, { status, result, finishedAt: run.world.now });
  if (program) {
    const { exit_code = null, error } = result ?? {};
    logChild(child, 'AGENT_RESPONSE', { status, exit_code, ...(error !== undefined && { error }) });
  }
  if (run.status === 'paused') run.keptEnds.push(child);
  else processEnd(child);
}

/** What the workflow makes of the end of a child. */
export function processEnd(child: ChildRun): void {
  const { taskRun, status } = child;
  const { run } = taskRun;
  child.isProcessed = true;
  if (run.status === 'running' && mayRetry(child)) return retry(child);
  const type = STEP_ENTRIES[status as 'completed'] ?? 'STEP_FAILED';
  logStep(taskRun, type, child.index, status === 'completed' ? {} : { status });
  if (run.status === 'running') startNextItem(taskRun, child);
  if (taskRun.children.every(({ isProcessed }) => isProcessed))
    run.world.signals.push({ is: 'task ended', taskRun, last: child });
}

function retry(child: ChildRun): void {
  const { taskRun, index, status } = child;
  const number = child.retry + 1;
  const delay = retryDelay(taskRun.task.retry, number);
  const reason = status === 'timeout' ? 'timeout' : 'failed';
  logStep(taskRun, 'STEP_RETRIED', index, { retry: number, reason, delay_ms: delay * 1_000 });
  const fields = { ...child, retry: number, after: [labelOf(child)] };
  const next = addChild(fields, taskRun.run.world.now + delay);
  if (delay === 0 && !taskRun.run.isHeld) startChild(next);
}

function startNextItem({ run, task, children }: TaskRun, ended: ChildRun): void {
  if (run.isHeld) return;
  const next = children.find(({ isReleased, status }) => !isReleased && status === 'requested');
  if (!next) return;
  if ((task.concurrency ?? 1) === 1) next.after = [labelOf(ended)];
  startStep(next);
}

/** The last attempt of each item, in order of index. */
export function lastAttempts({ children }: TaskRun): ChildRun[] {
  const last = new Map<number | null, ChildRun>();
  for (const child of children) last.set(child.index, child);
  return [...last.values()].sort((a, b) => (a.index ?? 0) - (b.index ?? 0));
}
