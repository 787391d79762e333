import fc from 'fast-check';
import type { JsonObject } from '../../../contract/json';
import type { ChildEnded, Definition } from '../../../platform/core/workflow/types';
import { Play, workflow, type Mode, type Row } from './play';

/** Conditions whose answer the oracle knows. `missing` cannot be evaluated: it holds if the task succeeded. */
export const WHENS = {
  always: null,
  success: '{{ succeeded() }}',
  failure: 'failed()',
  expiry: 'timed_out()',
  'not failure': 'not failed()',
  missing: 'result().missing.member',
  never: 'false',
} as const;
export type When = keyof typeof WHENS;

export interface Plan {
  readonly name: string;
  readonly kind: 'plain' | 'items' | 'parallel' | 'guarded' | 'broken';
  readonly size: number;
  readonly concurrency: number;
  readonly retry: { readonly count: number; readonly delay: number; readonly backoff: string } | null;
  readonly join: number | null;
  readonly next: readonly { readonly when: When; readonly to: readonly string[] }[];
}

const NAMES = ['t0', 't1', 't2', 't3', 't4', 't5'];

const planOf = (name: string, names: readonly string[]): fc.Arbitrary<Plan> =>
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
        when: fc.constantFrom(...(Object.keys(WHENS) as When[])),
        to: fc.subarray([...names], { maxLength: Math.min(2, names.length) }),
      }),
      { maxLength: 3 },
    ),
  });

export const plans: fc.Arbitrary<Plan[]> = fc
  .integer({ min: 1, max: NAMES.length })
  .chain((count) => fc.tuple(...NAMES.slice(0, count).map((name) => planOf(name, NAMES.slice(0, count)))))
  .map((tasks) => [...tasks]);

export const subsOf = ({ name, size }: Plan): string[] =>
  Array.from({ length: Math.max(1, size) }, (_, n) => `${name}-${n}`);

export const definitionOf = (tasks: readonly Plan[]): Definition => workflow(tasks.map(documentOf));

function documentOf(plan: Plan): JsonObject {
  const { name, kind, size, concurrency, join } = plan;
  const retry: JsonObject | null = plan.retry && { ...plan.retry };
  const next = plan.next.map(({ when, to }) => ({ when: WHENS[when], do: [...to] }));
  if (kind === 'parallel') {
    const tasks = subsOf(plan).map((sub) => ({ name: sub, action: 'e2e.act', retry }));
    return { name, type: 'parallel', tasks, next, join };
  }
  const base = { name, action: 'e2e.act', retry, join, next, input: { at: '{{ parameters.at }}' } };
  if (kind === 'items') return { ...base, with_items: `{{ range(${size}) }}`, concurrency, input: { i: '{{ item }}' } };
  if (kind === 'guarded') return { ...base, when: 'false' };
  return kind === 'broken' ? { ...base, input: { x: '{{ parameters.missing }}' } } : base;
}

/** How one random run goes: what is picked at each move, how children end, and when it is cancelled. */
export interface Course {
  readonly moves: readonly number[];
  readonly ends: readonly ChildEnded['status'][];
  readonly cancelAt: number | null;
  readonly policy: 'allow_finish' | 'cancel_running' | null;
  /** Moves at which an item that still waits is cancelled on its own. */
  readonly strays: readonly number[];
}

export const courses: fc.Arbitrary<Course> = fc.record({
  moves: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 12 }),
  ends: fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('completed' as const) },
      { weight: 2, arbitrary: fc.constant('failed' as const) },
      { weight: 1, arbitrary: fc.constantFrom('timeout' as const, 'cancelled' as const, 'abandoned' as const) },
    ),
    { minLength: 1, maxLength: 8 },
  ),
  cancelAt: fc.option(fc.nat(12), { freq: 2 }),
  policy: fc.constantFrom('allow_finish', 'cancel_running', null),
  strays: fc.array(fc.nat(12), { maxLength: 2 }),
});

/** Far more moves than any run of these sizes can take. */
const MOVES = 2_000;

/** Plays a run to its end; `watch` is called after each move. */
export function playCourse(
  definition: Definition,
  course: Course,
  mode: Mode,
  watch: (run: Play) => void = () => undefined,
): Play {
  const run = new Play(definition, mode);
  const cycle = <T>(list: readonly T[], at: number): T => list[at % list.length]!;
  run.start({ at: 1 });
  watch(run);
  for (let at = 0; run.open.length > 0; at++) {
    if (at > MOVES) throw new Error('the run does not end');
    if (course.strays.includes(at)) cancelStray(run);
    if (course.cancelAt === at) run.cancel(course.policy);
    const row = cycle(run.open, cycle(course.moves, at));
    if (row) move(run, row, cycle(course.ends, cycle(course.moves, at + 1) + row.retry));
    watch(run);
  }
  return run;
}

/** A child begins first and ends at some later move. */
function move(run: Play, row: Row, status: ChildEnded['status']): void {
  run.now += 7;
  if (row.begunAt === null) run.begin(row);
  else run.endRow(row, { status, result: { of: row.task, index: row.index, retry: row.retry } });
}

function cancelStray(run: Play): void {
  const row = run.rows.find(({ released, endedAt }) => !released && endedAt === null);
  if (row && run.state.status === 'running') run.endRow(row, { status: 'cancelled' });
}
