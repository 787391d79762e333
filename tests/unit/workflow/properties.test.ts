import fc from 'fast-check';
import { initial, step } from '../../../platform/core/workflow/step';
import type { Effect, State } from '../../../platform/core/workflow/types';
import { lastAttempts, Oracle } from './oracle';
import { MODES, type Play, type Row } from './play';
import { courses, definitionOf, plans, playCourse, subsOf, type Course, type Plan } from './random-workflows';

const RUNS = { numRuns: 600 };
const quiet = (course: Course): Course => ({ ...course, cancelAt: null });

const holdsFor = (claim: (tasks: Plan[], course: Course) => void) =>
  fc.assert(
    fc.property(plans, courses, (tasks, course) => claim(tasks, course)),
    RUNS,
  );

describe.each(MODES)('any workflow, %s', (mode) => {
  it('ends, once, with no child left', () => {
    holdsFor((tasks, course) => {
      const run = playCourse(definitionOf(tasks), course, mode);

      expect(run.effects.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(run.effects.at(-1)).toBe(run.finish);
      expect(run.finish?.status).toBe(run.state.status);
      expect(run.rows.filter(({ endedAt, released }) => released && endedAt === null)).toEqual([]);
    });
  });

  it('runs each task whose preconditions held, no other one, and ends as its failures say', () => {
    holdsFor((tasks, course) => {
      const run = playCourse(definitionOf(tasks), quiet(course), mode);
      const oracle = new Oracle(tasks, run);
      const stateless = entriesOf(tasks).length === 0;

      expect(tasks.map(({ name }) => [name, touched(run, name)])).toEqual(
        tasks.map(({ name }) => [name, oracle.verdict(name)]),
      );
      const { unhandled } = oracle;
      const error = `Workflow failed: ${unhandled.length} task(s) failed: ${unhandled.join(', ')}`;
      const result = unhandled.length > 0 && !stateless ? { error, succeeded: false } : { succeeded: true };
      expect(run.finish?.result).toEqual(result);
    });
  });

  it('tries each task and item at most as often as it may, after the pauses it asked for', () => {
    holdsFor((tasks, course) => {
      const run = playCourse(definitionOf(tasks), course, mode);

      for (const plan of tasks) for (const attempts of attemptsOf(run, plan)) expectPauses(plan, attempts);
    });
  });

  it('keeps to the concurrency, the order of release and the order of results', () => {
    holdsFor((tasks, course) => {
      const loops = tasks.filter(({ kind }) => kind === 'items');
      const run = playCourse(definitionOf(tasks), course, mode, (at) => {
        for (const { name, concurrency } of loops) {
          expect(at.open.filter((row) => row.task === name).length).toBeLessThanOrEqual(concurrency);
        }
      });

      for (const { name } of loops) {
        const order = releasesOf(run, name);
        expect(order).toEqual([...order].sort((a, b) => a - b));
        expectOrderedResults(run, name);
      }
    });
  });

  it('after a cancel starts, releases and tries nothing', () => {
    holdsFor((tasks, course) => {
      const run = playCourse(definitionOf(tasks), course, mode);
      const cancelled = run.effects.findIndex(({ type }) => type === 'cancel-children');
      if (cancelled < 0) return;

      const later = new Set(run.effects.slice(cancelled + 1).map(({ type }) => type));
      expect([...later].sort()).toEqual([...later].filter((type) => type === 'log' || type === 'finish').sort());
      expect(run.finish?.result).toEqual({ error: 'Workflow cancelled', succeeded: false });
    });
  });
});

describe('any workflow', () => {
  it('goes the same way straight and reloaded, and again from its signals', () => {
    holdsFor((tasks, course) => {
      const definition = definitionOf(tasks);
      const straight = playCourse(definition, course, 'straight');
      const reloaded = playCourse(definition, course, 'reloaded');

      expect(reloaded.effects).toEqual(straight.effects);
      expect(reloaded.state).toEqual(straight.state);
      expect(JSON.parse(JSON.stringify(straight.state))).toEqual(straight.state);
      expect(replay(definitionOf(tasks), straight)).toEqual({ state: straight.state, effects: straight.effects });
    });
  });
});

function replay(definition: ReturnType<typeof definitionOf>, { signals }: Play): { state: State; effects: Effect[] } {
  let state = initial();
  const effects: Effect[] = [];
  for (const { signal, now } of signals) {
    const next = step(definition, state, signal, now);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const entriesOf = (tasks: readonly Plan[]): Plan[] =>
  tasks.filter(({ name }) => !tasks.some(({ next }) => next.some(({ to }) => to.includes(name))));

/** A task that was skipped because its join could not be met was not touched. */
function touched({ state }: Play, name: string): string {
  const task = state.tasks[name];
  if (!task || (task.status === 'skipped' && task.triggeredBy === null && task.arrivals.length > 0)) return 'untouched';
  return task.error === null ? task.status : 'undispatched';
}

function attemptsOf(run: Play, plan: Plan): Row[][] {
  const names = plan.kind === 'parallel' ? subsOf(plan) : [plan.name];
  const groups = new Map<string, Row[]>();
  for (const row of run.rows.filter(({ task }) => names.includes(task))) {
    const key = `${row.task} ${String(row.index)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

const GROWTH: Record<string, readonly number[]> = { constant: [1, 1], linear: [1, 2], exponential: [1, 2] };

function expectPauses({ retry }: Plan, attempts: readonly Row[]): void {
  expect(attempts.length).toBeLessThanOrEqual(1 + (retry?.count ?? 0));
  expect(attempts.map((row) => row.retry)).toEqual(attempts.map((_, n) => n));
  for (const [n, row] of attempts.slice(1).entries()) {
    if (row.begunAt === null) continue;
    const pause = (retry?.delay ?? 0) * 1_000 * (GROWTH[retry?.backoff ?? '']?.[n] ?? 0);
    expect(row.begunAt - (attempts[n]?.endedAt ?? Infinity)).toBeGreaterThanOrEqual(pause);
  }
}

const releasesOf = ({ effects }: Play, name: string): number[] =>
  effects.flatMap((effect) => {
    const isRelease = effect.type === 'release-item' || (effect.type === 'start-child' && effect.released);
    return isRelease && effect.task === name && effect.index !== null ? [effect.index] : [];
  });

function expectOrderedResults(run: Play, name: string): void {
  const result = run.state.tasks[name]?.result;
  if (!run.effects.some((effect) => effect.type === 'collect-items' && effect.task === name)) return;
  const expected = lastAttempts(run, name).map(({ status, result: stored }) =>
    status === 'cancelled' ? { ...(stored as object), cancelled: true } : stored,
  );
  expect(result).toMatchObject({ items: expected });
}
