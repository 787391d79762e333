import { buildRunModel, type RunParts } from '../../../helpers/run-report/build-run-model';
import type { FailureRecord } from '../../../helpers/scenario/failure-records';
import type { TestRecord } from '../../../helpers/scenario/test-records';

const ROOT = '/clone';
const scenario = (tier: string, file: string, ids: string[], titles: string[] = []) => ({
  tier,
  file,
  spec: `spec of ${file}`,
  claims: ids.map((id) => ({ id, title: id, needs: [] })),
  titles,
});
const record = (id: string, more: Partial<TestRecord> = {}): TestRecord => ({
  id,
  title: `title of ${id}`,
  class: 'passed',
  budget: 1,
  seconds: 0.5,
  latencyMs: 0,
  jitterMs: 0,
  missing: [],
  from: 1_000,
  to: 2_000,
  requests: 3,
  ...more,
});
const parts = (more: Partial<RunParts>): RunParts => ({
  root: ROOT,
  facts: { run: 'm3x9', platform: 'p', kind: 'started', name: 'n', url: 'u', loadFactor: 1 },
  records: [],
  failures: [],
  scenarios: [
    scenario('tier2', 'tier2/t2-08-retry-policy.test.ts', ['T2.8a', 'T2.8b', 'T2.8j']),
    scenario('systems', 'systems/s0-audit.test.ts', [], ['S0-01 an entry']),
  ],
  past: [],
  verdict: { exit: 0, reasons: [] },
  reasonOf: () => '',
  ...more,
});

test('claims stand by tier and number, without those that were not selected', () => {
  const records = [
    record('T2.8j'),
    record('T2.8a', { class: 'not selected' }),
    record('T2.8b'),
    record('s0_audit/S0-01'),
  ];

  expect(buildRunModel(parts({ records })).claims.map(({ id, tier }) => [id, tier])).toEqual([
    ['s0_audit/S0-01', 'systems'],
    ['T2.8b', 'tier2'],
    ['T2.8j', 'tier2'],
  ]);
});

test('a run is from the start of its first test to the end of its last', () => {
  const records = [record('T2.8a', { from: 5, to: 9 }), record('T2.8b', { from: 2, to: 7 })];

  expect(buildRunModel(parts({ records }))).toMatchObject({ from: 2, to: 9 });
  expect(buildRunModel(parts({}))).toMatchObject({ from: null, to: null, claims: [] });
});

test('the history of a claim is its own earlier results, if it ran', () => {
  const unrun = record('T2.8a', { class: 'not proven' });
  delete unrun.from;
  const past = [record('T2.8a', { class: 'failed', seconds: 2 }), record('T2.8b'), unrun, record('T2.8a')];

  const [claim] = buildRunModel(parts({ records: [record('T2.8a')], past })).claims;
  expect(claim!.history).toEqual([
    { result: 'failed', seconds: 2 },
    { result: 'passed', seconds: 0.5 },
  ]);
});

test('a failure has the line of its test, and the command that runs it again', () => {
  const failed: FailureRecord = {
    id: 'T2.8b',
    from: 1_000,
    error: 'it was 4\nexpected 3',
    frames: [
      '    at stays (/clone/helpers/scenario/polling.ts:152:13)',
      '    at /clone/tests/e2e/tier2/t2-08-retry-policy.test.ts:45:3',
    ],
    requests: [{ at: 1_010, method: 'GET', path: '/rules', status: 200, ms: 3 }],
    executions: [],
    logged: '',
    host: '',
  };

  const [claim] = buildRunModel(parts({ records: [record('T2.8b', { class: 'failed' })], failures: [failed] })).claims;
  expect(claim!.failure).toMatchObject({
    summary: 'it was 4',
    at: 'tests/e2e/tier2/t2-08-retry-policy.test.ts:45:3',
    rerun: "npx jest tests/e2e/tier2/t2-08-retry-policy.test.ts -t '^T2.8b '",
    requests: [{ path: '/rules' }],
  });
});

test('a failure has what differs, where to look, and the settings of its run', () => {
  const failed: FailureRecord = {
    id: 'T2.8b',
    from: 1_000,
    error: 'expect(received).toEqual(expected)',
    frames: [],
    differences: { shown: [{ path: 'a', expected: '3', seen: '4' }], count: 1 },
    requests: [],
    executions: [],
    logged: '',
    host: '',
  };
  const run = parts({ records: [record('T2.8b', { class: 'failed' })], failures: [failed] });
  const candidatesOf = (id: string) => [`platform/a.ts ${id}`];

  const [claim] = buildRunModel({ ...run, settings: 'E2E_TIME=real ', candidatesOf }).claims;

  expect(claim!.failure).toMatchObject({
    summary: 'a: expected 3, saw 4',
    candidates: ['platform/a.ts T2.8b'],
    rerun: "E2E_TIME=real npx jest tests/e2e/tier2/t2-08-retry-policy.test.ts -t '^T2.8b '",
  });
});

test('an earlier record of a test is an attempt, with its own failure', () => {
  const failed: FailureRecord = {
    id: 'T2.8b',
    from: 5,
    error: 'it was 4',
    frames: [],
    requests: [],
    executions: [],
    logged: '',
    host: '',
  };
  const records = [record('T2.8b', { from: 50 }), record('T2.8b', { from: 5, class: 'failed', process: 71 })];

  const { claims } = buildRunModel(parts({ records, failures: [failed] }));

  expect(claims).toHaveLength(1);
  expect(claims[0]).toMatchObject({ result: 'passed', from: 50, failure: null });
  expect(claims[0]!.attempts).toMatchObject([{ result: 'failed', process: 71, failure: { summary: 'it was 4' } }]);
});

test('two system tests of one file with one id are two tests', () => {
  const records = [record('s0_audit', { title: 'one' }), record('s0_audit', { title: 'another' })];

  expect(buildRunModel(parts({ records })).claims.map(({ title }) => title)).toEqual(['one', 'another']);
});

test('the command for a system test selects it by its whole title', () => {
  const records = [record('s0_audit', { title: "a (b) isn't c", class: 'failed' })];
  const failed = { id: 's0_audit', from: 1_000, error: 'e', frames: [], requests: [], executions: [] };

  const { claims } = buildRunModel(parts({ records, failures: [{ ...failed, logged: '', host: '' }] }));

  expect(claims[0]!.failure!.rerun).toBe(
    String.raw`npx jest tests/e2e/systems/s0-audit.test.ts -t '^a \(b\) isn'\''t c'`,
  );
});

test('an execution has the documents that were read of it, without secrets', () => {
  const tree = (id: number, children: object[] = []) => ({
    id,
    action_ref: 'demo.step',
    status: 'completed',
    error: null,
    stdout_tail: '',
    stderr_tail: '',
    created: '2026-01-27T10:00:00Z',
    attempt: 1,
    exit_code: null,
    timeout_level: null,
    waiting_for: null,
    children,
  });
  const documents = [{ id: 2, input: { password: 'x' }, result: [1] }];
  const read = { id: 1, tree: tree(1, [tree(2)]), log: null, waiting: null, documents, lacks: [] };
  const failed = { id: 'T2.8b', from: 1_000, error: 'e', frames: [], requests: [], executions: [read] };
  const failures = [{ ...failed, logged: '', host: '' }] as unknown as FailureRecord[];

  const [claim] = buildRunModel(parts({ records: [record('T2.8b', { class: 'failed' })], failures })).claims;
  const [root, child] = claim!.failure!.executions[0]!.nodes;
  expect([root!.input, root!.result, child!.input, child!.result]).toEqual([
    undefined,
    undefined,
    '{"password":"***"}',
    '[1]',
  ]);
});
