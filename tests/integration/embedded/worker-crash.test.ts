import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { logIn } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { DEFAULT_USER } from '../../../platform/store/identities/first-administrator';
import { spawnCli, stopCli, waitForReady } from './cli-process';
import { privateBase } from './holder-process';
import { livenessDeadline } from '../liveness';

const base = privateBase();
afterAll(() => base.remove());

interface LogLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

test('DU-03 a worker that crashes is restarted, its execution recovered', async () => {
  const crashFile = join(base.path, 'crash');
  const cli = spawnCli(['up', '--port', '0', '--json', '--workers', '1'], {
    CRASH_FILE: crashFile,
    PLATFORM_KILL_GRACE_SECONDS: '1',
    PLATFORM_LEASE_SECONDS: '1',
    NODE_OPTIONS: `-r ${require.resolve('esbuild-register')} -r ${join(__dirname, 'throw-at-exit.ts')}`,
  });
  const stderr = text(cli.stderr);
  const { url } = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: url }, DEFAULT_USER.login, DEFAULT_USER.password);
  await client.packs.create({ ref: 'crash', label: 'Crash', version: '1.0.0' });
  const action = { pack_ref: 'crash', label: 'Print', entrypoint: 'echo done', runtime_ref: 'core.shell' };
  await client.actions.create({ ref: 'crash.print', ...action });

  writeFileSync(crashFile, '');
  const { id } = await client.executions.execute({ action_ref: 'crash.print' });
  const ended = await until(executionToBe('completed', client, id), livenessDeadline());
  await stopCli(cli);

  const lines = (await stderr).split('\n').filter((line) => line.startsWith('{'));
  const logLines = lines.map((line) => JSON.parse(line) as LogLine);
  expect(ended.result).toMatchObject({ stdout: 'done\n' });
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
