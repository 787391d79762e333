import { randomBytes } from 'node:crypto';
import type { Execution } from '../../../contract/executions';
import { logIn, type Client } from '../../../helpers/client/client';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { sized } from '../../../helpers/sized';
import { pidsMentioning } from '../embedded/holder-process';
import { FaultPlatform } from '../faults/fault-platform';
import { backendTest as test, currentBackend } from './backends';
import { HOSTILE_ACTIONS, MARK, type HostileAction } from './hostile-actions';

jest.setTimeout(600_000);

/** Of each kind in turn: a burst of load on the host does not meet all of one kind. */
const ROUNDS = 2;
const HONEST = sized({ ci: 60, full: 200 });
/** Of an action that ends in no other way. */
const SHORT_LIMIT_SECONDS = 3;
/** Of an action that ends by itself, on a host that the others keep busy. */
const LIMIT_SECONDS = 100;
/** Of the slowest execution in a hundred, by hostile actions beside it and not harmless ones. */
const MAX_SLOWDOWN = 2;
const WAIT_MS = 120_000;
/** Delays the executions beside it as much as a hostile action does on an idle host. */
const HARMLESS_SCRIPT = 'n=0; while [ $n -lt 10000 ]; do n=$((n+1)); done';

const secret = (name: string): string => `${name}-${randomBytes(16).toString('hex')}`;
const SECRETS = {
  tokenKey: secret('token'),
  sealKey: secret('seal'),
  operator: secret('operator'),
  artifact: secret('artifact'),
};

let platform: FaultPlatform;
/** Of a tenant each: a fork bomb takes every process of its own, a filler the memory or disk. */
let hostile: Client;
let bomber: Client;
let filler: Client;
async function startPlatform(): Promise<void> {
  platform = await FaultPlatform.start(1, {
    PLATFORM_ISOLATION: 'required',
    PLATFORM_ISOLATION_BACKEND: currentBackend(),
    PLATFORM_ACTION_NETWORK: 'api-only',
    PLATFORM_ACTION_UIDS: '1910000000', // the limit of processes counts all of a user on this host
    PLATFORM_LEASE_SECONDS: '30',
    PLATFORM_HEARTBEAT_SECONDS: '5',
    PLATFORM_WORKER_SLOTS: '12',
    PLATFORM_ACTION_PROCESSES: '64',
    PLATFORM_TENANT_PROCESSES: '256',
    PLATFORM_TENANT_MEMORY_BYTES: String(512 * 1_024 * 1_024),
    PLATFORM_ACTION_DISK_BYTES: String(64 * 1_024 * 1_024),
    PLATFORM_ACTION_FILE_BYTES: String(16 * 1_024 * 1_024),
    PLATFORM_TOKEN_SECRET: SECRETS.tokenKey,
    PLATFORM_ENCRYPTION_KEY: SECRETS.sealKey,
    AWS_SECRET_ACCESS_KEY: SECRETS.operator,
    GITHUB_TOKEN: SECRETS.operator,
  });
  [hostile, bomber, filler] = [
    await createTenant('hostile'),
    await createTenant('bomber'),
    await createTenant('filler'),
  ];
}
afterEach(() => platform[Symbol.asyncDispose]());

async function createTenant(slug: string): Promise<Client> {
  const admin = { login: `${slug}@example.test`, password: secret('password') };
  await platform.client().tenants.create({ slug, name: slug, admin });
  return (await logIn({ baseUrl: platform.url }, admin.login, admin.password)).client;
}

function clientOf({ name }: HostileAction): Client {
  if (name === 'fork-bomb') return bomber;
  return name === 'memory-filler' || name === 'artifact-filler' ? filler : hostile;
}

/** Creates a pack with one shell action for each script. */
async function createActions(client: Client, pack: string, scripts: Readonly<Record<string, string>>): Promise<void> {
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  for (const [name, entrypoint] of Object.entries(scripts)) {
    const action = { ref: `${pack}.${name}`, pack_ref: pack, label: name, runtime_ref: 'core.shell', entrypoint };
    await client.actions.create(action);
  }
}

/** The pack `honest`, and for each hostile action a harmless one of the same tenant. */
async function createPacks(honest: Client): Promise<void> {
  const write = `echo ${SECRETS.artifact} >"$ATTUNE_ARTIFACTS_DIR/$ATTUNE_EXEC_ID"; echo "$ATTUNE_EXEC_ID"`;
  await createActions(honest, 'honest', { work: write });
  for (const client of [hostile, bomber, filler]) {
    const actions = HOSTILE_ACTIONS.filter((action) => clientOf(action) === client);
    await createActions(client, 'hostile', Object.fromEntries(actions.map(({ name, script }) => [name, script])));
    await createActions(client, 'harmless', Object.fromEntries(actions.map(({ name }) => [name, HARMLESS_SCRIPT])));
  }
}

const start = async (client: Client, ref: string, timeoutSeconds = LIMIT_SECONDS): Promise<number> =>
  (await client.executions.execute({ action_ref: ref, timeout_seconds: timeoutSeconds })).id;

const toBe = (status: HostileAction['status'], client: Client, id: number): Promise<Execution> =>
  until(executionToBe(status, client, id), performance.now() + WAIT_MS);

interface Round {
  /** Those of the honest tenant. */
  readonly work: readonly Execution[];
  /** Those beside them, in the order of the hostile actions. */
  readonly ends: readonly Execution[];
}

/** Runs the honest tenant's actions beside an action of the pack for each hostile one. */
async function runBeside(pack: 'harmless' | 'hostile', honest: Client): Promise<Round> {
  const isHostile = pack === 'hostile';
  const others = await Promise.all(
    HOSTILE_ACTIONS.map((action) => {
      const limit = isHostile && action.status === 'failed' ? SHORT_LIMIT_SECONDS : LIMIT_SECONDS;
      return start(clientOf(action), `${pack}.${action.name}`, limit);
    }),
  );
  const ids = await Promise.all(Array.from({ length: HONEST }, () => start(honest, 'honest.work')));
  const work = await Promise.all(ids.map((id) => toBe('completed', honest, id)));
  const ends = await Promise.all(
    HOSTILE_ACTIONS.map((action, n) => toBe(isHostile ? action.status : 'completed', clientOf(action), others[n]!)),
  );
  return { work, ends };
}

test('RT-05 a hostile pack disturbs no execution of another tenant', async () => {
  await startPlatform();
  const honest = platform.client();
  const workers = await platform.workers();
  await createPacks(honest);

  const [controls, attacks]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    controls.push(await runBeside('harmless', honest));
    attacks.push(await runBeside('hostile', honest));
  }

  const beside = attacks.flatMap(({ work }) => work);
  expect(beside.map(stdoutOf)).toEqual(beside.map(({ id }) => `${id}\n`));
  const [least, most] = [Math.min(...attacks.map(p99Ms)), Math.max(...controls.map(p99Ms))];
  expect(least).toBeLessThan(MAX_SLOWDOWN * most);
  expect(await restarts()).toBe(0);
  expect(await platform.workers()).toEqual(workers);
  const values = [...Object.entries(SECRETS), ['database', passwordOf(platform)] as const];
  for (const { ends } of attacks) {
    const outputs = HOSTILE_ACTIONS.map(({ name }, n) => [name, stdoutOf(ends[n]!)]);
    const expected = HOSTILE_ACTIONS.map(({ name, stdout }, n) => [name, stdout ?? stdoutOf(ends[n]!)]);
    expect(outputs).toEqual(expected);
    const found = HOSTILE_ACTIONS.flatMap(({ name }, n) =>
      values.filter(([, value]) => JSON.stringify(ends[n]!.result).includes(value)).map(([kind]) => `${name}: ${kind}`),
    );
    expect(found).toEqual([]);
  }
  expect(pidsMentioning(MARK)).toEqual([]);
});

const stdoutOf = ({ result }: Execution): string | undefined => (result as { readonly stdout?: string }).stdout;

/** Milliseconds from the request to the end, which one of a hundred takes longer. */
function p99Ms({ work }: Round): number {
  const latencies = work.map(({ created, finished_at }) => Date.parse(finished_at!) - Date.parse(created));
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
