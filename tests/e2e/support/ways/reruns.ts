import type { RerunOf } from '../../../../contract/executions';
import type { JsonObject } from '../../../../contract/json';

/** The end of a task, the names of the executions that ran it, below the earlier one, and more. */
type TakenOverEnd = readonly [task: string, executions: readonly string[], more?: JsonObject];

/** What a rerun has of the execution that runs again. */
export interface RerunOfWay {
  /** The name of that execution. */
  readonly of: string;
  readonly from: string;
  readonly takenOver: readonly TakenOverEnd[];
}

/** Every end of the workflow `flow`, by the tasks. */
const ENDS_OF_FLOW: readonly TakenOverEnd[] = [
  ['first', ['first']],
  ['each', ['each[0]', 'each[1]']],
  ['flaky', ['flaky#1']],
  ['both', []],
  ['sub', ['sub']],
  ['nested', ['nested']],
  ['quick', ['quick']],
  ['broken', ['broken'], { status: 'failed' }],
  ['again', ['again']],
  ['again', ['again@2'], { round: 2 }],
  ['none', []],
];

/** A rerun of `flow` from a task that no other one follows. */
export const rerunOfFlow = (of: string, from: string): RerunOfWay => ({
  of,
  from,
  takenOver: ENDS_OF_FLOW.filter(([task]) => task !== from),
});

/** The name of a rerun among the executions of its parent. */
export const rerunName = (earlier: string, from: string): string => `${earlier.replaceAll('/', ' ')} from ${from}`;

/** Whether a rerun runs the task of a step of its workflow. */
export const isRunAgain = ({ takenOver }: RerunOfWay, { task }: JsonObject): boolean =>
  takenOver.every(([name]) => name !== task);

/** The payloads of its entries of what it took over. */
export const takenOverEntries = ({ of, takenOver }: RerunOfWay, ids: ReadonlyMap<string, number>): JsonObject[] =>
  takenOver.map(([task, executions, more]) => ({
    task,
    status: 'completed',
    executions: executions.map((name) => ids.get(`${of}/${name}`)!),
    ...more,
  }));

export const rerunOf = ({ of, from }: RerunOfWay, ids: ReadonlyMap<string, number>): RerunOf => ({
  execution: ids.get(of)!,
  task: from,
});
