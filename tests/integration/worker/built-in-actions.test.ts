import { withAttemptRunner } from './attempt-runner';

const runner = withAttemptRunner();

const run = async (name: string, parameters = {}, seconds = 20) =>
  (await runner().run({
    runtime: 'native',
    entrypoint: `builtin:${name}`,
    parameters,
    limit: { seconds, level: 'task' },
  }))!;

test('echo prints its message without a line break', async () => {
  expect((await run('echo', { message: 'hi' })).result).toMatchObject({ succeeded: true, stdout: 'hi' });
});

test('noop exits with the given code, and with 1 for an invalid one', async () => {
  expect((await run('noop', { exit_code: 3 })).result).toMatchObject({ succeeded: false, exit_code: 3 });
  expect((await run('noop', { exit_code: 256 })).result).toMatchObject({ exit_code: 1 });
});

test('sleep prints its duration', async () => {
  const { result } = await run('sleep', { seconds: 0.05 });
  expect(result).toMatchObject({ stdout: 'Slept for 0.05 seconds\n' });
  expect(result.duration_ms).toBeGreaterThanOrEqual(50);
});

test('sleep times out at its limit', async () => {
  const { status, result, timeoutLevel } = await run('sleep', { seconds: 30 }, 0.1);
  expect([status, timeoutLevel]).toEqual(['failed', 'task']);
  expect(result).toMatchObject({ exit_code: -1, timed_out: true, error: 'Execution timed out after 0.1 seconds' });
});

test('a cancellation stops sleep', async () => {
  const stop = AbortSignal.abort('cancelled');
  const outcome = await runner().run(
    { runtime: 'native', entrypoint: 'builtin:sleep', parameters: { seconds: 30 } },
    stop,
  );
  expect(outcome).toMatchObject({ status: 'cancelled', result: { cancelled: true, succeeded: false } });
});
