import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Execution } from '../../../contract/executions';
import type { RunningPlatform } from '../../../contract/platform-file';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { logInAt, spawnCli, stopCli, waitForExit, waitForReady, type CliProcess } from './cli-process';
import { withPrivateBase } from './holder-process';
import { livenessDeadline } from '../liveness';
import { createShellAction } from '../shell-action';

const base = withPrivateBase();

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Lets the worker of a platform crash at the end of an execution. */
async function crashWorker(platform: RunningPlatform, crashFile: string): Promise<Execution> {
  const { client } = await logInAt(platform);
  await createShellAction(client, 'crash.print', 'echo done');
  writeFileSync(crashFile, '');
  const { id } = await client.executions.execute({ action_ref: 'crash.print' });
  return until(executionToBe('completed', client, id), livenessDeadline());
}

const spawnPlatform = (crashFile: string): CliProcess =>
  spawnCli(['up', '--port', '0', '--json', '--workers', '1'], {
    CRASH_FILE: crashFile,
    PLATFORM_KILL_GRACE_SECONDS: '1',
    PLATFORM_LEASE_SECONDS: '1',
    NODE_OPTIONS: `-r ${require.resolve('esbuild-register')} -r ${join(__dirname, 'throw-at-exit.ts')}`,
  });

test('DU-03 a worker that crashes is restarted, its execution recovered', async () => {
  const crashFile = join(base.path, 'crash');
  const cli = spawnPlatform(crashFile);
  const stderr = text(cli.stderr);
  const { id, result } = await crashWorker(await waitForReady(cli), crashFile);
  await stopCli(cli);

  const lines = (await stderr).split('\n').filter((line) => line.startsWith('{'));
  const logLines = lines.map((line) => JSON.parse(line) as LogLine);
  expect(result).toMatchObject({ stdout: 'done\n' });
  expect(logLines.filter(({ msg }) => msg.startsWith('WORKER_CRASHED'))).toEqual([
    expect.objectContaining({ execution: id, error: 'RangeError', origin: 'unhandledRejection' }),
    expect.objectContaining({
      msg: 'WORKER_CRASHED: it ended with exit code 70, after the error that it logged, and it is restarted',
      code: 70,
      signal: null,
      stderr: [],
    }),
  ]);
  expect(await stderr).not.toContain('s3cret');
});

test('a platform goes on when nothing reads its log any more', async () => {
  const crashFile = join(base.path, 'unread');
  const cli = spawnPlatform(crashFile);
  const [line] = (await once(createInterface({ input: cli.stdout }), 'line')) as [string];
  cli.stderr.destroy();
  const ended = await crashWorker(JSON.parse(line) as RunningPlatform, crashFile); // the worker logs its error

  expect(ended.status).toBe('completed');
  const exit = waitForExit(cli);
  cli.kill('SIGTERM');
  expect(await exit).toEqual([null, 'SIGTERM']);
});
