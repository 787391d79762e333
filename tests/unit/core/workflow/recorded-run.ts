import { isObject, type Json, type JsonObject } from '../../../../contract/json';
import type { ReplayOutcome } from '../../../../contract/workflows/replay';
import { extractSecrets } from '../../../../platform/core/secrets/extract-secrets';
import type { WorkflowDefinition } from '../../../../platform/core/workflow/definition';
import type { ExecutionRecord, ProcessedEnd, RecordedStep } from '../../../../platform/core/workflow/replay/record';
import { Replay } from '../../../../platform/core/workflow/replay/replay';
import type { Effect } from '../../../../platform/core/workflow/types';
import type { WorkflowSimulator } from './workflow-simulator';

const PROCESSED = ['STEP_COMPLETED', 'STEP_FAILED', 'STEP_CANCELLED', 'STEP_RETRIED'];

/** A run of the simulator as a platform stores it. */
export function recordOf(run: WorkflowSimulator, parameters: JsonObject = {}): ExecutionRecord {
  if (run.finish === undefined) throw new Error('the run has not ended');
  const steps = run.effects.flatMap((effect, id) => stepsOf(run, effect, id, parameters));
  return {
    startedAt: 1_000,
    parameters,
    variables: null,
    config: {},
    status: run.finish.status,
    result: extractSecrets(run.finish.result, run.finish.secrets ?? null).document,
    steps,
    processed: run.effects.flatMap(processedEnd),
  };
}

function stepsOf(run: WorkflowSimulator, effect: Effect, id: number, parameters: JsonObject): RecordedStep[] {
  if (effect.type === 'record-undispatched') {
    const { task, index, round, action, code, error } = effect;
    const end = { status: 'failed', isOverLimit: false, result: { succeeded: false, code, error } } as const;
    return [{ id, task, index, round, retry: 0, action, parameters: null, ...end, undispatched: true }];
  }
  if (effect.type !== 'start-child' && effect.type !== 'retry-child') return [];
  const { task, index, round } = effect;
  const retry = effect.type === 'retry-child' ? effect.retry : 0;
  const ofRound = run.rows.filter((one) => one.task === task && one.round === round);
  const row = ofRound.find((one) => one.index === index && one.retry === retry);
  if (row === undefined || row.status === null) throw new Error(`${task} has not ended`);
  const { start, status, isOverLimit, result } = row;
  const undispatched = row.startedAt === null && isObject(result) && 'error' in result;
  const input = start.input === null ? parameters : extractSecrets(start.input, start.secrets).document;
  const end = { status, isOverLimit, result, undispatched };
  return [{ id, task, index, round, retry, action: start.action, parameters: input, ...end }];
}

function processedEnd(effect: Effect): ProcessedEnd[] {
  if (effect.type !== 'log' || !PROCESSED.includes(effect.entry)) return [];
  const place = effect.payload as { readonly task: string; readonly index?: number; readonly round?: number };
  const { task, index = null, round = 1 } = place;
  return [{ task, index, round }];
}

/** Replays a record on a definition, to its end. */
export function replayOn(
  definition: WorkflowDefinition,
  record: ExecutionRecord,
  paramSchema: JsonObject | null = null,
  actionSchemas: ReadonlyMap<string, JsonObject> = new Map(),
  maxRounds?: number,
): ReplayOutcome {
  const replay = new Replay({ definition, paramSchema, outSchema: null, actionSchemas }, record, maxRounds);
  while (replay.advance());
  return replay.outcome();
}

/** The names of steps: `a`, `loop 2`, `a round 2`, `a retry 1`. */
export const namesOf = (steps: ReplayOutcome['compared']): string[] =>
  steps.map(({ task, index, round, retry }) =>
    [
      task,
      ...(index === null ? [] : [index]),
      ...(round === 1 ? [] : [`round ${round}`]),
      ...(retry === 0 ? [] : [`retry ${retry}`]),
    ].join(' '),
  );

export const data = (value: JsonObject): { readonly status: 'completed'; readonly result: Json } => ({
  status: 'completed',
  result: { data: value },
});
