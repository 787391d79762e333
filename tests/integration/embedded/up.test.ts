import { existsSync, readdirSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { logIn } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { readOrEmpty } from '../../../helpers/scenario/processes';
import { streamLogPath } from '../../../platform/base/directories';
import { DEFAULT_TENANT } from '../../../platform/store/database/connection';
import { spawnCli, waitForExit, waitForOutcome, waitForReady } from './cli-process';
import { noTracesOf, withPrivateBase, pidsMentioning } from './holder-process';
import { livenessDeadline } from '../liveness';

const base = withPrivateBase();

const up = (...args: string[]) => spawnCli(['up', '--port', '0', '--json', ...args]);
/** Where nothing has to do with a worker. */
const upAlone = (...args: string[]) => up('--workers', '0', ...args);

test('SIGINT ends a running platform, which leaves nothing', async () => {
  const cli = up();
  cli.stdin.end(); // ignored without the flag
  const running = await waitForReady(cli);
  const health = await fetch(`${running.url}/health`);
  expect(health.status).toBe(200);

  cli.kill('SIGINT');

  await expect(waitForExit(cli)).resolves.toEqual([null, 'SIGINT']);
  expect(existsSync(running.directory)).toBe(false);
  expect(pidsMentioning(running.instance_id)).toEqual([]);
});

test('every role follows the offset of the clock', async () => {
  const cli = spawnCli(['up', '--port', '0', '--json'], { PLATFORM_CLOCK_OFFSET_SECONDS: '3000' });
  const { url, login, password } = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: url }, login, password ?? '');
  const aheadSeconds = (instant: string | null | undefined) =>
    Math.round((parseInstant(instant ?? '') - Date.now()) / 60_000) * 60;

  const { id } = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 0.01 } });
  const { created, started_at, finished_at } = await until(executionToBe('completed', client, id), livenessDeadline());
  const manifest = await client.capabilities.getOrNull();
  cli.kill('SIGTERM');
  await waitForExit(cli);

  expect(manifest?.capabilities['clock.offset']).toEqual({ seconds: 3_000 });
  const instants = [created, started_at, finished_at, manifest?.platform.started_at];
  expect(instants.map(aheadSeconds)).toEqual(Array(4).fill(3_000));
});

test('the end of a watched stdin stops it, even before it is ready', async () => {
  const cli = up('--exit-with-stdin');
  const running = await waitForReady(cli);
  cli.stdin.end();
  await expect(waitForExit(cli)).resolves.toEqual([0, null]);
  expect(existsSync(running.directory)).toBe(false);

  const early = up('--exit-with-stdin');
  early.stdin.end();
  await expect(waitForOutcome(early)).resolves.toEqual({
    code: 0,
    signal: null,
    stderr: 'tuningfork: stdin ended during the start; all its processes have ended\n',
  });
});

const childrenOf = (pid: number): string[] =>
  readOrEmpty(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);

test.each([0, 1, 2, 3])('a start that has %s processes is interrupted with one line', async (count) => {
  const cli = up();
  const outcome = waitForOutcome(cli);
  const hasStarted = () => childrenOf(cli.pid!).length >= count;
  await until(predicateToHold(`${count} processes to run`, hasStarted), livenessDeadline());

  cli.kill('SIGINT');

  const { stderr, ...end } = await outcome;
  expect(end).toEqual({ code: null, signal: 'SIGINT' });
  expect(stderr).toMatch(
    count === 0 ? /^(tuningfork: interrupted by SIGINT.*\n)?$/ : /^tuningfork: interrupted by SIGINT.*\n$/,
  );
});

test('a platform prints what a stop waits for, and ends at the second signal', async () => {
  const cli = spawnCli(['up', '--port', '0', '--json'], { PLATFORM_SHUTDOWN_GRACE_SECONDS: '60' });
  const lines = createInterface(cli.stderr)[Symbol.asyncIterator]();
  const { url, login, password, instance_id: instance, directory } = await waitForReady(cli);
  const { client } = await logIn({ baseUrl: url }, login, password!);
  const { id } = await client.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 60 } });
  await until(executionToBe('running', client, id), livenessDeadline());
  const exit = waitForExit(cli);

  cli.kill('SIGINT');
  const first = (await lines.next()).value as string;
  cli.kill('SIGINT');

  expect(first).toBe(
    'tuningfork: SIGINT: stopping; attempts that run have 60 s to end; a second Ctrl-C ends it at once',
  );
  expect((await lines.next()).value).toBe('tuningfork: SIGINT again: ended at once, what still ran is killed');
  expect(await exit).toEqual([null, 'SIGINT']);
  await expect(until(processGone(instance, directory), livenessDeadline())).resolves.toBe(true);
});

test('SIGKILL of a running platform leaves nothing', async () => {
  const cli = up();
  const running = await waitForReady(cli);

  cli.kill('SIGKILL');
  await waitForExit(cli);

  await expect(until(processGone(running.instance_id, running.directory), livenessDeadline())).resolves.toBe(true);
});

const processGone = (instance: string, directory: string) =>
  predicateToHold(
    `no process of ${instance}`,
    () => pidsMentioning(instance).length === 0 && !existsSync(directory),
    () => pidsMentioning(instance).join(),
  );

test('a data directory has one platform at a time and keeps its login', async () => {
  const data = join(base.path, 'data');
  const first = upAlone('--data', data);
  const running = await waitForReady(first);

  const second = await waitForOutcome(upAlone('--data', data));
  expect(second).toMatchObject({ code: 3, stderr: expect.stringMatching(/^tuningfork: DATA_DIR_IN_USE: .*\n$/) });

  first.kill('SIGTERM');
  await expect(waitForExit(first)).resolves.toEqual([null, 'SIGTERM']);
  const restarted = upAlone('--data', data);
  const runningLater = await waitForReady(restarted);
  expect(passwordOf(runningLater.database_url)).toBe(passwordOf(running.database_url));
  restarted.kill('SIGTERM');
  await waitForExit(restarted);
});

test('a start removes what a killed platform left in its data directory', async () => {
  const data = join(base.path, 'left');
  const first = up('--data', data);
  const { url, login, password, instance_id: killed } = await waitForReady(first);
  const { client } = await logIn({ baseUrl: url }, login, password!);
  await client.packs.create({ ref: 'left', label: 'Left', version: '1.0.0' });
  const program = { runtime_ref: 'core.shell', entrypoint: 'echo started; sleep 60' };
  await client.actions.create({ ref: 'left.sleep', pack_ref: 'left', label: 'Sleep', ...program });
  const { id: execution } = await client.executions.execute({ action_ref: 'left.sleep' });
  const output = streamLogPath({ directory: data }, { tenant: DEFAULT_TENANT, execution, attempt: 1 }, 'stdout');
  const hasStarted = () => readOrEmpty(output).includes('started');
  await until(predicateToHold('the program to run', hasStarted), livenessDeadline());
  const ended = waitForExit(first);
  first.kill('SIGKILL');
  await ended;
  const hasGone = () => pidsMentioning(killed).length === 0;
  await until(predicateToHold('the processes of the killed platform to end', hasGone), livenessDeadline());
  const left = readdirSync(join(data, 'tmp'));

  const restarted = up('--data', data);
  const { instance_id: instance } = await waitForReady(restarted);

  expect(left).toContainEqual(expect.stringMatching(`^${killed}-w1`));
  expect(readdirSync(join(data, 'tmp')).filter((name) => !name.startsWith(instance))).toEqual([]);
  restarted.kill('SIGTERM');
  await waitForExit(restarted);
});

test('a second platform starts on the database of an idle one', async () => {
  const data = join(base.path, 'shared');
  const first = upAlone('--data', data);
  const { database_url: databaseUrl } = await waitForReady(first);

  const second = upAlone('--data', data, '--database-url', databaseUrl, '--join');
  const { url } = await waitForReady(second);

  expect((await fetch(`${url}/health`)).status).toBe(200);
  for (const platform of [second, first]) {
    platform.kill('SIGTERM');
    await waitForExit(platform);
  }
});

const passwordOf = (url: string): string => new URL(url).password;

test.each([
  ['--port', []],
  ['--notifier-port', ['--port', '0']],
])('a %s in use exits 3 with one line that names the option', async (option, others) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address ? String(address.port) : '';

  const rejected = await waitForOutcome(spawnCli(['up', ...others, option, port]));

  holder.close();
  expect(rejected.code).toBe(3);
  expect(lastLine(rejected.stderr)).toMatch(
    new RegExp(`^tuningfork: PORT_IN_USE: 127\\.0\\.0\\.1:${port} is .*; use another ${option}, or 0 for a free one$`),
  );
});

const lastLine = (output: string): string => output.trimEnd().split('\n').at(-1) ?? '';

test('an unreachable database and a wrong password exit 3 with one line', async () => {
  const unreachable = await waitForOutcome(upAlone('--database-url', 'postgres://me:secret@127.0.0.1:9/mine'));
  expect(unreachable.code).toBe(3);
  expect(unreachable.stderr).toMatch(
    /^tuningfork: DB_UNREACHABLE: 127\.0\.0\.1:9\/mine cannot be reached \(.*\); .*\n$/,
  );

  const cli = upAlone();
  const { database_url } = await waitForReady(cli);
  const wrong = await waitForOutcome(upAlone('--database-url', database_url.replace(/:[0-9a-f]+@/, ':wrong@')));
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toMatch(
    /^tuningfork: DB_AUTH_FAILED: \/.*\/database:5432\/postgres rejects the user or password; .*\n$/,
  );
  cli.kill('SIGTERM');
  await waitForExit(cli);
});

test.each([
  ['a setting that is not a number', ['up'], { PLATFORM_WORKERS: 'many' }],
  ['an invalid port', ['up', '--port', '70000'], {}],
  ['an address open to the network', ['up', '--host', '0.0.0.0'], {}],
  ['an address open to the network and a watched stdin', ['up', '--host', '0.0.0.0', '--exit-with-stdin'], {}],
  [
    'a clock of its own with a database of the user',
    ['up', '--database-url', 'postgres://me@127.0.0.1:9/mine'],
    { PLATFORM_CLOCK_OFFSET_SECONDS: '30' },
  ],
  ['an unknown command', ['upp'], {}],
])('%s exits 2', async (_, args, env) => {
  await expect(waitForOutcome(spawnCli(args, env))).resolves.toMatchObject({ code: 2 });
});

test('the runs of this file leave nothing', async () => {
  await expect(until(noTracesOf(base.path), livenessDeadline())).resolves.toBe(true);
});
