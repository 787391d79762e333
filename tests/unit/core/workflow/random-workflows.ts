import { fc } from '../../../seeded-properties';
import type { JsonObject } from '../../../../contract/json';
import type { WorkflowDefinition } from '../../../../platform/core/workflow/definition';
import type { ChildEnded } from '../../../../platform/core/workflow/types';
import { WorkflowSimulator, workflow, type Mode, type ChildRow } from './workflow-simulator';

/**
 * Conditions that the oracle can evaluate. `missing` is an error: it matches if the task
 * succeeded.
 */
const CONDITIONS = {
  always: null,
  success: '{{ succeeded() }}',
  failure: 'failed()',
  expiry: 'timed_out()',
  'not failure': 'not failed()',
  missing: 'result().missing.member',
  never: 'false',
} as const;
export type ConditionName = keyof typeof CONDITIONS;

export interface TaskPlan {
  readonly name: string;
  readonly kind: 'plain' | 'items' | 'parallel' | 'guarded' | 'broken';
  readonly size: number;
  readonly concurrency: number;
  readonly retry: { readonly count: number; readonly delay: number; readonly backoff: string } | null;
  readonly join: number | null;
  readonly next: readonly { readonly when: ConditionName; readonly to: readonly string[] }[];
}

const NAMES = ['t0', 't1', 't2', 't3', 't4', 't5'];

const taskPlanOf = (name: string, names: readonly string[]): fc.Arbitrary<TaskPlan> =>
  fc.record({
    name: fc.constant(name),
    kind: fc.oneof(
      { weight: 5, arbitrary: fc.constant('plain' as const) },
      { weight: 3, arbitrary: fc.constant('items' as const) },
      { weight: 1, arbitrary: fc.constantFrom('parallel' as const, 'guarded' as const, 'broken' as const) },
    ),
    size: fc.integer({ min: 0, max: 4 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    retry: fc.option(
      fc.record({
        count: fc.integer({ min: 1, max: 2 }),
        delay: fc.constantFrom(0, 0.5, 2),
        backoff: fc.constantFrom('constant', 'linear', 'exponential'),
      }),
    ),
    join: fc.option(fc.integer({ min: 1, max: 3 })),
    next: fc.array(
      fc.record({
        when: fc.constantFrom(...(Object.keys(CONDITIONS) as ConditionName[])),
        to: fc.subarray([...names], { maxLength: Math.min(2, names.length) }),
      }),
      { maxLength: 3 },
    ),
  });

export const taskPlans: fc.Arbitrary<TaskPlan[]> = fc
  .integer({ min: 1, max: NAMES.length })
  .chain((count) => fc.tuple(...NAMES.slice(0, count).map((name) => taskPlanOf(name, NAMES.slice(0, count)))))
  .map((tasks) => [...tasks]);

export const subtaskNames = ({ name, size }: TaskPlan): string[] =>
  Array.from({ length: Math.max(1, size) }, (_, n) => `${name}-${n}`);

export const definitionOf = (tasks: readonly TaskPlan[]): WorkflowDefinition => workflow(tasks.map(documentOf));

function documentOf(plan: TaskPlan): JsonObject {
  const { name, kind, size, concurrency, join } = plan;
  const retry: JsonObject | null = plan.retry && { ...plan.retry };
  const next = plan.next.map(({ when, to }) => ({ when: CONDITIONS[when], do: [...to] }));
  if (kind === 'parallel') {
    const tasks = subtaskNames(plan).map((sub) => ({ name: sub, action: 'e2e.act', retry }));
    return { name, type: 'parallel', tasks, next, join };
  }
  const base = { name, action: 'e2e.act', retry, join, next, input: { at: '{{ parameters.at }}' } };
  if (kind === 'items') return { ...base, with_items: `{{ range(${size}) }}`, concurrency, input: { i: '{{ item }}' } };
  if (kind === 'guarded') return { ...base, when: 'false' };
  return kind === 'broken' ? { ...base, input: { x: '{{ parameters.missing }}' } } : base;
}

/** One random run: the row picked at each move, how children end, and when it is cancelled. */
export interface RunScript {
  readonly moves: readonly number[];
  readonly ends: readonly (ChildEnded['status'] | 'over_limit')[];
  readonly cancelAt: number | null;
  readonly policy: 'allow_finish' | 'cancel_running' | null;
  /** Moves at which a waiting item is cancelled by itself. */
  readonly itemCancels: readonly number[];
}

export const runScripts: fc.Arbitrary<RunScript> = fc.record({
  moves: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 }),
  ends: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('completed' as const) },
      { weight: 2, arbitrary: fc.constant('failed' as const) },
      { weight: 1, arbitrary: fc.constantFrom('timeout' as const, 'cancelled' as const, 'abandoned' as const) },
      { weight: 1, arbitrary: fc.constant('over_limit' as const) },
    ),
    { minLength: 1, maxLength: 8 },
  ),
  cancelAt: fc.option(fc.nat(12), { freq: 2 }),
  policy: fc.constantFrom('allow_finish', 'cancel_running', null),
  itemCancels: fc.array(fc.nat(12), { maxLength: 2 }),
});

/** More moves than any run of these sizes can take. */
const MAX_MOVES = 2_000;

/**
 * Simulates a run to its end; `onMove` is called after each move. Tasks run once, unless
 * `maxRounds` is given.
 */
export function simulateRun(
  definition: WorkflowDefinition,
  script: RunScript,
  mode: Mode,
  onMove: (run: WorkflowSimulator) => void = () => undefined,
  maxRounds: number | null = null,
): WorkflowSimulator {
  const run = new WorkflowSimulator(definition, mode, new Set(), maxRounds);
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
  run.start({ at: 1 });
  onMove(run);
  for (let at = 0; run.open.length > 0; at++) {
    if (at > MAX_MOVES) throw new Error('the run does not end');
    if (script.itemCancels.includes(at)) cancelWaitingItem(run);
    if (script.cancelAt === at) run.cancel(script.policy);
    const row = pick(run.open, pick(script.moves, at));
    if (row) advanceRow(run, row, pick(script.ends, pick(script.moves, at + 1) + row.retry));
    onMove(run);
  }
  return run;
}

/** A row starts at one move and ends at a later one. */
function advanceRow(run: WorkflowSimulator, row: ChildRow, end: RunScript['ends'][number]): void {
  run.now += 7;
  if (row.startedAt === null) return run.startRow(row);
  const isOverLimit = end === 'over_limit';
  const result = { of: row.task, index: row.index, retry: row.retry };
  run.endRow(row, { status: end === 'over_limit' ? 'failed' : end, isOverLimit, result });
}

function cancelWaitingItem(run: WorkflowSimulator): void {
  const row = run.rows.find(({ released, endedAt }) => !released && endedAt === null);
  if (row && run.state.status === 'running') run.endRow(row, { status: 'cancelled' });
}
