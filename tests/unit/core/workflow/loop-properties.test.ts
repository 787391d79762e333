import { fc } from '../../../seeded-properties';
import { sized } from '../../../../helpers/sized';
import type { JsonObject } from '../../../../contract/json';
import { initialState } from '../../../../platform/core/workflow/step';
import { definitionOf, runScripts, simulateRun, taskPlans, type RunScript, type TaskPlan } from './random-workflows';
import { stepFrom } from './step-from';
import { MODES, task, workflow, WorkflowSimulator, type ChildRow } from './workflow-simulator';

const RUNS = { numRuns: sized({ ci: 150, full: 600 }) };
const MAX_ROUNDS = 3;

const holdsFor = (claim: (tasks: TaskPlan[], script: RunScript) => void) =>
  fc.assert(
    fc.property(taskPlans, runScripts, (tasks, script) => claim(tasks, script)),
    RUNS,
  );

describe.each(MODES)('any workflow with loops, %s', (mode) => {
  const simulate = (tasks: TaskPlan[], script: RunScript) =>
    simulateRun(definitionOf(tasks), script, mode, undefined, MAX_ROUNDS);

  it('ends once, without open children', () => {
    holdsFor((tasks, script) => {
      const run = simulate(tasks, script);

      expect(run.effects.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(run.effects.at(-1)).toBe(run.finish);
      expect(run.rows.filter(({ endedAt, released }) => released && endedAt === null)).toEqual([]);
    });
  });

  it('numbers the rounds of a task from 1, one by one, up to the limit', () => {
    holdsFor((tasks, script) => {
      const { rows } = simulate(tasks, script);

      for (const name of new Set(rows.map((row) => row.task))) {
        const ofTask = rows.filter((row) => row.task === name);
        expect(ofTask.map(({ round }) => round)).toEqual(ofTask.map(({ round }) => round).sort((a, b) => a - b));
        expect(Math.max(...ofTask.map(({ round }) => round))).toBeLessThanOrEqual(MAX_ROUNDS);
        expectNoOverlap(rows, ofTask);
      }
    });
  });

  it('fails where it reached the limit', () => {
    holdsFor((tasks, script) => {
      const run = simulate(tasks, { ...script, cancelAt: null });
      const isAtLimit = Object.values(run.state.tasks).some(({ round = 1 }) => round > MAX_ROUNDS);

      if (isAtLimit) expect(run.finish?.result).toMatchObject({ succeeded: false, code: 'LOOP_LIMIT' });
      else expect(run.finish?.result).not.toHaveProperty('code');
    });
  });
});

/** The first row of a round was created after every row of the round before it had ended. */
function expectNoOverlap(rows: readonly ChildRow[], ofTask: readonly ChildRow[]): void {
  for (const row of ofTask) {
    const earlier = ofTask.filter(({ round }) => round < row.round);
    for (const other of earlier) expect(other.endedAt).not.toBeNull();
    expect(earlier.every((other) => rows.indexOf(other) < rows.indexOf(row))).toBe(true);
  }
}

describe('any workflow with loops', () => {
  it('has the same effects straight, reloaded and replayed', () => {
    holdsFor((tasks, script) => {
      const definition = definitionOf(tasks);
      const straight = simulateRun(definition, script, 'straight', undefined, MAX_ROUNDS);
      const reloaded = simulateRun(definition, script, 'reloaded', undefined, MAX_ROUNDS);
      let state = initialState();
      const effects = straight.signals.flatMap(({ signal, now }) => {
        const next = stepFrom(definition, state, signal, now, {}, MAX_ROUNDS);
        state = next.state;
        return next.effects;
      });

      expect(reloaded.effects).toEqual(straight.effects);
      expect(JSON.parse(JSON.stringify(straight.state))).toEqual(reloaded.state);
      expect(effects).toEqual(straight.effects);
    });
  });
});

/** A sequence of tasks, in which a list is a loop that runs `times` times. */
interface Loop {
  readonly times: number;
  readonly body: readonly (Loop | 'task')[];
}

const loops = fc.letrec<{ loop: Loop; part: Loop | 'task' }>((tie) => ({
  loop: fc.record({ times: fc.integer({ min: 1, max: 3 }), body: fc.array(tie('part'), { maxLength: 3 }) }),
  part: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant('task' as const), tie('loop')),
}));

/** The tasks of a loop in order, and how often each runs, by interpreting the loop itself. */
class Interpreted {
  readonly tasks: JsonObject[] = [];
  readonly order: string[] = [];
  /** By name of the last task of a loop: whether its nth round leads back. */
  readonly again = new Map<string, boolean[]>();
  private count = 0;

  constructor(loop: Loop) {
    this.define(loop);
    this.tasks.push(task('end'));
    this.count = 0;
    this.run(loop);
    this.order.push('end');
  }

  private define({ body }: Loop): void {
    const head = this.next();
    this.tasks.push(task(head, { next: [{ do: [this.peek()] }] }));
    for (const part of body) {
      if (part !== 'task') this.define(part);
      else this.tasks.push(task(this.next(), { next: [{ do: [this.peek()] }] }));
    }
    const last = this.next();
    this.again.set(last, []);
    const after = [
      { when: 'result().again', do: [head] },
      { when: 'not result().again', do: [this.peek()] },
    ];
    this.tasks.push(task(last, { next: after }));
  }

  private run({ times, body }: Loop): void {
    const start = this.count;
    for (let round = 1; round <= times; round++) {
      this.count = start;
      this.order.push(this.next());
      for (const part of body) {
        if (part === 'task') this.order.push(this.next());
        else this.run(part);
      }
      const last = this.next();
      this.order.push(last);
      this.again.get(last)!.push(round < times);
    }
  }

  private next(): string {
    return `t${this.count++}`;
  }

  private peek(): string {
    return this.count < Infinity ? `t${this.count}` : '';
  }
}

describe('nested loops', () => {
  it('run their tasks in the order in which their text says', () => {
    fc.assert(
      fc.property(loops.loop, (loop) => {
        const { tasks, order, again } = new Interpreted(loop);
        fc.pre(order.length <= 200);
        const last = `t${tasks.length - 1}`;
        const named = tasks.map((one) => (one.name === 'end' ? { ...one, name: last } : one));
        const run = new WorkflowSimulator(workflow(named));
        run.start();
        run.drain((row) => ({
          status: 'completed',
          result: { again: again.get(row.task)?.[row.round - 1] ?? false },
        }));

        expect(run.rows.map((row) => row.task)).toEqual(order.map((name) => (name === 'end' ? last : name)));
        expect(run.finish?.status).toBe('completed');
      }),
      RUNS,
    );
  });
});
