import type { WorkflowDefinition } from './definition';
import { unhandledFailures } from './finish';
import { graphOf } from './graph';
import { compareRounds, isOutsideLoops, NO_ROUNDS } from './rounds';
import { initialState, markEntryTasks } from './step';
import { createStepContext, currentRound, taskStateOf, triggerOf, type StepContext } from './step-context';
import { hasFailed } from './task-status';
import type { Rounds, TaskEnd } from './types';
import { applyEnds } from './take-over';

/** Why a workflow cannot run again from a task. */
type RerunRejection = 'task-unknown' | 'task-in-group' | 'task-not-reached' | 'state-unknown';

/** The ends to take over, in order, or why there are none. */
export type RerunPlan<End extends TaskEnd> =
  | { readonly takenOver: readonly End[] }
  | { readonly rejection: RerunRejection };

/**
 * What of an ended run stays as it was where it runs again from the task `from`, in its last
 * round: the ends of tasks that do not follow from `from`, or from a task that has not ended, or
 * that failed without a task that handled it. `context`: the run at its end; `ends`: in order.
 */
export function planRerun<End extends TaskEnd>(
  context: StepContext,
  ends: readonly End[],
  from: string,
): RerunPlan<End> {
  const { definition } = context;
  const rejection = rejectedTask(definition, from);
  if (rejection !== null) return { rejection };
  if (!hasStarted(context, ends, from)) return { rejection: 'task-not-reached' };
  const takenOver = withoutLostGroups(definition, ends.filter(isTakenOver(context, from)));
  return startsAtLastRound(context, takenOver, from) ? { takenOver } : { rejection: 'state-unknown' };
}

/** Why no run of the workflow can be run again from the task; null: one can. */
export function rejectedTask(definition: WorkflowDefinition, from: string): 'task-unknown' | 'task-in-group' | null {
  if (!definition.tasks.has(from)) return 'task-unknown';
  return graphOf(definition).parentOf.has(from) ? 'task-in-group' : null;
}

/** A join that was not met at the end is skipped, and has no end. */
const hasStarted = ({ state }: StepContext, ends: readonly TaskEnd[], name: string): boolean =>
  taskStateOf(state, name)?.status === 'running' || ends.some(({ task }) => task === name);

/** Of the tasks of a group, its own end decides. */
function isTakenOver(context: StepContext, from: string): (end: TaskEnd) => boolean {
  const { definition, state } = context;
  const { parentOf } = graphOf(definition);
  const starts = new Set([from, ...unfinishedTasks(context, from)]);
  const roundsOf = (name: string): Rounds => taskStateOf(state, name)?.rounds ?? NO_ROUNDS;
  const [inLoops, outside] = partition([...starts], (name) => !isOutsideLoops(roundsOf(name)));
  const following = followingFrom(definition, outside);
  const tests = inLoops.map((name) => isAfterRound(definition, name, roundsOf(name)));
  return (end) => parentOf.has(end.task) || !(following.has(end.task) || tests.some((isAfter) => isAfter(end)));
}

const partition = <T>(values: readonly T[], test: (value: T) => boolean): [T[], T[]] => [
  values.filter(test),
  values.filter((value) => !test(value)),
];

/** Whether an end follows from a task in this round of its loops, and not from one before. */
function isAfterRound(definition: WorkflowDefinition, start: string, started: Rounds): (end: TaskEnd) => boolean {
  const { leadsBack } = graphOf(definition);
  const following = followingFrom(definition, [start]);
  const inRound = followingFrom(definition, [start], (source, target) => !leadsBack(source, target));
  return ({ task, rounds = NO_ROUNDS }) => {
    if (!following.has(task)) return false;
    const order = compareRounds(definition, rounds, started);
    return order === 0 ? inRound.has(task) : order > 0;
  };
}

/**
 * Tasks of other branches that the run left without an end, or with a failure that ended it. A
 * failure that only `from` was to handle, which was skipped, leads to `from`: it stays.
 */
function unfinishedTasks(context: StepContext, from: string): string[] {
  const { topLevelTasks } = graphOf(context.definition);
  const unhandled = new Set(unhandledFailures(context));
  return topLevelTasks.flatMap(({ name }) => {
    const task = taskStateOf(context.state, name);
    if (task === undefined) return [];
    const hasEnded = task.status !== 'running' && !(unhandled.has(name) && hasFailed(task));
    return hasEnded || task.handlers.includes(from) ? [] : [name];
  });
}

/** These tasks, and all to which their transitions lead. */
function followingFrom(
  { tasks }: WorkflowDefinition,
  starts: readonly string[],
  follows: (source: string, target: string) => boolean = () => true,
): ReadonlySet<string> {
  const found = new Set(starts);
  for (const name of found) {
    const targets = tasks.get(name)!.next.flatMap((transition) => transition.targets);
    for (const target of targets) if (follows(name, target)) found.add(target);
  }
  return found;
}

/** The ends of subtasks stay if that of their group, which follows them, does. */
function withoutLostGroups<End extends TaskEnd>(definition: WorkflowDefinition, ends: readonly End[]): End[] {
  const { parentOf } = graphOf(definition);
  const rounds = new Set(ends.map(({ task, round }) => `${round} ${task}`));
  return ends.filter(({ task, round }) => {
    const group = parentOf.get(task);
    return group === undefined || rounds.has(`${round} ${group}`);
  });
}

/** Whether these ends lead to the last start of the task, by the same transition. */
function startsAtLastRound(context: StepContext, takenOver: readonly TaskEnd[], from: string): boolean {
  const { definition, keystore, connections, maxRounds } = context;
  const rerun = createStepContext(
    definition,
    { ...initialState(), status: 'running' },
    keystore,
    connections,
    maxRounds,
  );
  markEntryTasks(rerun);
  applyEnds(rerun, takenOver);
  return (
    rerun.readyTasks.includes(from) &&
    currentRound(rerun, from) === currentRound(context, from) &&
    triggerOf(rerun, from) === triggerOf(context, from)
  );
}
