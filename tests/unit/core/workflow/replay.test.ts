import { fc } from '../../../seeded-properties';
import { REDACTED, type Json, type JsonObject } from '../../../../contract/json';
import { definitionOf, runScripts, simulateRun, taskPlans } from './random-workflows';
import { startRerun } from './rerun-of';
import { task, workflow, WorkflowSimulator, type ChildOutcome } from './workflow-simulator';
import { data, namesOf, recordOf, replayOn } from './recorded-run';

/** Runs these tasks, each with an outcome of its own. */
function record(
  tasks: readonly JsonObject[],
  outcomes: Readonly<Record<string, ChildOutcome | readonly ChildOutcome[]>> = {},
  parameters: JsonObject = {},
) {
  const run = new WorkflowSimulator(workflow(tasks, { output_map: { last: '{{ result() }}' } }));
  run.start(parameters);
  run.drain(({ task: name, retry, index }) => {
    const outcome = outcomes[name] ?? data({ from: name, index });
    return 'status' in outcome ? outcome : outcome[Math.min(retry, outcome.length - 1)]!;
  });
  return recordOf(run, parameters);
}

const flow = (...tasks: readonly JsonObject[]) => workflow(tasks, { output_map: { last: '{{ result() }}' } });

/** Of a task of a random workflow. */
const MAX_ROUNDS = 3;

const FAILED: ChildOutcome = { status: 'failed', result: { error: 'no' } };

const [A, B] = [
  task('a', { input: { word: '{{ parameters.word }}' }, next: [{ do: ['b'] }] }),
  task('b', { input: { from: '{{ task.a.from }}' } }),
];

test('a run replays on its own definition without a difference', () => {
  const outcome = replayOn(flow(A, B), record([A, B], {}, { word: 'x' }));

  expect(outcome).toMatchObject({ verdict: 'same', divergence: null, not_compared: [] });
  expect(namesOf(outcome.compared)).toEqual(['a', 'b']);
});

test('a rerun replays without a difference, with what it took over', () => {
  const run = new WorkflowSimulator(flow(A, B));
  run.start({ word: 'x' });
  run.drain(({ task: name }) => (name === 'b' ? FAILED : data({ from: name })));
  const { run: rerun, takenOver } = startRerun({ run, parameters: { word: 'x' } }, 'b', { word: 'x' });
  rerun.drain();
  const recorded = { ...recordOf(rerun, { word: 'x' }), takenOver: takenOver as unknown as Json };

  expect(replayOn(flow(A, B), recorded)).toMatchObject({ verdict: 'same', divergence: null });
  expect(namesOf(replayOn(flow(A, B), recorded).compared)).toEqual(['b']);
});

test('any random run replays on its own definition without a difference', () => {
  fc.assert(
    fc.property(taskPlans, runScripts, (tasks, script) => {
      const definition = definitionOf(tasks);
      const run = simulateRun(definition, { ...script, cancelAt: null }, 'straight', undefined, MAX_ROUNDS);
      const { parameters } = run.state;

      expect(replayOn(definition, recordOf(run, parameters), null, undefined, MAX_ROUNDS).divergence).toBeNull();
    }),
    { numRuns: 150 },
  );
});

test('each round of a loop uses its own record', () => {
  const poll = (when: string) => task('poll', { next: [{ when, do: ['poll'] }] });
  const run = new WorkflowSimulator(workflow([poll('result().n < 3')]));
  run.start();
  run.drain(({ round }) => data({ n: round }));
  const recorded = recordOf(run);

  expect(namesOf(replayOn(flow(poll('result().n < 3')), recorded).compared)).toEqual([
    'poll',
    'poll round 2',
    'poll round 3',
  ]);
  expect(replayOn(flow(poll('result().n < 2')), recorded).divergence).toMatchObject({
    kind: 'step_not_reached',
    task: 'poll',
    round: 3,
  });
  expect(replayOn(flow(poll('result().n < 4')), recorded).divergence).toMatchObject({
    kind: 'step_not_recorded',
    task: 'poll',
    round: 4,
  });
});

test.each([
  ['itself', { pin: 'hunter2' }, 'same'],
  ['in an object', { db: { pin: 'hunter2', host: 'h' } }, 'diverged'],
  ['in a list', { list: [{ pin: 'hunter2' }] }, 'diverged'],
])('a literal secret that was not recorded is not shown: %s', (_, more, verdict) => {
  const secret = { type: 'string', secret: true };
  const holder = { properties: { pin: secret, host: {} } };
  const schemas = new Map([['e2e.act', { pin: secret, db: holder, list: { items: holder } }]]);
  const literal = { ...B, input: { from: '{{ task.a.from }}', ...more } };

  const outcome = replayOn(flow(A, literal), record([A, B], {}, { word: 'x' }), null, schemas);

  expect(outcome.verdict).toBe(verdict);
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
});

test('a changed parameter is named with its pointer and both values', () => {
  const changed = { ...B, input: { from: 'elsewhere' } };

  const outcome = replayOn(flow(A, changed), record([A, B], {}, { word: 'x' }));

  expect(outcome.verdict).toBe('diverged');
  expect(outcome.divergence).toEqual({
    kind: 'parameters',
    task: 'b',
    index: null,
    round: 1,
    retry: 0,
    pointer: '/from',
    expected: 'a',
    actual: 'elsewhere',
  });
  expect(namesOf(outcome.compared)).toEqual(['a']);
});

interface Change {
  readonly first?: JsonObject;
  readonly second: JsonObject;
  readonly found: JsonObject;
}

test.each<[string, Change]>([
  ['action', { second: { action: 'e2e.other' }, found: { kind: 'action', task: 'b', actual: 'e2e.other' } }],
  [
    'new task',
    { first: { next: [{ do: ['c'] }] }, second: { name: 'c' }, found: { kind: 'step_not_recorded', task: 'c' } },
  ],
  ['guard', { second: { when: 'false' }, found: { kind: 'step_not_reached', task: 'b' } }],
  ['fault', { second: { input: { from: '{{ task.a.none }}' } }, found: { kind: 'dispatch', task: 'b' } }],
  ['removed parameter', { second: { input: { other: 1 } }, found: { kind: 'parameters', pointer: '/from' } }],
])('the first divergence is found: %s', (_, { first, second, found }) => {
  const definition = flow({ ...A, ...first }, { ...B, ...second });

  expect(replayOn(definition, record([A, B], {}, { word: 'x' })).divergence).toMatchObject(found);
});

test('a step that is not reached comes before those that differ after it', () => {
  const tasks = [A, { ...B, next: [{ do: ['c'] }] }, task('c', { input: { b: '{{ task.b.from | default(0) }}' } })];
  const recorded = record(tasks, {}, { word: 'x' });

  const outcome = replayOn(flow(A, { ...tasks[1], when: 'false' }, tasks[2]!), recorded);

  expect(outcome.divergence).toMatchObject({ kind: 'step_not_reached', task: 'b' });
});

test('each item is compared, and one that is missing or new is named', () => {
  const each = (list: string) => task('each', { with_items: list, input: { n: '{{ item }}' }, concurrency: 2 });
  const recorded = record([each('{{ [1, 2, 3] }}')]);

  expect(namesOf(replayOn(flow(each('{{ [1, 2, 3] }}')), recorded).compared)).toEqual(['each 0', 'each 1', 'each 2']);
  expect(replayOn(flow(each('{{ [1, 5, 3] }}')), recorded).divergence).toMatchObject({
    kind: 'parameters',
    index: 1,
    pointer: '/n',
    expected: 2,
    actual: 5,
  });
  expect(replayOn(flow(each('{{ [1, 2] }}')), recorded).divergence).toMatchObject({
    kind: 'step_not_reached',
    index: 2,
  });
  expect(replayOn(flow(each('{{ [1, 2, 3, 4] }}')), recorded).divergence).toMatchObject({
    kind: 'step_not_recorded',
    index: 3,
  });
});

test('retries use the recorded attempts, and a removed policy is found', () => {
  const retried = task('a', { retry: { count: 2, delay: 1 } });
  const recorded = record([retried], { a: [FAILED, data({ n: 1 })] });

  expect(namesOf(replayOn(flow(retried), recorded).compared)).toEqual(['a', 'a retry 1']);
  expect(replayOn(flow(task('a')), recorded).divergence).toMatchObject({ kind: 'step_not_reached', retry: 1 });
});

test('a failed task leads to its handler, and the recorded branch decides', () => {
  const handled = [task('a', { on_failure: 'r', on_success: 's' }), task('r'), task('s')];
  const recorded = record(handled, { a: FAILED });
  const unhandled = [task('a', { on_success: 's' }), task('s')];

  expect(namesOf(replayOn(flow(...handled), recorded).compared)).toEqual(['a', 'r']);
  expect(replayOn(flow(...unhandled), recorded).divergence).toMatchObject({ kind: 'step_not_reached', task: 'r' });
});

test('a changed criterion starts a step that was not recorded', () => {
  const branch = (criterion: string) => [
    task('a', {
      next: [
        { when: criterion, do: ['many'] },
        { when: `not (${criterion})`, do: ['few'] },
      ],
    }),
    ...[task('many'), task('few')],
  ];
  const recorded = record(branch('result().n > 3'), { a: data({ n: 5 }) });

  expect(replayOn(flow(...branch('result().n > 3')), recorded).verdict).toBe('same');
  expect(replayOn(flow(...branch('result().n > 9')), recorded).divergence).toMatchObject({
    kind: 'step_not_recorded',
    task: 'few',
  });
});

test('a nested workflow is one step with its recorded result', () => {
  const nested = [
    task('in', { action: 'e2e.inner', next: [{ do: ['b'] }] }),
    task('b', { input: { x: '{{ task.in.out }}' } }),
  ];
  const recorded = record(nested, { in: { status: 'completed', result: { succeeded: true, out: 7 } } });

  expect(namesOf(replayOn(flow(...nested), recorded).compared)).toEqual(['in', 'b']);
});

test('another output is a difference of the result', () => {
  const definition = workflow([A, B], { output_map: { last: 'none' } });

  expect(replayOn(definition, record([A, B], {}, { word: 'x' })).divergence).toMatchObject({
    kind: 'result',
    task: null,
    pointer: '/last',
    actual: 'none',
  });
});

test('another status is a difference, and comes before that of the result', () => {
  const definition = workflow([A, B], { output_map: { last: 'none' } });
  const recorded = { ...record([A, B], {}, { word: 'x' }), status: 'failed' as const };

  expect(replayOn(definition, recorded).divergence).toMatchObject({
    kind: 'status',
    task: null,
    expected: 'failed',
    actual: 'completed',
  });
});

test('timeouts, placement and permission sets are not compared', () => {
  const placed = { worker_selector: { zone: 'a' }, permission_set_refs: ['p.readers'], timeout: 5 };

  const outcome = replayOn(flow({ ...A, ...placed }, B), record([A, B], {}, { word: 'x' }));

  expect(outcome).toMatchObject({ verdict: 'same', divergence: null, not_compared: [] });
});

const SECRET = { token: { type: 'string', secret: true } };
const WITH_SECRET = { token: REDACTED, word: 'x' };

test('a secret is not compared, and what is beside it is', () => {
  const uses = (word: string) => task('a', { input: { token: 'T {{ parameters.token | upper }}', word } });
  const recorded = record([uses('x')], {}, { token: 'known', word: 'x' });
  const steps = recorded.steps.map((one) => ({ ...one, parameters: WITH_SECRET }));
  const sealed = { ...recorded, steps, parameters: WITH_SECRET };

  const same = replayOn(flow(uses('x')), sealed, SECRET);
  const other = replayOn(flow(uses('y')), sealed, SECRET);

  expect(same).toMatchObject({ verdict: 'not_compared', divergence: null, compared: [] });
  expect(namesOf(same.not_compared)).toEqual(['a']);
  expect(other.divergence).toMatchObject({ kind: 'parameters', pointer: '/word', actual: 'y' });
});

test.each([
  ['a condition', { when: 'parameters.token == "a"' }],
  ['an expression that fails', { input: { n: '{{ parameters.token.member }}' } }],
  ['a list', { with_items: '{{ parameters.token }}' }],
  ['a stored key', { when: 'keystore.db.password == "a"' }],
])('the replay stops where a secret decides: %s', (_, more) => {
  const tasks = [task('first', { input: { n: 1 }, next: [{ do: ['a'] }] }), task('a')];
  const recorded = { ...record(tasks), parameters: WITH_SECRET };

  const outcome = replayOn(flow(tasks[0]!, task('a', more)), recorded, SECRET);

  expect(outcome).toMatchObject({ verdict: 'not_compared', divergence: null, stopped_after: 'first' });
  expect(namesOf(outcome.compared)).toEqual(['first']);
});

test('a stored key in a parameter is not compared, and the replay goes on', () => {
  const tasks = [
    task('a', { input: { key: "{{ keystore.db['pass-word'] | length }}" }, next: [{ do: ['b'] }] }),
    task('b'),
  ];
  const recorded = record([task('a', { input: { key: 3 }, next: [{ do: ['b'] }] }), tasks[1]!]);

  const outcome = replayOn(flow(...tasks), recorded);

  expect(outcome).toMatchObject({ verdict: 'same', divergence: null });
  expect([namesOf(outcome.compared), namesOf(outcome.not_compared)]).toEqual([['b'], ['a']]);
});

test('ends are replayed in the order in which the workflow processed them', () => {
  const tasks = ['a', 'b'].map((name) => task(name, { next: [{ publish: [{ last: name }], do: ['end'] }] }));
  const definition = flow(...tasks, task('end', { join: 2, input: { last: '{{ vars.last }}' } }));
  const run = new WorkflowSimulator(definition);
  run.start();
  run.end('b', 'completed');
  run.end('a', 'completed');
  run.drain();

  expect(replayOn(definition, recordOf(run)).verdict).toBe('same');
});
