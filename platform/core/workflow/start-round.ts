import type { DispatchFault } from './child';
import type { TaskDefinition } from './definition';
import { graphOf } from './graph';
import {
  areEqual,
  compareRounds,
  metTransitions,
  NO_ROUNDS,
  awaitedTransitions,
  laterTransitions,
  isOutsideLoops,
  roundsAfter,
  toStored,
  type FiredTransition,
  type Met,
} from './rounds';
import { currentRound, INITIAL_TASK_STATE, setTask, taskStateOf, type StepContext } from './step-context';
import { hasFailed } from './task-status';
import type { EndedTask, Rounds, TaskState, WorkflowState } from './types';

/** What starts a task: `from` is null for an entry task. `ended`: how `from` had ended. */
export interface Start {
  readonly from: string | null;
  readonly rounds: Rounds;
  readonly ended?: EndedTask;
}

/** The task is to start: for the first time, or another round of it. */
export function markReady(context: StepContext, name: string, { from, rounds, ended }: Start): void {
  const before = taskStateOf(context.state, name) ?? INITIAL_TASK_STATE;
  const round = before.status === 'pending' ? 1 : currentRound(context, name) + 1;
  if (round > 1) keepFailure(context, name, before);
  const isInLoop = !isOutsideLoops(rounds);
  const showsEarlier = round > 1 && (before.hasEarlierResult || (before.status !== 'skipped' && before.error === null));
  setTask(context, name, {
    status: 'running',
    ...(round > 1 && { round }),
    ...(isInLoop && { rounds }),
    arrivals: isInLoop ? laterTransitions(context.definition, before, rounds).map(toStored) : before.arrivals,
    triggeredBy: from,
    ...(ended !== undefined && { trigger: ended }),
    ...(showsEarlier && { hasEarlierResult: true as const }),
    retries: 0,
    result: before.result,
    secrets: before.secrets,
    items: null,
    handlers: [],
    error: null,
  });
  context.readyTasks.push(name);
}

/** A failed round counts at the end of the run, unless what its transitions named has run. */
function keepFailure(context: StepContext, task: string, before: TaskState): void {
  if (!hasFailed(before)) return;
  const failed = { task, handlers: before.handlers };
  const { failedRounds = [] } = context.state;
  if (failedRounds.some((other) => other.task === task && sameNames(other.handlers, failed.handlers))) return;
  context.state = { ...context.state, failedRounds: [...failedRounds, failed] };
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

/** How the predecessor of a task that starts had ended, where the task's state holds that. */
export function takeTrigger(context: StepContext, name: string): EndedTask | undefined {
  const { trigger, ...task } = taskStateOf(context.state, name)!;
  if (trigger !== undefined) setTask(context, name, task);
  return trigger;
}

/**
 * A fired transition of an ended task names a task, which starts as its join is met. One that runs
 * starts its next round after it has ended.
 */
export function recordTransition(context: StepContext, name: string, from: string, ended: TaskState): void {
  const { definition } = context;
  const rounds = roundsAfter(context, from, ended.rounds ?? NO_ROUNDS, name);
  const current = taskStateOf(context.state, name) ?? INITIAL_TASK_STATE;
  if (!isAwaited(context, current, rounds)) return;
  const { status, result, secrets } = ended;
  const fired = { from, rounds, ended: { status, result, secrets } };
  const arrivals = addTransition(awaitedTransitions(definition, current), fired);
  setTask(context, name, { ...current, arrivals: arrivals.map(toStored) });
  if (current.status !== 'running') startIfMet(context, name, metTransitions(definition, name, arrivals));
}

/** A task awaits its first arrivals, and those of a later round than that in which it ran. */
const isAwaited = ({ definition }: StepContext, { status, rounds = NO_ROUNDS }: TaskState, next: Rounds): boolean =>
  status === 'pending' || compareRounds(definition, next, rounds) > 0;

/** A predecessor counts once for a round. */
function addTransition(arrivals: readonly FiredTransition[], fired: FiredTransition): FiredTransition[] {
  const isSame = ({ from, rounds }: FiredTransition) => from === fired.from && areEqual(rounds, fired.rounds);
  return arrivals.some(isSame) ? [...arrivals] : [...arrivals, fired];
}

/** An ended task starts again where what arrived while it ran meets its join. */
export function startNextRound(context: StepContext, name: string): void {
  const { definition } = context;
  const task = taskStateOf(context.state, name);
  if (!task || task.status === 'running' || graphOf(definition).loops.size === 0) return;
  startIfMet(context, name, metTransitions(definition, name, awaitedTransitions(definition, task)));
}

function startIfMet(context: StepContext, name: string, met: Met | null): void {
  if (met === null) return;
  const { from, ended } = met.last;
  const keepsEnd = ended !== undefined && !isOutsideLoops(met.rounds);
  markReady(context, name, { from, rounds: met.rounds, ...(keepsEnd && { ended }) });
}

/** Whether arrivals are left of a round that did not meet the join. */
export const hasUnmetRound = ({ definition }: StepContext, task: TaskState): boolean =>
  task.status !== 'pending' && awaitedTransitions(definition, task).length > 0;

/** The fault of a task that would start once more than it may; null where it may. */
export function loopFault(context: StepContext, { name }: TaskDefinition): DispatchFault | null {
  const { maxRounds } = context;
  const round = currentRound(context, name);
  if (maxRounds === null || round <= maxRounds) return null;
  const message = `Task '${name}' would start its round ${round}: at most ${maxRounds} rounds of a task may run`;
  return { code: 'LOOP_LIMIT', message };
}

/** The failed rounds of tasks that started again, after which nothing ran that they named. */
export const failedEarlier = ({ failedRounds = [] }: WorkflowState, hasRun: (task: string) => boolean): string[] =>
  failedRounds.filter(({ handlers }) => !handlers.some(hasRun)).map(({ task }) => task);
