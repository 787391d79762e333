import {
  checkAccepted,
  checkTimer,
  checkTrees,
  shapeOf,
  type StoredExecution,
} from '../../integration/faults/history/check-trees';
import type { LedgerLine } from '../../integration/faults/history/operations';

const execution = (changes: Partial<StoredExecution> = {}): StoredExecution => ({
  id: 1,
  root: 1,
  parent: null,
  name: 'run',
  task: null,
  index: null,
  retry: 0,
  status: 'completed',
  claims: 0,
  resultAttempt: null,
  isLeased: false,
  log: ['EXECUTION_STARTED', 'STEP_STARTED first', 'STEP_COMPLETED first', 'EXECUTION_COMPLETED'],
  ...changes,
});
const child = (changes: Partial<StoredExecution> = {}): StoredExecution =>
  execution({
    id: 2,
    parent: 1,
    task: 'first',
    claims: 2,
    resultAttempt: 2,
    log: ['AGENT_INVOKED', 'AGENT_RESPONSE'],
    ...changes,
  });
const line = (attempt: number, event: LedgerLine['event']): LedgerLine => ({ execution: 2, attempt, event });
const LEDGER = [line(1, 'start'), line(2, 'start'), line(2, 'end')];

test('a recovered run has no anomaly', () => {
  expect(checkTrees([execution(), child()], LEDGER)).toEqual([]);
});

test.each<[string, StoredExecution[], LedgerLine[], string]>([
  ['an execution that has not ended', [execution({ status: 'running', log: [] })], [], 'execution 1 is running'],
  [
    'two ends',
    [execution({ log: ['EXECUTION_FAILED', 'EXECUTION_COMPLETED'] })],
    [],
    'execution 1 has the ends EXECUTION_FAILED, EXECUTION_COMPLETED',
  ],
  [
    'an entry after the end',
    [execution({ log: ['EXECUTION_COMPLETED', 'STEP_STARTED late'] })],
    [],
    'execution 1 is completed, and its log ends STEP_STARTED late',
  ],
  ['a lease that is left', [execution(), child({ isLeased: true })], LEDGER, 'execution 2 has ended and has a lease'],
  [
    'a task that was created twice',
    [execution(), child(), child({ id: 3, claims: 0, resultAttempt: null })],
    LEDGER,
    'task first/-, retry 0, of execution 1 was created twice',
  ],
  [
    'a step that was decided twice',
    [execution({ log: ['STEP_STARTED first', 'STEP_STARTED first', 'EXECUTION_COMPLETED'] })],
    [],
    'execution 1 has the entry STEP_STARTED first twice',
  ],
  [
    'an attempt that was started twice',
    [execution(), child()],
    [line(1, 'start'), ...LEDGER],
    'attempt 1 of execution 2 was started twice',
  ],
  [
    'an attempt without a claim',
    [execution(), child({ claims: 1, resultAttempt: 1 })],
    [line(1, 'start'), line(1, 'end'), line(2, 'start')],
    'attempt 2 of execution 2 is none of its 1',
  ],
  [
    'an attempt after the end',
    [execution(), child({ resultAttempt: 1 })],
    [line(1, 'start'), line(1, 'end'), line(2, 'start')],
    'attempt 2 of execution 2 ran after 1 had ended it',
  ],
  [
    'a result of an attempt that did not end',
    [execution(), child({ resultAttempt: 1, claims: 1 })],
    [line(1, 'start')],
    'execution 2 has the result of attempt 1, which did not end',
  ],
])('the checker reports %s', (_what, executions, ledger, anomaly) => {
  expect(checkTrees(executions, ledger)).toContain(anomaly);
});

test('an accepted request has one execution', () => {
  expect(checkAccepted(['run', 'lost'], [execution(), execution({ id: 4 })])).toEqual([
    'run was accepted and caused the executions [1, 4]',
    'lost was accepted and caused the executions []',
  ]);
});

test('an occurrence of a timer is decided once, neither missing nor doubled', () => {
  const once = { enforcements: 1, executions: 1 };

  expect(
    checkTimer([
      { count: 1, ...once },
      { count: 2, ...once },
    ]),
  ).toEqual([]);
  expect(
    checkTimer([
      { count: 1, ...once },
      { count: 3, ...once },
    ]),
  ).toEqual(['the timer fired as 1, 3']);
  expect(checkTimer([{ count: 1, enforcements: 2, executions: 2 }])).toEqual([
    'occurrence 1 of the timer caused {"enforcements":2,"executions":2}',
  ]);
});

test('the shape of a run has its decisions, without ids and repetitions', () => {
  const run = [execution(), child()];
  const recovered = [execution({ id: 7 }), child({ id: 8, parent: 7, log: ['AGENT_INVOKED', 'AGENT_INVOKED'] })];

  expect(shapeOf(recovered)).toEqual(shapeOf(run));
  expect(shapeOf([execution(), child({ status: 'failed' })])).not.toEqual(shapeOf(run));
});
