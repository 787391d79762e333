// Spec: a process runs the roles that it is given, and a stack without a role proves nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../../../../helpers/repository-root';
import { logIn, type Client } from '../../../../helpers/client/client';
import { runCommand } from '../../support/commands/command-line';
import { start } from '../../support/commands/platform-start';
import type { Context } from '../../../../helpers/scenario/context';
import { createScratchDatabase } from '../../support/scratch-database';
import { systemTestNeeding } from '../../support/system-test';

const onHost = systemTestNeeding('host.processes');
const onHostWithSql = systemTestNeeding('host.processes', 'sql');
const onStack = systemTestNeeding('host.processes', 'sql', 'stack.roles');

const LIMIT_SECONDS = 90;
/** `verify` waits 10 s of them, or 180 s where it does not state what the stack lacks. */
const LIMIT_WITHOUT_ROLE_SECONDS = 40;
const GREETING = join(repositoryRoot(), 'examples/greeting/workflows/greet.yaml');

/** Starts the processes of one stack, each with its roles; all have the data of the first. */
async function startStack(ctx: Context, [first, ...others]: readonly [string, ...string[]]) {
  const database = await createScratchDatabase(ctx);
  const data = mkdtempSync(join(ctx.facts.directory, 'roles-'));
  ctx.defer(() => rmSync(data, { recursive: true, force: true }));
  const place = ['--database-url', database.url, '--data', data];
  const { running } = await start(ctx, [...place, '--roles', first]);
  const { url, login, password } = { ...running, password: running.password! };
  const startJoined = (roles: string) => start(ctx, [...place, '--join', '--roles', roles, ...apiUrlFor(roles, url)]);
  const joined = await Promise.all(others.map(startJoined));
  const { client } = await logIn({ baseUrl: url }, login, password);
  const env = { TEST_USER_LOGIN: login, TEST_USER_PASSWORD: password, PLATFORM_FILE: '' };
  const verify = () => runCommand(ctx, ['verify', GREETING, '--target', url], { env });
  return { client, verify, joined };
}

const apiUrlFor = (roles: string, url: string) => (/worker|sensor/.test(roles) ? ['--api-url', url] : []);

onHostWithSql('S0-02 verify names the role that a healthy stack lacks', LIMIT_WITHOUT_ROLE_SECONDS, async (ctx) => {
  const { client, verify } = await startStack(ctx, ['api,worker']);

  const { code, stdout, stderr } = await verify();

  expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
  const [execution, ...more] = await client.executions.list({});
  expect(more).toEqual([]);
  expect(execution).toMatchObject({ action_ref: 'greeting.greet', status: 'requested' });
  expect(stderr).toMatch(
    /EXECUTION_NEVER_STARTED: execution \d+ is still requested after 1\d s; roles api, worker; missing executor\n/,
  );
  expect((await client.health.identity()).roles).toEqual(['api', 'worker']);
});

onHostWithSql(
  'S0-02 verify names the worker that has ended, for a task that waits',
  LIMIT_WITHOUT_ROLE_SECONDS,
  async (ctx) => {
    const { client, verify, joined } = await startStack(ctx, ['api,executor', 'worker']);
    await joined[0]!.stop();

    const { code, stdout, stderr } = await verify();

    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    const [flow] = await client.executions.list({ action_ref: 'greeting.greet' });
    const [task] = await client.executions.children(flow!.id);
    expect([flow!.status, task!.status]).toEqual(['running', 'requested']);
    expect(stderr).toMatch(
      new RegExp(
        `EXECUTION_NEVER_STARTED: execution ${task!.id} is still requested after 1\\d s; ` +
          'roles api, executor; missing worker\n',
      ),
    );
  },
);

/** Of all processes of the stack. */
async function rolesOf(client: Client): Promise<unknown> {
  const stated = (await client.capabilities.getOrNull())?.capabilities['stack.roles'];
  return typeof stated === 'object' ? stated.roles : null;
}

onStack('S0-02 processes with one role each are one platform that proves a workflow', LIMIT_SECONDS, async (ctx) => {
  const { client, verify, joined } = await startStack(ctx, ['api', 'executor', 'worker', 'sensor,notifier']);

  const { code, stdout } = await verify();

  expect({ code, ...(JSON.parse(stdout[0]!) as object) }).toMatchObject({ code: 0, verdict: 'proven' });
  expect(joined.map(({ running }) => running.roles)).toEqual([['executor'], ['worker'], ['sensor', 'notifier']]);
  expect(await rolesOf(client)).toEqual(['api', 'executor', 'worker', 'sensor', 'notifier']);
  const workers = (await client.workers.list()).map(({ worker_role, status }) => [worker_role, status]).sort();
  expect(workers).toEqual([
    ['action', 'active'],
    ['sensor', 'active'],
  ]);

  await joined[1]!.stop();

  expect(await rolesOf(client)).toEqual(['api', 'executor', 'sensor', 'notifier']);
});

const INVALID: readonly (readonly [reason: string, args: readonly string[], message: string])[] = [
  ['an unknown role', ['--roles', 'api,cook'], 'cook is no role; use api, executor, worker, sensor, notifier'],
  ['an empty list', ['--roles', ''], 'an empty name is no role'],
  ['a worker without an API', ['--roles', 'worker'], 'API_URL_MISSING: worker without api: '],
  ['an API and the address of another', ['--api-url', 'http://127.0.0.1:1'], 'API_URL_UNUSED: '],
];
for (const [reason, args, message] of INVALID) {
  onHost(`S0-02 up refuses ${reason}, and starts nothing`, async (ctx) => {
    const { code, stdout, stderr } = await runCommand(ctx, ['up', '--port', '0', '--json', ...args]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: [] });
    expect(stderr).toContain(message);
  });
}
