import type { Json } from '../../../../contract/json';
import { endChild, startChild } from './children';
import { limitResult } from './results';
import { allChildren, type ChildRun, type WorkflowRun } from './state';

/** Something that happens to a child at an instant. */
export interface Due {
  readonly child: ChildRun;
  happen(): void;
}

/** No limit of this length or more passes: nothing that is awaited takes that long, seconds. */
const LONG_SECONDS = 20;

const isShort = (seconds: Json | undefined): seconds is number => typeof seconds === 'number' && seconds < LONG_SECONDS;

/** The instants at which something is due for a child. */
function duesOf(child: ChildRun): (Due & { readonly at: number })[] {
  const { status, dueAt, startedAt, taskRun, inquiry, program, config } = child;
  const { timeout } = taskRun.task;
  if (status === 'requested' && dueAt !== null) return [{ child, at: dueAt, happen: () => startChild(child) }];
  if (status !== 'running' || startedAt === null) return [];
  if (inquiry) {
    const limits = [timeout, config?.timeout_seconds].filter(isShort);
    return limits.length === 0 ? [] : [{ child, at: startedAt + Math.min(...limits), happen: () => expire(child) }];
  }
  if (!isShort(timeout) || program?.end.is === 'exit') return [];
  return [{ child, at: startedAt + timeout, happen: () => passLimit(child, timeout) }];
}

/** A limit that has passed does nothing to a workflow: its own tasks have limits. */
const isAhead = (now: number, { child, at }: Due & { readonly at: number }): boolean =>
  at > now || (at === now && !child.workflow);

const duesAhead = (root: WorkflowRun) =>
  allChildren(root)
    .flatMap(duesOf)
    .filter((due) => isAhead(root.world.now, due));

export const dueNow = (root: WorkflowRun): Due[] => duesAhead(root).filter(({ at }) => at === root.world.now);

/** Null: nothing will be due. */
export function nextDue(root: WorkflowRun): number | null {
  const instants = duesAhead(root).map(({ at }) => at);
  return instants.length === 0 ? null : Math.min(...instants);
}

function passLimit(child: ChildRun, seconds: number): void {
  if (!child.program) return;
  Object.assign(child, { isOverLimit: true, timeoutLevel: 'task' });
  endChild(child, 'failed', limitResult(child.program, seconds));
}

/** The earliest limit of an inquiry has passed. */
function expire(child: ChildRun): void {
  const fallback = child.config?.default_response;
  const hasDefault = fallback !== undefined && fallback !== null;
  child.inquiry = { status: 'timeout', response: hasDefault ? fallback : null, isDefault: hasDefault };
  if (!hasDefault) {
    if (isLimitOfTask(child)) child.timeoutLevel = 'task';
    return endChild(child, 'timeout', { error: 'inquiry timed out' });
  }
  endChild(child, 'completed', { response: fallback, __inquiry_created_published: true, defaulted: true });
}

/** The limit of its task is not later than its own lifetime. */
const isLimitOfTask = ({ taskRun: { task }, config }: ChildRun): boolean =>
  task.timeout !== undefined && !(isShort(config?.timeout_seconds) && config.timeout_seconds < task.timeout);
