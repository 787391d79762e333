import { STATUSES, TERMINAL } from '../../../contract/status';
import { verbsOf } from '../../../web/platform/parts/execution-verbs';

const PAUSE = { 'executions.pause': true };
const TASKS = [{ workflow_task: {} }];

test('an execution that has ended or is being cancelled has no verbs', () => {
  const without = STATUSES.filter((status) => verbsOf({ status, children: TASKS }, PAUSE).length === 0);

  expect(without.sort()).toEqual([...TERMINAL, 'canceling'].sort());
});

test('only a workflow that runs can be paused, and a paused one resumed', () => {
  expect(verbsOf({ status: 'running', children: TASKS }, PAUSE)).toEqual(['pause', 'cancel']);
  expect(verbsOf({ status: 'paused', children: TASKS }, PAUSE)).toEqual(['resume', 'cancel']);
  expect(verbsOf({ status: 'requested', children: [] }, PAUSE)).toEqual(['cancel']);
});

test('without tasks or the capability, an execution can only be cancelled', () => {
  expect(verbsOf({ status: 'running', children: [{}] }, PAUSE)).toEqual(['cancel']);
  expect(verbsOf({ status: 'running', children: TASKS }, {})).toEqual(['cancel']);
});
