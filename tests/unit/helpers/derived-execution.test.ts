import type { Execution, ExecutionSummary } from '../../../contract/executions';
import { readExecution, readTree, withFinishedAt } from '../../../helpers/client/derived-execution';

const instant = (second: number): string => `2026-01-27T10:00:0${second}.123456789Z`;
const summary = (id: number, more: Partial<ExecutionSummary> = {}): ExecutionSummary => ({
  id,
  action_ref: 'p.a',
  status: 'completed',
  parent: null,
  enforcement: null,
  rule_ref: null,
  trigger_ref: null,
  created: instant(0),
  updated: instant(1),
  finished_at: null,
  ...more,
});
/** An execution of a platform that has no `finished_at`. */
const plainExecution = (status: Execution['status'], updated: string) => ({
  id: 1,
  action: 1,
  action_ref: 'p.a',
  config: null,
  parent: null,
  enforcement: null,
  executor: null,
  worker: null,
  status,
  result: { stdout: 'a\nb\n', exit_code: 3, error: 'no' },
  created: instant(0),
  updated,
});
/** A read that returns these executions in turn, the last one repeatedly. */
const reading = (...answers: ReturnType<typeof plainExecution>[]) =>
  jest.fn(() => Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!));

test('the last update of an ended execution is its finish', () => {
  const row = { status: 'completed', updated: instant(1) } as const;
  expect(withFinishedAt(row).finished_at).toBe(instant(1));
  expect(withFinishedAt({ ...row, status: 'running' }).finished_at).toBeNull();
});

test('a finish that the platform names is kept', () => {
  expect(withFinishedAt(summary(1, { finished_at: instant(2) })).finished_at).toBe(instant(2));
});

test('an ended execution is read until its last update stands', async () => {
  const read = reading(...[1, 2, 3].map((second) => plainExecution('failed', instant(second))));
  expect((await readExecution(read)).finished_at).toBe(instant(3));
  expect(read).toHaveBeenCalledTimes(4);
});

test('a running execution is read once', async () => {
  const read = reading(plainExecution('running', instant(1)));
  expect((await readExecution(read)).finished_at).toBeNull();
  expect(read).toHaveBeenCalledTimes(1);
});

test('an update that keeps moving is no finish', async () => {
  const read = reading(...[1, 2, 3, 4, 5, 6].map((second) => plainExecution('failed', instant(second))));
  expect((await readExecution(read)).finished_at).toBeNull();
});

test('a tree is derived from single reads', async () => {
  const get = (id: number) =>
    Promise.resolve({ ...plainExecution('failed', instant(1)), id, finished_at: instant(1) } as Execution);
  const children = (id: number) => Promise.resolve(id === 1 ? [summary(2, { parent: 1, rule_ref: 'p.r' })] : []);
  const tree = await readTree({ get, children }, 1);
  expect(tree).toMatchObject({ id: 1, exit_code: 3, error: 'no', stdout_tail: 'a\nb\n', stderr_tail: '' });
  expect(tree.children).toMatchObject([{ id: 2, rule_ref: 'p.r', children: [] }]);
});

test('an execution that is its own child is read once', async () => {
  const get = jest.fn((id: number) =>
    Promise.resolve({ ...plainExecution('failed', instant(1)), id, finished_at: instant(1) } as Execution),
  );
  const children = () => Promise.resolve([summary(1), summary(2)]);
  const tree = await readTree({ get, children }, 1);
  expect(tree.children.map(({ id }) => id)).toEqual([2]);
  expect(get).toHaveBeenCalledTimes(2);
});
