// Spec: each role runs alone, any number of times, and no killed process of a stack loses work.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createClient, logIn, type Client } from '../../../helpers/client/client';
import { runCommand, startCommand, type RunningCommand } from '../support/commands/command-line';
import { printedFacts } from '../support/commands/platform-start';
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { createScratchDatabase } from '../support/scratch-database';
import { onSuccess } from '../../../helpers/scenario/resources/workflow-task';
import { systemTestNeeding } from '../support/system-test';

const onHost = systemTestNeeding('host.processes');
const onHostWithSql = systemTestNeeding('host.processes', 'sql');

const LIMIT_SECONDS = 120;
const WORKFLOWS = 20;
const SETTINGS = {
  PLATFORM_LOG_LEVEL: 'silent',
  PLATFORM_LEASE_SECONDS: '3',
  PLATFORM_HEARTBEAT_SECONDS: '1',
  DATABASE_URL: '',
};

interface StackProcess {
  readonly command: RunningCommand;
  readonly running: ReturnType<typeof printedFacts>;
}

/** Starts processes of one stack on an empty database. */
async function openStack(ctx: Context) {
  const database = await createScratchDatabase(ctx);
  const data = mkdtempSync(join(ctx.facts.directory, 'lone-roles-'));
  ctx.defer(() => rmSync(data, { recursive: true, force: true }));
  return async (command: string, ...args: string[]): Promise<StackProcess> => {
    const place = ['--json', '--database-url', database.url, ...(command === 'notifier' ? [] : ['--data', data])];
    const started = startCommand(ctx, [command, ...place, ...args], { env: SETTINGS });
    let failure = '';
    void started.ended.then(({ code, stderr }) => (failure = `${command} ended with ${code}: ${stderr}`));
    const hasStarted = () => {
      if (failure !== '') throw new Error(failure);
      return started.lines.length > 0;
    };
    await until(predicateToHold(`${command} to be ready`, hasStarted), ctx.deadline);
    return { command: started, running: printedFacts(started) };
  };
}

/** What a process prints that ends by SIGTERM: what it waits for, and nothing else. */
const stopping = (what: string): string => `tuningfork: SIGTERM: stopping; ${what}; a second Ctrl-C ends it at once\n`;

const TASKS = [
  { name: 'first', action: 'core.sleep', input: { seconds: 1 }, next: [onSuccess('second')] },
  { name: 'second', action: 'core.sleep', input: { seconds: 1 }, next: [onSuccess('third')] },
  { name: 'third', action: 'core.noop' },
];

async function startWorkflows(client: Client): Promise<number[]> {
  await client.packs.create({ ref: 'lone', label: 'lone', version: '1.0.0' });
  const flow = { ref: 'lone.flow', pack_ref: 'lone', label: 'flow', version: '1.0.0' };
  await client.workflows.create({ ...flow, definition: { version: '1.0.0', tasks: TASKS } });
  const requests = Array.from({ length: WORKFLOWS }, () => client.executions.execute({ action_ref: flow.ref }));
  return (await Promise.all(requests)).map(({ id }) => id);
}

onHostWithSql('S0-62 a stack of lone roles completes all while one of each is killed', LIMIT_SECONDS, async (ctx) => {
  const startRole = await openStack(ctx);
  // An executor may be the first process of a stack.
  const executors = [await startRole('executor'), await startRole('executor')];
  const apis = [await startRole('api', '--port', '0'), await startRole('api', '--port', '0')];
  const apiUrl = ['--api-url', apis[1]!.running.url!];
  const startWorker = () => startRole('worker', ...apiUrl);
  const workers = [await startWorker(), await startWorker()];
  const { login, password } = [...executors, ...apis]
    .map(({ running }) => running)
    .find((one) => one.password !== null)!;
  const { token } = await logIn({ baseUrl: apis[0]!.running.url! }, login, password!);
  const client = createClient({ baseUrl: apis[1]!.running.url!, token });

  const ids = await startWorkflows(client);
  const areRunning = async () =>
    (await client.executions.list({ status: 'running', action_ref: 'core.sleep' })).length > 3;
  await until(predicateToHold('tasks to run', areRunning), ctx.deadline);
  for (const { command } of [executors[0]!, apis[0]!, workers[0]!]) command.kill('SIGKILL');

  for (const id of ids) await until(executionToBe('completed', client, id), ctx.deadline);
  const ends = await Promise.all(ids.map((id) => client.executions.children(id)));
  const expected = ids.map(() => ['first completed', 'second completed', 'third completed']);
  expect(
    ends.map((children) => children.map(({ workflow_task: task, status }) => `${task!.task_name} ${status}`).sort()),
  ).toEqual(expected);
});

onHostWithSql('S0-62 SIGTERM ends each role by that signal, with nothing left', LIMIT_SECONDS, async (ctx) => {
  const startRole = await openStack(ctx);
  const api = await startRole('api', '--port', '0');
  const roles = [
    api,
    await startRole('executor'),
    await startRole('notifier', '--port', '0'),
    await startRole('sensor', '--api-url', api.running.url!),
  ];

  expect(roles.map(({ running }) => running.roles)).toEqual([['api'], ['executor'], ['notifier'], ['sensor']]);
  for (const { command } of roles) command.kill('SIGTERM');
  const ends = await Promise.all(roles.map(({ command }) => command.ended));

  expect(ends).toEqual(roles.map(() => ({ code: null, stderr: stopping('it waits for what is being written') })));
});

onHostWithSql(
  'S0-65 worker without --api runs the actions of its stack, and no other role',
  LIMIT_SECONDS,
  async (ctx) => {
    const startRole = await openStack(ctx);
    const api = await startRole('api', '--port', '0');
    await startRole('executor');
    const worker = await startRole('worker', '--api-url', api.running.url!, '--workers', '2');
    const { client } = await logIn({ baseUrl: api.running.url! }, api.running.login, api.running.password!);

    const { id } = await client.executions.execute({ action_ref: 'core.noop', parameters: { message: ctx.nonce } });
    await until(executionToBe('completed', client, id), ctx.deadline);

    expect(worker.running).toMatchObject({ roles: ['worker'], url: api.running.url, notifier_url: null });
    const names = [1, 2].map((n) => [`${worker.running.instance_id}-w${n}`, 'action', 'active']);
    const workers = await client.workers.list();
    expect(workers.map(({ name, worker_role, status }) => [name, worker_role, status]).sort()).toEqual(names);
    worker.command.kill('SIGTERM');
    const stderr = stopping('attempts that run have 30 s to end');
    expect(await worker.command.ended).toEqual({ code: null, stderr });
    expect((await client.workers.list()).map(({ status }) => status)).toEqual(['inactive', 'inactive']);
  },
);

onHostWithSql('S0-62 an API streams executions where a notifier runs in its process', LIMIT_SECONDS, async (ctx) => {
  const startRole = await openStack(ctx);
  const alone = await startRole('api', '--port', '0');
  const ports = ['--port', '0', '--notifier-port', '0'];
  const both = await startRole('up', '--join', '--roles', 'api,notifier', ...ports);
  const { token } = await logIn({ baseUrl: alone.running.url! }, alone.running.login, alone.running.password!);

  const statuses = [alone, both].map(async ({ running: { url } }) => {
    const headers = { authorization: `Bearer ${token}` };
    const { status, body } = await fetch(`${url}/api/v1/executions/stream`, { headers });
    await body?.cancel();
    return status;
  });

  expect(await Promise.all(statuses)).toEqual([404, 200]);
});

const DATABASE = ['--database-url', 'postgres://127.0.0.1:1/none'];
type InvalidCase = readonly [reason: string, args: readonly string[], code: number, message: string];

/** The command ends with this code and message, and prints nothing else. */
async function expectRefused(ctx: Context, [, args, expected, message]: InvalidCase): Promise<void> {
  const { code, stdout, stderr } = await runCommand(ctx, args, { env: { DATABASE_URL: '' } });
  expect({ code, stdout }).toEqual({ code: expected, stdout: [] });
  expect(stderr).toContain(message);
}

const INVALID: readonly InvalidCase[] = [
  ['api without a database', ['api', '--data', 'x'], 2, 'DATABASE_MISSING: api runs beside the other processes'],
  ['executor without data', ['executor', ...DATABASE], 2, 'DATA_MISSING: executor uses the files of its stack'],
  ['sensor without an API', ['sensor', '--data', 'x', ...DATABASE], 2, 'API_URL_MISSING: sensor without api'],
  ['notifier with no server there', ['notifier', ...DATABASE], 3, 'DB_UNREACHABLE: 127.0.0.1:1/none'],
];
for (const invalid of INVALID) {
  onHost(`S0-62 ${invalid[0]} is refused, and starts nothing`, (ctx) => expectRefused(ctx, invalid));
}

const API = ['--api', 'http://127.0.0.1:1'];
const NAMED = ['worker', ...API, '--name', 'w'];
const TOKEN = ['--token', 'x'];
const INVALID_WORKERS: readonly InvalidCase[] = [
  ['worker without a database', ['worker', '--data', 'x'], 2, 'DATABASE_MISSING: worker runs beside the other'],
  ['worker without data', ['worker', ...DATABASE], 2, 'DATA_MISSING: worker uses the files of its stack'],
  ['worker without an API', ['worker', '--data', 'x', ...DATABASE], 2, 'API_URL_MISSING: worker without api'],
  [
    'a token without --api',
    ['worker', '--name', 'w', '--token', 'x'],
    2,
    'API_MISSING: only a standalone worker has --name, --token: ',
  ],
  ['worker --api with data', ['worker', ...API, '--data', 'x'], 2, 'OPTION_UNUSED: a standalone worker has no --data'],
  ['worker --api without a name', ['worker', ...API], 2, 'NAME_MISSING: a standalone worker has the name'],
  ['worker --api without a token', NAMED, 2, 'WORKER_TOKEN_SOURCE: there is no token; use one of '],
  ['a token besides its file', [...NAMED, ...TOKEN, '--token-file', 'x'], 2, 'WORKER_TOKEN_SOURCE: there is more than'],
  ['a token file that is missing', [...NAMED, '--token-file', '/dev/null/x'], 2, 'TOKEN_FILE_UNUSABLE: '],
  ['a directory below a file', [...NAMED, ...TOKEN, '--directory', '/dev/null/x'], 2, 'DIRECTORY_UNUSABLE: '],
  ['an API that does not answer', [...NAMED, ...TOKEN], 3, 'PLATFORM_UNREACHABLE: no connection to http://127.0.0.1:1'],
];
for (const invalid of INVALID_WORKERS) {
  onHost(`S0-65 ${invalid[0]} is refused, and starts nothing`, (ctx) => expectRefused(ctx, invalid));
}
