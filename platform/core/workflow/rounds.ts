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
export const roundsAtStart = (context: LoopContext, name: string): Rounds =>
  !isPlain(context) && graphOf(context.definition).loopHeads.has(name) ? { [name]: 1 } : NO_ROUNDS;

/** The rounds in which a transition reaches its target. */
export function roundsAfter(context: LoopContext, from: string, rounds: Rounds, target: string): Rounds {
  const { loopHeads, leadsBack } = graphOf(context.definition);
  if (isPlain(context) || !loopHeads.has(target)) return rounds;
  const round = leadsBack(from, target) ? (rounds[target] ?? 1) + 1 : 1;
  return Object.fromEntries([...Object.entries(rounds), [target, round]]);
}

/** Whether both are of the same loops, and of the same rounds of them. */
export function areEqual(a: Rounds, b: Rounds): boolean {
  const heads = Object.keys(a);
  return heads.length === Object.keys(b).length && heads.every((head) => a[head] === b[head]);
}

/** The loops that led to both, in different rounds. */
const differingHeads = (a: Rounds, b: Rounds): string[] =>
  Object.keys(a).filter((head) => Object.hasOwn(b, head) && a[head] !== b[head]);

/**
 * Which of two rounds comes first: the outermost loop that led to both decides. 0 where none
 * differs.
 */
export function compareRounds(definition: WorkflowDefinition, a: Rounds, b: Rounds): number {
  const { loopHeads } = graphOf(definition);
  const outermost = differingHeads(a, b).sort((one, other) => loopHeads.get(one)! - loopHeads.get(other)!)[0];
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
  const { loopHeads } = graphOf(definition);
  if (!loopHeads.has(name) && arrivals.length < joinOf(definition, name)) return null;
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
 * What the join asks for. The head of a loop starts its first round after predecessors outside of
 * the loop, and every other one after those that lead back: no more of them can arrive.
 */
function neededTransitions(definition: WorkflowDefinition, name: string, { from, rounds }: FiredTransition): number {
  const join = joinOf(definition, name);
  if (!Object.hasOwn(rounds, name)) return join;
  const { leadsBack, predecessors } = graphOf(definition);
  const isBack = leadsBack(from, name);
  const possible = predecessors.get(name)!.filter((other) => leadsBack(other, name) === isBack);
  return Math.min(join, possible.length);
}

function isSameRound(definition: WorkflowDefinition, name: string, a: Rounds, b: Rounds): boolean {
  const differing = differingHeads(a, b);
  if (differing.length === 0) return true;
  const around = graphOf(definition).loopsAround(name);
  return !differing.some((head) => around.has(head));
}

function latest(a: Rounds, b: Rounds): Rounds {
  const heads = Object.keys(b);
  if (heads.length === 0) return a;
  const rounds = heads.map((head) => [head, Math.max(a[head] ?? 0, b[head]!)] as const);
  return Object.fromEntries([...Object.entries(a), ...rounds]);
}
