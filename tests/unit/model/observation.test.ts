import { observeRun } from '../../e2e/support/composed/observe';
import { onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { RecordedTarget } from './recorded-target';
import { predict, program } from './small-case';

const each = program('each', '{{ item }}', {
  input: { key: 'each-{{ index }}', ledger: '/ledger', exits: '{{ item }}', n: 1 },
  with_items: '{{ parameters.items }}',
  concurrency: 2,
  retry: { count: 1 },
  next: [onSuccess('after')],
});
const expected = predict(
  [
    each,
    program('after', '0', { next: [onSuccess('call')] }),
    { name: 'call', action: 'own.sub' },
    program('skipped', '0', { when: '{{ parameters.off }}' }),
  ],
  {
    called: { 'own.sub': { tasks: [program('inner')], parts: {} } },
    parameters: { items: ['1 0', '0', '0'], off: false },
    parts: { output_map: { attempts: '{{ task.each.items[0].attempt }}' } },
  },
);

const observe = (target: RecordedTarget) => observeRun(target.client(), target.ledger(), 1, expected);

test('a target that does what is expected shows exactly that', async () => {
  await expect(observe(new RecordedTarget(expected))).resolves.toStrictEqual(expected);
});

const overwrite = (target: RecordedTarget, label: string, params: object) =>
  Object.assign(target.row(label).execution, { result: { exit_code: 0, data: { params } } });

const FAULTS: readonly [string, (target: RecordedTarget) => void][] = [
  [
    'an item has the result of another one',
    (target) => overwrite(target, 'each[1]#0', { key: 'each-2', ledger: '/ledger', exits: '0', n: 1 }),
  ],
  [
    'a number arrived as a text',
    (target) => overwrite(target, 'each[1]#0', { key: 'each-1', ledger: '/ledger', exits: '0', n: '1' }),
  ],
  ['a stored parameter is missing', (target) => Object.assign(target.row('after#0').execution, { config: null })],
  ['there is one attempt more', (target) => target.copy('each[0]#1', { retry_count: 2 })],
  ['an execution exists twice', (target) => target.copy('after#0', {})],
  ['a child is missing', (target) => target.remove('each[2]#0')],
  ['a skipped task ran', (target) => target.copy('after#0', { task_name: 'skipped' })],
  ['a process ran twice for one execution', (target) => (target.row('after#0').starts = 2)],
  ['no process ran', (target) => (target.row('after#0').starts = 0)],
  ['a child of a nested workflow failed', (target) => (target.row('inner#0').node.status = 'failed')],
  ['an attempt names no original execution', (target) => delete target.row('each[0]#1').node.original_execution],
  [
    'another task started the successor',
    (target) => (target.row('after#0').node.workflow_task!.triggered_by = 'skipped'),
  ],
  ['the number of retries is lost', (target) => (target.row('each[1]#0').node.workflow_task!.max_retries = 0)],
  ['a successor started too early', (target) => (target.row('after#0').node.started_at = new Date(1).toISOString())],
  [
    'an attempt started before the end of the one before it',
    (target) => (target.row('each[0]#1').node.started_at = new Date(4).toISOString()),
  ],
  [
    'one item too many ran at the same time',
    (target) => (target.row('each[2]#0').node.started_at = new Date(4).toISOString()),
  ],
];

test.each(FAULTS)('a difference is reported if %s', async (_, change) => {
  const target = new RecordedTarget(expected);
  change(target);

  expect(await observe(target)).not.toStrictEqual(expected);
});

test('the failed tasks in the error of a workflow are compared in any order', async () => {
  const failed = { ...expected, status: 'failed' as const, output: null, failedTasks: ['b', 'a'] };
  const target = new RecordedTarget(failed);

  const { failedTasks } = await observeRun(target.client(), target.ledger(), 1, failed);
  expect(failedTasks).toEqual(['a', 'b']);
});
