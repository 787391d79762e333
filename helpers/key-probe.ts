import { createHash } from 'node:crypto';
import type { CreateKey } from '../contract/keys';
import type { JsonObject } from '../contract/json';
import type { Client } from './client/client';
import { executionToEnd } from './conditions';
import { ApiError } from './errors';
import { until, type Condition } from './polling';
import { randomName } from './names';
import { openStore } from './sql';

const SHORT_SECONDS = 0.2;
const OTHER_VERSION = 99;

/** What key probes work with. `signature` is what every fixture needs; `deadline` monotonic ms. */
export interface KeyBench {
  readonly client: Client;
  readonly pack: string;
  readonly signature: JsonObject;
  readonly deadline: number;
  /** The owner's way to the database; null: the harness has none. */
  readonly databaseUrl: string | null;
}

/** Tries keys from all sides: of actions, encrypted, with a lifetime, over a version, in what a process prints. */
export async function probeKeys(bench: KeyBench): Promise<Record<string, boolean>> {
  const found = await Promise.all([
    fromActions(bench),
    lifetime(bench),
    compareAndSet(bench),
    rights(bench),
    raw(bench),
  ]);
  return { ...Object.assign({}, ...found), ...(await redaction(bench)) } as Record<string, boolean>;
}

const keyOf = ({ pack }: KeyBench, name: string, more: Partial<CreateKey> = {}): CreateKey => {
  const ref = `${pack}.${name}`;
  const owner = { owner_type: 'action', owner_action_ref: `${pack}.read-key` } as const;
  return { ref, name: ref, ...owner, value: randomName(12), ...more };
};

/** The answer's status where it is refused; null where it is not. */
async function refused(call: Promise<unknown>): Promise<number | null> {
  try {
    await call;
    return null;
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
}

async function run({ client, pack, signature, deadline }: KeyBench, action: string, parameters: JsonObject) {
  const action_ref = `${pack}.${action}`;
  const { id } = await client.executions.execute({ action_ref, parameters: { ...signature, ...parameters } });
  return until(executionToEnd(client, id), deadline);
}

const dataOf = (result: unknown): JsonObject => (result as { data?: JsonObject } | null)?.data ?? {};

/** An action writes a secret that it was given: it has a credential, and its input came by stdin. */
async function fromActions(bench: KeyBench): Promise<Record<string, boolean>> {
  const { ref, value, owner_action_ref = null } = keyOf(bench, 'probe-written');
  const ended = await run(bench, 'write-key', { ref, owner_action_ref, secret: value });
  const data = dataOf(ended.result);
  const sha256 = createHash('sha256').update(JSON.stringify(value)).digest('hex');
  const key = await bench.client.keys.getOrNull(ref);
  return {
    'keys.from_actions': data.status === 201 && key !== null,
    'keys.encryption': key?.encrypted === true && key.value === value,
    'secrets.stdin': data.sha256 === sha256,
  };
}

const keyToGo = (client: Client, ref: string): Condition<boolean> => ({
  name: `key ${ref} to go`,
  look: async () => {
    const key = await client.keys.getOrNull(ref);
    if (key === null) return { is: 'met', value: true };
    return key.expires_at === null ? { is: 'met', value: false } : { is: 'pending', why: 'it is still there' };
  },
  evidence: () => Promise.resolve(''),
});

async function lifetime(bench: KeyBench): Promise<Record<string, boolean>> {
  const { ref } = await bench.client.keys.create(keyOf(bench, 'probe-short', { ttl_seconds: SHORT_SECONDS }));
  return { 'keys.ttl': await until(keyToGo(bench.client, ref), bench.deadline) };
}

async function compareAndSet(bench: KeyBench): Promise<Record<string, boolean>> {
  const { ref } = await bench.client.keys.create(keyOf(bench, 'probe-versions'));
  const status = await refused(bench.client.keys.update(ref, { value: 1, if_version: OTHER_VERSION }));
  return { 'keys.compare_and_set': status === 409 };
}

/** A set that holds no right to create keys keeps a process from it. */
async function rights(bench: KeyBench): Promise<Record<string, boolean>> {
  const { ref, owner_action_ref = null } = keyOf(bench, 'probe-refused');
  const { client, pack, signature, deadline } = bench;
  const { id } = await client.executions.execute({
    action_ref: `${pack}.write-key`,
    parameters: { ...signature, ref, owner_action_ref, value: 1 },
    permission_set_refs: ['core.viewer'],
  });
  const ended = await until(executionToEnd(client, id), deadline);
  return { rbac: dataOf(ended.result).status === 403 };
}

/** The database is the platform's own, and a ciphertext that is moved to another row does not open there. */
async function raw(bench: KeyBench): Promise<Record<string, boolean>> {
  if (bench.databaseUrl === null) return {};
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => bench.client.keys.create(keyOf(bench, `probe-${name}`, { encrypted: true }))),
  );
  await using store = await openStore(bench.databaseUrl);
  const sql = (await store.holding([one!.ref])).length > 0;
  await store.swap('key', 'value', one!.id, two!.id);
  return { sql, 'storage.row_binding': (await refused(bench.client.keys.get(one!.ref))) === 500 };
}

/** A process that prints an encrypted key it was handed shows none of it. */
async function redaction(bench: KeyBench): Promise<Record<string, boolean>> {
  const owner_action_ref = `${bench.pack}.echo-params`;
  const value = randomName(12);
  const key = await bench.client.keys.create(
    keyOf(bench, 'probe-masked', { owner_action_ref, encrypted: true, value }),
  );
  const { result } = await run(bench, 'echo-params', {});
  await bench.client.keys.removeIfThere(key.ref);
  const printed = JSON.stringify(result);
  return { 'secrets.redaction': printed.includes(key.name) && !printed.includes(value) };
}
