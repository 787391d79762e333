import { explainWaiting, waitingPhrase } from '../../../platform/core/waiting/reasons';
import type { WaitingFacts } from '../../../platform/core/waiting/facts';
import { AT, child, execution, LATER, run, treeOf, worker } from './waiting-facts';

const NOOP = { action: 'core.noop' };
const FLOW = [
  { name: 'a', ...NOOP, next: [{ do: ['c'] }] },
  { name: 'b', ...NOOP, next: [{ do: ['c'] }] },
  { name: 'c', ...NOOP, join: 2 },
];
const LIST = [{ name: 'each', ...NOOP, with_items: [1, 2, 3], concurrency: 2 }];

/** The kinds and sentences of the reasons of execution 1, or of another one. */
const linesOf = (facts: Partial<WaitingFacts>, id = 1): string[] =>
  explainWaiting(treeOf(facts), id).reasons.map(({ kind, text }) => `${kind}: ${text}`);

const lease = (is_held: boolean) => ({ execution: 1, owner: 7, acquired_at: AT, expires_at: LATER, is_held });
const scheduled = execution(1, { status: 'scheduled', worker: 7 });
const running = execution(1, { worker: 7, started_at: AT });
const requested = execution(1, { status: 'requested' });
const fit = (parts: object) => new Map([[1, { workers: 2, missing: [], unavailable: [], ...parts }]]);
const inquiry = (status: 'pending' | 'responded' | 'timeout' | 'cancelled', of = 1) => ({
  id: 9,
  execution: of,
  status,
  assigned_to: null,
  timeout_at: null,
  is_overdue: false,
  created: AT,
  updated: LATER,
});

test.each<[string, Partial<WaitingFacts>, string[]]>([
  ['that has ended', { executions: [] }, []],
  [
    'that no executor has dispatched',
    { executions: [requested] },
    ['dispatch: execution 1 waits for an executor to dispatch it'],
  ],
  [
    'that a worker would get',
    { executions: [requested], fits: fit({}) },
    ['dispatch: execution 1 waits for an executor to dispatch it'],
  ],
  [
    'whose label no worker has',
    { executions: [requested], fits: fit({ missing: ['label gpu=yes'] }) },
    ['worker: execution 1 waits for a worker with label gpu=yes: none of 2 has it'],
  ],
  [
    'without any worker',
    { executions: [requested], fits: fit({ workers: 0 }) },
    ['worker: execution 1 waits for a worker: none is registered'],
  ],
  [
    'whose workers accept no work',
    {
      executions: [requested],
      fits: fit({
        unavailable: [
          { worker: 7, name: 'w7', cause: 'silent' },
          { worker: 8, name: 'w8', cause: 'short_of_space' },
        ],
      }),
    },
    [
      'worker: execution 1 waits for a worker that accepts work: w7 has sent no heartbeat in time, ' +
        'w8 is short of disk space',
    ],
  ],
  [
    'whose worker has a free slot',
    { executions: [scheduled], workers: [worker(7, { used: 1, holders: [5] })] },
    ['lease: execution 1 waits for worker w7 to take it'],
  ],
  [
    'whose worker has none',
    { executions: [scheduled], workers: [worker(7, { used: 2, holders: [5] })] },
    ['slot: execution 1 waits for a free slot of worker w7: 2 of 2 slots are used, by execution 5 and 1 other'],
  ],
  [
    'that runs alone',
    { executions: [{ ...scheduled, runs_alone: true }], workers: [worker(7, { used: 1, holders: [5] })] },
    [
      'slot: execution 1 waits for worker w7 to hold nothing else, as it may have crashed workers: 1 of 2 slots are ' +
        'used, by execution 5',
    ],
  ],
  [
    'of an external worker, which has no slots',
    { executions: [scheduled], workers: [worker(7, { used: 9, is_external: true })] },
    ['lease: execution 1 waits for worker w7 to take it'],
  ],
  [
    'that a worker holds and has not started',
    { executions: [scheduled], workers: [worker(7)], leases: [lease(true)] },
    [`lease: execution 1 waits for worker w7 to start its process, under a lease, until ${LATER}`],
  ],
  [
    'whose environment is built',
    {
      executions: [scheduled],
      workers: [worker(7)],
      leases: [lease(true)],
      environments: [{ execution: 1, id: 3, pack_ref: 'p', runtime: 'python', status: 'installing', updated: LATER }],
    },
    ['environment: execution 1 waits for the python environment of pack p, which is installing'],
  ],
  [
    'with a process and a limit',
    {
      executions: [running],
      workers: [worker(7)],
      leases: [lease(true)],
      limits: new Map([[1, { seconds: 1.25, level: 'task' }]]),
    },
    [
      'process: execution 1 waits for its process on worker w7, which the limit of the task, 1.25 s, ends at ' +
        '2026-01-27T10:00:01.75Z',
    ],
  ],
  [
    'whose process is being stopped',
    { executions: [{ ...running, status: 'canceling' }], workers: [worker(7)], leases: [lease(true)] },
    ['process: execution 1 waits for the stop of its process on worker w7'],
  ],
  [
    'whose worker was lost',
    { executions: [running], workers: [worker(7)], leases: [lease(false)] },
    [
      'process: execution 1 waits for its process on worker w7',
      `lease: execution 1 waits for its recovery: the lease of worker w7 ended at ${LATER}`,
    ],
  ],
  [
    'that a stopped platform left',
    { executions: [execution(1, { status: 'suspended', termination_reason: 'shutdown_requested' })] },
    ['recovery: execution 1 waits for the platform to start it again, after shutdown_requested'],
  ],
  [
    'with an open inquiry',
    { executions: [execution(1, { awaits: 9 })], inquiries: [{ ...inquiry('pending'), timeout_at: LATER }] },
    [`inquiry: execution 1 waits for a response to inquiry 9, which is pending and expires at ${LATER}`],
  ],
  [
    'with an inquiry that has not expired in time',
    {
      executions: [execution(1, { awaits: 9 })],
      inquiries: [{ ...inquiry('pending'), timeout_at: LATER, is_overdue: true }],
    },
    [`inquiry: execution 1 waits for the platform to expire inquiry 9, which was due at ${LATER}`],
  ],
  [
    'with an answered inquiry',
    { executions: [execution(1, { awaits: 9 })], inquiries: [inquiry('responded')] },
    [`inquiry: execution 1 waits for the platform to process the end of inquiry 9, which was answered at ${LATER}`],
  ],
])('the reasons of an execution %s', (_, facts, expected) => {
  expect(linesOf(facts)).toEqual(expected);
});

const ROOT = execution(1);

test.each<[string, Partial<WaitingFacts>, string[]]>([
  [
    'that has just started',
    { executions: [ROOT], runs: [run(1, FLOW)] },
    ['advance: execution 1 waits for its engine to advance'],
  ],
  [
    'whose engine has not processed an end',
    { executions: [ROOT, child(2, 'a', { status: 'completed', finished_at: LATER })], runs: [run(1, FLOW)] },
    ['advance: execution 1 waits for its engine to process the end of execution 2'],
  ],
  [
    'with a join',
    {
      executions: [ROOT, child(2, 'b', { status: 'requested' })],
      runs: [
        run(1, FLOW, {
          tasks: { b: { status: 'running', arrivals: [] }, c: { status: 'pending', arrivals: ['a'] } },
        }),
      ],
    },
    [
      'join: execution 1 waits for the join of task c: 1 of 2 transitions have fired, without b (running)',
      'child: execution 1 waits for execution 2 of task b to end',
      'dispatch: execution 2 waits for an executor to dispatch it',
    ],
  ],
  [
    'with a list',
    {
      executions: [
        ROOT,
        child(2, 'each', { task_index: 0, worker: 7, started_at: AT }),
        child(3, 'each', { task_index: 1, retry_count: 1, status: 'requested', is_planned: true, due_at: LATER }),
        child(4, 'each', { task_index: 2, status: 'requested', released: false }),
      ],
      runs: [run(1, LIST)],
      workers: [worker(7)],
      leases: [{ ...lease(true), execution: 2 }],
    },
    [
      'child: execution 1 waits for executions 2, 3 and 1 other of task each to end',
      'process: execution 2 waits for its process on worker w7',
      `retry: execution 3 waits for its retry 1 of 0 at ${LATER}`,
      'task_concurrency: execution 4 waits for its turn in the list of task each: 2 of 2 places are used, by ' +
        'executions 2, 3',
    ],
  ],
  [
    'with a list whose engine has to release an item',
    {
      executions: [
        ROOT,
        child(2, 'each', { task_index: 0, status: 'completed', finished_at: LATER }),
        child(4, 'each', { task_index: 2, status: 'requested', released: false }),
      ],
      runs: [run(1, LIST)],
    },
    [
      'child: execution 1 waits for execution 4 of task each to end',
      'advance: execution 4 waits for the engine of execution 1 to release it',
      'advance: execution 1 waits for its engine to process the end of execution 2',
    ],
  ],
  [
    'whose pause is requested',
    {
      executions: [ROOT, child(2, 'a', { worker: 7, started_at: AT })],
      runs: [run(1, FLOW, { pause_requested: true })],
      workers: [worker(7)],
      leases: [{ ...lease(true), execution: 2 }],
    },
    [
      'pause: execution 1 waits for its resume: its pause is requested, and takes effect when its steps in flight have ended',
      'child: execution 1 waits for execution 2 of task a to end',
      'process: execution 2 waits for its process on worker w7',
    ],
  ],
  [
    'that is paused, with an answered inquiry',
    {
      executions: [
        execution(1, { status: 'paused' }),
        child(2, 'a', { status: 'completed', finished_at: LATER, awaits: 9 }),
      ],
      runs: [run(1, FLOW, { pause_requested: true })],
      inquiries: [inquiry('responded', 2)],
    },
    [
      'pause: execution 1 waits for its resume',
      `inquiry: execution 1 waits for its engine to process the end of inquiry 9, which was answered at ${LATER}`,
    ],
  ],
])('the reasons of a workflow %s', (_, facts, expected) => {
  expect(linesOf(facts)).toEqual(expected);
});

test('a task below paused workflows waits for the outermost of them', () => {
  const facts = {
    executions: [
      execution(1, { status: 'paused' }),
      child(2, 'nested', { status: 'paused' }),
      execution(3, { parent: 2, task_name: 'a', status: 'requested', released: false }),
    ],
    runs: [run(1, FLOW, { pause_requested: true }), run(2, FLOW, { pause_requested: true })],
  };

  expect(linesOf(facts, 3)).toEqual(['pause: execution 3 waits for the resume of execution 1']);
  expect(linesOf(facts, 2)).toEqual(['pause: execution 2 waits for the resume of execution 1']);
});

test('reasons beyond the limit are counted', () => {
  const open = [...Array(60).keys()].map((n) => child(n + 2, `t${n}`, { status: 'requested' }));
  const { reasons, left_out } = explainWaiting(treeOf({ executions: [ROOT, ...open], runs: [run(1, FLOW)] }), 1);

  expect([reasons.length, left_out]).toEqual([100, 20]);
});

test('the phrase of an execution has its own reasons, and three at most', () => {
  const open = [...Array(5).keys()].map((n) => child(n + 2, `t${n}`, { status: 'requested' }));
  const tree = treeOf({ executions: [ROOT, ...open], runs: [run(1, FLOW)] });

  expect(waitingPhrase(tree, 1)).toBe(
    'execution 2 of task t0 to end; execution 3 of task t1 to end; execution 4 of task t2 to end; 2 other reasons',
  );
  expect(waitingPhrase(tree, 2)).toBe('an executor to dispatch it');
  expect(waitingPhrase(tree, 99)).toBeNull();
});
