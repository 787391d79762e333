import { explainWaiting } from '../../../platform/core/waiting/reasons';
import type { WaitingFacts } from '../../../platform/core/waiting/facts';
import { loadDefinition } from '../../../platform/core/workflow/load/load-definition';
import { AT, child, execution, LATER, run, treeOf, worker } from './waiting-facts';

const NOOP = { action: 'core.noop' };

/** The kinds and sentences of the reasons of execution 1. */
const linesOf = (facts: Partial<WaitingFacts>): string[] =>
  explainWaiting(treeOf(facts), 1).reasons.map(({ kind, text }) => `${kind}: ${text}`);

const LIMITED = { version: '1.0.0', timeout: 30, tasks: [{ name: 'a', ...NOOP }] };
const limitedRun = (more: object) => ({
  ...run(1, [{ name: 'a', ...NOOP }]),
  definition: loadDefinition(LIMITED, { ref: 'p.flow' }).definition,
  due_at: LATER,
  ...more,
});
const requestedChild = child(2, 'a', { status: 'requested' });

test.each([
  ['its own', {}, {}, `its timer: the limit of its workflow, 30 s, ends it at ${LATER}`],
  [
    'that of a nested workflow',
    { parent: 9, task_name: 'nested' },
    {},
    `its timer: the limit of the workflow of task nested, 30 s, ends it at ${LATER}`,
  ],
  [
    'a shorter one of its request',
    {},
    { requested_seconds: 20 },
    `its timer: the limit of its request, 20 s, ends it at ${LATER}`,
  ],
  [
    'its own, which is the shorter one',
    {},
    { requested_seconds: 40 },
    `its timer: the limit of its workflow, 30 s, ends it at ${LATER}`,
  ],
  [
    'one that has passed',
    {},
    { is_over: true },
    `its engine to end it: the limit of its workflow, 30 s, passed at ${LATER}`,
  ],
])('a workflow states the limit that ends it: %s', (_, more, ofRun, phrase) => {
  const executions = [execution(1, { started_at: AT, ...more }), requestedChild];

  expect(linesOf({ executions, runs: [limitedRun(ofRun)] })).toEqual([
    'child: execution 1 waits for execution 2 of task a to end',
    'dispatch: execution 2 waits for an executor to dispatch it',
    `timer: execution 1 waits for ${phrase}`,
  ]);
});

test('a paused workflow states its limit, unless that was processed', () => {
  const executions = [execution(1, { status: 'paused', started_at: AT })];
  const paused = { pause_requested: true };

  expect(linesOf({ executions, runs: [limitedRun(paused)] }).map((line) => line.split(':')[0])).toEqual([
    'pause',
    'timer',
  ]);
  expect(linesOf({ executions, runs: [limitedRun({ ...paused, due_at: null })] })).toHaveLength(1);
});

const scheduled = execution(1, { status: 'scheduled', worker: 7 });

test.each([
  [3, 'at least 3 executions of other tenants come first'],
  [1, 'at least 1 execution of another tenant comes first'],
])('an execution states how many of other tenants get a slot first: %d', (before, phrase) => {
  const workers = [worker(7, { used: 2 })];

  expect(
    linesOf({ executions: [scheduled], workers, turns: [{ execution: 1, held: 1, weight: 0.5, before }] }),
  ).toEqual([
    'slot: execution 1 waits for a free slot of worker w7: 2 of 2 slots are used, by 2 others',
    'tenant_share: execution 1 waits for the share of its tenant, which uses 1 of 2 slots by its weight of 0.5: ' +
      phrase,
  ]);
});

test('the next execution, and one with a free slot, wait for no share', () => {
  const kinds = (used: number, before: number) =>
    linesOf({
      executions: [scheduled],
      workers: [worker(7, { used })],
      turns: [{ execution: 1, held: 0, weight: 1, before }],
    }).map((line) => line.split(':')[0]);

  expect([kinds(2, 0), kinds(1, 3)]).toEqual([['slot'], ['lease']]);
});
