import type {
  AttemptModel,
  ClaimModel,
  FailureModel,
  NodeModel,
  RunModel,
} from '../../../helpers/run-report/run-model';

/** A node that ran from 100 ms to 200 ms after the start of the epoch, and completed. */
export const node = (id: number, depth: number, label: string, more: Partial<NodeModel> = {}): NodeModel => ({
  id,
  depth,
  label,
  action: 'demo.step',
  status: 'completed',
  hasEnded: true,
  created: 50,
  started: 100,
  finished: 200,
  triggeredBy: null,
  original: null,
  index: null,
  facts: [],
  error: null,
  stdout: '',
  stderr: '',
  ...more,
});

export const failure = (more: Partial<FailureModel> = {}): FailureModel => ({
  summary: 'it was 4',
  error: 'it was 4\nexpected 3',
  at: 'tests/e2e/tier2/t2-08-retry-policy.test.ts:45:3',
  frames: ['at stays (helpers/scenario/polling.ts:1:1)'],
  rerun: "npx jest tests/e2e/tier2/t2-08-retry-policy.test.ts -t '^T2.8b '",
  requests: [{ at: 1_100, method: 'POST', path: '/api/v1/workflows', status: 201, ms: 12 }],
  logged: '',
  host: 'load factor 1.0',
  limitSeconds: 25,
  executions: [],
  ...more,
});

/** An attempt that failed before the last one. */
export const attempt = (more: Partial<AttemptModel> = {}): AttemptModel => ({
  result: 'failed',
  seconds: 0.7,
  from: 100,
  to: 800,
  process: 6,
  failure: failure(),
  ...more,
});

export const claimOf = (more: Partial<ClaimModel> = {}): ClaimModel => ({
  id: 'T2.8b',
  title: 'a task that always fails ends failed',
  tier: 'tier2',
  file: 'tests/e2e/tier2/t2-08-retry-policy.test.ts',
  spec: 'a failed task is retried.',
  result: 'passed',
  reason: '',
  seconds: 0.8,
  budget: 0.9,
  requests: 14,
  history: [],
  time: null,
  from: 1_000,
  to: 1_800,
  process: 7,
  attempts: [],
  failure: null,
  ...more,
});

export const runOf = (claims: readonly ClaimModel[]): RunModel => ({
  run: 'm3x9',
  target: {
    platform: 'tuningfork 0.1.0',
    kind: 'started',
    name: 'tuningfork',
    url: 'http://127.0.0.1:1',
    loadFactor: 1,
  },
  from: 1_000,
  to: 3_000,
  exit: 1,
  reasons: [],
  claims: [...claims],
});
