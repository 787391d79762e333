import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { drawTimeline, drawTree } from '../../../../helpers/scenario/evidence/executions';
import { range } from '../../../../helpers/scenario/resources/list-task';
import type { ExecutionNode } from '../../../../contract/executions';

const node = (id: number, more: Partial<ExecutionNode>): ExecutionNode => ({
  id,
  action_ref: 'p.flow',
  status: 'completed',
  parent: null,
  enforcement: null,
  rule_ref: null,
  trigger_ref: null,
  started_at: '2026-01-27T10:00:00.000Z',
  finished_at: '2026-01-27T10:00:13.000Z',
  created: '2026-01-27T10:00:00Z',
  updated: '2026-01-27T10:00:13Z',
  attempt: 1,
  exit_code: null,
  error: null,
  timeout_level: null,
  stdout_tail: '',
  stderr_tail: '',
  waiting_for: null,
  children: [],
  ...more,
});

const taskNode = (id: number, task_name: string, retry_count: number, more: Partial<ExecutionNode>): ExecutionNode =>
  node(id, {
    workflow_task: {
      workflow_execution: 1,
      task_name,
      task_index: null,
      task_batch: null,
      retry_count,
      max_retries: 3,
      next_retry_at: null,
      timeout_seconds: null,
      timed_out: false,
      duration_ms: null,
      started_at: null,
      completed_at: null,
    },
    ...more,
  });

/** Without colors. */
const plain = (text: string) => text.replace(new RegExp('\\u001b\\[\\d+m', 'g'), '');

test('a tree has one line per execution and the ends of its streams', () => {
  const tree = node(41, {
    status: 'failed',
    error: 'Workflow failed: 1 task(s) failed: flaky',
    children: [
      taskNode(42, 'flaky', 0, { status: 'failed', exit_code: 1, stderr_tail: 'attempt 1\n' }),
      taskNode(43, 'flaky', 1, { exit_code: 0 }),
    ],
  });
  expect(plain(drawTree(tree)).split('\n')).toEqual([
    'execution 41  p.flow  failed  13.0 s  Workflow failed: 1 task(s) failed: flaky',
    '├ 42  flaky  failed  13.0 s  exit 1',
    '│   stderr: attempt 1',
    '└ 43  flaky  retry 1  completed  13.0 s  exit 0',
  ]);
});

/** Item `n` of the list `each`. */
function item(n: number, more: Partial<ExecutionNode> = {}): ExecutionNode {
  const { workflow_task, ...rest } = taskNode(100 + n, 'each', 0, {});
  return { ...rest, workflow_task: { ...workflow_task!, task_index: n }, ...more };
}

test('of items that ended in the same way, the first is shown', () => {
  const times = (n: number) => ({ finished_at: `2026-01-27T10:00:0${n % 10}.000Z`, stdout_tail: `item ${n}\n` });
  const tree = node(41, {
    children: [
      ...[0, 1, 2, 3, 4, 5].map((n) => item(n, times(n + 1))),
      item(6, { status: 'failed', exit_code: 3 }),
      item(7, { status: 'failed', exit_code: 4 }),
      ...[8, 9, 10, 11].map((n) => item(n, { status: 'failed', error: 'no', stderr_tail: n === 9 ? 'why\n' : '' })),
    ],
  });

  expect(plain(drawTree(tree)).split('\n')).toEqual([
    'execution 41  p.flow  completed  13.0 s',
    '├ 100  each[0]  completed  1.0 s',
    '│   stdout: item 1',
    '├ … 5 more of this kind, 101 each[1] to 105 each[5]',
    '├ 106  each[6]  failed  13.0 s  exit 3',
    '├ 107  each[7]  failed  13.0 s  exit 4',
    '├ 108  each[8]  failed  13.0 s  no',
    '├ 109  each[9]  failed  13.0 s  no',
    '│   stderr: why',
    '├ 110  each[10]  failed  13.0 s  no',
    '└ 111  each[11]  failed  13.0 s  no',
  ]);
});

test('items that run are all shown', () => {
  const tree = node(41, { children: [0, 1, 2, 3, 4].map((n) => item(n, { status: 'running' })) });

  expect(plain(drawTree(tree)).match(/each\[\d\]  running/g)).toHaveLength(5);
});

test('a running execution has a line for each of its processes on this host', async () => {
  const env = { ...process.env, ATTUNE_EXEC_ID: '41', ATTUNE_ACTION: 'p.evidence' };
  const child = spawn('sleep', ['60'], { env });
  const lines = (id: number) => plain(drawTree(node(id, { action_ref: 'p.evidence', status: 'running' }))).split('\n');
  try {
    await once(child, 'spawn');

    expect(lines(41)).toEqual([
      expect.stringContaining('execution 41  p.evidence  running'),
      expect.stringMatching(
        new RegExp(
          `^  process ${child.pid}: state [RSD], (waits in \\w+, )?ran for 0\\.\\d s, ` +
            'waited \\d+\\.\\d s for a processor, waited for the disk \\d+ times$',
        ),
      ),
    ]);
    expect(lines(42)).toEqual([expect.anything(), '  no process of it on this host']);
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

test('a long line of a stream and a long payload are shortened', () => {
  const line = 'x'.repeat(4_096);
  const [, stdout] = plain(drawTree(node(41, { stdout_tail: line }))).split('\n');
  expect(stdout).toBe(`  stdout: ${'x'.repeat(300)}… (4096 characters)`);

  const created_at = '2026-01-27T10:00:00Z';
  const entry = { seq: 1, created_at, root: 41, execution: 42, worker: null, type: 'STEP_STARTED' } as const;
  expect(drawTimeline([{ ...entry, payload: { line } }])).toBe(
    `   0.000  STEP_STARTED 42 {"line":"${'x'.repeat(291)}… (4107 characters)`,
  );
});

test('a timeline shows seconds since its first entry', () => {
  const entry = (seq: number, created_at: string, type: 'STEP_STARTED' | 'STEP_FAILED') =>
    ({ seq, created_at, root: 41, execution: 42, worker: 7, type, payload: {} }) as const;
  const entries = [
    entry(1, '2026-01-27T10:00:00.250Z', 'STEP_STARTED'),
    entry(2, '2026-01-27T10:00:01.500Z', 'STEP_FAILED'),
  ];
  expect(drawTimeline(entries).split('\n')).toEqual([
    '   0.000  STEP_STARTED 42 on worker 7',
    '   1.250  STEP_FAILED 42 on worker 7',
  ]);
});

test('of a long log the last entries are shown', () => {
  const entry = { root: 41, execution: 42, worker: null, type: 'STEP_STARTED' } as const;
  const at = (n: number) => new Date(Date.UTC(2026, 0, 27, 10) + n).toISOString();
  const long = range(1_203).map((n) => ({ ...entry, seq: n, payload: { n }, created_at: at(n) }));

  const lines = drawTimeline(long).split('\n');

  expect(lines.map((line) => line.trim()).filter((_, n) => n < 2 || n === 100)).toEqual([
    '… 1103 more entries before',
    expect.stringMatching(/^1\.103 .*"n":1103/),
    expect.stringMatching(/^1\.202 .*"n":1202/),
  ]);
  expect(lines).toHaveLength(101);
});
