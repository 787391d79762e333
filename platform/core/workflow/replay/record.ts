import type { Json, JsonObject } from '../../../../contract/json';
import type { Status } from '../../../../contract/status';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { ChildEnded } from '../types';

/** One attempt of a task or item as it is stored: its secrets are markers. */
export interface RecordedStep {
  readonly id: number;
  readonly task: string;
  /** Position in with_items, null otherwise. */
  readonly index: number | null;
  /** How often the task had started, 1 the first. */
  readonly round: number;
  /** 0 is the first attempt. */
  readonly retry: number;
  readonly action: string;
  readonly parameters: JsonObject | null;
  readonly status: ChildEnded['status'];
  /** As of `ChildEnded`. */
  readonly isOverLimit: boolean;
  readonly result: Json;
  /** Stored as a step that could not be dispatched. */
  readonly undispatched: boolean;
}

/** An entry of the log of a workflow: it processed the end of an attempt. */
export interface ProcessedEnd {
  readonly task: string;
  readonly index: number | null;
  readonly round: number;
}

/** A finished execution of a workflow as it is stored: its secrets are markers. */
export interface ExecutionRecord {
  /** Epoch ms. */
  readonly startedAt: number;
  readonly parameters: JsonObject | null;
  /** Values of variables that the request gave. */
  readonly variables: JsonObject | null;
  /** Configuration of the workflow's pack. */
  readonly config: JsonObject;
  readonly status: Status;
  readonly result: Json;
  /** In order of their end, then of id. */
  readonly steps: readonly RecordedStep[];
  /** In order. */
  readonly processed: readonly ProcessedEnd[];
  /** Of a rerun: the ends that it took over, `TakenOverTask[]` with their secrets sealed. */
  readonly takenOver?: Json;
  /** It was cancelled, or its time limit passed, before its steps had ended. */
  readonly isStopped?: boolean;
}

/** What names an attempt. */
export type AttemptPlace = Pick<RecordedStep, 'task' | 'index' | 'round' | 'retry'>;

/** The name of an attempt. */
export const stepKey = ({ task, index, round, retry }: AttemptPlace): string => writeJson([task, index, round, retry]);

/** The name of all attempts of one item, or of a task without items, in one round. */
export const itemKey = ({ task, index, round }: Omit<AttemptPlace, 'retry'>): string =>
  stepKey({ task, index, round, retry: 0 });

/**
 * The position of each attempt in the order in which the workflow processed their ends, by step
 * key. What the log does not name follows, in order of its end.
 */
export function endPositions({ steps, processed }: Pick<ExecutionRecord, 'steps' | 'processed'>): Map<string, number> {
  const attempts = new Set(steps.map(stepKey));
  const retries = new Map<string, number>();
  const positions = new Map<string, number>();
  for (const end of processed) {
    const item = itemKey(end);
    const retry = retries.get(item) ?? 0;
    retries.set(item, retry + 1);
    const { task, index, round } = end;
    const attempt = stepKey({ task, index, round, retry });
    if (attempts.has(attempt)) positions.set(attempt, positions.size);
  }
  for (const attempt of attempts) if (!positions.has(attempt)) positions.set(attempt, positions.size);
  return positions;
}
