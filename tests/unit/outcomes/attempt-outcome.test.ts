import type { Attempt } from '../../../platform/store/lifecycle/attempt';
import { capturedText } from '../../../platform/outcomes/captured-output';
import type { ProcessExit } from '../../../platform/outcomes/program-exit';
import { uncodedFailure } from '../../../platform/outcomes/start-failure';
import { attemptOutcome } from '../../../platform/outcomes/attempt-outcome';
import { buildAttempt } from '../../integration/worker/attempt-runner';

type ExitFixture = Partial<Omit<ProcessExit, 'stdout' | 'stderr'>> & {
  stdout?: string;
  stderr?: string;
  dropped?: number;
};

const exitOf = ({ stdout = '', stderr = '', dropped = 0, ...more }: ExitFixture): ProcessExit => ({
  cause: 'exited',
  exitCode: 0,
  signal: null,
  signalSent: null,
  startedAt: 1_000,
  finishedAt: 1_012.4,
  stdout: { ...capturedText(stdout), droppedBytes: dropped },
  stderr: capturedText(stderr),
  startFailure: null,
  importFailure: null,
  leakedPids: [],
  reachedLimits: [],
  ...more,
});

const outcome = (exit: ExitFixture, more: Partial<Attempt> = {}) =>
  attemptOutcome(buildAttempt(more), exitOf(exit), exit.stderr ? '/logs/e' : null);

describe('success', () => {
  const base = { succeeded: true, exit_code: 0, duration_ms: 12 };

  test.each<[string, ExitFixture, Partial<Attempt>, object]>([
    ['nothing printed', {}, {}, base],
    ['stdout is unchanged', { stdout: ' hi\n' }, {}, { ...base, stdout: ' hi\n' }],
    ['a parsed value replaces stdout', { stdout: '{"a":1}\n' }, { outputFormat: 'json' }, { ...base, data: { a: 1 } }],
    ['null is a parsed value', { stdout: 'null' }, { outputFormat: 'json' }, { ...base, data: null }],
    ['invalid JSON stays in stdout', { stdout: '{"a":' }, { outputFormat: 'json' }, { ...base, stdout: '{"a":' }],
    ['stderr is a path', { stderr: 'careful\n' }, {}, { ...base, stderr_log: '/logs/e' }],
    ['NUL becomes U+FFFD', { stdout: 'a\0b' }, {}, { ...base, stdout: 'a\uFFFDb' }],
  ])('%s', (_, exit, more, result) => {
    expect(outcome(exit, more)).toMatchObject({ status: 'completed', timeoutLevel: null });
    expect(outcome(exit, more).result).toEqual(result);
  });

  test('RT-04 truncated output is marked and not parsed', () => {
    const stdout = '{"a":1}\n';
    const notice = `${stdout}[OUTPUT TRUNCATED: stdout exceeded size limit]\n`;
    const flags = { stdout_truncated: true, stdout_bytes_truncated: 7 };
    expect(outcome({ stdout, dropped: 7 }, { outputFormat: 'json' }).result).toEqual({
      ...base,
      ...flags,
      stdout: notice,
    });
  });
});

describe('failure', () => {
  const base = { succeeded: false, exit_code: 3, duration_ms: 12 };
  const lines = (n: number) => Array.from({ length: n }, (_, index) => `line ${index + 1}`).join('\n');

  test.each<[string, ExitFixture, object]>([
    ['without stderr', {}, { error: 'Command exited with code 3' }],
    ['with blank stderr', { stderr: ' \n' }, { error: 'Command exited with code 3', stderr_log: '/logs/e' }],
    ['one line of stderr', { stderr: 'attempt 1\n' }, { error: 'attempt 1\n', stderr_log: '/logs/e' }],
    ['stderr without a final newline', { stderr: ' attempt 1' }, { error: ' attempt 1', stderr_log: '/logs/e' }],
    ['five lines of stderr', { stderr: `${lines(5)}\n` }, { error: `${lines(5)}\n`, stderr_log: '/logs/e' }],
    ['six lines of stderr', { stderr: `${lines(6)}\n` }, { error: 'line 6\n', stderr_log: '/logs/e' }],
    ['a blank sixth line', { stderr: `${lines(5)}\n\n` }, { error: 'line 5\n\n', stderr_log: '/logs/e' }],
    ['output is not parsed', { stdout: '{"a":1}' }, { error: 'Command exited with code 3', stdout: '{"a":1}' }],
    [
      'stderr with the text of a cancellation',
      { stderr: 'cancelled: timed out' },
      { error: 'cancelled: timed out', stderr_log: '/logs/e' },
    ],
  ])('%s', (_, exit, more) => {
    const { status, result } = outcome({ exitCode: 3, ...exit }, { outputFormat: 'json' });
    expect([status, result]).toEqual(['failed', { ...base, ...more }]);
  });

  test('RT-08 a signal from outside is named in the error', () => {
    const { status, result } = outcome({ exitCode: null, signal: 'SIGKILL', stderr: 'text' });
    const error = 'Action execution failed: killed by SIGKILL';
    const signal = 'SIGKILL';
    expect([status, result]).toEqual(['failed', { ...base, exit_code: -1, error, signal, stderr_log: '/logs/e' }]);
  });

  test('the reason of a runtime that aborts its program follows the signal', () => {
    const { result } = outcome({ exitCode: null, signal: 'SIGABRT', stderr: 'log\nFATAL ERROR: heap out of memory\n' });
    expect(result.error).toBe('Action execution failed: killed by SIGABRT: FATAL ERROR: heap out of memory');
  });

  test('of long output in colors, the last line that has a text is the error', () => {
    const stderr = `${lines(6)}\n\u001b[31mCannot find /nope\u001b[0m\n\u001b[0m`;
    expect(outcome({ exitCode: 1, stderr }).result.error).toBe('Cannot find /nope\n');
  });

  test('a program not started has neither exit code nor duration', () => {
    const { status, result } = outcome({
      cause: 'not-started',
      exitCode: null,
      startFailure: uncodedFailure('no bash'),
    });
    expect([status, result]).toEqual(['failed', { succeeded: false, error: 'Action execution failed: no bash' }]);
  });
});

test.each([
  ['killed', { exitCode: null, signal: 'SIGKILL', signalSent: 'SIGKILL' }, 'SIGKILL'],
  ['SIGTERM sent, exited by itself', { exitCode: 0, signalSent: 'SIGTERM' }, 'SIGTERM'],
] as const)('timeout: %s', (_, exit, signal) => {
  const limit = { seconds: 1.5, level: 'task' } as const;
  const { status, result, timeoutLevel } = outcome({ cause: 'timeout', stdout: 'some', ...exit }, { limit });
  expect([status, timeoutLevel]).toEqual(['failed', 'task']);
  expect(result).toEqual({
    succeeded: false,
    exit_code: -1,
    duration_ms: 12,
    error: 'Execution timed out after 1.5 seconds',
    stdout: 'some',
    timed_out: true,
    timeout_seconds: 1.5,
    timeout_level: 'task',
    signal,
  });
});

test('a cancelled attempt has exit code -1 and the signal', () => {
  const { status, result, timeoutLevel } = outcome({
    cause: 'cancelled',
    exitCode: null,
    signal: 'SIGTERM',
    signalSent: 'SIGTERM',
  });
  expect([status, timeoutLevel]).toEqual(['cancelled', null]);
  expect(result).toEqual({
    succeeded: false,
    cancelled: true,
    exit_code: -1,
    duration_ms: 12,
    error: 'Execution cancelled by user',
    signal: 'SIGTERM',
  });
});
