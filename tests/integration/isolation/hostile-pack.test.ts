import { randomBytes } from 'node:crypto';
import type { Execution } from '../../../contract/executions';
import { logIn, type Client } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { sized } from '../../../helpers/sized';
import { pidsMentioning } from '../embedded/holder-process';
import { FaultPlatform } from '../faults/fault-platform';
import { HOSTILE_ACTIONS, MARK, type HostileAction } from './hostile-actions';

jest.setTimeout(180_000);

const HONEST = sized({ ci: 60, full: 200 });
/** Of an action that ends in no other way. */
const SHORT_LIMIT_SECONDS = 3;
/** Of an action that ends by itself, on a host that the others keep busy. */
const LIMIT_SECONDS = 60;
/** Of the slowest execution in a hundred, by the hostile actions beside it. */
const MAX_SLOWDOWN = 3;
const WAIT_MS = 120_000;

const secret = (name: string): string => `${name}-${randomBytes(16).toString('hex')}`;
const SECRETS = {
  tokenKey: secret('token'),
  sealKey: secret('seal'),
  operator: secret('operator'),
  artifact: secret('artifact'),
};

let platform: FaultPlatform;
/** Of a tenant each: a fork bomb takes every process of its own tenant. */
let hostile: Client;
let bomber: Client;
beforeAll(async () => {
  platform = await FaultPlatform.start(1, {
    PLATFORM_ISOLATION: 'required',
    PLATFORM_ACTION_NETWORK: 'api-only',
    PLATFORM_ACTION_UIDS: '1910000000', // the limit of processes counts all of a user on this host
    PLATFORM_LEASE_SECONDS: '10',
    PLATFORM_HEARTBEAT_SECONDS: '3',
    PLATFORM_WORKER_SLOTS: '12',
    PLATFORM_ACTION_PROCESSES: '64',
    PLATFORM_TENANT_PROCESSES: '256',
    PLATFORM_ACTION_FILE_BYTES: String(16 * 1_024 * 1_024),
    PLATFORM_TOKEN_SECRET: SECRETS.tokenKey,
    PLATFORM_ENCRYPTION_KEY: SECRETS.sealKey,
    AWS_SECRET_ACCESS_KEY: SECRETS.operator,
    GITHUB_TOKEN: SECRETS.operator,
  });
  [hostile, bomber] = [await createTenant('hostile'), await createTenant('bomber')];
});
afterAll(() => platform[Symbol.asyncDispose]());

async function createTenant(slug: string): Promise<Client> {
  const admin = { login: `${slug}@example.test`, password: secret('password') };
  await platform.client().tenants.create({ slug, name: slug, admin });
  return (await logIn({ baseUrl: platform.url }, admin.login, admin.password)).client;
}

const clientOf = ({ name }: HostileAction): Client => (name === 'fork-bomb' ? bomber : hostile);

/** Creates a pack with one shell action for each script. */
async function createActions(client: Client, pack: string, scripts: Readonly<Record<string, string>>): Promise<void> {
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  for (const [name, entrypoint] of Object.entries(scripts)) {
    const action = { ref: `${pack}.${name}`, pack_ref: pack, label: name, runtime_ref: 'core.shell', entrypoint };
    await client.actions.create(action);
  }
}

const start = async (client: Client, ref: string, timeoutSeconds = LIMIT_SECONDS): Promise<number> =>
  (await client.executions.execute({ action_ref: ref, timeout_seconds: timeoutSeconds })).id;

const startAttack = (action: HostileAction): Promise<number> => {
  const limit = action.status === 'failed' ? SHORT_LIMIT_SECONDS : LIMIT_SECONDS;
  return start(clientOf(action), `hostile.${action.name}`, limit);
};

test('RT-05 a hostile pack disturbs no execution of another tenant', async () => {
  const deadline = performance.now() + WAIT_MS;
  const honest = platform.client();
  const workers = await platform.workers();
  const write = `echo ${SECRETS.artifact} >"$ATTUNE_ARTIFACTS_DIR/$ATTUNE_EXEC_ID"; echo "$ATTUNE_EXEC_ID"`;
  await createActions(honest, 'honest', { work: write });
  for (const client of [hostile, bomber]) {
    const scripts = HOSTILE_ACTIONS.filter((action) => clientOf(action) === client);
    await createActions(client, 'hostile', Object.fromEntries(scripts.map(({ name, script }) => [name, script])));
  }

  const work = async () => {
    const ids = await Promise.all(Array.from({ length: HONEST }, () => start(honest, 'honest.work')));
    return Promise.all(ids.map((id) => until(executionToBe('completed', honest, id), deadline)));
  };
  const alone = await work();
  const attacks = HOSTILE_ACTIONS.map(startAttack);
  await Promise.all(attacks);
  const beside = await work();
  const ends = await Promise.all(
    HOSTILE_ACTIONS.map(async (action, n) => {
      const { result } = await until(executionToBe(action.status, clientOf(action), await attacks[n]!), deadline);
      return { name: action.name, result: result as { readonly stdout?: string } };
    }),
  );

  expect(beside.map(({ result }) => (result as { stdout: string }).stdout)).toEqual(beside.map(({ id }) => `${id}\n`));
  expect(p99Ms(beside)).toBeLessThan(MAX_SLOWDOWN * p99Ms(alone));
  expect(await restarts()).toBe(0);
  expect(await platform.workers()).toEqual(workers);
  const outputs = ends.map(({ name, result }) => [name, result.stdout]);
  const expected = HOSTILE_ACTIONS.map(({ name, stdout }, n) => [name, stdout ?? ends[n]!.result.stdout]);
  expect(outputs).toEqual(expected);
  const values = [...Object.entries(SECRETS), ['database', passwordOf(platform)] as const];
  const found = ends.flatMap(({ name, result }) =>
    values.filter(([, value]) => JSON.stringify(result).includes(value)).map(([kind]) => `${name}: ${kind}`),
  );
  expect(found).toEqual([]);
  expect(pidsMentioning(MARK)).toEqual([]);
});

/** Milliseconds from the request to the end, which one of a hundred takes longer. */
function p99Ms(executions: readonly Execution[]): number {
  const latencies = executions.map(({ created, finished_at }) => Date.parse(finished_at!) - Date.parse(created));
  return latencies.sort((one, other) => one - other)[Math.ceil(latencies.length * 0.99) - 1]!;
}

/** Attempts that were started again after their worker was lost. */
async function restarts(): Promise<number> {
  const { rows } = await platform.owner.query<{ n: number }>(
    `select count(*)::int as n from execution_event where type = 'AGENT_INVOKED' and payload ->> 'attempt' <> '1'`,
  );
  return rows[0]!.n;
}

const passwordOf = ({ owner }: FaultPlatform): string => new URL(owner.options.connectionString!).password;
