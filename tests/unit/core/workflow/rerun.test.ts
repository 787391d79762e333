import { fc } from '../../../seeded-properties';
import type { JsonObject } from '../../../../contract/json';
import { graphOf } from '../../../../platform/core/workflow/graph';
import { definitionOf, runScripts, simulateRun, taskPlans } from './random-workflows';
import { data } from './recorded-run';
import { namesOf, planOf, startRerun } from './rerun-of';
import { task, workflow, WorkflowSimulator, type ChildOutcome } from './workflow-simulator';

/** Runs these tasks to their end; without an outcome of its own, a task returns its name. */
function runOf(
  tasks: readonly JsonObject[],
  outcomes: Readonly<Record<string, ChildOutcome>> = {},
  more: JsonObject = {},
) {
  const run = new WorkflowSimulator(workflow(tasks, more));
  run.start();
  run.drain(
    ({ task: name, index, round }) =>
      outcomes[`${name} ${round}`] ?? outcomes[name] ?? data({ from: name, index, round }),
  );
  return run;
}

const FAILED: ChildOutcome = { status: 'failed', result: { error: 'no' } };
const to = (...names: string[]): JsonObject => ({ when: '{{ succeeded() }}', do: names });
const after = (name: string, next: readonly JsonObject[], more: JsonObject = {}): JsonObject =>
  task(name, { next: [...next], ...more });

test('the task starts with the results, variables and trigger that it had', () => {
  const publish = { ...to('b'), publish: [{ made: '{{ result().from }}' }] };
  const input = { from: '{{ task.a.from }}', made: '{{ workflow.made }}', of: '{{ result().from }}' };
  const run = runOf([after('a', [publish]), after('b', [to('c')], { input }), task('c')], { b: FAILED });

  const { run: rerun, takenOver } = startRerun({ run }, 'b');

  expect(namesOf(takenOver)).toEqual(['a']);
  expect(rerun.childOf('b')).toEqual(run.childOf('b'));
  expect(rerun.log).toEqual(['STEP_TAKEN_OVER a', 'STEP_STARTED b']);
  rerun.drain();
  expect([rerun.started, rerun.finish?.status]).toEqual([['b', 'c'], 'completed']);
});

test('a variable has the last value of the tasks that are taken over', () => {
  const set = (n: number, next: string): JsonObject => ({ ...to(next), publish: [{ n }] });
  const show = { input: { n: '{{ workflow.n }}' } };
  const run = runOf([after('a', [set(1, 'b')]), after('b', [set(2, 'c')], show), task('c', show)]);

  expect(startRerun({ run }, 'c').run.childOf('c').input).toEqual({ n: 2 });
  expect(startRerun({ run }, 'b').run.childOf('b').input).toEqual({ n: 1 });
});

test('a variable that a repeated task had set is not there', () => {
  const vars = { vars: { n: 'none' } };
  const set = { ...to('c'), publish: [{ n: '{{ result().from }}' }] };
  const run = runOf(
    [after('a', [to('b')]), after('b', [set]), task('c', { input: { n: '{{ workflow.n }}' } })],
    {},
    vars,
  );

  const { run: rerun } = startRerun({ run }, 'b');

  expect(rerun.state.variables).toEqual({ n: 'none' });
});

const JOINED = [
  after('a', [to('left', 'right')]),
  after('left', [to('joined')]),
  after('right', [to('joined')]),
  task('joined', { join: 2, input: { left: '{{ task.left.from }}', right: '{{ task.right.from }}' } }),
];

test('a join counts the branches that are taken over', () => {
  const run = runOf(JOINED, { right: FAILED });

  const { run: rerun, takenOver } = startRerun({ run }, 'right');
  rerun.drain(({ task: name }) => data({ from: name }));

  expect(namesOf(takenOver)).toEqual(['a', 'left']);
  expect(rerun.started).toEqual(['right', 'joined']);
  expect(rerun.childOf('joined').input).toEqual({ left: 'left', right: 'right' });
});

test('a join from which the workflow runs again has all of its branches', () => {
  const { run: rerun, takenOver } = startRerun({ run: runOf(JOINED, { joined: FAILED }) }, 'joined');

  expect([namesOf(takenOver), rerun.started]).toEqual([['a', 'left', 'right'], ['joined']]);
});

test('a task that another branch has reached starts with the given one', () => {
  const run = runOf([after('a', [to('c')]), after('b', [to('c')]), task('c')]);

  const { run: rerun, takenOver } = startRerun({ run }, 'a');

  expect([namesOf(takenOver), rerun.started]).toEqual([['b'], ['a', 'c']]);
  expect(rerun.drain().started).toEqual(['a', 'c']);
});

test('a failed task of another branch is repeated unless it was handled', () => {
  const handler = { when: '{{ failed() }}', do: ['handler'] };
  const tasks = [task('a'), after('b', [to('c')]), after('d', [handler]), task('handler'), task('c')];
  const run = runOf(tasks, { a: FAILED, b: FAILED, d: FAILED });

  const { run: rerun, takenOver } = startRerun({ run }, 'a');

  expect([namesOf(takenOver), rerun.started]).toEqual([
    ['d', 'handler'],
    ['a', 'b'],
  ]);
  rerun.drain();
  expect([rerun.started, rerun.finish?.status]).toEqual([['a', 'b', 'c'], 'completed']);
});

test('what a cancel stopped starts again, and so does what would have followed', () => {
  const tasks = [after('a', [to('b')]), task('b'), task('c'), after('d', [to('e')]), task('e')];
  const run = new WorkflowSimulator(workflow(tasks));
  run.start();
  run.end('a', 'completed');
  run.startRow(run.open.find(({ task: name }) => name === 'd')!);
  run.cancel('allow_finish');
  run.drain();

  const { run: rerun, takenOver } = startRerun({ run, isStopped: true }, 'b');

  expect([namesOf(takenOver), rerun.started]).toEqual([
    ['a', 'd'],
    ['c', 'b', 'e'],
  ]);
});

test('a list runs again whole, also where a part of it had completed', () => {
  const each = after('each', [to('c')], { with_items: '{{ [1, 2, 3] }}', input: { n: '{{ item }}' } });
  const run = new WorkflowSimulator(workflow([after('a', [to('each')]), each, task('c')]));
  run.start();
  run.drain(({ index }) => (index === 1 ? FAILED : data({ index })));

  const { run: rerun } = startRerun({ run }, 'each');

  expect(rerun.drain().started).toEqual(['each', 'each', 'each', 'c']);
});

test('a parallel task is taken over with its tasks, or runs again whole', () => {
  const group = { name: 'group', type: 'parallel', tasks: [task('x'), task('y')], next: [to('b')] };
  const show = task('b', { input: { x: '{{ task.group.x.from }}', y: '{{ task.y.from }}' } });
  const completed = startRerun({ run: runOf([group, show], { b: FAILED }) }, 'b');
  const failed = startRerun({ run: runOf([group, show, task('z')], { x: FAILED, z: FAILED }) }, 'z');

  expect(completed.run.childOf('b').input).toEqual({ x: 'x', y: 'y' });
  expect([namesOf(completed.takenOver), completed.run.started]).toEqual([['x', 'y', 'group'], ['b']]);
  expect([namesOf(failed.takenOver), failed.run.started]).toEqual([[], ['z', 'x', 'y']]);
});

const LOOP = (last: number) => [
  after('poll', [to('check')]),
  after('check', [
    { when: `{{ result().round < ${last} }}`, do: ['poll'] },
    { when: `{{ result().round >= ${last} }}`, do: ['end'] },
  ]),
  task('end', { input: { round: '{{ task.check.round }}' } }),
];

test('a loop that has ended is taken over with all of its rounds', () => {
  const { run: rerun, takenOver } = startRerun({ run: runOf(LOOP(2), { end: FAILED }) }, 'end');

  expect(namesOf(takenOver)).toEqual(['poll', 'check', 'poll 2', 'check 2']);
  expect([rerun.started, rerun.childOf('end').input]).toEqual([['end'], { round: 2 }]);
});

test('an end that is taken over is logged with its own round', () => {
  const repeated = after('again', [
    { when: '{{ result().round < 3 }}', do: ['again'] },
    { when: '{{ result().round >= 3 }}', do: ['end'] },
  ]);
  const run = runOf([repeated, task('end')], { end: FAILED });

  const { run: rerun } = startRerun({ run }, 'end');

  const rounds = rerun.effects.flatMap((effect) =>
    effect.type === 'log' && effect.entry === 'STEP_TAKEN_OVER' ? [effect.payload.round ?? 1] : [],
  );
  expect(rounds).toEqual([1, 2, 3]);
});

test('a task of a loop runs again in its last round', () => {
  const { run: rerun, takenOver } = startRerun({ run: runOf(LOOP(3)) }, 'check');

  expect(namesOf(takenOver)).toEqual(['poll', 'check', 'poll 2', 'check 2', 'poll 3']);
  expect([rerun.started, rerun.childOf('check', null, 3).triggeredBy]).toEqual([['check'], 'poll']);
  expect(rerun.drain(() => data({ round: 3 })).started).toEqual(['check', 'end']);
});

test('the rounds of a rerun are counted on from those that are taken over', () => {
  const { run: rerun } = startRerun({ run: runOf(LOOP(2)) }, 'check');
  rerun.drain(({ task: name, round }) => data({ from: name, round: round === 2 ? 1 : 2 }));

  expect(rerun.rows.map(({ task: name, round }) => `${name} ${round}`)).toEqual([
    'check 2',
    'poll 3',
    'check 3',
    'end 1',
  ]);
});

test('a rerun can run again from a task before, at and after that of its own', () => {
  const run = runOf([after('a', [to('b')]), after('b', [to('c')]), task('c')], { b: FAILED });
  const again = startRerun({ run }, 'b');
  again.run.drain();

  const froms = ['a', 'b', 'c'].map((from) => startRerun({ run: again.run, takenOver: again.takenOver }, from));

  expect(froms.map(({ takenOver }) => namesOf(takenOver))).toEqual([[], ['a'], ['a', 'b']]);
  expect(froms.map((each) => each.run.started)).toEqual([['a'], ['b'], ['c']]);
});

test.each([
  ['an unknown task', 'nothing', 'task-unknown'],
  ['a task inside of a parallel one', 'x', 'task-in-group'],
  ['a task that was never reached', 'c', 'task-not-reached'],
  ['a join that was never met', 'joined', 'task-not-reached'],
])('%s is refused', (_, from, rejection) => {
  const group = { name: 'group', type: 'parallel', tasks: [task('x')], next: [to('joined')] };
  const run = runOf([after('a', [to('c', 'joined')]), task('c'), group, task('joined', { join: 2 })], { a: FAILED });

  expect(planOf({ run }, from)).toEqual({ rejection });
});

test('new parameters do not change what is taken over', () => {
  const set = { ...to('b'), publish: [{ old: '{{ parameters.n | default("none") }}' }] };
  const show = { input: { old: '{{ workflow.old }}', n: '{{ parameters.n }}' } };
  const run = runOf([after('a', [set]), task('b', show)]);

  expect(startRerun({ run }, 'b', { n: 2 }).run.childOf('b').input).toEqual({ old: 'none', n: 2 });
});

test('a task that was skipped after a failure runs again and handles it', () => {
  const skipped = task('b', { when: '{{ parameters.go | default(false) }}' });
  const run = runOf([after('a', [{ do: ['b'] }]), skipped], { a: FAILED });
  expect(run.finish?.status).toBe('failed');

  const { run: rerun, takenOver } = startRerun({ run }, 'b', { go: true });
  rerun.drain();

  expect(namesOf(takenOver)).toEqual(['a']);
  expect([rerun.started, rerun.finish?.status]).toEqual([['b'], 'completed']);
});

/** Of a task of a random workflow. */
const MAX_ROUNDS = 3;

/** A random run, and one of its tasks. */
const cases = fc.tuple(taskPlans, runScripts, fc.nat(5)).map(([tasks, script, at]) => {
  const definition = definitionOf(tasks);
  const run = simulateRun(definition, script, 'straight', undefined, MAX_ROUNDS);
  const isStopped = run.finish?.status === 'cancelled';
  const earlier = { run, parameters: run.state.parameters, isStopped, maxRounds: MAX_ROUNDS };
  return { earlier, from: graphOf(definition).topLevelTasks[at % tasks.length]!.name };
});

const placeOf = ({ task: name, round }: { task: string; round: number }) => `${name} ${round}`;

test('a rerun of any random run repeats nothing that it took over, and ends', () => {
  fc.assert(
    fc.property(cases, ({ earlier, from }) => {
      fc.pre(!('rejection' in planOf(earlier, from)));
      const { run, takenOver } = startRerun(earlier, from, earlier.parameters);

      run.drain();

      const places = new Set(takenOver.map(placeOf));
      expect(run.rows.map(placeOf).filter((place) => places.has(place))).toEqual([]);
      expect(run.finish).toBeDefined();
    }),
    { numRuns: 60 },
  );
});

test('a rerun of any random run starts its task as the run did', () => {
  fc.assert(
    fc.property(cases, ({ earlier, from }) => {
      const { run, parameters, isStopped } = earlier;
      fc.pre(!isStopped); // what a stop kept from starting starts
      fc.pre(!('rejection' in planOf(earlier, from)) && run.state.tasks[from]!.error === null);
      const last = run.rows.filter((row) => row.task === from && row.retry === 0 && row.index === null).at(-1);
      fc.pre(last !== undefined);

      const { run: rerun } = startRerun(earlier, from, parameters);

      expect(rerun.rows.find((row) => row.task === from && row.index === null)?.start).toEqual(last.start);
    }),
    { numRuns: 60 },
  );
});

test('a run without a loop can run again from each task that started', () => {
  fc.assert(
    fc.property(cases, ({ earlier, from }) => {
      const plan = planOf(earlier, from);
      if (earlier.isStopped || graphOf(earlier.run.definition).loops.size > 0 || !('rejection' in plan)) return;

      expect([plan.rejection, earlier.run.rows.some((row) => row.task === from)]).toEqual(['task-not-reached', false]);
    }),
    { numRuns: 300 },
  );
});
