// Spec: the setting for the name of a worker names it across starts, and one worker at a time.
import { runCommand } from '../support/commands/command-line';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createScratchDatabase } from '../support/scratch-database';
import { startManagedWorker } from '../support/workers/managed-worker';
import { systemTestNeeding } from '../support/system-test';

const onHost = systemTestNeeding('host.processes');
const onHostWithSql = systemTestNeeding('host.processes', 'sql');

const LIMIT_SECONDS = 90;

const workersOf = async ({ client }: RestartablePlatform) =>
  (await client.workers.list()).map(({ id, name, status }) => [name, status, id]).sort(); // they register in any order

onHostWithSql('S0-66 a worker keeps its name and its row, also after kill -9', LIMIT_SECONDS, async (ctx) => {
  const { url } = await createScratchDatabase(ctx);
  const settings = { DATABASE_URL: url, PLATFORM_WORKER_NAME: 'build', PLATFORM_WORKERS: '2' };
  const platform = await RestartablePlatform.start(ctx, settings);
  const before = await workersOf(platform);

  await platform.end('SIGKILL');
  await platform.boot();

  expect(before.map(([name, status]) => [name, status])).toEqual([
    ['build', 'active'],
    ['build-2', 'active'],
  ]);
  expect(await workersOf(platform)).toEqual(before);
  const { executions } = platform.client;
  const { id } = await executions.execute({ action_ref: 'core.noop', worker_selector: { worker: 'build-2' } });
  const { worker } = await until(executionToBe('completed', platform.client, id), ctx.deadline);
  expect(worker).toBe(before.find(([name]) => name === 'build-2')![2]);
});

onHostWithSql('S0-66 a name that another worker has is refused, and changes nothing', LIMIT_SECONDS, async (ctx) => {
  const { url } = await createScratchDatabase(ctx);
  const platform = await RestartablePlatform.start(ctx, { DATABASE_URL: url, PLATFORM_WORKER_NAME: 'build' });
  await platform.client.standaloneWorkers.issueToken({ name: 'remote' });
  const { client } = platform;
  const { name: managed } = await client.workers.get(await startManagedWorker({ ...ctx, client }));
  const before = await workersOf(platform);

  const args = ['up', '--join', '--port', '0', '--database-url', url];
  const start = (PLATFORM_WORKER_NAME: string) => runCommand(ctx, args, { env: { PLATFORM_WORKER_NAME } });
  const ends = [await start('build'), await start('remote'), await start(managed)];

  expect(ends.map(({ code, stdout }) => [code, stdout])).toEqual(ends.map(() => [3, []]));
  const rejectionOf = (name: string): unknown =>
    expect.stringContaining(`WORKER_NAME_IN_USE: another worker has the name ${name}; change PLATFORM_WORKER_NAME`);
  expect(ends.map(({ stderr }) => stderr.trim())).toEqual(['build', 'remote', managed].map(rejectionOf));
  expect(await workersOf(platform)).toEqual(before);
});

onHost('S0-66 a name of another form is refused, and starts nothing', async (ctx) => {
  const { code, stderr } = await runCommand(ctx, ['up', '--port', '0'], { env: { PLATFORM_WORKER_NAME: 'My Worker' } });

  expect(code).toBe(2);
  expect(stderr).toContain('PLATFORM_WORKER_NAME=My Worker is not usable: give up to 63 lower-case letters');
});
