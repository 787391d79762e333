import type { Attempt } from '../../../platform/worker/attempt';
import { captured } from '../../../platform/worker/capture';
import type { Ended } from '../../../platform/worker/process';
import { outcomeOf } from '../../../platform/worker/result';
import { anAttempt } from '../../integration/worker/attempts';

type Told = Partial<Omit<Ended, 'stdout' | 'stderr'>> & { stdout?: string; stderr?: string; dropped?: number };

const ended = ({ stdout = '', stderr = '', dropped = 0, ...more }: Told): Ended => ({
  cause: 'exited',
  exitCode: 0,
  signal: null,
  sent: null,
  startedAt: 1_000,
  finishedAt: 1_012.4,
  stdout: { ...captured(stdout), droppedBytes: dropped },
  stderr: captured(stderr),
  problem: null,
  leaked: [],
  ...more,
});

const outcome = (told: Told, more: Partial<Attempt> = {}) =>
  outcomeOf(anAttempt(more), ended(told), told.stderr ? '/logs/e' : null);

describe('success', () => {
  const base = { succeeded: true, exit_code: 0, duration_ms: 12 };

  test.each<[string, Told, Partial<Attempt>, object]>([
    ['nothing printed', {}, {}, base],
    ['text stays as it was printed', { stdout: ' hi\n' }, {}, { ...base, stdout: ' hi\n' }],
    [
      'a parsed value takes the place of the text',
      { stdout: '{"a":1}\n' },
      { outputFormat: 'json' },
      { ...base, data: { a: 1 } },
    ],
    ['null is a parsed value', { stdout: 'null' }, { outputFormat: 'json' }, { ...base, data: null }],
    ['what cannot be parsed stays text', { stdout: '{"a":' }, { outputFormat: 'json' }, { ...base, stdout: '{"a":' }],
    ['stderr is a path', { stderr: 'careful\n' }, {}, { ...base, stderr_log: '/logs/e' }],
    ['bytes that are no text', { stdout: 'a\0b' }, {}, { ...base, stdout: 'a\uFFFDb' }],
  ])('%s', (_, told, more, result) => {
    expect(outcome(told, more)).toMatchObject({ status: 'completed', timeoutLevel: null });
    expect(outcome(told, more).result).toEqual(result);
  });

  test('what was dropped is told, and a document beyond the limit is none', () => {
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

  test.each<[string, Told, object]>([
    ['without stderr', {}, { error: 'Command exited with code 3' }],
    ['with blank stderr', { stderr: ' \n' }, { error: 'Command exited with code 3', stderr_log: '/logs/e' }],
    ['five lines of stderr', { stderr: `${lines(5)}\n` }, { error: lines(5), stderr_log: '/logs/e' }],
    ['six lines of stderr', { stderr: `${lines(6)}\n\n` }, { error: 'line 6', stderr_log: '/logs/e' }],
    ['output is not parsed', { stdout: '{"a":1}' }, { error: 'Command exited with code 3', stdout: '{"a":1}' }],
    [
      'words of a cancellation',
      { stderr: 'cancelled: timed out' },
      { error: 'cancelled: timed out', stderr_log: '/logs/e' },
    ],
  ])('%s', (_, told, more) => {
    const { status, result } = outcome({ exitCode: 3, ...told }, { outputFormat: 'json' });
    expect([status, result]).toEqual(['failed', { ...base, ...more }]);
  });

  test('killed by a signal from outside', () => {
    const { status, result } = outcome({ exitCode: null, signal: 'SIGKILL', stderr: 'text' });
    const error = 'Action execution failed: killed by SIGKILL';
    const signal = 'SIGKILL';
    expect([status, result]).toEqual(['failed', { ...base, exit_code: -1, error, signal, stderr_log: '/logs/e' }]);
  });

  test('never started: neither exit code nor duration', () => {
    const { status, result } = outcome({ cause: 'not-started', exitCode: null, problem: 'no bash' });
    expect([status, result]).toEqual(['failed', { succeeded: false, error: 'Action execution failed: no bash' }]);
  });
});

test.each([
  ['killed', { exitCode: null, signal: 'SIGKILL', sent: 'SIGKILL' }, 'SIGKILL'],
  ['asked, and exited by itself', { exitCode: 0, sent: 'SIGTERM' }, 'SIGTERM'],
] as const)('over its limit, %s', (_, told, signal) => {
  const limit = { seconds: 1.5, level: 'task' } as const;
  const { status, result, timeoutLevel } = outcome({ cause: 'timeout', stdout: 'some', ...told }, { limit });
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

test('cancelled', () => {
  const { status, result, timeoutLevel } = outcome({
    cause: 'cancelled',
    exitCode: null,
    signal: 'SIGTERM',
    sent: 'SIGTERM',
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
