import { expectationOf } from '../../e2e/support/model/expect-case';
import { FIRST, otherSchedules } from '../../e2e/support/model/schedules';
import { onFailure, onSuccess, onTimeout, type Task } from '../../../helpers/scenario/resources/workflow-task';
import { parametersOf, predict, program, smallCase, statuses } from './small-case';

const next = (...transitions: Task['next'] & object): Partial<Task> => ({ next: transitions });
const withInput = (task: Task, more: object): Task => ({ ...task, input: { ...task.input, ...more } });

test('the unconditional transition of a skipped task fires', () => {
  const run = predict(
    [
      program('a', '0', { when: '{{ parameters.on }}', ...next(onSuccess('b'), { do: ['c'] }) }),
      program('b'),
      program('c'),
    ],
    { parameters: { on: false } },
  );

  expect([run.status, statuses(run)]).toEqual(['completed', { 'c#0': 'completed' }]);
});

test('without a join the first predecessor starts a task, once', () => {
  const run = predict([
    program('a', '0', next(onSuccess('b', 'c'))),
    program('b', '0', next(onSuccess('c'))),
    program('c'),
  ]);

  expect(run.children.map(({ label, triggeredBy }) => [label, triggeredBy])).toEqual([
    ['a#0', null],
    ['b#0', 'a'],
    ['c#0', 'a'],
  ]);
  expect(run.order).toEqual(['a#0 < b#0', 'a#0 < c#0']);
});

test('the order is open in which tasks without children end', () => {
  const items = { with_items: '{{ parameters.items }}' };
  const tasks = [
    program('empty', '0', { ...items, ...next(onSuccess('last')) }),
    program('skipped', '0', { when: 'false', ...next({ do: ['last'] }) }),
    program('last'),
  ];
  const runs = [FIRST, ...otherSchedules()].map((schedule) => {
    const { run } = expectationOf(smallCase(tasks, { parameters: { items: [] } }), schedule);
    return [run.status, ...run.children.map(({ label, triggeredBy }) => `${label} after ${triggeredBy}`)].join(', ');
  });

  expect([...new Set(runs)].sort()).toEqual(['empty', 'skipped'].map((first) => `completed, last#0 after ${first}`));
});

test('a join counts predecessors, not their executions', () => {
  const items = { with_items: '{{ parameters.items }}' };
  const run = predict(
    [
      withInput(program('a', '0', { ...items, ...next(onSuccess('b', 'c')) }), { key: 'a-{{ index }}' }),
      program('b', '0', next(onSuccess('c'))),
      program('c', '0', { join: 2 }),
    ],
    { parameters: { items: [1, 2] } },
  );

  expect(run.order).toEqual([
    'a[0]#0 < a[1]#0',
    'a[0]#0 < b#0',
    'a[0]#0 < c#0',
    'a[1]#0 < b#0',
    'a[1]#0 < c#0',
    'b#0 < c#0',
  ]);
  expect(run.children.find(({ label }) => label === 'c#0')?.triggeredBy).toBe('b');
});

test('a join that cannot be met is skipped, and does not handle a failure', () => {
  const run = predict([
    program('a', '1', next(onFailure('c'))),
    program('b', '0', next(onFailure('c'))),
    program('c', '0', { join: 2 }),
  ]);

  expect([run.status, run.failedTasks, statuses(run)]).toEqual([
    'failed',
    ['a'],
    { 'a#0': 'failed', 'b#0': 'completed' },
  ]);
});

test('a transition that only publishes handles no failure', () => {
  const handled = predict([program('a', '3', next(onFailure('b'))), program('b')]);
  const published = predict([program('a', '3', next({ when: 'failed()', publish: [{ x: 1 }] }))], {
    parts: { output_map: { x: '{{ vars.x }}' } },
  });

  expect([handled.status, published.status, published.output]).toEqual(['completed', 'failed', null]);
});

test('every attempt is an execution, and the first success is the last one', () => {
  const run = predict([program('a', '1 1 0', { retry: { count: 3 }, ...next(onSuccess('b')) }), program('b')]);

  expect(run.children.map((child) => [child.label, child.status, child.originalExecution, child.exitCode])).toEqual([
    ['a#0', 'failed', null, 1],
    ['a#1', 'failed', 'a#0', 1],
    ['a#2', 'completed', 'a#0', 0],
    ['b#0', 'completed', null, 0],
  ]);
  expect(run.order).toEqual(['a#0 < a#1', 'a#1 < a#2', 'a#2 < b#0']);
});

test('a task fails after its last retry', () => {
  const run = predict([program('a', '1', { retry: { count: 2 } })]);

  expect([run.status, Object.keys(statuses(run))]).toEqual(['failed', ['a#0', 'a#1', 'a#2']]);
});

const EACH = { with_items: '{{ parameters.items }}' };

test('the result of an item is that of its last attempt', () => {
  const each = withInput(program('a', '{{ item }}', { ...EACH, retry: { count: 1 }, ...next(onSuccess('b')) }), {
    key: 'a-{{ index }}',
  });
  const run = predict(
    [each, withInput(program('b'), { got: ['{{ result().items[0].attempt }}', '{{ task.a.items[1].attempt }}'] })],
    {
      parameters: { items: ['0', '1 0'] },
    },
  );

  expect(Object.keys(statuses(run))).toEqual(['a[0]#0', 'a[1]#0', 'a[1]#1', 'b#0']);
  expect(parametersOf(run, 'b#0')).toEqual({ got: [1, 2] });
  expect(run.overlap).toEqual({ a: 1 });
});

test('one failed item fails the task, and the others still run', () => {
  const each = withInput(program('a', '{{ item }}', { ...EACH, concurrency: 2 }), { key: 'a-{{ index }}' });
  const run = predict([each], { parameters: { items: ['0', '7', '0'] } });

  expect([run.failedTasks, statuses(run)]).toEqual([
    ['a'],
    { 'a[0]#0': 'completed', 'a[1]#0': 'failed', 'a[2]#0': 'completed' },
  ]);
  expect(run.overlap).toEqual({ a: 2 });
});

test('a batch is a list with its own index; the last one may be short', () => {
  const each = withInput(program('a', '0', { ...EACH, batch_size: 2 }), { key: 'a-{{ index }}', got: '{{ item }}' });
  const run = predict([each], { parameters: { items: [1, '1', null] } });

  expect([parametersOf(run, 'a[0]#0'), parametersOf(run, 'a[1]#0')]).toEqual([{ got: [1, '1'] }, { got: [null] }]);
});

test('an empty list succeeds at once with no items', () => {
  const run = predict(
    [program('a', '1', { ...EACH, ...next(onSuccess('b')) }), withInput(program('b'), { got: '{{ result().items }}' })],
    {
      parameters: { items: [] },
    },
  );

  expect([statuses(run), parametersOf(run, 'b#0')]).toEqual([{ 'b#0': 'completed' }, { got: [] }]);
});

test('a limit fails an attempt, which is then retried', () => {
  const run = predict([program('a', 'never 0', { timeout: 1, retry: { count: 1 } })]);

  expect(run.children.map(({ status, error, exitCode }) => [status, error, exitCode])).toEqual([
    ['failed', 'Execution timed out after 1 seconds', -1],
    ['completed', null, 0],
  ]);
});

test('a process over its limit has timed out where the target says so', () => {
  const tasks = [
    program('a', 'never', { timeout: 1, ...next(onFailure('f'), onTimeout('t')) }),
    program('f'),
    program('t'),
  ];
  const started = (areLimitsTimeouts: boolean) => Object.keys(statuses(predict(tasks, { areLimitsTimeouts })));

  expect([started(true), started(false)]).toEqual([
    ['a#0', 't#0'],
    ['a#0', 'f#0'],
  ]);
});

test('a process over its limit has failed if no transition is for timeouts', () => {
  const run = predict([program('a', 'never', { timeout: 1, ...next(onFailure('f')) }), program('f')]);

  expect([run.status, Object.keys(statuses(run))]).toEqual(['completed', ['a#0', 'f#0']]);
});

const ask = (more: Partial<Task>): Task => ({ name: 'ask', action: 'core.ask', input: { prompt: '?' }, ...more });

test('an inquiry that expires has timed out, which is no failure', () => {
  const run = predict([ask({ timeout: 1, ...next(onFailure('f'), onTimeout('t')) }), program('f'), program('t')]);

  expect([run.status, statuses(run)]).toEqual(['completed', { 'ask#0': 'timeout', 't#0': 'completed' }]);
  expect(run.children[0]?.inquiries).toEqual([{ status: 'timeout', response: null, isDefault: false }]);
});

test('an inquiry with a default response completes at its earliest limit', () => {
  const input = { prompt: '?', timeout_seconds: 1, default_response: { ok: false } };
  const run = predict([
    ask({ input, timeout: 30, ...next(onSuccess('b')) }),
    withInput(program('b'), { ok: '{{ result().response.ok }}' }),
  ]);

  expect(run.children[0]?.inquiries).toEqual([{ status: 'timeout', response: { ok: false }, isDefault: true }]);
  expect(parametersOf(run, 'b#0')).toEqual({ ok: false });
});

test('a response is given when nothing else happens', () => {
  const { rounds, run } = expectationOf(smallCase([ask({}), program('a')], { responses: { ask: { ok: true } } }));

  expect(rounds).toEqual([
    {
      status: 'running',
      children: { 'ask#0': 'running', 'a#0': 'completed' },
      starts: {},
      then: 'respond',
      responses: { 'ask#0': { ok: true } },
    },
  ]);
  expect(run.status).toBe('completed');
});

test('a nested workflow has its own variables and returns its output', () => {
  const inner = [program('inner', '0', next({ publish: [{ x: 'inner' }] }))];
  const called = { 'own.sub': { tasks: inner, parts: { output_map: { x: '{{ vars.x }}' } } } };
  const call: Task = { name: 'call', action: 'own.sub', timeout: 1, ...next({ publish: [{ y: '{{ result().x }}' }] }) };
  const run = predict([call], {
    called,
    parts: { vars: { x: 'outer' }, output_map: { x: '{{ vars.x }}', y: '{{ y }}' } },
  });

  expect([run.output, run.children[0]?.workflow?.output]).toEqual([{ x: 'outer', y: 'inner' }, { x: 'inner' }]);
});

test('a later transition uses what an earlier one published', () => {
  const tasks = [
    program(
      'a',
      '0',
      next({ publish: [{ x: 1 }, { bad: '{{ vars.none }}' }] }, { when: '{{ vars.x == 1 }}', do: ['b'] }),
    ),
    withInput(program('b'), { text: 'x is {{ vars.x }}', typed: '{{ vars.x }}' }),
  ];
  const run = predict(tasks, { parts: { output_map: { x: '{{ vars.x }}', bad: '{{ vars.bad }}' } } });

  expect([run.output, parametersOf(run, 'b#0')]).toEqual([{ x: 1 }, { text: 'x is 1', typed: 1 }]);
});

test('a cancelled workflow starts no item, attempt or task', () => {
  const each = withInput(program('a', 'gate1', { ...EACH, retry: { count: 1 }, ...next({ do: ['b'] }) }), {
    key: 'a-{{ index }}',
  });
  const run = predict([each, program('b')], { parameters: { items: [1, 2] }, isCancelled: true });

  expect([run.status, statuses(run)]).toEqual(['cancelled', { 'a[0]#0': 'failed', 'a[1]#0': 'cancelled' }]);
});

test('the policy of the cancelled workflow applies to those that it called', () => {
  const called = {
    'own.sub': { tasks: [program('inner', 'gate0')], parts: { cancellation_policy: 'allow_finish' as const } },
  };
  const run = predict([{ name: 'call', action: 'own.sub' }], {
    called,
    isCancelled: true,
    parts: { cancellation_policy: 'cancel_running' },
  });

  expect([statuses(run), statuses(run.children[0]!.workflow!)]).toEqual([
    { 'call#0': 'cancelled' },
    { 'inner#0': 'cancelled' },
  ]);
});
