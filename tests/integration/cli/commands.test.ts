import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { spawnCli, waitForExit } from '../embedded/cli-process';

const STARTS_A_PLATFORM_MS = 120_000;

/** Runs a command to its end. */
async function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const cli = spawnCli(args, { NO_COLOR: '1', ...env });
  const [stdout, stderr, [code]] = await Promise.all([text(cli.stdout), text(cli.stderr), waitForExit(cli)]);
  return { code, stdout, stderr };
}

// the tests that start a platform, or wait 10 s for one, run at the same time: they share nothing
test.concurrent(
  'run starts a platform, and prints the result as one line',
  async () => {
    const { code, stdout, stderr } = await runCli(['run', 'demo.two_step']);

    expect(code).toBe(0);
    const { id, ...result } = JSON.parse(stdout) as { id: number };
    expect(id).toBeGreaterThan(0);
    expect(result).toEqual({
      status: 'SUCCESS',
      output: {
        summarize: { summary: 'Ada Lovelace published the first program in 1843.', words: 13 },
        extract_entities: { entities: ['Ada Lovelace', '1843'] },
      },
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toContain('EXECUTION_COMPLETED');
  },
  STARTS_A_PLATFORM_MS,
);

test.concurrent(
  'run exits with 1 where the execution fails, and where there is none',
  async () => {
    const failed = await runCli([
      'run',
      'core.http_request',
      '--parameters',
      '{"url": "http://127.0.0.1:1/"}',
      '--json',
    ]);
    expect(failed).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(failed.stdout)).toMatchObject({ status: 'FAILED' });

    const missing = await runCli(['run', 'core.missing']);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^tuningfork: NOT_FOUND: .*core\.missing/m);
  },
  2 * STARTS_A_PLATFORM_MS,
);

test.each([
  [
    'parameters that are not an object',
    ['run', 'core.noop', '--parameters', '[1]'],
    '--parameters is not a JSON object: [1]',
  ],
  ['a directory without a pack', ['run', 'core.noop', '--pack', '/'], '--pack /: there is no pack.yaml'],
  ['no ref', ['run'], "missing required argument 'ref'"],
  ['no execution', ['events', 'tail'], "required option '--execution <id>' not specified"],
  ['no platform', ['events', 'tail', '--execution', '1'], 'NO_PLATFORM: no platform is named'],
])('%s is invalid usage', async (_, args, message) => {
  const { code, stdout, stderr } = await runCli(args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('a reader that closes the pipe early ends the command in silence', async () => {
  const cli = spawnCli(['--help']);
  cli.stdout.destroy();

  expect(await Promise.all([text(cli.stderr), waitForExit(cli)])).toEqual(['', [0, null]]);
});

test.concurrent(
  'a platform that does not respond is exit 3',
  async () => {
    const { code, stderr } = await runCli(['events', 'tail', '--execution', '1', '--target', 'http://127.0.0.1:1']);

    expect(code).toBe(3);
    expect(stderr).toMatch(/^tuningfork: TARGET_UNREACHABLE: no platform responded at http:\/\/127\.0\.0\.1:1\/health/);
  },
  STARTS_A_PLATFORM_MS,
);

const childrenOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);

test.concurrent(
  'Ctrl-C during run stops the platform that it started',
  async () => {
    const cli = spawnCli(['run', 'core.sleep', '--parameters', '{"seconds": 60}']);
    await once(createInterface(cli.stderr), 'line');
    const platforms = childrenOf(cli.pid!);
    const exit = waitForExit(cli);
    cli.kill('SIGINT');

    expect(await exit).toEqual([null, 'SIGINT']);
    expect(platforms).toHaveLength(1);
    expect(existsSync(`/proc/${platforms[0]}`)).toBe(false);
  },
  STARTS_A_PLATFORM_MS,
);
