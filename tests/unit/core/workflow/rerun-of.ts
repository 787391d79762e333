import type { JsonObject } from '../../../../contract/json';
import { Replay } from '../../../../platform/core/workflow/replay/replay';
import type { ExecutionRecord } from '../../../../platform/core/workflow/replay/record';
import { planRerun, type RerunPlan } from '../../../../platform/core/workflow/plan-rerun';
import type { TakenOverTask, TaskEnd } from '../../../../platform/core/workflow/types';
import { recordOf } from './recorded-run';
import { WorkflowSimulator } from './workflow-simulator';

/** How a run came to its present state. */
export interface EarlierRun {
  readonly run: WorkflowSimulator;
  readonly parameters?: JsonObject;
  /** Of a rerun. */
  readonly takenOver?: readonly TakenOverTask[];
  readonly isStopped?: boolean;
  readonly maxRounds?: number;
}

/** What a rerun of the run from a task takes over, or why there is none. */
export function planOf(earlier: EarlierRun, from: string): RerunPlan<TakenOverTask> {
  const { run, parameters = {}, takenOver = [], isStopped = false, maxRounds } = earlier;
  const record: ExecutionRecord = { ...recordOf(run, parameters), isStopped };
  const own: TaskEnd[] = [];
  const workflow = { definition: run.definition, paramSchema: null, outSchema: null, actionSchemas: new Map() };
  const replay = new Replay(workflow, record, maxRounds, {
    keystore: {},
    connections: null,
    start: { type: 'started', parameters, config: {}, takenOver },
    resultOf: ({ status, result }) => ({ status, result, secrets: null }),
    onTaskEnd: (end) => void own.push(end),
    hasPlaceholders: false,
  });
  while (replay.advance());
  return planRerun(replay.context, [...takenOver, ...own.map((end) => ({ ...end, executions: [] }))], from);
}

/** Starts the rerun. Throws where there can be none. */
export function startRerun(earlier: EarlierRun, from: string, parameters: JsonObject = {}) {
  const plan = planOf(earlier, from);
  if ('rejection' in plan) throw new Error(plan.rejection);
  const { takenOver } = plan;
  const run = new WorkflowSimulator(earlier.run.definition, 'reloaded', new Set(), earlier.maxRounds);
  run.signal({ type: 'started', parameters, config: {}, takenOver: JSON.parse(JSON.stringify(takenOver)) as never });
  return { run, takenOver };
}

export const namesOf = (ends: readonly TaskEnd[]): string[] =>
  ends.map(({ task, round }) => (round === 1 ? task : `${task} ${round}`));
