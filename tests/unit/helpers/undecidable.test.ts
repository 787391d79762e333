import { CombinedError, EnvironmentError, PastDeadlineError, WaitError } from '../../../helpers/errors';
import { attributeError, type HostFacts } from '../../../helpers/scenario/time/undecidable';

const IDLE: HostFacts = { worstPauseMs: 20, shortestPlanMs: 2_000, ranMs: 800, waitedMs: 300, budgetFactor: 4 };
const assertionError = new Error('expect(received).toBe(expected)');
const timeout = new WaitError('WAIT_TIMED_OUT', 'execution 4 to be completed', 'running', '');

test.each([assertionError, timeout, new PastDeadlineError(), 'no error'])(
  'on an idle host %s is the failure of the target',
  (error) => {
    expect(attributeError(error, IDLE)).toBe(error);
  },
);

test('a process that was not run for half of a planned time judges nothing', () => {
  const attributed = attributeError(assertionError, { ...IDLE, worstPauseMs: 1_000 }) as Error;

  expect(attributed).toBeInstanceOf(EnvironmentError);
  expect(attributed.message).toBe(
    'ENVIRONMENT: this process was not run for 1.0 s, and the test had planned 2.0 s. ' +
      'The test would have failed with\nError: expect(received).toBe(expected)',
  );
});

test('the same pause excuses nothing in a test without a planned time', () => {
  expect(attributeError(assertionError, { ...IDLE, worstPauseMs: 9_000, shortestPlanMs: Infinity })).toBe(
    assertionError,
  );
});

describe('a process that waited for a processor longer than it ran', () => {
  const busy = { ...IDLE, ranMs: 2_000, waitedMs: 2_000 };

  test.each([timeout, new PastDeadlineError()])('cannot judge a time-out: %s', (error) => {
    const reason = 'this process ran for 2.0 s and waited 2.0 s for a processor';
    expect(attributeError(error, busy)).toMatchObject({
      name: 'EnvironmentError',
      message: expect.stringContaining(reason),
    });
  });

  test.each([
    [8, 2, 'cannot'],
    [12, 2, 'can'],
    [12, 3, 'cannot'],
    [100, 3.9, 'can'],
    [100, 4, 'cannot'],
  ])('with %d times its budget, slowed down %d times, %s judge a time-out', (budgetFactor, slowdown, word) => {
    const attributed = attributeError(timeout, { ...busy, budgetFactor, waitedMs: (slowdown - 1) * busy.ranMs });

    expect(attributed === timeout ? 'can' : 'cannot').toBe(word);
  });

  const caseThatDidNotEnd = new Error('the difference to the model', { cause: timeout });

  test.each([caseThatDidNotEnd, new CombinedError([caseThatDidNotEnd, timeout])])(
    'cannot judge what a time-out caused: %s',
    (error) => {
      expect(attributeError(error, busy)).toBeInstanceOf(EnvironmentError);
    },
  );

  test.each([assertionError, new CombinedError([caseThatDidNotEnd, assertionError])])(
    'judges a wrong value: %s',
    (error) => {
      expect(attributeError(error, busy)).toBe(error);
    },
  );

  test('judges a wait that became impossible', () => {
    const impossible = new WaitError('WAIT_IMPOSSIBLE', 'execution 4 to be completed', 'it ended failed', '');
    expect(attributeError(impossible, busy)).toBe(impossible);
  });
});
