import { backoffDelayMs, jitteredDelayMs } from '../../../../platform/core/workflow/retry-delay';
import type { JsonObject } from '../../../../contract/json';
import type { RetryPolicy } from '../../../../platform/core/workflow/definition';
import { MODES, WorkflowSimulator, task, workflow, type ChildOutcome } from './workflow-simulator';

const policy = (more: Partial<RetryPolicy>): RetryPolicy => ({
  count: 100,
  delayMs: 1_000,
  backoff: 'constant',
  maxDelayMs: null,
  jitter: 0,
  onError: null,
  ...more,
});

describe('delays', () => {
  it.each([
    [policy({}), [1_000, 1_000, 1_000, 1_000]],
    [policy({ backoff: 'linear' }), [1_000, 2_000, 3_000, 4_000]],
    [policy({ backoff: 'exponential' }), [1_000, 2_000, 4_000, 8_000]],
    [policy({ backoff: 'exponential', maxDelayMs: 3_000 }), [1_000, 2_000, 3_000, 3_000]],
    [policy({ delayMs: 0, backoff: 'exponential' }), [0, 0, 0, 0]],
  ])('%j', (retry, expected) => {
    expect([1, 2, 3, 4].map((n) => backoffDelayMs(retry, n))).toEqual(expected);
  });

  it('the moment after the longest delay is a valid date', () => {
    const moment = new Date(2e12 + backoffDelayMs(policy({ backoff: 'exponential' }), 100));

    expect(Number.isNaN(moment.getTime())).toBe(false);
  });
});

describe('jitter', () => {
  const jitteredDelays = (more: Partial<RetryPolicy>) =>
    Array.from({ length: 1_000 }, (_, n) => jitteredDelayMs(policy({ jitter: 0.5, ...more }), 1, `seed ${n}`));

  it('spreads delays over the whole range and not beyond', () => {
    const all = jitteredDelays({});

    const quarters = [500, 750, 1_000, 1_250].map((from) => all.filter((ms) => ms >= from && ms < from + 250).length);
    expect(quarters.reduce((sum, count) => sum + count, 0)).toBe(1_000);
    quarters.forEach((count) => expect(count).toBeGreaterThan(200));
  });

  it('never exceeds the cap', () => {
    expect(Math.max(...jitteredDelays({ maxDelayMs: 1_200 }))).toBe(1_200);
  });

  it('is the same for the same seed, and absent by default', () => {
    expect(jitteredDelays({})).toEqual(jitteredDelays({}));
    expect(jitteredDelayMs(policy({}), 3, 'x')).toBe(1_000);
  });
});

describe.each(MODES)('retries, %s', (mode) => {
  const startRun = (retry: JsonObject, next: JsonObject[] = []) => {
    const run = new WorkflowSimulator(workflow([task('a', { retry, next }), task('after')]), mode);
    run.start();
    return run;
  };
  const failFirst =
    (n: number) =>
    ({ retry, task: name }: { retry: number; task: string }): ChildOutcome =>
      name === 'a' && retry < n ? { status: 'failed', result: { attempt: retry } } : { status: 'completed' };
  const attempts = (run: WorkflowSimulator) => run.rows.filter(({ task: name }) => name === 'a');

  it('two failures and a success make three attempts', () => {
    const run = startRun({ count: 3 }, [{ do: ['after'] }]).drain(failFirst(2));

    expect(attempts(run).map(({ retry, status }) => [retry, status])).toEqual([
      [0, 'failed'],
      [1, 'failed'],
      [2, 'completed'],
    ]);
    expect(run.log.filter((entry) => entry.endsWith(' a'))).toEqual([
      'STEP_STARTED a',
      'STEP_RETRIED a',
      'STEP_RETRIED a',
      'STEP_COMPLETED a',
    ]);
    expect(run.finish?.status).toBe('completed');
  });

  it('after the last retry transitions fire once with its result', () => {
    const next = [{ when: 'failed()', publish: [{ n: '{{ result().attempt }}' }], do: ['after'] }];
    const run = startRun({ count: 2 }, next).drain(failFirst(99));

    expect(attempts(run).map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(run.state.variables).toEqual({ n: 2 });
    expect(run.started).toEqual(['a', 'after']);
  });

  it('delays count from the end of the previous attempt', () => {
    const run = startRun({ count: 3, delay: 0.5, backoff: 'exponential', max_delay: 1.5 });
    const gaps = [1, 2, 3].map(() => {
      run.now += 10_000;
      const [effect] = run.end('a', 'failed').filter(({ type }) => type === 'retry-child');
      return effect?.type === 'retry-child' ? effect.notBefore - run.now : null;
    });

    expect(gaps).toEqual([500, 1_000, 1_500]);
  });

  it.each([
    ['timeout', 'timeout'],
    ['failed', 'failed'],
  ] as const)('an attempt that ended %s is retried with that reason', (status, reason) => {
    const run = startRun({ count: 1 });

    expect(run.end('a', status)).toContainEqual(expect.objectContaining({ type: 'retry-child', reason, retry: 1 }));
  });

  it('the end of an earlier attempt changes nothing', () => {
    const run = startRun({ count: 2 });
    run.end('a', 'failed');
    const { state } = run;
    const late = { type: 'child-ended', task: 'a', index: null, round: 1, retry: 0, status: 'completed' } as const;

    expect(run.signal({ ...late, result: null, undispatched: false })).toEqual([]);
    expect(run.state).toEqual(state);
  });

  it.each([
    ['result().attempt < 1', 2],
    ['{{ timed_out() }}', 1],
    ['result().missing', 4],
    ['failed()', 4],
  ])('with on_error %s there are %d attempts', (on_error, count) => {
    const run = startRun({ count: 3, on_error }).drain(failFirst(99));

    expect(attempts(run)).toHaveLength(count);
  });
});
