import type { ExecutionNode, WorkflowTask } from '../../../../contract/executions';
import type { Client } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';
import { treeActivity } from '../../../../helpers/scenario/evidence/tree-activity';

type Node = Partial<ExecutionNode> & { readonly id: number };

const node = (parts: Node): ExecutionNode =>
  ({
    action_ref: 'p.flow',
    status: 'running',
    parent: null,
    attempt: 1,
    waiting_for: null,
    started_at: '2026-01-27T10:00:00Z',
    updated: `2026-01-27T10:00:0${parts.id}Z`,
    children: [],
    ...parts,
  }) as unknown as ExecutionNode;

const LATER = '2999-01-01T00:00:00Z';
const EARLIER = '2026-01-01T00:00:00Z';
const taskWith = (parts: Partial<WorkflowTask>) => ({ task_name: 'flaky', ...parts }) as WorkflowTask;

interface Platform {
  readonly worker?: number;
  readonly inquiryEndsAt?: string | null;
  readonly limit?: number;
  readonly isWorkerCordoned?: boolean;
  /** Absent: the target states none. */
  readonly reasons?: readonly object[];
  readonly clock?: { readonly mode: string; readonly due: number; readonly in_flight: number };
}

const MISSING = new ApiError({ method: 'GET', path: '/', status: 404, code: 'NOT_FOUND', message: '', body: null });
const REAL = { mode: 'real', due: 0, in_flight: 0 };

/** Of a platform with this tree, in which no other execution runs. */
const clientOf = (
  root: ExecutionNode,
  { worker, inquiryEndsAt, limit, isWorkerCordoned = false, reasons, clock = REAL }: Platform = {},
): Client => {
  const inquiries = inquiryEndsAt === undefined ? [] : [{ status: 'pending', timeout_at: inquiryEndsAt }];
  return {
    executions: {
      waiting: () => (reasons === undefined ? Promise.reject(MISSING) : Promise.resolve({ reasons })),
      tree: (id: number) => Promise.resolve([root, ...root.children].find((each) => each.id === id)),
      get: (id: number) =>
        Promise.resolve({ ...[root, ...root.children].find((each) => each.id === id), worker: worker ?? null }),
    },
    inquiries: { ofExecution: () => Promise.resolve(inquiries) },
    actions: { get: () => Promise.resolve({ timeout_seconds: limit }) },
    workers: { list: () => Promise.resolve([{ health_state: 'active', cordoned: isWorkerCordoned }]) },
    clock: { get: () => Promise.resolve(clock) },
  } as unknown as Client;
};

const pendingOf = async (leaf: Partial<ExecutionNode>, platform: Platform = {}): Promise<readonly string[]> =>
  (await treeActivity(clientOf(node({ id: 1, ...leaf }), platform), 1)).pending;

test('the activity is that of the whole tree of the execution', async () => {
  const child = node({ id: 2, parent: 1, status: 'completed' });
  const root = node({ id: 1, waiting_for: 'its workflow to advance', children: [child] });

  expect(await treeActivity(clientOf(root), 2)).toEqual({
    state: '1 running 1 2026-01-27T10:00:01Z\n2 completed 1 2026-01-27T10:00:02Z',
    changedAt: '2026-01-27T10:00:02Z',
    open: ['execution 1 (p.flow) is running and waits for its workflow to advance'],
    pending: [],
    isFinal: false,
    isSettled: false,
  });
});

test.each([
  ['with nothing due or in flight', { mode: 'pinned', due: 0, in_flight: 0 }, true, 0],
  ['while something is due', { mode: 'pinned', due: 1, in_flight: 0 }, false, 1],
  ['while something is in flight', { mode: 'pinned', due: 0, in_flight: 1 }, false, 1],
])('a retry waits for a move of a pinned clock, %s', async (_, clock, isSettled, pending) => {
  const retry = node({ id: 1, status: 'requested', workflow_task: taskWith({ next_retry_at: LATER }) });
  const activity = await treeActivity(clientOf(retry, { clock }), 1);

  expect([activity.isSettled, activity.pending.length]).toEqual([isSettled, pending]);
});

test.each<[string, Partial<ExecutionNode>, Platform]>([
  ['a process', {}, { worker: 3 }],
  ['a retry that is due later', { status: 'requested', workflow_task: taskWith({ next_retry_at: LATER }) }, {}],
  ['an inquiry that expires', {}, { inquiryEndsAt: LATER }],
  ['a limit that has not passed', { started_at: LATER }, { limit: 4 }],
  ['a request that no worker can take', { status: 'requested' }, { isWorkerCordoned: true }],
  ['an assignment to a worker', { status: 'scheduled' }, {}],
  ['a process that is stopped', { status: 'canceling' }, { worker: 3 }],
])('%s may still change the tree', async (_, leaf, platform) => {
  expect(await pendingOf(leaf, platform)).toHaveLength(1);
});

test('a limit that has passed is named', async () => {
  const { open } = await treeActivity(clientOf(node({ id: 1, started_at: EARLIER }), { worker: 3, limit: 4 }), 1);
  expect(open).toEqual(['execution 1 (p.flow) is running, and its limit of 4 s has passed']);
});

test.each<[string, Partial<ExecutionNode>, Platform]>([
  ['a workflow that has to advance', {}, {}],
  ['an inquiry without an expiry', {}, { inquiryEndsAt: null }],
  ['an inquiry that should have expired', {}, { inquiryEndsAt: EARLIER }],
  ['a process beyond its limit', { started_at: EARLIER }, { worker: 3, limit: 4 }],
  ['a request that a worker could take', { status: 'requested' }, {}],
  ['a retry that was due', { status: 'requested', workflow_task: taskWith({ next_retry_at: EARLIER }) }, {}],
  ['a canceled workflow that has to advance', { status: 'canceling' }, {}],
  ['a paused workflow', { status: 'paused' }, {}],
])('%s does not', async (_, leaf, platform) => {
  expect(await pendingOf(leaf, platform)).toEqual([]);
});

test.each([
  ['a process without a limit', 'process', null, true],
  ['a process whose limit has not passed', 'process', LATER, true],
  ['a process whose limit has passed', 'process', EARLIER, false],
  ['a retry that is due later', 'retry', LATER, true],
  ['a retry that is due', 'retry', EARLIER, false],
  ['an inquiry that does not expire', 'inquiry', null, false],
  ['an inquiry that expires', 'inquiry', LATER, true],
  ['a slot', 'slot', null, true],
  ['a lease', 'lease', EARLIER, true],
  ['a pause', 'pause', null, false],
  ['an end that is not processed', 'advance', null, false],
])('by what the platform states, %s may still change the tree or not', async (_, kind, due_at, isPending) => {
  const reasons = [{ kind, execution: 1, due_at }];

  expect(await pendingOf({}, { reasons, worker: 3, limit: 4 })).toHaveLength(isPending ? 1 : 0);
});
