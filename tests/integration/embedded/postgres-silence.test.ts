import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readyPlatform, spawnCli, waitForExit, type CliProcess } from './cli-process';
import { privateBase } from './holder-process';
import { freezeServer, serverPid } from './postgres-signals';
import { livenessDeadline } from '../liveness';
import { createShellAction } from '../shell-action';

jest.setTimeout(240_000);

const LEASE_SECONDS = 5;
/** Longer than a lease. */
const SILENCE_MS = 12_000;
/** Longer than recovery waits after the return of the database, a lease, and its interval. */
const AFTER_SILENCE_MS = 8_000;

const base = privateBase();
const started: CliProcess[] = [];
afterAll(() => {
  for (const cli of started) cli.kill('SIGKILL');
  base.remove();
});

function up(env: NodeJS.ProcessEnv = {}): CliProcess {
  const cli = spawnCli(['up', '--port', '0', '--json'], env);
  started.push(cli);
  return cli;
}

const readiness = async (url: string): Promise<number> => (await fetch(`${url}/health/ready`)).status;

// both wait most of their time, each for another platform
test.concurrent('DU-05 what runs while the database is silent is not run again', async () => {
  const cli = up({
    PLATFORM_LEASE_SECONDS: String(LEASE_SECONDS),
    PLATFORM_HEARTBEAT_SECONDS: '1',
    PLATFORM_ACTION_PATHS: base.path,
  });
  const { platform, client } = await readyPlatform(cli);
  const end = join(base.path, 'end');
  const entrypoint = `echo "attempt $PLATFORM_ATTEMPT"; until [ -e ${end} ]; do sleep 0.1; done`;
  await createShellAction(client, 'away.run', entrypoint);
  const { id } = await client.executions.execute({ action_ref: 'away.run' });
  await until(executionToBe('running', client, id), livenessDeadline());

  const continueServer = freezeServer(platform);
  const checks = await Promise.all([readiness(platform.url), readiness(platform.url)]);
  await pause(SILENCE_MS);
  const lateCheck = await readiness(platform.url);
  continueServer();
  await pause(AFTER_SILENCE_MS);
  writeFileSync(end, '');
  const ended = await until(executionToBe('completed', client, id), livenessDeadline());

  expect([...checks, lateCheck]).toEqual([503, 503, 503]);
  expect(ended.result).toMatchObject({ stdout: 'attempt 1\n' });
  const types = (await client.executions.log(id)).map(({ type }) => type);
  expect(types).not.toContain('EXECUTION_RECOVERED');
  cli.kill('SIGTERM');
  await expect(waitForExit(cli)).resolves.toEqual([null, 'SIGTERM']);
});

/** Sends a request, and returns how it was answered. */
async function listPacks(url: string, token: string) {
  const response = await fetch(`${url}/api/v1/packs`, { headers: { authorization: `Bearer ${token}` } });
  const body = (await response.json()) as { code?: string };
  return {
    status: response.status,
    code: body.code,
    retry: response.headers.get('retry-after'),
  };
}

const CONCURRENT_REQUESTS = 30;

test.concurrent('DU-05 requests get 503 while the database is silent, and then succeed', async () => {
  const cli = up();
  const { platform, token } = await readyPlatform(cli);
  const unavailable = { status: 503, code: 'DB_UNAVAILABLE', retry: '3' };

  const continueServer = freezeServer(platform);
  // more than there are connections
  const silent = await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, () => listPacks(platform.url, token)));
  continueServer();
  process.kill(serverPid(platform), 'SIGKILL');
  let last = await listPacks(platform.url, token);
  const statuses = new Set([last.status]);
  while (last.status !== 200) {
    await pause(100); // PostgreSQL is being started again
    last = await listPacks(platform.url, token);
    statuses.add(last.status);
  }

  expect(silent).toEqual(silent.map(() => unavailable));
  expect([...statuses].filter((status) => status !== 503)).toEqual([200]);
  cli.kill('SIGTERM');
  await expect(waitForExit(cli)).resolves.toEqual([null, 'SIGTERM']);
});
