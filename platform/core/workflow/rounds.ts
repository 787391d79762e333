import type { WorkflowDefinition } from './definition';
import { graphOf } from './graph';
import { isPlain, type StepContext } from './step-context';
import type { StoredTransition, EndedTask, Rounds, TaskState } from './types';

/*
 * A task runs once for each round of the loops that led to it. A transition that leads back starts
 * another round of its target; every other one leaves the rounds as they are. One of an earlier
 * round, or of the round in which the task has run, changes nothing: without loops, a task runs at
 * most once.
 */

export const NO_ROUNDS: Rounds = {};

export const isOutsideLoops = (rounds: Rounds): boolean => Object.keys(rounds).length === 0;

/** A transition that fired, and the rounds in which it leads to its target. */
export interface FiredTransition {
  readonly from: string;
  readonly rounds: Rounds;
  /** How the predecessor had ended, where the task could not start at once. */
  readonly ended?: EndedTask;
}

const fromStored = (fired: StoredTransition): FiredTransition =>
  typeof fired === 'string' ? { from: fired, rounds: NO_ROUNDS } : fired;

/** As it is stored: a name alone outside of loops. */
export const toStored = ({ from, rounds, ended }: FiredTransition): StoredTransition =>
  isOutsideLoops(rounds) ? from : ended === undefined ? { from, rounds } : { from, rounds, ended };

/** The arrivals for which a task has not started. */
export const awaitedTransitions = (definition: WorkflowDefinition, task: TaskState): FiredTransition[] =>
  task.status === 'pending'
    ? task.arrivals.map(fromStored)
    : laterTransitions(definition, task, task.rounds ?? NO_ROUNDS);

/** The arrivals of later rounds than these. */
export const laterTransitions = (definition: WorkflowDefinition, task: TaskState, started: Rounds): FiredTransition[] =>
  task.arrivals.map(fromStored).filter(({ rounds }) => compareRounds(definition, rounds, started) > 0);

type LoopContext = Pick<StepContext, 'definition' | 'maxRounds'>;

/** The rounds in which an entry task starts. */
export function roundsAtStart(context: LoopContext, name: string): Rounds {
  const loop = graphOf(context.definition).loopAt(name);
  return isPlain(context) || loop === undefined ? NO_ROUNDS : { [loop]: 1 };
}

/** The rounds in which a transition reaches its target. */
export function roundsAfter(context: LoopContext, from: string, rounds: Rounds, target: string): Rounds {
  const { loopAt, leadsBack, isInLoop } = graphOf(context.definition);
  const loop = loopAt(target);
  if (isPlain(context) || loop === undefined) return rounds;
  const before = isInLoop(from, loop) ? (rounds[loop] ?? 1) : 1;
  return { ...rounds, [loop]: leadsBack(from, target) ? before + 1 : before };
}

/** Whether both are of the same loops, and of the same rounds of them. */
export function areEqual(a: Rounds, b: Rounds): boolean {
  const loops = Object.keys(a);
  return loops.length === Object.keys(b).length && loops.every((loop) => a[loop] === b[loop]);
}

/** The loops that led to both, in different rounds. */
const differingLoops = (a: Rounds, b: Rounds): string[] =>
  Object.keys(a).filter((loop) => Object.hasOwn(b, loop) && a[loop] !== b[loop]);

/**
 * Which of two rounds comes first: the outermost loop that led to both decides. 0 where none
 * differs.
 */
export function compareRounds(definition: WorkflowDefinition, a: Rounds, b: Rounds): number {
  const { loops } = graphOf(definition);
  const outermost = differingLoops(a, b).sort((one, other) => loops.get(one)! - loops.get(other)!)[0];
  return outermost === undefined ? 0 : a[outermost]! - b[outermost]!;
}

/** The arrivals with which a task starts. */
export interface Met {
  /** The predecessor that arrived last. */
  readonly last: FiredTransition;
  /** Those of all of them; the later one of each loop that the task itself is not in. */
  readonly rounds: Rounds;
}

/**
 * The arrivals of the earliest round that meet a join; null: none do. Arrivals count together
 * where they are of the same round of every loop that the task is in.
 */
export function metTransitions(
  definition: WorkflowDefinition,
  name: string,
  arrivals: readonly FiredTransition[],
): Met | null {
  if (graphOf(definition).loopAt(name) === undefined && arrivals.length < joinOf(definition, name)) return null;
  const earliestFirst = [...arrivals].sort((a, b) => compareRounds(definition, a.rounds, b.rounds));
  for (const first of earliestFirst) {
    const group = new Map<string, FiredTransition>();
    const needed = neededTransitions(definition, name, first);
    for (const other of earliestFirst) {
      if (group.size === needed) break;
      const counts = isSameRound(definition, name, first.rounds, other.rounds);
      if (counts && !group.has(other.from)) group.set(other.from, other);
    }
    if (group.size === needed) return startedBy(arrivals.filter((each) => group.get(each.from) === each));
  }
  return null;
}

const startedBy = (arrivals: readonly FiredTransition[]): Met => ({
  last: arrivals.at(-1)!,
  rounds: arrivals.reduce<Rounds>((all, { rounds }) => latest(all, rounds), NO_ROUNDS),
});

const joinOf = (definition: WorkflowDefinition, name: string): number =>
  Math.max(1, definition.tasks.get(name)?.join ?? 1);

/**
 * What the join asks for. Where a loop begins, no more can arrive in the first round than
 * predecessors that do not lead back, and in every other round than those in the loop.
 */
function neededTransitions(definition: WorkflowDefinition, name: string, { rounds }: FiredTransition): number {
  const join = joinOf(definition, name);
  const { loopAt, leadsBack, isInLoop, predecessors } = graphOf(definition);
  const loop = loopAt(name);
  if (loop === undefined || !Object.hasOwn(rounds, loop)) return join;
  const canArrive = (from: string) => (rounds[loop] === 1 ? !leadsBack(from, name) : isInLoop(from, loop));
  return Math.min(join, predecessors.get(name)!.filter(canArrive).length);
}

/** Arrivals count together where they are of the same round of every loop that the task is in. */
const isSameRound = (definition: WorkflowDefinition, name: string, a: Rounds, b: Rounds): boolean =>
  !differingLoops(a, b).some((loop) => graphOf(definition).isInLoop(name, loop));

function latest(a: Rounds, b: Rounds): Rounds {
  const loops = Object.keys(b);
  if (loops.length === 0) return a;
  const rounds = loops.map((loop) => [loop, Math.max(a[loop] ?? 0, b[loop]!)] as const);
  return Object.fromEntries([...Object.entries(a), ...rounds]);
}
