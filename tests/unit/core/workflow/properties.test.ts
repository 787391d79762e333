import { fc } from '../../../seeded-properties';
import { sized } from '../../../../helpers/sized';
import { initialState } from '../../../../platform/core/workflow/step';
import type { Effect, WorkflowState } from '../../../../platform/core/workflow/types';
import { lastAttempts, Oracle } from './oracle';
import { stepFrom } from './step-from';
import { MODES, type WorkflowSimulator, type ChildRow } from './workflow-simulator';
import {
  runScripts,
  definitionOf,
  taskPlans,
  simulateRun,
  subtaskNames,
  type RunScript,
  type TaskPlan,
} from './random-workflows';

const RUNS = { numRuns: sized({ ci: 150, full: 600 }) };
const withoutCancel = (script: RunScript): RunScript => ({ ...script, cancelAt: null });

const holdsFor = (claim: (tasks: TaskPlan[], script: RunScript) => void) =>
  fc.assert(
    fc.property(taskPlans, runScripts, (tasks, script) => claim(tasks, script)),
    RUNS,
  );

describe.each(MODES)('any workflow, %s', (mode) => {
  it('ends once, without open children', () => {
    holdsFor((tasks, script) => {
      const run = simulateRun(definitionOf(tasks), script, mode);

      expect(run.effects.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(run.effects.at(-1)).toBe(run.finish);
      expect(run.finish?.status).toBe(run.state.status);
      expect(run.rows.filter(({ endedAt, released }) => released && endedAt === null)).toEqual([]);
    });
  });

  it('runs the tasks, and fails with the tasks, that the oracle expects', () => {
    holdsFor((tasks, script) => {
      const run = simulateRun(definitionOf(tasks), withoutCancel(script), mode);
      const oracle = new Oracle(tasks, run);
      const hasNoEntry = entriesOf(tasks).length === 0;

      expect(tasks.map(({ name }) => [name, finalStatus(run, name)])).toEqual(
        tasks.map(({ name }) => [name, oracle.expectedStatus(name)]),
      );
      const { unhandled } = oracle;
      const error = `Workflow failed: ${unhandled.length} task(s) failed: ${unhandled.join(', ')}`;
      const result = unhandled.length > 0 && !hasNoEntry ? { error, succeeded: false } : { succeeded: true };
      expect(run.finish?.result).toEqual(result);
    });
  });

  it('retries within the limit and after the delays of the policy', () => {
    holdsFor((tasks, script) => {
      const run = simulateRun(definitionOf(tasks), script, mode);

      for (const plan of tasks) for (const attempts of attemptsOf(run, plan)) expectPauses(plan, attempts);
    });
  });

  it('keeps to the concurrency and the order of items', () => {
    holdsFor((tasks, script) => {
      const loops = tasks.filter(({ kind }) => kind === 'items');
      const run = simulateRun(definitionOf(tasks), script, mode, (at) => {
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

  it('starts, releases and retries nothing after a cancel', () => {
    holdsFor((tasks, script) => {
      const run = simulateRun(definitionOf(tasks), script, mode);
      const cancelled = run.effects.findIndex(({ type }) => type === 'cancel-children');
      if (cancelled < 0) return;

      const later = new Set(run.effects.slice(cancelled + 1).map(({ type }) => type));
      expect([...later].sort()).toEqual([...later].filter((type) => type === 'log' || type === 'finish').sort());
      expect(run.finish?.result).toEqual({ error: 'Workflow cancelled', succeeded: false });
    });
  });
});

describe('any workflow', () => {
  it('has the same effects straight, reloaded and replayed', () => {
    holdsFor((tasks, script) => {
      const definition = definitionOf(tasks);
      const straight = simulateRun(definition, script, 'straight');
      const reloaded = simulateRun(definition, script, 'reloaded');

      expect(reloaded.effects).toEqual(straight.effects);
      expect(reloaded.state).toEqual(straight.state);
      expect(JSON.parse(JSON.stringify(straight.state))).toEqual(straight.state);
      expect(replay(definitionOf(tasks), straight)).toEqual({ state: straight.state, effects: straight.effects });
    });
  });
});

function replay(
  definition: ReturnType<typeof definitionOf>,
  { signals }: WorkflowSimulator,
): { state: WorkflowState; effects: Effect[] } {
  let state = initialState();
  const effects: Effect[] = [];
  for (const { signal, now } of signals) {
    const next = stepFrom(definition, state, signal, now, {}, null);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const entriesOf = (tasks: readonly TaskPlan[]): TaskPlan[] =>
  tasks.filter(({ name }) => !tasks.some(({ next }) => next.some(({ to }) => to.includes(name))));

/** A task that was skipped because its join was not met counts as not reached. */
function finalStatus({ state }: WorkflowSimulator, name: string): string {
  const task = state.tasks[name];
  if (!task || (task.status === 'skipped' && task.triggeredBy === null && task.arrivals.length > 0)) return 'untouched';
  return task.error === null ? task.status : 'undispatched';
}

function attemptsOf(run: WorkflowSimulator, plan: TaskPlan): ChildRow[][] {
  const names = plan.kind === 'parallel' ? subtaskNames(plan) : [plan.name];
  const groups = new Map<string, ChildRow[]>();
  for (const row of run.rows.filter(({ task }) => names.includes(task))) {
    const key = `${row.task} ${String(row.index)}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()];
}

const GROWTH: Record<string, readonly number[]> = { constant: [1, 1], linear: [1, 2], exponential: [1, 2] };

function expectPauses({ retry }: TaskPlan, attempts: readonly ChildRow[]): void {
  expect(attempts.length).toBeLessThanOrEqual(1 + (retry?.count ?? 0));
  expect(attempts.map((row) => row.retry)).toEqual(attempts.map((_, n) => n));
  for (const [n, row] of attempts.slice(1).entries()) {
    if (row.startedAt === null) continue;
    const pause = (retry?.delay ?? 0) * 1_000 * (GROWTH[retry?.backoff ?? '']?.[n] ?? 0);
    expect(row.startedAt - (attempts[n]?.endedAt ?? Infinity)).toBeGreaterThanOrEqual(pause);
  }
}

const releasesOf = ({ effects }: WorkflowSimulator, name: string): number[] =>
  effects.flatMap((effect) => {
    const isRelease = effect.type === 'release-item' || (effect.type === 'start-child' && effect.released);
    return isRelease && effect.task === name && effect.index !== null ? [effect.index] : [];
  });

function expectOrderedResults(run: WorkflowSimulator, name: string): void {
  const result = run.state.tasks[name]?.result;
  if (!run.effects.some((effect) => effect.type === 'collect-items' && effect.task === name)) return;
  const expected = lastAttempts(run, name).map(({ status, result: stored }) =>
    status === 'cancelled' ? { ...(stored as object), cancelled: true } : stored,
  );
  expect(result).toMatchObject({ items: expected });
}
