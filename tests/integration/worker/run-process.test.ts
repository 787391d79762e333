import { CONTAINMENTS, KIB, withProcessRunner } from './process-runner';

describe.each(CONTAINMENTS)('a program, contained by %s', (_way, usesCgroup) => {
  const { run } = withProcessRunner(usesCgroup);

  test('RT-08 the exit code is reported unchanged', async () => {
    expect(await run('exit 124')).toMatchObject({ cause: 'exited', exitCode: 124, signal: null, signalSent: null });
  });

  test('RT-08 a signal from outside is reported by name', async () => {
    expect(await run('kill -SEGV $$')).toMatchObject({ cause: 'exited', exitCode: null, signal: 'SIGSEGV' });
  });

  test('RT-08 unread input does not fail the program', async () => {
    expect(await run('echo done', { input: 'x'.repeat(5_000 * KIB) })).toMatchObject({
      cause: 'exited',
      exitCode: 0,
    });
  });

  test('input is written while output is read', async () => {
    const exit = await run('cat', { input: Buffer.alloc(2_000 * KIB, 'ab\n'), logLimitBytes: 4_000 * KIB });
    expect(exit.stdout.head).toHaveLength(2_000 * KIB);
  });

  test('RT-04 output beyond the limit is drained and counted on both streams', async () => {
    const bytes = 20 * KIB * KIB;
    const writeZeros = `head -c ${bytes} /dev/zero`;
    const exit = await run(`${writeZeros} >&2 & ${writeZeros}; wait; echo; echo last`);
    expect(exit).toMatchObject({ exitCode: 0 });
    expect(exit.stdout.head.length + exit.stdout.droppedBytes).toBe(bytes + '\nlast\n'.length);
    expect(exit.stderr.head.length + exit.stderr.droppedBytes).toBe(bytes);
    expect(exit.stdout.head).toHaveLength(256 * KIB - 128);
    expect(exit.stdout.tail.endsWith('\nlast\n')).toBe(true);
  });

  test('the tail is the last 50 lines', async () => {
    const { stdout } = await run('seq 1 1000');
    expect(stdout.tail.trim().split('\n')).toEqual(Array.from({ length: 50 }, (_, index) => String(951 + index)));
  });

  test.each([
    ['a command that does not exist', { command: '/no/such/program' }],
    ['a directory that does not exist', { cwd: '/no/such/directory' }],
    ['an argument with NUL', { args: ['\0'] }],
    ['arguments beyond the system limit', { args: ['-c', 'true', 'x'.repeat(4_000 * KIB)] }],
  ])('%s is reported as not started', async (_, overrides) => {
    const exit = await run('', overrides);
    expect(exit).toMatchObject({ cause: 'not-started', exitCode: null });
    expect(exit.startFailure?.text).toMatch(/ENOENT|null bytes|E2BIG|does not exist|can't cd|too long/);
  });
});
