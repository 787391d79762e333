import {
  checkProcesses,
  checkRequests,
  checkRun,
  type StoredRun,
} from '../../integration/faults/history/check-workflows';

const TASKS = ['first', 'second'];
const LEDGER = [
  { execution: 9, attempt: 1, event: 'start' },
  { execution: 9, attempt: 2, event: 'end' },
] as const;

const run = (changes: Partial<StoredRun> = {}): StoredRun => ({
  ...{ id: 7, name: 'a', status: 'completed' },
  children: [
    { id: 8, task: 'first', status: 'completed', attempt: null },
    { id: 9, task: 'second', status: 'completed', attempt: 2 },
  ],
  log: [
    ...['EXECUTION_REQUESTED', 'STEP_STARTED first', 'STEP_COMPLETED first'],
    ...['STEP_STARTED second', 'STEP_COMPLETED second', 'EXECUTION_COMPLETED'],
  ],
  ...changes,
});

test('the checker accepts a workflow whose tasks ran once', () => {
  expect(checkRequests(['a'], [run(), run({ id: 10, name: 'b' })])).toEqual([]);
  expect(checkRun(run(), TASKS)).toEqual([]);
  expect(checkProcesses(run(), LEDGER)).toEqual([]);
});

const [first, second] = run().children;
const STEPS_DIFFER = 'the log of run 7 has other steps than its tasks';
const CHILDREN_DIFFER = 'run 7 has other children than its tasks';

test.each<[string, string[], string[]]>([
  ['a lost request', checkRequests(['a'], []), ['a: the runs of one accepted request are []']],
  [
    'a repeated request',
    checkRequests(['a'], [run(), run({ id: 10 })]),
    ['a: the runs of one accepted request are [7, 10]'],
  ],
  ['another end', checkRun(run({ status: 'failed' }), TASKS), ['run 7 ended failed']],
  [
    'two ends',
    checkRun(run({ log: [...run().log, 'EXECUTION_COMPLETED'] }), TASKS),
    ['run 7 has the ends EXECUTION_COMPLETED, EXECUTION_COMPLETED'],
  ],
  ['a lost task', checkRun(run({ children: [first!] }), TASKS), [CHILDREN_DIFFER]],
  ['a task that ran twice', checkRun(run({ children: [first!, second!, second!] }), TASKS), [CHILDREN_DIFFER]],
  ['another order', checkRun(run({ children: [second!, first!] }), TASKS), [CHILDREN_DIFFER]],
  [
    'a task that did not complete',
    checkRun(run({ children: [first!, { ...second!, status: 'failed' }] }), TASKS),
    ['task second of run 7 ended failed'],
  ],
  ['a step that is logged twice', checkRun(run({ log: ['STEP_STARTED first', ...run().log] }), TASKS), [STEPS_DIFFER]],
  [
    'a step without an end',
    checkRun(run({ log: run().log.filter((entry) => entry !== 'STEP_COMPLETED second') }), TASKS),
    [STEPS_DIFFER],
  ],
  [
    'the result of a lost attempt',
    checkProcesses(run({ children: [{ ...second!, attempt: 1 }] }), LEDGER),
    ['execution 9 has the result of attempt 1, which did not end'],
  ],
])('the checker reports %s', (_what, found, anomalies) => {
  expect(found).toEqual(anomalies);
});
