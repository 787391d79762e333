import type { Json } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { stopWorkflow } from './cancel';
import { LONG_SECONDS } from './case-names';
import { endChild, startChild } from './children';
import { limitResult } from './results';
import { allChildren, allRuns, type ChildRun, type WorkflowRun } from './state';

/** Something that happens at an instant. */
export interface Due {
  happen(): void;
}

interface PlannedDue extends Due {
  /** Seconds since the start of the case. */
  readonly at: number;
  /** Whether it also happens where its instant has come already. */
  readonly happensNow: boolean;
}

const isShort = (seconds: Json | undefined): seconds is number => typeof seconds === 'number' && seconds < LONG_SECONDS;

/** The instants at which something is due for a child. */
function duesOf(child: ChildRun): PlannedDue[] {
  const { status, dueAt, startedAt, taskRun, inquiry, program, config } = child;
  const { timeout } = taskRun.task;
  const due = (at: number, happen: () => void): PlannedDue[] => [{ at, happen, happensNow: !child.workflow }];
  if (status === 'requested' && dueAt !== null) return taskRun.run.isHeld ? [] : due(dueAt, () => startChild(child));
  if (status !== 'running' || startedAt === null) return [];
  if (inquiry) {
    const limits = [timeout, config?.timeout_seconds].filter(isShort);
    return limits.length === 0 ? [] : due(startedAt + Math.min(...limits), () => expire(child));
  }
  if (!isShort(timeout) || program?.end.is === 'exit') return [];
  return due(startedAt + timeout, () => passLimit(child, timeout));
}

/** The limit of a whole workflow. */
function limitOf(run: WorkflowRun): PlannedDue[] {
  const { timeout } = run.workflow.parts;
  if (!isShort(timeout) || isTerminal(run.status) || run.timedOutAfter !== null) return [];
  return [{ at: run.startedAt + timeout, happen: () => stopWorkflow(run, timeout), happensNow: true }];
}

/** A limit of a task that has passed does nothing to a workflow: its own tasks have limits. */
const duesAhead = (root: WorkflowRun): PlannedDue[] =>
  [...allChildren(root).flatMap(duesOf), ...allRuns(root).flatMap(limitOf)].filter(
    ({ at, happensNow }) => at > root.world.now || (at === root.world.now && happensNow),
  );

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
