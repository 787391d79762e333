import type { JsonObject } from '../../../../contract/json';
import type { ChildRow, WorkflowSimulator } from './workflow-simulator';

export const to = (...names: string[]) => [{ do: names }];

export const round = ({ task: name, round: number }: ChildRow): string => `${name}@${number}`;

/** A run whose children end one by one; `results` are those of each task, round by round. */
export function rounds(run: WorkflowSimulator, results: Record<string, readonly JsonObject[]> = {}): string[] {
  run.start();
  run.drain((row) => ({ status: 'completed', result: results[row.task]?.[row.round - 1] ?? {} }));
  return run.rows.map(round);
}

export const counting = (count: number): JsonObject[] => Array.from({ length: count }, (_, n) => ({ n: n + 1 }));
