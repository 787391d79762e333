import { checkRound, type RoundState } from '../../integration/faults/chaos/check-round';
import type { LoadName } from '../../integration/faults/chaos/load';
import { shapeOf, type StoredExecution } from '../../integration/faults/history/check-trees';
import type { LedgerLine } from '../../integration/faults/history/operations';

const execution = (changes: Partial<StoredExecution>): StoredExecution => ({
  id: 1,
  root: 1,
  parent: null,
  name: null,
  task: null,
  index: null,
  retry: 0,
  status: 'completed',
  claims: 0,
  resultAttempt: null,
  isLeased: false,
  log: ['EXECUTION_STARTED', 'EXECUTION_COMPLETED'],
  ...changes,
});
const line = (id: number, attempt: number, event: LedgerLine['event']): LedgerLine => ({
  execution: id,
  attempt,
  event,
});

/** Of a request that was recovered once: its second attempt wrote the result. */
const workflow = execution({
  name: 'w',
  log: ['EXECUTION_STARTED', 'STEP_STARTED first', 'STEP_COMPLETED first', 'EXECUTION_COMPLETED'],
});
const task = execution({ id: 2, parent: 1, task: 'first', claims: 2, resultAttempt: 2, log: [] });
const probe = execution({ id: 3, root: 3, name: 'p', claims: 1, resultAttempt: 1 });

const STATE: RoundState = {
  accepted: [{ name: 'w', history: 'sequence' }],
  operations: [{ type: 'add', name: 'p', ids: [3, 3], invokedAt: 1, returnedAt: 2 }],
  probes: ['p'],
  executions: [workflow, task, probe],
  ledger: [line(2, 1, 'start'), line(2, 2, 'start'), line(2, 2, 'end'), line(3, 1, 'start'), line(3, 1, 'end')],
  occurrences: [{ count: 1, enforcements: 1, executions: 1 }],
};
const SHAPES = new Map<LoadName, readonly string[]>([['sequence', shapeOf([workflow, task])]]);
const check = (changes: Partial<RoundState>): string[] => checkRound({ ...STATE, ...changes }, SHAPES);

test('a round that lost and doubled nothing has no anomaly', () => {
  expect(check({})).toEqual([]);
});

test.each<[string, Partial<RoundState>, string]>([
  ['an accepted request without an execution', { executions: [probe] }, 'w was accepted and caused the executions []'],
  [
    'a webhook that was executed twice',
    { executions: [...STATE.executions, { ...probe, id: 4, root: 4 }] },
    'p was accepted and caused the executions [3, 4]',
  ],
  [
    'a response that named an execution which is lost',
    { operations: [{ type: 'add', name: 'p', ids: [9], invokedAt: 1, returnedAt: 2 }] },
    'p: execution 9 was acknowledged and is lost',
  ],
  [
    'a task that was not started',
    { executions: [{ ...workflow, log: ['EXECUTION_STARTED', 'EXECUTION_COMPLETED'] }, probe] },
    'execution 1: missing: root/-.0: STEP_STARTED first',
  ],
  [
    'a step that was decided twice',
    { executions: [{ ...workflow, log: ['STEP_STARTED first', ...workflow.log] }, task, probe] },
    'execution 1 has the entry STEP_STARTED first twice',
  ],
  [
    'another end than without a fault',
    { executions: [workflow, task, { ...probe, status: 'failed', log: ['EXECUTION_FAILED'] }] },
    'execution 3: unexpected: root/-.0 failed',
  ],
  [
    'a second entry of an end',
    { executions: [workflow, task, { ...probe, log: ['EXECUTION_COMPLETED', 'EXECUTION_COMPLETED'] }] },
    'execution 3 has the ends EXECUTION_COMPLETED, EXECUTION_COMPLETED',
  ],
  [
    'a late result of a worker that was stopped past its lease',
    { executions: [workflow, { ...task, resultAttempt: 1 }, probe], ledger: [line(2, 1, 'end'), ...STATE.ledger] },
    'attempt 2 of execution 2 ran after 1 had ended it',
  ],
  [
    'an attempt that two workers started',
    { ledger: [line(2, 1, 'start'), ...STATE.ledger] },
    'attempt 1 of execution 2 was started twice',
  ],
  [
    'a completed process without a result',
    { executions: [workflow, task, { ...probe, resultAttempt: null }] },
    'execution 3 is completed without the result of an attempt',
  ],
  [
    'a lease that is left',
    { executions: [workflow, { ...task, isLeased: true }, probe] },
    'execution 2 has ended and has a lease',
  ],
  [
    'an occurrence of the timer that is missing',
    { occurrences: [...STATE.occurrences, { count: 3, enforcements: 1, executions: 1 }] },
    'the timer fired as 1, 3',
  ],
  [
    'an occurrence of the timer that was decided twice',
    { occurrences: [{ count: 1, enforcements: 2, executions: 2 }] },
    'occurrence 1 of the timer caused {"enforcements":2,"executions":2}',
  ],
])('the checker of a round reports %s', (_what, changes, anomaly) => {
  expect(check(changes)).toContain(anomaly);
});
